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
    int32_t why;
};

struct stage {
    const tm_host *host;
    struct words *words;
    struct detector detector;
    tm_field field, why;
    int32_t tells_why;
};

static const tm_option options[] = {
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"lang\"",
                 "field that takes the ISO 639-1 code, or null where the language cannot be told"),
    TM_OPT_INT(struct config, minimum, "minimum", "12", "0..1000000",
               "bytes of words that a text must have; with fewer the language is null"),
    TM_OPT_LIST(struct config, only, TM_T_STRING, 0, "only", "[]",
                "codes of the languages that come into question; none given: all"),
    TM_OPT_BOOL(struct config, why, "why", "false",
                "tell in the field lang_why what told the language: little words, the model, or both"),
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
    s->why = host->field(self, TM_STR("lang_why"));
    s->tells_why = c->why;
    s->detector = (struct detector){words, host->tokenize, only, c->only.count, (uint32_t)c->minimum};
    *out_stage = s;
    return TM_OK;
}

static void write_why(const struct stage *s, tm_doc *doc, const struct detected *told) {
    const tm_host *h = s->host;
    const struct words_vote *v = &told->vote;
    tm_writer *w = h->write_begin(doc, s->why);
    h->write_object(w);
    h->write_key(w, TM_STR("by"));
    h->write_text(w, (tm_str){told->by, strlen(told->by)});
    if (strcmp(told->by, "both") == 0 || strcmp(told->by, "model") == 0) {
        h->write_key(w, TM_STR("model_is_sure"));
        h->write_bool(w, told->sure);
    }
    h->write_key(w, TM_STR("words"));
    h->write_int(w, v->words);
    h->write_key(w, TM_STR("known"));
    h->write_int(w, v->hits);
    h->write_key(w, TM_STR("most_like"));
    if (v->code)
        h->write_text(w, (tm_str){v->code, strlen(v->code)});
    else
        h->write_null(w);
    h->write_key(w, TM_STR("score"));
    h->write_int(w, v->best);
    h->write_key(w, TM_STR("next_score"));
    h->write_int(w, v->second);
    h->write_close(w);
    h->write_end(w);
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    struct detected told;
    (void)thread;
    detect(&s->detector, s->host->text(doc), &told);
    tm_value value = {.type = *told.code ? TM_V_TEXT : TM_V_NULL, .text = {told.code, strlen(told.code)}};
    s->host->set(doc, s->field, &value);
    if (s->tells_why)
        write_why(s, doc, &told);
    return TM_PASS;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "lang",
    .version = "0.1.0",
    .summary = "tells the language of the text",
    .licence = "MIT",
    .writes = "lang_why",
    .flags = TM_DETERMINISTIC,
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .process = stage_process,
};
