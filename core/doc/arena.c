/* arena.c: blocks in a list, filled one after the other; see arena.h. What is larger than a block gets one of its own,
 * so that no size wastes the rest of a block that is in use; what is larger still gets pages of its own.
 */
#include "arena.h"

#include "pages.h"

#include "../json/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16u
#define KEPT_LOOK 64u /* kept blocks that are looked at for one that fits */

struct block {
    struct block *next;
    size_t room, used;
};

/* The header is rounded up so that what follows is aligned. */
#define HEADER ((sizeof(struct block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

/* An allocation with pages of its own; it begins behind this header. */
struct large {
    struct large *next;
    size_t bytes; /* header and all */
};

#define LARGE_HEADER ((sizeof(struct large) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

struct arena {
    struct arena *parent, *first_child, *next_child;
    size_t block_bytes;
    size_t bytes;        /* of all blocks and large allocations */
    struct block *first; /* filled, in order, up to `now`; empty ones behind it */
    struct block *now;
    struct large *large;
    struct pages *pages; /* of all arenas that come of one */
    struct pages own_pages;
};

struct arena *arena_new(size_t block_bytes) {
    struct arena *a = memory_zalloc(1, sizeof *a);
    a->block_bytes = (block_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (a->block_bytes < 1024)
        a->block_bytes = 1024;
    a->pages = &a->own_pages;
    return a;
}

struct arena *arena_child(struct arena *parent) {
    struct arena *a = arena_new(parent->block_bytes);
    a->parent = parent;
    a->pages = parent->pages;
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
    arena_reset(a, 0);
    if (a->parent)
        leave_parent(a);
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

static void *take_large(struct arena *a, size_t bytes) {
    size_t size = LARGE_HEADER + bytes;
    struct large *l = pages_take(a->pages, &size);
    *l = (struct large){a->large, size};
    a->large = l;
    a->bytes += size;
    return (char *)l + LARGE_HEADER;
}

static struct large **find_large(struct arena *a, const void *p) {
    struct large **link = &a->large;
    while (*link && (char *)*link + LARGE_HEADER != p)
        link = &(*link)->next;
    return link;
}

static void *resize_large(struct arena *a, struct large **link, size_t bytes) {
    struct large *l = *link;
    a->bytes -= l->bytes;
    if (!bytes) {
        *link = l->next;
        pages_give(a->pages, l, l->bytes);
        return NULL;
    }
    size_t size = LARGE_HEADER + bytes;
    *link = l = pages_resize(a->pages, l, l->bytes, &size);
    l->bytes = size;
    a->bytes += size;
    return (char *)l + LARGE_HEADER;
}

void *arena_resize(struct arena *a, void *p, size_t old_bytes, size_t bytes) {
    struct large **link = p && old_bytes >= ARENA_LARGE ? find_large(a, p) : NULL;
    if (link && *link)
        return resize_large(a, link, bytes);
    if (!bytes || (p && bytes <= old_bytes))
        return bytes ? p : NULL;
    void *grown = arena_alloc(a, bytes);
    if (p && old_bytes)
        memcpy(grown, p, old_bytes);
    return grown;
}

void *arena_alloc(struct arena *a, size_t bytes) {
    if (bytes >= ARENA_LARGE)
        return take_large(a, bytes);
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
    for (struct large *l = a->large, *next; l; l = next) {
        next = l->next;
        pages_give(a->pages, l, l->bytes);
    }
    a->large = NULL;
    a->bytes = kept;
    a->now = NULL;
    if (!a->parent)
        pages_trim(a->pages, keep_bytes - kept);
}

void arena_trim(struct arena *a) {
    pages_trim(a->pages, 0);
}

size_t arena_bytes(const struct arena *a) {
    size_t bytes = a->bytes + a->own_pages.bytes;
    for (const struct arena *child = a->first_child; child; child = child->next_child)
        bytes += arena_bytes(child);
    return bytes;
}
