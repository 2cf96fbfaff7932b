/* memory.c: fills the memory of a document's names. */
#include "memory.h"
#include "score.h"

#include <string.h>

static struct remembered *place(struct remembered *places, uint64_t mask, uint64_t key) {
    uint64_t at = key & mask;
    while (places[at].key && places[at].key != key)
        at = (at + 1) & mask;
    return &places[at];
}

static struct remembered *places_new(const struct work *w, uint64_t room) {
    struct remembered *places = w->alloc(w->arena, room * sizeof *places);
    for (uint64_t i = 0; i < room; i++)
        places[i].key = 0;
    return places;
}

struct remembered *memory_get(const struct work *w, struct memory *m, uint32_t first, uint64_t key) {
    uint64_t bit = memory_first_bit(w->t.hash[first]);
    m->firsts[bit / 64] |= (uint64_t)1 << bit % 64;
    key = key ? key : 1;
    if (m->count * 3 > m->mask * 2) {
        uint64_t mask = m->mask * 2 + 1;
        struct remembered *wider = places_new(w, mask + 1);
        for (uint64_t i = 0; i <= m->mask; i++)
            if (m->places[i].key)
                *place(wider, mask, m->places[i].key) = m->places[i];
        m->places = wider;
        m->mask = mask;
    }
    struct remembered *r = place(m->places, m->mask, key);
    if (!r->key) {
        memset(r, 0, sizeof *r);
        r->key = key;
        m->count++;
    }
    return r;
}

struct memory *memory_new(const struct work *w) {
    struct memory *m = w->alloc(w->arena, sizeof *m);
    *m = (struct memory){places_new(w, 64), 63, 0, {0}};
    return m;
}

static void gain(uint16_t *sum, int32_t score) {
    int32_t more = *sum + score;
    *sum = (uint16_t)(more < MOST_SCORE ? more : MOST_SCORE);
}

static void add_surname(const struct work *w, struct memory *m, uint32_t first, uint32_t count, int32_t score) {
    struct remembered *r = memory_get(w, m, first, name_key(w, first, count));
    gain(&r->surname, score);
    if (r->surname > P(1))
        r->types |= REMEMBERED_SURNAME;
}

/* Westerholt City Council, Oxmere Fire Service: what stands before the heads is a place, if it is no word or person.
 * Energean Plc, Connells Group: it is the company's short name. */
static void add_beginning(const struct work *w, struct memory *m, const struct name *n) {
    const struct gazetteer *g = w->gazetteer;
    uint32_t last = n->first + n->count - 1, count = 0;
    uint32_t allowed = IS(FAMILY);
    int is_local = (gazetteer_small_word(g, w->t.hash[last]) & IS_LOCAL) != 0;
    allowed |= is_local ? IS_NAME_OF_PLACE : n->rule == R_COMPANY_FORM ? IS(WORD) : 0;
    while (count + 1 < n->count && count < 2) {
        uint32_t i = n->first + count, kinds = gazetteer_word(g, w->t.hash[i], w->t.shape[i]).kinds;
        if (!(w->t.shape[i] & TM_SHAPE_FIRST_UPPER) || (w->t.shape[i] & TM_SHAPE_ALL_UPPER) || (kinds & ~allowed))
            break;
        count++;
    }
    if (count == 0 || (!is_local && count + 1 < n->count &&
                       !(gazetteer_small_word(g, w->t.hash[n->first + count]) & (IS(ORG_HEAD) | IS(ORG_END)))))
        return;
    /* Tarn Ridge Hospital: of the place's own name; but not the city of Westerholt City Council. */
    if (is_local && count + 1 < n->count &&
        (gazetteer_small_word(g, w->t.hash[n->first + count]) & (IS(PLACE_HEAD) | IS(LOC_PREP))) == IS(PLACE_HEAD))
        count++;
    memory_get(w, m, n->first, name_key(w, n->first, count))->types |= is_local ? REMEMBERED_PLACE : REMEMBERED_FIRM;
}

void memory_learn(struct work *w) {
    struct memory *m = memory_new(w);
    for (uint32_t i = 0; i < w->n_names; i++) {
        const struct name *n = &w->names[i];
        int32_t score = n->score > P(4) ? P(4) : n->score;
        if (score <= 0)
            continue;
        struct remembered *r = memory_get(w, m, n->first, n->key);
        gain(&r->by_type[n->type], score);
        r->types |= 1u << n->type;
        if (n->type == T_PERSON && n->count > 1 && score > P(1)) {
            uint32_t tail = name_tail(w, n->first, n->count);
            if (tail < n->count)
                add_surname(w, m, n->first + n->count - tail, tail, score);
            if (n->count == 2)
                add_surname(w, m, n->first, 1, score / 2);
        }
        if (n->type == T_ORG && (n->rule == R_HEAD_WORD || n->rule == R_COMPANY_FORM))
            add_beginning(w, m, n);
    }
    w->memory = m;
}
