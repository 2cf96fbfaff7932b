/* crew_watch.c: looks at the slots and the memory of workers that have work: a stage that does not come back, a process
 * that takes too much, one that stands still. The engine inside looks for hangs too; this is the net below it.
 */
#include "supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define START_LEAST (10ull * SECOND)
#define GRACE (3ull * SECOND) /* the engine tells a hang itself a second after the time is up */

uint64_t crew_private_bytes(const struct crew_member *m) {
    char path[64], text[256];
    unsigned long size, resident = 0, shared = 0;
    if (!m->pid)
        return 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)m->pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    if (n <= 0 || sscanf(text, "%lu %lu %lu", &size, &resident, &shared) != 3)
        return 0;
    return (uint64_t)(resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int has_overdue_slot(const struct watcher *w, const struct crew_member *m, uint64_t now, int *out_busy) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < m->n_batches; i++)
        bytes = m->batches[i].bytes > bytes ? m->batches[i].bytes : bytes;
    uint64_t limit = (uint64_t)w->options->timeout + (bytes >> 20) * SECOND + GRACE;
    *out_busy = 0;
    for (unsigned i = 0; i < SHARED_SLOTS; i++) {
        uint64_t since = atomic_load(&m->shared->slots[i].since);
        if (!since)
            continue;
        *out_busy = 1;
        if (now > since && now - since > limit)
            return 1;
    }
    return 0;
}

/* No thread is in a stage, and nothing moves: it waits for something that never comes. */
static int stands_still(const struct watcher *w, struct crew_member *m, uint64_t now) {
    const struct engine_counters *c = &m->shared->counters;
    uint64_t progress = atomic_load(&c->read) + atomic_load(&c->published) + atomic_load(&c->bytes_in) +
                        atomic_load(&c->bytes_out) + atomic_load(&m->shared->begun) + atomic_load(&m->shared->ended);
    if (progress != m->progress) {
        m->progress = progress;
        m->progress_at = now;
    }
    return now - m->progress_at > 2 * (uint64_t)w->options->timeout + 60ull * SECOND;
}

static void stop_hung(struct watcher *w, struct crew_member *m, uint64_t now) {
    if (!m->aborted) {
        m->aborted = now;
        m->killed_for = "timeout";
        log_line(w->log, LOG_WARNING, "worker %ld does not come back and is ended", (long)m->pid);
        kill(m->pid, SIGABRT);
    } else if (now - m->aborted > SECOND) {
        kill(m->pid, SIGKILL);
    }
}

/* When one that loads its plugins counts as hung. One that opens a store has no such end: that may be large. */
static uint64_t start_limit(const struct watcher *w, const struct crew_member *m) {
    uint64_t most = 4 * (uint64_t)w->options->timeout;
    return m->started + (most > START_LEAST ? most : START_LEAST);
}

uint64_t crew_stop_late(struct watcher *w, uint64_t now) {
    uint64_t next = 0;
    for (struct crew_member *m = w->crew; m; m = m->next) {
        int is_coming = m->state == CREW_STARTING || (m->state == CREW_OPENING && !m->opens_store);
        if (!is_coming || !m->pid || m->killed_for)
            continue;
        uint64_t limit = start_limit(w, m);
        if (now >= limit) {
            m->killed_for = "start";
            log_line(w->log, LOG_ERROR, "worker %ld does not come up and is ended: a plugin hangs as it is opened",
                     (long)m->pid);
            kill(m->pid, SIGKILL);
        } else if (!next || limit < next) {
            next = limit;
        }
    }
    return next;
}

void crew_watch(struct watcher *w) {
    uint64_t now = uv_hrtime();
    for (struct crew_member *m = w->crew; m; m = m->next) {
        int is_busy;
        if (m->state == CREW_GONE || !m->pid)
            continue;
        if (m->n_batches && (has_overdue_slot(w, m, now, &is_busy) || (!is_busy && stands_still(w, m, now)))) {
            stop_hung(w, m, now);
            continue;
        }
        uint64_t bytes = crew_private_bytes(m);
        if (bytes > w->options->max_memory && !m->killed_for) {
            m->killed_for = "memory";
            log_line(w->log, LOG_WARNING, "worker %ld has %llu MiB of its own and is ended (--max-memory)",
                     (long)m->pid, (unsigned long long)(bytes >> 20));
            kill(m->pid, SIGKILL);
        } else if (bytes > w->options->max_memory / 4 * 3) {
            crew_retire(m); /* between documents, before it comes to that */
        }
    }
}
