/* foot.c: what stands behind an article and is known by its form rather than by its words: a company's paragraph on
 * itself, quotes of shares.
 */
#include "judge.h"

#include <string.h>

static int is_capital(uint32_t shape) {
    return (shape & TM_SHAPE_WORD) && (shape & TM_SHAPE_FIRST_UPPER);
}

/* "About Hollin Timber Works": the head of a company's words on itself; returns the token of the name, or 0. */
static uint32_t about_whom(const struct page *p, const struct block *b) {
    static const char *const words[] = {"About", "ABOUT", "\303\234ber", "Sobre", "Acerca", "Informazioni"};
    if ((b->flags & (B_NOTHING | B_ITEM | B_GLUED | B_QUESTION)) || b->words < 2 || b->words > 8 ||
        (b->flags & B_CLOSED) || b->caps + 1 < b->words)
        return 0;
    tm_str first = token_text(p, b->first);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (first.len == strlen(words[i]) && memcmp(first.data, words[i], first.len) == 0)
            for (uint32_t t = b->first + 1; t < b->tok_end; t++)
                if (is_capital(p->tokens.shape[t]))
                    return t;
    return 0;
}

/* The paragraph speaks of the one that the head names, within its first words. */
static int speaks_of(const struct page *p, const struct block *b, uint32_t name) {
    for (uint32_t t = b->first; t < b->tok_end && t < b->first + 8; t++)
        if (p->tokens.hash[t] == p->tokens.hash[name] && is_capital(p->tokens.shape[t]))
            return 1;
    return 0;
}

/* Such a head and its paragraphs, where at most three paragraphs are left. */
uint32_t cut_about(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, prose = 0;
    if (p->n_prose < 3 || !(p->asks & A_ABOUT))
        return 0;
    for (uint32_t i = p->count; i-- > p->first_prose && prose <= 3;) {
        const struct block *b = &p->blocks[i];
        uint32_t name = (b->asks & A_ABOUT) && !block_gone(b) ? about_whom(p, b) : 0, k = next_block(p, i);
        if (name == 0 || k >= p->count || i == p->title || block_gone(&p->blocks[k]) ||
            !speaks_of(p, &p->blocks[k], name)) {
            prose += !block_gone(b) && (b->flags & B_PROSE);
            continue;
        }
        cut += judge_cut(j, i, KIND_BOILERPLATE, TM_STR("about-company"));
        for (; k < p->count && (p->blocks[k].flags & B_PROSE) && !block_gone(&p->blocks[k]) &&
               (p->blocks[k].flags & B_QUOTE) == 0 && speaks_of(p, &p->blocks[k], name);
             k = next_block(p, k))
            cut += judge_cut(j, k, KIND_BOILERPLATE, TM_STR("about-company"));
    }
    return cut;
}

/* HRN 14.20 +3.1%: a short name in capitals, a price, and how it moved. */
static int is_quote_line(const struct page *p, const struct block *b) {
    int moved = 0;
    if (b->numbers < 2 || b->words < 3 || b->words > 6 || !block_open(b) || (b->flags & B_GLUED) ||
        !(p->tokens.shape[b->first] & TM_SHAPE_ALL_UPPER) || p->tokens.length[b->first] > 6)
        return 0;
    for (uint32_t t = b->first + 1; t < b->tok_end; t++) {
        uint32_t s = p->tokens.shape[t];
        if (s & (TM_SHAPE_WORD | TM_SHAPE_IDEOGRAPH))
            return 0;
        const unsigned char *at = (const unsigned char *)p->text.data + p->tokens.start[t];
        moved |= *at == '%' || *at == '+' ||
                 (p->tokens.length[t] == 3 && at[0] == 0xe2 &&
                  ((at[1] == 0x96 && at[2] >= 0xb2) || (at[1] == 0x86 && at[2] >= 0x90 && at[2] <= 0x93)));
    }
    return moved;
}

uint32_t asks_foot(const struct judge *j, const struct block *b) {
    return (about_whom(j->page, b) ? A_ABOUT : 0) | (is_quote_line(j->page, b) ? A_QUOTES : 0);
}

/* Two or more of them in a row before or behind the text, or next to other junk: a ticker. In a table they stay. */
uint32_t cut_quotes(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, run = 0, begin = 0;
    if (!(p->asks & A_QUOTES))
        return 0;
    for (uint32_t i = 0; i <= p->count; i++) {
        const struct block *b = i < p->count ? &p->blocks[i] : NULL;
        if (b && (b->asks & A_QUOTES) && !block_gone(b)) {
            if (run++ == 0)
                begin = i;
            continue;
        }
        if (b && run && (b->flags & B_NOTHING))
            continue;
        int near = run && ((b && block_is_junk(b)) || (begin > 0 && block_is_junk(&p->blocks[begin - 1])));
        if (run >= 2 && (near || is_top(p, begin) || is_tail(p, begin)))
            for (uint32_t k = begin; k < i; k++)
                if (!(p->blocks[k].flags & B_NOTHING))
                    cut += judge_cut(j, k, KIND_BOILERPLATE, TM_STR("quotes"));
        run = 0;
    }
    return cut;
}
