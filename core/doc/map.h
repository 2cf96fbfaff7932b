/* map.h: which bytes of a text stand where in the original, kept exact through every edit. Knows spans and lengths, not
 * texts, documents or records. One thread at a time.
 *
 * A map is a row of pieces that covers both texts from end to end. A piece was kept, and is as long here as there; or
 * it was replaced, by a text of any length: by none where it was cut, and out of nothing where something was inserted.
 * Pieces that were inserted at one place are always one piece, so that a place in the original names it.
 */
#ifndef TM_DOC_MAP_H
#define TM_DOC_MAP_H

#include "arena.h"

#include "../include/textmill/types.h"

struct piece {
    uint32_t orig, orig_len;
    uint32_t now, now_len;
    uint32_t kept;
};

struct map {
    const struct piece *pieces;
    size_t n;
    uint32_t orig_len, now_len;
    /* The pieces before the last edits: good until the next ones, which are made here. */
    struct piece *own, *spare;
    size_t room, spare_room;
};

void map_init(struct map *m, struct arena *arena, uint32_t len); /* nothing was edited */

/* Where a span of the text stood, and where one of the original stands. A span takes in no cut at its edges; an edge
 * inside a replaced piece moves out to that piece's edge. */
tm_span map_to_original(const struct map *m, tm_span now);
tm_span map_from_original(const struct map *m, tm_span original);

/* One edit of the text that the map leads to: [start, end) becomes text_len bytes. */
struct map_edit {
    uint32_t start, end, text_len;
    /* Filled in: its span of the original, so that spans of all edits ever made lie apart or one in the other. Where it
     * touched a part of what had been replaced before, alone or with the edits before it in this call (whose spans then
     * lie within this one's), what now stands there is [now, now + now_len) of the new text: composed is set, and this
     * is what a record must tell. cancels_... : it swallowed what was inserted at that edge of its span. */
    tm_span original;
    uint32_t now, now_len;
    uint8_t composed, cancels_start, cancels_end;
};

/* The map after edits, which are sorted, do not overlap, and where an insertion stands before an edit that begins at
 * its place. Time and memory go with pieces and edits together. */
void map_apply(struct map *m, struct arena *arena, struct map_edit *edits, size_t n_edits);

#endif
