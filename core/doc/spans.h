/* spans.h: span sets: named sets of spans of the text with attributes on spans and groups of spans, kept exact through
 * edits. Knows spans and values, not records or stages; host_doc.h's spans_... stand here too. One thread at a time.
 */
#ifndef TM_DOC_SPANS_H
#define TM_DOC_SPANS_H

#include "arena.h"
#include "layers.h"

#include "../include/textmill/host.h"
#include "../json/buffer.h"

struct span_sets {
    struct arena *arena;
    tm_spans **list;
    uint32_t count, room;
};

/* What a turn changed, newest first, to be undone. */
struct spans_undo;

void spans_sets_init(struct span_sets *sets, struct arena *arena);
/* The edits of a turn, applied to all sets: spans move, shrink and go. Also after a turn without edits (n 0): sets that
 * were added to are put into the order of the text. */
void spans_end_turn(tm_doc *doc, const struct layer_change *changes, size_t n_changes);
void spans_undo_turn(tm_doc *doc);

tm_spans *spans_find(const struct span_sets *sets, tm_str name);
tm_str spans_name(const tm_spans *set);
int spans_is_hidden(const tm_spans *set);
/* It came in with the record and nothing has changed it: the record's own bytes stand. */
int spans_is_untouched(const tm_spans *set);
/* From now on for later stages only. */
void spans_hide(tm_spans *set);
void spans_write(tm_spans *set, struct buffer *out);

#endif
