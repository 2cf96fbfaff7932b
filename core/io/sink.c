/* sink.c: see sink.h. Standard output and files here; folders in sink_folder.c; what is refused in sink_refuse.c. */
#include "sink.h"

#include "../json/memory.h"
#include "format.h"
#include "sink_room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct sink {
    enum output_format format;
    int is_durable;
    int is_folder;
    int fd;              /* of a file or standard output */
    char *path;          /* as people see it */
    char *target, *part; /* NULL where nothing is renamed at the end */
    uint64_t bytes;
    io_write_fn write;
    struct folder folder;
    struct input_keys inputs;
};

int write_all(io_write_fn fn, int fd, const char *data, size_t len, uint64_t *out_done) {
    while (len) {
        ssize_t n = fn(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) { /* somebody has made a shared terminal non-blocking */
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, -1);
            continue;
        }
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
        if (out_done)
            *out_done += (uint64_t)n;
    }
    return 0;
}

void tell_write_error(struct buffer *why, const char *path, int error, const char *cure_of_full_disk) {
    buffer_addf(why, "cannot write %s: %s", path, strerror(error));
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        buffer_addf(why, "; make room%s", cure_of_full_disk ? cure_of_full_disk : " and start again");
        break;
    case ENOENT:
        buffer_add_string(why, "; make its folder first, with mkdir -p");
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        buffer_add_string(why, "; choose another place with -o");
        break;
    case EIO:
        buffer_add_string(why, "; the disk may be failing");
        break;
    default:
        break;
    }
}

static const char *extension_of(enum output_format format) {
    return format == OUTPUT_TEXT ? ".txt" : format == OUTPUT_TSV ? ".tsv" : ".jsonl";
}

/* 0, or -1 told: an output of that identity in that folder may not be one of the inputs. */
static int check_not_input(struct sink *s, const struct stat *st, const char *folder, const char *const *inputs,
                           size_t n, struct buffer *why) {
    if (!S_ISREG(st->st_mode))
        return 0;
    if (input_keys_have(&s->inputs, st)) {
        buffer_addf(why, "%s is an input and the output; choose another name with -o", s->path);
        return -1;
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *around = fd < 0 ? NULL : input_folder_around(inputs, n, fd);
    if (fd >= 0)
        close(fd);
    if (!around)
        return 0;
    buffer_addf(why, "%s lies in %s, which is an input, and would be read too; choose another place with -o", s->path,
                around);
    return -1;
}

static int open_standard_output(struct sink *s, const char *const *inputs, size_t n, struct buffer *why) {
    s->fd = STDOUT_FILENO;
    struct stat st;
    char folder[PATH_MAX];
    if (fstat(STDOUT_FILENO, &st) != 0) {
        buffer_add_string(why, "standard output is closed; name an output with -o");
        return -1;
    }
    ssize_t len = readlink("/proc/self/fd/1", folder, sizeof folder - 1);
    char *slash = NULL;
    if (len > 0) {
        folder[len] = '\0';
        slash = strrchr(folder, '/');
    }
    if (!slash) /* no /proc: the file itself can still be compared */
        n = 0;
    else
        slash[slash == folder] = '\0';
    return check_not_input(s, &st, folder, inputs, n, why);
}

/* FILE.part: opened without cutting it, locked, and only then cut to what counts of it. */
static int open_part(struct sink *s, const struct sink_options *o, const struct stat *old, struct buffer *why) {
    struct stat st;
    s->fd = open(s->part, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (s->fd < 0) {
        tell_write_error(why, s->part, errno, NULL);
        return -1;
    }
    if (flock(s->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        buffer_addf(
            why,
            "%s is being written already, by another textmill or as another output of this one; choose another name",
            s->part);
        return -1;
    }
    uint64_t keep = o->resume ? o->resume_bytes : 0;
    if (fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        buffer_addf(why, "%s is no regular file; take it away", s->part);
        return -1;
    }
    if (input_keys_have(&s->inputs, &st)) {
        buffer_addf(why, "%s is an input and would be overwritten; choose another name with -o", s->part);
        return -1;
    }
    if (keep > (uint64_t)st.st_size) {
        buffer_addf(why, "%s is shorter than it was left, so nothing can go on from it; start again without --resume",
                    s->part);
        return -1;
    }
    /* A file that has its length already is left alone: ext4 writes a file that was cut to nothing out to the disk when
     * it is closed, and a new one need not wait for that. */
    int is_cut = keep == (uint64_t)st.st_size || ftruncate(s->fd, (off_t)keep) == 0;
    if (!is_cut || lseek(s->fd, (off_t)keep, SEEK_SET) < 0) {
        tell_write_error(why, s->part, errno, NULL);
        return -1;
    }
    if (old) /* who could read the file before can read the new one */
        (void)!fchmod(s->fd, old->st_mode & 0777);
    s->bytes = keep;
    return 0;
}

static int open_file(struct sink *s, const struct sink_options *o, const char *const *inputs, size_t n,
                     struct buffer *why) {
    struct stat st;
    int is_there = stat(s->path, &st) == 0;
    if (is_there && !S_ISREG(st.st_mode)) {
        s->fd = open(s->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (s->fd >= 0)
            return 0;
        tell_write_error(why, s->path, errno, NULL);
        return -1;
    }
    char *real = is_there ? realpath(s->path, NULL) : NULL;
    s->target = memory_copy(real ? real : s->path, strlen(real ? real : s->path));
    free(real);
    size_t len = strlen(s->target);
    s->part = memory_alloc(len + sizeof ".part");
    memcpy(s->part, s->target, len);
    memcpy(s->part + len, ".part", sizeof ".part");
    if (is_there) {
        char *folder = memory_copy(s->target, len), *slash = strrchr(folder, '/');
        if (slash)
            slash[slash == folder] = '\0';
        int r = check_not_input(s, &st, slash ? folder : ".", inputs, n, why);
        free(folder);
        if (r != 0)
            return -1;
    }
    return open_part(s, o, is_there ? &st : NULL, why);
}

static int open_folder(struct sink *s, const char *const *inputs, size_t n, struct buffer *why) {
    s->is_folder = 1;
    s->folder.extension = extension_of(s->format);
    s->folder.write = s->write;
    s->folder.inputs = &s->inputs;
    if (folder_open(&s->folder, s->path, why) != 0)
        return -1;
    const char *around = input_folder_around(inputs, n, s->folder.fd);
    if (!around)
        return 0;
    buffer_addf(why,
                "the output folder %s is or lies in the input %s, so results would be read as inputs; choose another",
                s->path, around);
    return -1;
}

struct sink *sink_open(const struct sink_options *o, const char *const *inputs, size_t n_inputs, struct buffer *why) {
    int is_stdout = !o->path || strcmp(o->path, "-") == 0;
    struct sink *s = memory_zalloc(1, sizeof *s);
    *s =
        (struct sink){.format = o->format, .is_durable = o->is_durable, .fd = -1, .write = o->write ? o->write : write};
    s->folder.fd = -1;
    size_t len = is_stdout ? 0 : strlen(o->path);
    s->path = is_stdout ? memory_copy("standard output", 15) : memory_copy(o->path, len);
    input_keys_read(&s->inputs, inputs, n_inputs);
    struct stat st;
    int r;
    if (is_stdout) {
        r = open_standard_output(s, inputs, n_inputs, why);
    } else if (!len) {
        buffer_add_string(why, "the output's name is empty; name a file, or a folder with a / at its end");
        r = -1;
    } else if (s->path[len - 1] == '/' || (stat(s->path, &st) == 0 && S_ISDIR(st.st_mode))) {
        while (len > 1 && s->path[len - 1] == '/')
            s->path[--len] = '\0';
        r = open_folder(s, inputs, n_inputs, why);
    } else {
        r = open_file(s, o, inputs, n_inputs, why);
    }
    if (r == 0)
        return s;
    sink_close(s);
    return NULL;
}

int sink_wants_documents(const struct sink *s) {
    return s->is_folder;
}

uint64_t sink_bytes(const struct sink *s) {
    return s->bytes;
}

int sink_write(struct sink *s, const char *data, size_t len, struct buffer *why) {
    if (s->format == OUTPUT_TEXT && !s->bytes && len && data[0] == FORMAT_SEPARATOR) {
        data++;
        len--;
    }
    if (write_all(s->write, s->fd, data, len, &s->bytes) == 0)
        return 0;
    if (errno == EPIPE)
        return SINK_CLOSED;
    tell_write_error(why, s->part ? s->part : s->path, errno, s->part ? " and go on with --resume" : NULL);
    return -1;
}

int sink_write_document(struct sink *s, tm_str id, const char *data, size_t len, struct buffer *why) {
    if (s->format == OUTPUT_TEXT && len && data[0] == FORMAT_SEPARATOR) {
        data++;
        len--;
    }
    if (folder_write(&s->folder, id, data, len, why) != 0)
        return -1;
    s->bytes += len;
    return 0;
}

/* The folder in which the file was renamed, so that the new name is on the disk too. */
static int sync_folder_of(const char *path) {
    char *folder = memory_copy(path, strlen(path)), *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0)
        close(fd);
    free(folder);
    return r;
}

int sink_finish(struct sink *s, struct buffer *why) {
    if (s->is_folder)
        return s->is_durable ? folder_sync(&s->folder, why) : 0;
    if (!s->part)
        return 0;
    int r = s->is_durable ? fsync(s->fd) : 0;
    int error = errno;
    if (close(s->fd) != 0 && r == 0) { /* a full disk or quota may show itself only here */
        r = -1;
        error = errno;
    }
    s->fd = -1;
    if (r == 0 && rename(s->part, s->target) != 0) {
        r = -1;
        error = errno;
    }
    if (r == 0 && s->is_durable && sync_folder_of(s->target) != 0) {
        r = -1;
        error = errno;
    }
    if (r != 0)
        tell_write_error(why, s->path, error, NULL);
    return r;
}

void sink_close(struct sink *s) {
    if (!s)
        return;
    if (s->fd > STDERR_FILENO)
        close(s->fd);
    folder_close(&s->folder);
    input_keys_free(&s->inputs);
    free(s->path);
    free(s->target);
    free(s->part);
    free(s);
}
