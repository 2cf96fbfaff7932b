/* drive.c: see drive.h. The order of the calls is that of engine/stage_run.c and many.c, for one batch on one thread.
 */
#include "drive.h"

#include "../doc/replay.h"
#include "../json/memory.h"
#include "../observe/metrics.h"
#include "../plugin/batch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define LATER_NS 30000000000u /* an answer that has not come by then does not come */

static void tell(const struct drive *d, const char *function, size_t index) {
    if (d->watcher)
        d->watcher(d->watcher_context, function, index);
}

/* --- open and close --- */

static void on_answer(struct completion *completion, tm_doc *doc, int32_t verdict) {
    struct drive *d = (struct drive *)((char *)completion - offsetof(struct drive, completion));
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->n_turns; i++)
        if (d->turns[i].doc == doc && !d->turns[i].is_answered) {
            d->turns[i].is_answered = 1;
            d->turns[i].answer = verdict;
        }
    pthread_cond_broadcast(&d->bell);
    pthread_mutex_unlock(&d->lock);
}

/* The problems as one line. */
static void explain(struct problems *problems, struct buffer *why) {
    if (!problems->count)
        return;
    buffer_add_string(why, problems->list[0].message);
    if (problems->count > 1)
        buffer_addf(why, " (and %zu more)", problems->count - 1);
}

int drive_open(struct drive *d, const struct plugin *plugin, const char *options, struct buffer *why) {
    struct problems problems;
    problems_init(&problems);
    d->completion.done = on_answer;
    d->plugin = &plugin->descriptor;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->bell, NULL);
    d->fields = field_names_new();
    d->metrics = metrics_new();
    options = options && *options ? options : "{}";
    d->config = config_parse("options", options, strlen(options), &problems);
    const struct config_node *root = d->config ? config_root(d->config) : NULL;
    struct host_context context = {
        .log = d->log, .fields = d->fields, .state_folder = d->state_folder, .metrics = d->metrics};
    char *here = getcwd(NULL, 0);
    if (root && !problems.errors)
        d->instance = instance_new(plugin, plugin->name, root, root, here ? here : "/", &context, &problems);
    free(here);
    if (d->instance) {
        tell(d, "open", 0);
        if (instance_open(d->instance, &problems) == 0) {
            tell(d, "thread_open", 0);
            if (!d->plugin->thread_open || d->plugin->thread_open(instance_stage(d->instance), &d->thread) == TM_OK)
                d->has_thread = 1;
            else
                buffer_add_string(why, "its thread_open failed");
        }
    }
    if (!d->has_thread && !why->len)
        explain(&problems, why);
    problems_deinit(&problems);
    if (!d->has_thread) {
        drive_close(d);
        return -1;
    }
    d->schema = (struct doc_schema){.text_field = "text",
                                    .id_field = "id",
                                    .title_field = "title",
                                    .with_edits = 1,
                                    .has_editors = (d->plugin->flags & TM_EDITS) != 0,
                                    .has_writers = 1,
                                    .n_stages = 1,
                                    .fields = d->fields};
    d->stage = (struct doc_stage){.id = plugin->name, .flags = d->plugin->flags, .instance = d->instance};
    d->worker.completion = &d->completion;
    return 0;
}

void drive_close(struct drive *d) {
    if (d->has_thread && d->plugin->thread_close) {
        tell(d, "thread_close", 0);
        d->plugin->thread_close(instance_stage(d->instance), d->thread);
    }
    d->has_thread = 0;
    tell(d, "close", 0);
    instance_free(d->instance);
    config_free(d->config);
    field_names_free(d->fields);
    metrics_free(d->metrics);
    free(d->worker.scratch);
    pthread_cond_destroy(&d->bell);
    pthread_mutex_destroy(&d->lock);
    d->instance = NULL;
}

/* --- documents --- */

static void place(const struct drive *d, struct drive_turn *t, const char *bytes, size_t len) {
    *t = (struct drive_turn){.offset = TM_NONE, .arena = arena_new(64 * 1024)};
    if (d->is_guarded) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (len + TM_PAD + page - 1) / page * page;
        t->mapped_bytes = room + page;
        t->mapped = mmap(NULL, t->mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (t->mapped != MAP_FAILED) {
            t->bytes = (char *)t->mapped + room - TM_PAD - len;
            if (len)
                memcpy(t->bytes, bytes, len);
            mprotect(t->mapped, room, PROT_READ);
            mprotect((char *)t->mapped + room, page, PROT_NONE);
            return;
        }
        t->mapped = NULL;
    }
    t->bytes = memory_zalloc(1, len + TM_PAD);
    if (len)
        memcpy(t->bytes, bytes, len);
}

static struct doc_origin origin_of(struct drive *d) {
    uint64_t n = ++d->count;
    return (struct doc_origin){.source = "test", .id = "test", .uid = {0x9e3779b97f4a7c15u * n, n}};
}

void drive_take_text(struct drive *d, struct drive_turn *t, const char *text, size_t len) {
    struct doc_origin origin = origin_of(d);
    place(d, t, text, len);
    t->doc = doc_from_text(&d->schema, t->arena, t->bytes, len, &origin);
}

void drive_take_record(struct drive *d, struct drive_turn *t, const char *json, size_t len) {
    struct doc_origin origin = origin_of(d);
    struct json_error error;
    place(d, t, json, len);
    t->doc = doc_from_record(&d->schema, t->arena, t->bytes, len, &origin, &error);
}

void drive_cut(struct drive_turn *t, uint32_t start, uint32_t end) {
    static const struct doc_stage earlier = {.id = "earlier", .flags = TM_EDITS};
    tm_edit cut = {.size = sizeof cut,
                   .start = start,
                   .end = end,
                   .kind = TM_STR("test"),
                   .rule = TM_STR("test"),
                   .score = (double)__builtin_nanf("")};
    doc_stage_begin(t->doc, &earlier);
    host_get()->edit(t->doc, &cut);
    (void)doc_stage_end(t->doc);
}

void drive_free_turn(struct drive_turn *t) {
    if (t->arena)
        arena_free(t->arena);
    if (t->mapped)
        munmap(t->mapped, t->mapped_bytes);
    else
        free(t->bytes);
    buffer_deinit(&t->record);
    *t = (struct drive_turn){0};
}

/* --- a turn --- */

static void keep_fault(struct drive_turn *t, const char *what) {
    if (!t->fault)
        t->fault = what;
}

static int32_t wait_for_answer(struct drive *d, struct drive_turn *t) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)(LATER_NS / 1000000000u);
    pthread_mutex_lock(&d->lock);
    int late = 0;
    while (!t->is_answered && !late)
        late = pthread_cond_timedwait(&d->bell, &d->lock, &until) != 0;
    int32_t answer = t->is_answered ? t->answer : TM_FAIL;
    if (!t->is_answered)
        keep_fault(t, "it returned TM_LATER and did not complete the document in 30 s");
    pthread_mutex_unlock(&d->lock);
    return answer;
}

struct turn_batch {
    struct tm_batch face;
    struct drive *drive;
};

static void on_turn(struct tm_batch *batch, uint32_t i) {
    const struct turn_batch *b = (const struct turn_batch *)batch;
    tell(b->drive, "process_many", i);
}

/* The batch form over the documents whose verdict is pass so far. */
static void call_many(struct drive *d, struct drive_turn *turns, size_t n, int is_commit) {
    tm_doc **docs = memory_zalloc(n, sizeof(tm_doc *));
    int32_t *verdicts = memory_zalloc(n, sizeof *verdicts);
    size_t *which = memory_zalloc(n, sizeof *which);
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc && turns[i].verdict == TM_PASS) {
            which[count] = i;
            docs[count++] = turns[i].doc;
        }
    struct turn_batch batch = {.face = {.docs = docs, .verdicts = verdicts, .count = count, .current = TM_NONE},
                               .drive = d};
    void *stage = instance_stage(d->instance);
    if (count) {
        batch.face.on_turn = on_turn;
        tell(d, is_commit ? "commit_many" : "process_many", which[0]);
        int32_t all = is_commit ? d->plugin->commit_many(stage, &batch.face)
                                : d->plugin->process_many(stage, d->thread, &batch.face);
        for (uint32_t i = 0; i < count; i++)
            turns[which[i]].verdict = verdicts[i] == TM_PASS ? all : verdicts[i];
    }
    free(docs);
    free(verdicts);
    free(which);
}

static void take_verdict(const struct drive *d, struct drive_turn *t) {
    uint32_t flags = d->plugin->flags;
    struct doc_reason why = doc_reason_get(t->doc);
    t->code = why.code;
    t->message = why.message;
    t->offset = why.offset;
    keep_fault(t, doc_misuse(t->doc, NULL));
    if (t->verdict < TM_PASS || t->verdict > TM_BROKEN)
        keep_fault(t, "its verdict is none of those that there are");
    if (t->verdict == TM_DROP && !(flags & TM_MAY_DROP))
        keep_fault(t, "it drops documents but does not say TM_MAY_DROP");
    if (t->verdict == TM_LATER)
        keep_fault(t, "it answers later without TM_ASYNC, or from commit");
    if (t->verdict != TM_PASS && t->verdict != TM_DROP) {
        doc_stage_undo(t->doc);
        return;
    }
    if (doc_stage_end(t->doc) != TM_OK) {
        t->verdict = TM_FAIL;
        struct doc_reason broken = doc_reason_get(t->doc);
        keep_fault(t, broken.message.len ? arena_copy(t->arena, broken.message.data, broken.message.len)
                                         : "it broke the contract");
        return;
    }
    doc_take_children(t->doc, &t->n_children, &t->children);
    if (t->verdict == TM_PASS)
        doc_write_record(t->doc, &t->record);
}

static void settle(const struct drive *d, struct drive_turn *t, size_t index) {
    if (!d->plugin->settle)
        return;
    tell(d, "settle", index);
    doc_stage_begin(t->doc, &d->stage);
    d->plugin->settle(instance_stage(d->instance), t->doc,
                      t->verdict == TM_PASS   ? TM_PUBLISHED
                      : t->verdict == TM_DROP ? TM_DROPPED
                                              : TM_FAILED);
    (void)doc_stage_end(t->doc);
}

const char *drive_replay(const struct drive_turn *t) {
    const char *json = t->record.data;
    struct json_member m;
    size_t at = 1;
    while (json && json_next(json, t->record.len, &at, 1, &m)) {
        if (m.key_len != 5 || memcmp(json + m.key_start, "edits", 5) != 0)
            continue;
        struct arena *arena = arena_new(64 * 1024);
        struct replay_edit *edits;
        size_t n;
        struct buffer text, why;
        buffer_init(&text);
        buffer_init(&why);
        tm_str now = doc_text(t->doc);
        int is_well = replay_read((tm_str){json + m.value_start, m.value_len}, arena, &edits, &n, &why) == 0 &&
                      replay_edits(doc_original(t->doc), edits, n, &text, &why) == 0 && text.len == now.len &&
                      (!text.len || memcmp(text.data, now.data, text.len) == 0);
        buffer_deinit(&text);
        buffer_deinit(&why);
        arena_free(arena);
        return is_well ? NULL : "the original and the edits do not give the text: it was changed besides";
    }
    return NULL;
}

static void take_answer(struct drive *d, struct drive_turn *turns, size_t i) {
    turns[i].verdict = wait_for_answer(d, &turns[i]);
    if (turns[i].verdict != TM_PASS || !d->plugin->resume)
        return;
    tell(d, "resume", i);
    turns[i].verdict = d->plugin->resume(instance_stage(d->instance), d->thread, turns[i].doc);
}

static void process(struct drive *d, struct drive_turn *turns, size_t n) {
    const tm_plugin *p = d->plugin;
    if (p->process_many) {
        call_many(d, turns, n, 0);
    } else if (p->process) {
        for (size_t i = 0; i < n; i++) {
            if (!turns[i].doc)
                continue;
            tell(d, "process", i);
            turns[i].verdict = p->process(instance_stage(d->instance), d->thread, turns[i].doc);
        }
    }
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc && turns[i].verdict == TM_LATER && (p->flags & TM_ASYNC))
            take_answer(d, turns, i);
}

static void commit(struct drive *d, struct drive_turn *turns, size_t n) {
    const tm_plugin *p = d->plugin;
    if (!p->commit && !p->commit_many)
        return;
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc && turns[i].verdict == TM_PASS)
            doc_stage_commit(turns[i].doc);
    if (p->commit_many) {
        call_many(d, turns, n, 1);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc && turns[i].verdict == TM_PASS) {
            tell(d, "commit", i);
            turns[i].verdict = p->commit(instance_stage(d->instance), turns[i].doc);
        }
}

void drive_turns(struct drive *d, struct drive_turn *turns, size_t n) {
    pthread_mutex_lock(&d->lock);
    d->turns = turns;
    d->n_turns = n;
    pthread_mutex_unlock(&d->lock);
    d->worker.deadline = d->timeout_ns ? host_get()->clock() + d->timeout_ns : 0;
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc) {
            doc_set_worker(turns[i].doc, &d->worker);
            doc_stage_begin(turns[i].doc, &d->stage);
        }
    process(d, turns, n);
    commit(d, turns, n);
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc)
            take_verdict(d, &turns[i]);
    for (size_t i = 0; i < n; i++)
        if (turns[i].doc) {
            settle(d, &turns[i], i);
            doc_set_worker(turns[i].doc, NULL);
        }
    pthread_mutex_lock(&d->lock);
    d->n_turns = 0;
    pthread_mutex_unlock(&d->lock);
}

void drive_flush(struct drive *d, struct drive_turn *t) {
    drive_take_text(d, t, "", 0);
    if (!d->plugin->flush)
        return;
    doc_set_worker(t->doc, &d->worker);
    doc_stage_begin(t->doc, &d->stage);
    tell(d, "flush", 0);
    t->verdict = d->plugin->flush(instance_stage(d->instance), t->doc);
    take_verdict(d, t);
    doc_set_worker(t->doc, NULL);
}
