/* crew.c: the worker processes: started, given batches, watched, replaced. An opened spare stands by, so that a death
 * costs no start. Where a stage of the pipeline remembers documents one process works, and the spare has its plugins
 * loaded but opens the store only when the other has closed it or died.
 */
#include "supervisor.h"

#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESPAWN_FIRST (SECOND / 10)
#define RESPAWN_MOST (60ull * SECOND)

extern char **environ;

static void on_message(uv_poll_t *poll, int status, int events);

static int is_active(const struct watcher *w, const struct crew_member *m) {
    return m->generation == w->generation && !m->is_retiring && m->state != CREW_GONE;
}

/* --- starting --- */

static void thread_main(void *context) {
    struct crew_member *m = context;
    worker_run(m->thread_fd, m->shared, m->watcher->options->worker);
    close(m->thread_fd);
}

static int spawn_process(struct watcher *w, struct crew_member *m, int socket, int memory) {
    char word[64];
    char **argv = w->options->worker_argv;
    snprintf(word, sizeof word, "--worker=%d,%d,%d", socket, memory, w->root.lock);
    argv[2] = word;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, socket); /* takes close-on-exec away in the child */
    posix_spawn_file_actions_adddup2(&actions, memory, memory);
    posix_spawn_file_actions_adddup2(&actions, w->root.lock, w->root.lock);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    int r = posix_spawn(&m->pid, "/proc/self/exe", &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    argv[2] = NULL;
    return r;
}

static struct crew_member *spawn(struct watcher *w, unsigned generation) {
    int ends[2] = {-1, -1}, memory, error = 0;
    struct crew_member *m = memory_zalloc(1, sizeof *m);
    int is_thread = w->options->isolation == ISOLATION_NONE;
    memory = is_thread ? shared_open(w->root.state, "slots", &m->shared) : shared_make(&m->shared);
    if (memory < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        error = errno;
    } else if (is_thread) {
        m->thread_fd = ends[1];
        m->watcher = w;
        error = uv_thread_create(&m->thread, thread_main, m) != 0 ? EAGAIN : 0;
    } else {
        error = spawn_process(w, m, ends[1], memory);
    }
    if (ends[1] >= 0 && (!is_thread || error))
        close(ends[1]);
    if (memory >= 0)
        close(memory);
    if (error) {
        log_line(w->log, LOG_ERROR, "no worker could be started: %s", strerror(error));
        if (ends[0] >= 0)
            close(ends[0]);
        shared_unmap(m->shared);
        free(m);
        return NULL;
    }
    m->watcher = w;
    m->fd = ends[0];
    m->generation = generation;
    m->started = uv_hrtime();
    fcntl(m->fd, F_SETFL, O_NONBLOCK);
    uv_poll_init(&w->loop, &m->poll, m->fd);
    m->poll.data = m;
    uv_poll_start(&m->poll, UV_READABLE, on_message);
    struct crew_member **at = &w->crew;
    while (*at)
        at = &(*at)->next;
    *at = m;
    return m;
}

static void wait_longer(struct watcher *w) {
    w->respawn_wait = !w->respawn_wait                     ? RESPAWN_FIRST
                      : w->respawn_wait * 2 < RESPAWN_MOST ? w->respawn_wait * 2
                                                           : RESPAWN_MOST;
    w->respawn_at = uv_hrtime() + w->respawn_wait;
}

static void open_next(struct watcher *w) {
    if (w->remembers != 1)
        return;
    for (struct crew_member *m = w->crew; m; m = m->next)
        if (m->state == CREW_READY || m->state == CREW_OPENING)
            return;
    for (struct crew_member *m = w->crew; m; m = m->next) {
        if (!is_active(w, m) || m->state != CREW_LOADED)
            continue;
        m->state = CREW_OPENING;
        frame_send(m->fd, "open", 4);
        return;
    }
}

void crew_fill(struct watcher *w) {
    size_t want = w->remembers < 0 || w->options->isolation == ISOLATION_NONE ? 1
                  : w->remembers                                              ? 2
                                                                              : w->options->jobs + 1;
    size_t n = 0;
    if (w->is_closing || (w->stops && crew_is_idle(w) && !w->waiting.n && !w->alone.n))
        return;
    for (const struct crew_member *m = w->crew; m; m = m->next)
        n += is_active(w, m) ? 1 : 0;
    for (; n < want && uv_hrtime() >= w->respawn_at; n++)
        if (!spawn(w, w->generation))
            wait_longer(w);
    open_next(w);
}

void crew_reload(struct watcher *w) {
    if (w->options->isolation == ISOLATION_NONE) {
        log_line(w->log, LOG_WARNING, "with --isolation none a new pipeline needs a new start of the watcher");
        return;
    }
    if (w->trial) {
        log_line(w->log, LOG_WARNING, "a reload is under way already");
        return;
    }
    w->next_generation++;
    w->trial = spawn(w, w->next_generation);
}

/* --- the end of one --- */

static void on_closed(uv_handle_t *handle) {
    struct crew_member *m = handle->data;
    struct crew_member **at = &m->watcher->crew;
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    close(m->fd);
    shared_unmap(m->shared);
    free(m);
}

static void keep_times(struct watcher *w, const struct crew_member *m) {
    for (size_t i = 0; i < SHARED_STAGES; i++) {
        for (size_t j = 0; j < ENGINE_TIMES; j++)
            w->gone_times[i][j] += atomic_load(&m->shared->times[i].buckets[j]);
        w->gone_times[i][ENGINE_TIMES] += atomic_load(&m->shared->times[i].nanoseconds);
    }
}

static void bury(struct crew_member *m, int status) {
    struct watcher *w = m->watcher;
    enum crew_state was = m->state;
    m->state = CREW_GONE;
    keep_times(w, m);
    w->tally.respawns += !w->is_closing;
    if (!m->is_released || m->n_batches)
        blame_death(w, m, status);
    if (was != CREW_READY && !m->is_retiring && !w->is_closing) {
        if (w->trial == m) {
            log_line(w->log, LOG_ERROR, "the reload failed; the pipeline of before goes on");
            notify_send("READY=1");
            w->next_generation--;
        } else if (!w->was_ready && WIFEXITED(status) && WEXITSTATUS(status) == 2) {
            watcher_stop(w, 2); /* it never worked: the mistakes have been told */
        } else {
            wait_longer(w);
        }
    }
    if (w->trial == m)
        w->trial = NULL;
    uv_close((uv_handle_t *)&m->poll, on_closed);
    crew_fill(w);
}

/* Its socket has closed, or it was seen dead. One that merely lost its socket is of no more use. */
static void end_member(struct crew_member *m) {
    int status = 0;
    if (m->state == CREW_GONE)
        return;
    if (!m->pid) {
        uv_thread_join(&m->thread);
        if (!m->watcher->is_closing && !m->is_released)
            watcher_stop(m->watcher, m->state == CREW_STARTING || m->state == CREW_OPENING ? 2 : 3);
    } else if (waitpid(m->pid, &status, WNOHANG) == 0) {
        if (!m->is_released)
            kill(m->pid, SIGKILL);
        while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    bury(m, status);
}

void crew_reap(struct watcher *w) {
    for (struct crew_member *m = w->crew; m; m = m->next) {
        int status;
        if (m->state != CREW_GONE && m->pid && waitpid(m->pid, &status, WNOHANG) == m->pid)
            bury(m, status);
    }
}

static void release(struct crew_member *m) {
    if (m->is_released)
        return;
    m->is_released = 1;
    shutdown(m->fd, SHUT_WR); /* it closes its stages, and ends */
}

void crew_retire(struct crew_member *m) {
    m->is_retiring = 1;
    if (!m->n_batches)
        release(m);
}

/* --- what they say --- */

static void learn_stages(struct watcher *w, char *line) {
    for (w->n_stages = 0; w->n_stages < SHARED_STAGES; w->n_stages++) {
        const char *id = frame_word(&line);
        if (!*id)
            break;
        snprintf(w->stages[w->n_stages], sizeof w->stages[0], "%s", id);
    }
}

/* A fresh worker of a reload is as good as the old ones. */
static void take_over(struct watcher *w, struct crew_member *m) {
    if (w->trial != m)
        return;
    w->trial = NULL;
    w->generation = m->generation;
    w->tally.reloads++;
    log_line(w->log, LOG_INFO, "reloaded: the new pipeline works from here on");
    notify_send("READY=1");
    memset(w->gone_times, 0, sizeof w->gone_times); /* its stages may be others */
    for (struct crew_member *old = w->crew; old; old = old->next)
        if (old->generation != w->generation && old->state != CREW_GONE)
            crew_retire(old);
}

static void on_loaded(struct crew_member *m, char *line) {
    struct watcher *w = m->watcher;
    int remembers = *frame_word(&line) == '1';
    m->state = remembers ? CREW_LOADED : CREW_OPENING;
    if (w->trial == m && remembers) {
        w->remembers = remembers;
        take_over(w, m);
    }
    if (m->generation == w->generation) {
        w->remembers = remembers;
        learn_stages(w, line);
    }
    crew_fill(w);
}

static void on_ready(struct crew_member *m, int remembers) {
    struct watcher *w = m->watcher;
    m->state = CREW_READY;
    w->respawn_wait = 0;
    w->respawn_at = 0;
    if (w->trial == m)
        w->remembers = remembers;
    take_over(w, m);
    if (!w->was_ready) {
        w->was_ready = 1;
        log_line(w->log, LOG_INFO, "ready: %s -> %s (%s, durability %s, %s)", w->root.inbox_path, w->root.out_path,
                 w->root.file_system,
                 w->root.durability == DURABILITY_ORDERED  ? "ordered"
                 : w->root.durability == DURABILITY_STRICT ? "strict"
                                                           : "none",
                 w->remembers ? "one working process" : "several working processes");
        notify_send("READY=1\nSTATUS=watching");
    }
}

static struct crew_batch *first_batch(struct crew_member *m, uint64_t seq) {
    return m->n_batches && m->batches[0].seq == seq ? &m->batches[0] : NULL;
}

static void drop_first_batch(struct crew_member *m) {
    m->watcher->in_hand -= m->batches[0].n;
    m->n_batches--;
    memmove(&m->batches[0], &m->batches[1], m->n_batches * sizeof m->batches[0]);
    m->progress_at = uv_hrtime();
    m->aborted = 0;
}

static void take_verdict(struct watcher *w, struct parcel *p, char *line) {
    int is_refused = *frame_word(&line) == 'q';
    p->published = strtoull(frame_word(&line), NULL, 10);
    p->failed = strtoull(frame_word(&line), NULL, 10);
    p->dropped = strtoull(frame_word(&line), NULL, 10);
    p->result_bytes = strtoull(frame_word(&line), NULL, 10);
    p->ns = strtoull(frame_word(&line), NULL, 10);
    p->line = strtoull(frame_word(&line), NULL, 10);
    for (const char *s = frame_word(&line); *s; s++) {
        p->has_result |= *s == 'o';
        p->has_lines |= *s == 'l';
        p->has_dropped |= *s == 'd';
    }
    const char *stage = frame_word(&line), *code = frame_word(&line);
    p->step = STEP_SIDES;
    if (is_refused) {
        watcher_refuse(w, p, stage, code, line);
        return;
    }
    if (p->has_lines) {
        snprintf(p->stage, sizeof p->stage, "-");
        snprintf(p->code, sizeof p->code, "lines");
        snprintf(p->message, sizeof p->message, "%llu of its lines failed; see lines.jsonl",
                 (unsigned long long)p->failed);
    }
    list_add(&w->finished, p);
}

static void on_done(struct crew_member *m, uint64_t seq, char *at) {
    struct watcher *w = m->watcher;
    struct crew_batch *b = first_batch(m, seq);
    if (!b)
        return;
    if (!w->finished.n)
        w->finished_since = uv_hrtime();
    for (size_t i = 0; i < b->n; i++) {
        char *line = frame_line(&at);
        if (line)
            take_verdict(w, b->parcels[i], line);
        else
            watcher_requeue(w, b->parcels[i]);
    }
    m->files += b->n;
    drop_first_batch(m);
    breaker_passed(w);
    if (m->files >= w->options->recycle_after && !m->is_retiring && w->options->isolation == ISOLATION_WORKER)
        crew_retire(m);
    if (m->is_retiring && !m->n_batches)
        release(m);
}

/* The worker could not write: the disk's fault, nobody is to blame. */
static void on_failed(struct crew_member *m, uint64_t seq, char *line) {
    struct watcher *w = m->watcher;
    struct crew_batch *b = first_batch(m, seq);
    int error = atoi(frame_word(&line));
    if (!b)
        return;
    for (size_t i = b->n; i > 0; i--)
        watcher_requeue(w, b->parcels[i - 1]);
    drop_first_batch(m);
    watcher_trouble(w, line, error);
    if (m->is_retiring && !m->n_batches)
        release(m);
}

static void on_message(uv_poll_t *poll, int status, int events) {
    struct crew_member *m = poll->data;
    struct watcher *w = m->watcher;
    char *frame = memory_alloc(FRAME_BYTES);
    (void)events;
    for (int i = 0; i < 8 && m->state != CREW_GONE; i++) {
        long n = status < 0 ? 0 : frame_receive(m->fd, frame, FRAME_BYTES, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOMEM))
            break;
        if (n <= 0) {
            end_member(m);
            break;
        }
        char *at = frame, *line = frame_line(&at);
        const char *word = frame_word(&line);
        if (strcmp(word, "loaded") == 0) {
            on_loaded(m, line);
        } else if (strcmp(word, "ready") == 0) {
            on_ready(m, m->state == CREW_OPENING && w->remembers == 1);
        } else if (strcmp(word, "done") == 0) {
            on_done(m, strtoull(frame_word(&line), NULL, 10), at);
        } else if (strcmp(word, "failed") == 0) {
            uint64_t seq = strtoull(frame_word(&line), NULL, 10);
            on_failed(m, seq, line);
        }
    }
    free(frame);
    watcher_pump(w);
}

/* --- giving work --- */

/* Files for one batch: one that is suspected goes alone; else as many as share the work evenly. */
static size_t gather(struct watcher *w, struct crew_batch *b, size_t idle) {
    size_t most = w->options->batch;
    struct parcel_list *from = &w->waiting;
    if (w->breaker == BREAKER_TRIAL || w->alone.n) {
        from = w->alone.n && !(w->breaker == BREAKER_TRIAL && w->waiting.n) ? &w->alone : &w->waiting;
        most = 1;
    } else if (idle > 1 && w->waiting.n / idle < most) {
        most = (w->waiting.n + idle - 1) / idle;
    }
    while (b->n < most && from->first && (!b->n || b->bytes + from->first->bytes <= (8u << 20))) {
        struct parcel *p = list_take(from);
        b->bytes += p->bytes;
        b->parcels[b->n++] = p;
    }
    return b->n;
}

static int send_batch(struct watcher *w, struct crew_member *m, struct crew_batch *b, unsigned jobs) {
    struct buffer frame = {0};
    buffer_addf(&frame, "batch %llu %u\n", (unsigned long long)b->seq, jobs);
    for (size_t i = 0; i < b->n; i++)
        buffer_addf(&frame, "%s %u %d %llu\n", b->parcels[i]->id, b->parcels[i]->attempt, b->parcels[i]->had_poison,
                    (unsigned long long)b->parcels[i]->bytes);
    int r = frame_send(m->fd, frame.data, frame.len);
    buffer_deinit(&frame);
    (void)w;
    return r;
}

size_t crew_dispatch(struct watcher *w) {
    size_t given = 0, idle = 0, ready = 0, busy = 0;
    int is_single = w->remembers == 1 || w->options->isolation == ISOLATION_NONE;
    unsigned active = is_single ? 1 : w->options->jobs;
    for (const struct crew_member *m = w->crew; m; m = m->next)
        if (is_active(w, m) && m->state == CREW_READY && ready++ < active)
            idle += !m->n_batches;
    for (const struct crew_member *m = w->crew; m; m = m->next)
        busy += m->n_batches > 0;
    for (size_t depth = 0; depth < BATCHES_AHEAD; depth++) {
        ready = 0;
        for (struct crew_member *m = w->crew; m; m = m->next) {
            if (!is_active(w, m) || m->state != CREW_READY || ready++ >= active || m->n_batches != depth)
                continue;
            int is_careful = w->alone.n || w->breaker == BREAKER_TRIAL;
            if (is_careful && (depth > 0 || (w->breaker == BREAKER_TRIAL && (busy || given))))
                continue;
            struct crew_batch *b = &m->batches[m->n_batches];
            *b = (struct crew_batch){.seq = ++w->next_seq, .sent = uv_hrtime()};
            if (!gather(w, b, depth ? 1 : idle))
                return given;
            if (send_batch(w, m, b, is_single ? w->options->jobs : 1) != 0) { /* it is about to be seen dead */
                for (size_t i = b->n; i > 0; i--)
                    watcher_requeue(w, b->parcels[i - 1]);
                continue;
            }
            if (!m->n_batches)
                m->progress_at = b->sent;
            m->n_batches++;
            w->in_hand += b->n;
            idle -= !depth && idle;
            given++;
        }
    }
    return given;
}

int crew_is_idle(const struct watcher *w) {
    return w->in_hand == 0;
}

/* --- the end of all --- */

void crew_end(struct watcher *w, int at_once) {
    for (struct crew_member *m = w->crew; m; m = m->next) {
        if (m->state == CREW_GONE)
            continue;
        if (at_once && m->pid)
            kill(m->pid, SIGKILL);
        else
            release(m);
    }
}
