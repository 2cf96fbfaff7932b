/* Patterns: what they match, leftmost and longest; what is refused; and that no text makes them slow: the long texts
 * here would take a backtracking or restarting matcher days, and the test has two minutes. */
#include "check.h"

#include "plugin/condition.h"

#include <stdlib.h>

static const struct {
    const char *pattern, *text;
    int start, end; /* -1: no match */
} cases[] = {
    {"abc", "xabcx", 1, 4},
    {"abc", "xabx", -1, -1},
    {"", "abc", 0, 0},
    {"a|ab|abc", "xabcd", 1, 4}, /* the longest, not the first */
    {"(a|b|c)*d", "xxabcd", 2, 6},
    {"a|b|c|d", "d", 0, 1},
    {"x(|y)z", "xz", 0, 2},
    {"x(a|)z", "xaz", 0, 3},
    {"a*", "baaa", 0, 0},
    {"a+", "baaab", 1, 4},
    {"colou?r", "a color", 2, 7},
    {"a{3}", "aaaa", 0, 3},
    {"a{2,}", "baaaa", 1, 5},
    {"^a{2,3}$", "aaaa", -1, -1},
    {"(ab){1,2}c", "ababababc", 4, 9},
    {"a{0}b", "ab", 1, 2},
    {"a{,2}", "a{,2}", 0, 5}, /* no bounds: stands for itself */
    {"{a}", "{a}", 0, 3},
    {"(a*)*", "aaa", 0, 3},
    {"(a*)+b", "aab", 0, 3},
    {"((a+)+)+$", "aaaa", 0, 4},
    {"^a", "ba", -1, -1},
    {"^a|b", "xb", 1, 2},
    {"a$", "ab", -1, -1},
    {"a$|b", "ab", 1, 2},
    {"^$", "", 0, 0},
    {"(^a)(^b)", "ab", -1, -1},
    {".", "\xe4\xb8\xad", 0, 3},
    {"^..$", "\xc3\xa4\xe4\xb8\xad", 0, 5},
    {"a.b", "a\nb", 0, 3},
    {"[abc]+", "xxbcax", 2, 5},
    {"[^abc]+", "abxyc", 2, 4},
    {"[]a]+", "x]a]", 1, 4},
    {"[^]a]+", "]xa", 1, 2},
    {"[a-]+", "x-a-", 1, 4},
    {"[\xc3\xa0-\xc3\xa5]", "\xc3\xa4", 0, 2},
    {"[^a]", "\xc3\xa4", 0, 2},
    {"[[:alpha:]]+", "12\xc3\xa4\xd0\xb6x3", 2, 7},
    {"[[:upper:]][[:lower:]]+", "a \xc3\x84hre", 2, 7},
    {"[[:digit:][:space:]]+", "a1 2b", 1, 4},
    {"[[:punct:]]", "a\xe2\x80\x94", 1, 4},
    {"\\w+", "--caf\xc3\xa9_1-", 2, 9},
    {"\\W", "\xc3\xa9-", 2, 3},
    {"\\d+\\s\\S", "a12 b", 1, 5},
    {"\\bis\\b", "this is", 5, 7},
    {"\\Bis", "is this", 5, 7},
    {"\\.\\*\\(", "a.*(", 1, 4},
    {"a\\nb", "a\nb", 0, 3},
    {"(?i)STRASSE", "Strasse", 0, 7},
    {"(?i)\xc3\x84rger", "\xc3\xa4RGER", 0, 6},
    {"(?i)[a-c]+", "xABCx", 1, 4},
    {"(?i)[A-C]+", "xabcx", 1, 4},
    {"(?i)[^a]", "Ab", 1, 2},
    {"(?i)[[:upper:]]+", "abc", 0, 3},
    {"A", "a", -1, -1},
};

static void patterns_match_leftmost_and_longest(void) {
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer why;
        buffer_init(&why);
        struct tm_pattern *p = pattern_compile(cases[i].pattern, &why);
        uint64_t start = 0, end = 0;
        tm_str text = {cases[i].text, strlen(cases[i].text)};
        int is_match = p ? pattern_match(p, text, 0, &start, &end) : -1;
        int is_right = cases[i].start < 0
                           ? is_match == 0
                           : is_match == 1 && start == (uint64_t)cases[i].start && end == (uint64_t)cases[i].end &&
                                 pattern_match(p, text, 0, NULL, NULL) == 1;
        if (!is_right)
            fprintf(stderr, "%s on \"%s\": %d [%d, %d) %.*s\n", cases[i].pattern, cases[i].text, is_match, (int)start,
                    (int)end, (int)why.len, why.len ? why.data : "");
        wrong += !is_right;
        pattern_free(p);
        buffer_deinit(&why);
    }
    CHECK_INT(wrong, 0);
}

static void what_is_no_pattern_is_refused(void) {
    static const char *const bad[] = {"(a",
                                      "a)",
                                      "*a",
                                      "a|*",
                                      "(+)",
                                      "[a",
                                      "[]",
                                      "[z-a]",
                                      "[[:foo:]]",
                                      "[[.a.]]",
                                      "a{3,2}",
                                      "a{1001}",
                                      "(a)\\1",
                                      "\\q",
                                      "a\\",
                                      "^*",
                                      "((((a{1000}){1000}){1000}){1000})",
                                      "((((){1000}){1000}){1000})"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buffer why;
        buffer_init(&why);
        struct tm_pattern *p = pattern_compile(bad[i], &why);
        if (p)
            fprintf(stderr, "%s was taken\n", bad[i]);
        size_t said = why.len;
        pattern_free(p);
        buffer_deinit(&why);
        CHECK(p == NULL);
        CHECK(said > 0);
    }
    char deep[5001];
    memset(deep, '(', 5000);
    deep[5000] = '\0';
    struct buffer why;
    buffer_init(&why);
    CHECK(pattern_compile(deep, &why) == NULL);
    memset(deep + 1, '*', 4999);
    deep[0] = 'a';
    CHECK(pattern_compile(deep, &why) == NULL);
    buffer_deinit(&why);
}

static void no_text_makes_them_slow(void) {
    static const char *const patterns[] = {"x.*y",   "x+y",      "(x|xx)*y", "(x+x+)+y",
                                           "(x*)*y", "x{1,50}y", "[^y]*y",   "(?i)X.*Y$"};
    size_t len = 400000;
    char *text = malloc(len);
    CHECK(text != NULL);
    memset(text, 'x', len);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct buffer why;
        buffer_init(&why);
        struct tm_pattern *p = pattern_compile(patterns[i], &why);
        CHECK(p != NULL);
        CHECK_INT(pattern_match(p, (tm_str){text, len}, 0, NULL, NULL), 0);
        uint64_t start, end;
        CHECK_INT(pattern_match(p, (tm_str){text, len}, 0, &start, &end), 0);
        pattern_free(p);
        buffer_deinit(&why);
    }
    free(text);
}

int main(void) {
    RUN(patterns_match_leftmost_and_longest);
    RUN(what_is_no_pattern_is_refused);
    RUN(no_text_makes_them_slow);
    return check_end();
}
