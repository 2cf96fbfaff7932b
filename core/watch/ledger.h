/* ledger.h: the moves of the protocol, and the files that are between inbox and out. The names of the folders are the
 * ledger: what stands here in memory is only what those names say. The supervisor's thread.
 */
#ifndef TM_WATCH_LEDGER_H
#define TM_WATCH_LEDGER_H

#include "root.h"
#include "staging.h"

#include "../io/source.h"
#include "../json/buffer.h"

/* How far a file is on its way out. Each is reached by one rename or unlink, and held on to across failures. */
enum parcel_step {
    STEP_WORK,    /* claimed; no verdict yet */
    STEP_SIDES,   /* has a verdict: what goes aside is to be put there */
    STEP_FLUSH,   /* and is to be flushed */
    STEP_READY,   /* the result is to be moved to ready: the commit */
    STEP_RETIRE,  /* the input is to go */
    STEP_SYNC,    /* and its going is to be flushed */
    STEP_PUBLISH, /* ready to out */
    STEP_DONE
};

/* A file that is claimed. */
struct parcel {
    struct parcel *next;
    struct staging *staging; /* where its results lie; NULL: in stage/ or ready/ itself */
    char id[ID_BYTES];
    unsigned attempt;
    uint64_t bytes;
    uint64_t claimed; /* monotonic ns */
    enum parcel_step step;
    int is_alone;                           /* suspected: is given to a worker alone */
    int was_tried;                          /* and fell, while the breaker was open */
    int is_refused;                         /* verdict: goes to quarantine whole */
    int has_result, has_lines, has_dropped; /* files in stage */
    int had_poison;
    int signal;     /* of the death that sends it to quarantine */
    unsigned tries; /* that it had; 0: as many as attempt says */
    uint64_t line;
    uint64_t published, failed, dropped, result_bytes, ns;
    unsigned redone;                        /* a flush of it failed */
    char stage[64], code[48], message[256]; /* why it is refused; of one that is not, stage is the slowest */
    char plugin[64], version[32];           /* of that stage, where one is to blame */
};

struct ledger {
    struct root *root;
    enum conflict conflict;
    enum protocol_gap gap;
    int keep_input;
    int marks;            /* out/.sync tells what is on the disk */
    const char *versions; /* for reason.json */
    int owes_flush;       /* results are in out that no flush of it has been told of */
    char last[ID_BYTES];  /* that was published */
    struct log *log;
};

struct parcel *parcel_new(const char *id, unsigned attempt);
void parcel_free(struct root *r, struct parcel *item); /* it leaves its staging, too */
void parcel_work_name(const struct parcel *item, char out[ID_BYTES + 16]);

/* inbox/path -> work. NULL with errno: ENOENT, it is gone. */
struct parcel *ledger_claim(struct ledger *l, const char *path, const struct stat *st);
/* Brings items with a verdict as far as STEP_DONE; shares the flushes among them. Those of one staging come together.
 * 0, or -1 with errno and *out_where; the items' steps tell how far each came, and the same call goes on from there,
 * also without items where only the flush of out is left (owes_flush). *out_flush_failed: it was the flush of the
 * results, which are not to be trusted now. */
int ledger_commit(struct ledger *l, struct parcel **items, size_t n, const char **out_where, int *out_flush_failed);
/* Takes back what a worker has made of it, to be done again. */
void ledger_undo(struct ledger *l, struct parcel *item);
/* One attempt more, in the file's name. */
int ledger_blame(struct ledger *l, struct parcel *item);
/* The line is noted in ID.poison. Returns how many lines stand there twice by now, -1 with errno. */
int ledger_blame_line(struct ledger *l, struct parcel *item, uint64_t line, const char *stage, const char *how);
/* What an earlier run left, at start: results that were committed are published, inputs without one are given back as
 * items, in the order of their ids. 0, or -1 with errno and *out_where. */
int ledger_recover(struct ledger *l, struct parcel **out_items, size_t *out_n, const char **out_where);
/* Removes what is older in done/, dropped/ and quarantine/; returns how many. */
size_t ledger_sweep_old(struct ledger *l, int64_t keep_for);

/* Lines that stand twice in ID.poison, ascending, with what was noted last; *out_lines is to be freed. */
size_t poison_read(int work_dir, const char *id, struct source_refusal **out_lines);

#endif
