/* inbox.c: candidates, their judging and the scan. See inbox.h; events stand in inbox_events.c. */
#include "inbox.h"

#include "../json/memory.h"
#include "inbox_room.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WALK_AT_ONCE 1024

static uint32_t hash_of(const char *s) {
    uint32_t h = 0x811c9dc5u;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x01000193u;
    return h;
}

/* Names that are not ours: hidden, or still being written by their own account. */
int inbox_is_ours(const char *name) {
    size_t len = strlen(name);
    if (name[0] == '.')
        return 0;
    return !(len > 4 && strcmp(name + len - 4, ".tmp") == 0) && !(len > 5 && strcmp(name + len - 5, ".part") == 0);
}

/* Told once for each file as it is now. */
static void refuse(struct inbox *in, const char *path, const struct stat *st, const char *why) {
    uint64_t mark = ((uint64_t)hash_of(path) << 32 ^ st->st_ino * 0x9e3779b97f4a7c15u) | 1;
    uint64_t *place = &in->told[mark % (sizeof in->told / sizeof in->told[0])];
    if (*place == mark)
        return;
    *place = mark;
    in->refused++;
    log_event(in->log, LOG_WARNING, "refused", "document", path, "why", why, NULL);
}

static void enqueue(struct queue_of_candidates *q, struct candidate *c) {
    c->next = NULL;
    *q->last = c;
    q->last = &c->next;
}

static struct candidate *dequeue(struct queue_of_candidates *q) {
    struct candidate *c = q->first;
    q->first = c->next;
    if (!q->first)
        q->last = &q->first;
    return c;
}

static void forget(struct inbox *in, struct candidate *c) {
    struct candidate **at = &in->buckets[c->hash % INBOX_BUCKETS];
    while (*at != c)
        at = &(*at)->next_in_bucket;
    *at = c->next_in_bucket;
    in->n--;
    free(c);
}

static void take_stat(struct candidate *c, const struct stat *st) {
    c->has_stat = 1;
    c->inode = st->st_ino;
    c->size = st->st_size;
    c->changed = st->st_mtim;
}

static int is_same(const struct candidate *c, const struct stat *st) {
    return c->has_stat && c->inode == st->st_ino && c->size == st->st_size && c->changed.tv_sec == st->st_mtim.tv_sec &&
           c->changed.tv_nsec == st->st_mtim.tv_nsec;
}

int inbox_add(struct inbox *in, const char *path, int is_whole) {
    uint32_t hash = hash_of(path);
    for (const struct candidate *c = in->buckets[hash % INBOX_BUCKETS]; c; c = c->next_in_bucket)
        if (c->hash == hash && strcmp(c->path, path) == 0)
            return 1;
    if (in->n >= INBOX_CANDIDATES) {
        in->needs_scan = 1;
        return 0;
    }
    struct stat st;
    if (!is_whole) {
        if (fstatat(in->root->inbox, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
            return 1; /* gone again */
        if (!S_ISREG(st.st_mode)) {
            if (!S_ISDIR(st.st_mode) || !in->subfolders)
                refuse(in, path, &st,
                       S_ISDIR(st.st_mode)   ? "a folder; --subfolders reads them"
                       : S_ISLNK(st.st_mode) ? "a link; links are not followed"
                                             : "no regular file");
            return 1;
        }
    }
    size_t len = strlen(path);
    struct candidate *c = memory_zalloc(1, sizeof *c + len + 1);
    memcpy(c->path, path, len + 1);
    c->hash = hash;
    c->seen = uv_hrtime();
    c->due = is_whole ? c->seen : c->seen + (uint64_t)in->settle;
    if (!is_whole)
        take_stat(c, &st);
    c->next_in_bucket = in->buckets[hash % INBOX_BUCKETS];
    in->buckets[hash % INBOX_BUCKETS] = c;
    in->n++;
    enqueue(is_whole ? &in->fast : &in->slow, c);
    return 1;
}

/* --- judging --- */

static int open_beneath(int dir, const char *path) {
    struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    long fd;
    do
        fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
    while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    if (fd < 0 && errno == ENOSYS)
        return openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    return (int)fd;
}

enum judgement { IS_FINISHED, IS_NOT_YET, IS_NOTHING };

static enum judgement judge(struct inbox *in, const struct candidate *c, struct stat *st) {
    int fd = open_beneath(in->root->inbox, c->path);
    if (fd < 0) {
        int error = errno;
        if (error == ENOENT || error == ENOTDIR)
            return IS_NOTHING;
        if (error == EMFILE || error == ENFILE || error == ENOMEM)
            return IS_NOT_YET;
        if (fstatat(in->root->inbox, c->path, st, AT_SYMLINK_NOFOLLOW) == 0)
            refuse(in, c->path, st,
                   error == ELOOP    ? "a link; links are not followed"
                   : error == EACCES ? "this user may not read it"
                                     : strerror(error));
        return IS_NOTHING;
    }
    enum judgement j = IS_FINISHED;
    if (fstat(fd, st) != 0) {
        j = IS_NOT_YET;
    } else if (!S_ISREG(st->st_mode)) {
        if (!S_ISDIR(st->st_mode) || !in->subfolders)
            refuse(in, c->path, st, "no regular file");
        j = IS_NOTHING;
    } else if (c->has_stat && !is_same(c, st)) {
        j = IS_NOT_YET;
    } else if (st->st_nlink != 1) { /* a producer that links in has a moment to take the other name away */
        if (uv_hrtime() - c->seen > 4 * (uint64_t)in->settle + 1000000000u) {
            refuse(in, c->path, st, "a hard link: it has another name elsewhere");
            j = IS_NOTHING;
        } else {
            j = IS_NOT_YET;
        }
    } else if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0 &&
               (errno == EAGAIN || (!c->has_stat && errno != EACCES && errno != EINVAL))) {
        j = IS_NOT_YET; /* EAGAIN: somebody has it open for writing */
    }
    close(fd); /* and with it the lease is given back */
    return j;
}

int inbox_take(struct inbox *in, struct finished *out) {
    struct queue_of_candidates *const queues[] = {&in->fast, &in->slow};
    uint64_t now = uv_hrtime();
    if (in->root->inbox < 0)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        while (queues[i]->first && queues[i]->first->due <= now) {
            struct candidate *c = dequeue(queues[i]);
            size_t len = strlen(c->path);
            enum judgement j = len < sizeof out->path ? judge(in, c, &out->st) : IS_NOTHING;
            if (j == IS_FINISHED) {
                memcpy(out->path, c->path, len + 1);
                forget(in, c);
                return 1;
            }
            if (j == IS_NOTHING) {
                forget(in, c);
                continue;
            }
            if (fstatat(in->root->inbox, c->path, &out->st, AT_SYMLINK_NOFOLLOW) == 0)
                take_stat(c, &out->st);
            c->due = now + (uint64_t)in->settle + 1000000u;
            enqueue(&in->slow, c);
        }
    }
    return 0;
}

uint64_t inbox_due(const struct inbox *in) {
    uint64_t due = in->slow.first ? in->slow.first->due : UINT64_MAX;
    return in->fast.first && in->fast.first->due < due ? in->fast.first->due : due;
}

uint64_t inbox_oldest(const struct inbox *in) {
    uint64_t seen = in->slow.first ? in->slow.first->seen : 0;
    return in->fast.first && (!seen || in->fast.first->seen < seen) ? in->fast.first->seen : seen;
}

/* --- the scan --- */

static int open_folder(struct inbox *in) {
    const char *path = in->folders[in->walk_folder].path;
    int fd = open_beneath(in->root->inbox, *path ? path : ".");
    in->walk = fd >= 0 ? fdopendir(fd) : NULL;
    if (!in->walk && fd >= 0)
        close(fd);
    return in->walk != NULL;
}

void inbox_rescan(struct inbox *in) {
    in->needs_scan = 1;
}

static void visit(struct inbox *in, const struct dirent *e) {
    char path[4096];
    struct stat st;
    const char *folder = in->folders[in->walk_folder].path;
    if (!inbox_is_ours(e->d_name))
        return;
    if ((size_t)snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", e->d_name) >= sizeof path)
        return;
    int is_folder = e->d_type == DT_DIR;
    if (e->d_type == DT_UNKNOWN && fstatat(in->root->inbox, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        is_folder = S_ISDIR(st.st_mode);
    if (is_folder && in->subfolders) {
        inbox_add_folder(in, path);
    } else if (in->by_name) {
        buffer_add(&in->names, path, strlen(path) + 1);
        in->n_names++;
    } else {
        inbox_add(in, path, 0);
    }
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void forget_names(struct inbox *in) {
    free(in->sorted);
    buffer_deinit(&in->names);
    in->sorted = NULL;
    in->n_names = in->n_sorted = in->next_sorted = 0;
}

static void sort_names(struct inbox *in) {
    const char *at = in->names.data;
    if (!in->n_names)
        return;
    in->sorted = memory_alloc(in->n_names * sizeof *in->sorted);
    for (in->n_sorted = 0; in->n_sorted < in->n_names; at += strlen(at) + 1)
        in->sorted[in->n_sorted++] = at;
    qsort(in->sorted, in->n_sorted, sizeof *in->sorted, compare_names);
}

/* Those that were sorted, as far as there is room. */
static int look_at_sorted(struct inbox *in) {
    for (int i = 0; i < WALK_AT_ONCE && in->next_sorted < in->n_sorted; i++) {
        if (in->n >= INBOX_CANDIDATES)
            return 0;
        inbox_add(in, in->sorted[in->next_sorted++], 0);
    }
    if (in->next_sorted == in->n_sorted)
        forget_names(in);
    return inbox_has_more(in);
}

int inbox_has_more(const struct inbox *in) {
    return in->walk || in->needs_scan || in->n_sorted;
}

int inbox_walk(struct inbox *in) {
    if (in->root->inbox < 0)
        return 0;
    if (in->n_sorted)
        return look_at_sorted(in);
    if (!in->walk) {
        if (!in->needs_scan || in->n > INBOX_CANDIDATES / 2)
            return 0;
        in->needs_scan = 0;
        in->walk_folder = 0;
        forget_names(in);
        in->scans++;
        if (!open_folder(in))
            return 0;
    }
    for (int i = 0; i < WALK_AT_ONCE; i++) {
        if (in->n >= INBOX_CANDIDATES)
            return 0; /* goes on here when some are taken */
        const struct dirent *e = readdir(in->walk);
        if (e) {
            visit(in, e);
            continue;
        }
        closedir(in->walk);
        in->walk = NULL;
        while (++in->walk_folder < in->n_folders && !open_folder(in))
            inbox_drop_folder(in, in->walk_folder--);
        if (!in->walk) {
            sort_names(in);
            return in->n_sorted || (in->needs_scan && in->n <= INBOX_CANDIDATES / 2);
        }
    }
    return 1;
}

void inbox_init(struct inbox *in, struct root *root, struct log *log, uv_loop_t *loop) {
    *in = (struct inbox){.root = root, .log = log, .notify_fd = -1, .parent_watch = -1};
    in->fast.last = &in->fast.first;
    in->slow.last = &in->slow.first;
    (void)loop;
}

void inbox_deinit(struct inbox *in) {
    if (in->walk)
        closedir(in->walk);
    while (in->fast.first)
        forget(in, dequeue(&in->fast));
    while (in->slow.first)
        forget(in, dequeue(&in->slow));
    forget_names(in);
    for (size_t i = 0; i < in->n_folders; i++)
        free(in->folders[i].path);
    free(in->folders);
}
