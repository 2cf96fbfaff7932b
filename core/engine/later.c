/* later.c: documents that wait: for complete to bring their answer, for a free place in a stage that bounds how many it
 * has in flight, for the timer of a retry. A unit that wakes goes onto its batch's list; a parked batch goes back to
 * the workers. Called by workers, by plugins' threads (complete), by the loop (timers).
 */
#include "run.h"

#include "../doc/doc.h"

#include <stddef.h>
#include <stdlib.h>

#define PLACES_DEFAULT 64u

/* Under the lock. The unit itself is its batch's owner's: that one makes it ready when it takes it from the list. */
static void wake(struct run *r, struct unit *u) {
    struct batch *b = u->batch;
    u->next_ready = NULL;
    b->waiting--;
    *b->woken_end = u;
    b->woken_end = &u->next_ready;
    if (!b->is_parked)
        return;
    b->is_parked = 0;
    b->next = NULL;
    *r->resumed_end = b;
    r->resumed_end = &b->next;
    uv_cond_signal(&r->work);
}

static void on_complete(struct completion *self, tm_doc *doc, int32_t verdict) {
    (void)doc;
    struct later *l = (struct later *)(void *)((char *)self - offsetof(struct later, completion));
    struct run *r = l->run;
    struct unit *u = l->unit;
    uv_mutex_lock(&r->lock);
    if (u->later == l && !u->is_answered) {
        u->is_answered = 1;
        u->answer = verdict == TM_LATER ? -1 : verdict;
        if (u->is_later) {
            u->is_later = 0;
            r->later_documents--;
            wake(r, u);
            if (atomic_load(&r->abandons))
                uv_cond_broadcast(&r->done_bell); /* later_wait_for_all */
        }
    }
    uv_mutex_unlock(&r->lock);
}

void later_begin(struct worker *w, struct unit *u) {
    struct later *l = arena_zalloc(u->batch->arena, sizeof *l);
    l->worker.stop = w->doc_worker.stop;
    l->worker.timing = 0; /* another thread may build layers: not this worker's time */
    l->worker.completion = &l->completion;
    l->completion.done = on_complete;
    l->run = w->run;
    l->unit = u;
    u->is_answered = 0;
    u->is_later = 0;
    u->later = l;
    doc_set_worker(u->doc, &l->worker);
}

int later_park(struct worker *w, struct unit *u, int32_t *out_verdict) {
    struct run *r = w->run;
    uv_mutex_lock(&r->lock);
    int is_answered = u->is_answered;
    if (is_answered) {
        *out_verdict = u->answer;
    } else {
        u->is_later = 1;
        u->state = UNIT_WAITING;
        u->batch->waiting++;
        r->later_documents++;
    }
    uv_mutex_unlock(&r->lock);
    return is_answered;
}

void later_end(struct worker *w, struct unit *u) {
    struct run *r = w->run;
    struct stage_run *s = &r->stages[u->stage];
    struct later *l = u->later;
    uv_mutex_lock(&r->lock);
    u->later = NULL; /* from here on a second complete finds nothing */
    if (u->has_place) {
        u->has_place = 0;
        struct unit *first = s->queue;
        if (first) {
            s->queue = first->next_ready;
            if (!s->queue)
                s->queue_end = &s->queue;
            first->has_place = 1;
            wake(r, first);
        } else {
            s->in_flight--;
        }
    }
    uv_mutex_unlock(&r->lock);
    free(l->worker.scratch);
    doc_set_worker(u->doc, &w->doc_worker);
}

int later_take_place(struct run *r, struct unit *u) {
    struct stage_run *s = &r->stages[u->stage];
    uv_mutex_lock(&r->lock);
    uint32_t most = s->plugin->max_in_flight ? s->plugin->max_in_flight : PLACES_DEFAULT;
    int has = s->in_flight < most;
    if (has) {
        s->in_flight++;
        u->has_place = 1;
    } else {
        u->state = UNIT_WAITING;
        u->batch->waiting++;
        u->next_ready = NULL;
        *s->queue_end = u;
        s->queue_end = &u->next_ready;
    }
    uv_mutex_unlock(&r->lock);
    return has;
}

void later_retry(struct run *r, struct unit *u) {
    static const uint64_t delays[RETRIES] = {100000000u, 1000000000u, 10000000000u};
    u->due = uv_hrtime() + delays[u->attempts - 1];
    uv_mutex_lock(&r->lock);
    u->state = UNIT_WAITING;
    u->batch->waiting++;
    u->next_ready = r->retries;
    r->retries = u;
    uv_mutex_unlock(&r->lock);
    uv_async_send(&r->bell);
}

struct unit *later_take_woken(struct run *r, struct batch *b, int *out_parked) {
    uv_mutex_lock(&r->lock);
    struct unit *u = b->woken;
    *out_parked = 0;
    if (u) {
        b->woken = u->next_ready;
        if (!b->woken)
            b->woken_end = &b->woken;
        u->next_ready = NULL;
        u->state = UNIT_READY;
    } else if (b->waiting) {
        b->is_parked = 1;
        *out_parked = 1;
    }
    uv_mutex_unlock(&r->lock);
    return u;
}

static void on_retry_timer(uv_timer_t *timer) {
    later_fire(timer->data);
}

void later_fire(struct run *r) {
    uint64_t now = uv_hrtime(), next = UINT64_MAX;
    uv_mutex_lock(&r->lock);
    for (struct unit **at = &r->retries; *at;) {
        struct unit *u = *at;
        if (u->due <= now) {
            *at = u->next_ready;
            wake(r, u);
        } else {
            if (u->due < next)
                next = u->due;
            at = &u->next_ready;
        }
    }
    uv_mutex_unlock(&r->lock);
    if (next != UINT64_MAX)
        uv_timer_start(&r->retry_timer, on_retry_timer, (next - now) / 1000000 + 1, 0);
}

int later_wait_for_all(struct run *r) {
    uint64_t end = uv_hrtime() + 10000000000u;
    uv_mutex_lock(&r->lock);
    while (r->later_documents) {
        uint64_t now = uv_hrtime();
        if (now >= end)
            break;
        uv_cond_timedwait(&r->done_bell, &r->lock, end - now);
    }
    int all = r->later_documents == 0;
    uv_mutex_unlock(&r->lock);
    return all;
}
