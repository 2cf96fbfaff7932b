/* exec.c: the stage `exec`: gives documents to a program of any kind, one line of JSON each, and takes what it answers,
 * line by line. Every worker has a program of its own, which gets many documents at once, so that neither waits for the
 * other line by line. Answers come in order, so the document that a program dies or hangs on is the first without one:
 * it fails, the program is started again, and those behind it are given to the new one. Where the program had answered
 * others before it died, the document gets a second try.
 */
#include "child.h"
#include "talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 20, TICK_MS = 50, SILENCES_AT_START = 3 };

struct config {
    tm_list command;
    tm_str folder;
    tm_list send, receive;
    int64_t timeout, batch;
};

struct stage {
    const tm_host *host;
    tm_instance *self;
    const struct config *config;
    char **argv;
    struct named_field *send, *receive;
    uint32_t n_send, n_receive;
    tm_metric restarts;
};

/* A worker's own. */
struct thread {
    struct child child;
    struct request request;
    uint64_t *ends;    /* of each document's line in the request */
    uint32_t silences; /* deaths and waits in vain before the first answer */
    int has_answered;  /* the program that runs now */
    int has_ever_answered;
};

static const tm_option options[] = {
    TM_OPT_LIST(struct config, command, TM_T_STRING, 0, "command", NULL,
                "the program and its arguments; no shell is between"),
    TM_OPT_PATH(struct config, folder, 0, "folder", "\".\"", "the folder that it runs in"),
    TM_OPT_LIST(struct config, send, TM_T_STRING, TM_OPT_READS, "send", "[]",
                "fields that it gets beside id, title and text"),
    TM_OPT_LIST(struct config, receive, TM_T_STRING, TM_OPT_WRITES, "receive", "[]", "fields that its answer may set"),
    TM_OPT_DURATION(struct config, timeout, "timeout", "\"20s\"", "10ms..",
                    "time for one answer; then the program is ended, and the document fails"),
    TM_OPT_INT(struct config, batch, "batch", "64", "1..10000", "documents that it is given ahead of its answers"),
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    free(s->argv);
    free(s->send);
    free(s);
}

static int32_t fails(struct stage *s, const char *why) {
    s->host->open_error(s->self, (tm_str){why, strlen(why)});
    stage_close(s);
    return TM_EINVAL;
}

static void take_fields(struct stage *s, const tm_list *names, struct named_field *to) {
    const tm_str *list = names->items;
    for (uint64_t i = 0; i < names->count; i++)
        to[i] = (struct named_field){list[i], s->host->field(s->self, list[i])};
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = calloc(1, sizeof *s);
    const struct config *c = config;
    const tm_str *words = c->command.items;
    char why[512];
    if (!s) {
        host->open_error(self, TM_STR("out of memory; give the process more"));
        return TM_ERANGE;
    }
    s->host = host;
    s->self = self;
    s->config = c;
    s->argv = calloc(c->command.count + 1, sizeof *s->argv);
    s->send = calloc(c->send.count + c->receive.count + 1, sizeof *s->send);
    if (!s->argv || !s->send)
        return fails(s, "out of memory; give the process more");
    if (!c->command.count || !words[0].len)
        return fails(s, "command: a program is wanted, such as [\"python3\", \"score.py\"]");
    for (uint64_t i = 0; i < c->command.count; i++)
        memcpy(&s->argv[i], &words[i].data, sizeof s->argv[i]); /* posix_spawn takes them as char *, and reads only */
    s->n_send = (uint32_t)c->send.count;
    s->n_receive = (uint32_t)c->receive.count;
    s->receive = s->send + s->n_send;
    take_fields(s, &c->send, s->send);
    take_fields(s, &c->receive, s->receive);
    s->restarts = host->counter(self, TM_STR("restarts"));
    /* Whether it can be started at all is told now. */
    struct child probe = {.in = -1, .out = -1};
    int error = child_start(&probe, s->argv, c->folder.data);
    if (error) {
        snprintf(why, sizeof why, "%.200s cannot be started in %.200s: %s", s->argv[0], c->folder.data,
                 strerror(error));
        return fails(s, why);
    }
    child_kill(&probe);
    *out_stage = s;
    return TM_OK;
}

static int32_t thread_open(void *stage, void **out_thread) {
    const struct stage *s = stage;
    struct thread *t = calloc(1, sizeof *t);
    if (t)
        t->ends = calloc((size_t)s->config->batch, sizeof *t->ends);
    if (!t || !t->ends) {
        free(t);
        return TM_ERANGE;
    }
    *out_thread = t;
    return TM_OK;
}

static void thread_close(void *stage, void *thread) {
    struct thread *t = thread;
    (void)stage;
    child_end(&t->child);
    free(t->request.data);
    free(t->ends);
    free(t);
}

static int start(const struct stage *s, struct thread *t) {
    if (t->child.pid)
        return 0;
    t->has_answered = 0;
    return child_start(&t->child, s->argv, s->config->folder.data);
}

enum outcome { ANSWERED, DIED, TOO_LATE, STOPPED };

/* Waits for the next answer; writes meanwhile. */
static enum outcome next_line(const struct stage *s, struct thread *t, tm_doc *doc, uint64_t *at, char **out_line,
                              uint64_t *out_len) {
    const tm_host *h = s->host;
    uint64_t deadline = h->clock() + (uint64_t)s->config->timeout;
    for (;;) {
        if (child_line(&t->child, out_line, out_len))
            return ANSWERED;
        int is_open = child_write(&t->child, t->request.data, at, t->request.len) == 0;
        int more = child_read(&t->child);
        if (child_line(&t->child, out_line, out_len))
            return ANSWERED;
        if (!is_open || more <= 0)
            return DIED;
        if (h->clock() >= deadline)
            return TOO_LATE;
        if (h->should_stop(doc))
            return STOPPED;
        child_wait(&t->child, *at < t->request.len, TICK_MS);
    }
}

static int32_t failed(const struct stage *s, struct thread *t, tm_doc *doc, enum outcome why) {
    const tm_host *h = s->host;
    child_kill(&t->child);
    h->count(s->self, s->restarts, 1);
    if (why == DIED)
        return tm_fail(h, doc, TM_STR("program-died"), TM_STR("the program ended without an answer to this document"),
                       TM_NONE);
    if (why == TOO_LATE)
        return tm_fail(h, doc, TM_STR("program-timeout"),
                       TM_STR("the program gave no answer in time; does it flush its output after every line?"),
                       TM_NONE);
    return tm_fail(h, doc, TM_STR("stopped"), TM_STR("the time for this document is up, or the run is being stopped"),
                   TM_NONE);
}

static int32_t cannot_go_on(const struct stage *s, tm_doc *doc, const char *what) {
    char message[300];
    int n = snprintf(message, sizeof message, "%.150s %s", s->argv[0], what);
    s->host->reason(doc, TM_STR("program"), (tm_str){message, (uint64_t)n}, TM_NONE);
    return TM_BROKEN;
}

/* Documents [first, last) of the batch, whose lines stand in the request. TM_PASS, or TM_BROKEN. */
static int32_t exchange(const struct stage *s, struct thread *t, tm_batch *batch, uint32_t first, uint32_t last) {
    uint64_t at = 0, len;
    char *line;
    for (uint32_t i = first; i < last; i++) {
        tm_doc *doc = s->host->at(batch, i);
        if (start(s, t) != 0)
            return cannot_go_on(s, doc, "cannot be started again");
        uint64_t begin = i > first ? t->ends[i - first - 1] : 0;
        enum outcome outcome = next_line(s, t, doc, &at, &line, &len);
        if (outcome == DIED && t->has_answered) { /* perhaps by what it did before: this document alone tells */
            child_kill(&t->child);
            s->host->count(s->self, s->restarts, 1);
            at = begin;
            if (start(s, t) != 0)
                return cannot_go_on(s, doc, "cannot be started again");
            outcome = next_line(s, t, doc, &at, &line, &len);
        }
        int32_t verdict;
        if (outcome == ANSWERED) {
            t->has_answered = t->has_ever_answered = 1;
            verdict = answer_take(s->host, doc, s->receive, s->n_receive, line, len);
        } else {
            verdict = failed(s, t, doc, outcome);
            if (outcome != STOPPED && !t->has_ever_answered && ++t->silences == SILENCES_AT_START)
                return cannot_go_on(s, doc,
                                    "gave no answer to its first documents; does it flush its output after every line, "
                                    "and read its input line by line?");
            at = t->ends[i - first]; /* the next one gets what comes behind */
        }
        s->host->verdict(batch, i, verdict);
    }
    if (child_line(&t->child, &line, &len)) { /* which document would it be about? */
        s->host->log(s->self, TM_LOG_WARNING, TM_STR("the program gave more lines than it got; it is started again"));
        child_kill(&t->child);
    }
    return TM_PASS;
}

static int32_t stage_process_many(void *stage, void *thread, tm_batch *batch) {
    const struct stage *s = stage;
    struct thread *t = thread;
    uint32_t n = s->host->batch_count(batch);
    for (uint32_t first = 0, i = 0; i < n; first = i) {
        t->request.len = 0;
        for (; i < n && i - first < (uint32_t)s->config->batch && t->request.len < CHUNK_BYTES; i++) {
            request_add(&t->request, s->host, s->host->at(batch, i), s->send, s->n_send);
            t->ends[i - first] = t->request.len;
        }
        if (t->request.is_bad)
            return cannot_go_on(s, s->host->at(batch, first), "cannot be given its documents: out of memory");
        int32_t verdict = exchange(s, t, batch, first, i);
        if (verdict != TM_PASS)
            return verdict;
    }
    return TM_PASS;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "exec",
    .version = "0.1.0",
    .summary = "gives documents to a program of any kind as lines of JSON, and takes the fields that it answers",
    .licence = "MIT",
    .flags = TM_MAY_DROP,
    .needs = TM_NEEDS_SPAWN,
    .reads = "title",
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .thread_open = thread_open,
    .thread_close = thread_close,
    .process_many = stage_process_many,
};
