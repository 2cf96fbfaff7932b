/* blame.c: who brought a worker down. The slots in shared memory name the document and the stage; that one alone is
 * blamed, its neighbours are done again. Where they leave it open, each file that may have been it is done again alone,
 * and one that falls alone was it. Many documents falling in one stage mean that the stage is broken: the breaker
 * opens, and nothing more is sent into it for a while.
 */
#include "supervisor.h"

#include "../json/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define BREAKER_DOCUMENTS 5u
#define BREAKER_WINDOW (60ull * SECOND)

/* --- the breaker --- */

static void open_breaker(struct watcher *w, const char *stage) {
    w->breaker_wait = !w->breaker_wait || w->options->once ? SECOND
                      : w->breaker_wait < 30ull * SECOND   ? 2 * w->breaker_wait
                                                           : 60ull * SECOND;
    w->breaker = BREAKER_OPEN;
    w->has_fresh_trial = 0;
    w->breaker_opened = uv_hrtime();
    w->breaker_until = w->breaker_opened + w->breaker_wait;
    if (stage != w->breaker_stage)
        snprintf(w->breaker_stage, sizeof w->breaker_stage, "%s", stage);
    snprintf(w->breaker_text, sizeof w->breaker_text,
             "the breaker is open: documents fall one after the other in stage %s", w->breaker_stage);
    log_line(w->log, LOG_ERROR,
             "breaker: documents fall one after the other in stage %s; waiting %llu s before one is tried again",
             w->breaker_stage, (unsigned long long)(w->breaker_wait / SECOND));
}

/* Lines of one file count as one document: one bad file is no broken stage. */
static void note_death(struct watcher *w, const char *stage, uint64_t document) {
    uint64_t now = uv_hrtime();
    struct death *d = &w->deaths[w->n_deaths++ % RECENT_DEATHS];
    *d = (struct death){.when = now, .document = document};
    snprintf(d->stage, sizeof d->stage, "%s", stage);
    size_t distinct = 0, n = w->n_deaths < RECENT_DEATHS ? w->n_deaths : RECENT_DEATHS;
    for (size_t i = 0; i < n; i++) {
        const struct death *a = &w->deaths[i];
        int counts = strcmp(a->stage, stage) == 0 && now - a->when < BREAKER_WINDOW;
        for (size_t j = 0; counts && j < i; j++)
            counts = w->deaths[j].document != a->document || strcmp(w->deaths[j].stage, stage) != 0;
        distinct += (size_t)counts;
    }
    if (distinct >= BREAKER_DOCUMENTS && w->breaker == BREAKER_CLOSED)
        open_breaker(w, stage);
}

void breaker_passed(struct watcher *w) {
    if (w->breaker == BREAKER_TRIAL) {
        w->breaker = BREAKER_CLOSED;
        w->n_deaths = 0;
        w->trials = 0;
        log_line(w->log, LOG_INFO, "breaker: a document went through; going on");
    } else if (w->breaker_wait && uv_hrtime() - w->breaker_opened > BREAKER_WINDOW + w->breaker_wait) {
        w->breaker_wait = 0;
    }
}

int breaker_may_work(struct watcher *w, uint64_t now) {
    if (w->breaker == BREAKER_OPEN && now >= w->breaker_until)
        w->breaker = BREAKER_TRIAL;
    return w->breaker != BREAKER_OPEN;
}

/* --- one that is blamed --- */

struct fall {
    const char *stage, *how;
    uint64_t line;
    int signal;
};

static void quarantine(struct watcher *w, struct parcel *p, const struct fall *fall) {
    char what[120], message[240];
    snprintf(what, sizeof what, "%s%s%s", fall->how, fall->signal ? " by " : "",
             fall->signal ? strsignal(fall->signal) : "");
    if (fall->line)
        snprintf(message, sizeof message,
                 "more than %llu of its lines ended workers twice (--max-poison); the last, line %llu, with %s",
                 (unsigned long long)w->options->max_poison, (unsigned long long)fall->line, what);
    else
        snprintf(message, sizeof message, "the worker did not live through this document: %s", what);
    p->signal = fall->signal;
    p->line = fall->line;
    p->tries = fall->line ? 2 : p->attempt;
    watcher_refuse(w, p, fall->stage, fall->line ? "too-many-bad-lines" : fall->how, message);
}

static void blame_line(struct watcher *w, struct parcel *p, const struct fall *fall) {
    int twice = ledger_blame_line(&w->ledger, p, fall->line, fall->stage, fall->how);
    w->tally.poisoned++;
    p->is_alone = 1;
    if (twice >= 0 && (uint64_t)twice > w->options->max_poison)
        quarantine(w, p, fall);
    else
        watcher_requeue(w, p);
}

/* Who waits for the inbox to be empty is told when no file is left that the stage was not tried with. */
static void give_up_once(struct watcher *w) {
    if (!w->options->once || ++w->trials < w->waiting.n + w->alone.n || w->inbox.n || inbox_has_more(&w->inbox))
        return;
    log_line(w->log, LOG_ERROR, "stage %s lets none of %zu files through; they are done by the next start",
             w->breaker_stage, w->waiting.n + w->alone.n);
    watcher_stop(w, 3);
}

static void blame(struct watcher *w, struct parcel *p, const struct fall *fall) {
    char line[32], attempt[16];
    snprintf(line, sizeof line, "%llu", (unsigned long long)fall->line);
    snprintf(attempt, sizeof attempt, "%u", p->attempt);
    log_event(w->log, LOG_WARNING, "a document brought its worker down", "document", id_name(p->id), "#line",
              fall->line ? line : NULL, "stage", fall->stage, "how", fall->how, "signal",
              fall->signal ? strsignal(fall->signal) : NULL, "#attempt", attempt, NULL);
    ledger_undo(&w->ledger, p);
    if (w->breaker == BREAKER_TRIAL) { /* the stage is suspected, not the document: another one is tried next */
        open_breaker(w, w->breaker_stage);
        p->is_alone = 0;
        p->was_tried = 1;
        list_add(&w->waiting, p);
        give_up_once(w);
        return;
    }
    if (p->attempt == 1 && !p->was_tried) /* one that falls again says nothing new of the stage */
        note_death(w, fall->stage, id_hash(p->id));
    if (fall->line) {
        blame_line(w, p, fall);
    } else if (p->attempt >= w->options->attempts) {
        quarantine(w, p, fall);
    } else {
        p->is_alone = 1;
        if (ledger_blame(&w->ledger, p) != 0)
            log_line(w->log, LOG_ERROR, "the attempt could not be noted in %s", p->id);
        watcher_requeue(w, p);
    }
}

static const char *mark_name(uint32_t mark) {
    return mark == ENGINE_MARK_EXIT     ? "exit"
           : mark == ENGINE_MARK_BROKEN ? "broken"
           : mark == ENGINE_MARK_HUNG   ? "timeout"
                                        : "crash";
}

static void count_fall(struct watcher *w, const char *how) {
    uint64_t *count = strcmp(how, "timeout") == 0  ? &w->tally.timeouts
                      : strcmp(how, "memory") == 0 ? &w->tally.memory
                                                   : &w->tally.crashes;
    ++*count;
}

/* The files that a worker had begun with when it fell, in their order. */
struct suspects {
    struct crew_batch *batches[BATCHES_AHEAD];
    size_t n_batches, n;
};

/* The slot that says it: marked by the thread itself, else overdue, else the only one at work. -1: none, -2: several.
 */
static int find_slot(const struct watcher *w, const struct crew_member *m, int status, const struct suspects *suspects,
                     const char **out_how) {
    uint64_t now = uv_hrtime(), limit = (uint64_t)w->options->timeout + SECOND;
    int busy = -1;
    for (unsigned i = 0; i < SHARED_SLOTS; i++) {
        uint32_t mark = atomic_load(&m->shared->slots[i].mark);
        if (mark) {
            *out_how = mark_name(mark);
            return (int)i;
        }
        uint64_t since = atomic_load(&m->shared->slots[i].since);
        if (since && now > since && now - since > limit && m->killed_for) {
            *out_how = "timeout";
            return (int)i;
        }
        if (since)
            busy = busy == -1 ? (int)i : -2;
    }
    *out_how = m->killed_for ? m->killed_for : WIFEXITED(status) ? "exit" : "killed";
    /* SIGKILL may have come from anywhere; where it comes to one that is alone, it is that one's. */
    int was_told = m->killed_for || WIFEXITED(status) || (WTERMSIG(status) != SIGKILL && WTERMSIG(status) != SIGTERM) ||
                   (suspects->n == 1 && suspects->batches[0]->parcels[0]->is_alone);
    return busy >= 0 && !was_told ? -2 : busy;
}

static void requeue_batch(struct watcher *w, struct crew_batch *b, const struct parcel *but) {
    for (size_t i = b->n; i > 0; i--)
        if (b->parcels[i - 1] != but)
            watcher_requeue(w, b->parcels[i - 1]);
}

static void suspect_all(struct watcher *w, const struct suspects *s, const struct fall *fall) {
    if (s->n == 1 && s->batches[0]->parcels[0]->is_alone) {
        blame(w, s->batches[0]->parcels[0], fall);
        return;
    }
    for (size_t i = s->n_batches; i > 0; i--) {
        for (size_t j = 0; j < s->batches[i - 1]->n; j++)
            s->batches[i - 1]->parcels[j]->is_alone = 1;
        requeue_batch(w, s->batches[i - 1], NULL);
    }
}

/* The file that a slot means: index as frame.h says. */
static struct parcel *file_of(const struct suspects *s, size_t index) {
    for (size_t i = 0; i < s->n_batches; i++) {
        struct crew_batch *b = s->batches[i];
        if (b->seq % BATCHES_AHEAD == index / FRAME_FILES && index % FRAME_FILES < b->n)
            return b->parcels[index % FRAME_FILES];
    }
    return NULL;
}

static void blame_one(struct watcher *w, struct crew_member *m, const struct suspects *suspects, int status) {
    struct fall fall = {.stage = "-", .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
    int slot = find_slot(w, m, status, suspects, &fall.how);
    count_fall(w, fall.how);
    if (slot < 0) {
        suspect_all(w, suspects, &fall);
        return;
    }
    const struct engine_slot *s = &m->shared->slots[slot];
    int is_marked = atomic_load(&s->mark) != 0;
    uint64_t where = atomic_load(is_marked ? &s->marked_line : &s->source_line);
    uint32_t stage = atomic_load(is_marked ? &s->marked_stage : &s->stage);
    struct parcel *culprit = file_of(suspects, (size_t)(where >> 40));
    fall.line = where & (((uint64_t)1 << 40) - 1);
    if (stage < w->n_stages)
        fall.stage = w->stages[stage].id;
    if (fall.signal == 0 && strcmp(fall.how, "crash") == 0)
        fall.signal = (int)atomic_load(&s->mark);
    for (size_t i = suspects->n_batches; i > 0; i--)
        requeue_batch(w, suspects->batches[i - 1], culprit);
    if (culprit)
        blame(w, culprit, &fall);
}

void blame_death(struct watcher *w, struct crew_member *m, int status) {
    struct suspects suspects = {.n = 0};
    uint64_t begun = atomic_load(&m->shared->begun);
    for (size_t i = m->n_batches; i > 0; i--) { /* those behind are put back first, so that they come behind */
        struct crew_batch *b = &m->batches[i - 1];
        w->in_hand -= b->n;
        if (w->is_closing || b->seq > begun)
            requeue_batch(w, b, NULL);
        else
            suspects.n_batches++;
    }
    for (size_t i = 0; i < suspects.n_batches; i++) { /* they stand first */
        suspects.batches[i] = &m->batches[i];
        suspects.n += m->batches[i].n;
    }
    m->n_batches = 0;
    if (suspects.n)
        blame_one(w, m, &suspects, status);
}

/* --isolation none: the process itself fell, and its slots were kept in a file. */
void blame_earlier_run(struct watcher *w, const struct shared *shared, struct parcel *recovered) {
    if (!atomic_load(&shared->begun))
        return;
    for (unsigned i = 0; i < SHARED_SLOTS; i++) {
        const struct engine_slot *s = &shared->slots[i];
        uint32_t mark = atomic_load(&s->mark);
        uint64_t where = atomic_load(&s->marked_line), line = where & (((uint64_t)1 << 40) - 1);
        size_t file = (size_t)(where >> 40);
        if (!mark || file >= BATCHES_AHEAD * FRAME_FILES || !memchr(shared->ids[file], '\0', ID_BYTES))
            continue;
        for (struct parcel *p = recovered; p; p = p->next) {
            if (strcmp(p->id, shared->ids[file]) != 0)
                continue;
            log_event(w->log, LOG_WARNING, "a document brought the last run down", "document", id_name(p->id), NULL);
            p->signal = strcmp(mark_name(mark), "crash") == 0 ? (int)mark : 0;
            if (line)
                ledger_blame_line(&w->ledger, p, line, "-", mark_name(mark));
            else
                ledger_blame(&w->ledger, p);
        }
    }
}
