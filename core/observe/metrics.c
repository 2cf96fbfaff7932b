/* metrics.c: every thread counts into cells of its own, found by a thread key; the sum is made when it is asked for.
 * Cells are written by their thread alone with relaxed stores, so a sum taken while others count may be a moment old.
 */
#include "metrics.h"

#include "../json/memory.h"
#include "../json/write.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define METRICS_MAX 4096u
#define PAGE 32u
/* Buckets of a histogram: 8 to each power of two from 2^-32 up to 2^64; the first also takes what is smaller. */
#define EXPONENT_LOW (-32)
#define BUCKETS (96u * 8u)

struct metric {
    char *owner, *name;
    int is_histogram;
};

struct histogram {
    _Atomic uint64_t buckets[BUCKETS];
};

struct cell {
    _Atomic uint64_t count;
    _Atomic double sum;
    _Atomic(struct histogram *) histogram;
};

struct cells {
    struct cells *next;
    _Atomic(struct cell *) pages[METRICS_MAX / PAGE];
};

struct metrics {
    pthread_key_t key;
    pthread_mutex_t lock; /* of the lists below */
    struct cells *threads;
    struct metric *list;
    atomic_uint count;
};

struct metrics *metrics_new(void) {
    struct metrics *m = memory_zalloc(1, sizeof *m);
    if (pthread_key_create(&m->key, NULL) != 0)
        abort();
    pthread_mutex_init(&m->lock, NULL);
    m->list = memory_zalloc(METRICS_MAX, sizeof *m->list);
    return m;
}

void metrics_free(struct metrics *m) {
    if (!m)
        return;
    for (struct cells *c = m->threads, *next; c; c = next) {
        next = c->next;
        for (size_t i = 0; i < METRICS_MAX / PAGE; i++) {
            struct cell *page = atomic_load(&c->pages[i]);
            for (size_t j = 0; page && j < PAGE; j++)
                free(atomic_load(&page[j].histogram));
            free(page);
        }
        free(c);
    }
    for (unsigned i = 0; i < atomic_load(&m->count); i++) {
        free(m->list[i].owner);
        free(m->list[i].name);
    }
    free(m->list);
    pthread_key_delete(m->key);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

uint32_t metrics_add(struct metrics *m, const char *owner, const char *name, int is_histogram) {
    pthread_mutex_lock(&m->lock);
    unsigned n = atomic_load(&m->count), at = 0;
    while (at < n && (strcmp(m->list[at].owner, owner) != 0 || strcmp(m->list[at].name, name) != 0))
        at++;
    if (at == n && n < METRICS_MAX) {
        m->list[n] = (struct metric){memory_copy(owner, strlen(owner)), memory_copy(name, strlen(name)), is_histogram};
        atomic_store(&m->count, n + 1);
    }
    pthread_mutex_unlock(&m->lock);
    return at < METRICS_MAX ? at + 1 : 0;
}

static struct cells *cells_of_thread(struct metrics *m) {
    struct cells *c = pthread_getspecific(m->key);
    if (!c) {
        c = memory_zalloc(1, sizeof *c);
        pthread_mutex_lock(&m->lock);
        c->next = m->threads;
        m->threads = c;
        pthread_mutex_unlock(&m->lock);
        pthread_setspecific(m->key, c);
    }
    return c;
}

static unsigned bucket_of(double value) {
    int exponent;
    double mantissa = frexp(value, &exponent); /* [0.5, 1) */
    if (!(value > 0) || exponent <= EXPONENT_LOW)
        return 0;
    if (isinf(value) || exponent - EXPONENT_LOW >= (int)(BUCKETS / 8)) /* frexp says nothing of infinity */
        return BUCKETS - 1;
    return (unsigned)(exponent - EXPONENT_LOW) * 8 + (unsigned)((mantissa - 0.5) * 16);
}

static double bucket_middle(unsigned bucket) {
    return bucket == 0 ? 0 : ldexp(0.5 + ((double)(bucket % 8) + 0.5) / 16, (int)(bucket / 8) + EXPONENT_LOW);
}

void metrics_count(struct metrics *m, uint32_t metric, double value) {
    if (!m || metric == 0 || metric > atomic_load_explicit(&m->count, memory_order_acquire) || isnan(value))
        return;
    struct cells *c = cells_of_thread(m);
    size_t page_at = (metric - 1) / PAGE;
    struct cell *page = atomic_load_explicit(&c->pages[page_at], memory_order_relaxed);
    if (!page) {
        page = memory_zalloc(PAGE, sizeof *page);
        atomic_store_explicit(&c->pages[page_at], page, memory_order_release);
    }
    struct cell *cell = &page[(metric - 1) % PAGE];
    uint64_t count = atomic_load_explicit(&cell->count, memory_order_relaxed);
    double sum = atomic_load_explicit(&cell->sum, memory_order_relaxed);
    atomic_store_explicit(&cell->count, count + 1, memory_order_relaxed);
    atomic_store_explicit(&cell->sum, sum + value, memory_order_relaxed);
    if (!m->list[metric - 1].is_histogram)
        return;
    struct histogram *h = atomic_load_explicit(&cell->histogram, memory_order_relaxed);
    if (!h) {
        h = memory_zalloc(1, sizeof *h);
        atomic_store_explicit(&cell->histogram, h, memory_order_release);
    }
    _Atomic uint64_t *bucket = &h->buckets[bucket_of(value)];
    atomic_store_explicit(bucket, atomic_load_explicit(bucket, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* Adds up one metric over the threads; buckets (BUCKETS of them, or NULL) likewise. Under the lock. */
static double sum_up(const struct metrics *m, uint32_t metric, uint64_t *out_count, uint64_t *buckets) {
    double sum = 0;
    uint64_t count = 0;
    for (struct cells *c = m->threads; c; c = c->next) {
        struct cell *page = atomic_load(&c->pages[(metric - 1) / PAGE]);
        if (!page)
            continue;
        struct cell *cell = &page[(metric - 1) % PAGE];
        sum += atomic_load(&cell->sum);
        count += atomic_load(&cell->count);
        struct histogram *h = atomic_load(&cell->histogram);
        for (unsigned i = 0; buckets && h && i < BUCKETS; i++)
            buckets[i] += atomic_load_explicit(&h->buckets[i], memory_order_relaxed);
    }
    *out_count = count;
    return sum;
}

double metrics_sum(const struct metrics *m, uint32_t metric) {
    if (!m || metric == 0 || metric > atomic_load(&((struct metrics *)(uintptr_t)m)->count))
        return 0;
    pthread_mutex_t *lock = &((struct metrics *)(uintptr_t)m)->lock;
    uint64_t count;
    pthread_mutex_lock(lock);
    double sum = sum_up(m, metric, &count, NULL);
    pthread_mutex_unlock(lock);
    return sum;
}

static double quantile(const uint64_t *buckets, double part) {
    uint64_t total = 0, seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++)
        total += buckets[i];
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += buckets[i];
        if (total && (double)seen >= part * (double)total)
            return bucket_middle(i);
    }
    return 0;
}

static void write_metric(const struct metrics *m, uint32_t metric, struct buffer *out) {
    uint64_t buckets[BUCKETS] = {0}, count;
    int is_histogram = m->list[metric - 1].is_histogram;
    double sum = sum_up(m, metric, &count, is_histogram ? buckets : NULL);
    if (!is_histogram) {
        json_write_number(out, sum, 4);
        return;
    }
    buffer_add_string(out, "{\"count\":");
    json_write_uint(out, count);
    buffer_add_string(out, ",\"sum\":");
    json_write_number(out, sum, 4);
    static const struct {
        const char *key;
        double part;
    } parts[] = {{",\"p50\":", 0.5}, {",\"p90\":", 0.9}, {",\"p99\":", 0.99}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buffer_add_string(out, parts[i].key);
        json_write_number(out, quantile(buckets, parts[i].part), 4);
    }
    buffer_add_char(out, '}');
}

void metrics_write(const struct metrics *m, struct buffer *out) {
    pthread_mutex_t *lock = &((struct metrics *)(uintptr_t)m)->lock;
    unsigned n = atomic_load(&((struct metrics *)(uintptr_t)m)->count);
    pthread_mutex_lock(lock);
    buffer_add_char(out, '{');
    int is_first = 1;
    for (unsigned i = 0; i < n; i++) {
        unsigned before = 0;
        while (before < i && strcmp(m->list[before].owner, m->list[i].owner) != 0)
            before++;
        if (before < i)
            continue; /* its owner is written already */
        if (!is_first)
            buffer_add_char(out, ',');
        is_first = 0;
        json_write_text(out, m->list[i].owner, strlen(m->list[i].owner));
        buffer_add_string(out, ":{");
        for (unsigned j = i; j < n; j++) {
            if (strcmp(m->list[j].owner, m->list[i].owner) != 0)
                continue;
            if (j != i)
                buffer_add_char(out, ',');
            json_write_text(out, m->list[j].name, strlen(m->list[j].name));
            buffer_add_char(out, ':');
            write_metric(m, j + 1, out);
        }
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, '}');
    pthread_mutex_unlock(lock);
}
