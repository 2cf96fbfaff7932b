/* evidence.h: what the words of one document say for each topic. */
#ifndef TOPICS_EVIDENCE_H
#define TOPICS_EVIDENCE_H

#include "taxonomy.h"

struct hit {
    const uint32_t *values; /* NULL: free */
    float times;
};

struct evidence {
    const struct taxonomy *taxonomy;
    struct hit *hits; /* open addressing */
    uint32_t mask, used;
    uint32_t words;
};

/* hits: room for 1 << bits, cleared; bits stay so that no more than three quarters are used: further phrases do not
 * count. */
void evidence_init(struct evidence *e, const struct taxonomy *t, struct hit *hits, uint32_t bits);
/* Adds the phrases among n tokens, each as if it stood there `times` times. */
void evidence_add(struct evidence *e, const uint64_t *hash, uint32_t n, float times);
/* The sum for each topic; a top term has its own words and those of its narrower ones, each phrase once. */
void evidence_sum(const struct evidence *e, float *out_sums);

/* How likely a top term is right, from its sum, the greatest sum of another one, and the length of the document. */
float evidence_score(float sum, float rival, uint32_t words);

#endif
