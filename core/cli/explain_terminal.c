/* explain_terminal.c: the explanation as text: a head, what each stage did, the original with its cuts, the reasons,
 * and what was found.
 */
#include "explain_terminal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- writing --- */

static void put_style(struct terminal *t) {
    if (t->colour)
        buffer_addf(t->out, "\x1b[%sm", t->style[0] ? t->style : "0");
}

void terminal_style(struct terminal *t, const char *style) {
    if (strcmp(t->style, style) == 0)
        return;
    if (t->colour && t->style[0])
        buffer_add_string(t->out, "\x1b[0m");
    snprintf(t->style, sizeof t->style, "%s", style);
    if (style[0])
        put_style(t);
}

void terminal_kind(struct terminal *t, unsigned colour, int is_struck) {
    /* Of middling lightness, so that they can be read on black and on white. */
    static const unsigned colours[EXPLAIN_COLOURS] = {167, 172, 68, 133, 37, 136, 101, 168, 170, 98, 65, 137};
    char style[32];
    snprintf(style, sizeof style, is_struck ? "9;38;5;%u" : "1;38;5;%u", colours[colour % EXPLAIN_COLOURS]);
    terminal_style(t, style);
}

static void break_line(struct terminal *t) {
    if (t->colour && t->style[0])
        buffer_add_string(t->out, "\x1b[0m");
    buffer_add_char(t->out, '\n');
    if (t->gutter && t->colour)
        buffer_addf(t->out, "\x1b[2m%s\x1b[0m", t->gutter);
    else if (t->gutter)
        buffer_add_string(t->out, t->gutter);
    for (unsigned i = 0; !t->gutter && i < t->indent; i++)
        buffer_add_char(t->out, ' ');
    t->column = t->indent;
    if (t->style[0])
        put_style(t);
}

/* Bytes that are harmless already: a word that does not fit goes to the next line. */
static void put_words(struct terminal *t, const char *data, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t word = at, end, bytes;
        unsigned cells = 0;
        while (word < len && data[word] == ' ')
            word++;
        for (end = word; end < len && data[end] != ' '; end += bytes) {
            unsigned more = explain_cells(data + end, len - end, &bytes);
            if (t->width && end > word && t->indent + cells + more > t->width)
                break; /* longer than a line by itself */
            cells += more;
        }
        unsigned spaces = (unsigned)(word - at);
        if (t->width && t->column > t->indent && t->column + spaces + cells > t->width) {
            break_line(t);
            spaces = 0;
        } else {
            word = at;
        }
        buffer_add(t->out, data + word, end - word);
        t->column += cells + spaces;
        at = end;
    }
}

void terminal_words(struct terminal *t, const char *words) {
    put_words(t, words, strlen(words));
}

void terminal_text(struct terminal *t, const char *data, size_t len) {
    struct buffer safe = {0};
    explain_put_line(&safe, data, len);
    put_words(t, safe.data, safe.len);
    buffer_deinit(&safe);
}

void terminal_format(struct terminal *t, const char *format, ...) {
    char line[256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    put_words(t, line, strlen(line));
}

void terminal_pad(struct terminal *t, unsigned column) {
    while (t->column < column) {
        buffer_add_char(t->out, ' ');
        t->column++;
    }
}

void terminal_end(struct terminal *t) {
    terminal_style(t, STYLE_NONE);
    buffer_add_char(t->out, '\n');
    t->column = 0;
}

static void heading(struct terminal *t, const char *words) {
    t->indent = 0;
    terminal_end(t);
    terminal_style(t, STYLE_HEAD);
    terminal_words(t, words);
    terminal_end(t);
}

static const char *end_style(enum single_event event) {
    return event == SINGLE_PASSED ? STYLE_GOOD : event == SINGLE_DROPPED ? STYLE_ODD : STYLE_BAD;
}

static void count(struct terminal *t, uint64_t n, const char *noun) {
    terminal_format(t, "%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
}

/* --- the head --- */

static void show_head(struct terminal *t, const struct explain *x) {
    terminal_style(t, STYLE_HEAD);
    terminal_text(t, x->id.data, x->id.len);
    terminal_style(t, STYLE_NONE);
    terminal_words(t, "  ");
    terminal_style(t, end_style(x->end));
    terminal_words(t, explain_end(x));
    terminal_end(t);
    terminal_style(t, STYLE_DIM);
    count(t, x->n_lines, "line");
    terminal_format(t, ", %llu bytes in, %llu out; ", (unsigned long long)x->original.len,
                    (unsigned long long)x->text.len);
    count(t, x->n_cuts, "cut");
    terminal_words(t, ", ");
    count(t, x->n_replacements, "replacement");
    terminal_end(t);
}

/* --- the stages --- */

/* The part behind the last one, with a mark between. */
static void next_part(struct terminal *t, int *parts) {
    if ((*parts)++)
        terminal_words(t, "; ");
}

static void show_kinds(struct terminal *t, const struct explain *x, size_t stage) {
    int n = 0;
    terminal_words(t, " (");
    for (size_t k = 0; k < x->n_kinds; k++) {
        uint32_t cuts = explain_count(x, stage, &x->kinds[k]);
        if (!cuts)
            continue;
        terminal_words(t, n++ ? ", " : "");
        terminal_kind(t, x->kinds[k].colour, 0);
        terminal_text(t, x->kinds[k].name.data, x->kinds[k].name.len);
        terminal_style(t, STYLE_NONE);
        terminal_format(t, " %u", cuts);
    }
    terminal_words(t, ")");
}

static void show_work(struct terminal *t, const struct explain *x, size_t i) {
    const struct explain_stage *s = &x->stages[i];
    struct buffer words = {0};
    int parts = 0;
    explain_verdict(s, &words);
    if (words.len) {
        next_part(t, &parts);
        terminal_style(t, s->is_reached && s->turn.event != SINGLE_PASSED_OVER ? end_style(s->turn.event) : STYLE_DIM);
        terminal_text(t, words.data, words.len);
        terminal_style(t, STYLE_NONE);
    }
    if (s->cuts) {
        next_part(t, &parts);
        count(t, s->cuts, "cut");
        show_kinds(t, x, i);
    }
    if (s->replacements) {
        next_part(t, &parts);
        count(t, s->replacements, "replacement");
    }
    for (size_t j = 0; j < s->n_sets; j++) {
        next_part(t, &parts);
        terminal_text(t, s->sets[j].name.data, s->sets[j].name.len);
        if (!s->sets[j].spans) {
            terminal_words(t, ": none found");
            continue;
        }
        if (s->sets[j].is_new)
            terminal_format(t, ": %u in ", s->sets[j].groups ? s->sets[j].groups : s->sets[j].spans);
        else
            terminal_words(t, ": more about ");
        count(t, s->sets[j].spans, "place");
    }
    for (size_t j = 0; j < s->n_fields; j++) {
        next_part(t, &parts);
        terminal_text(t, s->fields[j].name.data, s->fields[j].name.len);
        terminal_words(t, " = ");
        words.len = 0;
        explain_value(x->doc, &s->fields[j].value, 60, &words);
        terminal_text(t, words.data, words.len);
    }
    if (s->turn.children) {
        next_part(t, &parts);
        terminal_words(t, "emitted ");
        count(t, s->turn.children, "document");
        terminal_words(t, " (not followed)");
    }
    if (s->turn.retries) {
        next_part(t, &parts);
        terminal_words(t, "asked for ");
        count(t, s->turn.retries, "more try");
    }
    if (s->is_reached && s->stage->plugin->flush) {
        next_part(t, &parts);
        terminal_words(t, "gives more at the end of a run");
    }
    if (!parts) {
        terminal_style(t, STYLE_DIM);
        terminal_words(t, "nothing to do");
    }
    buffer_deinit(&words);
}

static void show_stages(struct terminal *t, const struct explain *x) {
    unsigned wide = 0;
    heading(t, "Stages");
    for (size_t i = 0; i < x->pipeline->n_stages; i++) {
        unsigned len = (unsigned)strlen(x->stages[i].stage->doc.id);
        wide = len > wide ? len : wide;
    }
    for (size_t i = 0; i < x->pipeline->n_stages; i++) {
        const struct explain_stage *s = &x->stages[i];
        struct buffer time = {0};
        t->indent = wide + 19;
        terminal_format(t, "%3zu  ", i + 1);
        terminal_style(t, s->is_reached ? STYLE_HEAD : STYLE_DIM);
        terminal_words(t, s->stage->doc.id);
        terminal_style(t, STYLE_DIM);
        if (s->is_reached && s->turn.event != SINGLE_PASSED_OVER)
            explain_put_time(&time, s->turn.nanoseconds + s->turn.layers_nanoseconds);
        terminal_pad(t, wide + 16 - (unsigned)time.len);
        buffer_add(t->out, time.data, time.len);
        t->column += (unsigned)time.len;
        terminal_style(t, STYLE_NONE);
        terminal_pad(t, t->indent);
        show_work(t, x, i);
        terminal_end(t);
        buffer_deinit(&time);
    }
}

/* --- the reasons --- */

static void show_quote(struct terminal *t, const struct explain *x, tm_span span) {
    int more;
    tm_str words = explain_beginning(x, span, 100, &more);
    terminal_words(t, "\"");
    terminal_text(t, words.data, words.len);
    terminal_words(t, more ? "\xe2\x80\xa6\"" : "\"");
}

static void show_cuts(struct terminal *t, const struct explain *x) {
    unsigned wide = 4;
    if (!x->n_cuts)
        return;
    heading(t, "Cuts");
    for (uint32_t n = x->n_cuts; n >= 10; n /= 10)
        wide++;
    for (uint32_t i = 0; i < x->n_cuts; i++) {
        const struct explain_edit *e = x->cuts[i];
        const struct look_edit *l = &e->look;
        t->indent = 0;
        terminal_kind(t, e->colour, 0);
        terminal_format(t, "[%u]", e->number);
        terminal_pad(t, wide);
        t->indent = wide;
        terminal_text(t, l->kind.data, l->kind.len);
        terminal_style(t, STYLE_DIM);
        terminal_format(t, "  line %zu, by %s", explain_line(x, l->original.start) + 1, l->stage);
        if (l->rule.len) {
            terminal_words(t, ", rule ");
            terminal_text(t, l->rule.data, l->rule.len);
        }
        if (isfinite(l->score))
            terminal_format(t, ", score %.2f", l->score);
        terminal_end(t);
        terminal_pad(t, wide);
        show_quote(t, x, l->original);
        terminal_end(t);
        for (uint32_t j = 0; j < l->n_evidence && j < 5; j++) {
            terminal_pad(t, wide);
            terminal_style(t, STYLE_GOOD);
            terminal_format(t, "%s line %zu: ", j ? "and" : "stands in", explain_line(x, l->evidence[j].start) + 1);
            terminal_style(t, STYLE_NONE);
            show_quote(t, x, l->evidence[j]);
            terminal_end(t);
        }
        if (l->n_evidence > 5) {
            terminal_pad(t, wide);
            terminal_format(t, "and %u more", l->n_evidence - 5);
            terminal_end(t);
        }
    }
}

/* --- what was found --- */

static void show_fields(struct terminal *t, const struct explain *x) {
    struct buffer words = {0};
    uint32_t n = look_fields(x->doc);
    if (n)
        heading(t, "Fields");
    for (uint32_t i = 0; i < n; i++) {
        tm_value value;
        tm_str name = look_field(x->doc, i, &value);
        t->indent = 0;
        terminal_words(t, "  ");
        terminal_style(t, STYLE_HEAD);
        terminal_text(t, name.data, name.len);
        terminal_style(t, STYLE_NONE);
        terminal_words(t, "  ");
        terminal_pad(t, 14);
        t->indent = 14;
        words.len = 0;
        explain_value(x->doc, &value, 400, &words);
        terminal_text(t, words.data, words.len);
        terminal_end(t);
    }
    buffer_deinit(&words);
}

static void show_tones(struct terminal *t, const struct explain *x) {
    if (!x->n_tones)
        return;
    heading(t, "Tone by sentence");
    t->indent = 9;
    for (size_t i = 0; i < x->n_tones; i++) {
        const struct explain_tone *tone = &x->tones[i];
        int is_neutral = tone->label.len == 7 && memcmp(tone->label.data, "neutral", 7) == 0;
        uint32_t len = tone->now.end - tone->now.start;
        terminal_style(t, is_neutral ? STYLE_DIM : tone->score < 0 ? "31" : STYLE_GOOD);
        terminal_format(t, "  %+.2f  ", tone->score);
        terminal_pad(t, 9);
        if (!is_neutral)
            terminal_style(t, STYLE_NONE);
        terminal_text(t, x->text.data + tone->now.start, len);
        terminal_end(t);
    }
}

void explain_terminal(const struct explain *x, const struct explain_look *look, struct buffer *out) {
    struct terminal t = {.out = out, .colour = look->colour, .width = look->width};
    show_head(&t, x);
    show_stages(&t, x);
    heading(&t, "Original");
    explain_original(&t, x);
    show_cuts(&t, x);
    explain_found(&t, x);
    show_fields(&t, x);
    show_tones(&t, x);
}
