/* recover.c: what an earlier run left is found out from the folders and brought to its end; blame, which outlives the
 * process in names and in ID.poison; and the sweeping of what has been kept long enough. A kill in the middle of any of
 * it is the same case again.
 */
#include "ledger.h"

#include "../json/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POISON_BYTES ((size_t)1 << 20)

/* --- blame --- */

int ledger_blame(struct ledger *l, struct parcel *item) {
    char from[ID_BYTES + 16], to[ID_BYTES + 16];
    parcel_work_name(item, from);
    item->attempt++;
    parcel_work_name(item, to);
    if (rename_over(l->root->work, from, l->root->work, to) == 0)
        return 0;
    item->attempt--;
    return -1;
}

static int compare_lines(const void *a, const void *b) {
    uint64_t x = ((const struct source_refusal *)a)->line, y = ((const struct source_refusal *)b)->line;
    return x < y ? -1 : x > y;
}

size_t poison_read(int work_dir, const char *id, struct source_refusal **out_lines) {
    char name[ID_BYTES + 16];
    snprintf(name, sizeof name, "%s.poison", id);
    *out_lines = NULL;
    int fd;
    do
        fd = openat(work_dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    while (fd < 0 && errno == EINTR);
    FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!f) {
        if (fd >= 0)
            close(fd);
        return 0;
    }
    struct source_refusal *all = NULL;
    size_t n = 0, twice = 0;
    char line[256], stage[64], how[64];
    while (fgets(line, sizeof line, f) && n < POISON_BYTES / 16) {
        if (!strchr(line, '\n')) /* torn by a kill: it counts as not written */
            break;
        all = memory_realloc(all, (n + 1) * sizeof *all);
        all[n].line = strtoull(line, NULL, 10);
        if (sscanf(line, "%*s %60s %60s", stage, how) != 2)
            stage[0] = how[0] = '\0';
        snprintf(all[n++].why, sizeof all[0].why, "this line has ended a worker twice%s%.40s%s%.40s", *how ? ": " : "",
                 how, *stage && *stage != '-' ? " in stage " : "", *stage != '-' ? stage : "");
    }
    fclose(f);
    if (n)
        qsort(all, n, sizeof *all, compare_lines);
    for (size_t i = 1; i < n; i++)
        if (all[i].line == all[i - 1].line && (!twice || all[twice - 1].line != all[i].line))
            all[twice++] = all[i];
    *out_lines = all;
    return twice;
}

int ledger_blame_line(struct ledger *l, struct parcel *item, uint64_t line, const char *stage, const char *how) {
    char name[ID_BYTES + 16], text[160];
    snprintf(name, sizeof name, "%s.poison", item->id);
    int len = snprintf(text, sizeof text, "%llu %.60s %.60s\n", (unsigned long long)line, stage, how), fd;
    do
        fd = openat(l->root->work, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -1;
    ssize_t n = write(fd, text, (size_t)len);
    int r = n == len && (l->root->durability == DURABILITY_NONE || flush_folder(fd) == 0) ? 0 : -1;
    int error = errno;
    close(fd);
    errno = error;
    if (r != 0)
        return -1;
    item->had_poison = 1;
    struct source_refusal *lines;
    size_t twice = poison_read(l->root->work, item->id, &lines);
    free(lines);
    return (int)twice;
}

/* --- recovery --- */

static int open_folder(int dir, const char *name) {
    int fd;
    do
        fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    while (fd < 0 && errno == EINTR);
    return fd;
}

typedef int (*entry_fn)(struct ledger *l, const char *name, void *context);

static int each_entry(struct ledger *l, int folder, entry_fn fn, void *context) {
    int fd = open_folder(folder, ".");
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    int r = 0;
    const struct dirent *e;
    while (r == 0 && (errno = 0, e = readdir(dir)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            r = fn(l, e->d_name, context);
    if (r == 0 && errno)
        r = -1;
    int error = errno;
    closedir(dir);
    errno = error;
    return r;
}

static int remove_file(struct ledger *l, const char *name, void *folder) {
    (void)l;
    int r;
    do
        r = unlinkat(*(int *)folder, name, 0);
    while (r != 0 && errno == EINTR);
    return r != 0 && errno != ENOENT && errno != EISDIR ? -1 : 0;
}

/* A file, or a folder of files: the results of a batch that was not committed. */
static int remove_staged(struct ledger *l, const char *name, void *context) {
    int stage = *(int *)context;
    if (remove_file(l, name, &stage) != 0)
        return -1;
    int folder = open_folder(stage, name);
    if (folder < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
    int r = each_entry(l, folder, remove_file, &folder), error = errno;
    close(folder);
    unlinkat(stage, name, AT_REMOVEDIR);
    errno = error;
    return r;
}

struct found {
    struct parcel **items;
    size_t n, room;
    int folder; /* that is looked through */
    struct staging *staging;
};

static void add_found(struct found *f, struct parcel *item) {
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 64;
        f->items = memory_realloc(f->items, f->room * sizeof(struct parcel *));
    }
    f->items[f->n++] = item;
}

/* A link or a pipe under one of our names was put there by somebody else: it is neither read nor published. */
static int is_odd(int folder, const char *name, struct stat *st) {
    return fstatat(folder, name, st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st->st_mode);
}

static int leave(struct ledger *l, const char *folder, const char *name) {
    log_event(l->log, LOG_WARNING, "a file in .textmill is none of ours and is left there", "folder", folder, "name",
              name, NULL);
    return 0;
}

/* ID.out: committed. */
static int add_result(struct ledger *l, const char *name, void *context) {
    struct found *found = context;
    size_t len = strlen(name);
    char id[ID_BYTES];
    struct stat st;
    if (len <= 4 || strcmp(name + len - 4, ".out") != 0 || !id_is_valid(name, len - 4) ||
        is_odd(found->folder, name, &st))
        return leave(l, "ready", name);
    snprintf(id, sizeof id, "%.*s", (int)(len - 4), name);
    struct parcel *item = parcel_new(id, 0);
    item->step = STEP_RETIRE;
    item->has_result = 1;
    item->had_poison = 1;
    item->staging = found->staging;
    if (item->staging)
        item->staging->parcels++;
    add_found(found, item);
    return 0;
}

/* In ready/ such a file, or a folder of them. */
static int add_ready(struct ledger *l, const char *name, void *context) {
    struct found *found = context;
    struct staging *s = staging_found(name);
    int folder = s ? open_folder(l->root->ready, name) : -1;
    found->folder = l->root->ready;
    if (folder < 0) {
        int is_there = s && errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
        free(s);
        return is_there ? -1 : add_result(l, name, found);
    }
    s->parcels = 1; /* ours, until all are found */
    found->staging = s;
    found->folder = folder;
    int r = each_entry(l, folder, add_result, found), error = errno;
    close(folder);
    found->staging = NULL;
    staging_leave(l->root, s);
    errno = error;
    return r;
}

/* quarantine/ID without its input, while the input is still in work: the kill came between, and the redo decides anew.
 */
static void forget_quarantine(struct ledger *l, const char *id) {
    struct stat st;
    int folder = openat(l->root->quarantine, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0)
        return;
    if (fstatat(folder, "input", &st, AT_SYMLINK_NOFOLLOW) != 0) {
        unlinkat(folder, "reason.json", 0);
        unlinkat(folder, "reason.json.part", 0);
        unlinkat(folder, "lines.jsonl", 0);
        unlinkat(l->root->quarantine, id, AT_REMOVEDIR);
    }
    close(folder);
}

static int add_work(struct ledger *l, const char *name, void *context) {
    char id[ID_BYTES];
    unsigned attempt;
    struct stat st;
    if (!work_name_parse(name, id, &attempt)) {
        size_t len = strlen(name);
        return len > 7 && strcmp(name + len - 7, ".poison") == 0 ? 0 : leave(l, "work", name);
    }
    if (is_odd(l->root->work, name, &st))
        return leave(l, "work", name);
    struct parcel *item = parcel_new(id, attempt);
    char poison[ID_BYTES + 16];
    snprintf(poison, sizeof poison, "%s.poison", id);
    item->had_poison = fstatat(l->root->work, poison, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (fstatat(l->root->work, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        item->bytes = (uint64_t)st.st_size;
    add_found(context, item);
    return 0;
}

static int compare_parcels(const void *a, const void *b) {
    return strcmp((*(struct parcel *const *)a)->id, (*(struct parcel *const *)b)->id);
}

/* Poison notes whose file is gone. */
static int drop_orphan(struct ledger *l, const char *name, void *context) {
    const struct found *work = context;
    size_t len = strlen(name);
    char id[ID_BYTES];
    if (len <= 7 || strcmp(name + len - 7, ".poison") != 0 || !id_is_valid(name, len - 7))
        return 0;
    snprintf(id, sizeof id, "%.*s", (int)(len - 7), name);
    for (size_t i = 0; i < work->n; i++)
        if (strcmp(work->items[i]->id, id) == 0)
            return 0;
    unlinkat(l->root->work, name, 0);
    return 0;
}

int ledger_recover(struct ledger *l, struct parcel **out_items, size_t *out_n, const char **out_where) {
    struct found ready = {0}, work = {0};
    int flush_failed, r;
    *out_where = ".textmill/stage";
    r = each_entry(l, l->root->stage, remove_staged, &l->root->stage);
    if (r == 0) {
        *out_where = ".textmill/ready";
        r = each_entry(l, l->root->ready, add_ready, &ready);
    }
    if (r == 0) {
        *out_where = ".textmill/work";
        r = each_entry(l, l->root->work, add_work, &work);
    }
    if (ready.n)
        qsort(ready.items, ready.n, sizeof(struct parcel *), compare_parcels);
    if (work.n)
        qsort(work.items, work.n, sizeof(struct parcel *), compare_parcels);
    /* The input of a committed result goes, under whichever attempt it stands. */
    size_t left = 0;
    for (size_t i = 0; i < work.n && r == 0; i++) {
        struct parcel *item = work.items[i];
        struct parcel **same =
            ready.n ? bsearch(&item, ready.items, ready.n, sizeof(struct parcel *), compare_parcels) : NULL;
        if (same) {
            (*same)->attempt = item->attempt;
            free(item);
        } else {
            forget_quarantine(l, item->id);
            work.items[left++] = item;
        }
    }
    if (r == 0)
        work.n = left;
    for (size_t i = 0; i < ready.n && r == 0; i += 256)
        r = ledger_commit(l, ready.items + i, ready.n - i < 256 ? ready.n - i : 256, out_where, &flush_failed);
    l->owes_flush |= l->marks; /* of what was published right before a kill */
    if (r == 0 && l->owes_flush)
        r = ledger_commit(l, NULL, 0, out_where, &flush_failed);
    if (r == 0)
        each_entry(l, l->root->work, drop_orphan, &work);
    int error = errno;
    for (size_t i = 0; i < ready.n; i++)
        parcel_free(l->root, ready.items[i]);
    free(ready.items);
    *out_items = NULL;
    *out_n = 0;
    for (size_t i = work.n; i > 0; i--) {
        struct parcel *item = work.items[i - 1];
        if (r != 0) {
            free(item);
            continue;
        }
        item->next = *out_items;
        *out_items = item;
        ++*out_n;
    }
    free(work.items);
    errno = error;
    return r;
}

/* --- what was kept long enough --- */

struct sweep {
    int folder;
    time_t before;
    size_t n;
};

static int sweep_entry(struct ledger *l, const char *name, void *context) {
    struct sweep *s = context;
    struct stat st;
    (void)l;
    if (fstatat(s->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || st.st_ctime >= s->before)
        return 0;
    if (S_ISREG(st.st_mode)) {
        s->n += unlinkat(s->folder, name, 0) == 0;
    } else if (S_ISDIR(st.st_mode)) {
        static const char *const parts[] = {"input", "lines.jsonl", "result.jsonl", "reason.json"};
        int folder = openat(s->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        for (size_t i = 0; folder >= 0 && i < sizeof parts / sizeof parts[0]; i++)
            unlinkat(folder, parts[i], 0);
        if (folder >= 0)
            close(folder);
        s->n += unlinkat(s->folder, name, AT_REMOVEDIR) == 0;
    }
    return 0;
}

size_t ledger_sweep_old(struct ledger *l, int64_t keep_for) {
    const int folders[] = {l->root->done, l->root->dropped, l->root->quarantine};
    struct sweep s = {.before = time(NULL) - (time_t)(keep_for / 1000000000)};
    for (size_t i = 0; i < 3; i++) {
        s.folder = folders[i];
        each_entry(l, s.folder, sweep_entry, &s);
    }
    return s.n;
}
