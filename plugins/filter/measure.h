/* measure.h: what is measured of a text: numbers that the papers on corpora drop documents by. measure.c takes one pass
 * over the layers, repeat.c counts what comes again. Knows nothing of limits.
 */
#ifndef FILTER_MEASURE_H
#define FILTER_MEASURE_H

#include <textmill/plugin.h>

enum measure {
    /* Gopher */
    WORDS,            /* pieces between white space; an ideograph is one */
    MEAN_WORD_LENGTH, /* in characters, of tokens that are words or numbers */
    HASH_RATIO,       /* # a word */
    ELLIPSIS_RATIO,   /* ... and the one-character ellipsis, a word */
    BULLET_LINES,     /* share of lines that are list items */
    ELLIPSIS_LINES,   /* share of lines that end with an ellipsis */
    ALPHABETIC_WORDS, /* share of words with a letter in them */
    STOP_WORDS,       /* how many of the stop words occur, each counted once */
    /* C4 */
    CURLY_BRACES,
    LOREM_IPSUM,
    SENTENCES,      /* of all lines */
    GOOD_SENTENCES, /* of the lines that C4 keeps */
    /* FineWeb */
    PUNCTUATED_LINES, /* share of lines with a terminal at their end */
    SHORT_LINES,      /* share of lines of less than 30 characters */
    CHEAP_MEASURES,
    /* Repetition: Gopher, and FineWeb for the second */
    DUPLICATE_LINES = CHEAP_MEASURES, /* share of lines that stood before */
    DUPLICATE_LINE_CHARS,
    DUPLICATE_PARAGRAPHS,
    DUPLICATE_PARAGRAPH_CHARS,
    TOP_2_GRAM, /* share of characters in the most frequent pair of words */
    TOP_3_GRAM,
    TOP_4_GRAM,
    DUPLICATE_5_GRAMS, /* share of characters in runs of 5 words that stood before */
    DUPLICATE_6_GRAMS,
    DUPLICATE_7_GRAMS,
    DUPLICATE_8_GRAMS,
    DUPLICATE_9_GRAMS,
    DUPLICATE_10_GRAMS,
    MEASURES
};

extern const char *const measure_names[MEASURES];

/* Hashes of the words that are looked for: stop words, and those of C4's notices. */
struct lexicon {
    uint64_t *stop;
    uint32_t n_stop;   /* at most 64 */
    uint64_t bits[16]; /* a filter of 1,024 bits before the stop words */
    uint64_t lorem, ipsum, javascript, terms, of, use, uses, privacy, cookie, cookies, policy;
};

/* The layers of one text. */
struct layers {
    tm_str text;
    tm_tokens tokens;
    tm_sentences sentences;
    tm_blocks blocks;
    uint64_t characters;
};

void layers_take(const tm_host *host, tm_doc *doc, struct layers *out);
/* The measures up to CHEAP_MEASURES. */
void measure_cheap(const struct layers *l, const struct lexicon *lexicon, double *out);
/* The others. Bytes of scratch that it needs for this text. */
uint64_t measure_repeats_room(const struct layers *l);
void measure_repeats(const struct layers *l, void *scratch, double *out);

/* Characters of a piece of UTF-8: bytes that are no continuation, eight at a time. */
static inline uint64_t count_characters(const char *at, uint64_t len) {
    uint64_t others = 0, i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t w;
        __builtin_memcpy(&w, at + i, 8);
        w = (w & ~(w << 1) & 0x8080808080808080u) >> 7;
        others += (w * 0x0101010101010101u) >> 56;
    }
    for (; i < len; i++)
        others += (at[i] & 0xc0) == 0x80;
    return len - others;
}

#endif
