/* batcher: process_many and commit_many: the length of the text and the size of no batch (that would differ from run to
 * run); drops empty documents in a batch without touching their neighbours. */
#include <stdlib.h>
#include <textmill/plugin.h>

struct stage {
    const tm_host *host;
    tm_field length, order;
    int64_t n;
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    (void)config;
    struct stage *s = calloc(1, sizeof *s);
    if (!s)
        return TM_EIO;
    s->host = host;
    s->length = host->field(self, TM_STR("length"));
    s->order = host->field(self, TM_STR("order"));
    *out_stage = s;
    return TM_OK;
}

static void close_stage(void *stage) {
    free(stage);
}

static int32_t process_many(void *stage, void *thread, tm_batch *batch) {
    (void)thread;
    const struct stage *s = stage;
    for (uint32_t i = 0; i < s->host->batch_count(batch); i++) {
        tm_doc *doc = s->host->at(batch, i);
        tm_value v = {.type = TM_V_INT, .integer = (int64_t)s->host->text(doc).len};
        s->host->set(doc, s->length, &v);
        if (v.integer == 0)
            s->host->verdict(batch, i, tm_drop(s->host, doc, TM_STR("empty")));
    }
    return TM_PASS;
}

static int32_t commit_many(void *stage, tm_batch *batch) {
    struct stage *s = stage;
    for (uint32_t i = 0; i < s->host->batch_count(batch); i++) {
        tm_value v = {.type = TM_V_INT, .integer = ++s->n};
        s->host->set(s->host->at(batch, i), s->order, &v);
    }
    return TM_PASS;
}

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = NAME,
             .version = "1.0",
             .summary = "Works on batches",
             .licence = "MIT",
             .flags = TM_REMEMBERS | TM_MAY_DROP | TM_DETERMINISTIC,
             .writes = "length order",
             .open = open_stage,
             .close = close_stage,
             .process_many = process_many,
             .commit_many = commit_many};
