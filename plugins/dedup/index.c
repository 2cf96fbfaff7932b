/* index.c: see index.h. Two walks over the text: one counts how long each list is, one fills them, so that nothing but
 * the lists takes memory. */
#include "index.h"

#include <string.h>

#define PAIR_REACH 3u    /* words from one of a pair to the other */
#define PAIRS_FROM 1024u /* units of a document whose pairs are listed */

/* Cleared memory of the document. */
static void *zalloc(const tm_host *host, tm_doc *doc, uint64_t bytes) {
    void *p = host->alloc(doc, bytes);
    memset(p, 0, bytes);
    return p;
}

/* Counts by key, with one element more, become where each key's list begins. Returns the length of all lists. */
static uint32_t begin_lists(uint32_t *counts, uint64_t keys) {
    uint32_t total = 0;
    for (uint64_t key = 0; key < keys; key++) {
        uint32_t n = counts[key];
        counts[key] = total;
        total += n;
    }
    counts[keys] = total;
    return total;
}

/* After each list was filled, and its beginning moved to its end. */
static void end_lists(uint32_t *first, uint64_t keys) {
    memmove(first + 1, first, keys * 4);
    first[0] = 0;
}

/* One walk over what stands next to each other in the body: counts it, or fills the lists. A pair counts as often as it
 * stands in a unit: that is seldom more than once. */
static void walk_pairs(struct index *x, const struct words *w, const uint8_t *in_body, int fills) {
    struct postings *p = &x->pairs;
    uint32_t id_before = WORD_ELSEWHERE;
    for (uint32_t i = 0, u = 0; i < w->n_known; i++) {
        uint32_t word = w->known[i], id = w->id[word];
        while (w->unit_word[u + 1] <= word) {
            u++;
            id_before = WORD_ELSEWHERE;
        }
        if (i > 0 && w->known[i - 1] + PAIR_REACH < word)
            id_before = WORD_ELSEWHERE;
        if (id_before != WORD_ELSEWHERE && in_body[w->unit_block[u]]) {
            uint32_t *at = &p->first[index_pair(x, id_before, id)];
            if (fills)
                p->unit[*at] = u;
            ++*at;
        }
        id_before = id;
    }
}

static void list_pairs(struct index *x, const struct words *w, const uint8_t *in_body, const tm_host *host,
                       tm_doc *doc) {
    uint64_t buckets = 4096;
    while (buckets < w->n_known / 2)
        buckets *= 2;
    x->pair_mask = buckets - 1;
    x->pairs.first = zalloc(host, doc, (buckets + 1) * 4);
    walk_pairs(x, w, in_body, 0);
    x->pairs.unit = host->alloc(doc, ((uint64_t)begin_lists(x->pairs.first, buckets) + 1) * 4);
    walk_pairs(x, w, in_body, 1);
    end_lists(x->pairs.first, buckets);
}

/* One walk over the known words of the body: each id once a unit. last is by id: the last unit that had it, + 1. */
static void walk_words(struct index *x, const struct words *w, const uint8_t *in_body, uint32_t *last, int fills) {
    struct postings *p = &x->words;
    uint32_t nowhere = fills ? p->first[w->n_ids] : 0; /* the element behind all lists */
    memset(last, 0, (size_t)w->n_ids * 4);
    for (uint32_t i = 0, u = 0; i < w->n_known; i++) {
        uint32_t word = w->known[i], id = w->id[word];
        while (w->unit_word[u + 1] <= word)
            u++;
        uint32_t counts = (uint32_t)(last[id] != u + 1) & in_body[w->unit_block[u]];
        last[id] = u + 1;
        if (fills)
            p->unit[counts ? p->first[id] : nowhere] = u;
        p->first[id] += counts;
    }
}

void index_build(struct index *x, const struct words *w, const uint8_t *in_body, const tm_host *host, tm_doc *doc) {
    memset(x, 0, sizeof *x);
    uint64_t ids = w->n_ids;
    x->df = host->alloc(doc, ids * 4);
    x->words.first = zalloc(host, doc, (ids + 1) * 4);
    uint32_t *last = host->alloc(doc, ids * 4);
    for (uint32_t u = 0; u < w->n_units; u++)
        x->n_units += in_body[w->unit_block[u]];
    walk_words(x, w, in_body, last, 0);
    memcpy(x->df, x->words.first, ids * 4);
    x->words.unit = host->alloc(doc, ((uint64_t)begin_lists(x->words.first, ids) + 1) * 4);
    walk_words(x, w, in_body, last, 1);
    end_lists(x->words.first, ids);
    if (x->n_units >= PAIRS_FROM)
        list_pairs(x, w, in_body, host, doc);
}
