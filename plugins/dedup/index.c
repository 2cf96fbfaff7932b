/* index.c: see index.h. Two passes: what stands where in the order of the text, then sorted by counting. */
#include "index.h"

#include <string.h>

#define PAIR_REACH 3u    /* words from one of a pair to the other */
#define PAIRS_FROM 1024u /* units of a document whose pairs are listed */

struct hits {
    uint32_t n;
    uint32_t *key, *unit;
};

/* Cleared memory of the document. */
static void *zalloc(const tm_host *host, tm_doc *doc, uint64_t bytes) {
    void *p = host->alloc(doc, bytes);
    memset(p, 0, bytes);
    return p;
}

static struct hits hits_new(uint64_t most, const tm_host *host, tm_doc *doc) {
    uint32_t *key = host->alloc(doc, 2 * (most + 1) * 4);
    return (struct hits){0, key, key + most + 1};
}

/* Lists of the hits, in their order; counts are by key and come out as they were. */
static struct postings sort_hits(const struct hits *hits, const uint32_t *counts, uint64_t keys, const tm_host *host,
                                 tm_doc *doc) {
    struct postings p = {host->alloc(doc, (keys + 1) * 4), host->alloc(doc, ((uint64_t)hits->n + 1) * 4)};
    uint32_t total = 0;
    for (uint64_t key = 0; key < keys; key++) {
        p.first[key] = total;
        total += counts[key];
    }
    for (uint32_t i = 0; i < hits->n; i++)
        p.unit[p.first[hits->key[i]]++] = hits->unit[i];
    memmove(p.first + 1, p.first, keys * 4);
    p.first[0] = 0;
    return p;
}

/* A pair counts as often as it stands in a unit: that is seldom more than once. */
static void list_pairs(struct index *x, const struct words *w, const uint8_t *in_body, const tm_host *host,
                       tm_doc *doc) {
    struct hits hits = hits_new(w->n_known, host, doc);
    uint64_t buckets = 4096;
    while (buckets < w->n_known)
        buckets *= 2;
    x->pair_mask = buckets - 1;
    uint32_t *counts = zalloc(host, doc, buckets * 4), id_before = WORD_ELSEWHERE;
    for (uint32_t i = 0, u = 0; i < w->n_known; i++) {
        uint32_t word = w->known[i], id = w->id[word];
        while (w->unit_word[u + 1] <= word) {
            u++;
            id_before = WORD_ELSEWHERE;
        }
        if (i > 0 && w->known[i - 1] + PAIR_REACH < word)
            id_before = WORD_ELSEWHERE;
        if (id_before != WORD_ELSEWHERE && in_body[w->unit_block[u]]) {
            uint32_t key = (uint32_t)index_pair(x, id_before, id);
            hits.key[hits.n] = key;
            hits.unit[hits.n++] = u;
            counts[key]++;
        }
        id_before = id;
    }
    x->pairs = sort_hits(&hits, counts, buckets, host, doc);
}

void index_build(struct index *x, const struct words *w, const uint8_t *in_body, const tm_host *host, tm_doc *doc) {
    struct hits hits = hits_new(w->n_known, host, doc);
    memset(x, 0, sizeof *x);
    x->df = zalloc(host, doc, (uint64_t)w->n_ids * 4);
    uint32_t *last = zalloc(host, doc, (uint64_t)w->n_ids * 4); /* by id: the last unit that had it, + 1 */
    for (uint32_t u = 0; u < w->n_units; u++)
        x->n_units += in_body[w->unit_block[u]];
    for (uint32_t i = 0, u = 0; i < w->n_known; i++) {
        uint32_t word = w->known[i], id = w->id[word];
        while (w->unit_word[u + 1] <= word)
            u++;
        uint32_t counts = (uint32_t)(last[id] != u + 1) & in_body[w->unit_block[u]];
        last[id] = u + 1;
        x->df[id] += counts;
        hits.key[hits.n] = id;
        hits.unit[hits.n] = u;
        hits.n += counts;
    }
    x->words = sort_hits(&hits, x->df, w->n_ids, host, doc);
    if (x->n_units >= PAIRS_FROM)
        list_pairs(x, w, in_body, host, doc);
}
