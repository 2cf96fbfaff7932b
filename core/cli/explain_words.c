/* explain_words.c: what a stage found and how it ended, in few words. What comes out may hold bytes of the document:
 * whoever shows it makes it harmless (explain_show.c).
 */
#include "explain.h"

#include "../doc/host_doc.h"
#include "../json/write.h"

#include <string.h>

uint32_t explain_member(tm_doc *doc, const tm_value *object, const char *name, tm_value *out) {
    tm_cursor cursor;
    tm_str key;
    if (object->type == TM_V_RAW && host_doc_value_cursor(doc, object, &cursor) == TM_OK && cursor.is_object)
        while (host_doc_next(&cursor, &key, out))
            if (strlen(name) == key.len && memcmp(name, key.data, key.len) == 0)
                return out->type;
    *out = (tm_value){.type = TM_V_ABSENT};
    return TM_V_ABSENT;
}

int explain_same(tm_str a, tm_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

uint32_t explain_count(const struct explain *x, size_t stage, const struct explain_kind *kind) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n_cuts; i++)
        n += x->cuts[i]->stage == stage && explain_same(x->cuts[i]->look.kind, kind->name);
    return n;
}

tm_str explain_name(const struct explain *x, const struct explain_mark *m) {
    return m->name.len ? m->name : (tm_str){x->text.data + m->now.start, m->now.end - m->now.start};
}

size_t explain_line(const struct explain *x, uint32_t offset) {
    size_t low = 0, high = x->n_lines;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (x->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

tm_str explain_beginning(const struct explain *x, tm_span span, size_t most, int *out_more) {
    const char *data = x->original.data + span.start, *end = x->original.data + span.end;
    while (data < end && is_white(*data))
        data++;
    while (end > data && is_white(end[-1]))
        end--;
    const char *stop = end > data ? memchr(data, '\n', (size_t)(end - data)) : NULL;
    if (!stop)
        stop = end;
    if ((size_t)(stop - data) > most) {
        stop = data + most;
        while (stop > data && (*stop & 0xc0) == 0x80)
            stop--;
    }
    *out_more = stop < end;
    while (stop > data && is_white(stop[-1]))
        stop--;
    return (tm_str){data, (uint64_t)(stop - data)};
}

static void put_short(tm_str s, size_t most, struct buffer *out) {
    size_t len = s.len;
    if (len > most) {
        len = most;
        while (len && (s.data[len] & 0xc0) == 0x80)
            len--;
    }
    buffer_add(out, s.data, len);
    if (len < s.len)
        buffer_add_string(out, "\xe2\x80\xa6");
}

static int put_number(tm_doc *doc, const tm_value *object, const char *name, struct buffer *out) {
    tm_value v;
    uint32_t type = explain_member(doc, object, name, &v);
    if (type != TM_V_NUMBER && type != TM_V_INT)
        return 0;
    buffer_addf(out, " %.2f", type == TM_V_INT ? (double)v.integer : v.number);
    return 1;
}

/* An object that has a name or a label, and perhaps a score. */
static int put_named(tm_doc *doc, const tm_value *object, size_t most, struct buffer *out) {
    tm_value v;
    if (explain_member(doc, object, "label", &v) != TM_V_TEXT && explain_member(doc, object, "name", &v) != TM_V_TEXT)
        return 0;
    put_short(v.text, most, out);
    if (!put_number(doc, object, "score", out))
        put_number(doc, object, "weight", out);
    return 1;
}

static int put_list(tm_doc *doc, const tm_value *array, size_t most, struct buffer *out) {
    tm_cursor cursor;
    tm_value v;
    size_t start = out->len, n = 0;
    if (host_doc_value_cursor(doc, array, &cursor) != TM_OK || cursor.is_object)
        return 0;
    while (host_doc_next(&cursor, NULL, &v)) {
        if (n && out->len - start > most) {
            buffer_add_string(out, ", \xe2\x80\xa6");
            return 1;
        }
        size_t before = out->len;
        if (n)
            buffer_add_string(out, ", ");
        if (v.type == TM_V_TEXT) {
            put_short(v.text, most, out);
        } else if (!put_named(doc, &v, most, out)) {
            out->len = before;
            return 0;
        }
        n++;
    }
    return n > 0;
}

void explain_value(tm_doc *doc, const tm_value *value, size_t most, struct buffer *out) {
    size_t start = out->len;
    switch (value->type) {
    case TM_V_ABSENT:
        buffer_add_string(out, "(removed)");
        return;
    case TM_V_NULL:
        buffer_add_string(out, "null");
        return;
    case TM_V_BOOL:
        buffer_add_string(out, value->integer ? "true" : "false");
        return;
    case TM_V_INT:
        json_write_int(out, value->integer);
        return;
    case TM_V_NUMBER:
        json_write_number(out, value->number, 4);
        return;
    case TM_V_TEXT:
        buffer_add_char(out, '"');
        put_short(value->text, most, out);
        buffer_add_char(out, '"');
        return;
    default:
        if (put_named(doc, value, most, out) || put_list(doc, value, most, out))
            return;
        out->len = start;
        put_short(value->text, most, out);
    }
}

void explain_verdict(const struct explain_stage *s, struct buffer *out) {
    static const char *const words[] = {"",
                                        "passed over",
                                        "failed, and the document goes on without it",
                                        "dropped the document",
                                        "failed the document",
                                        "is broken: a run would stop here"};
    if (!s->is_reached) {
        buffer_add_string(out, "not reached");
        return;
    }
    const struct single_turn *t = &s->turn;
    if (t->event == SINGLE_PASSED)
        return;
    buffer_add_string(out, words[t->event]);
    if (t->event == SINGLE_PASSED_OVER) {
        buffer_add_string(out, t->code.len == 4 && memcmp(t->code.data, "lang", 4) == 0
                                   ? ": it does not work for this language"
                                   : ": its \"when\" does not hold");
        return;
    }
    if (t->code.len)
        buffer_addf(out, ": %.*s", (int)t->code.len, t->code.data);
    if (t->message.len && !(t->message.len == t->code.len && memcmp(t->message.data, t->code.data, t->code.len) == 0))
        buffer_addf(out, ": %.*s", (int)t->message.len, t->message.data);
    if (t->offset != TM_NONE && t->event != SINGLE_BROKEN)
        buffer_addf(out, " (byte %u)", t->offset);
}

const char *explain_end(const struct explain *x) {
    switch (x->end) {
    case SINGLE_DROPPED:
        return "dropped";
    case SINGLE_FAILED:
        return "failed";
    case SINGLE_BROKEN:
        return "broken";
    default:
        return "published";
    }
}
