/* commit.c: the thread that commits, one batch after the other, while the loop goes on to claim, to give out work and
 * to replace workers that fell. Between begin and done the parcels are the thread's alone; all else is the loop's.
 */
#include "supervisor.h"

#include "../json/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 2u /* one is committed while the next lies ready: the disk need not wait for the loop */

struct commit {
    size_t n;
    struct parcel *parcels[FRAME_FILES];
    int result, error, flush_failed;
    const char *where;
};

struct committer {
    struct watcher *watcher;
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t bell;
    uv_async_t done;
    struct commit ring[DEPTH];
    size_t held;        /* the loop's: parcels */
    uint64_t told;      /* the loop's: commits that the watcher knows the end of */
    uint64_t given;     /* (lock) by the loop */
    uint64_t made;      /* (lock) by the thread */
    int is_held, quits; /* (lock); held: one failed, and the loop takes back what lies behind it */
};

static void run(void *context) {
    struct committer *c = context;
    uv_mutex_lock(&c->lock);
    for (;;) {
        while ((c->made == c->given || c->is_held) && !c->quits)
            uv_cond_wait(&c->bell, &c->lock);
        if (c->made == c->given || c->is_held)
            break;
        struct commit *now = &c->ring[c->made % DEPTH];
        uv_mutex_unlock(&c->lock);
        now->result = ledger_commit(&c->watcher->ledger, now->parcels, now->n, &now->where, &now->flush_failed);
        now->error = errno;
        uv_mutex_lock(&c->lock);
        c->made++;
        c->is_held = now->result != 0;
        uv_async_send(&c->done);
    }
    uv_mutex_unlock(&c->lock);
}

static void on_done(uv_async_t *async) {
    struct committer *c = async->data;
    struct commit ended[DEPTH], left = {.n = 0};
    size_t n = 0;
    uv_mutex_lock(&c->lock);
    while (c->told < c->made)
        ended[n++] = c->ring[c->told++ % DEPTH];
    if (c->is_held && c->given > c->made)
        left = c->ring[--c->given % DEPTH];
    c->is_held = 0;
    uv_mutex_unlock(&c->lock);
    c->held -= left.n;
    watcher_uncommitted(c->watcher, left.parcels, left.n);
    for (size_t i = 0; i < n; i++) {
        c->held -= ended[i].n;
        watcher_committed(c->watcher, ended[i].parcels, ended[i].n, ended[i].result, ended[i].error, ended[i].where,
                          ended[i].flush_failed);
    }
    if (n)
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

/* given is written by the loop alone, which asks here. */
int committer_is_busy(const struct watcher *w) {
    return w->committer->given != w->committer->told;
}

int committer_has_room(const struct watcher *w) {
    return w->committer->given - w->committer->told < DEPTH;
}

size_t committer_holds(const struct watcher *w) {
    return w->committer->held;
}

/* Where nothing is flushed there is nothing to wait for: the loop does it itself. Two threads would only stand in each
 * other's way, since renames between folders exclude each other in the whole file system. */
static void commit_here(struct watcher *w, struct parcel **parcels, size_t n) {
    struct commit now;
    now.result = ledger_commit(&w->ledger, parcels, n, &now.where, &now.flush_failed);
    watcher_committed(w, parcels, n, now.result, errno, now.where, now.flush_failed);
}

void committer_begin(struct watcher *w, struct parcel **parcels, size_t n) {
    struct committer *c = w->committer;
    if (w->root.durability == DURABILITY_NONE) {
        commit_here(w, parcels, n);
        return;
    }
    uv_mutex_lock(&c->lock);
    struct commit *next = &c->ring[c->given++ % DEPTH];
    memcpy(next->parcels, parcels, n * sizeof(struct parcel *));
    next->n = n;
    uv_cond_signal(&c->bell);
    uv_mutex_unlock(&c->lock);
    c->held += n;
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
