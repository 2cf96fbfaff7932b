/* condition.c: the language of `when`: from the tree of a file to a tree of tests, with all mistakes told. What it
 * means is condition_holds.c's.
 */
#include "condition_room.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
