/* record.c: the items of a block become documents, with id, source and uid; or, where no stage could tell the
 * difference, lines that are only checked.
 */
#include "run.h"

#include "../json/memory.h"

#include <string.h>

/* Large enough for nearly every record; one with more members is scanned once more with more room. */
#define MEMBERS 64u

static int is_stdin(const char *name) {
    return strcmp(name, "stdin") == 0;
}

const char *record_source(const struct run *r, uint32_t source) {
    return source == SOURCE_FLUSH ? "flush" : source_name(r->source, source);
}

/* path:LINE, stdin:LINE, or the path where a file is one document: how a document is named before it has an id. */
void record_name(const struct run *r, uint32_t source, uint64_t position, struct buffer *out) {
    buffer_add_string(out, record_source(r, source));
    if (position)
        buffer_addf(out, ":%llu", (unsigned long long)position);
}

static uint64_t mix(uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* 128 bits of seed and name, kept for as long as the worker stays with one source; the position is mixed in after. */
static tm_uid uid_of(struct worker *w, uint32_t source, uint64_t position) {
    uint64_t seed = w->run->options->uid_seed + source_seed(w->run->source, source);
    if (w->uid_source != source || w->uid_seed != seed) {
        const char *name = source_name(w->run->source, source);
        uint64_t hi = mix(seed + 0x9e3779b97f4a7c15u), lo = mix(hi + 0x632be59bd9b4e019u);
        for (const char *s = name; *s; s++) {
            hi = (hi ^ (unsigned char)*s) * 0x100000001b3u;
            lo = (lo ^ (unsigned char)*s) * 0x9fb21c651e98df25u;
            lo ^= lo >> 29;
        }
        w->uid_name = (tm_uid){mix(hi), mix(lo)};
        w->uid_source = source;
        w->uid_seed = seed;
    }
    uint64_t hi = mix(w->uid_name.hi + position * 0x9e3779b97f4a7c15u);
    return (tm_uid){hi, mix(w->uid_name.lo ^ hi) + position};
}

static const char *numbered(struct arena *arena, const char *name, uint64_t position) {
    char digits[24];
    size_t n = sizeof digits, len = strlen(name);
    do
        digits[--n] = (char)('0' + position % 10);
    while (position /= 10);
    digits[--n] = ':';
    char *s = arena_alloc(arena, len + sizeof digits - n + 1);
    memcpy(s, name, len);
    memcpy(s + len, digits + n, sizeof digits - n);
    s[len + sizeof digits - n] = '\0';
    return s;
}

static struct doc_origin origin_of(struct worker *w, struct arena *arena, const struct item *item) {
    const char *name = source_name(w->run->source, item->source);
    struct doc_origin origin = {.source = name, .encoding = item->encoding};
    origin.uid = uid_of(w, item->source, item->position);
    if (item->position) {
        origin.id = numbered(arena, name, item->position);
        if (is_stdin(name))
            origin.source = origin.id;
    } else {
        origin.id = source_relative_name(w->run->source, item->source);
    }
    return origin;
}

static tm_str copied(struct arena *arena, const char *s) {
    size_t len = strlen(s);
    return (tm_str){arena_copy(arena, s, len), len};
}

static uint32_t offset_of(uint64_t offset) {
    return offset < TM_NONE ? (uint32_t)offset : TM_NONE;
}

static struct unit *add_unit(struct batch *b, size_t at) {
    const struct item *item = &b->block->items[at];
    struct unit *u = batch_add_unit(b);
    u->item = at;
    u->source = item->source;
    u->weight = item->len;
    u->position = item->position;
    return u;
}

struct unit *record_next(struct worker *w, struct batch *b) {
    struct run *r = w->run;
    if (b->next_item == b->block->n_items)
        return NULL;
    uint64_t started = r->options->timing ? uv_hrtime() : 0;
    const struct item *item = &b->block->items[b->next_item];
    const char *bytes = b->block->bytes.data + item->start;
    struct unit *u = add_unit(b, b->next_item++);
    if (item->kind == ITEM_BAD) {
        unit_end(u, TM_FAILED, -1, copied(b->arena, item->code), copied(b->arena, item->message ? item->message : ""),
                 offset_of(item->offset));
        return u;
    }
    struct doc_origin origin = origin_of(w, b->arena, item);
    if (item->kind == ITEM_RECORD) {
        struct json_error error = {0};
        u->doc = doc_from_record(&r->pipeline->schema, b->arena, bytes, item->len, &origin, &error);
        if (!u->doc)
            unit_end(u, TM_FAILED, -1, copied(b->arena, error.code), copied(b->arena, error.message),
                     offset_of(error.offset));
    } else {
        u->doc = doc_from_text(&r->pipeline->schema, b->arena, bytes, item->len, &origin);
    }
    if (u->doc) {
        doc_set_worker(u->doc, &w->doc_worker);
        if (r->keeps_arenas)
            u->seen = arena_zalloc(b->arena, r->n_stages);
    }
    if (started)
        w->record_ns += uv_hrtime() - started;
    return u;
}

static int is_one_object(struct worker *w, const char *line, size_t len, struct json_error *error) {
    size_t count;
    if (!w->members) {
        w->members_room = MEMBERS;
        w->members = memory_alloc(MEMBERS * sizeof *w->members);
    }
    while (json_scan_object(line, len, w->members, w->members_room, &count, error) == 0) {
        if (count <= w->members_room)
            return 1;
        w->members_room = count; /* a key may stand once: all of them must be seen */
        w->members = memory_realloc(w->members, count * sizeof *w->members);
    }
    return 0;
}

/* Good lines that stand side by side are one run, to be written from where they lie. */
static void add_run(struct batch *b, size_t start, size_t len, int is_out) {
    struct span_of_block *last = b->n_runs ? &b->runs[b->n_runs - 1] : NULL;
    if (last && !is_out && !last->is_out && start == last->start + last->len + 1 &&
        b->block->bytes.data[start - 1] == '\n') {
        last->len = start + len - last->start;
        return;
    }
    if (b->n_runs == b->runs_room) {
        b->runs_room = b->runs_room ? b->runs_room * 2 : 64;
        b->runs = memory_realloc(b->runs, b->runs_room * sizeof *b->runs);
    }
    b->runs[b->n_runs++] = (struct span_of_block){start, len, is_out};
}

void record_pass_through(struct worker *w, struct batch *b) {
    struct block *block = b->block;
    uint64_t started = w->run->options->timing ? uv_hrtime() : 0;
    for (; b->next_item < block->n_items; b->next_item++) {
        const struct item *item = &block->items[b->next_item];
        struct json_error error = {0};
        if (item->kind == ITEM_RECORD && is_one_object(w, block->bytes.data + item->start, item->len, &error)) {
            add_run(b, item->start, item->len, 0);
            b->published++;
            continue;
        }
        struct unit *u = add_unit(b, b->next_item);
        if (item->kind == ITEM_TEXT) { /* it must become a record */
            struct doc_origin origin = origin_of(w, b->arena, item);
            u->doc =
                doc_from_text(&w->run->pipeline->schema, b->arena, block->bytes.data + item->start, item->len, &origin);
            unit_end(u, TM_PUBLISHED, -1, (tm_str){0}, (tm_str){0}, TM_NONE);
        } else if (item->kind == ITEM_BAD) {
            unit_end(u, TM_FAILED, -1, copied(b->arena, item->code),
                     copied(b->arena, item->message ? item->message : ""), offset_of(item->offset));
        } else {
            unit_end(u, TM_FAILED, -1, copied(b->arena, error.code), copied(b->arena, error.message),
                     offset_of(error.offset));
        }
        size_t out = b->out.len;
        result_write_ready(w, b);
        if (b->out.len > out)
            add_run(b, out, b->out.len - out, 1);
        if (!w->run->keeps_arenas)
            arena_reset(b->arena, 4u << 20);
    }
    if (started)
        w->record_ns += uv_hrtime() - started;
}
