/* inline.h: cuts inside of blocks that stay: citation marks, credits glued to the end. */
#ifndef CLEAN_INLINE_H
#define CLEAN_INLINE_H

#include "judge.h"

/* Calls back for each span to cut, in the order of the text. */
typedef void inline_cut(void *ctx, tm_span span, tm_str kind, tm_str rule);
void find_inline(const struct judge *j, struct block *b, inline_cut *cut, void *ctx);

/* Whether the document has the marks [1] and [2]: then a blank may stand before such a mark. */
int has_numbered_sources(struct page *p);

#endif
