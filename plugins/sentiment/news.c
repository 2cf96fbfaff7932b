/* news.c: the tone of a document by its sentences: each is scored for itself, and the mean of those that say something
 * is the document's, headline and lead weighing more, so that long texts neither saturate nor wash out. */
#include "model.h"
#include "tones.h"

#include <math.h>
#include <string.h>

#define TITLE_WEIGHT 2.0
#define LEAD_WEIGHT 1.5
#define LEAD_SENTENCES 4
#define SILENT_WEIGHT 0.35 /* how much of a silent sentence's weight counts */
#define DOCUMENT_SCALE 1.6 /* a document's mean is nearer to 0 than a reader's judgement of it */

static void write_label_and_score(const tm_host *h, tm_writer *w, double score, double neutral) {
    const char *label = sentiment_label(score, neutral);
    h->write_key(w, TM_STR("label"));
    h->write_text(w, (tm_str){label, strlen(label)});
    h->write_key(w, TM_STR("score"));
    h->write_number(w, score, 4);
}

static void write_sentences(const tm_host *h, tm_writer *w, const struct tones *t, const double *scores,
                            double neutral) {
    h->write_key(w, TM_STR("sentences"));
    h->write_array(w);
    for (uint32_t i = 0; i < t->sentences.count; i++) {
        h->write_object(w);
        h->write_key(w, TM_STR("start"));
        h->write_int(w, t->sentences.start[i]);
        h->write_key(w, TM_STR("end"));
        h->write_int(w, (int64_t)t->sentences.start[i] + t->sentences.length[i]);
        write_label_and_score(h, w, scores[i], neutral);
        h->write_close(w);
    }
    h->write_close(w);
}

/* Weight of a sentence by its place. The first one is the headline where it stands without an end mark. */
static double weight_of(const struct tones *t, uint32_t i) {
    uint32_t end = t->sentences.token[i + 1];
    int is_open = end > t->sentences.token[i] && !(t->tokens.shape[end - 1] & (TM_SHAPE_TERMINAL | TM_SHAPE_QUOTE));
    if (i == 0 && is_open && t->sentences.count > 1)
        return TITLE_WEIGHT;
    return i < LEAD_SENTENCES && t->sentences.count > LEAD_SENTENCES ? LEAD_WEIGHT : 1;
}

int32_t sentiment_news(const struct sentiment *s, struct sentiment_thread *thread, tm_doc *doc) {
    (void)thread;
    const tm_host *h = s->host;
    double neutral = s->config.neutral;
    struct tones t;
    tones_make(&t, &s->news, h, doc);
    double *scores = h->alloc(doc, ((uint64_t)t.sentences.count + 1) * sizeof *scores);
    double sum = 0, weights = 0;
    uint32_t count[3] = {0, 0, 0};
    for (uint32_t i = 0; i < t.sentences.count; i++) {
        double score = scores[i] = tones_sentence(&t, i), weight = weight_of(&t, i);
        sum += weight * score;
        weights += fabs(score) >= neutral ? weight : weight * SILENT_WEIGHT;
        count[fabs(score) < neutral ? 1 : score > 0 ? 2 : 0]++;
    }
    double score = weights > 0 ? sum / weights : 0;
    if (t.sentences.count > 1)
        score = tanh(score * DOCUMENT_SCALE);
    tm_writer *w = h->write_begin(doc, s->config.field);
    h->write_object(w);
    write_label_and_score(h, w, score, neutral);
    static const tm_str shares[] = {{"negative", 8}, {"neutral", 7}, {"positive", 8}};
    for (int k = 2; k >= 0; k--) {
        h->write_key(w, shares[k]);
        h->write_number(w, t.sentences.count ? (double)count[k] / t.sentences.count : 0, 4);
    }
    if (s->config.sentences)
        write_sentences(h, w, &t, scores, neutral);
    h->write_close(w);
    if (h->write_end(w) != TM_OK)
        return TM_BROKEN;
    sentiment_entities(s, &t, doc);
    sentiment_targets(s, &t, doc);
    return TM_PASS;
}
