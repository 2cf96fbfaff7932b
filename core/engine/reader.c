/* reader.c: the thread that reads: blocks from the source into batches, as fast as there is room for them. */
#include "run.h"

#include "../json/memory.h"

#include <pthread.h>
#include <stdlib.h>

/* Leaves out what an earlier run has done already. */
static void skip_done(struct batch *b, uint64_t *skip) {
    size_t n = b->block->n_items;
    b->next_item = *skip < n ? (size_t)*skip : n;
    b->first_item = b->next_item;
    *skip -= b->next_item;
}

static int has_flush(const struct run *r) {
    if (r->options->is_part)
        return 0;
    for (size_t i = 0; i < r->n_stages; i++)
        if (r->stages[i].plugin->flush)
            return 1;
    return 0;
}

void reader_main(void *context) {
    struct run *r = context;
    pthread_setname_np(pthread_self(), "reader");
    struct buffer why = {0};
    uint64_t skip = r->options->skip_documents;
    while (!atomic_load(&r->stop_reading)) {
        struct batch *b = queue_take_free(r);
        if (!b)
            break;
        int got = source_next(r->source, b->block, &why);
        if (got < 0)
            run_fail(r, "%.*s", (int)why.len, why.data ? why.data : "");
        if (got <= 0)
            break; /* the batch stays in the list of all batches */
        skip_done(b, &skip);
        uint64_t n = b->block->n_items - b->first_item;
        if (!queue_admit(r, b))
            break;
        b->read = n;
        atomic_fetch_add_explicit(&r->counters->read, n, memory_order_relaxed);
        atomic_fetch_add_explicit(&r->counters->bytes_in, b->block->input_bytes, memory_order_relaxed);
        queue_put_fresh(r, b);
    }
    buffer_deinit(&why);
    if (has_flush(r) && !atomic_load(&r->abandons)) {
        struct batch *b = queue_take_free(r);
        if (b) {
            b->is_flush = 1;
            if (queue_admit(r, b)) {
                uv_mutex_lock(&r->lock);
                r->flush = b;
                uv_mutex_unlock(&r->lock);
            }
        }
    }
    queue_end_reading(r);
}
