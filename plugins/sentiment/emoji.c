/* emoji.c: see emoji.h. A bitmap answers for the many code points that are none, a search for the few that are. */
#include "emoji.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODES 0x20000u

struct name {
    uint32_t code;
    uint32_t len;
    const char *text;
};

struct emoji {
    uint64_t is_there[CODES / 64];
    struct name *names; /* sorted by code */
    uint32_t count;
};

static int hex_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int compare(const void *a, const void *b) {
    uint32_t x = ((const struct name *)a)->code, y = ((const struct name *)b)->code;
    return x < y ? -1 : x > y;
}

struct emoji *emoji_new(const char *file, tm_str text, char *error, uint64_t room) {
    uint64_t lines = 1;
    for (uint64_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    struct emoji *e = calloc(1, sizeof *e);
    if (e)
        e->names = calloc(lines, sizeof *e->names);
    if (!e || !e->names) {
        snprintf(error, room, "%s: no memory for the names of emoji", file);
        free(e);
        return NULL;
    }
    const char *at = text.data, *end = at + text.len;
    for (uint32_t line = 1; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *next = stop ? stop + 1 : end;
        if (!stop)
            stop = end;
        uint32_t code = 0;
        const char *p = at;
        while (p < stop && code < CODES && hex_of(*p) >= 0)
            code = code * 16 + (uint32_t)hex_of(*p++);
        if (p == at || p + 1 >= stop || *p != '\t' || code >= CODES) {
            snprintf(error, room, "%s:%u: a code point in upper-case hex, a tab and a name are wanted", file, line);
            emoji_free(e);
            return NULL;
        }
        e->names[e->count++] = (struct name){code, (uint32_t)(stop - p - 1), p + 1};
        e->is_there[code / 64] |= (uint64_t)1 << (code % 64);
        at = next;
    }
    qsort(e->names, e->count, sizeof *e->names, compare);
    return e;
}

void emoji_free(struct emoji *e) {
    if (e)
        free(e->names);
    free(e);
}

tm_str emoji_name(const struct emoji *e, uint32_t code) {
    if (code >= CODES || !(e->is_there[code / 64] >> (code % 64) & 1))
        return (tm_str){NULL, 0};
    struct name key = {code, 0, NULL};
    const struct name *found = bsearch(&key, e->names, e->count, sizeof key, compare);
    return found ? (tm_str){found->text, found->len} : (tm_str){NULL, 0};
}
