/* replay.h: the other direction: the text of a record again, from the original and what the record says of its edits.
 * Knows nothing of how documents make their edits; that both agree is what `verify` shows. Any thread; no state.
 */
#ifndef TM_DOC_REPLAY_H
#define TM_DOC_REPLAY_H

#include "arena.h"

#include "../include/textmill/types.h"
#include "../json/buffer.h"

/* [start, end) of the original became text; data NULL: nothing. In the order of application: of edits that lie one in
 * the other, the outer must be the later one, and stands for both; of two with one span the later stands. Something
 * inserted at the edge of another edit lies not in it. Cuts may lie in each other in any order. */
struct replay_edit {
    uint32_t start, end;
    tm_str text;
};

/* Appends the text to out; -1 with one line in why, and out as it was, where the edits do not fit the original or each
 * other. */
int replay_edits(tm_str original, const struct replay_edit *edits, size_t n, struct buffer *out, struct buffer *why);

/* Reads the JSON of a record's `edits`, or of `removed`, which suffices where all edits were cuts. Strings are decoded
 * into the arena. */
int replay_read(tm_str json, struct arena *arena, struct replay_edit **out_edits, size_t *out_n, struct buffer *why);

#endif
