/* look.c: tests of a block that its masks cannot tell: they go through its matches. Knows the further lists, too, whose
 * one bit tells only that there is one.
 */
#include "select.h"

#include <string.h>

uint32_t lists_of_match(const struct page *p, const struct match *m, const uint32_t **out_lists) {
    const uint32_t *values = NULL;
    if (!(m->lists & LIST_FURTHER) || p->n_sets < 2)
        return 0;
    values = phrase_exact(&p->sets[1].view, p->tokens.hash + m->tok, m->len);
    if (values == NULL)
        return 0;
    *out_lists = values + 1;
    return values[0];
}

/* Whether a match is in one of the test's lists. */
static int is_in(const struct judge *j, const struct match *m, const struct rule_test *t) {
    const uint32_t *lists;
    if (m->lists & t->lists & ~LIST_FURTHER)
        return 1;
    if (!(m->lists & t->lists))
        return 0;
    uint32_t n = lists_of_match(j->page, m, &lists);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < t->n_further; k++)
            if (lists[i] == j->rules->further[t->further + k])
                return 1;
    return 0;
}

static uint32_t places_of(const struct judge *j, const struct block *b, const struct rule_test *t) {
    uint32_t n = 0;
    for (uint32_t m = b->match; m < b->match_end && n < 2; m++)
        n += is_in(j, &j->page->matches[m], t) ? 1u : 0u;
    return n;
}

static int block_begins(const struct judge *j, const struct block *b, const struct rule_test *t) {
    const struct page *p = j->page;
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok <= b->first; m++)
        if (is_in(j, &p->matches[m], t))
            return 1;
    return 0;
}

static int block_ends(const struct judge *j, const struct block *b, const struct rule_test *t) {
    const struct page *p = j->page;
    for (uint32_t m = b->match_end; m-- > b->match && p->matches[m].tok + p->matches[m].len > b->last;)
        if (is_in(j, &p->matches[m], t))
            return 1;
    return 0;
}

/* The block begins with a phrase of the lists, and a colon, dash or bar follows. */
static int has_label(const struct judge *j, const struct block *b, const struct rule_test *test) {
    const struct page *p = j->page;
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok <= b->first; m++) {
        uint32_t t = p->matches[m].tok + p->matches[m].len;
        if (p->matches[m].tok != b->first || t >= b->tok_end || !is_in(j, &p->matches[m], test))
            continue;
        tm_str s = token_text(p, t);
        if ((s.len == 3 && memcmp(s.data, "\xef\xbc\x9a", 3) == 0) ||
            (s.len == 1 && (*s.data == ':' || *s.data == '|' || *s.data == '>')) ||
            (p->tokens.shape[t] & TM_SHAPE_DASH) || (s.len == 2 && memcmp(s.data, "\xc2\xbb", 2) == 0))
            return t + 1 < b->tok_end && t < b->last;
    }
    return 0;
}

/* Within the first words, but not before the name that they are said of. */
static int comes_soon(const struct judge *j, const struct block *b, const struct rule_test *t) {
    const struct page *p = j->page;
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok < b->first + 9; m++)
        if (is_in(j, &p->matches[m], t))
            return 1;
    return 0;
}

/* Right behind the name that the block begins with. */
static int follows_name(const struct judge *j, const struct block *b, const struct rule_test *t) {
    const struct page *p = j->page;
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok < b->first + 9; m++)
        if (p->matches[m].tok == b->name_end)
            return is_in(j, &p->matches[m], t);
    return 0;
}

/* Nothing but phrases of the lists and filler; numbers only with counters and dates. */
static int is_nothing_else(const struct judge *j, const struct block *b, const struct rule_test *test) {
    const struct page *p = j->page;
    uint64_t counted = j->lists->counter | j->lists->date | j->lists->datelabel; /* go with numbers */
    uint32_t t = b->tok, m = b->match, hits = 0;
    while (t < b->tok_end) {
        if (m < b->match_end && p->matches[m].tok == t) {
            if (is_in(j, &p->matches[m], test))
                hits++;
            else if (!(p->matches[m].lists & j->lists->filler))
                return 0;
            t += p->matches[m].len;
            m++;
            continue;
        }
        uint32_t s = p->tokens.shape[t];
        if ((s & (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT))
                ? !(test->lists & counted) || p->tokens.length[t] > 8
                : (s & (TM_SHAPE_WORD | TM_SHAPE_IDEOGRAPH)) && !(s & TM_SHAPE_CLITIC))
            return 0;
        t++;
    }
    return hits > 0;
}

int test_holds(const struct judge *j, const struct block *b, const struct rule_test *t) {
    if (t->op == T_IS && t->none)
        return b->words == 1 && (b->flags & B_URL);
    if (t->op == T_LACKS)
        return !(b->lists & t->lists) || places_of(j, b, t) == 0;
    if (!(b->lists & t->lists))
        return 0;
    switch (t->op) {
    case T_BEGINS:
        return block_begins(j, b, t);
    case T_ENDS:
        return block_ends(j, b, t);
    case T_HAS:
        return places_of(j, b, t) >= 1;
    case T_HAS2:
        return places_of(j, b, t) >= 2;
    case T_IS:
        return is_nothing_else(j, b, t);
    case T_SOON:
        return comes_soon(j, b, t);
    case T_LABEL:
        return has_label(j, b, t);
    case T_THEN:
        return follows_name(j, b, t);
    default:
        return 0;
    }
}
