/* stage_run.c: how a document goes through its stages. This is the mill's central act; everything else in this room is
 * about many of them at once.
 *
 * A worker calls unit_run for one document; the document runs through stage after stage until it ends (published,
 * dropped, failed), waits (for a timer, an answer, a free place), or stands before a stage that takes documents in
 * order (many.c). A stage's turn with a document:
 *
 *     is it wanted?   `when` holds, and the stage works for the document's language; else it is passed over, and that
 *                     is noted in the record
 *     begin           edits, fields and spans are held back from here on
 *     process         the plugin's; commit follows later for a stage that has one (the turn stays open until then)
 *     verdict         pass: what was held back is applied. drop: the document leaves. fail: what was held back is
 * thrown away, and on_error says whether the document leaves (fail, drop) or goes on with a note (skip). retry: thrown
 * away, and again after a while. later: the verdict comes by complete. broken: the run stops.
 */
#include "run.h"

#include <string.h>

#define MISUSES_TOLD 10u /* of a stage; more are only counted */

static tm_str str(const char *s) {
    return (tm_str){s, strlen(s)};
}

/* --- blame and time: which document is in which stage since when --- */

void worker_turn(struct worker *w, struct unit *u) {
    const struct engine_options *o = w->run->options;
    uint64_t now = uv_hrtime(), limit = o->timeout_ns + (u->weight >> 20) * 1000000000u;
    w->current = u;
    w->doc_worker.deadline = o->timeout_ns ? now + limit : 0;
    atomic_store_explicit(&w->blame_name, record_source(w->run, u->source), memory_order_relaxed);
    atomic_store_explicit(&w->slot->stage, u->stage, memory_order_relaxed);
    atomic_store_explicit(&w->slot->source_line, (uint64_t)u->source << 40 | u->position, memory_order_relaxed);
    atomic_store_explicit(&w->deadline, w->doc_worker.deadline, memory_order_relaxed);
    atomic_store_explicit(&w->slot->since, now, memory_order_release);
    w->turn_started = now;
    w->turn_layers = w->doc_worker.layers_ns;
}

const uint64_t engine_time_limits[ENGINE_TIMES - 1] = {100000,   500000,    1000000,   2500000,    5000000,    10000000,
                                                       50000000, 100000000, 500000000, 1000000000, 10000000000};

static void count_time(struct engine_times *times, uint64_t ns) {
    unsigned i = 0;
    while (i < ENGINE_TIMES - 1 && ns > engine_time_limits[i])
        i++;
    atomic_fetch_add_explicit(&times->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&times->nanoseconds, ns, memory_order_relaxed);
}

/* The call has returned. A stage's time is its own: layers that were built meanwhile have a row of theirs. */
static void count_turn(const struct worker *w, uint32_t stage, uint64_t ns) {
    struct unit *u = w->current;
    count_time(&w->run->options->times[stage], ns);
    u->ns += ns;
    if (ns < u->longest)
        return;
    u->longest = ns;
    u->slowest = stage;
}

void worker_idle(struct worker *w, uint32_t stage) {
    if (w->run->options->times)
        count_turn(w, stage, uv_hrtime() - w->turn_started);
    atomic_store_explicit(&w->slot->since, 0, memory_order_release);
    atomic_store_explicit(&w->deadline, 0, memory_order_relaxed);
    w->current = NULL;
    if (w->run->options->timing)
        w->counts[stage].nanoseconds += uv_hrtime() - w->turn_started - (w->doc_worker.layers_ns - w->turn_layers);
}

/* --- is the stage for this document? --- */

int unit_is_wanted(struct worker *w, struct unit *u) {
    const struct pipeline_stage *s = w->run->stages[u->stage].stage;
    const char *reason = pipeline_stage_passes_over(s, u->doc);
    if (!reason)
        return 1;
    doc_add_skipped(u->doc, s->doc.id, reason);
    w->counts[u->stage].skipped++;
    u->batch->skipped++;
    if (++u->stage == w->run->n_stages)
        unit_end(u, TM_PUBLISHED, -1, (tm_str){0}, (tm_str){0}, TM_NONE);
    return 0;
}

int unit_begin(struct worker *w, struct unit *u) {
    struct stage_run *s = &w->run->stages[u->stage];
    int may_wait = (s->plugin->flags & TM_ASYNC) && (s->plugin->process || s->plugin->process_many);
    if (may_wait && !u->has_place && !later_take_place(w->run, u))
        return 0;
    doc_set_worker(u->doc, &w->doc_worker);
    doc_stage_begin(u->doc, &s->stage->doc);
    u->is_begun = 1;
    if (u->seen)
        u->seen[u->stage] = 1;
    if (!u->attempts) {
        w->counts[u->stage].documents++;
        w->counts[u->stage].bytes += u->weight;
    }
    if (may_wait)
        later_begin(w, u);
    return 1;
}

/* --- the end of a document's turn, and of its way --- */

void unit_end(struct unit *u, uint32_t outcome, int32_t stage, tm_str code, tm_str message, uint32_t offset) {
    u->state = UNIT_ENDED;
    u->outcome = (uint8_t)outcome;
    u->end_stage = stage;
    u->code = code;
    u->message = message;
    u->offset = offset;
}

/* What a stage emitted follows its parent, behind what earlier stages emitted, and goes on from the next stage. */
static void adopt_children(struct worker *w, struct unit *parent) {
    size_t count = 0;
    tm_doc **docs = NULL;
    doc_take_children(parent->doc, &count, &docs);
    for (size_t i = 0; i < count; i++)
        unit_adopt(w, parent, docs[i], parent->stage + 1);
}

static void unit_next_stage(struct worker *w, struct unit *u) {
    u->is_begun = 0;
    u->in_commit = 0;
    u->attempts = 0;
    if (++u->stage == w->run->n_stages)
        unit_end(u, TM_PUBLISHED, -1, (tm_str){0}, (tm_str){0}, TM_NONE);
}

static void take_failure(struct worker *w, struct unit *u, tm_str code, tm_str message, uint32_t offset) {
    const struct pipeline_stage *s = w->run->stages[u->stage].stage;
    struct stage_count *count = &w->counts[u->stage];
    u->is_begun = 0;
    switch (s->on_error) {
    case ON_ERROR_SKIP:
        doc_add_error(u->doc, s->doc.id, code, message);
        count->failed++;
        u->batch->skipped++;
        unit_next_stage(w, u);
        return;
    case ON_ERROR_DROP:
        count->dropped++;
        unit_end(u, TM_DROPPED, (int32_t)u->stage, code, message, offset);
        return;
    case ON_ERROR_FAIL:
        count->failed++;
        unit_end(u, TM_FAILED, (int32_t)u->stage, code, message, offset);
        return;
    }
}

/* A stage that breaks the contract: told once a second, and the document fails by it. */
static void take_misbehaviour(struct worker *w, struct unit *u, const char *how) {
    const char *id = w->run->stages[u->stage].stage->doc.id;
    struct buffer line = {0};
    buffer_addf(&line, "stage misbehaving: %s", how);
    log_plugin(w->run->options->log, LOG_WARNING, id, line.data, line.len);
    buffer_deinit(&line);
    take_failure(w, u, TM_STR("misbehaving"), str(how), TM_NONE);
}

static void take_pass(struct worker *w, struct unit *u) {
    uint32_t cuts = doc_cuts(u->doc);
    struct stage_run *s = &w->run->stages[u->stage];
    if (s->is_ordered && !u->in_commit) {
        u->in_commit = 1; /* the turn stays open until commit has its verdict too */
        return;
    }
    if (doc_stage_end(u->doc) != TM_OK) {
        struct doc_reason why = doc_reason_get(u->doc);
        log_plugin(w->run->options->log, LOG_WARNING, s->stage->doc.id, why.message.data, why.message.len);
        take_failure(w, u, why.code.len ? why.code : TM_STR("misbehaving"), why.message, why.offset);
        return;
    }
    cuts = doc_cuts(u->doc) - cuts;
    w->counts[u->stage].cuts += cuts;
    u->batch->cuts += cuts;
    adopt_children(w, u);
    unit_next_stage(w, u);
}

static void take_drop(struct worker *w, struct unit *u) {
    struct doc_reason why = doc_reason_get(u->doc);
    if (doc_stage_end(u->doc) == TM_OK) /* what it emitted stays: a document may be dropped for its parts */
        adopt_children(w, u);
    w->counts[u->stage].dropped++;
    u->is_begun = 0;
    unit_end(u, TM_DROPPED, (int32_t)u->stage, why.code, why.message, TM_NONE);
}

static void take_fail(struct worker *w, struct unit *u, int is_late) {
    struct doc_reason why = doc_reason_get(u->doc);
    doc_stage_undo(u->doc);
    if (why.code.len)
        take_failure(w, u, why.code, why.message, why.offset);
    else if (is_late)
        take_failure(w, u, TM_STR("timeout"), TM_STR("the stage stopped because its time was up (--timeout)"), TM_NONE);
    else
        take_failure(w, u, TM_STR("failed"), TM_STR("the stage gave no reason"), TM_NONE);
}

static void take_retry(struct worker *w, struct unit *u) {
    if (u->attempts >= RETRIES) {
        take_fail(w, u, 0);
        return;
    }
    u->attempts++;
    if (!u->in_commit) { /* process begins anew; commit is called again on what process left */
        doc_stage_undo(u->doc);
        u->is_begun = 0;
    }
    later_retry(w->run, u);
}

static void take_broken(struct worker *w, struct unit *u) {
    const struct stage_run *s = &w->run->stages[u->stage];
    struct doc_reason why = doc_reason_get(u->doc);
    struct buffer name = {0};
    record_name(w->run, u->source, u->position, &name);
    run_break(w->run, u->batch, "stage %s (plugin %s) cannot go on at %.*s: %.*s", s->stage->doc.id, s->plugin->name,
              (int)name.len, name.data, why.message.len ? (int)why.message.len : 15,
              why.message.len ? why.message.data : "it gave no reason");
    buffer_deinit(&name);
    engine_slot_mark(w->slot, ENGINE_MARK_BROKEN);
    uv_mutex_lock(&w->run->lock);
    u->state = UNIT_WAITING; /* for ever: its batch stays parked, and the run ends before it */
    u->batch->waiting++;
    uv_mutex_unlock(&w->run->lock);
}

/* The answer has come by complete; where the plugin has resume, the stage now takes what the answer brings. */
static int32_t resume(struct worker *w, struct unit *u, int32_t answer) {
    uint32_t stage = u->stage;
    struct stage_run *s = &w->run->stages[stage];
    if (answer != TM_PASS || !s->plugin->resume)
        return answer;
    doc_set_worker(u->doc, &w->doc_worker);
    worker_turn(w, u);
    int32_t verdict = s->plugin->resume(s->stage->stage, w->threads[stage], u->doc);
    worker_idle(w, stage);
    return verdict == TM_LATER ? -1 : verdict; /* an answer is the last */
}

void unit_take_answer(struct worker *w, struct unit *u) {
    unit_take_verdict(w, u, resume(w, u, u->answer));
}

/* Calls whose arguments broke the contract did nothing: the document goes on without them, and the author is told. */
static void tell_misuse(const struct worker *w, const struct unit *u) {
    uint32_t n;
    const char *what = doc_misuse(u->doc, &n);
    if (!what)
        return;
    struct stage_run *s = &w->run->stages[u->stage];
    if (atomic_fetch_add(&s->misuses, n) >= MISUSES_TOLD)
        return;
    struct buffer line = {0};
    tm_str id = doc_id(u->doc);
    buffer_addf(&line, "stage misbehaving: %s (document %.*s)", what, (int)(id.len < 200 ? id.len : 200), id.data);
    log_plugin(w->run->options->log, LOG_WARNING, s->stage->doc.id, line.data, line.len);
    buffer_deinit(&line);
}

void unit_take_verdict(struct worker *w, struct unit *u, int32_t verdict) {
    uint32_t flags = w->run->stages[u->stage].plugin->flags;
    if (verdict == TM_LATER && u->later) {
        if (!later_park(w, u, &verdict))
            return; /* complete will wake it; the place is kept */
        verdict = resume(w, u, verdict);
    }
    if (u->later)
        later_end(w, u);
    tell_misuse(w, u);
    switch (verdict) {
    case TM_PASS:
        take_pass(w, u);
        return;
    case TM_DROP:
        if (flags & TM_MAY_DROP) {
            take_drop(w, u);
            return;
        }
        doc_stage_undo(u->doc);
        take_misbehaviour(w, u, "it drops documents but does not say TM_MAY_DROP");
        return;
    case TM_FAIL:
        take_fail(w, u, w->doc_worker.deadline && uv_hrtime() > w->doc_worker.deadline);
        return;
    case TM_RETRY:
        take_retry(w, u);
        return;
    case TM_BROKEN:
        take_broken(w, u);
        return;
    default:
        doc_stage_undo(u->doc);
        take_misbehaviour(w, u,
                          verdict == TM_LATER ? "it answers later without TM_ASYNC, or from commit"
                                              : "its verdict is none of those that there are");
    }
}

/* --- one document, as far as it goes --- */

void unit_run(struct worker *w, struct unit *u, uint32_t to) {
    struct run *r = w->run;
    if (u->later && u->is_begun && u->state == UNIT_READY && !u->in_commit)
        unit_take_answer(w, u); /* it was parked, and its answer has come */
    while (u->state == UNIT_READY && u->stage < to && !u->in_commit) {
        if (atomic_load_explicit(&r->abandons, memory_order_relaxed))
            return;
        if (!unit_is_wanted(w, u))
            continue;
        if (!unit_begin(w, u))
            return;
        uint32_t stage = u->stage;
        worker_turn(w, u);
        int32_t verdict = r->stages[stage].plugin->process(r->stages[stage].stage->stage, w->threads[stage], u->doc);
        worker_idle(w, stage);
        unit_take_verdict(w, u, verdict);
    }
    if (r->n_stages == 0 && u->state == UNIT_READY)
        unit_end(u, TM_PUBLISHED, -1, (tm_str){0}, (tm_str){0}, TM_NONE);
}
