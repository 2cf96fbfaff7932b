/* record.c: a document from a record, a text or a parent; its id, source, original and text. What of a record is not
 * asked for is not decoded: a document that nothing touches costs its scan.
 */
#include "document.h"

#include "../json/memory.h"

#include <stdio.h>
#include <string.h>

/* Members of most records fit here; more are scanned a second time. */
#define FEW_MEMBERS 48u

void *document_grow_full(struct arena *arena, void *array, uint32_t *room, size_t size) {
    uint32_t more = *room ? *room * 2 : 8;
    void *grown = arena_resize(arena, array, *room * size, more * size);
    *room = more;
    return grown;
}

tm_str document_copy(tm_doc *doc, tm_str s) {
    return (tm_str){arena_copy(doc->arena, s.data, s.len), s.len};
}

static tm_doc *document_new(const struct doc_schema *schema, struct arena *arena, const struct doc_origin *origin) {
    tm_doc *doc = arena_zalloc(arena, sizeof *doc);
    doc->schema = schema;
    doc->arena = arena;
    doc->origin = *origin;
    tm_str source = document_copy(doc, str_of(origin->source)), id = document_copy(doc, str_of(origin->id));
    doc->origin.source = source.data;
    doc->origin.id = id.data;
    doc->text_member = TM_NONE;
    spans_sets_init(&doc->sets, arena);
    return doc;
}

static int bad(struct json_error *error, const char *code, size_t offset, const char *format, const char *field,
               const char *what) {
    if (error) {
        error->code = code;
        error->offset = offset;
        snprintf(error->message, sizeof error->message, format, field, what);
    }
    return -1;
}

static const char *type_name(unsigned type) {
    switch (type) {
    case JSON_NULL:
        return "null";
    case JSON_FALSE:
    case JSON_TRUE:
        return "true or false";
    case JSON_NUMBER:
        return "a number";
    case JSON_ARRAY:
        return "an array";
    default:
        return "an object";
    }
}

static int find_text(tm_doc *doc, struct json_error *error) {
    const char *field = doc->schema->text_field;
    doc->text_member = document_find_member(doc, str_of(field));
    if (doc->text_member == TM_NONE)
        return bad(error, "no-text", 0, "the record has no field \"%s\"%s; --text-field names another", field, "");
    const struct json_member *m = doc->members + doc->text_member;
    if (m->type != JSON_STRING)
        return bad(error, "text-type", m->value_start, "the field \"%s\" is %s; it must be a string", field,
                   type_name(m->type));
    if (m->value_len > TM_MAX_DOC)
        return bad(error, "too-long", m->value_start, "the field \"%s\" is longer than 1 GiB%s", field, "");
    return 0;
}

static tm_doc *read_record(const struct doc_schema *schema, struct arena *arena, const char *line, size_t len,
                           const struct doc_origin *origin, struct json_error *error) {
    struct json_member few[FEW_MEMBERS], *members = few;
    size_t count = 0;
    int result = json_scan_object(line, len, members, FEW_MEMBERS, &count, error);
    if (result == 0 && count > FEW_MEMBERS) {
        members = arena_alloc(arena, count * sizeof *members);
        result = json_scan_object(line, len, members, count, &count, error);
    }
    if (result != 0)
        return NULL;
    tm_doc *doc = document_new(schema, arena, origin);
    if (members == few) {
        members = arena_alloc(arena, count * sizeof *members);
        memcpy(members, few, count * sizeof *members);
    }
    doc->is_record = 1;
    doc->line = line;
    doc->line_len = len;
    doc->members = members;
    doc->n_members = (uint32_t)count;
    return find_text(doc, error) == 0 ? doc : NULL;
}

tm_doc *doc_from_record(const struct doc_schema *schema, struct arena *arena, const char *line, size_t len,
                        const struct doc_origin *origin, struct json_error *error) {
    struct json_error own;
    if (!error)
        error = &own;
    error->code = "";
    tm_doc *doc = read_record(schema, arena, line, len, origin, error);
    if (doc || !schema->replace_bad || strcmp(error->code, "utf8") != 0)
        return doc;
    char *mended = arena_alloc(arena, 3 * len + TM_PAD);
    size_t mended_len = utf8_replace(line, len, mended);
    memset(mended + mended_len, 0, TM_PAD);
    doc = read_record(schema, arena, mended, mended_len, origin, error);
    if (!doc)
        error->offset = utf8_replaced_from(line, len, error->offset);
    return doc;
}

tm_doc *doc_from_text(const struct doc_schema *schema, struct arena *arena, const char *text, size_t len,
                      const struct doc_origin *origin) {
    tm_doc *doc = document_new(schema, arena, origin);
    if (utf8_valid_prefix(text, len) != len) { /* what is written later is taken for valid */
        char *mended = arena_alloc(arena, 3 * len + TM_PAD);
        len = utf8_replace(text, len, mended);
        memset(mended + len, 0, TM_PAD);
        text = mended;
    }
    doc->original = doc->text = (tm_str){text, len};
    doc->has_text = 1;
    map_init(&doc->map, arena, (uint32_t)len);
    return doc;
}

static tm_uid child_uid(tm_uid parent, uint32_t n) {
    uint64_t x = parent.lo + 0x9e3779b97f4a7c15u * n;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (tm_uid){parent.hi ^ (x >> 31), x ^ parent.hi};
}

tm_doc *doc_child(tm_doc *parent, const char *text, size_t len) {
    char number[16];
    tm_str id = doc_id(parent);
    size_t n_len = (size_t)snprintf(number, sizeof number, "#%u", ++parent->n_emitted);
    char *own_id = arena_alloc(parent->arena, id.len + n_len);
    if (id.len)
        memcpy(own_id, id.data, id.len);
    memcpy(own_id + id.len, number, n_len);

    char *copy = arena_alloc(parent->arena, len + TM_PAD);
    if (len)
        memcpy(copy, text, len);
    memset(copy + len, 0, TM_PAD);

    tm_doc *doc = document_new(parent->schema, parent->arena, &parent->origin);
    doc->worker = parent->worker;
    doc->is_child = 1;
    doc->is_record = parent->is_record;
    doc->line = parent->line;
    doc->line_len = parent->line_len;
    doc->members = parent->members;
    doc->n_members = parent->n_members;
    doc->names = parent->names;
    doc->gone = doc->gone_before = parent->gone;
    doc->text_member = parent->text_member;
    doc->origin.uid = child_uid(parent->origin.uid, parent->n_emitted);
    doc->id = (tm_str){own_id, id.len + n_len};
    doc->original = doc->text = (tm_str){copy, len};
    doc->has_text = 1;
    doc->has_read_targets = 1; /* the parent's count in another text */
    map_init(&doc->map, doc->arena, (uint32_t)len);
    if (parent->n_fields) {
        doc->fields = arena_alloc(doc->arena, parent->n_fields * sizeof *doc->fields);
        memcpy(doc->fields, parent->fields, parent->n_fields * sizeof *doc->fields);
        doc->n_fields = doc->fields_room = parent->n_fields;
    }
    return doc;
}

static size_t raw_text_len(const tm_doc *doc) {
    return doc->members[doc->text_member].value_len - 2u;
}

static tm_str read_text(tm_doc *doc) {
    const struct json_member *m = doc->members + doc->text_member;
    const char *raw = doc->line + m->value_start + 1;
    size_t len = raw_text_len(doc);
    char *text = arena_alloc(doc->arena, len + TM_PAD);
    if (m->value_escaped)
        len = json_decode(raw, len, text);
    else
        memcpy(text, raw, len);
    memset(text + len, 0, TM_PAD);
    return (tm_str){text, len};
}

void document_forget_original(tm_doc *doc) {
    size_t bytes = doc->is_record && !doc->is_child ? raw_text_len(doc) + TM_PAD : 0;
    if (bytes < ARENA_LARGE || doc->original_is_seen)
        return;
    doc->original.data = arena_resize(doc->arena, (char *)(uintptr_t)doc->original.data, bytes, 0);
}

void document_need_text(tm_doc *doc) {
    if (doc->has_text)
        return;
    doc->original = doc->text = read_text(doc);
    doc->has_text = 1;
    map_init(&doc->map, doc->arena, (uint32_t)doc->text.len);
}

tm_str document_member_name(tm_doc *doc, uint32_t member) {
    const struct json_member *m = doc->members + member;
    if (!m->key_escaped)
        return (tm_str){doc->line + m->key_start, m->key_len};
    if (!doc->names)
        doc->names = arena_zalloc(doc->arena, doc->n_members * sizeof *doc->names);
    tm_str *name = doc->names + member;
    if (!name->data) {
        char *decoded = arena_alloc(doc->arena, m->key_len);
        name->len = json_decode(doc->line + m->key_start, m->key_len, decoded);
        name->data = decoded;
    }
    return *name;
}

uint32_t document_find_member(tm_doc *doc, tm_str name) {
    for (uint32_t i = 0; i < doc->n_members; i++) {
        const struct json_member *m = doc->members + i;
        if (doc->gone && doc->gone[i])
            continue;
        if (m->key_escaped ? str_equal(document_member_name(doc, i), name)
                           : m->key_len == name.len && memcmp(doc->line + m->key_start, name.data, name.len) == 0)
            return i;
    }
    return TM_NONE;
}

tm_str doc_id(tm_doc *doc) {
    if (doc->id.data)
        return doc->id;
    uint32_t i = doc->is_record ? document_find_member(doc, str_of(doc->schema->id_field)) : TM_NONE;
    if (i != TM_NONE) {
        const struct json_member *m = doc->members + i;
        if (m->type == JSON_NUMBER)
            doc->id = (tm_str){doc->line + m->value_start, m->value_len};
        else if (m->type == JSON_STRING && m->value_len > 2)
            doc->id = document_value(doc, doc->line + m->value_start, m->value_len).text;
    }
    if (!doc->id.len)
        doc->id = str_of(doc->origin.id);
    return doc->id;
}

tm_str doc_source(tm_doc *doc) {
    return str_of(doc->origin.source);
}

tm_uid doc_uid(const tm_doc *doc) {
    return doc->origin.uid;
}

tm_str doc_text(tm_doc *doc) {
    document_need_text(doc);
    return doc->text;
}

tm_str doc_original(tm_doc *doc) {
    document_need_text(doc);
    doc->original_is_seen = 1;
    if (!doc->original.data)
        doc->original = read_text(doc);
    return doc->original;
}

uint32_t doc_cuts(const tm_doc *doc) {
    return doc->cuts;
}

void doc_set_worker(tm_doc *doc, struct doc_worker *worker) {
    doc->worker = worker;
}

struct doc_worker *doc_get_worker(const tm_doc *doc) {
    return doc->worker;
}

tm_str host_doc_text(tm_doc *doc) {
    return doc_text(doc);
}

tm_str host_doc_original(tm_doc *doc) {
    return doc_original(doc);
}

tm_str host_doc_id(tm_doc *doc) {
    return doc_id(doc);
}

tm_str host_doc_source(tm_doc *doc) {
    return doc_source(doc);
}

tm_uid host_doc_uid(tm_doc *doc) {
    return doc_uid(doc);
}

tm_str host_doc_title(tm_doc *doc) {
    tm_value value;
    const char *field = doc->schema->title_field;
    if (field && doc_get(doc, field, strlen(field), &value) == TM_V_TEXT && value.text.len)
        return value.text;
    return (tm_str){NULL, 0};
}

tm_span host_doc_to_original(tm_doc *doc, tm_span now) {
    document_need_text(doc);
    return map_to_original(&doc->map, now);
}

tm_span host_doc_from_original(tm_doc *doc, tm_span original) {
    document_need_text(doc);
    return map_from_original(&doc->map, original);
}
