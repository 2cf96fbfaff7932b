/* explain_original.c: the original on a terminal, line by line: cuts struck through with their numbers, new text behind
 * the old, names underlined. Without colour all of it is told by marks.
 */
#include "explain_terminal.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct original {
    struct terminal *t;
    const struct explain *x;
    const struct explain_edit **stack;
    size_t depth;
    unsigned digits;
    int has_line;
    const char *bracket; /* without colour: what closes the open one, or NULL */
    char gutter[32];
};

static void close_bracket(struct original *o) {
    if (o->bracket)
        terminal_words(o->t, o->bracket);
    o->bracket = NULL;
}

/* The style and, without colour, the bracket of the text from here on. */
static void begin_run(struct original *o) {
    const struct explain_edit *inner = o->depth ? o->stack[o->depth - 1] : NULL;
    if (!inner)
        terminal_style(o->t, STYLE_NONE);
    else if (inner->look.is_cut)
        terminal_kind(o->t, inner->colour, 1);
    else
        terminal_style(o->t, STYLE_OLD);
}

static void on_line(void *context, size_t line) {
    struct original *o = context;
    struct terminal *t = o->t;
    close_bracket(o);
    if (o->has_line)
        terminal_end(t);
    o->has_line = 1;
    terminal_style(t, STYLE_DIM);
    t->indent = 0;
    char head[40];
    snprintf(head, sizeof head, "%*zu \xe2\x94\x82 ", (int)o->digits, line + 1);
    buffer_add_string(t->out, head);
    t->column = t->indent = o->digits + 3;
    terminal_style(t, STYLE_NONE);
}

static void on_open(void *context, const struct explain_edit *edit) {
    struct original *o = context;
    close_bracket(o);
    if (edit->look.is_cut) {
        terminal_kind(o->t, edit->colour, 0);
        terminal_format(o->t, o->t->colour ? "[%u]" : "[%u-", edit->number);
        o->bracket = o->t->colour ? NULL : "-]";
    }
    o->stack[o->depth++] = edit;
}

/* New text, with what cannot be seen in it made visible. */
static void put_new(struct terminal *t, tm_str text) {
    for (uint64_t at = 0; at < text.len;) {
        uint64_t end = at;
        while (end < text.len && text.data[end] != '\n')
            end++;
        terminal_text(t, text.data + at, end - at);
        if (end < text.len)
            terminal_words(t, "\xe2\x8f\x8e");
        at = end + 1;
    }
}

/* One kind of line end for another: there is nothing to see. */
static int is_line_end(tm_str text) {
    return text.data[text.len - 1] == '\n' && (text.len == 1 || (text.len == 2 && text.data[0] == '\r'));
}

static void on_close(void *context, const struct explain_edit *edit) {
    struct original *o = context;
    if (o->depth)
        o->depth--;
    close_bracket(o);
    terminal_style(o->t, STYLE_NONE);
    if (edit->look.is_cut || o->depth)
        return; /* an edit around it has the last word */
    if (edit->look.text.len && !is_line_end(edit->look.text)) {
        terminal_style(o->t, STYLE_NEW);
        terminal_words(o->t, o->t->colour ? "" : "{+");
        put_new(o->t, edit->look.text);
        terminal_words(o->t, o->t->colour ? "" : "+}");
        terminal_style(o->t, STYLE_NONE);
    }
}

static const char *type_style(tm_str type) {
    static const struct {
        const char *type, *style;
    } styles[] = {{"PERSON", "4;38;5;133"}, {"ORG", "4;38;5;68"}, {"GPE", "4;38;5;37"}, {"LOC", "4;38;5;37"}};
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
        if (strlen(styles[i].type) == type.len && memcmp(styles[i].type, type.data, type.len) == 0)
            return styles[i].style;
    return STYLE_MARK;
}

/* A piece of what is gone, without its line end. */
static void put_edited(struct original *o, const char *data, size_t len) {
    int is_cut = o->stack[o->depth - 1]->look.is_cut;
    if (!len)
        return;
    begin_run(o);
    if (!o->t->colour && !o->bracket) {
        terminal_words(o->t, is_cut ? "[-" : "{-");
        o->bracket = is_cut ? "-]" : "-}";
    }
    terminal_text(o->t, data, len);
    terminal_style(o->t, STYLE_NONE);
}

static void on_piece(void *context, tm_span piece, size_t number, const struct explain_mark *mark, int begins,
                     int ends) {
    struct original *o = context;
    const char *data = o->x->original.data + piece.start;
    size_t len = piece.end - piece.start;
    (void)number;
    while (len && (data[len - 1] == '\n' || data[len - 1] == '\r'))
        len--; /* the next line shows it */
    if (o->depth) {
        put_edited(o, data, len);
    } else if (mark) {
        terminal_style(o->t, type_style(mark->type));
        terminal_words(o->t, begins && !o->t->colour ? "<" : "");
        terminal_text(o->t, data, len);
        terminal_style(o->t, STYLE_DIM);
        if (ends) {
            terminal_words(o->t, o->t->colour ? "\xe2\x80\xb9" : ":");
            terminal_text(o->t, mark->type.data, mark->type.len);
            terminal_words(o->t, o->t->colour ? "\xe2\x80\xba" : ">");
        }
        terminal_style(o->t, STYLE_NONE);
    } else {
        terminal_text(o->t, data, len);
    }
}

void explain_original(struct terminal *t, const struct explain *x) {
    struct original o = {.t = t, .x = x, .digits = 3};
    struct explain_walker walker = {&o, on_line, on_open, on_close, on_piece};
    for (size_t n = x->n_lines; n >= 1000; n /= 10)
        o.digits++;
    snprintf(o.gutter, sizeof o.gutter, "%*s \xe2\x94\x82 ", (int)o.digits, "");
    o.stack = memory_alloc((x->n_edits + 1) * sizeof *o.stack);
    t->gutter = o.gutter;
    struct explain_edges *edges = explain_edges_new(x);
    explain_walk(x, edges, &walker);
    explain_edges_free(edges);
    close_bracket(&o);
    if (o.has_line)
        terminal_end(t);
    t->gutter = NULL;
    t->indent = 0;
    free(o.stack);
}

/* --- names by type --- */

enum { NAMES_SHOWN = 60 };

/* Each name of the type once, with the number of its places. */
static void show_type(struct terminal *t, const struct explain *x, tm_str type, size_t from) {
    tm_str names[NAMES_SHOWN];
    unsigned places[NAMES_SHOWN], n = 0, more = 0;
    for (size_t i = from; i < x->n_marks; i++) {
        if (!explain_same(x->marks[i].type, type))
            continue;
        tm_str name = explain_name(x, &x->marks[i]);
        unsigned j = 0;
        while (j < n && !explain_same(names[j], name))
            j++;
        if (j == NAMES_SHOWN) {
            more++;
            continue;
        }
        if (j == n) {
            names[n] = name;
            places[n++] = 0;
        }
        places[j]++;
    }
    t->indent = 0;
    terminal_words(t, "  ");
    terminal_style(t, type_style(type));
    terminal_text(t, type.data, type.len);
    terminal_style(t, STYLE_NONE);
    terminal_words(t, "  ");
    terminal_pad(t, 14);
    t->indent = 14;
    for (unsigned j = 0; j < n; j++) {
        terminal_words(t, j ? ", " : "");
        terminal_text(t, names[j].data, names[j].len);
        if (places[j] > 1)
            terminal_format(t, " \xc3\x97%u", places[j]);
    }
    if (more)
        terminal_format(t, " and %u more", more);
    terminal_end(t);
}

void explain_found(struct terminal *t, const struct explain *x) {
    tm_str types[NAMES_SHOWN];
    size_t n = 0;
    if (!x->n_marks)
        return;
    t->indent = 0;
    terminal_end(t);
    terminal_style(t, STYLE_HEAD);
    terminal_words(t, "Found");
    terminal_end(t);
    for (size_t i = 0; i < x->n_marks && n < NAMES_SHOWN; i++) {
        size_t j = 0;
        while (j < n && !explain_same(types[j], x->marks[i].type))
            j++;
        if (j < n)
            continue;
        types[n++] = x->marks[i].type;
        show_type(t, x, types[j], i);
    }
}
