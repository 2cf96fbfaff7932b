/* No broken pipeline passes for a good one: a good pipeline is broken in every place where one character or one name
 * can be, and each time the mistake must be told on its line; and it is rewritten in every way that changes nothing,
 * and must stay good. */
#include "check.h"
#include "scratch.h"

#include "pipeline/pipeline.h"

static const char base[] = "{\n"
                           "  \"name\": \"base\",\n"
                           "  \"input\": {\n"
                           "    \"format\": \"jsonl\",\n"
                           "    \"fields\": [\"lang\", \"tags\"]\n"
                           "  },\n"
                           "  \"stages\": [\n"
                           "    {\n"
                           "      \"use\": \"judge\",\n"
                           "      \"id\": \"first\",\n"
                           "      \"with\": {\n"
                           "        \"word\": \"x\",\n"
                           "        \"verdict\": \"drop\",\n"
                           "        \"wait\": \"1ms\",\n"
                           "        \"tries\": 3\n"
                           "      },\n"
                           "      \"when\": {\n"
                           "        \"lang\": {\n"
                           "          \"in\": [\"en\", null]\n"
                           "        },\n"
                           "        \"tags\": {\n"
                           "          \"contains\": \"news\"\n"
                           "        }\n"
                           "      },\n"
                           "      \"on_error\": \"skip\"\n"
                           "    },\n"
                           "    {\n"
                           "      \"use\": \"counter\",\n"
                           "      \"with\": {\n"
                           "        \"field\": \"number\",\n"
                           "        \"total\": true\n"
                           "      }\n"
                           "    },\n"
                           "    {\n"
                           "      \"use\": \"splitter\",\n"
                           "      \"when\": {\n"
                           "        \"number\": {\n"
                           "          \"gt\": 5\n"
                           "        }\n"
                           "      }\n"
                           "    }\n"
                           "  ],\n"
                           "  \"outputs\": [\n"
                           "    {\n"
                           "      \"path\": \"out.jsonl\",\n"
                           "      \"format\": \"jsonl\"\n"
                           "    }\n"
                           "  ]\n"
                           "}\n";

static struct loader *loader;
static struct problems problems;
static int wrong;

static void read_bytes(const char *text, size_t len) {
    problems_deinit(&problems);
    scratch_file("m.json", text, len);
    struct pipeline_request request = {.file = "m.json"};
    pipeline_free(pipeline_read(&request, loader, &problems));
    problems_sort(&problems);
}

static uint32_t line_of(const char *text, size_t at) {
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

static int is_told(uint32_t line, const char *codes) {
    for (size_t i = 0; i < problems.count; i++) {
        const struct problem *p = &problems.list[i];
        if (p->level == PROBLEM_ERROR && (!line || p->line == line) && (!codes || strstr(codes, p->code)))
            return 1;
    }
    return 0;
}

static void expect(const char *what, const char *text, size_t len, uint32_t line, const char *codes) {
    read_bytes(text, len);
    if (is_told(line, codes))
        return;
    wrong++;
    struct buffer b;
    buffer_init(&b);
    problems_print(&problems, &b);
    fprintf(stderr, "%s, line %u, wanted %s there, told:\n%.*s\n", what, line, codes ? codes : "an error", (int)b.len,
            b.len ? b.data : "");
    buffer_deinit(&b);
}

/* The base with `gone` bytes at `at` replaced by `text`. */
static size_t mutate(char *out, size_t at, size_t gone, const char *text) {
    size_t len = strlen(text);
    memcpy(out, base, at);
    memcpy(out + at, text, len);
    memcpy(out + at + len, base + at + gone, sizeof base - 1 - at - gone);
    return sizeof base - 1 - gone + len;
}

static void the_base_is_good(void) {
    read_bytes(base, sizeof base - 1);
    CHECK_INT(problems.count, 0);
}

static void a_missing_character_is_told_on_its_line(void) {
    char out[sizeof base + 64];
    wrong = 0;
    for (size_t i = 0; i < sizeof base - 1; i++) {
        char ch = base[i], what[40];
        if (!strchr("{}[]:,\"", ch))
            continue;
        snprintf(what, sizeof what, "without %c", ch);
        size_t len = mutate(out, i, 1, "");
        /* A bracket that is gone shows only where things do not fit any more. */
        expect(what, out, len, strchr("{}[]", ch) ? 0 : line_of(base, i), "syntax");
    }
    CHECK_INT(wrong, 0);
}

static void a_doubled_character_is_told(void) {
    char out[sizeof base + 64], twice[3] = "";
    wrong = 0;
    for (size_t i = 0; i < sizeof base - 1; i++) {
        if (!strchr("{}[]:,\"", base[i]))
            continue;
        twice[0] = twice[1] = base[i];
        size_t len = mutate(out, i, 1, twice);
        expect("doubled", out, len, 0, NULL);
    }
    CHECK_INT(wrong, 0);
}

/* Every string: a key when a colon follows. */
static void a_misspelt_name_is_told_on_its_line(void) {
    /* Values that may be anything. */
    static const char *const free_values[] = {"base",      "first", "x",    "news",  "en",
                                              "out.jsonl", "lang",  "tags", "number"};
    char out[sizeof base + 64], text[64];
    wrong = 0;
    for (size_t i = 0; i < sizeof base - 1; i++) {
        if (base[i] != '"')
            continue;
        size_t end = i + 1;
        while (base[end] != '"')
            end++;
        size_t len = end - i - 1;
        int is_key = base[end + 1] == ':', is_free = 0;
        for (size_t k = 0; k < sizeof free_values / sizeof free_values[0]; k++)
            is_free |= strlen(free_values[k]) == len && memcmp(free_values[k], base + i + 1, len) == 0;
        /* A field of the input that is misspelt shows where it is read. */
        int is_field = is_free && is_key;
        if (!is_free || is_field) {
            snprintf(text, sizeof text, "\"%.*sx\"", (int)len, base + i + 1);
            int is_certain = !is_field || memcmp(base + i, "\"number\"", 8) == 0;
            size_t n = mutate(out, i, len + 2, text);
            if (is_certain)
                expect(text, out, n, line_of(base, i),
                       "unknown-key unknown-option unknown-stage unknown-field bad-value");
            else
                read_bytes(out, n); /* a condition on a field that may come with the input: a warning */
            if (!is_certain && problems.count == 0) {
                fprintf(stderr, "%s: nothing was told\n", text);
                wrong++;
            }
        }
        if (is_key) { /* the same member twice */
            snprintf(text, sizeof text, "\"%.*s\": 1, \"%.*s\"", (int)len, base + i + 1, (int)len, base + i + 1);
            size_t n = mutate(out, i, len + 2, text);
            expect(text, out, n, line_of(base, i), "duplicate-key");
        }
        i = end;
    }
    CHECK_INT(wrong, 0);
}

/* Every value, of every other type. */
static void a_value_of_another_type_is_told_on_its_line(void) {
    static const char *const others[] = {"[[]]", "{\"zz\": {\"yy\": 1}}", "true", "-7.5", "\"\\u0001zz\"", "null"};
    char out[sizeof base + 64];
    int told = 0, tried = 0;
    wrong = 0;
    for (size_t i = 0; i < sizeof base - 1; i++) {
        if (base[i] != ':')
            continue;
        size_t from = i + 2, to = from;
        char first = base[from];
        if (first == '{' || first == '[')
            continue; /* over several lines: their parts are tried */
        while (base[to] != '\n' && base[to] != ',')
            to++;
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
            size_t len = mutate(out, from, to - from, others[k]);
            read_bytes(out, len);
            tried++;
            told += problems.errors > 0;
            if (problems.errors && !is_told(line_of(base, i), NULL)) {
                wrong++;
                fprintf(stderr, "line %u: %s is told elsewhere: %u: %s\n", line_of(base, i), others[k],
                        problems.list[0].line, problems.list[0].message);
            }
        }
    }
    CHECK_INT(wrong, 0);
    /* What stays good are strings and scalars where any of them will do: names, words, constants of conditions. */
    CHECK(told * 10 > tried * 7);
}

static void rewrites_that_change_nothing_stay_good(void) {
    struct buffer b;
    buffer_init(&b);
    /* Comments and white space wherever there may be some. */
    int in_string = 0;
    for (size_t i = 0; i < sizeof base - 1; i++) {
        char ch = base[i];
        in_string ^= ch == '"';
        if (!in_string && strchr("{}[]:,", ch))
            buffer_addf(&b, " /* , } \" */ %c\r\n\t// ] \" {\n", ch);
        else
            buffer_add_char(&b, ch);
    }
    read_bytes(b.data, b.len);
    CHECK_INT(problems.count, 0);
    /* No white space at all. */
    b.len = 0;
    for (size_t i = 0; i < sizeof base - 1; i++)
        if (!strchr(" \n", base[i]))
            buffer_add_char(&b, base[i]);
    read_bytes(b.data, b.len);
    CHECK_INT(problems.count, 0);
    /* Every letter of every string as an escape. */
    b.len = 0;
    in_string = 0;
    for (size_t i = 0; i < sizeof base - 1; i++) {
        in_string ^= base[i] == '"';
        if (in_string && base[i] != '"')
            buffer_addf(&b, "\\u%04x", (unsigned)base[i]);
        else
            buffer_add_char(&b, base[i]);
    }
    read_bytes(b.data, b.len);
    CHECK_INT(problems.count, 0);
    buffer_deinit(&b);
    /* Members in another order. */
    static const char turned[] = "{ \"outputs\": [ { \"format\": \"jsonl\", \"path\": \"out.jsonl\" } ], \"stages\": [ "
                                 "{ \"on_error\": \"skip\", \"with\": { "
                                 "\"tries\": 3, \"word\": \"x\" }, \"id\": \"first\", \"use\": \"judge\" } ], "
                                 "\"input\": { \"fields\": [] }, \"name\": \"n\" }";
    read_bytes(turned, sizeof turned - 1);
    CHECK_INT(problems.count, 0);
}

static void what_is_cut_short_anywhere_is_told(void) {
    wrong = 0;
    for (size_t len = 0; len < sizeof base - 2; len++)
        expect("cut short", base, len, 0, "syntax");
    CHECK_INT(wrong, 0);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: test_mutations GOOD\n");
        return 2;
    }
    loader = loader_new();
    loader_add_folder(loader, argv[1]);
    scratch_begin();
    RUN(the_base_is_good);
    RUN(a_missing_character_is_told_on_its_line);
    RUN(a_doubled_character_is_told);
    RUN(a_misspelt_name_is_told_on_its_line);
    RUN(a_value_of_another_type_is_told_on_its_line);
    RUN(rewrites_that_change_nothing_stay_good);
    RUN(what_is_cut_short_anywhere_is_told);
    problems_deinit(&problems);
    loader_free(loader);
    scratch_end();
    return check_end();
}
