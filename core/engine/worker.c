/* worker.c: a thread that takes batches and runs them. It opens its state in every stage before the first and closes it
 * after the last.
 */
#include "run.h"

#include "../json/memory.h"

#include <pthread.h>
#include <stdlib.h>

static int open_threads(struct worker *w) {
    struct run *r = w->run;
    w->threads = memory_zalloc(r->n_stages, sizeof *w->threads);
    for (size_t i = 0; i < r->n_stages; i++) {
        const struct stage_run *s = &r->stages[i];
        if (!s->plugin->thread_open || s->plugin->thread_open(s->stage->stage, &w->threads[i]) == TM_OK)
            continue;
        while (i-- > 0)
            if (r->stages[i].plugin->thread_open && r->stages[i].plugin->thread_close)
                r->stages[i].plugin->thread_close(r->stages[i].stage->stage, w->threads[i]);
        run_fail(r, "stage %s (plugin %s) could not open its state for a worker", s->stage->doc.id, s->plugin->name);
        queue_abandon(r);
        return 0;
    }
    return 1;
}

void worker_main(void *context) {
    struct worker *w = context;
    struct run *r = w->run;
    pthread_setname_np(pthread_self(), "worker");
    crash_stack_set(w);
    if (open_threads(w)) {
        for (struct batch *b; (b = queue_take_work(r)) != NULL;)
            batch_run(w, b);
        for (size_t i = 0; i < r->n_stages; i++)
            if (r->stages[i].plugin->thread_open && r->stages[i].plugin->thread_close)
                r->stages[i].plugin->thread_close(r->stages[i].stage->stage, w->threads[i]);
    }
    free(w->threads);
    free(w->doc_worker.scratch);
    free(w->members);
    crash_stack_unset(w);
    atomic_store(&w->is_gone, 1);
}
