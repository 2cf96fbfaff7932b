/* spans.c: the span sets of a document and what stages do with them. Spans are columns; attributes hang on spans and
 * groups in short chains. A set that a turn changes is copied first, so that the turn can be undone. What edits do to
 * spans stands in span_edits.c, how a set is written in span_write.c.
 */
#include "document.h"
#include "span_data.h"

#include "../json/write.h"

#include <string.h>

void spans_sets_init(struct span_sets *sets, struct arena *arena) {
    *sets = (struct span_sets){.arena = arena};
}

tm_str spans_name(const tm_spans *set) {
    return set->name;
}

int spans_is_hidden(const tm_spans *set) {
    return set->layout == TM_SPANS_HIDDEN;
}

int spans_is_untouched(const tm_spans *set) {
    return set->is_untouched;
}

tm_spans *spans_find(const struct span_sets *sets, tm_str name) {
    for (uint32_t i = 0; i < sets->count; i++)
        if (str_equal(sets->list[i]->name, name))
            return sets->list[i];
    return NULL;
}

static void remember(tm_doc *doc, uint32_t index, tm_spans *set) {
    if (!doc->in_turn)
        return;
    struct spans_undo *undo = arena_zalloc(doc->arena, sizeof *undo);
    undo->next = doc->spans_undo;
    undo->index = index;
    undo->set = set;
    if (set) {
        undo->data = set->data;
        undo->layout = set->layout;
        undo->is_untouched = set->is_untouched;
    }
    doc->spans_undo = undo;
}

void spans_undo_turn(tm_doc *doc) {
    for (struct spans_undo *u = doc->spans_undo; u; u = u->next) {
        if (!u->set) {
            doc->sets.count = u->index;
            continue;
        }
        doc->sets.list[u->index] = u->set;
        u->set->data = u->data;
        u->set->layout = u->layout;
        u->set->is_untouched = u->is_untouched;
    }
    doc->spans_undo = NULL;
    for (uint32_t i = 0; i < doc->sets.count; i++)
        doc->sets.list[i]->is_own = 0;
    if (!spans_find(&doc->sets, TM_STR("targets")))
        doc->has_read_targets = doc->is_child; /* they may have been added in the turn */
}

static void *copy_array(struct arena *arena, const void *array, uint32_t count, uint32_t room, size_t size) {
    if (!room)
        return NULL;
    void *copy = arena_alloc(arena, room * size);
    memcpy(copy, array, count * size);
    return copy;
}

/* The set's data, for this turn to change. */
static struct span_data *own(tm_spans *set) {
    struct arena *arena = set->doc->arena;
    set->is_untouched = 0;
    if (set->is_own || !set->doc->in_turn)
        return set->data;
    uint32_t index = 0;
    while (set->doc->sets.list[index] != set)
        index++;
    remember(set->doc, index, set);
    struct span_data *d = arena_alloc(arena, sizeof *d);
    *d = *set->data;
    d->spans = copy_array(arena, d->spans, d->n + d->n_lost, d->room, sizeof *d->spans);
    d->groups = copy_array(arena, d->groups, d->n_groups, d->groups_room, sizeof *d->groups);
    d->attributes = copy_array(arena, d->attributes, d->n_attributes, d->attributes_room, sizeof *d->attributes);
    d->types = copy_array(arena, d->types, d->n_types, d->types_room, sizeof *d->types);
    d->buckets = copy_array(arena, d->buckets, d->n_buckets, d->n_buckets, sizeof *d->buckets);
    d->columns = (tm_span_columns){0};
    set->data = d;
    set->is_own = 1;
    return d;
}

void spans_hide(tm_spans *set) {
    uint32_t index = 0;
    while (set->doc->sets.list[index] != set)
        index++;
    remember(set->doc, index, set);
    set->layout = TM_SPANS_HIDDEN;
}

tm_spans *host_doc_spans_new(tm_doc *doc, tm_str name, uint32_t layout) {
    struct span_sets *sets = &doc->sets;
    if (str_equal(name, TM_STR("targets")))
        doc->has_read_targets = 1;
    tm_spans *set = arena_zalloc(doc->arena, sizeof *set);
    set->doc = doc;
    set->name = document_copy(doc, name);
    set->layout = layout == TM_SPANS_FLAT || layout == TM_SPANS_HIDDEN ? layout : TM_SPANS_GROUPED;
    set->data = arena_zalloc(doc->arena, sizeof *set->data);
    set->data->is_sorted = 1;
    set->is_own = doc->in_turn;
    uint32_t index = 0;
    while (index < sets->count && !str_equal(sets->list[index]->name, name))
        index++;
    remember(doc, index, index < sets->count ? sets->list[index] : NULL);
    if (index == sets->count) {
        sets->list = document_grow(doc->arena, sets->list, sets->count, &sets->room, sizeof *sets->list);
        sets->count++;
    }
    sets->list[index] = set;
    return set;
}

tm_spans *host_doc_spans_find(tm_doc *doc, tm_str name) {
    if (str_equal(name, TM_STR("targets")))
        document_read_targets(doc);
    return spans_find(&doc->sets, name);
}

uint32_t host_doc_spans_group(tm_spans *set) {
    struct span_data *d = own(set);
    d->groups = document_grow(set->doc->arena, d->groups, d->n_groups, &d->groups_room, sizeof *d->groups);
    d->groups[d->n_groups] = (struct span_group){.attributes = TM_NONE, .type = TM_NONE};
    return d->n_groups++;
}

static uint32_t hash_of(tm_str s) {
    uint32_t h = 2166136261u;
    for (uint64_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.data[i]) * 16777619u;
    return h ^ (h >> 15);
}

/* The number of a type's text; buckets hold number + 1. */
uint32_t span_type_number(tm_doc *doc, struct span_data *d, tm_str type) {
    if (d->n && str_equal(d->types[d->spans[d->n - 1].type], type))
        return d->spans[d->n - 1].type;
    if (d->n_types * 2 >= d->n_buckets) {
        d->n_buckets = d->n_buckets ? d->n_buckets * 2 : 16;
        d->buckets = arena_zalloc(doc->arena, d->n_buckets * sizeof *d->buckets);
        for (uint32_t i = 0; i < d->n_types; i++) {
            uint32_t at = hash_of(d->types[i]) & (d->n_buckets - 1);
            while (d->buckets[at])
                at = (at + 1) & (d->n_buckets - 1);
            d->buckets[at] = i + 1;
        }
    }
    uint32_t at = hash_of(type) & (d->n_buckets - 1);
    for (; d->buckets[at]; at = (at + 1) & (d->n_buckets - 1))
        if (str_equal(d->types[d->buckets[at] - 1], type))
            return d->buckets[at] - 1;
    d->types = document_grow(doc->arena, d->types, d->n_types, &d->types_room, sizeof *d->types);
    d->types[d->n_types] = document_copy(doc, type);
    d->buckets[at] = d->n_types + 1;
    return d->n_types++;
}

uint32_t host_doc_spans_add(tm_spans *set, tm_span span, tm_str type, uint32_t group) {
    tm_str text = doc_text(set->doc);
    if (span.start >= span.end || span.end > text.len) {
        document_misuse(set->doc, TM_EINVAL, "a span of a set does not lie in the text, or is empty");
        return TM_NONE;
    }
    if ((text.data[span.start] & 0xc0) == 0x80 || (text.data[span.end] & 0xc0) == 0x80) /* the pad is zeros */
        document_misuse(set->doc, TM_EINVAL, "an edge of a set's span lies inside of a character");
    if (group != TM_NONE && group >= set->data->n_groups) {
        document_misuse(set->doc, TM_EINVAL, "a span is put into a group that its set does not have");
        return TM_NONE;
    }
    struct span_data *d = own(set);
    uint32_t number = span_type_number(set->doc, d, type);
    d->spans = document_grow(set->doc->arena, d->spans, d->n + d->n_lost, &d->room, sizeof *d->spans);
    if (d->n_lost)
        d->spans[d->n + d->n_lost] = d->spans[d->n];
    if (group != TM_NONE && d->groups[group].type == TM_NONE)
        d->groups[group].type = number;
    d->spans[d->n] = (struct span){.start = span.start,
                                   .end = span.end,
                                   .type = number,
                                   .group = group,
                                   .attributes = TM_NONE,
                                   .order = d->next_order++};
    if (d->n && span_order(d->spans + d->n - 1, d->spans + d->n) > 0)
        d->is_sorted = 0;
    d->columns.start = NULL;
    return d->n++;
}

/* Names are few, and mostly differ in their length or their first byte. */
static inline int is_name(tm_str a, tm_str b) {
    return a.len == b.len && (!a.len || (a.data[0] == b.data[0] && memcmp(a.data, b.data, a.len) == 0));
}

/* The set's own copy of an attribute's name. */
static tm_str keep_name(tm_doc *doc, struct span_data *d, tm_str name) {
    for (uint32_t i = 0; i < d->n_names; i++)
        if (is_name(d->names[i], name))
            return d->names[i];
    tm_str copy = document_copy(doc, name);
    if (d->n_names < SPAN_NAMES)
        d->names[d->n_names++] = copy;
    return copy;
}

struct attribute *span_attribute(struct span_data *d, uint32_t first, tm_str name) {
    for (uint32_t i = first; i != TM_NONE; i = d->attributes[i].next)
        if (is_name(d->attributes[i].name, name))
            return d->attributes + i;
    return NULL;
}

void span_set_attribute(tm_doc *doc, struct span_data *d, uint32_t *first, tm_str name, const tm_value *value,
                        tm_str raw) {
    uint32_t last = TM_NONE;
    for (uint32_t i = *first; i != TM_NONE; last = i, i = d->attributes[i].next) {
        if (is_name(d->attributes[i].name, name)) {
            d->attributes[i].value = *value;
            d->attributes[i].raw = raw;
            return;
        }
    }
    d->attributes =
        document_grow(doc->arena, d->attributes, d->n_attributes, &d->attributes_room, sizeof *d->attributes);
    *(last == TM_NONE ? first : &d->attributes[last].next) = d->n_attributes;
    d->attributes[d->n_attributes++] =
        (struct attribute){.name = keep_name(doc, d, name), .value = *value, .raw = raw, .next = TM_NONE};
}

/* A copy of a value whose text is the caller's; TM_EINVAL for what is none. */
static int32_t keep_value(tm_doc *doc, const tm_value *value, tm_value *out) {
    *out = *value;
    if (value->type == TM_V_TRUSTED) {
        if (!value->text.len)
            return TM_EINVAL;
        out->type = TM_V_RAW;
        out->text.data = arena_copy(doc->arena, value->text.data, value->text.len);
        return TM_OK;
    }
    if (value->type == TM_V_TEXT || value->type == TM_V_RAW) {
        if (value->type == TM_V_RAW && json_check_value(value->text.data, value->text.len, NULL) != 0)
            return TM_EINVAL;
        char *copy = arena_copy(doc->arena, value->text.data, value->text.len);
        if (value->type == TM_V_RAW)
            document_one_line(copy, value->text.len);
        out->text = (tm_str){copy, value->text.len};
    }
    return value->type > TM_V_RAW ? TM_EINVAL : TM_OK;
}

int32_t host_doc_spans_set(tm_spans *set, uint32_t span, tm_str name, const tm_value *value) {
    tm_value kept;
    if (span >= set->data->n || keep_value(set->doc, value, &kept) != TM_OK)
        return TM_EINVAL;
    struct span_data *d = own(set);
    span_set_attribute(set->doc, d, &d->spans[span].attributes, name, &kept, (tm_str){NULL, 0});
    return TM_OK;
}

int32_t host_doc_spans_set_group(tm_spans *set, uint32_t group, tm_str name, const tm_value *value) {
    tm_value kept;
    if (group >= set->data->n_groups || keep_value(set->doc, value, &kept) != TM_OK)
        return TM_EINVAL;
    struct span_data *d = own(set);
    span_set_attribute(set->doc, d, &d->groups[group].attributes, name, &kept, (tm_str){NULL, 0});
    return TM_OK;
}

static uint32_t get_attribute(tm_spans *set, uint32_t first, tm_str name, tm_value *out_value) {
    const struct attribute *a = span_attribute(set->data, first, name);
    tm_value value = {.type = TM_V_ABSENT};
    if (a)
        value = a->raw.data ? document_value(set->doc, a->raw.data, a->raw.len) : a->value;
    if (out_value)
        *out_value = value;
    return value.type;
}

uint32_t host_doc_spans_get(tm_spans *set, uint32_t span, tm_str name, tm_value *out_value) {
    return get_attribute(set, span < set->data->n ? set->data->spans[span].attributes : TM_NONE, name, out_value);
}

uint32_t host_doc_spans_get_group(tm_spans *set, uint32_t group, tm_str name, tm_value *out_value) {
    uint32_t first = group < set->data->n_groups ? set->data->groups[group].attributes : TM_NONE;
    uint32_t type = get_attribute(set, first, name, out_value);
    if (type != TM_V_ABSENT || !str_equal(name, TM_STR("type")) || group >= set->data->n_groups)
        return type;
    uint32_t number = set->data->groups[group].type;
    if (number == TM_NONE)
        return TM_V_ABSENT;
    if (out_value)
        *out_value = (tm_value){.type = TM_V_TEXT, .text = set->data->types[number]};
    return TM_V_TEXT;
}

int32_t host_doc_spans_columns(tm_spans *set, tm_span_columns *out_columns) {
    struct span_data *d = set->data;
    if (!d->columns.start) {
        span_data_sort(d);
        uint32_t *cells = arena_alloc(set->doc->arena, span_columns_bytes(d->n));
        for (uint32_t i = 0; i < d->n; i++) {
            cells[i] = d->spans[i].start;
            cells[d->n + i] = d->spans[i].end;
            cells[2 * d->n + i] = d->spans[i].type;
            cells[3 * d->n + i] = d->spans[i].group;
        }
        d->columns.start = cells;
        d->columns.end = cells + d->n;
        d->columns.type = cells + 2 * d->n;
        d->columns.group = cells + 3 * d->n;
    }
    d->columns.count = d->n;
    d->columns.n_groups = d->n_groups;
    *out_columns = d->columns;
    return TM_OK;
}

tm_str host_doc_spans_type(tm_spans *set, uint32_t type) {
    return type < set->data->n_types ? set->data->types[type] : (tm_str){NULL, 0};
}
