/* judge.c: asks the rules of the files, and calls the parts that look further, in order. Linear: a fixed number of
 * passes over the blocks.
 */
#include "judge.h"

#include <string.h>

uint32_t judge_cut(struct judge *j, uint32_t i, tm_str kind, tm_str rule) {
    struct block *b = &j->page->blocks[i];
    if (b->kind.data != NULL || (b->flags & (B_GLUED | B_TITLE | B_CELL)) || i == j->page->title ||
        !j->allowed(j->ctx, rule, kind))
        return 0;
    b->kind = kind;
    b->rule = rule;
    return 1;
}

uint32_t next_block(const struct page *p, uint32_t i) {
    for (i++; i < p->count; i++)
        if (!(p->blocks[i].flags & B_NOTHING))
            return i;
    return p->count;
}

uint32_t previous_block(const struct page *p, uint32_t i) {
    while (i-- > 0)
        if (!(p->blocks[i].flags & B_NOTHING))
            return i;
    return p->count;
}

/* At most this far: what matters is near, and a page of nothing but junk must not cost its square. */
#define REACH 200u

uint32_t next_kept(const struct page *p, uint32_t i) {
    uint32_t end = p->count - i > REACH ? i + REACH : p->count;
    for (i++; i < end; i++)
        if (!(p->blocks[i].flags & B_NOTHING) && !block_gone(&p->blocks[i]))
            return i;
    return p->count;
}

uint32_t previous_kept(const struct page *p, uint32_t i) {
    uint32_t begin = i > REACH ? i - REACH : 0;
    while (i-- > begin)
        if (!(p->blocks[i].flags & B_NOTHING) && !block_gone(&p->blocks[i]))
            return i;
    return p->count;
}

int block_is_junk(const struct block *b) {
    return kind_is(b, KIND_BOILERPLATE) || kind_is(b, KIND_RELATED) || kind_is(b, KIND_TAGS);
}

int is_top(const struct page *p, uint32_t i) {
    return p->n_prose > 0 && i < p->first_prose;
}

int is_tail(const struct page *p, uint32_t i) {
    return p->n_prose > 0 && i > p->last_prose;
}

int is_title_like(const struct block *b) {
    if (b->flags & (B_NOTHING | B_COLON | B_LOWER | B_TABLE))
        return 0;
    return (block_open(b) || (b->flags & B_QUESTION) || b->words <= 6) && b->words <= 28;
}

int block_is(const struct judge *j, const struct block *b, uint64_t lists) {
    const struct page *p = j->page;
    uint64_t counted = j->lists->counter | j->lists->date | j->lists->datelabel; /* go with numbers */
    uint32_t t = b->tok, m = b->match, hits = 0;
    while (t < b->tok_end) {
        if (m < b->match_end && p->matches[m].tok == t) {
            uint64_t l = p->matches[m].lists;
            if (l & lists)
                hits++;
            else if (!(l & j->lists->filler))
                return 0;
            t += p->matches[m].len;
            m++;
            continue;
        }
        uint32_t s = p->tokens.shape[t];
        if ((s & (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT))
                ? !(lists & counted) || p->tokens.length[t] > 8
                : (s & (TM_SHAPE_WORD | TM_SHAPE_IDEOGRAPH)) && !(s & TM_SHAPE_CLITIC))
            return 0;
        t++;
    }
    return hits > 0;
}

/* Junk that says something of its neighbours: not a mere "Advertisement", not what is junk for its neighbours' sake. */
static int is_sure_junk(const struct block *b) {
    return block_is_junk(b) && !(b->rule.len == 10 && memcmp(b->rule.data, "breadcrumb", 10) == 0) &&
           !(b->rule.len == 6 && memcmp(b->rule.data, "advert", 6) == 0);
}

static int near_junk(const struct page *p, uint32_t i) {
    uint32_t before = previous_block(p, i), after = next_block(p, i);
    return (before < p->count && is_sure_junk(&p->blocks[before])) ||
           (after < p->count && is_sure_junk(&p->blocks[after]));
}

/* Whether at most one block of prose stays behind i. */
static int near_end(const struct page *p, uint32_t i, const uint32_t *prose_after) {
    return p->n_prose > 0 && i > p->first_prose && prose_after[i] <= 1;
}

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

static int test_holds(const struct judge *j, uint32_t i, const struct rule_test *t, const uint32_t *prose_after) {
    const struct page *p = j->page;
    const struct block *b = &p->blocks[i];
    switch (t->op) {
    case T_BEGINS:
        return (b->begins & t->lists) != 0;
    case T_ENDS:
        return (b->ends & t->lists) != 0;
    case T_HAS:
        return (b->lists & t->lists) != 0;
    case T_HAS2:
        return (b->lists & t->lists) != 0 && places_of(p, b, t->lists) >= 2;
    case T_LACKS:
        return (b->lists & t->lists) == 0;
    case T_IS:
        return t->none ? b->words == 1 && (b->flags & B_URL) : (b->lists & t->lists) != 0 && block_is(j, b, t->lists);
    case T_SOON:
        return comes_soon(p, b, t->lists);
    case T_LABEL:
        return has_label(p, b, t->lists);
    case T_WORDS:
        return b->words >= t->a && b->words <= t->b;
    case T_OPEN:
        return block_open(b) || (b->flags & B_QUESTION);
    case T_CLOSED:
        return !block_open(b);
    case T_TOP:
        return is_top(p, i);
    case T_TAIL:
        return is_tail(p, i);
    case T_EDGE:
        return is_top(p, i) || is_tail(p, i);
    case T_END:
        return near_end(p, i, prose_after);
    case T_NEAR:
        return near_junk(p, i);
    case T_ITEM:
        return (b->flags & B_ITEM) != 0;
    case T_NOITEM:
        return (b->flags & B_ITEM) == 0;
    case T_HASHTAGS:
        return (b->flags & B_HASHTAGS) != 0;
    case T_NUMBERS:
        return (b->flags & B_NUMBERS) != 0;
    case T_COUNTER:
        return (b->flags & B_COUNTER) != 0;
    case T_ARROW:
        return (b->flags & B_ARROW) != 0;
    case T_BARS:
        return (b->flags & B_LIST_LINE) != 0;
    case T_SHOUTS:
        return (b->flags & B_SHOUTS) != 0;
    case T_NOCOLON:
        return (b->flags & B_COLON) == 0;
    case T_NOQUOTE:
        return (b->flags & B_QUOTED) == 0;
    case T_THEN:
        return (b->flags & B_NAMES) && follows_name(p, b, t->lists);
    case T_EMAIL:
        return (b->flags & B_EMAIL) != 0;
    case T_YOU:
        return (b->flags & B_YOU) != 0;
    case T_NUMBER:
        return (b->flags & B_NUMBER) != 0;
    case T_URL:
        return (b->flags & B_URL) != 0;
    case T_BRACKETED:
        return (b->flags & B_BRACKETED) != 0;
    case T_NAMES:
        return (b->flags & B_NAMES) != 0;
    case T_AGGRESSIVE:
        return j->aggressive;
    default:
        return 0;
    }
}

/* Whether a test looks beyond the block: its answer may change while others go. */
static int looks_beyond(uint32_t op) {
    return op == T_TOP || op == T_TAIL || op == T_EDGE || op == T_END || op == T_NEAR;
}

/* The tests of a line: those that look at the block alone, those that look beyond it, or both. */
static int line_holds(const struct judge *j, uint32_t i, const struct rule_line *line, int alone, int beyond,
                      const uint32_t *prose_after) {
    const struct rule *rule = &j->rules->rules[line->rule];
    const struct rule_test *tests = rule->tests[line->when];
    for (uint32_t k = 0; k < rule->n_tests[line->when]; k++)
        if ((looks_beyond(tests[k].op) ? beyond : alone) && !test_holds(j, i, &tests[k], prose_after))
            return 0;
    return 1;
}

/* Which lines may hold for a block: asked once, as what the block is made of does not change. */
static void find_lines(const struct judge *j, uint32_t i) {
    struct block *b = &j->page->blocks[i];
    int is_long = b->words > LINE_SHORT;
    const struct rule_line *line = j->rules->line + (is_long ? j->rules->n_lines : 0);
    const struct rule_line *end = line + (is_long ? j->rules->n_long : j->rules->n_lines);
    b->n_may = 0;
    for (; line < end; line++) {
        if (b->words < line->least || b->words > line->most || (line->needed && !(b->lists & line->needed)) ||
            !line_holds(j, i, line, 1, 0, NULL))
            continue;
        if (b->n_may == MAY_ROOM) {
            b->n_may = MAY_MANY;
            return;
        }
        b->may[b->n_may++] = is_long ? line->self : (uint16_t)(line - j->rules->line);
    }
}

static uint32_t apply_rules(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    uint32_t *prose_after = p->host->alloc(p->doc, ((uint64_t)p->count + 1) * sizeof *prose_after);
    for (uint32_t i = p->count, n = 0; i-- > 0;) {
        prose_after[i] = n;
        n += !block_gone(&p->blocks[i]) && (p->blocks[i].flags & B_PROSE);
    }
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        if (block_gone(b) || (b->flags & (B_NOTHING | B_GLUED)) || i == p->title)
            continue;
        if (b->n_may == MAY_UNKNOWN)
            find_lines(j, i);
        uint32_t count = b->n_may == MAY_MANY ? j->rules->n_lines : b->n_may;
        for (uint32_t r = 0; r < count; r++) {
            const struct rule_line *line = &j->rules->line[b->n_may == MAY_MANY ? r : b->may[r]];
            const struct rule *rule = &j->rules->rules[line->rule];
            if (line_holds(j, i, line, b->n_may == MAY_MANY, 1, prose_after) &&
                judge_cut(j, i, rule->kind, rule->name)) {
                b->why = rule->when[line->when];
                cut++;
                break;
            }
        }
    }
    return cut;
}

/* Lines of bars, dashes and bullets only. */
static uint32_t cut_wordless(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (!(b->flags & B_NOTHING))
            continue;
        int plain = 1;
        for (uint32_t t = b->tok; t < b->tok_end && plain; t++) {
            tm_str s = token_text(p, t);
            plain = !(p->tokens.shape[t] & TM_SHAPE_EMOJI) && s.len > 0 &&
                    strchr("|_-*+=~#.,:;/<>()[]\\\"'", *s.data) != NULL;
            if (!plain)
                plain = (p->tokens.shape[t] & TM_SHAPE_DASH) ||
                        (s.len <= 3 && (unsigned char)*s.data >= 0xc2 && (p->tokens.shape[t] & TM_SHAPE_PUNCT) &&
                         !(p->tokens.shape[t] & TM_SHAPE_TERMINAL));
        }
        if (plain)
            cut += judge_cut(j, i, KIND_BOILERPLATE, TM_STR("no-words"));
    }
    return cut;
}

/* All parts once through on one page, until nothing changes. */
static void judge_page(struct judge *j) {
    struct page *p = j->page;
    for (int pass = 0; pass < 4; pass++) {
        page_bounds(p);
        if (p->title == TM_NONE)
            find_title(j);
        uint32_t cut = cut_tickers(j);
        cut += apply_rules(j);
        cut += cut_before_title(j);
        cut += cut_bylines(j);
        cut += cut_repeated_titles(j);
        cut += cut_captions(j);
        page_bounds(p);
        cut += cut_related(j);
        cut += cut_tags(j);
        cut += cut_references(j);
        page_bounds(p);
        cut += cut_tail(j);
        cut += cut_amid_junk(j);
        cut += cut_islands(j);
        cut += cut_repeated(j);
        if (cut == 0)
            break;
    }
    page_bounds(p);
    cut_outside(j);
    cut_empty_heads(j);
    if (p->junk > 0 || p->n_prose > 0)
        cut_wordless(j);
}

/* Once more on what is left, as if it had come so: what a second run over the result would cut goes now. */
void judge_all(struct judge *j) {
    struct page *p = j->page;
    judge_page(j);
    if (p->title != TM_NONE)
        p->blocks[p->title].flags |= B_TITLE;
    for (int round = 0; round < 4; round++) {
        struct page left = *p;
        uint32_t n = 0, cut = 0;
        uint32_t *where = p->host->alloc(p->doc, ((uint64_t)p->count + 1) * sizeof *where);
        left.blocks = p->host->alloc(p->doc, ((uint64_t)p->count + 1) * sizeof *left.blocks);
        for (uint32_t i = 0; i < p->count; i++)
            if (!block_gone(&p->blocks[i])) {
                where[n] = i;
                left.blocks[n++] = p->blocks[i];
            }
        if (n == p->count)
            return;
        left.count = n;
        left.title = TM_NONE;
        page_mark_cells(&left);
        struct judge again = *j;
        again.page = &left;
        judge_page(&again);
        for (uint32_t k = 0; k < n; k++)
            if (block_gone(&left.blocks[k])) {
                p->blocks[where[k]].kind = left.blocks[k].kind;
                p->blocks[where[k]].rule = left.blocks[k].rule;
                p->blocks[where[k]].why = left.blocks[k].why;
                cut++;
            }
        if (cut == 0)
            return;
    }
}
