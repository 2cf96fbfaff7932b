/* facts.c: see facts.h. Owns what a stretch says that its evidence, or the whole body, does not: numbers, names and
 * negations, and facts that stand in each other's place. Knows no score. */
#include "facts.h"

#include <math.h>
#include <stdlib.h>

#define NEGATION_REACH 3u
#define NEAR_MOST 64u /* numbers near a value that are compared */
#define SLOT_MOST 3u  /* words of a name that stands in the place of another */

static int by_value(const void *a, const void *b) {
    double x = ((const struct number *)a)->value, y = ((const struct number *)b)->value;
    return (x > y) - (x < y);
}

/* A word that is a fact: a number, or a capital that the place does not explain. */
int facts_is_one(const struct words *w, uint32_t word) {
    uint32_t flags = w->flags[word];
    return flags & IS_NUMBER || flags & IS_NAME || (flags & IS_CAPITAL && !w->id_lower[w->id[word]]);
}

int facts_has_number(const struct body *b, const struct judgement *g, int32_t number) {
    const struct words *w = b->words;
    for (uint32_t k = 0; k < g->n_evidence; k++)
        for (uint32_t i = w->unit_word[g->evidence[k]]; i < w->unit_word[g->evidence[k] + 1]; i++)
            if (w->flags[i] & IS_NUMBER &&
                number_repeats(&w->numbers[number], w->rounding[number], &w->numbers[words_number(w, i)]))
                return 1;
    return 0;
}

static void collect_numbers(struct body *b) {
    struct words *w = b->words;
    for (uint32_t u = 0; u < w->n_units; u++)
        if (b->in_body[w->unit_block[u]] && !w->unit_read[u] && words_may_have_number(w, u))
            words_read_unit(w, u);
    b->numbers = b->host->alloc(b->doc, ((uint64_t)w->n_numbers + 1) * sizeof *b->numbers);
    for (uint32_t u = 0; u < w->n_units; u++) {
        uint32_t end = w->unit_read[u] && b->in_body[w->unit_block[u]] ? w->unit_word[u + 1] : 0;
        for (uint32_t i = w->unit_word[u]; i < end; i++)
            if (w->flags[i] & IS_NUMBER)
                b->numbers[b->n_numbers++] = w->numbers[words_number(w, i)];
    }
    qsort(b->numbers, b->n_numbers, sizeof *b->numbers, by_value);
}

/* Whether the body has the number anywhere: equal, or near enough that it may be its rounding. */
int facts_body_has_number(struct body *b, int32_t number) {
    if (!b->numbers)
        collect_numbers(b);
    const struct number *said = &b->words->numbers[number];
    uint8_t rounding = b->words->rounding[number];
    double slack = fabs(said->value) * 0.5;
    uint32_t low = 0, high = b->n_numbers;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (b->numbers[middle].value < said->value - 1e-9 * slack)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t i = low; i < b->n_numbers && i < low + NEAR_MOST && b->numbers[i].value <= said->value + slack; i++)
        if (number_repeats(said, rounding, &b->numbers[i]))
            return 1;
    for (uint32_t i = low; i > 0 && i + NEAR_MOST > low && b->numbers[i - 1].value >= said->value - slack; i--)
        if (number_repeats(said, rounding, &b->numbers[i - 1]))
            return 1;
    return 0;
}

/* Whether the evidence has a negation beside a word that the stretch's negation at i stands beside. */
int facts_negates_too(const struct body *b, struct candidate *const *evidence, uint32_t n, uint32_t first, uint32_t i,
                      uint32_t length) {
    const struct words *w = b->words;
    uint32_t from = i > NEGATION_REACH ? i - NEGATION_REACH : 0;
    uint32_t to = i + NEGATION_REACH + 1 < length ? i + NEGATION_REACH + 1 : length;
    for (uint32_t p = from; p < to; p++) {
        if (w->flags[first + p] & IS_FUNCTION)
            continue;
        for (uint32_t k = 0; k < n; k++) {
            const struct candidate *c = evidence[k];
            uint32_t unit = w->unit_word[c->unit];
            for (uint32_t j = 0; j < c->count; j++) {
                uint32_t low = j > NEGATION_REACH ? j - NEGATION_REACH : 0;
                for (uint32_t q = low; c->at[j] == b->place[p] && q < c->count && q <= j + NEGATION_REACH; q++)
                    if (w->flags[unit + q] & IS_NEGATION)
                        return 1;
            }
        }
    }
    return 0;
}

/* A negation of the evidence between two words that the stretch has next to each other: it was dropped. */
int facts_drops_negation(const struct body *b, const struct candidate *c, uint32_t length) {
    const struct words *w = b->words;
    uint32_t first = w->unit_word[c->unit];
    for (uint32_t j = 1; j + 1 < c->count; j++) {
        if (!(w->flags[first + j] & IS_NEGATION) || c->at[j] != NONE16)
            continue;
        uint32_t from = j > 2 ? j - 2 : 0, to = j + 3 < c->count ? j + 3 : c->count;
        for (uint32_t p = from; p < j; p++)
            for (uint32_t q = j + 1; q < to; q++) {
                if (c->at[p] == NONE16 || c->at[q] == NONE16)
                    continue;
                if (w->flags[first + p] & w->flags[first + q] & IS_FUNCTION)
                    continue;
                for (uint32_t i = 0; i + 1 < length; i++)
                    if (b->place[i] == c->at[p] && b->place[i + 1] == c->at[q])
                        return 1;
            }
    }
    return 0;
}

/* The fact of a slot of a unit: 0 where it has none, or one that does not contradict the item's. */
static int contradicts(const struct words *w, uint32_t said, uint32_t n_said, uint32_t known, uint32_t n_known) {
    int is_number = 0, contradiction = 0;
    for (uint32_t i = said; i < said + n_said; i++)
        is_number |= (w->flags[i] & IS_NUMBER) != 0;
    for (uint32_t k = known; k < known + n_known; k++) {
        for (uint32_t i = said; i < said + n_said; i++)
            if (w->id[i] == w->id[k])
                return 0;
        if (is_number != ((w->flags[k] & IS_NUMBER) != 0) || (!is_number && !(w->flags[k] & IS_NAME)))
            continue;
        contradiction = 1;
        for (uint32_t i = said; is_number && i < said + n_said; i++)
            if (w->flags[i] & IS_NUMBER &&
                number_repeats(&w->numbers[words_number(w, i)], w->rounding[words_number(w, i)],
                               &w->numbers[words_number(w, k)]))
                return 0;
    }
    return contradiction;
}

/* Whether words [i, i + n) of the stretch stand in a unit beside one of their neighbours. */
static int stands_beside(const struct body *b, const struct candidate *c, uint32_t i, uint32_t n, uint32_t length) {
    for (uint32_t j = 0; has_local(c, b->place[i]) && j < c->count; j++) {
        if (c->at[j] != b->place[i])
            continue;
        if ((i > 0 && j > 0 && c->at[j - 1] == b->place[i - 1]) ||
            (i + n < length && j + n < c->count && c->at[j + n] == b->place[i + n]))
            return 1;
    }
    return 0;
}

/* Whether a unit has another fact in the place of words [i, i + n) of the stretch: between the same neighbours, of
 * which three stand there in their order. */
static int has_other(const struct body *b, const struct candidate *c, uint32_t first, uint32_t i, uint32_t n,
                     uint32_t length) {
    const struct words *w = b->words;
    const uint16_t *place = b->place, *at = c->at;
    uint32_t unit = w->unit_word[c->unit], end = i + n;
    if ((i > 0 && !has_local(c, place[i - 1])) || (end < length && !has_local(c, place[end])))
        return 0;
    for (uint32_t j = 0; j < c->count; j++) {
        if (i == 0 ? j > 0 : j == 0 || at[j - 1] != place[i - 1])
            continue;
        for (uint32_t m = 1; m <= SLOT_MOST && j + m <= c->count; m++) {
            if (end == length ? j + m < c->count : j + m == c->count || at[j + m] != place[end])
                continue;
            int far_left = i > 1 && j > 1 && at[j - 2] == place[i - 2];
            int far_right = end + 1 < length && j + m + 1 < c->count && at[j + m + 1] == place[end + 1];
            if ((far_left || far_right) && contradicts(w, first + i, n, unit + j, m))
                return 1;
        }
    }
    return 0;
}

/* Names and numbers of the stretch that stand where the evidence has others. */
void facts_count_swaps(const struct body *b, struct candidate *const *evidence, uint32_t n_evidence, uint32_t first,
                       uint32_t length, struct judgement *g) {
    const struct words *w = b->words;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t facts = 0;
        int swapped = 0;
        for (uint32_t n = 1; n <= SLOT_MOST && i + n <= length && facts_is_one(w, first + i + n - 1) && !swapped; n++) {
            int supported = 0;
            facts = n;
            for (uint32_t k = 0; k < n_evidence; k++)
                supported |= stands_beside(b, evidence[k], i, n, length);
            for (uint32_t k = 0; k < n_evidence && !supported && !swapped; k++)
                swapped = has_other(b, evidence[k], first, i, n, length);
        }
        if (!swapped)
            continue;
        if (g->swaps++ == 0)
            g->swap_word = first + i + 1;
        i += facts - 1;
    }
}
