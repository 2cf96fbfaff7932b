/* metrics.h: counters and histograms by handle, one set of cells a thread so that counting takes no lock; summed when
 * asked for. Handles are made while stages open. */
#ifndef TM_OBSERVE_METRICS_H
#define TM_OBSERVE_METRICS_H

#include "../json/buffer.h"

#include <stdint.h>

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);
uint32_t metrics_add(struct metrics *m, const char *owner, const char *name, int is_histogram); /* handle, from 1 */
void metrics_count(struct metrics *m, uint32_t metric, double value);                           /* any thread */
double metrics_sum(const struct metrics *m, uint32_t metric);
/* All of them as a JSON object: {owner: {name: sum, or {count, sum, p50, p90, p99}}}. */
void metrics_write(const struct metrics *m, struct buffer *out);

#endif
