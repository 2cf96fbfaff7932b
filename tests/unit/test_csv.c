/* CSV and TSV rows become records. */
#include "reader.h"

static const struct source_options plain = {.block_bytes = 1 << 18, .block_items = 1000, .max_doc = 1 << 20};

static void rows_become_records(void) {
    scratch_text("a.csv",
                 "id,text\r\n1,plain\r\n\r\n2,\"with, comma\"\r\n3,\"two\r\nlines, \"\"quoted\"\"\"\r\n4,last");
    CHECK_INT(show_input("a.csv", &plain), 0);
    CHECK_SHOWN("2:{\"id\":\"1\",\"text\":\"plain\"}\n"
                "4:{\"id\":\"2\",\"text\":\"with, comma\"}\n"
                "5:{\"id\":\"3\",\"text\":\"two\\r\\nlines, \\\"quoted\\\"\"}\n"
                "7:{\"id\":\"4\",\"text\":\"last\"}\n");
    scratch_text("a.tsv", "text\tn\n\"a\tb\"\t1\nhe said \"no\"\t2\n");
    CHECK_INT(show_input("a.tsv", &plain), 0);
    CHECK_SHOWN("2:{\"text\":\"a\\tb\",\"n\":\"1\"}\n"
                "3:{\"text\":\"he said \\\"no\\\"\",\"n\":\"2\"}\n");
}

static void other_separators_are_found(void) {
    scratch_text("s.csv", "\xef\xbb\xbfid;text\n1;a, b\n");
    CHECK_INT(show_input("s.csv", &plain), 0);
    CHECK_SHOWN("2:{\"id\":\"1\",\"text\":\"a, b\"}\n");
}

static void a_missing_column_is_one_error(void) {
    struct source_options body = plain;
    body.text_field = "body";
    scratch_text("m.csv", "id,text\n1,a\n2,b\n");
    CHECK_INT(show_input("m.csv", &body), 0);
    CHECK_SHOWN("1!no-column: no column is named \"body\"; name the one that holds the text with --text-field (the "
                "columns are id, text)\n");
    body.text_field = "id";
    CHECK_INT(show_input("m.csv", &body), 0);
    CHECK_SHOWN("2:{\"id\":\"1\",\"text\":\"a\"}\n3:{\"id\":\"2\",\"text\":\"b\"}\n");
}

static void rows_of_odd_lengths(void) {
    scratch_text("o.csv", "text,b,,b\nshort\nx,1,2,3\nx,1,2,3,4\nlast,1,2,3\n");
    CHECK_INT(show_input("o.csv", &plain), 0);
    CHECK_SHOWN("2:{\"text\":\"short\"}\n"
                "3:{\"text\":\"x\",\"b\":\"1\",\"column_3\":\"2\",\"b_4\":\"3\"}\n"
                "4!bad-row: the row has more fields than the header's 4 columns; a quote may be missing\n"
                "5:{\"text\":\"last\",\"b\":\"1\",\"column_3\":\"2\",\"b_4\":\"3\"}\n");
}

static void quotes_that_never_close(void) {
    scratch_text("q.csv", "text\nfine\n\"open\nand on\n");
    CHECK_INT(show_input("q.csv", &plain), 0);
    CHECK_SHOWN("2:{\"text\":\"fine\"}\n"
                "3!bad-row: the quote opened in line 3 is never closed; close it\n");
    struct source_options small = plain;
    small.max_doc = 100;
    FILE *f = fopen("big.csv", "w");
    CHECK(f != NULL);
    fputs("text\n\"open\n", f);
    for (int i = 0; i < 200000; i++)
        fputs("x\n", f);
    fclose(f);
    CHECK_INT(show_input("big.csv", &small), 0);
    CHECK(shows("2!too-long: the row is longer than 100 bytes: the quote opened in line 2 is not closed"));
    CHECK(shows("\n200002:{\"text\":\"x\"}\n"));
}

static void bytes_of_another_encoding(void) {
    scratch_text("w.csv", "text,stra\xdf"
                          "e\ncaf\xe9,x\n\xc3\xa4,y\n");
    CHECK_INT(show_input("w.csv", &plain), 0);
    CHECK_SHOWN("2:{\"text\":\"caf\xc3\xa9\",\"stra\xc3\x9f"
                "e\":\"x\"} cp1252\n"
                "3:{\"text\":\"\xc3\xa4\",\"stra\xc3\x9f"
                "e\":\"y\"}\n");
    scratch_file("nul.csv", "text\na\0b\n", 9);
    CHECK_INT(show_input("nul.csv", &plain), 0);
    CHECK_SHOWN("2:{\"text\":\"a\\u0000b\"}\n");
    scratch_file("u16.csv", "\xff\xfet\0e\0x\0t\0\n\0", 12);
    CHECK_INT(show_input("u16.csv", &plain), 0);
    CHECK(shows("0!encoding: "));
}

static void wide_tables_stay_fast(void) {
    FILE *f = fopen("wide.csv", "w");
    CHECK(f != NULL);
    fputs("text", f);
    for (int i = 0; i < 100000; i++)
        fputs(",c", f);
    fputs("\n", f);
    fclose(f);
    CHECK_INT(show_input("wide.csv", &plain), 0);
    CHECK(shows("1!no-column: the header has more than"));
    f = fopen("rows.csv", "w");
    CHECK(f != NULL);
    fputs("text\n\"", f);
    for (int i = 0; i < 400000; i++)
        fputs("\"\"", f);
    fputs("\"\n", f);
    fclose(f);
    CHECK_INT(show_input("rows.csv", &plain), 0);
    CHECK_INT(shown.len, 2 + 10 + 800000 + 3 - 1);
}

int main(void) {
    scratch_begin();
    RUN(rows_become_records);
    RUN(other_separators_are_found);
    RUN(a_missing_column_is_one_error);
    RUN(rows_of_odd_lengths);
    RUN(quotes_that_never_close);
    RUN(bytes_of_another_encoding);
    RUN(wide_tables_stay_fast);
    scratch_end();
    reader_end();
    return check_end();
}
