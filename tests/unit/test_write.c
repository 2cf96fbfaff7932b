/* The JSON writer: escapes, numbers, whatever the locale; and what it writes the scanner reads back. */
#include "check.h"

#include "json/scan.h"
#include "json/write.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

static struct buffer b;

static void text_is(const char *data, size_t len, const char *want) {
    b.len = 0;
    json_write_text(&b, data, len);
    CHECK_BYTES(b.data, b.len, want);
}

static void number_is(double x, unsigned decimals, const char *want) {
    b.len = 0;
    json_write_number(&b, x, decimals);
    CHECK_BYTES(b.data, b.len, want);
}

static void writes_texts(void) {
    text_is("", 0, "\"\"");
    text_is("a/b", 3, "\"a/b\"");
    text_is("\"\\\b\f\n\r\t\x01\x1f\x7f", 10, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    text_is("a\0b", 3, "\"a\\u0000b\"");
    text_is("\xc3\xa9\xe2\x80\xa8", 5, "\"\xc3\xa9\xe2\x80\xa8\"");
    text_is("a\xff"
            "b",
            3,
            "\"a\xef\xbf\xbd"
            "b\"");
}

static void writes_integers(void) {
    b.len = 0;
    json_write_int(&b, INT64_MIN);
    buffer_add_char(&b, ' ');
    json_write_int(&b, INT64_MAX);
    buffer_add_char(&b, ' ');
    json_write_int(&b, 0);
    buffer_add_char(&b, ' ');
    json_write_uint(&b, UINT64_MAX);
    CHECK_BYTES(b.data, b.len, "-9223372036854775808 9223372036854775807 0 18446744073709551615");
}

static void writes_numbers(void) {
    number_is(0.5, 4, "0.5");
    number_is(3, 4, "3");
    number_is(-0.25, 4, "-0.25");
    number_is(-0.0, 4, "0");
    number_is(-0.00001, 4, "0");
    number_is(0.00005, 4, "0.0001"); /* a little over the tie */
    number_is(0.00015, 4, "0.0001"); /* a little under it */
    number_is(0.12345, 4, "0.1235");
    number_is(0.125, 2, "0.12"); /* a tie goes to the even digit */
    number_is(0.375, 2, "0.38");
    number_is(0.99996, 4, "1");
    number_is(-0.99996, 4, "-1");
    number_is(9.9999, 4, "9.9999");
    number_is(10.01, 4, "10.01");
    number_is(0.1, 17, "0.1");
    number_is(1.0 / 3, 17, "0.3333333333333333");
    number_is(1.0 / 3, 0, "0");
    number_is(2.5, 0, "2");
    number_is(1e15, 4, "1000000000000000");
    number_is(1e15 + 0.25, 4, "1000000000000000.25");
    number_is(123456789012.5, 4, "123456789012.5");
    number_is(1e300, 4, "1e+300");
    number_is(-1.5e20, 4, "-1.5e+20");
    number_is(4294967296.0, 4, "4294967296");
    number_is(1e-300, 17, "0");
    number_is(NAN, 4, "null");
    number_is(INFINITY, 4, "null");
    number_is(5e-324, 4, "0");
    number_is(1.7976931348623157e308, 4, "1.7976931348623157e+308");
}

static void the_locale_is_of_no_matter(void) {
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "de_DE.utf8"))
        printf("no German locale here: the case shows nothing\n");
    number_is(0.125, 2, "0.12");
    number_is(123456789012.5, 4, "123456789012.5");
    number_is(1.0 / 3, 17, "0.3333333333333333");
    number_is(-1.5e20, 4, "-1.5e+20");
    setlocale(LC_ALL, "C");
}

static uint64_t seed = 123456789u;
static uint64_t random_bits(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * 2685821657736338717u;
}

/* Against printf, which rounds the exact value: the fast way must give the same digits. */
static void fast_numbers_agree_with_printf(void) {
    for (int i = 0; i < 200000; i++) {
        double x = (double)(int64_t)random_bits() / 9223372036854775808.0;
        static const double scales[] = {1, 100, 1e4, 1e8, 1e-3};
        x *= scales[random_bits() % 5];
        if (i % 3 == 0)
            x = (double)(int64_t)(x * 1e5) / 1e5 + 0.000005 * (double)(i % 2);
        unsigned decimals = (unsigned)(random_bits() % 7);
        char want[64];
        int n = snprintf(want, sizeof want, "%.*f", (int)decimals, x);
        if (decimals) {
            while (want[n - 1] == '0')
                n--;
            if (want[n - 1] == '.')
                n--;
        }
        want[n] = '\0';
        number_is(x, decimals, strcmp(want, "-0") == 0 ? "0" : want);
    }
}

static void what_is_written_reads_back(void) {
    for (int i = 0; i < 20000; i++) {
        char text[80], decoded[400];
        size_t len = random_bits() % sizeof text;
        for (size_t j = 0; j < len; j++)
            text[j] = (char)(random_bits() % (i % 2 ? 128 : 40));
        b.len = 0;
        json_write_text(&b, text, len);
        CHECK_INT(json_check_value(b.data, b.len, NULL), 0);
        size_t n = json_decode(b.data + 1, b.len - 2, decoded);
        CHECK_INT(n, len);
        CHECK(memcmp(decoded, text, len) == 0);
    }
}

/* Short strings go another way: each length, with each of these bytes at each place, in no more memory than it has. */
static void short_texts_are_no_other(void) {
    static const struct {
        char byte;
        const char *want;
    } bytes[] = {{'~', "~"},     {'"', "\\\""},     {'\\', "\\\\"},           {'\n', "\\n"},
                 {0, "\\u0000"}, {0x1f, "\\u001f"}, {'\xff', "\xef\xbf\xbd"}, {' ', " "}};
    for (size_t len = 1; len <= 40; len++)
        for (size_t at = 0; at < len; at++)
            for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
                char *text = malloc(len), want[64];
                for (size_t j = 0; j < len; j++)
                    text[j] = (char)('a' + j % 26);
                text[at] = bytes[i].byte;
                snprintf(want, sizeof want, "\"%.*s%s%.*s\"", (int)at, text, bytes[i].want, (int)(len - at - 1),
                         text + at + 1);
                text_is(text, len, want);
                free(text);
            }
}

int main(void) {
    RUN(writes_texts);
    RUN(short_texts_are_no_other);
    RUN(writes_integers);
    RUN(writes_numbers);
    RUN(the_locale_is_of_no_matter);
    RUN(fast_numbers_agree_with_printf);
    RUN(what_is_written_reads_back);
    buffer_deinit(&b);
    return check_end();
}
