/* words.h: a document's words as the score compares them, and where each stands.
 *
 * A word is a token that is no punctuation and no clitic, under a light stem (English endings of ASCII words; of
 * ideographs a word is two neighbours), as a small number, its id: equal words have equal ids. Words are laid out by
 * units, the sentences of the text; a sentence of more than UNIT_MOST words is cut in pieces. Memory is the document's.
 */
#ifndef DEDUP_WORDS_H
#define DEDUP_WORDS_H

#include "lexicon.h"
#include "numbers.h"

#define UNIT_MOST 64u

#define IS_FUNCTION 1u
#define IS_NEGATION 2u
#define IS_NAME 4u    /* a capital where none is due */
#define IS_CAPITAL 8u /* a capital that may be due to the place */
#define IS_NUMBER 16u
#define IS_LOWER 32u

struct words {
    uint32_t count;
    uint32_t *id;
    uint32_t *token; /* index in the token layer */
    uint32_t *unit;
    int32_t *number; /* index of its number, or -1 */
    uint8_t *flags;

    uint32_t n_units;
    uint32_t *unit_word; /* first word of a unit; one more element than units */
    uint32_t *unit_block;
    uint32_t *block_word; /* first word of a block; one more element than blocks */

    struct number *numbers;
    uint8_t *rounding; /* of numbers */
    uint32_t n_numbers, numbers_room;

    uint32_t n_ids;
    uint8_t *id_lower; /* the id occurs with a lower-case first letter */
};

/* Everything of the document; NULL columns never come out. */
void words_build(struct words *w, const struct lexicon *lexicon, const tm_host *host, tm_doc *doc,
                 const tm_tokens *tokens, const tm_sentences *sentences, const tm_blocks *blocks);

#endif
