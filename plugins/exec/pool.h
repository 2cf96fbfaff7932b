/* pool.h: programs that run beside the mill, each with a thread that feeds it. A job is one line out and one line back;
 * whichever program is free takes it. The thread knows nothing of documents: it tells that a job is done.
 */
#ifndef EXEC_POOL_H
#define EXEC_POOL_H

#include <textmill/plugin.h>

enum outcome {
    ANSWERED,
    DIED,       /* the program ended without an answer to this job */
    TOO_LATE,   /* none in time; it was ended */
    STOPPED,    /* the run is being stopped */
    NO_PROGRAM, /* it could not be started again */
    NO_ANSWERS  /* none came to the first jobs at all */
};

struct job {
    struct job *next;
    struct job *older, *newer; /* of all that the pool has */
    tm_doc *doc;               /* only passed on */
    char *line;                /* to the program, with its line end */
    uint64_t len, sent;
    int is_second_try;
    enum outcome outcome;
    char *answer; /* where outcome is ANSWERED; freed with the job */
    uint64_t answer_len;
};

struct pool_settings {
    const tm_host *host;
    tm_instance *self;
    char *const *argv;
    const char *folder;
    uint64_t timeout_ns;
    uint32_t programs, ahead; /* ahead: most jobs that one program is given before it has answered */
    tm_metric restarts;
};

struct pool;

/* NULL where there is no memory or no thread. Programs start with their first job. */
struct pool *pool_new(const struct pool_settings *settings);
/* Lets programs end; jobs that are still there are given up. */
void pool_free(struct pool *pool);
/* Takes the jobs over. When one is done, host->complete(job->doc, TM_PASS) is called; then it waits for pool_forget. */
void pool_give(struct pool *pool, struct job *first, struct job *last, uint32_t n);
/* Frees a job that is done. Those that nobody asks for, because the run ended before, go with the pool. */
void pool_forget(struct pool *pool, struct job *job);

#endif
