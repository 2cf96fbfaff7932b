/* The arena: alignment, no overlap, reuse after reset. */
#include "check.h"

#include "doc/arena.h"

#include <stdint.h>

static void gives_aligned_memory_that_does_not_overlap(void) {
    struct arena *a = arena_new(4096);
    unsigned char *kept[2000];
    size_t sizes[2000];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 2000; i++) {
            sizes[i] = i % 97 == 0 ? 5000 + i : i % 13 == 0 ? 0 : i % 200;
            kept[i] = i % 2 ? arena_alloc(a, sizes[i]) : arena_zalloc(a, sizes[i]);
            CHECK_INT((uintptr_t)kept[i] % 16, 0);
            memset(kept[i], (int)(i % 251), sizes[i]);
        }
        for (size_t i = 0; i < 2000; i++)
            for (size_t j = 0; j < sizes[i]; j++)
                CHECK(kept[i][j] == i % 251);
        arena_reset(a, round ? 20000 : (size_t)1 << 30);
        if (round)
            CHECK(arena_bytes(a) <= 20000);
    }
    arena_free(a);
}

static void settles(void) {
    struct arena *a = arena_new(4096);
    size_t bytes = 0;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 100; i++)
            arena_alloc(a, 300);
        if (round == 1)
            bytes = arena_bytes(a);
        if (round > 1)
            CHECK_INT(arena_bytes(a), bytes);
        arena_reset(a, 1 << 20);
    }
    arena_reset(a, 0);
    CHECK_INT(arena_bytes(a), 0);
    arena_free(a);
    arena_free(NULL);
}

static void children_go_with_their_parent(void) {
    struct arena *a = arena_new(4096);
    struct arena *b = arena_child(a), *c = arena_child(a), *d = arena_child(b);
    memset(arena_alloc(b, 10000), 1, 10000);
    memset(arena_alloc(c, 10000), 1, 10000);
    memset(arena_alloc(d, 10000), 1, 10000);
    CHECK(arena_bytes(a) >= 30000);
    arena_free(b);
    CHECK(arena_bytes(a) < 20000);
    arena_reset(a, 1 << 20);
    CHECK_INT(arena_bytes(a), 0);
    memset(arena_alloc(arena_child(arena_child(a)), 5000), 1, 5000);
    arena_free(a);
}

static void copies_end_with_a_nul(void) {
    struct arena *a = arena_new(0);
    char *copy = arena_copy(a, "abc", 3);
    CHECK_INT(copy[3], 0);
    CHECK_BYTES(copy, 3, "abc");
    CHECK_INT(arena_copy(a, NULL, 0)[0], 0);
    arena_free(a);
}

/* Large allocations: what they hold moves with them, and what one gives back serves the next. */
static void large_ones_grow_and_shrink(void) {
    struct arena *a = arena_new(4096), *b = arena_child(a);
    size_t sizes[] = {ARENA_LARGE, 3 * ARENA_LARGE, 40 * ARENA_LARGE, 5 * ARENA_LARGE, 100, 7 * ARENA_LARGE};
    unsigned char *p = NULL, *other = memset(arena_alloc(b, 6 * ARENA_LARGE), 9, 6 * ARENA_LARGE);
    size_t len = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        p = arena_resize(a, p, len, sizes[i]);
        CHECK_INT((uintptr_t)p % 16, 0);
        for (size_t j = 0; j < len && j < sizes[i]; j += 97)
            CHECK_INT(p[j], 7);
        memset(p, 7, sizes[i]);
        len = sizes[i];
    }
    CHECK(arena_resize(a, p, len, 0) == NULL);
    CHECK(arena_resize(a, NULL, 0, 0) == NULL);
    for (size_t j = 0; j < 6 * ARENA_LARGE; j++)
        CHECK_INT(other[j], 9);
    arena_free(a);
}

static void holds_no_more_than_was_in_use_at_once(void) {
    struct arena *a = arena_new(4096);
    for (size_t i = 1; i < 40; i++) {
        struct arena *b = arena_child(a);
        for (size_t j = 0; j < i % 7 + 1; j++)
            memset(arena_alloc(b, i * 100000), 1, i * 100000);
        arena_free(b);
        CHECK(arena_bytes(a) <= (size_t)32 << 20); /* seven of 3.9 MB are most, and what they were rounded up by */
    }
    CHECK(arena_bytes(a) > 0);
    arena_trim(a);
    CHECK(arena_bytes(a) <= 4096);
    arena_alloc(arena_child(a), 10 * ARENA_LARGE);
    arena_reset(a, 2 * ARENA_LARGE);
    CHECK(arena_bytes(a) > 0 && arena_bytes(a) <= 2 * ARENA_LARGE);
    arena_reset(a, 0);
    CHECK_INT(arena_bytes(a), 0);
    arena_free(a);
}

int main(void) {
    RUN(gives_aligned_memory_that_does_not_overlap);
    RUN(settles);
    RUN(children_go_with_their_parent);
    RUN(copies_end_with_a_nul);
    RUN(large_ones_grow_and_shrink);
    RUN(holds_no_more_than_was_in_use_at_once);
    return check_end();
}
