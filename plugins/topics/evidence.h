/* evidence.h: what the words of one document say for each topic. */
#ifndef TOPICS_EVIDENCE_H
#define TOPICS_EVIDENCE_H

#include "taxonomy.h"

/* Tokens beyond the last candidate that are looked ahead at. */
#define EVIDENCE_AHEAD 16u

/* Memory that one thread's documents share: a count for each phrase of the taxonomy, zero between documents. */
struct evidence {
    const struct taxonomy *taxonomy;
    uint32_t *times;
    uint32_t *seen; /* the phrases that have a count, in the order of the text */
    uint32_t n_seen;
};

/* 0, or -1 without memory. */
int evidence_init(struct evidence *e, const struct taxonomy *t);
void evidence_deinit(struct evidence *e);
void evidence_clear(struct evidence *e);

/* Where a phrase stands: for who asks why. */
struct evidence_place {
    uint32_t phrase, first, tokens;
};
struct evidence_places {
    struct evidence_place *place;
    uint32_t n, room;
};

/* Adds the phrases among n tokens, each as if it stood there `times` times. candidates has room for n + EVIDENCE_AHEAD.
 * places may be NULL; what it has no room for is left out. */
void evidence_add(struct evidence *e, const uint64_t *hash, uint32_t n, uint32_t times, uint32_t *candidates,
                  struct evidence_places *places);
/* The sum for each topic, and one more that means nothing; a top term has its own words and those of its narrower ones,
 * each phrase once. */
void evidence_sum(const struct evidence *e, float *out_sums);
/* What a phrase that is there adds to a topic's sum; 0 for nothing. */
float evidence_share(const struct evidence *e, uint32_t phrase, uint32_t topic);

/* How likely a top term is right, from its sum, the greatest sum of another one, and the length of the document. */
float evidence_score(float sum, float rival, uint32_t words);
/* A ratio of sum to rival below which no score reaches so much. */
float evidence_least_ratio(float score);

#endif
