/* score.c: see score.h. Finds the evidence of a stretch and measures it; what of its facts the evidence lacks is told
 * by facts.c. */
#include "facts.h"

#include <math.h>
#include <string.h>

#define LOOKS_MOST 1024u     /* places that one stretch may look at */
#define PAIR_LOOKS_MOST 512u /* of these, for the sake of pairs */
#define UNCOVERED_MOST 0.5
#define WEIGHT_FUNCTION 0.15
#define SWAP_COST 1.0
#define RUNS_WORTH 0.3
#define SUBJECT_MOST 3u
#define BIAS 0.5
#define ORDER_LEAST 0.05
#define ORDER_FROM 10u /* content words from which having none of the order tells */

/* Cleared memory of the document. */
static void *zalloc(const tm_host *host, tm_doc *doc, uint64_t bytes) {
    void *p = host->alloc(doc, bytes);
    memset(p, 0, bytes);
    return p;
}

struct body *body_index(struct words *w, const uint8_t *in_body, const uint8_t *block_gone, const tm_host *host,
                        tm_doc *doc) {
    struct body *b = host->alloc(doc, sizeof *b);
    uint64_t ids = w->n_ids, units = (uint64_t)w->n_units + 1;
    b->words = w;
    b->in_body = in_body;
    b->block_gone = block_gone;
    b->host = host;
    b->doc = doc;
    b->epoch = 0;
    b->numbers = NULL;
    b->n_numbers = 0;
    b->stamp = zalloc(host, doc, ids * 4);
    b->rarity = zalloc(host, doc, ids * sizeof *b->rarity);
    b->heat = zalloc(host, doc, units * sizeof *b->heat);
    b->local = host->alloc(doc, ids * 2);
    b->touched = host->alloc(doc, units * 4);
    index_build(&b->index, w, in_body, host, doc);
    b->log_scale = 1 / log((b->index.n_units + 1.0) / 0.5);
    return b;
}

static double weight_of(struct body *b, uint32_t word) {
    const struct words *w = b->words;
    double *rarity = &b->rarity[w->id[word]];
    if (w->flags[word] & IS_FUNCTION)
        return WEIGHT_FUNCTION;
    if (!(*rarity > 0))
        *rarity = log((b->index.n_units + 1.0) / (b->index.df[w->id[word]] + 0.5)) * b->log_scale + 0.25;
    return *rarity;
}

/* Gives the stretch's words their local numbers and weights; returns the summed weight. */
static double localize(struct body *b, uint32_t first, uint32_t end) {
    const struct words *w = b->words;
    double total = 0;
    b->epoch++;
    b->n_locals = 0;
    memset(b->content, 0, sizeof b->content);
    memset(b->plain, 0, sizeof b->plain);
    for (uint32_t i = first; i < end; i++) {
        uint32_t id = w->id[i];
        double weight = weight_of(b, i);
        if (b->stamp[id] != b->epoch) {
            b->stamp[id] = b->epoch;
            b->local[id] = (uint16_t)b->n_locals;
            b->weight[b->n_locals] = 0;
            b->first_at[b->n_locals] = i;
            memset(b->follows[b->n_locals], 0, sizeof b->follows[0]);
            b->n_locals++;
        }
        uint16_t l = b->local[id];
        b->place[i - first] = l;
        b->weight[l] += weight;
        uint32_t is_content = !(w->flags[i] & IS_FUNCTION);
        b->content[l / 64] |= (uint64_t)is_content << (l % 64);
        b->plain[l / 64] |= (uint64_t)(is_content && !facts_is_one(w, i)) << (l % 64);
        total += weight;
        if (i > first) {
            uint16_t before = b->place[i - first - 1];
            b->follows[before][l / 64] |= (uint64_t)1 << (l % 64);
        }
    }
    return total;
}

/* Warms the units of one list; returns how many are touched by now. Cold units behind the last one may be written. */
static uint32_t warm(struct body *b, const struct postings *p, uint64_t key, float weight, uint32_t n_touched) {
    float *heats = b->heat;
    uint32_t *touched = b->touched;
    for (uint32_t i = p->first[key], end = p->first[key + 1]; i < end; i++) {
        uint32_t u = p->unit[i];
        touched[n_touched] = u;
        n_touched += !(heats[u] > 0);
        heats[u] += weight;
    }
    return n_touched;
}

/* In a long document: by what stands next to each other. */
static uint32_t warm_pairs(struct body *b, uint32_t first, uint32_t end, uint32_t *looks) {
    const struct words *w = b->words;
    const struct index *x = &b->index;
    uint32_t n_touched = 0, before = TM_NONE;
    for (uint32_t i = first; i < end; i++) {
        if (w->id_function[w->id[i]])
            continue;
        if (before != TM_NONE) {
            uint64_t key = index_pair(x, w->id[before], w->id[i]);
            uint32_t n = x->pairs.first[key + 1] - x->pairs.first[key];
            double weight = b->weight[b->place[before - first]] + b->weight[b->place[i - first]];
            if (*looks + n <= PAIR_LOOKS_MOST) {
                *looks += n;
                n_touched = warm(b, &x->pairs, key, (float)weight, n_touched);
            }
        }
        before = i;
    }
    return n_touched;
}

/* The units that share most weight with the stretch, by the postings of its rarest words. */
static uint32_t find_units(struct body *b, uint32_t first, uint32_t end, uint32_t skip_first, uint32_t skip_end) {
    const struct words *w = b->words;
    uint32_t order[STRETCH_MOST], n = 0, n_touched = 0, looks = 0, found = 0;
    for (uint32_t l = 0; l < b->n_locals; l++) {
        uint32_t i = b->first_at[l], id = w->id[i];
        if (b->index.df[id] == 0)
            continue;
        uint32_t at = n++;
        while (at > 0 && b->index.df[w->id[order[at - 1]]] > b->index.df[id]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    if (b->index.pair_mask)
        n_touched = warm_pairs(b, first, end, &looks);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t id = w->id[order[k]];
        if (looks + b->index.df[id] > LOOKS_MOST)
            break;
        looks += b->index.df[id];
        n_touched = warm(b, &b->index.words, id, (float)b->weight[b->local[id]], n_touched);
    }
    for (uint32_t k = 0; k < n_touched; k++) {
        uint32_t u = b->touched[k], block;
        double heat = b->heat[u];
        b->heat[u] = 0;
        if (found == CANDIDATES && b->candidates[CANDIDATES - 1].weight >= heat)
            continue;
        block = w->unit_block[u];
        if ((block >= skip_first && block < skip_end) || b->block_gone[block])
            continue;
        uint32_t at = found < CANDIDATES ? found++ : CANDIDATES;
        if (at == CANDIDATES)
            at--;
        while (at > 0 && (b->candidates[at - 1].weight < heat ||
                          (b->candidates[at - 1].weight <= heat && b->candidates[at - 1].unit > u))) {
            b->candidates[at].unit = b->candidates[at - 1].unit;
            b->candidates[at].weight = b->candidates[at - 1].weight;
            at--;
        }
        b->candidates[at].unit = u;
        b->candidates[at].weight = heat;
    }
    return found;
}

/* What of the stretch stands in a unit, and where. */
static void read_unit(const struct body *b, struct candidate *c) {
    const struct words *w = b->words;
    uint32_t first = w->unit_word[c->unit];
    uint16_t before = NONE16;
    c->count = w->unit_word[c->unit + 1] - first;
    c->bonus = 0;
    memset(c->mask, 0, sizeof c->mask);
    for (uint32_t j = 0; j < c->count; j++) {
        uint32_t id = w->id[first + j];
        uint16_t l = b->stamp[id] == b->epoch ? b->local[id] : NONE16;
        c->at[j] = l;
        if (l != NONE16) {
            c->mask[l / 64] |= (uint64_t)1 << (l % 64);
            if (before != NONE16 && b->follows[before][l / 64] >> (l % 64) & 1)
                c->bonus += 0.3;
        }
        before = l;
    }
}

/* What is asked of evidence only. */
static void read_evidence(struct body *b, struct candidate *c) {
    struct words *w = b->words;
    uint32_t first = w->unit_word[c->unit], rank = 0;
    if (!w->unit_read[c->unit])
        words_read_unit(w, c->unit);
    for (uint32_t j = 0; j < c->count; j++) {
        c->rank[j] = (uint8_t)rank;
        rank += !(w->flags[first + j] & IS_FUNCTION);
    }
}

/* Whether a unit shares more with the stretch than one name or number: that alone says nothing of what is said of it.
 */
static int shares_more(const struct body *b, const struct candidate *c) {
    int before = 0;
    for (uint32_t m = 0; m < MASKS; m++) {
        uint64_t shared = c->mask[m] & b->content[m];
        if (shared & b->plain[m] || shared & (shared - 1) || (shared && before))
            return 1;
        before |= shared != 0;
    }
    return 0;
}

static double gain_of(const struct body *b, const struct candidate *c, const uint64_t *covered) {
    double gain = 0;
    for (uint32_t m = 0; m * 64 < b->n_locals; m++)
        for (uint64_t bits = c->mask[m] & ~covered[m]; bits; bits &= bits - 1)
            gain += b->weight[m * 64 + (uint32_t)__builtin_ctzll(bits)];
    return gain;
}

/* Nearness of two locals in one unit: 1 for neighbours in this order, less for each content word between or the other
 * order, 0 where one is missing. */
static double nearness(const struct candidate *c, uint16_t a, uint16_t b) {
    int best = 99;
    if (!has_local(c, a) || !has_local(c, b))
        return 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->at[i] != a)
            continue;
        for (uint32_t j = 0; j < c->count; j++) {
            if (c->at[j] != b || i == j)
                continue;
            int d = (int)c->rank[j] - (int)c->rank[i];
            d = d > 0 ? d : 3 - d;
            best = d < best ? d : best;
        }
    }
    return best == 99 ? 0 : 1 / (1 + 0.35 * (best - 1));
}

/* Runs of three words of the stretch that a unit has, as far as pairs of neighbours tell. */
static uint32_t count_runs(const struct body *b, const struct candidate *c) {
    uint32_t n = 0, chain = 0;
    for (uint32_t j = 1; j < c->count; j++) {
        uint16_t x = c->at[j - 1], y = c->at[j];
        int follows = x != NONE16 && y != NONE16 && b->follows[x][y / 64] >> (y % 64) & 1;
        chain = follows ? chain + 1 : 0;
        n += chain > 1;
    }
    return n;
}

/* Chosen once, by leaving out one set after the other, for all kinds of documents. */
static double combine(const struct judgement *g, double context) {
    double numbers = g->numbers > 3 ? 3 : g->numbers, names = g->names > 3 ? 3 : g->names;
    double new_names = g->new_names > 3 ? 3 : g->new_names, swaps = g->swaps > 2 ? 2 : g->swaps;
    double z = 0.4 * g->coverage + 1.4 * g->order + RUNS_WORTH * g->runs - 1.6 * numbers - 1.0 * (names + new_names) -
               1.15 * g->uncovered - BIAS - SWAP_COST * swaps;
    return 1 / (1 + exp(-(2.5 * z + context)));
}

void body_recombine(struct judgement *g, double context) {
    g->score = combine(g, context);
}

int body_judge(struct body *b, uint32_t first, uint32_t end, uint32_t skip_first, uint32_t skip_end, double context,
               struct judgement *g) {
    const struct words *w = b->words;
    uint32_t length = end - first;
    memset(g, 0, sizeof *g);
    if (length < STRETCH_LEAST || length > STRETCH_MOST || b->index.n_units == 0)
        return 0;
    double total = localize(b, first, end);
    uint32_t found = find_units(b, first, end, skip_first, skip_end);
    for (uint32_t k = 0; k < found; k++)
        read_unit(b, &b->candidates[k]);

    /* The best sentence, then what adds most to it. */
    uint64_t covered[MASKS] = {0};
    struct candidate *chosen[EVIDENCE_MOST];
    uint32_t most = length > 30 ? 3 : 2, measured = 0;
    double sum = 0;
    for (uint32_t k = 0; k < EVIDENCE_MOST; k++) {
        struct candidate *best = NULL;
        double best_gain = 0, best_value = 0;
        for (uint32_t i = 0; i < found; i++) {
            struct candidate *c = &b->candidates[i];
            int taken = 0;
            for (uint32_t e = 0; e < g->n_evidence; e++)
                taken |= chosen[e] == c;
            double gain = gain_of(b, c, covered);
            if (taken || gain <= 0 || (k > 0 && !shares_more(b, c)) || gain + c->bonus <= best_value + 1e-9)
                continue;
            best = c;
            best_gain = gain;
            best_value = gain + c->bonus;
        }
        if (!best)
            break;
        read_evidence(b, best);
        chosen[g->n_evidence] = best;
        g->evidence[g->n_evidence++] = best->unit;
        if (k < most) {
            sum += best_gain;
            measured = k + 1;
        }
        for (uint32_t m = 0; m < MASKS; m++)
            covered[m] |= best->mask[m];
    }
    g->coverage = total > 0 ? sum / total : 0;

    uint32_t uncovered = 0, pairs = 0, before = NONE16;
    double near = 0;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t word = first + i, flags = w->flags[word];
        uint16_t l = b->place[i];
        int has = covered[l / 64] >> (l % 64) & 1;
        if (!(flags & IS_FUNCTION)) {
            g->content++;
            uncovered += !has;
            g->new_words += b->index.df[w->id[word]] == 0;
            if (before != NONE16) {
                double best = 0;
                for (uint32_t k = 0; k < measured; k++) {
                    double n = nearness(chosen[k], (uint16_t)before, l);
                    best = n > best ? n : best;
                }
                near += best;
                pairs++;
            }
            before = l;
        }
        if (w->flags[word] & IS_NUMBER && fabs(w->numbers[words_number(w, word)].value - 1) > 1e-9 &&
            !facts_has_number(b, g, words_number(w, word))) {
            g->numbers++;
            if (!facts_body_has_number(b, words_number(w, word)) && g->new_numbers++ == 0)
                g->number_word = word + 1;
        }
        if (flags & IS_NAME && !has && !w->id_lower[w->id[word]]) {
            g->names++;
            int is_added = i >= SUBJECT_MOST && w->flags[word - 1] & IS_FUNCTION;
            if ((is_added || b->index.df[w->id[word]] == 0) && g->new_names++ == 0)
                g->name_word = word + 1;
        }
        if (flags & IS_NEGATION && !facts_negates_too(b, chosen, g->n_evidence, first, i, length) &&
            g->negations++ == 0)
            g->negation_word = word + 1;
    }
    for (uint32_t k = 0; k < measured; k++)
        g->negations += (uint32_t)facts_drops_negation(b, chosen[k], length);
    uint32_t runs = 0;
    for (uint32_t k = 0; k < measured; k++)
        runs += count_runs(b, chosen[k]);
    g->runs = runs + 2 < length ? (double)runs / (length - 2) : 1;
    facts_count_swaps(b, chosen, measured, first, length, g);
    g->uncovered = g->content ? (double)uncovered / g->content : 0;
    g->order = pairs ? near / pairs : g->coverage;
    g->is_whole = g->n_evidence > 0 && g->coverage > 0.999 && g->order > 0.999 && chosen[0]->count == length;
    g->vetoes = (g->new_numbers ? NEW_NUMBER : 0) | (g->new_names ? NEW_NAME : 0) | (g->negations ? NEW_NEGATION : 0) |
                (g->uncovered > UNCOVERED_MOST ? NEW_WORDS : 0) | (g->swaps ? NEW_PLACE : 0) |
                (g->order < ORDER_LEAST && g->content >= ORDER_FROM ? NEW_ORDER : 0);
    g->score = combine(g, context);
    return 1;
}
