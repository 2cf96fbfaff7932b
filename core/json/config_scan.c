/* config_scan.c: the literals of a configuration file, and where they stand. Each is checked here, strictly, before
 * json-c reads its value.
 */
#include "config_scan.h"

#include "memory.h"

#include <string.h>

struct place scan_place(struct parse *p, size_t offset) {
    if (offset < p->marked) {
        p->marked = 0;
        p->mark = (struct place){1, 1};
    }
    for (; p->marked < offset; p->marked++) {
        unsigned char ch = (unsigned char)p->data[p->marked];
        if (ch == '\n') {
            p->mark.line++;
            p->mark.column = 1;
        } else if ((ch & 0xc0) != 0x80) {
            p->mark.column++;
        }
    }
    return p->mark;
}

void scan_count_mistake(struct parse *p, struct place place) {
    if (++p->mistakes == CONFIG_MAX_ERRORS)
        problems_add(p->problems, PROBLEM_ERROR, p->c->file, place.line, place.column, "syntax",
                     "too many mistakes; what follows was not read");
    if (p->mistakes >= CONFIG_MAX_ERRORS) {
        p->at = p->len;
        p->has_unclosed = 1;
    }
}

static int hex_digits(const char *s) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char ch = s[i];
        int digit = ch >= '0' && ch <= '9'                 ? ch - '0'
                    : (ch | 32) >= 'a' && (ch | 32) <= 'f' ? (ch | 32) - 'a' + 10
                                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* At a backslash; moves behind the escape. */
static int scan_escape(struct parse *p) {
    const char *s = p->data + p->at; /* the NUL behind the data ends every look ahead */
    if (s[1] && strchr("\"\\/bfnrt", s[1])) {
        p->at += 2;
        return 0;
    }
    if (s[1] != 'u') {
        MISTAKE(p, p->at, "\\%c is no escape in a JSON string; a backslash itself is \\\\", s[1] ? s[1] : ' ');
        p->at += p->at < p->len;
        return -1;
    }
    int unit = hex_digits(s + 2);
    int is_high = unit >= 0xd800 && unit < 0xdc00, is_low = unit >= 0xdc00 && unit < 0xe000;
    if (unit < 0) {
        MISTAKE(p, p->at, "\\u must be followed by four hexadecimal digits");
        p->at += p->at < p->len;
        return -1;
    }
    int next = is_high && s[6] == '\\' && s[7] == 'u' ? hex_digits(s + 8) : -1;
    if (is_low || (is_high && !(next >= 0xdc00 && next < 0xe000))) {
        MISTAKE(p, p->at, "\\u%.4s is half of a surrogate pair", s + 2);
        p->at += p->at < p->len;
        return -1;
    }
    p->at += is_high ? 12 : 6;
    return 0;
}

int scan_string(struct parse *p, const char **out_string, size_t *out_len) {
    size_t start = p->at;
    struct place place = scan_place(p, start);
    char quote = p->data[p->at++];
    int is_bad = 0;
    if (quote != '"') {
        MISTAKE_AT(p, place, "a string stands in double quotes, not in single ones");
    }
    while (p->at < p->len && p->data[p->at] != quote) {
        unsigned char ch = (unsigned char)p->data[p->at];
        if (ch == '\n') {
            break;
        } else if (ch < 0x20 && ch != '\r') {
            MISTAKE(p, p->at, "a control character (0x%02x) in a string; expected \\%s", ch,
                    ch == '\t' ? "t" : "u00..");
            is_bad = 1;
            p->at += p->at < p->len;
        } else if (ch == '\\') {
            is_bad |= scan_escape(p) != 0;
        } else {
            p->at++;
        }
    }
    if (p->at >= p->len || p->data[p->at] == '\n') {
        if (p->mistakes < CONFIG_MAX_ERRORS)
            MISTAKE_AT(p, place, "this string is not closed on its line; expected '%c' (a line end is \\n)", quote);
        return -1;
    }
    p->at++;
    if (is_bad)
        return -1;
    if (quote != '"') { /* told; its bytes will do for going on */
        *out_len = p->at - start - 2;
        *out_string = config_copy(p->c, p->data + start + 1, *out_len);
        return 0;
    }
    if (literal_read_string(p->reader, p->c, p->data + start, p->at - start, out_string, out_len) != 0) {
        MISTAKE_AT(p, place, "this string cannot be read");
        return -1;
    }
    return 0;
}

void scan_word(struct parse *p, struct config_node *node) {
    size_t start = p->at;
    while (scan_is_word(scan_peek(p)))
        p->at++;
    const char *word = p->data + start;
    size_t len = p->at - start;
    static const char *const names[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++)
        if (len == strlen(names[i]) && memcmp(word, names[i], len) == 0) {
            node->type = i == 2 ? CONFIG_NULL : CONFIG_BOOL;
            node->integer = i == 0;
            return;
        }
    int shown = len > 40 ? 40 : (int)len;
    char lower[8] = "";
    for (size_t i = 0; len < sizeof lower && i < len; i++)
        lower[i] = (char)(word[i] >= 'A' && word[i] <= 'Z' ? word[i] + 32 : word[i]);
    const char *near = strcmp(lower, "none") == 0 ? "null" : *lower ? nearest_name(lower, names, 3) : NULL;
    struct place place = {node->line, node->column};
    if (strcmp(lower, "nan") == 0 || strncmp(lower, "inf", 3) == 0 || strncmp(word, "Infinity", 8) == 0)
        MISTAKE_AT(p, place, "%.*s is no number of JSON", shown, word);
    else if (near)
        MISTAKE_AT(p, place, "expected a value, found %.*s; did you mean %s?", shown, word, near);
    else
        MISTAKE_AT(p, place, "expected a value, found %.*s; a string stands in double quotes", shown, word);
}

void scan_number(struct parse *p, struct config_node *node) {
    size_t start = p->at;
    while (scan_is_word(scan_peek(p)))
        p->at++;
    const char *s = p->data + start, *end = p->data + p->at, *at = s;
    at += *at == '-';
    const char *digits = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    int has_zero = at - digits > 1 && *digits == '0', is_bad = at == digits;
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        is_bad |= at == fraction;
    }
    if (at < end && (*at | 32) == 'e') {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        const char *exponent = at;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        is_bad |= at == exponent;
    }
    struct place place = {node->line, node->column};
    size_t len = (size_t)(end - s);
    int shown = len > 40 ? 40 : (int)len;
    struct buffer why;
    buffer_init(&why);
    if (at != end && *digits >= '0' && *digits <= '9' && !is_bad && !has_zero)
        MISTAKE_AT(p, place, "%.*s is no number of JSON; a value with a unit stands in double quotes", shown, s);
    else if (at != end || is_bad)
        MISTAKE_AT(p, place, "%.*s is no number of JSON; expected digits, as in -1, 0.5 or 1e-3", shown, s);
    else if (has_zero)
        MISTAKE_AT(p, place, "%.*s is no number of JSON: no zeros in front", shown, s);
    else if (len > CONFIG_MAX_NUMBER)
        MISTAKE_AT(p, place, "a number of more than %u digits", CONFIG_MAX_NUMBER);
    else if (literal_read_number(p->reader, p->c, s, len, node, &why) != 0) {
        MISTAKE_AT(p, place, "%.*s cannot be read: %.*s", shown, s, (int)why.len, why.data);
        node->type = CONFIG_BAD;
    }
    buffer_deinit(&why);
}
