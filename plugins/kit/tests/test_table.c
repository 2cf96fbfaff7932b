/* test_table.c: tables of text compiled and read back; damaged and foreign ones refused. */
#include "check.h"
#include "compile.h"
#include "small_host.h"

#include <stdlib.h>

static const char SOURCE[] = "# words of a share bar\n"
                             "phrase\tkind:text\tweight:number\tflags:int\n"
                             "share this\tshare\t0.5\t3\n"
                             "share this article\tshare\t0.75\n"
                             "\tlone\t1\t9\n"
                             "share this\tother\t-2\t-4\n";

static tm_str str(const char *s) {
    return (tm_str){s, strlen(s)};
}

static void rows_come_back(void) {
    tm_host host = small_host();
    char error[256] = "";
    struct table t;
    struct compile *c = compile_new(&host);
    CHECK_INT(compile_text(c, "x.tsv", str(SOURCE), error, sizeof error), 0);
    tm_str bytes = compile_finish(c);
    CHECK(bytes.data != NULL);
    CHECK_INT(table_open(&t, bytes, TM_TEXT_VERSION, "x.table", error, sizeof error), 0);
    CHECK_INT(t.n_rows, 4);
    const uint32_t *kind = table_texts(&t, "kind");
    const float *weight = table_numbers(&t, "weight");
    const int32_t *flags = table_ints(&t, "flags");
    CHECK(kind && weight && flags && !table_ints(&t, "weight") && !table_texts(&t, "none"));
    uint64_t hash[] = {small_hash(str("share")), small_hash(str("this")), small_hash(str("page"))};
    const uint32_t *values;
    CHECK_INT(phrase_longest(&t.phrases, hash, 0, 3, &values), 2);
    CHECK_INT(values[0], 2);
    CHECK_INT(values[1], 0);
    CHECK_INT(values[2], 3);
    CHECK(weight[3] == -2.0f && flags[3] == -4 && flags[1] == 0 && flags[2] == 9);
    CHECK_INT(kind[0], kind[1]);
    tm_str other = table_text(&t, kind[3]);
    CHECK_BYTES(other.data, other.len, "other");
    compile_free(c);
}

static void wrong_sources_name_the_line(void) {
    static const struct {
        const char *source, *error;
    } cases[] = {
        {"phrase\tkind:word\n",
         "x:1: the first line names the columns: phrase, then name:text, name:number, name:int or name:a|b|c"},
        {"phrase\tw:number\na\tmuch\n", "x:2: not a number: \"much\""},
        {"phrase\tk:new|old\na\told\nb\tolder\n", "x:3: not a word of this column: \"older\""},
        {"phrase\tw:int\n\na\t1\t2\n", "x:3: more fields than there are columns"},
    };
    tm_host host = small_host();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[256] = "";
        struct compile *c = compile_new(&host);
        CHECK_INT(compile_text(c, "x", str(cases[i].source), error, sizeof error), -1);
        CHECK_BYTES(error, strlen(error), cases[i].error);
        compile_free(c);
    }
}

static void sources_of_one_table_agree(void) {
    tm_host host = small_host();
    char error[256] = "";
    struct compile *c = compile_new(&host);
    CHECK_INT(compile_text(c, "a", str("phrase\tw:int\nx\t1\n"), error, sizeof error), 0);
    CHECK_INT(compile_text(c, "b", str("phrase\tw:int\ny\t2\n"), error, sizeof error), 0);
    CHECK_INT(compile_text(c, "c", str("phrase\tv:int\nz\t2\n"), error, sizeof error), -1);
    CHECK_BYTES(error, strlen(error), "c:1: the columns are not those of the files before");
    compile_free(c);
}

/* Every byte of a small table turned over, and every length cut short: refused, never a crash. */
static void damage_is_refused(void) {
    tm_host host = small_host();
    char error[256] = "";
    struct table t;
    struct compile *c = compile_new(&host);
    CHECK_INT(compile_text(c, "x.tsv", str("phrase\tw:int\na b\t1\n"), error, sizeof error), 0);
    tm_str bytes = compile_finish(c);
    char *copy = aligned_alloc(64, (bytes.len + 63) / 64 * 64);
    CHECK(bytes.data && copy);
    for (uint64_t i = 0; i < bytes.len; i += i < 600 ? 1 : 7) {
        memcpy(copy, bytes.data, bytes.len);
        copy[i] = (char)(copy[i] ^ 0x41);
        if (table_open(&t, (tm_str){copy, bytes.len}, TM_TEXT_VERSION, "x", error, sizeof error) == 0)
            CHECK(i < sizeof(struct table_header)); /* of the header, names of columns may be anything */
        CHECK(table_open(&t, (tm_str){bytes.data, i}, TM_TEXT_VERSION, "x", error, sizeof error) < 0);
    }
    CHECK_INT(table_open(&t, bytes, TM_TEXT_VERSION + 1, "x.table", error, sizeof error), -1);
    CHECK(strstr(error, "x.table: compiled for text version 1, this textmill has 2; build textmill again") == error);
    free(copy);
    compile_free(c);
}

int main(void) {
    RUN(rows_come_back);
    RUN(wrong_sources_name_the_line);
    RUN(sources_of_one_table_agree);
    RUN(damage_is_refused);
    return check_end();
}
