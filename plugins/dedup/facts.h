/* facts.h: the body as a stretch sees it, and questions about facts: numbers, names, negations. For score.c. One
 * thread; all memory is the document's.
 */
#ifndef DEDUP_FACTS_H
#define DEDUP_FACTS_H

#include "index.h"
#include "score.h"

#define CANDIDATES 8u
#define NONE16 0xffffu
#define MASKS (STRETCH_MOST / 64)

/* A unit that shares words with the stretch. */
struct candidate {
    uint32_t unit;
    double weight; /* by the postings looked at */
    double bonus;
    uint64_t mask[MASKS];    /* locals that stand in it */
    uint16_t at[UNIT_MOST];  /* local at each word of the unit */
    uint8_t rank[UNIT_MOST]; /* content words before it; of what is chosen only */
    uint32_t count;
};

struct body {
    struct words *words;
    const uint8_t *in_body;
    const uint8_t *block_gone;
    const tm_host *host;
    tm_doc *doc;
    struct index index;
    uint32_t *stamp; /* by id: the stretch that last had it */
    uint16_t *local; /* by id: its number in that stretch */
    double *rarity;  /* by id: its weight; 0 where it was not asked for */
    uint32_t epoch;
    float *heat; /* by unit: weight of the current stretch's words */
    uint32_t *touched;
    double log_scale;
    struct number *numbers; /* of the body, by value; NULL until one is asked for */
    uint32_t n_numbers;
    struct candidate candidates[CANDIDATES];
    /* the stretch: by local */
    uint32_t n_locals;
    double weight[STRETCH_MOST];     /* summed over its places */
    uint32_t first_at[STRETCH_MOST]; /* its first word */
    uint64_t follows[STRETCH_MOST][MASKS];
    uint16_t place[STRETCH_MOST]; /* local of each word */
    uint64_t content[MASKS];      /* locals that are no function words */
    uint64_t plain[MASKS];        /* of these, those that are no names and no numbers */
};

static inline int has_local(const struct candidate *c, uint16_t l) {
    return c->mask[l / 64] >> (l % 64) & 1;
}

/* A word that is a fact: a number, or a capital that the place does not explain. */
int facts_is_one(const struct words *w, uint32_t word);
/* Whether the evidence has the number, by its index, or one that it may be the rounding of. */
int facts_has_number(const struct body *b, const struct judgement *g, int32_t number);
/* Whether the body has it anywhere. */
int facts_body_has_number(struct body *b, int32_t number);
/* Whether the evidence has a negation beside a word that the stretch's negation at i stands beside. */
int facts_negates_too(const struct body *b, struct candidate *const *evidence, uint32_t n, uint32_t first, uint32_t i,
                      uint32_t length);
/* A negation of the evidence between two words that the stretch has next to each other: it was dropped. */
int facts_drops_negation(const struct body *b, const struct candidate *c, uint32_t length);
/* Names and numbers of the stretch that stand where the evidence has others, into g. */
void facts_count_swaps(const struct body *b, struct candidate *const *evidence, uint32_t n_evidence, uint32_t first,
                       uint32_t length, struct judgement *g);

#endif
