/* explain_html.c: the explanation as one page that holds everything in itself: head, stages, both sides, the reasons of
 * the cuts, what was found.
 */
#include "explain_html.h"

#include <math.h>
#include <string.h>

static void put_text(struct buffer *out, tm_str s) {
    explain_put_html(out, s.data, s.len);
}

static void put_words(struct buffer *out, const char *s) {
    explain_put_html(out, s, strlen(s));
}

static void put_count(struct buffer *out, uint64_t n, const char *noun) {
    buffer_addf(out, "%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
}

static void put_head(const struct explain *x, struct buffer *out) {
    buffer_add_string(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                           "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
    explain_put_attribute(out, x->id.data, x->id.len);
    buffer_add_string(out, " explained</title>\n<style>\n");
    buffer_add_string(out, explain_page_style);
    static const unsigned hues[EXPLAIN_COLOURS] = {4, 28, 215, 280, 178, 46, 90, 330, 305, 250, 150, 195};
    for (unsigned i = 0; i < EXPLAIN_COLOURS; i++)
        buffer_addf(out, ".h%u{--h:%u}", i, hues[i]);
    buffer_add_string(out, "\n</style>\n</head>\n<body>\n<header>\n<h1 dir=\"auto\">");
    put_text(out, x->id);
    buffer_addf(out, " <span class=\"end %s\">%s</span></h1>\n<div class=\"dim\">", explain_end(x), explain_end(x));
    if (x->pipeline->name) {
        buffer_add_string(out, "pipeline ");
        put_words(out, x->pipeline->name);
        buffer_add_string(out, " &#183; ");
    }
    put_words(out, x->file);
    if (x->line)
        buffer_addf(out, ":%llu", (unsigned long long)x->line);
    buffer_add_string(out, " &#183; ");
    put_count(out, x->n_lines, "line");
    buffer_addf(out, " &#183; %llu bytes in, %llu out &#183; ", (unsigned long long)x->original.len,
                (unsigned long long)x->text.len);
    put_count(out, x->n_cuts, "cut");
    buffer_add_string(out, ", ");
    put_count(out, x->n_replacements, "replacement");
    buffer_add_string(out, "</div>\n</header>\n");
}

/* --- stages --- */

static void next_part(struct buffer *out, int *parts) {
    if ((*parts)++)
        buffer_add_string(out, "; ");
}

static void put_kinds(const struct explain *x, size_t stage, struct buffer *out) {
    int n = 0;
    for (size_t i = 0; i < x->n_kinds; i++) {
        const struct explain_kind *k = &x->kinds[i];
        uint32_t cuts = explain_count(x, stage, k);
        if (!cuts)
            continue;
        buffer_addf(out, "%s<span class=\"in h%u\">", n++ ? ", " : " (", k->colour);
        put_text(out, k->name);
        buffer_addf(out, "</span> %u", cuts);
    }
    buffer_add_char(out, ')');
}

static void put_work(const struct explain *x, const struct explain_stage *s, struct buffer *out) {
    struct buffer words = {0};
    int parts = 0;
    explain_verdict(s, &words);
    if (words.len) {
        next_part(out, &parts);
        explain_put_html(out, words.data, words.len);
    }
    if (s->cuts) {
        next_part(out, &parts);
        put_count(out, s->cuts, "cut");
        put_kinds(x, (size_t)(s - x->stages), out);
    }
    if (s->replacements) {
        next_part(out, &parts);
        put_count(out, s->replacements, "replacement");
    }
    for (size_t i = 0; i < s->n_sets; i++) {
        next_part(out, &parts);
        put_text(out, s->sets[i].name);
        if (!s->sets[i].spans) {
            buffer_add_string(out, ": none found");
            continue;
        }
        if (s->sets[i].is_new)
            buffer_addf(out, ": %u in ", s->sets[i].groups ? s->sets[i].groups : s->sets[i].spans);
        else
            buffer_add_string(out, ": more about ");
        put_count(out, s->sets[i].spans, "place");
    }
    for (size_t i = 0; i < s->n_fields; i++) {
        next_part(out, &parts);
        put_text(out, s->fields[i].name);
        buffer_add_string(out, " = <span class=\"dim\">");
        words.len = 0;
        explain_value(x->doc, &s->fields[i].value, 80, &words);
        explain_put_html(out, words.data, words.len);
        buffer_add_string(out, "</span>");
    }
    if (s->turn.children) {
        next_part(out, &parts);
        put_count(out, s->turn.children, "document");
        buffer_add_string(out, " emitted (not followed)");
    }
    if (s->turn.retries) {
        next_part(out, &parts);
        buffer_addf(out, "tried %u times", s->turn.retries + 1);
    }
    if (s->is_reached && s->stage->plugin->flush) {
        next_part(out, &parts);
        buffer_add_string(out, "gives more at the end of a run");
    }
    if (!parts)
        buffer_add_string(out, "<span class=\"dim\">nothing to do</span>");
    buffer_deinit(&words);
}

static uint64_t time_of(const struct explain_stage *s) {
    return s->turn.nanoseconds + s->turn.layers_nanoseconds;
}

static void put_stages(const struct explain *x, struct buffer *out) {
    uint64_t most = 1;
    for (size_t i = 0; i < x->pipeline->n_stages; i++)
        most = time_of(&x->stages[i]) > most ? time_of(&x->stages[i]) : most;
    buffer_add_string(out, "<h2>Stages</h2>\n<table>\n<thead><tr><th class=\"num\">#</th><th>Stage</th>"
                           "<th>What it did</th><th class=\"num\">Text behind it</th><th class=\"num\">Time</th></tr>"
                           "</thead>\n<tbody>\n");
    for (size_t i = 0; i < x->pipeline->n_stages; i++) {
        const struct explain_stage *s = &x->stages[i];
        int is_off = !s->is_reached || s->turn.event == SINGLE_PASSED_OVER;
        const char *class = is_off ? " class=\"off\"" : s->turn.event != SINGLE_PASSED ? " class=\"bad\"" : "";
        buffer_addf(out, "<tr%s><td class=\"num\">%zu</td><td class=\"name\">", class, i + 1);
        put_words(out, s->stage->doc.id);
        buffer_add_string(out, "</td><td class=\"what\">");
        put_work(x, s, out);
        if (s->is_reached)
            buffer_addf(out, "</td><td class=\"num bytes\">%zu bytes</td><td class=\"num\">", s->bytes);
        else
            buffer_add_string(out, "</td><td class=\"bytes\"></td><td class=\"num\">");
        if (!is_off) {
            explain_put_time(out, time_of(s));
            buffer_addf(out, "<span class=\"bar\" style=\"width:%.1f%%\"></span>",
                        100 * (double)time_of(s) / (double)most);
        }
        buffer_add_string(out, "</td></tr>\n");
    }
    buffer_add_string(out, "</tbody>\n</table>\n");
}

/* --- cuts --- */

static void put_legend(const struct explain *x, struct buffer *out) {
    if (!x->n_kinds)
        return;
    buffer_add_string(out, "<div class=\"legend\">\n");
    for (size_t i = 0; i < x->n_kinds; i++) {
        const struct explain_kind *k = &x->kinds[i];
        buffer_addf(out, "<button type=\"button\" class=\"chip h%u\" aria-pressed=\"false\" data-k=\"", k->colour);
        explain_put_attribute(out, k->name.data, k->name.len);
        buffer_add_string(out, "\">");
        put_text(out, k->name);
        buffer_addf(out, " %u</button>\n", k->cuts);
    }
    buffer_add_string(out, "</div>\n");
}

static void put_quote(const struct explain *x, tm_span span, struct buffer *out) {
    int more;
    tm_str words = explain_beginning(x, span, 160, &more);
    buffer_add_string(out, "<q dir=\"auto\">");
    put_text(out, words);
    buffer_add_string(out, more ? "&#8230;</q>" : "</q>");
}

static void put_cut(const struct explain *x, const struct explain_edges *edges, const struct explain_edit *e,
                    struct buffer *out) {
    const struct look_edit *l = &e->look;
    size_t first, end;
    buffer_addf(out, "<li id=\"c%u\" class=\"h%u\" data-ev=\"", e->number, e->colour);
    for (uint32_t i = 0; i < l->n_evidence; i++) {
        explain_pieces(edges, l->evidence[i], &first, &end);
        buffer_addf(out, "%s%zu-%zu", i ? " " : "", first, end);
    }
    buffer_addf(out, "\"><a class=\"n\" href=\"#c%u\" data-c=\"%u\">%u</a> <span class=\"kind\">", e->number, e->number,
                e->number);
    put_text(out, l->kind);
    buffer_addf(out, "</span> <span class=\"dim\">line %zu, by ", explain_line(x, l->original.start) + 1);
    put_words(out, l->stage);
    if (l->rule.len) {
        buffer_add_string(out, ", rule ");
        put_text(out, l->rule);
    }
    if (isfinite(l->score))
        buffer_addf(out, ", score %.2f", l->score);
    buffer_add_string(out, "</span><br>");
    put_quote(x, l->original, out);
    if (l->n_evidence)
        buffer_add_string(out, "<ul class=\"evl\">");
    for (uint32_t i = 0; i < l->n_evidence; i++) {
        explain_pieces(edges, l->evidence[i], &first, &end);
        buffer_addf(out, "<li><span class=\"dim\">%s <a href=\"#p%zu\">line %zu</a>:</span> ",
                    i ? "and in" : "stands in", first, explain_line(x, l->evidence[i].start) + 1);
        put_quote(x, l->evidence[i], out);
        buffer_add_string(out, "</li>");
    }
    buffer_add_string(out, l->n_evidence ? "</ul></li>\n" : "</li>\n");
}

/* --- what was found --- */

static int is_first_of(const struct explain *x, size_t i, int by_name) {
    const struct explain_mark *m = &x->marks[i];
    for (size_t j = 0; j < i; j++)
        if (explain_same(x->marks[j].type, m->type) &&
            (!by_name || explain_same(explain_name(x, &x->marks[j]), explain_name(x, m))))
            return 0;
    return 1;
}

enum { MARKS_LISTED = 2000 }; /* each is looked for among those before it */

static void put_found(const struct explain *x, struct buffer *out) {
    size_t n = x->n_marks < MARKS_LISTED ? x->n_marks : MARKS_LISTED;
    if (n)
        buffer_add_string(out, "<h2>Found</h2>\n<dl>\n");
    for (size_t i = 0; i < n; i++) {
        if (!is_first_of(x, i, 0))
            continue;
        buffer_add_string(out, "<dt>");
        put_text(out, x->marks[i].type);
        buffer_add_string(out, "</dt><dd dir=\"auto\">");
        for (size_t j = i, names = 0; j < n; j++) {
            if (!explain_same(x->marks[j].type, x->marks[i].type) || !is_first_of(x, j, 1))
                continue;
            buffer_add_string(out, names++ ? ", " : "");
            put_text(out, explain_name(x, &x->marks[j]));
        }
        buffer_add_string(out, "</dd>\n");
    }
    buffer_add_string(out, n ? "</dl>\n" : "");
}

static void put_fields(const struct explain *x, struct buffer *out) {
    struct buffer words = {0};
    uint32_t n = look_fields(x->doc);
    if (n)
        buffer_add_string(out, "<h2>Fields</h2>\n<dl>\n");
    for (uint32_t i = 0; i < n; i++) {
        tm_value value;
        tm_str name = look_field(x->doc, i, &value);
        words.len = 0;
        explain_value(x->doc, &value, 600, &words);
        buffer_add_string(out, "<dt>");
        put_text(out, name);
        buffer_add_string(out, "</dt><dd dir=\"auto\">");
        explain_put_html(out, words.data, words.len);
        buffer_add_string(out, "</dd>\n");
    }
    buffer_add_string(out, n ? "</dl>\n" : "");
    buffer_deinit(&words);
}

void explain_html(const struct explain *x, struct buffer *out) {
    struct explain_edges *edges = explain_edges_new(x);
    put_head(x, out);
    put_stages(x, out);
    buffer_add_string(out, "<h2>Text</h2>\n");
    put_legend(x, out);
    explain_sides(x, edges, out);
    if (x->n_cuts)
        buffer_add_string(out, "<h2>Cuts</h2>\n<ol class=\"cuts\">\n");
    for (uint32_t i = 0; i < x->n_cuts; i++)
        put_cut(x, edges, x->cuts[i], out);
    buffer_add_string(out, x->n_cuts ? "</ol>\n" : "");
    put_found(x, out);
    put_fields(x, out);
    buffer_add_string(out, "<aside id=\"why\" aria-live=\"polite\"><div class=\"ctrl\">"
                           "<button type=\"button\" id=\"prev\" title=\"the cut before (p)\">&#8593;</button>"
                           "<button type=\"button\" id=\"next\" title=\"the next cut (n)\">&#8595;</button>"
                           "<button type=\"button\" id=\"close\" title=\"close (Esc)\">Close</button></div>"
                           "<div id=\"reason\"></div></aside>\n<script>\n");
    buffer_add_string(out, explain_page_script);
    buffer_add_string(out, "</script>\n</body>\n</html>\n");
    explain_edges_free(edges);
}
