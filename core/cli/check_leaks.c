/* check_leaks.c: what a stage leaves behind: opened and closed many times, and given documents many times. A leak grows
 * in both halves of a row of equal steps; what is made once and kept is none. Options: each choice is opened once.
 */
#include "check_plugin.h"

#include "../json/memory.h"
#include "../json/write.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM = 8, HALF = 16, DOCUMENT_HALF = 150, MORE = 640, LEAST = 8192 };
#define MORE_NS 4000000000u /* or as long as this */

/* Where the process is sanitized, the allocator is not the library's. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

struct footprint {
    uint64_t heap, mapped;
    int files, threads;
};

static int count_entries(const char *folder) {
    DIR *dir = opendir(folder);
    int n = 0;
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static struct footprint measure(void) {
    struct footprint f = {.files = count_entries("/proc/self/fd"), .threads = count_entries("/proc/self/task")};
    if (__sanitizer_get_current_allocated_bytes) {
        f.heap = __sanitizer_get_current_allocated_bytes();
        return f;
    }
    struct mallinfo2 m = mallinfo2();
    f.heap = m.uordblks + m.hblkhd;
    FILE *statm = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    if (statm && fscanf(statm, "%lu", &pages) == 1)
        f.mapped = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    if (statm)
        fclose(statm);
    /* What malloc holds ready is nobody's leak. */
    f.mapped = f.mapped > m.arena + m.hblkhd ? f.mapped - m.arena - m.hblkhd : 0;
    return f;
}

/* Bytes a step, where there are at least `least` of them in each half; else 0. */
static uint64_t growth(uint64_t a, uint64_t b, uint64_t c, uint64_t steps, uint64_t least) {
    if (b < a + least * steps || c < b + least * steps)
        return 0;
    return (c - a) / (2 * steps);
}

static void give_ordinary(struct check *c, struct drive *d, const char *round) {
    for (uint32_t i = 0; i < c->documents.ordinary; i++) {
        struct drive_turn t;
        if (c->documents.list[i].is_bad)
            continue;
        check_place(c, round, i);
        if (check_take(c, d, &t, i))
            drive_turns(d, &t, 1);
        drive_free_turn(&t);
    }
}

static int cycle(struct check *c) {
    struct drive d;
    if (check_open(c, &d, NULL) != 0)
        return -1;
    d.is_guarded = 0;
    give_ordinary(c, &d, "while it was opened and closed many times");
    drive_close(&d);
    return 0;
}

/* Threads that were told to end need a moment. */
static struct footprint measure_calmly(struct check *c, int threads) {
    struct footprint f = measure();
    for (int i = 0; i < 100 && f.threads > threads; i++) {
        struct timespec pause = {0, 5000000};
        nanosleep(&pause, NULL);
        check_place(c, "after it was closed", CHECK_NO_DOCUMENT); /* this wait is ours */
        f = measure();
    }
    return f;
}

static void check_open_and_close(struct check *c) {
    struct footprint at[3] = {0};
    int threads = count_entries("/proc/self/task");
    for (int i = 0; i < WARM; i++)
        if (cycle(c) != 0)
            return;
    for (int half = 0; half < 3; half++) {
        at[half] = half ? measure_calmly(c, at[0].threads) : measure_calmly(c, threads);
        for (int i = 0; half < 2 && i < HALF; i++)
            cycle(c);
    }
    uint64_t heap = growth(at[0].heap, at[1].heap, at[2].heap, HALF, 8);
    uint64_t mapped = growth(at[0].mapped, at[1].mapped, at[2].mapped, HALF, 4096);
    if (heap) { /* malloc's own stores fill up for a while: a leak goes on */
        uint64_t until = host_get()->clock() + MORE_NS, n = 0;
        while (n < MORE && (n < 2 * HALF || host_get()->clock() < until)) {
            cycle(c);
            n++;
        }
        uint64_t now = measure().heap, more = now > at[2].heap ? (now - at[2].heap) / n : 0;
        heap = more * 2 > heap && more * n >= LEAST ? more : 0;
    }
    uint32_t none = CHECK_NO_DOCUMENT;
    if (heap)
        check_tell(c, "leak", none, "about %llu bytes are lost each time that it is opened and closed",
                   (unsigned long long)heap);
    else if (mapped)
        check_tell(c, "leak", none, "about %llu KiB stay mapped each time that it is opened and closed",
                   (unsigned long long)(mapped >> 10));
    if (at[2].files > at[1].files && at[1].files > at[0].files)
        check_tell(c, "leak", none, "%d file descriptors stay open each time that it is opened and closed",
                   (at[2].files - at[1].files + HALF - 1) / HALF);
    if (at[2].threads > threads)
        check_tell(c, "leak", none, "%d threads still run after it was closed %d times", at[2].threads - threads,
                   WARM + 2 * HALF);
    if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
        check_tell(c, "leak", none,
                   "processes that it started are still there, or were not waited for, after it was "
                   "closed");
}

static void check_documents(struct check *c) {
    struct drive d;
    struct footprint at[3] = {0};
    if ((c->flags & TM_REMEMBERS) || check_open(c, &d, NULL) != 0)
        return;
    d.is_guarded = 0;
    const char *round = "after many documents";
    for (int i = 0; i < 20; i++)
        give_ordinary(c, &d, round);
    for (int half = 0; half < 3; half++) {
        at[half] = measure();
        for (int i = 0; half < 2 && i < DOCUMENT_HALF; i++)
            give_ordinary(c, &d, round);
    }
    uint64_t steps = DOCUMENT_HALF * c->documents.ordinary;
    uint64_t heap = growth(at[0].heap, at[1].heap, at[2].heap, steps, 1);
    uint64_t mapped = growth(at[0].mapped, at[1].mapped, at[2].mapped, steps, 1024);
    if (heap || mapped)
        check_tell(c, "leak", CHECK_NO_DOCUMENT, "about %llu bytes are lost with each document",
                   (unsigned long long)(heap ? heap : mapped));
    if (at[2].files > at[1].files && at[1].files > at[0].files)
        check_tell(c, "leak", CHECK_NO_DOCUMENT, "file descriptors stay open with each document");
    drive_close(&d);
}

void check_leaks(struct check *c, uint32_t first) {
    (void)first;
    mallopt(M_ARENA_MAX, 1); /* threads that come and go would leave arenas in other states */
    check_open_and_close(c);
    check_documents(c);
}

/* --- options --- */

/* The options of the command line with one more; NULL where it is there already. */
static char *with_option(const struct check *c, const char *name, const char *value, size_t len) {
    struct buffer b = {0};
    struct json_member m;
    size_t at = 1, all = c->options ? strlen(c->options) : 0;
    buffer_add_char(&b, '{');
    while (all && json_next(c->options, all, &at, 1, &m)) {
        if (m.key_len == strlen(name) && memcmp(c->options + m.key_start, name, m.key_len) == 0) {
            buffer_deinit(&b);
            return NULL;
        }
        buffer_addf(&b, "\"%.*s\":%.*s,", (int)m.key_len, c->options + m.key_start, (int)m.value_len,
                    c->options + m.value_start);
    }
    buffer_addf(&b, "\"%s\":%.*s}", name, (int)len, value);
    buffer_add_char(&b, '\0');
    return b.data;
}

static void try_option(struct check *c, const char *name, const char *value, size_t len) {
    char *options = with_option(c, name, value, len);
    struct drive d;
    struct buffer round = {0};
    if (!options)
        return;
    buffer_addf(&round, "with %s: %.*s", name, (int)len, value);
    buffer_add_char(&round, '\0');
    /* The parent reads the words after a death: they must lie where it has them, too. */
    snprintf((char *)(c->slot + 1), 200, "%s", round.data);
    check_place(c, (const char *)(c->slot + 1), CHECK_NO_DOCUMENT);
    if (check_open(c, &d, options) == 0) {
        d.is_guarded = 0;
        give_ordinary(c, &d, (const char *)(c->slot + 1));
        drive_close(&d);
    }
    buffer_deinit(&round);
    free(options);
}

static void try_choices(struct check *c, const tm_option *row) {
    struct buffer b = {0};
    for (const char *at = row->range; at && *at;) {
        size_t n = strcspn(at, "|");
        b.len = 0;
        json_write_text(&b, at, n);
        try_option(c, row->name, b.data, b.len);
        at += n + (at[n] == '|');
    }
    buffer_deinit(&b);
}

/* Both values of a boolean, every choice, the ends of a range that has them. */
void check_options(struct check *c, uint32_t first) {
    struct drive d;
    (void)first;
    if (check_open(c, &d, NULL) != 0)
        return;
    const tm_plugin *p = d.plugin;
    drive_close(&d);
    for (uint32_t i = 0; i < p->n_options; i++) {
        const tm_option *row = (const tm_option *)(const void *)((const char *)p->options + (size_t)i * p->option_size);
        if (row->type == TM_T_BOOL) {
            try_option(c, row->name, "true", 4);
            try_option(c, row->name, "false", 5);
        } else if (row->type == TM_T_ENUM) {
            try_choices(c, row);
        } else if ((row->type == TM_T_INT || row->type == TM_T_NUMBER) && row->range) {
            size_t n = strcspn(row->range, ".");
            const char *dots = strstr(row->range, "..");
            if (dots && dots > row->range)
                n = (size_t)(dots - row->range);
            if (n)
                try_option(c, row->name, row->range, n);
        }
    }
}
