/* keep: a stage that remembers; it does not open where its option says so. */
#include <stddef.h>
#include <textmill/plugin.h>

struct config {
    int32_t shut;
    tm_str mark;
    tm_field field;
};

struct stage {
    const tm_host *host;
    const struct config *config;
};

static struct stage only;

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    (void)self;
    if (c->shut)
        return TM_EIO;
    only = (struct stage){host, c};
    *out_stage = &only;
    return TM_OK;
}

static int32_t commit(void *stage, tm_doc *doc) {
    struct stage *s = stage;
    tm_value v = {.type = TM_V_TEXT, .text = s->config->mark};
    return s->host->set(doc, s->config->field, &v) == TM_OK ? TM_PASS : TM_FAIL;
}

static const tm_option options[] = {
    TM_OPT_BOOL(struct config, shut, "shut", "false", "do not open"),
    TM_OPT_STRING(struct config, mark, "mark", "\"none\"", "what is written"),
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"mark\"", "where to"),
};

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = "keep",
             .version = "1.0",
             .summary = "Remembers nothing, but says that it does",
             .licence = "MIT",
             .flags = TM_REMEMBERS,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .commit = commit};
