/* text_decode.c: the bytes of a text file to UTF-8. Order of the rules: byte order mark (UTF-8 stripped, UTF-16
 * decoded, UTF-32 refused), known formats that are not text, too many control bytes (with a look for UTF-16 without a
 * mark), UTF-8, UTF-8 with single bad bytes, Windows-1252. Nothing is dropped: a NUL or control byte below the limit
 * stays.
 */
#include "sniff.h"
#include "source.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

/* Windows-1252, 0x80 to 0x9f; the five bytes without a character are the control codes of the same number, as the
 * encoding standard of the web has it. */
static const uint16_t high_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
};

static size_t put_utf8(char *to, uint32_t c) {
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Length of the valid sequence at p that begins with a byte over 0x7f, 0 where there is none (RFC 3629). */
static size_t sequence(const unsigned char *p, const unsigned char *end) {
    size_t left = (size_t)(end - p);
    unsigned c = p[0];
    if (c >= 0xc2 && c <= 0xdf)
        return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (c >= 0xe0 && c <= 0xef) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
            return 0;
        if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f))
            return 0;
        return 3;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        if (left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
            return 0;
        if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
            return 0;
        return 4;
    }
    return 0;
}

/* A copy of a shorter text costs less than the room that its buffer would bring along. */
#define TAKE_LEAST ((size_t)1 << 20)

/* What a look through all bytes finds. */
struct survey {
    size_t controls; /* C0 other than tab, line ends and form feed; DEL */
    size_t nul_at[4];
    size_t good, bad; /* valid sequences of more than one byte; bytes over 0x7f outside of one */
};

static void survey(const char *data, size_t len, struct survey *s) {
    const unsigned char *p = (const unsigned char *)data, *start = p, *end = p + len;
    *s = (struct survey){0};
    while (p < end) {
        /* Eight plain bytes at once: none over 0x7f, none under 0x20. */
        while (end - p >= 8) {
            uint64_t w;
            memcpy(&w, p, 8);
            if (((w | ((w - 0x2020202020202020u) & ~w)) & 0x8080808080808080u) != 0)
                break;
            p += 8;
        }
        if (p == end)
            break;
        unsigned c = *p;
        if (c < 0x80) {
            if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t' && c != '\r' && c != '\f')) {
                s->controls++;
                if (!c)
                    s->nul_at[(size_t)(p - start) & 3]++;
            }
            p++;
            continue;
        }
        size_t n = sequence(p, end);
        if (n)
            s->good++;
        else
            s->bad++;
        p += n ? n : 1;
    }
}

static void add_1252(struct buffer *out, const unsigned char *p, size_t len, int keep_sequences) {
    const unsigned char *end = p + len;
    while (p < end) {
        const unsigned char *run = p;
        size_t n = 0;
        while (p < end && (*p < 0x80 || (keep_sequences && (n = sequence(p, end)))))
            p += *p < 0x80 ? 1 : n;
        buffer_add(out, (const char *)run, (size_t)(p - run));
        if (p < end) {
            out->len += put_utf8(buffer_reserve(out, 4), *p < 0xa0 ? high_1252[*p - 0x80] : *p);
            p++;
        }
    }
}

static void add_utf16(struct buffer *out, const unsigned char *p, size_t len, int is_big) {
    size_t i = 0;
    for (; i + 1 < len; i += 2) {
        uint32_t c = is_big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < len) {
            uint32_t low = is_big ? (uint32_t)p[i + 2] << 8 | p[i + 3] : (uint32_t)p[i + 3] << 8 | p[i + 2];
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        if (c >= 0xd800 && c < 0xe000)
            c = 0xfffd;
        out->len += put_utf8(buffer_reserve(out, 4), c);
    }
    if (i < len)
        buffer_add(out, replacement, 3);
}

static int refuse(const char **out_code, struct buffer *why, const char *code, const char *message) {
    *out_code = code;
    buffer_add_string(why, message);
    return -1;
}

/* Which wide encoding without a mark the NULs point to; NULL: none. */
static const char *wide_without_mark(const struct survey *s, size_t len) {
    size_t quarter = len / 4, few = quarter / 10;
    const size_t *n = s->nul_at;
    if (len < 8)
        return NULL;
    if (n[1] > few * 5 && n[2] > few * 5 && n[3] > few * 5 && n[0] <= few)
        return "UTF-32LE";
    if (n[0] > few * 5 && n[1] > few * 5 && n[2] > few * 5 && n[3] <= few)
        return "UTF-32BE";
    if (n[1] > few * 3 && n[3] > few * 3 && n[0] <= few && n[2] <= few)
        return "UTF-16LE";
    if (n[0] > few * 3 && n[2] > few * 3 && n[1] <= few && n[3] <= few)
        return "UTF-16BE";
    return NULL;
}

static void add_padding(struct buffer *out) {
    memset(buffer_reserve(out, TM_PAD), 0, TM_PAD);
}

/* One in a hundred is the limit; a short text may have one. */
static int is_too_many(size_t controls, size_t len) {
    return controls > 1 && controls > len / 100;
}

/* As text_decode; *out_is_plain where the bytes are the text, and nothing was done with them. */
static int decode(const char *data, size_t len, struct buffer *out, const char **out_encoding, const char **out_code,
                  struct buffer *why, int *out_is_plain) {
    *out_is_plain = 0;
    *out_encoding = NULL;
    size_t start = out->len;
    if ((len >= 4 && memcmp(data, "\xff\xfe\0\0", 4) == 0) || (len >= 4 && memcmp(data, "\0\0\xfe\xff", 4) == 0))
        return refuse(out_code, why, "encoding",
                      "the text is UTF-32 by its byte order mark; convert it with iconv -f UTF-32 -t UTF-8");
    if (len >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        int is_big = data[0] == '\xfe';
        add_utf16(out, (const unsigned char *)data + 2, len - 2, is_big);
        struct survey s;
        survey(out->data + start, out->len - start, &s);
        if (is_too_many(s.controls, out->len - start)) {
            out->len = start;
            return refuse(out_code, why, "not-text", "control characters stand all over it; give text files");
        }
        *out_encoding = is_big ? "utf-16be" : "utf-16le";
        add_padding(out);
        return 0;
    }
    const char *cure, *name = sniff_binary(data, len, &cure);
    if (name) {
        buffer_addf(why, "this is %s, not text; %s", name, cure);
        *out_code = "not-text";
        return -1;
    }
    int has_mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;
    if (has_mark) {
        data += 3;
        len -= 3;
    }
    struct survey s;
    survey(data, len, &s);
    if (is_too_many(s.controls, len)) {
        const char *wide = wide_without_mark(&s, len);
        if (wide) {
            buffer_addf(why, "this looks like %s without a byte order mark; convert it with iconv -f %s -t UTF-8", wide,
                        wide);
            *out_code = "encoding";
            return -1;
        }
        return refuse(out_code, why, "not-text",
                      "more than 1 in 100 bytes are control bytes, so this is not text; give "
                      "text files");
    }
    *out_is_plain = !s.bad && !has_mark;
    if (*out_is_plain)
        return 0;
    buffer_reserve(out, len + TM_PAD);
    if (s.bad) {
        int is_mixed = s.good > s.bad;
        add_1252(out, (const unsigned char *)data, len, is_mixed);
        *out_encoding = is_mixed ? "utf-8+cp1252" : "cp1252";
    } else {
        buffer_add(out, data, len);
    }
    add_padding(out);
    return 0;
}

static void add_plain(const char *data, size_t len, struct buffer *out) {
    buffer_reserve(out, len + TM_PAD);
    buffer_add(out, data, len);
    add_padding(out);
}

int text_decode(const char *data, size_t len, struct buffer *out, const char **out_encoding, const char **out_code,
                struct buffer *why) {
    int is_plain, status = decode(data, len, out, out_encoding, out_code, why, &is_plain);
    if (is_plain)
        add_plain(data, len, out);
    return status;
}

int text_decode_taking(struct buffer *data, struct buffer *out, const char **out_encoding, const char **out_code,
                       struct buffer *why) {
    int is_plain, status = decode(data->data ? data->data : "", data->len, out, out_encoding, out_code, why, &is_plain);
    if (!is_plain)
        return status;
    if (out->len || data->len < TAKE_LEAST) {
        add_plain(data->data, data->len, out);
        return 0;
    }
    struct buffer taken = *data;
    *data = *out;
    *out = taken;
    data->len = 0;
    add_padding(out);
    return 0;
}
