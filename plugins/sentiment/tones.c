/* tones.c: what each token adds to the tone of its sentence: its valence, boosted and negated by the words before it;
 * movement (rise, fall) takes its tone from what moves: unemployment that falls is good, profits that fall are bad.
 */
#include "tones.h"

#include <math.h>
#include <string.h>

#define NEGATION (-0.5)
#define NEGATION_REACH 3
#define SECOND_BOOST 0.95
#define MOVE_REACH 2     /* tokens between a movement and the bad thing that moves */
#define MARKET_REACH 3   /* between a movement and a figure or noun of markets */
#define MOVE_BAD 1.2     /* a bad thing that grows, or with the other sign shrinks */
#define MOVE_UP 1.0      /* a figure that grows */
#define MOVE_DOWN (-1.1) /* one that shrinks */
#define OWN_VALENCE 1.2  /* from here on a movement's own valence (plunge, soar) counts */
#define POSITIVE_SHARE 0.85
#define ALPHA 15.0
#define MIDDLE_LENGTH 20.0
#define HEADLINE 30

int news_lexicon_open(struct news_lexicon *l, tm_str bytes, uint32_t text_version, char *error, uint64_t room) {
    if (table_open(&l->table, bytes, text_version, "news.table", error, room) != 0)
        return -1;
    l->valence = table_numbers(&l->table, "valence");
    l->boost = table_numbers(&l->table, "boost");
    l->roles = table_ints(&l->table, "roles");
    if (l->valence && l->boost && l->roles)
        return 0;
    static const char message[] = "news.table lacks a column; build it anew with textmill-table";
    if (room >= sizeof message)
        memcpy(error, message, sizeof message);
    return -1;
}

/* Whether a sentence stands without an end mark: a headline, where movements count without a figure beside them. */
static int is_headline(const struct tones *t, uint32_t from, uint32_t to) {
    return to - from < HEADLINE && !(t->tokens.shape[to - 1] & (TM_SHAPE_TERMINAL | TM_SHAPE_QUOTE));
}

static int near_figure(const struct tones *t, uint32_t i, uint32_t from, uint32_t to) {
    uint32_t a = i - from > MARKET_REACH ? i - MARKET_REACH : from;
    uint32_t b = to - i > MARKET_REACH ? i + MARKET_REACH + 1 : to;
    for (uint32_t k = a; k < b; k++)
        if ((t->tokens.shape[k] & TM_SHAPE_NUMBER) || (t->roles[k] & ROLE_MARKET))
            return 1;
    return 0;
}

/* The bad noun that a movement at i moves; TM_NONE where there is none. */
static uint32_t moved_noun(const struct tones *t, uint32_t i, uint32_t from, uint32_t to) {
    for (uint32_t d = 1; d <= MOVE_REACH; d++) {
        if (i - from >= d && (t->roles[i - d] & ROLE_BAD_NOUN))
            return i - d;
        if (to - i > d && (t->roles[i + d] & ROLE_BAD_NOUN))
            return i + d;
    }
    return TM_NONE;
}

/* The tone of a movement without a bad noun. */
static double movement(const struct tones *t, uint32_t i, uint32_t from, uint32_t to, double own) {
    if (fabs(own) >= OWN_VALENCE)
        return own;
    if (!near_figure(t, i, from, to) && !is_headline(t, from, to))
        return 0;
    return t->roles[i] & ROLE_UP ? MOVE_UP : MOVE_DOWN;
}

static double boosted(const struct tones *t, const float *boost, uint32_t i, uint32_t from, double tone) {
    for (uint32_t k = 1; k <= 2 && i - from >= k; k++)
        if (t->roles[i - k] & ROLE_BOOSTER) {
            double more = boost[i - k] * (k == 1 ? 1 : SECOND_BOOST);
            tone += tone > 0 ? more : -more;
        }
    return tone;
}

static int is_negated(const struct tones *t, uint32_t i, uint32_t from) {
    for (uint32_t k = 1; k <= NEGATION_REACH && i - from >= k; k++) {
        if (t->tokens.shape[i - k] & (TM_SHAPE_TERMINAL | TM_SHAPE_COMMA))
            return 0;
        if (t->roles[i - k] & ROLE_NEGATOR)
            return 1;
    }
    return 0;
}

/* From valences as the lexicon has them to tones, for one sentence. Valence and tone share one array: what is behind i
 * is still valence, so the noun that a movement silences is marked by its role. */
static void sentence_tones(struct tones *t, const float *valence, const float *boost, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (t->roles[i] & (ROLE_UP | ROLE_DOWN)) {
            uint32_t noun = t->roles[i] & ROLE_BOOSTER ? TM_NONE : moved_noun(t, i, from, to);
            if (noun == TM_NONE)
                continue;
            t->tone[i] = (float)(t->roles[i] & ROLE_UP ? -MOVE_BAD : MOVE_BAD);
            if (t->roles[i] & ROLE_DOWN)
                t->roles[noun] |= 1 << 30;
        }
    }
    for (uint32_t i = from; i < to; i++) {
        if (t->tone[i] != 0 || (t->roles[i] & (ROLE_BOOSTER | 1 << 30)))
            continue;
        double tone = valence[i];
        if (t->roles[i] & (ROLE_UP | ROLE_DOWN))
            tone = movement(t, i, from, to, tone);
        if (tone == 0)
            continue;
        tone = boosted(t, boost, i, from, tone);
        if (is_negated(t, i, from))
            tone *= NEGATION;
        t->tone[i] = (float)tone;
    }
}

void tones_make(struct tones *t, const struct news_lexicon *l, const tm_host *host, tm_doc *doc) {
    t->tokens = tm_tokens_get(host, doc);
    t->sentences = tm_sentences_get(host, doc);
    uint32_t n = t->tokens.count;
    t->tone = host->alloc(doc, ((uint64_t)n + 1) * sizeof *t->tone);
    t->roles = host->alloc(doc, ((uint64_t)n + 1) * sizeof *t->roles);
    float *valence = host->scratch(doc, ((uint64_t)n + 1) * 2 * sizeof *valence), *boost = valence + n;
    memset(t->tone, 0, n * sizeof *t->tone);
    memset(t->roles, 0, n * sizeof *t->roles);
    memset(valence, 0, (uint64_t)n * 2 * sizeof *valence);
    for (uint32_t s = 0; s < t->sentences.count; s++) {
        uint32_t from = t->sentences.token[s], to = t->sentences.token[s + 1], found = 0;
        for (uint32_t i = from; i < to;) {
            const uint32_t *rows;
            uint32_t length = phrase_longest(&l->table.phrases, t->tokens.hash, i, to, &rows);
            if (length) {
                valence[i] = l->valence[rows[1]];
                boost[i] = l->boost[rows[1]];
                t->roles[i] = l->roles[rows[1]];
                found = 1;
            }
            i += length ? length : 1;
        }
        if (found)
            sentence_tones(t, valence, boost, from, to);
    }
}

double tones_score(double positive, double negative) {
    double sum = positive * POSITIVE_SHARE - negative;
    return sum / sqrt(sum * sum + ALPHA);
}

double tones_sentence(const struct tones *t, uint32_t s) {
    double positive = 0, negative = 0;
    uint32_t from = t->sentences.token[s], to = t->sentences.token[s + 1];
    for (uint32_t i = from; i < to; i++) {
        if (t->tone[i] > 0)
            positive += t->tone[i];
        else
            negative -= t->tone[i];
    }
    double length = to - from < MIDDLE_LENGTH / 2 ? MIDDLE_LENGTH / 2 : to - from;
    double scale = sqrt(length / MIDDLE_LENGTH);
    return tones_score(positive / scale, negative / scale);
}
