/* queue.c: batches from hand to hand: reader, workers, writer. One lock, taken a few times a batch, so that its price
 * is spread over some 256 KiB of text. Everything is bounded: batches by their number (each has its buffers), bytes by
 * options.memory; who comes to a bound waits, and so a slow reader of the output slows the input down.
 */
#include "run.h"

#include <stdlib.h>

/* What a batch may take in memory: its bytes, its records, layers and edits of its documents. */
#define WEIGHT 12u

static void list_add(struct batch ***end, struct batch *b) {
    b->next = NULL;
    **end = b;
    *end = &b->next;
}

static struct batch *list_take(struct batch **first, struct batch ***end) {
    struct batch *b = *first;
    if (b) {
        *first = b->next;
        if (!*first)
            *end = first;
        b->next = NULL;
    }
    return b;
}

struct batch *queue_take_free(struct run *r) {
    struct batch *b = NULL;
    uv_mutex_lock(&r->lock);
    while (!atomic_load(&r->abandons) && !r->free_batches && r->n_batches == r->max_batches)
        uv_cond_wait(&r->room, &r->lock);
    if (!atomic_load(&r->abandons)) {
        b = r->free_batches;
        if (b)
            r->free_batches = b->next;
        else
            r->batches[r->n_batches++] = b = batch_new();
    }
    uv_mutex_unlock(&r->lock);
    return b;
}

int queue_admit(struct run *r, struct batch *b) {
    b->weight = b->block->bytes.len * WEIGHT;
    uv_mutex_lock(&r->lock);
    while (!atomic_load(&r->abandons) && r->in_flight && r->in_flight_bytes + b->weight > r->options->memory)
        uv_cond_wait(&r->room, &r->lock);
    int may = !atomic_load(&r->abandons);
    if (may) {
        r->in_flight++;
        r->in_flight_bytes += b->weight;
    }
    int rings = may && !atomic_exchange(&r->is_ticking, 1);
    uv_mutex_unlock(&r->lock);
    if (rings)
        uv_async_send(&r->bell);
    return may;
}

void queue_put_fresh(struct run *r, struct batch *b) {
    uv_mutex_lock(&r->lock);
    b->seq = r->next_seq++;
    list_add(&r->fresh_end, b);
    uv_cond_signal(&r->work);
    uv_mutex_unlock(&r->lock);
}

struct batch *queue_take_work(struct run *r) {
    uv_mutex_lock(&r->lock);
    struct batch *b = NULL;
    while (!r->quits && !atomic_load(&r->abandons)) {
        b = list_take(&r->resumed, &r->resumed_end);
        if (!b)
            b = list_take(&r->fresh, &r->fresh_end);
        if (b)
            break;
        uv_cond_wait(&r->work, &r->lock);
    }
    /* Two arenas that were used last are warm; a batch keeps its own while it is parked. */
    if (b && !b->arena)
        b->arena = r->n_arenas ? r->arenas[--r->n_arenas] : arena_new(1u << 18);
    uv_mutex_unlock(&r->lock);
    return b;
}

/* Under the lock. */
static void give_arena_back(struct run *r, struct batch *b) {
    if (!b->arena)
        return;
    r->arenas[r->n_arenas++] = b->arena; /* there are never more than batches */
    b->arena = NULL;
}

void queue_put_done(struct run *r, struct batch *b) {
    if (!r->keeps_arenas && b->arena)
        arena_reset(b->arena, 4u << 20);
    uv_mutex_lock(&r->lock);
    if (!r->keeps_arenas)
        give_arena_back(r, b);
    if (r->is_ordered)
        r->done[b->seq % r->max_batches] = b;
    else
        list_add(&r->done_any_end, b);
    uv_cond_signal(&r->done_bell);
    uv_mutex_unlock(&r->lock);
}

/* The batch with the reader's last number is the one that flushes: it starts when all others are written. */
struct batch *queue_take_done(struct run *r, uint64_t seq) {
    struct batch *b = NULL;
    uv_mutex_lock(&r->lock);
    for (;;) {
        if (atomic_load(&r->abandons) || (r->broken_seq != UINT64_MAX && (!r->is_ordered || seq >= r->broken_seq)))
            break;
        if (r->is_ordered) {
            struct batch **at = &r->done[seq % r->max_batches];
            if (*at && (*at)->seq == seq) {
                b = *at;
                *at = NULL;
            }
        } else {
            b = list_take(&r->done_any, &r->done_any_end);
        }
        if (b)
            break;
        if (r->is_read && seq == r->next_seq) {
            if (!r->flush || r->broken_seq != UINT64_MAX)
                break;
            b = r->flush;
            r->flush = NULL;
            b->seq = r->next_seq++;
            list_add(&r->fresh_end, b);
            b = NULL;
            uv_cond_signal(&r->work);
        }
        uv_cond_wait(&r->done_bell, &r->lock);
    }
    uv_mutex_unlock(&r->lock);
    return b;
}

void queue_release(struct run *r, struct batch *b) {
    uint64_t weight = b->weight;
    if (b->arena)
        arena_reset(b->arena, 4u << 20);
    batch_clear(b);
    uv_mutex_lock(&r->lock);
    give_arena_back(r, b);
    r->in_flight--;
    r->in_flight_bytes -= weight;
    b->next = r->free_batches;
    r->free_batches = b;
    uv_cond_broadcast(&r->room);
    uv_mutex_unlock(&r->lock);
}

int queue_take_turn(struct run *r, struct stage_run *s, struct batch *b) {
    uv_mutex_lock(&r->lock);
    int has = s->turn == b->seq;
    if (!has)
        s->waiters[b->seq % r->max_batches] = b;
    uv_mutex_unlock(&r->lock);
    return has;
}

/* Whoever ends his commit sends the next one on its way: it goes before fresh batches, since others stand behind it. */
void queue_pass_turn(struct run *r, struct stage_run *s, struct batch *b) {
    uv_mutex_lock(&r->lock);
    s->turn = b->seq + 1;
    struct batch **at = &s->waiters[s->turn % r->max_batches];
    if (*at && (*at)->seq == s->turn) {
        list_add(&r->resumed_end, *at);
        *at = NULL;
        uv_cond_signal(&r->work);
    }
    uv_mutex_unlock(&r->lock);
}

void queue_end_reading(struct run *r) {
    uv_mutex_lock(&r->lock);
    r->is_read = 1;
    uv_cond_broadcast(&r->done_bell);
    uv_mutex_unlock(&r->lock);
}

void queue_abandon(struct run *r) {
    uv_mutex_lock(&r->lock);
    atomic_store(&r->abandons, 1);
    atomic_store(&r->stop_reading, 1);
    __atomic_store_n(&r->stop_now, 1, __ATOMIC_RELAXED);
    uv_cond_broadcast(&r->work);
    uv_cond_broadcast(&r->room);
    uv_cond_broadcast(&r->done_bell);
    uv_mutex_unlock(&r->lock);
    source_stop(r->source);
    uv_async_send(&r->bell);
}

void queue_end(struct run *r) {
    uv_mutex_lock(&r->lock);
    r->is_written = 1;
    r->quits = 1;
    uv_cond_broadcast(&r->work);
    uv_mutex_unlock(&r->lock);
    uv_async_send(&r->bell);
}
