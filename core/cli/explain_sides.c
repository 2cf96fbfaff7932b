/* explain_sides.c: the page's two sides: on the left the original with what was done to it, on the right what came out,
 * a row a line of the original. Elements end with the line and go on in the next.
 */
#include "explain_html.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

struct sides {
    const struct explain *x;
    struct buffer *out;
    const struct explain_edit **stack;
    size_t depth;
    int has_row;
    uint32_t shown;    /* of the text that came out */
    size_t mark, tone; /* the next in it */
};

/* Hue of a type of name. */
static unsigned hue_of(tm_str type) {
    static const struct {
        const char *type;
        unsigned hue;
    } hues[] = {{"PERSON", 275}, {"ORG", 215}, {"GPE", 160}, {"LOC", 130}, {"EVENT", 30}, {"MISC", 0}};
    for (size_t i = 0; i < sizeof hues / sizeof *hues; i++)
        if (strlen(hues[i].type) == type.len && memcmp(hues[i].type, type.data, type.len) == 0)
            return hues[i].hue;
    return 330;
}

/* Text of a name; its type stands behind its last piece. */
static void put_mark(struct buffer *out, const struct explain_mark *m, const char *data, size_t len, int ends) {
    buffer_addf(out, "<u class=\"mark\" style=\"--h:%u\"", hue_of(m->type));
    if (ends && m->type.len) {
        buffer_add_string(out, " data-t=\"");
        explain_put_attribute(out, m->type.data, m->type.len);
        buffer_add_char(out, '"');
    }
    if (m->name.len) {
        buffer_add_string(out, " title=\"");
        explain_put_attribute(out, m->name.data, m->name.len);
        buffer_add_char(out, '"');
    }
    buffer_add_char(out, '>');
    explain_put_html(out, data, len);
    buffer_add_string(out, "</u>");
}

/* --- the result --- */

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static void put_piece_of_result(struct sides *s, uint32_t from, uint32_t to, const struct explain_mark *mark,
                                const struct explain_tone *tone) {
    const char *data = s->x->text.data + from;
    if (tone) {
        buffer_addf(s->out, "<span class=\"%s\" title=\"", tone->score < 0 ? "neg" : "pos");
        explain_put_attribute(s->out, tone->label.data, tone->label.len);
        buffer_addf(s->out, " %+.2f\">", tone->score);
    }
    if (mark)
        put_mark(s->out, mark, data, to - from, to == mark->now.end);
    else
        explain_put_html(s->out, data, to - from);
    if (tone)
        buffer_add_string(s->out, "</span>");
}

static int is_neutral(const struct explain_tone *t) {
    return t->label.len == 7 && memcmp(t->label.data, "neutral", 7) == 0;
}

/* The text up to a place. */
static void put_result(struct sides *s, uint32_t end) {
    const struct explain *x = s->x;
    uint32_t stop = end;
    while (stop > s->shown && (x->text.data[stop - 1] == '\n' || x->text.data[stop - 1] == '\r'))
        stop--; /* the row ends the line */
    while (s->shown < stop) {
        uint32_t from = s->shown, to = stop;
        while (s->mark < x->n_marks && x->marks[s->mark].now.end <= from)
            s->mark++;
        while (s->tone < x->n_tones && x->tones[s->tone].now.end <= from)
            s->tone++;
        const struct explain_mark *m = s->mark < x->n_marks ? &x->marks[s->mark] : NULL;
        const struct explain_tone *t = s->tone < x->n_tones ? &x->tones[s->tone] : NULL;
        if (m)
            to = least(to, m->now.start > from ? m->now.start : m->now.end);
        if (t)
            to = least(to, t->now.start > from ? t->now.start : t->now.end);
        put_piece_of_result(s, from, to, m && m->now.start <= from ? m : NULL,
                            t && t->now.start <= from && !is_neutral(t) ? t : NULL);
        s->shown = to;
    }
    s->shown = end;
}

/* --- the original --- */

static void begin_edit(struct sides *s, const struct explain_edit *e, int is_first) {
    if (!e->look.is_cut) {
        buffer_add_string(s->out, "<span class=\"rep\" title=\"");
        explain_put_attribute(s->out, e->look.stage, strlen(e->look.stage));
        buffer_add_string(s->out, e->look.kind.len ? ": " : "");
        explain_put_attribute(s->out, e->look.kind.data, e->look.kind.len);
        buffer_add_string(s->out, e->look.rule.len ? ", rule " : "");
        explain_put_attribute(s->out, e->look.rule.data, e->look.rule.len);
        buffer_add_string(s->out, "\"><del>");
        return;
    }
    buffer_addf(s->out, "<del class=\"cut h%u\" data-c=\"%u\" data-k=\"", e->colour, e->number);
    explain_put_attribute(s->out, e->look.kind.data, e->look.kind.len);
    buffer_add_string(s->out, "\" title=\"");
    explain_put_attribute(s->out, e->look.kind.data, e->look.kind.len);
    buffer_add_string(s->out, "\">");
    if (is_first)
        buffer_addf(s->out, "<a class=\"n\" href=\"#c%u\" aria-label=\"cut %u\">%u</a>", e->number, e->number,
                    e->number);
}

static void end_edit(struct sides *s, const struct explain_edit *e) {
    buffer_add_string(s->out, e->look.is_cut ? "</del>" : "</del></span>");
}

static void end_row(struct sides *s, uint32_t now) {
    for (size_t i = s->depth; i > 0; i--)
        end_edit(s, s->stack[i - 1]);
    buffer_add_string(s->out, "</div><div class=\"new\" dir=\"auto\">");
    put_result(s, now);
    buffer_add_string(s->out, "</div></div>\n");
}

static void on_line(void *context, size_t line) {
    struct sides *s = context;
    if (s->has_row) {
        uint32_t at = s->x->lines[line];
        uint32_t now = look_now(s->x->doc, (tm_span){at, at}).start;
        end_row(s, now > s->shown ? least(now, (uint32_t)s->x->text.len) : s->shown);
    }
    s->has_row = 1;
    buffer_addf(s->out, "<div class=\"row\"><div class=\"ln\">%zu</div><div class=\"old\" dir=\"auto\">", line + 1);
    for (size_t i = 0; i < s->depth; i++)
        begin_edit(s, s->stack[i], 0);
}

static void on_open(void *context, const struct explain_edit *edit) {
    struct sides *s = context;
    begin_edit(s, edit, 1);
    s->stack[s->depth++] = edit;
}

static void on_close(void *context, const struct explain_edit *edit) {
    struct sides *s = context;
    if (s->depth)
        s->depth--;
    if (edit->look.is_cut || s->depth) { /* an edit around it has the last word */
        end_edit(s, edit);
        return;
    }
    buffer_add_string(s->out, "</del>");
    if (edit->look.text.len) {
        buffer_add_string(s->out, "<ins>");
        explain_put_html(s->out, edit->look.text.data, edit->look.text.len);
        buffer_add_string(s->out, "</ins>");
    }
    buffer_add_string(s->out, "</span>");
}

static void on_piece(void *context, tm_span piece, size_t number, const struct explain_mark *mark, int begins,
                     int ends) {
    struct sides *s = context;
    const char *data = s->x->original.data + piece.start;
    size_t len = piece.end - piece.start;
    (void)begins;
    while (len && (data[len - 1] == '\n' || data[len - 1] == '\r'))
        len--;
    if (!len)
        return;
    buffer_addf(s->out, "<span id=\"p%zu\">", number);
    if (mark && !s->depth)
        put_mark(s->out, mark, data, len, ends);
    else
        explain_put_html(s->out, data, len);
    buffer_add_string(s->out, "</span>");
}

void explain_sides(const struct explain *x, const struct explain_edges *edges, struct buffer *out) {
    struct sides s = {.x = x, .out = out};
    struct explain_walker walker = {&s, on_line, on_open, on_close, on_piece};
    s.stack = memory_alloc((x->n_edits + 1) * sizeof *s.stack);
    buffer_add_string(out, "<div class=\"sides\">\n<div class=\"row head\"><div></div><div>Original</div><div>Result");
    if (x->n_tones)
        buffer_add_string(out, " &#183; sentences: <span class=\"pos\">positive</span> "
                               "<span class=\"neg\">negative</span>");
    buffer_add_string(out, "</div></div>\n");
    explain_walk(x, edges, &walker);
    if (s.has_row)
        end_row(&s, (uint32_t)x->text.len);
    buffer_add_string(out, "</div>\n");
    free(s.stack);
}
