/* words.h: telling a language by its little words. Read-only after words_init, so any thread may ask. */
#ifndef TM_LANG_WORDS_H
#define TM_LANG_WORDS_H

#include <textmill/plugin.h>

#define WORDS_LANGUAGES 32u
#define WORDS_SCORE 12u    /* of a word that one language has; two that have it get half of it each */
#define WORDS_HIT 0x10000u /* above all scores of the pieces that are looked at */

struct words; /* the lists of lists.h, by hash */

typedef int32_t (*words_tokenize)(tm_str text, tm_token_buffer *buffer);

/* NULL where there is no memory. */
struct words *words_new(words_tokenize tokenize);
void words_free(struct words *w);

/* What the words of a text say. */
struct words_vote {
    uint32_t words;        /* words seen */
    uint32_t bytes;        /* and their bytes */
    uint32_t hits;         /* of them in the list of the best language */
    uint32_t best, second; /* scores: 12 for a word that one language has, 6 for one that two have... */
    const char *code;      /* the best language; NULL where nothing is known */
};

/* Counts the words of a text; may be called for several texts in turn, then words_tell says what they amount to. */
struct words_count {
    uint32_t words, bytes;
    uint32_t tally[WORDS_LANGUAGES]; /* scores, and WORDS_HIT for each word that is in the language's list */
};
void words_add(const struct words *w, words_tokenize tokenize, tm_str text, struct words_count *count);
/* Adds what was counted elsewhere. */
void words_join(struct words_count *count, const struct words_count *other);
/* Counts letters that few languages have, each a little less than a word and only the first few: for short texts. */
void words_add_letters(const struct words *w, tm_str text, struct words_count *count);
/* only: codes that may win, or NULL for all. */
struct words_vote words_tell(const struct words_count *count, const tm_str *only, uint64_t n_only);
/* The score of a language; -1 where it has no list. */
int64_t words_score(const struct words_count *count, const char *code);
/* The words of a text that do not begin with a capital, with spaces between; returns their bytes, at most room. */
uint32_t words_without_capitals(words_tokenize tokenize, tm_str text, char *out, uint32_t room);

#endif
