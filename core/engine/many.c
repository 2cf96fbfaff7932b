/* many.c: stages that take documents together or in order: process_many, commit and commit_many by ticket, flush. A
 * batch has its turn in an ordered stage when every earlier batch has had it; a document that failed, was dropped or is
 * passed over simply has nothing to do in its batch's turn, so nobody waits for it.
 */
#include "run.h"

#include "../json/memory.h"

#include <stdlib.h>

struct many {
    struct tm_batch batch; /* first: what on_turn is given */
    struct worker *worker;
    struct unit **units;
};

static void on_turn(struct tm_batch *batch, uint32_t i) {
    struct many *m = batch->context;
    worker_turn(m->worker, m->units[i]);
}

static void make_room(struct batch *b, size_t n) {
    if (n < b->many_room)
        return;
    b->many_room = b->many_room ? b->many_room * 2 : 128;
    b->many = memory_realloc(b->many, b->many_room * sizeof *b->many);
    b->docs = memory_realloc(b->docs, b->many_room * sizeof *b->docs);
    b->verdicts = memory_realloc(b->verdicts, b->many_room * sizeof *b->verdicts);
}

/* Adds one to those that are given together. */
static size_t add(struct batch *b, size_t n, struct unit *u) {
    make_room(b, n);
    b->many[n] = u;
    b->docs[n] = u->doc;
    b->verdicts[n] = TM_PASS;
    return n + 1;
}

/* Calls the batch form with the n units gathered, then takes the verdicts one by one: what one document does to itself
 * is nobody else's business. */
static void call_many(struct worker *w, struct batch *b, uint32_t stage, size_t n, int is_commit) {
    struct stage_run *s = &w->run->stages[stage];
    struct many m = {.batch = {.docs = b->docs,
                               .verdicts = b->verdicts,
                               .count = (uint32_t)n,
                               .current = TM_NONE,
                               .on_turn = on_turn},
                     .worker = w,
                     .units = b->many};
    m.batch.context = &m;
    if (n == 0)
        return;
    uint64_t started = uv_hrtime(), layers = w->doc_worker.layers_ns;
    worker_turn(w, b->many[0]);
    int32_t verdict = is_commit ? s->plugin->commit_many(s->stage->stage, &m.batch)
                                : s->plugin->process_many(s->stage->stage, w->threads[stage], &m.batch);
    w->turn_started = started; /* the time of all of them is the stage's */
    w->turn_layers = layers;
    worker_idle(w, stage);
    for (size_t i = 0; i < n; i++) {
        int32_t own = b->verdicts[i] == TM_PASS ? verdict : b->verdicts[i];
        unit_take_verdict(w, b->many[i], own);
    }
}

/* A unit whose answer came: 1 where that was all. */
static int took_answer(struct worker *w, struct unit *u) {
    if (!u->later || u->state != UNIT_READY)
        return 0;
    unit_take_answer(w, u);
    return 1;
}

static int wants_process(struct worker *w, struct unit *u, uint32_t stage) {
    return u->state == UNIT_READY && u->stage == stage && !u->in_commit && !took_answer(w, u) &&
           u->state == UNIT_READY && u->stage == stage && unit_is_wanted(w, u) && unit_begin(w, u);
}

void many_process(struct worker *w, struct batch *b, struct unit *woken) {
    uint32_t stage = w->run->steps[b->step].from;
    size_t n = 0;
    if (woken) {
        if (wants_process(w, woken, stage))
            n = add(b, n, woken);
    } else {
        for (struct unit *u = b->first; u; u = u->next)
            if (wants_process(w, u, stage))
                n = add(b, n, u);
    }
    call_many(w, b, stage, n, 0);
}

/* Makes a unit ready for commit: one whose stage has no process begins here. */
static int wants_commit(struct worker *w, struct unit *u, uint32_t stage) {
    if (u->state != UNIT_READY || u->stage != stage || took_answer(w, u))
        return 0;
    if (!u->in_commit) {
        if (!unit_is_wanted(w, u) || !unit_begin(w, u))
            return 0;
        u->in_commit = 1;
    }
    doc_set_worker(u->doc, &w->doc_worker);
    doc_stage_commit(u->doc);
    return 1;
}

static void commit_each(struct worker *w, struct batch *b, struct stage_run *s, uint32_t stage) {
    for (; b->cursor; b->cursor = b->cursor->next) {
        struct unit *u = b->cursor;
        if (wants_commit(w, u, stage)) {
            worker_turn(w, u);
            int32_t verdict = s->plugin->commit(s->stage->stage, u->doc);
            worker_idle(w, stage);
            unit_take_verdict(w, u, verdict);
        }
        if (u->state == UNIT_WAITING)
            return; /* those behind it keep their order */
    }
}

int many_commit(struct worker *w, struct batch *b) {
    struct run *r = w->run;
    uint32_t stage = r->steps[b->step].from;
    struct stage_run *s = &r->stages[stage];
    if (!b->has_turn) {
        if (!b->is_flush && !queue_take_turn(r, s, b))
            return 0;
        b->has_turn = 1;
        b->cursor = b->first;
    }
    for (;;) {
        uv_mutex_lock(&s->turn_lock);
        if (s->plugin->commit_many) {
            size_t n = 0;
            for (struct unit *u = b->first; u; u = u->next)
                if (wants_commit(w, u, stage))
                    n = add(b, n, u);
            call_many(w, b, stage, n, 1);
        } else {
            commit_each(w, b, s, stage);
        }
        uv_mutex_unlock(&s->turn_lock);
        int is_parked;
        if (!later_take_woken(r, b, &is_parked)) {
            if (is_parked)
                return 0;
            break;
        }
    }
    b->has_turn = 0;
    b->cursor = NULL;
    if (!b->is_flush)
        queue_pass_turn(r, s, b);
    return 1;
}

/* The next stage that flushes. What it emits is added to the batch and passes the stages behind it. 0: none is left. */
int many_flush(struct worker *w, struct batch *b) {
    struct run *r = w->run;
    while (b->flush_stage < r->n_stages) {
        uint32_t stage = b->flush_stage++;
        struct stage_run *s = &r->stages[stage];
        if (!s->plugin->flush)
            continue;
        static const char nothing[TM_PAD] = {0};
        struct doc_origin origin = {.source = s->stage->doc.id, .id = s->stage->doc.id};
        struct unit parent = {.batch = b, .item = SIZE_MAX, .source = SOURCE_FLUSH, .stage = stage};
        size_t count = 0;
        tm_doc **docs = NULL;
        parent.doc = doc_from_text(&r->pipeline->schema, b->arena, nothing, 0, &origin);
        doc_set_worker(parent.doc, &w->doc_worker);
        doc_stage_begin(parent.doc, &s->stage->doc);
        uv_mutex_lock(&s->turn_lock);
        worker_turn(w, &parent);
        int32_t verdict = s->plugin->flush(s->stage->stage, parent.doc);
        worker_idle(w, stage);
        uv_mutex_unlock(&s->turn_lock);
        if (verdict != TM_PASS) {
            struct doc_reason why = doc_reason_get(parent.doc);
            run_break(r, b, "stage %s (plugin %s) cannot end: %.*s", s->stage->doc.id, s->plugin->name,
                      why.message.len ? (int)why.message.len : 15,
                      why.message.len ? why.message.data : "it gave no reason");
            return 0;
        }
        if (doc_stage_end(parent.doc) == TM_OK)
            doc_take_children(parent.doc, &count, &docs);
        for (size_t i = 0; i < count; i++) {
            struct unit *u = batch_add_unit(b);
            u->doc = docs[i];
            u->item = SIZE_MAX;
            u->source = SOURCE_FLUSH;
            u->weight = doc_text(docs[i]).len;
            u->stage = stage + 1;
            if (r->keeps_arenas)
                u->seen = arena_zalloc(b->arena, r->n_stages);
            doc_set_worker(u->doc, &w->doc_worker);
            if (u->stage == r->n_stages)
                unit_end(u, TM_PUBLISHED, -1, (tm_str){0}, (tm_str){0}, TM_NONE);
        }
        if (count)
            return 1;
    }
    return 0;
}
