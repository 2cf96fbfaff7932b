/* test_lines.c: the reader of rule files. */
#include "check.h"
#include "lines.h"

static tm_str str(const char *s) {
    return (tm_str){s, strlen(s)};
}

static void fields_and_numbers(void) {
    struct line_reader r;
    double x;
    lines_init(&r, "a.tsv", str("\xEF\xBB\xBF# a comment\n\none\ttwo words \t 3.5\r\n   \nlast"));
    CHECK_INT(lines_next(&r), 1);
    CHECK_INT(r.line, 3);
    CHECK_INT(r.n_fields, 3);
    CHECK_BYTES(r.field[1].data, r.field[1].len, "two words");
    CHECK_INT(lines_number(&r, 2, &x), 0);
    CHECK(x == 3.5);
    CHECK_INT(lines_number(&r, 1, &x), -1);
    CHECK_BYTES(r.error, strlen(r.error), "a.tsv:3: field 2 must be a number, not \"two words\"");
    CHECK_INT(lines_next(&r), 1);
    CHECK_BYTES(r.field[0].data, r.field[0].len, "last");
    CHECK_INT(lines_number(&r, 5, &x), -1);
    CHECK_INT(lines_next(&r), 0);
    CHECK_INT(lines_next(&r), 0);
}

static void too_many_fields(void) {
    struct line_reader r;
    lines_init(&r, "b", str("a\n1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t16\t17\n"));
    CHECK_INT(lines_next(&r), 1);
    CHECK_INT(lines_next(&r), -1);
    CHECK(strncmp(r.error, "b:2: ", 5) == 0);
}

static void a_file_that_is_not_there(void) {
    char error[200];
    uint64_t len;
    CHECK(lines_read_file("/nonexistent/x", &len, error, sizeof error) == NULL);
    CHECK(strstr(error, "/nonexistent/x: ") == error);
}

int main(void) {
    RUN(fields_and_numbers);
    RUN(too_many_fields);
    RUN(a_file_that_is_not_there);
    return check_end();
}
