/* config_parse.c: the scan that json-c cannot do: where every key and value stands, what is wrong where and what was
 * expected instead, and going on behind a mistake so that one run tells of all of them. Strict but for comments. The
 * scan recurses by nesting, which is bounded; every byte is looked at a bounded number of times.
 */
#include "config_scan.h"

#include "memory.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

int config_is_utf8(const char *data, size_t len) {
    return utf8_valid_prefix(data, len) == len;
}

static int is_space(int ch) {
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

static void skip_line(struct parse *p) {
    const char *end = memchr(p->data + p->at, '\n', p->len - p->at);
    p->at = end ? (size_t)(end - p->data) : p->len;
}

static void skip_space(struct parse *p) {
    for (;;) {
        int ch = scan_peek(p);
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
    int ch = scan_peek(p);
    char room[8];
    if (ch == '"' || ch == '\'') {
        if (scan_string(p, &key, &len) != 0)
            key = "";
    } else if (scan_is_word(ch)) {
        while (scan_is_word(scan_peek(p)))
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
    ch = scan_peek(p);
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
        int ch = scan_peek(p);
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
        struct place place = scan_place(p, p->at);
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
        ch = scan_peek(p);
        if (ch == ',') {
            comma = p->at++;
        } else if (ch == '"' || ch == '\'' || ch == '{' || ch == '[' || scan_is_word(ch)) {
            MISTAKE(p, behind, "expected ',' or '%c' here, found %s", close, found(p, room));
        } else if (ch >= 0 && ch != '}' && ch != ']') {
            MISTAKE(p, p->at, "expected ',' or '%c', found %s", close, found(p, room));
            p->at += p->at < p->len;
            skip_to_separator(p);
            comma = scan_peek(p) == ',' ? p->at++ : 0;
        }
    }
}

static void scan_nested(struct parse *p, struct config_node *node) {
    int is_object = scan_peek(p) == '{';
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
    struct place place = scan_place(p, p->at);
    node->file = p->c->file;
    node->line = place.line;
    node->column = place.column;
    int ch = scan_peek(p);
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
    } else if (scan_is_word(ch)) {
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
