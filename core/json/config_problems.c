/* config_problems.c: the list of what is wrong, and the name that was probably meant. Messages quote what stands in the
 * file, so control characters are made visible here, once, for all of them.
 */
#include "config.h"
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void problems_init(struct problems *p) {
    *p = (struct problems){0};
}

void problems_deinit(struct problems *p) {
    for (size_t i = 0; i < p->count; i++) {
        free((char *)p->list[i].file);
        free(p->list[i].message);
    }
    free(p->list);
    *p = (struct problems){0};
}

/* One line without control characters, C1 ones included: a terminal must not obey a pipeline file. */
static char *visible(const char *text) {
    struct buffer b;
    buffer_init(&b);
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (*s < 0x20 || *s == 0x7f)
            buffer_addf(&b, "\\x%02x", *s);
        else if (*s == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
            buffer_addf(&b, "\\u00%02x", *++s);
        else
            buffer_add_char(&b, (char)*s);
    }
    char *copy = memory_copy(b.data, b.len);
    buffer_deinit(&b);
    return copy;
}

static void add(struct problems *p, enum problem_level level, const char *file, uint32_t line, uint32_t column,
                const char *code, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    char *raw = memory_alloc((size_t)(need < 0 ? 0 : need) + 1);
    raw[0] = '\0';
    if (need > 0)
        vsnprintf(raw, (size_t)need + 1, format, again);
    va_end(again);
    if (p->count == p->room) {
        p->room = p->room ? p->room * 2 : 16;
        p->list = memory_realloc(p->list, p->room * sizeof *p->list);
    }
    p->list[p->count++] = (struct problem){.level = level,
                                           .file = file ? visible(file) : NULL,
                                           .line = line,
                                           .column = column,
                                           .code = code,
                                           .message = visible(raw)};
    p->errors += level == PROBLEM_ERROR;
    free(raw);
}

void problems_add(struct problems *p, enum problem_level level, const char *file, uint32_t line, uint32_t column,
                  const char *code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(p, level, file, line, column, code, format, args);
    va_end(args);
}

void problems_at(struct problems *p, enum problem_level level, const struct config_node *node, const char *code,
                 const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(p, level, node ? node->file : NULL, node ? node->line : 0, node ? node->column : 0, code, format, args);
    va_end(args);
}

/* What is sorted: a problem with the rank of its file and its turn, so that the order is total. */
struct ranked {
    struct problem problem;
    size_t file, turn;
};

static int by_place(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->problem.line != y->problem.line)
        return x->problem.line < y->problem.line ? -1 : 1;
    if (x->problem.column != y->problem.column)
        return x->problem.column < y->problem.column ? -1 : 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

static int is_same_file(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

void problems_sort(struct problems *p) {
    if (p->count < 2)
        return;
    struct ranked *r = memory_alloc(p->count * sizeof *r);
    for (size_t i = 0; i < p->count; i++) {
        r[i] = (struct ranked){p->list[i], i, i};
        for (size_t k = 0; k < i; k++)
            if (is_same_file(p->list[k].file, p->list[i].file)) {
                r[i].file = r[k].file;
                break;
            }
    }
    qsort(r, p->count, sizeof *r, by_place);
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct problem *last = kept ? &p->list[kept - 1] : NULL, *now = &r[i].problem;
        if (last && is_same_file(last->file, now->file) && last->line == now->line && last->column == now->column &&
            last->level == now->level && strcmp(last->message, now->message) == 0) {
            p->errors -= now->level == PROBLEM_ERROR;
            free((char *)now->file);
            free(now->message);
        } else {
            p->list[kept++] = *now;
        }
    }
    p->count = kept;
    free(r);
}

void problems_print(struct problems *p, struct buffer *out) {
    problems_sort(p);
    for (size_t i = 0; i < p->count; i++) {
        const struct problem *one = &p->list[i];
        if (one->file && one->line)
            buffer_addf(out, "%s:%u:%u: ", one->file, one->line, one->column);
        else if (one->file)
            buffer_addf(out, "%s: ", one->file);
        else
            buffer_add_string(out, "textmill: ");
        buffer_addf(out, "%s%s\n", one->level == PROBLEM_WARNING ? "warning: " : "", one->message);
    }
}

/* Edits (one byte put in, taken out, changed, or two neighbours swapped) from a to b; more than `most` counts as most
 * + 1. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len, size_t most) {
    enum { ROOM = 128 };
    if (a_len >= ROOM || b_len >= ROOM || (a_len > b_len ? a_len - b_len : b_len - a_len) > most)
        return most + 1;
    size_t rows[3][ROOM];
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = before[j - 1] + (a[i - 1] != b[j - 1]);
            if (before[j] + 1 < best)
                best = before[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two_before[j - 2] + 1 < best)
                best = two_before[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[a_len % 3][b_len];
}

const char *nearest_name(const char *name, const char *const *names, size_t n) {
    const char *nearest = NULL;
    size_t len = strlen(name), best = 1 + len / 4;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(name, len, names[i], strlen(names[i]), best);
        if (d <= best && (!nearest || d < best)) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

int is_one_edit_away(const char *a, const char *b) {
    return distance(a, strlen(a), b, strlen(b), 1) <= 1;
}
