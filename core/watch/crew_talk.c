/* crew_talk.c: what workers say, and what they are given: batches of files, several at hand each, answered in their
 * order.
 */
#include "supervisor.h"

#include "../json/memory.h"
#include "../json/write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- what they say --- */

static void learn_stages(struct watcher *w, char *line) {
    for (w->n_stages = 0; w->n_stages < SHARED_STAGES; w->n_stages++) {
        struct stage_name *s = &w->stages[w->n_stages];
        snprintf(s->id, sizeof s->id, "%s", frame_word(&line));
        snprintf(s->plugin, sizeof s->plugin, "%s", frame_word(&line));
        snprintf(s->version, sizeof s->version, "%s", frame_word(&line));
        if (!*s->id)
            break;
    }
}

/* A fresh worker of a reload is as good as the old ones. */
static void take_over(struct watcher *w, struct crew_member *m) {
    if (w->trial != m)
        return;
    w->trial = NULL;
    w->generation = m->generation;
    if (w->old_recipe.copies < 0)
        w->old_recipe = w->recipe;
    else
        recipe_free(&w->recipe); /* its stages were never open */
    w->recipe = w->trial_recipe;
    w->trial_recipe = (struct recipe){.copies = -1};
    w->tally.reloads++;
    log_line(w->log, LOG_INFO, "reloaded: the new pipeline works from here on");
    notify_send("READY=1");
    memset(w->gone_times, 0, sizeof w->gone_times); /* its stages may be others */
    for (struct crew_member *old = w->crew; old; old = old->next)
        if (old->generation != w->generation && old->state != CREW_GONE)
            crew_retire(old);
}

static void on_loaded(struct crew_member *m, char *line) {
    struct watcher *w = m->watcher;
    int remembers = *frame_word(&line) == '1';
    m->state = remembers ? CREW_LOADED : CREW_OPENING;
    m->opens_store = remembers;
    if (w->trial == m && remembers) {
        w->remembers = remembers;
        take_over(w, m);
    }
    if (m->generation == w->generation) {
        w->remembers = remembers;
        learn_stages(w, line);
    }
    crew_fill(w);
}

/* What it does, in one line. */
static void say_ready(const struct watcher *w) {
    struct buffer line = {0}, state = {0};
    buffer_addf(&line, "%s: %s -> %s, %zu stage%s in ", w->options->pipeline, w->root.inbox_path, w->root.out_path,
                w->n_stages, w->n_stages == 1 ? "" : "s");
    if (w->options->isolation == ISOLATION_NONE)
        buffer_add_string(&line, "this process");
    else
        buffer_add_string(&line, w->remembers || w->options->by_name ? "one worker" : "workers");
    buffer_addf(&line, " of %u threads in all; %s, durability %s, by %s", w->options->jobs, w->root.file_system,
                durability_name(w), inbox_mode(&w->inbox));
    buffer_addf(&state, "READY=1\nSTATUS=%.*s", (int)line.len, line.data);
    buffer_add_char(&state, '\0');
    log_line(w->log, LOG_INFO, "ready: %.*s", (int)line.len, line.data);
    notify_send(state.data);
    buffer_deinit(&line);
    buffer_deinit(&state);
}

static void on_ready(struct crew_member *m, int remembers) {
    struct watcher *w = m->watcher;
    m->state = CREW_READY;
    w->respawn_wait = 0;
    w->respawn_at = 0;
    if (!w->fill_at) /* one that did not come up may have left its place free */
        w->fill_at = m->started + SECOND / 10;
    if (w->trial == m)
        w->remembers = remembers;
    take_over(w, m);
    recipe_free(&w->old_recipe);
    if (m->generation == w->generation)
        w->recipe.is_whole = 1;
    if (!w->was_ready) {
        w->was_ready = 1;
        say_ready(w);
    }
}

static struct crew_batch *first_batch(struct crew_member *m, uint64_t seq) {
    return m->n_batches && m->batches[0].seq == seq ? &m->batches[0] : NULL;
}

static void drop_first_batch(struct crew_member *m) {
    m->watcher->in_hand -= m->batches[0].n;
    m->n_batches--;
    memmove(&m->batches[0], &m->batches[1], m->n_batches * sizeof m->batches[0]);
    m->progress_at = uv_hrtime();
    m->aborted = 0;
}

static void take_verdict(struct watcher *w, struct parcel *p, char *line) {
    int is_refused = *frame_word(&line) == 'q';
    p->published = strtoull(frame_word(&line), NULL, 10);
    p->failed = strtoull(frame_word(&line), NULL, 10);
    p->dropped = strtoull(frame_word(&line), NULL, 10);
    p->result_bytes = strtoull(frame_word(&line), NULL, 10);
    p->ns = strtoull(frame_word(&line), NULL, 10);
    p->line = strtoull(frame_word(&line), NULL, 10);
    for (const char *s = frame_word(&line); *s; s++) {
        p->has_result |= *s == 'o';
        p->has_lines |= *s == 'l';
        p->has_dropped |= *s == 'd';
    }
    const char *stage = frame_word(&line), *code = frame_word(&line);
    p->step = STEP_SIDES;
    snprintf(p->stage, sizeof p->stage, "%s", stage);
    if (is_refused) {
        watcher_refuse(w, p, stage, code, line);
        return;
    }
    if (p->has_lines) {
        snprintf(p->stage, sizeof p->stage, "-");
        snprintf(p->code, sizeof p->code, "lines");
        snprintf(p->message, sizeof p->message, "%llu of its lines failed; see lines.jsonl",
                 (unsigned long long)p->failed);
    }
    list_add(&w->finished, p);
}

static void on_done(struct crew_member *m, uint64_t seq, char *at) {
    struct watcher *w = m->watcher;
    struct crew_batch *b = first_batch(m, seq);
    if (!b)
        return;
    if (!w->finished.n)
        w->finished_since = uv_hrtime();
    for (size_t i = 0; i < b->n; i++) {
        char *line = frame_line(&at);
        if (line)
            take_verdict(w, b->parcels[i], line);
        else
            watcher_requeue(w, b->parcels[i]);
    }
    m->files += b->n;
    drop_first_batch(m);
    breaker_passed(w);
    if (m->files >= w->options->recycle_after && !m->is_retiring && w->options->isolation == ISOLATION_WORKER)
        crew_retire(m);
    if (m->is_retiring && !m->n_batches)
        crew_release(m);
}

/* The worker could not write: the disk's fault, nobody is to blame. */
static void on_failed(struct crew_member *m, uint64_t seq, char *line) {
    struct watcher *w = m->watcher;
    struct crew_batch *b = first_batch(m, seq);
    int error = atoi(frame_word(&line));
    if (!b)
        return;
    for (size_t i = b->n; i > 0; i--)
        watcher_requeue(w, b->parcels[i - 1]);
    drop_first_batch(m);
    watcher_trouble(w, line, error);
    if (m->is_retiring && !m->n_batches)
        crew_release(m);
}

/* What its stages gave at their end comes out as a file of its own, without an input. */
static void on_flushed(struct crew_member *m, char *line, char *at) {
    struct watcher *w = m->watcher;
    const char *id = frame_word(&line);
    char *verdict = frame_line(&at);
    if (!id_is_valid(id, strlen(id)) || !verdict)
        return;
    if (!w->finished.n)
        w->finished_since = uv_hrtime();
    take_verdict(w, parcel_new(id, 0), verdict);
}

static void take_message(struct crew_member *m, char *frame) {
    struct watcher *w = m->watcher;
    char *at = frame, *line = frame_line(&at);
    const char *word = line ? frame_word(&line) : "";
    if (strcmp(word, "loaded") == 0) {
        on_loaded(m, line);
    } else if (strcmp(word, "ready") == 0) {
        on_ready(m, m->state == CREW_OPENING && w->remembers == 1);
    } else if (strcmp(word, "done") == 0) {
        on_done(m, strtoull(frame_word(&line), NULL, 10), at);
    } else if (strcmp(word, "failed") == 0) {
        uint64_t seq = strtoull(frame_word(&line), NULL, 10);
        on_failed(m, seq, line);
    } else if (strcmp(word, "flushed") == 0) {
        on_flushed(m, line, at);
    }
}

/* Only until a worker is ready: who has seen documents says nothing about what others load. */
static void take_pin(struct crew_member *m, const char *frame, size_t len, int descriptor) {
    struct watcher *w = m->watcher;
    struct recipe *recipe = w->trial == m ? &w->trial_recipe : m->generation == w->generation ? &w->recipe : NULL;
    if (recipe && !recipe->is_whole && pin_is(frame))
        pin_take(&recipe->pins, frame, len, descriptor);
    else
        close(descriptor);
}

/* 1 where there may be more; 0 where there is none; -1 at the end. */
static int hear(struct crew_member *m) {
    char *frame = m->watcher->frame;
    int descriptor;
    long n = frame_receive_with(m->fd, frame, FRAME_BYTES, MSG_DONTWAIT, &descriptor);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOMEM))
        return 0;
    if (n <= 0)
        return -1;
    if (descriptor >= 0)
        take_pin(m, frame, (size_t)n, descriptor);
    else
        take_message(m, frame);
    return 1;
}

void crew_hear_out(struct crew_member *m) {
    while (hear(m) > 0)
        ;
}

void crew_on_message(uv_poll_t *poll, int status, int events) {
    struct crew_member *m = poll->data;
    struct watcher *w = m->watcher;
    (void)events;
    for (int i = 0, more = 1; i < 8 && more > 0 && m->state != CREW_GONE; i++) {
        more = status < 0 ? -1 : hear(m);
        if (more < 0)
            crew_end_member(m);
    }
    watcher_pump(w);
}

/* --- giving work --- */

/* One that is suspected may bring its worker down: others go before it while nobody stands by to take over. */
static int may_risk(const struct watcher *w) {
    size_t ready = 0, loaded = 0;
    if (!w->waiting.n || w->options->isolation == ISOLATION_NONE)
        return 1;
    for (const struct crew_member *m = w->crew; m; m = m->next) {
        ready += crew_is_active(w, m) && m->state == CREW_READY && !m->n_batches;
        loaded += crew_is_active(w, m) && m->state == CREW_LOADED;
    }
    return w->remembers == 1 ? loaded > 0 : ready > 1;
}

/* Nothing is put behind one that is suspected: if the worker falls, it was that one. */
static int has_suspect(const struct crew_member *m) {
    return m->n_batches && m->batches[0].parcels[0]->is_alone;
}

/* Files for one batch: one that is suspected goes alone; else as many as share the work evenly. */
static size_t gather(struct watcher *w, struct crew_batch *b, size_t idle) {
    size_t most = w->options->batch;
    struct parcel_list *from = &w->waiting;
    if (w->breaker == BREAKER_TRIAL) {
        from = w->waiting.n ? &w->waiting : &w->alone;
        most = 1;
    } else if (w->alone.n && may_risk(w)) {
        from = &w->alone;
        most = 1;
    } else if (idle > 1 && w->waiting.n / idle < most) {
        most = (w->waiting.n + idle - 1) / idle;
    }
    while (b->n < most && from->first && (!b->n || b->bytes + from->first->bytes <= (8u << 20))) {
        struct parcel *p = list_take(from);
        b->bytes += p->bytes;
        b->parcels[b->n++] = p;
    }
    return b->n;
}

static int send_batch(struct crew_member *m, struct crew_batch *b) {
    struct buffer frame = {0};
    struct staging *staging = b->n >= STAGING_WORTH ? staging_new(&m->watcher->root) : NULL;
    if (staging)
        staging->parcels = b->n;
    for (size_t i = 0; i < b->n; i++)
        b->parcels[i]->staging = staging;
    b->seq = m->next_seq + 1;
    buffer_addf(&frame, "batch %llu %s\n", (unsigned long long)b->seq, staging ? staging->name : "");
    for (size_t i = 0; i < b->n; i++) {
        const struct parcel *p = b->parcels[i];
        buffer_add_string(&frame, p->id);
        buffer_add_char(&frame, ' ');
        json_write_uint(&frame, p->attempt);
        buffer_add_string(&frame, p->had_poison ? " 1\n" : " 0\n");
    }
    int r = frame_send(m->fd, frame.data, frame.len);
    if (r == 0)
        m->next_seq++;
    buffer_deinit(&frame);
    return r;
}

/* In the watcher's own process one run ends before the next begins. */
static int is_run_ending(const struct watcher *w) {
    for (const struct crew_member *m = w->crew; m; m = m->next)
        if (!m->pid && m->is_retiring && m->state != CREW_GONE)
            return 1;
    return 0;
}

/* One that only opens its store yet finds its first work when it has: that saves a way there and back. */
static int takes_batches(const struct watcher *w, const struct crew_member *m) {
    return crew_is_active(w, m) && (m->state == CREW_READY || (m->state == CREW_OPENING && w->remembers == 1));
}

unsigned crew_size(const struct watcher *w) {
    int is_single = w->remembers == 1 || w->options->isolation == ISOLATION_NONE || w->options->by_name;
    return is_single ? 1 : w->options->jobs;
}

size_t crew_dispatch(struct watcher *w) {
    size_t given = 0, idle = 0, ready = 0, busy = 0;
    unsigned active = crew_size(w);
    if (is_run_ending(w))
        return 0;
    for (const struct crew_member *m = w->crew; m; m = m->next)
        if (takes_batches(w, m) && ready++ < active)
            idle += !m->n_batches;
    for (const struct crew_member *m = w->crew; m; m = m->next)
        busy += m->n_batches > 0;
    for (size_t depth = 0; depth < BATCHES_AHEAD; depth++) {
        ready = 0;
        for (struct crew_member *m = w->crew; m; m = m->next) {
            if (!takes_batches(w, m) || ready++ >= active || m->n_batches != depth)
                continue;
            int is_careful = w->alone.n || w->breaker == BREAKER_TRIAL;
            if (has_suspect(m) || (is_careful && (depth > 0 || (w->breaker == BREAKER_TRIAL && (busy || given)))))
                continue;
            struct crew_batch *b = &m->batches[m->n_batches];
            *b = (struct crew_batch){.sent = uv_hrtime()};
            if (!gather(w, b, depth ? 1 : idle))
                return given;
            if (send_batch(m, b) != 0) { /* it is about to be seen dead */
                for (size_t i = b->n; i > 0; i--)
                    watcher_requeue(w, b->parcels[i - 1]);
                continue;
            }
            if (!m->n_batches)
                m->progress_at = b->sent;
            m->n_batches++;
            w->in_hand += b->n;
            idle -= !depth && idle;
            given++;
        }
    }
    return given;
}
