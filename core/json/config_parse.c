/* config_parse.c: the scan that json-c cannot do: where every key and value stands, what is wrong where and what was
 * expected instead, and going on behind a mistake so that one run tells of all of them. Strict but for comments. The
 * scan recurses by nesting, which is bounded; every byte is looked at a bounded number of times.
 */
#include "config_room.h"
#include "memory.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

struct place {
    uint32_t line, column;
};

struct parse {
    struct config *c;
    const char *data; /* followed by a NUL */
    size_t len, at;
    size_t marked; /* the offset whose place is mark: places are asked for in rising order */
    struct place mark;
    unsigned depth, arrays, objects; /* open now */
    unsigned mistakes;
    int has_unclosed; /* told once, for the innermost */
    struct json_tokener *reader;
    struct problems *problems;
};

int config_is_utf8(const char *data, size_t len) {
    return utf8_valid_prefix(data, len) == len;
}

static struct place place_of(struct parse *p, size_t offset) {
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

#define MISTAKE_AT(p, where, ...)                                                                                      \
    do {                                                                                                               \
        struct place place_ = (where);                                                                                 \
        if ((p)->mistakes < CONFIG_MAX_ERRORS)                                                                         \
            problems_add((p)->problems, PROBLEM_ERROR, (p)->c->file, place_.line, place_.column, "syntax",             \
                         __VA_ARGS__);                                                                                 \
        count_mistake(p, place_);                                                                                      \
    } while (0)
#define MISTAKE(p, offset, ...) MISTAKE_AT(p, place_of(p, offset), __VA_ARGS__)

static void count_mistake(struct parse *p, struct place place) {
    if (++p->mistakes == CONFIG_MAX_ERRORS)
        problems_add(p->problems, PROBLEM_ERROR, p->c->file, place.line, place.column, "syntax",
                     "too many mistakes; what follows was not read");
    if (p->mistakes >= CONFIG_MAX_ERRORS) {
        p->at = p->len;
        p->has_unclosed = 1;
    }
}

static int peek(const struct parse *p) {
    return p->at < p->len ? (unsigned char)p->data[p->at] : -1;
}

static int is_space(int ch) {
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

static int is_word(int ch) {
    return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || ch == '_' || ch == '-' ||
           ch == '+' || ch == '.' || ch == '$' || ch >= 0x80;
}

static void skip_line(struct parse *p) {
    const char *end = memchr(p->data + p->at, '\n', p->len - p->at);
    p->at = end ? (size_t)(end - p->data) : p->len;
}

static void skip_space(struct parse *p) {
    for (;;) {
        int ch = peek(p);
        if (is_space(ch)) {
            p->at++;
        } else if (ch == '/' && p->data[p->at + 1] == '/') {
            skip_line(p);
        } else if (ch == '/' && p->data[p->at + 1] == '*') {
            const char *end = memmem(p->data + p->at + 2, p->len - p->at - 2, "*/", 2);
            if (!end)
                MISTAKE(p, p->at, "this comment is never closed; expected */");
            p->at = end ? (size_t)(end - p->data) + 2 : p->len;
        } else if (ch == '#') {
            MISTAKE(p, p->at, "a comment begins with // or stands in /* */, not with #");
            skip_line(p);
        } else {
            return;
        }
    }
}

/* Behind a mistake: to the next , or closing bracket of this level, or the end of the line. */
static void skip_to_separator(struct parse *p) {
    size_t open = 0;
    for (; p->at < p->len; p->at++) {
        char ch = p->data[p->at];
        if (ch == '"') {
            for (p->at++; p->at < p->len && p->data[p->at] != '"' && p->data[p->at] != '\n'; p->at++)
                if (p->data[p->at] == '\\')
                    p->at++;
            if (p->at >= p->len)
                break;
        } else if (ch == '{' || ch == '[') {
            open++;
        } else if (!open && (ch == ',' || ch == '}' || ch == ']' || ch == '\n')) {
            return;
        } else if (ch == '}' || ch == ']') {
            open--;
        }
    }
    p->at = p->len;
}

/* The character that stands here, for messages. */
static const char *found(const struct parse *p, char room[8]) {
    if (p->at >= p->len)
        return "the end of the file";
    size_t n = 1;
    while (n < 4 && ((unsigned char)p->data[p->at + n] & 0xc0) == 0x80)
        n++;
    room[0] = '\'';
    memcpy(room + 1, p->data + p->at, n);
    memcpy(room + 1 + n, "'", 2);
    return room;
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

/* A string at its opening quote. -1 where it cannot be used; the scan is behind it all the same. */
static int scan_string(struct parse *p, const char **out_string, size_t *out_len) {
    size_t start = p->at;
    struct place place = place_of(p, start);
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

static void scan_word(struct parse *p, struct config_node *node) {
    size_t start = p->at;
    while (is_word(peek(p)))
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

static void scan_number(struct parse *p, struct config_node *node) {
    size_t start = p->at;
    while (is_word(peek(p)))
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

static struct config_node *scan_value(struct parse *p);

static int by_key(const void *a, const void *b) {
    const struct config_node *x = *(struct config_node *const *)a, *y = *(struct config_node *const *)b;
    int order = strcmp(x->key, y->key);
    if (order)
        return order;
    if (x->key_line != y->key_line)
        return x->key_line < y->key_line ? -1 : 1;
    return x->key_column < y->key_column ? -1 : x->key_column > y->key_column;
}

/* Tells of every key that stands twice; the first one is kept. */
static void drop_duplicates(struct parse *p, struct config_node *object) {
    if (object->n_children < 2)
        return;
    struct config_node **sorted = memory_alloc(object->n_children * sizeof *sorted);
    size_t n = 0;
    for (struct config_node *m = object->first; m; m = m->next)
        sorted[n++] = m;
    qsort(sorted, n, sizeof *sorted, by_key);
    size_t kept = 0, told = 0;
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[kept]->key, sorted[i]->key) != 0) {
            kept = i;
            continue;
        }
        if (told++ < CONFIG_MAX_ERRORS)
            problems_add(p->problems, PROBLEM_ERROR, p->c->file, sorted[i]->key_line, sorted[i]->key_column,
                         "duplicate-key", "the key \"%s\" stands here a second time; the first is at %u:%u",
                         sorted[i]->key, sorted[kept]->key_line, sorted[kept]->key_column);
        sorted[i]->parent = NULL; /* marks it for going */
    }
    free(sorted);
    for (struct config_node **link = &object->first; *link;) {
        if ((*link)->parent) {
            link = &(*link)->next;
        } else {
            *link = (*link)->next;
            object->n_children--;
        }
    }
}

/* A key and its colon. NULL where there is none and the scan is at a separator; "" where it cannot be used. */
static const char *scan_key(struct parse *p) {
    const char *key = NULL;
    size_t len = 0, start = p->at;
    int ch = peek(p);
    char room[8];
    if (ch == '"' || ch == '\'') {
        if (scan_string(p, &key, &len) != 0)
            key = "";
    } else if (is_word(ch)) {
        while (is_word(peek(p)))
            p->at++;
        key = config_copy(p->c, p->data + start, len = p->at - start);
        MISTAKE(p, start, "a key stands in double quotes: \"%.40s\"", key);
    } else {
        MISTAKE(p, start, "expected a key in double quotes or '}', found %s", found(p, room));
        if (ch == '{' || ch == '[')
            (void)scan_value(p);
        else
            p->at += p->at < p->len;
        skip_to_separator(p);
        return NULL;
    }
    if (memchr(key, 0, len)) {
        MISTAKE(p, start, "a key with \\u0000 in it");
        key = "";
    }
    size_t behind = p->at;
    skip_space(p);
    ch = peek(p);
    if (ch == ':') {
        p->at++;
        return key;
    }
    if (p->at < p->len || !p->has_unclosed)
        MISTAKE(p, behind, "expected ':' behind the key \"%.40s\", found %s", key, found(p, room));
    if (ch == '=' && p->at < p->len)
        p->at++;
    if (ch == ',' || ch == '}' || ch == ']')
        return NULL;
    return key;
}

/* The members or elements between an opening bracket, which the scan is at, and its closing one. */
static void scan_children(struct parse *p, struct config_node *node) {
    int is_object = node->type == CONFIG_OBJECT;
    char close = is_object ? '}' : ']', room[8];
    struct config_node **tail = &node->first;
    size_t comma = 0; /* where one stands with nothing behind it yet */
    p->at++;
    for (;;) {
        skip_space(p);
        int ch = peek(p);
        if (ch < 0) {
            if (!p->has_unclosed)
                MISTAKE_AT(p, ((struct place){node->line, node->column}), "this %c is never closed; expected '%c'",
                           is_object ? '{' : '[', close);
            p->has_unclosed = 1;
            return;
        }
        if (ch == close) {
            if (comma)
                MISTAKE(p, comma, "a comma with nothing behind it before the '%c'", close);
            p->at += p->at < p->len;
            return;
        }
        if (ch == '}' || ch == ']') {
            MISTAKE(p, p->at, "expected '%c' or ',', found '%c'", close, ch);
            /* Closes an outer one, where there is one that it fits. */
            if (ch == '}' ? p->objects > 0 : p->arrays > 0)
                return;
            p->at += p->at < p->len;
            continue;
        }
        if (ch == ',') {
            MISTAKE(p, p->at, "expected %s, found ','", is_object ? "a key" : "a value");
            p->at += p->at < p->len;
            continue;
        }
        comma = 0;
        struct place place = place_of(p, p->at);
        const char *key = NULL;
        if (is_object && !(key = scan_key(p))) {
            skip_space(p);
        } else {
            struct config_node *child = scan_value(p);
            int is_lost = is_object && !*key && p->mistakes;
            child->key = key;
            child->key_line = is_object ? place.line : 0;
            child->key_column = is_object ? place.column : 0;
            child->parent = node;
            if (!is_lost) {
                *tail = child;
                tail = &child->next;
                node->n_children++;
            }
        }
        size_t behind = p->at;
        skip_space(p);
        ch = peek(p);
        if (ch == ',') {
            comma = p->at++;
        } else if (ch == '"' || ch == '\'' || ch == '{' || ch == '[' || is_word(ch)) {
            MISTAKE(p, behind, "expected ',' or '%c' here, found %s", close, found(p, room));
        } else if (ch >= 0 && ch != '}' && ch != ']') {
            MISTAKE(p, p->at, "expected ',' or '%c', found %s", close, found(p, room));
            p->at += p->at < p->len;
            skip_to_separator(p);
            comma = peek(p) == ',' ? p->at++ : 0;
        }
    }
}

static void scan_nested(struct parse *p, struct config_node *node) {
    int is_object = peek(p) == '{';
    if (p->depth >= CONFIG_MAX_DEPTH) {
        MISTAKE_AT(p, ((struct place){node->line, node->column}), "nested more than %u deep", CONFIG_MAX_DEPTH);
        p->at = p->len; /* nothing sensible follows */
        p->has_unclosed = 1;
        return;
    }
    node->type = is_object ? CONFIG_OBJECT : CONFIG_ARRAY;
    unsigned *open = is_object ? &p->objects : &p->arrays;
    p->depth++;
    ++*open;
    scan_children(p, node);
    --*open;
    p->depth--;
    if (is_object)
        drop_duplicates(p, node);
}

/* Never NULL; CONFIG_BAD where there is none. */
static struct config_node *scan_value(struct parse *p) {
    skip_space(p);
    struct config_node *node = config_alloc(p->c, sizeof *node);
    struct place place = place_of(p, p->at);
    node->file = p->c->file;
    node->line = place.line;
    node->column = place.column;
    int ch = peek(p);
    char room[8];
    if (ch == '{' || ch == '[') {
        scan_nested(p, node);
    } else if (ch == '"' || ch == '\'') {
        if (scan_string(p, &node->string, &node->string_len) == 0) {
            node->type = CONFIG_STRING;
            config_expand(p->c, node, p->problems);
        }
    } else if (ch == '-' || ch == '+' || ch == '.' || (ch >= '0' && ch <= '9')) {
        scan_number(p, node);
    } else if (is_word(ch)) {
        scan_word(p, node);
    } else if (ch >= 0 || !p->has_unclosed) {
        MISTAKE_AT(p, place, "expected a value, found %s", found(p, room));
        if (ch < 0)
            p->has_unclosed = 1;
        else if (ch != ',' && ch != '}' && ch != ']')
            skip_to_separator(p);
    }
    return node;
}

struct config_node *config_parse_tree(struct config *c, const char *data, size_t len, struct problems *problems) {
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        data += 3;
        len -= 3;
    }
    char *copy = memory_copy(data, len);
    struct parse p = {.c = c, .data = copy, .len = len, .mark = {1, 1}, .problems = problems};
    struct config_node *root = NULL;
    size_t valid = utf8_valid_prefix(copy, len);
    p.reader = literal_reader_new();
    if (len >= 2 && (memcmp(copy, "\xff\xfe", 2) == 0 || memcmp(copy, "\xfe\xff", 2) == 0)) {
        MISTAKE(&p, 0, "this is UTF-16; a pipeline file is UTF-8");
    } else if (valid != len) {
        MISTAKE(&p, valid, "not valid UTF-8: byte 0x%02x; a pipeline file is UTF-8", (unsigned char)copy[valid]);
    } else if (memchr(copy, 0, len)) {
        MISTAKE(&p, (size_t)((char *)memchr(copy, 0, len) - copy), "a NUL byte; a pipeline file is text");
    } else if (!p.reader) {
        problems_add(problems, PROBLEM_ERROR, c->file, 0, 0, "read", "cannot be read: out of memory");
    } else {
        skip_space(&p);
        if (p.at >= len) {
            if (!p.mistakes)
                MISTAKE_AT(&p, ((struct place){1, 1}),
                           "the file is empty; expected an object: { \"stages\": [ ... ] }");
        } else {
            root = scan_value(&p);
            skip_space(&p);
            char room[8];
            if (p.at < len)
                MISTAKE(&p, p.at, "expected the end of the file, found %s", found(&p, room));
        }
    }
    literal_reader_free(p.reader);
    free(copy);
    return root;
}
