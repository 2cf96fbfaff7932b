/* check_documents.c: the documents that check-plugin gives: ordinary ones first, then what breaks programs. Equal from
 * run to run.
 */
#include "check_plugin.h"

#include "../json/memory.h"
#include "../json/scan.h"
#include "../json/write.h"

#include <stdlib.h>
#include <string.h>

static const char article[] =
    "Harbour bridge opens after nine years\n\nBy Anna Keller\n\nLINDAU, 3 March (Kurier) - The new harbour bridge was "
    "opened on Friday, nine years after the first stone was laid.\nMayor Thomas Brandt said it was \"a good day\" for "
    "the town; critics spoke of 41.5 million euros that nobody will see again.\n\n- The bridge is 312 metres long.\n- "
    "It carries two lanes and a path.\n- The bridge is 312 metres long.\n\nThe old one, built in 1931, will be taken "
    "down in June. Residents of Quay Street do not mind.\n\nRead more: https://example.org/bridge?id=7 #bridge "
    "@lindau\n";
static const char german[] = "Die Br\xc3\xbc"
                             "cke ist er\xc3\xb6"
                             "ffnet. Der B\xc3\xbcrgermeister sprach von einem guten Tag f\xc3\xbcr die Stadt, "
                             "die Anwohner von L\xc3\xa4rm und Staub.\n\nIm Juni wird die alte abgerissen.\n";
static const char short_lines[] = "One.\r\nTwo!\rThree?\n\n\n  Four \xe2\x80\xa6 five\xe2\x80\xa8six\xc2\x85seven\n";

static void add(struct check_documents *d, const char *name, const char *bytes, size_t len, int is_record) {
    d->list = memory_realloc(d->list, (d->count + 1) * sizeof *d->list);
    d->list[d->count++] = (struct check_document){
        .name = memory_copy(name, strlen(name)), .bytes = memory_copy(bytes, len), .len = len, .is_record = is_record};
}

static void add_text(struct check_documents *d, const char *name, struct buffer *b) {
    add(d, name, b->data ? b->data : "", b->len, 0);
    b->len = 0;
}

static void repeat(struct check_documents *d, const char *name, const char *part, size_t times) {
    struct buffer b = {0};
    size_t len = strlen(part);
    for (size_t i = 0; i < times; i++)
        buffer_add(&b, part, len);
    add_text(d, name, &b);
    buffer_deinit(&b);
}

static void put(struct buffer *b, uint32_t point) {
    char bytes[4];
    buffer_add(b, bytes, utf8_put(point, bytes));
}

/* Code points of planes [first, last], every step-th; a line end now and then. */
static void planes(struct check_documents *d, const char *name, uint32_t from, uint32_t to, uint32_t step_by) {
    struct buffer b = {0};
    uint32_t n = 0;
    for (uint32_t point = from; point < to; point += step_by) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        put(&b, point);
        if (++n % 61 == 0)
            buffer_add_string(&b, n % 5 ? " " : "\n");
    }
    add_text(d, name, &b);
    buffer_deinit(&b);
}

static void add_long_ones(struct check_documents *d) {
    enum { TEN_MB = 10000000 };
    struct buffer b = {0};
    for (uint32_t i = 0; b.len < TEN_MB; i++)
        buffer_addf(&b, "%s%u ", i % 7 ? "word" : "Name", i % 1000);
    add_text(d, "a line of 10 MB", &b);
    repeat(d, "10 MB without a space", "abcdefghij", TEN_MB / 10);
    for (uint32_t i = 0; i < 10000; i++)
        buffer_addf(&b, "- The %u%s reason is that %u of them were late.\n", i % 3000, "th", i % 41);
    add_text(d, "10,000 bullets", &b);
    repeat(d, "20,000 times one sentence", "The same sentence stands here again. ", 20000);
    repeat(d, "200,000 empty lines", "\n", 200000);
    repeat(d, "10,000 paragraphs of a word", "word\n\n", 10000);
    buffer_deinit(&b);
}

static void add_odd_ones(struct check_documents *d) {
    struct buffer b = {0};
    repeat(d, "an empty text", "", 0);
    repeat(d, "one letter", "x", 1);
    repeat(d, "white space only", " \t\n", 500);
    repeat(d, "no line end at the end", "The end", 1);
    for (int i = 0; i < 2000; i++)
        buffer_add(&b, "text with\0zero", 14);
    add_text(d, "NULs", &b);
    repeat(d, "control characters", "a\x01\x02\x1b[31m\x7f\x08 b\n", 400);
    planes(d, "every Unicode plane", 1, 0x110000, 97);
    planes(d, "the first planes whole", 1, 0x30000, 1);
    planes(d, "noncharacters and the last plane", 0x10fe00, 0x110000, 1);
    buffer_add_string(&b, "e");
    for (int i = 0; i < 20000; i++)
        put(&b, 0x300 + (uint32_t)i % 0x40);
    add_text(d, "20,000 marks on one letter", &b);
    repeat(d, "emoji that are joined", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\xf0\x9f\x8f\xbd\xe2\x80\x8d",
           2000);
    repeat(d, "ideographs", "\xe4\xb8\xad\xe5\x9b\xbd\xe4\xba\xba\xe6\xb0\x91\xe3\x80\x82", 4000);
    repeat(d, "Thai", "\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2", 2000);
    repeat(d, "right to left and zero width",
           "\xe2\x80\xae\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8b\xef\xbb\xbf \xd8\xb3 ", 2000);
    repeat(d, "all line ends",
           "a\rb\nc\r\nd\xe2\x80\xa8"
           "e\xe2\x80\xa9"
           "f\xc2\x85g\v\f",
           1000);
    repeat(d, "opening brackets and quotes", "([{\"\xe2\x80\x9c\xc2\xab'", 5000);
    repeat(d, "exclamation marks", "!", 100000);
    repeat(d, "hyphens and apostrophes", "a-b'c-", 20000);
    repeat(d, "points between letters", "a.b.", 20000);
    repeat(d, "numbers", "1,234.56 -7e99 0x1F 12:30 2026-11-22 99999999999999999999 ", 2000);
    repeat(d, "addresses", "http://a.b/c?d=e&f=%zz#g www.x.y x@y.z @q #w ", 2000);
    repeat(d, "markup", "<p class=\"x\">&amp;&#x1F600;&nbsp;</p><!-- ", 2000);
    repeat(d, "a table", "name\tvalue\t12\t\t|\n", 2000);
    repeat(d, "capitals", "THE MAYOR OF LINDAU Thomas BRANDT Said IT Was A Good DAY ", 1000);
    repeat(d, "list marks alone", "- \n* \n1.\n\xe2\x80\xa2\n", 3000);
    repeat(d, "formats and escapes", "%s%n%x \\u0000 ${HOME} '; DROP TABLE \\\" \\\\ \n", 500);
    buffer_deinit(&b);
}

/* A record about the article with more members. */
static void add_record(struct check_documents *d, const char *name, const char *members) {
    struct buffer b = {0};
    buffer_addf(&b, "{\"id\":\"%zu\",%s\"text\":", d->count, members);
    json_write_text(&b, article, sizeof article - 1);
    buffer_add_char(&b, '}');
    add(d, name, b.data, b.len, 1);
    buffer_deinit(&b);
}

static void add_field(struct check_documents *d, const char *field) {
    struct buffer deep = {0}, text = {0}, b = {0}, name = {0};
    for (int i = 0; i < 300; i++)
        buffer_add_string(&deep, i % 2 ? "{\"a\":" : "[");
    buffer_add_string(&deep, "1");
    for (int i = 300; i-- > 0;)
        buffer_add_string(&deep, i % 2 ? "}" : "]");
    buffer_add_char(&deep, '\0');
    buffer_add_char(&text, '"');
    for (int i = 0; i < 60000; i++)
        buffer_add_char(&text, 'x');
    buffer_add(&text, "\"", 2);
    const char *values[] = {
        "null",
        "true",
        "-1",
        "1e400",
        "123456789012345678901234567890",
        "\"\"",
        "\"\\ud800 \\u0000\"",
        text.data,
        "[]",
        "{}",
        "[1,\"x\",null,{},[]]",
        "[{\"name\":1,\"type\":[],\"mentions\":[{\"start\":5,\"end\":2},{\"start\":-1,\"end\":99999999999},{\"start\":"
        "\"x\"}]},{\"mentions\":7}]",
        "[{\"start\":0,\"end\":4294967295,\"text\":\"bridge\"},{\"start\":30,\"end\":10},\"bridge\",{\"text\":null}]",
        "{\"label\":\"x\",\"score\":\"none\",\"id\":null,\"start\":-5}",
        deep.data,
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        b.len = name.len = 0;
        json_write_text(&b, field, strlen(field));
        buffer_addf(&b, ":%s,", values[i]);
        buffer_add_char(&b, '\0');
        buffer_addf(&name, "field %s: %.40s", field, values[i]);
        buffer_add_char(&name, '\0');
        add_record(d, name.data, b.data);
    }
    buffer_deinit(&deep);
    buffer_deinit(&text);
    buffer_deinit(&b);
    buffer_deinit(&name);
}

static int is_among(const char *const *names, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}

void check_documents_make(struct check_documents *d, const char *const *fields, size_t n_fields) {
    static const char *const always[] = {"title", "targets"};
    *d = (struct check_documents){0};
    add(d, "an article", article, sizeof article - 1, 0);
    add(d, "a text in German", german, sizeof german - 1, 0);
    add(d, "short lines", short_lines, sizeof short_lines - 1, 0);
    add_record(d, "a record with a title", "\"title\":\"Harbour bridge opens after nine years\",\"lang\":\"en\",");
    d->ordinary = d->count;
    add_odd_ones(d);
    add_record(d, "languages of other kinds", "\"lang\":[\"en\"],");
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        add_field(d, always[i]);
    for (size_t i = 0; i < n_fields; i++)
        if (!is_among(always, sizeof always / sizeof always[0], fields[i]) && !strchr(fields[i], '.') &&
            strcmp(fields[i], "text") != 0 && strcmp(fields[i], "id") != 0)
            add_field(d, fields[i]);
    add_long_ones(d);
}

void check_documents_free(struct check_documents *d) {
    for (size_t i = 0; i < d->count; i++) {
        free(d->list[i].name);
        free(d->list[i].bytes);
    }
    free(d->list);
}
