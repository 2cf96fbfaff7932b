/* parse.c: cuts each run of capitals into names and words that are none, so that the sum of the scores (score.c) of the
 * pieces is the greatest. Time is linear in the text: runs and names are bounded.
 */
#include "memory.h"
#include "score.h"
#include "seen.h"

#include <growing.h>

#include <string.h>

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
        uint32_t room = w->room_names ? w->room_names * 2 : w->n_chunks + w->n_chunks / 4 + 8;
        w->names = kit_resize(w->host, w->doc, w->names, w->room_names * sizeof *w->names, room * sizeof *w->names);
        w->room_names = room;
    }
    return &w->names[w->n_names++];
}

static void add(struct work *w, const struct run *r, uint32_t at, uint32_t count, const struct verdict *v) {
    uint32_t first = r->first + at;
    *name_new(w) = (struct name){.first = first,
                                 .count = (uint8_t)count,
                                 .type = (uint8_t)v->type,
                                 .rule = (uint8_t)v->rule,
                                 .row = v->row,
                                 .score = v->score,
                                 .key = name_key(w, first, count),
                                 .group = TM_NONE};
}

void look_up(struct run *r, uint32_t at) {
    const struct gazetteer *g = r->w->gazetteer;
    const struct phrase_view *set = &g->table.phrases;
    uint32_t state = 0, upper = TM_SHAPE_ALL_UPPER;
    uint32_t capital = r->shape[at] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DIGIT);
    uint32_t most = r->count - at < NAME_TOKENS ? r->count - at : NAME_TOKENS;
    memset(r->kinds[at], 0, sizeof r->kinds[at]);
    r->word[at] = r->level[at] = r->longest[at] = 0;
    if (!capital && !(r->shape[at] & TM_SHAPE_MIXED)) {
        /* No name begins here, but a particle may stand in one. */
        if (r->shape[at] & TM_SHAPE_WORD)
            r->word[at] = gazetteer_small_word(g, r->w->t.hash[r->first + at]);
        return;
    }
    for (uint32_t n = 0; n < most; n++) {
        uint32_t shape = r->shape[at + n];
        if ((shape & TM_SHAPE_WORD) && !(shape & TM_SHAPE_CLITIC) && !(shape & TM_SHAPE_ALL_UPPER) &&
            !((shape & TM_SHAPE_FIRST_UPPER) && r->w->t.length[r->first + at + n] == 1))
            upper = 0;
        const struct phrase_step *step = phrase_step(set, r->w->t.hash[r->first + at + n], state);
        if (!step)
            break;
        if (step->values) {
            struct entry e = gazetteer_entry(g, step, upper != 0, capital != 0);
            r->kinds[at][n] = e.kinds;
            r->entry[at][n] = (struct known){e.row, e.size};
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

/* Looks around a run, and asks for the memory where it may have been seen. */
static void look_ahead(const struct work *w, const struct chunk *c, struct beside *b) {
    score_look_around(w, c, b);
    if (w->seen) {
        b->key = seen_key(w, c, b);
        __builtin_prefetch(seen_place(w->seen->same, b->key));
    }
}

static void parse(struct work *w, const struct chunk *c, const struct beside *beside) {
    struct run r;
    struct piece pieces[CHUNK_TOKENS];
    struct seen_run *same = NULL, *like = NULL;
    uint64_t key = beside->key;
    r.w = w;
    r.beside = *beside;
    r.first = c->first;
    r.count = c->count;
    r.mode = c->mode;
    if (w->seen) {
        same = seen_place(w->seen->same, key);
        if (same->key == key) {
            for (uint32_t i = 0; i < same->n_pieces; i++)
                add(w, &r, same->pieces[i].at, same->pieces[i].count, &same->pieces[i].verdict);
            return;
        }
    }
    for (uint32_t i = 0; i < r.count; i++)
        r.shape[i] = w->t.shape[r.first + i];
    for (uint32_t i = 0; i < r.count; i++)
        look_up(&r, i);
    uint64_t likeness = same && !w->memory ? seen_likeness(&r) : 0;
    uint32_t n;
    if (likeness)
        like = seen_place(w->seen->like, likeness);
    if (like && like->key == likeness) {
        n = seen_get(like, &r, pieces);
    } else {
        score_prepare(&r);
        n = cut_run(&r, pieces);
        if (like)
            seen_put(like, likeness, pieces, n);
    }
    if (same)
        seen_put(same, key, pieces, n);
    for (uint32_t i = 0; i < n; i++)
        add(w, &r, pieces[i].at, pieces[i].count, &pieces[i].verdict);
}

void add_name(struct work *w, uint32_t first, uint32_t count, uint32_t type, uint32_t rule, uint32_t row) {
    struct run r = {.w = w, .first = first};
    struct verdict v = {(uint8_t)type, (uint8_t)rule, row, P(4)};
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
            struct entry e = gazetteer_entry(g, step, 0, 1);
            uint32_t type = T_NONE;
            if (n == 1 && ((e.kinds & doubt) || w->t.length[i] < 4))
                type = T_NONE;
            else if ((e.kinds & (IS(COUNTRY) | IS(REGION) | IS(PLACE))) || e.size >= (n > 1 ? OF_100K : OF_300K))
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

static void parse_any(struct work *w, struct chunk *c, const struct beside *beside) {
    uint32_t count, type = T_NONE, row = TM_NONE, before = w->n_names;
    if (c->mode == CASE_USER)
        add_name(w, c->first, c->count, T_MISC, R_USER, user_gazetteer_find(w->user, &w->t, c->first, &count));
    else if (c->mode == CASE_LOWER) {
        count = name_in_small_letters(w, c->first, c->first + c->count, &type, &row);
        add_name(w, c->first, count, type, row == TM_NONE ? R_GIVEN_NAME : R_GAZETTEER, row);
    } else
        parse(w, c, beside);
    c->n_names = (uint8_t)(w->n_names - before);
}

/* Of a run that was not seen: asks for the memory of its words in the gazetteer. */
static void ask_for_words(const struct work *w, const struct chunk *c, const struct beside *b) {
    if (w->seen && seen_place(w->seen->same, b->key)->key == b->key)
        return;
    for (uint32_t i = c->first; i < c->first + c->count; i++)
        gazetteer_prefetch(w->gazetteer, w->t.hash[i]);
}

#define AHEAD 8u /* runs that are looked at before they are read; at half of that their words are asked for */

void names_parse(struct work *w) {
    struct beside beside[AHEAD];
    uint32_t n = w->n_chunks;
    for (uint32_t i = 0; i < n + AHEAD; i++) {
        if (i >= AHEAD)
            parse_any(w, &w->chunks[i - AHEAD], &beside[i % AHEAD]);
        if (i < n)
            look_ahead(w, &w->chunks[i], &beside[i % AHEAD]);
        if (i >= AHEAD / 2 && i - AHEAD / 2 < n)
            ask_for_words(w, &w->chunks[i - AHEAD / 2], &beside[(i - AHEAD / 2) % AHEAD]);
    }
}

/* Whether memory says anything of a piece of the run but what the run's own names say of themselves. A piece of a
 * person's name is in memory by that name: it says nothing new of the name as long as it is a person's. */
static int is_touched(const struct work *w, const struct chunk *c, const struct name *own) {
    const struct name *end = own + c->n_names;
    uint32_t stop = c->first + c->count;
    for (uint32_t at = c->first; at < stop; at++) {
        if (!(w->t.shape[at] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT)) ||
            !memory_may_begin(w->memory, w->t.hash[at]))
            continue;
        while (own < end && own->first + own->count <= at)
            own++;
        int is_inside = own < end && own->first <= at;
        uint32_t most = stop - at < NAME_TOKENS ? stop - at : NAME_TOKENS;
        uint64_t rolling = NAME_KEY_SEED;
        for (uint32_t n = 1; n <= most; n++) {
            rolling = name_key_step(rolling, w->t.hash[at + n - 1]);
            if (!(w->t.shape[at + n - 1] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT | TM_SHAPE_PUNCT)))
                continue;
            const struct remembered *had = memory_of(w->memory, name_key_end(rolling));
            uint32_t types = had ? had->types : 0;
            if (types && is_inside && at + n <= own->first + own->count) {
                if (own->type == T_PERSON)
                    types &= ~(1u << T_PERSON | REMEMBERED_SURNAME);
                else if (own->first == at && own->count == n)
                    types &= ~(1u << own->type);
                if (own->type == T_ORG) /* its own beginning */
                    types &= ~(REMEMBERED_FIRM | REMEMBERED_PLACE);
            }
            if (types)
                return 1;
        }
    }
    return 0;
}

void names_parse_again(struct work *w) {
    struct name *first = w->names;
    const struct name *old = first;
    uint32_t old_room = w->room_names;
    w->room_names = w->n_names + 16;
    w->names = w->alloc(w->arena, w->room_names * sizeof *w->names);
    old = w->n_names ? old : w->names;
    w->n_names = 0;
    for (uint32_t i = 0; i < w->n_chunks; i++) {
        struct chunk *c = &w->chunks[i];
        uint32_t n = c->n_names;
        if (c->mode < CASE_LOWER && is_touched(w, c, old)) {
            struct beside beside;
            look_ahead(w, c, &beside);
            parse(w, c, &beside);
        } else
            for (uint32_t k = 0; k < n; k++)
                *name_new(w) = old[k];
        old += n;
    }
    kit_resize(w->host, w->doc, first, old_room * sizeof *first, 0);
}
