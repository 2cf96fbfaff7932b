/* arena.h: memory that is freed all at once. One thread at a time. Blocks are kept for the next use by reset, up to a
 * bound, so a worker's arena settles and malloc is not called any more. What is large has pages of its own, which an
 * arena shares with its children: those that one does not need any more serve the others. */
#ifndef TM_DOC_ARENA_H
#define TM_DOC_ARENA_H

#include <stddef.h>

#define ARENA_LARGE ((size_t)256 << 10)

struct arena;

struct arena *arena_new(size_t block_bytes);
/* Freed with its parent, or when the parent is reset, or before. */
struct arena *arena_child(struct arena *parent);
void arena_free(struct arena *a);
/* Aligned to 16, not cleared, never NULL. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_zalloc(struct arena *a, size_t bytes);
char *arena_copy(struct arena *a, const char *data, size_t len); /* with a NUL behind it */
/* An allocation with another length: what it holds, up to the lesser of both, stays. From ARENA_LARGE bytes on it grows
 * without a copy, gives back what it does not need, and is freed by a length of 0, with NULL. */
void *arena_resize(struct arena *a, void *p, size_t old_bytes, size_t bytes);
/* Frees everything that was allocated; keeps at most keep_bytes of blocks. */
void arena_reset(struct arena *a, size_t keep_bytes);
/* Gives back to the system what is kept for the next use of large allocations. */
void arena_trim(struct arena *a);
size_t arena_bytes(const struct arena *a); /* its children's too, and what is kept */

#endif
