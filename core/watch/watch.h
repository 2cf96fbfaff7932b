/* watch.h: the drop folder's seam to the command line: what the watcher is told, and the two halves of the program that
 * serve it: the supervisor (watch_run), which never loads a plugin, and the workers (worker_run), which do.
 *
 * The protocol: a file's state is the folder that it is in, every step is one rename or unlink, and nothing else is
 * written down.
 *
 *     inbox/NAME -> .textmill/work/ID.aN.in -> (result) .textmill/stage/ID.out -> .textmill/ready/ID.out  the commit
 *                -> the input is unlinked, or moved to done/ -> out/NAME.jsonl
 *
 * The results of a batch lie in stage/BATCH/, and what goes to ready/ is that folder: one rename commits them all. That
 * is as good as one rename each, since a result counts as committed by where it stands, and nothing of a batch is
 * committed before all of its files have their verdict, and what goes aside has gone. Recovery retires and publishes
 * what stands in ready/BATCH/ as it does what stands in ready/ itself, where batches of few files put theirs.
 *
 * So a kill at any instant loses nothing, puts nothing out twice and shows nothing half, and starting again is the
 * whole of recovery. ID is SECONDS MICROSECONDS-INODE~NAME, given when the file is claimed, so that a redo bears the
 * same.
 */
#ifndef TM_WATCH_WATCH_H
#define TM_WATCH_WATCH_H

#include "../observe/log.h"
#include "../observe/metrics.h"
#include "../pipeline/pipeline.h"

#include <stdint.h>

enum durability { DURABILITY_AUTO, DURABILITY_ORDERED, DURABILITY_STRICT, DURABILITY_NONE };
enum conflict { CONFLICT_RENAME, CONFLICT_REPLACE, CONFLICT_FAIL };
enum sandbox_mode { SANDBOX_AUTO, SANDBOX_OFF };
enum isolation { ISOLATION_WORKER, ISOLATION_NONE };

/* Steps taken out, so that the tests can see that they are missed. */
enum protocol_gap { GAP_NONE, GAP_NO_READY, GAP_NO_FLUSH };

/* What a worker needs to know besides the pipeline. */
struct worker_options {
    struct loader *loader;
    struct metrics *metrics;
    struct log *log;
    struct pipeline_request request;
    const char *root, *inbox;
    uint64_t max_doc, max_expand, memory, max_memory, max_poison;
    enum sandbox_mode sandbox;
    unsigned jobs; /* of all workers together */
    int64_t timeout;
    int is_single;       /* one process works with all the threads, so that results come in order */
    int takes_truncated; /* a last line without its newline is a line */
    int in_process;      /* a thread of the supervisor: --isolation none */
};

struct watch_options {
    const char *root, *inbox, *out; /* the last two NULL: under root */
    const char *pipeline;           /* for the log */
    const char *http;               /* HOST:PORT, :PORT; NULL: none */
    enum durability durability;
    enum conflict conflict;
    enum isolation isolation;
    enum protocol_gap gap;
    int keep_input, subfolders, once;
    int by_name;   /* what a scan finds is done in the order of the names, by one process */
    int sync_mark; /* out/.sync is put when results are on the disk */
    int64_t keep_for, settle, retry_wait, rescan, timeout, grace; /* ns */
    uint64_t max_memory, recycle_after, max_poison, min_free, batch;
    unsigned jobs, attempts;
    char **worker_argv;                  /* ends with NULL; the first is the program's name, the third --worker=FDS */
    const struct worker_options *worker; /* for isolation none */
    struct log *log;
};

/* Runs until a signal ends it. The exit status: 0 stopped as asked, 2 usage or configuration, 3 runtime failure. */
int watch_run(const struct watch_options *options);

/* Serves one supervisor over the socket until that is closed. shared: a mapping of struct shared. */
struct shared;
int worker_run(int socket, struct shared *shared, int copies, const struct worker_options *options);
/* The same for a process of its own: descriptors of socket, shared memory, lock and copies as --worker has them.
 * copies: a file with what the pipeline file and what it includes held when they were taken; the first worker fills it.
 */
int worker_process(const char *descriptors, const struct worker_options *options);

#endif
