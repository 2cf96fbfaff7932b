/* test_testhost.c: what the host for tests of plugins shows of documents, and how it tells what is wrong. */
#include "check.h"

#include <textmill/testhost.h>

#include <stdio.h>
#include <string.h>

static const char *folder;

static tm_test *open_test(const char *name, const char *options) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s.so", folder, name, name);
    return tm_test_open(path, options);
}

static int is(const char *got, const char *want) {
    return got && strcmp(got, want) == 0;
}

static void test_errors(void) {
    tm_test *t = tm_test_open("nowhere.txt", NULL);
    CHECK(tm_test_error(t) && strstr(tm_test_error(t), "NAME.so"));
    CHECK(tm_test_text(t, "x") == TM_ESTATE);
    tm_test_close(t);
    t = tm_test_open("/nowhere/at-all.so", NULL);
    CHECK(tm_test_error(t) && strstr(tm_test_error(t), "No such file"));
    tm_test_close(t);
    t = open_test("shout", "{\"no_such_option\": 1}");
    CHECK(tm_test_error(t) && strstr(tm_test_error(t), "no_such_option"));
    tm_test_close(t);
}

static void test_records(void) {
    tm_test *t = open_test("shout", NULL);
    CHECK(tm_test_error(t) == NULL);
    CHECK(tm_test_record(t, "no record") == TM_EINVAL);
    CHECK(tm_test_count(t) == 0);
    const char *records[] = {"{\"text\":\"one ${HOME}\",\"a\":{\"b.c\":[1,{\"d\":\"x\\ny\"}]}}", "{\"text\":\"two\"}"};
    CHECK(tm_test_records(t, records, 2) == TM_OK);
    CHECK(tm_test_count(t) == 2);
    CHECK(tm_test_verdict(t, 0) == TM_PASS && tm_test_verdict(t, 9) == TM_ENOENT);
    CHECK(strstr(tm_test_get(t, 0, "text"), "${HOME}") || strstr(tm_test_get(t, 0, "text"), "${home}"));
    CHECK(is(tm_test_get(t, 0, "a.b.c"), "[1,{\"d\":\"x\\ny\"}]"));
    CHECK(tm_test_length(t, 0, "a.b.c") == 2);
    CHECK(is(tm_test_get(t, 1, "text"), "TWO") && is(tm_test_get(t, 1, "edits.0.text"), "TWO"));
    CHECK(tm_test_get(t, 0, "a.none") == NULL && tm_test_get(t, 5, "text") == NULL);
    CHECK(tm_test_length(t, 0, "text") == 0);
    CHECK(tm_test_doc(t, 1) != NULL && tm_test_doc(t, 2) == NULL);
    CHECK(tm_test_host()->text(tm_test_doc(t, 1)).len == 3);
    CHECK(tm_test_fault(t) == NULL);
    tm_test_close(t);
}

static void test_children(void) {
    tm_test *t = open_test("splitter", NULL);
    CHECK(tm_test_error(t) == NULL);
    tm_test_text(t, "one\ntwo\nthree\n");
    CHECK(tm_test_count(t) > 1);
    CHECK(tm_test_get(t, 1, "text") != NULL);
    tm_test_close(t);
}

/* What an earlier stage cut is gone from the text, and edits behind it still tell places in the original. */
static void test_cut_before(void) {
    tm_test *t = open_test("shout", NULL);
    tm_test_cut_before(t, 0, 3);
    CHECK(tm_test_text(t, "one two") == TM_PASS);
    CHECK(is(tm_test_get(t, 0, "text"), " TWO"));
    CHECK(is(tm_test_get(t, 0, "edits.1.start"), "4"));
    CHECK(tm_test_fault(t) == NULL);
    tm_test_close(t);
}

int main(int argc, char **argv) {
    folder = argc > 1 ? argv[1] : ".";
    RUN(test_errors);
    RUN(test_records);
    RUN(test_children);
    RUN(test_cut_before);
    return check_end();
}
