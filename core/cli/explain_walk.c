/* explain_walk.c: the original as a row of pieces, each wholly inside or outside of every edit, mark and piece of
 * evidence. Time: sorting the edges.
 */
#include "explain.h"

#include "../json/memory.h"

#include <stdlib.h>

struct explain_edges {
    uint32_t *at; /* sorted, each once: from 0 to the original's length */
    size_t n;
};

static int by_place(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void add(struct explain_edges *e, uint32_t at) {
    e->at[e->n++] = at;
}

struct explain_edges *explain_edges_new(const struct explain *x) {
    size_t room = 2 + x->n_lines + 2 * x->n_edits + 2 * x->n_marks;
    for (size_t i = 0; i < x->n_edits; i++)
        room += 2 * (size_t)x->edits[i].look.n_evidence;
    struct explain_edges *e = memory_zalloc(1, sizeof *e);
    e->at = memory_alloc(room * sizeof *e->at);
    add(e, 0);
    add(e, (uint32_t)x->original.len);
    for (size_t i = 0; i < x->n_lines; i++)
        add(e, x->lines[i]);
    for (size_t i = 0; i < x->n_edits; i++) {
        const struct look_edit *l = &x->edits[i].look;
        add(e, l->original.start);
        add(e, l->original.end);
        for (uint32_t j = 0; j < l->n_evidence; j++) {
            add(e, l->evidence[j].start);
            add(e, l->evidence[j].end);
        }
    }
    for (size_t i = 0; i < x->n_marks; i++) {
        add(e, x->marks[i].original.start);
        add(e, x->marks[i].original.end);
    }
    qsort(e->at, e->n, sizeof *e->at, by_place);
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++)
        if (e->at[i] <= x->original.len && (!n || e->at[i] != e->at[n - 1]))
            e->at[n++] = e->at[i];
    e->n = n;
    return e;
}

void explain_edges_free(struct explain_edges *edges) {
    free(edges->at);
    free(edges);
}

/* The first edge at or behind the place. */
static size_t find(const struct explain_edges *e, uint32_t at) {
    size_t low = 0, high = e->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (e->at[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void explain_pieces(const struct explain_edges *edges, tm_span span, size_t *first, size_t *end) {
    *first = find(edges, span.start);
    *end = find(edges, span.end);
}

void explain_walk(const struct explain *x, const struct explain_edges *edges, const struct explain_walker *walker) {
    const struct explain_edit **stack = memory_alloc((x->n_edits + 1) * sizeof *stack);
    size_t depth = 0, edit = 0, line = 0, mark = 0;
    for (size_t i = 0; i < edges->n; i++) {
        uint32_t at = edges->at[i];
        while (depth && stack[depth - 1]->look.original.end <= at)
            walker->close(walker->context, stack[--depth]);
        for (; line < x->n_lines && x->lines[line] == at; line++)
            walker->line(walker->context, line);
        for (; edit < x->n_edits && x->edits[edit].look.original.start <= at; edit++) {
            const struct explain_edit *e = &x->edits[edit];
            walker->open(walker->context, e);
            if (e->look.original.end <= at)
                walker->close(walker->context, e);
            else
                stack[depth++] = e;
        }
        if (i + 1 == edges->n)
            break;
        while (mark < x->n_marks && x->marks[mark].original.end <= at)
            mark++;
        const struct explain_mark *m =
            mark < x->n_marks && x->marks[mark].original.start <= at ? &x->marks[mark] : NULL;
        walker->piece(walker->context, (tm_span){at, edges->at[i + 1]}, i, m, m && m->original.start == at,
                      m && m->original.end == edges->at[i + 1]);
    }
    while (depth)
        walker->close(walker->context, stack[--depth]);
    free(stack);
}
