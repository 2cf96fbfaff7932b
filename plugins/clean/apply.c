/* apply.c: asks the rules of the files of every block. What a block is made of does not change, so the lines that hold
 * of that are found once (select.c); where it stands is asked anew in each pass.
 */
#include "select.h"

/* A neighbour goes, and says something of the lines around it. */
static int near_junk(const struct page *p, uint32_t i) {
    uint32_t before = previous_block(p, i), after = next_block(p, i);
    return (before < p->count && (p->blocks[before].junk & G_SURE)) ||
           (after < p->count && (p->blocks[after].junk & G_SURE));
}

static int stands_twice(struct page *p, uint32_t i) {
    if (!p->repeats_counted)
        count_repeats(p);
    return p->blocks[i].repeated > 0;
}

/* Several lines with arrows are a list like any other. */
static int stands_alone(const struct page *p, uint32_t i) {
    uint32_t before = previous_block(p, i), after = next_block(p, i);
    return !(before < p->count && (p->blocks[before].flags & B_ARROW)) &&
           !(after < p->count && (p->blocks[after].flags & B_ARROW));
}

/* "By Ann Lee", and here: "Ann Lee covers ..."; or that was before, and here: "Lee lives in ...". */
static int is_named(const struct page *p, uint32_t i) {
    const struct block *b = &p->blocks[i];
    uint32_t before = previous_block(p, i);
    if (before >= p->count)
        return 0;
    const struct block *x = &p->blocks[before];
    if (kind_is(x, KIND_BYLINE))
        return names_same(p, x, b);
    return rule_is(x, TM_STR("author-bio")) && (p->tokens.hash[b->first] == p->tokens.hash[x->first] ||
                                                p->tokens.hash[b->first] == p->tokens.hash[x->first + 1]);
}

/* Whether the block before may be one that is_named looks at: most are not, and a line asks it of nearly all blocks. */
static int may_be_named(const struct page *p, uint32_t i) {
    return i > 0 && ((p->blocks[i - 1].flags & B_NOTHING) || block_gone(&p->blocks[i - 1]));
}

/* Where block i stands, but for what is looked for only when it is asked. */
static uint64_t place_of(const struct page *p, uint32_t i, int is_end) {
    return (is_top(p, i) ? W_TOP | W_EDGE : 0) | (is_tail(p, i) ? W_TAIL | W_EDGE : 0) |
           (p->n_prose > 0 && i > p->first_prose && is_end ? W_END : 0) | (may_be_named(p, i) ? W_NAMED : 0);
}

static int is_place_right(const struct rule_line *line, uint64_t place) {
    return !(line->need & W_BEYOND & ~(W_NEAR | W_TWICE | W_LONE) & ~place);
}

static int line_cuts(struct judge *j, uint32_t i, uint32_t at) {
    const struct rule_line *line = &j->rules->index->line[at];
    const struct rule *rule = &j->rules->rules[line->rule];
    if (((line->need & W_LONE) && !stands_alone(j->page, i)) || ((line->need & W_TWICE) && !stands_twice(j->page, i)) ||
        ((line->need & W_NAMED) && !is_named(j->page, i)) || ((line->need & W_NEAR) && !near_junk(j->page, i)) ||
        !judge_cut(j, i, rule->kind, rule->name))
        return 0;
    j->page->blocks[i].cut->why = j->rules->whens[line->when].text;
    return 1;
}

static int try_line(struct judge *j, uint32_t i, uint32_t at, uint64_t place) {
    if (!is_place_right(&j->rules->index->line[at], place))
        return 0;
    uint64_t since = rule_clock_now(&j->clock);
    int cuts = line_cuts(j, i, at);
    judge_timed(j, j->rules->index->line[at].rule, since);
    return cuts;
}

/* The lines that may hold for a block, found once. */
static void select_once(const struct judge *j, struct block *b) {
    uint64_t common = W_NAMED;
    b->n_may = (uint8_t)select_lines(j, b, 0, b->may, MAY_ROOM);
    for (uint32_t r = 0; r < b->n_may; r++)
        common &= j->rules->index->line[b->may[r]].need;
    if (b->n_may == 0)
        b->asks &= ~A_RULES;
    else if (b->n_may < MAY_ROOM && common)
        b->asks |= A_NAMED;
}

uint32_t apply_rules(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, prose = 0, end_from = 0; /* from there on at most one block of prose follows */
    for (uint32_t i = p->count; i-- > 0 && prose < 2;)
        if (!block_gone(&p->blocks[i]) && (p->blocks[i].flags & B_PROSE) && ++prose == 2)
            end_from = i;
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        if (!(b->asks & A_RULES) || block_gone(b) || i == p->title)
            continue;
        if (b->n_may == MAY_UNKNOWN)
            select_once(j, b);
        if (b->n_may == 0 || ((b->asks & A_NAMED) && !may_be_named(p, i)))
            continue;
        uint64_t place = place_of(p, i, i >= end_from);
        uint32_t done = 0;
        for (uint32_t r = 0; r < b->n_may && !done; r++)
            done = (uint32_t)try_line(j, i, b->may[r], place);
        /* More lines than there was room for: the others are looked for each time. */
        for (uint32_t n = b->n_may, last = n ? b->may[n - 1] : 0; n == MAY_ROOM && !done;) {
            uint16_t more[MAY_ROOM];
            n = select_lines(j, b, last + 1, more, MAY_ROOM);
            for (uint32_t r = 0; r < n && !done; r++)
                done = (uint32_t)try_line(j, i, more[r], place);
            last = n ? more[n - 1] : last;
        }
        cut += done;
    }
    return cut;
}
