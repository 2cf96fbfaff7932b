/* pages.c: see pages.h. Pieces are cut from what was given back, the smallest that is large enough, and joined again
 * where they lie side by side. Where none is large enough, the largest is moved to where there is room behind it, and
 * as much of the others goes back to the system as is added: so what is held never grows beyond the most that was in
 * use at one time, and few pages are cleared twice.
 */
#include "pages.h"

#include "../json/memory.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* Sizes are multiples of it, and it of every machine's page. */
#define GRAIN ((size_t)64 << 10)
#define SPARE_LEAST (4 * GRAIN) /* a rest that is smaller stays with its piece */
#define HUGE_PAGE ((size_t)2 << 20)
#define HUGE_FROM (2 * HUGE_PAGE) /* smaller pieces would be rounded up by too much */

struct spare_pages {
    struct spare_pages *next;
    size_t bytes;
};

static size_t rounded(size_t bytes) {
    return (bytes + GRAIN - 1) / GRAIN * GRAIN;
}

static char *map_bytes(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        memory_none(bytes);
    return p;
}

/* In small pages the system would spend more time on giving a long document its memory than a stage on filling it. What
 * is behind the last whole huge page stays in small ones. */
static char *map_pages(size_t bytes) {
    if (bytes < HUGE_FROM)
        return map_bytes(bytes);
    char *p = map_bytes(bytes + HUGE_PAGE);
    size_t before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
    if (before)
        munmap(p, before);
    munmap(p + before + bytes, HUGE_PAGE - before);
    memory_huge(p + before, bytes);
    return p + before;
}

/* The piece at another place, with more behind it. NULL where it cannot be moved: it was joined of several mappings. */
static void *move_pages(void *piece, size_t old, size_t bytes) {
    char *to = map_pages(bytes);
    if (memory_move(piece, old, to))
        return to;
    munmap(to, bytes);
    return NULL;
}

void pages_trim(struct pages *p, size_t keep) {
    while (p->bytes > keep) {
        struct spare_pages *s = p->first;
        size_t over = rounded(p->bytes - keep), bytes = over < s->bytes ? over : s->bytes;
        p->bytes -= bytes;
        s->bytes -= bytes;
        char *end = (char *)s + s->bytes;
        if (!s->bytes)
            p->first = s->next;
        munmap(end, bytes);
    }
}

void pages_give(struct pages *p, void *piece, size_t bytes) {
    p->bytes += bytes;
    for (struct spare_pages **link = &p->first, *s; (s = *link) != NULL;) {
        if ((char *)s + s->bytes != piece && (char *)piece + bytes != (char *)s) {
            link = &s->next;
            continue;
        }
        *link = s->next;
        if ((char *)s < (char *)piece)
            piece = s;
        bytes += s->bytes;
    }
    struct spare_pages *s = piece;
    *s = (struct spare_pages){p->first, bytes};
    p->first = s;
}

/* The smallest that is large enough, or else the largest; NULL: there is none. Out of the list. */
static struct spare_pages *take_spare(struct pages *p, size_t need) {
    struct spare_pages **best = &p->first;
    for (struct spare_pages **link = best; *link; link = &(*link)->next)
        if ((*best)->bytes < need ? (*link)->bytes > (*best)->bytes
                                  : (*link)->bytes >= need && (*link)->bytes < (*best)->bytes)
            best = link;
    struct spare_pages *s = *best;
    if (s) {
        *best = s->next;
        p->bytes -= s->bytes;
    }
    return s;
}

static void trim_by(struct pages *p, size_t bytes) {
    pages_trim(p, p->bytes > bytes ? p->bytes - bytes : 0);
}

/* A spare piece that is too small grows into one that is not. */
static void *extend(struct pages *p, struct spare_pages *s, size_t need) {
    size_t had = s->bytes;
    trim_by(p, need - had);
    void *moved = move_pages(s, had, need);
    if (moved)
        return moved;
    munmap(s, had);
    return map_pages(need);
}

void *pages_take(struct pages *p, size_t *bytes) {
    size_t need = *bytes = rounded(*bytes);
    struct spare_pages *s = take_spare(p, need);
    if (!s)
        return map_pages(need);
    if (s->bytes < need)
        return extend(p, s, need);
    if (s->bytes - need < SPARE_LEAST)
        *bytes = s->bytes;
    else
        pages_give(p, (char *)s + need, s->bytes - need);
    return s;
}

void *pages_resize(struct pages *p, void *piece, size_t old, size_t *bytes) {
    size_t need = *bytes = rounded(*bytes);
    if (need <= old) {
        if (old - need < SPARE_LEAST)
            *bytes = old;
        else
            pages_give(p, (char *)piece + need, old - need);
        return piece;
    }
    trim_by(p, need - old);
    void *moved = memory_remap(piece, old, need, 0);
    if (moved)
        return moved;
    moved = move_pages(piece, old, need);
    if (moved)
        return moved;
    moved = pages_take(p, bytes);
    memcpy(moved, piece, old);
    pages_give(p, piece, old);
    return moved;
}
