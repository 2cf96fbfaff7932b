/* items.h: what of a document is considered, and what of that goes.
 *
 * Considered are list items, lines below the head of a summary, paragraphs whose words stand elsewhere, and lines that
 * repeat the title. An item is judged against the body: the blocks that are no items. Its surroundings tell how likely
 * it is to be a summary at all: a head that says so, a place before the body, neighbours that repeat the body too; a
 * lead-in that ends in a colon says the contrary.
 */
#ifndef DEDUP_ITEMS_H
#define DEDUP_ITEMS_H

#include "rule_clock.h"
#include "scan.h"
#include "score.h"

#define KIND_BULLET 0u
#define KIND_PARAGRAPH 1u
#define KIND_TITLE 2u
#define KINDS 3u

struct item {
    uint32_t block;
    uint32_t kind;
    uint32_t group; /* items of one list have one number */
    uint32_t gone;
    uint32_t has_judgement;
    double context;
    const char *place; /* what it stands in, for people */
    struct judgement judgement;
    tm_span equal; /* of a word-by-word repeat: what it repeats */
};

#define GROUP_LINES 0u  /* lines without marks below a head */
#define GROUP_MARKED 1u /* a list */
#define GROUP_DECK 2u   /* lines below the title */
#define GROUP_LEAD 3u   /* a line that begins with the head of a summary */

struct group {
    uint32_t first, end; /* items */
    uint32_t head;       /* the block that announces them, or TM_NONE */
    uint32_t is_summary; /* the head says so */
    uint32_t marked;     /* its items have list marks */
};

struct rules {
    double threshold;
    uint32_t vetoes; /* NEW_..., REWIRED: which count */
    uint32_t kinds;  /* bits of 1 << KIND_... */
};

struct plan {
    struct layout *layout;
    struct rule_clock clock;
    struct words words;
    struct item *items;
    uint32_t n_items;
    struct group *groups;
    uint32_t n_groups;
    uint8_t *gone; /* by block: its item goes, or (2) a head that announced nothing that stays */
};

/* What a cut of KIND_... bears as its rule. */
const char *rule_name(uint32_t kind);

/* Decides about all of a document that layout_scan found something in. The plan bears its layout and clock, and zeros.
 */
void plan_make(struct plan *plan, const struct rules *rules, const struct lexicon *lexicon, struct stems *stems,
               const tm_host *host, tm_doc *doc);

#endif
