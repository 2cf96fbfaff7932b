/* layers_wrap_ends.c: which lines of a text that was wrapped at a column go on with the line before.
 *
 * Where the next word would have fitted, a block ends: that is certain. Where it would not, the block goes on, or its
 * last line happens to be full, and what stands there decides. Lower case goes on. A sentence that ends there may end
 * the block, too: every end of a sentence is as likely to fall there, so the ends of sentences elsewhere, inside lines
 * and at the certain ends of blocks, tell how likely that is; and so for capitals behind what ends nothing.
 */
#include "layers_wrap.h"
#include "text_hash.h"
#include "text_unicode.h"

/* How often blocks end, and how often they do not, with a sentence or without. */
struct counts {
    uint32_t ends_inside, ends_block, capitals_inside, open_block;
    uint32_t blank;                   /* ends of blocks that a blank line tells */
    uint32_t items_open, items_ended; /* items that end so */
    /* Pairs of words inside a line of which the second has a capital, as bits of a set: "Port Harrow". */
    uint64_t *pairs;
    uint32_t mask;
};

/* A bit for the word that ends at `end` and the one that begins at `next`. */
static uint32_t pair_bit(const uint8_t *begin, const uint8_t *end, const uint8_t *next, const uint8_t *limit) {
    const uint8_t *p = end, *q = next;
    while (p > begin && p[-1] > ' ' && end - p < 16)
        p--;
    while (q < limit && (*q >= 0x80 || (*q | 0x20) >= 'a') && (*q | 0x20) != '|' && q - next < 16)
        q++;
    uint64_t h = hash_mix(hash_ascii(p, (uint32_t)(end - p), end), HASH_STEP);
    return (uint32_t)(hash_mix(h ^ hash_ascii(next, (uint32_t)(q - next), q), HASH_TAIL) >> 20);
}

/* A capital, a digit, or an opening quote or bracket. */
static int begins_anew(const uint8_t *p, const uint8_t *end) {
    uint32_t cp;
    if (*p < 0x80)
        return (*p >= 'A' && *p <= 'Z') || *p == '"';
    text_decode(p, end, &cp);
    return (unicode_properties(cp) & (UF_UPPER | UF_OPEN)) != 0;
}

static void count_inside(const struct layers *l, uint32_t line, struct counts *c) {
    const uint8_t *base = (const uint8_t *)l->text;
    uint32_t from = l->line_from[line], to = l->line_to[line];
    for (uint32_t i = from + 1; i + 1 < to; i++) {
        if (base[i] != ' ' || base[i - 1] == ' ' || !begins_anew(base + i + 1, base + to))
            continue;
        if (wrap_end(l, from, i) == 1)
            c->ends_inside++;
        else {
            uint32_t bit = pair_bit(base + from, base + i, base + i + 1, base + to) & c->mask;
            c->pairs[bit / 64] |= UINT64_C(1) << (bit % 64);
            c->capitals_inside++;
        }
    }
}

static int is_known_pair(const struct layers *l, const struct counts *c, uint32_t line) {
    const uint8_t *base = (const uint8_t *)l->text;
    uint32_t bit = pair_bit(base + l->line_from[line], base + l->line_to[line], base + l->line_from[line + 1],
                            base + l->line_to[line + 1]) &
                   c->mask;
    return (c->pairs[bit / 64] >> (bit % 64) & 1) != 0;
}

/* A mark inside a wrapped sentence is no mark: "- which", "12. The" where neither the line before ends nor lines count
 * on. */
static int is_false_mark(const struct layers *l, const struct look *looks, uint32_t line) {
    const uint8_t *p = (const uint8_t *)l->text + l->line_from[line + 1];
    uint32_t cp;
    if (looks[line].ends || l->line_mark[line] || (l->line_mark[line + 1] & MARK_NUMBERED))
        return 0;
    p += l->line_mark[line + 1];
    text_decode(p, (const uint8_t *)l->text + l->len, &cp);
    return (unicode_properties(cp) & UF_LOWER) != 0 && ((const uint8_t *)l->text)[l->line_to[line] - 1] != ':';
}

/* How much likelier a is than b, in powers of two. */
static int weigh(uint32_t a, uint32_t b) {
    int w = 0;
    a++;
    b++;
    for (; a >= 2 * b && w < 5; a /= 2)
        w++;
    for (; b >= 2 * a && w > -5; b /= 2)
        w--;
    return w;
}

#define LOOK_BACK 2048u /* into no more of a block is looked for what it left open */

/* Whether a quotation that began in text[from, to) is open at its end. */
static int quote_is_open(const struct layers *l, uint32_t from, uint32_t to) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base + from, *end = base + to;
    int straight = 0, curly = 0;
    if (to - from > LOOK_BACK)
        return 0;
    for (; p < end; p++) {
        if (*p == '"')
            straight ^= 1;
        else if (*p == 0xe2 && end - p > 2 && p[1] == 0x80 && (p[2] == 0x9c || p[2] == 0x9d))
            curly = p[2] == 0x9c;
    }
    return straight || curly;
}

/* Whether a bracket that was opened in text[from, to) is open at its end. */
static int bracket_is_open(const struct layers *l, uint32_t from, uint32_t to) {
    const char *p = l->text + from, *end = l->text + to;
    int open = 0;
    if (to - from > LOOK_BACK)
        return 0;
    for (; p < end; p++) {
        if (*p == '(' || *p == '[')
            open = 1;
        else if (*p == ')' || *p == ']')
            open = 0;
    }
    return open;
}

/* A label and a name at the end, which may not be whole: "... at the gate. Photo: Lena". */
static int ends_in_name(const struct layers *l, uint32_t line) {
    const uint8_t *from = (const uint8_t *)l->text + l->line_from[line],
                  *p = (const uint8_t *)l->text + l->line_to[line];
    uint32_t words = 0;
    for (; p > from; p--) {
        if (p[-1] == ':')
            return words > 0;
        if (p[-1] == ' ' && p - from > 1 && (words++ == 3 || *p < 'A' || *p > 'Z'))
            return 0;
    }
    return 0;
}

/* Most words begin with a capital, as in some headlines. */
static int is_title(const struct layers *l, uint32_t line) {
    const uint8_t *p = (const uint8_t *)l->text + l->line_from[line],
                  *end = (const uint8_t *)l->text + l->line_to[line];
    uint32_t upper = 0, lower = 0;
    for (; p < end; p++) {
        if (p > (const uint8_t *)l->text + l->line_from[line] && p[-1] != ' ')
            continue;
        upper += *p >= 'A' && *p <= 'Z';
        lower += *p >= 'a' && *p <= 'z' && end - p > 4 && p[1] > ' ' && p[2] > ' ' && p[3] > ' ';
    }
    return upper > 3 * lower;
}

static int is_starter(const struct layers *l, uint32_t line) {
    const uint8_t *p = (const uint8_t *)l->text + l->line_from[line],
                  *end = (const uint8_t *)l->text + l->line_to[line];
    const uint8_t *q = p;
    while (q < end && ((*q | 0x20) >= 'a' && (*q | 0x20) <= 'z'))
        q++;
    return *p < 'a' && token_is_starter(p, (uint32_t)(q - p));
}

/* An opening quotation mark and a capital. */
static int begins_quote(const uint8_t *p, const uint8_t *end) {
    uint32_t cp, n = text_decode(p, end, &cp), next;
    if (cp != '"' && !(unicode_properties(cp) & UF_OPEN && unicode_properties(cp) & UF_QUOTE))
        return 0;
    text_decode(p + n, end, &next);
    return (unicode_properties(next) & UF_UPPER) != 0;
}

/* A label of up to three words: "Photo: ...". */
static int begins_label(const uint8_t *p, const uint8_t *end) {
    uint32_t spaces = 0;
    for (const uint8_t *q = p; q + 1 < end && q - p < 24; q++) {
        if (*q == ':')
            return q > p + 1 && q[1] == ' ';
        if (*q == ' ' && ++spaces == 3)
            return 0;
    }
    return 0;
}

/* A digit that begins no time of day. */
static int begins_number(const uint8_t *p, const uint8_t *end) {
    if (*p < '0' || *p > '9')
        return 0;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p == end || *p != ':';
}

/* The lines that may or may not go on: `line` is the full one, `block` the first of its block, `last` the one behind
 * which a block certainly ends next. */
struct place {
    uint32_t line, block, last;
};

/* Where blank lines part the blocks, few others end. */
static int parted_by_blanks(const struct counts *c) {
    return c->blank > 2 * (c->ends_block + c->open_block);
}

/* Behind a line that ends nothing. What is weighed is twice the power of two by which going on is likelier. */
static int weigh_open(const struct layers *l, const struct look *looks, const struct counts *c,
                      const struct place *at) {
    uint32_t i = at->line;
    const uint8_t *base = (const uint8_t *)l->text, *next = base + l->line_from[i + 1], *end = base + l->line_to[i + 1];
    int w = 1 + 2 * weigh(c->capitals_inside, c->open_block) + (parted_by_blanks(c) ? 4 : 0);
    int title = is_title(l, i), is_open_item = l->line_mark[at->block] && c->items_open > c->items_ended;
    if (looks[i].soft || *next == '(')
        w += 4;
    if (begins_quote(next, end))
        w -= 2;
    else if (base[l->line_to[i] - 1] == ':' && !looks[i].soft)
        w -= 3;
    if (is_starter(l, i + 1) && (!title || (at->last == i + 1 && !looks[i + 1].ends)))
        w -= 5;
    if (begins_label(next, end))
        w -= 5;
    if (title)
        w += is_title(l, i + 1) ? 1 : -2;
    if (bracket_is_open(l, l->line_from[at->block], l->line_to[i]) || ends_in_name(l, i))
        w += 5;
    if (!looks[at->last].ends && !is_open_item)
        w -= 4;
    if (at->block == i && !is_open_item)
        w -= 2;
    if (is_known_pair(l, c, i))
        w += 6;
    if (is_open_item && looks[at->last].ends)
        w -= 8;
    if (quote_is_open(l, l->line_from[at->block], l->line_to[i]))
        w += 3;
    return w;
}

/* Behind one that ends a sentence. */
static int weigh_end(const struct layers *l, const struct look *looks, const struct counts *c, const struct place *at) {
    uint32_t i = at->line;
    const uint8_t *base = (const uint8_t *)l->text, *next = base + l->line_from[i + 1], *end = base + l->line_to[i + 1];
    int w = 2 * weigh(c->ends_inside, c->ends_block) + (parted_by_blanks(c) ? 4 : 0);
    if (begins_number(next, end))
        w += 4;
    else if (*next == '(')
        w += 8;
    if (!looks[at->last].ends && at->last <= i + 2)
        w -= at->last == i + 1 ? 4 : 2;
    if (quote_is_open(l, l->line_from[at->block], l->line_to[i]))
        w += 3;
    return w;
}

/* The next line is the same. */
static int is_again(const struct layers *l, uint32_t line) {
    uint32_t from = l->line_from[line], next = l->line_from[line + 1], len = l->line_to[line] - from;
    return l->line_to[line + 1] - next == len && memcmp(l->text + from, l->text + next, len) == 0;
}

static int goes_on(const struct layers *l, const struct look *looks, const struct counts *c, const struct place *at) {
    const struct look *a = &looks[at->line], *b = &looks[at->line + 1];
    const uint8_t *next = (const uint8_t *)l->text + l->line_from[at->line + 1];
    if (((*next == '@' || *next == '#') && b->alone) || is_again(l, at->line))
        return 0;
    if (b->lower || a->wide || b->wide)
        return 1;
    return a->ends ? weigh_end(l, looks, c, at) > 2 : weigh_open(l, looks, c, at) > 0;
}

static int may_go_on(const struct layers *l, const struct look *looks, uint32_t line, uint32_t column, int is_even) {
    struct pair p;
    if (!wrap_read_pair(l, looks, line, &p) || (looks[line + 1].width > column + WRAP_SLACK && !looks[line + 1].alone))
        return 0;
    if (!wrap_fits(&p, column) && !(is_even && wrap_flows(&p, column)))
        return 0;
    return !l->line_mark[line + 1] || is_false_mark(l, looks, line);
}

void wrap_find_ends(struct layers *l, const struct look *looks, uint32_t column, int is_even, uint8_t *on) {
    struct counts c = {0};
    c.mask = 1023;
    while (c.mask < l->len)
        c.mask = 2 * c.mask + 1;
    c.pairs = arena_zalloc(l->arena, (c.mask + 1) / 8);
    uint32_t block = 0, last = 0, first_indent = 0; /* of the second line of the block that is open */
    for (uint32_t i = 0; i + 1 < l->n_lines; i++) {
        if (line_is_blank(l, i))
            continue;
        if (!on[i])
            block = i;
        count_inside(l, i, &c);
        on[i + 1] = (uint8_t)may_go_on(l, looks, i, column, is_even);
        if (on[i + 1])
            continue;
        if (l->line_mark[block])
            looks[i].ends ? c.items_ended++ : c.items_open++;
        if (line_is_blank(l, i + 1))
            c.blank++;
        else if (l->line_mark[i + 1])
            continue; /* which tells by itself that a block ends */
        else if (looks[i].ends)
            c.ends_block++;
        else if (looks[i].width > column / 3)
            c.open_block++;
    }
    for (uint32_t i = 0; i + 1 < l->n_lines; i++) {
        if (!on[i])
            block = i;
        if (!on[i + 1])
            continue;
        if (last <= i)
            for (last = i + 1; last + 1 < l->n_lines && on[last + 1];)
                last++;
        if ((on[i] && looks[i + 1].indent != first_indent) || !goes_on(l, looks, &c, &(struct place){i, block, last})) {
            on[i + 1] = 0;
            continue;
        }
        l->line_mark[i + 1] = 0;
        if (!on[i])
            first_indent = looks[i + 1].indent;
    }
}
