/* supervisor.h: the watcher's state while it runs, shared by the files that make up the supervisor: supervisor.c (what
 * is done next), crew.c (worker processes), blame.c (deaths), control.c and status.c (what is asked and told). One
 * thread, one loop; nothing here loads a plugin.
 */
#ifndef TM_WATCH_SUPERVISOR_H
#define TM_WATCH_SUPERVISOR_H

#include "frame.h"
#include "inbox.h"
#include "ledger.h"
#include "recipe.h"
#include "shared.h"

#include <sys/types.h>

#define SECOND 1000000000u
#define RECENT_DEATHS 64u

enum crew_state {
    CREW_STARTING,
    CREW_LOADED, /* its plugins are there, but another one has the store */
    CREW_OPENING,
    CREW_READY,
    CREW_GONE /* only its handle is still to be closed */
};

struct crew_batch {
    uint64_t seq, sent, bytes;
    struct parcel *parcels[FRAME_FILES];
    size_t n;
};

struct crew_member {
    struct crew_member *next;
    struct watcher *watcher;
    pid_t pid; /* 0: a thread */
    int fd, thread_fd, thread_copies;
    uv_poll_t poll;
    uv_thread_t thread;
    struct shared *shared;
    enum crew_state state;
    unsigned generation;
    int opens_store; /* which may take long */
    int is_retiring; /* takes no more, and ends when it has none */
    int is_released; /* its end of the socket is shut */
    struct crew_batch batches[BATCHES_AHEAD];
    size_t n_batches;
    uint64_t next_seq; /* of the last batch that it was given */
    uint64_t started, files;
    uint64_t progress, progress_at; /* of the batch under way */
    uint64_t aborted;               /* when it was told to abort */
    const char *killed_for;         /* "timeout", "memory" */
};

#define VOICE_BYTES 8192u

/* What worker processes write to standard output and error. */
struct voices {
    int in, out;
    uv_poll_t poll;
    char data[VOICE_BYTES];
    size_t len;
};

struct parcel_list {
    struct parcel *first, **last;
    size_t n;
};

struct death {
    uint64_t when, document;
    char stage[64];
};

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_TRIAL };

struct tally {
    uint64_t files, published, failed, dropped, bytes_in, bytes_out, refused, crashes, timeouts, memory, respawns,
        reloads, commits, poisoned;
};

struct watcher {
    const struct watch_options *options;
    struct root root;
    struct ledger ledger;
    struct inbox inbox;
    struct voices voices;
    struct log *log;
    uv_loop_t loop;
    uv_timer_t wake, watchdog, pat;
    uv_idle_t walking;
    uv_signal_t signals[5];
    int is_closing;

    struct crew_member *crew;
    char *frame;                          /* FRAME_BYTES, for the message that is heard */
    unsigned generation, next_generation; /* of the pipeline that works; of the one that is tried */
    struct crew_member *trial;            /* of a reload, until it is ready */
    struct recipe recipe, trial_recipe;   /* what workers are made of */
    struct recipe old_recipe;             /* of the pipeline of before, until the stages of the new one are open */
    int remembers;                        /* -1: not known yet */
    struct stage_name {
        char id[64], plugin[64], version[32];
    } stages[SHARED_STAGES];
    size_t n_stages;
    int was_ready; /* some worker was, ever */
    uint64_t respawn_at, respawn_wait;
    uint64_t fill_at; /* when the place of one that has ended is filled; 0: none is free */

    struct parcel_list waiting, alone, finished;
    size_t in_hand; /* parcels in batches */
    uint64_t finished_since;
    struct committer *committer;

    const char *trouble; /* what is not well with the disk, or NULL */
    char trouble_text[256];
    uint64_t trouble_until, trouble_wait;
    unsigned io_errors;

    enum breaker_state breaker;
    uint64_t breaker_until, breaker_wait, breaker_opened;
    struct death deaths[RECENT_DEATHS];
    size_t n_deaths;
    char breaker_stage[64], breaker_text[160];
    int has_fresh_trial; /* a file was claimed for the trial under way */
    size_t trials;       /* that failed, one after the other */

    uint64_t rescan_at, sweep_at, look_at, started;
    int stops, drains, exit_status; /* drains: all is done, and the workers end */
    uint64_t stop_by;
    struct tally tally;
    uint64_t gone_times[SHARED_STAGES][ENGINE_TIMES + 1]; /* of workers that have ended; the last: ns */
    struct control *control;
};

/* supervisor.c */
void watcher_pump(struct watcher *w); /* does what can be done now, and sets the timer for the rest */
void watcher_stop(struct watcher *w, int status);
void watcher_trouble(struct watcher *w, const char *where, int error);
/* What a commit came to; *flush_failed as of ledger_commit. */
void watcher_committed(struct watcher *w, struct parcel **parcels, size_t n, int r, int error, const char *where,
                       int flush_failed);
void watcher_uncommitted(struct watcher *w, struct parcel **parcels, size_t n); /* it was not begun with */
void list_add(struct parcel_list *list, struct parcel *p);
void list_push(struct parcel_list *list, struct parcel *p); /* at the front */
struct parcel *list_take(struct parcel_list *list);
void list_init(struct parcel_list *list);
void watcher_requeue(struct watcher *w, struct parcel *p); /* to be done again */
void watcher_refuse(struct watcher *w, struct parcel *p, const char *stage, const char *code, const char *message);

/* crew.c */
void crew_fill(struct watcher *w);
int crew_is_active(const struct watcher *w, const struct crew_member *m);
void crew_release(struct crew_member *m); /* it ends when it has done what it has */
void crew_retire(struct crew_member *m);  /* gets no more, then is released */
void crew_end_member(struct crew_member *m);
int crew_drain(struct watcher *w); /* all of them end; 1 when they are gone */
void crew_reload(struct watcher *w);
uint64_t crew_stop_late(struct watcher *w, uint64_t now); /* that hang before they are up; when to look again, or 0 */
void crew_watch(struct watcher *w);                       /* for hangs and memory hogs, while work is out */
void crew_retire(struct crew_member *m);                  /* it ends when it has done what it has */
int crew_is_idle(const struct watcher *w);
void crew_end(struct watcher *w, int at_once);
void crew_reap(struct watcher *w);
uint64_t crew_private_bytes(const struct crew_member *m);

/* crew_talk.c */
void crew_on_message(uv_poll_t *poll, int status, int events);
void crew_hear_out(struct crew_member *m);   /* takes what it has said and was not heard yet */
size_t crew_dispatch(struct watcher *w);     /* how many batches were given out */
unsigned crew_size(const struct watcher *w); /* workers that work at a time */

/* commit.c: ledger_commit on a thread of its own, so that the loop is free while the disk flushes. */
int committer_start(struct watcher *w);
int committer_is_busy(const struct watcher *w);
int committer_has_room(const struct watcher *w);
size_t committer_holds(const struct watcher *w);                            /* parcels */
void committer_begin(struct watcher *w, struct parcel **parcels, size_t n); /* at most 64, where it has room */
void committer_stop(struct watcher *w); /* when what it has is done; its handle closes with the loop */
void committer_free(struct watcher *w);

/* voices.c */
void voices_start(struct watcher *w);
void voices_end(struct watcher *w); /* when no worker is left */

/* blame.c */
void blame_death(struct watcher *w, struct crew_member *m, int status);
void blame_earlier_run(struct watcher *w, const struct shared *shared, struct parcel *recovered);
void breaker_passed(struct watcher *w); /* a document went through */
int breaker_may_work(struct watcher *w, uint64_t now);

/* control.c, status.c, notify.c */
void control_start(struct watcher *w); /* stops the watcher where it cannot listen */
void control_stop(struct control *c);
void control_free(struct control *c);
const char *durability_name(const struct watcher *w);
const char *inbox_mode(const struct inbox *in);
void status_write(const struct watcher *w, struct buffer *out); /* JSON */
void metrics_text(const struct watcher *w, struct buffer *out); /* Prometheus */
int health_write(const struct watcher *w, struct buffer *out);  /* 1: well */
void notify_send(const char *state);                            /* to systemd, where it listens */
uint64_t notify_interval(void);                                 /* ns between pats, 0: none are asked */

#endif
