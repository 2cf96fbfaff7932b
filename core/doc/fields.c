/* fields.c: the fields of a document: those that came in, as bytes; those that stages set, as values; and what is not a
 * field of the record but reads like one (text.bytes, source, a span set). Cursors over arrays and objects.
 */
#include "document.h"

#include "../json/write.h"

#include <math.h>
#include <string.h>

static tm_value value_of_type(uint32_t type) {
    return (tm_value){.type = type};
}

static tm_value value_of_text(tm_str text) {
    return (tm_value){.type = TM_V_TEXT, .text = text};
}

tm_value document_value(tm_doc *doc, const char *json, size_t len) {
    tm_value value = {.type = TM_V_RAW, .text = {json, len}};
    switch (len ? json_type_of(json[0]) : JSON_NULL) {
    case JSON_NULL:
        return value_of_type(TM_V_NULL);
    case JSON_TRUE:
    case JSON_FALSE:
        value = value_of_type(TM_V_BOOL);
        value.integer = json[0] == 't';
        return value;
    case JSON_STRING:
        if (len < 2)
            return value_of_text((tm_str){json, 0});
        if (memchr(json + 1, '\\', len - 2)) {
            char *decoded = arena_alloc(doc->arena, len);
            size_t n = json_decode(json + 1, len - 2, decoded);
            return value_of_text((tm_str){decoded, n});
        }
        return value_of_text((tm_str){json + 1, len - 2});
    case JSON_NUMBER: {
        int64_t integer;
        if (json_integer(json, len, &integer)) {
            value.type = TM_V_INT;
            value.integer = integer;
            value.number = (double)integer;
            return value;
        }
        double number = json_number(json, len);
        int is_whole = !memchr(json, '.', len) && !memchr(json, 'e', len) && !memchr(json, 'E', len);
        if (isfinite(number) && !is_whole) {
            value.type = TM_V_NUMBER;
            value.number = number;
        }
        return value;
    }
    default:
        return value;
    }
}

void document_one_line(char *json, size_t len) {
    if (!len || (!memchr(json, '\n', len) && !memchr(json, '\r', len)))
        return;
    for (size_t i = 0; i < len; i++)
        if (json[i] == '\n' || json[i] == '\r')
            json[i] = ' ';
}

void document_write_value(const tm_value *value, struct buffer *out) {
    if ((value->type == TM_V_INT || value->type == TM_V_NUMBER) && value->text.len) {
        buffer_add(out, value->text.data, value->text.len); /* as it was given */
        return;
    }
    switch (value->type) {
    case TM_V_BOOL:
        buffer_add_string(out, value->integer ? "true" : "false");
        break;
    case TM_V_INT:
        json_write_int(out, value->integer);
        break;
    case TM_V_NUMBER:
        json_write_number(out, value->number, 4);
        break;
    case TM_V_TEXT:
        json_write_text(out, value->text.data, value->text.len);
        break;
    case TM_V_RAW:
        buffer_add(out, value->text.data, value->text.len);
        break;
    default:
        buffer_add_string(out, "null");
    }
}

struct field_value *document_find_field(tm_doc *doc, tm_str name) {
    for (uint32_t i = 0; i < doc->n_fields; i++) {
        size_t len;
        const char *own = field_names_get(doc->schema->fields, doc->fields[i].field, &len);
        if (len == name.len && memcmp(own, name.data, len) == 0)
            return doc->fields + i;
    }
    return NULL;
}

/* The top-level field of that name. */
static tm_value get_top(tm_doc *doc, tm_str name) {
    const struct doc_schema *schema = doc->schema;
    const struct field_value *set = document_find_field(doc, name);
    if (set)
        return set->value;
    if (str_equal(name, str_of(schema->text_field)))
        return value_of_text(doc_text(doc));
    const tm_spans *spans = spans_find(&doc->sets, name);
    int is_id = str_equal(name, str_of(schema->id_field));
    uint32_t member = doc->is_record && !(is_id && doc->is_child) ? document_find_member(doc, name) : TM_NONE;
    if (spans && !spans_is_hidden(spans) && !(member != TM_NONE && spans_is_untouched(spans))) {
        struct buffer json;
        buffer_init(&json);
        spans_write(spans_find(&doc->sets, name), &json);
        tm_value value = value_of_type(TM_V_RAW);
        value.text = document_copy(doc, (tm_str){json.data, json.len});
        buffer_deinit(&json);
        return value;
    }
    if (member != TM_NONE)
        return document_value(doc, doc->line + doc->members[member].value_start, doc->members[member].value_len);
    if (is_id)
        return value_of_text(doc_id(doc));
    if (str_equal(name, TM_STR("source")))
        return value_of_text(doc_source(doc));
    return value_of_type(TM_V_ABSENT);
}

/* An element of an array's JSON: the path's part is its number, from 0. */
static tm_value get_element(tm_doc *doc, tm_str json, tm_str number) {
    size_t at = 1;
    struct json_member m;
    uint64_t wanted = 0;
    if (!number.len || number.len > 9)
        return value_of_type(TM_V_ABSENT);
    for (uint64_t i = 0; i < number.len; i++) {
        if (number.data[i] < '0' || number.data[i] > '9')
            return value_of_type(TM_V_ABSENT);
        wanted = wanted * 10 + (uint64_t)(number.data[i] - '0');
    }
    while (json_next(json.data, json.len, &at, 0, &m))
        if (wanted-- == 0)
            return document_value(doc, json.data + m.value_start, m.value_len);
    return value_of_type(TM_V_ABSENT);
}

/* A member of an object's JSON, or an element of an array's. */
static tm_value get_inside(tm_doc *doc, tm_str json, tm_str name) {
    size_t at = 1;
    struct json_member m;
    if (json.len && json.data[0] == '[')
        return get_element(doc, json, name);
    if (!json.len || json.data[0] != '{')
        return value_of_type(TM_V_ABSENT);
    while (json_next(json.data, json.len, &at, 1, &m)) {
        tm_str key = {json.data + m.key_start, m.key_len};
        if (m.key_escaped) {
            char *decoded = arena_alloc(doc->arena, key.len);
            key.len = json_decode(key.data, key.len, decoded);
            key.data = decoded;
        }
        if (str_equal(key, name))
            return document_value(doc, json.data + m.value_start, m.value_len);
    }
    return value_of_type(TM_V_ABSENT);
}

uint32_t doc_get(tm_doc *doc, const char *path, size_t path_len, tm_value *out) {
    tm_str name = {path, path_len};
    tm_value value = get_top(doc, name);
    const char *point = value.type == TM_V_ABSENT ? memchr(path, '.', path_len) : NULL;
    if (point) {
        tm_str head = {path, (uint64_t)(point - path)};
        if (str_equal(name, TM_STR("text.bytes"))) {
            value = value_of_type(TM_V_INT);
            value.integer = (int64_t)doc_text(doc).len;
            value.number = (double)value.integer;
        } else {
            value = get_top(doc, head);
            while (point && value.type != TM_V_ABSENT) {
                const char *part = point + 1;
                size_t rest = path_len - (size_t)(part - path);
                point = memchr(part, '.', rest);
                tm_str key = {part, point ? (uint64_t)(point - part) : rest};
                value = value.type == TM_V_RAW ? get_inside(doc, value.text, key) : value_of_type(TM_V_ABSENT);
            }
        }
    }
    if (out)
        *out = value;
    return value.type;
}

uint32_t host_doc_get(tm_doc *doc, tm_field field, tm_value *out_value) {
    size_t len;
    const char *name = field_names_get(doc->schema->fields, field, &len);
    if (!name) {
        if (out_value)
            *out_value = value_of_type(TM_V_ABSENT);
        return TM_V_ABSENT;
    }
    return doc_get(doc, name, len, out_value);
}

/* Fields that the core writes itself, and paths: nothing to set. */
static int is_settable(const tm_doc *doc, tm_field field) {
    size_t len;
    const char *data = field_names_get(doc->schema->fields, field, &len);
    tm_str name = {data, len};
    if (!data || memchr(data, '.', len) || str_equal(name, str_of(doc->schema->text_field)))
        return 0;
    return !str_equal(name, TM_STR("removed")) && !str_equal(name, TM_STR("edits")) &&
           !str_equal(name, TM_STR("errors")) && !str_equal(name, TM_STR("skipped"));
}

int32_t document_set_field(tm_doc *doc, tm_field field, const tm_value *value) {
    if (!is_settable(doc, field))
        return document_misuse(doc, TM_EINVAL,
                               "it sets what is no field of its own: a bad handle, a path, or the text");
    uint32_t i = 0;
    while (i < doc->n_fields && doc->fields[i].field != field)
        i++;
    if (doc->in_turn) {
        doc->field_undo = document_grow(doc->arena, doc->field_undo, doc->n_field_undo, &doc->field_undo_room,
                                        sizeof *doc->field_undo);
        struct field_undo *undo = doc->field_undo + doc->n_field_undo++;
        *undo = (struct field_undo){.index = i, .was_set = i < doc->n_fields};
        if (undo->was_set)
            undo->value = doc->fields[i].value;
    }
    if (i == doc->n_fields) {
        doc->fields = document_grow(doc->arena, doc->fields, doc->n_fields, &doc->fields_room, sizeof *doc->fields);
        doc->fields[doc->n_fields++] = (struct field_value){.field = field};
    }
    doc->fields[i].value = *value;
    return TM_OK;
}

void fields_undo(tm_doc *doc) {
    while (doc->n_field_undo) {
        const struct field_undo *undo = doc->field_undo + --doc->n_field_undo;
        if (undo->was_set)
            doc->fields[undo->index].value = undo->value;
        else
            doc->n_fields = undo->index;
    }
}

int32_t host_doc_set(tm_doc *doc, tm_field field, const tm_value *value) {
    tm_value own = value_of_type(value->type);
    switch (value->type) {
    case TM_V_ABSENT:
    case TM_V_NULL:
        break;
    case TM_V_BOOL:
        own.integer = value->integer != 0;
        break;
    case TM_V_INT:
        own.integer = value->integer;
        own.number = (double)value->integer;
        break;
    case TM_V_NUMBER:
        if (isfinite(value->number))
            own.number = value->number;
        else
            own.type = TM_V_NULL;
        break;
    case TM_V_TEXT:
        if (utf8_valid_prefix(value->text.data, value->text.len) == value->text.len) {
            own.text = document_copy(doc, value->text);
        } else {
            char *mended = arena_alloc(doc->arena, 3 * value->text.len);
            own.text = (tm_str){mended, utf8_replace(value->text.data, value->text.len, mended)};
        }
        break;
    case TM_V_RAW: {
        if (!value->text.len || json_check_value(value->text.data, value->text.len, NULL) != 0)
            return document_misuse(doc, TM_EINVAL, "it sets a field to what is no JSON");
        char *copy = arena_copy(doc->arena, value->text.data, value->text.len);
        document_one_line(copy, value->text.len);
        own = document_value(doc, copy, value->text.len); /* for later stages a text is a text, and a number one */
        break;
    }
    default:
        return TM_EINVAL;
    }
    return document_set_field(doc, field, &own);
}

int32_t host_doc_value_cursor(tm_doc *doc, const tm_value *value, tm_cursor *out_cursor) {
    if (value->type == TM_V_ABSENT)
        return TM_ENOENT;
    const char *json = value->text.data;
    if (value->type != TM_V_RAW || !value->text.len || (json[0] != '[' && json[0] != '{'))
        return TM_ETYPE;
    *out_cursor = (tm_cursor){.doc = doc, .at = json + 1, .end = json + value->text.len, .is_object = json[0] == '{'};
    return TM_OK;
}

int32_t host_doc_field_cursor(tm_doc *doc, tm_field field, tm_cursor *out_cursor) {
    tm_value value;
    host_doc_get(doc, field, &value);
    return host_doc_value_cursor(doc, &value, out_cursor);
}

int32_t host_doc_next(tm_cursor *cursor, tm_str *out_key, tm_value *out_value) {
    struct json_member m;
    size_t at = 0;
    size_t len = (size_t)(cursor->end - cursor->at);
    if (!json_next(cursor->at, len, &at, cursor->is_object != 0, &m))
        return 0;
    if (out_key) {
        *out_key = (tm_str){cursor->at + m.key_start, m.key_len};
        if (m.key_escaped) {
            char *decoded = arena_alloc(cursor->doc->arena, m.key_len);
            *out_key = (tm_str){decoded, json_decode(cursor->at + m.key_start, m.key_len, decoded)};
        }
    }
    if (out_value)
        *out_value = document_value(cursor->doc, cursor->at + m.value_start, m.value_len);
    cursor->at += at;
    return 1;
}
