/* but.h: VADER's "but" rule, in n log n. */
#ifndef SENTIMENT_BUT_H
#define SENTIMENT_BUT_H

#include <stdint.h>

/* Goes through the scores in order; each time the FIRST score that equals the current one is halved where its index is
 * below `before`, and made half as large again from `behind` on. *memory and *room are the caller's, kept from call to
 * call. -1: no memory. */
int but_rule(double *scores, uint64_t n, uint64_t before, uint64_t behind, void **memory, uint64_t *room);

#endif
