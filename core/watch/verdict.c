/* verdict.c: see verdict.h. A file whose one document fails, or that is bad as a whole (cut off, no text), is refused;
 * of a file of records the bad lines go aside and the rest stands.
 */
#include "verdict.h"

#include "../json/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEEP_BYTES ((size_t)256 << 10) /* of letters in memory before they are written */

static void fail_by(struct verdicts *v, const char *name) {
    if (v->error)
        return;
    v->error = errno ? errno : EIO;
    snprintf(v->why, sizeof v->why, "cannot write .textmill/stage/%s: %s", name, strerror(v->error));
}

static int put(int fd, const char *data, size_t len) {
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n < 0 ? errno : ENOSPC;
            return -1;
        }
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int open_new(struct verdicts *v, const struct verdict *f, const char *suffix, int flags) {
    char name[STAGED_BYTES];
    int fd;
    staging_path(name, v->staging, f->id, suffix);
    if (v->mask >= 0)
        umask((mode_t)v->mask); /* a stage may have changed it */
    do
        fd = openat(v->stage_dir, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static int close_checked(int fd) {
    return close(fd) != 0 && errno != EINTR ? -1 : 0;
}

static int close_current(struct verdicts *v) {
    if (v->current < 0)
        return 0;
    struct verdict *f = &v->files[v->current];
    v->current = -1;
    int r = close_checked(f->fd);
    f->fd = -1;
    return r;
}

void verdicts_take_records(struct verdicts *v, uint32_t source, const char *records, size_t len) {
    if (source >= v->n || v->error)
        return;
    struct verdict *f = &v->files[source];
    if (v->current != (int)source) {
        if (close_current(v) != 0) {
            fail_by(v, f->id);
            return;
        }
        /* Results come in the order of the files, so each is opened once. */
        f->fd = open_new(v, f, ".out", f->has_result ? O_APPEND : O_EXCL);
        if (f->fd < 0) {
            fail_by(v, f->id);
            return;
        }
        v->current = (int)source;
        f->has_result = 1;
    }
    f->bytes += len;
    if (put(f->fd, records, len) != 0)
        fail_by(v, f->id);
}

static int write_letters(struct verdicts *v, struct verdict *f, struct buffer *letters, const char *suffix, int *has) {
    if (!letters->len)
        return 0;
    int fd = open_new(v, f, suffix, *has ? O_APPEND : O_TRUNC);
    if (fd < 0)
        return -1;
    int r = put(fd, letters->data, letters->len);
    if (close_checked(fd) != 0)
        r = -1;
    letters->len = 0;
    *has = 1;
    return r;
}

/* Reasons that speak of the file, whichever line they were found at; and those that speak of the system. */
static const char *const of_the_file[] = {"truncated-input", "corrupt-input", "max-expand", "no-decoder"};
static const char *const faults[] = {"unreadable", "read-error"};

static int is_one_of(tm_str code, const char *const *codes, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (code.len == strlen(codes[i]) && memcmp(code.data, codes[i], code.len) == 0)
            return 1;
    return 0;
}

static void refuse(struct verdict *f, const struct engine_letter *letter) {
    f->is_refused = 1;
    f->line = letter->position;
    snprintf(f->stage, sizeof f->stage, "%s", letter->stage);
    snprintf(f->code, sizeof f->code, "%.*s", (int)letter->code.len, letter->code.data);
    snprintf(f->message, sizeof f->message, "%.*s", (int)letter->message.len, letter->message.data);
}

/* Lines that failed, and those that brought workers down. */
static void refuse_for_lines(struct verdicts *v, struct verdict *f, const struct engine_letter *letter) {
    refuse(f, letter);
    snprintf(f->code, sizeof f->code, "too-many-bad-lines");
    snprintf(f->message, sizeof f->message,
             "more than %llu of its lines failed (--max-poison); the last with %.*s: %.*s",
             (unsigned long long)v->max_bad_lines, (int)letter->code.len, letter->code.data, (int)letter->message.len,
             letter->message.data);
}

void verdicts_take_letter(struct verdicts *v, const struct engine_letter *letter) {
    if (letter->source >= v->n || v->error)
        return;
    struct verdict *f = &v->files[letter->source];
    if (is_one_of(letter->code, faults, 2)) { /* not the document's fault */
        errno = EIO;
        fail_by(v, f->id);
        return;
    }
    int is_failed = letter->outcome == TM_FAILED;
    if (f->is_refused)
        return;
    if (is_failed && (!letter->position || is_one_of(letter->code, of_the_file, 4))) {
        refuse(f, letter);
        return;
    }
    if (is_failed && ++f->bad_lines > v->max_bad_lines) {
        refuse_for_lines(v, f, letter);
        return;
    }
    struct buffer *to = is_failed ? &f->lines : &f->letters;
    if (is_failed && letter->len > 1) {
        buffer_addf(to, "{\"line\":%llu,", (unsigned long long)letter->position);
        buffer_add(to, letter->line + 1, letter->len - 1);
    } else {
        buffer_add(to, letter->line, letter->len);
    }
    if (to->len < KEEP_BYTES)
        return;
    int r = is_failed ? write_letters(v, f, to, ".lines", &f->has_lines)
                      : write_letters(v, f, to, ".dropped", &f->has_letters);
    if (r != 0)
        fail_by(v, f->id);
}

void verdicts_take_outcome(struct verdicts *v, uint32_t source, const struct engine_outcome *o) {
    if (source >= v->n)
        return;
    struct verdict *f = &v->files[source];
    uint64_t *count = o->outcome == TM_PUBLISHED ? &f->published : o->outcome == TM_FAILED ? &f->failed : &f->dropped;
    ++*count;
    f->ns += o->ns;
    if (o->longest > f->longest) {
        f->longest = o->longest;
        f->slowest = o->slowest;
    }
}

static void drop_all(struct verdicts *v, struct verdict *f) {
    static const char *const suffixes[] = {".out", ".lines", ".dropped"};
    char name[STAGED_BYTES];
    for (size_t i = 0; i < 3; i++) {
        staging_path(name, v->staging, f->id, suffixes[i]);
        unlinkat(v->stage_dir, name, 0);
    }
    f->has_result = f->has_lines = f->has_letters = 0;
}

int verdicts_finish(struct verdicts *v) {
    if (close_current(v) != 0)
        fail_by(v, "");
    for (size_t i = 0; i < v->n; i++) {
        struct verdict *f = &v->files[i];
        if (!v->error && !f->is_refused &&
            (write_letters(v, f, &f->lines, ".lines", &f->has_lines) != 0 ||
             write_letters(v, f, &f->letters, ".dropped", &f->has_letters) != 0))
            fail_by(v, f->id);
        if (f->is_refused)
            drop_all(v, f);
        buffer_deinit(&f->lines);
        buffer_deinit(&f->letters);
    }
    return v->error;
}

void verdicts_add_word(const char *s, struct buffer *out) {
    if (!*s)
        buffer_add_char(out, '-');
    for (; *s; s++)
        buffer_add_char(out, (unsigned char)*s <= ' ' ? '_' : *s);
}

void verdicts_write(const struct verdicts *v, const struct pipeline *pipeline, struct buffer *out) {
    for (size_t i = 0; i < v->n; i++) {
        const struct verdict *f = &v->files[i];
        const uint64_t numbers[] = {f->published, f->failed, f->dropped, f->bytes, f->ns, f->line};
        buffer_add_char(out, f->is_refused ? 'q' : 'k');
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            buffer_add_char(out, ' ');
            json_write_uint(out, numbers[k]);
        }
        buffer_add_string(out, " f");
        buffer_add_string(out, f->has_result ? "o" : "");
        buffer_add_string(out, f->has_lines ? "l" : "");
        buffer_add_string(out, f->has_letters ? "d" : "");
        buffer_add_char(out, ' ');
        verdicts_add_word(*f->stage || !f->longest ? f->stage : pipeline->stages[f->slowest].doc.id, out);
        buffer_add_char(out, ' ');
        verdicts_add_word(f->code, out);
        buffer_add_char(out, ' ');
        for (const char *s = f->message; *s; s++)
            buffer_add_char(out, *s == '\n' || *s == '\r' ? ' ' : *s);
        buffer_add_char(out, '\n');
    }
}
