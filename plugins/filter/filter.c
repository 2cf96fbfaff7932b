/* filter.c: the stage `filter`: drops documents by conditions on their fields and by rules on their text. What is
 * measured stands in measure.c and repeat.c, the limits in rules.c. Nothing changes after open: any number of threads.
 */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#define ACTION_DROP 0

struct config {
    const tm_condition *drop_when, *keep_when;
    tm_str reason;
    tm_list presets, limits, without;
    tm_list stop_words;
    int32_t measure, repeats, action;
    tm_field field;
};

struct stage {
    const tm_host *host;
    struct config config;
    struct limits limits;
    struct lexicon lexicon;
    int measures, repeats;
};

static const tm_option options[] = {
    TM_OPT_CONDITION(struct config, drop_when, "drop_when", "null", "drop documents for which this holds"),
    TM_OPT_CONDITION(struct config, keep_when, "keep_when", "null", "drop documents for which this does not hold"),
    TM_OPT_STRING(struct config, reason, "reason", "\"condition\"", "the reason that the two give, in a-z and -"),
    TM_OPT_ROW(struct config, presets, tm_list, TM_T_LIST, TM_T_ENUM, 0, "presets", "[]",
               "gopher|repetition|c4|fineweb", "sets of rules: those of the papers of these names"),
    TM_OPT_MAP(struct config, limits, TM_T_NUMBER, "limits", "{}",
               "limits of your own, by rule; they go before those of the presets"),
    TM_OPT_LIST(struct config, without, TM_T_STRING, 0, "without", "[]", "rules that do not count"),
    TM_OPT_LIST(struct config, stop_words, TM_T_STRING, 0, "stop_words",
                "[\"the\", \"be\", \"to\", \"of\", \"and\", \"that\", \"have\", \"with\"]",
                "words of which few-stop-words wants some, at most 64"),
    TM_OPT_ENUM(struct config, action, "action", "\"drop\"", "drop|mark",
                "what the rules do: drop, or name the broken ones in the field"),
    TM_OPT_BOOL(struct config, measure, "measure", "false", "measure also where no rule asks for it"),
    TM_OPT_BOOL(struct config, repeats, "repeats", "false", "measure repetition also where no rule asks for it"),
    TM_OPT_FIELD(struct config, field, TM_OPT_WRITES, "field", "\"quality\"",
                 "field that takes what was measured; empty: none"),
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    free(s->lexicon.stop);
    free(s);
}

static int32_t fails(struct stage *s, tm_instance *self, const char *why) {
    s->host->open_error(self, (tm_str){why, strlen(why)});
    stage_close(s);
    return TM_EINVAL;
}

static int take_lexicon(struct stage *s) {
    struct lexicon *x = &s->lexicon;
    const tm_str *words = s->config.stop_words.items;
    const tm_host *h = s->host;
    x->n_stop = (uint32_t)s->config.stop_words.count;
    x->stop = calloc(x->n_stop + (size_t)1, sizeof *x->stop);
    if (!x->stop)
        return -1;
    for (uint32_t i = 0; i < x->n_stop; i++) {
        uint64_t hash = x->stop[i] = h->hash(words[i]);
        x->bits[hash >> 60] |= (uint64_t)1 << (hash >> 54 & 63);
    }
    x->lorem = h->hash(TM_STR("lorem"));
    x->ipsum = h->hash(TM_STR("ipsum"));
    x->javascript = h->hash(TM_STR("javascript"));
    x->terms = h->hash(TM_STR("terms"));
    x->of = h->hash(TM_STR("of"));
    x->use = h->hash(TM_STR("use"));
    x->uses = h->hash(TM_STR("uses"));
    x->privacy = h->hash(TM_STR("privacy"));
    x->cookie = h->hash(TM_STR("cookie"));
    x->cookies = h->hash(TM_STR("cookies"));
    x->policy = h->hash(TM_STR("policy"));
    return 0;
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = calloc(1, sizeof *s);
    char why[1024];
    uint32_t presets = 0;
    if (!s) {
        host->open_error(self, TM_STR("out of memory; give the process more"));
        return TM_ERANGE;
    }
    s->host = host;
    s->config = *(const struct config *)config;
    const int32_t *names = s->config.presets.items;
    for (uint64_t i = 0; i < s->config.presets.count; i++)
        presets |= 1u << names[i];
    if (limits_make(&s->limits, presets, &s->config.limits, &s->config.without, why, sizeof why) != 0)
        return fails(s, self, why);
    if (s->config.stop_words.count > 64)
        return fails(s, self, "stop_words: at most 64");
    for (uint64_t i = 0; i < s->config.reason.len; i++)
        if (s->config.reason.data[i] != '-' && (s->config.reason.data[i] < 'a' || s->config.reason.data[i] > 'z'))
            return fails(s, self, "reason: a word of a-z and -, such as \"too-old\"");
    if (take_lexicon(s) != 0)
        return fails(s, self, "out of memory; give the process more");
    s->repeats = s->config.repeats || s->limits.needs_repeats;
    s->measures = s->config.measure || s->repeats || s->limits.count > 0;
    if (!s->measures && !s->config.drop_when && !s->config.keep_when)
        host->log(self, TM_LOG_WARNING, TM_STR("neither conditions nor presets nor limits: nothing is filtered"));
    *out_stage = s;
    return TM_OK;
}

static int is_whole(uint32_t measure) {
    return measure == WORDS || measure == STOP_WORDS || measure == CURLY_BRACES || measure == LOREM_IPSUM ||
           measure == SENTENCES || measure == GOOD_SENTENCES;
}

static int32_t write_field(const struct stage *s, tm_doc *doc, const double *measures) {
    const tm_host *h = s->host;
    uint32_t n = s->repeats ? MEASURES : CHEAP_MEASURES;
    if (!s->config.field)
        return TM_OK;
    tm_writer *w = h->write_begin(doc, s->config.field);
    h->write_object(w);
    for (uint32_t i = 0; i < n; i++) {
        h->write_key(w, (tm_str){measure_names[i], strlen(measure_names[i])});
        if (is_whole(i))
            h->write_int(w, (int64_t)measures[i]);
        else
            h->write_number(w, measures[i], 4);
    }
    if (s->config.action != ACTION_DROP) {
        h->write_key(w, TM_STR("broken"));
        h->write_array(w);
        for (uint32_t i = 0; i < s->limits.count; i++)
            if (limit_is_broken(&s->limits.list[i], measures)) {
                const char *name = rule_name(s->limits.list[i].rule);
                h->write_text(w, (tm_str){name, strlen(name)});
            }
        h->write_close(w);
    }
    h->write_close(w);
    return h->write_end(w);
}

static int32_t by_rules(const struct stage *s, tm_doc *doc, const double *measures) {
    char message[160];
    for (uint32_t i = 0; i < s->limits.count; i++) {
        const struct limit *l = &s->limits.list[i];
        if (!limit_is_broken(l, measures))
            continue;
        const char *name = rule_name(l->rule);
        limit_explain(l, measures, message, sizeof message);
        s->host->reason(doc, (tm_str){name, strlen(name)}, (tm_str){message, strlen(message)}, TM_NONE);
        return TM_DROP;
    }
    return TM_PASS;
}

static int32_t by_conditions(const struct stage *s, tm_doc *doc) {
    const tm_host *h = s->host;
    if (s->config.drop_when && h->holds(s->config.drop_when, doc))
        return tm_drop(h, doc, s->config.reason);
    if (s->config.keep_when && !h->holds(s->config.keep_when, doc))
        return tm_drop(h, doc, s->config.reason);
    return TM_PASS;
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    double measures[MEASURES] = {0};
    (void)thread;
    if (!s->measures)
        return by_conditions(s, doc);
    struct layers layers;
    layers_take(s->host, doc, &layers);
    measure_cheap(&layers, &s->lexicon, measures);
    if (s->repeats)
        measure_repeats(&layers, s->host->scratch(doc, measure_repeats_room(&layers)), measures);
    if (write_field(s, doc, measures) != TM_OK)
        return TM_BROKEN;
    int32_t verdict = by_conditions(s, doc); /* they may look at what was measured */
    return verdict == TM_PASS && s->config.action == ACTION_DROP ? by_rules(s, doc, measures) : verdict;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "filter",
    .version = "0.1.0",
    .summary = "drops documents by conditions on their fields and by measures of their text",
    .licence = "MIT",
    .flags = TM_MAY_DROP | TM_DETERMINISTIC,
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .process = stage_process,
};
