/* reading.h: one input that is being cut into documents: what source.c hands to the cutters (lines.c, table.c) and what
 * these hand back. Inside this room only; the reader's thread.
 */
#ifndef TM_IO_READING_H
#define TM_IO_READING_H

#include "input.h"
#include "source.h"

/* Of what could not be read as a document, so much goes along to the dead letter. */
#define READING_BAD_BYTES ((size_t)4096)

struct table;

struct reading {
    struct input *in;
    const struct source_options *options;
    uint32_t source;
    uint64_t line;                        /* lines (JSONL, CSV) that lie behind us */
    uint64_t documents;                   /* items given by all readings so far: for the limit */
    size_t scanned;                       /* bytes of the window that are known to hold no line end */
    int is_skipping;                      /* in a line that is too long */
    const struct source_refusal *refused; /* still to come, ascending */
    size_t n_refused;
    struct table *table;
};

/* How a cutter came back. */
enum step {
    STEP_END,   /* nothing is left of this input */
    STEP_FULL,  /* the block is full */
    STEP_WAIT,  /* the block holds documents, and the next ones are not here yet: a slow pipe */
    STEP_BROKEN /* reading failed: in->code and in->message */
};

/* True where no further item should go into the block. */
int reading_is_full(const struct reading *r, const struct block *b);
/* Would a read wait while finished documents lie in the block? */
int reading_should_wait(const struct reading *r, const struct block *b);
/* A broken end becomes one bad item where the input itself is bad (truncated, corrupt); else STEP_BROKEN. */
enum step reading_broken(struct reading *r, struct block *b, uint64_t position);

enum step lines_step(struct reading *r, struct block *b);

struct table *table_new(void);
void table_free(struct table *t);
void table_begin(struct table *t, char delimiter);
enum step table_step(struct reading *r, struct block *b);

/* A new item at the block's end; start is set, the caller adds bytes and sets len. */
struct item *block_add_item(struct block *b, enum item_kind kind, uint32_t source, uint64_t position);
void block_add_bad(struct block *b, uint32_t source, uint64_t position, const char *code, const char *message,
                   const char *data, size_t len);
/* TM_PAD zeros. */
void block_add_zeros(struct block *b);

#endif
