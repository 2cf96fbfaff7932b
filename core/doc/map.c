/* map.c: see map.h. One walk over the old pieces and the edits makes the new pieces. */
#include "map.h"

#include <string.h>

void map_init(struct map *m, struct arena *arena, uint32_t len) {
    struct piece *all = arena_alloc(arena, sizeof *all);
    *all = (struct piece){.orig_len = len, .now_len = len, .kept = 1};
    *m = (struct map){.pieces = all, .n = len != 0, .orig_len = len, .now_len = len, .room = 1, .own = all};
}

/* The piece that holds byte `at` of the text; at < now_len. */
static const struct piece *holds_now(const struct map *m, uint32_t at) {
    size_t low = 0, high = m->n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->pieces[middle].now + m->pieces[middle].now_len > at)
            high = middle;
        else
            low = middle + 1;
    }
    return m->pieces + low;
}

static const struct piece *holds_original(const struct map *m, uint32_t at) {
    size_t low = 0, high = m->n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->pieces[middle].orig + m->pieces[middle].orig_len > at)
            high = middle;
        else
            low = middle + 1;
    }
    return m->pieces + low;
}

tm_span map_to_original(const struct map *m, tm_span now) {
    tm_span span;
    if (now.end > m->now_len)
        now.end = m->now_len;
    if (now.start > now.end)
        now.start = now.end;
    if (now.start == now.end) {
        if (!now.start)
            return (tm_span){0, 0};
        const struct piece *p = holds_now(m, now.start - 1);
        if (p->kept) {
            span.start = span.end = p->orig + (now.start - p->now);
        } else {
            span.end = p->orig + p->orig_len;
            span.start = now.start < p->now + p->now_len ? p->orig : span.end;
        }
        return span;
    }
    const struct piece *p = holds_now(m, now.start);
    span.start = p->kept ? p->orig + (now.start - p->now) : p->orig;
    p = holds_now(m, now.end - 1);
    span.end = p->kept ? p->orig + (now.end - p->now) : p->orig + p->orig_len;
    return span;
}

tm_span map_from_original(const struct map *m, tm_span original) {
    tm_span span;
    if (original.end > m->orig_len)
        original.end = m->orig_len;
    if (original.start > original.end)
        original.start = original.end;
    if (original.start == original.end) {
        if (!original.start)
            return (tm_span){0, 0};
        const struct piece *p = holds_original(m, original.start - 1);
        if (p->kept) {
            span.start = span.end = p->now + (original.start - p->orig);
        } else {
            span.end = p->now + p->now_len;
            span.start = original.start < p->orig + p->orig_len ? p->now : span.end;
        }
        return span;
    }
    const struct piece *p = holds_original(m, original.start);
    span.start = p->kept ? p->now + (original.start - p->orig) : p->now;
    p = holds_original(m, original.end - 1);
    span.end = p->kept ? p->now + (original.end - p->orig) : p->now + p->now_len;
    return span;
}

/* The walk. Edits that touch one old replaced piece, each a part of it, make one new piece together: they are a group,
 * and while more of that old piece is to come it is `attached` to the group's new piece. */
struct walk {
    const struct piece *old;
    size_t n_old, i; /* the old piece that comes next */
    uint32_t k;      /* bytes of its text that are done with */
    int attached;
    uint32_t orig_len;

    struct piece *out;
    size_t n;
    uint32_t now;

    struct map_edit *last; /* of the open group; NULL: none is open */
    size_t group;          /* its piece */
    unsigned count;
    int partial, first_inserted, last_inserted;
};

static uint32_t now_end(const struct piece *p) {
    return p->now + p->now_len;
}

static void push(struct walk *w, uint32_t kept, uint32_t orig, uint32_t orig_len, uint32_t now_len) {
    w->out[w->n++] = (struct piece){orig, orig_len, w->now, now_len, kept};
    w->now += now_len;
}

static void grow(struct walk *w, uint32_t now_len) {
    w->out[w->n - 1].now_len += now_len;
    w->now += now_len;
}

static void close_group(struct walk *w) {
    struct map_edit *e = w->last;
    if (!e)
        return;
    const struct piece *p = w->out + w->group;
    e->original = (tm_span){p->orig, p->orig + p->orig_len};
    e->now = p->now;
    e->now_len = p->now_len;
    e->composed = w->count > 1 || w->partial;
    e->cancels_start = w->first_inserted && p->orig_len;
    e->cancels_end = w->last_inserted && p->orig_len;
    w->last = NULL;
}

static void open_group(struct walk *w, uint32_t orig, uint32_t orig_len, uint32_t prefix, int inserted) {
    close_group(w);
    push(w, 0, orig, orig_len, prefix);
    w->group = w->n - 1;
    w->count = 0;
    w->partial = prefix != 0;
    w->first_inserted = w->last_inserted = inserted;
}

static void into_group(struct walk *w, struct map_edit *e) {
    const struct piece *p = w->out + w->group;
    grow(w, e->text_len);
    w->last = e;
    w->count++;
    e->original = (tm_span){p->orig, p->orig + p->orig_len};
}

/* Nothing stands behind the open group's piece, and it is what was inserted at `orig`. */
static int inserts_at(const struct walk *w, uint32_t orig) {
    return w->last && w->group == w->n - 1 && w->out[w->group].orig == orig && !w->out[w->group].orig_len;
}

/* What is left of the next old piece. */
static void copy_piece(struct walk *w) {
    const struct piece *p = w->old + w->i;
    uint32_t rest = p->now_len - w->k;
    if (w->attached) {
        grow(w, rest);
        w->partial |= rest != 0;
        w->attached = 0;
        close_group(w);
    } else if (!p->kept || rest) {
        close_group(w);
        push(w, p->kept, p->kept ? p->orig + w->k : p->orig, p->kept ? rest : p->orig_len, rest);
    }
    w->i++;
    w->k = 0;
}

/* A part of the next old piece, up to `upto` of the text, that stays; then the piece is cut there. */
static void keep_upto(struct walk *w, uint32_t upto) {
    const struct piece *p = w->old + w->i;
    uint32_t more = upto - p->now - w->k;
    if (w->attached)
        grow(w, more);
    else if (more)
        push(w, 1, p->orig + w->k, more, more);
    w->k += more;
}

static void apply_insertion(struct walk *w, struct map_edit *e) {
    uint32_t s = e->start;
    while (w->i < w->n_old && now_end(w->old + w->i) < s)
        copy_piece(w);
    const struct piece *p = w->old + w->i;
    if (w->i < w->n_old && p->now < s) {
        int inserted = !p->kept && !p->orig_len;
        if (!p->kept && (s < now_end(p) || inserted)) {
            if (w->attached) {
                keep_upto(w, s);
            } else {
                open_group(w, p->orig, p->orig_len, s - p->now, inserted);
                w->k = s - p->now;
            }
            w->partial = 1;
            w->attached = s < now_end(p);
            if (!w->attached) {
                w->i++;
                w->k = 0;
            }
            into_group(w, e);
            return;
        }
        if (s < now_end(p)) {
            keep_upto(w, s);
            if (!inserts_at(w, p->orig + w->k))
                open_group(w, p->orig + w->k, 0, 0, 1);
            into_group(w, e);
            return;
        }
        copy_piece(w);
    }
    uint32_t orig = w->i < w->n_old ? w->old[w->i].orig : w->orig_len;
    if (!inserts_at(w, orig)) {
        open_group(w, orig, 0, 0, 1);
        if (w->i < w->n_old && !w->old[w->i].orig_len) {
            w->attached = 1;
            w->partial = 1;
        }
    }
    into_group(w, e);
}

static void apply_edit(struct walk *w, struct map_edit *e) {
    if (e->start == e->end) {
        apply_insertion(w, e);
        return;
    }
    while (now_end(w->old + w->i) <= e->start)
        copy_piece(w);
    const struct piece *p = w->old + w->i;
    if (w->attached) {
        uint32_t before = w->k;
        keep_upto(w, e->start);
        w->partial |= w->k != before;
    } else if (p->kept) {
        keep_upto(w, e->start);
        open_group(w, p->orig + w->k, 0, 0, 0);
    } else {
        open_group(w, p->orig, p->orig_len, e->start - p->now, !p->orig_len);
    }
    while (now_end(w->old + w->i) < e->end)
        w->i++;
    p = w->old + w->i;
    w->last_inserted = !p->kept && !p->orig_len;
    struct piece *made = w->out + w->group;
    made->orig_len = (p->kept ? p->orig + (e->end - p->now) : p->orig + p->orig_len) - made->orig;
    if (e->end == now_end(p)) {
        w->i++;
        w->k = 0;
        w->attached = 0;
    } else {
        w->k = e->end - p->now;
        w->attached = !p->kept;
    }
    into_group(w, e);
}

void map_apply(struct map *m, struct arena *arena, struct map_edit *edits, size_t n_edits) {
    struct walk w = {.old = m->pieces, .n_old = m->n, .orig_len = m->orig_len};
    size_t need = m->n + 3 * n_edits + 1;
    if (m->spare_room < need) {
        arena_resize(arena, m->spare, m->spare_room * sizeof *m->spare, 0);
        m->spare = arena_alloc(arena, need * sizeof *m->spare);
        m->spare_room = need;
    }
    w.out = m->spare;
    for (size_t i = 0; i < n_edits; i++)
        apply_edit(&w, edits + i);
    while (w.i < w.n_old)
        copy_piece(&w);
    close_group(&w);
    /* Neighbours that say one thing become one; what is empty on both sides goes. */
    size_t n = 0;
    for (size_t i = 0; i < w.n; i++) {
        const struct piece *p = w.out + i;
        struct piece *before = n ? w.out + n - 1 : NULL;
        if (!p->orig_len && !p->now_len)
            continue;
        if (before && before->kept == p->kept && (p->kept || (!p->now_len && !before->now_len))) {
            before->orig_len += p->orig_len;
            before->now_len += p->now_len;
        } else {
            w.out[n++] = *p;
        }
    }
    m->spare = m->own;
    m->own = w.out;
    m->pieces = w.out;
    size_t room = m->room;
    m->room = m->spare_room;
    m->spare_room = room;
    m->n = n;
    m->now_len = w.now;
}
