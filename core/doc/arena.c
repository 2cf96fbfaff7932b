/* arena.c: blocks in a list, filled one after the other; see arena.h. What is larger than a block gets one of its own,
 * so that no size wastes the rest of a block that is in use.
 */
#include "arena.h"

#include "../json/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16u

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

static struct block *block_new(struct arena *a, size_t room) {
    struct block *b = memory_alloc(HEADER + room);
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

void *arena_alloc(struct arena *a, size_t bytes) {
    bytes = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (a->now && a->now->room - a->now->used >= bytes)
        return take(a->now, bytes);
    if (bytes > a->block_bytes / 4) {
        /* Its own block, before the one in use, which goes on being filled; one kept by reset is taken where it fits.
         */
        struct block **link = a->now ? &a->now->next : &a->first;
        struct block *b = *link;
        if (b && b->room >= bytes && b->room / 2 <= bytes) {
            *link = b->next;
        } else {
            b = block_new(a, bytes);
        }
        b->next = a->first;
        a->first = b;
        if (!a->now)
            a->now = b;
        return take(b, bytes);
    }
    struct block **link = a->now ? &a->now->next : &a->first;
    while (*link && (*link)->room < bytes)
        link = &(*link)->next;
    if (!*link)
        *link = block_new(a, a->block_bytes);
    a->now = *link;
    return take(a->now, bytes);
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
