/* test_taxonomy.c: mistakes in a taxonomy are told with file and line. */
#include "check.h"
#include "taxonomy.h"

#include <textmill/embed.h>

static void mistakes_have_a_line(void) {
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "t:0: no topic in the file (= ID, tab, name)"},
        {"3\tword\n", "t:1: words before the first topic (= ID, tab, name)"},
        {"= a\n", "t:1: a topic is: = ID, tab, name, and for a narrower one tab and the id of its top term"},
        {"= a\tA\nword\n", "t:2: a weight is expected, then a tab and phrases parted by ;"},
        {"= a\tA\n\n0\tword\n", "t:3: a weight stands between -100 and 100 and is not 0"},
        {"= a\tA\ta\t20\n", "t:1: the factor of a topic stands between 0 and 10"},
        {"= a\tA\nmuch\tword\n", "t:2: field 1 must be a number, not \"much\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[256] = "";
        struct compile *c = taxonomy_compiler(textmill_host());
        CHECK_INT(taxonomy_compile(c, "t", (tm_str){cases[i].text, strlen(cases[i].text)}, error, sizeof error), -1);
        CHECK_BYTES(error, strlen(error), cases[i].error);
        compile_free(c);
    }
}

static void a_top_term_must_be_there(void) {
    const char *text = "= a\tA\tb\n1\tword\n";
    char error[256] = "";
    struct taxonomy t;
    struct compile *c = taxonomy_compiler(textmill_host());
    CHECK_INT(taxonomy_compile(c, "t", (tm_str){text, strlen(text)}, error, sizeof error), 0);
    CHECK_INT(taxonomy_open(&t, compile_finish(c), TM_TEXT_VERSION, error, sizeof error), -1);
    CHECK_BYTES(error, strlen(error), "taxonomy: the topic \"a\" stands under \"b\", which is no topic");
    compile_free(c);
}

int main(void) {
    RUN(mistakes_have_a_line);
    RUN(a_top_term_must_be_there);
    return check_end();
}
