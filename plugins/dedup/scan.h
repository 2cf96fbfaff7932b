/* scan.h: the one look that every document gets: does it hold anything that could repeat? Costs a few nanoseconds a
 * token, so that ordinary articles without lists and repeats are done with it.
 */
#ifndef DEDUP_SCAN_H
#define DEDUP_SCAN_H

#include "lexicon.h"

#define BLOCK_ITEM 1u     /* a list item with a mark */
#define BLOCK_HEAD 2u     /* a head that announces a summary */
#define BLOCK_REPEATED 4u /* most of its five-word runs stand in other blocks too */
#define BLOCK_EQUAL                                                                                                    \
    8u                   /* word by word an earlier block: `other`; questions and what stands more than twice left out \
                          */
#define BLOCK_TITLE 16u  /* and that is the title */
#define BLOCK_TEASER 32u /* ends in an ellipsis */
#define BLOCK_LINE 64u   /* an unmarked line below the head of a summary: an item, but perhaps where the body begins */

#define BLOCK_DECK 128u /* a line like a headline between the title and the first paragraph */
#define BLOCK_LEAD 256u /* begins with the head of a summary itself: "In short: ..." */

struct layout {
    tm_str text;
    tm_tokens tokens;
    tm_sentences sentences;
    tm_blocks blocks;
    tm_lines lines;
    uint32_t *word_token;    /* by word: its index in the token layer */
    uint32_t *sentence_word; /* by sentence: its first word; one more element than sentences */
    uint16_t *marks;         /* by block: BLOCK_... */
    uint32_t *words;         /* by block: its words */
    uint32_t *other;         /* by block: of an equal one, the first; of the first, the second */
    uint32_t n_marks;        /* blocks with any mark but BLOCK_HEAD */
    uint32_t title;          /* the block that is taken for the title, or TM_NONE */
};

/* Fills the layout; 0 where nothing in the document could repeat (then only text, layers and n_marks are set). */
int layout_scan(struct layout *l, const struct lexicon *lexicon, const tm_host *host, tm_doc *doc);

#define LAYOUT_PROSE_WORDS 18u

/* Words of a block, from the first to one past the last: tokens that are no punctuation, no clitic, no citation mark
 * ([4]) and no list mark. */
static inline uint32_t layout_first_word(const struct layout *l, uint32_t block) {
    return l->sentence_word[l->blocks.sentence[block]];
}

static inline uint32_t layout_end_word(const struct layout *l, uint32_t block) {
    return l->sentence_word[l->blocks.sentence[block + 1]];
}

/* Whether a block is a paragraph of the body, by its length and end. */
int layout_is_prose(const struct layout *l, uint32_t block);
/* First and one past the last token of a block, its mark left out. */
uint32_t layout_first_token(const struct layout *l, uint32_t block);
uint32_t layout_end_token(const struct layout *l, uint32_t block);
/* The token that ends a block, closing quotes and brackets apart, or TM_NONE. */
uint32_t layout_last_token(const struct layout *l, uint32_t block);

#endif
