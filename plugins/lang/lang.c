/* lang.c: the stage `lang`: writes the language of a text into a field. What the language is, detect.c decides; here
 * are the options and the life of the stage. Nothing changes after open, so any number of threads may share one stage.
 */
#include "detect.h"

#include <stdlib.h>
#include <string.h>

struct config {
    tm_field field;
    int64_t minimum;
    tm_list only;
};

struct stage {
    const tm_host *host;
    struct words *words;
    struct detector detector;
    tm_field field;
};

static const tm_option options[] = {
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"lang\"",
                 "field that takes the ISO 639-1 code, or null where the language cannot be told"),
    TM_OPT_INT(struct config, minimum, "minimum", "12", "0..1000000",
               "bytes of words that a text must have; with fewer the language is null"),
    TM_OPT_LIST(struct config, only, TM_T_STRING, 0, "only", "[]",
                "codes of the languages that come into question; none given: all"),
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    if (s)
        words_free(s->words);
    free(s);
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    const tm_str *only = c->only.items;
    for (uint64_t i = 0; i < c->only.count; i++) {
        if (only[i].len != 2) {
            host->open_error(self, TM_STR("only: a code has two letters, as in ISO 639-1: [\"en\", \"de\"]"));
            return TM_EINVAL;
        }
    }
    struct stage *s = calloc(1, sizeof *s);
    struct words *words = words_new(host->tokenize);
    if (!s || !words) {
        free(s);
        words_free(words);
        host->open_error(self, TM_STR("out of memory; give the process more"));
        return TM_ERANGE;
    }
    s->host = host;
    s->words = words;
    s->field = c->field;
    s->detector = (struct detector){words, host->tokenize, only, c->only.count, (uint32_t)c->minimum};
    *out_stage = s;
    return TM_OK;
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    char code[4];
    (void)thread;
    detect(&s->detector, s->host->text(doc), code);
    tm_value value = {.type = *code ? TM_V_TEXT : TM_V_NULL, .text = {code, strlen(code)}};
    s->host->set(doc, s->field, &value);
    return TM_PASS;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "lang",
    .version = "0.1.0",
    .summary = "tells the language of the text",
    .licence = "MIT",
    .flags = TM_DETERMINISTIC,
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .process = stage_process,
};
