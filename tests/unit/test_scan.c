/* The record scanner: what it finds, what it refuses and where, and that its fast ways agree with slow ones. */
#include "check.h"

#include "json/memory.h"
#include "json/scan.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

static struct json_member members[64];
static struct json_error error;
static size_t count;

static int scan(const char *text, size_t len) {
    /* A copy of exactly that size, so that a read behind its end is seen by the address sanitizer. */
    char *copy = malloc(len ? len : 1);
    if (len)
        memcpy(copy, text, len);
    int result = json_scan_object(copy, len, members, 64, &count, &error);
    free(copy);
    return result;
}

static int scan_text(const char *text) {
    return scan(text, strlen(text));
}

#define GOOD(text) CHECK_INT(scan_text(text), 0)
#define BAD(text, want_code, want_offset)                                                                              \
    do {                                                                                                               \
        CHECK_INT(scan_text(text), -1);                                                                                \
        CHECK_BYTES(error.code, strlen(error.code), want_code);                                                        \
        CHECK_INT(error.offset, want_offset);                                                                          \
        CHECK(strlen(error.message) > 5);                                                                              \
    } while (0)

static void finds_members(void) {
    const char *line = " {\"id\":7, \"te\\u0078t\" : \"a\\nb\", \"o\":{\"x\":[1,{}]},\"n\":null,\"t\":true,\"f\":false,"
                       "\"a\":[], \"u\":\"\xc3\xa9\"}\r";
    GOOD(line);
    CHECK_INT(count, 8);
    CHECK_BYTES(line + members[0].key_start, members[0].key_len, "id");
    CHECK_BYTES(line + members[0].value_start, members[0].value_len, "7");
    CHECK_INT(members[0].type, JSON_NUMBER);
    CHECK_BYTES(line + members[1].key_start, members[1].key_len, "te\\u0078t");
    CHECK_INT(members[1].key_escaped, 1);
    CHECK_BYTES(line + members[1].value_start, members[1].value_len, "\"a\\nb\"");
    CHECK_INT(members[1].value_escaped, 1);
    CHECK_INT(members[1].value_ascii, 1);
    CHECK_BYTES(line + members[2].value_start, members[2].value_len, "{\"x\":[1,{}]}");
    CHECK_INT(members[2].type, JSON_OBJECT);
    CHECK_INT(members[3].type, JSON_NULL);
    CHECK_INT(members[4].type, JSON_TRUE);
    CHECK_INT(members[5].type, JSON_FALSE);
    CHECK_INT(members[6].type, JSON_ARRAY);
    CHECK_BYTES(line + members[6].value_start, members[6].value_len, "[]");
    CHECK_INT(members[7].value_ascii, 0);
    CHECK_INT(members[7].value_escaped, 0);
    GOOD("{}");
    CHECK_INT(count, 0);
    GOOD("{\"\":\"\"}");
    CHECK_INT(count, 1);
}

static void asks_for_more_room(void) {
    const char *line = "{\"a\":1,\"b\":2,\"c\":3}";
    struct json_member one[3];
    CHECK_INT(json_scan_object(line, strlen(line), one, 1, &count, &error), 0);
    CHECK_INT(count, 3);
    CHECK_INT(json_scan_object(line, strlen(line), NULL, 0, &count, &error), 0);
    CHECK_INT(json_scan_object(line, strlen(line), one, 3, &count, &error), 0);
    CHECK_BYTES(line + one[2].key_start, one[2].key_len, "c");
}

static void takes_numbers_of_any_size(void) {
    GOOD("{\"n\":123456789012345678901234567890123456789012345678901234567890.5e+4000}");
    GOOD("{\"n\":-0}");
    GOOD("{\"n\":[-0.0,1E5,0e0,10]}");
    BAD("{\"n\":01}", "syntax", 6);
    BAD("{\"n\":-}", "syntax", 6);
    BAD("{\"n\":1.}", "syntax", 7);
    BAD("{\"n\":.5}", "syntax", 5);
    BAD("{\"n\":1e}", "syntax", 7);
    BAD("{\"n\":+1}", "syntax", 5);
    BAD("{\"n\":NaN}", "syntax", 5);
    BAD("{\"n\":Infinity}", "syntax", 5);
    BAD("{\"n\":-Infinity}", "syntax", 6);
    BAD("{\"n\":0x10}", "syntax", 6);
}

static void refuses_what_is_not_json(void) {
    BAD("", "syntax", 0);
    BAD("   ", "syntax", 3);
    BAD("{", "syntax", 1);
    BAD("{\"a\"", "syntax", 4);
    BAD("{\"a\":", "syntax", 5);
    BAD("{\"a\":1", "syntax", 6);
    BAD("{\"a\":1,", "syntax", 7);
    BAD("{\"a\":1,}", "syntax", 7);
    BAD("{\"a\":[1,]}", "syntax", 8);
    BAD("{\"a\":[1}", "syntax", 7);
    BAD("{\"a\":{\"b\":1]}", "syntax", 11);
    BAD("{\"a\":1} x", "syntax", 8);
    BAD("{\"a\":1}{\"b\":2}", "syntax", 7);
    BAD("{a:1}", "syntax", 1);
    BAD("{'a':1}", "syntax", 1);
    BAD("{\"a\":'x'}", "syntax", 5);
    BAD("{\"a\" 1}", "syntax", 5);
    BAD("{\"a\":tru}", "syntax", 8);
    BAD("{\"a\":nulll}", "syntax", 9);
    BAD("{\"a\":\"b", "syntax", 7);
    BAD("{\"a\":\"b\\", "syntax", 8);
    BAD("{\"a\":\"\\x\"}", "syntax", 7);
    BAD("{\"a\":\"\\u12g4\"}", "syntax", 10);
    BAD("{\"a\":\"\\u12", "syntax", 10);
    BAD("{\"a\":\"tab\there\"}", "syntax", 9);
    BAD("{\"a\":/*x*/1}", "syntax", 5);
    BAD("[1,2]", "not-object", 0);
    BAD(" \"text\"", "not-object", 1);
    BAD("null", "not-object", 0);
    BAD("hello", "syntax", 0);
    BAD("[1,2", "syntax", 4);
    CHECK_INT(scan("{\"a\":\"x\0y\"}", 11), -1);
    CHECK_INT(error.offset, 7);
    CHECK_INT(scan("{\"a\":1}\0", 8), -1);
    CHECK_INT(error.offset, 7);
}

static void keys(void) {
    BAD("{\"a\":1,\"b\":2,\"a\":3}", "duplicate-key", 13);
    BAD("{\"a\":1,\"\\u0061\":3}", "duplicate-key", 7);
    BAD("{\"a\\u0000b\":1}", "nul-in-key", 1);
    BAD("{\"x\":[{\"\\u0000\":1}]}", "nul-in-key", 7);
    GOOD("{\"a\":{\"b\":1,\"b\":2}}");
    GOOD("{\"a\":\"\\u0000\"}");
    GOOD("{\"a\":1,\"A\":2,\"aa\":3}");
    /* Many keys: another way through. */
    size_t n = 3000, len = 0;
    char *line = malloc(n * 16 + 64);
    struct json_member *many = malloc((n + 2) * sizeof *many);
    line[len++] = '{';
    for (size_t i = 0; i < n; i++)
        len += (size_t)sprintf(line + len, "\"k%zu\":%zu,", (i * 7919) % n, i);
    size_t good = len;
    len += (size_t)sprintf(line + len, "\"last\":1}");
    CHECK_INT(json_scan_object(line, len, many, n + 2, &count, &error), 0);
    CHECK_INT(count, n + 1);
    len = good + (size_t)sprintf(line + good, "\"k17\":1,\"k5\":1}");
    CHECK_INT(json_scan_object(line, len, many, n + 2, &count, &error), -1);
    CHECK_INT(error.offset, good);
    CHECK_BYTES(error.message, strlen(error.message), "the key \"k17\" stands twice");
    free(line);
    free(many);
}

static void depth_is_bounded(void) {
    enum { DEEP = 100000 };
    char *line = malloc(2 * DEEP + 16);
    for (int kind = 0; kind < 2; kind++)
        for (int n = 510; n <= DEEP; n = n < 513 ? n + 1 : n < DEEP ? DEEP : DEEP + 1) {
            size_t len = (size_t)sprintf(line, "{\"a\":");
            if (kind == 0) {
                memset(line + len, '[', (size_t)n);
                memset(line + len + n, ']', (size_t)n);
                len += 2 * (size_t)n;
            } else {
                int m = n < 600 ? n : 600;
                char *at = line + len;
                for (int i = 1; i < m; i++)
                    at += sprintf(at, "{\"\":");
                at += sprintf(at, "{}");
                memset(at, '}', (size_t)m - 1);
                len = (size_t)(at - line) + (size_t)m - 1;
            }
            line[len++] = '}';
            int want = n < 512 ? 0 : -1; /* the record itself is one */
            CHECK_INT(scan(line, len), want);
            if (want)
                CHECK_BYTES(error.code, strlen(error.code), "too-deep");
        }
    free(line);
}

static void utf8_is_checked_everywhere(void) {
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc3",
                                      "\xc3(",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xff",
                                      "\xfe",
                                      "\xc3\xa9\xa9",
                                      "\xf0\x9f\x98",
                                      "\xe2\x28\xa1",
                                      "\xf0\x28\x8c\xbc",
                                      "\xef\xbf"};
    static const int at[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0};
    char line[400];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t before = 0; before < 150; before++) {
            size_t len = (size_t)sprintf(line, "{\"a\":\"");
            for (size_t j = 0; j < before; j++)
                line[len++] = 'x';
            size_t want = len + (size_t)at[i];
            len += (size_t)sprintf(line + len, "%s\",\"%0*d\":1}", bad[i], (int)(i * 5 % 90) + 1, 1);
            CHECK_INT(scan(line, len), -1);
            CHECK_BYTES(error.code, strlen(error.code), "utf8");
            CHECK_INT(error.offset, want);
        }
    BAD("{\"\xff\":1}", "utf8", 2);
    GOOD("{\"a\":\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf \xee\x80\x80 \xef\xbf\xbf\"}");
}

/* A decoder of one's own for the comparison: straight from the table of RFC 3629. */
static size_t slow_prefix(const unsigned char *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        uint32_t c = p[i], point;
        size_t need = c < 0x80 ? 0 : c >= 0xf8 ? 9 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 9;
        if (need == 9 || i + need >= n)
            return i;
        point = need == 0 ? c : c & (0x3fu >> need);
        for (size_t j = 1; j <= need; j++) {
            if ((p[i + j] & 0xc0) != 0x80)
                return i;
            point = point << 6 | (p[i + j] & 0x3f);
        }
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (point < least[need] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
            return i;
        i += need + 1;
    }
    return i;
}

static uint64_t seed = 88172645463325252u;
static uint32_t random_below(uint32_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % n;
}

static void utf8_agrees_with_the_slow_way(void) {
    for (int round = 0; round < 60000; round++) {
        size_t n = random_below(300);
        char *text = malloc(n + 1), *mended = malloc(3 * n + 1);
        size_t len = 0;
        while (len < n) {
            char c[4];
            static const uint32_t tops[] = {0x80, 0x80, 0x80, 0x800, 0x10000, 0x110000};
            uint32_t top = tops[random_below(6)];
            size_t k = utf8_put(random_below(top), c);
            if (len + k > n)
                break;
            memcpy(text + len, c, k);
            len += k;
        }
        CHECK_INT(utf8_valid_prefix(text, len), len);
        CHECK_INT(utf8_replace(text, len, mended), len);
        uint32_t breaks = random_below(4);
        for (uint32_t i = 0; i < breaks && len; i++)
            text[random_below((uint32_t)len)] = (char)random_below(256);
        if (len && random_below(4) == 0)
            len -= random_below(4) % len;
        char *exact = malloc(len ? len : 1);
        memcpy(exact, text, len);
        CHECK_INT(utf8_valid_prefix(exact, len), slow_prefix((unsigned char *)exact, len));
        size_t m = utf8_replace(exact, len, mended);
        CHECK(m <= 3 * n);
        CHECK_INT(utf8_valid_prefix(mended, m), m);
        free(exact);
        free(text);
        free(mended);
    }
}

static void replaces_each_broken_part_once(void) {
    char out[64];
    size_t n = utf8_replace("a\xf0\x9f\x98z", 5, out);
    CHECK_BYTES(out, n, "a\xef\xbf\xbdz");
    n = utf8_replace("\xed\xa0\x80", 3, out);
    CHECK_BYTES(out, n, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    n = utf8_replace("\xe2\x82\xe2\x82\xac\xff", 6, out);
    CHECK_BYTES(out, n, "\xef\xbf\xbd\xe2\x82\xac\xef\xbf\xbd");
}

static void finds_where_a_replaced_byte_was(void) {
    const char *text = "a\xf0\x9f\x98z\xff\xc3\xa9!";
    size_t len = strlen(text);
    static const size_t want[] = {0, 1, 1, 1, 4, 5, 5, 5, 6, 7, 8, 9, 9};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        CHECK_INT(utf8_replaced_from(text, len, i), want[i]);
}

static void walks(void) {
    const char *text = "[ 1 , \"a]\\\"b\" ,{\"x\":[1,2]},[[]],null , -1.5e3]";
    size_t len = strlen(text), at = 1;
    struct json_member m;
    const char *want[] = {"1", "\"a]\\\"b\"", "{\"x\":[1,2]}", "[[]]", "null", "-1.5e3"};
    for (size_t i = 0; i < 6; i++) {
        CHECK_INT(json_next(text, len, &at, 0, &m), 1);
        CHECK_BYTES(text + m.value_start, m.value_len, want[i]);
    }
    CHECK_INT(json_next(text, len, &at, 0, &m), 0);
    CHECK_INT(json_next(text, len, &at, 0, &m), 0);
    const char *object = "{\"k\\n\" : true ,\"l\":{\"z\":{}} }";
    len = strlen(object);
    at = 1;
    CHECK_INT(json_next(object, len, &at, 1, &m), 1);
    CHECK_BYTES(object + m.key_start, m.key_len, "k\\n");
    CHECK_INT(m.key_escaped, 1);
    CHECK_INT(m.type, JSON_TRUE);
    CHECK_INT(json_next(object, len, &at, 1, &m), 1);
    CHECK_BYTES(object + m.value_start, m.value_len, "{\"z\":{}}");
    CHECK_INT(json_next(object, len, &at, 1, &m), 0);
    at = 1;
    CHECK_INT(json_next("{}", 2, &at, 1, &m), 0);
}

static void decodes(void) {
    char out[128];
    const char *text = "a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00.";
    size_t n = json_decode(text, strlen(text), out);
    CHECK_BYTES(out, n, "a\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80.");
    text = "\\ud83d \\ude00 \\ud83dx\\ud83d\\u0041\\ud83d";
    n = json_decode(text, strlen(text), out);
    CHECK_BYTES(out, n,
                "\xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbdx\xef\xbf\xbd"
                "A\xef\xbf\xbd");
    n = json_decode("\\u0000", 6, out);
    CHECK_INT(n, 1);
    CHECK_INT(out[0], 0);
    CHECK_INT(json_decode("", 0, out), 0);
}

static void reads_numbers(void) {
    int64_t n = 0;
    CHECK_INT(json_integer("-9223372036854775808", 20, &n), 1);
    CHECK(n == INT64_MIN);
    CHECK_INT(json_integer("9223372036854775807", 19, &n), 1);
    CHECK(n == INT64_MAX);
    CHECK_INT(json_integer("9223372036854775808", 19, &n), 0);
    CHECK_INT(json_integer("1.0", 3, &n), 0);
    CHECK_INT(json_integer("1e2", 3, &n), 0);
    CHECK(setlocale(LC_ALL, "de_DE.UTF-8") || 1);
    static const char *const texts[] = {"0",
                                        "-0",
                                        "0.1",
                                        "1e400",
                                        "-1.5",
                                        "3.14159265358979323846",
                                        "1E-7",
                                        "2.5e+10",
                                        "1e-5000",
                                        "1e23",
                                        "0.30000000000000004",
                                        "123456789012345",
                                        "1234567890123456789012345678901234567890123456789012345678901234567890.5"};
    static const double values[] = {0.0,
                                    -0.0,
                                    0.1,
                                    HUGE_VAL,
                                    -1.5,
                                    3.14159265358979323846,
                                    1E-7,
                                    2.5e+10,
                                    0,
                                    1e23,
                                    0.30000000000000004,
                                    123456789012345.0,
                                    1234567890123456789012345678901234567890123456789012345678901234567890.5};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK(json_number(texts[i], strlen(texts[i])) == values[i]);
    setlocale(LC_ALL, "C");
}

/* Mutated records: whatever is accepted must stand a walk by json_next over all of it; nothing may crash. */
static void mutations_do_no_harm(void) {
    static const char base[] =
        "{\"id\":\"a\",\"text\":\"Some \\\"words\\\" \\u00e9 \xc3\xa9 and more of them here\",\"n\":[1,-2.5e3,"
        "{\"x\":null,\"y\":[true,false,{}]}],\"deep\":[[[[]]]],\"e\":{}}";
    int accepted = 0;
    for (int round = 0; round < 100000; round++) {
        char line[sizeof base];
        size_t len = sizeof base - 1;
        memcpy(line, base, sizeof base);
        for (uint32_t i = random_below(3) + 1; i; i--) {
            static const char pool[] = "{}[]\",:\\u0n1e.- tx\xc3\x80";
            line[random_below((uint32_t)len)] = pool[random_below(sizeof pool - 1)];
        }
        if (random_below(3) == 0)
            len -= random_below(20);
        if (scan(line, len) != 0) {
            CHECK(error.offset <= len);
            continue;
        }
        accepted++;
        size_t at = 0, n = 0;
        while (line[at] != '{')
            at++;
        at++;
        struct json_member m;
        while (json_next(line, len, &at, 1, &m)) {
            CHECK(n < count);
            CHECK(memcmp(&m, members + n, sizeof m) == 0);
            CHECK_INT(json_check_value(line + m.value_start, m.value_len, &error), 0);
            n++;
        }
        CHECK_INT(n, count);
    }
    CHECK(accepted > 1000);
}

/* What is wrong with a string, byte by byte; -1: nothing. */
static long slow_string(const char *p, size_t n, int *is_end) {
    size_t i = 0;
    *is_end = 0;
    while (i < n) {
        unsigned char c = (unsigned char)p[i];
        *is_end = c == '"';
        if (c < 0x20 || c == '"')
            return (long)i;
        if (c != '\\') {
            i++;
            continue;
        }
        if (i + 1 == n || !strchr("\"\\/bfnrtu", p[i + 1]) || !p[i + 1])
            return (long)i + 1;
        if (p[i + 1] == 'u')
            for (size_t j = 2; j < 6; j++)
                if (i + j >= n || !strchr("0123456789abcdefABCDEF", p[i + j]) || !p[i + j])
                    return (long)(i + j);
        i += p[i + 1] == 'u' ? 6 : 2;
    }
    return -1;
}

static void long_strings_agree_with_the_slow_way(void) {
    static const char *const parts[] = {"\\n", "\\\"", "\\\\",           "\\u00e9",  "\\uD83D",
                                        "\\/", "x",    "words of text ", "\xc3\xa9", "\\u0000"};
    static const char *const wrong[] = {"\\x", "\n", "\"", "\\u12", "\\", "\x01", "\\\\\\x", "\\u00g0"};
    int good = 0;
    for (int round = 0; round < 200000; round++) {
        char line[900] = "{\"a\":\"";
        size_t len = 6, first = 6, kinds = 1 + random_below(10);
        size_t want = random_below(4) == 0 ? random_below(40) : random_below(600);
        int has_escape = 0, has_high = 0, has_nul = 0;
        while (len < want) {
            size_t k = (random_below((uint32_t)kinds) + (size_t)round) % 10;
            memcpy(line + len, parts[k], strlen(parts[k]));
            len += strlen(parts[k]);
            has_escape |= parts[k][0] == '\\';
            has_high |= k == 8;
            has_nul |= k == 9;
        }
        if (random_below(2)) {
            const char *w = wrong[random_below(8)];
            size_t at = first + random_below((uint32_t)(len - first + 1));
            memmove(line + at + strlen(w), line + at, len - at);
            memcpy(line + at, w, strlen(w));
            len += strlen(w);
        }
        int is_end;
        long bad = slow_string(line + first, len - first, &is_end);
        size_t body = len;
        memcpy(line + len, "\"}", 2);
        len += 2;
        if (utf8_valid_prefix(line, len) != len)
            continue;
        int result = scan(line, len);
        if (bad < 0) {
            good++;
            CHECK_INT(result, 0);
            CHECK_INT(members[0].value_len, body - first + 2);
            if (members[0].value_escaped != has_escape)
                continue; /* what was put in may be an escape that is right */
            CHECK_INT(members[0].value_ascii, !has_high);
            (void)has_nul;
        } else if (is_end) {
            CHECK(result != 0 || (size_t)bad + first == body); /* ended by the quote */
        } else if (first + (size_t)bad < body) {
            CHECK_INT(result, -1);
            CHECK_INT(error.offset, first + (size_t)bad);
        } else {
            CHECK_INT(result, -1);
        }
    }
    CHECK(good > 50000);
    /* The same in a key. */
    for (size_t before = 0; before < 200; before++) {
        char line[300];
        size_t len = (size_t)sprintf(
            line, "{\"%.*s\\u0000\":1}", (int)before,
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
        CHECK_INT(scan(line, len), -1);
        CHECK_BYTES(error.code, strlen(error.code), "nul-in-key");
    }
}

int main(void) {
    RUN(finds_members);
    RUN(asks_for_more_room);
    RUN(takes_numbers_of_any_size);
    RUN(refuses_what_is_not_json);
    RUN(keys);
    RUN(depth_is_bounded);
    RUN(utf8_is_checked_everywhere);
    RUN(utf8_agrees_with_the_slow_way);
    RUN(replaces_each_broken_part_once);
    RUN(finds_where_a_replaced_byte_was);
    RUN(walks);
    RUN(decodes);
    RUN(reads_numbers);
    RUN(mutations_do_no_harm);
    RUN(long_strings_agree_with_the_slow_way);
    return check_end();
}
