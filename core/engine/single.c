/* single.c: see single.h. */
#include "single.h"

#include "../json/memory.h"
#include "../plugin/batch.h"
#include "../plugin/completion.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define TRIES 4u /* the first and three more, as in a run */

struct single {
    struct completion completion; /* first: found by it */
    const struct pipeline *pipeline;
    tm_doc *doc;
    struct doc_worker worker;
    uint64_t timeout;
    uv_mutex_t lock;
    uv_cond_t bell;
    int is_answered;
    int32_t answer;
};

static void on_answer(struct completion *completion, tm_doc *doc, int32_t verdict) {
    struct single *s = (struct single *)completion;
    (void)doc;
    uv_mutex_lock(&s->lock);
    if (!s->is_answered) {
        s->is_answered = 1;
        s->answer = verdict;
        uv_cond_signal(&s->bell);
    }
    uv_mutex_unlock(&s->lock);
}

static int32_t wait_for_answer(struct single *s) {
    uv_mutex_lock(&s->lock);
    while (!s->is_answered)
        uv_cond_wait(&s->bell, &s->lock);
    int32_t answer = s->answer;
    uv_mutex_unlock(&s->lock);
    return answer;
}

/* The batch form is given the one document. */
static int32_t call_many(struct single *s, const struct pipeline_stage *stage, void *thread, int is_commit) {
    int32_t own = TM_PASS;
    struct tm_batch batch = {.docs = &s->doc, .verdicts = &own, .count = 1, .current = TM_NONE};
    int32_t verdict = is_commit ? stage->plugin->commit_many(stage->stage, &batch)
                                : stage->plugin->process_many(stage->stage, thread, &batch);
    return own == TM_PASS ? verdict : own;
}

static int32_t call_process(struct single *s, const struct pipeline_stage *stage, void *thread) {
    const tm_plugin *plugin = stage->plugin;
    s->is_answered = 0;
    if (!plugin->process && !plugin->process_many)
        return TM_PASS;
    int32_t verdict =
        plugin->process_many ? call_many(s, stage, thread, 0) : plugin->process(stage->stage, thread, s->doc);
    if (verdict == TM_LATER && (plugin->flags & TM_ASYNC))
        verdict = wait_for_answer(s);
    else
        return verdict;
    if (verdict == TM_PASS && plugin->resume)
        verdict = plugin->resume(stage->stage, thread, s->doc);
    return verdict;
}

static int32_t call_commit(struct single *s, const struct pipeline_stage *stage) {
    const tm_plugin *plugin = stage->plugin;
    if (!plugin->commit && !plugin->commit_many)
        return TM_PASS;
    doc_stage_commit(s->doc);
    return plugin->commit_many ? call_many(s, stage, NULL, 1) : plugin->commit(stage->stage, s->doc);
}

/* Process, and commit behind it; again where the stage asks for it. The turn is left open. */
static int32_t call_stage(struct single *s, const struct pipeline_stage *stage, void *thread,
                          struct single_turn *turn) {
    static const unsigned waits[TRIES - 1] = {100, 1000, 10000};
    int32_t verdict = TM_FAIL;
    int in_commit = 0;
    for (unsigned i = 0; i < TRIES; i++) {
        if (i) {
            turn->retries = i;
            uv_sleep(waits[i - 1]);
        }
        uint64_t started = uv_hrtime(), layers = s->worker.layers_ns;
        s->worker.deadline = s->timeout ? started + s->timeout : 0;
        if (!in_commit) {
            doc_stage_begin(s->doc, &stage->doc);
            verdict = call_process(s, stage, thread);
            in_commit = verdict == TM_PASS;
        }
        if (in_commit)
            verdict = call_commit(s, stage);
        layers = s->worker.layers_ns - layers;
        turn->layers_nanoseconds += layers;
        turn->nanoseconds += uv_hrtime() - started - layers;
        if (verdict != TM_RETRY)
            return verdict;
        if (!in_commit && i + 1 < TRIES)
            doc_stage_undo(s->doc);
    }
    return TM_FAIL;
}

static void take_failure(struct single *s, const struct pipeline_stage *stage, struct single_turn *turn, tm_str code,
                         tm_str message) {
    turn->code = code;
    turn->message = message;
    if (stage->on_error == ON_ERROR_SKIP) {
        turn->event = SINGLE_WENT_ON;
        doc_add_error(s->doc, stage->doc.id, code, message);
    } else {
        turn->event = stage->on_error == ON_ERROR_DROP ? SINGLE_DROPPED : SINGLE_FAILED;
    }
}

static void take_reason(struct single *s, const struct pipeline_stage *stage, struct single_turn *turn,
                        const char *or_else) {
    struct doc_reason why = doc_reason_get(s->doc);
    turn->offset = why.offset;
    if (why.code.len)
        take_failure(s, stage, turn, why.code, why.message);
    else
        take_failure(s, stage, turn, TM_STR("failed"), (tm_str){or_else, strlen(or_else)});
}

static void take_verdict(struct single *s, const struct pipeline_stage *stage, struct single_turn *turn,
                         int32_t verdict) {
    uint64_t started = uv_hrtime(), layers = s->worker.layers_ns;
    tm_doc **children;
    if (verdict == TM_PASS && doc_stage_end(s->doc) == TM_OK) {
        doc_take_children(s->doc, &turn->children, &children);
    } else if (verdict == TM_PASS) {
        take_reason(s, stage, turn, "the stage broke the contract");
    } else if (verdict == TM_DROP && (stage->plugin->flags & TM_MAY_DROP)) {
        struct doc_reason why = doc_reason_get(s->doc);
        if (doc_stage_end(s->doc) == TM_OK)
            doc_take_children(s->doc, &turn->children, &children);
        turn->event = SINGLE_DROPPED;
        turn->code = why.code;
        turn->message = why.message;
    } else {
        struct doc_reason why = doc_reason_get(s->doc);
        doc_stage_undo(s->doc);
        if (verdict == TM_BROKEN) {
            turn->event = SINGLE_BROKEN;
            turn->code = why.code;
            turn->message = why.message;
        } else if (verdict == TM_FAIL) {
            take_reason(s, stage, turn, "the stage gave no reason");
        } else if (verdict == TM_DROP) {
            take_failure(s, stage, turn, TM_STR("misbehaving"),
                         TM_STR("it drops documents but does not say TM_MAY_DROP"));
        } else {
            take_failure(s, stage, turn, TM_STR("misbehaving"),
                         TM_STR("its verdict is none of those that it may give"));
        }
    }
    layers = s->worker.layers_ns - layers;
    turn->layers_nanoseconds += layers; /* spliced where the stage edited */
    turn->nanoseconds += uv_hrtime() - started - layers;
}

static int run_stage(struct single *s, size_t i, single_observer observer, void *context) {
    const struct pipeline_stage *stage = &s->pipeline->stages[i];
    struct single_turn turn = {.stage = i, .event = SINGLE_PASSED, .offset = TM_NONE};
    const char *reason = pipeline_stage_passes_over(stage, s->doc);
    if (reason) {
        turn.event = SINGLE_PASSED_OVER;
        turn.code = (tm_str){reason, strlen(reason)};
        doc_add_skipped(s->doc, stage->doc.id, reason);
    } else {
        void *thread = NULL;
        if (stage->plugin->thread_open && stage->plugin->thread_open(stage->stage, &thread) != TM_OK)
            return -1;
        int32_t verdict = call_stage(s, stage, thread, &turn);
        take_verdict(s, stage, &turn, verdict);
        if (stage->plugin->thread_open && stage->plugin->thread_close)
            stage->plugin->thread_close(stage->stage, thread);
    }
    observer(context, s->doc, &turn);
    return (int)turn.event;
}

int single_run(const struct pipeline *p, tm_doc *doc, uint64_t timeout_ns, single_observer observer, void *context,
               size_t *out_stage) {
    struct single s = {.completion = {.done = on_answer}, .pipeline = p, .doc = doc, .timeout = timeout_ns};
    int event = SINGLE_PASSED;
    s.worker.completion = &s.completion;
    s.worker.timing = 1;
    uv_mutex_init(&s.lock);
    uv_cond_init(&s.bell);
    doc_set_worker(doc, &s.worker);
    for (size_t i = 0; i < p->n_stages; i++) {
        event = run_stage(&s, i, observer, context);
        if (event < 0)
            *out_stage = i;
        if (event < 0 || event == SINGLE_DROPPED || event == SINGLE_FAILED || event == SINGLE_BROKEN)
            break;
        event = SINGLE_PASSED;
    }
    doc_set_worker(doc, NULL);
    free(s.worker.scratch);
    uv_cond_destroy(&s.bell);
    uv_mutex_destroy(&s.lock);
    return event;
}
