/* commit.c: the thread that commits: one batch at a time, while the loop goes on to claim, to give out work and to
 * replace workers that fell. Between begin and done the parcels are the thread's alone; all else is the loop's.
 */
#include "supervisor.h"

#include "../json/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct committer {
    struct watcher *watcher;
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t bell;
    uv_async_t done;
    int is_busy; /* the loop's */
    size_t n;
    struct parcel *parcels[FRAME_FILES];
    int has_work, quits; /* (lock) */
    int result, error, flush_failed;
    const char *where;
};

static void run(void *context) {
    struct committer *c = context;
    uv_mutex_lock(&c->lock);
    for (;;) {
        while (!c->has_work && !c->quits)
            uv_cond_wait(&c->bell, &c->lock);
        if (!c->has_work)
            break;
        uv_mutex_unlock(&c->lock);
        c->result = ledger_commit(&c->watcher->ledger, c->parcels, c->n, &c->where, &c->flush_failed);
        c->error = errno;
        uv_mutex_lock(&c->lock);
        c->has_work = 0;
        uv_async_send(&c->done);
    }
    uv_mutex_unlock(&c->lock);
}

static void on_done(uv_async_t *async) {
    struct committer *c = async->data;
    struct parcel *parcels[FRAME_FILES];
    uv_mutex_lock(&c->lock);
    int is_done = c->is_busy && !c->has_work;
    uv_mutex_unlock(&c->lock);
    if (!is_done)
        return;
    size_t n = c->n;
    memcpy(parcels, c->parcels, n * sizeof(struct parcel *));
    c->is_busy = 0;
    c->n = 0;
    watcher_committed(c->watcher, parcels, n, c->result, c->error, c->where, c->flush_failed);
    watcher_pump(c->watcher);
}

int committer_start(struct watcher *w) {
    struct committer *c = memory_zalloc(1, sizeof *c);
    c->watcher = w;
    uv_mutex_init(&c->lock);
    uv_cond_init(&c->bell);
    uv_async_init(&w->loop, &c->done, on_done);
    c->done.data = c;
    if (uv_thread_create(&c->thread, run, c) != 0) {
        uv_close((uv_handle_t *)&c->done, NULL);
        uv_run(&w->loop, UV_RUN_NOWAIT);
        uv_cond_destroy(&c->bell);
        uv_mutex_destroy(&c->lock);
        free(c);
        return -1;
    }
    w->committer = c;
    return 0;
}

int committer_is_busy(const struct watcher *w) {
    return w->committer->is_busy;
}

size_t committer_holds(const struct watcher *w) {
    return w->committer->n;
}

void committer_begin(struct watcher *w, struct parcel **parcels, size_t n) {
    struct committer *c = w->committer;
    memcpy(c->parcels, parcels, n * sizeof(struct parcel *));
    c->n = n;
    c->is_busy = 1;
    uv_mutex_lock(&c->lock);
    c->has_work = 1;
    uv_cond_signal(&c->bell);
    uv_mutex_unlock(&c->lock);
}

void committer_stop(struct watcher *w) {
    struct committer *c = w->committer;
    uv_mutex_lock(&c->lock);
    c->quits = 1;
    uv_cond_signal(&c->bell);
    uv_mutex_unlock(&c->lock);
    uv_thread_join(&c->thread);
    on_done(&c->done); /* what it did last is told, too */
    uv_close((uv_handle_t *)&c->done, NULL);
}

void committer_free(struct watcher *w) {
    if (!w->committer)
        return;
    uv_cond_destroy(&w->committer->bell);
    uv_mutex_destroy(&w->committer->lock);
    free(w->committer);
    w->committer = NULL;
}
