/* span_edits.c: what the edits of a turn do to span sets, and how a record's own `targets` become one. */
#include "span_data.h"

#include <stdlib.h>
#include <string.h>

static int order_spans(const void *a, const void *b) {
    return span_order(a, b);
}

void span_data_sort(struct span_data *d) {
    if (d->is_sorted)
        return;
    if (d->n > 1)
        qsort(d->spans, d->n, sizeof *d->spans, order_spans);
    d->is_sorted = 1;
}

/* The changes; how far what stands behind the first so many of them has moved; and for each where in the new text the
 * last byte before it that stays ends, and the first behind it that stays begins: where a span that ends or begins
 * inside a cut now ends or begins. */
struct moves {
    const struct layer_change *changes;
    size_t n;
    int64_t *shift;
    uint32_t *stays_before, *stays_behind;
};

static void moves_init(struct moves *m, struct arena *arena, uint32_t new_len) {
    size_t n = m->n;
    const struct layer_change *c = m->changes;
    m->shift = arena_alloc(arena, (n + 1) * sizeof *m->shift);
    m->stays_before = arena_alloc(arena, n * sizeof *m->stays_before);
    m->stays_behind = arena_alloc(arena, n * sizeof *m->stays_behind);
    uint32_t at = 0, stays = 0;
    m->shift[0] = 0;
    for (size_t i = 0; i < n; i++) {
        if (c[i].start > at)
            stays = (uint32_t)(c[i].start + m->shift[i]);
        m->stays_before[i] = stays;
        m->shift[i + 1] = m->shift[i] + (int64_t)c[i].text_len - (int64_t)(c[i].end - c[i].start);
        if (c[i].end > c[i].start && c[i].text_len)
            stays = (uint32_t)(c[i].end + m->shift[i + 1]);
        at = c[i].end;
    }
    at = UINT32_MAX;
    stays = new_len;
    for (size_t i = n; i-- > 0;) {
        if (c[i].end < at)
            stays = (uint32_t)(c[i].end + m->shift[i + 1]);
        m->stays_behind[i] = stays;
        if (c[i].end > c[i].start && c[i].text_len)
            stays = (uint32_t)(c[i].start + m->shift[i]);
        at = c[i].start;
    }
}

/* How many changes end at or before the byte. */
static size_t changes_before(const struct moves *m, uint32_t at) {
    size_t low = 0, high = m->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->changes[middle].end > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static uint32_t moved(const struct moves *m, uint32_t at, size_t before) {
    return (uint32_t)((int64_t)at + m->shift[before]);
}

/* The span that is left of a span: empty where its text was cut. An edge inside a replaced text moves out to its edge.
 */
static tm_span move_span(const struct moves *m, uint32_t start, uint32_t end) {
    tm_span span;
    size_t i = changes_before(m, start);
    const struct layer_change *c = i < m->n && m->changes[i].start <= start ? m->changes + i : NULL;
    if (start == end) {
        span.start = span.end = moved(m, c ? c->start : start, i);
        return span;
    }
    span.start = !c ? moved(m, start, i) : c->text_len ? moved(m, c->start, i) : m->stays_behind[i];
    i = changes_before(m, end - 1);
    c = i < m->n && m->changes[i].start < end ? m->changes + i : NULL;
    span.end = !c ? moved(m, end, i) : c->text_len ? moved(m, c->start, i) + c->text_len : m->stays_before[i];
    if (span.start > span.end)
        span.start = span.end;
    return span;
}

static void move_spans(struct arena *arena, struct span_data *d, const struct moves *m, int keep_lost) {
    uint32_t all = d->n + d->n_lost, n = 0;
    struct span *lost = NULL;
    uint32_t n_lost = 0;
    for (uint32_t i = 0; i < all; i++) {
        struct span s = d->spans[i];
        if (s.start != TM_NONE) {
            tm_span span = move_span(m, s.start, s.end);
            s.start = span.start;
            s.end = span.end;
        }
        if (i < d->n && s.start < s.end) {
            if (n && span_order(d->spans + n - 1, &s) > 0)
                d->is_sorted = 0;
            d->spans[n++] = s;
        } else if (keep_lost) {
            if (!lost)
                lost = arena_alloc(arena, (all - i) * sizeof *lost);
            lost[n_lost++] = s;
        }
    }
    if (n_lost)
        memcpy(d->spans + n, lost, n_lost * sizeof *lost);
    d->n = n;
    d->n_lost = n_lost;
}

/* Groups without spans go; the others keep their order. */
static void drop_empty_groups(struct arena *arena, struct span_data *d) {
    uint32_t *number = arena_zalloc(arena, d->n_groups * sizeof *number);
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n; i++)
        if (d->spans[i].group != TM_NONE)
            number[d->spans[i].group] = 1;
    for (uint32_t i = 0; i < d->n_groups; i++)
        if (number[i]) {
            number[i] = n;
            d->groups[n++] = d->groups[i];
        }
    if (n == d->n_groups)
        return;
    for (uint32_t i = 0; i < d->n; i++)
        if (d->spans[i].group != TM_NONE)
            d->spans[i].group = number[d->spans[i].group];
    d->n_groups = n;
}

/* Of a long document there may be many: what stood before the turn goes, and columns that count no more. */
static void free_columns(struct arena *arena, struct span_data *d) {
    arena_resize(arena, (void *)(uintptr_t)d->columns.start, span_columns_bytes(d->columns.count), 0);
    d->columns.start = NULL;
}

static void free_undo(tm_doc *doc) {
    for (struct spans_undo *u = doc->spans_undo; u; u = u->next) {
        struct span_data *d = u->data;
        if (!u->set || d == u->set->data)
            continue;
        free_columns(doc->arena, d);
        d->spans = arena_resize(doc->arena, d->spans, d->room * sizeof *d->spans, 0);
        d->groups = arena_resize(doc->arena, d->groups, d->groups_room * sizeof *d->groups, 0);
        d->attributes = arena_resize(doc->arena, d->attributes, d->attributes_room * sizeof *d->attributes, 0);
    }
}

void spans_end_turn(tm_doc *doc, const struct layer_change *changes, size_t n_changes) {
    struct moves m = {.changes = changes, .n = n_changes};
    if (n_changes && doc->sets.count)
        moves_init(&m, doc->arena, (uint32_t)doc->text.len);
    for (uint32_t i = 0; i < doc->sets.count; i++) {
        tm_spans *set = doc->sets.list[i];
        struct span_data *d = set->data;
        if (n_changes) {
            move_spans(doc->arena, d, &m, set->came_in);
            set->is_untouched = 0;
        }
        if (n_changes || set->is_own) {
            span_data_sort(d);
            if (d->n_groups)
                drop_empty_groups(doc->arena, d);
            free_columns(doc->arena, d);
        }
        set->is_own = 0;
    }
    free_undo(doc);
    doc->spans_undo = NULL;
}

/* One element of the record's targets. */
static void read_target(tm_doc *doc, struct span_data *d, tm_str json) {
    int64_t place[2] = {-1, -1};
    size_t at = 1;
    struct json_member m;
    while (json_next(json.data, json.len, &at, 1, &m))
        for (int i = 0; i < 2; i++)
            if (str_equal((tm_str){json.data + m.key_start, m.key_len}, i ? TM_STR("end") : TM_STR("start")))
                if (!json_integer(json.data + m.value_start, m.value_len, place + i))
                    place[i] = -1;
    int stands = place[0] >= 0 && place[0] < place[1] && place[1] <= (int64_t)doc->text.len;
    uint32_t count = d->n + d->n_lost;
    d->spans = document_grow(doc->arena, d->spans, count, &d->room, sizeof *d->spans);
    struct span s = {.start = TM_NONE, .end = TM_NONE, .group = TM_NONE, .attributes = TM_NONE};
    s.type = span_type_number(doc, d, (tm_str){"", 0});
    s.order = d->next_order++;
    if (stands) {
        s.start = (uint32_t)place[0];
        s.end = (uint32_t)place[1];
    }
    at = 1;
    while (json_next(json.data, json.len, &at, 1, &m)) {
        tm_str name = {json.data + m.key_start, m.key_len};
        if (m.key_escaped) {
            char *decoded = arena_alloc(doc->arena, name.len);
            name = (tm_str){decoded, json_decode(name.data, name.len, decoded)};
        }
        if (stands && (str_equal(name, TM_STR("start")) || str_equal(name, TM_STR("end"))))
            continue;
        tm_value none = {.type = TM_V_NULL};
        span_set_attribute(doc, d, &s.attributes, name, &none, (tm_str){json.data + m.value_start, m.value_len});
    }
    if (stands) {
        d->spans[count] = d->spans[d->n]; /* a lost one makes room */
        d->spans[d->n++] = s;
    } else {
        d->spans[count] = s;
        d->n_lost++;
    }
}

void document_read_targets(tm_doc *doc) {
    if (doc->has_read_targets)
        return;
    doc->has_read_targets = 1;
    uint32_t i = doc->is_record ? document_find_member(doc, TM_STR("targets")) : TM_NONE;
    if (i == TM_NONE || doc->members[i].type != JSON_ARRAY)
        return;
    document_need_text(doc);
    tm_str json = {doc->line + doc->members[i].value_start, doc->members[i].value_len};
    size_t at = 1;
    struct json_member m;
    while (json_next(json.data, json.len, &at, 0, &m))
        if (m.type != JSON_OBJECT)
            return; /* not targets as they are meant: a field like any other */
    tm_spans *set = arena_zalloc(doc->arena, sizeof *set);
    set->doc = doc;
    set->name = TM_STR("targets");
    set->layout = TM_SPANS_FLAT;
    set->is_untouched = 1;
    set->came_in = 1;
    set->data = arena_zalloc(doc->arena, sizeof *set->data);
    for (at = 1; json_next(json.data, json.len, &at, 0, &m);)
        read_target(doc, set->data, (tm_str){json.data + m.value_start, m.value_len});
    span_data_sort(set->data);
    doc->sets.list =
        document_grow(doc->arena, doc->sets.list, doc->sets.count, &doc->sets.room, sizeof *doc->sets.list);
    doc->sets.list[doc->sets.count++] = set;
}
