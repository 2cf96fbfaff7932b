/* layers_wrap.c: finds out whether a text was wrapped at a column, and which lines go on with the line before them.
 *
 * A program that wraps text breaks a line where the next word would not have fitted. So each pair of neighbouring lines
 * allows for a range of columns: at least the width of the first, less than that and the next line's first word
 * together. The column that most pairs allow is the text's, if enough of the lines near it agree, next to none are
 * wider, and the lines read as going on (lower case behind, no end of a sentence before). Then a line goes on with the
 * line before if the pair allows that column; a short line ends its block. Headlines, lists, addresses and verse allow
 * no common column.
 */
#include "layers_parts.h"
#include "text_hash.h"
#include "text_unicode.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define COLUMN_MIN 30u
#define COLUMN_MAX 200u
#define EVEN_MIN 50u                /* of a text that was filled evenly */
#define TEXT_MIN 20u                /* a shorter line is a short line */
#define INDENT_MAX 12u              /* of the first line of a paragraph */
#define BYTES_MAX (COLUMN_MAX * 3u) /* a longer line is not looked into */
#define SLACK 3u
#define SLACK_BYTES 8u

struct look {
    uint32_t width; /* of the line to its last character, indent counted; CJK characters count two; 0: too long */
    uint32_t indent;
    uint32_t word;       /* width of the first word, and the space before it */
    uint8_t lower, ends; /* begins in lower case; ends a sentence */
    uint8_t slack; /* columns that a line may fall short: programs count bytes, or keep marks off a line's start */
    uint8_t wide;  /* 1: begins, 2: ends with a CJK character; 4: begins in a script without case */
};

/* Characters of bytes [p, end), those of CJK twice: bytes that begin a character, and lead bytes of wide ones again.
 * Where that is more than COLUMN_MAX it may stop to count. */
static uint32_t width_of(const uint8_t *p, const uint8_t *end) {
    uint32_t width = 0;
    while (p < end && width <= COLUMN_MAX) {
        const uint8_t *stop = end - p > 16 ? p + 16 : end;
#if defined(__SSE2__)
        /* What is read behind the end is the rest of the text, or its padding. */
        const __m128i before = _mm_set1_epi8((char)0xc0), wide = _mm_set1_epi8((char)0xe3),
                      rare = _mm_set1_epi8((char)0xee);
        unsigned inside = (2u << (stop - p - 1)) - 1;
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        if (!((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, rare), v)) & inside)) {
            unsigned begins = ~(unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(v, before)) & inside;
            unsigned twice = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, wide), v)) & inside;
            width += (uint32_t)__builtin_popcount(begins);
            if (twice)
                width += (uint32_t)__builtin_popcount(twice);
            p = stop;
            continue;
        }
#endif
        for (; p < stop; p++) {
            width += (*p & 0xc0) != 0x80;
            width += (*p >= 0xe3 && *p <= 0xed) || (*p == 0xef && end - p > 1 && p[1] >= 0xbc);
        }
    }
    return width;
}

static int is_wide(uint32_t cp) {
    uint32_t c = unicode_class(cp);
    return c == UC_IDEOGRAPH || c == UC_HIRAGANA || c == UC_KATAKANA || (cp >= 0x3000 && cp <= 0x303f) ||
           (cp >= 0xff00 && cp <= 0xff65);
}

static void look_at(const struct layers *l, uint32_t line, struct look *out) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base + l->line_from[line], *end = base + l->line_to[line];
    const uint8_t *q = p;
    uint32_t cp, v;
    memset(out, 0, sizeof *out);
    if (l->line_to[line] - l->line_start[line] > BYTES_MAX)
        return;
    out->indent = width_of(base + l->line_start[line], p);
    out->width = out->indent + width_of(p, end);
    if (out->width > COLUMN_MAX) {
        out->width = 0;
        return;
    }
    text_decode(p, end, &cp);
    v = unicode_properties(cp);
    out->lower = (v & UF_LOWER) != 0;
    if (is_wide(cp)) {
        out->wide = 1;
        out->word = 2;
    } else {
        while (q<end && * q> ' ')
            q++;
        out->word = 1 + width_of(p, q);
    }
    if (UNICODE_CLASS(v) == UC_LETTER && !(v & (UF_UPPER | UF_LOWER)))
        out->wide |= 4;
    text_decode_back(p, end, &cp);
    out->wide = (uint8_t)(out->wide | (is_wide(cp) ? 2 : 0));
    uint32_t more =
        (uint32_t)(end - p) - (out->width - out->indent); /* wide characters take two columns and three bytes */
    out->slack = out->wide & 3 ? SLACK : more <= SLACK_BYTES ? (uint8_t)more : 0;
    out->ends = layers_end_flag(l, l->line_from[line], l->line_to[line]) != 0;
}

/* Two neighbouring lines. */
struct pair {
    uint32_t low, high; /* the columns that it allows: [low, high) */
    int flows;          /* reads on: lower case behind, no end of a sentence before */
};

/* 0 where the line behind cannot go on with this one. */
static int read_pair(const struct layers *l, const struct look *looks, uint32_t line, struct pair *out) {
    const struct look *a = &looks[line], *b = &looks[line + 1];
    if (line_is_blank(l, line) || line_is_blank(l, line + 1) || !a->width || !b->width ||
        a->width - a->indent < TEXT_MIN)
        return 0;
    if (l->line_mark[line] ? b->indent < a->indent : b->indent > a->indent || a->indent - b->indent > INDENT_MAX)
        return 0;
    out->low = a->width;
    out->high = a->width + b->word + a->slack;
    out->flows = b->lower && !a->ends;
    return 1;
}

static int fits(const struct pair *p, uint32_t column) {
    return p->low <= column && column < p->high;
}

/* Some programs fill lines evenly, not to the last column. */
static int flows(const struct pair *p, uint32_t column) {
    return p->flows && p->low <= column && p->low > column * 5 / 8;
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

/* Lines of a script without case, or of CJK characters. */
static int has_no_case(const struct layers *l, const struct look *looks, uint32_t column) {
    for (uint32_t i = 0; i < l->n_lines; i++)
        if (!line_is_blank(l, i) && looks[i].width && looks[i].width >= column / 2 && !looks[i].wide)
            return 0;
    return 1;
}

/* Whether the lines bear out a column that `best` pairs allow. */
static int holds(const struct layers *l, const struct look *looks, uint32_t column, uint32_t best) {
    uint32_t wider = 0, near = 0, agree = 0, flow = 0, open = 0;
    struct pair p;
    for (uint32_t i = 0; i + 1 < l->n_lines; i++) {
        if (line_is_blank(l, i) || line_is_blank(l, i + 1))
            continue;
        wider += !looks[i].width;
        if (l->line_mark[i + 1] || !read_pair(l, looks, i, &p))
            continue;
        wider += p.low > column;
        if (p.low <= column && p.low > column * 3 / 4) {
            near++;
            agree += fits(&p, column) || flows(&p, column);
        }
        if (fits(&p, column)) {
            flow += p.flows != 0;
            open += !looks[i].ends;
        }
    }
    if (best < 3 && (wider || flow < 2 || column < 50))
        return 0;
    if (best < 4 * wider || best * 2 < near || agree * 5 < near * 4)
        return 0;
    return flow * 5 >= best * 2 || (flow == 0 && open * 2 >= best && has_no_case(l, looks, column));
}

/* Text that was filled evenly allows no common column, but nearly all its lines are long and read on. */
static int is_even(const struct layers *l, const struct look *looks, uint32_t column) {
    uint32_t pairs = 0, reads_on = 0;
    struct pair p;
    for (uint32_t i = 0; i + 1 < l->n_lines; i++) {
        if (line_is_blank(l, i) || line_is_blank(l, i + 1))
            continue;
        if (!looks[i].width)
            return 0;
        if (l->line_mark[i + 1] || !read_pair(l, looks, i, &p))
            continue;
        pairs++;
        reads_on += p.low > column * 3 / 4 && flows(&p, column);
    }
    return reads_on >= 6 && reads_on * 3 >= pairs * 2;
}

static uint32_t find_column(const struct layers *l, const struct look *looks) {
    int32_t change[COLUMN_MAX + 2] = {0}, support = 0, best = 1;
    uint32_t column = 0, widest = 0;
    struct pair p;
    for (uint32_t i = 0; i + 1 < l->n_lines; i++) {
        if (l->line_mark[i + 1] || !read_pair(l, looks, i, &p))
            continue;
        widest = p.low > widest ? p.low : widest;
        change[p.low]++;
        change[p.high <= COLUMN_MAX ? p.high : COLUMN_MAX + 1]--;
    }
    for (uint32_t w = 1; w <= COLUMN_MAX; w++) {
        support += change[w];
        if (w >= COLUMN_MIN && support > 1 && support >= best) {
            best = support;
            column = w;
        }
    }
    if (column && holds(l, looks, column, (uint32_t)best))
        return column;
    return widest >= EVEN_MIN && is_even(l, looks, widest) ? widest : 0;
}

const uint8_t *layers_find_wraps(struct layers *l) {
    uint32_t neighbours = 0;
    struct pair p;
    for (uint32_t i = 0; i + 1 < l->n_lines; i++)
        neighbours += !line_is_blank(l, i) && !line_is_blank(l, i + 1) && l->line_to[i] - l->line_start[i] <= BYTES_MAX;
    if (neighbours < 2)
        return NULL;
    struct look *looks = arena_alloc(l->arena, l->n_lines * sizeof *looks);
    for (uint32_t i = 0; i < l->n_lines; i++) {
        if (line_is_blank(l, i))
            memset(&looks[i], 0, sizeof looks[i]);
        else
            look_at(l, i, &looks[i]);
    }
    uint32_t column = find_column(l, looks);
    if (!column)
        return NULL;
    uint8_t *on = arena_zalloc(l->arena, l->n_lines);
    uint32_t first_indent = 0; /* of the second line of the block that is open */
    for (uint32_t i = 0; i + 1 < l->n_lines; i++) {
        if (!read_pair(l, looks, i, &p) || looks[i + 1].width > column + SLACK)
            continue;
        if (!fits(&p, column) && !flows(&p, column))
            continue;
        if (on[i] && looks[i + 1].indent != first_indent)
            continue;
        if (l->line_mark[i + 1]) {
            if (!is_false_mark(l, looks, i))
                continue;
            l->line_mark[i + 1] = 0;
        }
        on[i + 1] = 1;
        if (!on[i])
            first_indent = looks[i + 1].indent;
    }
    return on;
}
