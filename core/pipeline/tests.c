/* tests.c: see tests.h. An expectation on a field is a value, or an object of tests: those of the condition language,
 * and equals, absent, count and approx (with within), which only make sense where a person can look at what came out.
 */
#include "tests.h"

#include "../json/memory.h"
#include "pipeline_room.h"

#include <stdlib.h>
#include <string.h>

static struct expectation *add(struct pipeline_test *t, enum expect_kind kind, const char *field,
                               const struct config_node *node) {
    t->expect = memory_realloc(t->expect, (t->n_expect + 1) * sizeof *t->expect);
    struct expectation *e = &t->expect[t->n_expect++];
    *e = (struct expectation){.kind = kind, .field = field, .node = node, .within = 0.0001};
    return e;
}

/* {field: {op: value}} or {field: value} as a condition of its own, so that a failure tells which one it is. */
static void add_condition(struct pipeline_test *t, const struct config_node *field, const struct config_node *op,
                          struct problems *problems) {
    struct config_node member = *field, test = {0}, object = {.type = CONFIG_OBJECT, .n_children = 1};
    if (op) {
        test = *op;
        test.next = NULL;
        member.first = &test;
        member.n_children = 1;
    }
    member.next = NULL;
    object.file = field->file;
    object.line = field->key_line;
    object.column = field->key_column;
    object.first = &member;
    struct tm_condition *c = condition_compile(&object, problems, NULL, NULL);
    if (c)
        add(t, EXPECT_CONDITION, field->key, op ? op : field)->condition = c;
}

static int is_number(const struct config_node *n) {
    return n->type == CONFIG_INT || n->type == CONFIG_NUMBER;
}

static void take_field(struct pipeline_test *t, const struct config_node *field, struct problems *problems) {
    if (field->type != CONFIG_OBJECT) {
        if (field->type == CONFIG_ARRAY)
            add(t, EXPECT_EQUALS, field->key, field);
        else if (field->type != CONFIG_BAD)
            add_condition(t, field, NULL, problems);
        return;
    }
    if (!field->first)
        problems_at(problems, PROBLEM_ERROR, field, "missing-key",
                    "what \"%s\" must be is not said: {} holds for everything", field->key);
    const struct config_node *within = config_get(field, "within");
    if (within && !is_number(within))
        pipeline_expected(within, "\"within\"", "a number", problems);
    if (within && !config_get(field, "approx"))
        problems_at(problems, PROBLEM_ERROR, within, "missing-key", "\"within\" goes with \"approx\"");
    for (const struct config_node *n = field->first; n; n = n->next) {
        if (strcmp(n->key, "equals") == 0) {
            add(t, EXPECT_EQUALS, field->key, n);
        } else if (strcmp(n->key, "absent") == 0) {
            if (n->type != CONFIG_BOOL)
                pipeline_expected(n, "\"absent\"", "true or false", problems);
            else
                add(t, EXPECT_ABSENT, field->key, n);
        } else if (strcmp(n->key, "count") == 0) {
            if (n->type != CONFIG_INT)
                pipeline_expected(n, "\"count\"", "an integer", problems);
            else
                add(t, EXPECT_COUNT, field->key, n)->number = n->number;
        } else if (strcmp(n->key, "approx") == 0) {
            if (!is_number(n)) {
                pipeline_expected(n, "\"approx\"", "a number", problems);
                continue;
            }
            struct expectation *e = add(t, EXPECT_APPROX, field->key, n);
            e->number = n->number;
            if (within && is_number(within))
                e->within = within->number;
        } else if (strcmp(n->key, "within") != 0 && n->type != CONFIG_BAD) {
            add_condition(t, field, n, problems);
        }
    }
}

static void take_expect(struct pipeline_test *t, const struct config_node *expect, struct problems *problems) {
    if (expect->type != CONFIG_OBJECT) {
        pipeline_expected(expect, "\"expect\" of a test", "an object of fields and what they must be", problems);
        return;
    }
    for (const struct config_node *n = expect->first; n; n = n->next) {
        int is_dropped = strcmp(n->key, "dropped") == 0, is_failed = strcmp(n->key, "failed") == 0;
        if (is_dropped || is_failed) {
            if (n->type != CONFIG_STRING && !(n->type == CONFIG_BOOL && n->integer))
                pipeline_expected(n, is_dropped ? "\"dropped\"" : "\"failed\"",
                                  is_dropped ? "a reason, or true" : "a code, or true", problems);
            else
                add(t, is_dropped ? EXPECT_DROPPED : EXPECT_FAILED, n->key, n);
        } else if (strcmp(n->key, "removed") == 0) {
            int is_list = n->type == CONFIG_ARRAY;
            for (const struct config_node *k = is_list ? n->first : NULL; k; k = k->next)
                is_list &= k->type == CONFIG_STRING;
            if (!is_list)
                pipeline_expected(n, "\"removed\"", "an array of the kinds of all cuts", problems);
            else
                add(t, EXPECT_REMOVED, n->key, n);
        } else {
            take_field(t, n, problems);
        }
    }
}

static void check_input(const struct config_node *n, struct problems *problems) {
    if (n->type != CONFIG_STRING && n->type != CONFIG_OBJECT)
        pipeline_expected(n, "an input of a test", "a text, or a record as an object", problems);
}

void pipeline_test_init(struct pipeline_test *t, const struct config_node *node, struct problems *problems) {
    static const char *const keys[] = {"name", "input", "file", "before", "expect", "snapshot"};
    *t = (struct pipeline_test){.name = "", .at = node};
    if (node->type != CONFIG_OBJECT) {
        pipeline_expected(node, "a test", "an object with \"input\" and \"expect\"", problems);
        return;
    }
    pipeline_check_keys(node, "a test", keys, sizeof keys / sizeof keys[0], problems);
    const char *name = pipeline_string(node, "name", "a test", problems);
    t->name = name ? name : "a test without a name";
    t->file = pipeline_string(node, "file", "a test", problems);
    t->snapshot = pipeline_string(node, "snapshot", "a test", problems);
    t->input = config_get(node, "input");
    t->before = config_get(node, "before");
    const struct config_node *expect = config_get(node, "expect");
    if (t->input)
        check_input(t->input, problems);
    if ((t->input != NULL) == (config_get(node, "file") != NULL))
        problems_at(problems, PROBLEM_ERROR, node, "missing-key",
                    "a test needs either \"input\" (a text, or a record) or \"file\"");
    if (!expect && !config_get(node, "snapshot"))
        problems_at(problems, PROBLEM_ERROR, node, "missing-key", "a test needs \"expect\", or \"snapshot\"");
    if (t->before && t->before->type != CONFIG_ARRAY && t->before->type != CONFIG_BAD)
        pipeline_expected(t->before, "\"before\" of a test", "an array of inputs", problems);
    for (const struct config_node *n = t->before ? t->before->first : NULL; n; n = n->next)
        check_input(n, problems);
    if (expect && expect->type != CONFIG_BAD)
        take_expect(t, expect, problems);
}

void pipeline_test_deinit(struct pipeline_test *t) {
    for (size_t i = 0; i < t->n_expect; i++)
        condition_free(t->expect[i].condition);
    free(t->expect);
}
