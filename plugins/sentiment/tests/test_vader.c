/* VADER's rules, each on sentences of our own; the lexicon's bad lines; and the same result for a text wherever it is
 * cut into loads. */
#include "check.h"
#include "data.h"

static const struct {
    const char *text;
    double compound, pos, neu, neg;
} cases[] = {
#include "vader_cases.inc"
};

static void rules_are_those_of_the_paper(void) {
    struct test_data d;
    test_data_open(&d);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[80], want[80];
        struct vader_result r = test_score(&d, cases[i].text, strlen(cases[i].text));
        struct vader_result w = {
            .compound = cases[i].compound, .pos = cases[i].pos, .neu = cases[i].neu, .neg = cases[i].neg};
        test_print(&r, got, sizeof got);
        test_print(&w, want, sizeof want);
        if (strcmp(got, want) != 0)
            fprintf(stderr, "%s\n", cases[i].text);
        CHECK_BYTES(got, strlen(got), want);
    }
    test_data_close(&d);
}

/* A word is found however many bytes stand before it and behind it. */
static void place_of_a_word_changes_nothing(void) {
    struct test_data d;
    test_data_open(&d);
    for (size_t before = 0; before < 40; before++)
        for (size_t dots = 0; dots < 24; dots++) {
            char text[128], *p = text;
            p = (char *)memset(p, ' ', before) + before;
            p = (char *)memset(p, '.', dots) + dots;
            p = stpcpy(p, "wonderful");
            p = (char *)memset(p, ',', dots) + dots;
            struct vader_result r = test_score(&d, text, (uint64_t)(p - text));
            CHECK_INT(r.words, 1);
            CHECK(r.compound > 0.57 && r.compound < 0.58);
        }
    test_data_close(&d);
}

/* Bytes that are no text are words without a meaning; nothing is read beyond the padding. */
static void any_bytes_are_taken(void) {
    struct test_data d;
    test_data_open(&d);
    uint64_t seed = 88172645463325252u;
    for (int round = 0; round < 3000; round++) {
        char text[200];
        size_t len = (size_t)(round % 199);
        for (size_t i = 0; i < len; i++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            text[i] = (char)(seed >> 24 & (round % 3 ? 0x7f : 0xff));
        }
        struct vader_result r = test_score(&d, text, len);
        CHECK(r.compound >= -1 && r.compound <= 1);
    }
    test_data_close(&d);
}

static void lexicon_of(const char *text, const char *wanted_error) {
    char error[256] = "";
    struct lexicon *l = lexicon_new("my.tsv", (tm_str){text, strlen(text)}, error, sizeof error);
    CHECK((l == NULL) == (wanted_error != NULL));
    if (!l)
        CHECK_BYTES(error, strlen(error), wanted_error);
    lexicon_free(l);
}

static void bad_lines_are_told_with_file_and_line(void) {
    lexicon_of("good\t1.9\n", NULL);
    lexicon_of("", NULL);
    lexicon_of("good\t1.9\t0.9\t[1, 2]\r\n\nbad\t-2.5", NULL);
    lexicon_of("good\t1.9\nbad -2.5\n",
               "my.tsv:2: there is no tab behind the word; a word, a tab and a number are wanted");
    lexicon_of("good\t1.9\n\nbad\tx\n", "my.tsv:3: a word, a tab and a number are wanted, as in: great<TAB>3.1");
    lexicon_of("\t1.9\n", "my.tsv:1: a word, a tab and a number are wanted, as in: great<TAB>3.1");
    lexicon_of("good\t\n", "my.tsv:1: a word, a tab and a number are wanted, as in: great<TAB>3.1");
    lexicon_of("good\t1.2.3\n", "my.tsv:1: a word, a tab and a number are wanted, as in: great<TAB>3.1");
    lexicon_of("good\tnan\n", "my.tsv:1: a word, a tab and a number are wanted, as in: great<TAB>3.1");
}

static void last_of_equal_words_wins(void) {
    char error[256];
    static const char text[] = "plonk\t1.5\nplonk\t-3.0\nextraordinariliest\t2.0\nextraordinariliest\t1.0\n";
    struct lexicon *l = lexicon_new("my.tsv", TM_STR(text), error, sizeof error);
    CHECK(l != NULL);
    CHECK(lexicon_find(l, "plonk", 5)->valence == -3.0);
    CHECK(lexicon_find(l, "extraordinariliest", 18)->valence == 1.0);
    CHECK(lexicon_find(l, "plonks", 6) == NULL);
    CHECK(lexicon_find(l, "extraordinariliesT", 18) == NULL);
    lexicon_free(l);
}

/* 8 MB with a "but" in the middle, in a few seconds even where checks slow it: what is quadratic takes hours. */
static void long_texts_take_linear_time(void) {
    static const char phrase[] = "a good day and a bad night, never so GREAT but awful 3 ";
    struct test_data d;
    test_data_open(&d);
    uint64_t times = 150000, one = sizeof phrase - 1;
    char *text = malloc(times * one);
    for (uint64_t i = 0; i < times; i++)
        memcpy(text + i * one, phrase, one);
    struct vader_result r = test_score(&d, text, times * one);
    CHECK_INT(r.words, times * 13);
    CHECK(r.compound > -1.0001 && r.compound < 1.0001);
    memset(text, 'x', times * one); /* one word */
    CHECK_INT(test_score(&d, text, times * one).words, 1);
    memset(text, '!', times * one);
    CHECK_INT(test_score(&d, text, times * one).words, 1);
    free(text);
    test_data_close(&d);
}

int main(void) {
    RUN(rules_are_those_of_the_paper);
    RUN(place_of_a_word_changes_nothing);
    RUN(any_bytes_are_taken);
    RUN(bad_lines_are_told_with_file_and_line);
    RUN(last_of_equal_words_wins);
    RUN(long_texts_take_linear_time);
    return check_end();
}
