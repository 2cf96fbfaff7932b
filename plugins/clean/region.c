/* region.c: where the article stands in a whole page: the stretch of blocks with the most text and the least else. What
 * is outside goes, but for the headline. For pages only: under `aggressive`, or where a document is mostly lines of
 * links.
 */
#include "judge.h"

static int weight_of(const struct judge *j, const struct block *b) {
    if (b->flags & B_NOTHING)
        return 0;
    if (block_is_junk(b))
        return -14;
    if (block_gone(b))
        return -2;
    if (b->flags & B_PROSE)
        return (int)(b->words < 60 ? b->words : 60);
    if (b->flags & B_ITEM)
        return b->words >= 8 ? 2 : -4;
    if (b->words >= 14)
        return 2;
    (void)j;
    return !block_open(b) ? 1 : -7;
}

/* Lines of links between the paragraphs of the region. */
static uint32_t cut_runs(struct judge *j, uint32_t from, uint32_t to) {
    struct page *p = j->page;
    uint32_t cut = 0, run = 0, begin = from;
    for (uint32_t i = from; i <= to; i++) {
        const struct block *b = i < to ? &p->blocks[i] : NULL;
        if (b && ((b->flags & B_NOTHING) || block_gone(b)))
            continue;
        if (b && block_open(b) && !(b->flags & (B_ITEM | B_PROSE | B_QUOTE | B_COLON)) && i != p->title &&
            b->words <= 12) {
            if (run++ == 0)
                begin = i;
            continue;
        }
        if (run >= 5)
            for (uint32_t k = begin; k < i; k++)
                cut += (p->blocks[k].flags & B_NOTHING) ? 0 : judge_cut(j, k, KIND_RELATED, TM_STR("link-run"));
        run = 0;
    }
    return cut;
}

uint32_t cut_outside(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, shown = 0, short_open = 0;
    if (p->n_prose < 2 || (!j->aggressive && p->junk < 12))
        return 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (b->flags & B_NOTHING)
            continue;
        shown++;
        short_open += block_is_junk(b) || (block_open(b) && b->words <= 6 && !(b->flags & B_ITEM));
    }
    int is_page = short_open >= 3 && (p->junk >= 2 || (shown >= 20 && short_open * 2 >= shown));
    if (!(j->aggressive && is_page) && !(p->junk >= 12 && shown >= 40 && short_open * 2 >= shown))
        return 0;
    int best = 0, sum = 0;
    uint32_t from = 0, begin = 0, end = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        sum += weight_of(j, &p->blocks[i]);
        if (sum > best) {
            best = sum;
            begin = from;
            end = i + 1;
        }
        if (sum <= 0) {
            sum = 0;
            from = i + 1;
        }
    }
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if ((i >= begin && i < end) || (b->flags & B_NOTHING) || i == p->title)
            continue;
        if (!j->aggressive && i < begin && p->title != TM_NONE && i > p->title)
            continue; /* standfirst and the like */
        cut += judge_cut(j, i, KIND_BOILERPLATE, TM_STR("outside"));
    }
    if (j->aggressive)
        cut += cut_runs(j, begin, end);
    return cut;
}
