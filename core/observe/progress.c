/* progress.c: see progress.h. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FIRST_NS 500000000u
#define EVERY_NS 200000000u
#define BAR 20u

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void progress_init(struct progress *p, int fd) {
    *p = (struct progress){.fd = fd, .is_terminal = isatty(fd), .started = now_ns()};
    p->last = p->started;
}

static void add_rest(struct buffer *out, double seconds) {
    uint64_t s = seconds < 1e8 ? (uint64_t)(seconds + 0.5) : 100000000u;
    if (s >= 3600)
        buffer_addf(out, "%llu:%02llu:%02llu", (unsigned long long)(s / 3600), (unsigned long long)(s / 60 % 60),
                    (unsigned long long)(s % 60));
    else
        buffer_addf(out, "%llu:%02llu", (unsigned long long)(s / 60), (unsigned long long)(s % 60));
}

void progress_text(uint64_t documents, uint64_t failed, uint64_t bytes, uint64_t total, double rate, unsigned columns,
                   struct buffer *out) {
    size_t start = out->len;
    if (total) {
        uint64_t done = bytes < total ? bytes : total;
        unsigned part = (unsigned)((double)done / (double)total * BAR), percent;
        percent = (unsigned)((double)done / (double)total * 100);
        buffer_add_char(out, '[');
        for (unsigned i = 0; i < BAR; i++)
            buffer_add_char(out, i < part ? '=' : i == part ? '>' : ' ');
        buffer_addf(out, "] %3u%%  ", percent);
    }
    buffer_addf(out, "%llu documents  %.1f MB/s", (unsigned long long)documents, rate / 1e6);
    if (failed)
        buffer_addf(out, "  %llu failed", (unsigned long long)failed);
    if (total && rate > 0) {
        buffer_add_string(out, "  ");
        add_rest(out, (double)(bytes < total ? total - bytes : 0) / rate);
        buffer_add_string(out, " left");
    }
    if (out->len - start > columns)
        out->len = start + columns;
}

void progress_show(struct progress *p, uint64_t documents, uint64_t failed, uint64_t bytes, uint64_t total) {
    uint64_t now = now_ns();
    if (!p->is_terminal || now - p->started < FIRST_NS || now - p->last < EVERY_NS)
        return;
    double span = (double)(now - p->last) / 1e9, rate = (double)(bytes - p->last_bytes) / span;
    p->rate = p->rate > 0 ? p->rate * 0.8 + rate * 0.2 : rate;
    p->last = now;
    p->last_bytes = bytes;
    struct winsize size = {0};
    unsigned columns = ioctl(p->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
    struct buffer line = {0};
    buffer_add_string(&line, "\r");
    progress_text(documents, failed, bytes, total, p->rate, columns, &line);
    buffer_add_string(&line, "\x1b[K");
    ssize_t ignored = write(p->fd, line.data, line.len);
    (void)ignored;
    p->is_shown = 1;
    buffer_deinit(&line);
}

void progress_clear(struct progress *p) {
    static const char clear[] = "\r\x1b[K";
    if (!p->is_shown)
        return;
    ssize_t ignored = write(p->fd, clear, sizeof clear - 1);
    (void)ignored;
    p->is_shown = 0;
}
