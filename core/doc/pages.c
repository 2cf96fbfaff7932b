/* pages.c: see pages.h. Pieces are cut from what was given back, the smallest that is large enough, and joined again
 * where they lie side by side. Where none is large enough, as much of them goes back to the system as is asked for
 * anew: so what is held never grows beyond the most that was in use at one time.
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

static char *map_pages(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        memory_none(bytes);
    return p;
}

/* In small pages the system would spend more time on giving a long document its memory than a stage on filling it; the
 * rest behind the last whole huge page stays in small ones. */
static char *map_huge(size_t bytes) {
    char *p = map_pages(bytes + HUGE_PAGE);
    size_t before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
    if (before)
        munmap(p, before);
    munmap(p + before + bytes, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    (void)madvise(p + before, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return p + before;
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

void *pages_take(struct pages *p, size_t *bytes) {
    size_t need = *bytes = rounded(*bytes);
    struct spare_pages **best = NULL;
    for (struct spare_pages **link = &p->first; *link; link = &(*link)->next)
        if ((*link)->bytes >= need && (!best || (*link)->bytes < (*best)->bytes))
            best = link;
    if (!best) {
        pages_trim(p, p->bytes > need ? p->bytes - need : 0);
        return need >= HUGE_FROM ? map_huge(need) : map_pages(need);
    }
    struct spare_pages *s = *best;
    *best = s->next;
    p->bytes -= s->bytes;
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
    pages_trim(p, p->bytes > need - old ? p->bytes - (need - old) : 0);
    void *moved = mremap(piece, old, need, MREMAP_MAYMOVE);
    if (moved != MAP_FAILED)
        return moved;
    moved = pages_take(p, bytes); /* it was joined of several mappings, or there is no room for so much */
    memcpy(moved, piece, old);
    pages_give(p, piece, old);
    return moved;
}
