/* select.c: compiles lines of `when` into masks and an index, and finds the lines that a block is worth asking. Tests
 * that masks cannot tell are left to look.c, what a line asks of the block's place to apply.c.
 */
#include "select.h"

#include <stdlib.h>
#include <string.h>

/* The flag that a test asks for; 0: it is none of those. *out_bar: it must not be there. */
static uint64_t flag_of(uint32_t op, int *out_bar) {
    *out_bar = op == T_NOITEM || op == T_NOCOLON || op == T_NOQUOTE || op == T_NOTABLE;
    switch (op) {
    case T_OPEN:
        return W_OPEN;
    case T_CLOSED:
        return B_CLOSED;
    case T_TOP:
        return W_TOP;
    case T_TAIL:
        return W_TAIL;
    case T_EDGE:
        return W_EDGE;
    case T_END:
        return W_END;
    case T_NEAR:
        return W_NEAR;
    case T_LONE:
        return W_LONE;
    case T_NAMED:
        return W_NAMED;
    case T_TWICE:
        return W_TWICE;
    case T_ITEM:
    case T_NOITEM:
        return B_ITEM;
    case T_HASHTAGS:
        return B_HASHTAGS;
    case T_NUMBERS:
        return B_NUMBERS;
    case T_COUNTER:
        return B_COUNTER;
    case T_ARROW:
        return B_ARROW;
    case T_BARS:
        return B_LIST_LINE;
    case T_NOTABLE:
        return B_TABLE;
    case T_SHOUTS:
        return B_SHOUTS;
    case T_NOCOLON:
        return B_COLON;
    case T_NOQUOTE:
        return B_QUOTED;
    case T_EMAIL:
        return B_EMAIL;
    case T_YOU:
        return B_YOU;
    case T_NUMBER:
        return B_NUMBER;
    case T_URL:
        return B_URL;
    case T_BRACKETED:
        return B_BRACKETED;
    case T_NAMES:
        return B_NAMES;
    case T_AGGRESSIVE:
        return W_AGGRESSIVE;
    default:
        return 0;
    }
}

/* Takes a test into the line's masks; 1 where it needs a closer look besides. */
static int take_test(struct rule_line *l, const struct rule_test *t) {
    int is_bar;
    uint64_t flag = flag_of(t->op, &is_bar);
    if (flag) {
        *(is_bar ? &l->bar : &l->need) |= flag;
        return 0;
    }
    if (t->op == T_WORDS) {
        l->least = t->a > l->least ? t->a : l->least;
        l->most = t->b < l->most ? t->b : l->most;
        return 0;
    }
    if (t->op == T_LACKS) {
        l->lacks |= t->lists & ~LIST_FURTHER;
        return t->n_further > 0;
    }
    if (t->op == T_THEN)
        l->need |= B_NAMES;
    int is_first = l->any == 0;
    if (is_first)
        l->any = t->lists;
    if (t->op == T_HAS)
        return !is_first || t->n_further > 0;
    if (t->op == T_BEGINS && l->begins == 0) {
        l->begins = t->lists;
        return t->n_further > 0;
    }
    if (t->op == T_ENDS && l->ends == 0) {
        l->ends = t->lists;
        return t->n_further > 0;
    }
    return 1;
}

static void set_bit(uint64_t *set, uint32_t i) {
    set[i / 64] |= (uint64_t)1 << i % 64;
}

static void add_line(struct rule_index *x, const struct ruleset *s, uint32_t rule, uint32_t when, uint32_t *n_rest) {
    const struct rule_when *w = &s->whens[when];
    uint32_t at = x->n_lines++;
    struct rule_line *l = &x->line[at];
    *l = (struct rule_line){.most = UINT16_MAX, .rule = rule, .when = when, .rest = *n_rest};
    for (uint32_t k = 0; k < w->n_tests; k++)
        if (take_test(l, &s->tests[w->test + k]))
            x->rest[(*n_rest)++] = s->tests[w->test + k];
    l->n_rest = *n_rest - l->rest;
    /* By what it begins with, where that is asked; else by the first lists that are. */
    const struct rule_test *by = NULL;
    for (uint32_t k = 0; k < w->n_tests; k++) {
        const struct rule_test *t = &s->tests[w->test + k];
        if (t->lists && (t->op == T_BEGINS || t->op == T_LABEL) &&
            (by == NULL || (by->op != T_BEGINS && by->op != T_LABEL)))
            by = t;
        else if (t->lists && t->op != T_LACKS && by == NULL)
            by = t;
    }
    int is_first = by != NULL && (by->op == T_BEGINS || by->op == T_LABEL);
    uint64_t any = by && !is_first ? by->lists & ~LIST_FURTHER : 0, first = is_first ? by->lists & ~LIST_FURTHER : 0;
    if (by == NULL)
        set_bit(x->no_list, at);
    for (uint64_t bits = any; bits; bits &= bits - 1)
        set_bit(x->by_list + (size_t)__builtin_ctzll(bits) * x->n_words, at);
    for (uint64_t bits = first; bits; bits &= bits - 1)
        set_bit(x->by_first + (size_t)__builtin_ctzll(bits) * x->n_words, at);
    for (uint32_t k = 0; by != NULL && k < by->n_further; k++) {
        uint32_t number = s->further[by->further + k] - LISTS_PLAIN;
        x->link[x->n_links] = (struct rule_link){at, x->further[number]};
        x->further[number] = ++x->n_links;
    }
    x->asked[at / 64] |= any;
    x->asked_first[at / 64] |= first;
    if (!(l->need & W_OPEN))
        set_bit(x->closed, at);
    if (!(l->need & B_NAMES))
        set_bit(x->unnamed, at);
    if (!(l->need & FLAGS_RARE))
        set_bit(x->plain, at);
    for (uint32_t n = l->least; n < WORDS_KNOWN && n <= l->most; n++)
        set_bit(x->by_words + (size_t)n * x->n_words, at);
    if (l->most >= WORDS_KNOWN)
        set_bit(x->by_words + (size_t)WORDS_KNOWN * x->n_words, at);
}

int ruleset_finish(struct ruleset *s) {
    uint32_t lines = 0, tests = 0, n_rest = 0;
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_whens; k++) {
            lines++;
            tests += s->whens[s->rules[i].when + k].n_tests;
        }
    uint32_t n_further = s->n_lists > LISTS_PLAIN ? s->n_lists - LISTS_PLAIN : 0;
    size_t words = lines / 64 + 1, set = words * sizeof(uint64_t);
    size_t size = sizeof(struct rule_index) + lines * sizeof(struct rule_line) + (6 + 128 + WORDS_KNOWN + 1) * set +
                  tests * sizeof(struct rule_test) + s->n_further * sizeof(struct rule_link) +
                  n_further * sizeof(uint32_t);
    struct rule_index *x = calloc(1, size);
    if (x == NULL)
        return -1;
    x->n_words = (uint32_t)words;
    x->line = (struct rule_line *)(x + 1);
    x->no_list = (uint64_t *)(x->line + lines);
    x->closed = x->no_list + words;
    x->unnamed = x->closed + words;
    x->plain = x->unnamed + words;
    x->asked = x->plain + words;
    x->asked_first = x->asked + words;
    x->by_list = x->asked_first + words;
    x->by_first = x->by_list + 64 * words;
    x->by_words = x->by_first + 64 * words;
    x->rest = (struct rule_test *)(x->by_words + (WORDS_KNOWN + 1) * words);
    x->link = (struct rule_link *)(x->rest + tests);
    x->further = (uint32_t *)(x->link + s->n_further);
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_whens; k++)
            add_line(x, s, i, s->rules[i].when + k, &n_rest);
    free(s->index);
    s->index = x;
    return 0;
}

static int line_holds(const struct judge *j, const struct block *b, const struct rule_line *l, uint64_t flags) {
    const struct rule_test *rest = j->rules->index->rest + l->rest;
    if ((l->need & ~W_BEYOND & ~flags) || (l->bar & flags) || (l->any && !(b->lists & l->any)) ||
        (b->lists & l->lacks) || (l->begins && !(b->begins & l->begins)) || (l->ends && !(b->ends & l->ends)) ||
        b->words < l->least || b->words > l->most)
        return 0;
    for (uint32_t k = 0; k < l->n_rest; k++)
        if (!test_holds(j, b, &rest[k]))
            return 0;
    return 1;
}

/* Lines that ask for the further lists of a block, as bits. */
static void add_further(const struct judge *j, const struct block *b, uint64_t *lines) {
    const struct rule_index *x = j->rules->index;
    for (uint32_t m = b->match; m < b->match_end; m++) {
        const uint32_t *lists;
        uint32_t n = lists_of_match(j->page, &j->page->matches[m], &lists);
        for (uint32_t k = 0; k < n; k++)
            for (uint32_t at = lists[k] >= LISTS_PLAIN ? x->further[lists[k] - LISTS_PLAIN] : 0; at;
                 at = x->link[at - 1].next)
                set_bit(lines, x->link[at - 1].line);
    }
}

uint32_t select_lines(const struct judge *j, const struct block *b, uint32_t from, uint16_t *out, uint32_t room) {
    const struct rule_index *x = j->rules->index;
    uint64_t flags = flags_asked(j, b);
    uint32_t n = 0, words = b->words < WORDS_KNOWN ? b->words : WORDS_KNOWN;
    const uint64_t *by_words = x->by_words + (size_t)words * x->n_words;
    uint64_t further[UINT16_MAX / 64 + 1];
    int is_further = (b->lists & LIST_FURTHER) != 0;
    if (is_further) {
        memset(further, 0, x->n_words * sizeof *further);
        add_further(j, b, further);
    }
    for (uint32_t w = from / 64; w < x->n_words; w++) {
        uint64_t allowed = by_words[w], lines = x->no_list[w];
        if (!(flags & W_OPEN))
            allowed &= x->closed[w];
        if (!(flags & B_NAMES))
            allowed &= x->unnamed[w];
        if (!(flags & FLAGS_RARE))
            allowed &= x->plain[w];
        if (allowed == 0)
            continue;
        for (uint64_t l = b->lists & x->asked[w]; l; l &= l - 1)
            lines |= x->by_list[(uint32_t)__builtin_ctzll(l) * x->n_words + w];
        for (uint64_t l = b->begins & x->asked_first[w]; l; l &= l - 1)
            lines |= x->by_first[(uint32_t)__builtin_ctzll(l) * x->n_words + w];
        if (is_further)
            lines |= further[w];
        lines &= allowed;
        if (w == from / 64)
            lines &= ~(uint64_t)0 << from % 64;
        for (; lines; lines &= lines - 1) {
            uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(lines);
            uint64_t since = rule_clock_now(&j->clock);
            int holds = line_holds(j, b, &x->line[at], flags);
            judge_timed(j, x->line[at].rule, since);
            if (!holds)
                continue;
            if (n == room)
                return n;
            out[n++] = (uint16_t)at;
        }
    }
    return n;
}
