/* loop.c: the caller's thread while a run goes on. It does no work on documents: it hears signals, fires the timers of
 * retries, shows progress and looks for stages that hang.
 */
#include "run.h"

#include <signal.h>

#define TICK_MS 100u

static void on_tick(uv_timer_t *timer);

static void on_closed(uv_handle_t *handle) {
    (void)handle;
}

static void close_loop(struct run *r) {
    uv_handle_t *handles[] = {(uv_handle_t *)&r->bell, (uv_handle_t *)&r->tick, (uv_handle_t *)&r->retry_timer,
                              (uv_handle_t *)&r->on_int, (uv_handle_t *)&r->on_term};
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++)
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], on_closed);
}

/* The bell: a retry has been asked for, or the run is over. */
static void on_bell(uv_async_t *bell) {
    struct run *r = bell->data;
    uv_mutex_lock(&r->lock);
    int is_over = r->is_written;
    uv_mutex_unlock(&r->lock);
    if (is_over) {
        close_loop(r);
        return;
    }
    if (atomic_load(&r->is_ticking) && !uv_is_active((uv_handle_t *)&r->tick))
        uv_timer_start(&r->tick, on_tick, TICK_MS, TICK_MS);
    later_fire(r);
}

static void on_signal(uv_signal_t *handle, int number) {
    struct run *r = handle->data;
    r->signal = number;
    if (r->signals_seen++ == 0) {
        atomic_store(&r->stop_reading, 1);
        source_stop(r->source);
        log_line(r->options->log, LOG_INFO, "stopping when what is in flight is done; once more to stop at once");
        return;
    }
    /* At once, but not in the middle of a record: a write that is under way gets a second to end. */
    atomic_store(&r->is_crashing, 1);
    for (int i = 0; i < 100 && atomic_load(&r->is_writing); i++)
        uv_sleep(10);
    struct sigaction fallback = {.sa_handler = SIG_DFL};
    sigaction(number, &fallback, NULL);
    raise(number);
}

/* A thread cannot be taken out of a stage that does not come back. The run ends without it: what is written is whole,
 * the rest is left, and the caller must end the process. */
static void tell_hang(struct run *r, struct worker *w, uint64_t seconds) {
    uint32_t stage = atomic_load(&w->slot->stage);
    uint64_t where = atomic_load(&w->slot->source_line);
    const struct stage_run *s = &r->stages[stage];
    struct buffer name = {0};
    record_name(r, (uint32_t)(where >> 40), where & (((uint64_t)1 << 40) - 1), &name);
    run_fail(r,
             "stage %s (plugin %s) has not come back from %.*s for %llu s (--timeout); mend the plugin, or leave the "
             "document out",
             s->stage->doc.id, s->plugin->name, (int)name.len, name.data, (unsigned long long)seconds);
    buffer_deinit(&name);
    r->report->is_hung = 1;
    engine_slot_mark(w->slot, ENGINE_MARK_HUNG);
    queue_abandon(r);
}

void loop_look_for_hangs(struct run *r) {
    uint64_t now = uv_hrtime();
    for (unsigned i = 0; i < r->jobs && !r->report->is_hung; i++) {
        struct worker *w = &r->workers[i];
        uint64_t since = atomic_load(&w->slot->since), deadline = atomic_load(&w->deadline);
        if (since && deadline && now > deadline + HANG_GRACE && atomic_load(&w->slot->since) == since)
            tell_hang(r, w, (now - since) / 1000000000u);
    }
}

static void on_tick(uv_timer_t *timer) {
    struct run *r = timer->data;
    if (r->options->progress)
        r->options->progress(r->options->progress_context, r->counters, source_total_bytes(r->source));
    loop_look_for_hangs(r);
    if (r->report->is_hung)
        close_loop(r);
    uv_mutex_lock(&r->lock);
    int is_idle = r->in_flight == 0 && !r->is_read && !r->options->progress;
    if (is_idle)
        atomic_store(&r->is_ticking, 0); /* queue_admit rings for it again */
    uv_mutex_unlock(&r->lock);
    if (is_idle && !r->report->is_hung)
        uv_timer_stop(timer);
}

void loop_init(struct run *r) {
    uv_loop_init(&r->loop);
    uv_async_init(&r->loop, &r->bell, on_bell);
    uv_timer_init(&r->loop, &r->tick);
    uv_timer_init(&r->loop, &r->retry_timer);
    uv_signal_init(&r->loop, &r->on_int);
    uv_signal_init(&r->loop, &r->on_term);
    r->bell.data = r->tick.data = r->retry_timer.data = r->on_int.data = r->on_term.data = r;
    atomic_store(&r->is_ticking, 1);
    uv_timer_start(&r->tick, on_tick, TICK_MS, TICK_MS);
    if (r->options->handle_signals) {
        uv_signal_start(&r->on_int, on_signal, SIGINT);
        uv_signal_start(&r->on_term, on_signal, SIGTERM);
    }
}
