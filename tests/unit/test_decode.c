/* Texts of all encodings to UTF-8, or one clear refusal. */
#include "check.h"

#include "io/source.h"

static struct buffer out, why;
static const char *encoding, *code;

static int decode(const char *data, size_t len) {
    out.len = why.len = 0;
    encoding = code = NULL;
    int r = text_decode(data, len, &out, &encoding, &code, &why);
    if (r == 0)
        for (size_t i = 0; i < TM_PAD; i++)
            CHECK(out.data[out.len + i] == 0);
    else
        CHECK(out.len == 0 && why.len > 0 && code);
    return r;
}

#define DECODES(from, want, name)                                                                                      \
    do {                                                                                                               \
        const char *name_ = (name);                                                                                    \
        CHECK_INT(decode(from, sizeof(from) - 1), 0);                                                                  \
        CHECK_BYTES(out.data, out.len, want);                                                                          \
        CHECK(name_ ? encoding &&strcmp(encoding, name_) == 0 : !encoding);                                            \
    } while (0)

static int why_has(const char *text) {
    buffer_add_char(&why, '\0');
    return strstr(why.data, text) != NULL;
}

static void utf8_stays(void) {
    DECODES("plain", "plain", NULL);
    DECODES("", "", NULL);
    DECODES("\xef\xbb\xbf"
            "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xe4\xb8\xad",
            "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xe4\xb8\xad", NULL);
    DECODES("a\xef\xbb\xbf"
            "b",
            "a\xef\xbb\xbf"
            "b",
            NULL); /* inside the text it is data */
    CHECK_INT(decode("one\r\ntwo\0three", 14), 0);
    CHECK_INT(out.len, 14);
}

static void utf16_by_its_mark(void) {
    DECODES("\xff\xfe"
            "a\0\xe4\0\x3d\xd8\x00\xde",
            "a\xc3\xa4\xf0\x9f\x98\x80", "utf-16le");
    DECODES("\xfe\xff"
            "\0a\0\xe4\xd8\x3d\xde\x00\x4e\x2d",
            "a\xc3\xa4\xf0\x9f\x98\x80\xe4\xb8\xad", "utf-16be");
    DECODES("\xff\xfe"
            "a\0\x3d\xd8"
            "b\0c",
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd",
            "utf-16le"); /* half a pair, half a unit */
    DECODES("\xff\xfe", "", "utf-16le");
}

static void wide_without_a_mark_is_told(void) {
    static const char le[] = "n\0o\0 \0m\0a\0r\0k\0 \0a\0t\0 \0a\0l\0l\0";
    CHECK_INT(decode(le, sizeof le - 1), -1);
    CHECK(strcmp(code, "encoding") == 0 && why_has("iconv -f UTF-16LE -t UTF-8"));
    CHECK_INT(decode(le + 1, sizeof le - 2), -1);
    CHECK(why_has("UTF-16BE"));
    static const char wide[] = "w\0\0\0i\0\0\0d\0\0\0e\0\0\0r\0\0\0";
    CHECK_INT(decode(wide, sizeof wide - 1), -1);
    CHECK(why_has("UTF-32LE"));
    CHECK_INT(decode("\xff\xfe\0\0a\0\0\0", 8), -1);
    CHECK(strcmp(code, "encoding") == 0 && why_has("UTF-32"));
    CHECK_INT(decode("\0\0\xfe\xff\0\0\0a", 8), -1);
}

static void windows_1252_in_part_and_whole(void) {
    DECODES("d\xe9j\xe0 vu", "d\xc3\xa9j\xc3\xa0 vu", "cp1252");
    DECODES("\x93quoted\x94 \x80 5 \x85", "\xe2\x80\x9cquoted\xe2\x80\x9d \xe2\x82\xac 5 \xe2\x80\xa6", "cp1252");
    DECODES("\x81\x8d", "\xc2\x81\xc2\x8d", "cp1252"); /* the holes of the table */
    DECODES("caf\xc3\xa9 cr\xc3\xa8me br\xfbl\xe9"
            "e \xc3\xa0 \xe2\x82\xac",
            "caf\xc3\xa9 cr\xc3\xa8me br\xc3\xbbl\xc3\xa9"
            "e \xc3\xa0 \xe2\x82\xac",
            "utf-8+cp1252");
    DECODES("\xc3\xa9 \xe9 \xe8", "\xc3\x83\xc2\xa9 \xc3\xa9 \xc3\xa8", "cp1252"); /* one good, two bad: whole */
}

static void overlong_and_surrogates_are_bad_bytes(void) {
    static const char *const bad[] = {"\xc0\x80",     "\xed\xa0\x80",     "\xf4\x90\x80\x80",
                                      "\xe0\x80\x80", "\xf8\x88\x80\x80", "\xc3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(decode(bad[i], strlen(bad[i])), 0);
        CHECK(encoding && strcmp(encoding, "cp1252") == 0);
    }
}

static void what_is_no_text_is_named(void) {
    CHECK_INT(decode("%PDF-1.7\nrest", 13), -1);
    CHECK(strcmp(code, "not-text") == 0 && why_has("a PDF document") && why_has("pdftotext"));
    CHECK_INT(decode("\x89PNG\r\n\x1a\n", 8), -1);
    CHECK(why_has("PNG"));
    char noise[1000];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 7919 % 251);
    CHECK_INT(decode(noise, sizeof noise), -1);
    CHECK(strcmp(code, "not-text") == 0);
    static char text[1000];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < 10; i++)
        text[i * 90] = '\0';
    CHECK_INT(decode(text, sizeof text), 0); /* one in a hundred passes */
    text[999] = '\1';
    CHECK_INT(decode(text, sizeof text), -1);
    CHECK_INT(decode("MZ is how the note began, and it is text.", 41), 0);
}

int main(void) {
    RUN(utf8_stays);
    RUN(utf16_by_its_mark);
    RUN(wide_without_a_mark_is_told);
    RUN(windows_1252_in_part_and_whole);
    RUN(overlong_and_surrogates_are_bad_bytes);
    RUN(what_is_no_text_is_named);
    buffer_deinit(&out);
    buffer_deinit(&why);
    return check_end();
}
