/* memory.c: what a document says of its own names. After the first pass each name's scores are added up by its text;
 * in the second pass a name that was sure in one place is recognised in another, and a surname after the full name.
 * Owns one hash table in the document's arena.
 */
#include "names.h"

#include <string.h>

struct place {
    uint64_t key; /* 0: free */
    float by_type[TYPES];
};

struct memory {
    struct place *places;
    uint64_t mask;
};

static struct place *find(const struct memory *m, uint64_t key) {
    uint64_t at = key & m->mask;
    while (m->places[at].key && m->places[at].key != key)
        at = (at + 1) & m->mask;
    return &m->places[at];
}

#define SURNAME 0x5bd1e9955bd1e995u

static void put(struct memory *m, uint64_t key, uint32_t type, float score) {
    key = key ? key : 1;
    struct place *p = find(m, key);
    p->key = key;
    p->by_type[type] += score;
}

void memory_learn(struct work *w) {
    uint64_t room = 64;
    struct memory *m = w->alloc(w->arena, sizeof *m);
    while (room < (uint64_t)w->n_names * 4)
        room *= 2;
    m->places = w->alloc(w->arena, room * sizeof *m->places);
    m->mask = room - 1;
    memset(m->places, 0, room * sizeof *m->places);
    for (uint32_t i = 0; i < w->n_names; i++) {
        const struct name *n = &w->names[i];
        float score = n->score > 4 ? 4 : n->score;
        if (score <= 0)
            continue;
        put(m, n->key, n->type, score);
        if (n->type == T_PERSON && n->count > 1 && score > 1) {
            uint32_t tail = name_tail(w, n->first, n->count);
            if (tail < n->count)
                put(m, name_key(w, n->first + n->count - tail, tail) ^ SURNAME, T_PERSON, score);
            if (n->count == 2)
                put(m, name_key(w, n->first, 1) ^ SURNAME, T_PERSON, score / 2);
        }
    }
    w->memory = m;
}

const float *memory_of(const struct memory *m, uint64_t key) {
    const struct place *p = find(m, key ? key : 1);
    return p->key ? p->by_type : NULL;
}

int memory_is_surname(const struct memory *m, uint64_t name) {
    uint64_t key = name ^ SURNAME;
    return m && find(m, key ? key : 1)->by_type[T_PERSON] > 1;
}
