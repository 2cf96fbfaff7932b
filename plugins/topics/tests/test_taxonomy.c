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
        uint32_t topics = 0;
        tm_str text = {cases[i].text, strlen(cases[i].text)};
        CHECK_INT(taxonomy_compile(c, "t", text, &topics, error, sizeof error), -1);
        CHECK_BYTES(error, strlen(error), cases[i].error);
        compile_free(c);
    }
}

static void a_top_term_must_be_there(void) {
    const char *text = "= a\tA\tb\n1\tword\n";
    char error[256] = "";
    struct taxonomy t;
    struct compile *c = taxonomy_compiler(textmill_host());
    uint32_t topics = 0;
    CHECK_INT(taxonomy_compile(c, "t", (tm_str){text, strlen(text)}, &topics, error, sizeof error), 0);
    CHECK_INT(taxonomy_open(&t, compile_finish(c), TM_TEXT_VERSION, error, sizeof error), -1);
    CHECK_BYTES(error, strlen(error), "taxonomy: the topic \"a\" stands under \"b\", which is no topic");
    compile_free(c);
}

/* The words of a second file speak for its own topics. */
static void several_files_make_one_taxonomy(void) {
    static const char *const files[] = {"= a\tA\n1\tone\n= b\tB\ta\n2\ttwo\n", "= c\tC\n3\tthree; one\n"};
    char error[256] = "";
    uint32_t topics = 0;
    struct taxonomy t;
    struct compile *c = taxonomy_compiler(textmill_host());
    for (int i = 0; i < 2; i++)
        CHECK_INT(taxonomy_compile(c, "t", (tm_str){files[i], strlen(files[i])}, &topics, error, sizeof error), 0);
    CHECK_INT(taxonomy_open(&t, compile_finish(c), TM_TEXT_VERSION, error, sizeof error), 0);
    CHECK_INT(t.n_topics, 3);
    CHECK_INT(t.n_tops, 2);
    CHECK_INT(t.topics[1].top, 0);
    uint64_t hash = textmill_host()->hash(TM_STR("three"));
    const uint32_t *values = phrase_exact(&t.table.phrases, &hash, 1);
    CHECK(values != NULL);
    uint32_t phrase = (uint32_t)(values - t.table.phrases.values) / 2;
    CHECK_INT(t.first[phrase + 1] - t.first[phrase], 2); /* one, and one that adds nothing */
    CHECK_INT(t.additions[t.first[phrase] + 1].topic, t.n_topics);
    CHECK_INT(t.additions[t.first[phrase]].topic, 2);
    hash = textmill_host()->hash(TM_STR("one"));
    values = phrase_exact(&t.table.phrases, &hash, 1);
    CHECK(values != NULL);
    phrase = (uint32_t)(values - t.table.phrases.values) / 2;
    CHECK_INT(t.first[phrase + 1] - t.first[phrase], 2);
    taxonomy_close(&t);
    compile_free(c);
}

int main(void) {
    RUN(several_files_make_one_taxonomy);
    RUN(mistakes_have_a_line);
    RUN(a_top_term_must_be_there);
    return check_end();
}
