/* exec.c: the stage `exec`: gives documents to programs of any kind, one line of JSON each, and takes what they answer,
 * line by line. process_many makes the lines of a batch and hands them to a pool (pool.c); no worker waits meanwhile:
 * the documents are parked, and resume takes each answer into its document.
 */
#include "child.h"
#include "pool.h"
#include "talk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct config {
    tm_list command;
    tm_str folder;
    tm_list send, receive;
    int64_t timeout, batch, programs;
    int32_t text;
};

struct stage {
    const tm_host *host;
    tm_instance *self;
    const struct config *config;
    char **argv;
    struct named_field *send, *receive;
    uint32_t n_send, n_receive;
    struct pool *pool;
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
    TM_OPT_BOOL(struct config, text, "text", "false", "its answer may have the member text: the document's new text"),
    TM_OPT_INT(struct config, programs, "programs", "0", "0..256", "how many of it run at once; 0: one a core"),
    TM_OPT_INT(struct config, batch, "batch", "64", "1..10000", "documents that one is given ahead of its answers"),
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    pool_free(s->pool);
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
    /* Whether it can be started at all is told now. */
    struct child probe = {.in = -1, .out = -1};
    int error = child_start(&probe, s->argv, c->folder.data);
    if (error) {
        snprintf(why, sizeof why, "%.200s cannot be started in %.200s: %s", s->argv[0], c->folder.data,
                 strerror(error));
        return fails(s, why);
    }
    child_kill(&probe);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct pool_settings settings = {.host = host,
                                     .self = self,
                                     .argv = s->argv,
                                     .folder = c->folder.data,
                                     .timeout_ns = (uint64_t)c->timeout,
                                     .programs = c->programs ? (uint32_t)c->programs
                                                 : cores > 0 ? (uint32_t)cores
                                                             : 1,
                                     .ahead = (uint32_t)c->batch,
                                     .restarts = host->counter(self, TM_STR("restarts"))};
    s->pool = pool_new(&settings);
    if (!s->pool)
        return fails(s, "no memory or no threads for its programs; set \"programs\" to fewer");
    *out_stage = s;
    return TM_OK;
}

static int32_t cannot_go_on(const struct stage *s, tm_doc *doc, const char *what) {
    char message[300];
    int n = snprintf(message, sizeof message, "%.150s %s", s->argv[0], what);
    s->host->reason(doc, TM_STR("program"), (tm_str){message, (uint64_t)n}, TM_NONE);
    return TM_BROKEN;
}

/* --- to the programs --- */

/* The document's job, which its slot keeps until the answer has come; NULL: no memory. */
static struct job *make_job(const struct stage *s, tm_doc *doc) {
    struct job *job = calloc(1, sizeof *job);
    struct request request = {0};
    request_add(&request, s->host, doc, s->send, s->n_send);
    if (!job || request.is_bad) {
        free(job);
        free(request.data);
        return NULL;
    }
    job->doc = doc;
    char *line = realloc(request.data, request.len); /* no more than it needs: many wait */
    job->line = line ? line : request.data;
    job->len = request.len;
    *s->host->slot(doc) = (uint64_t)(uintptr_t)job;
    return job;
}

static int32_t stage_process_many(void *stage, void *thread, tm_batch *batch) {
    const struct stage *s = stage;
    struct job *first = NULL, *last = NULL;
    uint32_t n = s->host->batch_count(batch), given = 0;
    (void)thread;
    for (uint32_t i = 0; i < n; i++) {
        struct job *job = make_job(s, s->host->at(batch, i));
        s->host->verdict(batch, i, job ? TM_LATER : TM_RETRY);
        if (!job)
            continue;
        if (last)
            last->next = job;
        else
            first = job;
        last = job;
        given++;
    }
    if (given)
        pool_give(s->pool, first, last, given);
    return TM_PASS;
}

/* --- and back --- */

static int is_inside(const char *text, uint64_t at) {
    return ((unsigned char)text[at] & 0xc0) == 0x80;
}

/* The document's text becomes this one: what both begin and end with stays as it is. */
static int32_t replace_text(const struct stage *s, tm_doc *doc, tm_str new_text) {
    tm_str text = s->host->text(doc);
    uint64_t head = 0, tail = 0, least = text.len < new_text.len ? text.len : new_text.len;
    while (head < least && text.data[head] == new_text.data[head])
        head++;
    if (head == text.len && head == new_text.len)
        return TM_OK;
    while (head && (is_inside(text.data, head) || (head < new_text.len && is_inside(new_text.data, head))))
        head--;
    while (tail < least - head && text.data[text.len - 1 - tail] == new_text.data[new_text.len - 1 - tail])
        tail++;
    while (tail && (is_inside(text.data, text.len - tail) || is_inside(new_text.data, new_text.len - tail)))
        tail--;
    tm_edit edit = {.size = sizeof edit, .start = (uint32_t)head, .end = (uint32_t)(text.len - tail), .score = NAN};
    edit.kind = TM_STR("rewritten");
    edit.rule = TM_STR("program");
    edit.text = (tm_str){new_text.data + head, new_text.len - tail - head};
    return s->host->edit(doc, &edit);
}

static int32_t take_answer(const struct stage *s, tm_doc *doc, struct job *job) {
    struct answer_rules rules = {s->receive, s->n_receive, s->config->text};
    tm_str new_text = {NULL, 0};
    if (!job->answer)
        return TM_RETRY; /* there was no memory for it */
    int32_t verdict = answer_take(s->host, doc, &rules, job->answer, job->answer_len, &new_text);
    if (verdict == TM_PASS && new_text.data && replace_text(s, doc, new_text) != TM_OK)
        return tm_fail(s->host, doc, TM_STR("answer"), TM_STR("the program's answer is wrong: its text is no UTF-8"),
                       TM_NONE);
    return verdict;
}

static int32_t stage_resume(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    const tm_host *h = s->host;
    uint64_t *slot = h->slot(doc);
    struct job *job = (struct job *)(uintptr_t)*slot; /* tagged by process_many */
    int32_t verdict = TM_FAIL;
    (void)thread;
    *slot = 0;
    switch (job->outcome) {
    case ANSWERED:
        verdict = take_answer(s, doc, job);
        break;
    case DIED:
        verdict = tm_fail(h, doc, TM_STR("program-died"),
                          TM_STR("the program ended without an answer to this document"), TM_NONE);
        break;
    case TOO_LATE:
        verdict =
            tm_fail(h, doc, TM_STR("program-timeout"),
                    TM_STR("the program gave no answer in time; does it flush its output after every line?"), TM_NONE);
        break;
    case STOPPED:
        verdict = tm_fail(h, doc, TM_STR("stopped"), TM_STR("the run is being stopped"), TM_NONE);
        break;
    case NO_PROGRAM:
        verdict = cannot_go_on(s, doc, "cannot be started again");
        break;
    case NO_ANSWERS:
        verdict = cannot_go_on(s, doc,
                               "gave no answer to its first documents; does it flush its output after every line, and "
                               "read its input line by line?");
        break;
    }
    pool_forget(s->pool, job);
    return verdict;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "exec",
    .version = "0.1.0",
    .summary = "gives documents to a program of any kind as lines of JSON, and takes the fields that it answers",
    .licence = "MIT",
    .flags = TM_EDITS | TM_MAY_DROP | TM_ASYNC,
    .needs = TM_NEEDS_SPAWN,
    .reads = "title",
    .max_in_flight = 1024,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .process_many = stage_process_many,
    .resume = stage_resume,
};
