/* layers_blocks.c: makes blocks of lines: each line that is not blank is one, and lines that go on with the one before
 * belong to its block.
 */
#include "layers_parts.h"
#include "text_hash.h"
#include "text_unicode.h"

/* The start of a footnote mark in square brackets, digits only, that ends at p; p where there is none. */
static const uint8_t *before_footnote(const uint8_t *begin, const uint8_t *p) {
    const uint8_t *q = p;
    if (q > begin && q[-1] == ']')
        for (q--; q > begin && q[-1] >= '0' && q[-1] <= '9';)
            q--;
    return q < p - 1 && q > begin && q[-1] == '[' ? q - 1 : p;
}

/* Closing quotes and brackets, footnote marks and raised digits are left out of account, and the space before them. */
uint32_t layers_end_flag(const struct layers *l, uint32_t from, uint32_t to) {
    const uint8_t *base = (const uint8_t *)l->text, *begin = base + from, *p = base + to;
    if (to > from && (p[-1] | 0x20) >= 'a' && (p[-1] | 0x20) <= 'z') /* as most that do not end one */
        return 0;
    for (uint32_t i = 0; i < 16 && p > begin; i++) {
        const uint8_t *note = before_footnote(begin, p);
        if (note < p) {
            p = note;
            continue;
        }
        uint32_t cp, n = text_decode_back(begin, p, &cp), v = unicode_properties(cp), c = UNICODE_CLASS(v);
        if (v & UF_TERMINAL)
            return TM_BLOCK_ENDS_SENTENCE;
        if (!(v & (UF_CLOSE | UF_QUOTE)) && c != UC_SPACE && c != UC_MARK && c != UC_NUMBER)
            return 0;
        p -= n;
    }
    return 0;
}

void layers_find_blocks(struct layers *l) {
    const uint8_t *goes_on = layers_find_wraps(l);
    uint32_t room = l->n_filled + 1, n = 0, last = TM_NONE;
    uint32_t *memory = arena_alloc(l->arena, (size_t)room * 7 * sizeof *memory);
    l->block_start = memory;
    l->block_length = memory + room;
    l->block_flags = memory + (size_t)room * 2;
    l->block_line = memory + (size_t)room * 3;
    l->block_lines = memory + (size_t)room * 4;
    l->block_sentence = memory + (size_t)room * 5;
    l->block_mark = memory + (size_t)room * 6;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        if (line_is_blank(l, i)) {
            l->line_block[i] = TM_NONE;
            if (last != TM_NONE)
                l->block_flags[last] |= TM_BLOCK_BEFORE_BLANK;
            continue;
        }
        if (goes_on && goes_on[i]) {
            l->line_block[i] = last;
            l->block_length[last] = l->line_to[i] - l->block_start[last];
            l->block_lines[last]++;
            l->block_flags[last] |= TM_BLOCK_IS_WRAPPED;
            continue;
        }
        uint32_t mark = l->line_mark[i] & ~MARK_NUMBERED;
        last = n++;
        l->line_block[i] = last;
        l->block_start[last] = l->line_from[i];
        l->block_length[last] = l->line_to[i] - l->line_from[i];
        l->block_line[last] = i;
        l->block_lines[last] = 1;
        l->block_mark[last] = mark;
        l->block_flags[last] = (mark ? TM_BLOCK_IS_ITEM : 0) |
                               (l->line_mark[i] & MARK_NUMBERED ? TM_BLOCK_NUMBERED : 0) |
                               (i == 0 || line_is_blank(l, i - 1) ? TM_BLOCK_AFTER_BLANK : 0);
    }
    l->n_blocks = n;
    if (last != TM_NONE)
        l->block_flags[last] |= TM_BLOCK_BEFORE_BLANK;
    for (uint32_t i = 0; i < n; i++)
        l->block_flags[i] |= layers_end_flag(l, l->block_start[i], l->block_start[i] + l->block_length[i]);
}
