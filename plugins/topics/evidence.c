/* evidence.c: counts phrases and adds up their weights. A phrase counts with the logarithm of its number; the score is
 * a logistic of two quantities, with coefficients that were fitted once so that a score reads as a share of right
 * answers.
 */
#include "evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOPE 2.9f
#define EVEN 1.2f /* of equal sums each has 1 / (1 + EVEN) */
#define LEAST_WORDS 40u
#define HALF_SURE 0.1f /* evidence a word at which the doubt about little evidence halves a score */
#define FLOOR 0.01f

int evidence_init(struct evidence *e, const struct taxonomy *t) {
    *e = (struct evidence){.taxonomy = t};
    e->times = calloc((size_t)t->n_phrases + 1, sizeof *e->times);
    e->seen = malloc(((size_t)t->n_phrases + 1) * sizeof *e->seen);
    if (e->times && e->seen)
        return 0;
    evidence_deinit(e);
    return -1;
}

void evidence_deinit(struct evidence *e) {
    free(e->times);
    free(e->seen);
    e->times = e->seen = NULL;
}

void evidence_clear(struct evidence *e) {
    for (uint32_t k = 0; k < e->n_seen; k++)
        e->times[e->seen[k]] = 0;
    e->n_seen = 0;
}

void evidence_add(struct evidence *e, const uint64_t *hash, uint32_t n, uint32_t times, uint32_t *candidates,
                  struct evidence_places *places) {
    const struct phrase_view *set = &e->taxonomy->table.phrases;
    const struct phrase_step *step;
    uint32_t count = phrase_candidates(set, hash, n, candidates), next = 0;
    for (uint32_t k = 0; n && k < EVIDENCE_AHEAD; k++)
        candidates[count + k] = 2 * (n - 1);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t i = phrase_token(candidates[k]);
        phrase_prefetch(set, hash[phrase_token(candidates[k + EVIDENCE_AHEAD])]);
        uint32_t length = i < next ? 0 : phrase_longest_at(set, hash, candidates[k], n, &step);
        if (!length)
            continue;
        uint32_t phrase = step->values / 2;
        e->seen[e->n_seen] = phrase;
        e->n_seen += e->times[phrase] == 0;
        e->times[phrase] = e->times[phrase] + times < times ? UINT32_MAX : e->times[phrase] + times;
        next = i + length;
        if (places && places->n < places->room)
            places->place[places->n++] = (struct evidence_place){phrase, i, length};
    }
}

/* What so many times are worth. */
static float worth(const struct taxonomy *t, uint32_t times) {
    return times < TAXONOMY_WORTHS ? t->worth[times] : 1 + logf((float)times);
}

void evidence_sum(const struct evidence *e, float *out_sums) {
    const struct taxonomy *t = e->taxonomy;
    memset(out_sums, 0, (t->n_topics + 1) * sizeof *out_sums);
    for (uint32_t k = 0; k < e->n_seen; k++) {
        uint32_t phrase = e->seen[k], ahead = k + EVIDENCE_AHEAD < e->n_seen ? k + EVIDENCE_AHEAD : k;
        __builtin_prefetch(&t->additions[t->first[e->seen[ahead]]]);
        float times = worth(t, e->times[phrase]);
        for (uint32_t i = t->first[phrase]; i < t->first[phrase + 1]; i += TAXONOMY_TOGETHER)
            for (uint32_t j = i; j < i + TAXONOMY_TOGETHER; j++)
                out_sums[t->additions[j].topic] += times * t->additions[j].weight;
    }
}

float evidence_share(const struct evidence *e, uint32_t phrase, uint32_t topic) {
    const struct taxonomy *t = e->taxonomy;
    float share = 0;
    for (uint32_t i = t->first[phrase]; i < t->first[phrase + 1]; i++)
        if (t->additions[i].topic == topic)
            share += worth(t, e->times[phrase]) * t->additions[i].weight;
    return share;
}

float evidence_score(float sum, float rival, uint32_t words) {
    if (sum <= 0)
        return 0;
    float much = sum * sum / (float)(words < LEAST_WORDS ? LEAST_WORDS : words);
    float odds = (sum / (sum + rival) + FLOOR) / (rival / (sum + rival) + FLOOR);
    return much / (much + HALF_SURE) / (1 + EVEN * powf(odds, -SLOPE));
}

float evidence_least_ratio(float score) {
    if (score <= 0)
        return 0;
    if (score >= 1)
        return 1;
    /* Of the ratio r the odds are below (r + FLOOR (1 + r)) / (1 + FLOOR (1 + r)); a little less is asked for. */
    float odds = powf(EVEN / (1 / score - 1), 1 / SLOPE);
    float ratio = (odds * (1 + FLOOR) - FLOOR) / (1 + FLOOR - odds * FLOOR) - 0.01f;
    return ratio > 0 && ratio < 1 ? ratio : ratio <= 0 ? 0 : 1;
}
