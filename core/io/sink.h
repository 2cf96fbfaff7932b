/* sink.h: where results go, behind one seam. Called by the writer thread alone, in input order. A sink takes whole
 * records; how they look there is its own business. Outcomes are the engine's.
 *
 * A FILE is written as FILE.part, which is locked while it is written, and renamed at the end; what is no regular file
 * (/dev/null, a FIFO) is written as it is, and a link is followed to the file that it names. In a folder each document
 * is a file of its own, complete from the moment it can be seen. SIGPIPE must be ignored by the caller.
 */
#ifndef TM_IO_SINK_H
#define TM_IO_SINK_H

#include "../include/textmill/types.h"
#include "../json/buffer.h"
#include "system.h"

#include <stdint.h>

enum output_format { OUTPUT_JSONL, OUTPUT_TEXT, OUTPUT_TSV };

struct sink;

struct sink_options {
    const char *path; /* NULL or "-": standard output; a name that ends in / or is a folder: a file a document */
    enum output_format format; /* a folder gets .txt, .jsonl by it */
    int resume;                /* go on with path.part where it was left */
    uint64_t resume_bytes;     /* with resume: the bytes of path.part that count; what lies behind them is cut off */
    int is_durable;            /* fsync at the end */
    io_write_fn write;         /* NULL: write(2); for tests */
};

/* NULL with one line in why. Refuses what is one of the inputs (same device and inode), an existing file that lies in
 * an input folder (it would be read while it is replaced), and a folder inside of an input folder. */
struct sink *sink_open(const struct sink_options *options, const char *const *inputs, size_t n_inputs,
                       struct buffer *why);
/* Whole records, each with its line end, one after the other. 0; -1 with why; SINK_CLOSED where the reader is gone
 * (EPIPE). */
#define SINK_CLOSED (-2)
int sink_write(struct sink *s, const char *data, size_t len, struct buffer *why);
/* A document of its own, for a sink that is a folder: named by its id (percent-encoded, clash gets ~2). */
int sink_wants_documents(const struct sink *s);
int sink_write_document(struct sink *s, tm_str id, const char *data, size_t len, struct buffer *why);
/* Bytes that the output holds by now, those that resume found included. */
uint64_t sink_bytes(const struct sink *s);
/* Flushes, renames .part to its name. */
int sink_finish(struct sink *s, struct buffer *why);
/* Frees the sink. Without sink_finish before it .part stays as it is (a stopped run). */
void sink_close(struct sink *s);

/* A file name from an id: [A-Za-z0-9._-], the rest percent-encoded, at most 200 bytes, never starting with a point;
 * an empty id is "_". */
void file_name_from_id(tm_str id, struct buffer *out);

#endif
