/* counter: in commit, in input order, numbers the documents; emits one with the total at the end where it is told to.
 */
#include "plain_stage.h"
#include <stdio.h>
#include <stdlib.h>
#include <textmill/plugin.h>

struct config {
    tm_field field;
    int64_t drop_every;
    int32_t total;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    int64_t n, settled[3];
};

static const tm_option options[] = {
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"number\"", "where the number goes"),
    TM_OPT_INT(struct config, drop_every, "drop_every", "0", "0..", "drops each n-th document; 0: none"),
    TM_OPT_BOOL(struct config, total, "total", "false", "emits a document with the totals at the end"),
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    (void)self;
    *out_stage = plain_stage_new(host, config, sizeof(struct stage));
    return *out_stage ? TM_OK : TM_EIO;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)thread;
    const struct stage *s = stage;
    *s->host->slot(doc) = s->host->text(doc).len;
    return TM_PASS;
}

static int32_t commit(void *stage, tm_doc *doc) {
    struct stage *s = stage;
    s->n++;
    if (*s->host->slot(doc) != s->host->text(doc).len) {
        s->host->reason(doc, TM_STR("slot"), TM_STR("the slot lost its value"), TM_NONE);
        return TM_BROKEN;
    }
    tm_value v = {.type = TM_V_INT, .integer = s->n};
    s->host->set(doc, s->config->field, &v);
    if (s->config->drop_every && s->n % s->config->drop_every == 0)
        return tm_drop(s->host, doc, TM_STR("n-th"));
    return TM_PASS;
}

static void settle(void *stage, tm_doc *doc, uint32_t outcome) {
    (void)doc;
    struct stage *s = stage;
    s->settled[outcome % 3]++;
}

static int32_t flush(void *stage, tm_doc *doc) {
    struct stage *s = stage;
    if (!s->config->total)
        return TM_PASS;
    char text[96];
    int len = snprintf(text, sizeof text, "%lld documents, %lld published, %lld dropped, %lld failed", (long long)s->n,
                       (long long)s->settled[0], (long long)s->settled[1], (long long)s->settled[2]);
    return s->host->emit(doc, (tm_str){text, (uint64_t)len}) ? TM_PASS : TM_BROKEN;
}

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = NAME,
             .version = "1.0",
             .summary = "Numbers documents in input order",
             .licence = "MIT",
             .flags = TM_REMEMBERS | TM_MAY_DROP | TM_EMITS | TM_DETERMINISTIC,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .close = plain_stage_close,
             .process = process,
             .commit = commit,
             .settle = settle,
             .flush = flush};
