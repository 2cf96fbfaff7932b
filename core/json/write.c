/* write.c: values as JSON bytes; see write.h. Owns escaping and the form of numbers. */
#include "write.h"

#include "memory.h"
#include "plain.h"
#include "scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_escaped(struct buffer *b, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    char *out = buffer_reserve(b, 6);
    char letter = 0;
    switch (c) {
    case '"':
    case '\\':
        letter = (char)c;
        break;
    case '\b':
        letter = 'b';
        break;
    case '\f':
        letter = 'f';
        break;
    case '\n':
        letter = 'n';
        break;
    case '\r':
        letter = 'r';
        break;
    case '\t':
        letter = 't';
        break;
    default:
        break;
    }
    out[0] = '\\';
    if (letter) {
        out[1] = letter;
        b->len += 2;
        return;
    }
    memcpy(out + 1, "u00", 3);
    out[4] = hex[c >> 4];
    out[5] = hex[c & 15];
    b->len += 6;
}

/* Copies up to the next byte that must be escaped; returns how many bytes that were. May write up to 16 bytes of
 * rubbish behind them. */
static inline size_t copy_plain(const char *p, size_t n, char *out) {
    size_t i = 0;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1f);
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        _mm_storeu_si128((__m128i *)(void *)(out + i), v);
        __m128i ends = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)),
                                    _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        unsigned mask = (unsigned)_mm_movemask_epi8(ends);
        if (mask)
            return i + (unsigned)__builtin_ctz(mask);
    }
#endif
    for (; i < n && !plain_ends((unsigned char)p[i]); i++)
        out[i] = p[i];
    return i;
}

#define SHORT 32u

static inline uint64_t load_bytes(const char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Not 0 where one of eight bytes needs an escape or is over 0x7f; may be so for others, too. */
static inline uint64_t is_special(uint64_t v) {
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t quote = v ^ (ones * '"'), backslash = v ^ (ones * '\\');
    return ((v - ones * 0x20) | (quote - ones) | (backslash - ones) | v) & tops;
}

/* A string of ASCII of at most SHORT bytes that needs no escape, as names and most values are: by as many words as it
 * has, the last of which overlaps the one before. 0: it is none, and nothing was written. */
static int write_short(struct buffer *b, const char *data, size_t len) {
    char *out = buffer_reserve(b, SHORT + 2), *to = out + 1;
    if (len >= 8) {
        uint64_t special = 0;
        for (size_t at = 0; at + 8 < len; at += 8) {
            uint64_t v = load_bytes(data + at);
            special |= is_special(v);
            memcpy(to + at, &v, sizeof v);
        }
        uint64_t last = load_bytes(data + len - 8);
        if (special | is_special(last))
            return 0;
        memcpy(to + len - 8, &last, sizeof last);
    } else if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, data, sizeof first);
        memcpy(&last, data + len - 4, sizeof last);
        if (is_special(first | (uint64_t)last << 32))
            return 0;
        memcpy(to, &first, sizeof first);
        memcpy(to + len - 4, &last, sizeof last);
    } else {
        for (size_t i = 0; i < len; i++) {
            unsigned char c = (unsigned char)data[i];
            if (plain_ends(c) || c >= 0x80)
                return 0;
            to[i] = data[i];
        }
    }
    out[0] = '"';
    to[len] = '"';
    b->len += len + 2;
    return 1;
}

void json_write_valid(struct buffer *b, const char *data, size_t len) {
    if (len <= SHORT && write_short(b, data, len))
        return;
    size_t at = 0;
    buffer_reserve(b, len + len / 16 + 32);
    b->data[b->len++] = '"';
    while (at < len) {
        char *out = buffer_reserve(b, len - at + 32);
        size_t run = copy_plain(data + at, len - at, out);
        b->len += run;
        at += run;
        if (at < len)
            write_escaped(b, (unsigned char)data[at++]);
    }
    buffer_add_char(b, '"');
}

void json_write_text(struct buffer *b, const char *data, size_t len) {
    if (len <= SHORT && write_short(b, data, len))
        return;
    if (utf8_valid_prefix(data, len) == len) {
        json_write_valid(b, data, len);
        return;
    }
    char *mended = memory_alloc(3 * len);
    json_write_valid(b, mended, utf8_replace(data, len, mended));
    free(mended);
}

/* Two digits each: offsets and counts are most of a record's numbers. */
static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

void json_write_uint(struct buffer *b, uint64_t n) {
    enum { MOST = 20 };
    uint64_t power = 10;
    size_t len = 1;
    for (; len < MOST && n >= power; power *= 10)
        len++;
    char *out = buffer_reserve(b, MOST);
    b->len += len;
    for (; len > 1; n /= 100)
        memcpy(out + (len -= 2), pairs + 2 * (n % 100), 2);
    if (len)
        *out = (char)('0' + n);
}

void json_write_int(struct buffer *b, int64_t n) {
    if (n < 0)
        buffer_add_char(b, '-');
    json_write_uint(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

/* Takes the locale's decimal point out of what printf wrote, and zeros behind the last decimal. Returns the length. */
static size_t tidy(char *text, size_t len) {
    size_t n = 0, point = 0, exponent = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == 'e' && !exponent)
            exponent = n;
        if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e') {
            text[n++] = c;
        } else if (!point) {
            point = n;
            text[n++] = '.';
        }
    }
    if (point && !exponent) {
        while (text[n - 1] == '0')
            n--;
        if (n - 1 == point)
            n--;
    }
    return n;
}

/* Whatever the number: by printf, which rounds the exact value. */
static void write_slow(struct buffer *b, double x, unsigned decimals) {
    char text[512];
    size_t n = 0;
    if (fabs(x) >= 1e17) {
        for (int digits = 15; digits <= 17; digits++) {
            n = (size_t)snprintf(text, sizeof text, "%.*g", digits, x);
            if (strtod(text, NULL) == x)
                break;
        }
    } else {
        /* Fewer decimals where they say the same. */
        unsigned least = decimals > 6 ? 1 : decimals;
        for (unsigned d = least; d <= decimals; d++) {
            n = (size_t)snprintf(text, sizeof text, "%.*f", (int)d, x);
            if (d < decimals && strtod(text, NULL) == x)
                break;
        }
    }
    n = tidy(text, n);
    if (n == 2 && memcmp(text, "-0", 2) == 0)
        buffer_add_char(b, '0');
    else
        buffer_add(b, text, n);
}

void json_write_number(struct buffer *b, double x, unsigned decimals) {
    static const double scales[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    if (!isfinite(x)) {
        buffer_add(b, "null", 4);
        return;
    }
    if (decimals > 17)
        decimals = 17;
    double size = fabs(x);
    if (size < 1e9 && size == (double)(uint32_t)size) {
        json_write_int(b, (int64_t)x);
        return;
    }
    if (decimals > 6 || size >= 1e9) {
        write_slow(b, x, decimals);
        return;
    }
    double scaled = size * scales[decimals];
    uint64_t units = (uint64_t)scaled;
    double rest = scaled - (double)units;
    if (fabs(rest - 0.5) < 1e-3) { /* the product was rounded itself: a tie may be none */
        write_slow(b, x, decimals);
        return;
    }
    units += rest > 0.5;
    if (!units) {
        buffer_add_char(b, '0');
        return;
    }
    while (decimals && units % 10 == 0) {
        units /= 10;
        decimals--;
    }
    uint64_t scale = (uint64_t)scales[decimals];
    if (x < 0)
        buffer_add_char(b, '-');
    json_write_uint(b, units / scale);
    if (decimals) {
        char digits[8] = {'.'};
        uint64_t rest_units = units % scale;
        for (unsigned i = decimals; i; i--) {
            digits[i] = (char)('0' + rest_units % 10);
            rest_units /= 10;
        }
        buffer_add(b, digits, decimals + 1);
    }
}
