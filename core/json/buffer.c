/* buffer.c: see buffer.h. */
#include "buffer.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HUGE_FROM ((size_t)8 << 20) /* of a document of many MiB */

void buffer_init(struct buffer *b) {
    *b = (struct buffer){0};
}

void buffer_deinit(struct buffer *b) {
    free(b->data);
    *b = (struct buffer){0};
}

char *buffer_grow(struct buffer *b, size_t more) {
    size_t room = b->room ? b->room : 256;
    while (room - b->len < more)
        room *= 2;
    b->data = memory_realloc(b->data, room);
    if (room >= HUGE_FROM)
        memory_huge(b->data, room);
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
