/* targets.c: the tone toward places in the text: mentions of entities, targets that the input names. Each tone of the
 * sentence counts by its distance in tokens, less behind each clause border and behind other names; what the target
 * itself says or does to others is little of its own; a small part of the whole sentence always counts.
 */
#include "model.h"
#include "tones.h"
#include "why.h"

#include <json_write.h>

#include <math.h>
#include <string.h>

#define NEAR 8           /* tokens that are looked at together where the ends of a target are looked for */
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

/* Both without a branch: they are asked of every token. */
static inline uint32_t is_border(const struct tones *t, uint32_t i) {
    const uint32_t marks = TM_SHAPE_COMMA | TM_SHAPE_DASH | TM_SHAPE_QUOTE | TM_SHAPE_OPEN | TM_SHAPE_CLOSE;
    return ((t->tokens.shape[i] & marks) | ((uint32_t)t->roles[i] & ROLE_CONTRAST)) != 0;
}

static inline uint32_t is_name(const struct tones *t, uint32_t i) {
    const uint32_t asked = TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER | TM_SHAPE_SENTENCE;
    return ((t->tokens.shape[i] & asked) == (TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER)) & (t->tone[i] == 0);
}

/* The target, and the sentence that it stands in. */
struct place {
    uint32_t first, last; /* tokens */
    uint32_t from, to;    /* of the sentence */
};

/* What stands before a token of its sentence: borders, and rows of names that have begun and that have ended, a byte
 * each. A tone reaches 80 tokens, so the bytes of a difference are those of the counts. */
#define A_BORDER 1u
#define A_BEGINNING (1u << 8)
#define AN_END (1u << 16)

static inline uint32_t borders_of(uint32_t difference) {
    return difference & 255;
}

static inline uint32_t begun_of(uint32_t difference) {
    return difference / A_BEGINNING & 255;
}

static inline uint32_t ended_of(uint32_t difference) {
    return difference / AN_END & 255;
}

/* The sentence at hand, gone through once for all targets in it, which come in the order of the text. */
struct scene {
    const struct tones *t;
    const struct sentiment *s;
    uint32_t from, to; /* its tokens */
    uint32_t at;       /* the token where the search for the next target begins */
    int32_t roles;     /* what all of them are together */
    uint32_t n_toned, passed;
    uint32_t *toned;       /* tokens with a tone; so many of them stand before the target */
    uint32_t *before;      /* of tokens from.. to and including to, where there are toned ones */
    struct strongest *why; /* where what is added up is noted; NULL where nobody asks */
};

static void scene_init(struct scene *sc, const struct sentiment *s, const struct tones *t, tm_doc *doc) {
    uint64_t room = (uint64_t)t->tokens.count + 1;
    uint32_t *toned = s->host->scratch(doc, 2 * room * sizeof *toned);
    *sc = (struct scene){.t = t, .s = s, .toned = toned, .before = toned + room};
}

static void scene_enter(struct scene *sc, uint32_t sentence) {
    const struct tones *t = sc->t;
    sc->from = t->sentences.token[sentence];
    sc->to = t->sentences.token[sentence + 1];
    sc->passed = sc->n_toned = 0;
    sc->roles = t->sentence_roles[sentence];
    for (uint32_t k = t->first_hit[sentence]; k < t->first_hit[sentence + 1]; k++) {
        sc->toned[sc->n_toned] = t->hits[k].token;
        sc->n_toned += t->tone[t->hits[k].token] != 0;
    }
    if (!sc->n_toned)
        return;
    uint32_t before = 0, was_name = 0;
    for (uint32_t i = sc->from; i < sc->to; i++) {
        uint32_t name = is_name(t, i);
        before += AN_END * (was_name & ~name);
        sc->before[i - sc->from] = before;
        before += A_BORDER * is_border(t, i) + A_BEGINNING * (name & ~was_name);
        was_name = name;
    }
    sc->before[sc->to - sc->from] = before + AN_END * was_name;
}

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

/* What is left of a tone so many tokens, borders and names away. */
static double weight_of(const struct fading *f, double weight, uint32_t tokens, uint32_t borders, uint32_t names) {
    weight *= f->by_token[tokens] * f->by_border[borders < FADING_BORDERS ? borders : FADING_BORDERS] *
              f->by_name[names < FADING_NAMES ? names : FADING_NAMES];
    return weight > SENTENCE ? weight : SENTENCE;
}

/* The first toned token behind the target's last one. */
static uint32_t first_behind(const struct scene *sc, uint32_t last) {
    uint32_t low = sc->passed, high = sc->n_toned;
    if (low == high || sc->toned[low] > last)
        return low; /* the target has no tone of its own, as nearly always */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sc->toned[middle] <= last)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline void add_tone(struct scene *sc, uint32_t i, double weight, double *side) {
    double tone = (double)sc->t->tone[i];
    side[tone < 0] += fabs(tone) * weight;
    if (sc->why)
        strongest_add(sc->why, i, tone * weight);
}

/* Adds up what the toned tokens of its sentence tell about the target. */
static void add_tones(struct scene *sc, const struct place *p, double left, double right, double *side) {
    const struct tones *t = sc->t;
    const struct fading *f = &sc->s->fading;
    uint32_t first = sc->before[p->first - p->from], behind = sc->before[p->last + 1 - p->from];
    while (sc->passed < sc->n_toned && sc->toned[sc->passed] < p->first)
        sc->passed++;
    for (uint32_t k = sc->passed; k-- > 0 && p->first - sc->toned[k] <= FADING_REACH;) {
        uint32_t i = sc->toned[k];
        /* A row of names that ends at token j is counted before j + 1. */
        uint32_t between = first - sc->before[i - p->from];
        double weight = weight_of(f, left, p->first - i, borders_of(between), ended_of(between));
        add_tone(sc, i, weight * share(t, i, 0, p), side);
    }
    for (uint32_t k = first_behind(sc, p->last); k < sc->n_toned && sc->toned[k] - p->last <= FADING_REACH; k++) {
        uint32_t i = sc->toned[k];
        uint32_t between = sc->before[i + 1 - p->from] - behind;
        double weight = weight_of(f, right, i - p->last, borders_of(between), begun_of(between));
        add_tone(sc, i, weight * share(t, i, 1, p), side);
    }
}

/* The tone toward the tokens [first, last], in (-1, 1). */
static double tone_toward(struct scene *sc, uint32_t first, uint32_t last) {
    const struct tones *t = sc->t;
    if (first < sc->from || first >= sc->to)
        scene_enter(sc, t->tokens.sentence[first]);
    if (!sc->n_toned && !(sc->roles & ROLE_AGAINST))
        return 0;
    struct place p = {first, last < sc->to ? last : sc->to - 1, sc->from, sc->to};
    double side[2] = {0, 0};
    if (sc->n_toned) {
        int is_speaker = (sc->roles & ROLE_SPEECH) && speaks(t, &p);
        double left = is_speaker && speech_ends_here(t, &p) ? SPOKEN_LEFT : LEFT;
        add_tones(sc, &p, left, is_speaker ? SPOKEN : 1, side);
    }
    for (uint32_t k = 1; (sc->roles & ROLE_AGAINST) && k <= 3 && first - p.from >= k; k++)
        if (t->roles[first - k] & ROLE_AGAINST) {
            side[1] += AGAINST;
            break;
        }
    double sum = side[0] * TONES_POSITIVE_SHARE - side[1];
    if (sum == 0)
        return 0;
    if (first > p.from && (t->roles[first - 1] & ROLE_PREPOSITION))
        sum *= AFTER_PLACE;
    if (is_listed(t, &p))
        sum *= LISTED;
    return sum / sqrt(sum * sum + TARGET_ALPHA);
}

/* Of NEAR tokens from `from` on, how many end before a place. Without a branch: how many cannot be foretold. */
static inline uint32_t ends_before(const tm_tokens *tokens, uint32_t from, uint32_t place) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < NEAR; k++)
        n += tokens->start[from + k] + tokens->length[from + k] < place;
    return n;
}

/* The first token from `from` on that ends behind a place; tokens->count where there is none. */
static uint32_t token_behind(const tm_tokens *tokens, uint32_t from, uint32_t place) {
    while (tokens->count - from > NEAR && tokens->start[from + NEAR] <= place)
        from += NEAR;
    if (tokens->count - from >= NEAR)
        return from + ends_before(tokens, from, place + 1);
    while (from < tokens->count && tokens->start[from] + tokens->length[from] <= place)
        from++;
    return from;
}

/* The token that covers the last byte before `end`, or is the first behind it; tokens->count - 1 at most. Most targets
 * are a word or three; for longer ones it searches, so that many long ones cost no more than many. */
static uint32_t last_token(const tm_tokens *tokens, uint32_t first, uint32_t end) {
    uint32_t low = first, high = tokens->count - 1;
    if (high - low >= NEAR) {
        low += ends_before(tokens, first, end);
        if (low - first < NEAR)
            return low;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (tokens->start[middle] + tokens->length[middle] < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The tone toward a span; the next one does not begin before it. */
static double toward_span(struct scene *sc, uint32_t start, uint32_t end) {
    const tm_tokens *tokens = &sc->t->tokens;
    uint32_t first = sc->at = token_behind(tokens, sc->at, start);
    if (first == tokens->count || end <= start)
        return 0;
    return tone_toward(sc, first, last_token(tokens, first, end));
}

void fading_init(struct fading *f) {
    f->by_token[0] = f->by_border[0] = f->by_name[0] = 1;
    for (uint32_t i = 1; i <= FADING_REACH; i++)
        f->by_token[i] = exp(-(double)i / NEARNESS);
    for (uint32_t i = 1; i <= FADING_BORDERS; i++)
        f->by_border[i] = f->by_border[i - 1] * CLAUSE;
    for (uint32_t i = 1; i <= FADING_NAMES; i++)
        f->by_name[i] = f->by_name[i - 1] * NAME;
}

void sentiment_targets(const struct sentiment *s, const struct tones *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_spans *set = h->spans_find(doc, TM_STR("targets"));
    tm_span_columns spans;
    struct scene sc;
    if (!set || h->spans_columns(set, &spans) != TM_OK || !spans.count)
        return;
    scene_init(&sc, s, t, doc);
    for (uint32_t i = 0; i < spans.count; i++) {
        struct strongest strongest = {.most = WHY_OF_TARGET};
        sc.why = s->config.why ? &strongest : NULL;
        double score = sentiment_round(tones_calm(toward_span(&sc, spans.start[i], spans.end[i])), 4);
        const char *name = sentiment_label(score, s->config.neutral);
        tm_value label = {.type = TM_V_TEXT, .text = {name, strlen(name)}};
        tm_value number = {.type = TM_V_NUMBER, .number = score};
        h->spans_set(set, i, TM_STR("label"), &label);
        h->spans_set(set, i, TM_STR("score"), &number);
        if (sc.why) {
            char json[WHY_ROOM];
            tm_value why = {.type = TM_V_TRUSTED, .text = {json, why_json(json, sc.why, t)}};
            h->spans_set(set, i, TM_STR("why"), &why);
        }
    }
}

/* {"label":...,"score":...}, with "why" where there is one; returns its length. */
static uint32_t score_json(char *out, double score, double neutral, const struct strongest *why,
                           const struct tones *t) {
    static const char begin[] = "{\"label\":\"", middle[] = "\",\"score\":", end[] = ",\"why\":";
    const char *label = sentiment_label(score, neutral);
    size_t label_len = strlen(label);
    char *at = out;
    at = (char *)memcpy(at, begin, sizeof begin - 1) + sizeof begin - 1;
    at = (char *)memcpy(at, label, label_len) + label_len;
    at = (char *)memcpy(at, middle, sizeof middle - 1) + sizeof middle - 1;
    at += kit_json_put_number(at, score);
    if (why) {
        at = (char *)memcpy(at, end, sizeof end - 1) + sizeof end - 1;
        at += why_json(at, why, t);
    }
    *at++ = '}';
    return (uint32_t)(at - out);
}

/* An entity's tone as JSON; of most entities nothing is told. */
static void set_tone(const struct sentiment *s, const struct tones *t, tm_spans *set, uint32_t group, double score,
                     const struct strongest *why) {
    char json[64 + WHY_ROOM];
    tm_value value = {.type = TM_V_TRUSTED, .text = TM_STR("{\"label\":\"neutral\",\"score\":0}")};
    if (why || score != 0)
        value.text = (tm_str){json, score_json(json, score, s->config.neutral, why, t)};
    s->host->spans_set_group(set, group, TM_STR("sentiment"), &value);
}

/* An entity's tone is the mean of those at its mentions. */
void sentiment_entities(const struct sentiment *s, const struct tones *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_spans *set = h->spans_find(doc, TM_STR("entities"));
    tm_span_columns spans;
    struct scene sc;
    if (!set || h->spans_columns(set, &spans) != TM_OK || !spans.n_groups)
        return;
    double *sum = h->alloc(doc, (uint64_t)spans.n_groups * sizeof *sum);
    uint32_t *mentions = h->alloc(doc, (uint64_t)spans.n_groups * sizeof *mentions);
    memset(sum, 0, spans.n_groups * sizeof *sum);
    memset(mentions, 0, spans.n_groups * sizeof *mentions);
    struct strongest *why = s->config.why ? h->alloc(doc, spans.n_groups * sizeof *why) : NULL;
    for (uint32_t group = 0; why && group < spans.n_groups; group++)
        why[group] = (struct strongest){.most = WHY_OF_TARGET};
    scene_init(&sc, s, t, doc);
    for (uint32_t i = 0; i < spans.count; i++) {
        uint32_t group = spans.group[i];
        if (group >= spans.n_groups)
            continue;
        sc.why = why ? &why[group] : NULL;
        sum[group] += toward_span(&sc, spans.start[i], spans.end[i]);
        mentions[group]++;
    }
    for (uint32_t group = 0; group < spans.n_groups; group++) {
        if (!mentions[group])
            continue;
        double score = sum[group] == 0 ? 0 : sentiment_round(tones_calm(sum[group] / mentions[group]), 4);
        set_tone(s, t, set, group, score, why ? &why[group] : NULL);
    }
}
