/* news.c: the tone of a document by its sentences: each is scored for itself, and the mean of those that say something
 * is the document's, headline and lead weighing more, so that long texts neither saturate nor wash out. */
#include "model.h"
#include "tones.h"

#include <math.h>
#include <string.h>

#define TITLE_SHARE 0.3 /* headline, lead and the rest have fixed shares, however long the text is */
#define LEAD_SHARE 0.2
#define BODY_SHARE 0.5
#define LEAD_SENTENCES 5
#define TITLE_WITHIN 4     /* sentences from the start where the headline is looked for */
#define SILENT_WEIGHT 0.35 /* how much a sentence without tone counts */
#define SILENT 0.1         /* raw score below which a sentence has none */
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

/* The mean of sentences [from, to) without the headline; returns whether there is one. */
static int mean_of(const double *raw, uint32_t from, uint32_t to, uint32_t title, double *out) {
    double sum = 0, weights = 0;
    for (uint32_t i = from; i < to; i++) {
        if (i == title)
            continue;
        sum += raw[i];
        weights += fabs(raw[i]) >= SILENT ? 1 : SILENT_WEIGHT;
    }
    *out = weights > 0 ? sum / weights : 0;
    return weights > 0;
}

/* The sentence that is the headline: the one that reads as the title does, or where no title is known the first, if it
 * stands without an end mark. TM_NONE: none. */
static uint32_t find_title(const struct tones *t, tm_str text, tm_str title) {
    for (uint32_t i = 0; title.len && i < t->sentences.count && i < TITLE_WITHIN; i++)
        if (t->sentences.length[i] == title.len &&
            memcmp(text.data + t->sentences.start[i], title.data, title.len) == 0)
            return i;
    if (title.len || t->sentences.count < 2)
        return TM_NONE;
    uint32_t end = t->sentences.token[1];
    int is_open = end > t->sentences.token[0] && !(t->tokens.shape[end - 1] & (TM_SHAPE_TERMINAL | TM_SHAPE_QUOTE));
    return is_open ? 0 : TM_NONE;
}

/* The document's score of its sentences': shares of headline, lead and body; where one is missing the others have it.
 */
static double put_together(const struct sentiment *s, const struct tones *t, tm_doc *doc, const double *raw) {
    uint32_t n = t->sentences.count;
    tm_str title = s->host->title(doc);
    uint32_t at = find_title(t, s->host->text(doc), title);
    if (n == 0 || (n == 1 && (!title.len || at == 0)))
        return n ? raw[0] : 0;
    double head = 0, lead, body;
    int has_head = at != TM_NONE;
    if (has_head) {
        head = raw[at];
    } else if (title.len) {
        struct tones of_title;
        tones_of_title(&of_title, &s->news, s->host, doc, title);
        has_head = of_title.sentences.count > 0;
        head = has_head ? tones_sentence(&of_title, 0) : 0;
    }
    uint32_t end = LEAD_SENTENCES + (at != TM_NONE && at < LEAD_SENTENCES);
    if (end > n)
        end = n;
    int has_lead = mean_of(raw, 0, end, at, &lead), has_body = mean_of(raw, end, n, at, &body);
    double head_share = has_head ? TITLE_SHARE : 0, lead_share = has_lead ? LEAD_SHARE : 0,
           body_share = has_body ? BODY_SHARE : 0;
    if (!has_body)
        lead_share *= (LEAD_SHARE + BODY_SHARE) / LEAD_SHARE;
    double score = head_share * head + lead_share * lead + body_share * body;
    return tanh(score / (head_share + lead_share + body_share) * DOCUMENT_SCALE);
}

int32_t sentiment_news(const struct sentiment *s, struct sentiment_thread *thread, tm_doc *doc) {
    (void)thread;
    const tm_host *h = s->host;
    double neutral = s->config.neutral;
    struct tones t;
    tones_make(&t, &s->news, h, doc);
    double *scores = h->alloc(doc, ((uint64_t)t.sentences.count + 1) * sizeof *scores);
    uint32_t count[3] = {0, 0, 0};
    for (uint32_t i = 0; i < t.sentences.count; i++)
        scores[i] = tones_sentence(&t, i);
    double score = tones_calm(put_together(s, &t, doc, scores));
    for (uint32_t i = 0; i < t.sentences.count; i++) {
        scores[i] = tones_calm(scores[i]);
        count[fabs(scores[i]) < neutral || scores[i] == 0 ? 1 : scores[i] > 0 ? 2 : 0]++;
    }
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
