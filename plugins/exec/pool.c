/* pool.c: see pool.h. A program answers in order, so the job that it dies or hangs on is the first without an answer;
 * the others that it was given go to the one that is started in its place. Where it had answered others before it died,
 * the job gets a second try: perhaps it died by what it did before.
 */
#include "pool.h"

#include "child.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD_BYTES = 1 << 20, TICK_MS = 20, SILENCES_AT_START = 3 };

struct pump {
    struct pool *pool;
    pthread_t thread;
    struct child child;
    struct job *first, **end; /* given to the program, or about to be; in order */
    struct job *unsent;       /* the first that is not wholly written */
    uint32_t n;
    uint64_t bytes, since; /* since: when the first one's time began */
    int has_answered;      /* the program that runs now */
};

struct pool {
    struct pool_settings set;
    pthread_mutex_t lock;
    pthread_cond_t bell;
    struct job *first, **end; /* nobody's yet */
    uint32_t n;
    struct job *newest; /* of all that there are */
    int is_closing, is_silent;
    uint32_t silences; /* deaths and waits in vain before the first answer of all */
    int has_ever_answered;
    struct pump *pumps;
    uint32_t n_pumps;
};

void pool_forget(struct pool *pool, struct job *job) {
    pthread_mutex_lock(&pool->lock);
    *(job->newer ? &job->newer->older : &pool->newest) = job->older;
    if (job->older)
        job->older->newer = job->newer;
    pthread_mutex_unlock(&pool->lock);
    free(job->line);
    free(job->answer);
    free(job);
}

/* Takes a fair share of what waits: jobs that come in a heap are for all programs. Waits for the first where there is
 * nothing to do. 0 where the pool closes and nothing is left. */
static int take_jobs(struct pump *p) {
    struct pool *pool = p->pool;
    pthread_mutex_lock(&pool->lock);
    while (!p->first && !pool->first && !pool->is_closing)
        pthread_cond_wait(&pool->bell, &pool->lock);
    uint32_t share = pool->n / pool->n_pumps + 1;
    while (pool->first && share-- && p->n < pool->set.ahead && p->bytes < AHEAD_BYTES) {
        struct job *job = pool->first;
        pool->first = job->next;
        if (!pool->first)
            pool->end = &pool->first;
        pool->n--;
        job->next = NULL;
        if (!p->first)
            p->since = pool->set.host->clock();
        *p->end = job;
        p->end = &job->next;
        if (!p->unsent)
            p->unsent = job;
        p->n++;
        p->bytes += job->len;
    }
    int goes_on = p->first != NULL;
    pthread_mutex_unlock(&pool->lock);
    return goes_on;
}

static void finish_first(struct pump *p, enum outcome outcome) {
    struct job *job = p->first;
    p->first = job->next;
    if (!p->first)
        p->end = &p->first;
    if (p->unsent == job)
        p->unsent = job->next;
    p->n--;
    p->bytes -= job->len;
    p->since = p->pool->set.host->clock();
    job->outcome = outcome;
    p->pool->set.host->complete(job->doc, TM_PASS); /* it may be gone from here on */
}

/* Ends the program; what it was given is to be sent anew. */
static void end_program(struct pump *p) {
    child_kill(&p->child);
    p->pool->set.host->count(p->pool->set.self, p->pool->set.restarts, 1);
    for (struct job *job = p->first; job; job = job->next)
        job->sent = 0;
    p->unsent = p->first;
    p->since = p->pool->set.host->clock();
}

/* Whether no program has ever answered, and enough were tried. */
static int note_silence(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    if (!pool->has_ever_answered && ++pool->silences >= SILENCES_AT_START)
        pool->is_silent = 1;
    int is_silent = pool->is_silent;
    pthread_mutex_unlock(&pool->lock);
    return is_silent;
}

static int is_silent(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    int yes = pool->is_silent;
    pthread_mutex_unlock(&pool->lock);
    return yes;
}

static void fail_first(struct pump *p, enum outcome outcome) {
    struct job *job = p->first;
    if (outcome == DIED && p->has_answered && !job->is_second_try) {
        job->is_second_try = 1;
        end_program(p);
        return;
    }
    end_program(p);
    finish_first(p, note_silence(p->pool) ? NO_ANSWERS : outcome);
}

static void note_answer(struct pump *p) {
    if (p->has_answered)
        return;
    p->has_answered = 1;
    pthread_mutex_lock(&p->pool->lock);
    p->pool->has_ever_answered = 1;
    pthread_mutex_unlock(&p->pool->lock);
}

/* Takes the whole lines that have come. */
static void take_lines(struct pump *p) {
    const struct pool_settings *set = &p->pool->set;
    char *line;
    uint64_t len;
    while (child_line(&p->child, &line, &len)) {
        if (!p->first || !p->first->sent) { /* which document would it be about? */
            set->host->log(set->self, TM_LOG_WARNING,
                           TM_STR("the program gave more lines than it got; it is started again"));
            end_program(p);
            return;
        }
        struct job *job = p->first;
        job->answer = malloc(len + 1);
        if (job->answer)
            memcpy(job->answer, line, len);
        job->answer_len = len;
        note_answer(p);
        finish_first(p, ANSWERED);
    }
}

/* What can be written; 0 where the program reads no more. */
static int send_jobs(struct pump *p) {
    while (p->unsent) {
        struct job *job = p->unsent;
        if (child_write(&p->child, job->line, &job->sent, job->len) != 0)
            return 0;
        if (job->sent < job->len)
            return 1;
        p->unsent = job->next;
    }
    return 1;
}

/* One step with the program: what can be said and heard now. */
static void step(struct pump *p) {
    const struct pool_settings *set = &p->pool->set;
    if (!p->child.pid) {
        p->has_answered = 0;
        if (is_silent(p->pool) || child_start(&p->child, set->argv, set->folder) != 0) {
            finish_first(p, is_silent(p->pool) ? NO_ANSWERS : NO_PROGRAM);
            return;
        }
    }
    int reads = send_jobs(p), speaks = child_read(&p->child) > 0;
    take_lines(p);
    if (!p->first || !p->child.pid)
        return;
    if (!reads || !speaks)
        fail_first(p, DIED);
    else if (set->host->clock() - p->since >= set->timeout_ns)
        fail_first(p, TOO_LATE);
    else if (set->host->should_stop(p->first->doc))
        finish_first(p, STOPPED);
    else
        child_wait(&p->child, p->unsent != NULL, TICK_MS);
}

static void *pump_run(void *argument) {
    struct pump *p = argument;
    int is_stopped = 0;
    while (take_jobs(p)) {
        step(p);
        is_stopped |= p->first && p->pool->set.host->should_stop(p->first->doc);
    }
    if (is_stopped)
        child_kill(&p->child);
    child_end(&p->child);
    return NULL;
}

struct pool *pool_new(const struct pool_settings *settings) {
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->set = *settings;
    pool->end = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->bell, NULL);
    pool->pumps = calloc(settings->programs, sizeof *pool->pumps);
    for (uint32_t i = 0; pool->pumps && i < settings->programs; i++) {
        struct pump *p = &pool->pumps[i];
        p->pool = pool;
        p->end = &p->first;
        pthread_mutex_lock(&pool->lock); /* pumps that run already count themselves by it */
        int status = pthread_create(&p->thread, NULL, pump_run, p);
        pool->n_pumps += status == 0;
        pthread_mutex_unlock(&pool->lock);
        if (status != 0)
            break;
    }
    if (pool->n_pumps == settings->programs)
        return pool;
    pool_free(pool);
    return NULL;
}

void pool_free(struct pool *pool) {
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_closing = 1;
    pthread_cond_broadcast(&pool->bell);
    uint32_t n = pool->n_pumps;
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < n; i++)
        pthread_join(pool->pumps[i].thread, NULL);
    while (pool->newest)
        pool_forget(pool, pool->newest);
    pthread_cond_destroy(&pool->bell);
    pthread_mutex_destroy(&pool->lock);
    free(pool->pumps);
    free(pool);
}

void pool_give(struct pool *pool, struct job *first, struct job *last, uint32_t n) {
    pthread_mutex_lock(&pool->lock);
    last->next = NULL;
    for (struct job *job = first; job; job = job->next) {
        job->older = pool->newest;
        if (pool->newest)
            pool->newest->newer = job;
        pool->newest = job;
    }
    *pool->end = first;
    pool->end = &last->next;
    pool->n += n;
    if (n == 1)
        pthread_cond_signal(&pool->bell);
    else
        pthread_cond_broadcast(&pool->bell);
    pthread_mutex_unlock(&pool->lock);
}
