/* memory.h: malloc and its sisters that end the process with one clear line instead of returning NULL. */
#ifndef TM_JSON_MEMORY_H
#define TM_JSON_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t bytes);
void *memory_zalloc(size_t count, size_t size);
void *memory_realloc(void *p, size_t bytes);
char *memory_copy(const char *data, size_t len); /* NUL-terminated copy */
void *memory_align(size_t alignment, size_t bytes);
/* Pages of mmap, of another length; elsewhere, too, where they may move. NULL: not to be had. */
void *memory_remap(void *p, size_t old, size_t bytes, int may_move);
/* Pages of mmap, in the place of others, which go. NULL: they cannot be moved. */
void *memory_move(void *p, size_t bytes, void *to);
/* Asks for huge pages, where the memory holds whole ones: what is filled from end to end is had sooner so. */
void memory_huge(void *p, size_t bytes);
/* The end, for who could not get memory from elsewhere. */
_Noreturn void memory_none(size_t bytes);

#endif
