/* supervisor.c: what the watcher does next. Everything that happens (a file, an answer, a timer, a signal) ends in
 * watcher_pump, which claims what is finished, gives out work, commits what is done, and sets one timer for whatever
 * can only be done later. Nothing ticks while nothing is to be done.
 */
#include "supervisor.h"

#include "../json/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BATCH_WAIT 20000000u /* most time for a result to wait for others to share its flush */
#define TROUBLE_MOST (60ull * SECOND)
#define MILLISECOND 1000000u

/* --- lists --- */

void list_init(struct parcel_list *list) {
    *list = (struct parcel_list){.last = &list->first};
}

void list_add(struct parcel_list *list, struct parcel *p) {
    p->next = NULL;
    *list->last = p;
    list->last = &p->next;
    list->n++;
}

void list_push(struct parcel_list *list, struct parcel *p) {
    p->next = list->first;
    list->first = p;
    if (!p->next)
        list->last = &p->next;
    list->n++;
}

struct parcel *list_take(struct parcel_list *list) {
    struct parcel *p = list->first;
    if (!p)
        return NULL;
    list->first = p->next;
    if (!list->first)
        list->last = &list->first;
    list->n--;
    p->next = NULL;
    return p;
}

void watcher_requeue(struct watcher *w, struct parcel *p) {
    ledger_undo(&w->ledger, p);
    list_push(p->is_alone ? &w->alone : &w->waiting, p);
}

void watcher_refuse(struct watcher *w, struct parcel *p, const char *stage, const char *code, const char *message) {
    p->is_refused = 1;
    p->has_result = p->has_lines = p->has_dropped = 0;
    p->published = p->dropped = 0; /* nothing of it comes out */
    p->step = STEP_SIDES;
    for (size_t i = 0; i < w->n_stages; i++)
        if (strcmp(w->stages[i].id, stage) == 0) {
            snprintf(p->plugin, sizeof p->plugin, "%s", w->stages[i].plugin);
            snprintf(p->version, sizeof p->version, "%s", w->stages[i].version);
        }
    snprintf(p->stage, sizeof p->stage, "%s", stage);
    snprintf(p->code, sizeof p->code, "%s", code);
    snprintf(p->message, sizeof p->message, "%s", message);
    if (!w->finished.n)
        w->finished_since = uv_hrtime();
    list_add(&w->finished, p);
}

/* --- trouble with the disk: nothing is lost, nobody is blamed, and it is tried again --- */

void watcher_trouble(struct watcher *w, const char *where, int error) {
    snprintf(w->trouble_text, sizeof w->trouble_text, "%.200s: %s", where, strerror(error));
    w->trouble = w->trouble_text;
    w->trouble_wait = !w->trouble_wait                     ? (uint64_t)w->options->retry_wait + 1
                      : w->trouble_wait < TROUBLE_MOST / 2 ? 2 * w->trouble_wait
                                                           : TROUBLE_MOST;
    w->trouble_until = uv_hrtime() + w->trouble_wait;
    log_line(w->log, LOG_ERROR, "%s; nothing is lost, trying again in %.3g s", w->trouble_text,
             (double)w->trouble_wait / 1e9);
    if (error == EIO && ++w->io_errors >= 2) {
        log_line(w->log, LOG_ERROR, "the disk fails again; stopping, so that it is seen to");
        watcher_stop(w, 3);
    }
}

static void no_trouble(struct watcher *w) {
    if (w->trouble_wait)
        log_line(w->log, LOG_INFO, "well again: %s is over", w->trouble_text);
    w->trouble = NULL;
    w->trouble_wait = 0;
    w->io_errors = 0;
    staging_sweep(&w->root);
}

/* --- committing --- */

static void tell_done(struct watcher *w, const struct parcel *p) {
    enum log_level level = p->is_refused || p->failed ? LOG_WARNING : LOG_DEBUG;
    char ms[32], count[32], failed[32];
    if (!log_takes(w->log, level))
        return;
    snprintf(ms, sizeof ms, "%.3f", (double)p->ns / 1e6);
    snprintf(count, sizeof count, "%llu", (unsigned long long)p->published);
    snprintf(failed, sizeof failed, "%llu", (unsigned long long)p->failed);
    const char *verdict = p->is_refused                 ? "quarantine"
                          : p->has_result               ? "published"
                          : p->dropped && !p->published ? "dropped"
                                                        : "empty";
    log_event(w->log, level, "done", "document", id_name(p->id), "id", p->is_refused ? p->id : NULL, "verdict", verdict,
              "#records", count, "#failed", p->failed ? failed : NULL, p->is_refused ? "stage" : "slowest",
              *p->stage && *p->stage != '-' ? p->stage : NULL, "code", *p->code && *p->code != '-' ? p->code : NULL,
              "message", *p->message ? p->message : NULL, "#ms", ms, NULL);
}

static void count_done(struct watcher *w, const struct parcel *p) {
    w->tally.files += p->attempt > 0; /* what flush gave is of no file */
    w->tally.published += p->published;
    w->tally.failed += p->failed + (p->is_refused && !p->failed);
    w->tally.dropped += p->dropped;
    w->tally.bytes_in += p->bytes;
    w->tally.bytes_out += p->result_bytes;
    w->tally.refused += (uint64_t)p->is_refused;
}

/* Results whose flush failed are not on the disk, whatever a second flush says: they are made again. */
static void redo_unflushed(struct watcher *w, struct parcel **parcels, size_t n) {
    for (size_t i = n; i > 0; i--) {
        struct parcel *p = parcels[i - 1];
        if (p->step != STEP_FLUSH || p->is_refused) {
            list_push(&w->finished, p);
            continue;
        }
        p->redone++;
        watcher_requeue(w, p);
    }
}

static void commit_some(struct watcher *w) {
    struct parcel *parcels[FRAME_FILES];
    const struct staging *staging = NULL;
    size_t n = 0;
    while (w->finished.n) {
        const struct staging *s = w->finished.first->staging;
        int goes_on = s && s == staging; /* those of one staging are committed together */
        if (!goes_on && (n >= w->options->batch || (s && n + s->parcels > FRAME_FILES)))
            break;
        staging = s;
        parcels[n++] = list_take(&w->finished);
    }
    w->finished_since = uv_hrtime();
    committer_begin(w, parcels, n);
}

void watcher_uncommitted(struct watcher *w, struct parcel **parcels, size_t n) {
    for (size_t i = n; i > 0; i--)
        list_push(&w->finished, parcels[i - 1]);
}

void watcher_committed(struct watcher *w, struct parcel **parcels, size_t n, int r, int error, const char *where,
                       int flush_failed) {
    if (r == 0 || !flush_failed) {
        for (size_t i = n; i > 0; i--)
            if (parcels[i - 1]->step != STEP_DONE)
                list_push(&w->finished, parcels[i - 1]);
        for (size_t i = 0; i < n; i++) {
            if (parcels[i]->step != STEP_DONE)
                continue;
            tell_done(w, parcels[i]);
            count_done(w, parcels[i]);
            parcel_free(&w->root, parcels[i]);
        }
    } else {
        redo_unflushed(w, parcels, n);
    }
    w->tally.commits++;
    if (r == 0)
        no_trouble(w);
    else
        watcher_trouble(w, where, error);
}

/* Results wait for others only while others are on their way. */
static int is_commit_due(const struct watcher *w, uint64_t now) {
    return w->finished.n && committer_has_room(w) &&
           (w->finished.n >= w->options->batch ||
            (!committer_is_busy(w) && (crew_is_idle(w) || w->stops || now - w->finished_since >= BATCH_WAIT)));
}

static void commit_what_is_due(struct watcher *w, uint64_t now) {
    while (is_commit_due(w, now) && (!w->trouble || now >= w->trouble_until))
        commit_some(w);
    if (w->trouble && now >= w->trouble_until && !committer_is_busy(w) &&
        w->ledger.owes_flush) /* all is in out, and its flush failed */
        commit_some(w);
}

/* --- claiming --- */

static int has_room_on_disk(struct watcher *w, uint64_t bytes) {
    struct statvfs fs;
    if (fstatvfs(w->root.fd, &fs) != 0)
        return 1;
    uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (free_bytes >= w->options->min_free && free_bytes >= 2 * bytes)
        return 1;
    watcher_trouble(w, "too little room to claim more (--min-free)", ENOSPC);
    return 0;
}

static void claim(struct watcher *w) {
    struct finished f;
    size_t window = w->options->batch * (BATCHES_AHEAD * crew_size(w) + 3);
    size_t held = w->waiting.n + w->alone.n + w->finished.n + w->in_hand + committer_holds(w), checked = 0;
    int is_trial = w->breaker == BREAKER_TRIAL;
    if (is_trial) /* those that are held may all be bad, and the stage not: a fresh one is tried, where there is one */
        window = w->has_fresh_trial || w->in_hand || held >= window ? 0 : held + 1;
    for (; held < window && inbox_take(&w->inbox, &f); held++) {
        if ((checked++ % 64 == 0 || f.st.st_size > 1 << 20) && !has_room_on_disk(w, (uint64_t)f.st.st_size)) {
            inbox_rescan(&w->inbox);
            return;
        }
        struct parcel *p = ledger_claim(&w->ledger, f.path, &f.st);
        if (p && is_trial) {
            w->has_fresh_trial = 1;
            list_push(&w->waiting, p);
        } else if (p) {
            list_add(&w->waiting, p);
        } else if (errno != ENOENT) {
            inbox_rescan(&w->inbox);
            if (errno == EEXIST) /* the same microsecond, inode and name: the next scan finds another microsecond */
                continue;
            watcher_trouble(w, "claiming from the inbox", errno);
            return;
        }
    }
}

/* --- the pump --- */

static void on_wake(uv_timer_t *timer) {
    watcher_pump(timer->data);
}

/* It ends by itself one round after the work: where work comes in short batches it would else never be its turn. */
static void on_watchdog(uv_timer_t *timer) {
    const struct watcher *w = timer->data;
    if (!w->in_hand)
        uv_timer_stop(timer);
    crew_watch(timer->data);
}

static void on_walking(uv_idle_t *idle) {
    struct watcher *w = idle->data;
    if (!inbox_walk(&w->inbox))
        uv_idle_stop(&w->walking);
    watcher_pump(w);
}

static void at_most(uint64_t *when, uint64_t other) {
    if (other && other < *when)
        *when = other;
}

static void set_timers(struct watcher *w, uint64_t now) {
    uint64_t when = w->rescan_at;
    if (!w->stops && w->was_ready && !w->trouble && w->breaker != BREAKER_OPEN && !w->waiting.n)
        at_most(&when, inbox_due(&w->inbox));
    if (w->finished.n && !committer_is_busy(w))
        at_most(&when, w->trouble ? w->trouble_until : w->finished_since + BATCH_WAIT);
    if (w->trouble)
        at_most(&when, w->trouble_until);
    if (w->breaker == BREAKER_OPEN)
        at_most(&when, w->breaker_until);
    if (w->respawn_at > now)
        at_most(&when, w->respawn_at);
    at_most(&when, w->fill_at);
    at_most(&when, crew_stop_late(w, now));
    at_most(&when, w->look_at);
    at_most(&when, w->sweep_at);
    at_most(&when, w->stop_by);
    /* Never 0: libuv 1.44 starves everything else where such a timer is set anew by its own callback. */
    uv_timer_start(&w->wake, on_wake, when > now ? (when - now + MILLISECOND - 1) / MILLISECOND : 1, 0);
    if (w->in_hand && !uv_is_active((uv_handle_t *)&w->watchdog))
        uv_timer_start(&w->watchdog, on_watchdog, 100, 100);
}

/* The inbox may have been moved, removed, mounted over. */
static void look_for_inbox(struct watcher *w, uint64_t now) {
    int was_gone = w->inbox.is_gone, found = root_look_for_inbox(&w->root);
    if (found < 0 && !was_gone)
        log_line(w->log, LOG_ERROR, "the inbox %s is gone; waiting for it to come back", w->root.inbox_path);
    if (found == 1 || (found == 0 && was_gone)) {
        if (was_gone)
            log_line(w->log, LOG_INFO, "the inbox %s is back", w->root.inbox_path);
        inbox_start(&w->inbox, &w->loop);
    }
    w->inbox.is_gone = found < 0;
    w->look_at = found < 0 ? now + SECOND : 0;
}

static int is_all_done(const struct watcher *w) {
    return !w->in_hand && !w->waiting.n && !w->alone.n && !w->finished.n && !committer_is_busy(w);
}

/* The same of out/: while it is gone results wait in ready/. */
static int has_out(struct watcher *w) {
    if (root_look_for_out(&w->root) == 0)
        return 1;
    watcher_trouble(w, w->root.out_path, ENOENT);
    return 0;
}

static void do_what_is_due(struct watcher *w, uint64_t now) {
    if (w->inbox.is_gone && (!w->look_at || now >= w->look_at))
        look_for_inbox(w, now);
    if (now >= w->rescan_at) {
        w->rescan_at = now + (uint64_t)w->options->rescan;
        look_for_inbox(w, now);
        inbox_rescan(&w->inbox);
        if (!w->trouble && !committer_is_busy(w) && has_out(w) && w->trouble_wait && is_all_done(w))
            no_trouble(w); /* there is nothing that a commit could show it by */
    }
    if (w->sweep_at && now >= w->sweep_at) {
        size_t n = ledger_sweep_old(&w->ledger, w->options->keep_for);
        if (n)
            log_line(w->log, LOG_INFO, "%zu files kept for long enough were removed (--keep-for)", n);
        w->sweep_at = now + 3600ull * SECOND;
    }
}

/* What is in hand is done first; then the workers end, and what their stages gave at their end comes out too. */
static void stop_when_done(struct watcher *w, uint64_t now) {
    int is_late = now >= w->stop_by || w->exit_status;
    if (is_all_done(w)) {
        w->drains = 1;
        if (!crew_drain(w) && !is_late)
            return;
    } else if (!is_late) {
        return;
    } else if (!w->exit_status) {
        log_line(w->log, LOG_WARNING, "the time to stop is over (--grace); what is left is done by the next start");
    }
    watcher_stop(w, w->exit_status);
}

void watcher_pump(struct watcher *w) {
    if (w->is_closing)
        return;
    uint64_t now = uv_hrtime();
    do_what_is_due(w, now);
    if (!w->trouble || (now >= w->trouble_until && !committer_is_busy(w) && has_out(w)))
        commit_what_is_due(w, now);
    int may_work = (!w->trouble || now >= w->trouble_until) && breaker_may_work(w, now) && !w->is_closing;
    if (may_work && !w->finished.n && !committer_is_busy(w))
        w->trouble = NULL; /* it is tried; a commit that succeeds says that it is over */
    if (may_work && !w->stops && w->was_ready)
        claim(w);
    if (may_work && !w->trouble)
        crew_dispatch(w);
    if ((w->respawn_at && now >= w->respawn_at) || (w->fill_at && now >= w->fill_at))
        crew_fill(w);
    if (!w->stops && inbox_has_more(&w->inbox) && !w->inbox.is_gone && !w->is_closing &&
        w->inbox.n <= INBOX_CANDIDATES / 2 && !uv_is_active((uv_handle_t *)&w->walking))
        uv_idle_start(&w->walking, on_walking);
    if (w->options->once && is_all_done(w) && w->was_ready && !w->inbox.n && !inbox_has_more(&w->inbox) &&
        w->inbox.scans && !w->stops) {
        w->stops = 1;
        w->stop_by = UINT64_MAX;
    }
    if (w->stops)
        stop_when_done(w, now);
    if (!w->is_closing)
        set_timers(w, now);
}

/* --- signals, start and end --- */

static void on_signal(uv_signal_t *handle, int number) {
    struct watcher *w = handle->data;
    switch (number) {
    case SIGCHLD:
        crew_reap(w);
        break;
    case SIGHUP:
        notify_send("RELOADING=1");
        crew_reload(w);
        break;
    case SIGUSR1:
        inbox_rescan(&w->inbox);
        break;
    default:
        if (w->stops) { /* recovery does the rest */
            crew_end(w, 1);
            _exit(128 + number);
        }
        w->stops = 1;
        w->stop_by = uv_hrtime() + (uint64_t)w->options->grace;
        notify_send("STOPPING=1");
        log_line(w->log, LOG_INFO, "stopping when what is in hand is done; once more to stop at once");
    }
    watcher_pump(w);
}

static void close_handle(uv_handle_t *handle) {
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void watcher_stop(struct watcher *w, int status) {
    if (!w->exit_status)
        w->exit_status = status;
    if (w->is_closing)
        return;
    w->is_closing = 1;
    close_handle((uv_handle_t *)&w->wake);
    close_handle((uv_handle_t *)&w->watchdog);
    close_handle((uv_handle_t *)&w->walking);
    close_handle((uv_handle_t *)&w->pat);
    for (size_t i = 0; i < 5; i++)
        close_handle((uv_handle_t *)&w->signals[i]);
    inbox_stop(&w->inbox);
    committer_stop(w);
    if (w->control)
        control_stop(w->control);
    crew_end(w, w->in_hand > 0 || w->drains); /* those at work are stopped; idle ones close their stages first */
}

static void on_news(void *context) {
    watcher_pump(context);
}

static void on_pat(uv_timer_t *timer) {
    (void)timer; /* that it runs says that the loop turns */
    notify_send("WATCHDOG=1");
}

static int recover(struct watcher *w, struct buffer *why) {
    struct parcel *parcels;
    struct shared *shared = NULL;
    size_t n;
    const char *where;
    for (int i = 0; ledger_recover(&w->ledger, &parcels, &n, &where) != 0; i++) {
        if (i == 3) {
            buffer_addf(why, "cannot bring to an end what the last run left in %s/%s: %s", w->root.path, where,
                        strerror(errno));
            return -1;
        }
    }
    int fd = w->options->isolation == ISOLATION_NONE ? shared_open(w->root.state, "slots", &shared) : -1;
    if (fd >= 0) {
        blame_earlier_run(w, shared, parcels);
        atomic_store(&shared->begun, 0);
        shared_unmap(shared);
        close(fd);
    }
    if (n)
        log_line(w->log, LOG_INFO, "%zu files that the last run had claimed are done first", n);
    while (parcels) {
        struct parcel *p = parcels;
        parcels = p->next;
        if (p->attempt > w->options->attempts) {
            p->tries = p->attempt - 1;
            watcher_refuse(w, p, "-", "crash", "the watcher did not live through this document (--isolation none)");
        } else {
            list_add(&w->waiting, p);
        }
    }
    return 0;
}

static void start_loop(struct watcher *w) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD};
    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->wake);
    uv_timer_init(&w->loop, &w->watchdog);
    uv_timer_init(&w->loop, &w->pat);
    uv_idle_init(&w->loop, &w->walking);
    w->wake.data = w->watchdog.data = w->pat.data = w->walking.data = w;
    for (size_t i = 0; i < 5; i++) {
        uv_signal_init(&w->loop, &w->signals[i]);
        w->signals[i].data = w;
        uv_signal_start(&w->signals[i], on_signal, numbers[i]);
    }
    if (notify_interval())
        uv_timer_start(&w->pat, on_pat, 0, notify_interval() / MILLISECOND);
}

static void raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int watch_started(struct watcher *w, struct buffer *why) {
    const struct watch_options *o = w->options;
    if (root_open(&w->root, o->root, o->inbox, o->out, o->durability, 1, why) != 0)
        return 2;
    if (o->sync_mark && w->root.durability == DURABILITY_NONE)
        log_line(w->log, LOG_WARNING,
                 "out/.sync is never put: nothing is flushed (durability none, %s); leave --sync-mark out, or ask for "
                 "--durability strict",
                 w->root.file_system);
    if (recover(w, why) != 0)
        return 3;
    start_loop(w);
    voices_start(w);
    if (committer_start(w) != 0) {
        buffer_addf(why, "no more threads could be had");
        return 3;
    }
    inbox_init(&w->inbox, &w->root, w->log, &w->loop);
    w->inbox.settle = o->settle;
    w->inbox.subfolders = o->subfolders;
    w->inbox.by_name = o->by_name;
    w->inbox.on_news = on_news;
    w->inbox.context = w;
    inbox_start(&w->inbox, &w->loop);
    w->started = uv_hrtime();
    w->rescan_at = w->started + (uint64_t)o->rescan;
    w->sweep_at = o->keep_for ? w->started : 0;
    control_start(w);
    crew_fill(w);
    watcher_pump(w);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    voices_end(w);
    if (w->was_ready)
        log_line(w->log, LOG_INFO, "stopped: %llu files done, %llu documents published, %llu failed, %llu dropped",
                 (unsigned long long)w->tally.files, (unsigned long long)w->tally.published,
                 (unsigned long long)w->tally.failed, (unsigned long long)w->tally.dropped);
    uv_loop_close(&w->loop);
    control_free(w->control);
    committer_free(w);
    inbox_deinit(&w->inbox);
    return w->exit_status;
}

int watch_run(const struct watch_options *options) {
    struct watcher *w = memory_zalloc(1, sizeof *w);
    struct buffer why = {0};
    w->options = options;
    w->log = options->log;
    w->frame = memory_alloc(FRAME_BYTES);
    w->remembers = -1;
    w->recipe.copies = w->trial_recipe.copies = w->old_recipe.copies = -1;
    list_init(&w->waiting);
    list_init(&w->alone);
    list_init(&w->finished);
    w->ledger = (struct ledger){.root = &w->root,
                                .conflict = options->conflict,
                                .gap = options->gap,
                                .keep_input = options->keep_input,
                                .marks = options->sync_mark,
                                .versions = TEXTMILL_VERSION,
                                .log = options->log};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGIO, SIG_IGN);    /* of a lease that is broken while it is tested */
    umask(umask(0077) & 0077); /* one that keeps the owner out would keep us out of our own folders */
    raise_file_limit();
    int status = watch_started(w, &why);
    if (why.len)
        log_line(w->log, LOG_ERROR, "%.*s", (int)why.len, why.data);
    struct parcel_list *const lists[] = {&w->waiting, &w->alone, &w->finished};
    for (size_t i = 0; i < 3; i++)
        for (struct parcel *p; (p = list_take(lists[i]));)
            parcel_free(&w->root, p);
    recipe_free(&w->recipe);
    recipe_free(&w->trial_recipe);
    recipe_free(&w->old_recipe);
    staging_free_left(&w->root);
    root_close(&w->root);
    free(w->frame);
    buffer_deinit(&why);
    free(w);
    return status;
}
