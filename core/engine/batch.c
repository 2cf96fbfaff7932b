/* batch.c: a batch on its way through the steps of the plan, and the units in it. A worker runs a batch until it is
 * done or must wait; then the worker is free for another. Units stand in the order of the output all the time.
 */
#include "run.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_BYTES (2u << 20) /* of a buffer that one large document made large, this much is kept */

struct batch *batch_new(void) {
    struct batch *b = memory_zalloc(1, sizeof *b);
    b->block = block_new();
    b->woken_end = &b->woken;
    return b;
}

void batch_free(struct batch *b) {
    if (!b)
        return;
    block_free(b->block);
    for (struct unit_chunk *c = b->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    if (b->arena)
        arena_free(b->arena);
    buffer_deinit(&b->out);
    buffer_deinit(&b->failed);
    buffer_deinit(&b->dropped);
    buffer_deinit(&b->notes);
    buffer_deinit(&b->reasons);
    free(b->runs);
    free(b->docs);
    free(b->verdicts);
    free(b->many);
    free(b);
}

static void buffer_clear(struct buffer *buffer) {
    if (buffer->room > KEEP_BYTES)
        buffer_deinit(buffer);
    buffer->len = 0;
}

/* For its next use. One chunk of units is kept. */
void batch_clear(struct batch *b) {
    struct batch kept = *b;
    for (struct unit_chunk *c = b->chunks ? b->chunks->next : NULL, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    block_clear(b->block);
    buffer_clear(&kept.out);
    buffer_clear(&kept.failed);
    buffer_clear(&kept.dropped);
    buffer_clear(&kept.notes);
    buffer_clear(&kept.reasons);
    if (kept.chunks) {
        kept.chunks->next = NULL;
        kept.chunks->used = 0;
    }
    *b = (struct batch){.block = kept.block,
                        .chunks = kept.chunks,
                        .arena = kept.arena,
                        .out = kept.out,
                        .failed = kept.failed,
                        .dropped = kept.dropped,
                        .notes = kept.notes,
                        .reasons = kept.reasons,
                        .runs = kept.runs,
                        .runs_room = kept.runs_room,
                        .docs = kept.docs,
                        .verdicts = kept.verdicts,
                        .many = kept.many,
                        .many_room = kept.many_room};
    b->woken_end = &b->woken;
}

static struct unit *new_unit(struct batch *b) {
    struct unit_chunk *c = b->chunks;
    if (!c || c->used == sizeof c->units / sizeof c->units[0]) {
        c = memory_alloc(sizeof *c);
        c->next = b->chunks;
        c->used = 0;
        b->chunks = c;
    }
    struct unit *u = &c->units[c->used++];
    memset(u, 0, sizeof *u);
    u->batch = b;
    u->tail = u;
    b->live++;
    return u;
}

struct unit *batch_add_unit(struct batch *b) {
    struct unit *u = new_unit(b);
    if (b->last)
        b->last->next = u;
    else
        b->first = u;
    b->last = u;
    return u;
}

/* A document that the parent emitted: behind the parent and all that came of it so far. */
void unit_adopt(struct worker *w, struct unit *parent, tm_doc *doc, uint32_t stage) {
    struct batch *b = parent->batch;
    struct unit *u = new_unit(b), *behind = parent->tail;
    u->parent = parent;
    u->doc = doc;
    u->stage = stage;
    u->item = parent->item;
    u->weight = doc_text(doc).len;
    u->source = parent->source;
    u->position = parent->position;
    u->next = behind->next;
    behind->next = u;
    if (b->last == behind)
        b->last = u;
    for (struct unit *p = parent; p && p->tail == behind; p = p->parent)
        p->tail = u;
    if (w->run->keeps_arenas)
        u->seen = arena_zalloc(b->arena, w->run->n_stages);
    doc_set_worker(doc, &w->doc_worker);
    if (stage >= w->run->n_stages)
        unit_end(u, TM_PUBLISHED, -1, (tm_str){0}, (tm_str){0}, TM_NONE);
}

static void write_ready(struct worker *w, struct batch *b) {
    result_write_ready(w, b);
    if (b->live == 0 && !w->run->keeps_arenas)
        arena_reset(b->arena, 4u << 20); /* the next document finds it warm */
}

/* Document by document. 0: parked. */
static int run_each(struct worker *w, struct batch *b, const struct step *step) {
    struct run *r = w->run;
    if (!b->step_begun) {
        b->step_begun = 1;
        if (b->step == 0 && !b->is_flush) {
            for (struct unit *u;
                 !atomic_load_explicit(&r->abandons, memory_order_relaxed) && (u = record_next(w, b));) {
                for (; u; u = u->next) /* it, and what it emits */
                    unit_run(w, u, step->to);
                write_ready(w, b);
            }
        } else {
            for (struct unit *u = b->first; u; u = u->next) {
                unit_run(w, u, step->to);
                result_write_ready(w, b);
            }
        }
    }
    for (;;) {
        int is_parked;
        struct unit *u = later_take_woken(r, b, &is_parked);
        if (!u)
            return !is_parked;
        struct unit *old_tail = u->tail, *end = old_tail->next;
        unit_run(w, u, step->to);
        for (struct unit *child = old_tail->next; child != end; child = child->next)
            unit_run(w, child, step->to);
        write_ready(w, b);
    }
}

/* 0: parked. */
static int run_many(struct worker *w, struct batch *b) {
    if (!b->step_begun) {
        b->step_begun = 1;
        many_process(w, b, NULL);
    }
    for (;;) {
        int is_parked;
        struct unit *u = later_take_woken(w->run, b, &is_parked);
        if (!u)
            return !is_parked;
        many_process(w, b, u);
    }
}

void batch_run(struct worker *w, struct batch *b) {
    struct run *r = w->run;
    if (r->is_pass_through && !b->is_flush) {
        record_pass_through(w, b);
        queue_put_done(r, b);
        return;
    }
    for (;;) {
        if (b->step == r->n_steps) {
            if (!b->is_flush || !many_flush(w, b))
                break;
            b->step = 0;
        }
        const struct step *step = &r->steps[b->step];
        int is_through = step->kind == STEP_EACH   ? run_each(w, b, step)
                         : step->kind == STEP_MANY ? run_many(w, b)
                                                   : many_commit(w, b);
        if (!is_through || atomic_load(&r->abandons))
            return; /* parked: it is not ours any more */
        b->step++;
        b->step_begun = 0;
    }
    result_write_ready(w, b);
    queue_put_done(r, b);
}
