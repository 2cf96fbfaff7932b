/* why.h: in words, why an item goes or stays. */
#ifndef DEDUP_WHY_H
#define DEDUP_WHY_H

#include "items.h"

#define WHY_MOST 192u

/* Writes the reason into out, of WHY_MOST bytes; returns its length. */
uint32_t why_item(const struct plan *plan, const struct item *item, const struct rules *rules, char *out);

#endif
