/* lexicon.h: the small closed classes of words that judging a repetition needs: function words, negations, number
 * words, words that round a number, and the heads that announce a summary. Built once at open from tables of strings
 * through the host's tokenizer and hash; read-only and shared by all threads afterwards.
 */
#ifndef DEDUP_LEXICON_H
#define DEDUP_LEXICON_H

#include <textmill/plugin.h>

#define WORD_FUNCTION 1u /* carries no fact of its own */
#define WORD_NEGATION 2u
#define WORD_NUMBER 4u /* value is its number */
#define WORD_SCALE 8u  /* value multiplies the number before it */
#define WORD_ABOVE 16u /* "more than": the number behind it may be rounded down */
#define WORD_BELOW 32u /* "nearly": the number behind it may be rounded up */

struct word_class {
    uint64_t hash; /* 0: empty */
    uint32_t classes;
    uint32_t reserved;
    double value;
};

#define HEAD_MOST_WORDS 6u
#define LEXICON_BITS 4096u

struct head_phrase {
    uint64_t hash[HEAD_MOST_WORDS];
    uint32_t count;
    uint32_t alone; /* only as the whole head, not as a part of it */
};

struct lexicon {
    struct word_class *table;
    uint32_t mask;
    uint32_t n_heads;
    struct head_phrase *heads;
    uint64_t head_bits[LEXICON_BITS / 64];   /* by hash: it may begin a head */
    uint64_t number_bits[LEXICON_BITS / 64]; /* it may be a number word */
};

/* Whether a hash may be one of those that the bits were set for. */
static inline uint32_t lexicon_may(const uint64_t *bits, uint64_t hash) {
    uint64_t bit = hash % LEXICON_BITS;
    return (uint32_t)(bits[bit / 64] >> (bit % 64) & 1);
}

/* TM_OK, or TM_ERANGE without memory. */
int32_t lexicon_init(struct lexicon *lexicon, const tm_host *host);
void lexicon_deinit(struct lexicon *lexicon);

/* The entry of a token's hash, or NULL. */
static inline const struct word_class *lexicon_find(const struct lexicon *lexicon, uint64_t hash) {
    for (uint64_t i = hash & lexicon->mask;; i = (i + 1) & lexicon->mask) {
        if (lexicon->table[i].hash == hash)
            return &lexicon->table[i];
        if (lexicon->table[i].hash == 0)
            return NULL;
    }
}

/* Whether a line with these word hashes (punctuation left out) is a head that announces a summary; is_whole: and
 * nothing else. */
int lexicon_is_head(const struct lexicon *lexicon, const uint64_t *hash, uint32_t count, int is_whole);

#endif
