/* edits.h: the edits that a stage declares in its turn: kept sorted, checked against each other as they come. Knows
 * spans and their order, not texts or documents. One thread at a time.
 */
#ifndef TM_DOC_EDITS_H
#define TM_DOC_EDITS_H

#include "arena.h"

#include "../include/textmill/host.h"

#define EDIT_LEVELS 18

struct edit {
    uint32_t start, end;
    tm_str text; /* data NULL: a cut */
    tm_str kind, rule;
    double score;
    const tm_span *evidence;
    uint32_t n_evidence;
    uint32_t level;      /* links in next */
    uint32_t order;      /* of declaring */
    struct edit *parent; /* the innermost edit around it */
    /* While they are applied: */
    struct map_edit *mapped; /* for an edit with no parent */
    tm_span original;        /* as the record will tell it */
    uint32_t own_start;      /* of the original, were it alone */
    struct edit *last_inner;
    struct edit *next[];
};

struct edit_set {
    struct arena *arena;
    struct edit *first[EDIT_LEVELS];
    struct edit *last[EDIT_LEVELS];
    struct edit *unused[EDIT_LEVELS]; /* from earlier turns, by level */
    uint32_t count;
    uint32_t outer; /* with no parent */
    uint32_t seed;
};

void edit_set_init(struct edit_set *set, struct arena *arena);
/* Takes all out; their memory serves the next turn. */
void edit_set_clear(struct edit_set *set);
/* Adds one: NULL where it crosses another, or stands inside one and either is no cut. Strings are borrowed. */
struct edit *edit_set_add(struct edit_set *set, const tm_edit *edit);
/* In the order of the text; an edit stands before those inside it, an insertion before what begins at its place. */
static inline struct edit *edit_set_first(const struct edit_set *set) {
    return set->first[0];
}

#endif
