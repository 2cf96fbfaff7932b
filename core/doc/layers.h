/* layers.h: the layers of a text (../include/textmill/layers.h has their meaning and the token rule), built on first
 * use and spliced where an edit allows. Knows texts and spans, not documents, records or stages. One thread at a time.
 */
#ifndef TM_DOC_LAYERS_H
#define TM_DOC_LAYERS_H

#include "arena.h"

#include "../include/textmill/host.h"

struct layers;

/* For a text that lives as long as the arena and is followed by TM_PAD zero bytes. Nothing is computed yet. */
struct layers *layers_new(struct arena *arena, const char *text, uint32_t len);
/* One column (building what it needs); NULL for one that is not known. */
const void *layers_column(struct layers *l, uint32_t column, uint32_t *out_count);
/* Whether every column can be had without work; token_line apart, which few ask for. */
int layers_are_built(const struct layers *l);

/* One applied edit: [start, end) of the old text became text_len bytes of the new one. */
struct layer_change {
    uint32_t start, end;
    uint32_t text_len;
};

/* Layers of the new text, made from the old ones where the changes (sorted, not overlapping) are cuts of whole lines,
 * or touch only some blocks; equal in every column to layers built from nothing. The old ones are gone,
 * and nothing of them is needed: what is new lies in the arena. */
struct layers *layers_splice(struct layers *old, struct arena *arena, const char *text, uint32_t len,
                             const struct layer_change *changes, size_t n_changes);

#endif
