/* engine.c: sets a run up, starts its threads, takes it down and reports. While it runs, the caller's thread is in
 * loop.c.
 */
#include "run.h"

#include "../json/memory.h"

#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void run_fail(struct run *r, const char *format, ...) {
    va_list args;
    char line[1024];
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    uv_mutex_lock(&r->lock);
    if (!r->has_failed) { /* the first failure is the cause of the others */
        r->has_failed = 1;
        r->report->end = ENGINE_FAILED;
        buffer_add_string(&r->report->why, line);
    }
    uv_mutex_unlock(&r->lock);
}

/* A stage cannot go on: what stands before the batch is still written, nothing from it on. */
void run_break(struct run *r, struct batch *b, const char *format, ...) {
    va_list args;
    char line[1024];
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    run_fail(r, "%s", line);
    uv_mutex_lock(&r->lock);
    if (b->seq < r->broken_seq)
        r->broken_seq = b->seq;
    uv_cond_broadcast(&r->done_bell);
    uv_mutex_unlock(&r->lock);
    atomic_store(&r->stop_reading, 1);
    source_stop(r->source);
}

/* --- the plan: which stages run document by document, which together, which in order --- */

static void add_step(struct run *r, enum step_kind kind, uint32_t from, uint32_t to) {
    r->steps[r->n_steps++] = (struct step){kind, from, to};
}

static void plan(struct run *r) {
    uint32_t from = 0, n = (uint32_t)r->n_stages;
    r->steps = memory_zalloc(3 * r->n_stages + 2, sizeof *r->steps);
    for (uint32_t i = 0; i < n; i++) {
        struct stage_run *s = &r->stages[i];
        if (s->plugin->process_many) {
            add_step(r, STEP_EACH, from, i);
            add_step(r, STEP_MANY, i, i + 1);
            from = i + 1;
        }
        if (s->is_ordered) {
            if (!s->plugin->process_many)
                add_step(r, STEP_EACH, from, s->plugin->process ? i + 1 : i);
            add_step(r, STEP_COMMIT, i, i + 1);
            from = i + 1;
        }
    }
    if (from < n || r->n_steps == 0)
        add_step(r, STEP_EACH, from, n);
}

static int has_sink_condition(const struct engine_options *o) {
    for (size_t i = 0; i < o->n_sinks; i++)
        if ((o->sink_when && o->sink_when[i]) || sink_wants_documents(o->sinks[i]))
            return 1;
    return 0;
}

static void set_up_stages(struct run *r) {
    const struct pipeline *p = r->pipeline;
    r->n_stages = p->n_stages;
    r->stages = memory_zalloc(p->n_stages, sizeof *r->stages);
    for (size_t i = 0; i < p->n_stages; i++) {
        struct stage_run *s = &r->stages[i];
        s->stage = &p->stages[i];
        s->plugin = p->stages[i].plugin;
        s->is_ordered = s->plugin->commit != NULL || s->plugin->commit_many != NULL;
        s->waiters = memory_zalloc(r->max_batches, sizeof(struct batch *));
        s->queue_end = &s->queue;
        uv_mutex_init(&s->turn_lock);
        r->keeps_arenas |= s->plugin->settle != NULL;
    }
    plan(r);
    r->wants_spans = has_sink_condition(r->options);
    /* A sink that takes documents asks for their ids when it writes. */
    for (size_t i = 0; i < r->options->n_sinks; i++)
        r->keeps_arenas |= sink_wants_documents(r->options->sinks[i]);
    r->is_pass_through = r->n_stages == 0 && r->options->format == OUTPUT_JSONL && !r->options->fields &&
                         !r->wants_spans && !r->options->outcome && !r->options->result && !r->options->letter &&
                         !p->schema.replace_bad;
}

static void set_up_workers(struct run *r) {
    r->workers = memory_zalloc(r->jobs, sizeof *r->workers);
    if (!r->options->slots)
        r->own_slots = memory_zalloc(r->jobs, sizeof *r->own_slots);
    for (unsigned i = 0; i < r->jobs; i++) {
        struct worker *w = &r->workers[i];
        w->run = r;
        w->index = i;
        w->slot = r->options->slots ? &r->options->slots[i] : &r->own_slots[i];
        w->counts = memory_zalloc(r->n_stages, sizeof *w->counts);
        w->doc_worker.stop = &r->stop_now;
        w->doc_worker.timing = r->options->timing;
        if (r->options->rules && r->options->rule_times)
            w->doc_worker.rules = (struct doc_rule_times){rules_time, &w->rules};
        w->uid_source = TM_NONE;
    }
}

static unsigned cores(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
    return n > 0 ? (unsigned)n : 1;
}

static struct run *run_new(const struct pipeline *pipeline, struct source *source, const struct engine_options *options,
                           struct engine_report *report) {
    struct run *r = memory_zalloc(1, sizeof *r);
    r->pipeline = pipeline;
    r->source = source;
    r->options = options;
    r->report = report;
    r->counters = options->counters ? options->counters : &r->own_counters;
    r->jobs = options->jobs ? options->jobs : cores();
    r->max_batches = 2 * (size_t)r->jobs + 6;
    r->batches = memory_zalloc(r->max_batches, sizeof(struct batch *));
    r->done = memory_zalloc(r->max_batches, sizeof(struct batch *));
    r->arenas = memory_zalloc(r->max_batches, sizeof(struct arena *));
    r->fresh_end = &r->fresh;
    r->resumed_end = &r->resumed;
    r->done_any_end = &r->done_any;
    r->broken_seq = UINT64_MAX;
    uv_mutex_init(&r->lock);
    uv_cond_init(&r->work);
    uv_cond_init(&r->room);
    uv_cond_init(&r->done_bell);
    set_up_stages(r);
    r->is_ordered = !options->unordered || r->keeps_arenas || options->outcome || options->state_file;
    set_up_workers(r);
    return r;
}

static void run_free(struct run *r) {
    for (size_t i = 0; i < r->n_batches; i++)
        batch_free(r->batches[i]);
    for (size_t i = 0; i < r->n_arenas; i++)
        arena_free(r->arenas[i]);
    for (size_t i = 0; i < r->n_stages; i++) {
        free(r->stages[i].waiters);
        uv_mutex_destroy(&r->stages[i].turn_lock);
    }
    for (unsigned i = 0; i < r->jobs; i++)
        free(r->workers[i].counts);
    uv_mutex_destroy(&r->lock);
    uv_cond_destroy(&r->work);
    uv_cond_destroy(&r->room);
    uv_cond_destroy(&r->done_bell);
    free(r->workers);
    free(r->own_slots);
    free(r->stages);
    free(r->steps);
    free(r->batches);
    free(r->done);
    free(r->arenas);
    free(r);
}

/* --- the end --- */

/* In a run that came to its end nobody is in a stage any more. In one that was abandoned a stage may still be at work:
 * it has its time limit, and is left behind when that is over. */
static void join_workers(struct run *r) {
    uint64_t hung_since = 0;
    for (unsigned i = 0; i < r->jobs; i++) {
        struct worker *w = &r->workers[i];
        if (!w->is_started)
            continue;
        while (atomic_load(&r->abandons) && !atomic_load(&w->is_gone)) {
            loop_look_for_hangs(r);
            if (r->report->is_hung && !hung_since)
                hung_since = uv_hrtime();
            if (hung_since && uv_hrtime() > hung_since + HANG_GRACE)
                break;
            uv_sleep(2);
        }
        if (!atomic_load(&r->abandons) || atomic_load(&w->is_gone))
            uv_thread_join(&w->thread);
    }
}

void run_checkpoint(struct run *r) {
    for (size_t i = 0; i < r->n_stages; i++) {
        struct stage_run *s = &r->stages[i];
        if (!s->plugin->checkpoint)
            continue;
        uv_mutex_lock(&s->turn_lock);
        atomic_store(&r->settling, (uint32_t)i + 1);
        if (s->plugin->checkpoint(s->stage->stage) != TM_OK)
            run_fail(r, "stage %s (plugin %s) could not make its store durable", s->stage->doc.id, s->plugin->name);
        atomic_store(&r->settling, 0);
        uv_mutex_unlock(&s->turn_lock);
    }
}

static void fill_report(struct run *r) {
    struct engine_report *report = r->report;
    report->read = atomic_load(&r->counters->read);
    report->published = atomic_load(&r->counters->published);
    report->failed = atomic_load(&r->counters->failed);
    report->dropped = atomic_load(&r->counters->dropped);
    report->skipped = atomic_load(&r->counters->skipped);
    report->cuts = atomic_load(&r->counters->cuts);
    report->bytes_in = atomic_load(&r->counters->bytes_in);
    report->bytes_out = atomic_load(&r->counters->bytes_out);
    report->wall_ns = uv_hrtime() - r->started;
    report->jobs = r->jobs;
    report->n_stages = r->n_stages;
    report->stages = memory_zalloc(r->n_stages, sizeof *report->stages);
    for (size_t i = 0; i < r->n_stages; i++)
        report->stages[i].id = r->stages[i].stage->doc.id;
    struct rule_counts rules = {0};
    for (unsigned j = 0; j < r->jobs && !report->is_hung; j++) {
        struct worker *w = &r->workers[j];
        rules_add(&rules, &w->rules);
        rules_free(&w->rules);
        report->layers_ns += w->doc_worker.layers_ns;
        report->record_ns += w->record_ns;
        for (size_t i = 0; i < r->n_stages; i++) {
            struct stage_report *to = &report->stages[i];
            const struct stage_count *from = &w->counts[i];
            to->documents += from->documents;
            to->dropped += from->dropped;
            to->failed += from->failed;
            to->skipped += from->skipped;
            to->cuts += from->cuts;
            to->bytes += from->bytes;
            to->nanoseconds += from->nanoseconds;
        }
    }
    report->rules = rules_list(&rules, &report->n_rules);
    if (report->end == ENGINE_DONE && r->signals_seen) {
        report->end = ENGINE_STOPPED;
        report->signal = r->signal;
    }
}

static void keep_last_state(struct run *r, int has_written) {
    const struct engine_options *o = r->options;
    struct buffer why = {0};
    if (!o->state_file || !has_written)
        return;
    if (r->report->end == ENGINE_DONE)
        unlink(o->state_file);
    else if (engine_state_write(o->state_file, &r->state, &why) != 0)
        log_line(o->log, LOG_WARNING, "this run cannot be resumed: %.*s", (int)why.len, why.data);
    buffer_deinit(&why);
}

/* Where the system has no more threads to give, the run ends before it began. */
static void start_threads(struct run *r, int *out_reader, int *out_writer) {
    int error = 0;
    for (unsigned i = 0; i < r->jobs && !error; i++) {
        struct worker *w = &r->workers[i];
        w->is_started = 1;
        error = uv_thread_create(&w->thread, worker_main, w);
        w->is_started = !error;
    }
    if (!error) {
        error = uv_thread_create(&r->reader, reader_main, r);
        *out_reader = !error;
    }
    if (!error) {
        error = uv_thread_create(&r->writer, writer_main, r);
        *out_writer = !error;
    }
    if (!error)
        return;
    run_fail(r, "no more threads could be had (%s); lower --jobs, which is %u", uv_strerror(error), r->jobs);
    queue_abandon(r);
    queue_end(r);
}

int engine_run(const struct pipeline *pipeline, struct source *source, const struct engine_options *options,
               struct engine_report *report) {
    *report = (struct engine_report){.end = ENGINE_DONE};
    if (options->n_sinks > MAX_SINKS) {
        report->end = ENGINE_FAILED;
        buffer_addf(&report->why, "%zu outputs are more than the %u that there may be", options->n_sinks, MAX_SINKS);
        return 0;
    }
    struct run *r = run_new(pipeline, source, options, report);
    r->started = uv_hrtime();
    loop_init(r);
    if (options->handle_crashes)
        crash_arm(r);
    int has_reader = 0, has_writer = 0;
    start_threads(r, &has_reader, &has_writer);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    if (has_writer)
        uv_thread_join(&r->writer);
    if (has_reader)
        uv_thread_join(&r->reader);
    join_workers(r);
    uv_loop_close(&r->loop);
    if (!report->is_hung && !later_wait_for_all(r))
        report->is_hung = 1; /* a plugin may still complete documents that would be freed */
    if (!report->is_hung)
        run_checkpoint(r);
    if (options->handle_crashes && !report->is_hung)
        crash_disarm(r);
    fill_report(r);
    keep_last_state(r, has_writer);
    if (!report->is_hung)
        run_free(r);
    return 0;
}

void engine_report_free(struct engine_report *report) {
    for (size_t i = 0; i < report->n_rules; i++)
        free((char *)report->rules[i].rule);
    free(report->rules);
    report->rules = NULL;
    report->n_rules = 0;
    free(report->stages);
    buffer_deinit(&report->why);
    report->stages = NULL;
}
