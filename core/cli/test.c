/* test.c: textmill test: runs the tests that stand in a pipeline file. Each gets the pipeline freshly opened, so that
 * what a stage remembers of one is not there for the next.
 */
#include "commands.h"
#include "setup.h"
#include "test_judge.h"

#include "../engine/single.h"
#include "../json/memory.h"
#include "../json/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_TEXT, FORMAT_TAP, FORMAT_JUNIT };

static const struct command command = {
    .name = "test",
    .summary =
        "Runs the tests that stand in a pipeline file, and shows what was expected and what came out where they\n"
        "differ.",
    .usage = "PIPELINE",
    .details = "Exit status: 0 all hold; 1 some do not; 2 the pipeline cannot run, or has no tests.",
};

/* A file of the test, from the pipeline's folder; padded as documents want it. */
static int read_file(const char *pipeline, const char *name, struct buffer *out) {
    struct buffer path = {0};
    const char *slash = name[0] == '/' ? NULL : strrchr(pipeline, '/');
    buffer_addf(&path, "%.*s%s", slash ? (int)(slash - pipeline + 1) : 0, slash ? pipeline : "", name);
    buffer_add_char(&path, '\0');
    FILE *f = fopen(path.data, "re");
    buffer_deinit(&path);
    if (!f)
        return -1;
    char bytes[8192];
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        buffer_add(out, bytes, n);
    int is_bad = ferror(f);
    fclose(f);
    return is_bad ? -1 : 0;
}

static int write_file(const char *pipeline, const char *name, const struct buffer *bytes) {
    struct buffer path = {0};
    const char *slash = name[0] == '/' ? NULL : strrchr(pipeline, '/');
    buffer_addf(&path, "%.*s%s", slash ? (int)(slash - pipeline + 1) : 0, slash ? pipeline : "", name);
    buffer_add_char(&path, '\0');
    FILE *f = fopen(path.data, "we");
    buffer_deinit(&path);
    if (!f)
        return -1;
    int is_bad = fwrite(bytes->data, 1, bytes->len, f) != bytes->len;
    return fclose(f) != 0 || is_bad ? -1 : 0;
}

/* A document of text, or of one record; NULL with why. */
static tm_doc *make(const struct pipeline *p, struct arena *arena, const char *bytes, size_t len, int is_record,
                    uint64_t number, struct buffer *why) {
    struct doc_origin origin = {.source = "test", .id = "test", .uid = {number, number}};
    struct json_error error = {0};
    char *copy = arena_alloc(arena, len + TM_PAD);
    memcpy(copy, bytes, len);
    memset(copy + len, 0, TM_PAD);
    if (!is_record)
        return doc_from_text(&p->schema, arena, copy, len, &origin);
    tm_doc *doc = doc_from_record(&p->schema, arena, copy, len, &origin, &error);
    if (!doc)
        buffer_addf(why, "the input is no record: %s\n", error.message);
    return doc;
}

static tm_doc *make_from_node(const struct pipeline *p, struct arena *arena, const struct config_node *node,
                              uint64_t number, struct buffer *why) {
    if (node->type == CONFIG_STRING)
        return make(p, arena, node->string, node->string_len, 0, number, why);
    struct buffer record = {0};
    config_write(node, &record);
    tm_doc *doc = make(p, arena, record.data, record.len, 1, number, why);
    buffer_deinit(&record);
    return doc;
}

static int is_record_name(const char *name) {
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

static tm_doc *make_input(const struct pipeline *p, const struct pipeline_test *t, struct arena *arena,
                          struct buffer *why) {
    if (t->input)
        return make_from_node(p, arena, t->input, 1, why);
    struct buffer bytes = {0};
    tm_doc *doc = NULL;
    if (read_file(p->file, t->file, &bytes) != 0)
        buffer_addf(why, "%s cannot be read\n", t->file);
    else if (is_record_name(t->file))
        doc = make(p, arena, bytes.data, bytes.len, 1, 1, why);
    else
        doc = make(p, arena, bytes.data ? bytes.data : "", bytes.len, 0, 1, why);
    buffer_deinit(&bytes);
    return doc;
}

static void on_turn(void *context, tm_doc *doc, const struct single_turn *turn) {
    (void)doc;
    *(struct single_turn *)context = *turn;
}

static int run(const struct pipeline *p, tm_doc *doc, struct single_turn *out_last, struct buffer *why) {
    size_t stage = 0;
    int end = single_run(p, doc, 30000000000u, on_turn, out_last, &stage);
    if (end < 0)
        buffer_addf(why, "stage %s cannot begin\n", p->stages[stage].doc.id);
    return end;
}

static void judge_snapshot(const struct pipeline *p, const struct pipeline_test *t, tm_doc *doc,
                           const struct single_turn *last, int end, int update, struct buffer *why) {
    struct buffer got = {0}, want = {0};
    if (end == SINGLE_PASSED)
        doc_write_record(doc, &got);
    else
        test_write_end(last, end, &got);
    buffer_add_char(&got, '\n');
    if (update) {
        if (write_file(p->file, t->snapshot, &got) != 0)
            buffer_addf(why, "the snapshot %s cannot be written\n", t->snapshot);
    } else if (read_file(p->file, t->snapshot, &want) != 0) {
        buffer_addf(why, "there is no snapshot %s; --update writes it\n", t->snapshot);
    } else if (want.len != got.len || memcmp(want.data, got.data, got.len) != 0) {
        buffer_addf(why, "snapshot %s\n  expected %.*s  got      %.*s", t->snapshot, (int)want.len, want.data,
                    (int)got.len, got.data);
    }
    buffer_deinit(&got);
    buffer_deinit(&want);
}

/* What does not hold goes to why. */
static void run_test(const struct pipeline *p, const struct pipeline_test *t, int update, struct buffer *why) {
    struct arena *arena = arena_new(256 * 1024);
    struct single_turn last = {0};
    uint64_t number = 2;
    for (const struct config_node *n = t->before ? t->before->first : NULL; n && !why->len; n = n->next) {
        tm_doc *doc = make_from_node(p, arena, n, number++, why);
        if (doc)
            run(p, doc, &last, why);
    }
    tm_doc *doc = why->len ? NULL : make_input(p, t, arena, why);
    int end = doc ? run(p, doc, &last, why) : -1;
    if (end >= 0) {
        test_judge(t, doc, &last, end, why);
        if (t->snapshot)
            judge_snapshot(p, t, doc, &last, end, update, why);
    }
    arena_free(arena);
}

static void put_xml(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '<' || c == '>' || c == '&' || c == '"')
            printf("&#%d;", c);
        else if (c >= 0x20 || c == '\n' || c == '\t')
            putchar(c);
    }
}

static void show(int format, size_t number, const struct pipeline_test *t, const struct buffer *why) {
    int is_well = !why->len;
    if (format == FORMAT_JUNIT) {
        printf("  <testcase name=\"");
        put_xml(t->name, strlen(t->name));
        printf(is_well ? "\"/>\n" : "\"><failure>");
        if (!is_well) {
            put_xml(why->data, why->len);
            printf("</failure></testcase>\n");
        }
        return;
    }
    if (format == FORMAT_TAP)
        printf("%s %zu - %s\n", is_well ? "ok" : "not ok", number, t->name);
    else
        printf("%s %s\n", is_well ? "  holds " : "  FAILS ", t->name);
    const char *lead = format == FORMAT_TAP ? "# " : "         ";
    for (size_t at = 0; at < why->len;) {
        const char *end = memchr(why->data + at, '\n', why->len - at);
        size_t len = end ? (size_t)(end - why->data) - at : why->len - at;
        if (!at && format == FORMAT_TEXT)
            printf("%s%s:%u:%u\n", lead, t->at->file, t->at->line, t->at->column);
        printf("%s%.*s\n", lead, (int)len, why->data + at);
        at += len + 1;
    }
}

/* Test number i of the file, in a pipeline of its own: 1 it holds, 0 it does not, -1 the pipeline cannot run. */
static int run_one(struct setup *setup, struct pipeline_request *request, size_t i, int format, int update) {
    struct pipeline *p = setup_pipeline(setup, request, 1);
    if (!p)
        return -1;
    struct problems problems;
    struct pipeline_test test;
    struct buffer why = {0};
    const struct config_node *node = p->tests->first;
    for (size_t k = 0; k < i; k++)
        node = node->next;
    problems_init(&problems);
    pipeline_test_init(&test, node, &problems);
    run_test(p, &test, update, &why);
    show(format, i + 1, &test, &why);
    int holds = !why.len;
    buffer_deinit(&why);
    pipeline_test_deinit(&test);
    problems_deinit(&problems);
    pipeline_close(p);
    pipeline_free(p);
    return holds;
}

int command_test(int argc, char **argv) {
    struct option_list plugin_dirs = {0}, sets = {0};
    int update = 0, format = FORMAT_TEXT, words;
    const struct command_option options[] = {
        {0, "update", NULL, OPTION_FLAG, &update, NULL, "write the snapshots instead of comparing with them"},
        {0, "format", "FORMAT", OPTION_CHOICE, &format, "text|tap|junit", "how results are shown"},
        {0, "set", "STAGE.OPTION=VALUE", OPTION_LIST, &sets, NULL, "override an option of a stage; may be given again"},
        SETUP_OPTION_PLUGIN_DIR(plugin_dirs),
    };
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words != 1)
        return options_mistake(&command, "one pipeline file is wanted, not %d", words);
    struct setup setup;
    setup_init(&setup, &plugin_dirs, LOG_WARNING);
    struct pipeline_request request = {.file = argv[1], .sets = sets.items, .n_sets = sets.count};
    struct pipeline *first = setup_pipeline(&setup, &request, 0);
    size_t n = first && first->tests ? first->tests->n_children : 0, held = 0, ran = 0;
    if (first && !n)
        fprintf(stderr,
                "textmill test: %s has no tests; give it some: \"tests\": [ { \"input\": ..., \"expect\": ... } ]\n",
                argv[1]);
    if (first)
        pipeline_free(first);
    status = n ? EXIT_FINE : EXIT_USAGE;
    if (n && format == FORMAT_TAP)
        printf("TAP version 13\n1..%zu\n", n);
    if (n && format == FORMAT_JUNIT)
        printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"textmill\" tests=\"%zu\">\n", n);
    for (size_t i = 0; i < n && status != EXIT_USAGE; i++) {
        int holds = run_one(&setup, &request, i, format, update);
        ran += holds >= 0;
        held += holds > 0;
        if (holds <= 0)
            status = holds < 0 ? EXIT_USAGE : EXIT_SOME_FAILED;
    }
    if (n && format == FORMAT_JUNIT)
        printf("</testsuite>\n");
    if (ran && format == FORMAT_TEXT)
        printf("%s: %zu of %zu tests hold\n", argv[1], held, n);
    setup_deinit(&setup);
    option_list_deinit(&plugin_dirs);
    option_list_deinit(&sets);
    return status;
}
