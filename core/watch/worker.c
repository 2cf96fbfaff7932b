/* worker.c: the other half: a process (or with --isolation none a thread) that loads the plugins, is given names of
 * files and gives verdicts back. It reads work/, writes stage/, and moves nothing: that is the supervisor's alone, so a
 * plugin can lose no document, put none out twice and show none half.
 */
#include "frame.h"
#include "recipe.h"
#include "root.h"
#include "sandbox.h"
#include "shared.h"
#include "verdict.h"
#include "watch.h"

#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define BLOCK_BYTES ((size_t)64 << 10) /* small, so that every thread has some of a batch */

struct batch_of_files {
    uint64_t seq;
    struct verdicts v;
    size_t next; /* that the reader has not opened yet */
};

struct worker_state {
    const struct worker_options *options;
    struct pipeline *pipeline;
    struct shared *shared;
    int socket, copies, state, work, stage;
    struct pins pins; /* files of plugins: those that were given, and those that it found */
    size_t n_pins;    /* that the supervisor knows */
    int mask;         /* of a process of its own, as it began; else -1 */
    char *frame;
    struct batch_of_files batches[BATCHES_AHEAD]; /* by seq */
    /* The reader's, while a run goes on: */
    struct batch_of_files *reading;
    uint64_t received;
    int is_over; /* the socket is closed */
    struct engine_options *run;
    /* The writer's: */
    _Atomic uint64_t answered; /* read by the reader, too: the place of that batch is free */
    struct verdicts flushed;   /* of what flush emits; no files: nothing yet */
};

static int say(struct worker_state *w, const struct buffer *b) {
    return frame_send(w->socket, b->data, b->len);
}

static void show_problems(struct worker_state *w, struct problems *problems) {
    problems_sort(problems);
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *p = &problems->list[i];
        log_line(w->options->log, p->level == PROBLEM_ERROR ? LOG_ERROR : LOG_WARNING, "%s:%u:%u: %s",
                 p->file ? p->file : "pipeline", p->line, p->column, p->message);
    }
}

static int load(struct worker_state *w) {
    struct problems problems;
    problems_init(&problems);
    struct pipeline_request request = w->options->request;
    request.files = config_files_open(w->copies);
    w->pipeline = pipeline_read(&request, w->options->loader, &problems);
    int is_bad = !w->pipeline || problems.errors;
    if (!is_bad && config_files_save(request.files) != 0)
        log_line(w->options->log, LOG_WARNING, "the pipeline file could not be kept as it is now: %s", strerror(errno));
    config_files_close(request.files);
    show_problems(w, &problems);
    problems_deinit(&problems);
    if (!is_bad && w->pipeline->n_stages > SHARED_STAGES) {
        log_line(w->options->log, LOG_ERROR, "%zu stages are more than the %u that a watcher can have",
                 w->pipeline->n_stages, SHARED_STAGES);
        is_bad = 1;
    }
    return is_bad ? -1 : 0;
}

static int open_stages(struct worker_state *w, uint32_t without) {
    struct problems problems;
    problems_init(&problems);
    int r = pipeline_open_without(w->pipeline, without, &problems);
    show_problems(w, &problems);
    problems_deinit(&problems);
    return r;
}

static int remembers(const struct pipeline *p) {
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].plugin->flags & TM_REMEMBERS)
            return 1;
    return 0;
}

/* --- batches: given by the supervisor, one after the other; the run goes on across them --- */

static size_t read_names(char *at, struct verdict *files) {
    size_t n = 0;
    for (char *line; n < FRAME_FILES && (line = frame_line(&at));) {
        struct verdict *f = &files[n];
        char *id = frame_word(&line);
        if (!id_is_valid(id, strlen(id)))
            continue;
        *f = (struct verdict){.fd = -1};
        snprintf(f->id, sizeof f->id, "%s", id);
        snprintf(f->path, sizeof f->path, "%s.a%s.in", id, frame_word(&line));
        f->is_poisoned = *frame_word(&line) == '1';
        n++;
    }
    return n;
}

/* Its place in the ring is free: the supervisor sends no more batches than there are places. */
static void begin_batch(struct worker_state *w, uint64_t seq, const char *staging, char *names) {
    size_t place = seq % BATCHES_AHEAD;
    struct batch_of_files *b = &w->batches[place];
    if (seq != w->received + 1 || seq > atomic_load(&w->answered) + BATCHES_AHEAD)
        _exit(3);
    *b = (struct batch_of_files){.seq = seq};
    b->v = (struct verdicts){.files = memory_zalloc(FRAME_FILES, sizeof *b->v.files),
                             .stage_dir = w->stage,
                             .mask = w->mask,
                             .current = -1,
                             .max_bad_lines = w->options->max_poison};
    snprintf(b->v.staging, sizeof b->v.staging, "%s", staging);
    b->v.n = read_names(names, b->v.files);
    for (size_t i = 0; i < b->v.n; i++) {
        struct verdict *f = &b->v.files[i];
        struct buffer name = {0};
        buffer_add_string(&name, "inbox/");
        id_decode(f->id, &name);
        buffer_add_char(&name, '\0');
        f->name = name.data;
        f->n_poison = f->is_poisoned ? poison_read(w->work, f->id, &f->poison) : 0;
        memcpy(w->shared->ids[place * FRAME_FILES + i], f->id, ID_BYTES);
    }
    w->received = seq;
    w->run->is_part = 0; /* now there is something that stages may flush */
    w->reading = b;
    atomic_store(&w->shared->begun, seq);
}

static void end_batch(struct worker_state *w, struct batch_of_files *b) {
    for (size_t i = 0; i < b->v.n; i++) {
        free(b->v.files[i].name);
        free(b->v.files[i].poison);
    }
    free(b->v.files);
    uint64_t seq = b->seq;
    atomic_store(&w->shared->ended, seq);
    atomic_store(&w->answered, seq);
}

/* The reader's thread: the next file of the batch at hand, or waits for the next batch. */
static enum source_pulled next_file(void *context, int stop_fd, struct source_file *out, uint32_t *out_index) {
    struct worker_state *w = context;
    for (;;) {
        struct batch_of_files *b = w->reading;
        if (b && b->next < b->v.n) {
            const struct verdict *f = &b->v.files[b->next];
            *out_index = (uint32_t)((size_t)(b - w->batches) * FRAME_FILES + b->next++);
            *out = (struct source_file){.path = f->path,
                                        .name = f->name,
                                        .relative = 6,
                                        .seed = id_hash(f->id),
                                        .refused = f->poison,
                                        .n_refused = f->n_poison};
            return SOURCE_FILE;
        }
        w->reading = NULL;
        if (b)
            return SOURCE_GROUP_ENDS;
        struct pollfd wait[2] = {{.fd = w->socket, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 && errno == EINTR)
            continue;
        if (wait[1].revents)
            return SOURCE_NO_MORE;
        long n = frame_receive(w->socket, w->frame, FRAME_BYTES, 0);
        char *at = w->frame, *line = n > 0 ? frame_line(&at) : NULL;
        if (!line) {
            w->is_over = 1;
            return SOURCE_NO_MORE;
        }
        if (strcmp(frame_word(&line), "batch") == 0) {
            uint64_t seq = strtoull(frame_word(&line), NULL, 10);
            begin_batch(w, seq, frame_word(&line), at);
        }
    }
}

/* The writer's thread, from here on. */

static struct verdicts *verdicts_of(struct worker_state *w, uint32_t *source) {
    if (*source == ENGINE_FLUSHED) {
        *source = 0;
        return &w->flushed;
    }
    struct verdicts *v = &w->batches[*source / FRAME_FILES].v;
    *source %= FRAME_FILES;
    return v;
}

/* What flush emits has no file of its own: it comes out under a name that says so. */
static void name_flushed(struct worker_state *w) {
    char name[64];
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(name, sizeof name, "flush-%Y%m%dT%H%M%SZ", &parts);
    w->flushed = (struct verdicts){.files = memory_zalloc(1, sizeof *w->flushed.files),
                                   .n = 1,
                                   .stage_dir = w->stage,
                                   .mask = w->mask,
                                   .current = -1};
    w->flushed.files[0].fd = -1;
    id_make(w->flushed.files[0].id, name, (ino_t)getpid());
}

static int take_records(void *context, uint32_t source, const char *records, size_t len, struct buffer *why) {
    struct worker_state *w = context;
    int is_flushed = source == ENGINE_FLUSHED;
    if (is_flushed && !w->flushed.files)
        name_flushed(w);
    struct verdicts *v = verdicts_of(w, &source);
    for (size_t i = 0; is_flushed && i < len; i++)
        v->files[0].published += records[i] == '\n';
    verdicts_take_records(v, source, records, len);
    (void)why; /* it is the batch that fails, not the run */
    return 0;
}

static int take_letter(void *context, const struct engine_letter *letter, struct buffer *why) {
    struct worker_state *w = context;
    struct engine_letter own = *letter;
    (void)why;
    if (letter->source == ENGINE_FLUSHED)
        return 0; /* it has been told in the log */
    struct verdicts *v = verdicts_of(w, &own.source);
    verdicts_take_letter(v, &own);
    return 0;
}

static void take_outcome(void *context, const struct engine_outcome *outcome) {
    uint32_t source = outcome->source;
    struct verdicts *v = verdicts_of(context, &source);
    verdicts_take_outcome(v, source, outcome);
}

static void answer_failed(struct worker_state *w, struct batch_of_files *b, int error, const char *why, size_t len) {
    struct buffer answer = {0};
    buffer_addf(&answer, "failed %llu %d %.*s", (unsigned long long)b->seq, error, (int)(len < 400 ? len : 400), why);
    end_batch(w, b);
    if (say(w, &answer) != 0)
        _exit(3);
    buffer_deinit(&answer);
}

static int end_group(void *context, struct buffer *why) {
    struct worker_state *w = context;
    struct batch_of_files *b = &w->batches[(atomic_load(&w->answered) + 1) % BATCHES_AHEAD];
    (void)why;
    if (verdicts_finish(&b->v)) {
        answer_failed(w, b, b->v.error, b->v.why, strlen(b->v.why));
        return 0;
    }
    struct buffer answer = {0};
    buffer_addf(&answer, "done %llu\n", (unsigned long long)b->seq);
    verdicts_write(&b->v, w->pipeline, &answer);
    end_batch(w, b);
    if (say(w, &answer) != 0)
        _exit(3);
    buffer_deinit(&answer);
    return 0;
}

/* --- the run --- */

static void answer_flushed(struct worker_state *w) {
    struct buffer answer = {0};
    if (!w->flushed.files)
        return;
    if (verdicts_finish(&w->flushed)) {
        log_line(w->options->log, LOG_ERROR, "what the stages gave at their end is lost: %s", w->flushed.why);
    } else {
        buffer_addf(&answer, "flushed %s\n", w->flushed.files[0].id);
        verdicts_write(&w->flushed, w->pipeline, &answer);
        say(w, &answer);
    }
    buffer_deinit(&answer);
    free(w->flushed.files);
    w->flushed.files = NULL;
}

/* Until the socket is closed, or the run cannot go on: then nothing of what is at hand counts. */
static void run_once(struct worker_state *w) {
    int has_all_jobs = remembers(w->pipeline) || w->options->in_process || w->options->is_single;
    struct source_options from = {.text_field = w->pipeline->schema.text_field,
                                  .id_field = w->pipeline->schema.id_field,
                                  .block_bytes = BLOCK_BYTES,
                                  .max_doc = w->options->max_doc,
                                  .max_expand = w->options->max_expand,
                                  .keep_partial_line_bad = !w->options->takes_truncated};
    struct source_pull pull = {.next = next_file, .context = w, .indexes = BATCHES_AHEAD * FRAME_FILES};
    struct engine_options options = {.jobs = has_all_jobs ? w->options->jobs : 1,
                                     .memory = w->options->memory,
                                     .timeout_ns = (uint64_t)w->options->timeout,
                                     .handle_crashes = 1,
                                     .log = w->options->log,
                                     .slots = w->shared->slots,
                                     .counters = &w->shared->counters,
                                     .times = w->shared->times,
                                     .result = take_records,
                                     .letter = take_letter,
                                     .group_end = end_group,
                                     .result_context = w,
                                     .outcome = take_outcome,
                                     .outcome_context = w,
                                     .is_part = 1};
    struct engine_report report;
    w->run = &options;
    struct source *source = source_open_pulled(w->work, &pull, &from);
    for (unsigned i = 0; i < SHARED_SLOTS; i++) {
        atomic_store(&w->shared->slots[i].since, 0);
        atomic_store(&w->shared->slots[i].mark, 0);
    }
    engine_run(w->pipeline, source, &options, &report);
    int is_broken = 0;
    for (unsigned i = 0; i < options.jobs; i++)
        is_broken |= atomic_load(&w->shared->slots[i].mark) != 0;
    if (report.is_hung || is_broken) { /* the slots say whom to blame */
        log_line(w->options->log, LOG_ERROR, "%.*s", (int)report.why.len, report.why.data);
        _exit(3);
    }
    w->reading = NULL;
    while (report.end != ENGINE_DONE && atomic_load(&w->answered) < w->received) {
        struct batch_of_files *b = &w->batches[(atomic_load(&w->answered) + 1) % BATCHES_AHEAD];
        verdicts_finish(&b->v);
        answer_failed(w, b, EIO, report.why.data ? report.why.data : "", report.why.len);
    }
    answer_flushed(w);
    source_close(source);
    engine_report_free(&report);
}

static int open_place(struct worker_state *w) {
    w->state = directory_open(AT_FDCWD, w->options->root);
    if (w->state < 0)
        return -1;
    w->work = directory_open(w->state, ".textmill/work");
    w->stage = directory_open(w->state, ".textmill/stage");
    return w->work < 0 || w->stage < 0 ? -1 : 0;
}

/* 0 where the supervisor has gone, or wants us to. */
static int wait_for(struct worker_state *w, const char *word) {
    for (;;) {
        long n = frame_receive(w->socket, w->frame, FRAME_BYTES, 0);
        char *at = w->frame;
        if (n <= 0)
            return 0;
        if (strcmp(frame_word(&at), word) == 0)
            return 1;
    }
}

/* What the workers before it were made of. 0 where the supervisor has gone. */
static int take_pins(struct worker_state *w) {
    for (;;) {
        int descriptor;
        long n = frame_receive_with(w->socket, w->frame, FRAME_BYTES, 0, &descriptor);
        if (n <= 0)
            return 0;
        if (!pin_is(w->frame))
            break;
        pin_take(&w->pins, w->frame, (size_t)n, descriptor);
    }
    w->n_pins = w->pins.n;
    loader_use_pins(w->options->loader, &w->pins);
    return 1;
}

static void say_pins(struct worker_state *w) {
    for (; w->n_pins < w->pins.n; w->n_pins++)
        if (pin_send(w->socket, &w->pins.list[w->n_pins]) != 0)
            log_line(w->options->log, LOG_WARNING, "%s could not be kept as it is now: %s",
                     w->pins.list[w->n_pins].path, strerror(errno));
}

static int serve(struct worker_state *w) {
    struct buffer hello = {0};
    if (open_place(w) != 0) {
        log_line(w->options->log, LOG_ERROR, "cannot open %s: %s", w->options->root, strerror(errno));
        return 3;
    }
    if (!w->options->in_process && !take_pins(w))
        return 0;
    if (load(w) != 0)
        return 2;
    if (sandbox_enter(w->options, w->state, w->pipeline) != 0) {
        log_line(w->options->log, LOG_ERROR,
                 "a worker could not be held to what its stages declare: %s; --sandbox off "
                 "does without",
                 strerror(errno));
        return 3;
    }
    /* Only what remembers must wait for its store: the rest is open by then, so that a spare takes over at once. */
    if (remembers(w->pipeline) && open_stages(w, TM_REMEMBERS) != 0)
        return 2;
    buffer_addf(&hello, "loaded %d", remembers(w->pipeline));
    for (size_t i = 0; i < w->pipeline->n_stages; i++) {
        const tm_plugin *plugin = w->pipeline->stages[i].plugin;
        buffer_addf(&hello, " %s %s ", w->pipeline->stages[i].doc.id, plugin->name);
        verdicts_add_word(plugin->version ? plugin->version : "", &hello);
    }
    say_pins(w);
    int is_gone = say(w, &hello) != 0;
    buffer_deinit(&hello);
    if (is_gone || (remembers(w->pipeline) && !wait_for(w, "open")))
        return 0;
    if (open_stages(w, 0) != 0)
        return 2;
    say_pins(w);
    if (frame_send(w->socket, "ready", 5) != 0)
        w->is_over = 1;
    /* In the watcher's own process there is one run at a time: it begins with the first batch. */
    if (w->options->in_process) /* the page is that of the pipeline of before */
        memset(w->shared->times, 0, sizeof w->shared->times);
    if (w->options->in_process && recv(w->socket, w->frame, 1, MSG_PEEK) <= 0)
        w->is_over = 1;
    while (!w->is_over)
        run_once(w);
    pipeline_close(w->pipeline);
    return 0;
}

int worker_run(int socket, struct shared *shared, int copies, const struct worker_options *options) {
    struct worker_state w = {
        .options = options, .shared = shared, .socket = socket, .copies = copies, .state = -1, .work = -1, .stage = -1};
    w.mask = options->in_process ? -1 : (int)umask(0022);
    if (w.mask >= 0)
        umask((mode_t)w.mask);
    w.frame = memory_alloc(FRAME_BYTES);
    int status = serve(&w);
    if (w.pipeline)
        pipeline_free(w.pipeline);
    loader_use_pins(options->loader, NULL);
    pins_deinit(&w.pins);
    free(w.frame);
    if (w.state >= 0)
        close(w.state);
    if (w.work >= 0)
        close(w.work);
    if (w.stage >= 0)
        close(w.stage);
    return status;
}

int worker_process(const char *descriptors, const struct worker_options *options) {
    int socket, memory, lock, copies;
    if (sscanf(descriptors, "%d,%d,%d,%d", &socket, &memory, &lock, &copies) != 4)
        return 2;
    /* The lock stays open: while this process lives, no other watcher may begin. */
    fcntl(socket, F_SETFD, FD_CLOEXEC);
    fcntl(memory, F_SETFD, FD_CLOEXEC);
    fcntl(lock, F_SETFD, FD_CLOEXEC);
    fcntl(copies, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "textmill-worker"); /* it was started as /proc/self/exe, and would be called so */
    struct shared *shared = shared_map(memory);
    if (!shared)
        return 3;
    int status = worker_run(socket, shared, copies, options);
    shared_unmap(shared);
    return status; /* the socket closes with the process, so that who sees it closed finds the status */
}
