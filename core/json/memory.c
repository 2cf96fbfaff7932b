/* memory.c: the allocator's wrapper; see memory.h for why it never returns NULL. */
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The thread sanitizer does not know of mremap: memory that comes to stand where other memory stood looks shared. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define COPIES_PAGES 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define COPIES_PAGES 1
#endif
#ifndef COPIES_PAGES
#define COPIES_PAGES 0
#endif

#define HUGE_PAGE ((uintptr_t)2 << 20)

void memory_none(size_t bytes) {
    fprintf(stderr, "textmill: out of memory: %zu bytes could not be had; lower --memory or --jobs\n", bytes);
    abort();
}

static void *or_die(void *p, size_t bytes) {
    if (!p)
        memory_none(bytes);
    return p;
}

void *memory_alloc(size_t bytes) {
    return or_die(malloc(bytes ? bytes : 1), bytes);
}

void *memory_zalloc(size_t count, size_t size) {
    return or_die(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *memory_realloc(void *p, size_t bytes) {
    return or_die(realloc(p, bytes ? bytes : 1), bytes);
}

char *memory_copy(const char *data, size_t len) {
    char *copy = memory_alloc(len + 1);
    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

void *memory_align(size_t alignment, size_t bytes) {
    size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    return or_die(aligned_alloc(alignment, rounded ? rounded : alignment), bytes);
}

void memory_huge(void *p, size_t bytes) {
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)p + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t to = ((uintptr_t)p + bytes) / HUGE_PAGE * HUGE_PAGE;
    if (from < to)
        (void)madvise((char *)p + (from - (uintptr_t)p), to - from, MADV_HUGEPAGE);
#else
    (void)p;
    (void)bytes;
#endif
}

static void *mapped_or_null(void *p) {
    return p == MAP_FAILED ? NULL : p;
}

void *memory_move(void *p, size_t bytes, void *to) {
    if (!COPIES_PAGES)
        return mapped_or_null(mremap(p, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to));
    memcpy(to, p, bytes);
    munmap(p, bytes);
    return to;
}

void *memory_remap(void *p, size_t old, size_t bytes, int may_move) {
    if (!COPIES_PAGES)
        return mapped_or_null(mremap(p, old, bytes, may_move ? MREMAP_MAYMOVE : 0));
    if (!may_move || bytes < old)
        return NULL;
    void *to = mapped_or_null(mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    return to ? memory_move(p, old, to) : NULL;
}
