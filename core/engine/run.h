/* run.h: the engine's own structs: a run, its batches, its workers, and one document on its way. Shared by the files of
 * this room, seen by nobody else.
 *
 * Who may touch what: a batch belongs to the thread that has it (reader, then one worker after another, then writer)
 * and is handed over under run.lock; what is marked (lock) is touched under run.lock only; (atomic) speaks for itself.
 */
#ifndef TM_ENGINE_RUN_H
#define TM_ENGINE_RUN_H

#include "engine.h"
#include "rules.h"
#include "state.h"

#include "../observe/log.h"
#include "../plugin/batch.h"
#include "../plugin/completion.h"

#include <signal.h>
#include <uv.h>

#define MAX_SINKS 64u
#define RETRIES 3u
#define SOURCE_FLUSH ENGINE_FLUSHED /* in place of a source: what flush emitted has none */
#define HANG_GRACE 1000000000u      /* past its deadline a stage that asks should_stop gets this long to come back */

enum unit_state {
    UNIT_READY,   /* a worker may go on with it */
    UNIT_WAITING, /* for a timer, an answer or a free place */
    UNIT_ENDED
};

/* One document on its way: of the input, or emitted. Lives in its batch, in the order of the output. */
struct unit {
    struct unit *next;       /* of the batch */
    struct unit *next_ready; /* of batch.woken, run.retries or stage_run.queue (lock) */
    struct unit *parent;     /* that emitted it */
    struct unit *tail;       /* the last of what it and its children emitted; itself at first */
    struct batch *batch;
    tm_doc *doc;         /* NULL: could not be read */
    uint8_t *seen;       /* a byte a stage, set where the stage was given it; NULL: nobody settles */
    struct later *later; /* while a stage with TM_ASYNC has it */
    uint64_t position;
    uint64_t weight; /* bytes of its record, or of its text: for time limits; the text itself may never be asked for */
    uint64_t due;    /* of a retry */
    uint64_t ns, longest; /* in stages, and the longest turn of these; where run.options->times are wanted */
    uint32_t slowest;     /* the stage that had it */
    size_t item;          /* of the block; SIZE_MAX for what flush emitted */
    uint32_t source;
    uint32_t stage; /* the next one, or the one that it is in */
    enum unit_state state;
    uint8_t is_begun;  /* between doc_stage_begin and doc_stage_end */
    uint8_t in_commit; /* of that stage; its process is done */
    uint8_t has_place; /* counts towards the stage's max_in_flight */
    uint8_t attempts;
    uint8_t is_answered;  /* complete was called (lock) */
    uint8_t is_later;     /* process has returned TM_LATER (lock) */
    uint8_t outcome;      /* TM_PUBLISHED... once ended */
    int32_t answer;       /* verdict by complete (lock) */
    int32_t end_stage;    /* that failed or dropped it; -1: reading */
    uint32_t offset;      /* of the error, or TM_NONE */
    tm_str code, message; /* in the arena, or constant */
    size_t out_start, out_len;
    size_t letter_len; /* of its line in batch.failed or batch.dropped */
    uint64_t sinks;    /* bit a sink that takes it */
};

/* A document's own hooks while a stage may answer later: unlike the worker's, they stay with it when it is parked. */
struct later {
    struct doc_worker worker;
    struct completion completion;
    struct run *run;
    struct unit *unit;
};

/* What a batch does next. */
enum step_kind {
    STEP_EACH,  /* stages [from, to), document by document; `to - 1` may be the process of a stage that commits */
    STEP_MANY,  /* process_many of stage `from` */
    STEP_COMMIT /* commit of stage `from`, in input order */
};

struct step {
    enum step_kind kind;
    uint32_t from, to;
};

/* Bytes to be written: whole lines of the block, the last one's end left out; or whole records of batch.out. */
struct span_of_block {
    size_t start, len;
    int is_out;
};

struct unit_chunk {
    struct unit_chunk *next;
    size_t used;
    struct unit units[64];
};

struct batch {
    struct batch *next; /* of a queue (lock) */
    uint64_t seq;
    struct block *block;
    size_t first_item; /* those before it were done by the run that is resumed */
    size_t next_item;  /* not yet made a unit */
    uint64_t weight;   /* bytes that it may take in memory */
    int is_flush;
    uint32_t flush_stage; /* next stage to be flushed */
    size_t step;
    int step_begun;      /* the step's first walk is over: only woken units remain */
    int has_turn;        /* it is its turn in the ordered stage of this step */
    struct unit *cursor; /* in a commit step: the next unit; NULL with has_turn and step_begun: at the end */

    struct unit *first, *last, *written; /* units; the last one that was serialised */
    struct unit_chunk *chunks;
    size_t live;                     /* units not yet serialised */
    size_t waiting;                  /* units that wait (lock) */
    struct unit *woken, **woken_end; /* (lock) */
    int is_parked;                   /* (lock) */

    struct arena *arena;
    struct buffer out;          /* records, one after the other */
    struct buffer failed;       /* dead letters */
    struct buffer dropped;      /* their like */
    struct buffer notes;        /* failures for the log: strings ended by NUL */
    struct buffer reasons;      /* code and message of each letter: the arena is used anew before they are told */
    struct span_of_block *runs; /* of untouched lines, instead of out */
    size_t n_runs, runs_room;
    uint64_t read, published, n_failed, n_dropped, skipped, cuts;
    tm_doc **docs; /* for process_many and commit_many */
    int32_t *verdicts;
    struct unit **many;
    size_t many_room;
};

struct stage_count {
    uint64_t documents, dropped, failed, skipped, cuts, bytes, nanoseconds;
};

struct worker {
    struct run *run;
    uv_thread_t thread;
    unsigned index;
    int is_started;
    void **threads; /* a stage's thread state each */
    struct doc_worker doc_worker;
    struct engine_slot *slot;
    _Atomic uint64_t deadline; /* of the document in the stage; 0: none */
    struct stage_count *counts;
    struct rule_counts rules;
    uint64_t record_ns;
    struct unit *current;               /* in a stage now: for blame */
    uint64_t turn_started, turn_layers; /* of the call into a stage that runs */
    struct json_member *members;
    size_t members_room;
    uint32_t uid_source; /* whose name is hashed in uid_name; TM_NONE: none yet */
    uint64_t uid_seed;   /* and with which seed: an index may come to stand for another file */
    tm_uid uid_name;
    struct buffer name;
    _Atomic(const char *) blame_name; /* where the document came from, for the crash line */
    _Atomic int is_gone;              /* its thread has ended */
    void *signal_stack;
};

/* One stage of the run: what pipeline_stage does not know. */
struct stage_run {
    const struct pipeline_stage *stage;
    const tm_plugin *plugin;
    _Atomic uint64_t misuses; /* calls of its that broke the contract */
    uv_mutex_t turn_lock;     /* commit, settle, checkpoint and flush: one at a time */
    int is_ordered;
    uint64_t turn;                   /* seq whose commit is next (lock) */
    struct batch **waiters;          /* by seq % max_batches (lock) */
    uint32_t in_flight;              /* documents that it answers later (lock) */
    struct unit *queue, **queue_end; /* waiting for a place (lock) */
};

struct run {
    const struct pipeline *pipeline;
    struct source *source;
    const struct engine_options *options;
    struct engine_report *report;
    struct engine_counters *counters, own_counters;
    struct stage_run *stages;
    size_t n_stages;
    struct step *steps;
    size_t n_steps;
    unsigned jobs;
    struct worker *workers;
    struct engine_slot *own_slots;
    uv_thread_t reader, writer;

    int is_pass_through; /* lines are checked and copied, no documents are made */
    int keeps_arenas;    /* a stage settles: arenas live until the batch is written */
    int is_ordered;      /* results leave in input order */
    int wants_spans;     /* a sink has a condition or takes documents */

    /* The loop. */
    uv_loop_t loop;
    uv_async_t bell;
    uv_timer_t tick, retry_timer;
    uv_signal_t on_int, on_term;
    _Atomic int is_ticking; /* there is something to look after: an idle run does not wake */
    int signals_seen, signal;
    uint64_t started;
    struct sigaction old_actions[5]; /* crash.c */

    uv_mutex_t lock;
    uv_cond_t work;      /* workers wait for it */
    uv_cond_t room;      /* the reader waits for it */
    uv_cond_t done_bell; /* the writer waits for it */
    /* (lock) */
    struct batch **batches; /* all there are */
    size_t n_batches, max_batches;
    struct batch *free_batches;
    struct batch *fresh, **fresh_end;       /* in input order */
    struct batch *resumed, **resumed_end;   /* go before fresh ones */
    struct batch **done;                    /* by seq % max_batches */
    struct batch *done_any, **done_any_end; /* unordered */
    uint64_t next_seq;                      /* of the reader */
    uint64_t in_flight_bytes;
    size_t in_flight;
    int is_read;         /* the reader has ended: next_seq is their number */
    int is_written;      /* the writer has ended */
    int quits;           /* workers shall end */
    struct batch *flush; /* waits for all the others */
    struct unit *retries;
    uint64_t later_documents; /* plugins hold them */
    struct arena **arenas;
    size_t n_arenas;
    uint64_t broken_seq;        /* batches from here on are not written; UINT64_MAX: none */
    int has_failed;             /* report->why stands */
    uint64_t written_documents; /* of the input */
    struct engine_state state;  /* the writer's */

    _Atomic int stop_reading;
    _Atomic int abandons;   /* what is in flight is thrown away */
    int stop_now;           /* by atomic builtins: documents' should_stop */
    _Atomic int is_writing; /* the writer is inside a sink; the crash handler waits for it */
    _Atomic int is_crashing;
    _Atomic uint32_t settling; /* 1 + the stage that the writer, or the end, is in; 0: none */
};

/* queue.c: batches from hand to hand. */
struct batch *queue_take_free(struct run *r);    /* reader; waits for room; NULL: stop */
int queue_admit(struct run *r, struct batch *b); /* reader; waits until its bytes have room; 0: stop */
void queue_put_fresh(struct run *r, struct batch *b);
struct batch *queue_take_work(struct run *r);               /* worker; NULL: end */
void queue_put_done(struct run *r, struct batch *b);        /* worker */
struct batch *queue_take_done(struct run *r, uint64_t seq); /* writer; NULL: all is written, or abandoned */
void queue_release(struct run *r, struct batch *b);         /* writer */
int queue_take_turn(struct run *r, struct stage_run *s,
                    struct batch *b); /* 0: parked, the batch is not yours any more */
void queue_pass_turn(struct run *r, struct stage_run *s, struct batch *b);
void queue_end_reading(struct run *r);
void queue_abandon(struct run *r);
void queue_end(struct run *r); /* the writer has ended: so shall all others */

/* batch.c: a batch and its units. */
struct batch *batch_new(void);
void batch_free(struct batch *b);
void batch_clear(struct batch *b);
struct unit *batch_add_unit(struct batch *b); /* at the end */
void unit_adopt(struct worker *w, struct unit *parent, tm_doc *doc, uint32_t stage);
void batch_run(struct worker *w, struct batch *b); /* as far as it goes: to done, or parked */

/* record.c: items into documents. */
struct unit *record_next(struct worker *w, struct batch *b); /* NULL: no more items */
void record_pass_through(struct worker *w, struct batch *b);
const char *record_source(const struct run *r, uint32_t source); /* path, "stdin" or "flush" */
void record_name(const struct run *r, uint32_t source, uint64_t position, struct buffer *out);

/* stage_run.c: a document through its stages. */
void unit_run(struct worker *w, struct unit *u, uint32_t to);
int unit_is_wanted(struct worker *w, struct unit *u); /* 0: the stage is not for it, and it stands behind it now */
int unit_begin(struct worker *w, struct unit *u);     /* 0: no free place for one more, it waits */
void unit_take_verdict(struct worker *w, struct unit *u, int32_t verdict);
void unit_take_answer(struct worker *w, struct unit *u); /* of one that was parked: u->answer */
void unit_end(struct unit *u, uint32_t outcome, int32_t stage, tm_str code, tm_str message, uint32_t offset);
void worker_turn(struct worker *w, struct unit *u); /* the stage works on it from now on */
void worker_idle(struct worker *w, uint32_t stage);

/* many.c: process_many, commit and commit_many; flush. 0: the batch was parked. */
void many_process(struct worker *w, struct batch *b, struct unit *woken);
int many_commit(struct worker *w, struct batch *b);
int many_flush(struct worker *w, struct batch *b);

/* later.c: documents that wait. */
void later_begin(struct worker *w, struct unit *u);
int later_park(struct worker *w, struct unit *u, int32_t *out_verdict); /* 1: the answer is here already */
void later_end(struct worker *w, struct unit *u);
int later_take_place(struct run *r, struct unit *u); /* 0: none free, the unit waits */
void later_retry(struct run *r, struct unit *u);
struct unit *later_take_woken(struct run *r, struct batch *b, int *out_parked);
void later_fire(struct run *r);        /* loop: timers */
int later_wait_for_all(struct run *r); /* 0: plugins still hold some */

/* result.c: ended units into the batch's buffers, in order. */
void result_write_ready(struct worker *w, struct batch *b);
void result_header(const struct run *r, struct buffer *out); /* of a table of --fields */

/* reader.c, worker.c, writer.c: the threads. */
void reader_main(void *run);
void worker_main(void *worker);
void writer_main(void *run);

/* loop.c: on the caller's thread. */
void loop_init(struct run *r);
void loop_look_for_hangs(struct run *r);

/* engine.c */
void run_checkpoint(struct run *r); /* the stages' stores are made durable */
void run_fail(struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void run_break(struct run *r, struct batch *b, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* crash.c */
void crash_arm(struct run *r);
void crash_disarm(struct run *r);
void crash_stack_set(struct worker *w);
void crash_stack_unset(struct worker *w);

#endif
