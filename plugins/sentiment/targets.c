/* targets.c: the tone toward places in the text: mentions of entities, targets that the input names. Each tone of the
 * sentence counts by its distance in tokens, less behind each clause border and behind the verb by which the target
 * itself speaks; a small part of the whole sentence always counts.
 */
#include "model.h"
#include "tones.h"

#include <math.h>
#include <string.h>

#define REACH 80      /* tokens to either side; further ones count as the sentence's rest */
#define NEARNESS 12.0 /* tokens over which a tone fades to 1/e */
#define CLAUSE 0.75   /* what a clause border leaves */
#define SPOKEN 0.7    /* what is left of the words that the target itself says */
#define SENTENCE 0.08 /* what the farthest tone counts */
#define TARGET_ALPHA 8.0
#define POSITIVE_SHARE 0.85

uint32_t tones_token_at(const struct tones *t, uint32_t at) {
    uint32_t low = 0, high = t->tokens.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->tokens.start[middle] + t->tokens.length[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int is_border(const struct tones *t, uint32_t i) {
    uint32_t marks = TM_SHAPE_COMMA | TM_SHAPE_DASH | TM_SHAPE_QUOTE | TM_SHAPE_OPEN | TM_SHAPE_CLOSE;
    return (t->tokens.shape[i] & marks) || (t->roles[i] & ROLE_CONTRAST);
}

static int speaks(const struct tones *t, uint32_t first, uint32_t last, uint32_t from, uint32_t to) {
    for (uint32_t i = last + 1; i < to && i <= last + 3; i++)
        if (t->roles[i] & ROLE_SPEECH)
            return 1;
    for (uint32_t k = 1; k <= 3 && first - from >= k; k++)
        if (t->roles[first - k] & ROLE_SPEECH)
            return 1;
    return 0;
}

double tones_toward(const struct tones *t, uint32_t first, uint32_t last) {
    uint32_t s = t->tokens.sentence[first];
    uint32_t from = t->sentences.token[s], to = t->sentences.token[s + 1];
    if (last >= to)
        last = to - 1;
    double side[2] = {0, 0}, weight = 1, fade = exp(-1 / NEARNESS);
    for (uint32_t i = first; i-- > from && first - i <= REACH;) {
        weight *= fade;
        if (is_border(t, i))
            weight *= CLAUSE;
        side[t->tone[i] < 0] += fabs(t->tone[i]) * (weight > SENTENCE ? weight : SENTENCE);
    }
    weight = speaks(t, first, last, from, to) ? SPOKEN : 1;
    for (uint32_t i = last + 1; i < to && i - last <= REACH; i++) {
        weight *= fade;
        if (is_border(t, i))
            weight *= CLAUSE;
        side[t->tone[i] < 0] += fabs(t->tone[i]) * (weight > SENTENCE ? weight : SENTENCE);
    }
    double sum = side[0] * POSITIVE_SHARE - side[1];
    return sum / sqrt(sum * sum + TARGET_ALPHA);
}

static tm_value text_value(const char *text) {
    tm_value value = {.type = TM_V_TEXT, .text = {text, strlen(text)}};
    return value;
}

void sentiment_targets(const struct sentiment *s, const struct tones *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_spans *set = h->spans_find(doc, TM_STR("targets"));
    tm_span_columns spans;
    if (!set || h->spans_columns(set, &spans) != TM_OK)
        return;
    for (uint32_t i = 0; i < spans.count; i++) {
        uint32_t first = tones_token_at(t, spans.start[i]);
        double score = 0;
        if (first < t->tokens.count && spans.end[i] > spans.start[i])
            score = tones_toward(t, first, tones_token_at(t, spans.end[i] - 1));
        tm_value number = {.type = TM_V_NUMBER, .number = score};
        tm_value label = text_value(sentiment_label(score, s->config.neutral));
        h->spans_set(set, i, TM_STR("label"), &label);
        h->spans_set(set, i, TM_STR("score"), &number);
    }
}

/* An entity's tone is the mean of those at its mentions. */
void sentiment_entities(const struct sentiment *s, const struct tones *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_spans *set = h->spans_find(doc, TM_STR("entities"));
    tm_span_columns spans;
    if (!set || h->spans_columns(set, &spans) != TM_OK || !spans.n_groups)
        return;
    double *sum = h->alloc(doc, (uint64_t)spans.n_groups * sizeof *sum);
    uint32_t *mentions = h->alloc(doc, (uint64_t)spans.n_groups * sizeof *mentions);
    memset(sum, 0, spans.n_groups * sizeof *sum);
    memset(mentions, 0, spans.n_groups * sizeof *mentions);
    for (uint32_t i = 0; i < spans.count; i++) {
        uint32_t first = tones_token_at(t, spans.start[i]), group = spans.group[i];
        if (first >= t->tokens.count || spans.end[i] <= spans.start[i] || group >= spans.n_groups)
            continue;
        sum[group] += tones_toward(t, first, tones_token_at(t, spans.end[i] - 1));
        mentions[group]++;
    }
    for (uint32_t group = 0; group < spans.n_groups; group++) {
        if (!mentions[group])
            continue;
        tm_value number = {.type = TM_V_NUMBER, .number = sum[group] / mentions[group]};
        h->spans_set_group(set, group, TM_STR("sentiment"), &number);
    }
}
