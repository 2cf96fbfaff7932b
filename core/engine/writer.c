/* writer.c: the thread that puts results out, batch by batch, in input order: records to the sinks, dead letters, lines
 * for the log; then it tells stages and caller how each document ended, and keeps the state file of a run that can be
 * resumed. When it ends, the run is over.
 */
#include "run.h"

#include "state.h"

#include <pthread.h>
#include <string.h>

#define NOTES_AT_ONCE 10u
#define STATE_EVERY 1000000000u

struct writer {
    struct run *run;
    struct buffer why;
    uint64_t notes, notes_told, notes_second;
    uint64_t state_written;
    int has_header;
};

/* A sink's answer: 1 to go on. The crash handler waits until no write is under way, so that whole records stand in the
 * output whatever happens. */
static int took(struct writer *wr, int status) {
    struct run *r = wr->run;
    if (status == 0)
        return 1;
    uv_mutex_lock(&r->lock);
    if (status == SINK_CLOSED && !r->has_failed)
        r->report->end = ENGINE_CLOSED;
    uv_mutex_unlock(&r->lock);
    if (status != SINK_CLOSED)
        run_fail(r, "%.*s", (int)wr->why.len, wr->why.data ? wr->why.data : "");
    return 0;
}

static int put(struct writer *wr, struct sink *s, const char *data, size_t len) {
    struct run *r = wr->run;
    if (len == 0)
        return 1;
    atomic_store(&r->is_writing, 1);
    while (atomic_load(&r->is_crashing))
        uv_sleep(10); /* the process is about to end */
    int status = sink_write(s, data, len, &wr->why);
    atomic_store(&r->is_writing, 0);
    atomic_fetch_add_explicit(&r->counters->bytes_out, len, memory_order_relaxed);
    return took(wr, status);
}

static int put_document(struct writer *wr, struct sink *s, const struct unit *u) {
    struct run *r = wr->run;
    tm_str id = doc_id(u->doc);
    atomic_store(&r->is_writing, 1);
    while (atomic_load(&r->is_crashing))
        uv_sleep(10);
    int status = sink_write_document(s, id, u->batch->out.data + u->out_start, u->out_len, &wr->why);
    atomic_store(&r->is_writing, 0);
    atomic_fetch_add_explicit(&r->counters->bytes_out, u->out_len, memory_order_relaxed);
    return took(wr, status);
}

/* The records that one sink takes; neighbours go out together. */
static int put_selected(struct writer *wr, size_t sink, const struct batch *b) {
    struct sink *s = wr->run->options->sinks[sink];
    int by_document = sink_wants_documents(s);
    size_t start = 0, end = 0;
    for (const struct unit *u = b->first; u; u = u->next) {
        if (u->outcome != TM_PUBLISHED || !(u->sinks >> sink & 1))
            continue;
        if (by_document) {
            if (!put_document(wr, s, u))
                return 0;
        } else if (u->out_start == end && end > start) {
            end += u->out_len;
        } else {
            if (!put(wr, s, b->out.data + start, end - start))
                return 0;
            start = u->out_start;
            end = start + u->out_len;
        }
    }
    return put(wr, s, b->out.data ? b->out.data + start : NULL, end - start);
}

static int put_runs(struct writer *wr, struct sink *s, const struct batch *b) {
    for (size_t i = 0; i < b->n_runs; i++) {
        const struct span_of_block *run = &b->runs[i];
        const struct buffer *bytes = run->is_out ? &b->out : &b->block->bytes;
        int has_end = run->is_out || (run->start + run->len < bytes->len && bytes->data[run->start + run->len] == '\n');
        if (!put(wr, s, bytes->data + run->start, run->len + (has_end && !run->is_out)))
            return 0;
        if (!has_end && !put(wr, s, "\n", 1))
            return 0;
    }
    return 1;
}

/* The same for the caller, cut where the source changes. */
static int give_results(struct writer *wr, const struct batch *b) {
    const struct engine_options *o = wr->run->options;
    if (!o->result)
        return 1;
    for (const struct unit *u = b->first; u;) {
        const struct unit *first = u;
        size_t len = 0;
        for (; u && u->source == first->source; u = u->next)
            len += u->outcome == TM_PUBLISHED ? u->out_len : 0;
        /* Records lie one behind the other in the order of their units. */
        size_t start = first->out_start;
        if (len && !took(wr, o->result(o->result_context, first->source, b->out.data + start, len, &wr->why)))
            return 0;
    }
    return 1;
}

/* And what failed or was dropped, one by one: in the buffers they lie in the order of their units. */
static int give_letters(struct writer *wr, const struct batch *b) {
    const struct run *r = wr->run;
    size_t failed = 0, dropped = 0, reason = 0;
    for (const struct unit *u = b->first; r->options->letter && u; u = u->next) {
        if (u->outcome == TM_PUBLISHED)
            continue;
        int is_failed = u->outcome == TM_FAILED;
        size_t *at = is_failed ? &failed : &dropped;
        const char *code = b->reasons.data + reason, *message = code + u->code.len;
        struct engine_letter letter = {.source = u->source,
                                       .outcome = u->outcome,
                                       .position = u->position,
                                       .stage = u->end_stage < 0 ? "read" : r->stages[u->end_stage].stage->doc.id,
                                       .code = {code, u->code.len},
                                       .message = {message, u->message.len},
                                       .line = (is_failed ? b->failed.data : b->dropped.data) + *at,
                                       .len = u->letter_len};
        *at += u->letter_len;
        reason += u->code.len + u->message.len;
        if (!took(wr, r->options->letter(r->options->result_context, &letter, &wr->why)))
            return 0;
    }
    return 1;
}

static int put_batch(struct writer *wr, const struct batch *b) {
    struct run *r = wr->run;
    const struct engine_options *o = r->options;
    for (size_t i = 0; i < o->n_sinks; i++) {
        int ok = r->is_pass_through && !b->is_flush ? put_runs(wr, o->sinks[i], b)
                 : r->wants_spans                   ? put_selected(wr, i, b)
                                                    : put(wr, o->sinks[i], b->out.data, b->out.len);
        if (!ok)
            return 0;
    }
    if (!give_results(wr, b) || !give_letters(wr, b))
        return 0;
    if (o->failed && !put(wr, o->failed, b->failed.data, b->failed.len))
        return 0;
    return !o->dropped || put(wr, o->dropped, b->dropped.data, b->dropped.len);
}

static int put_header(struct writer *wr) {
    const struct engine_options *o = wr->run->options;
    struct buffer header = {0};
    int ok = 1;
    if (o->format != OUTPUT_TSV || wr->has_header)
        return 1;
    wr->has_header = 1;
    result_header(wr->run, &header);
    for (size_t i = 0; ok && i < o->n_sinks; i++)
        if (!sink_wants_documents(o->sinks[i]) && sink_bytes(o->sinks[i]) == 0)
            ok = put(wr, o->sinks[i], header.data, header.len);
    buffer_deinit(&header);
    return ok;
}

/* The first few failures one by one, then at most one a second; the rest is told as a number at the end. */
static void tell_failures(struct writer *wr, const struct batch *b) {
    const char *at = b->notes.data;
    for (uint64_t i = 0; i < b->n_failed; i++) {
        const char *part[5];
        for (size_t j = 0; j < 5; j++) {
            part[j] = at;
            at += strlen(at) + 1;
        }
        uint64_t second = uv_hrtime() / 1000000000u;
        wr->notes++;
        if (wr->notes > NOTES_AT_ONCE && second == wr->notes_second)
            continue;
        wr->notes_second = second;
        wr->notes_told++;
        log_event(wr->run->options->log, LOG_WARNING, "failed", "document", part[0], "id", *part[1] ? part[1] : NULL,
                  "stage", part[2], "code", part[3], "message", part[4], NULL);
    }
}

static void settle_batch(struct run *r, const struct batch *b) {
    for (size_t i = 0; i < r->n_stages; i++) {
        struct stage_run *s = &r->stages[i];
        if (!s->plugin->settle)
            continue;
        uv_mutex_lock(&s->turn_lock);
        atomic_store(&r->settling, (uint32_t)i + 1);
        for (struct unit *u = b->first; u; u = u->next) {
            if (!u->doc || !u->seen || !u->seen[i])
                continue;
            doc_set_worker(u->doc, NULL);
            doc_stage_begin(u->doc, &s->stage->doc); /* so that slot is this stage's */
            s->plugin->settle(s->stage->stage, u->doc, u->outcome);
            doc_stage_undo(u->doc);
        }
        atomic_store(&r->settling, 0);
        uv_mutex_unlock(&s->turn_lock);
    }
}

/* The last of a group: what its documents left in the stages is made durable before the caller is told. */
static int end_group(struct writer *wr, const struct batch *b) {
    struct run *r = wr->run;
    if (!r->options->group_end || !b->block->ends_group)
        return 1;
    run_checkpoint(r);
    uv_mutex_lock(&r->lock);
    int has_failed = r->has_failed;
    uv_mutex_unlock(&r->lock);
    return !has_failed && took(wr, r->options->group_end(r->options->result_context, &wr->why));
}

static int outcome_rank(uint32_t outcome) {
    return outcome == TM_FAILED ? 2 : outcome == TM_PUBLISHED;
}

/* One outcome a document of the input: failed where it or a child failed, else published where anything of it was. */
static void tell_outcomes(const struct run *r, const struct batch *b) {
    if (!r->options->outcome || b->is_flush)
        return;
    for (const struct unit *u = b->first; u;) {
        const struct unit *first = u;
        struct engine_outcome o = {
            .source = first->source, .position = first->position, .outcome = u->outcome, .slowest = TM_NONE};
        for (; u && u->item == first->item; u = u->next) {
            if (outcome_rank(u->outcome) > outcome_rank(o.outcome))
                o.outcome = u->outcome;
            o.ns += u->ns;
            if (u->longest > o.longest) {
                o.longest = u->longest;
                o.slowest = u->slowest;
            }
        }
        r->options->outcome(r->options->outcome_context, &o);
    }
}

static void count_batch(struct run *r, const struct batch *b) {
    struct engine_counters *c = r->counters;
    atomic_fetch_add_explicit(&c->published, b->published, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->failed, b->n_failed, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->dropped, b->n_dropped, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->skipped, b->skipped, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->cuts, b->cuts, memory_order_relaxed);
    uv_mutex_lock(&r->lock);
    r->written_documents += b->read;
    uv_mutex_unlock(&r->lock);
}

/* How far the outputs are, for a run that is to go on from here. */
static void note_state(struct run *r) {
    const struct engine_options *o = r->options;
    r->state = (struct engine_state){.documents = o->skip_documents + r->written_documents,
                                     .bytes = o->n_sinks ? sink_bytes(o->sinks[0]) : 0,
                                     .failed_bytes = o->failed ? sink_bytes(o->failed) : 0,
                                     .dropped_bytes = o->dropped ? sink_bytes(o->dropped) : 0,
                                     .inputs = o->state_inputs,
                                     .pipeline = o->state_pipeline};
}

/* What flush adds to the output counts for nothing here: a run that goes on flushes again. */
static void keep_state(struct writer *wr, const struct batch *b) {
    struct run *r = wr->run;
    if (!r->options->state_file || b->is_flush)
        return;
    note_state(r);
    uint64_t now = uv_hrtime();
    if (now - wr->state_written < STATE_EVERY)
        return;
    wr->state_written = now;
    engine_state_write(r->options->state_file, &r->state, NULL);
}

void writer_main(void *context) {
    struct writer wr = {.run = context};
    struct run *r = wr.run;
    pthread_setname_np(pthread_self(), "writer");
    note_state(r); /* a run that fails before its first batch is gone on with from its beginning */
    int is_well = put_header(&wr);
    wr.state_written = uv_hrtime();
    for (uint64_t seq = 0; is_well; seq++) {
        struct batch *b = queue_take_done(r, seq);
        if (!b)
            break;
        is_well = put_batch(&wr, b);
        if (is_well) {
            count_batch(r, b);
            tell_failures(&wr, b);
            settle_batch(r, b);
            tell_outcomes(r, b);
            keep_state(&wr, b);
            is_well = end_group(&wr, b);
        }
        queue_release(r, b);
    }
    if (wr.notes > wr.notes_told)
        log_line(r->options->log, LOG_WARNING, "%llu documents failed in all; %llu of them were not told one by one",
                 (unsigned long long)wr.notes, (unsigned long long)(wr.notes - wr.notes_told));
    buffer_deinit(&wr.why);
    if (!is_well || r->broken_seq != UINT64_MAX)
        queue_abandon(r);
    queue_end(r);
}
