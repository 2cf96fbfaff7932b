/* crew.c: the worker processes: started, replaced, ended; what is said to them stands in crew_talk.c. An opened spare
 * stands by, so that a death costs no start. Where a stage of the pipeline remembers documents one process works, and
 * the spare has its plugins loaded but opens the store only when the other has closed it or died.
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
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILL_WAIT (SECOND / 100)
#define RESPAWN_FIRST (SECOND / 10)
#define RESPAWN_MOST (60ull * SECOND)

extern char **environ;

int crew_is_active(const struct watcher *w, const struct crew_member *m) {
    return m->generation == w->generation && !m->is_retiring && m->state != CREW_GONE;
}

/* --- starting --- */

static void thread_main(void *context) {
    struct crew_member *m = context;
    worker_run(m->thread_fd, m->shared, m->thread_copies, m->watcher->options->worker);
    close(m->thread_fd);
    close(m->thread_copies);
}

static int spawn_process(struct watcher *w, struct crew_member *m, int socket, int memory, int copies) {
    char word[64];
    char **argv = w->options->worker_argv;
    snprintf(word, sizeof word, "--worker=%d,%d,%d,%d", socket, memory, w->root.lock, copies);
    argv[2] = word;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, socket); /* takes close-on-exec away in the child */
    posix_spawn_file_actions_adddup2(&actions, memory, memory);
    posix_spawn_file_actions_adddup2(&actions, copies, copies);
    posix_spawn_file_actions_adddup2(&actions, w->root.lock, w->root.lock);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (w->voices.out >= 0)
        posix_spawn_file_actions_adddup2(&actions, w->voices.out, STDERR_FILENO);
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
    m->watcher = w;
    m->thread_copies = -1;
    int is_thread = w->options->isolation == ISOLATION_NONE;
    struct recipe *recipe = generation == w->generation ? &w->recipe : &w->trial_recipe;
    memory = is_thread ? shared_open(w->root.state, "slots", &m->shared) : shared_make(&m->shared);
    if (recipe_begin(recipe) != 0 || memory < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        error = errno;
    } else if (is_thread) {
        m->thread_fd = ends[1];
        m->thread_copies = dup(recipe->copies);
        error = uv_thread_create(&m->thread, thread_main, m) != 0 ? EAGAIN : 0;
    } else {
        error = spawn_process(w, m, ends[1], memory, recipe->copies);
    }
    if (ends[1] >= 0 && (!is_thread || error))
        close(ends[1]);
    if (memory >= 0)
        close(memory);
    if (error) {
        log_line(w->log, LOG_ERROR, "no worker could be started: %s", strerror(error));
        if (ends[0] >= 0)
            close(ends[0]);
        if (m->thread_copies >= 0)
            close(m->thread_copies);
        shared_unmap(m->shared);
        free(m);
        return NULL;
    }
    m->fd = ends[0];
    m->generation = generation;
    m->started = uv_hrtime();
    fcntl(m->fd, F_SETFL, O_NONBLOCK);
    uv_poll_init(&w->loop, &m->poll, m->fd);
    m->poll.data = m;
    uv_poll_start(&m->poll, UV_READABLE, crew_on_message);
    recipe_tell(recipe, w->log);
    if (!is_thread && recipe_give(recipe, m->fd) != 0)
        crew_release(m); /* it cannot be made like the others, and ends */
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
        if (!crew_is_active(w, m) || m->state != CREW_LOADED)
            continue;
        m->state = CREW_OPENING;
        frame_send(m->fd, "open", 4);
        return;
    }
}

static int has_ready(const struct watcher *w) {
    for (const struct crew_member *m = w->crew; m; m = m->next)
        if (crew_is_active(w, m) && m->state == CREW_READY)
            return 1;
    return 0;
}

void crew_fill(struct watcher *w) {
    w->fill_at = 0;
    size_t want = w->remembers < 0 || w->options->isolation == ISOLATION_NONE ? 1
                  : w->remembers || w->options->by_name                       ? 2
                                                                              : w->options->jobs + 1;
    size_t n = 0;
    if (w->is_closing || w->drains || (w->stops && crew_is_idle(w) && !w->waiting.n && !w->alone.n))
        return;
    for (const struct crew_member *m = w->crew; m; m = m->next)
        n += crew_is_active(w, m) ? 1 : 0;
    for (; n < want && uv_hrtime() >= w->respawn_at; n++)
        if (!spawn(w, w->generation))
            wait_longer(w);
    open_next(w);
}

void crew_reload(struct watcher *w) {
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

/* A new pipeline whose stages remember takes over before they are open, since the store is free only then. Where they
 * turn out not to open, the one of before takes over again. */
static int is_going_back(const struct crew_member *m, enum crew_state was, int status) {
    const struct watcher *w = m->watcher;
    return w->old_recipe.copies >= 0 && was == CREW_OPENING && m->generation == w->generation &&
           (!m->pid || (WIFEXITED(status) && WEXITSTATUS(status) == 2));
}

static void go_back(struct watcher *w) {
    log_line(w->log, LOG_ERROR, "the stages of the new pipeline do not open; the pipeline of before goes on");
    recipe_free(&w->recipe);
    w->recipe = w->old_recipe;
    w->old_recipe = (struct recipe){.copies = -1};
    if (!w->trial)
        w->next_generation++;
    w->generation = w->trial ? w->generation : w->next_generation;
    for (struct crew_member *m = w->crew; m; m = m->next)
        if (m->state != CREW_GONE && m != w->trial)
            crew_retire(m);
}

static void bury(struct crew_member *m, int status) {
    struct watcher *w = m->watcher;
    crew_hear_out(m); /* what it said last still counts */
    enum crew_state was = m->state;
    m->state = CREW_GONE;
    if (was == CREW_READY)
        open_next(w); /* which it does while we look who is to blame */
    keep_times(w, m);
    w->tally.respawns += !w->is_closing;
    if (!m->is_released || m->n_batches)
        blame_death(w, m, status);
    if (was != CREW_READY && !m->is_retiring && !w->is_closing) {
        if (is_going_back(m, was, status)) {
            go_back(w);
        } else if (w->trial == m) {
            log_line(w->log, LOG_ERROR, "the reload failed; the pipeline of before goes on");
            recipe_free(&w->trial_recipe);
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
    /* What it had goes to the spare first: starting another one takes the loop a while. */
    open_next(w);
    if (!w->fill_at)
        w->fill_at = uv_hrtime() + (has_ready(w) ? FILL_WAIT : 0);
}

/* Its socket has closed, or it was seen dead. One that merely lost its socket is of no more use. */
void crew_end_member(struct crew_member *m) {
    int status = 0;
    if (m->state == CREW_GONE)
        return;
    if (!m->pid) {
        uv_thread_join(&m->thread);
        if (!m->watcher->is_closing && !m->is_released && m->watcher->trial != m && !is_going_back(m, m->state, status))
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

void crew_release(struct crew_member *m) {
    if (m->is_released)
        return;
    m->is_released = 1;
    shutdown(m->fd, SHUT_WR); /* it closes its stages, and ends */
}

void crew_retire(struct crew_member *m) {
    m->is_retiring = 1;
    if (!m->n_batches)
        crew_release(m);
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
            crew_release(m);
    }
}

int crew_drain(struct watcher *w) {
    int all = 1;
    for (struct crew_member *m = w->crew; m; m = m->next) {
        if (m->state == CREW_GONE)
            continue;
        all = 0;
        if (m->state != CREW_READY && m->pid && !m->is_released) {
            m->is_released = 1; /* it has nothing to bring to an end */
            kill(m->pid, SIGKILL);
        }
        crew_release(m);
    }
    return all;
}
