/* judge.c: calls the parts that find what goes, in order; owns what they share. Linear: a fixed number of passes over
 * the blocks.
 */
#include "select.h"

#include <string.h>

static int name_is(tm_str name, tm_str other) {
    return name.len == other.len && memcmp(name.data, other.data, name.len) == 0;
}

uint32_t judge_cut(struct judge *j, uint32_t i, tm_str kind, tm_str rule) {
    struct block *b = &j->page->blocks[i];
    if (b->kind.data != NULL || (b->flags & (B_GLUED | B_TITLE | B_CELL)) || i == j->page->title ||
        !j->allowed(j->ctx, rule, kind))
        return 0;
    b->kind = kind;
    b->rule = rule;
    if (kind_is(b, KIND_BOILERPLATE) || kind_is(b, KIND_RELATED) || kind_is(b, KIND_TAGS)) {
        int advert = name_is(rule, TM_STR("advert"));
        b->junk =
            (uint8_t)(G_JUNK | (advert ? 0u : G_DENSE) | (advert || name_is(rule, TM_STR("breadcrumb")) ? 0u : G_SURE));
    }
    j->page->gone++;
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
    struct rule_test t = {.op = T_IS, .lists = lists};
    return (b->lists & lists) && test_holds(j, b, &t);
}

/* Lines of bars, dashes and bullets only. */
static uint32_t cut_wordless(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
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
        cut += cut_about(j);
        cut += cut_quotes(j);
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
        left.gone = 0;
        left.gone_seen = TM_NONE;
        left.repeats_counted = 0;
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
