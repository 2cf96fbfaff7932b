/* sentiment.c: the stage: options, life, and the VADER-compatible model's record. The models stand in vader.c (to the
 * letter) and news.c (what documents need). */
#include "model.h"
#include "why.h"

#include <opening.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tm_option options[] = {
    TM_OPT_ENUM(struct sentiment_config, model, "model", "\"news\"", "news|vader",
                "news: by sentence, for documents; vader: the published VADER to the fourth decimal"),
    TM_OPT_BOOL(struct sentiment_config, sentences, "sentences", "false", "report every sentence with its score"),
    TM_OPT_BOOL(struct sentiment_config, why, "why", "false",
                "tell the words that made a score, with their valence, what rules made of it, and where they stand"),
    TM_OPT_PATH(struct sentiment_config, lexicon, TM_OPT_PATH_READ, "lexicon", "\"\"",
                "words of your own: word, tab, valence from -4 to 4; vader: instead of its lexicon, news: before ours"),
    TM_OPT_NUMBER(struct sentiment_config, neutral, "neutral", "0.05", "0..1",
                  "scores nearer to 0 than this are neutral"),
    TM_OPT_FIELD(struct sentiment_config, field, TM_OPT_WRITES, "field", "\"sentiment\"", "where the result goes"),
};

/* How far from a tie a product must be so that its own rounding error cannot matter. */
#define NO_TIE 1e-6

double sentiment_round(double x, int decimals) {
    static const double tens[] = {1, 10, 100, 1000, 10000};
    char text[40];
    int64_t whole = 0, scale = 1;
    int is_negative = 0, behind = 0;
    if (decimals >= 0 && decimals <= 4 && fabs(x) < 1000) {
        double product = fabs(x) * tens[decimals], below = floor(product), rest = product - below;
        if (fabs(rest - 0.5) > NO_TIE) {
            double rounded = (below + (rest > 0.5)) / tens[decimals];
            return x < 0 && rounded > 0 ? -rounded : rounded;
        }
    }
    snprintf(text, sizeof text, "%.*f", decimals, x);
    for (const char *c = text; *c; c++) {
        if (*c == '-') {
            is_negative = 1;
        } else if (*c >= '0' && *c <= '9') {
            whole = whole * 10 + (*c - '0');
            scale *= behind ? 10 : 1;
        } else {
            behind = 1; /* the decimal point, whatever the locale makes of it */
        }
    }
    double rounded = (double)whole / (double)scale;
    return is_negative && whole ? -rounded : rounded;
}

const char *sentiment_label(double score, double neutral) {
    if (score >= neutral && score > 0)
        return "positive";
    return score <= -neutral && score < 0 ? "negative" : "neutral";
}

int32_t sentiment_vader(const struct sentiment *s, struct sentiment_thread *t, tm_doc *doc) {
    const tm_host *h = s->host;
    struct vader_result r;
    if (vader_score(s->lexicon, s->emoji, h->text(doc), &t->work, &r) != 0)
        return tm_fail(h, doc, TM_STR("memory"), TM_STR("there is no memory for the words of this text"), TM_NONE);
    double compound = sentiment_round(r.compound, 4);
    const char *label = sentiment_label(compound, s->config.neutral);
    tm_writer *w = h->write_begin(doc, s->config.field);
    h->write_object(w);
    h->write_key(w, TM_STR("label"));
    h->write_text(w, (tm_str){label, strlen(label)});
    h->write_key(w, TM_STR("score"));
    h->write_number(w, compound, 4);
    h->write_key(w, TM_STR("compound"));
    h->write_number(w, compound, 4);
    h->write_key(w, TM_STR("pos"));
    h->write_number(w, sentiment_round(r.pos, 3), 3);
    h->write_key(w, TM_STR("neu"));
    h->write_number(w, sentiment_round(r.neu, 3), 3);
    h->write_key(w, TM_STR("neg"));
    h->write_number(w, sentiment_round(r.neg, 3), 3);
    if (s->config.why)
        why_vader(s, w, &t->work, &r);
    h->write_close(w);
    return h->write_end(w) == TM_OK ? TM_PASS : TM_BROKEN;
}

static void close_stage(void *stage) {
    struct sentiment *s = stage;
    news_lexicon_close(&s->news);
    lexicon_free(s->lexicon);
    emoji_free(s->emoji);
    free(s);
}

static int open_vader(struct sentiment *s, struct opening *o) {
    const char *file = s->config.lexicon.len ? s->config.lexicon.data : "vader_lexicon.tsv";
    tm_str bytes;
    if (opening_map(o, file, &bytes) != 0 || !(s->lexicon = lexicon_new(file, bytes, o->error, sizeof o->error)))
        return -1;
    if (opening_map(o, "emoji.tsv", &bytes) != 0)
        return -1;
    s->emoji = emoji_new("emoji.tsv", bytes, o->error, sizeof o->error);
    return s->emoji ? 0 : -1;
}

static int open_news(struct sentiment *s, struct opening *o) {
    tm_str bytes;
    fading_init(&s->fading);
    if (opening_table(o, "news.table", &s->news.table) != 0 ||
        news_lexicon_init(&s->news, o->error, sizeof o->error) != 0)
        return -1;
    if (!s->config.lexicon.len)
        return 0;
    const char *file = s->config.lexicon.data;
    if (opening_map(o, file, &bytes) != 0 || !(s->lexicon = lexicon_new(file, bytes, o->error, sizeof o->error)))
        return -1;
    if (news_lexicon_add(&s->news, s->lexicon, o->host) == 0)
        return 0;
    snprintf(o->error, sizeof o->error, "%s: no memory for the lexicon", file);
    return -1;
}

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct opening o;
    struct sentiment *s = calloc(1, sizeof *s);
    int is_open = 0;
    opening_init(&o, host, self);
    if (s) {
        s->host = host;
        s->config = *(const struct sentiment_config *)config;
        is_open = (s->config.model == MODEL_VADER ? open_vader(s, &o) : open_news(s, &o)) == 0;
    }
    if (is_open) {
        *out_stage = s;
        return TM_OK;
    }
    if (s)
        close_stage(s);
    return opening_refuse(&o);
}

static int32_t open_thread(void *stage, void **out_thread) {
    (void)stage;
    *out_thread = calloc(1, sizeof(struct sentiment_thread));
    return *out_thread ? TM_OK : TM_EINVAL;
}

static void close_thread(void *stage, void *thread) {
    (void)stage;
    vader_work_free(&((struct sentiment_thread *)thread)->work);
    free(thread);
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    const struct sentiment *s = stage;
    return s->config.model == MODEL_VADER ? sentiment_vader(s, thread, doc) : sentiment_news(s, thread, doc);
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_DETERMINISTIC,
    .name = "sentiment",
    .version = "0.1.0",
    .summary = "scores the tone of a text: by sentence for news, or exactly as VADER does",
    .licence = "MIT AND Unicode-DFS-2016",
    .languages = "en",
    .reads = "title",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct sentiment_config, options),
    .open = open_stage,
    .close = close_stage,
    .thread_open = open_thread,
    .thread_close = close_thread,
    .process = process,
};
