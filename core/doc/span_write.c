/* span_write.c: a span set as JSON: flat, or by groups with their mentions. */
#include "span_data.h"

#include "../json/write.h"

#include <string.h>

static void write_uint(struct buffer *out, const char *before, uint32_t n) {
    buffer_add_string(out, before);
    json_write_uint(out, n);
}

static void write_name(struct buffer *out, tm_str name, int *first) {
    if (!*first)
        buffer_add_char(out, ',');
    *first = 0;
    json_write_text(out, name.data, name.len);
    buffer_add_char(out, ':');
}

/* Many groups and spans bear the same few names: each is written once, and copied. */
static void make_keys(tm_spans *set, struct buffer *out) {
    struct span_data *d = set->data;
    tm_str *keys = arena_alloc(set->doc->arena, d->n_names * sizeof *keys);
    size_t before = out->len;
    for (uint32_t i = 0; i < d->n_names; i++, out->len = before) {
        int first = 0;
        write_name(out, d->names[i], &first);
        size_t len = out->len - before;
        keys[i] = (tm_str){arena_copy(set->doc->arena, out->data + before, len), len};
    }
    d->keys = keys;
}

/* The name of an attribute, which is the set's own copy where it is one of the first few. */
static void write_key(const struct span_data *d, struct buffer *out, tm_str name, int *first) {
    uint32_t i = 0;
    while (i < d->n_names && d->names[i].data != name.data)
        i++;
    if (i == d->n_names) {
        write_name(out, name, first);
        return;
    }
    buffer_add(out, d->keys[i].data + *first, d->keys[i].len - (size_t)*first);
    *first = 0;
}

static int is_one_of(tm_str name, tm_str a, tm_str b) {
    return str_equal(name, a) || str_equal(name, b);
}

static void write_attributes(const struct span_data *d, uint32_t i, struct buffer *out, int *first, int of_group,
                             int has_place, int is_lost) {
    int has_score = 0;
    for (; i != TM_NONE; i = d->attributes[i].next) {
        const struct attribute *a = d->attributes + i;
        /* These say what the set itself knows. */
        if (of_group ? is_one_of(a->name, TM_STR("count"), TM_STR("mentions"))
                     : has_place && is_one_of(a->name, TM_STR("start"), TM_STR("end")))
            continue;
        if (!a->raw.data && a->value.type == TM_V_ABSENT)
            continue;
        write_key(d, out, a->name, first);
        if (is_lost && str_equal(a->name, TM_STR("score"))) {
            has_score = 1;
            buffer_add_string(out, "null");
        } else if (a->raw.data) {
            buffer_add(out, a->raw.data, a->raw.len);
        } else {
            document_write_value(&a->value, out);
        }
    }
    if (is_lost && !has_score) {
        write_name(out, TM_STR("score"), first);
        buffer_add_string(out, "null");
    }
}

static void write_type(struct span_data *d, uint32_t attributes, uint32_t type, struct buffer *out, int *first) {
    if (type >= d->n_types || !d->types[type].len || span_attribute(d, attributes, TM_STR("type")))
        return;
    buffer_add_string(out, *first ? "\"type\":" : ",\"type\":");
    *first = 0;
    json_write_text(out, d->types[type].data, d->types[type].len);
}

static void write_span(struct span_data *d, const struct span *s, struct buffer *out, int is_lost, int with_type) {
    int first = 1;
    buffer_add_char(out, '{');
    if (s->start != TM_NONE) {
        write_uint(out, "\"start\":", s->start);
        write_uint(out, ",\"end\":", s->end);
        first = 0;
    }
    if (with_type)
        write_type(d, s->attributes, s->type, out, &first);
    write_attributes(d, s->attributes, out, &first, 0, s->start != TM_NONE, is_lost);
    buffer_add_char(out, '}');
}

static void write_flat(tm_spans *set, struct buffer *out) {
    struct span_data *d = set->data;
    uint32_t all = d->n + d->n_lost;
    if (!set->came_in) {
        for (uint32_t i = 0; i < d->n; i++) {
            if (i)
                buffer_add_char(out, ',');
            write_span(d, d->spans + i, out, 0, 1);
        }
        return;
    }
    /* In the order in which they came. */
    uint32_t *at = arena_zalloc(set->doc->arena, d->next_order * sizeof *at);
    int first = 1;
    for (uint32_t i = 0; i < all; i++)
        at[d->spans[i].order] = i + 1;
    for (uint32_t i = 0; i < d->next_order; i++) {
        if (!at[i])
            continue;
        if (!first)
            buffer_add_char(out, ',');
        first = 0;
        write_span(d, d->spans + at[i] - 1, out, at[i] > d->n, 1);
    }
}

static void write_mentions(struct span_data *d, const uint32_t *spans, uint32_t n, struct buffer *out, int *first) {
    if (!*first)
        buffer_add_char(out, ',');
    write_uint(out, "\"count\":", n);
    buffer_add_string(out, ",\"mentions\":[");
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            buffer_add_char(out, ',');
        write_span(d, d->spans + spans[i], out, 0, 0);
    }
    buffer_add_string(out, "]}");
}

static void write_grouped(tm_spans *set, struct buffer *out) {
    struct span_data *d = set->data;
    uint32_t *begin = arena_zalloc(set->doc->arena, (d->n_groups + 2) * sizeof *begin);
    uint32_t *sorted = arena_alloc(set->doc->arena, d->n * sizeof *sorted);
    /* Spans by group; those without one stand behind all groups. */
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t g = d->spans[i].group == TM_NONE ? d->n_groups : d->spans[i].group;
        begin[g + 1]++;
    }
    for (uint32_t g = 0; g <= d->n_groups; g++)
        begin[g + 1] += begin[g];
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t g = d->spans[i].group == TM_NONE ? d->n_groups : d->spans[i].group;
        sorted[begin[g]++] = i;
    }
    int first_group = 1;
    for (uint32_t g = 0; g < d->n_groups; g++) {
        uint32_t from = g ? begin[g - 1] : 0, n = begin[g] - from;
        if (!n)
            continue;
        if (!first_group)
            buffer_add_char(out, ',');
        first_group = 0;
        int first = 1;
        buffer_add_char(out, '{');
        write_attributes(d, d->groups[g].attributes, out, &first, 1, 0, 0);
        write_type(d, d->groups[g].attributes, d->groups[g].type, out, &first);
        write_mentions(d, sorted + from, n, out, &first);
    }
    for (uint32_t i = d->n_groups ? begin[d->n_groups - 1] : 0; i < d->n; i++) {
        if (!first_group)
            buffer_add_char(out, ',');
        first_group = 0;
        int first = 1;
        buffer_add_char(out, '{');
        write_type(d, TM_NONE, d->spans[sorted[i]].type, out, &first);
        write_mentions(d, sorted + i, 1, out, &first);
    }
}

void spans_write(tm_spans *set, struct buffer *out) {
    span_data_sort(set->data);
    make_keys(set, out);
    buffer_add_char(out, '[');
    if (set->layout == TM_SPANS_GROUPED)
        write_grouped(set, out);
    else
        write_flat(set, out);
    buffer_add_char(out, ']');
}
