/* memory.h: what a document says of its own names. After the first pass each name's scores are added up by its text; in
 * the second pass a name that was sure in one place is recognised in another, and a surname after the full name. One
 * hash table in the document's arena, as large as there are different names.
 */
#ifndef ENTITIES_MEMORY_H
#define ENTITIES_MEMORY_H

#include "names.h"

#define REMEMBERED_SURNAME (1u << 31) /* in types; surname is more than 1 */
#define REMEMBERED_FIRM (1u << 29)    /* in types; a company's full name begins so */
#define REMEMBERED_PLACE (1u << 30)   /* in types; a council, a hospital or their like is named after it */

struct remembered {
    uint64_t key;            /* of the name's tokens; 0: a free place */
    uint32_t types;          /* a bit for every type with a score above 0 */
    uint16_t surname;        /* as the last word of a person's full name; hundredths of a point */
    uint16_t by_type[TYPES]; /* no more than MOST_SCORE */
};
#define MOST_SCORE 0xffff

#define MEMORY_FIRSTS 8u /* words of 64 bits */

struct memory {
    struct remembered *places;
    uint64_t mask, count;
    uint64_t firsts[MEMORY_FIRSTS]; /* a filter of the tokens that remembered names begin with */
};

static inline uint64_t memory_first_bit(uint64_t hash) {
    return hash * 0x9e3779b97f4a7c15u >> 55;
}
_Static_assert(MEMORY_FIRSTS * 64 == 1 << 9, "9 bits tell a bit of the filter");

/* Whether anything that begins with the token may be remembered. */
static inline int memory_may_begin(const struct memory *m, uint64_t hash) {
    uint64_t bit = memory_first_bit(hash);
    return (int)(m->firsts[bit / 64] >> bit % 64 & 1);
}

/* NULL where nothing is known of the name. */
static inline const struct remembered *memory_of(const struct memory *m, uint64_t key) {
    key = key ? key : 1;
    for (uint64_t at = key & m->mask;; at = (at + 1) & m->mask) {
        if (m->places[at].key == key)
            return &m->places[at];
        if (!m->places[at].key)
            return NULL;
    }
}

struct memory *memory_new(const struct work *w);
/* The entry of a name that begins with token `first`, made where there is none. */
struct remembered *memory_get(const struct work *w, struct memory *m, uint32_t first, uint64_t key);
/* Learns from the names of the first pass, for the second. */
void memory_learn(struct work *w);

#endif
