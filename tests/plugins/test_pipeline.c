/* Pipelines: what is read, and every mistake with its place and class. Files are written to a folder of their own. */
#include "check.h"

#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/textmill-pipeline-XXXXXX";
static struct loader *loader;
static struct problems problems;
static struct pipeline *pipeline;
static struct buffer shown;

static void write_file(const char *name, const char *text) {
    FILE *f = fopen(name, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static void forget(void) {
    pipeline_free(pipeline);
    pipeline = NULL;
    problems_deinit(&problems);
}

static struct pipeline *read_with(struct pipeline_request request) {
    forget();
    pipeline = pipeline_read(&request, loader, &problems);
    shown.len = 0;
    problems_print(&problems, &shown);
    buffer_add_char(&shown, '\0');
    shown.len--;
    return pipeline;
}

static struct pipeline *read_text(const char *text) {
    write_file("p.json", text);
    return read_with((struct pipeline_request){.file = "p.json"});
}

/* A broken pipeline, the code of its first problem, and all that is told of it. */
struct broken {
    const char *text, *code, *told;
};

static const struct broken broken_pipelines[] = {
    {"{\n  \"stages\": [ { \"use\": \"shuot\" } ]\n}", "unknown-stage",
     "p.json:2:24: there is no plugin \"shuot\"; did you mean \"shout\"?\n"},
    {"{ \"stages\": [ { \"use\": \"../shout\" } ] }", "unknown-stage",
     "p.json:1:24: \"../shout\" is no name of a plugin: a name has a-z, 0-9, _ and - only, at most 64; paths are not "
     "taken "
     "(--plugin-dir names the folder)\n"},
    {"{ \"stages\": [ { \"use\": \"judge\",\n \"with\": { \"wrod\": \"x\" } } ] }", "unknown-option",
     "p.json:2:12: stage \"judge\" has no option \"wrod\"; did you mean \"word\"?\n"},
    {"{ \"stages\": [ { \"use\": \"judge\",\n \"with\": { \"tries\": \"x\" } } ] }", "wrong-type",
     "p.json:2:21: option \"tries\" of stage \"judge\": expected an integer, found the string \"x\"\n"},
    {"{ \"stages\": [ { \"use\": \"judge\",\n \"with\": { \"tries\": 11 } } ] }", "out-of-range",
     "p.json:2:21: option \"tries\" of stage \"judge\": 11 is out of range; expected 0 to 10\n"},
    {"{ \"stages\": [ { \"use\": \"judge\", \"with\": 3 } ] }", "wrong-type",
     "p.json:1:41: \"with\" of stage \"judge\": expected an object of options, found 3\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"wiht\": {} } ] }", "unknown-key",
     "p.json:1:33: a stage has no key \"wiht\"; did you mean \"with\"?\n"},
    {"{ \"stages\": [ { \"use\": \"shout\" } ], \"stags\": 1 }", "unknown-key",
     "p.json:1:37: a pipeline has no key \"stags\"; did you mean \"stages\"?\n"},
    {"{ \"name\": \"x\" }", "missing-key",
     "p.json:1:1: a pipeline needs \"stages\": an array such as [ { \"use\": \"clean\" } ]\n"},
    {"{ \"stages\": {} }", "wrong-type",
     "p.json:1:13: \"stages\" of the pipeline: expected an array of stages, found an object\n"},
    {"{ \"stages\": [ \"shout\", 3 ] }", "wrong-type",
     "p.json:1:15: a stage: expected an object, found a string; write { \"use\": \"shout\" }\n"
     "p.json:1:24: a stage: expected an object such as { \"use\": \"clean\" }, found 3\n"},
    {"{ \"stages\": [ { \"with\": {} } ] }", "missing-key",
     "p.json:1:15: a stage needs \"use\": the name of a plugin (or \"include\": a file)\n"},
    {"[]", "wrong-type", "p.json:1:1: a pipeline file: expected an object: { \"stages\": [ ... ] }, found an array\n"},
    {"{ \"stages\": [ { \"use\": \"shout\" },\n { \"use\": \"shout\" } ] }", "duplicate-id",
     "p.json:2:11: two stages are called \"shout\", the first at p.json:1:24; give this one an \"id\" of its own\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"id\": \"a/b\" } ] }", "bad-value",
     "p.json:1:39: \"id\" of a stage: letters, digits, _ and - only, at most 64\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"on_error\": \"skp\" } ] }", "bad-value",
     "p.json:1:45: \"on_error\" of a stage: no choice like \"skp\"; did you mean \"skip\"?\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"languages\": \"en\" } ] }", "wrong-type",
     "p.json:1:46: \"languages\" of a stage: expected an array of codes such as [\"en\", \"de\"], or null for any, "
     "found the "
     "string \"en\"\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"use\": \"judge\" } ] }", "duplicate-key",
     "p.json:1:33: the key \"use\" stands here a second time; the first is at 1:17\n"},
    {"{ \"stages\": [ { \"use\": \"sink\" } ] }", "plugin",
     "p.json:1:24: the plugin \"sink\" is a sink, not a stage\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"id\": { \"isnt\": 1 } } } ] }", "unknown-key",
     "p.json:1:51: condition: no test \"isnt\"; did you mean \"is\"?\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"id\": [1] } } ] }", "bad-condition",
     "p.json:1:49: condition: expected a string, a number, true, false or null (for one of several: {\"in\": [...]}), "
     "found an "
     "array\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"any\": 1 } } ] }", "bad-condition",
     "p.json:1:50: condition: expected an array of conditions, found 1\n"},
    {"{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"id\": { \"matches\": \"(\" } } } ] }", "bad-pattern",
     "p.json:1:62: condition: no valid pattern: a ( without its ) (at byte 1)\n"},
    {"{ \"input\": { \"fromat\": \"text\", \"format\": \"xml\", \"fields\": [1] }, \"stages\": [] }", "unknown-key",
     "p.json:1:14: \"input\" has no key \"fromat\"; did you mean \"format\"?\n"
     "p.json:1:42: \"format\" of \"input\": no choice like \"xml\"; expected one of \"auto\", \"jsonl\", \"text\", "
     "\"csv\", \"tsv\"\n"
     "p.json:1:60: \"fields\" of \"input\": expected a string that is not empty, found 1\n"},
    {"{ \"outputs\": [ { \"format\": \"jsnol\" }, 3 ], \"stages\": [] }", "missing-key",
     "p.json:1:16: an output needs \"path\": a file, a folder with / at its end, or \"-\" for standard output\n"
     "p.json:1:28: \"format\" of an output: no choice like \"jsnol\"; did you mean \"jsonl\"?\n"
     "p.json:1:39: an output: expected an object such as { \"path\": \"out.jsonl\" }, found 3\n"},
    {"{ \"tests\": [ 1 ], \"stages\": [] }", "wrong-type",
     "p.json:1:14: a test: expected an object with \"input\" and \"expect\", found 1\n"},
    {"{ \"stages\": [ { \"include\": \"none.json\" } ] }", "bad-include", NULL},
    {"{ \"stages\": [ { \"include\": \"p.json\" } ] }", "bad-include",
     "p.json:1:28: p.json includes itself; take this one out\n"},
    {"{ \"stages\": [ { \"include\": \"loop.json\" } ] }", "bad-include",
     "loop.json:1:16: p.json includes itself by way of loop.json; take this one out\n"},
    {"{ \"stages\": [ { \"include\": \"broken.json\" } ] }", "unknown-stage",
     "broken.json:2:11: there is no plugin \"shuot\"; did you mean \"shout\"?\n"},
    {"{ \"stages\": [ { \"use\": \"counter\" }, { \"use\": \"shout\", \"when\": { \"numbr\": 1 } } ] }",
     "unknown-field",
     "p.json:1:65: \"when\" of stage \"shout\" reads the field \"numbr\", which nothing writes; did you mean "
     "\"number\", which stage "
     "\"counter\" writes?\n"},
    {"{ \"input\": { \"fields\": [\"a\"] }, \"stages\": [ { \"use\": \"judge\", \"with\": { \"only\": { \"b\": 1 } } } "
     "] }",
     "unknown-field",
     "p.json:1:83: stage \"judge\" reads the field \"b\", which no earlier stage writes and \"fields\" of \"input\" "
     "does not name\n"},
    {"{ \"stages\": [ { \"use\": \"shout\" }\n   { \"use\": \"judge\" } ], }", "syntax",
     "p.json:1:33: expected ',' or ']' here, found '{'\n"
     "p.json:2:24: a comma with nothing behind it before the '}'\n"},
};

static void broken_pipelines_are_told_of(void) {
    write_file("loop.json", "[ { \"include\": \"p.json\" } ]");
    write_file("broken.json", "{ \"stages\": [\n { \"use\": \"shuot\" } ] }");
    int wrong = 0;
    for (size_t i = 0; i < sizeof broken_pipelines / sizeof broken_pipelines[0]; i++) {
        const struct broken *b = &broken_pipelines[i];
        read_text(b->text);
        int is_right = problems.errors > 0 && strcmp(problems.list[0].code, b->code) == 0 &&
                       (!b->told || strcmp(shown.data, b->told) == 0);
        if (!is_right)
            fprintf(stderr, "%s\nsaid (%s): %swanted (%s): %s\n", b->text, problems.count ? problems.list[0].code : "",
                    shown.data, b->code, b->told ? b->told : "");
        wrong += !is_right;
    }
    CHECK_INT(wrong, 0);
}

static void all_mistakes_are_told_at_once(void) {
    read_text("{ \"stages\": [\n  { \"use\": \"shuot\" },\n  { \"use\": \"judge\", \"with\": { \"tries\": 99, \"cod\": "
              "1 } },\n"
              "  { \"use\": \"counter\", \"on_error\": 1 },\n ], \"nmae\": 1 }");
    CHECK_BYTES(shown.data, shown.len,
                "p.json:2:12: there is no plugin \"shuot\"; did you mean \"shout\"?\n"
                "p.json:3:40: option \"tries\" of stage \"judge\": 99 is out of range; expected 0 to 10\n"
                "p.json:3:44: stage \"judge\" has no option \"cod\"; did you mean \"code\"?\n"
                "p.json:4:35: \"on_error\" of a stage: expected a string that is not empty, found 1\n"
                "p.json:4:38: a comma with nothing behind it before the ']'\n"
                "p.json:5:5: a pipeline has no key \"nmae\"; did you mean \"name\"?\n");
    CHECK_INT(problems.errors, 6);
}

static void a_right_one_is_read_whole(void) {
    write_file("part.json", "{ \"stages\": [ { \"use\": \"judge\", \"id\": \"inner\" } ] }");
    struct pipeline *p =
        read_text("// all there is\n{ \"$schema\": \"s.json\", \"name\": \"all\", \"description\": \"d\",\n"
                  "\"input\": { \"format\": \"jsonl\", \"text_field\": \"body\", \"id_field\": \"key\", \"files\": "
                  "[\"in.jsonl\", \"-\"] },\n"
                  "\"outputs\": [ { \"path\": \"a.jsonl\", \"when\": { \"number\": { \"lt\": 5 } } }, { \"path\": "
                  "\"-\", \"format\": \"text\" } ],\n"
                  "\"stages\": [ { \"use\": \"shout\", \"languages\": [\"en\", \"de\"], \"on_error\": \"skip\" }, { "
                  "\"include\": \"part.json\" },\n"
                  "  { \"use\": \"counter\", \"when\": { \"body\": { \"contains\": \"x\" } } } ],\n"
                  "\"tests\": [ { \"input\": \"a\", \"expect\": {} } ] }");
    CHECK_BYTES(shown.data, shown.len, "");
    CHECK_BYTES(p->name, strlen(p->name), "all");
    CHECK_INT(p->n_stages, 3);
    CHECK_BYTES(p->stages[0].doc.id, 5, "shout");
    CHECK_BYTES(p->stages[0].languages, strlen(p->stages[0].languages), "en de");
    CHECK_INT(p->stages[0].on_error, ON_ERROR_SKIP);
    CHECK_BYTES(p->stages[1].doc.id, 5, "inner");
    CHECK_INT(p->stages[1].on_error, ON_ERROR_FAIL);
    CHECK(p->stages[1].when == NULL && p->stages[2].when != NULL);
    CHECK_INT(p->stages[2].doc.index, 2);
    CHECK_BYTES(p->schema.text_field, strlen(p->schema.text_field), "body");
    CHECK_BYTES(p->schema.id_field, strlen(p->schema.id_field), "key");
    CHECK_INT(p->schema.n_stages, 3);
    CHECK(p->schema.has_editors && p->schema.has_writers);
    CHECK_INT(p->n_input_files, 2);
    CHECK(strstr(p->input_files[0], "/in.jsonl") != NULL && p->input_files[0][0] == '/');
    CHECK_BYTES(p->input_files[1], strlen(p->input_files[1]), "-");
    CHECK_INT(p->n_output, 2);
    CHECK(p->output[0].when && !p->output[1].when);
    CHECK_BYTES(p->output[1].format, strlen(p->output[1].format), "text");
    CHECK_INT(p->tests->n_children, 1);
    CHECK_INT(pipeline_open(p, &problems), 0);
    CHECK(p->stages[0].stage && p->stages[1].stage && p->stages[2].stage);
    pipeline_close(p);
    CHECK(p->stages[0].stage == NULL);
    CHECK_INT(pipeline_open(p, &problems), 0);
}

static void an_empty_list_of_stages_is_valid(void) {
    struct pipeline *p = read_text("{ \"stages\": [] }");
    CHECK_INT(problems.count, 0);
    CHECK_INT(p->n_stages, 0);
    CHECK(!p->schema.has_editors && !p->schema.has_writers);
    CHECK_BYTES(p->name, strlen(p->name), "p");
    CHECK_BYTES(p->schema.text_field, strlen(p->schema.text_field), "text");
    CHECK_INT(pipeline_open(p, &problems), 0);
}

static void stages_can_come_from_the_command_line(void) {
    struct pipeline *p = read_with((struct pipeline_request){.stages = "shout, judge"});
    CHECK_INT(problems.count, 0);
    CHECK_INT(p->n_stages, 2);
    CHECK_BYTES(p->stages[1].doc.id, 5, "judge");
    read_with((struct pipeline_request){.stages = "shout,jugde"});
    CHECK_BYTES(shown.data, shown.len, "--stages: there is no plugin \"jugde\"; did you mean \"judge\"?\n");
    read_with((struct pipeline_request){.stages = "a\"b"});
    CHECK_INT(problems.errors, 1);
    read_with((struct pipeline_request){.stages = ","});
    CHECK_INT(problems.errors, 1);
}

static void options_can_be_set_from_the_command_line(void) {
    const char *sets[] = {"judge.tries=3", "judge.word=two words", "shout.x=1",      "juge.a=1",
                          "nonsense",      "judge.tris=1",         "judge.wait=soon"};
    write_file("p.json",
               "{ \"stages\": [ { \"use\": \"judge\", \"with\": { \"tries\": 99 } }, { \"use\": \"shout\" } ] }");
    read_with((struct pipeline_request){.file = "p.json", .sets = sets, .n_sets = 2});
    CHECK_BYTES(shown.data, shown.len, "");
    read_with((struct pipeline_request){.file = "p.json", .sets = sets, .n_sets = 7});
    CHECK_BYTES(shown.data, shown.len,
                "--set juge.a=1: the pipeline has no stage \"juge\"; did you mean \"judge\"?\n"
                "--set nonsense: expected STAGE.option=value\n"
                "--set judge.wait=soon: option \"wait\" of stage \"judge\": expected a duration such as \"20ms\", "
                "\"3s\", \"5m\", "
                "\"1h\", \"30d\" or a number of seconds, found the string \"soon\"\n"
                "--set judge.tris=1: stage \"judge\" has no option \"tris\"; did you mean \"tries\"?\n"
                "--set shout.x=1: stage \"shout\" has no option \"x\"; it has none\n");
}

static void what_a_plugin_cannot_open_is_told(void) {
    struct pipeline *p =
        read_text("{ \"stages\": [ { \"use\": \"shout\" }, { \"use\": \"refuses\" },\n{ \"use\": \"silent\" } ] }");
    CHECK_INT(problems.count, 0);
    CHECK_INT(pipeline_open(p, &problems), -1);
    CHECK_INT(problems.errors, 2);
    CHECK_BYTES(problems.list[0].message, strlen(problems.list[0].message),
                "stage \"refuses\" cannot be opened: its table is missing; make it with mill-table");
    CHECK_INT(problems.list[0].column, 44);
    CHECK(strstr(problems.list[1].message, "stage \"silent\" cannot be opened: the plugin /") ==
          problems.list[1].message);
    CHECK(strstr(problems.list[1].message, "gave error -5 and did not say why") != NULL);
    CHECK(p->stages[0].stage == NULL);
}

static void fields_must_come_from_somewhere(void) {
    read_text("{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"lang\": \"en\" } } ] }");
    CHECK_BYTES(shown.data, shown.len,
                "p.json:1:43: warning: \"when\" of stage \"shout\" reads the field \"lang\", which no earlier "
                "stage writes: it must come with the input\n");
    CHECK_INT(problems.errors, 0);
    read_text("{ \"input\": { \"fields\": [\"lang\"] }, \"stages\": [ { \"use\": \"shout\", \"when\": { \"lang.code\": "
              "\"en\" } } ] }");
    CHECK_INT(problems.count, 0);
    read_text("{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"number\": 1 } }, { \"use\": \"counter\" } ] }");
    CHECK_BYTES(shown.data, shown.len,
                "p.json:1:43: warning: \"when\" of stage \"shout\" reads the field \"number\" before stage "
                "\"counter\" writes it; put it behind that stage\n");
    read_text("{ \"stages\": [ { \"use\": \"shout\", \"when\": { \"text.bytes\": { \"gt\": 3 }, \"source\": \"a\", "
              "\"title\": null,\n"
              "\"removed\": { \"exists\": true } } } ] }");
    CHECK_INT(problems.count, 0);
}

static void a_file_that_cannot_be_read(void) {
    CHECK(read_with((struct pipeline_request){.file = "none.json"}) == NULL);
    CHECK_BYTES(shown.data, shown.len, "none.json: cannot be read: No such file or directory\n");
    CHECK(read_text("") == NULL);
    CHECK(read_text("{ \"stages\": [ } ] ] {") != NULL);
    CHECK(problems.errors > 0);
}

int main(int argc, char **argv) {
    if (argc != 3 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: test_pipeline GOOD BAD\n");
        return 2;
    }
    loader = loader_new();
    char *good = realpath(argv[1], NULL), *bad = realpath(argv[2], NULL);
    loader_add_folder(loader, good);
    loader_add_folder(loader, bad);
    if (chdir(folder) != 0)
        return 2;
    RUN(broken_pipelines_are_told_of);
    RUN(all_mistakes_are_told_at_once);
    RUN(a_right_one_is_read_whole);
    RUN(an_empty_list_of_stages_is_valid);
    RUN(stages_can_come_from_the_command_line);
    RUN(options_can_be_set_from_the_command_line);
    RUN(what_a_plugin_cannot_open_is_told);
    RUN(fields_must_come_from_somewhere);
    RUN(a_file_that_cannot_be_read);
    forget();
    loader_free(loader);
    buffer_deinit(&shown);
    free(good);
    free(bad);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return check_end() | (system(command) != 0);
}
