/* decode.c: reads what the scanner has passed: walks members and elements, decodes strings, reads numbers. It trusts
 * the grammar but never reads behind the length it was given. Any thread; no state.
 */
#include "scan.h"

#include "memory.h"
#include "plain.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static size_t skip_space(const char *data, size_t len, size_t at) {
    while (at < len && (data[at] == ' ' || data[at] == '\t' || data[at] == '\n' || data[at] == '\r'))
        at++;
    return at;
}

struct string_end {
    size_t at; /* behind the closing quote */
    int escaped;
    int ascii;
};

static struct string_end skip_string(const char *data, size_t len, size_t at) {
    struct string_end end = {at + 1, 0, 1};
    unsigned high = 0;
    for (;;) {
        if (end.at > len)
            end.at = len;
        end.at += plain_run(data + end.at, len - end.at, &high);
        if (end.at >= len)
            break;
        if (data[end.at] == '"') {
            end.at++;
            break;
        }
        end.escaped |= data[end.at] == '\\';
        end.at += data[end.at] == '\\' ? 2 : 1;
    }
    end.ascii = !high;
    return end;
}

static size_t skip_nested(const char *data, size_t len, size_t at) {
    size_t depth = 0;
    while (at < len) {
        char c = data[at];
        if (c == '"') {
            at = skip_string(data, len, at).at;
            continue;
        }
        at++;
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            if (--depth == 0)
                break;
    }
    return at;
}

int json_next(const char *data, size_t len, size_t *at, int is_object, struct json_member *member) {
    struct json_member m = {0};
    size_t i = skip_space(data, len, *at);
    if (i < len && data[i] == ',')
        i = skip_space(data, len, i + 1);
    if (i >= len || data[i] == '}' || data[i] == ']') {
        *at = i;
        return 0;
    }
    if (is_object) {
        struct string_end end = skip_string(data, len, i);
        if (end.at < i + 2) {
            *at = len;
            return 0;
        }
        m.key_start = (uint32_t)i + 1;
        m.key_len = (uint32_t)(end.at - i - 2);
        m.key_escaped = (uint8_t)end.escaped;
        i = skip_space(data, len, end.at);
        if (i < len)
            i++; /* the colon */
        i = skip_space(data, len, i);
        if (i >= len) {
            *at = len;
            return 0;
        }
    }
    m.value_start = (uint32_t)i;
    m.type = (uint8_t)json_type_of(data[i]);
    if (m.type == JSON_STRING) {
        struct string_end end = skip_string(data, len, i);
        m.value_escaped = (uint8_t)end.escaped;
        m.value_ascii = (uint8_t)end.ascii;
        i = end.at;
    } else if (m.type == JSON_ARRAY || m.type == JSON_OBJECT) {
        i = skip_nested(data, len, i);
    } else {
        while (i < len && !strchr(",}] \t\r\n", data[i]))
            i++;
    }
    m.value_len = (uint32_t)(i - m.value_start);
    *at = i;
    *member = m;
    return 1;
}

static uint32_t hex4(const char *p) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];
        value = value << 4 | (c <= '9' ? c - (uint32_t)'0' : (c | 0x20u) - 'a' + 10u);
    }
    return value;
}

/* Copies up to the next backslash; returns how many bytes that were. May write rubbish behind them, up to out + n. */
static inline size_t copy_run(const char *p, size_t n, char *out) {
    size_t i = 0;
#if defined(__SSE2__)
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        _mm_storeu_si128((__m128i *)(void *)(out + i), v);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, backslash));
        if (mask)
            return i + (unsigned)__builtin_ctz(mask);
    }
#endif
    for (; i < n && p[i] != '\\'; i++)
        out[i] = p[i];
    return i;
}

size_t json_decode(const char *data, size_t len, char *out) {
    size_t at = 0, n = 0;
    while (at < len) {
        size_t run = copy_run(data + at, len - at, out + n);
        n += run;
        at += run;
        if (at + 1 >= len)
            break;
        char c = data[at + 1];
        at += 2;
        switch (c) {
        case 'b':
            out[n++] = '\b';
            break;
        case 'f':
            out[n++] = '\f';
            break;
        case 'n':
            out[n++] = '\n';
            break;
        case 'r':
            out[n++] = '\r';
            break;
        case 't':
            out[n++] = '\t';
            break;
        case 'u': {
            if (at + 4 > len)
                return n;
            uint32_t point = hex4(data + at);
            at += 4;
            if (point >= 0xd800 && point < 0xdc00 && at + 6 <= len && data[at] == '\\' && data[at + 1] == 'u') {
                uint32_t low = hex4(data + at + 2);
                if (low >= 0xdc00 && low < 0xe000) {
                    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
                    at += 6;
                }
            }
            n += utf8_put(point, out + n);
            break;
        }
        default:
            out[n++] = c;
        }
    }
    return n;
}

int json_integer(const char *data, size_t len, int64_t *out) {
    size_t at = len && data[0] == '-';
    if (at == len || len - at > 19)
        return 0;
    uint64_t value = 0;
    for (size_t i = at; i < len; i++) {
        if (data[i] < '0' || data[i] > '9')
            return 0;
        value = value * 10 + (uint64_t)(data[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX + at)
        return 0;
    *out = at ? (int64_t)(0 - value) : (int64_t)value;
    return 1;
}

double json_number(const char *data, size_t len) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    /* Up to 15 digits and a small power of ten: both are exact in a double, so one operation rounds once. */
    size_t at = len && data[0] == '-';
    uint64_t digits = 0;
    unsigned n_digits = 0;
    int point = 0, decimals = 0;
    for (; at < len && n_digits <= 15; at++) {
        if (data[at] == '.' && !point) {
            point = 1;
            continue;
        }
        if (data[at] < '0' || data[at] > '9')
            break;
        digits = digits * 10 + (uint64_t)(data[at] - '0');
        n_digits += digits != 0;
        decimals += point;
    }
    if (at == len && n_digits <= 15 && decimals <= 22) {
        double value = (double)digits / powers[decimals];
        return data[0] == '-' ? -value : value;
    }
    char small[64];
    char *copy = len < sizeof small ? small : memory_alloc(len + 1);
    memcpy(copy, data, len);
    copy[len] = '\0';
    /* The C locale is a constant of the library: nothing is allocated by asking for it. */
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = plain ? strtod_l(copy, NULL, plain) : strtod(copy, NULL);
    if (plain)
        freelocale(plain);
    if (copy != small)
        free(copy);
    return value;
}
