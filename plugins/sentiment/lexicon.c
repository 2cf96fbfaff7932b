/* lexicon.c: reads a lexicon and joins it with VADER's closed word classes: boosters, negations, idioms.
 *
 * Source of the classes and figures: C. J. Hutto and E. Gilbert, VADER: A Parsimonious Rule-based Model for Sentiment
 * Analysis of Social Media Text, ICWSM 2014, and its Python implementation (MIT).
 */
#include "lexicon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOST 0.293

static const char raising[] =
    "absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously "
    "entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking "
    "fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible "
    "incredibly intensely major majorly more most particularly purely quite really remarkably so substantially "
    "thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very";
static const char lowering[] =
    "almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly scarce "
    "scarcely slight slightly somewhat sorta sortof sort-of";
static const char negating[] =
    "aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't doesn't dont hadnt "
    "hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt needn't never "
    "none nope nor not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't "
    "weren't without wont wouldnt won't wouldn't rarely seldom despite";

static const struct {
    const char *word;
    uint32_t flags;
} roles[] = {{"never", WORD_NEVER},     {"so", WORD_SO_OR_THIS}, {"this", WORD_SO_OR_THIS}, {"without", WORD_WITHOUT},
             {"doubt", WORD_DOUBT},     {"no", WORD_NO},         {"or", WORD_OR_NOR},       {"nor", WORD_OR_NOR},
             {"kind", WORD_KIND},       {"of", WORD_OF},         {"least", WORD_LEAST},     {"at", WORD_AT_OR_VERY},
             {"very", WORD_AT_OR_VERY}, {"but", WORD_BUT}};

/* Two and three words; sequences of one word can never match. key is the word of them that is rarest: where none of the
 * keys stands near, no idiom is looked for. */
static const struct {
    const char *words;
    double value;
    const char *key;
} idioms[] = {{"the shit", 3, "shit"},  {"the bomb", 3, "bomb"},           {"bad ass", 1.5, "ass"},
              {"bus stop", 0, "bus"},   {"yeah right", -2, "yeah"},        {"kiss of death", -1.5, "kiss"},
              {"to die for", 3, "die"}, {"beating heart", 3.1, "beating"}, {"broken heart", -2.9, "broken"}},
  booster_phrases[] = {{"just enough", -BOOST, "enough"}, {"kind of", -BOOST, "kind"}, {"sort of", -BOOST, "sort"}};

enum { N_IDIOMS = sizeof idioms / sizeof idioms[0], N_PHRASES = sizeof booster_phrases / sizeof booster_phrases[0] };

/* A bit a word by its hash: most words of a text are not in the lexicon, and the bits fit into the nearest cache. */
#define FILTER_BITS 17

struct lexicon {
    uint64_t filter[(1u << FILTER_BITS) / 64];
    struct lexicon_word *places; /* open addressing */
    uint32_t mask;
    uint32_t count;
    struct lexicon_idiom idiom[N_IDIOMS];
    struct lexicon_idiom phrase[N_PHRASES];
};

static uint64_t hash_of(uint64_t first, uint64_t second, uint32_t len) {
    uint64_t h = (first ^ len) * 0xff51afd7ed558ccdu;
    h = (h ^ h >> 32 ^ second) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 29;
}

/* The bytes of a word as two numbers; of a long one a hash of its eights. */
static void numbers_of(const char *text, uint32_t len, uint64_t *first, uint64_t *second) {
    *first = *second = 0;
    if (len <= 16) {
        memcpy(first, text, len < 8 ? len : 8);
        if (len > 8)
            memcpy(second, text + 8, len - 8);
        return;
    }
    for (; len > 0; text += len < 8 ? len : 8, len -= len < 8 ? len : 8) {
        uint64_t part = 0;
        memcpy(&part, text, len < 8 ? len : 8);
        *first = (*first ^ part) * 0xff51afd7ed558ccdu;
        *first ^= *first >> 32;
    }
}

static int may_have(const struct lexicon *l, uint64_t hash) {
    uint64_t bit = hash >> (64 - FILTER_BITS);
    return (int)(l->filter[bit >> 6] >> (bit & 63) & 1);
}

const struct lexicon_word *lexicon_find_short(const struct lexicon *l, uint64_t first, uint64_t second, uint32_t len) {
    uint64_t hash = hash_of(first, second, len);
    if (!may_have(l, hash))
        return NULL;
    for (uint32_t at = (uint32_t)hash & l->mask; l->places[at].len; at = (at + 1) & l->mask) {
        const struct lexicon_word *w = &l->places[at];
        if (w->first == first && w->second == second && w->len == len)
            return w;
    }
    return NULL;
}

const struct lexicon_word *lexicon_find(const struct lexicon *l, const char *text, uint32_t len) {
    uint64_t first, second;
    numbers_of(text, len, &first, &second);
    if (len <= 16)
        return lexicon_find_short(l, first, second, len);
    for (uint32_t at = (uint32_t)hash_of(first, second, len) & l->mask; l->places[at].len; at = (at + 1) & l->mask) {
        const struct lexicon_word *w = &l->places[at];
        if (w->first == first && w->len == len && memcmp(w->text, text, len) == 0)
            return w;
    }
    return NULL;
}

/* The place of a word, taken where it is new. The table is made large enough beforehand. */
static struct lexicon_word *place_of(struct lexicon *l, const char *text, uint32_t len) {
    uint64_t first, second;
    numbers_of(text, len, &first, &second);
    uint64_t hash = hash_of(first, second, len), bit = hash >> (64 - FILTER_BITS);
    uint32_t at = (uint32_t)hash & l->mask;
    while (l->places[at].len && !(l->places[at].len == len && memcmp(l->places[at].text, text, len) == 0))
        at = (at + 1) & l->mask;
    struct lexicon_word *w = &l->places[at];
    if (!w->len) {
        *w = (struct lexicon_word){.first = first, .second = second, .text = text, .len = len};
        l->filter[bit >> 6] |= (uint64_t)1 << (bit & 63);
        l->count++;
    }
    return w;
}

static void add_words(struct lexicon *l, const char *words, uint32_t flags, double booster) {
    while (*words) {
        uint32_t len = (uint32_t)strcspn(words, " ");
        struct lexicon_word *w = place_of(l, words, len);
        w->flags |= flags;
        if (flags & WORD_IS_BOOSTER)
            w->booster = booster;
        words += len + (words[len] == ' ');
    }
}

static void add_idiom(struct lexicon *l, struct lexicon_idiom *idiom, const char *words, double value,
                      const char *key) {
    idiom->n = 0;
    idiom->value = value;
    while (*words) {
        uint32_t len = (uint32_t)strcspn(words, " ");
        struct lexicon_word *w = place_of(l, words, len);
        idiom->word[idiom->n++] = w;
        words += len + (words[len] == ' ');
    }
    place_of(l, key, (uint32_t)strlen(key))->flags |= WORD_IDIOM_KEY;
}

/* [+-]digits[.digits], exactly as a correctly rounding reader would have it: at most 15 digits, so numerator and power
 * of ten are exact and one division rounds once. */
static int read_number(const char *text, uint32_t len, double *out) {
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    uint32_t i = 0, digits = 0, behind = 0;
    int is_negative = 0, has_point = 0;
    double number = 0;
    if (i < len && (text[i] == '-' || text[i] == '+'))
        is_negative = text[i++] == '-';
    for (; i < len; i++) {
        if (text[i] == '.' && !has_point) {
            has_point = 1;
        } else if (text[i] >= '0' && text[i] <= '9' && digits < 15) {
            number = number * 10 + (text[i] - '0');
            digits++;
            behind += (uint32_t)has_point;
        } else {
            return -1;
        }
    }
    if (!digits)
        return -1;
    number /= tens[behind];
    *out = is_negative ? -number : number;
    return 0;
}

static int read_lines(struct lexicon *l, const char *file, tm_str text, char *error, uint64_t room) {
    const char *at = text.data, *end = at + text.len;
    for (uint32_t line = 1; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *next = stop ? stop + 1 : end;
        if (!stop)
            stop = end;
        if (stop > at && stop[-1] == '\r')
            stop--;
        const char *tab = stop > at ? memchr(at, '\t', (size_t)(stop - at)) : NULL;
        if (tab) {
            const char *value = tab + 1;
            const char *tab2 = memchr(value, '\t', (size_t)(stop - value));
            double valence;
            if (tab == at || read_number(value, (uint32_t)((tab2 ? tab2 : stop) - value), &valence) != 0) {
                snprintf(error, room, "%s:%u: a word, a tab and a number are wanted, as in: great<TAB>3.1", file, line);
                return -1;
            }
            struct lexicon_word *w = place_of(l, at, (uint32_t)(tab - at));
            w->flags |= WORD_HAS_VALENCE;
            w->valence = valence;
        } else if (stop > at) {
            snprintf(error, room, "%s:%u: there is no tab behind the word; a word, a tab and a number are wanted", file,
                     line);
            return -1;
        }
        at = next;
    }
    return 0;
}

struct lexicon *lexicon_new(const char *file, tm_str text, char *error, uint64_t room) {
    uint64_t lines = 1;
    for (uint64_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    uint64_t places = 1024;
    while (places < (lines + 512) * 2)
        places *= 2;
    struct lexicon *l = calloc(1, sizeof *l);
    if (l && places <= UINT32_MAX)
        l->places = calloc(places, sizeof *l->places);
    if (!l || !l->places) {
        snprintf(error, room, "%s: no memory for the lexicon", file);
        free(l);
        return NULL;
    }
    l->mask = (uint32_t)(places - 1);
    if (read_lines(l, file, text, error, room) != 0) {
        lexicon_free(l);
        return NULL;
    }
    add_words(l, raising, WORD_IS_BOOSTER, BOOST);
    add_words(l, lowering, WORD_IS_BOOSTER, -BOOST);
    add_words(l, negating, WORD_NEGATES, 0);
    for (uint32_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        add_words(l, roles[i].word, roles[i].flags, 0);
    for (uint32_t i = 0; i < N_IDIOMS; i++)
        add_idiom(l, &l->idiom[i], idioms[i].words, idioms[i].value, idioms[i].key);
    for (uint32_t i = 0; i < N_PHRASES; i++)
        add_idiom(l, &l->phrase[i], booster_phrases[i].words, booster_phrases[i].value, booster_phrases[i].key);
    return l;
}

void lexicon_free(struct lexicon *lexicon) {
    if (lexicon)
        free(lexicon->places);
    free(lexicon);
}

uint32_t lexicon_count(const struct lexicon *l) {
    return l->mask + 1;
}

const struct lexicon_word *lexicon_at(const struct lexicon *l, uint32_t i) {
    return l->places[i].flags & WORD_HAS_VALENCE ? &l->places[i] : NULL;
}

const struct lexicon_idiom *lexicon_idioms(const struct lexicon *lexicon, uint32_t *out_count) {
    *out_count = N_IDIOMS;
    return lexicon->idiom;
}

const struct lexicon_idiom *lexicon_booster_phrases(const struct lexicon *lexicon, uint32_t *out_count) {
    *out_count = N_PHRASES;
    return lexicon->phrase;
}
