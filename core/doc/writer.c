/* writer.c: builds a field's JSON value piece by piece. It watches the order of the calls, so that what stands in the
 * record in the end is always JSON: a value that was built wrongly is not taken, and write_end says so.
 */
#include "document.h"

#include "../json/write.h"

#include <string.h>

int writer_is_open(const tm_doc *doc) {
    return doc->writer && doc->writer->field;
}

void writer_drop(tm_doc *doc) {
    if (!doc->writer)
        return;
    buffer_deinit(&doc->writer->bytes);
    doc->writer->field = 0;
}

tm_writer *host_doc_write_begin(tm_doc *doc, tm_field field) {
    if (!doc->writer)
        doc->writer = arena_alloc(doc->arena, sizeof *doc->writer);
    else
        writer_drop(doc);
    memset(doc->writer, 0, sizeof *doc->writer);
    doc->writer->doc = doc;
    doc->writer->field = field ? field : TM_NONE;
    return doc->writer;
}

int32_t host_doc_write_end(tm_writer *w) {
    if (!w->field)
        return TM_EINVAL;
    int32_t result = TM_EINVAL;
    if (!w->misused && !w->depth && w->has_value) {
        tm_value value = {.type = TM_V_RAW};
        value.text = document_copy(w->doc, (tm_str){w->bytes.data, w->bytes.len});
        char first = value.text.data[0];
        if (first != '{' && first != '[')
            value = document_value(w->doc, value.text.data, value.text.len);
        if (value.type == TM_V_NUMBER) { /* as many decimals as were written */
            value.type = TM_V_RAW;
            value.text = document_copy(w->doc, (tm_str){w->bytes.data, w->bytes.len});
        }
        result = document_set_field(w->doc, w->field, &value);
    } else {
        document_misuse(w->doc, result, "what it wrote into a field is no JSON value");
    }
    writer_drop(w->doc);
    return result;
}

static int bit(const uint64_t *bits, uint32_t i) {
    return (bits[i >> 6] >> (i & 63)) & 1;
}

static void set_bit(uint64_t *bits, uint32_t i, int on) {
    uint64_t one = (uint64_t)1 << (i & 63);
    bits[i >> 6] = on ? bits[i >> 6] | one : bits[i >> 6] & ~one;
}

/* What must stand before a value; 0 where none may stand here. */
static int begin_value(tm_writer *w) {
    if (!w->field || w->misused)
        return 0;
    if (!w->depth) {
        w->misused = w->has_value;
        w->has_value = 1;
        return !w->misused;
    }
    uint32_t level = w->depth - 1;
    if (bit(w->is_object, level)) {
        w->misused = !w->has_key;
        w->has_key = 0;
        return !w->misused;
    }
    if (bit(w->has_members, level))
        buffer_add_char(&w->bytes, ',');
    set_bit(w->has_members, level, 1);
    return 1;
}

static void open_level(tm_writer *w, int is_object) {
    if (!begin_value(w))
        return;
    if (w->depth == JSON_MAX_DEPTH - 1) { /* the record is a level itself */
        w->misused = 1;
        return;
    }
    set_bit(w->is_object, w->depth, is_object);
    set_bit(w->has_members, w->depth, 0);
    w->depth++;
    buffer_add_char(&w->bytes, is_object ? '{' : '[');
}

void host_doc_write_object(tm_writer *w) {
    open_level(w, 1);
}

void host_doc_write_array(tm_writer *w) {
    open_level(w, 0);
}

void host_doc_write_close(tm_writer *w) {
    if (!w->depth || w->has_key || w->misused) {
        w->misused = 1;
        return;
    }
    w->depth--;
    buffer_add_char(&w->bytes, bit(w->is_object, w->depth) ? '}' : ']');
}

void host_doc_write_key(tm_writer *w, tm_str key) {
    if (!w->field || w->misused || !w->depth || w->has_key || !bit(w->is_object, w->depth - 1) ||
        (key.len && memchr(key.data, '\0', key.len))) {
        w->misused = 1;
        return;
    }
    if (bit(w->has_members, w->depth - 1))
        buffer_add_char(&w->bytes, ',');
    set_bit(w->has_members, w->depth - 1, 1);
    json_write_text(&w->bytes, key.data, key.len);
    buffer_add_char(&w->bytes, ':');
    w->has_key = 1;
}

void host_doc_write_text(tm_writer *w, tm_str text) {
    if (begin_value(w))
        json_write_text(&w->bytes, text.data, text.len);
}

void host_doc_write_int(tm_writer *w, int64_t n) {
    if (begin_value(w))
        json_write_int(&w->bytes, n);
}

void host_doc_write_number(tm_writer *w, double x, uint32_t decimals) {
    if (begin_value(w))
        json_write_number(&w->bytes, x, decimals);
}

void host_doc_write_bool(tm_writer *w, int32_t yes) {
    if (begin_value(w))
        buffer_add_string(&w->bytes, yes ? "true" : "false");
}

void host_doc_write_null(tm_writer *w) {
    if (begin_value(w))
        buffer_add_string(&w->bytes, "null");
}

void host_doc_write_raw(tm_writer *w, tm_str json) {
    if (!json.len) {
        w->misused = 1;
    } else if (begin_value(w)) {
        buffer_add(&w->bytes, json.data, json.len);
        document_one_line(w->bytes.data + w->bytes.len - json.len, json.len);
    }
}
