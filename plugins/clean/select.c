/* select.c: compiles lines of `when` into masks and an index, and finds the lines that a block is worth asking. What a
 * line asks of the block's place is left to apply.c.
 */
#include "select.h"

#include <stdlib.h>
#include <string.h>

/* The flag that a test asks for; 0: it is none of those. *out_bar: it must not be there. */
static uint64_t flag_of(uint32_t op, int *out_bar) {
    *out_bar = op == T_NOITEM || op == T_NOCOLON || op == T_NOQUOTE;
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
        l->lacks |= t->lists;
        return 0;
    }
    if (t->op == T_THEN)
        l->need |= B_NAMES;
    int is_first = l->any == 0;
    if (is_first)
        l->any = t->lists;
    if (t->op == T_HAS)
        return !is_first;
    if (t->op == T_BEGINS && l->begins == 0) {
        l->begins = t->lists;
        return 0;
    }
    if (t->op == T_ENDS && l->ends == 0) {
        l->ends = t->lists;
        return 0;
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
    uint64_t first = l->begins; /* nothing is asked for twice: where it is known what it begins with, that is asked */
    for (uint32_t k = 0; k < l->n_rest && !first; k++)
        if (x->rest[l->rest + k].op == T_LABEL)
            first = x->rest[l->rest + k].lists;
    uint64_t any = first ? 0 : l->any;
    if (any == 0 && first == 0)
        set_bit(x->no_list, at);
    for (uint32_t b = 0; b < 64; b++) {
        if (any >> b & 1)
            set_bit(x->by_list + (size_t)b * x->n_words, at);
        if (first >> b & 1)
            set_bit(x->by_first + (size_t)b * x->n_words, at);
    }
    x->asked |= any;
    x->asked_first |= first;
    if (!(l->need & W_OPEN))
        set_bit(x->closed, at);
    if (!(l->need & B_NAMES))
        set_bit(x->unnamed, at);
    for (uint32_t n = l->least; n <= WORDS_KNOWN; n++)
        if (n <= l->most)
            set_bit(x->by_words + (size_t)n * x->n_words, at);
    if (l->least > WORDS_KNOWN)
        set_bit(x->by_words + (size_t)WORDS_KNOWN * x->n_words, at);
}

int ruleset_finish(struct ruleset *s) {
    uint32_t lines = 0, tests = 0, n_rest = 0;
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_whens; k++) {
            lines++;
            tests += s->whens[s->rules[i].when + k].n_tests;
        }
    size_t words = lines / 64 + 1, set = words * sizeof(uint64_t);
    size_t size = sizeof(struct rule_index) + lines * sizeof(struct rule_line) + (3 + 128 + WORDS_KNOWN + 1) * set +
                  tests * sizeof(struct rule_test);
    struct rule_index *x = calloc(1, size);
    if (x == NULL)
        return -1;
    x->n_words = (uint32_t)words;
    x->line = (struct rule_line *)(x + 1);
    x->no_list = (uint64_t *)(x->line + lines);
    x->closed = x->no_list + words;
    x->unnamed = x->closed + words;
    x->by_list = x->unnamed + words;
    x->by_first = x->by_list + 64 * words;
    x->by_words = x->by_first + 64 * words;
    x->rest = (struct rule_test *)(x->by_words + (WORDS_KNOWN + 1) * words);
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_whens; k++)
            add_line(x, s, i, s->rules[i].when + k, &n_rest);
    free(s->index);
    s->index = x;
    return 0;
}

/* --- the tests that need a closer look --- */

static uint32_t places_of(const struct page *p, const struct block *b, uint64_t lists) {
    uint32_t n = 0;
    for (uint32_t m = b->match; m < b->match_end; m++)
        n += (p->matches[m].lists & lists) != 0;
    return n;
}

/* The block begins with a phrase of the lists, and a colon, dash or bar follows. */
static int has_label(const struct page *p, const struct block *b, uint64_t lists) {
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok <= b->first; m++) {
        uint32_t t = p->matches[m].tok + p->matches[m].len;
        if (!(p->matches[m].lists & lists) || p->matches[m].tok != b->first || t >= b->tok_end)
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
static int comes_soon(const struct page *p, const struct block *b, uint64_t lists) {
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok < b->first + 9; m++)
        if (p->matches[m].lists & lists)
            return 1;
    return 0;
}

/* Right behind the name that the block begins with. */
static int follows_name(const struct page *p, const struct block *b, uint64_t lists) {
    for (uint32_t m = b->match; m < b->match_end && p->matches[m].tok < b->first + 9; m++)
        if (p->matches[m].tok == b->name_end)
            return (p->matches[m].lists & lists) != 0;
    return 0;
}

static int test_holds(const struct judge *j, const struct block *b, const struct rule_test *t) {
    const struct page *p = j->page;
    switch (t->op) {
    case T_BEGINS:
        return (b->begins & t->lists) != 0;
    case T_ENDS:
        return (b->ends & t->lists) != 0;
    case T_HAS:
        return (b->lists & t->lists) != 0;
    case T_HAS2:
        return (b->lists & t->lists) != 0 && places_of(p, b, t->lists) >= 2;
    case T_IS:
        return t->none ? b->words == 1 && (b->flags & B_URL) : block_is(j, b, t->lists);
    case T_SOON:
        return comes_soon(p, b, t->lists);
    case T_LABEL:
        return has_label(p, b, t->lists);
    case T_THEN:
        return follows_name(p, b, t->lists);
    default:
        return 0;
    }
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

uint32_t select_lines(const struct judge *j, const struct block *b, uint32_t from, uint16_t *out, uint32_t room) {
    const struct rule_index *x = j->rules->index;
    uint64_t flags = flags_asked(j, b);
    uint32_t n = 0, words = b->words < WORDS_KNOWN ? b->words : WORDS_KNOWN;
    const uint64_t *by_words = x->by_words + (size_t)words * x->n_words;
    for (uint32_t w = from / 64; w < x->n_words; w++) {
        uint64_t lines = x->no_list[w];
        for (uint64_t l = b->lists & x->asked; l; l &= l - 1)
            lines |= x->by_list[(uint32_t)__builtin_ctzll(l) * x->n_words + w];
        for (uint64_t l = b->begins & x->asked_first; l; l &= l - 1)
            lines |= x->by_first[(uint32_t)__builtin_ctzll(l) * x->n_words + w];
        lines &= by_words[w];
        if (!(flags & W_OPEN))
            lines &= x->closed[w];
        if (!(flags & B_NAMES))
            lines &= x->unnamed[w];
        if (w == from / 64)
            lines &= ~(uint64_t)0 << from % 64;
        for (; lines; lines &= lines - 1) {
            uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(lines);
            if (!line_holds(j, b, &x->line[at], flags))
                continue;
            if (n == room)
                return n;
            out[n++] = (uint16_t)at;
        }
    }
    return n;
}
