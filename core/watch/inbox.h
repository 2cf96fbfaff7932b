/* inbox.h: which files in the inbox are finished. Events are hints, the scan is the truth. The supervisor's loop.
 *
 * A file is finished when it was renamed in, or has stood still for `settle`; and nobody holds it open for writing, as
 * far as a read lease can tell. Both are judged by the monotonic clock and by what stat said before, never by comparing
 * a file's times with the wall clock.
 */
#ifndef TM_WATCH_INBOX_H
#define TM_WATCH_INBOX_H

#include "root.h"

#include <dirent.h>
#include <uv.h>

#define INBOX_CANDIDATES 16384u /* files that are looked at at a time; the others wait for the next scan */
#define INBOX_BUCKETS 8192u

struct candidate {
    struct candidate *next, *next_in_bucket;
    uint64_t due, seen; /* monotonic ns */
    int has_stat;       /* what it was when it was seen */
    ino_t inode;
    off_t size;
    struct timespec changed;
    uint32_t hash;
    char path[]; /* relative to the inbox */
};

struct queue_of_candidates {
    struct candidate *first, **last;
};

struct inbox_folder {
    char *path; /* "" is the inbox itself */
    int watch;  /* of inotify, -1: none */
};

struct inbox {
    struct root *root;
    struct log *log;
    int64_t settle;
    int subfolders;
    int by_name;                    /* what a scan finds is taken in the order of the names */
    void (*on_news)(void *context); /* something may be due */
    void *context;

    int is_polling, is_gone, needs_scan;
    const char *why_polling;
    int notify_fd, parent_watch;
    uv_poll_t poll;
    int has_poll;
    struct inbox_folder *folders;
    size_t n_folders;

    DIR *walk; /* the scan under way, in folder walk_folder */
    size_t walk_folder;
    struct buffer names; /* by_name: what the scan has found, each ended by NUL */
    const char **sorted; /* and, when it is over, in order */
    size_t n_names, n_sorted, next_sorted;
    uint64_t known, overflows, scans, refused;
    struct queue_of_candidates fast, slow; /* by due time each */
    struct candidate *buckets[INBOX_BUCKETS];
    size_t n;
    uint64_t told[1024]; /* hashes of what was refused aloud */
};

/* A file that is finished, to be claimed now. */
struct finished {
    char path[4096];
    struct stat st;
};

void inbox_init(struct inbox *in, struct root *root, struct log *log, uv_loop_t *loop);
/* Watches (add first, scan second: no gap) and begins a scan. */
void inbox_start(struct inbox *in, uv_loop_t *loop);
void inbox_rescan(struct inbox *in);
/* Goes on with the scan for a bounded number of names; 1 while there is more and room for it. */
int inbox_walk(struct inbox *in);
int inbox_has_more(const struct inbox *in); /* to be scanned */
/* The next finished file: 1, or 0 where none is due now. */
int inbox_take(struct inbox *in, struct finished *out);
/* When the next one is due; UINT64_MAX: none. */
uint64_t inbox_due(const struct inbox *in);
/* Since when the oldest waits; 0: none. */
uint64_t inbox_oldest(const struct inbox *in);
void inbox_stop(struct inbox *in);
void inbox_deinit(struct inbox *in);

#endif
