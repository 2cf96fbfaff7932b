/* sum: writes its option `mark` and the process into each document, and gives the number of documents when it ends;
 * dies of the text "die".
 */
#include "plain_stage.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <textmill/plugin.h>
#include <unistd.h>

struct config {
    tm_str mark;
    tm_field field;
    int32_t stalls;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    atomic_uint documents;
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    (void)self;
    while (c->stalls)
        pause();
    *out_stage = plain_stage_new(host, config, sizeof(struct stage));
    return *out_stage ? TM_OK : TM_EIO;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    struct stage *s = stage;
    tm_str text = s->host->text(doc);
    (void)thread;
    if (text.len >= 3 && memcmp(text.data, "die", 3) == 0)
        abort();
    if (text.len >= 3 && memcmp(text.data, "bad", 3) == 0)
        return tm_fail(s->host, doc, TM_STR("bad"), TM_STR("it says so itself"), TM_NONE);
    tm_value v = {.type = TM_V_TEXT, .text = s->config->mark};
    s->host->set(doc, s->config->field, &v);
    atomic_fetch_add(&s->documents, 1);
    return TM_PASS;
}

static int32_t flush(void *stage, tm_doc *doc) {
    struct stage *s = stage;
    char text[64];
    int n = snprintf(text, sizeof text, "sum of %u", atomic_load(&s->documents));
    return s->host->emit(doc, (tm_str){text, (size_t)n}) ? TM_PASS : TM_FAIL;
}

static const tm_option options[] = {
    TM_OPT_STRING(struct config, mark, "mark", "\"none\"", "what is written"),
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"mark\"", "where to"),
    TM_OPT_BOOL(struct config, stalls, "stalls", "false", "never open"),
};

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = "sum",
             .version = "1.0",
             .summary = "Counts documents",
             .licence = "MIT",
             .flags = TM_EMITS,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .close = plain_stage_close,
             .process = process,
             .flush = flush};
