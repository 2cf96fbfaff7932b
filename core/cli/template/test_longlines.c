/* test_longlines.c: needs no runner: the host that comes with textmill loads the plugin and gives it documents. */
#include <stdio.h>
#include <string.h>
#include <textmill/testhost.h>

static int failures;

static void check(int holds, const char *what) {
    printf("%s %s\n", holds ? "ok    " : "NOT SO", what);
    failures += !holds;
}

static int is(const char *got, const char *want) {
    return got && strcmp(got, want) == 0;
}

int main(int argc, char **argv) {
    tm_test *t = tm_test_open(argc > 1 ? argv[1] : "longlines.so", "{\"most\": 20}");
    if (tm_test_error(t)) {
        fprintf(stderr, "%s\n", tm_test_error(t));
        return 1;
    }
    check(tm_test_text(t, "A short one.\nThis one is longer than twenty bytes.\nShort again.\n") == TM_PASS,
          "it passes");
    check(is(tm_test_get(t, 0, "text"), "A short one.\nShort again.\n"), "the long line is gone");
    check(is(tm_test_get(t, 0, "removed.0.kind"), "long_line"), "and stands in the record");
    check(is(tm_test_get(t, 0, "removed.0.start"), "13"), "with its place in the original");

    tm_test_text(t, "");
    check(is(tm_test_get(t, 0, "text"), "") && tm_test_length(t, 0, "removed") == 0, "an empty text stays");
    check(tm_test_fault(t) == NULL, "the contract is kept");
    tm_test_close(t);
    return failures != 0;
}
