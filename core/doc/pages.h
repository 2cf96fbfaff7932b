/* pages.h: large pieces of memory, straight from the system, so that they grow without a copy and go back when they are
 * not needed; those that were given back serve what is taken next, before the system is asked for more. One thread at a
 * time. Running out of memory ends the process with one line (../json/memory.h).
 */
#ifndef TM_DOC_PAGES_H
#define TM_DOC_PAGES_H

#include <stddef.h>

struct spare_pages;

/* Pieces that were given back. Zeroed: none. */
struct pages {
    struct spare_pages *first;
    size_t bytes;
};

/* At least *bytes; what it really is, for the calls below, is put there. Aligned to 16 at least, not cleared. */
void *pages_take(struct pages *p, size_t *bytes);
void pages_give(struct pages *p, void *piece, size_t bytes);
/* More or less of it, with what it holds; where it stands may change. Never to nothing. */
void *pages_resize(struct pages *p, void *piece, size_t old, size_t *bytes);
/* Gives back to the system until at most `keep` bytes are left. */
void pages_trim(struct pages *p, size_t keep);

#endif
