/* log.c: see log.h. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_ROOM 4096u
#define BUFFER (256u * 1024)
#define RECORD_MOST (256u * 1024)
#define FORGET_LEAST (1u << 20) /* bytes of a file that is worth writing anew */

struct head {
    char magic[8];
    uint32_t format, order; /* order: tells the byte order */
    struct log_settings settings;
    uint32_t check;
    uint32_t reserved;
};

struct record {
    uint32_t len, check;
};

struct log {
    char rows[PATH_ROOM], fresh[PATH_ROOM], folder[PATH_ROOM];
    int lock, file;
    int error;               /* errno of the first failure */
    uint64_t records, bytes; /* the buffer counted in */
    char *buffer;
    size_t used;
};

static const char magic[8] = {'T', 'M', 'n', 'e', 'a', 'r', '\r', '\n'};

static uint32_t check_of(const char *data, size_t len) {
    uint64_t h = 0xcbf29ce484222325u ^ len, word;
    for (; len >= 8; data += 8, len -= 8) {
        memcpy(&word, data, 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    for (; len > 0; data++, len--)
        h = (h ^ (uint8_t)*data) * 0x100000001b3u;
    return (uint32_t)(h ^ (h >> 32));
}

static int write_all(int file, const char *data, size_t len) {
    while (len > 0) {
        ssize_t n = write(file, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int sync_folder(const char *folder) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int bad = fsync(fd);
    close(fd);
    return bad;
}

static struct head make_head(const struct log_settings *settings) {
    struct head h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, magic, sizeof magic);
    h.format = LOG_FORMAT;
    h.order = 0x01020304;
    h.settings = *settings;
    h.check = check_of((const char *)&h, offsetof(struct head, check));
    return h;
}

static int take_lock(struct log *log, const char *path, int64_t wait_ns, char *why, size_t why_room) {
    const struct timespec pause = {0, 20 * 1000 * 1000};
    log->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (log->lock < 0) {
        snprintf(why, why_room, "%s: %s; the folder must be writable", path, strerror(errno));
        return -1;
    }
    while (flock(log->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            snprintf(why, why_room, "%s: %s", path, strerror(errno));
            return -1;
        }
        if (wait_ns <= 0) {
            char pid[32] = "";
            ssize_t n = pread(log->lock, pid, sizeof pid - 1, 0);
            snprintf(why, why_room, "%s is in use by process %.*s; wait for its end, or name another store",
                     log->folder, n > 0 ? (int)strcspn(pid, "\n") : 1, n > 0 ? pid : "?");
            return -1;
        }
        nanosleep(&pause, NULL);
        wait_ns -= pause.tv_nsec;
    }
    char pid[32];
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(log->lock, 0) != 0 || pwrite(log->lock, pid, (size_t)n, 0) != n) {
        snprintf(why, why_room, "%s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

/* Reads the file from its head on; returns where the last good record ends, or -1. */
static int64_t read_records(struct log *log, const struct log_settings *settings, int (*take)(void *, tm_str),
                            void *context, char *why, size_t why_room) {
    FILE *in = fdopen(dup(log->file), "rb");
    struct head want = make_head(settings), got;
    struct record r;
    int64_t end = -1;
    char *bytes = malloc(RECORD_MOST);
    if (!in || !bytes) {
        snprintf(why, why_room, "%s: out of memory", log->rows);
        goto out;
    }
    setvbuf(in, NULL, _IOFBF, 1 << 20);
    if (fread(&got, sizeof got, 1, in) != 1 || memcmp(got.magic, magic, sizeof magic) != 0 || got.order != want.order) {
        snprintf(why, why_room, "%s is no store of neardup; name another folder", log->rows);
        goto out;
    }
    if (got.format != want.format) {
        snprintf(why, why_room,
                 "%s has format %u, this neardup writes %u; name another folder, or go back to the older version",
                 log->rows, got.format, want.format);
        goto out;
    }
    if (memcmp(&got.settings, &want.settings, sizeof got.settings) != 0) {
        snprintf(why, why_room,
                 "%s was made with shingle %u, sketch %u, text version %u, not %u, %u, %u; set them so, or name "
                 "another folder",
                 log->rows, got.settings.shingle, got.settings.sketch, got.settings.text_version, want.settings.shingle,
                 want.settings.sketch, want.settings.text_version);
        goto out;
    }
    end = (int64_t)sizeof got;
    while (fread(&r, sizeof r, 1, in) == 1 && r.len <= RECORD_MOST && fread(bytes, 1, r.len, in) == r.len &&
           check_of(bytes, r.len) == r.check && take(context, (tm_str){bytes, r.len})) {
        end += (int64_t)(sizeof r + r.len);
        log->records++;
    }
out:
    if (in)
        fclose(in);
    free(bytes);
    return end;
}

static int open_rows(struct log *log, const struct log_settings *settings, int (*take)(void *, tm_str), void *context,
                     char *why, size_t why_room) {
    struct stat st;
    log->file = open(log->rows, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (log->file < 0 || fstat(log->file, &st) != 0)
        goto failed;
    if (st.st_size < (off_t)sizeof(struct head)) { /* new, or torn while it was made */
        struct head h = make_head(settings);
        if (ftruncate(log->file, 0) != 0 || write_all(log->file, (const char *)&h, sizeof h) != 0 ||
            fdatasync(log->file) != 0 || sync_folder(log->folder) != 0)
            goto failed;
        log->bytes = sizeof h;
        return 0;
    }
    int64_t end = read_records(log, settings, take, context, why, why_room);
    if (end < 0)
        return -1;
    if (end < st.st_size && ftruncate(log->file, end) != 0)
        goto failed;
    if (lseek(log->file, end, SEEK_SET) != end)
        goto failed;
    log->bytes = (uint64_t)end;
    return 0;
failed:
    snprintf(why, why_room, "%s: %s", log->rows, strerror(errno));
    return -1;
}

static int join(char *out, const char *folder, const char *name) {
    size_t a = strlen(folder), b = strlen(name);
    if (a + b >= PATH_ROOM)
        return -1;
    memcpy(out, folder, a);
    memcpy(out + a, name, b + 1);
    return 0;
}

struct log *log_open(const char *folder, const struct log_settings *settings, int64_t wait_ns,
                     int (*take)(void *, tm_str), void *context, char *why, size_t why_room) {
    char lock[PATH_ROOM];
    struct log *log = calloc(1, sizeof *log);
    if (!log || !(log->buffer = malloc(BUFFER))) {
        snprintf(why, why_room, "%s: out of memory", folder);
        free(log);
        return NULL;
    }
    log->lock = log->file = -1;
    if (join(log->folder, folder, "") != 0 || join(log->rows, folder, "/rows") != 0 ||
        join(log->fresh, folder, "/rows.part") != 0 || join(lock, folder, "/lock") != 0) {
        snprintf(why, why_room, "store: the path is too long");
        goto failed;
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        snprintf(why, why_room, "%s: %s; make the folder that it stands in", folder, strerror(errno));
        goto failed;
    }
    if (take_lock(log, lock, wait_ns, why, why_room) != 0)
        goto failed;
    if (unlink(log->fresh) != 0 && errno != ENOENT) {
        snprintf(why, why_room, "%s: %s", log->fresh, strerror(errno));
        goto failed;
    }
    if (open_rows(log, settings, take, context, why, why_room) != 0)
        goto failed;
    return log;
failed:
    log_close(log);
    return NULL;
}

static int flush(struct log *log) {
    if (!log->error && log->used && write_all(log->file, log->buffer, log->used) != 0)
        log->error = errno;
    if (log->error) {
        errno = log->error;
        return -1;
    }
    log->used = 0;
    return 0;
}

void log_close(struct log *log) {
    if (!log)
        return;
    if (log->file >= 0) {
        (void)flush(log);
        close(log->file);
    }
    if (log->lock >= 0)
        close(log->lock); /* and with it the lock */
    free(log->buffer);
    free(log);
}

int log_append(struct log *log, tm_str record) {
    struct record r = {(uint32_t)record.len, check_of(record.data, record.len)};
    if (record.len > RECORD_MOST - sizeof r)
        return 0; /* nothing that is remembered is so large; not worth an error */
    if (log->used + sizeof r + record.len > BUFFER && flush(log) != 0)
        return -1;
    memcpy(log->buffer + log->used, &r, sizeof r);
    memcpy(log->buffer + log->used + sizeof r, record.data, record.len);
    log->used += sizeof r + record.len;
    log->bytes += sizeof r + record.len;
    log->records++;
    return 0;
}

int log_sync(struct log *log) {
    if (flush(log) != 0)
        return -1;
    if (fdatasync(log->file) != 0) {
        log->error = errno;
        return -1;
    }
    return 0;
}

uint64_t log_records(const struct log *log) {
    return log->records;
}

uint64_t log_bytes(const struct log *log) {
    return log->bytes;
}

static int copy_rest(struct log *log, int to, uint64_t from, uint64_t *out_bytes) {
    char *bytes = malloc(BUFFER);
    int bad = -1;
    if (!bytes)
        return -1;
    while (from < log->bytes) {
        ssize_t n = pread(log->file, bytes, BUFFER, (off_t)from);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || write_all(to, bytes, (size_t)n) != 0)
            goto out;
        from += (uint64_t)n;
        *out_bytes += (uint64_t)n;
    }
    bad = fdatasync(to);
out:
    free(bytes);
    return bad;
}

int log_forget(struct log *log, uint64_t first_records) {
    uint64_t at = sizeof(struct head), bytes = sizeof(struct head);
    struct record r;
    struct head h;
    if (first_records * 2 < log->records || log->bytes < FORGET_LEAST || first_records > log->records)
        return 0;
    if (log_sync(log) != 0 || pread(log->file, &h, sizeof h, 0) != (ssize_t)sizeof h)
        return -1;
    for (uint64_t i = 0; i < first_records; i++) {
        if (pread(log->file, &r, sizeof r, (off_t)at) != (ssize_t)sizeof r)
            return -1;
        at += sizeof r + r.len;
    }
    int fresh = open(log->fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fresh < 0)
        return -1;
    if (write_all(fresh, (const char *)&h, sizeof h) != 0 || copy_rest(log, fresh, at, &bytes) != 0 ||
        rename(log->fresh, log->rows) != 0) {
        close(fresh);
        unlink(log->fresh);
        return -1;
    }
    close(log->file);
    log->file = fresh;
    log->bytes = bytes;
    log->records -= first_records;
    if (sync_folder(log->folder) != 0)
        return -1;
    return 1;
}
