/* replay.c: see replay.h. The edits are sorted by place, outer ones first, and walked once. */
#include "replay.h"

#include "../json/memory.h"
#include "../json/scan.h"

#include <stdlib.h>
#include <string.h>

struct placed {
    const struct replay_edit *edit;
    size_t order;
};

/* By start; an insertion before what begins at its place; the longer first; of equal ones the later first. */
static int by_place(const void *left, const void *right) {
    const struct placed *a = left, *b = right;
    const struct replay_edit *x = a->edit, *y = b->edit;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    int x_inserts = x->start == x->end, y_inserts = y->start == y->end;
    if (x_inserts != y_inserts)
        return x_inserts ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return a->order > b->order ? -1 : 1;
}

static int replay(tm_str original, const struct placed *placed, size_t n, struct buffer *out, struct buffer *why) {
    const struct placed *outer = NULL, *inserted = NULL;
    uint32_t done = 0; /* of the original */
    for (size_t i = 0; i < n; i++) {
        const struct replay_edit *e = placed[i].edit;
        if (e->start > e->end || e->end > original.len) {
            buffer_addf(why, "edit %zu: [%u, %u) does not lie in an original of %llu bytes", placed[i].order, e->start,
                        e->end, (unsigned long long)original.len);
            return -1;
        }
        int is_inside = outer && e->start < outer->edit->end && (e->start > outer->edit->start || e->start < e->end);
        if (is_inside) {
            if (e->end > outer->edit->end) {
                buffer_addf(why, "edits %zu and %zu: [%u, %u) and [%u, %u) cross", outer->order, placed[i].order,
                            outer->edit->start, outer->edit->end, e->start, e->end);
                return -1;
            }
            if (placed[i].order > outer->order && (e->text.data || outer->edit->text.data)) {
                buffer_addf(why, "edit %zu: [%u, %u) comes after edit %zu, [%u, %u), which it lies in", placed[i].order,
                            e->start, e->end, outer->order, outer->edit->start, outer->edit->end);
                return -1;
            }
            continue;
        }
        if (e->start == e->end) {
            if (inserted && inserted->edit->start == e->start)
                continue;
            inserted = placed + i;
        } else {
            outer = placed + i;
        }
        buffer_add(out, original.data + done, e->start - done);
        buffer_add(out, e->text.data, e->text.len);
        done = e->end;
    }
    buffer_add(out, original.data + done, original.len - done);
    return 0;
}

int replay_edits(tm_str original, const struct replay_edit *edits, size_t n, struct buffer *out, struct buffer *why) {
    struct placed *placed = memory_alloc(n * sizeof *placed);
    size_t before = out->len;
    for (size_t i = 0; i < n; i++)
        placed[i] = (struct placed){edits + i, i};
    qsort(placed, n, sizeof *placed, by_place);
    int result = replay(original, placed, n, out, why);
    if (result != 0)
        out->len = before;
    free(placed);
    return result;
}

static int read_place(tm_str json, const struct json_member *m, uint32_t *out) {
    int64_t value;
    if (!json_integer(json.data + m->value_start, m->value_len, &value) || value < 0 || value > TM_MAX_DOC)
        return -1;
    *out = (uint32_t)value;
    return 0;
}

static int key_is(tm_str json, const struct json_member *m, const char *name) {
    return m->key_len == strlen(name) && memcmp(json.data + m->key_start, name, m->key_len) == 0;
}

static int read_edit(tm_str json, struct arena *arena, struct replay_edit *out) {
    size_t at = 1;
    struct json_member m;
    int has_start = 0, has_end = 0;
    *out = (struct replay_edit){0};
    while (json_next(json.data, json.len, &at, 1, &m)) {
        if (key_is(json, &m, "start")) {
            has_start = read_place(json, &m, &out->start) == 0;
        } else if (key_is(json, &m, "end")) {
            has_end = read_place(json, &m, &out->end) == 0;
        } else if (key_is(json, &m, "text")) {
            if (m.type != JSON_STRING)
                return -1;
            char *text = arena_alloc(arena, m.value_len);
            out->text = (tm_str){text, json_decode(json.data + m.value_start + 1, m.value_len - 2u, text)};
        }
    }
    return has_start && has_end ? 0 : -1;
}

int replay_read(tm_str json, struct arena *arena, struct replay_edit **out_edits, size_t *out_n, struct buffer *why) {
    struct json_error error;
    if (json_check_value(json.data, json.len, &error) != 0) {
        buffer_addf(why, "edits are no JSON: %s (byte %zu)", error.message, error.offset);
        return -1;
    }
    size_t at = 0, n = 0;
    while (strchr(" \t\r\n", json.data[at]))
        at++;
    if (json.data[at] != '[') {
        buffer_addf(why, "edits are no array");
        return -1;
    }
    size_t first = ++at;
    struct json_member m;
    while (json_next(json.data, json.len, &at, 0, &m))
        n++;
    struct replay_edit *edits = arena_alloc(arena, n * sizeof *edits);
    size_t i = 0;
    for (at = first; json_next(json.data, json.len, &at, 0, &m); i++) {
        tm_str element = {json.data + m.value_start, m.value_len};
        if (m.type != JSON_OBJECT || read_edit(element, arena, edits + i) != 0) {
            buffer_addf(why, "edit %zu has no start and end, or a text that is no string", i);
            return -1;
        }
    }
    *out_edits = edits;
    *out_n = n;
    return 0;
}
