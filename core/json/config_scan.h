/* config_scan.h: the scan's state, and the literals, between config_parse.c (structure) and config_scan.c (literals).
 */
#ifndef TM_JSON_CONFIG_SCAN_H
#define TM_JSON_CONFIG_SCAN_H

#include "config_room.h"

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

/* Where an offset is, by line and column. */
struct place scan_place(struct parse *p, size_t offset);
/* Counts one; behind too many the scan is at the end. */
void scan_count_mistake(struct parse *p, struct place place);

#define MISTAKE_AT(p, where, ...)                                                                                      \
    do {                                                                                                               \
        struct place place_ = (where);                                                                                 \
        if ((p)->mistakes < CONFIG_MAX_ERRORS)                                                                         \
            problems_add((p)->problems, PROBLEM_ERROR, (p)->c->file, place_.line, place_.column, "syntax",             \
                         __VA_ARGS__);                                                                                 \
        scan_count_mistake(p, place_);                                                                                 \
    } while (0)
#define MISTAKE(p, offset, ...) MISTAKE_AT(p, scan_place(p, offset), __VA_ARGS__)

/* The byte here, -1 at the end. */
static inline int scan_peek(const struct parse *p) {
    return p->at < p->len ? (unsigned char)p->data[p->at] : -1;
}

static inline int scan_is_word(int ch) {
    return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || ch == '_' || ch == '-' ||
           ch == '+' || ch == '.' || ch == '$' || ch >= 0x80;
}

/* A string at its opening quote. -1 where it cannot be used; the scan is behind it all the same. */
int scan_string(struct parse *p, const char **out_string, size_t *out_len);
/* true, false, null, or a mistake. */
void scan_word(struct parse *p, struct config_node *node);
void scan_number(struct parse *p, struct config_node *node);

#endif
