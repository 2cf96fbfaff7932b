/* condition_holds.c: a compiled condition against a document.
 *
 * A path that meets an array on its way means any of the elements: {"topics.id": {"in": [...]}}. A test on an array
 * itself is contains, has_any or exists. Compiled conditions are read-only: any thread.
 */
#include "condition_room.h"

#include "../doc/host_doc.h"

#include <string.h>

static int is_number(uint32_t type) {
    return type == TM_V_INT || type == TM_V_NUMBER;
}

static double number_of(const tm_value *v) {
    return v->type == TM_V_INT ? (double)v->integer : v->number;
}

static int is_equal(const tm_value *v, const struct operand *o) {
    if (is_number(v->type) && is_number(o->type))
        return v->type == TM_V_INT && o->type == TM_V_INT ? v->integer == o->integer : number_of(v) == o->number;
    if (v->type != o->type)
        return 0;
    if (v->type == TM_V_BOOL)
        return (v->integer != 0) == (o->integer != 0);
    if (v->type == TM_V_TEXT)
        return v->text.len == o->len && (o->len == 0 || memcmp(v->text.data, o->text, o->len) == 0);
    return v->type == TM_V_NULL;
}

static int is_equal_to_any(const tm_value *v, const struct tm_condition *c) {
    for (size_t i = 0; i < c->n_operands; i++)
        if (is_equal(v, &c->operands[i]))
            return 1;
    return 0;
}

/* Negative, zero or positive; *out_ordered 0 where the two cannot be ordered. */
static int compare(const tm_value *v, const struct operand *o, int *out_ordered) {
    *out_ordered = 1;
    if (is_number(v->type) && is_number(o->type)) {
        if (v->type == TM_V_INT && o->type == TM_V_INT)
            return v->integer < o->integer ? -1 : v->integer > o->integer;
        double x = number_of(v);
        if (x != x)
            *out_ordered = 0;
        return x < o->number ? -1 : x > o->number;
    }
    if (v->type == TM_V_TEXT && o->type == TM_V_TEXT) {
        size_t len = v->text.len < o->len ? v->text.len : o->len;
        int order = len ? memcmp(v->text.data, o->text, len) : 0;
        return order ? order : v->text.len < o->len ? -1 : v->text.len > o->len;
    }
    *out_ordered = 0;
    return 0;
}

static int has_element(const struct tm_condition *c, tm_doc *doc, const tm_value *array) {
    tm_cursor cursor;
    tm_value element;
    if (host_doc_value_cursor(doc, array, &cursor) != TM_OK || cursor.is_object)
        return 0;
    while (host_doc_next(&cursor, NULL, &element))
        if (is_equal_to_any(&element, c))
            return 1;
    return 0;
}

static int contains_text(tm_str text, const struct operand *o) {
    return o->type == TM_V_TEXT && (o->len == 0 || (text.len && memmem(text.data, text.len, o->text, o->len)));
}

/* One value that is there, against one test. */
static int test(const struct tm_condition *c, tm_doc *doc, const tm_value *v) {
    int ordered, order;
    switch (c->op) {
    case OP_IS:
        return is_equal(v, &c->operands[0]);
    case OP_NOT:
        return !is_equal(v, &c->operands[0]);
    case OP_IN:
        return is_equal_to_any(v, c);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        order = compare(v, &c->operands[0], &ordered);
        return ordered && (c->op == OP_LT   ? order < 0
                           : c->op == OP_LE ? order <= 0
                           : c->op == OP_GT ? order > 0
                                            : order >= 0);
    case OP_CONTAINS:
        return v->type == TM_V_TEXT ? contains_text(v->text, &c->operands[0]) : has_element(c, doc, v);
    case OP_HAS_ANY:
        return v->type == TM_V_TEXT ? is_equal_to_any(v, c) : has_element(c, doc, v);
    case OP_STARTS:
        return v->type == TM_V_TEXT && v->text.len >= c->operands[0].len &&
               (c->operands[0].len == 0 || memcmp(v->text.data, c->operands[0].text, c->operands[0].len) == 0);
    case OP_MATCHES:
        return v->type == TM_V_TEXT && pattern_match(c->pattern, v->text, 0, NULL, NULL);
    default:
        return 0;
    }
}

/* Values at a path below a value: *out_seen counts them; returns whether the test holds for any (for `not`: for all).
 */
static int test_below(const struct tm_condition *c, tm_doc *doc, const tm_value *v, const char *path, size_t len,
                      unsigned depth, size_t *out_seen) {
    tm_cursor cursor;
    tm_value member;
    tm_str key;
    if (len == 0) {
        ++*out_seen;
        return c->op == OP_EXISTS || test(c, doc, v);
    }
    if (v->type != TM_V_RAW || depth > 16 || host_doc_value_cursor(doc, v, &cursor) != TM_OK)
        return 0;
    int any = 0, all = 1, is_object = cursor.is_object != 0;
    size_t head = 0;
    while (head < len && path[head] != '.')
        head++;
    while (host_doc_next(&cursor, &key, &member)) {
        size_t before = *out_seen;
        int holds;
        if (!is_object)
            holds = test_below(c, doc, &member, path, len, depth + 1, out_seen);
        else if (key.len == head && memcmp(key.data, path, head) == 0)
            holds =
                test_below(c, doc, &member, path + head + (head < len), len - head - (head < len), depth + 1, out_seen);
        else
            continue;
        if (*out_seen != before) {
            any |= holds;
            all &= holds;
        }
    }
    return c->op == OP_NOT ? all : any;
}

static int test_path(const struct tm_condition *c, tm_doc *doc) {
    tm_value v;
    size_t seen = 0;
    int holds = 0;
    if (doc_get(doc, c->path, c->path_len, &v) != TM_V_ABSENT) {
        seen = 1;
        holds = c->op == OP_EXISTS || test(c, doc, &v);
    } else {
        /* Perhaps an array stands on the way: begin at the longest part of the path that is there. */
        for (size_t len = c->path_len; len > 0; len--) {
            if (c->path[len - 1] != '.' || doc_get(doc, c->path, len - 1, &v) == TM_V_ABSENT)
                continue;
            holds = test_below(c, doc, &v, c->path + len, c->path_len - len, 0, &seen);
            break;
        }
    }
    if (c->op == OP_EXISTS)
        return (seen > 0) == (c->operands[0].integer != 0);
    return seen > 0 && holds;
}

int condition_holds(const struct tm_condition *c, tm_doc *doc) {
    switch (c->op) {
    case OP_ALL:
        for (size_t i = 0; i < c->n_children; i++)
            if (!condition_holds(c->children[i], doc))
                return 0;
        return 1;
    case OP_ANY:
    case OP_NONE:
        for (size_t i = 0; i < c->n_children; i++)
            if (condition_holds(c->children[i], doc))
                return c->op == OP_ANY;
        return c->op == OP_NONE;
    default:
        return test_path(c, doc);
    }
}
