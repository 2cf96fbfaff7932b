/* config_files.c: reads the files that configuration is made of, from the disk or from a copy of what they held when
 * they were first read: "LENGTH LENGTH\n", path and bytes for each, and "end\n" behind the last, without which a copy
 * counts for nothing.
 */
#include "config.h"

#include "config_room.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char end_mark[] = "end\n";
#define END_BYTES (sizeof end_mark - 1)

struct config_files {
    int fd;
    int is_copy; /* else bytes are what is to be saved */
    struct buffer bytes;
};

/* Up to most bytes; -1 with errno. A copy is read by its offsets: processes that share it share its position. */
static int read_all(int fd, struct buffer *out, size_t most, int is_copy) {
    ssize_t got = 1;
    while (got > 0 && out->len <= most) {
        char *room = buffer_reserve(out, 65536);
        got = is_copy ? pread(fd, room, 65536, (off_t)out->len) : read(fd, room, 65536);
        if (got > 0)
            out->len += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    return got < 0 ? -1 : 0;
}

static int read_file(const char *path, struct buffer *out, struct problems *problems) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -1 : read_all(fd, out, CONFIG_MAX_BYTES, 0);
    if (r != 0) {
        problems_add(problems, PROBLEM_ERROR, path, 0, 0, "read", "cannot be read: %s", strerror(errno));
    } else if (out->len > CONFIG_MAX_BYTES) {
        problems_add(problems, PROBLEM_ERROR, path, 0, 0, "read",
                     "has more than 16 MiB, which is the most that a pipeline file may have");
        r = -1;
    }
    if (fd >= 0)
        close(fd);
    return r;
}

struct config_files *config_files_open(int fd) {
    struct config_files *f = memory_zalloc(1, sizeof *f);
    f->fd = fd;
    if (read_all(fd, &f->bytes, SIZE_MAX / 2, 1) == 0)
        f->is_copy =
            f->bytes.len >= END_BYTES && memcmp(f->bytes.data + f->bytes.len - END_BYTES, end_mark, END_BYTES) == 0;
    if (!f->is_copy)
        f->bytes.len = 0;
    return f;
}

int config_files_save(struct config_files *f) {
    size_t at = 0;
    if (f->is_copy)
        return 0;
    buffer_add_string(&f->bytes, end_mark);
    if (ftruncate(f->fd, 0) != 0)
        return -1;
    while (at < f->bytes.len) {
        ssize_t n = pwrite(f->fd, f->bytes.data + at, f->bytes.len - at, (off_t)at);
        if (n < 0 && errno != EINTR)
            return -1;
        at += n > 0 ? (size_t)n : 0;
    }
    f->is_copy = 1;
    return 0;
}

void config_files_close(struct config_files *f) {
    if (!f)
        return;
    buffer_deinit(&f->bytes);
    free(f);
}

static const char *find(const struct config_files *f, const char *path, size_t *out_len) {
    size_t at = 0, path_len, len, wanted = strlen(path);
    while (f->is_copy && at + END_BYTES < f->bytes.len) {
        const char *head = f->bytes.data + at, *line_end = memchr(head, '\n', f->bytes.len - at);
        char *second;
        if (!line_end)
            break;
        path_len = strtoull(head, &second, 10);
        len = strtoull(second, NULL, 10);
        at = (size_t)(line_end + 1 - f->bytes.data);
        if (path_len > f->bytes.len - at || len > f->bytes.len - at - path_len)
            break;
        if (path_len == wanted && memcmp(line_end + 1, path, wanted) == 0) {
            *out_len = len;
            return line_end + 1 + path_len;
        }
        at += path_len + len;
    }
    return NULL;
}

int config_files_has(const struct config_files *f, const char *path) {
    size_t len;
    return f && find(f, path, &len) != NULL;
}

struct config *config_read_by(struct config_files *f, const char *path, struct problems *problems) {
    struct config *c = NULL;
    struct buffer bytes = {0};
    size_t len = 0;
    const char *copy = f ? find(f, path, &len) : NULL;
    if (copy)
        return config_parse(path, copy, len, problems);
    if (read_file(path, &bytes, problems) == 0) {
        c = config_parse(path, bytes.data ? bytes.data : "", bytes.len, problems);
        if (f && !f->is_copy) {
            buffer_addf(&f->bytes, "%zu %zu\n%s", strlen(path), bytes.len, path);
            buffer_add(&f->bytes, bytes.data, bytes.len);
        }
    }
    buffer_deinit(&bytes);
    return c;
}
