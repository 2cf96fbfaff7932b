/* single.h: one document through an opened pipeline, on the caller's thread, stage by stage, with a look at it behind
 * each stage. It gives the document the turns that a run would give it (stage_run.c), one at a time: for commands that
 * show what happens. No queue, no order, no time limit that ends the process.
 */
#ifndef TM_ENGINE_SINGLE_H
#define TM_ENGINE_SINGLE_H

#include "../pipeline/pipeline.h"

enum single_event {
    SINGLE_PASSED,      /* the stage did its work */
    SINGLE_PASSED_OVER, /* the stage is not for this document: code is "when" or "lang" */
    SINGLE_WENT_ON,     /* it failed, and on_error is skip: what it did is undone */
    SINGLE_DROPPED,     /* the document leaves here */
    SINGLE_FAILED,      /* the document fails here */
    SINGLE_BROKEN       /* the stage cannot go on: a run would stop */
};

/* One stage's turn. */
struct single_turn {
    size_t stage;
    enum single_event event;
    tm_str code, message; /* in the document's arena, or constant */
    uint32_t offset;      /* in the original, or TM_NONE */
    unsigned retries;
    size_t children;             /* documents that it emitted; they are not followed */
    uint64_t nanoseconds;        /* in the stage itself */
    uint64_t layers_nanoseconds; /* in layers that were built for it */
};

typedef void (*single_observer)(void *context, tm_doc *doc, const struct single_turn *turn);

/* Runs the document up to its end and calls the observer behind each stage that it came to. Returns the last event:
 * SINGLE_PASSED where it came through. Nothing is settled or made durable. -1 with *out_stage where a stage could not
 * open its state for this thread. */
int single_run(const struct pipeline *p, tm_doc *doc, uint64_t timeout_ns, single_observer observer, void *context,
               size_t *out_stage);

#endif
