/* input.h: one open input as a window of bytes that can be filled further: plain, gzip or zstd underneath. Knows
 * nothing of documents. Reading waits; one thread.
 */
#ifndef TM_IO_INPUT_H
#define TM_IO_INPUT_H

#include "../json/buffer.h"
#include "system.h"

#include <stdint.h>

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct unpacker;

/* "zlib 1.2.13, zstd 1.5.4", as far as they are in this build; else "". A caller's buffer of any size. */
void compression_versions(char *out, size_t room);

struct input {
    struct buffer window; /* bytes [at, window.len) are not yet taken */
    size_t at;
    int is_at_end;

    /* Set where input_fill returns -1. code is static: read-error (the system could not read), truncated-input,
     * corrupt-input, max-expand, no-decoder (the document is bad); stopped. */
    const char *code;
    char message[256];

    int fd;
    int stop_fd; /* readable once reading should stop; -1: never. The owner's */
    int is_regular;
    uint64_t size;       /* as fstat told, for regular files */
    uint64_t bytes_read; /* from the descriptor */
    uint64_t bytes_out;  /* put into the window */
    uint64_t max_expand;
    enum compression compression;
    struct buffer packed; /* compressed bytes [packed_at, packed.len) */
    size_t packed_at;
    struct unpacker *unpacker;
    io_read_fn read;
};

void input_init(struct input *in, io_read_fn read_or_null, uint64_t max_expand);
void input_deinit(struct input *in);
/* Takes the descriptor over, in whichever mode (non-blocking is best for what is no regular file). is_regular and size
 * come from fstat. */
void input_begin(struct input *in, int fd, int is_regular, uint64_t size, enum compression compression);
/* Closes the descriptor; standard input stays open. */
void input_end(struct input *in);
/* What the plain window shows turned out to be compressed. */
void input_switch(struct input *in, enum compression compression);
/* Room for all that is left of a plain file, at most `most` bytes, where it will be taken whole. */
void input_expect(struct input *in, uint64_t most);
/* Gives back what a long document has made the window grow by, where `keep` bytes hold what is left. */
void input_shrink(struct input *in, size_t keep);
/* At least one byte more in the window: 1; at the end: 0; -1 with code and message. May move the window's bytes. */
int input_fill(struct input *in);
/* Would input_fill return without waiting for somebody? */
int input_is_ready(const struct input *in);

/* The decoders, compress.c. One line each in message where they fail. */
struct unpacker *unpacker_new(void);
void unpacker_free(struct unpacker *u);
/* NULL, or the code why this build cannot unpack that, with message. */
const char *unpacker_begin(struct unpacker *u, enum compression compression, char *message, size_t room);
/* Unpacks from [in, in + *in_len) to out; both lengths become what was used. *out_is_between: a member has ended and no
 * other has begun. NULL, or a code. */
const char *unpacker_run(struct unpacker *u, const char *in, size_t *in_len, char *out, size_t *out_len,
                         int *out_is_between, char *message, size_t room);

#endif
