/* judge.c: calls the parts that find what goes, in order; owns what they share. Linear: a fixed number of passes over
 * the blocks.
 */
#include "select.h"

#include <string.h>

uint32_t judge_cut(struct judge *j, uint32_t i, tm_str kind, tm_str rule) {
    struct block *b = &j->page->blocks[i];
    if (block_gone(b) || (b->flags & (B_GLUED | B_TITLE | B_CELL)) || i == j->page->title ||
        !j->allowed(j->ctx, rule, kind))
        return 0;
    b->cut = j->page->host->alloc(j->page->doc, sizeof *b->cut);
    *b->cut = (struct cut){.kind = kind, .rule = rule};
    if (kind_is(b, KIND_BOILERPLATE) || kind_is(b, KIND_RELATED) || kind_is(b, KIND_TAGS)) {
        int advert = text_is(rule, TM_STR("advert"));
        b->junk =
            (uint8_t)(G_JUNK | (advert ? 0u : G_DENSE) | (advert || text_is(rule, TM_STR("breadcrumb")) ? 0u : G_SURE));
    }
    j->page->gone++;
    j->page->dense += block_is_dense(b) ? 1u : 0u;
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

int names_same(const struct page *p, const struct block *line, const struct block *b) {
    const uint64_t *hash = p->tokens.hash;
    for (uint32_t t = line->tok; t + 1 < line->tok_end && b->first + 1 < b->tok_end; t++)
        if (hash[t] == hash[b->first] && hash[t + 1] == hash[b->first + 1])
            return 1;
    return 0;
}

int is_title_like(const struct block *b) {
    if (b->flags & (B_NOTHING | B_COLON | B_LOWER | B_TABLE))
        return 0;
    return (block_open(b) || (b->flags & B_QUESTION) || b->words <= 6) && b->words <= 28;
}

int block_is(const struct judge *j, const struct block *b, uint64_t lists) {
    struct rule_test t = {.op = T_IS, .lists = lists};
    return (b->lists & lists) && test_holds(j, b, &t);
}

/* Lines of bars, dashes and bullets only. */
static uint32_t cut_wordless(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (p->junk == 0 && p->n_prose == 0)
        return 0;
    for (uint32_t i = 0; i < p->count && (p->flags & B_NOTHING); i++) {
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

static uint32_t find_bounds(struct judge *j) {
    page_bounds(j->page);
    return 0;
}

static uint32_t find_headline(struct judge *j) {
    if (j->page->title == TM_NONE)
        find_title(j);
    return 0;
}

struct step {
    uint32_t (*take)(struct judge *j);
    const char *name;
};

/* In the order that they build on each other; until nothing changes. */
static const struct step steps[] = {
    {find_bounds, "(bounds)"},
    {find_headline, "(headline)"},
    {cut_tickers, "(tickers)"},
    {apply_rules, "(rules)"},
    {cut_before_title, "(before-title)"},
    {cut_bylines, "(bylines)"},
    {cut_repeated_titles, "(titles)"},
    {cut_captions, "(captions)"},
    {find_bounds, "(bounds)"},
    {cut_related, "(related)"},
    {cut_tags, "(tags)"},
    {cut_references, "(references)"},
    {cut_about, "(about)"},
    {cut_quotes, "(quotes)"},
    {find_bounds, "(bounds)"},
    {cut_tail, "(tail)"},
    {cut_amid_junk, "(amid-junk)"},
    {cut_islands, "(islands)"},
    {cut_repeated, "(repeated)"},
};
static const struct step last_steps[] = {
    {find_bounds, "(bounds)"},
    {cut_outside, "(outside)"},
    {cut_empty_heads, "(empty-heads)"},
    {cut_wordless, "(no-words)"},
};

/* The time of a step leaves out that of the rules of the files, which tell their own. */
static uint32_t take_step(struct judge *j, const struct step *step) {
    if (!j->clock.times)
        return step->take(j);
    uint64_t since = rule_clock_now(&j->clock) - *j->rules_ns;
    uint32_t cut = step->take(j);
    rule_clock_add(&j->clock, (tm_str){step->name, strlen(step->name)}, since + *j->rules_ns);
    return cut;
}

/* All parts once through on one page, until nothing changes. */
static void judge_page(struct judge *j) {
    for (int pass = 0; pass < 4; pass++) {
        uint32_t cut = 0;
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            cut += take_step(j, &steps[i]);
        if (cut == 0)
            break;
    }
    for (size_t i = 0; i < sizeof last_steps / sizeof last_steps[0]; i++)
        take_step(j, &last_steps[i]);
}

static uint32_t count_left(const struct page *p) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++)
        n += !block_gone(&p->blocks[i]);
    return n;
}

/* Once more on what is left, as if it had come so: what a second run over the result would cut goes now. */
void judge_all(struct judge *j) {
    struct page *p = j->page;
    read_wanted(p);
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        if (!(b->flags & B_NOTHING))
            b->asks = asks_byline(j, b) | asks_caption(j, b) | asks_related(j, b) | asks_foot(j, b) |
                      (b->flags & B_GLUED ? 0 : A_RULES);
        p->asks |= b->asks;
    }
    judge_page(j);
    if (p->title != TM_NONE)
        p->blocks[p->title].flags |= B_TITLE;
    uint32_t most = count_left(p);
    if (most == p->count)
        return;
    uint32_t *where = p->host->alloc(p->doc, ((uint64_t)most + 1) * sizeof *where);
    struct block *blocks = p->host->alloc(p->doc, ((uint64_t)most + 1) * sizeof *blocks);
    for (int round = 0; round < 4; round++) {
        struct page left = *p;
        uint32_t n = 0, cut = 0;
        left.blocks = blocks;
        for (uint32_t i = 0; i < p->count; i++)
            if (!block_gone(&p->blocks[i])) {
                where[n] = i;
                left.blocks[n++] = p->blocks[i];
            }
        left.count = n;
        left.title = TM_NONE;
        left.gone = left.dense = 0;
        left.gone_seen = left.title_seen = TM_NONE;
        left.repeats_counted = 0;
        page_mark_cells(&left);
        struct judge again = *j;
        again.page = &left;
        judge_page(&again);
        for (uint32_t k = 0; k < n; k++)
            if (block_gone(&left.blocks[k])) {
                p->blocks[where[k]].cut = left.blocks[k].cut;
                cut++;
            }
        if (cut == 0)
            return;
    }
}
