/* evidence.h: what the words of one document say for each topic. */
#ifndef TOPICS_EVIDENCE_H
#define TOPICS_EVIDENCE_H

#include "taxonomy.h"

struct hit {
    uint32_t values; /* of the phrase in the table */
    float times;
};

struct evidence {
    const struct taxonomy *taxonomy;
    struct hit *hits;
    uint16_t *index; /* open addressing: number of the hit + 1 */
    uint32_t mask, used, most;
};

/* Memory for a document of so many tokens, which evidence_init clears as far as it must. Beyond 12,000 different
 * phrases further ones do not count. */
uint64_t evidence_bytes(uint32_t tokens);
void evidence_init(struct evidence *e, const struct taxonomy *t, void *memory, uint32_t tokens);
/* Adds the phrases among n tokens, each as if it stood there `times` times. */
void evidence_add(struct evidence *e, const uint64_t *hash, uint32_t n, float times);
/* The sum for each topic; a top term has its own words and those of its narrower ones, each phrase once. */
void evidence_sum(const struct evidence *e, float *out_sums);

/* How likely a top term is right, from its sum, the greatest sum of another one, and the length of the document. */
float evidence_score(float sum, float rival, uint32_t words);

#endif
