/* memory.c: the allocator's wrapper; see memory.h for why it never returns NULL. */
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
