/* index.h: where the words of stretches stand in the body: by id, the units that have it; in long documents, where
 * every word stands in hundreds of units, also by two content words next to each other. Memory is the document's.
 */
#ifndef DEDUP_INDEX_H
#define DEDUP_INDEX_H

#include "words.h"

/* Lists of units, one after the other; list i is unit[first[i]] to before unit[first[i + 1]]. */
struct postings {
    uint32_t *first;
    uint32_t *unit;
};

struct index {
    uint32_t n_units;      /* of the body */
    uint32_t *df;          /* by id: its units */
    struct postings words; /* by id */
    struct postings pairs; /* by bucket of a pair; several pairs may share one */
    uint64_t pair_mask;    /* 0: there are none */
};

/* Over the units of blocks with in_body set. Function words find nothing and stand in no list. */
void index_build(struct index *x, const struct words *w, const uint8_t *in_body, const tm_host *host, tm_doc *doc);

static inline uint64_t index_pair(const struct index *x, uint32_t a, uint32_t b) {
    uint64_t h = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;
    return (h ^ (h >> 32)) & x->pair_mask;
}

#endif
