/* cut.c: cuts a run of capitals into names and words that are none, so that the sum of the scores of the pieces, less
 * what it costs that they stand side by side, is the greatest. What a piece is worth as a name of each type stands in
 * readings.h. Time is linear in the text: runs and names are bounded.
 */
#include "memory.h"
#include "readings.h"
#include "score.h"

#include <string.h>

/* Without a branch: which type is the best cannot be foretold. */
static inline void better(struct verdict *v, int32_t score, uint32_t type, uint32_t rule, uint32_t row) {
    int is_better = score > v->score;
    v->type = is_better ? (uint8_t)type : v->type;
    v->rule = is_better ? (uint8_t)rule : v->rule;
    v->row = is_better ? row : v->row;
    v->score = is_better ? score : v->score;
}

/* The best reading of n tokens from `at` on: a name, or (T_NONE) none. key: of the tokens, where there is a memory.
 * 0: there is no reading. */
static int score_piece(const struct run *r, uint32_t at, uint32_t n, uint64_t key, struct verdict *out) {
    struct verdict v = {T_NONE, R_NONE, TM_NONE, IMPOSSIBLE};
    uint32_t whole = r->kinds[at][n - 1];
    uint32_t end = at + n;
    if (n == 1) {
        v.score = r->none[at];
        if ((r->shape[at] & TM_SHAPE_FIRST_UPPER) && !(whole & ~(NAME_KINDS & ~IS(DEMONYM))))
            v.row = LOOSE;
    } else if (whole & (IS(TITLE) | IS(NOT_NAME) | IS(HONORIFIC)))
        v.score = P(0.5) * (int32_t)n;
    if (whole & (IS(TITLE) | IS(HONORIFIC)) && end < r->count && v.score < P(1))
        v.score = P(1) * (int32_t)n;
    if (!(r->begins >> at & 1) || (!(r->ends >> (end - 1) & 1) && !whole))
        goto out;
    if ((r->word[at] & IS(NOT_NAME)) && !(whole & NAME_KINDS) && (n == 1 || r->weak[at]))
        goto out;
    if ((r->word[at] & IS(CALENDAR)) && !(whole & NAME_KINDS))
        goto out;
    uint64_t counts[2] = {r->made[end][0] - r->made[at][0], r->made[end][1] - r->made[at][1]};
    struct made made, *m = &made;
    memcpy(m, counts, sizeof made);
    if (m->capitals == 0 && !(whole & (IS(EVENT) | IS(ORG) | IS(MISC))))
        goto out;
    int32_t s[TYPES] = {[T_LOC] = NEVER};
    uint32_t why[TYPES] = {0};
    s[T_PERSON] = read_person(r, at, n, m, &why[T_PERSON]);
    s[T_GPE] = s[T_ORG] = s[T_EVENT] = s[T_MISC] = NEVER;
    uint32_t last = r->word[end - 1];
    /* What nothing speaks for is not read: it could not be better than this. */
    int32_t least = r->w->memory ? IMPOSSIBLE : v.score > s[T_PERSON] ? v.score : s[T_PERSON];
    if (least < MOST_OF_A_PLACE || may_be_place(r, at, n))
        s[T_GPE] = read_place(r, at, n, m, &why[T_GPE]);
    if (least < MOST_OF_AN_ORGANISATION(m->capitals) || may_be_organisation(r, at, n))
        s[T_ORG] = read_organisation(r, at, n, m, &why[T_ORG]);
    if ((whole & IS(EVENT)) ||
        (n > 1 && ((last & IS(EVENT_HEAD)) || (r->word[at] & IS(EVENT_FIRST)) || (r->word[at + 1] & IS(EVENT_FIRST)))))
        s[T_EVENT] = read_event(r, at, n, m, &why[T_EVENT]);
    if ((whole & (IS(DEMONYM) | IS(MISC))) || (n > 1 && (last & IS(MISC_HEAD))))
        s[T_MISC] = read_miscellany(r, at, n, m, &why[T_MISC]);
    if (r->w->memory) {
        const struct remembered *had = memory_of(r->w->memory, key);
        for (uint32_t t = T_PERSON; had && t < TYPES; t++) {
            int32_t times = had->by_type[t] + (t == T_GPE ? had->by_type[T_LOC] : 0);
            if (times > 0 && s[t] > NEVER) {
                if (s[t] < 0)
                    why[t] = R_MEMORY;
                s[t] += times > P(8) ? P(2) : times / 4;
            }
        }
        if (had && (had->types & REMEMBERED_FIRM)) {
            why[T_ORG] = s[T_ORG] < 0 ? R_MEMORY : why[T_ORG];
            s[T_ORG] += P(2.7);
        }
        if (had && (had->types & REMEMBERED_PLACE)) {
            why[T_GPE] = s[T_GPE] < 0 ? R_MEMORY : why[T_GPE];
            s[T_GPE] += P(2.2);
        }
    }
    uint32_t place = T_GPE, row = whole ? r->entry[at][n - 1].row : TM_NONE;
    if (whole & IS_NAME_OF_PLACE ? (whole & (IS(PLACE) | IS(COUNTRY))) == IS(PLACE)
                                 : why[T_GPE] == R_HEAD_WORD || why[T_GPE] == R_FIRST_WORD)
        place = T_LOC;
    better(&v, s[T_PERSON], T_PERSON, why[T_PERSON], row);
    better(&v, s[T_ORG], T_ORG, why[T_ORG], row);
    better(&v, s[T_GPE], place, why[T_GPE], row);
    better(&v, s[T_EVENT], T_EVENT, why[T_EVENT], row);
    better(&v, s[T_MISC], T_MISC, why[T_MISC], row);
out:
    *out = v;
    return v.score > IMPOSSIBLE;
}

/* What it costs that one piece stands right behind the other. */
static int32_t seam_of(const struct verdict *before, const struct verdict *behind) {
    uint32_t a = before->type, b = behind->type;
    if (a == T_NONE && b == T_NONE)
        return 0;
    /* A capital that nothing explains beside a name is rather a part of it. */
    if (a == T_NONE)
        return before->row != LOOSE ? 0 : b == T_PERSON ? P(1.5) : P(0.7);
    if (b == T_NONE)
        return behind->row != LOOSE ? 0 : a == T_PERSON ? P(1.5) : P(0.7);
    if (a == T_PERSON && b == T_PERSON)
        return P(7.0);
    if (a == T_GPE && b == T_ORG)
        return P(3.0);
    if (a == T_MISC || a == T_GPE)
        return b == T_GPE || b == T_LOC ? P(2.5) : P(1.0);
    return a == T_ORG && b == T_ORG ? P(4.5) : P(3.0);
}

static uint64_t step_of(const struct run *r, uint64_t key, uint32_t i) {
    return r->w->memory ? name_key_step(key, r->w->t.hash[r->first + i]) : 0;
}

uint32_t cut_run(const struct run *r, struct piece *out) {
    struct verdict best[CHUNK_TOKENS + 1], v;
    int32_t sum[CHUNK_TOKENS + 1];
    uint32_t back[CHUNK_TOKENS + 1], n_out = 0, n_pieces = 0;
    if (r->count == 1) {
        uint64_t key = name_key_end(step_of(r, NAME_KEY_SEED, 0));
        if (!score_piece(r, 0, 1, key, &v) || v.type == T_NONE)
            return 0;
        out[0] = (struct piece){0, 1, v};
        return 1;
    }
    sum[0] = 0;
    for (uint32_t b = 1; b <= r->count; b++)
        sum[b] = -(1 << 30);
    for (uint32_t a = 0; a < r->count; a++) {
        uint64_t key = NAME_KEY_SEED;
        uint32_t most = r->begins >> a & 1 ? NAME_TOKENS : 1;
        most = a + most > r->count ? r->count - a : most;
        for (uint32_t n = 1; n <= most; n++) {
            key = step_of(r, key, a + n - 1);
            if (n > 1 && !(r->ends >> (a + n - 1) & 1) && !r->kinds[a][n - 1])
                continue;
            if (!score_piece(r, a, n, name_key_end(key), &v))
                continue;
            int32_t s = sum[a] + v.score - (a > 0 ? seam_of(&best[a], &v) : 0);
            if (s > sum[a + n]) {
                sum[a + n] = s;
                best[a + n] = v;
                back[a + n] = a;
            }
        }
    }
    for (uint32_t b = r->count; b > 0; b = back[b])
        n_pieces += best[b].type != T_NONE;
    for (uint32_t b = r->count; b > 0; b = back[b])
        if (best[b].type != T_NONE)
            out[n_pieces - ++n_out] = (struct piece){(uint8_t)back[b], (uint8_t)(b - back[b]), best[b]};
    return n_pieces;
}
