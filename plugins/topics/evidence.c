/* evidence.c: counts phrases and adds up their weights. A phrase counts with the logarithm of its number; the score is
 * a logistic of two quantities, with coefficients that were fitted once so that a score reads as a share of right
 * answers.
 */
#include "evidence.h"

#include <math.h>
#include <string.h>

void evidence_init(struct evidence *e, const struct taxonomy *t, struct hit *hits, uint32_t bits) {
    *e = (struct evidence){t, hits, ((uint32_t)1 << bits) - 1, 0, 0};
}

static void count(struct evidence *e, const uint32_t *values, float times) {
    uint32_t at = (uint32_t)((values - e->taxonomy->table.phrases.values) * 0x9e3779b1u) & e->mask;
    while (e->hits[at].values && e->hits[at].values != values)
        at = (at + 1) & e->mask;
    if (!e->hits[at].values) {
        if (e->used * 4 > e->mask * 3)
            return;
        e->used++;
        e->hits[at].values = values;
    }
    e->hits[at].times += times;
}

void evidence_add(struct evidence *e, const uint64_t *hash, uint32_t n, float times) {
    const struct phrase_view *set = &e->taxonomy->table.phrases;
    const uint32_t *values;
    for (uint32_t i = 0; i < n;) {
        uint32_t len = phrase_longest(set, hash, i, n, &values);
        if (len)
            count(e, values, times);
        i += len ? len : 1;
    }
}

void evidence_sum(const struct evidence *e, float *out_sums) {
    const struct taxonomy *t = e->taxonomy;
    memset(out_sums, 0, t->n_topics * sizeof *out_sums);
    for (uint32_t h = 0; h <= e->mask; h++) {
        const uint32_t *values = e->hits[h].values;
        if (!values)
            continue;
        float times = 1 + logf(e->hits[h].times);
        for (uint32_t k = 1; k <= values[0]; k++) {
            uint32_t topic = (uint32_t)t->topic[values[k]], top = t->topics[topic].top;
            float most = t->weight[values[k]];
            int first = 1;
            if (topic != top)
                out_sums[topic] += times * most * t->topics[topic].factor;
            for (uint32_t j = 1; j <= values[0]; j++) {
                if (t->topics[t->topic[values[j]]].top != top)
                    continue;
                first = first && j >= k;
                most = t->weight[values[j]] > most ? t->weight[values[j]] : most;
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
