/* input.c: see input.h. Reads come in loops (EINTR, short reads) and never by mapping: a file that shrinks while it is
 * mapped kills its reader.
 */
#include "input.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES ((size_t)256 << 10)
#define PACKED_BYTES ((size_t)64 << 10)
/* What a window may keep from one input to the next. */
#define KEEP_BYTES ((size_t)4 << 20)
/* Below so many bytes nobody calls an expansion a bomb: short inputs of blanks pack well. */
#define EXPAND_FREE ((uint64_t)1 << 20)

void input_init(struct input *in, io_read_fn read_or_null, uint64_t max_expand) {
    *in = (struct input){.fd = -1, .stop_fd = -1, .read = read_or_null ? read_or_null : read, .max_expand = max_expand};
}

void input_deinit(struct input *in) {
    input_end(in);
    unpacker_free(in->unpacker);
    buffer_deinit(&in->window);
    buffer_deinit(&in->packed);
}

static void fail(struct input *in, const char *code, const char *message) {
    in->code = code;
    snprintf(in->message, sizeof in->message, "%s", message);
}

static void start_unpacking(struct input *in, enum compression compression) {
    in->compression = compression;
    if (compression == COMPRESSION_NONE)
        return;
    if (!in->unpacker)
        in->unpacker = unpacker_new();
    in->code = unpacker_begin(in->unpacker, compression, in->message, sizeof in->message);
}

void input_begin(struct input *in, int fd, int is_regular, uint64_t size, enum compression compression) {
    input_end(in);
    in->fd = fd;
    in->is_regular = is_regular;
    in->size = size;
    in->bytes_read = in->bytes_out = 0;
    in->at = in->window.len = 0;
    in->packed_at = in->packed.len = 0;
    in->is_at_end = 0;
    in->code = NULL;
    if (in->window.room > KEEP_BYTES)
        buffer_deinit(&in->window);
    buffer_reserve(&in->window, 1); /* never NULL: an empty input has a place too */
    start_unpacking(in, compression);
}

void input_end(struct input *in) {
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    in->fd = -1;
}

void input_switch(struct input *in, enum compression compression) {
    in->packed_at = in->packed.len = 0;
    buffer_add(&in->packed, in->window.data + in->at, in->window.len - in->at);
    in->at = in->window.len = 0;
    in->bytes_out = 0;
    in->is_at_end = 0;
    start_unpacking(in, compression);
}

/* Waits until something can be read from what is no regular file. 0; -1 told. A FIFO without a writer waits here, so
 * that it can be stopped. */
static int wait_for_bytes(struct input *in) {
    struct pollfd wait[2] = {{.fd = in->fd, .events = POLLIN}, {.fd = in->stop_fd, .events = POLLIN}};
    for (;;) {
        int r = poll(wait, 2, -1);
        if (r < 0 && errno != EINTR)
            return 0; /* the read will tell */
        if (r > 0 && wait[1].revents) {
            fail(in, "stopped", "reading was stopped");
            return -1;
        }
        if (r > 0)
            return 0;
    }
}

/* Bytes read, 0 at the end, -1 told. */
static ssize_t read_some(struct input *in, char *data, size_t room) {
    /* A regular file whose size we have read in full needs no further call to tell that it has ended. One that has
     * grown since is read as it was. */
    if (in->is_regular && in->size && in->bytes_read == in->size)
        return 0;
    for (;;) {
        if (!in->is_regular && wait_for_bytes(in) != 0)
            return -1;
        ssize_t got = in->read(in->fd, data, room);
        if (got >= 0) {
            in->bytes_read += (uint64_t)got;
            return got;
        }
        if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
            continue;
        in->code = "read-error";
        snprintf(in->message, sizeof in->message, "cannot read: %s", strerror(errno));
        return -1;
    }
}

/* More compressed bytes; 1, 0 at the end, -1 told. */
static int fill_packed(struct input *in) {
    in->packed_at = in->packed.len = 0;
    char *to = buffer_reserve(&in->packed, PACKED_BYTES);
    ssize_t got = read_some(in, to, PACKED_BYTES);
    if (got > 0)
        in->packed.len = (size_t)got;
    return got > 0 ? 1 : (int)got;
}

static int fill_unpacked(struct input *in) {
    for (;;) {
        int has_input = 1;
        if (in->packed_at == in->packed.len) {
            has_input = fill_packed(in);
            if (has_input < 0)
                return -1;
        }
        size_t used = in->packed.len - in->packed_at, made = READ_BYTES;
        char *to = buffer_reserve(&in->window, READ_BYTES);
        int is_between = 0;
        const char *code = unpacker_run(in->unpacker, has_input ? in->packed.data + in->packed_at : "", &used, to,
                                        &made, &is_between, in->message, sizeof in->message);
        if (code) {
            in->code = code;
            return -1;
        }
        in->packed_at += used;
        in->window.len += made;
        in->bytes_out += made;
        if (in->max_expand && in->bytes_out > EXPAND_FREE && in->bytes_out / in->max_expand > in->bytes_read) {
            in->code = "max-expand";
            snprintf(
                in->message, sizeof in->message,
                "unpacks to more than %llu times its size, which is how bombs look; where it is meant, unpack it first",
                (unsigned long long)in->max_expand);
            return -1;
        }
        if (made)
            return 1;
        if (!has_input) {
            if (is_between) {
                in->is_at_end = 1;
                return 0;
            }
            fail(in, "truncated-input", "the compressed data end in the middle; get the whole file");
            return -1;
        }
    }
}

void input_expect(struct input *in, uint64_t most) {
    if (!in->is_regular || in->compression != COMPRESSION_NONE || in->size <= in->bytes_read)
        return;
    uint64_t left = in->size - in->bytes_read;
    buffer_reserve(&in->window, (size_t)(left < most ? left : most) + READ_BYTES);
}

void input_shrink(struct input *in, size_t keep) {
    size_t left = in->window.len - in->at;
    if (in->window.room <= keep || left > keep / 2)
        return;
    struct buffer smaller = {0};
    buffer_reserve(&smaller, READ_BYTES);
    buffer_add(&smaller, in->window.data + in->at, left);
    buffer_deinit(&in->window);
    in->window = smaller;
    in->at = 0;
}

int input_fill(struct input *in) {
    if (in->code)
        return -1;
    if (in->is_at_end)
        return 0;
    if (in->at) { /* what is taken makes room for what comes */
        size_t left = in->window.len - in->at;
        if (left)
            memmove(in->window.data, in->window.data + in->at, left);
        in->window.len = left;
        in->at = 0;
    }
    if (in->compression != COMPRESSION_NONE)
        return fill_unpacked(in);
    char *to = buffer_reserve(&in->window, READ_BYTES);
    ssize_t got = read_some(in, to, READ_BYTES);
    if (got < 0)
        return -1;
    in->window.len += (size_t)got;
    in->bytes_out += (uint64_t)got;
    in->is_at_end = got == 0;
    return got > 0;
}

int input_is_ready(const struct input *in) {
    if (in->is_regular || in->code || in->is_at_end || in->packed_at < in->packed.len)
        return 1;
    struct pollfd now = {.fd = in->fd, .events = POLLIN};
    return poll(&now, 1, 0) != 0;
}
