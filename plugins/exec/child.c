/* child.c: see child.h. A program runs in a process group of its own, with no signal blocked or ignored that the runner
 * has blocked or ignored, and with no file of the runner's but its three streams.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int spawn(struct child *c, char *const *argv, const char *folder, int in, int out) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    int error = posix_spawn_file_actions_init(&files);
    if (error)
        return error;
    error = posix_spawnattr_init(&how);
    if (error) {
        posix_spawn_file_actions_destroy(&files);
        return error;
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_addchdir_np(&files, folder);
    error = posix_spawnp(&c->pid, argv[0], &files, &how, argv, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error)
        c->pid = 0;
    return error;
}

int child_start(struct child *c, char *const *argv, const char *folder) {
    int to[2], from[2];
    c->len = c->taken = 0;
    if (pipe2(to, O_CLOEXEC) != 0)
        return errno;
    if (pipe2(from, O_CLOEXEC) != 0) {
        int error = errno;
        close(to[0]);
        close(to[1]);
        return error;
    }
    int error = spawn(c, argv, folder, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    c->in = to[1];
    c->out = from[0];
    fcntl(c->in, F_SETFL, O_NONBLOCK);
    fcntl(c->out, F_SETFL, O_NONBLOCK);
    if (error) {
        close(c->in);
        close(c->out);
    }
    return error;
}

static void close_streams(struct child *c) {
    if (c->in >= 0)
        close(c->in);
    close(c->out);
    free(c->got);
    *c = (struct child){.in = -1, .out = -1};
}

void child_kill(struct child *c) {
    if (!c->pid)
        return;
    kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close_streams(c);
}

void child_end(struct child *c) {
    if (!c->pid)
        return;
    close(c->in);
    c->in = -1;
    for (int i = 0; i < 200; i++) {
        /* It is left a zombie until its group was told: so its number cannot be another's by then. */
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid)
            break;
        struct timespec pause = {0, 5000000};
        nanosleep(&pause, NULL);
    }
    child_kill(c);
}

/* A program that has ended must not end the runner by SIGPIPE, whatever the runner does about that signal. */
static ssize_t write_quietly(int fd, const char *data, uint64_t len) {
    sigset_t pipe_only, before, pending;
    struct timespec at_once = {0, 0};
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t n = write(fd, data, len);
    int error = errno;
    if (n < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe_only, NULL, &at_once) < 0 && errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return n;
}

int child_write(struct child *c, const char *data, uint64_t *at, uint64_t end) {
    while (*at < end) {
        ssize_t n = write_quietly(c->in, data + *at, end - *at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 0 : -1;
        *at += (uint64_t)n;
    }
    return 0;
}

int child_read(struct child *c) {
    for (;;) {
        if (c->taken == c->len)
            c->taken = c->len = 0;
        if (c->room - c->len < 4096) {
            uint64_t room = c->room ? c->room * 2 : 65536;
            char *more = realloc(c->got, room);
            if (!more)
                return -1;
            c->got = more;
            c->room = room;
        }
        ssize_t n = read(c->out, c->got + c->len, c->room - c->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (n == 0)
            return 0;
        c->len += (uint64_t)n;
    }
}

int child_line(struct child *c, char **out_line, uint64_t *out_len) {
    char *from = c->got ? c->got + c->taken : NULL;
    char *end = from ? memchr(from, '\n', c->len - c->taken) : NULL;
    if (!end)
        return 0;
    *out_line = from;
    *out_len = (uint64_t)(end - from);
    c->taken += *out_len + 1;
    return 1;
}

void child_wait(const struct child *c, int wants_write, int ms) {
    struct pollfd both[2] = {{.fd = c->out, .events = POLLIN}, {.fd = wants_write ? c->in : -1, .events = POLLOUT}};
    poll(both, 2, ms);
}
