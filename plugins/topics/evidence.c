/* evidence.c: counts phrases and adds up their weights. A phrase counts with the logarithm of its number; the score is
 * a logistic of two quantities, with coefficients that were fitted once so that a score reads as a share of right
 * answers.
 */
#include "evidence.h"

#include <math.h>
#include <string.h>

#define HIT_BITS_MOST 14u

static uint32_t index_bits(uint32_t tokens) {
    uint32_t bits = 6;
    while (bits < HIT_BITS_MOST && (uint32_t)1 << bits < tokens)
        bits++;
    return bits;
}

uint64_t evidence_bytes(uint32_t tokens) {
    return (uint64_t)(sizeof(struct hit) + sizeof(uint16_t)) << index_bits(tokens);
}

void evidence_init(struct evidence *e, const struct taxonomy *t, void *memory, uint32_t tokens) {
    uint32_t places = (uint32_t)1 << index_bits(tokens);
    struct hit *hits = memory;
    *e = (struct evidence){t, hits, (uint16_t *)(void *)(hits + places), places - 1, 0, places / 4 * 3};
    memset(e->index, 0, places * sizeof *e->index);
}

static void count(struct evidence *e, uint32_t values, float times) {
    uint32_t at = (values * 0x9e3779b1u) >> 7 & e->mask;
    while (e->index[at] && e->hits[e->index[at] - 1].values != values)
        at = (at + 1) & e->mask;
    if (!e->index[at]) {
        if (e->used == e->most)
            return;
        e->hits[e->used] = (struct hit){values, 0};
        e->index[at] = (uint16_t)++e->used;
    }
    e->hits[e->index[at] - 1].times += times;
}

#define AHEAD 8u

void evidence_add(struct evidence *e, const uint64_t *hash, uint32_t n, float times) {
    const struct phrase_view *set = &e->taxonomy->table.phrases;
    const uint32_t *values;
    for (uint32_t i = 0; i < n;) {
        if (i + AHEAD < n && phrase_may_begin(set, hash[i + AHEAD]))
            phrase_prefetch(set, hash[i + AHEAD]);
        uint32_t len = phrase_longest(set, hash, i, n, &values);
        if (len)
            count(e, (uint32_t)(values - set->values), times);
        i += len ? len : 1;
    }
}

void evidence_sum(const struct evidence *e, float *out_sums) {
    const struct taxonomy *t = e->taxonomy;
    memset(out_sums, 0, t->n_topics * sizeof *out_sums);
    for (uint32_t h = 0; h < e->used; h++) {
        const union saying *says = t->sayings + e->hits[h].values;
        uint32_t n = says[0].count;
        float times = e->hits[h].times <= 1 ? 1 : 1 + logf(e->hits[h].times);
        for (uint32_t k = 1; k <= n; k++) {
            uint32_t topic = says[k].of.topic, top = says[k].of.top;
            float most = says[k].of.weight;
            int first = 1;
            if (topic != top)
                out_sums[topic] += times * most * t->topics[topic].factor;
            for (uint32_t j = 1; j <= n; j++) {
                if (says[j].of.top != top)
                    continue;
                first = first && j >= k;
                most = says[j].of.weight > most ? says[j].of.weight : most;
            }
            if (first)
                out_sums[top] += times * most * t->topics[top].factor;
        }
    }
}

float evidence_score(float sum, float rival, uint32_t words) {
    if (sum <= 0)
        return 0;
    float much = sum * sum / (float)(words < 40 ? 40 : words);
    float odds = (sum / (sum + rival) + 0.01f) / (rival / (sum + rival) + 0.01f);
    return much / (much + 0.1f) / (1 + 1.2f * powf(odds, -2.9f));
}
