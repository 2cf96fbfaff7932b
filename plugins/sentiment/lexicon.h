/* lexicon.h: words and their valence, as VADER's lexicon files have them: "word TAB mean [TAB ...]" a line. Read once
 * at open, then read-only: any thread. Knows nothing of documents.
 */
#ifndef SENTIMENT_LEXICON_H
#define SENTIMENT_LEXICON_H

#include <textmill/types.h>

/* What else a word is, besides having a valence. */
#define WORD_HAS_VALENCE (1u << 0)
#define WORD_IS_BOOSTER (1u << 1)
#define WORD_NEGATES (1u << 2)
#define WORD_NEVER (1u << 3)
#define WORD_SO_OR_THIS (1u << 4)
#define WORD_WITHOUT (1u << 5)
#define WORD_DOUBT (1u << 6)
#define WORD_NO (1u << 7)
#define WORD_OR_NOR (1u << 8)
#define WORD_KIND (1u << 9)
#define WORD_OF (1u << 10)
#define WORD_LEAST (1u << 11)
#define WORD_AT_OR_VERY (1u << 12)
#define WORD_BUT (1u << 13)
#define WORD_IDIOM_KEY (1u << 14)

struct lexicon_word {
    uint64_t first, second; /* its bytes, up to 16 */
    const char *text;
    uint32_t len; /* 0: a free place */
    uint32_t flags;
    double valence;
    double booster;
};

struct lexicon;

/* From the bytes of a lexicon file, which must live as long, and VADER's own words about words. NULL with one line
 * "file:line: message" in error for a line that cannot be read, or no memory. */
struct lexicon *lexicon_new(const char *file, tm_str text, char *error, uint64_t room);
void lexicon_free(struct lexicon *lexicon);

/* The word in lower case, or NULL where the lexicon has it not. */
const struct lexicon_word *lexicon_find(const struct lexicon *lexicon, const char *text, uint32_t len);
/* The same for a word of at most 16 bytes, given as two numbers that hold its bytes, zeros behind them. */
const struct lexicon_word *lexicon_find_short(const struct lexicon *lexicon, uint64_t first, uint64_t second,
                                              uint32_t len);

/* For going through all of them: 0..count-1; NULL where a place holds no word with a valence. */
uint32_t lexicon_count(const struct lexicon *lexicon);
const struct lexicon_word *lexicon_at(const struct lexicon *lexicon, uint32_t i);

/* Idioms: word sequences with a valence (SPECIAL_CASES) or a booster value. words are the lexicon's, compared by
 * address. */
struct lexicon_idiom {
    const struct lexicon_word *word[3];
    uint32_t n;
    double value;
};
const struct lexicon_idiom *lexicon_idioms(const struct lexicon *lexicon, uint32_t *out_count);
const struct lexicon_idiom *lexicon_booster_phrases(const struct lexicon *lexicon, uint32_t *out_count);

#endif
