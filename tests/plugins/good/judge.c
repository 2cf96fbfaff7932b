/* judge: gives the verdict that its options say to each document whose text contains a word; crashes, hangs and waits
 * on request too. */
#include "plain_stage.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <textmill/plugin.h>
#include <time.h>

struct config {
    tm_str word;
    int32_t verdict;
    int64_t wait, tries;
    tm_str code;
    const tm_condition *only;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    tm_metric seen;
};

enum { PASS, DROP, FAIL, RETRY, BROKEN, CRASH, ABORT, EXIT, HANG };

static const tm_option options[] = {
    TM_OPT_STRING(struct config, word, "word", "\"\"", "what a text must contain to be judged; empty: every text"),
    TM_OPT_ENUM(struct config, verdict, "verdict", "\"pass\"", "pass|drop|fail|retry|broken|crash|abort|exit|hang",
                "what happens to it"),
    TM_OPT_DURATION(struct config, wait, "wait", "0", "0..", "how long to work on it first"),
    TM_OPT_INT(struct config, tries, "tries", "0", "0..10",
               "with retry: how many tries fail before one passes; 0: all"),
    TM_OPT_STRING(struct config, code, "code", "\"judged\"", "the code of the reason"),
    TM_OPT_CONDITION(struct config, only, "only", "null", "judge only documents for which this holds"),
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = *out_stage = plain_stage_new(host, config, sizeof *s);
    if (s)
        s->seen = host->counter(self, TM_STR("seen"));
    return s ? TM_OK : TM_EIO;
}

static void wait_for(int64_t ns) {
    struct timespec left = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    while (ns && nanosleep(&left, &left) != 0)
        ;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)thread;
    const struct stage *s = stage;
    const struct config *c = s->config;
    tm_str text = s->host->text(doc);
    if (c->word.len && !(text.len && memmem(text.data, text.len, c->word.data, c->word.len)))
        return TM_PASS;
    if (!s->host->holds(c->only, doc))
        return TM_PASS;
    wait_for(c->wait);
    switch (c->verdict) {
    case DROP:
        return tm_drop(s->host, doc, c->code);
    case FAIL:
        return tm_fail(s->host, doc, c->code, TM_STR("the judge says no"), 0);
    case RETRY: {
        uint64_t *slot = s->host->slot(doc);
        if (c->tries && *slot >= (uint64_t)c->tries)
            return TM_PASS;
        ++*slot;
        s->host->reason(doc, c->code, TM_STR("not yet"), TM_NONE);
        return TM_RETRY;
    }
    case BROKEN:
        s->host->reason(doc, c->code, TM_STR("the judge cannot go on"), TM_NONE);
        return TM_BROKEN;
    case CRASH:
        raise(SIGSEGV);
        return TM_PASS;
    case ABORT:
        abort();
    case EXIT:
        _Exit(0);
    case HANG:
        for (;;)
            wait_for(1000000000);
    default:
        return TM_PASS;
    }
}

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = NAME,
             .version = "1.0",
             .summary = "Gives a verdict by a word",
             .licence = "MIT",
             .flags = TM_MAY_DROP | TM_DETERMINISTIC,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .close = plain_stage_close,
             .process = process};
