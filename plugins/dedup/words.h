/* words.h: a document's words as the score compares them, and where each stands.
 *
 * A word has, under a light stem (English endings of ASCII words; of ideographs a word is two neighbours), a small
 * number, its id: equal words have equal ids. Words are laid out by units, the sentences of the text; a sentence of
 * more than UNIT_MOST words is cut in pieces. Memory is the document's.
 *
 * Only what is judged (the stretches) is read whole. Of all other text a word has an id where a stretch has it too, and
 * WORD_ELSEWHERE where none has; its flags and numbers are read when they are asked for.
 */
#ifndef DEDUP_WORDS_H
#define DEDUP_WORDS_H

#include "lexicon.h"
#include "numbers.h"
#include "scan.h"
#include "stem.h"

#define UNIT_MOST 64u
#define WORD_ELSEWHERE 0u /* the id of all words that no stretch has */

#define IS_FUNCTION 1u
#define IS_NEGATION 2u
#define IS_NAME 4u    /* a capital where none is due */
#define IS_CAPITAL 8u /* a capital that may be due to the place */
#define IS_NUMBER 16u
#define IS_LOWER 32u

struct words {
    uint32_t count;
    uint32_t *id;
    uint8_t *flags;

    uint32_t n_units;
    uint32_t *unit_word; /* first word of a unit; one more element than units */
    uint32_t *unit_block;
    uint8_t *unit_read;   /* its words have number and flags */
    uint32_t *block_unit; /* first unit of a block; one more element than blocks */

    struct number *numbers;
    uint8_t *rounding; /* of numbers */
    uint32_t n_numbers, numbers_room;
    uint32_t *number_words, *number_places; /* of numbers: their words; and a table of numbers + 1 by word */

    uint32_t n_ids;
    uint8_t *id_lower;    /* the id occurs with a lower-case first letter */
    uint8_t *id_function; /* and as a function word */

    uint32_t n_known; /* content words of all text that have an id, in their order */
    uint32_t *known;

    const struct layout *layout;
    const struct lexicon *lexicon;
    struct stems *stems; /* of this worker */
    const tm_host *host;
    tm_doc *doc;
};

/* Reads the document. is_stretch is by block. */
void words_build(struct words *w, const struct layout *layout, const uint8_t *is_stretch, const struct lexicon *lexicon,
                 struct stems *stems, const tm_host *host, tm_doc *doc);
/* Reads flags and numbers of the sentence that a unit is of. */
void words_read_unit(struct words *w, uint32_t unit);
/* Whether it is worth reading for the sake of its numbers. */
int words_may_have_number(const struct words *w, uint32_t unit);

/* Of a word with IS_NUMBER. */
int32_t words_find_number(const struct words *w, uint32_t word);

/* The index of a word's number, or -1; its unit must have been read. */
static inline int32_t words_number(const struct words *w, uint32_t word) {
    return w->flags[word] & IS_NUMBER ? words_find_number(w, word) : -1;
}

#endif
