/* source.h: where documents come from, behind one seam, so that sources can become plugins later.
 *
 * A source fills blocks: bytes read, and items that lie in them. It reads with blocking calls on the engine's reader
 * thread; inputs are read, never mapped (a file that shrinks while it is mapped kills its reader).
 */
#ifndef TM_IO_SOURCE_H
#define TM_IO_SOURCE_H

#include "../include/textmill/types.h"
#include "../json/buffer.h"
#include "system.h"

enum item_kind {
    ITEM_RECORD, /* one line of JSONL, not yet looked at */
    ITEM_TEXT,   /* a text, decoded to UTF-8 */
    ITEM_BAD     /* could not be read as a document: code and message say why; bytes are what there is of it */
};

/* One document to be. Offsets into the block's bytes; what follows an item's bytes are at least TM_PAD readable bytes,
 * zeros for a text. */
struct item {
    enum item_kind kind;
    size_t start, len;
    uint64_t position;    /* line number from 1 (JSONL, CSV), else 0 */
    uint32_t source;      /* index of the source's name, source_name */
    const char *encoding; /* static; NULL: UTF-8 */
    const char *code;     /* ITEM_BAD: static */
    char *message;        /* ITEM_BAD: owned by the block */
    uint64_t offset;      /* ITEM_BAD: where in the document, UINT64_MAX: nowhere */
};

struct block {
    struct buffer bytes;
    struct item *items;
    size_t n_items, items_room;
    uint64_t input_bytes; /* read from the inputs for this block, as they lie on disk: for progress */
    int ends_group;       /* the last of a group of a source that pulls; it may have no items */
    struct block *next;   /* the owner's */
};

struct block *block_new(void);
void block_free(struct block *b);
void block_clear(struct block *b); /* for the next use; keeps memory up to a bound */

enum input_format { INPUT_AUTO, INPUT_JSONL, INPUT_TEXT, INPUT_CSV, INPUT_TSV };

struct source_options {
    enum input_format format; /* AUTO: by suffix, then by content */
    const char *text_field;   /* of CSV and TSV: the column */
    const char *id_field;
    size_t block_bytes;        /* aim, 256 KiB */
    size_t block_items;        /* most items a block */
    size_t max_doc;            /* longer: ITEM_BAD too-long; the rest is skipped streaming */
    size_t max_expand;         /* most bytes out of a compressed input per byte in, e.g. 1000 (0: no limit) */
    uint64_t limit;            /* most documents; 0: all */
    int keep_partial_line_bad; /* a last JSONL line without its newline is truncated-input (drop folder) */
    int count_bytes;           /* look at every file's size first, for source_total_bytes: 2 us a file */
    io_read_fn read;           /* NULL: read(2); for tests */
};

struct source;

/* A line that is not to be touched, and what its letter says. */
struct source_refusal {
    uint64_t line;
    char why[128];
};

/* A file that its owner names itself. */
struct source_file {
    const char *path;                     /* relative to the folder dir_fd */
    const char *name;                     /* how it is known: in `source`, in ids, and for its suffix */
    size_t relative;                      /* where in name the id begins */
    uint64_t seed;                        /* goes into the uids of its documents */
    const struct source_refusal *refused; /* ascending: each an ITEM_BAD `poison` */
    size_t n_refused;
};

/* Over files, folders, globs and "-". What is missing or unreadable at once is told in `why`, with NULL. n 0 means
 * standard input.
 *
 * Folders are walked depth first, in the order of the bytes of the paths. Passed over in them: names that begin with a
 * point or end in .tmp or .part, and what is no regular file (counted, source_skipped). A link to a file is read as
 * that file; a link to a folder is not followed, so there are no loops. A file named on the command line may be
 * anything that can be read: a FIFO, /dev/fd/3.
 *
 * Kinds: .jsonl .ndjson; .txt .text .md; .csv .tsv; each also .gz .zst; other names, and standard input, by content
 * (JSONL where the first line is a JSON object, else text). An empty input, or one of white space alone, has no
 * documents. */
struct source *source_open(const char *const *inputs, size_t n, const struct source_options *options,
                           struct buffer *why);
enum source_pulled {
    SOURCE_FILE,
    SOURCE_GROUP_ENDS, /* the files since the last end are a group: the block that holds the last of it is given out */
    SOURCE_NO_MORE
};
/* Where files come from one by one, for as long as the source is read. Called by the reader's thread. */
struct source_pull {
    /* Gives the next file and the index that it is known by, below `indexes`; waits for it, but returns SOURCE_NO_MORE
     * soon once stop_fd can be read. An index may be given again when its group has been told as done. */
    enum source_pulled (*next)(void *context, int stop_fd, struct source_file *out_file, uint32_t *out_index);
    void *context;
    uint32_t indexes;
};
/* Over files that are pulled, each read as one in a folder is: what cannot be read becomes an ITEM_BAD. What a file
 * points to must stay until its group is done. */
struct source *source_open_pulled(int dir_fd, const struct source_pull *pull, const struct source_options *options);
uint64_t source_seed(const struct source *s, uint32_t index); /* 0: none was given */
/* Fills a cleared block: 1, or 0 at the end of everything, -1 with *why on a failure that ends the run (an input that
 * cannot be read any more). A single unreadable file in a folder is an ITEM_BAD. */
int source_next(struct source *s, struct block *block, struct buffer *why);
/* Names: display name (path, or "stdin") and the name relative to its argument, for ids: the path inside of a folder,
 * the base name of a file. Good until source_close; may be called by workers while the reader reads, for the sources of
 * blocks that were handed to them. */
const char *source_name(const struct source *s, uint32_t index);
const char *source_relative_name(const struct source *s, uint32_t index);
uint64_t source_total_bytes(const struct source *s); /* 0: not known */
uint64_t source_skipped(const struct source *s); /* folder entries passed over: no regular files, links to folders */
/* From any thread: source_next returns 0 soon, also where it waits for a pipe or a terminal. */
void source_stop(struct source *s);
void source_close(struct source *s);

/* Bytes of a text file to UTF-8 by DESIGN's rules: BOM, UTF-16 with BOM, UTF-8, mixed with or wholly Windows-1252,
 * not-text. Appends to out with TM_PAD zeros behind (not counted in len). *out_encoding NULL for UTF-8; -1 with code
 * and message for what is not text. */
int text_decode(const char *data, size_t len, struct buffer *out, const char **out_encoding, const char **out_code,
                struct buffer *why);
/* The same of a buffer's bytes, which may be given to an empty `out` instead of being copied; data's are lost. */
int text_decode_taking(struct buffer *data, struct buffer *out, const char **out_encoding, const char **out_code,
                       struct buffer *why);

#endif
