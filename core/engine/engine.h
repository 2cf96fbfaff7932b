/* engine.h: runs a pipeline over a source into sinks: loop, workers, batches, order, outcomes, backpressure, drain. A
 * library without globals: the command line and the watcher's workers both call it.
 *
 * The loop (the caller's thread) owns signals and timers; one thread reads, one writes, `jobs` threads work. Blocks go
 * through a queue bounded in documents and bytes; a worker takes one through scanning, every stage and serialisation in
 * one go, but for stages that commit: those are taken by ticket, in input order, and a block whose turn has not come is
 * parked, not waited for.
 */
#ifndef TM_ENGINE_ENGINE_H
#define TM_ENGINE_ENGINE_H

#include "../io/sink.h"
#include "../io/source.h"
#include "../observe/metrics.h"
#include "../pipeline/pipeline.h"

#include <stdatomic.h>

/* One thread's slot: which document is in which stage since when. Lives in memory that the caller hands in (shared with
 * a supervisor), written with plain stores, read by others. */
struct engine_slot {
    _Atomic uint64_t since;       /* clock ns; 0: idle */
    _Atomic uint64_t source_line; /* source index << 40 | position */
    _Atomic uint32_t stage;
    _Atomic uint64_t marked_line; /* source_line and stage when it was marked */
    _Atomic uint32_t marked_stage;
    _Atomic uint32_t mark; /* 0, or how this thread brought the process down: a signal's number, or one of these */
};
static inline void engine_slot_mark(struct engine_slot *slot, uint32_t mark) { /* async-signal-safe */
    atomic_store(&slot->marked_line, atomic_load(&slot->source_line));
    atomic_store(&slot->marked_stage, atomic_load(&slot->stage));
    atomic_store(&slot->mark, mark);
}
enum { ENGINE_MARK_EXIT = 1001, ENGINE_MARK_BROKEN, ENGINE_MARK_HUNG };

/* How long one stage worked on documents, as a histogram: bucket i counts those of at most engine_time_limits[i] ns,
 * the last one the rest. In memory that the caller hands in, one a stage; only ever added to. */
#define ENGINE_TIMES 12u
extern const uint64_t engine_time_limits[ENGINE_TIMES - 1];
struct engine_times {
    _Atomic uint64_t buckets[ENGINE_TIMES], nanoseconds;
};

struct engine_counters {
    _Atomic uint64_t read, published, failed, dropped, skipped, bytes_in, bytes_out, cuts;
};

struct stage_report {
    const char *id;
    uint64_t documents, dropped, failed, skipped, cuts, bytes; /* bytes: of the records it was given */
    uint64_t nanoseconds; /* in process and commit, summed over workers; filled when timing is on */
};

/* What one rule did; filled when rules are counted. */
struct rule_report {
    const char *stage, *rule;         /* the rule's name, or the kind of edit where the stage names no rule */
    uint64_t documents, edits, bytes; /* bytes of the original that it cut or replaced */
    uint64_t nanoseconds;             /* as the stage tells it; summed over workers */
    uint64_t turn;                    /* the counting's own */
};

enum engine_end {
    ENGINE_DONE,    /* all was read and written */
    ENGINE_STOPPED, /* a signal, drained */
    ENGINE_CLOSED,  /* the output's reader is gone */
    ENGINE_FAILED   /* I/O, a broken or hung stage: `why` */
};

struct engine_report {
    enum engine_end end;
    int signal;  /* ENGINE_STOPPED */
    int is_hung; /* a stage does not return and its thread still runs: touch neither pipeline nor source any more, end
                    the process with _exit */
    uint64_t read, published, failed, dropped, skipped, cuts, bytes_in, bytes_out;
    uint64_t wall_ns, layers_ns, record_ns; /* the last two are summed over workers, filled when timing is on */
    unsigned jobs;
    struct stage_report *stages; /* their ids are the pipeline's */
    size_t n_stages;
    struct rule_report *rules; /* the longest time first, then the most edits */
    size_t n_rules;
    struct buffer why;             /* one line, ENGINE_FAILED */
    const struct metrics *metrics; /* set by the caller after the run: what plugins counted, for the JSON report */
};

/* Told once for every document, in input order, when its results are with every sink; NULL: nobody asks. */
struct engine_outcome {
    uint32_t source, outcome;
    uint64_t position;
    uint64_t ns;      /* in stages, with what it emitted; known where times are */
    uint64_t longest; /* a turn of these */
    uint32_t slowest; /* the stage that had it; TM_NONE: none */
};
typedef void (*engine_outcome_fn)(void *context, const struct engine_outcome *outcome);

/* A document that failed or was dropped, in input order, by the writer's thread: its letter is one line of JSON. Good
 * until the call returns. 0; -1 with why ends the run. */
struct engine_letter {
    uint32_t source, outcome;
    uint64_t position;
    const char *stage; /* "read" where it could not be read */
    tm_str code, message;
    const char *line;
    size_t len;
};
typedef int (*engine_letter_fn)(void *context, const struct engine_letter *letter, struct buffer *why);

/* Records of one source, whole and in input order; called often for one source, by the writer's thread. 0; -1 with why
 * ends the run. */
#define ENGINE_FLUSHED 0xffffffu
typedef int (*engine_result_fn)(void *context, uint32_t source, const char *records, size_t len, struct buffer *why);

struct engine_options {
    unsigned jobs;       /* workers; 0: one a core */
    uint64_t memory;     /* bound of bytes in flight, 1 GiB */
    uint64_t timeout_ns; /* base for one document in one stage, 30 s; plus 1 s a MiB */
    int timing;          /* fill nanoseconds */
    int rules;           /* count what each rule did */
    int rule_times;      /* and ask stages how long each took; costs time itself */
    int unordered;
    int handle_signals; /* SIGINT and SIGTERM drain, a second one ends the process by that signal at once */
    int handle_crashes; /* a deadly signal in a stage is told in one line that names plugin, stage and document */
    uint64_t uid_seed;  /* goes into uids: another for every drop of the same file; 0 for a run */
    enum output_format format;
    const char *const *fields; /* --fields, NULL: all */
    size_t n_fields;
    struct sink *const *sinks;
    const struct tm_condition *const *sink_when; /* per sink, or NULL */
    size_t n_sinks;
    engine_result_fn result; /* or NULL: is given the records too, told apart by their source: many files in one run, a
                                result each. What flush emits comes as of ENGINE_FLUSHED */
    engine_letter_fn letter; /* or NULL; its context is result_context too, as it is of group_end */
    void *result_context;
    /* Or NULL: told by the writer's thread, in order, when all documents of a group of the source (source_open_pulled)
     * are told and the stores of the stages are durable. 0; -1 with why ends the run. */
    int (*group_end)(void *context, struct buffer *why);
    int is_part;          /* of a stream that other runs go on with: stages do not flush */
    struct sink *failed;  /* dead letters; NULL: told by the log alone */
    struct sink *dropped; /* or NULL */
    struct log *log;
    struct engine_slot *slots;        /* jobs of them, or NULL */
    struct engine_counters *counters; /* or NULL */
    struct engine_times *times;       /* one a stage, or NULL */
    engine_outcome_fn outcome;
    void *outcome_context;
    void (*progress)(void *context, const struct engine_counters *now,
                     uint64_t total_bytes); /* on the loop, 10 a second */
    void *progress_context;
    const char *state_file; /* -o FILE's FILE.state for --resume (state.h), or NULL; gone when all is done */
    uint64_t state_inputs, state_pipeline; /* what the run is of, for the state file */
    uint64_t skip_documents;               /* --resume: already done; bytes of the first sink count from sink_bytes */
};

/* Runs to the end. 0 always with *report filled; engine_report_free it. Sinks are left open: finishing or closing them
 * is the caller's, after checkpoints were made here. One run with handle_crashes at a time in a process. */
int engine_run(const struct pipeline *pipeline, struct source *source, const struct engine_options *options,
               struct engine_report *report);
void engine_report_free(struct engine_report *report);
/* The closing table as text, and the report as one JSON object. */
void engine_report_table(const struct engine_report *report, struct buffer *out);
void engine_report_json(const struct engine_report *report, struct buffer *out);

#endif
