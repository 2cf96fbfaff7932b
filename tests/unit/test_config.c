/* Configuration files: what is read, where it stands, and what is told of mistakes. */
#include "check.h"

#include "json/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct problems problems;
static struct config *config;
static struct buffer shown;

static const struct config_node *parse(const char *text, size_t len) {
    config_free(config);
    problems_deinit(&problems);
    problems_init(&problems);
    config = config_parse("p.json", text, len, &problems);
    shown.len = 0;
    problems_print(&problems, &shown);
    return config ? config_root(config) : NULL;
}

#define PARSE(text) parse(text, sizeof(text) - 1)

static void check_tells(const char *text, const char *const *lines, size_t n, int line) {
    parse(text, strlen(text));
    struct buffer want;
    buffer_init(&want);
    for (size_t i = 0; i < n; i++)
        buffer_addf(&want, "p.json:%s\n", lines[i]);
    int is_same = want.len == shown.len && (!want.len || memcmp(want.data, shown.data, want.len) == 0);
    if (!is_same)
        fprintf(stderr, "%s:%d: %s\ntold:\n%.*swanted:\n%.*s", __FILE__, line, text, (int)shown.len, shown.data,
                (int)want.len, want.data);
    buffer_deinit(&want);
    CHECK(is_same);
}

#define TELLS(text, ...)                                                                                               \
    do {                                                                                                               \
        static const char *const lines_[] = {__VA_ARGS__};                                                             \
        check_tells(text, lines_, sizeof lines_ / sizeof lines_[0], __LINE__);                                         \
    } while (0)

static void reads_every_type(void) {
    const struct config_node *root = PARSE("{\"n\": null, \"t\": true, \"f\": false, \"i\": -12, \"x\": 0.5, \"s\": "
                                           "\"a\\u00e9\\n\", \"a\": [1, []], \"o\": {}}");
    CHECK_INT(problems.count, 0);
    CHECK_INT(root->n_children, 8);
    CHECK_INT(config_get(root, "n")->type, CONFIG_NULL);
    CHECK_INT(config_get(root, "t")->integer, 1);
    CHECK_INT(config_get(root, "f")->integer, 0);
    CHECK_INT(config_get(root, "i")->integer, -12);
    CHECK(config_get(root, "x")->number == 0.5);
    CHECK_BYTES(config_get(root, "s")->string, config_get(root, "s")->string_len, "a\xc3\xa9\n");
    CHECK_INT(config_get(root, "a")->first->next->type, CONFIG_ARRAY);
    CHECK(config_get(root, "a")->parent == root);
    CHECK(config_get(root, "missing") == NULL);
}

static void keeps_the_place_of_keys_and_values(void) {
    const struct config_node *root =
        PARSE("// h\xc3\xa9\n{ /* two\nlines */ \"\xc3\xa9\xc3\xa9\": \"\xe4\xb8\xad\", \"b\":\r\n\t[ 7 ] }");
    CHECK_INT(problems.count, 0);
    CHECK_INT(root->line, 2);
    CHECK_INT(root->column, 1);
    const struct config_node *a = root->first, *b = a->next;
    CHECK_INT(a->key_line, 3);
    CHECK_INT(a->key_column, 10);
    CHECK_INT(a->column, 16);
    CHECK_INT(b->key_column, 21);
    CHECK_INT(b->line, 4);
    CHECK_INT(b->column, 2);
    CHECK_INT(b->first->column, 4);
}

static void numbers_are_never_clipped(void) {
    const struct config_node *root =
        PARSE("[9223372036854775807, -9223372036854775808, 18446744073709551616, 1e3, -0, 2.50]");
    CHECK_INT(problems.count, 0);
    const struct config_node *n = root->first;
    CHECK_INT(n->integer, INT64_MAX);
    CHECK_INT(n->next->integer, INT64_MIN);
    CHECK_INT(n->next->next->type, CONFIG_NUMBER);
    CHECK(n->next->next->number == 18446744073709551616.0);
    CHECK_INT(n->next->next->next->type, CONFIG_NUMBER);
    struct buffer out;
    buffer_init(&out);
    config_write(root, &out);
    CHECK_BYTES(out.data, out.len, "[9223372036854775807,-9223372036854775808,18446744073709551616,1e3,-0,2.50]");
    buffer_deinit(&out);
}

static void writes_what_it_read(void) {
    const struct config_node *root = PARSE("{ \"a\" : [ true , null, \"x/\\\"\\u0001\" ], // c\n \"b\" : { } }");
    struct buffer out;
    buffer_init(&out);
    config_write(root, &out);
    CHECK_BYTES(out.data, out.len, "{\"a\":[true,null,\"x/\\\"\\u0001\"],\"b\":{}}");
    buffer_deinit(&out);
}

static void takes_from_the_environment(void) {
    setenv("TM_TEST_A", "value", 1);
    setenv("TM_TEST_EMPTY", "", 1);
    unsetenv("TM_TEST_NONE");
    const struct config_node *n = PARSE("[\"<${TM_TEST_A}>\", \"${TM_TEST_NONE:-b c}\", \"${TM_TEST_EMPTY:-d}\", "
                                        "\"${TM_TEST_EMPTY}\", \"$${X} $5\"]")
                                      ->first;
    CHECK_INT(problems.count, 0);
    CHECK_BYTES(n->string, n->string_len, "<value>");
    CHECK(n->is_secret);
    n = n->next;
    CHECK_BYTES(n->string, n->string_len, "b c");
    n = n->next;
    CHECK_BYTES(n->string, n->string_len, "d");
    n = n->next;
    CHECK_BYTES(n->string, n->string_len, "");
    n = n->next;
    CHECK_BYTES(n->string, n->string_len, "${X} $5");
    CHECK(!n->is_secret);
    TELLS("{\"a\": \"${TM_TEST_NONE}\",\n \"b\": \"${TM_TEST_EMPTY:?set it to the folder}\", \"c\": \"${}\", \"d\": "
          "\"x${A\", \"e\": \"${A+1}\"}",
          "1:7: ${TM_TEST_NONE}: is not set in the environment; set it, or give a default: ${NAME:-default}",
          "2:7: ${TM_TEST_EMPTY}: set it to the folder",
          "2:54: ${}: expected ${NAME}, ${NAME:-default} or ${NAME:?message}; for a literal ${ write $${",
          "2:66: a ${ without its }; for a literal ${ write $${",
          "2:79: ${A+1}: expected ${NAME}, ${NAME:-default} or ${NAME:?message}; for a literal ${ write $${");
    CHECK_BYTES(problems.list[0].code, strlen(problems.list[0].code), "bad-environment");
}

static void tells_what_was_expected_where(void) {
    TELLS("{\"a\": 1\n \"b\": 2}", "1:8: expected ',' or '}' here, found '\"'");
    TELLS("{\"a\" 1}", "1:5: expected ':' behind the key \"a\", found '1'");
    TELLS("{\"a\": 1,\n}", "1:8: a comma with nothing behind it before the '}'");
    TELLS("[1,,2]", "1:4: expected a value, found ','");
    TELLS("{\"a\":}", "1:6: expected a value, found '}'");
    TELLS("{'a': 'b'}", "1:2: a string stands in double quotes, not in single ones",
          "1:7: a string stands in double quotes, not in single ones");
    TELLS("{a: 1}", "1:2: a key stands in double quotes: \"a\"");
    TELLS("[True, nul, NaN, yes]", "1:2: expected a value, found True; did you mean true?",
          "1:8: expected a value, found nul; did you mean null?", "1:13: NaN is no number of JSON",
          "1:18: expected a value, found yes; a string stands in double quotes");
    TELLS("[01, .5, 1., +1, 3s, 0x10, 1e, 1e999]", "1:2: 01 is no number of JSON: no zeros in front",
          "1:6: .5 is no number of JSON; expected digits, as in -1, 0.5 or 1e-3",
          "1:10: 1. is no number of JSON; expected digits, as in -1, 0.5 or 1e-3",
          "1:14: +1 is no number of JSON; expected digits, as in -1, 0.5 or 1e-3",
          "1:18: 3s is no number of JSON; a value with a unit stands in double quotes",
          "1:22: 0x10 is no number of JSON; a value with a unit stands in double quotes",
          "1:28: 1e is no number of JSON; expected digits, as in -1, 0.5 or 1e-3",
          "1:32: 1e999 cannot be read: it is too large for a number");
    TELLS("[\"a\tb\", \"\\q\", \"\\u12\", \"\\ud800\"]", "1:4: a control character (0x09) in a string; expected \\t",
          "1:10: \\q is no escape in a JSON string; a backslash itself is \\\\",
          "1:16: \\u must be followed by four hexadecimal digits", "1:24: \\ud800 is half of a surrogate pair");
    TELLS("{\"a\": \"x,\n \"b\": 1}", "1:7: this string is not closed on its line; expected '\"' (a line end is \\n)",
          "1:10: expected ',' or '}' here, found '\"'");
    TELLS("{\"a\": [1}", "1:9: expected ']' or ',', found '}'");
    TELLS("{\"a\": [1, 2", "1:7: this [ is never closed; expected ']'");
    TELLS("{\"a\": /* x", "1:7: this comment is never closed; expected */",
          "1:11: expected a value, found the end of the file");
    TELLS("{} x", "1:4: expected the end of the file, found 'x'");
    TELLS(" \n", "1:1: the file is empty; expected an object: { \"stages\": [ ... ] }");
    TELLS("# c\n{}", "1:1: a comment begins with // or stands in /* */, not with #");
    TELLS("{\"a\\u0000\": 1}", "1:2: a key with \\u0000 in it");
}

static void tells_of_every_key_that_stands_twice(void) {
    TELLS("{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2},\n \"a\": 3, \"a\": 4}",
          "1:24: the key \"c\" stands here a second time; the first is at 1:16",
          "2:2: the key \"a\" stands here a second time; the first is at 1:2",
          "2:10: the key \"a\" stands here a second time; the first is at 1:2");
    CHECK_BYTES(problems.list[0].code, strlen(problems.list[0].code), "duplicate-key");
    CHECK_INT(config_get(config_root(config), "a")->integer, 1);
    CHECK_INT(config_root(config)->n_children, 2);
}

static void goes_on_behind_a_mistake(void) {
    TELLS("{\n \"a\": tru,\n \"b\": [1 2],\n \"c\" 3,\n \"d\": 4,\n}",
          "2:7: expected a value, found tru; did you mean true?", "3:9: expected ',' or ']' here, found '2'",
          "4:5: expected ':' behind the key \"c\", found '3'", "5:8: a comma with nothing behind it before the '}'");
    const struct config_node *root = config_root(config);
    CHECK_INT(config_get(root, "a")->type, CONFIG_BAD);
    CHECK_INT(config_get(root, "b")->n_children, 2);
    CHECK_INT(config_get(root, "c")->integer, 3);
    CHECK_INT(config_get(root, "d")->integer, 4);
}

static void bad_bytes_have_a_place(void) {
    PARSE("{\n\"a\": \"\xc3\x28\"}");
    CHECK_BYTES(shown.data, shown.len, "p.json:2:7: not valid UTF-8: byte 0xc3; a pipeline file is UTF-8\n");
    CHECK(config == NULL);
    PARSE("\xff\xfe{\0}\0");
    CHECK_BYTES(shown.data, shown.len, "p.json:1:1: this is UTF-16; a pipeline file is UTF-8\n");
    PARSE("{}\n\0");
    CHECK_BYTES(shown.data, shown.len, "p.json:2:1: a NUL byte; a pipeline file is text\n");
    CHECK(PARSE("\xef\xbb\xbf{}") != NULL);
    CHECK_INT(problems.count, 0);
}

static void depth_and_mistakes_are_bounded(void) {
    static char deep[200001];
    memset(deep, '[', 200000);
    parse(deep, 200000);
    CHECK_INT(problems.count, 1);
    CHECK_BYTES(shown.data, shown.len, "p.json:1:65: nested more than 64 deep\n");
    memset(deep, '?', 200000);
    deep[0] = '[';
    for (int i = 1; i < 200000; i += 2)
        deep[i] = ',';
    parse(deep, 200000);
    CHECK_INT(problems.count, 21);
    CHECK(strstr(problems.list[20].message, "too many mistakes") != NULL);
}

static void many_keys_take_no_longer(void) {
    struct buffer b;
    buffer_init(&b);
    buffer_add_char(&b, '{');
    for (int i = 0; i < 200000; i++)
        buffer_addf(&b, "\"k%d\": %d,", i, i);
    buffer_add_string(&b, "\"k7\": 1}");
    const struct config_node *root = parse(b.data, b.len);
    CHECK_INT(root->n_children, 200000);
    CHECK_INT(problems.count, 1);
    buffer_deinit(&b);
}

static void messages_cannot_reach_the_terminal_raw(void) {
    PARSE("{\"\\u001b[31m\\u009b\": 1, \"\\u001b[31m\\u009b\": 2}");
    CHECK_INT(problems.count, 1);
    CHECK(memchr(shown.data, 0x1b, shown.len) == NULL);
    CHECK(strstr(problems.list[0].message, "\"\\x1b[31m\\u009b\"") != NULL);
}

static void problems_are_sorted_and_told_once(void) {
    struct problems p;
    problems_init(&p);
    problems_add(&p, PROBLEM_ERROR, "b", 2, 1, "x", "late");
    problems_add(&p, PROBLEM_WARNING, "a", 1, 1, "x", "other file");
    problems_add(&p, PROBLEM_ERROR, "b", 1, 9, "x", "early");
    problems_add(&p, PROBLEM_ERROR, "b", 1, 9, "x", "early");
    problems_add(&p, PROBLEM_ERROR, "b", 0, 0, "x", "whole");
    problems_add(&p, PROBLEM_ERROR, NULL, 0, 0, "x", "no file");
    struct buffer out;
    buffer_init(&out);
    problems_print(&p, &out);
    CHECK_BYTES(out.data, out.len,
                "b: whole\nb:1:9: early\nb:2:1: late\na:1:1: warning: other file\ntextmill: no file\n");
    CHECK_INT(p.errors, 4);
    buffer_deinit(&out);
    problems_deinit(&p);
}

static void the_nearest_name_is_near(void) {
    static const char *const names[] = {"clean", "dedup", "entities", "threshold"};
    CHECK_BYTES(nearest_name("claen", names, 4), 5, "clean");
    CHECK_BYTES(nearest_name("tresholds", names, 4), 9, "threshold");
    CHECK_BYTES(nearest_name("dedupe", names, 4), 5, "dedup");
    CHECK(nearest_name("sentiment", names, 4) == NULL);
    CHECK(nearest_name("", names, 4) == NULL);
}

static void what_the_command_line_sets_replaces(void) {
    const struct config_node *root = PARSE("{\"a\": 1, \"b\": {\"c\": 2}}");
    CHECK_INT(config_put(config, root, "a", "--set", "[1, 2]", 6, &problems)->n_children, 2);
    CHECK_INT(config_get(root, "a")->type, CONFIG_ARRAY);
    CHECK_INT(config_get(root, "a")->line, 0);
    CHECK_INT(config_put(config, config_get(root, "b"), "d", "--set", "plain words", 11, &problems)->type,
              CONFIG_STRING);
    CHECK_INT(config_get(root, "b")->n_children, 2);
    CHECK_INT(root->n_children, 2);
    CHECK_INT(problems.count, 0);
}

static void a_file_that_is_not_there_is_told(void) {
    problems_deinit(&problems);
    CHECK(config_read("/nonexistent/p.json", &problems) == NULL);
    CHECK_INT(problems.errors, 1);
    CHECK(strstr(problems.list[0].message, "No such file") != NULL);
    CHECK(config_read("/", &problems) == NULL);
    CHECK(strstr(problems.list[1].message, "directory") != NULL);
    CHECK(config_read("/dev/zero", &problems) == NULL);
    CHECK(strstr(problems.list[2].message, "16 MiB") != NULL);
}

static int64_t number_in(struct config_files *files, const char *path) {
    struct config *c = config_read_by(files, path, &problems);
    int64_t n = c ? config_root(c)->integer : -1;
    config_free(c);
    return n;
}

static void put_number(const char *path, const char *digits) {
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    if (f) {
        fputs(digits, f);
        fclose(f);
    }
}

/* A copy counts when it is whole; then it is what counts, whatever the files hold. */
static void files_are_read_by_their_copy(void) {
    char path[] = "/tmp/textmill-test-XXXXXX", copy[] = "/tmp/textmill-test-XXXXXX";
    int named = mkstemp(path), fd = mkstemp(copy);
    CHECK(named >= 0 && fd >= 0);
    close(named);
    problems_deinit(&problems);
    put_number(path, "17");
    struct config_files *files = config_files_open(fd);
    CHECK_INT(number_in(files, path), 17);
    config_files_close(files); /* not saved: as if nothing had been read */
    put_number(path, "18");
    files = config_files_open(fd);
    CHECK_INT(number_in(files, path), 18);
    CHECK_INT(config_files_save(files), 0);
    config_files_close(files);
    put_number(path, "19");
    files = config_files_open(fd);
    CHECK_INT(number_in(files, path), 18);
    unlink(path);
    CHECK_INT(number_in(files, path), 18);
    CHECK(config_files_has(files, path) && !config_files_has(files, "/nowhere"));
    CHECK_INT(number_in(files, "/nowhere/p.json"), -1);
    config_files_close(files);
    CHECK_INT(ftruncate(fd, lseek(fd, 0, SEEK_END) - 1), 0); /* torn: it counts for nothing */
    files = config_files_open(fd);
    CHECK_INT(number_in(files, path), -1);
    config_files_close(files);
    close(fd);
    unlink(copy);
}

int main(void) {
    RUN(files_are_read_by_their_copy);
    RUN(reads_every_type);
    RUN(keeps_the_place_of_keys_and_values);
    RUN(numbers_are_never_clipped);
    RUN(writes_what_it_read);
    RUN(takes_from_the_environment);
    RUN(tells_what_was_expected_where);
    RUN(tells_of_every_key_that_stands_twice);
    RUN(goes_on_behind_a_mistake);
    RUN(bad_bytes_have_a_place);
    RUN(depth_and_mistakes_are_bounded);
    RUN(many_keys_take_no_longer);
    RUN(messages_cannot_reach_the_terminal_raw);
    RUN(problems_are_sorted_and_told_once);
    RUN(the_nearest_name_is_near);
    RUN(what_the_command_line_sets_replaces);
    RUN(a_file_that_is_not_there_is_told);
    config_free(config);
    problems_deinit(&problems);
    buffer_deinit(&shown);
    return check_end();
}
