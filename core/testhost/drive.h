/* drive.h: one stage driven without the engine: opened with its options, given documents, looked at. It gives a
 * document the turn that a run would give it, one step after the other on the caller's thread: process or process_many,
 * commit, settle. The host that comes with the SDK (testhost.c) and `textmill check-plugin` both stand on it.
 */
#ifndef TM_TESTHOST_DRIVE_H
#define TM_TESTHOST_DRIVE_H

#include "../plugin/completion.h"
#include "../plugin/instance.h"
#include "../plugin/loader.h"

#include <pthread.h>

/* A document and what became of it. */
struct drive_turn {
    tm_doc *doc; /* NULL: the input was no record */
    int32_t verdict;
    tm_str code, message; /* where it said why; of the document's memory */
    uint32_t offset;
    const char *fault;    /* how it broke the contract with this document, in one line; NULL: it did not */
    struct buffer record; /* where the verdict is pass */
    tm_doc **children;    /* that it emitted */
    size_t n_children;

    struct arena *arena;
    char *bytes; /* the input; with `guarded`, read-only and with nothing behind its pad */
    void *mapped;
    size_t mapped_bytes;
    int is_answered; /* a later answer has come */
    int32_t answer;
};

/* Who is told where the drive is: before each call into the plugin, with the index of the document in drive_turns. */
typedef void (*drive_watcher)(void *context, const char *function, size_t index);

struct drive {
    /* Set by the caller, who clears the rest. */
    struct log *log;          /* may be NULL */
    const char *state_folder; /* may be NULL */
    uint64_t timeout_ns;      /* for one document; 0: none */
    int is_guarded;           /* inputs in pages of their own: writing there and reading on behind them crashes */
    drive_watcher watcher;    /* may be NULL */
    void *watcher_context;

    struct completion completion;
    const tm_plugin *plugin;
    tm_instance *instance;
    struct field_names *fields;
    struct metrics *metrics;
    struct config *config;
    struct doc_schema schema;
    struct doc_stage stage;
    struct doc_worker worker;
    void *thread;
    int has_thread;
    pthread_mutex_t lock;
    pthread_cond_t bell;
    struct drive_turn *turns; /* of the call that runs */
    size_t n_turns;
    uint64_t count;
};

/* Opens the plugin with options (JSON of an object; NULL: none), and its state for this thread. 0; -1 with one line in
 * why. */
int drive_open(struct drive *d, const struct plugin *plugin, const char *options, struct buffer *why);
/* Closes what drive_open opened; turns that still lie about must be freed before. */
void drive_close(struct drive *d);

/* A document of a text, or of a record (doc stays NULL for what is none). Bytes are copied. */
void drive_take_text(struct drive *d, struct drive_turn *t, const char *text, size_t len);
void drive_take_record(struct drive *d, struct drive_turn *t, const char *json, size_t len);
/* Cuts a span out of it, as an earlier stage would have. */
void drive_cut(struct drive_turn *t, uint32_t start, uint32_t end);
/* The stage's turns with these documents, together where it takes batches. */
void drive_turns(struct drive *d, struct drive_turn *turns, size_t n);
/* The stage's flush, with t's document as the parent; t is freed by the caller as any other. */
void drive_flush(struct drive *d, struct drive_turn *t);
/* That original and edits give the text: NULL; else in one line that they do not. */
const char *drive_replay(const struct drive_turn *t);
void drive_free_turn(struct drive_turn *t);

#endif
