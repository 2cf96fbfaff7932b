/* stamp: a stage that tells which code and which data it is made of: CODE is compiled in, the rest stands in
 * stamp.table beside it.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <textmill/plugin.h>

struct config {
    tm_field field;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    char text[64];
};

static struct stage only;

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    tm_str table;
    int32_t r = host->map_file(self, TM_STR("stamp.table"), &table);
    if (r != TM_OK)
        return r;
    only = (struct stage){.host = host, .config = config};
    snprintf(only.text, sizeof only.text, "%s, %.*s", CODE, (int)table.len, table.data);
    *out_stage = &only;
    return TM_OK;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    struct stage *s = stage;
    tm_value v = {.type = TM_V_TEXT, .text = {s->text, strlen(s->text)}};
    (void)thread;
    return s->host->set(doc, s->config->field, &v) == TM_OK ? TM_PASS : TM_FAIL;
}

static const tm_option options[] = {
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"mark\"", "where to"),
};

TM_PLUGIN = {TM_DESCRIPTOR,      .name = "stamp",
             .version = CODE,    .summary = "Tells what it is made of",
             .licence = "MIT",   TM_OPTIONS(struct config, options),
             .open = open_stage, .process = process};
