/* targets.c: the tone toward places in the text: mentions of entities, targets that the input names. Each tone of the
 * sentence counts by its distance in tokens, less behind each clause border and behind other names; what the target
 * itself says or does to others is little of its own; a small part of the whole sentence always counts.
 */
#include "model.h"
#include "tones.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REACH 80         /* tokens to either side */
#define NEARNESS 16.0    /* tokens over which a tone fades to 1/e */
#define CLAUSE 0.7       /* what a clause border leaves */
#define NAME 0.85        /* what a name between leaves */
#define LEFT 0.9         /* what stands before a name is less of it than what is told behind */
#define SPOKEN 0.6       /* what is left of the words behind "X said" */
#define SPOKEN_LEFT 0.1  /* and of those before "..., X said" */
#define SPEECH_REACH 3   /* tokens between a speaker and the verb */
#define SENTENCE 0.04    /* what the farthest tone counts */
#define OBJECT 1.5       /* an act's tone toward whom it is done to */
#define AGENT 0.6        /* and toward who does it */
#define BE_REACH 3       /* tokens between "was" and its participle */
#define AGAINST 1.5      /* "against X" */
#define AFTER_PLACE 0.75 /* "in X", "of X": seldom what the sentence is about */
#define LISTED 0.5       /* one name of several in a row */
#define TARGET_ALPHA 8.0

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

static int is_name(const struct tones *t, uint32_t i) {
    uint32_t shape = t->tokens.shape[i];
    return (shape & TM_SHAPE_WORD) && (shape & TM_SHAPE_FIRST_UPPER) && !(shape & TM_SHAPE_SENTENCE) && t->tone[i] == 0;
}

/* The target, and the sentence that it stands in. */
struct place {
    uint32_t first, last; /* tokens */
    uint32_t from, to;    /* of the sentence */
};

static int speaks(const struct tones *t, const struct place *p) {
    for (uint32_t i = p->last + 1; i < p->to && i <= p->last + SPEECH_REACH; i++)
        if (t->roles[i] & ROLE_SPEECH)
            return 1;
    for (uint32_t k = 1; k <= SPEECH_REACH && p->first - p->from >= k; k++)
        if (t->roles[p->first - k] & ROLE_SPEECH)
            return 1;
    return 0;
}

/* Whether a speaker's words stand before it: "...", X said; "...", said X. */
static int speech_ends_here(const struct tones *t, const struct place *p) {
    return p->first == p->from || is_border(t, p->first - 1) || (t->roles[p->first - 1] & ROLE_SPEECH);
}

/* Whether the act at i is told in the passive: "was criticized", "criticized by". */
static int is_passive(const struct tones *t, uint32_t i, const struct place *p) {
    if (!(t->roles[i] & ROLE_PARTICIPLE))
        return 0;
    if (i + 1 < p->to && (t->roles[i + 1] & ROLE_BY))
        return 1;
    for (uint32_t k = 1; k <= BE_REACH && i - p->from >= k; k++)
        if (t->roles[i - k] & ROLE_BE)
            return 1;
    return 0;
}

/* What of the tone of token i goes to a target to its left, or to its right. */
static double share(const struct tones *t, uint32_t i, int target_is_left, const struct place *p) {
    if (!(t->roles[i] & ROLE_ACT))
        return 1;
    return is_passive(t, i, p) == target_is_left ? OBJECT : AGENT;
}

static int is_listed(const struct tones *t, const struct place *p) {
    int after = p->first - p->from > 1 && (t->tokens.shape[p->first - 1] & TM_SHAPE_COMMA) && is_name(t, p->first - 2);
    int before = p->to - p->last > 2 && (t->tokens.shape[p->last + 1] & TM_SHAPE_COMMA) && is_name(t, p->last + 2);
    return after || before;
}

/* Adds what token i tells about the target. before is the token between it and the target; *weight is carried on. */
static void add(const struct tones *t, uint32_t i, uint32_t before, int target_is_left, const struct place *p,
                double *weight, double *side) {
    static const double fade = 0.93941306281347578; /* exp(-1 / NEARNESS) */
    *weight *= fade;
    if (is_border(t, i))
        *weight *= CLAUSE;
    if (is_name(t, i) && !is_name(t, before))
        *weight *= NAME;
    if (t->tone[i] != 0)
        side[t->tone[i] < 0] +=
            fabs((double)t->tone[i]) * (*weight > SENTENCE ? *weight : SENTENCE) * share(t, i, target_is_left, p);
}

double tones_toward(const struct tones *t, uint32_t first, uint32_t last) {
    uint32_t s = t->tokens.sentence[first];
    struct place p = {first, last, t->sentences.token[s], t->sentences.token[s + 1]};
    if (p.last >= p.to)
        p.last = p.to - 1;
    int is_speaker = speaks(t, &p);
    double side[2] = {0, 0}, weight = is_speaker && speech_ends_here(t, &p) ? SPOKEN_LEFT : LEFT;
    for (uint32_t i = first; i-- > p.from && first - i <= REACH;)
        add(t, i, i + 1, 0, &p, &weight, side);
    weight = is_speaker ? SPOKEN : 1;
    for (uint32_t i = p.last + 1; i < p.to && i - p.last <= REACH; i++)
        add(t, i, i - 1, 1, &p, &weight, side);
    for (uint32_t k = 1; k <= 3 && first - p.from >= k; k++)
        if (t->roles[first - k] & ROLE_AGAINST) {
            side[1] += AGAINST;
            break;
        }
    double sum = side[0] * TONES_POSITIVE_SHARE - side[1];
    if (first > p.from && (t->roles[first - 1] & ROLE_PREPOSITION))
        sum *= AFTER_PLACE;
    if (is_listed(t, &p))
        sum *= LISTED;
    return sum / sqrt(sum * sum + TARGET_ALPHA);
}

static double toward_span(const struct tones *t, uint32_t start, uint32_t end) {
    uint32_t first = tones_token_at(t, start);
    if (first >= t->tokens.count || end <= start)
        return 0;
    uint32_t last = tones_token_at(t, end - 1);
    return tones_toward(t, first, last < first ? first : last);
}

void sentiment_targets(const struct sentiment *s, const struct tones *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_spans *set = h->spans_find(doc, TM_STR("targets"));
    tm_span_columns spans;
    if (!set || h->spans_columns(set, &spans) != TM_OK)
        return;
    for (uint32_t i = 0; i < spans.count; i++) {
        double score = sentiment_round(tones_calm(toward_span(t, spans.start[i], spans.end[i])), 4);
        const char *name = sentiment_label(score, s->config.neutral);
        tm_value label = {.type = TM_V_TEXT, .text = {name, strlen(name)}};
        tm_value number = {.type = TM_V_NUMBER, .number = score};
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
        uint32_t group = spans.group[i];
        if (group >= spans.n_groups)
            continue;
        sum[group] += toward_span(t, spans.start[i], spans.end[i]);
        mentions[group]++;
    }
    for (uint32_t group = 0; group < spans.n_groups; group++) {
        if (!mentions[group])
            continue;
        char json[64];
        double score = sentiment_round(tones_calm(sum[group] / mentions[group]), 4);
        int written = snprintf(json, sizeof json, "{\"label\":\"%s\",\"score\":%s%d.%04d}",
                               sentiment_label(score, s->config.neutral), score < 0 ? "-" : "", (int)fabs(score),
                               (int)lround(fabs(score) * 10000) % 10000);
        tm_value value = {.type = TM_V_RAW, .text = {json, (uint64_t)written}};
        h->spans_set_group(set, group, TM_STR("sentiment"), &value);
    }
}
