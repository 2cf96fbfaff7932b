/* arena.c: blocks in a list, filled one after the other; see arena.h. What is larger than a block gets one of its own,
 * so that no size wastes the rest of a block that is in use.
 */
#include "arena.h"

#include "../json/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#define ALIGNMENT 16u
#define KEPT_LOOK 64u /* kept blocks that are looked at for one that fits */
#define HUGE_PAGE ((uintptr_t)2 << 20)
#define HUGE_FROM ((size_t)8 << 20) /* blocks that are worth it: of a document of many MiB */

struct block {
    struct block *next;
    size_t room, used;
};

/* The header is rounded up so that what follows is aligned. */
#define HEADER ((sizeof(struct block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

struct arena {
    struct arena *parent, *first_child, *next_child;
    size_t block_bytes;
    size_t bytes;        /* of all blocks */
    struct block *first; /* filled, in order, up to `now`; empty ones behind it */
    struct block *now;
};

struct arena *arena_new(size_t block_bytes) {
    struct arena *a = memory_zalloc(1, sizeof *a);
    a->block_bytes = (block_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (a->block_bytes < 1024)
        a->block_bytes = 1024;
    return a;
}

struct arena *arena_child(struct arena *parent) {
    struct arena *a = arena_new(parent->block_bytes);
    a->parent = parent;
    a->next_child = parent->first_child;
    parent->first_child = a;
    return a;
}

static void leave_parent(struct arena *a) {
    struct arena **link = &a->parent->first_child;
    while (*link != a)
        link = &(*link)->next_child;
    *link = a->next_child;
}

void arena_free(struct arena *a) {
    if (!a)
        return;
    while (a->first_child)
        arena_free(a->first_child);
    if (a->parent)
        leave_parent(a);
    for (struct block *b = a->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

/* A block of a long document lives for a stage or two: in small pages the system would spend more time on giving them
 * than the stage on filling them. */
static void ask_for_huge_pages(void *block, size_t bytes) {
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)block + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t to = ((uintptr_t)block + bytes) / HUGE_PAGE * HUGE_PAGE;
    if (from < to)
        (void)madvise((char *)block + (from - (uintptr_t)block), to - from, MADV_HUGEPAGE);
#else
    (void)block;
    (void)bytes;
#endif
}

static struct block *block_new(struct arena *a, size_t room) {
    struct block *b = memory_alloc(HEADER + room);
    if (room >= HUGE_FROM)
        ask_for_huge_pages(b, HEADER + room);
    b->next = NULL;
    b->room = room;
    b->used = 0;
    a->bytes += HEADER + room;
    return b;
}

static void *take(struct block *b, size_t bytes) {
    void *p = (char *)b + HEADER + b->used;
    b->used += bytes;
    return p;
}

/* An empty block that reset has kept, of at least `least` and at most `most` bytes, out of the list; NULL: there is
 * none among the next ones. */
static struct block *take_kept(struct arena *a, size_t least, size_t most) {
    struct block **link = a->now ? &a->now->next : &a->first, **best = NULL;
    for (unsigned i = 0; i < KEPT_LOOK && *link; i++, link = &(*link)->next)
        if ((*link)->room >= least && (*link)->room <= most && (!best || (*link)->room < (*best)->room)) {
            best = link;
            if (least == (*link)->room)
                break;
        }
    if (!best)
        return NULL;
    struct block *b = *best;
    *best = b->next;
    return b;
}

void *arena_alloc(struct arena *a, size_t bytes) {
    bytes = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (a->now && a->now->room - a->now->used >= bytes)
        return take(a->now, bytes);
    if (bytes > a->block_bytes / 4) {
        /* Its own block, before the one in use, which goes on being filled; one kept by reset is taken where it fits.
         */
        struct block *b = take_kept(a, bytes, 2 * bytes);
        if (!b)
            b = block_new(a, bytes);
        b->next = a->first;
        a->first = b;
        if (!a->now)
            a->now = b;
        return take(b, bytes);
    }
    struct block *b = take_kept(a, bytes, 2 * a->block_bytes);
    if (!b)
        b = block_new(a, a->block_bytes);
    struct block **link = a->now ? &a->now->next : &a->first;
    b->next = *link;
    *link = b;
    a->now = b;
    return take(b, bytes);
}

void *arena_zalloc(struct arena *a, size_t bytes) {
    void *p = arena_alloc(a, bytes);
    memset(p, 0, bytes);
    return p;
}

char *arena_copy(struct arena *a, const char *data, size_t len) {
    char *copy = arena_alloc(a, len + 1);
    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

void arena_reset(struct arena *a, size_t keep_bytes) {
    while (a->first_child)
        arena_free(a->first_child);
    size_t kept = 0;
    struct block **link = &a->first;
    while (*link) {
        struct block *b = *link;
        size_t size = HEADER + b->room;
        if (kept + size <= keep_bytes) {
            kept += size;
            b->used = 0;
            link = &b->next;
        } else {
            *link = b->next;
            free(b);
        }
    }
    a->bytes = kept;
    a->now = NULL;
}

size_t arena_bytes(const struct arena *a) {
    size_t bytes = a->bytes;
    for (const struct arena *child = a->first_child; child; child = child->next_child)
        bytes += arena_bytes(child);
    return bytes;
}
