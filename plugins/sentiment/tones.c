/* tones.c: what each token adds to the tone of its sentence: its valence, boosted and negated by the words before it,
 * less where it is asked, unsure, in scare quotes, or taken back by a "but"; movement (rise, fall) takes its tone from
 * what moves: unemployment that falls is good, profits that fall are bad. Every rule looks at a bounded number of
 * tokens, or goes once through the sentence.
 */
#include "tones.h"

#include "lexicon.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOST 0.293
#define SECOND_BOOST 0.95
#define NEGATION (-0.5)
#define NEGATION_REACH 3
#define UNSURE 0.8 /* what is left of a tone behind "would", "if" */
#define UNSURE_REACH 4
#define ASKED 0.7      /* in a question */
#define BEFORE_BUT 0.8 /* before the sentence's last "but" */
#define SCARE_QUOTE 0.7
#define SCARE_REACH 4    /* tokens between quotation marks that are somebody's word, not a statement */
#define MOVE_REACH 2     /* tokens between a movement and the bad thing that moves */
#define MARKET_REACH 3   /* between a movement and a figure or noun of markets */
#define MOVE_BAD 1.2     /* a bad thing that grows, or with the other sign shrinks */
#define MOVE_UP 1.0      /* a figure that grows */
#define MOVE_DOWN (-1.1) /* one that shrinks */
#define OWN_VALENCE 1.2  /* from here on a movement's own valence (plunge, soar) counts */
#define ALPHA 15.0
#define MIDDLE_LENGTH 20.0
#define LEAST_LENGTH 10u
#define HEADLINE 30
#define CALM 0.11
#define OWN_TOKENS 16
#define AHEAD 16 /* look-ups whose memory is asked for beforehand */

int news_lexicon_init(struct news_lexicon *l, char *error, uint64_t room) {
    const float *valence = table_numbers(&l->table, "valence");
    const int32_t *roles = table_ints(&l->table, "roles");
    if (!valence || !roles) {
        snprintf(error, room, "news.table lacks a column; build it anew with textmill-table");
        return -1;
    }
    const struct phrase_view *p = &l->table.phrases;
    l->words = calloc(p->n_steps, sizeof *l->words);
    if (!l->words) {
        snprintf(error, room, "no memory for the lexicon");
        return -1;
    }
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].values) {
            uint32_t row = p->values[p->steps[i].values + 1];
            l->words[i] = (struct news_word){valence[row], roles[row]};
        }
    return 0;
}

int news_lexicon_add(struct news_lexicon *l, const struct lexicon *words, const tm_host *host) {
    uint32_t n = lexicon_count(words);
    l->own = phrase_builder_new();
    l->own_valence = calloc((size_t)n + 1, sizeof *l->own_valence);
    if (!l->own || !l->own_valence)
        return -1;
    for (uint32_t i = 0; i < n; i++) {
        const struct lexicon_word *word = lexicon_at(words, i);
        uint64_t hash[OWN_TOKENS];
        tm_token_buffer b = {.room = OWN_TOKENS, .hash = hash};
        if (!word || host->tokenize((tm_str){word->text, word->len}, &b) != TM_OK || !b.count || b.count > OWN_TOKENS)
            continue;
        l->own_valence[i] = (float)word->valence;
        if (phrase_builder_add(l->own, hash, b.count, i) != 0)
            return -1;
    }
    return phrase_builder_finish(l->own, &l->own_phrases);
}

void news_lexicon_close(struct news_lexicon *l) {
    phrase_builder_free(l->own);
    free(l->own_valence);
    free(l->words);
}

/* The longest phrase of the user's words at token i, where it is no shorter than ours: its number of tokens. */
static uint32_t look_up_own(const struct news_lexicon *l, const uint64_t *hash, uint32_t i, uint32_t to,
                            uint32_t length, struct news_word *out) {
    const uint32_t *rows = NULL;
    uint32_t own = phrase_longest(&l->own_phrases, hash, i, to, &rows);
    if (own == 0 || own < length || !rows)
        return length;
    *out = (struct news_word){l->own_valence[rows[rows[0]]], own == length ? out->roles : 0}; /* of equals the last */
    return own;
}

/* The longest phrase at a candidate, of the user's words or ours: its number of tokens, or 0. */
static inline uint32_t look_up(const struct news_lexicon *l, const uint64_t *hash, uint32_t candidate, uint32_t to,
                               struct news_word *out) {
    const struct phrase_step *step;
    uint32_t length = phrase_longest_at(&l->table.phrases, hash, candidate, to, &step);
    if (length)
        *out = l->words[step - l->table.phrases.steps];
    return l->own ? look_up_own(l, hash, phrase_token(candidate), to, length, out) : length;
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

static double boosted(const struct tones *t, uint32_t i, uint32_t from, double tone) {
    for (uint32_t k = 1; k <= 2 && i - from >= k; k++)
        if (t->roles[i - k] & ROLE_BOOSTER) {
            double more = k == 1 ? BOOST : BOOST * SECOND_BOOST;
            if (t->roles[i - k] & ROLE_LESSENER)
                more = -more;
            tone += tone > 0 ? more : -more;
        }
    return tone;
}

static double negated(const struct tones *t, uint32_t i, uint32_t from, double tone) {
    for (uint32_t k = 1; k <= NEGATION_REACH && i - from >= k; k++) {
        if (t->tokens.shape[i - k] & (TM_SHAPE_TERMINAL | TM_SHAPE_COMMA))
            return tone;
        if (t->roles[i - k] & ROLE_NEGATOR)
            return tone * NEGATION;
    }
    return tone;
}

static double hedged(const struct tones *t, uint32_t i, uint32_t from, double tone) {
    for (uint32_t k = 1; k <= UNSURE_REACH && i - from >= k; k++)
        if (t->roles[i - k] & ROLE_UNSURE)
            return tone * UNSURE;
    return tone;
}

/* Whether the token stands in quotation marks that hold a word or few. */
static int is_scare_quoted(const struct tones *t, uint32_t i, uint32_t from, uint32_t to) {
    const uint32_t *shape = t->tokens.shape + i;
    uint32_t open = 0, close = 0;
    if (i >= SCARE_REACH && !((shape[-1] | shape[-2] | shape[-3] | shape[-4]) & TM_SHAPE_QUOTE))
        return 0; /* as nearly always */
    for (uint32_t k = 1; k <= SCARE_REACH && i - from >= k && !open; k++)
        open = t->tokens.shape[i - k] & TM_SHAPE_QUOTE ? k : 0;
    for (uint32_t k = 1; open && k + open <= SCARE_REACH + 1 && k < to - i && !close; k++)
        close = t->tokens.shape[i + k] & TM_SHAPE_QUOTE ? k : 0;
    return open && close && (t->tokens.shape[i - open] & TM_SHAPE_SPACE) &&
           !(t->tokens.shape[i + close] & TM_SHAPE_SPACE);
}

static void movements(struct tones *t, const struct hit *hits, uint32_t n, uint32_t from, uint32_t to) {
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = hits[k].token;
        if (!(t->roles[i] & (ROLE_UP | ROLE_DOWN)) || (t->roles[i] & ROLE_BOOSTER))
            continue;
        uint32_t noun = moved_noun(t, i, from, to);
        if (noun == TM_NONE)
            continue;
        t->tone[i] = (float)(t->roles[i] & ROLE_UP ? -MOVE_BAD : MOVE_BAD);
        if (t->roles[i] & ROLE_DOWN)
            t->roles[noun] |= ROLE_SILENCED;
    }
}

/* A sentence, and what the roles in it are together: most rules are spared where there is nothing that they look for.
 */
struct sentence {
    uint32_t from, to;
    int32_t roles;
    int is_question;
};

static double hit_tone(const struct tones *t, const struct hit *hit, const struct sentence *s) {
    uint32_t i = hit->token;
    double tone = hit->valence;
    if (t->roles[i] & (ROLE_UP | ROLE_DOWN))
        tone = movement(t, i, s->from, s->to, tone);
    if (tone == 0)
        return 0;
    if (s->roles & ROLE_BOOSTER)
        tone = boosted(t, i, s->from, tone);
    if (s->roles & ROLE_NEGATOR)
        tone = negated(t, i, s->from, tone);
    if (s->roles & ROLE_UNSURE)
        tone = hedged(t, i, s->from, tone);
    if (s->is_question)
        tone *= ASKED;
    if (is_scare_quoted(t, i, s->from, s->to))
        tone *= SCARE_QUOTE;
    return tone;
}

struct sides {
    double positive, negative;
};

/* Without a branch: which side it is cannot be foretold. */
static inline void sides_add(struct sides *sides, double tone) {
    sides->positive += (fabs(tone) + tone) / 2;
    sides->negative += (fabs(tone) - tone) / 2;
}

/* The last "but" of a sentence that has one. */
static uint32_t last_contrast(const struct tones *t, const struct sentence *s) {
    uint32_t i = s->to - 1;
    while (!(t->roles[i] & ROLE_CONTRAST))
        i--;
    return i;
}

/* Sets the tones of a sentence's hits; returns the sentence's. */
static double sentence_tones(struct tones *t, const struct hit *hits, uint32_t n, const struct sentence *s) {
    struct sides sides = {0, 0};
    if ((s->roles & (ROLE_UP | ROLE_DOWN)) && (s->roles & ROLE_BAD_NOUN))
        movements(t, hits, n, s->from, s->to);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = hits[k].token;
        if (t->tone[i] == 0 && !(t->roles[i] & ROLE_SILENCED))
            t->tone[i] = (float)hit_tone(t, &hits[k], s);
        sides_add(&sides, (double)t->tone[i]);
    }
    if (s->roles & ROLE_CONTRAST) {
        uint32_t contrast = last_contrast(t, s);
        sides = (struct sides){0, 0};
        for (uint32_t k = 0; k < n; k++) {
            if (hits[k].token < contrast)
                t->tone[hits[k].token] *= (float)BEFORE_BUT;
            sides_add(&sides, (double)t->tone[hits[k].token]);
        }
    }
    uint32_t length = s->to - s->from < LEAST_LENGTH ? LEAST_LENGTH : s->to - s->from;
    double sum = (sides.positive * TONES_POSITIVE_SHARE - sides.negative) / sqrt(length / MIDDLE_LENGTH);
    return sum / sqrt(sum * sum + ALPHA);
}

/* The tokens at which a phrase may begin, then AHEAD more that are only looked ahead at. */
static uint32_t find_candidates(const struct news_lexicon *l, const uint64_t *hash, uint32_t count, uint32_t *out) {
    uint32_t n = l->own ? 0 : phrase_candidates(&l->table.phrases, hash, count, out);
    for (uint32_t i = 0; l->own && i < count; i++) {
        out[n] = 2 * i + 1;
        n += phrase_may_begin(&l->table.phrases, hash[i]) || phrase_may_begin(&l->own_phrases, hash[i]);
    }
    for (uint32_t k = 0; k < AHEAD; k++)
        out[n + k] = 2 * (count - 1);
    return n;
}

static inline void ask_for_word(const struct news_lexicon *l, uint64_t hash) {
    const struct phrase_view *p = &l->table.phrases;
    uint32_t group = phrase_group(p, phrase_key(hash, 0));
    __builtin_prefetch(&p->steps[group]);
    __builtin_prefetch(&l->words[group]);
}

/* Looks up all phrases: their roles go to their tokens and sentences, those that may have a tone to hits, of which
 * there are count at most. */
static void find_hits(struct tones *t, const struct news_lexicon *l, const uint32_t *candidates, uint32_t count) {
    const uint64_t *hash = t->tokens.hash;
    const uint32_t *sentence = t->tokens.sentence, *end = t->sentences.token + 1;
    uint32_t n_hits = 0, next = 0;
    memset(t->first_hit, 0, (t->sentences.count + 1) * sizeof *t->first_hit);
    for (uint32_t k = 0; k < count; k++) {
        struct news_word word = {0, 0};
        uint32_t at = phrase_token(candidates[k]);
        ask_for_word(l, hash[phrase_token(candidates[k + AHEAD])]);
        uint32_t length = at < next ? 0 : look_up(l, hash, candidates[k], end[sentence[at]], &word);
        if (!length)
            continue;
        next = at + length;
        t->roles[at] = word.roles;
        t->sentence_roles[sentence[at]] |= word.roles;
        t->hits[n_hits] = (struct hit){at, word.valence};
        /* Without a branch: it could not be foretold. */
        uint32_t has_tone =
            ((word.valence != 0) | ((word.roles & (ROLE_UP | ROLE_DOWN)) != 0)) & !(word.roles & ROLE_BOOSTER);
        n_hits += has_tone;
        t->first_hit[sentence[at] + 1] += has_tone;
    }
    for (uint32_t i = 0; i < t->sentences.count; i++)
        t->first_hit[i + 1] += t->first_hit[i];
}

static void fill(struct tones *t, const struct news_lexicon *l, const tm_host *host, tm_doc *doc, tm_str text) {
    uint32_t n = t->tokens.count, n_sentences = t->sentences.count;
    t->tone = host->alloc(doc, ((uint64_t)n + 1) * sizeof *t->tone);
    t->roles = host->alloc(doc, ((uint64_t)n + 1) * sizeof *t->roles);
    t->score = host->alloc(doc, ((uint64_t)n_sentences + 1) * sizeof *t->score);
    t->first_hit = host->alloc(doc, ((uint64_t)n_sentences + 1) * sizeof *t->first_hit);
    t->sentence_roles = host->alloc(doc, ((uint64_t)n_sentences + 1) * sizeof *t->sentence_roles);
    uint32_t *candidates = host->scratch(doc, ((uint64_t)n + AHEAD) * sizeof *candidates);
    memset(t->tone, 0, n * sizeof *t->tone);
    memset(t->roles, 0, n * sizeof *t->roles);
    memset(t->sentence_roles, 0, n_sentences * sizeof *t->sentence_roles);
    uint32_t count = n ? find_candidates(l, t->tokens.hash, n, candidates) : 0;
    t->hits = host->alloc(doc, ((uint64_t)count + 1) * sizeof *t->hits);
    find_hits(t, l, candidates, count);
    for (uint32_t i = 0; i < n_sentences; i++) {
        uint32_t first = t->first_hit[i], found = t->first_hit[i + 1] - first;
        t->score[i] = 0;
        if (!found)
            continue;
        struct sentence s = {t->sentences.token[i], t->sentences.token[i + 1], t->sentence_roles[i], 0};
        s.is_question = text.data[t->tokens.start[s.to - 1]] == '?';
        t->score[i] = sentence_tones(t, t->hits + first, found, &s);
    }
}

void tones_make(struct tones *t, const struct news_lexicon *l, const tm_host *host, tm_doc *doc) {
    t->tokens = tm_tokens_get(host, doc);
    t->sentences = tm_sentences_get(host, doc);
    fill(t, l, host, doc, host->text(doc));
}

void tones_of_title(struct tones *t, const struct news_lexicon *l, const tm_host *host, tm_doc *doc, tm_str title) {
    tm_token_buffer b = {0};
    uint64_t room = title.len + 1;
    uint32_t *columns = host->alloc(doc, room * 4 * sizeof *columns), *bounds = host->alloc(doc, 2 * sizeof *bounds);
    b.room = (uint32_t)room;
    b.start = columns;
    b.length = columns + room;
    b.shape = columns + 2 * room;
    b.hash = host->alloc(doc, room * sizeof *b.hash);
    memset(t, 0, sizeof *t);
    if (host->tokenize(title, &b) != TM_OK || b.count == 0 || b.count > room)
        return;
    bounds[0] = 0;
    bounds[1] = b.count;
    memset(columns + 3 * room, 0, b.count * sizeof *columns); /* all of them are in sentence 0 */
    t->tokens = (tm_tokens){.count = b.count,
                            .start = b.start,
                            .length = b.length,
                            .shape = b.shape,
                            .sentence = columns + 3 * room,
                            .hash = b.hash};
    t->sentences = (tm_sentences){.count = 1, .token = bounds};
    fill(t, l, host, doc, title);
}

void tones_look_up(const struct tones *t, const struct news_lexicon *l, uint32_t i, uint32_t *out_tokens,
                   float *out_valence) {
    struct news_word word = {0, 0};
    uint32_t to = t->sentences.token[t->tokens.sentence[i] + 1];
    uint32_t length = look_up(l, t->tokens.hash, 2 * i + 1, to, &word);
    *out_tokens = length ? length : 1;
    *out_valence = word.valence;
}

uint32_t tones_rules(const struct tones *t, uint32_t i, float valence, tm_str text) {
    uint32_t s = t->tokens.sentence[i], from = t->sentences.token[s], to = t->sentences.token[s + 1], rules = 0;
    int moves = (t->roles[i] & (ROLE_UP | ROLE_DOWN)) && !(t->roles[i] & ROLE_BOOSTER);
    int has_noun = moves && moved_noun(t, i, from, to) != TM_NONE;
    if (has_noun || (moves && fabs((double)valence) < OWN_VALENCE))
        rules |= TONES_MOVED;
    for (uint32_t k = i + 1; k < to && !(rules & TONES_BEFORE_BUT); k++)
        if (t->roles[k] & ROLE_CONTRAST)
            rules |= TONES_BEFORE_BUT;
    if (has_noun) /* what a noun says of a movement stands, whatever is around */
        return rules;
    if (boosted(t, i, from, 1) != 1)
        rules |= TONES_BOOSTED;
    if (negated(t, i, from, 1) != 1)
        rules |= TONES_NEGATED;
    if (hedged(t, i, from, 1) != 1)
        rules |= TONES_UNSURE;
    if (text.data[t->tokens.start[to - 1]] == '?')
        rules |= TONES_ASKED;
    if (is_scare_quoted(t, i, from, to))
        rules |= TONES_SCARE_QUOTED;
    return rules;
}

double tones_calm(double score) {
    double size = fabs(score);
    return score * size / (size + CALM) * (1 + CALM);
}
