/* buffer.c: see buffer.h. */
#include "buffer.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES_FROM ((size_t)1 << 20)
#define HUGE_FROM ((size_t)8 << 20) /* of a document of many MiB */

void buffer_init(struct buffer *b) {
    *b = (struct buffer){0};
}

void buffer_deinit(struct buffer *b) {
    if (b->room >= PAGES_FROM)
        munmap(b->data, b->room);
    else
        free(b->data);
    *b = (struct buffer){0};
}

static void *map(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* Pages of its own, once it is large: it grows without a copy, and all of it goes back to the system. */
static char *grow_pages(struct buffer *b, size_t room) {
    char *data = b->room >= PAGES_FROM ? memory_remap(b->data, b->room, room, 1) : map(room);
    if (!data)
        memory_none(room);
    if (b->room < PAGES_FROM) {
        if (b->len)
            memcpy(data, b->data, b->len);
        free(b->data);
    }
    if (room >= HUGE_FROM)
        memory_huge(data, room);
    return data;
}

char *buffer_grow(struct buffer *b, size_t more) {
    size_t room = b->room ? b->room : 256;
    while (room - b->len < more)
        room *= 2;
    b->data = room >= PAGES_FROM ? grow_pages(b, room) : memory_realloc(b->data, room);
    b->room = room;
    return b->data + b->len;
}

void buffer_addf(struct buffer *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0)
        return;
    char *at = buffer_reserve(b, (size_t)need + 1);
    va_start(args, format);
    vsnprintf(at, (size_t)need + 1, format, args);
    va_end(args);
    b->len += (size_t)need;
}
