/* output.c: the record of a document. What came in goes out in its order and with its bytes, values that stages set
 * stand in their places, new ones behind.
 */
#include "document.h"

#include "../json/write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A record being written: is a comma due? */
struct output {
    struct buffer *to;
    int any;
    uint64_t sets_written; /* a bit each, for the first 64 */
};

static void key(struct output *o, tm_str name) {
    buffer_add_char(o->to, o->any ? ',' : '{');
    o->any = 1;
    json_write_text(o->to, name.data, name.len);
    buffer_add_char(o->to, ':');
}

/* The key as it came. */
static void raw_key(struct output *o, const tm_doc *doc, const struct json_member *m) {
    buffer_add_char(o->to, o->any ? ',' : '{');
    o->any = 1;
    buffer_add(o->to, doc->line + m->key_start - 1, m->key_len + 2u);
    buffer_add_char(o->to, ':');
}

static void write_place(struct buffer *out, tm_span span) {
    buffer_add_string(out, "{\"start\":");
    json_write_uint(out, span.start);
    buffer_add_string(out, ",\"end\":");
    json_write_uint(out, span.end);
}

/* A word behind its key, which is given as it stands in the record. */
static void write_word(struct buffer *out, tm_str key, tm_str word) {
    if (!word.len)
        return;
    buffer_add(out, key.data, key.len);
    json_write_text(out, word.data, word.len);
}

static int order_removed(const void *left, const void *right) {
    const struct made_edit *a = *(struct made_edit *const *)left, *b = *(struct made_edit *const *)right;
    if (a->original.start != b->original.start)
        return a->original.start < b->original.start ? -1 : 1;
    if (a->original.end != b->original.end)
        return a->original.end > b->original.end ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* The cuts in the order of the original, an outer one before those inside it. */
static void write_removed(tm_doc *doc, struct buffer *out) {
    struct made_edit **cuts = arena_alloc(doc->arena, doc->n_made * sizeof *cuts);
    size_t n = 0;
    for (uint32_t i = 0; i < doc->n_made; i++)
        if (doc->made[i].is_cut)
            cuts[n++] = doc->made + i;
    qsort(cuts, n, sizeof *cuts, order_removed);
    buffer_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct made_edit *m = cuts[i];
        if (i)
            buffer_add_char(out, ',');
        write_place(out, m->original);
        write_word(out, TM_STR(",\"kind\":"), m->kind);
        write_word(out, TM_STR(",\"stage\":"), str_of(m->stage));
        write_word(out, TM_STR(",\"rule\":"), m->rule);
        if (isfinite(m->score)) {
            buffer_add_string(out, ",\"score\":");
            json_write_number(out, m->score, 4);
        }
        if (m->n_evidence) {
            buffer_add_string(out, ",\"duplicate_of\":[");
            for (uint32_t j = 0; j < m->n_evidence; j++) {
                if (j)
                    buffer_add_char(out, ',');
                write_place(out, m->evidence[j]);
                buffer_add_char(out, '}');
            }
            buffer_add_char(out, ']');
        }
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
}

static void write_edits(const tm_doc *doc, struct buffer *out) {
    buffer_add_char(out, '[');
    for (uint32_t i = 0; i < doc->n_made; i++) {
        const struct made_edit *m = doc->made + i;
        if (i)
            buffer_add_char(out, ',');
        write_place(out, m->original);
        if (m->text.data) {
            buffer_add_string(out, ",\"text\":");
            json_write_valid(out, m->text.data, m->text.len);
        }
        write_word(out, TM_STR(",\"kind\":"), m->kind);
        write_word(out, TM_STR(",\"stage\":"), str_of(m->stage));
        write_word(out, TM_STR(",\"rule\":"), m->rule);
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
}

static void write_notes(const struct notes *notes, int are_errors, struct buffer *out) {
    buffer_add_char(out, '[');
    for (const struct note *n = notes->first; n; n = n->next) {
        buffer_add_string(out, n == notes->first ? "{\"stage\":" : ",{\"stage\":");
        json_write_text(out, n->stage, strlen(n->stage));
        buffer_add_string(out, are_errors ? ",\"code\":" : ",\"reason\":");
        json_write_text(out, n->what.data, n->what.len);
        if (are_errors) {
            buffer_add_string(out, ",\"message\":");
            json_write_text(out, n->message.data, n->message.len);
        }
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
}

/* The value of a field that the core writes itself; 0 where this record has none of that name. */
static int write_own(tm_doc *doc, tm_str name, struct buffer *out) {
    if (doc->schema->has_editors && str_equal(name, TM_STR("removed")))
        write_removed(doc, out);
    else if (doc->schema->has_editors && doc->schema->with_edits && str_equal(name, TM_STR("edits")))
        write_edits(doc, out);
    else if (doc->errors.count && str_equal(name, TM_STR("errors")))
        write_notes(&doc->errors, 1, out);
    else if (doc->skipped.count && str_equal(name, TM_STR("skipped")))
        write_notes(&doc->skipped, 0, out);
    else
        return 0;
    return 1;
}

/* What an earlier run said of its edits is no longer so. */
static int is_stale(const tm_doc *doc, tm_str name) {
    return doc->schema->has_editors &&
           (str_equal(name, TM_STR("removed")) || str_equal(name, TM_STR("edits")) || str_equal(name, TM_STR("dedup")));
}

static int is_owned(const tm_doc *doc, tm_str name) {
    return (doc->errors.count && str_equal(name, TM_STR("errors"))) ||
           (doc->skipped.count && str_equal(name, TM_STR("skipped")));
}

/* The visible set of that name that must be written anew. */
static tm_spans *find_set(const tm_doc *doc, tm_str name, uint32_t *out_index) {
    for (uint32_t i = 0; i < doc->sets.count; i++) {
        tm_spans *set = doc->sets.list[i];
        if (!spans_is_hidden(set) && !spans_is_untouched(set) && str_equal(spans_name(set), name)) {
            *out_index = i;
            return set;
        }
    }
    return NULL;
}

static void mark_set(struct output *o, uint32_t index) {
    if (index < 64)
        o->sets_written |= (uint64_t)1 << index;
}

static void write_member(tm_doc *doc, uint32_t i, struct output *o) {
    if (doc->gone && doc->gone[i])
        return;
    const struct json_member *m = doc->members + i;
    tm_str name = document_member_name(doc, i);
    struct field_value *field = document_find_field(doc, name);
    uint32_t set_index;
    tm_spans *set = find_set(doc, name, &set_index);
    if (set)
        mark_set(o, set_index);
    if (field) {
        field->written = 1;
        if (field->value.type == TM_V_ABSENT)
            return;
        raw_key(o, doc, m);
        document_write_value(&field->value, o->to);
        return;
    }
    if (i == doc->text_member && (doc->is_edited || doc->is_child)) {
        raw_key(o, doc, m);
        json_write_valid(o->to, doc->text.data, doc->text.len);
        return;
    }
    if (set) {
        raw_key(o, doc, m);
        spans_write(set, o->to);
        return;
    }
    if (is_stale(doc, name) || (doc->is_child && str_equal(name, TM_STR("targets"))))
        return;
    if (is_owned(doc, name)) {
        raw_key(o, doc, m);
        write_own(doc, name, o->to);
        return;
    }
    raw_key(o, doc, m);
    if (doc->is_child && str_equal(name, str_of(doc->schema->id_field)))
        json_write_text(o->to, doc->id.data, doc->id.len);
    else
        buffer_add(o->to, doc->line + m->value_start, m->value_len);
}

static void write_set_field(struct output *o, const tm_doc *doc, struct field_value *field) {
    size_t len;
    const char *name = field_names_get(doc->schema->fields, field->field, &len);
    field->written = 1;
    if (field->value.type == TM_V_ABSENT)
        return;
    key(o, (tm_str){name, len});
    document_write_value(&field->value, o->to);
}

/* A field that every record has, by what a stage set or by this. */
static void write_given(struct output *o, tm_doc *doc, tm_str name, tm_str value) {
    struct field_value *field = document_find_field(doc, name);
    if (field) {
        if (!field->written)
            write_set_field(o, doc, field);
        return;
    }
    key(o, name);
    if (value.data)
        json_write_text(o->to, value.data, value.len);
    else
        buffer_add_string(o->to, "null");
}

/* Fields that stages set and that did not come in, by handle, so that their order is that of the pipeline. */
static void write_new_fields(struct output *o, tm_doc *doc) {
    for (;;) {
        struct field_value *least = NULL;
        for (uint32_t i = 0; i < doc->n_fields; i++) {
            struct field_value *f = doc->fields + i;
            if (!f->written && (!least || f->field < least->field))
                least = f;
        }
        if (!least)
            return;
        write_set_field(o, doc, least);
    }
}

static int has_member(tm_doc *doc, tm_str name) {
    return doc->is_record && document_find_member(doc, name) != TM_NONE;
}

void doc_write_record(tm_doc *doc, struct buffer *out) {
    const struct doc_schema *schema = doc->schema;
    int has_notes = doc->errors.count || doc->skipped.count;
    if (doc->is_record && !doc->is_child && !schema->has_writers && !has_notes && !doc->is_edited && !doc->n_fields) {
        buffer_add(out, doc->line, doc->line_len);
        return;
    }
    document_free_layers(doc); /* the record may be long, too */
    if (doc->text.len)
        buffer_reserve(out, doc->text.len + doc->text.len / 2);
    struct output o = {.to = out};
    tm_str id_field = str_of(schema->id_field), source = TM_STR("source");
    for (uint32_t i = 0; i < doc->n_fields; i++)
        doc->fields[i].written = 0;
    if (doc->is_record) {
        for (uint32_t i = 0; i < doc->n_members; i++)
            write_member(doc, i, &o);
        if (schema->has_writers) {
            if (!has_member(doc, id_field))
                write_given(&o, doc, id_field, doc_id(doc));
            if (!has_member(doc, source))
                write_given(&o, doc, source, doc_source(doc));
        }
    } else {
        write_given(&o, doc, id_field, doc_id(doc));
        write_given(&o, doc, source, doc_source(doc));
        write_given(&o, doc, str_of(schema->title_field), (tm_str){NULL, 0});
        key(&o, str_of(schema->text_field));
        json_write_valid(out, doc->text.data, doc->text.len);
    }
    if (doc->origin.encoding && !has_member(doc, TM_STR("encoding")))
        write_given(&o, doc, TM_STR("encoding"), str_of(doc->origin.encoding));
    write_new_fields(&o, doc);
    for (uint32_t i = 0; i < doc->sets.count; i++) {
        tm_spans *set = doc->sets.list[i];
        tm_str name = spans_name(set);
        if (spans_is_hidden(set) || spans_is_untouched(set) || (i < 64 && (o.sets_written >> i & 1)) ||
            has_member(doc, name) || document_find_field(doc, name))
            continue;
        key(&o, name);
        spans_write(set, out);
    }
    static const char *const own[] = {"removed", "edits", "errors", "skipped"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        tm_str name = str_of(own[i]);
        if (is_owned(doc, name) && has_member(doc, name))
            continue; /* stands in its place */
        size_t before = out->len;
        int any = o.any;
        key(&o, name);
        if (!write_own(doc, name, out)) {
            out->len = before;
            o.any = any;
        }
    }
    buffer_add_string(out, o.any ? "}" : "{}");
}

void doc_write_fields(tm_doc *doc, const char *const *fields, size_t n, struct buffer *out) {
    struct output o = {.to = out};
    for (size_t i = 0; i < n; i++) {
        tm_str name = str_of(fields[i]);
        size_t before = out->len;
        int any = o.any;
        key(&o, name);
        if (write_own(doc, name, out))
            continue;
        tm_value value;
        uint32_t member = has_member(doc, name) ? document_find_member(doc, name) : TM_NONE;
        uint32_t set_index;
        int is_raw = member != TM_NONE && !document_find_field(doc, name) && !find_set(doc, name, &set_index) &&
                     !(member == doc->text_member && (doc->is_edited || doc->is_child)) &&
                     !(doc->is_child && str_equal(name, str_of(doc->schema->id_field)));
        if (is_stale(doc, name) && !document_find_field(doc, name)) {
            out->len = before;
            o.any = any;
        } else if (is_raw) {
            buffer_add(out, doc->line + doc->members[member].value_start, doc->members[member].value_len);
        } else if (doc_get(doc, name.data, name.len, &value) != TM_V_ABSENT) {
            document_write_value(&value, out);
        } else if (doc->origin.encoding && str_equal(name, TM_STR("encoding"))) {
            json_write_text(out, doc->origin.encoding, strlen(doc->origin.encoding));
        } else if (!doc->is_record && str_equal(name, str_of(doc->schema->title_field))) {
            buffer_add_string(out, "null");
        } else {
            out->len = before;
            o.any = any;
        }
    }
    buffer_add_string(out, o.any ? "}" : "{}");
}

void doc_write_input(tm_doc *doc, struct buffer *out) {
    if (doc->is_record && !doc->is_child)
        buffer_add(out, doc->line, doc->line_len);
    else
        json_write_valid(out, doc->original.data, doc->original.len);
}
