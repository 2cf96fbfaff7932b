/* test_judge.c: see test_judge.h. */
#include "test_judge.h"

#include "../doc/host_doc.h"
#include "../doc/look.h"
#include "../json/memory.h"
#include "../json/write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 400 };

void test_write_end(const struct single_turn *last, int end, struct buffer *out) {
    buffer_add_string(out, end == SINGLE_DROPPED ? "{\"dropped\":" : "{\"failed\":");
    json_write_text(out, last->code.data ? last->code.data : "", last->code.len);
    buffer_add_string(out, ",\"message\":");
    json_write_text(out, last->message.data ? last->message.data : "", last->message.len);
    buffer_add_char(out, '}');
}

static void value_json(const tm_value *v, struct buffer *out) {
    switch (v->type) {
    case TM_V_BOOL:
        buffer_add_string(out, v->integer ? "true" : "false");
        break;
    case TM_V_INT:
        json_write_int(out, v->integer);
        break;
    case TM_V_NUMBER:
        json_write_number(out, v->number, 17);
        break;
    case TM_V_TEXT:
        json_write_text(out, v->text.data, v->text.len);
        break;
    case TM_V_RAW:
        buffer_add(out, v->text.data, v->text.len);
        break;
    default:
        buffer_add_string(out, v->type == TM_V_ABSENT ? "nothing: it is absent" : "null");
    }
}

/* Compact, as config_write has it, so that spaces make no difference. */
static void compact(const struct buffer *json, struct buffer *out) {
    struct problems problems;
    problems_init(&problems);
    struct config *c = config_parse("value", json->data, json->len, &problems);
    if (c && !problems.errors)
        config_write(config_root(c), out);
    config_free(c);
    problems_deinit(&problems);
}

static int is_equal(const struct config_node *want, const tm_value *v) {
    struct buffer a = {0}, b = {0}, got = {0};
    if (v->type != TM_V_ABSENT) {
        value_json(v, &got);
        compact(&got, &b);
    }
    config_write(want, &a);
    int same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
    buffer_deinit(&a);
    buffer_deinit(&b);
    buffer_deinit(&got);
    return same;
}

static int has_count(tm_doc *doc, const tm_value *v, double want) {
    tm_cursor cursor;
    double n = 0;
    if (host_doc_value_cursor(doc, v, &cursor) != TM_OK)
        return 0;
    while (host_doc_next(&cursor, NULL, NULL))
        n++;
    return n >= want && n <= want;
}

static int by_name(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The kinds of all cuts, each as often as it was made, in the order of the alphabet. */
static int judge_removed(const struct config_node *want, tm_doc *doc, struct buffer *got) {
    uint32_t n = look_edits(doc);
    size_t n_got = 0, n_want = 0;
    const char **g = memory_zalloc(n + 1, sizeof *g), **w = memory_zalloc(want->n_children + 1, sizeof *w);
    char **copies = memory_zalloc(n + 1, sizeof *copies);
    for (uint32_t i = 0; i < n; i++) {
        struct look_edit e;
        look_edit(doc, i, &e);
        if (e.is_cut)
            g[n_got] = copies[n_got] = memory_copy(e.kind.data, e.kind.len), n_got++;
    }
    for (const struct config_node *k = want->first; k; k = k->next)
        w[n_want++] = k->string;
    qsort(g, n_got, sizeof *g, by_name);
    qsort(w, n_want, sizeof *w, by_name);
    int same = n_got == n_want;
    for (size_t i = 0; i < n_got; i++) {
        same = same && strcmp(g[i], w[i]) == 0;
        buffer_addf(got, "%s\"%s\"", i ? "," : "[", g[i]);
    }
    buffer_add_string(got, n_got ? "]" : "[]");
    for (size_t i = 0; i < n_got; i++)
        free(copies[i]);
    free(copies);
    free(g);
    free(w);
    return same;
}

static void tell(const struct expectation *e, const struct buffer *got, struct buffer *why) {
    struct buffer want = {0};
    config_write(e->node, &want);
    const char *op = e->node->key && strcmp(e->node->key, e->field) != 0 ? e->node->key : NULL;
    size_t len = got->len < SHOWN ? got->len : SHOWN;
    buffer_addf(why, "%s\n  expected %s%s%.*s\n  got      %.*s%s\n", e->field, op ? op : "", op ? " " : "",
                (int)want.len, want.data, (int)len, got->data ? got->data : "", len < got->len ? "..." : "");
    buffer_deinit(&want);
}

static int is_ended_by(const struct expectation *e, const struct single_turn *last, int end) {
    if (end != (e->kind == EXPECT_DROPPED ? SINGLE_DROPPED : SINGLE_FAILED))
        return 0;
    return e->node->type != CONFIG_STRING ||
           (last->code.len == e->node->string_len && memcmp(last->code.data, e->node->string, last->code.len) == 0);
}

static int judge(const struct expectation *e, tm_doc *doc, struct buffer *got) {
    tm_value v;
    if (e->kind == EXPECT_REMOVED)
        return judge_removed(e->node, doc, got);
    doc_get(doc, e->field, strlen(e->field), &v);
    value_json(&v, got);
    switch (e->kind) {
    case EXPECT_CONDITION:
        return condition_holds(e->condition, doc);
    case EXPECT_EQUALS:
        return is_equal(e->node, &v);
    case EXPECT_ABSENT:
        return (v.type == TM_V_ABSENT) == (e->node->integer != 0);
    case EXPECT_COUNT:
        return has_count(doc, &v, e->number);
    default:
        return (v.type == TM_V_INT || v.type == TM_V_NUMBER) &&
               fabs((v.type == TM_V_INT ? (double)v.integer : v.number) - e->number) <= e->within;
    }
}

void test_judge(const struct pipeline_test *t, tm_doc *doc, const struct single_turn *last, int end,
                struct buffer *why) {
    int is_end_expected = 0;
    for (size_t i = 0; i < t->n_expect; i++) {
        const struct expectation *e = &t->expect[i];
        struct buffer got = {0};
        int holds;
        if (e->kind == EXPECT_DROPPED || e->kind == EXPECT_FAILED) {
            is_end_expected = 1;
            holds = is_ended_by(e, last, end);
            if (end == SINGLE_PASSED)
                buffer_add_string(&got, "a document that came through");
            else
                test_write_end(last, end, &got);
        } else {
            holds = judge(e, doc, &got);
        }
        if (!holds)
            tell(e, &got, why);
        buffer_deinit(&got);
    }
    if (end != SINGLE_PASSED && !is_end_expected && !t->snapshot) {
        struct buffer got = {0};
        test_write_end(last, end, &got);
        buffer_addf(why, "the document's end\n  expected a document that comes through\n  got      %.*s\n",
                    (int)got.len, got.data);
        buffer_deinit(&got);
    }
}
