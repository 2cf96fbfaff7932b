/* news.c: the tone of a document by its sentences: each is scored for itself, and the mean of those that say something
 * is the document's, headline and lead weighing more, so that long texts neither saturate nor wash out. */
#include "model.h"
#include "tones.h"
#include "why.h"

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

/* Sentences [from, to). */
struct run {
    uint32_t from, to;
};

/* The mean of the sentences of a run that do not stand in another; returns whether there is one. */
static int mean_of(const double *raw, struct run run, struct run without, double *out) {
    double sum = 0, weights = 0;
    for (uint32_t i = run.from; i < run.to; i++) {
        if (i >= without.from && i < without.to)
            continue;
        sum += raw[i];
        weights += fabs(raw[i]) >= SILENT ? 1 : SILENT_WEIGHT;
    }
    *out = weights > 0 ? sum / weights : 0;
    return weights > 0;
}

/* The sentences that are the headline: those that read as the title does, or where no title is known the first, if it
 * stands without an end mark. Empty: none. */
static struct run find_title(const struct tones *t, tm_str text, tm_str title) {
    const tm_sentences *s = &t->sentences;
    for (uint32_t i = 0; title.len && i < s->count && i < TITLE_WITHIN; i++) {
        uint32_t to = i + 1, start = s->start[i];
        if (text.len - start < title.len || memcmp(text.data + start, title.data, title.len) != 0)
            continue;
        while (to < s->count && s->start[to] - start < title.len)
            to++;
        if (s->start[to - 1] + s->length[to - 1] - start == title.len)
            return (struct run){i, to};
    }
    if (title.len || s->count < 2)
        return (struct run){0, 0};
    uint32_t end = s->token[1];
    int is_open = end > s->token[0] && !(t->tokens.shape[end - 1] & (TM_SHAPE_TERMINAL | TM_SHAPE_QUOTE));
    return (struct run){0, is_open != 0};
}

/* The document's score of its sentences': shares of headline, lead and body; where one is missing the others have it.
 */
static double put_together(const struct sentiment *s, const struct tones *t, tm_doc *doc, const double *raw) {
    static const struct run nothing = {0, 0};
    uint32_t n = t->sentences.count;
    tm_str title = s->host->title(doc);
    struct run head = find_title(t, s->host->text(doc), title);
    if (n == 0 || (n == 1 && (!title.len || head.to)))
        return n ? raw[0] : 0;
    double of_head = 0, of_lead, of_body;
    int has_head = mean_of(raw, head, nothing, &of_head);
    if (!has_head && title.len) {
        struct tones apart;
        tones_of_title(&apart, &s->news, s->host, doc, title);
        has_head = apart.sentences.count > 0;
        of_head = has_head ? apart.score[0] : 0;
    }
    uint32_t end = LEAD_SENTENCES + (head.from < LEAD_SENTENCES ? head.to - head.from : 0);
    struct run lead = {0, end < n ? end : n}, body = {lead.to, n};
    int has_lead = mean_of(raw, lead, head, &of_lead), has_body = mean_of(raw, body, head, &of_body);
    double head_share = has_head ? TITLE_SHARE : 0, body_share = has_body ? BODY_SHARE : 0;
    double lead_share = !has_lead ? 0 : has_body ? LEAD_SHARE : LEAD_SHARE + BODY_SHARE;
    double shares = head_share + lead_share + body_share;
    if (shares == 0)
        return 0;
    double score = head_share * of_head + lead_share * of_lead + body_share * of_body;
    return tanh(score / shares * DOCUMENT_SCALE);
}

int32_t sentiment_news(const struct sentiment *s, struct sentiment_thread *thread, tm_doc *doc) {
    (void)thread;
    const tm_host *h = s->host;
    double neutral = s->config.neutral;
    struct tones t;
    tones_make(&t, &s->news, h, doc);
    double *scores = t.score;
    uint32_t count[3] = {0, 0, 0};
    double score = tones_calm(put_together(s, &t, doc, scores));
    for (uint32_t i = 0; i < t.sentences.count; i++) {
        scores[i] = tones_calm(scores[i]);
        /* Without a branch: it could not be foretold. */
        int is_toned = (fabs(scores[i]) >= neutral) & (scores[i] != 0);
        count[1 + (scores[i] > 0) * is_toned - (scores[i] < 0) * is_toned]++;
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
    if (s->config.why)
        why_news(s, w, &t, doc);
    h->write_close(w);
    if (h->write_end(w) != TM_OK)
        return TM_BROKEN;
    sentiment_entities(s, &t, doc);
    sentiment_targets(s, &t, doc);
    return TM_PASS;
}
