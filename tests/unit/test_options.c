/* A plugin's options: every type filled, every mistake told with its place, a wrong table refused. */
#include "check.h"

#include "plugin/condition.h"
#include "plugin/options.h"

#include <stdlib.h>
#include <unistd.h>

struct row {
    tm_str name;
    double weight;
};

struct everything {
    int64_t integer;
    double number;
    int32_t boolean;
    tm_str string;
    int32_t choice;
    uint64_t size;
    int64_t duration;
    tm_str path;
    const tm_pattern *pattern;
    tm_field reads, writes;
    const tm_condition *condition;
    tm_str secret;
    tm_list strings, numbers, fields, patterns;
    tm_list map;
    tm_list table;
    int64_t needed;
};

static const tm_option columns[] = {
    TM_OPT_STRING(struct row, name, "name", NULL, "what it is called"),
    TM_OPT_NUMBER(struct row, weight, "weight", "1", "0..10", "how much it counts"),
};

static const tm_option table[] = {
    TM_OPT_INT(struct everything, integer, "integer", "7", "-10..10", "an integer"),
    TM_OPT_NUMBER(struct everything, number, "number", "0.5", "0..1", "a number"),
    TM_OPT_BOOL(struct everything, boolean, "boolean", "true", "a boolean"),
    TM_OPT_STRING(struct everything, string, "string", "\"abc\"", "a string"),
    TM_OPT_ENUM(struct everything, choice, "choice", "\"two\"", "one|two|three", "a choice"),
    TM_OPT_SIZE(struct everything, size, "size", "\"2M\"", "1K..1G", "a size"),
    TM_OPT_DURATION(struct everything, duration, "duration", "\"3s\"", "1ms..", "a duration"),
    TM_OPT_PATH(struct everything, path, TM_OPT_PATH_READ, "path", "null", "a path"),
    TM_OPT_PATTERN(struct everything, pattern, "pattern", "null", "a pattern"),
    TM_OPT_FIELD(struct everything, reads, TM_OPT_READS, "reads", "\"title\"", "a field read"),
    TM_OPT_FIELD(struct everything, writes, TM_OPT_WRITES, "writes", "\"\"", "a field written"),
    TM_OPT_CONDITION(struct everything, condition, "condition", "null", "a condition"),
    TM_OPT_SECRET(struct everything, secret, "secret", "null", "a secret"),
    TM_OPT_LIST(struct everything, strings, TM_T_STRING, 0, "strings", "[\"x\"]", "strings"),
    TM_OPT_LIST(struct everything, numbers, TM_T_NUMBER, 0, "numbers", "[]", "numbers"),
    TM_OPT_LIST(struct everything, fields, TM_T_FIELD, TM_OPT_READS, "fields", "[]", "fields"),
    TM_OPT_LIST(struct everything, patterns, TM_T_PATTERN, 0, "patterns", "[]", "patterns"),
    TM_OPT_MAP(struct everything, map, TM_T_NUMBER, "map", "{}", "a map"),
    TM_OPT_TABLE(struct everything, table, struct row, columns, "table", "[]", "a table"),
    TM_OPT_INT(struct everything, needed, "needed", NULL, NULL, "what must be given"),
};

static const tm_plugin plugin = {TM_DESCRIPTOR, .name = "every", TM_OPTIONS(struct everything, table)};

static struct config *config;
static struct options_filled filled;
static struct problems problems;
static struct buffer shown;
static char folder[] = "/tmp/textmill-options-XXXXXX";

static void forget(void) {
    config_free(config);
    options_deinit(&filled);
    arena_free(filled.arena);
    if (filled.fields)
        field_names_free(filled.fields);
    problems_deinit(&problems);
    config = NULL;
    filled = (struct options_filled){0};
}

static const struct everything *fill_with(const tm_plugin *of, const char *json) {
    forget();
    config = config_parse("p.json", json, strlen(json), &problems);
    CHECK_INT(problems.count, 0);
    filled = (struct options_filled){.stage = "s",
                                     .base_folder = folder,
                                     .arena = arena_new(1024),
                                     .fields = field_names_new(),
                                     .problems = &problems};
    int result = options_fill(&filled, of, config_root(config), config_root(config));
    CHECK((result == 0) == (problems.errors == 0));
    shown.len = 0;
    problems_print(&problems, &shown);
    return filled.config;
}

static const struct everything *fill(const char *json) {
    return fill_with(&plugin, json);
}

/* The whole of what is told, without "p.json:" and "option ... of stage "s"". */
#define TELLS(json, want)                                                                                              \
    do {                                                                                                               \
        fill(json);                                                                                                    \
        CHECK_BYTES(shown.data, shown.len, want);                                                                      \
    } while (0)

static void defaults_fill_the_struct(void) {
    const struct everything *e = fill("{\"needed\": 3}");
    CHECK_INT(problems.count, 0);
    CHECK_INT(e->integer, 7);
    CHECK(e->number == 0.5);
    CHECK_INT(e->boolean, 1);
    CHECK_BYTES(e->string.data, e->string.len, "abc");
    CHECK_INT(e->choice, 1);
    CHECK_INT(e->size, 2 << 20);
    CHECK_INT(e->duration, 3000000000);
    CHECK(e->path.data == NULL && e->pattern == NULL && e->condition == NULL && e->secret.data == NULL);
    CHECK(e->reads != 0);
    CHECK_INT(e->writes, 0);
    CHECK_INT(e->strings.count, 1);
    CHECK_INT(e->numbers.count, 0);
    CHECK_INT(e->needed, 3);
    CHECK_INT(filled.n_named, 1);
    CHECK_BYTES(filled.named[0].name, 5, "title");
    CHECK(filled.named[0].at == NULL);
}

static void every_type_takes_its_value(void) {
    const struct everything *e = fill(
        "{\"needed\": 1, \"integer\": -10, \"number\": 1, \"boolean\": false, \"string\": \"\\u00e9\",\n"
        "\"choice\": \"three\", \"size\": 4096, \"duration\": \"20ms\", \"path\": \"f.txt\", \"pattern\": \"^a+$\",\n"
        "\"reads\": \"a.b\", \"writes\": \"w\", \"condition\": {\"lang\": \"en\"}, \"secret\": \"s3\",\n"
        "\"strings\": [\"a\", \"b\"], \"numbers\": [1, 2.5], \"fields\": [\"x\", \"y\"], \"patterns\": [\"(?i)K\"],\n"
        "\"map\": {\"one\": 1, \"half\": 0.5}, \"table\": [{\"name\": \"n\"}, {\"weight\": 2, \"name\": \"m\"}]}");
    CHECK_BYTES(shown.data, shown.len, "");
    CHECK_INT(e->integer, -10);
    CHECK(e->number == 1);
    CHECK_INT(e->boolean, 0);
    CHECK_BYTES(e->string.data, e->string.len, "\xc3\xa9");
    CHECK_INT(e->choice, 2);
    CHECK_INT(e->size, 4096);
    CHECK_INT(e->duration, 20000000);
    CHECK(e->path.data[0] == '/' && strcmp(e->path.data + e->path.len - 6, "/f.txt") == 0);
    uint64_t start, end;
    CHECK(pattern_match(e->pattern, TM_STR("aaa"), 0, &start, &end) && end == 3);
    CHECK(!pattern_match(e->pattern, TM_STR("aab"), 0, &start, &end));
    CHECK(e->writes && e->reads && e->writes != e->reads);
    CHECK(e->condition != NULL);
    CHECK_BYTES(e->secret.data, e->secret.len, "s3");
    CHECK_INT(e->strings.count, 2);
    CHECK_BYTES(((const tm_str *)e->strings.items)[1].data, 1, "b");
    CHECK(((const double *)e->numbers.items)[1] == 2.5);
    CHECK(((const tm_field *)e->fields.items)[1] != 0);
    CHECK(pattern_match(((const tm_pattern *const *)e->patterns.items)[0], TM_STR("ok"), 0, NULL, NULL));
    CHECK_INT(e->map.count, 2);
    CHECK_BYTES(((const tm_pair *)e->map.items)[1].name.data, 4, "half");
    CHECK(((const tm_pair *)e->map.items)[1].number == 0.5);
    const struct row *rows = e->table.items;
    CHECK_INT(e->table.count, 2);
    CHECK_BYTES(rows[0].name.data, rows[0].name.len, "n");
    CHECK(rows[0].weight == 1 && rows[1].weight == 2);
    CHECK_INT(filled.n_named, 5); /* reads, writes, the condition's lang, x, y */
}

static void names_that_are_not_there(void) {
    TELLS("{\"needed\": 1,\n  \"nmuber\": 1}",
          "p.json:2:3: stage \"s\" has no option \"nmuber\"; did you mean \"number\"?\n");
    TELLS("{}", "p.json:1:1: stage \"s\" needs the option \"needed\": an integer, what must be given\n");
    TELLS("{\"needed\": 1, \"table\": [{\"name\": \"n\", \"wieght\": 1}, {}, 3]}",
          "p.json:1:39: \"table[0]\" of stage \"s\" has no option \"wieght\"; did you mean \"weight\"?\n"
          "p.json:1:53: stage \"s\" needs the option \"table[1].name\": a string, what it is called\n"
          "p.json:1:57: option \"table[2]\" of stage \"s\": expected an object, found 3\n");
    static const tm_plugin none = {TM_DESCRIPTOR, .name = "none"};
    fill_with(&none, "{\"a\": 1}");
    CHECK_BYTES(shown.data, shown.len, "p.json:1:2: stage \"s\" has no option \"a\"; it has none\n");
}

static void values_of_the_wrong_type(void) {
    TELLS("{\"needed\": \"1\",\n\"integer\": 1.5, \"number\": true, \"boolean\": 1, \"string\": 5, \"choice\": 2}",
          "p.json:1:12: option \"needed\" of stage \"s\": expected an integer, found the string \"1\"\n"
          "p.json:2:12: option \"integer\" of stage \"s\": expected an integer, found 1.5\n"
          "p.json:2:27: option \"number\" of stage \"s\": expected a number, found true\n"
          "p.json:2:44: option \"boolean\" of stage \"s\": expected true or false, found 1\n"
          "p.json:2:57: option \"string\" of stage \"s\": expected a string, found 5\n"
          "p.json:2:70: option \"choice\" of stage \"s\": expected one of \"one\", \"two\", \"three\", found 2\n");
    TELLS("{\"needed\": 1, \"size\": \"2X\", \"duration\": \"soon\", \"path\": 1, \"pattern\": [], \"reads\": {}, "
          "\"condition\": 1}",
          "p.json:1:23: option \"size\" of stage \"s\": expected a size such as \"64K\", \"2M\", \"1G\" or a number of "
          "bytes, found "
          "the string \"2X\"\n"
          "p.json:1:41: option \"duration\" of stage \"s\": expected a duration such as \"20ms\", \"3s\", \"5m\", "
          "\"1h\", \"30d\" or a "
          "number of seconds, found the string \"soon\"\n"
          "p.json:1:57: option \"path\" of stage \"s\": expected a path, found 1\n"
          "p.json:1:71: option \"pattern\" of stage \"s\": expected a pattern (a POSIX extended regular expression), "
          "found an "
          "array\n"
          "p.json:1:84: option \"reads\" of stage \"s\": expected the name of a field, found an object\n"
          "p.json:1:101: option \"condition\" of stage \"s\": expected a condition such as {\"lang\": \"en\"}, found "
          "1\n");
    TELLS("{\"needed\": 1, \"strings\": \"a\", \"numbers\": [1, \"b\"], \"map\": [], \"table\": {}, \"secret\": null, "
          "\"string\": null}",
          "p.json:1:26: option \"strings\" of stage \"s\": expected an array of strings, found the string \"a\"\n"
          "p.json:1:46: option \"numbers[1]\" of stage \"s\": expected a number, found the string \"b\"\n"
          "p.json:1:59: option \"map\" of stage \"s\": expected an object of names to values, found an array\n"
          "p.json:1:72: option \"table\" of stage \"s\": expected an array of objects, found an object\n"
          "p.json:1:102: option \"string\" of stage \"s\": expected a string, found null\n");
    TELLS("[]", "p.json:1:1: \"with\" of stage \"s\": expected an object of options, found an array\n");
}

static void values_out_of_range(void) {
    TELLS(
        "{\"needed\": 1, \"integer\": 11, \"number\": -0.1, \"size\": \"2G\", \"duration\": \"1us\"}",
        "p.json:1:26: option \"integer\" of stage \"s\": 11 is out of range; expected -10 to 10\n"
        "p.json:1:40: option \"number\" of stage \"s\": -0.1 is out of range; expected 0 to 1\n"
        "p.json:1:54: option \"size\" of stage \"s\": the string \"2G\" is out of range; expected 1K to 1G\n"
        "p.json:1:72: option \"duration\" of stage \"s\": the string \"1us\" is out of range; expected at least 1ms\n");
    CHECK_BYTES(problems.list[0].code, strlen(problems.list[0].code), "out-of-range");
}

static void choices_patterns_paths_and_fields(void) {
    TELLS("{\"needed\": 1, \"choice\": \"tow\"}",
          "p.json:1:25: option \"choice\" of stage \"s\": no choice like the string \"tow\"; did "
          "you mean \"two\"? (one of \"one\", \"two\", \"three\")\n");
    TELLS("{\"needed\": 1, \"choice\": \"seven\"}",
          "p.json:1:25: option \"choice\" of stage \"s\": no choice like the string \"seven\"; "
          "expected one of \"one\", \"two\", \"three\"\n");
    fill("{\"needed\": 1, \"path\": \"no/such\", \"pattern\": \"a(\"}");
    CHECK(strstr(shown.data, "p.json:1:23: option \"path\" of stage \"s\": /tmp/textmill-options-") == shown.data);
    CHECK(memmem(shown.data, shown.len, "/no/such: No such file or directory\n", 36) != NULL);
    CHECK(memmem(shown.data, shown.len, "p.json:1:45: option \"pattern\" of stage \"s\": no valid pattern: ", 61) !=
          NULL);
    TELLS("{\"needed\": 1, \"writes\": \"removed\"}", "p.json:1:25: option \"writes\" of stage \"s\": the field "
                                                      "\"removed\" is textmill's own; choose another name\n");
    TELLS("{\"needed\": 1, \"writes\": \"a.b\"}",
          "p.json:1:25: option \"writes\" of stage \"s\": \"a.b\" reaches into a field; a stage "
          "writes whole fields: no point in the name\n");
}

static void the_environment_gives_numbers_too(void) {
    setenv("TM_TEST_N", "0.25", 1);
    setenv("TM_TEST_B", "false", 1);
    const struct everything *e =
        fill("{\"needed\": \"${TM_TEST_I:-5}\", \"number\": \"${TM_TEST_N}\", \"boolean\": \"${TM_TEST_B}\"}");
    CHECK_INT(problems.count, 0);
    CHECK_INT(e->needed, 5);
    CHECK(e->number == 0.25);
    CHECK_INT(e->boolean, 0);
    setenv("TM_TEST_N", "s3cret", 1);
    TELLS("{\"needed\": 1, \"number\": \"${TM_TEST_N}\"}",
          "p.json:1:25: option \"number\" of stage \"s\": expected a number, found a string from the environment\n");
}

/* --- the table itself --- */

static void check_refused(const tm_option *rows, uint32_t n, uint32_t struct_size, const char *want) {
    struct buffer why;
    buffer_init(&why);
    tm_plugin p = {
        TM_DESCRIPTOR,  .name = "bad", .config_size = struct_size, .n_options = n, .option_size = sizeof(tm_option),
        .options = rows};
    int result = options_check_table(&p, &why);
    int is_right = result == -1 && why.len == strlen(want) && memcmp(why.data, want, why.len) == 0;
    if (!is_right)
        fprintf(stderr, "%d: %.*s\nnot: %s\n", result, (int)why.len, why.len ? why.data : "", want);
    buffer_deinit(&why);
    CHECK(is_right);
}

#define REFUSED(want, ...)                                                                                             \
    do {                                                                                                               \
        const tm_option rows_[] = {__VA_ARGS__};                                                                       \
        check_refused(rows_, sizeof rows_ / sizeof rows_[0], 16, want);                                                \
    } while (0)

static void wrong_tables_are_refused(void) {
    struct buffer why;
    buffer_init(&why);
    CHECK_INT(options_check_table(&plugin, &why), 0);
    buffer_deinit(&why);
    REFUSED("option \"a\" is bound to bytes 16..24 of a struct of 16 bytes",
            {"a", TM_T_INT, 0, 0, 16, "0", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" is bound to an offset that is not aligned (4)",
            {"a", TM_T_INT, 0, 0, 4, "0", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" has the unknown type 99", {"a", 99, 0, 0, 0, "0", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" stands there twice", {"a", TM_T_INT, 0, 0, 0, "0", NULL, "h", NULL, NULL, 0, 0},
            {"a", TM_T_INT, 0, 0, 8, "0", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("a row without a proper name", {"a b", TM_T_INT, 0, 0, 0, "0", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" has the range \"1-2\", which cannot be read",
            {"a", TM_T_INT, 0, 0, 0, "1", "1-2", "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" has the range \"2..1\", which cannot be read",
            {"a", TM_T_INT, 0, 0, 0, "1", "2..1", "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" is an enum without choices", {"a", TM_T_ENUM, 0, 0, 0, "\"x\"", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("default of option \"a\" of stage \"bad\": 5 is out of range; expected 0 to 1",
            {"a", TM_T_INT, 0, 0, 0, "5", "0..1", "h", NULL, NULL, 0, 0});
    REFUSED("default of option \"a\" of stage \"bad\": expected an integer, found the string \"x\"",
            {"a", TM_T_INT, 0, 0, 0, "\"x\"", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("default of option \"a\": expected a value, found x; a string stands in double quotes",
            {"a", TM_T_STRING, 0, 0, 0, "x", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" names a field, but its flags say neither reads nor writes",
            {"a", TM_T_FIELD, 0, 0, 0, "\"x\"", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" is a list of the unknown type 0",
            {"a", TM_T_LIST, 0, 0, 0, "[]", NULL, "h", NULL, NULL, 0, 0});
    REFUSED("option \"a\" is a table without columns", {"a", TM_T_TABLE, 0, 0, 0, "[]", NULL, "h", NULL, NULL, 0, 0});
    static const tm_option bad_column[] = {{"c", TM_T_INT, 0, 0, 0, "9", "0..1", "h", NULL, NULL, 0, 0}};
    REFUSED("default of option \"a.c\" of stage \"bad\": 9 is out of range; expected 0 to 1",
            {"a", TM_T_TABLE, 0, 0, 0, "[]", NULL, "h", NULL, bad_column, 1, 8});
    const tm_plugin old = {TM_DESCRIPTOR,  .name = "old",     .config_size = 16,
                           .n_options = 1, .option_size = 40, .options = table};
    buffer_init(&why);
    CHECK_INT(options_check_table(&old, &why), -1);
    CHECK(memmem(why.data, why.len, "its rows have 40 bytes", 22) != NULL);
    buffer_deinit(&why);
}

int main(void) {
    if (!mkdtemp(folder))
        return 1;
    char file[64];
    snprintf(file, sizeof file, "%s/f.txt", folder);
    FILE *f = fopen(file, "w");
    if (f)
        fclose(f);
    RUN(defaults_fill_the_struct);
    RUN(every_type_takes_its_value);
    RUN(names_that_are_not_there);
    RUN(values_of_the_wrong_type);
    RUN(values_out_of_range);
    RUN(choices_patterns_paths_and_fields);
    RUN(the_environment_gives_numbers_too);
    RUN(wrong_tables_are_refused);
    forget();
    buffer_deinit(&shown);
    unlink(file);
    rmdir(folder);
    return check_end();
}
