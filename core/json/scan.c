/* scan.c: the strict scanner: grammar, depth, places of members. Owns what a record may look like; leaves UTF-8 to
 * utf8.c, decoding to decode.c. No recursion: open arrays and objects are bits on a small stack.
 */
#include "scan.h"

#include "memory.h"
#include "plain.h"
#include "wide.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRING_ESCAPED = 1, STRING_OVER_ASCII = 2, STRING_NUL = 4 };

/* Up to so many keys are compared each with each. */
#define FEW_KEYS 24u

struct scan {
    const char *data;
    size_t len;
    size_t at;
    struct json_error *error;
    int wide; /* the processor can do long strings in wide steps */
};

__attribute__((format(printf, 4, 5))) static int fail(struct scan *s, const char *code, size_t offset,
                                                      const char *format, ...) {
    if (s->error) {
        va_list args;
        va_start(args, format);
        vsnprintf(s->error->message, sizeof s->error->message, format, args);
        va_end(args);
        s->error->code = code;
        s->error->offset = offset;
    }
    return -1;
}

/* What stands where something else should. */
static int unexpected(struct scan *s, const char *wanted) {
    if (s->at >= s->len)
        return fail(s, "syntax", s->len, "the record ends where %s should stand", wanted);
    unsigned char c = (unsigned char)s->data[s->at];
    if (c > 0x20 && c < 0x7f)
        return fail(s, "syntax", s->at, "'%c' stands where %s should", c, wanted);
    return fail(s, "syntax", s->at, "byte 0x%02x stands where %s should", c, wanted);
}

static inline void skip_space(struct scan *s) {
    while (s->at < s->len) {
        char c = s->data[s->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            break;
        s->at++;
    }
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* At the backslash; *flags gets STRING_NUL for \u0000. */
static int scan_escape(struct scan *s, int *flags) {
    size_t at = s->at;
    if (at + 1 >= s->len)
        return fail(s, "syntax", s->len, "the record ends inside a string");
    char c = s->data[at + 1];
    switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        s->at = at + 2;
        return 0;
    case 'u': {
        int value = 0;
        for (size_t i = 2; i < 6; i++) {
            if (at + i >= s->len)
                return fail(s, "syntax", s->len, "the record ends inside a string");
            int digit = hex_value(s->data[at + i]);
            if (digit < 0)
                return fail(s, "syntax", at + i, "\\u needs four hexadecimal digits");
            value = value << 4 | digit;
        }
        if (!value)
            *flags |= STRING_NUL;
        s->at = at + 6;
        return 0;
    }
    default:
        return fail(s, "syntax", at + 1,
                    "no escape of JSON: only \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u stand for something");
    }
}

/* Inside a string, where it is not plain any more. Flags, or -1. */
static int scan_rest_of_string(struct scan *s, unsigned high) {
    int flags = 0;
    if (s->wide && s->len - s->at >= WIDE_LEAST) {
        struct wide_seen seen = {0};
        s->at += wide_string(s->data + s->at, s->len - s->at, &seen);
        high |= (unsigned)seen.high;
        flags = (seen.escaped ? STRING_ESCAPED : 0) | (seen.nul ? STRING_NUL : 0);
    }
    for (;;) {
        s->at += plain_run(s->data + s->at, s->len - s->at, &high);
        if (s->at >= s->len)
            return fail(s, "syntax", s->len, "the record ends inside a string");
        char c = s->data[s->at];
        if (c == '"')
            break;
        if (c != '\\')
            return fail(s, "syntax", s->at, "control character 0x%02x inside a string; it must be written as \\u%04x",
                        (unsigned char)c, (unsigned char)c);
        flags |= STRING_ESCAPED;
        if (scan_escape(s, &flags) != 0)
            return -1;
    }
    s->at++;
    return high ? flags | STRING_OVER_ASCII : flags;
}

/* At the opening quote; goes behind the closing one. Flags, or -1. Short strings without an escape end here. */
static inline int scan_string(struct scan *s) {
    unsigned high = 0;
    s->at++;
    size_t left = s->len - s->at;
    size_t probe = left < 32 ? left : 32;
    size_t run = plain_run(s->data + s->at, probe, &high);
    s->at += run;
    if (run < probe && s->data[s->at] == '"') {
        s->at++;
        return high ? STRING_OVER_ASCII : 0;
    }
    return scan_rest_of_string(s, high);
}

static int is_digit(const struct scan *s) {
    return s->at < s->len && s->data[s->at] >= '0' && s->data[s->at] <= '9';
}

static int scan_number(struct scan *s) {
    if (s->data[s->at] == '-')
        s->at++;
    if (!is_digit(s))
        return unexpected(s, "a digit");
    if (s->data[s->at] == '0') {
        s->at++;
        if (is_digit(s))
            return fail(s, "syntax", s->at, "a number may not begin with a zero");
    } else {
        while (is_digit(s))
            s->at++;
    }
    if (s->at < s->len && s->data[s->at] == '.') {
        s->at++;
        if (!is_digit(s))
            return unexpected(s, "a digit");
        while (is_digit(s))
            s->at++;
    }
    if (s->at < s->len && (s->data[s->at] | 0x20) == 'e') {
        s->at++;
        if (s->at < s->len && (s->data[s->at] == '+' || s->data[s->at] == '-'))
            s->at++;
        if (!is_digit(s))
            return unexpected(s, "a digit");
        while (is_digit(s))
            s->at++;
    }
    return 0;
}

static int scan_word(struct scan *s, const char *word, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s->at + i >= s->len || s->data[s->at + i] != word[i]) {
            s->at += i;
            return unexpected(s, "null, true or false");
        }
    s->at += n;
    return 0;
}

/* At a value that is neither array nor object. Flags of a string, 0, or -1. */
static inline int scan_scalar(struct scan *s) {
    switch (s->at < s->len ? s->data[s->at] : '\0') {
    case '"':
        return scan_string(s);
    case 't':
        return scan_word(s, "true", 4);
    case 'f':
        return scan_word(s, "false", 5);
    case 'n':
        return scan_word(s, "null", 4);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return scan_number(s);
    default:
        return unexpected(s, "a value");
    }
}

/* At a key; goes behind its colon. */
static int scan_key(struct scan *s, struct json_member *m) {
    size_t start = s->at;
    if (s->at >= s->len || s->data[s->at] != '"')
        return unexpected(s, "a key in double quotes");
    int flags = scan_string(s);
    if (flags < 0)
        return -1;
    if (flags & STRING_NUL)
        return fail(s, "nul-in-key", start, "a key holds \\u0000");
    if (m) {
        m->key_start = (uint32_t)start + 1;
        m->key_len = (uint32_t)(s->at - start - 2);
        m->key_escaped = (flags & STRING_ESCAPED) != 0;
    }
    skip_space(s);
    if (s->at >= s->len || s->data[s->at] != ':')
        return unexpected(s, "a colon");
    s->at++;
    skip_space(s);
    return 0;
}

/* At any value, `depth` arrays and objects being open around it. Flags of a string, 0, or -1. */
static int scan_value(struct scan *s, unsigned depth) {
    uint64_t objects[JSON_MAX_DEPTH / 64] = {0}; /* a bit a level: is it an object */
    const unsigned base = depth;
    for (;;) {
        char c = s->at < s->len ? s->data[s->at] : '\0';
        if (c == '{' || c == '[') {
            if (depth >= JSON_MAX_DEPTH)
                return fail(s, "too-deep", s->at, "arrays and objects are nested more than %u deep", JSON_MAX_DEPTH);
            uint64_t bit = (uint64_t)1 << (depth & 63);
            if (c == '{')
                objects[depth >> 6] |= bit;
            else
                objects[depth >> 6] &= ~bit;
            depth++;
            s->at++;
            skip_space(s);
            if (s->at >= s->len || s->data[s->at] != (c == '{' ? '}' : ']')) {
                if (c == '{' && scan_key(s, NULL) != 0)
                    return -1;
                continue;
            }
            s->at++;
            depth--;
            if (depth == base)
                return 0;
        } else {
            int flags = scan_scalar(s);
            if (flags < 0)
                return -1;
            if (depth == base)
                return flags;
        }
        /* Behind a value within an array or object: the next one, or its end. */
        for (;;) {
            int is_object = (objects[(depth - 1) >> 6] >> ((depth - 1) & 63)) & 1;
            skip_space(s);
            c = s->at < s->len ? s->data[s->at] : '\0';
            if (c == ',') {
                s->at++;
                skip_space(s);
                if (is_object && scan_key(s, NULL) != 0)
                    return -1;
                break;
            }
            if (c != (is_object ? '}' : ']'))
                return unexpected(s, is_object ? "a comma or }" : "a comma or ]");
            s->at++;
            if (--depth == base)
                return 0;
        }
    }
}

static int check_utf8(struct scan *s) {
    if (s->len > UINT32_MAX - 1)
        return fail(s, "too-large", 0, "a record may not be larger than 4 GiB");
    size_t valid = utf8_valid_prefix(s->data, s->len);
    if (valid < s->len)
        return fail(s, "utf8", valid, "byte 0x%02x is not part of valid UTF-8", (unsigned char)s->data[valid]);
    return 0;
}

static int check_end(struct scan *s) {
    skip_space(s);
    return s->at < s->len ? unexpected(s, "the end of the record") : 0;
}

/* A key as it is compared: decoded. */
struct key {
    const char *data;
    size_t len;
    size_t offset;
};

static int key_order(const void *left, const void *right) {
    const struct key *a = left, *b = right;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    int order = a->len ? memcmp(a->data, b->data, a->len) : 0;
    if (order)
        return order;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static int duplicate(struct scan *s, const struct key *k) {
    return fail(s, "duplicate-key", k->offset, "the key \"%.*s\" stands twice", (int)(k->len < 60 ? k->len : 60),
                k->data);
}

static int check_keys(struct scan *s, const struct json_member *members, size_t count) {
    size_t escaped = 0;
    for (size_t i = 0; i < count; i++)
        if (members[i].key_escaped)
            escaped += members[i].key_len;
    if (count <= FEW_KEYS && !escaped) {
        for (size_t i = 1; i < count; i++)
            for (size_t j = 0; j < i; j++)
                if (members[i].key_len == members[j].key_len &&
                    memcmp(s->data + members[i].key_start, s->data + members[j].key_start, members[i].key_len) == 0) {
                    struct key k = {s->data + members[i].key_start, members[i].key_len, members[i].key_start - 1};
                    return duplicate(s, &k);
                }
        return 0;
    }
    struct key *keys = memory_alloc(count * sizeof *keys);
    char *decoded = memory_alloc(escaped), *to = decoded;
    for (size_t i = 0; i < count; i++) {
        const struct json_member *m = members + i;
        keys[i] = (struct key){s->data + m->key_start, m->key_len, m->key_start - 1};
        if (m->key_escaped) {
            keys[i].len = json_decode(keys[i].data, keys[i].len, to);
            keys[i].data = to;
            to += keys[i].len;
        }
    }
    qsort(keys, count, sizeof *keys, key_order);
    const struct key *first = NULL;
    for (size_t i = 1; i < count; i++)
        if (keys[i].len == keys[i - 1].len && memcmp(keys[i].data, keys[i - 1].data, keys[i].len) == 0 &&
            (!first || keys[i].offset < first->offset))
            first = keys + i;
    int result = first ? duplicate(s, first) : 0;
    free(keys);
    free(decoded);
    return result;
}

enum json_type json_type_of(char first) {
    switch (first) {
    case '"':
        return JSON_STRING;
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

/* Not an object: a value of another type, or nothing of JSON at all? */
static int not_object(struct scan *s) {
    size_t start = s->at;
    if (s->at >= s->len)
        return fail(s, "syntax", s->len, "the record is empty");
    if (scan_value(s, 0) < 0 || check_end(s) != 0)
        return -1;
    return fail(s, "not-object", start, "a record must be an object, { ... }");
}

int json_scan_object(const char *data, size_t len, struct json_member *members, size_t room, size_t *out_count,
                     struct json_error *error) {
    struct scan s = {data, len, 0, error, wide_can()};
    size_t count = 0;
    if (check_utf8(&s) != 0)
        return -1;
    skip_space(&s);
    if (s.at >= len || data[s.at] != '{')
        return not_object(&s);
    s.at++;
    skip_space(&s);
    if (s.at < len && data[s.at] == '}') {
        s.at++;
    } else {
        for (;;) {
            struct json_member m = {0};
            if (scan_key(&s, &m) != 0)
                return -1;
            size_t start = s.at;
            int flags = scan_value(&s, 1);
            if (flags < 0)
                return -1;
            m.value_start = (uint32_t)start;
            m.value_len = (uint32_t)(s.at - start);
            m.type = (uint8_t)json_type_of(data[start]);
            m.value_escaped = (flags & STRING_ESCAPED) != 0;
            m.value_ascii = m.type == JSON_STRING && !(flags & STRING_OVER_ASCII);
            if (count < room)
                members[count] = m;
            count++;
            skip_space(&s);
            char c = s.at < len ? data[s.at] : '\0';
            if (c != ',' && c != '}')
                return unexpected(&s, "a comma or }");
            s.at++;
            if (c == '}')
                break;
            skip_space(&s);
        }
    }
    if (check_end(&s) != 0)
        return -1;
    if (count <= room && check_keys(&s, members, count) != 0)
        return -1;
    *out_count = count;
    return 0;
}

int json_check_value(const char *data, size_t len, struct json_error *error) {
    struct scan s = {data, len, 0, error, wide_can()};
    if (check_utf8(&s) != 0)
        return -1;
    skip_space(&s);
    if (scan_value(&s, 0) < 0)
        return -1;
    return check_end(&s);
}
