/* json_read.c: the reader of a plugin's own JSON files. Never reads behind the end that it was given; depth is bounded
 * only where values are skipped, and there by counting, not by recursion.
 */
#include "json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kit_json_init(struct json_reader *r, char *text, uint64_t len) {
    memset(r, 0, sizeof *r);
    r->at = text;
    r->line = 1;
    r->end = text + len;
}

static int fail(struct json_reader *r, const char *message) {
    if (!r->error[0])
        snprintf(r->error, sizeof r->error, "%s", message);
    return -1;
}

char kit_json_peek(struct json_reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->line += *r->at++ == '\n';
    return (char)(r->at < r->end ? *r->at : 0);
}

static int enter(struct json_reader *r, char open, const char *message) {
    if (kit_json_peek(r) != open)
        return fail(r, message);
    r->at++;
    r->fresh = 1;
    return 0;
}

int kit_json_array(struct json_reader *r) {
    return enter(r, '[', "an array is expected here");
}

int kit_json_object(struct json_reader *r) {
    return enter(r, '{', "an object is expected here");
}

/* 1: stands before the next item; 0: over. */
static int item(struct json_reader *r, char close) {
    char c = kit_json_peek(r);
    if (r->error[0])
        return -1;
    if (c == close) {
        r->at++;
        r->fresh = 0;
        return 0;
    }
    if (!r->fresh) {
        if (c != ',')
            return fail(r, c ? "a comma is missing" : "the file ends too early");
        r->at++;
        c = kit_json_peek(r);
    }
    r->fresh = 0;
    return c ? 1 : fail(r, "the file ends too early");
}

int kit_json_element(struct json_reader *r) {
    return item(r, ']');
}

int kit_json_member(struct json_reader *r, tm_str *out_name) {
    int more = item(r, '}');
    if (more <= 0)
        return more;
    if (kit_json_text(r, out_name) < 0)
        return -1;
    if (kit_json_peek(r) != ':')
        return fail(r, "a colon is missing");
    r->at++;
    return 1;
}

static int hex4(const char *p, uint32_t *out) {
    uint32_t x = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 99;
        if (digit == 99)
            return -1;
        x = x << 4 | digit;
    }
    *out = x;
    return 0;
}

static char *put_utf8(char *to, uint32_t c) {
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 63));
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    }
    return to;
}

static int escape(struct json_reader *r, char **from, char **to) {
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    char c = *(*from)++;
    const char *at = c ? strchr(names, c) : NULL;
    if (at) {
        *(*to)++ = bytes[at - names];
        return 0;
    }
    uint32_t x, low;
    if (c != 'u' || r->end - *from < 4 || hex4(*from, &x) < 0)
        return fail(r, "a backslash with nothing that it may stand before");
    *from += 4;
    if (x >= 0xD800 && x < 0xDC00 && r->end - *from >= 6 && (*from)[0] == '\\' && (*from)[1] == 'u' &&
        hex4(*from + 2, &low) == 0 && low >= 0xDC00 && low < 0xE000) {
        x = 0x10000 + ((x - 0xD800) << 10) + (low - 0xDC00);
        *from += 6;
    } else if (x >= 0xD800 && x < 0xE000) {
        x = 0xFFFD;
    }
    *to = put_utf8(*to, x);
    return 0;
}

/* The text is decoded where it stands; a decoded text is never longer. What was decoded
 * cannot be read again. */
int kit_json_text(struct json_reader *r, tm_str *out_text) {
    if (kit_json_peek(r) != '"')
        return fail(r, "a text is expected here");
    char *from = r->at + 1, *to = from, *start = from;
    while (from < r->end && *from != '"') {
        if (*from == '\\') {
            from++;
            if (from == r->end)
                break;
            if (escape(r, &from, &to) < 0)
                return -1;
        } else if ((unsigned char)*from < ' ') {
            return fail(r, "a text with a line end or control character in it");
        } else {
            *to++ = *from++;
        }
    }
    if (from >= r->end)
        return fail(r, "a text without its closing quotation mark");
    r->at = from + 1;
    *out_text = (tm_str){start, (uint64_t)(to - start)};
    return 0;
}

int kit_json_number(struct json_reader *r, double *out_number) {
    char copy[48], *stop;
    size_t n = 0;
    kit_json_peek(r);
    while (r->at + n < r->end && n + 1 < sizeof copy && strchr("+-.0123456789eE", r->at[n]) && r->at[n])
        n++;
    memcpy(copy, r->at, n);
    copy[n] = 0;
    *out_number = strtod(copy, &stop);
    if (n == 0 || *stop || *out_number - *out_number != 0)
        return fail(r, "a number is expected here");
    r->at += n;
    return 0;
}

int kit_json_skip(struct json_reader *r) {
    uint64_t depth = 0;
    do {
        char c = kit_json_peek(r);
        if (c == 0)
            return fail(r, "the file ends too early");
        if (c == '"') {
            for (r->at++; r->at < r->end && *r->at != '"'; r->at++)
                if (*r->at == '\\')
                    r->at++;
            if (r->at >= r->end)
                return fail(r, "a text without its closing quotation mark");
            r->at++;
        } else if (c == '[' || c == '{') {
            depth++;
            r->at++;
        } else if (c == ']' || c == '}') {
            if (depth == 0)
                return fail(r, "a value is expected here");
            depth--;
            r->at++;
        } else if (c == ',' || c == ':') {
            if (depth == 0)
                return fail(r, "a value is expected here");
            r->at++;
        } else {
            while (r->at < r->end && *r->at && !strchr(" \t\r\n,]}:\"[{", *r->at))
                r->at++;
            if (r->at < r->end && !*r->at)
                return fail(r, "a NUL byte");
        }
    } while (depth > 0);
    return 0;
}
