/* buffer.h: bytes that grow. Owned by whoever embeds it; one thread at a time. Running out of memory ends the process
 * with one line (memory.h): a worker that cannot get memory is not to be trusted with documents. */
#ifndef TM_JSON_BUFFER_H
#define TM_JSON_BUFFER_H

#include <stddef.h>
#include <string.h>

struct buffer {
    char *data; /* NULL while room is 0; not NUL-terminated */
    size_t len;
    size_t room;
};

void buffer_init(struct buffer *b);
void buffer_deinit(struct buffer *b);
/* buffer_reserve where there is no room. */
char *buffer_grow(struct buffer *b, size_t more);

/* Makes room for `more` bytes behind len and returns where they start; len is the caller's to move. Records are made of
 * many short pieces: these four are inline. */
static inline char *buffer_reserve(struct buffer *b, size_t more) {
    return b->room - b->len < more ? buffer_grow(b, more) : b->data + b->len;
}

static inline void buffer_add(struct buffer *b, const char *data, size_t len) {
    if (!len)
        return;
    memcpy(buffer_reserve(b, len), data, len);
    b->len += len;
}

static inline void buffer_add_char(struct buffer *b, char c) {
    *buffer_reserve(b, 1) = c;
    b->len++;
}

static inline void buffer_add_string(struct buffer *b, const char *s) {
    buffer_add(b, s, strlen(s));
}

/* printf into the buffer, C locale. */
void buffer_addf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
