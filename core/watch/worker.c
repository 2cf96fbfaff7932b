/* worker.c: the other half: a process (or with --isolation none a thread) that loads the plugins, is given names of
 * files and gives verdicts back. It reads work/, writes stage/, and moves nothing: that is the supervisor's alone, so a
 * plugin can lose no document, put none out twice and show none half.
 */
#include "frame.h"
#include "root.h"
#include "sandbox.h"
#include "shared.h"
#include "verdict.h"
#include "watch.h"

#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct worker_state {
    const struct worker_options *options;
    struct pipeline *pipeline;
    struct shared *shared;
    int socket, state, work, stage;
    char *frame;
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
    w->pipeline = pipeline_read(&w->options->request, w->options->loader, &problems);
    int is_bad = !w->pipeline || problems.errors;
    show_problems(w, &problems);
    problems_deinit(&problems);
    if (!is_bad && w->pipeline->n_stages > SHARED_STAGES) {
        log_line(w->options->log, LOG_ERROR, "%zu stages are more than the %u that a watcher can have",
                 w->pipeline->n_stages, SHARED_STAGES);
        is_bad = 1;
    }
    return is_bad ? -1 : 0;
}

static int open_stages(struct worker_state *w) {
    struct problems problems;
    problems_init(&problems);
    int r = pipeline_open(w->pipeline, &problems);
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

/* --- a batch --- */

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
        f->size = strtoull(frame_word(&line), NULL, 10);
        n++;
    }
    return n;
}

static void run_batch(struct worker_state *w, uint64_t seq, unsigned jobs, char *names) {
    struct verdict *files = memory_zalloc(FRAME_FILES, sizeof *files);
    struct source_file *sources = memory_zalloc(FRAME_FILES, sizeof *sources);
    struct verdicts v = {.files = files, .stage_dir = w->stage, .current = -1};
    uint64_t bytes = 0;
    v.n = read_names(names, files);
    for (size_t i = 0; i < v.n; i++) {
        struct verdict *f = &files[i];
        struct buffer name = {0};
        buffer_add_string(&name, "inbox/");
        id_decode(f->id, &name);
        buffer_add_char(&name, '\0');
        f->name = name.data;
        sources[i] = (struct source_file){.path = f->path, .name = f->name, .relative = 6, .seed = id_hash(f->id)};
        sources[i].n_refused = f->is_poisoned ? poison_read(w->work, f->id, &f->poison) : 0;
        sources[i].refused = f->poison;
        bytes += f->size;
    }
    /* One block for each thread at least, where there is enough for that. */
    size_t block = (size_t)(bytes / (2 * (uint64_t)jobs)) + 4096;
    struct source_options from = {.text_field = w->pipeline->schema.text_field,
                                  .id_field = w->pipeline->schema.id_field,
                                  .block_bytes = block < (256u << 10) ? block : 256u << 10,
                                  .max_doc = w->options->max_doc,
                                  .max_expand = w->options->max_expand,
                                  .keep_partial_line_bad = !w->options->takes_truncated};
    struct engine_options options = {.jobs = jobs,
                                     .memory = w->options->memory,
                                     .timeout_ns = (uint64_t)w->options->timeout,
                                     .handle_crashes = 1,
                                     .log = w->options->log,
                                     .slots = w->shared->slots,
                                     .counters = &w->shared->counters,
                                     .times = w->shared->times,
                                     .result = verdicts_take_records,
                                     .letter = verdicts_take_letter,
                                     .result_context = &v,
                                     .outcome = verdicts_take_outcome,
                                     .outcome_context = &v,
                                     .is_part = 1};
    struct engine_report report;
    struct source *source = source_open_files(w->work, sources, v.n, &from);
    for (unsigned i = 0; i < SHARED_SLOTS; i++) {
        atomic_store(&w->shared->slots[i].since, 0);
        atomic_store(&w->shared->slots[i].mark, 0);
    }
    for (size_t i = 0; i < v.n; i++)
        memcpy(w->shared->ids[i], files[i].id, ID_BYTES);
    atomic_store(&w->shared->batch, seq);
    engine_run(w->pipeline, source, &options, &report);
    struct buffer answer = {0};
    int is_broken = 0;
    for (unsigned i = 0; i < jobs; i++)
        is_broken |= atomic_load(&w->shared->slots[i].mark) != 0;
    if (report.is_hung || is_broken) { /* the slots say whom to blame */
        log_line(w->options->log, LOG_ERROR, "%.*s", (int)report.why.len, report.why.data);
        _exit(3);
    }
    int error = verdicts_finish(&v);
    if (report.end == ENGINE_FAILED || error) {
        buffer_addf(&answer, "failed %llu %d %.*s", (unsigned long long)seq,
                    error     ? error
                    : v.error ? v.error
                              : EIO,
                    (int)report.why.len, report.why.data ? report.why.data : "");
    } else {
        buffer_addf(&answer, "done %llu\n", (unsigned long long)seq);
        verdicts_write(&v, report.wall_ns, &answer);
    }
    source_close(source);
    engine_report_free(&report);
    atomic_store(&w->shared->batch, 0);
    if (say(w, &answer) != 0)
        _exit(3);
    buffer_deinit(&answer);
    for (size_t i = 0; i < v.n; i++) {
        free(files[i].name);
        free(files[i].poison);
    }
    free(files);
    free(sources);
}

static int open_place(struct worker_state *w) {
    w->state = open(w->options->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->state < 0)
        return -1;
    w->work = openat(w->state, ".textmill/work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    w->stage = openat(w->state, ".textmill/stage", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return w->work < 0 || w->stage < 0 ? -1 : 0;
}

static int serve(struct worker_state *w) {
    struct buffer hello = {0};
    int is_open = 0;
    if (open_place(w) != 0) {
        log_line(w->options->log, LOG_ERROR, "cannot open %s: %s", w->options->root, strerror(errno));
        return 3;
    }
    if (load(w) != 0)
        return 2;
    sandbox_enter(w->options, w->pipeline);
    buffer_addf(&hello, "loaded %d", remembers(w->pipeline));
    for (size_t i = 0; i < w->pipeline->n_stages; i++)
        buffer_addf(&hello, " %s", w->pipeline->stages[i].doc.id);
    int is_gone = say(w, &hello) != 0;
    buffer_deinit(&hello);
    if (is_gone)
        return 0;
    if (!remembers(w->pipeline)) {
        if (open_stages(w) != 0)
            return 2;
        is_open = 1;
        if (frame_send(w->socket, "ready", 5) != 0)
            return 0;
    }
    for (;;) {
        long n = frame_receive(w->socket, w->frame, FRAME_BYTES, 0);
        char *at = w->frame, *line = n > 0 ? frame_line(&at) : NULL;
        if (!line)
            break;
        const char *word = frame_word(&line);
        if (strcmp(word, "open") == 0 && !is_open) {
            if (open_stages(w) != 0)
                return 2;
            is_open = 1;
            if (frame_send(w->socket, "ready", 5) != 0)
                break;
        } else if (strcmp(word, "batch") == 0 && is_open) {
            uint64_t seq = strtoull(frame_word(&line), NULL, 10);
            run_batch(w, seq, (unsigned)strtoul(frame_word(&line), NULL, 10), at);
        }
    }
    if (is_open)
        pipeline_close(w->pipeline);
    return 0;
}

int worker_run(int socket, struct shared *shared, const struct worker_options *options) {
    struct worker_state w = {
        .options = options, .shared = shared, .socket = socket, .state = -1, .work = -1, .stage = -1};
    w.frame = memory_alloc(FRAME_BYTES);
    int status = serve(&w);
    if (w.pipeline)
        pipeline_free(w.pipeline);
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
    int socket, memory, lock;
    if (sscanf(descriptors, "%d,%d,%d", &socket, &memory, &lock) != 3)
        return 2;
    /* The lock stays open: while this process lives, no other watcher may begin. */
    fcntl(socket, F_SETFD, FD_CLOEXEC);
    fcntl(memory, F_SETFD, FD_CLOEXEC);
    fcntl(lock, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct shared *shared = shared_map(memory);
    if (!shared)
        return 3;
    int status = worker_run(socket, shared, options);
    shared_unmap(shared);
    return status; /* the socket closes with the process, so that who sees it closed finds the status */
}
