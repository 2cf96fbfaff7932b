/* words.h: a text as the words that VADER sees, each looked up in the lexicon. Knows nothing of scores. */
#ifndef SENTIMENT_WORDS_H
#define SENTIMENT_WORDS_H

#include "lexicon.h"

/* Beside the flags of the lexicon. */
#define WORD_UPPER (1u << 31) /* in upper case, as Python's isupper has it */

struct vader_word {
    const struct lexicon_word *entry; /* never NULL: one without flags where the lexicon has none */
    uint32_t flags;                   /* the entry's, WORD_UPPER, WORD_NEGATES for every n't */
    uint32_t reserved;
};

struct vader_words {
    struct vader_word *word;
    uint32_t *rated; /* those that have a valence and are no booster */
    char *lower;
    uint64_t room, rated_room, lower_room;
    uint32_t count, rated_count;
    uint32_t uppers;
    uint32_t but; /* the first "but"; WORDS_NONE where there is none */
    uint64_t bangs, questions;
};

#define WORDS_NONE 0xffffffffu

/* Splits a text that is followed by 16 readable bytes. 0, or -1 without memory. Begin with zeros, end with words_free.
 */
int words_split(struct vader_words *w, const struct lexicon *lexicon, tm_str text);
void words_free(struct vader_words *w);

/* Makes room for want elements; -1 without memory. */
int words_grow(void **memory, uint64_t *room, uint64_t want, uint64_t size);

#endif
