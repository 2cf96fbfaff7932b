/* news.c: the tone of a document by its sentences: each is scored for itself, and the mean of those that say something,
 * weighted towards headline and lead, is the document's, so that long texts neither saturate nor wash out. */
#include "model.h"

#include <math.h>
#include <string.h>

#define LEAD_SENTENCES 3
#define LEAD_WEIGHT 1.5
#define SHARE_WEIGHT 0.35 /* how much of a silent sentence's weight counts */

static void write_label_and_score(const tm_host *h, tm_writer *w, double score, double neutral) {
    const char *label = sentiment_label(score, neutral);
    h->write_key(w, TM_STR("label"));
    h->write_text(w, (tm_str){label, strlen(label)});
    h->write_key(w, TM_STR("score"));
    h->write_number(w, score, 4);
}

int32_t sentiment_news(const struct sentiment *s, struct sentiment_thread *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_str text = h->text(doc);
    tm_sentences sentences = tm_sentences_get(h, doc);
    double *scores = h->alloc(doc, (uint64_t)(sentences.count + 1) * sizeof *scores);
    double sum = 0, weights = 0;
    uint32_t count[3] = {0, 0, 0};
    for (uint32_t i = 0; i < sentences.count; i++) {
        struct vader_result r;
        if (vader_score(s->lexicon, s->emoji, (tm_str){text.data + sentences.start[i], sentences.length[i]}, &t->work,
                        &r) != 0)
            return tm_fail(h, doc, TM_STR("memory"), TM_STR("there is no memory for the words of this text"), TM_NONE);
        scores[i] = r.compound;
        double weight = i < LEAD_SENTENCES ? LEAD_WEIGHT : 1;
        sum += weight * r.compound;
        weights += fabs(r.compound) >= s->config.neutral ? weight : weight * SHARE_WEIGHT;
        count[fabs(r.compound) < s->config.neutral ? 1 : r.compound > 0 ? 2 : 0]++;
    }
    double score = weights > 0 ? sum / weights : 0;
    tm_writer *w = h->write_begin(doc, s->config.field);
    h->write_object(w);
    write_label_and_score(h, w, score, s->config.neutral);
    static const tm_str shares[] = {{"negative", 8}, {"neutral", 7}, {"positive", 8}};
    for (int k = 2; k >= 0; k--) {
        h->write_key(w, shares[k]);
        h->write_number(w, sentences.count ? (double)count[k] / sentences.count : 0, 4);
    }
    if (s->config.sentences) {
        h->write_key(w, TM_STR("sentences"));
        h->write_array(w);
        for (uint32_t i = 0; i < sentences.count; i++) {
            h->write_object(w);
            h->write_key(w, TM_STR("start"));
            h->write_int(w, sentences.start[i]);
            h->write_key(w, TM_STR("end"));
            h->write_int(w, (int64_t)sentences.start[i] + sentences.length[i]);
            write_label_and_score(h, w, scores[i], s->config.neutral);
            h->write_close(w);
        }
        h->write_close(w);
    }
    h->write_close(w);
    return h->write_end(w) == TM_OK ? TM_PASS : TM_BROKEN;
}
