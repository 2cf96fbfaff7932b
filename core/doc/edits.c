/* edits.c: a skip list of edits; each knows the edit around it. Adding in the order of the text is constant time, in
 * any order the logarithm of their number, besides what nesting costs: a step for each edit around, and one for each
 * that an outer edit takes in.
 */
#include "edits.h"

#include <string.h>

void edit_set_init(struct edit_set *set, struct arena *arena) {
    *set = (struct edit_set){.arena = arena, .seed = 2463534242u};
}

void edit_set_clear(struct edit_set *set) {
    for (struct edit *e = set->first[0], *next; e; e = next) {
        next = e->next[0];
        e->next[0] = set->unused[e->level - 1];
        set->unused[e->level - 1] = e;
    }
    memset(set->first, 0, sizeof set->first);
    memset(set->last, 0, sizeof set->last);
    set->count = set->outer = 0;
}

static int is_insertion(uint32_t start, uint32_t end) {
    return start == end;
}

/* Does a stand before b? Where an edit ends plays no part for an insertion: it stands before all that begin there. */
static int stands_before(const struct edit *a, uint32_t start, uint32_t end) {
    if (a->start != start)
        return a->start < start;
    if (is_insertion(start, end))
        return is_insertion(a->start, a->end); /* in the order of declaring */
    return is_insertion(a->start, a->end) || a->end > end;
}

static unsigned random_level(struct edit_set *set) {
    set->seed ^= set->seed << 13;
    set->seed ^= set->seed >> 17;
    set->seed ^= set->seed << 5;
    unsigned level = 1;
    for (uint32_t bits = set->seed; level < EDIT_LEVELS && (bits & 3) == 0; bits >>= 2)
        level++;
    return level;
}

/* Fills before[] with the last edit of each level that stands before (start, end); NULL: none. */
static void find(const struct edit_set *set, uint32_t start, uint32_t end, struct edit **before) {
    struct edit *at = NULL;
    for (unsigned level = EDIT_LEVELS; level-- > 0;) {
        struct edit *next = at ? at->next[level] : set->first[level];
        while (next && stands_before(next, start, end)) {
            at = next;
            next = at->next[level];
        }
        before[level] = at;
    }
}

/* The innermost edit around (start, end), looked for from the edit before it. *crosses where one reaches into it. */
static struct edit *around(struct edit *before, uint32_t start, uint32_t end, int *crosses) {
    struct edit *e = before;
    while (e && e->end <= start)
        e = e->parent;
    *crosses = e && e->end < end;
    return e;
}

/* The next edit that is not inside this one. */
static struct edit *sister(const struct edit_set *set, struct edit *e) {
    struct edit *next = e->next[0];
    if (!next || next->start >= e->end)
        return next;
    struct edit *at = NULL;
    for (unsigned level = EDIT_LEVELS; level-- > 0;) {
        next = at ? at->next[level] : set->first[level];
        while (next && next->start < e->end) {
            at = next;
            next = at->next[level];
        }
    }
    return next;
}

struct edit *edit_set_add(struct edit_set *set, const tm_edit *edit) {
    struct edit *before[EDIT_LEVELS];
    struct edit *last = set->last[0];
    struct edit *parent = NULL, *after = NULL;
    uint32_t start = edit->start, end = edit->end;
    int is_cut = !edit->text.data;
    if (!last || stands_before(last, start, end)) {
        memcpy(before, set->last, sizeof before);
    } else {
        find(set, start, end, before);
        after = before[0] ? before[0]->next[0] : set->first[0];
    }
    int crosses;
    parent = around(before[0], start, end, &crosses);
    if (crosses || (parent && (!is_cut || parent->text.data)))
        return NULL;
    /* What follows and begins inside must end inside, and be a cut in a cut. */
    for (struct edit *e = after; e && e->start < end; e = sister(set, e))
        if (e->end > end || (!is_insertion(start, end) && (!is_cut || e->text.data)))
            return NULL;
    unsigned level = random_level(set);
    struct edit *made = set->unused[level - 1];
    if (made)
        set->unused[level - 1] = made->next[0];
    else
        made = arena_alloc(set->arena, sizeof *made + level * sizeof made->next[0]);
    *made = (struct edit){.start = start,
                          .end = end,
                          .text = edit->text,
                          .kind = edit->kind,
                          .rule = edit->rule,
                          .score = edit->score,
                          .evidence = edit->evidence,
                          .n_evidence = edit->n_evidence,
                          .level = level,
                          .parent = parent};
    for (unsigned i = 0; i < level; i++) {
        struct edit **link = before[i] ? &before[i]->next[i] : &set->first[i];
        made->next[i] = *link;
        *link = made;
        if (!made->next[i])
            set->last[i] = made;
    }
    set->count++;
    set->outer += !parent;
    for (struct edit *e = after; e && e->start < end; e = sister(set, e)) {
        e->parent = made;
        set->outer -= !parent;
    }
    return made;
}
