/* log.c: lines are put together in a buffer on the stack and leave with one write, so that lines of several threads do
 * not mix and nothing is lost by a crash. A line is at most PIPE_BUF bytes: what poll calls writable takes it without
 * waiting. What a document or a plugin said is escaped here and nowhere else.
 */
#include "log.h"

#include "../json/memory.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096u
#define PLACES 64u

/* Where a plugin speaks from: its instance, the level and how the message begins. */
struct place {
    uint64_t key;
    time_t second;
    uint64_t held_back;
};

struct log {
    int fd;
    int as_json;
    enum log_level most;
    atomic_uint_fast64_t lost;
    pthread_mutex_t lock; /* of places */
    struct place places[PLACES];
};

struct line {
    char data[LINE_MAX_BYTES];
    size_t len;
    int is_full; /* the rest is left out, but the end is kept */
};

static const char *level_name(enum log_level level) {
    switch (level) {
    case LOG_ERROR:
        return "error";
    case LOG_WARNING:
        return "warning";
    case LOG_INFO:
        return "info";
    case LOG_DEBUG:
        return "debug";
    }
    return "info";
}

struct log *log_new(int fd, int as_json, enum log_level most) {
    struct log *log = memory_zalloc(1, sizeof *log);
    log->fd = fd;
    log->as_json = as_json;
    log->most = most;
    pthread_mutex_init(&log->lock, NULL);
    return log;
}

static void line_add(struct line *l, const char *data, size_t len) {
    size_t room = LINE_MAX_BYTES - 16; /* the end of the line: "...", a quote, a brace, the newline */
    if (l->is_full || l->len + len > room) {
        l->is_full = 1;
        return;
    }
    memcpy(l->data + l->len, data, len);
    l->len += len;
}

static void line_add_string(struct line *l, const char *s) {
    line_add(l, s, strlen(s));
}

/* Length of the valid UTF-8 sequence at s that is not a control character, 0 where there is none. */
static size_t plain_sequence(const unsigned char *s, size_t len) {
    unsigned char c = s[0];
    if (c < 0x80)
        return c >= 0x20 && c != 0x7f;
    size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || need > len)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f) || (c == 0xf0 && s[1] < 0x90) ||
        (c == 0xf4 && s[1] > 0x8f) || (c == 0xc2 && s[1] < 0xa0))
        return 0;
    return need;
}

/* Bytes as they may stand in a line: no control characters, no broken UTF-8; inside quotes also no quote. */
static void line_add_escaped(struct line *l, const char *text, size_t len, int in_quotes) {
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < len && !l->is_full;) {
        size_t n = plain_sequence(s + i, len - i);
        if (n == 1 && in_quotes && (s[i] == '"' || s[i] == '\\')) {
            char pair[2] = {'\\', text[i]};
            line_add(l, pair, 2);
        } else if (n) {
            line_add(l, text + i, n);
        } else {
            char code[8];
            snprintf(code, sizeof code, "\\u%04x", s[i] < 0x80 ? s[i] : 0xfffdu);
            line_add(l, code, 6);
            n = 1;
        }
        i += n;
    }
}

static void line_begin(const struct log *log, struct line *l, enum log_level level) {
    l->len = 0;
    l->is_full = 0;
    if (!log->as_json) {
        line_add_string(l, "textmill: ");
        if (level != LOG_INFO) {
            line_add_string(l, level_name(level));
            line_add_string(l, ": ");
        }
        return;
    }
    struct timespec now;
    struct tm parts;
    char stamp[64];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t n = strftime(stamp, sizeof stamp, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
    line_add(l, stamp, n);
    snprintf(stamp, sizeof stamp, ".%03uZ\",\"level\":\"", (unsigned)((now.tv_nsec / 1000000) % 1000));
    line_add_string(l, stamp);
    line_add_string(l, level_name(level));
    line_add(l, "\"", 1);
}

/* A line that does not fit is cut short inside a value: its quotes and braces are closed here. */
static void line_end(struct log *log, struct line *l, const char *closing) {
    if (l->is_full) {
        memcpy(l->data + l->len, "...", 3);
        l->len += 3;
    }
    l->is_full = 0;
    size_t n = strlen(closing);
    memcpy(l->data + l->len, closing, n);
    l->len += n;
    l->data[l->len++] = '\n';
    struct pollfd ready = {.fd = log->fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT)) {
        atomic_fetch_add(&log->lost, 1);
        return;
    }
    ssize_t wrote;
    do
        wrote = write(log->fd, l->data, l->len);
    while (wrote < 0 && errno == EINTR);
    if (wrote != (ssize_t)l->len)
        atomic_fetch_add(&log->lost, 1);
}

static void put_message(struct log *log, enum log_level level, const char *instance, const char *message, size_t len,
                        uint64_t held_back) {
    struct line l;
    char more[64];
    line_begin(log, &l, level);
    if (instance && log->as_json) {
        line_add_string(&l, ",\"stage\":\"");
        line_add_escaped(&l, instance, strlen(instance), 1);
        line_add(&l, "\"", 1);
    } else if (instance) {
        line_add_string(&l, "stage ");
        line_add_escaped(&l, instance, strlen(instance), 0);
        line_add_string(&l, ": ");
    }
    if (held_back && log->as_json) {
        snprintf(more, sizeof more, ",\"held_back\":%llu", (unsigned long long)held_back);
        line_add_string(&l, more);
    }
    if (log->as_json)
        line_add_string(&l, ",\"message\":\"");
    if (held_back && !log->as_json) {
        snprintf(more, sizeof more, "(%llu like it held back) ", (unsigned long long)held_back);
        line_add_string(&l, more);
    }
    line_add_escaped(&l, message, len, log->as_json);
    line_end(log, &l, log->as_json ? "\"}" : "");
}

int log_takes(const struct log *log, enum log_level level) {
    return log && level <= log->most;
}

void log_line(struct log *log, enum log_level level, const char *format, ...) {
    if (!log || level > log->most)
        return;
    char message[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (n < 0)
        return;
    size_t len = (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;
    put_message(log, level, NULL, message, len, 0);
}

/* In text a value stands bare where that cannot be misread. */
static int is_bare(const char *s) {
    if (!*s)
        return 0;
    for (; *s; s++)
        if ((unsigned char)*s <= ' ' || *s == '"' || *s == '=' || *s == '\\' || *s == 0x7f)
            return 0;
    return 1;
}

/* One pair; 0 where there was no room for all of it: a value in quotes is cut, any other pair left out. */
static int add_pair(const struct log *log, struct line *l, const char *key, const char *value, const char **closing) {
    size_t mark = l->len;
    int is_number = *key == '#', quoted = !is_number && (log->as_json || !is_bare(value));
    key += is_number;
    line_add_string(l, log->as_json ? ",\"" : " ");
    line_add_escaped(l, key, strlen(key), 1);
    line_add_string(l, log->as_json ? "\":" : "=");
    line_add_string(l, quoted ? "\"" : "");
    int has_key = !l->is_full;
    if (has_key)
        line_add_escaped(l, value, strlen(value), quoted);
    if (!l->is_full)
        line_add_string(l, quoted ? "\"" : "");
    if (!l->is_full)
        return 1;
    if (has_key && quoted) {
        *closing = "\"";
        return 0;
    }
    l->len = mark;
    l->is_full = 0;
    return 0;
}

void log_event(struct log *log, enum log_level level, const char *event, ...) {
    if (!log || level > log->most)
        return;
    struct line l;
    const char *closing = "";
    line_begin(log, &l, level);
    if (log->as_json)
        line_add_string(&l, ",\"event\":\"");
    line_add_escaped(&l, event, strlen(event), log->as_json);
    line_add_string(&l, log->as_json ? "\"" : "");
    va_list args;
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *)) != NULL;) {
        const char *value = va_arg(args, const char *);
        if (value && !add_pair(log, &l, key, value, &closing))
            break;
    }
    va_end(args);
    char end[4];
    snprintf(end, sizeof end, "%s%s", closing, log->as_json ? "}" : "");
    line_end(log, &l, end);
}

int log_pass(struct log *log, const char *line, uint64_t len) {
    static const char begin[] = "{\"time\":\"";
    struct line l = {.len = (size_t)len};
    if (!log || !log->as_json || len < sizeof begin || len > LINE_MAX_BYTES - 16 || line[len - 1] != '}' ||
        memcmp(line, begin, sizeof begin - 1) != 0)
        return 0;
    for (uint64_t i = 0; i < len;) {
        size_t n = plain_sequence((const unsigned char *)line + i, (size_t)(len - i));
        if (!n)
            return 0;
        i += n;
    }
    memcpy(l.data, line, (size_t)len);
    line_end(log, &l, "");
    return 1;
}

/* Nonzero where the place may speak now; *held_back is then what it could not say before. */
static int place_may_speak(struct log *log, uint64_t key, uint64_t *held_back) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&log->lock);
    struct place *p = &log->places[key % PLACES];
    int may = 1;
    if (p->key == key && now.tv_sec - p->second < 1) {
        p->held_back++;
        may = 0;
    } else {
        *held_back = p->key == key ? p->held_back : 0;
        *p = (struct place){.key = key, .second = now.tv_sec};
    }
    pthread_mutex_unlock(&log->lock);
    return may;
}

void log_plugin(struct log *log, enum log_level level, const char *instance, const char *message, uint64_t len) {
    if (!log || level > log->most)
        return;
    uint64_t held_back = 0;
    if (level <= LOG_WARNING) {
        uint64_t key = 14695981039346656037u + (uint64_t)level;
        for (const char *s = instance ? instance : ""; *s; s++)
            key = (key ^ (unsigned char)*s) * 1099511628211u;
        for (uint64_t i = 0; i < len && i < 24 && (message[i] < '0' || message[i] > '9'); i++)
            key = (key ^ (unsigned char)message[i]) * 1099511628211u;
        if (!place_may_speak(log, key | 1, &held_back))
            return;
    }
    put_message(log, level, instance, message, (size_t)len, held_back);
}

void log_free(struct log *log) {
    if (!log)
        return;
    uint64_t lost = atomic_load(&log->lost);
    if (lost)
        log_line(log, LOG_WARNING, "%llu lines of this log could not be written", (unsigned long long)lost);
    pthread_mutex_destroy(&log->lock);
    free(log);
}
