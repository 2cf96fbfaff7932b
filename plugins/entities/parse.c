/* parse.c: cuts each run of capitals into names and words that are none, so that the sum of the scores (score.c) of the
 * pieces is the greatest. Time is linear in the text: runs and names are bounded.
 */
#include "score.h"

#include <string.h>

#define NAME_KEY_SEED 0x51ed270bu

static uint64_t name_key_step(uint64_t key, uint64_t hash) {
    return (key ^ hash) * 0x9fb21c651e98df25u;
}

static uint64_t name_key_end(uint64_t key) {
    return key ^ key >> 31;
}

uint64_t name_key(const struct work *w, uint32_t first, uint32_t count) {
    uint64_t key = NAME_KEY_SEED;
    for (uint32_t i = first; i < first + count; i++)
        key = name_key_step(key, w->t.hash[i]);
    return name_key_end(key);
}

uint32_t name_tail(const struct work *w, uint32_t first, uint32_t count) {
    uint32_t tail = 1;
    while (tail + 1 < count && (w->t.shape[first + count - tail - 1] & TM_SHAPE_DASH))
        tail += 2;
    return tail;
}

static struct name *name_new(struct work *w) {
    if (w->n_names == w->room_names) {
        uint32_t room = w->room_names ? w->room_names * 2 : 64;
        struct name *more = w->alloc(w->arena, room * sizeof *more);
        if (w->n_names)
            memcpy(more, w->names, w->n_names * sizeof *more);
        w->names = more;
        w->room_names = room;
    }
    return &w->names[w->n_names++];
}

static void add(struct work *w, const struct run *r, uint32_t at, uint32_t count, const struct verdict *v) {
    uint32_t first = r->first + at;
    *name_new(w) = (struct name){first, count, v->type, v->rule, v->row, v->score, name_key(w, first, count), TM_NONE};
}

/* All that the gazetteer knows of the phrases that begin at a token of the run. */
static void look_up(struct run *r, uint32_t at) {
    const struct gazetteer *g = r->w->gazetteer;
    const struct phrase_view *set = &g->table.phrases;
    uint32_t state = 0, upper = TM_SHAPE_ALL_UPPER;
    uint32_t capital = r->shape[at] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DIGIT);
    uint32_t most = r->count - at < NAME_TOKENS ? r->count - at : NAME_TOKENS;
    for (uint32_t n = 0; n < most; n++)
        r->kinds[at][n] = 0;
    r->word[at] = r->level[at] = r->longest[at] = 0;
    if (!capital && !(r->shape[at] & TM_SHAPE_MIXED)) {
        /* No name begins here, but a particle may stand in one. */
        if (r->shape[at] & TM_SHAPE_WORD)
            r->word[at] = gazetteer_small_word(g, r->w->t.hash[r->first + at]);
        return;
    }
    if (!phrase_may_begin(set, r->w->t.hash[r->first + at]))
        return;
    for (uint32_t n = 0; n < most; n++) {
        uint32_t shape = r->shape[at + n];
        if ((shape & TM_SHAPE_WORD) && !(shape & TM_SHAPE_CLITIC) && !(shape & TM_SHAPE_ALL_UPPER) &&
            !((shape & TM_SHAPE_FIRST_UPPER) && r->w->t.length[r->first + at + n] == 1))
            upper = 0;
        const struct phrase_step *step = phrase_step(set, r->w->t.hash[r->first + at + n], state);
        if (!step)
            break;
        if (step->values) {
            struct entry e = gazetteer_entry(g, set->values + step->values, upper != 0, capital != 0);
            r->kinds[at][n] = e.kinds;
            r->entry[at][n] = (struct known){e.row, e.people};
            r->longest[at] = (uint8_t)(n + 1);
            if (n == 0) {
                r->word[at] = e.kinds;
                r->level[at] = e.level;
            }
        }
        state = step->state;
        if (!state)
            break;
    }
}

static int can_begin(uint32_t shape) {
    return (shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT | TM_SHAPE_LOWER)) != 0;
}

static void parse(struct work *w, const struct chunk *c) {
    struct run r;
    struct verdict best[CHUNK_TOKENS + 1];
    float sum[CHUNK_TOKENS + 1];
    uint32_t back[CHUNK_TOKENS + 1], cut[CHUNK_TOKENS + 1], n_cuts = 0;
    r.w = w;
    r.first = c->first;
    r.count = c->count;
    r.mode = c->mode;
    for (uint32_t i = 0; i < r.count; i++)
        r.shape[i] = w->t.shape[r.first + i];
    for (uint32_t i = 0; i < r.count; i++)
        look_up(&r, i);
    score_prepare(&r);
    if (r.count == 1) {
        struct made made;
        memset(&made, 0, sizeof made);
        if (score_piece(&r, 0, 1, &made, &best[0]) && best[0].type != T_NONE)
            add(w, &r, 0, 1, &best[0]);
        return;
    }
    sum[0] = 0;
    for (uint32_t b = 1; b <= r.count; b++)
        sum[b] = -1e9f;
    for (uint32_t a = 0; a < r.count; a++) {
        struct made made;
        struct verdict v;
        memset(&made, 0, sizeof made);
        uint32_t most = can_begin(r.shape[a]) ? NAME_TOKENS : 1;
        for (uint32_t n = 1; n <= most && a + n <= r.count; n++) {
            if (!score_piece(&r, a, n, &made, &v))
                continue;
            float s = sum[a] + v.score - (a > 0 ? score_seam(&best[a], &v) : 0);
            if (s > sum[a + n]) {
                sum[a + n] = s;
                best[a + n] = v;
                back[a + n] = a;
            }
        }
    }
    for (uint32_t b = r.count; b > 0; b = back[b])
        cut[n_cuts++] = b;
    while (n_cuts > 0) {
        uint32_t b = cut[--n_cuts];
        if (best[b].type != T_NONE)
            add(w, &r, back[b], b - back[b], &best[b]);
    }
}

static void add_plain(struct work *w, uint32_t first, uint32_t count, uint32_t type, uint32_t rule, uint32_t row) {
    struct run r = {.w = w, .first = first};
    struct verdict v = {type, rule, row, 4};
    add(w, &r, 0, count, &v);
}

/* Only what is hardly ever a word: a known name of a place or an organisation, or a given name with a family name. */
uint32_t name_in_small_letters(const struct work *w, uint32_t i, uint32_t end, uint32_t *out_type, uint32_t *out_row) {
    const struct gazetteer *g = w->gazetteer;
    uint32_t state = 0, best = 0, doubt = IS(WORD) | IS(GIVEN) | IS(FAMILY) | IS(NOT_NAME);
    for (uint32_t n = 1; n <= NAME_TOKENS && i + n <= end; n++) {
        const struct phrase_step *step = phrase_step(&g->table.phrases, w->t.hash[i + n - 1], state);
        if (!step)
            break;
        if (step->values && !(w->t.shape[i + n - 1] & TM_SHAPE_FIRST_UPPER)) {
            struct entry e = gazetteer_entry(g, g->table.phrases.values + step->values, 0, 1);
            uint32_t type = T_NONE;
            if (n == 1 && ((e.kinds & doubt) || w->t.length[i] < 4))
                type = T_NONE;
            else if ((e.kinds & (IS(COUNTRY) | IS(REGION) | IS(PLACE))) || e.people >= (n > 1 ? 100000 : 300000))
                type = e.kinds & IS(PLACE) ? T_LOC : T_GPE;
            else if (e.kinds & IS(ORG))
                type = T_ORG;
            if (type != T_NONE) {
                best = n;
                *out_type = type;
                *out_row = e.row;
            }
        }
        state = step->state;
        if (!state)
            break;
    }
    if (!best && i + 1 < end && (w->t.shape[i + 1] & TM_SHAPE_LOWER) && w->t.length[i] > 2 && w->t.length[i + 1] > 3) {
        uint32_t first = gazetteer_word(g, w->t.hash[i], TM_SHAPE_FIRST_UPPER).kinds;
        uint32_t last = gazetteer_word(g, w->t.hash[i + 1], TM_SHAPE_FIRST_UPPER).kinds;
        if ((first & (IS(GIVEN) | IS(WORD) | IS(NOT_NAME))) == IS(GIVEN) &&
            (last & (IS(FAMILY) | IS(WORD))) == IS(FAMILY)) {
            best = 2;
            *out_type = T_PERSON;
            *out_row = TM_NONE;
        }
    }
    return best;
}

static void parse_any(struct work *w, struct chunk *c) {
    uint32_t count, type = T_NONE, row = TM_NONE;
    c->name = w->n_names;
    if (c->mode == CASE_USER)
        add_plain(w, c->first, c->count, T_MISC, R_USER, user_gazetteer_find(w->user, &w->t, c->first, &count));
    else if (c->mode == CASE_LOWER) {
        count = name_in_small_letters(w, c->first, c->first + c->count, &type, &row);
        add_plain(w, c->first, count, type, row == TM_NONE ? R_GIVEN_NAME : R_GAZETTEER, row);
    } else
        parse(w, c);
    c->n_names = w->n_names - c->name;
}

void names_parse(struct work *w) {
    for (uint32_t i = 0; i < w->n_chunks; i++)
        parse_any(w, &w->chunks[i]);
}

/* Whether memory says anything of a piece of the run but what the run's own names say of themselves. */
static int is_touched(const struct work *w, const struct chunk *c) {
    uint32_t next = 0;
    for (uint32_t at = c->first; at < c->first + c->count; at++) {
        if (!(w->t.shape[at] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT)))
            continue;
        while (next < c->n_names && w->names[c->name + next].first < at)
            next++;
        const struct name *own =
            next < c->n_names && w->names[c->name + next].first == at ? &w->names[c->name + next] : NULL;
        uint64_t rolling = NAME_KEY_SEED;
        for (uint32_t n = 1; n <= NAME_TOKENS && at + n <= c->first + c->count; n++) {
            rolling = name_key_step(rolling, w->t.hash[at + n - 1]);
            if (!(w->t.shape[at + n - 1] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT | TM_SHAPE_PUNCT)))
                continue;
            uint64_t key = name_key_end(rolling);
            const float *had = memory_of(w->memory, key);
            int is_own = own && own->count == n;
            for (uint32_t t = T_PERSON; had && t < TYPES; t++)
                if (had[t] > 0 && !(is_own && t == own->type))
                    return 1;
            if (!(is_own && own->type == T_PERSON) && memory_is_surname(w->memory, key))
                return 1;
        }
    }
    return 0;
}

void names_parse_again(struct work *w) {
    const struct name *old = w->names;
    uint32_t room = w->n_names + 16;
    struct name *fresh = w->alloc(w->arena, room * sizeof *fresh);
    struct work again = *w;
    again.names = fresh;
    again.n_names = 0;
    again.room_names = room;
    for (uint32_t i = 0; i < w->n_chunks; i++) {
        struct chunk *c = &w->chunks[i];
        if (c->mode < CASE_LOWER && is_touched(w, c)) {
            parse_any(&again, c);
            continue;
        }
        for (uint32_t k = 0; k < c->n_names; k++)
            *name_new(&again) = old[c->name + k];
    }
    *w = again;
}

/* Whether a word of place stands before the token, in one of the languages that write with Latin letters. */
static int is_behind_preposition(const struct work *w, uint32_t i) {
    static const char words[] =
        " in nach aus bei von bis en de desde hacia entre a au aux di da em do na no naar te van i ";
    char word[12] = " ";
    if (i == 0 || w->t.sentence[i - 1] != w->t.sentence[i] || w->t.length[i - 1] > 8)
        return 0;
    uint32_t len = w->t.length[i - 1];
    for (uint32_t k = 0; k < len; k++)
        word[1 + k] = (char)(w->text[w->t.start[i - 1] + k] | 32);
    word[1 + len] = ' ';
    return strstr(words, word) != NULL;
}

/* A long word of a phrase in small letters: the phrase is chance (El viejo). */
static int has_small_word(const struct work *w, uint32_t i, uint32_t n) {
    for (uint32_t k = i; k < i + n; k++)
        if ((w->t.shape[k] & TM_SHAPE_LOWER) && w->t.length[k] > 3)
            return 1;
    return 0;
}

/* Of the gazetteer's single words only those that are hardly ever anything else. */
static uint32_t sure_type(uint32_t kinds, int32_t people, uint32_t count, int is_placed, int is_upper) {
    uint32_t doubt = IS(WORD) | IS(GIVEN) | IS(FAMILY);
    if (count == 1 && ((kinds & doubt) || !is_placed) && !(kinds & IS(COUNTRY)))
        return (kinds & IS(ORG)) && is_upper ? T_ORG : T_NONE;
    if (kinds & (IS(COUNTRY) | IS(REGION)))
        return T_GPE;
    if ((kinds & IS(CITY)) && (people >= 100000 || (count > 1 && people >= 50000)))
        return T_GPE;
    return kinds & IS(ORG) ? T_ORG : kinds & IS(PLACE) ? T_LOC : kinds & IS(EVENT) ? T_EVENT : T_NONE;
}

void names_from_gazetteers(struct work *w) {
    w->n_names = 0;
    for (uint32_t i = 0; i < w->t.count;) {
        uint32_t count, row, best = 0, type = T_NONE, best_row = TM_NONE, n_run = 0;
        struct run r = {.w = w, .first = i};
        if (w->user && (row = user_gazetteer_find(w->user, &w->t, i, &count)) != TM_NONE) {
            add_plain(w, i, count, T_MISC, R_USER, row);
            i += count;
            continue;
        }
        if (!(w->t.shape[i] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DIGIT))) {
            i++;
            continue;
        }
        while (n_run < NAME_TOKENS && i + n_run < w->t.count && w->t.sentence[i + n_run] == w->t.sentence[i]) {
            r.shape[n_run] = w->t.shape[i + n_run];
            n_run++;
        }
        r.count = n_run;
        look_up(&r, 0);
        int is_placed = is_behind_preposition(w, i), is_upper = (r.shape[0] & TM_SHAPE_ALL_UPPER) != 0;
        for (uint32_t n = n_run; n > 0 && !best; n--)
            if (r.kinds[0][n - 1] && !has_small_word(w, i, n) &&
                (type = sure_type(r.kinds[0][n - 1], r.entry[0][n - 1].people, n, is_placed, is_upper)) != T_NONE) {
                best = n;
                best_row = r.entry[0][n - 1].row;
            }
        if (best)
            add_plain(w, i, best, type, R_GAZETTEER, best_row);
        i += best ? best : 1;
    }
}
