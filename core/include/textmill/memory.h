/* memory.h: an interface by name (tm_host.query) for stages whose arrays grow, or are not needed to the end of the
 * turn: tm_host.alloc alone would keep each of them.
 */
#ifndef TEXTMILL_MEMORY_H
#define TEXTMILL_MEMORY_H

#include <textmill/types.h>

#define TM_MEMORY "textmill.memory/1"

typedef struct tm_memory {
    /* [doc] What alloc gave in this turn (or NULL, with 0 old bytes), with another length: what it holds, up to the
     * lesser of both, stays; where it stands may change. 0 bytes: it is given up, and NULL comes back. Large memory
     * grows without a copy and serves others as soon as it is given up; small memory stays until the turn ends. */
    void *(*resize)(tm_doc *doc, void *memory, uint64_t old_bytes, uint64_t bytes);
} tm_memory;

#endif
