/* sink.h: where results go, behind one seam. Called by the writer thread alone, in input order. A sink takes whole
 * records; how they look there is its own business. Outcomes are the engine's.
 */
#ifndef TM_IO_SINK_H
#define TM_IO_SINK_H

#include "../include/textmill/types.h"
#include "../json/buffer.h"

#include <stdint.h>

enum output_format { OUTPUT_JSONL, OUTPUT_TEXT, OUTPUT_TSV };

struct sink;

struct sink_options {
    const char *path; /* NULL or "-": standard output; a name that ends in / or is a folder: a file a document */
    enum output_format format; /* a folder gets .txt, .jsonl by it */
    int resume;                /* go on with path.part where it was left */
    int is_durable;            /* fsync at the end */
};

/* NULL with one line in why. Refuses a path that is one of the inputs (same device and inode). */
struct sink *sink_open(const struct sink_options *options, const char *const *inputs, size_t n_inputs,
                       struct buffer *why);
/* Whole records, each with its line end, one after the other. 0; -1 with why; SINK_CLOSED where the reader is gone
 * (EPIPE). */
#define SINK_CLOSED (-2)
int sink_write(struct sink *s, const char *data, size_t len, struct buffer *why);
/* A document of its own, for a sink that is a folder: named by its id (percent-encoded, clash gets ~2). */
int sink_wants_documents(const struct sink *s);
int sink_write_document(struct sink *s, tm_str id, const char *data, size_t len, struct buffer *why);
uint64_t sink_bytes(const struct sink *s);
/* Flushes, renames .part to its name. */
int sink_finish(struct sink *s, struct buffer *why);
/* Leaves .part as it is (a stopped run). */
void sink_close(struct sink *s);

/* A file name from an id: [A-Za-z0-9._-], the rest percent-encoded, at most 200 bytes, never starting with a point. */
void file_name_from_id(tm_str id, struct buffer *out);

#endif
