/* ledger.c: the commit, step by step for a batch of files. See ledger.h; recovery stands in recover.c.
 *
 * Order is everything here. What goes aside (failing lines, reasons) is put in its place before the flush, so that it
 * is there when the commit is. The rename from stage to ready is the commit of a file; before it a redo makes the same
 * again, behind it nothing is ever done again. The results of one batch lie in one folder, and what is renamed is that:
 * then all of them are committed, or none, and what has to go aside from any of them has gone. The input goes before
 * the result is shown, for a consumer may take the result at once: were the input still there, a kill would make it
 * anew.
 */
#include "ledger.h"

#include "../json/memory.h"
#include "../json/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct parcel *parcel_new(const char *id, unsigned attempt) {
    struct parcel *item = memory_zalloc(1, sizeof *item);
    snprintf(item->id, sizeof item->id, "%s", id);
    item->attempt = attempt;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    item->claimed = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return item;
}

void parcel_free(struct root *r, struct parcel *item) {
    staging_leave(r, item->staging);
    free(item);
}

void parcel_work_name(const struct parcel *item, char out[ID_BYTES + 16]) {
    snprintf(out, ID_BYTES + 16, "%s.a%u.in", item->id, item->attempt);
}

static const char *with(char out[ID_BYTES + 16], const struct parcel *item, const char *suffix) {
    snprintf(out, ID_BYTES + 16, "%s%s", item->id, suffix);
    return out;
}

static const char *staged(char out[STAGED_BYTES], const struct parcel *item, const char *suffix) {
    staging_path(out, item->staging ? item->staging->name : "", item->id, suffix);
    return out;
}

static int unlink_there(int dir, const char *name) {
    int r;
    do
        r = unlinkat(dir, name, 0);
    while (r != 0 && errno == EINTR);
    return r != 0 && errno == ENOENT ? 0 : r;
}

struct parcel *ledger_claim(struct ledger *l, const char *path, const struct stat *st) {
    char id[ID_BYTES], name[ID_BYTES + 16];
    id_make(id, path, st->st_ino);
    struct parcel *item = parcel_new(id, 1);
    item->bytes = (uint64_t)st->st_size;
    parcel_work_name(item, name);
    if (rename_new(l->root->inbox, path, l->root->work, name) == 0)
        return item;
    int error = errno;
    free(item);
    errno = error;
    return NULL;
}

/* --- what goes aside --- */

static void add_member(struct buffer *b, const char *key, const char *value) {
    if (!*value)
        return;
    buffer_addf(b, ",\"%s\":", key);
    json_write_text(b, value, strlen(value));
}

static int write_reason(struct ledger *l, const struct parcel *item, int folder) {
    struct buffer b = {0}, name = {0};
    char stamp[40];
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
    id_decode(item->id, &name);
    buffer_add_string(&b, "{\"id\":");
    json_write_text(&b, item->id, strlen(item->id));
    buffer_add_string(&b, ",\"name\":");
    json_write_text(&b, name.data, name.len);
    add_member(&b, "time", stamp);
    add_member(&b, "stage", item->stage);
    add_member(&b, "code", item->code);
    add_member(&b, "message", item->message);
    if (item->line)
        buffer_addf(&b, ",\"line\":%llu", (unsigned long long)item->line);
    if (item->signal)
        buffer_addf(&b, ",\"signal\":%d", item->signal);
    buffer_addf(&b, ",\"attempts\":%u,\"bytes\":%llu,\"versions\":{\"textmill\":",
                item->tries ? item->tries : item->attempt, (unsigned long long)item->bytes);
    json_write_text(&b, l->versions, strlen(l->versions));
    if (*item->plugin)
        add_member(&b, item->plugin, item->version);
    buffer_add_string(&b, "}}\n");
    int r = write_file(folder, "reason.json", b.data, b.len);
    buffer_deinit(&b);
    buffer_deinit(&name);
    return r;
}

static int open_quarantine(struct ledger *l, const struct parcel *item) {
    if (mkdirat(l->root->quarantine, item->id, 0777) != 0 && errno != EEXIST)
        return -1;
    int fd;
    do
        fd = openat(l->root->quarantine, item->id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static int put_sides(struct ledger *l, struct parcel *item) {
    char name[STAGED_BYTES], to[ID_BYTES + 16];
    if (item->has_dropped) {
        if (rename_over(l->root->stage, staged(name, item, ".dropped"), l->root->dropped, with(to, item, ".jsonl")) !=
            0)
            return -1;
        item->has_dropped = 0;
    }
    if (!item->is_refused && !item->has_lines)
        return 0;
    int folder = open_quarantine(l, item), r = folder < 0 ? -1 : write_reason(l, item, folder);
    if (r == 0 && item->has_lines) { /* last, since it is what says that there is still something to do */
        r = rename_over(l->root->stage, staged(name, item, ".lines"), folder, "lines.jsonl");
        item->has_lines = r != 0;
    }
    int error = errno;
    if (folder >= 0)
        close(folder);
    errno = error;
    return r;
}

/* --- flushes --- */

/* One file alone is flushed alone; more of them, or what went aside, by the whole file system at once. */
static int flush_results(struct ledger *l, struct parcel **items, size_t n) {
    size_t count = 0;
    const struct parcel *only = NULL;
    for (size_t i = 0; i < n; i++)
        if (items[i]->step == STEP_FLUSH) {
            count++;
            only = items[i];
        }
    if (count == 0 || l->root->durability == DURABILITY_NONE || l->gap == GAP_NO_FLUSH)
        return 0;
    int r;
    if (count > 1 || only->staging || !only->has_result || only->is_refused || only->failed || only->dropped) {
        do
            r = syncfs(l->root->stage);
        while (r != 0 && errno == EINTR);
        return r;
    }
    char name[STAGED_BYTES];
    int fd;
    do
        fd = openat(l->root->stage, staged(name, only, ".out"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -1;
    r = flush_folder(fd);
    int error = errno;
    close(fd);
    errno = error;
    return r;
}

static int wants_flush(const struct ledger *l, int strict_only) {
    enum durability d = l->root->durability;
    return l->gap != GAP_NO_FLUSH && (d == DURABILITY_STRICT || (d == DURABILITY_ORDERED && !strict_only));
}

/* --- the input goes --- */

static int retire(struct ledger *l, struct parcel *item) {
    char work[ID_BYTES + 16], name[ID_BYTES + 16];
    parcel_work_name(item, work);
    int r;
    if (item->is_refused) {
        int folder = open_quarantine(l, item);
        if (folder < 0)
            return -1;
        r = rename_over(l->root->work, work, folder, "input");
        int error = errno;
        close(folder);
        errno = error;
    } else if (l->keep_input) {
        r = rename_over(l->root->work, work, l->root->done, item->id);
    } else {
        r = unlink_there(l->root->work, work);
    }
    if (r == 0 && item->had_poison)
        unlink_there(l->root->work, with(name, item, ".poison"));
    return r != 0 && errno == ENOENT ? 0 : r;
}

/* --- publishing --- */

/* The name is taken, and that is to count as a failure. The input is gone; the result is kept where a human finds it.
 */
static int refuse_result(struct ledger *l, struct parcel *item) {
    char name[STAGED_BYTES];
    snprintf(item->stage, sizeof item->stage, "publish");
    snprintf(item->code, sizeof item->code, "name-conflict");
    snprintf(item->message, sizeof item->message,
             "out has a result of this name; take it away, or use --conflict rename");
    int folder = open_quarantine(l, item);
    if (folder < 0)
        return -1;
    int r = write_reason(l, item, folder);
    if (r == 0)
        r = rename_over(l->root->ready, staged(name, item, ".out"), folder, "result.jsonl");
    if (r == 0) {
        item->is_refused = 1;
        item->published = 0;
    }
    close(folder);
    return r;
}

static int publish(struct ledger *l, struct parcel *item) {
    char from[STAGED_BYTES], to[2 * ID_BYTES];
    int dir = l->gap == GAP_NO_READY ? l->root->stage : l->root->ready;
    staged(from, item, ".out");
    snprintf(to, sizeof to, "%s.jsonl", id_name(item->id));
    int r = l->conflict == CONFLICT_REPLACE ? rename_over(dir, from, l->root->out, to)
                                            : rename_new(dir, from, l->root->out, to);
    if (r == 0 || errno != EEXIST)
        return r;
    if (l->conflict == CONFLICT_FAIL)
        return refuse_result(l, item);
    size_t stamp = strcspn(item->id, "~");
    snprintf(to, sizeof to, "%s~%.*s.jsonl", id_name(item->id), (int)stamp, item->id);
    return rename_new(dir, from, l->root->out, to);
}

/* --- all of it --- */

/* The protocol as it is often written, which puts results out twice: for the tests. */
static int publish_first(struct ledger *l, struct parcel **items, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (items[i]->step != STEP_READY)
            continue;
        if (items[i]->has_result && publish(l, items[i]) != 0)
            return -1;
        items[i]->has_result = 0;
        items[i]->step = STEP_RETIRE;
    }
    return 0;
}

/* That the files are in it: of a file system that is not known to keep to the order of what it is told. */
static int flush_staging(const struct ledger *l, const struct staging *s) {
    int fd = directory_open(l->root->stage, s->name);
    if (fd < 0)
        return -1;
    int r = flush_folder(fd), error = errno;
    close(fd);
    errno = error;
    return r;
}

/* The result's file, or the folder that it lies in with those of its batch. */
static int move_to_ready(struct ledger *l, struct parcel *item) {
    char name[STAGED_BYTES];
    struct staging *s = item->staging;
    if (!s)
        return rename_new(l->root->stage, staged(name, item, ".out"), l->root->ready, name);
    if (!s->is_ready && ((wants_flush(l, 1) && flush_staging(l, s) != 0) ||
                         rename_over(l->root->stage, s->name, l->root->ready, s->name) != 0))
        return -1;
    s->is_ready = 1;
    return 0;
}

static int make_ready(struct ledger *l, struct parcel **items, size_t n) {
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        if (items[i]->step != STEP_READY)
            continue;
        if (items[i]->has_result && move_to_ready(l, items[i]) != 0)
            return -1;
        items[i]->step = STEP_RETIRE;
        count += items[i]->has_result;
    }
    return count && wants_flush(l, 1) ? flush_folder(l->root->ready) : 0;
}

static int retire_all(struct ledger *l, struct parcel **items, size_t n) {
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        if (items[i]->step == STEP_RETIRE) {
            if (retire(l, items[i]) != 0)
                return -1;
            items[i]->step = STEP_SYNC;
        }
        count += items[i]->step == STEP_SYNC;
    }
    if (count && wants_flush(l, 0) && flush_folder(l->root->work) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (items[i]->step == STEP_SYNC)
            items[i]->step = STEP_PUBLISH;
    return 0;
}

/* out/.sync: what came into out before is on the disk. It may be lost itself: then an older one says less than there
 * is. */
static int mark(struct ledger *l) {
    struct buffer b = {0};
    if (!l->marks || !wants_flush(l, 0))
        return 0;
    if (!*l->last && utimensat(l->root->out, ".sync", NULL, AT_SYMLINK_NOFOLLOW) == 0)
        return 0; /* it is renewed for what an earlier run has published */
    buffer_addf(&b, "%s\n", *l->last ? l->last : "-");
    int r = write_file(l->root->out, ".sync", b.data, b.len);
    buffer_deinit(&b);
    return r;
}

static int publish_all(struct ledger *l, struct parcel **items, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (items[i]->step != STEP_PUBLISH)
            continue;
        if (items[i]->has_result && publish(l, items[i]) != 0)
            return -1;
        items[i]->step = STEP_DONE;
        if (!items[i]->has_result)
            continue;
        l->owes_flush = 1;
        memcpy(l->last, items[i]->id, sizeof l->last);
    }
    if (l->owes_flush && ((wants_flush(l, 0) && flush_folder(l->root->out) != 0) || mark(l) != 0))
        return -1;
    l->owes_flush = 0;
    return 0;
}

int ledger_commit(struct ledger *l, struct parcel **items, size_t n, const char **out_where, int *out_flush_failed) {
    *out_flush_failed = 0;
    *out_where = "quarantine";
    for (size_t i = 0; i < n; i++)
        if (items[i]->step == STEP_SIDES) {
            if (put_sides(l, items[i]) != 0)
                return -1;
            items[i]->step = STEP_FLUSH;
        }
    *out_where = ".textmill/stage";
    if (flush_results(l, items, n) != 0) {
        *out_flush_failed = 1;
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        if (items[i]->step == STEP_FLUSH)
            items[i]->step = STEP_READY;
    *out_where = ".textmill/ready";
    if ((l->gap == GAP_NO_READY ? publish_first(l, items, n) : make_ready(l, items, n)) != 0)
        return -1;
    *out_where = ".textmill/work";
    if (retire_all(l, items, n) != 0)
        return -1;
    *out_where = "out";
    return publish_all(l, items, n);
}

void ledger_undo(struct ledger *l, struct parcel *item) {
    static const char *const suffixes[] = {".out", ".lines", ".dropped"};
    char name[STAGED_BYTES];
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        unlink_there(l->root->stage, staged(name, item, suffixes[i]));
    staging_leave(l->root, item->staging);
    item->staging = NULL;
    item->step = STEP_WORK;
    item->has_result = item->has_lines = item->has_dropped = item->is_refused = 0;
    item->published = item->failed = item->dropped = item->result_bytes = 0;
    item->code[0] = item->message[0] = item->stage[0] = '\0';
}
