/* condition.c: the language of `when`: a tree of tests, compiled with all mistakes told, then held against documents.
 *
 * A path that meets an array on its way means any of the elements: {"topics.id": {"in": [...]}}. A test on an array
 * itself is contains, has_any or exists. Compiled conditions are read-only.
 */
#include "condition.h"

#include "../doc/host_doc.h"
#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op {
    OP_ALL,
    OP_ANY,
    OP_NONE, /* of children */
    OP_IS,
    OP_NOT,
    OP_IN,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_EXISTS,
    OP_CONTAINS,
    OP_STARTS,
    OP_MATCHES,
    OP_HAS_ANY
};

/* A constant to compare with: null, boolean, number, text. */
struct operand {
    uint32_t type; /* TM_V_... */
    int64_t integer;
    double number;
    char *text;
    size_t len;
};

struct tm_condition {
    enum op op;
    char *path;
    size_t path_len;
    struct operand *operands;
    size_t n_operands;
    struct tm_pattern *pattern;
    struct tm_condition **children;
    size_t n_children;
};

static const struct {
    const char *name;
    enum op op;
} ops[] = {{"is", OP_IS},         {"not", OP_NOT},         {"in", OP_IN},
           {"lt", OP_LT},         {"le", OP_LE},           {"gt", OP_GT},
           {"ge", OP_GE},         {"exists", OP_EXISTS},   {"contains", OP_CONTAINS},
           {"starts", OP_STARTS}, {"matches", OP_MATCHES}, {"has_any", OP_HAS_ANY}};
enum { N_OPS = sizeof ops / sizeof ops[0] };

/* --- compiling --- */

struct compile {
    struct problems *problems;
    void (*reads)(void *context, const char *field, const struct config_node *at);
    void *context;
};

static struct tm_condition *new_condition(enum op op) {
    struct tm_condition *c = memory_zalloc(1, sizeof *c);
    c->op = op;
    return c;
}

static void add_child(struct tm_condition *parent, struct tm_condition *child) {
    parent->children = memory_realloc(parent->children, (parent->n_children + 1) * sizeof(struct tm_condition *));
    parent->children[parent->n_children++] = child;
}

void condition_free(struct tm_condition *c) {
    if (!c)
        return;
    for (size_t i = 0; i < c->n_children; i++)
        condition_free(c->children[i]);
    for (size_t i = 0; i < c->n_operands; i++)
        free(c->operands[i].text);
    pattern_free(c->pattern);
    free(c->children);
    free(c->operands);
    free(c->path);
    free(c);
}

static int is_scalar(const struct config_node *node) {
    return node->type != CONFIG_BAD && node->type != CONFIG_ARRAY && node->type != CONFIG_OBJECT;
}

static void expected(struct compile *x, const struct config_node *node, const char *what) {
    if (node->type == CONFIG_BAD)
        return;
    struct buffer b;
    buffer_init(&b);
    config_describe(node, &b);
    problems_at(x->problems, PROBLEM_ERROR, node, "bad-condition", "condition: expected %s, found %.*s", what,
                (int)b.len, b.data);
    buffer_deinit(&b);
}

static void add_operand(struct tm_condition *c, const struct config_node *node) {
    c->operands = memory_realloc(c->operands, (c->n_operands + 1) * sizeof *c->operands);
    struct operand *o = &c->operands[c->n_operands++];
    *o = (struct operand){.integer = node->integer, .number = node->number};
    o->type = node->type == CONFIG_NULL     ? TM_V_NULL
              : node->type == CONFIG_BOOL   ? TM_V_BOOL
              : node->type == CONFIG_INT    ? TM_V_INT
              : node->type == CONFIG_NUMBER ? TM_V_NUMBER
                                            : TM_V_TEXT;
    if (o->type == TM_V_TEXT) {
        o->text = memory_copy(node->string, node->string_len);
        o->len = node->string_len;
    }
}

static int compile_operands(struct compile *x, struct tm_condition *c, const struct config_node *node,
                            const char *name) {
    char what[96];
    switch (c->op) {
    case OP_IN:
    case OP_HAS_ANY:
        if (node->type != CONFIG_ARRAY) {
            snprintf(what, sizeof what, "an array behind \"%s\"", name);
            expected(x, node, what);
            return -1;
        }
        for (const struct config_node *n = node->first; n; n = n->next) {
            if (!is_scalar(n)) {
                expected(x, n, "a string, a number, true, false or null");
                return -1;
            }
            add_operand(c, n);
        }
        return 0;
    case OP_EXISTS:
        if (node->type != CONFIG_BOOL) {
            expected(x, node, "true or false behind \"exists\"");
            return -1;
        }
        break;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        if (node->type != CONFIG_INT && node->type != CONFIG_NUMBER && node->type != CONFIG_STRING) {
            snprintf(what, sizeof what, "a number or a string behind \"%s\"", name);
            expected(x, node, what);
            return -1;
        }
        break;
    case OP_STARTS:
    case OP_MATCHES:
        if (node->type != CONFIG_STRING) {
            snprintf(what, sizeof what, "a string behind \"%s\"", name);
            expected(x, node, what);
            return -1;
        }
        break;
    default:
        if (!is_scalar(node)) {
            if (node->type == CONFIG_ARRAY)
                expected(x, node, "a string, a number, true, false or null (for one of several: {\"in\": [...]})");
            else
                expected(x, node, "a string, a number, true, false or null");
            return -1;
        }
    }
    if (c->op == OP_MATCHES) {
        struct buffer why;
        buffer_init(&why);
        if (strlen(node->string) == node->string_len)
            c->pattern = pattern_compile(node->string, &why);
        if (!c->pattern)
            problems_at(x->problems, PROBLEM_ERROR, node, "bad-pattern", "condition: no valid pattern: %.*s",
                        (int)why.len, why.len ? why.data : "");
        buffer_deinit(&why);
        return c->pattern ? 0 : -1;
    }
    add_operand(c, node);
    return 0;
}

static struct tm_condition *compile_test(struct compile *x, const struct config_node *field, enum op op,
                                         const struct config_node *operand, const char *name) {
    struct tm_condition *c = new_condition(op);
    c->path_len = strlen(field->key);
    c->path = memory_copy(field->key, c->path_len);
    if (compile_operands(x, c, operand, name) == 0)
        return c;
    condition_free(c);
    return NULL;
}

/* {field: value} or {field: {op: value, ...}} */
static int compile_field(struct compile *x, const struct config_node *field, struct tm_condition *into) {
    if (!*field->key) {
        problems_at(x->problems, PROBLEM_ERROR, field, "bad-condition", "condition: a field without a name");
        return -1;
    }
    if (x->reads)
        x->reads(x->context, field->key, field);
    if (field->type != CONFIG_OBJECT) {
        struct tm_condition *c = compile_test(x, field, OP_IS, field, "is");
        if (c)
            add_child(into, c);
        return c ? 0 : -1;
    }
    int result = 0;
    if (!field->first) {
        problems_at(x->problems, PROBLEM_ERROR, field, "bad-condition",
                    "condition: no test on \"%s\"; write a value or {\"exists\": true}", field->key);
        return -1;
    }
    for (const struct config_node *n = field->first; n; n = n->next) {
        const char *names[N_OPS];
        size_t i = 0;
        for (; i < N_OPS && strcmp(ops[i].name, n->key) != 0; i++)
            names[i] = ops[i].name;
        if (i < N_OPS) {
            struct tm_condition *c = compile_test(x, field, ops[i].op, n, ops[i].name);
            if (c)
                add_child(into, c);
            else
                result = -1;
            continue;
        }
        const char *near = nearest_name(n->key, names, N_OPS);
        problems_add(
            x->problems, PROBLEM_ERROR, n->file, n->key_line, n->key_column, "unknown-key",
            near ? "condition: no test \"%s\"; did you mean \"%s\"?"
                 : "condition: no test \"%s\"; the tests are is, not, in, lt, le, gt, ge, exists, contains, starts, "
                   "matches, has_any%s",
            n->key, near ? near : "");
        result = -1;
    }
    return result;
}

static struct tm_condition *compile_object(struct compile *x, const struct config_node *node);

/* any, all, none: an array of conditions. */
static int compile_group(struct compile *x, enum op op, const struct config_node *node, struct tm_condition *into) {
    if (node->type != CONFIG_ARRAY && node->type != CONFIG_OBJECT) {
        expected(x, node, "an array of conditions");
        return -1;
    }
    struct tm_condition *group = new_condition(op);
    int result = 0;
    add_child(into, group);
    if (node->type == CONFIG_OBJECT) {
        struct tm_condition *c = compile_object(x, node);
        if (c)
            add_child(group, c);
        return c ? 0 : -1;
    }
    for (const struct config_node *n = node->first; n; n = n->next) {
        struct tm_condition *c = compile_object(x, n);
        if (c)
            add_child(group, c);
        else
            result = -1;
    }
    return result;
}

static struct tm_condition *compile_object(struct compile *x, const struct config_node *node) {
    if (node->type != CONFIG_OBJECT) {
        expected(x, node, "a condition such as {\"lang\": \"en\"}");
        return NULL;
    }
    struct tm_condition *c = new_condition(OP_ALL);
    int failed = 0;
    for (const struct config_node *n = node->first; n; n = n->next) {
        if (strcmp(n->key, "any") == 0)
            failed |= compile_group(x, OP_ANY, n, c);
        else if (strcmp(n->key, "all") == 0)
            failed |= compile_group(x, OP_ALL, n, c);
        else if (strcmp(n->key, "none") == 0)
            failed |= compile_group(x, OP_NONE, n, c);
        else if (n->type == CONFIG_BAD)
            failed = -1;
        else
            failed |= compile_field(x, n, c);
    }
    if (!failed)
        return c;
    condition_free(c);
    return NULL;
}

struct tm_condition *condition_compile(const struct config_node *node, struct problems *problems,
                                       void (*reads)(void *context, const char *field, const struct config_node *at),
                                       void *context) {
    struct compile x = {problems, reads, context};
    return compile_object(&x, node);
}

/* --- holding --- */

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
