/* voices.c: what worker processes write to their standard streams comes back to the supervisor by one pipe and goes
 * into the log from there: lines of the log as they are, all else (a stage that prints, the C library's last words) as
 * an event with its text escaped. So the log stays a log, in JSON too, and a log that is blocked blocks no worker.
 */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 64 /* reads in one turn of the loop */

static const char own[] = "textmill: ";

/* The engine's last words in a crash are written by hand, as text. */
static void pass_on(struct watcher *w, const char *line, size_t len) {
    static const struct {
        const char *word;
        enum log_level level;
    } levels[] = {{"error: ", LOG_ERROR}, {"warning: ", LOG_WARNING}, {"", LOG_INFO}};
    if (!len || log_pass(w->log, line, len))
        return;
    if (len < sizeof own - 1 || memcmp(line, own, sizeof own - 1) != 0) {
        char text[VOICE_BYTES + 1];
        memcpy(text, line, len);
        text[len] = '\0';
        log_event(w->log, LOG_WARNING, "a stage wrote", "text", text, NULL);
        return;
    }
    line += sizeof own - 1;
    len -= sizeof own - 1;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        size_t n = strlen(levels[i].word);
        if (len < n || memcmp(line, levels[i].word, n) != 0)
            continue;
        log_line(w->log, levels[i].level, "%.*s", (int)(len - n), line + n);
        return;
    }
}

/* A line that is too long is passed on in pieces. */
static void take(struct watcher *w, struct voices *v) {
    for (size_t begin = 0;;) {
        const char *end = memchr(v->data + begin, '\n', v->len - begin);
        size_t len = end ? (size_t)(end - v->data) - begin : v->len - begin;
        if (!end && len < VOICE_BYTES) {
            memmove(v->data, v->data + begin, len);
            v->len = len;
            return;
        }
        pass_on(w, v->data + begin, len);
        begin += len + (end != NULL);
    }
}

static int hear(struct watcher *w) {
    struct voices *v = &w->voices;
    ssize_t n = read(v->in, v->data + v->len, VOICE_BYTES - v->len);
    if (n <= 0)
        return n < 0 && errno == EINTR;
    v->len += (size_t)n;
    take(w, v);
    return 1;
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    (void)events;
    for (int i = 0; status >= 0 && i < AT_ONCE && hear(poll->data); i++)
        continue;
}

void voices_start(struct watcher *w) {
    int ends[2];
    w->voices.in = w->voices.out = -1;
    if (w->options->isolation == ISOLATION_NONE || pipe2(ends, O_CLOEXEC) != 0)
        return;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    w->voices.in = ends[0];
    w->voices.out = ends[1];
    uv_poll_init(&w->loop, &w->voices.poll, ends[0]);
    w->voices.poll.data = w;
    uv_poll_start(&w->voices.poll, UV_READABLE, on_readable);
    uv_unref((uv_handle_t *)&w->voices.poll); /* it is there as long as workers are, and keeps nobody */
}

void voices_end(struct watcher *w) {
    struct voices *v = &w->voices;
    if (v->in < 0)
        return;
    while (hear(w))
        continue;
    pass_on(w, v->data, v->len);
    uv_close((uv_handle_t *)&v->poll, NULL);
    uv_run(&w->loop, UV_RUN_NOWAIT);
    close(v->in);
    close(v->out);
    v->in = v->out = -1;
}
