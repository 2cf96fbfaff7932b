/* layers_wrap.c: tells whether a text was wrapped at a column, and at which.
 *
 * A program that wraps text breaks a line where the next word would not have fitted. So each pair of neighbouring lines
 * allows for a range of columns: at least the width of the first, less than that and the next line's first word
 * together. Every pair speaks for the columns that it allows, more so if it reads on (lower case behind, or an end that
 * ends nothing); it speaks against those that are somewhat wider; a line speaks against every column that it is wider
 * than, if it could have been broken. The column that most is said for is the text's, if that is enough. Headlines,
 * lists, addresses and verse allow no common column, and a line a paragraph leaves none. Which of the lines then go on
 * with the line before is the matter of layers_wrap_ends.c.
 */
#include "layers_wrap.h"
#include "text_hash.h"
#include "text_unicode.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define COLUMN_MIN 30u
#define EVEN_MIN 50u                /* of a text that was filled evenly */
#define TEXT_MIN 20u                /* a shorter line is a short line */
#define INDENT_MAX 12u              /* of the first line of a paragraph */
#define BYTES_MAX (COLUMN_MAX * 3u) /* a longer line is not looked into */
#define SLACK_BYTES 8u

/* What is said for and against a column. */
#define FOR_FLOW 3
#define FOR_OPEN 1
#define AGAINST_FLOW 3
#define AGAINST_NEAR 1
#define AGAINST_WIDER 4
#define ENOUGH 5

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
        if (!((unsigned)_mm_movemask_epi8(v) & inside)) {
            width += (uint32_t)(stop - p);
            p = stop;
            continue;
        }
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

int wrap_end(const struct layers *l, uint32_t from, uint32_t to) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base + to, *word;
    if (to == from || !layers_end_flag(l, from, to))
        return 0;
    if (p[-1] != '.')
        return 1;
    for (word = p - 1; word > base + from && word[-1] > ' ' && word[-1] != '.' && p - word < 9;)
        word--;
    uint32_t len = (uint32_t)(p - 1 - word), kind;
    if (len == 1)
        return *word >= 'A' && *word <= 'Z' ? 2 : 1;
    kind = abbreviation_kind((const char *)word, len);
    if (kind == ABBREVIATION_WORD || kind == ABBREVIATION_NUMBER) /* "Nov. 9" */
        for (p = base + to; *p && *p <= ' ';)
            p++;
    return kind == ABBREVIATION_TITLE || kind == ABBREVIATION_NEVER || (*p >= '0' && *p <= '9') ? 2 : 1;
}

/* Whether bytes [p, end) stop where no line of its own does: behind a comma, a dash, a word like "of". */
static int is_soft(const uint8_t *p, const uint8_t *end) {
    uint32_t n = 0;
    if (end - p < (ptrdiff_t)TEXT_MIN)
        return 0;
    if (end[-1] == ',' || end[-1] == ';' || end[-1] == '-' || end[-1] == '(' || end[-1] == '&' || end[-1] == '/' ||
        end[-1] == '|')
        return 1;
    if (memcmp(end - 3, "\xe2\x80\x93", 3) == 0 || memcmp(end - 3, "\xe2\x80\x94", 3) == 0)
        return 1;
    if (end[-1] == ':') { /* "... of the valley. Photo:" */
        while (n < 12 && end[-2 - (ptrdiff_t)n] > ' ')
            n++;
        return n < 12 && end[-3 - (ptrdiff_t)n] == '.';
    }
    while (n < 4 && end[-1 - (ptrdiff_t)n] >= 'a' && end[-1 - (ptrdiff_t)n] <= 'z')
        n++;
    return n > 0 && n < 4 && end[-1 - (ptrdiff_t)n] == ' ';
}

/* How wide a line is, and where it is too wide, whether it could have been broken. */
static void measure(const struct layers *l, uint32_t line, struct look *out) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base + l->line_from[line], *end = base + l->line_to[line];
    memset(out, 0, sizeof *out);
    out->known = LOOK_WIDTH;
    if (line_is_blank(l, line))
        return;
    if (l->line_to[line] - l->line_start[line] <= BYTES_MAX) {
        if (l->line_from[line] != l->line_start[line])
            out->indent = width_of(base + l->line_start[line], p);
        out->width = out->indent + width_of(p, end);
    }
    if (out->width == 0 || out->width > COLUMN_MAX) {
        out->width = 0;
        out->alone = !memchr(p, ' ', (size_t)(end - p));
    }
}

/* The rest of a line that is not too wide. */
static void look_at(const struct layers *l, uint32_t line, struct look *out) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base + l->line_from[line], *end = base + l->line_to[line];
    const uint8_t *q = p;
    uint32_t cp, v;
    while (q<end && * q> ' ')
        q++;
    out->alone = q == end;
    text_decode(p, end, &cp);
    v = unicode_properties(cp);
    out->lower = (v & UF_LOWER) != 0;
    if (is_wide(cp)) {
        out->wide = 1;
        out->word = 2;
    } else {
        out->word = 1 + width_of(p, q);
    }
    if (UNICODE_CLASS(v) == UC_LETTER && !(v & (UF_UPPER | UF_LOWER)))
        out->wide |= 4;
    text_decode_back(p, end, &cp);
    out->wide = (uint8_t)(out->wide | (is_wide(cp) ? 2 : 0));
    uint32_t more =
        (uint32_t)(end - p) - (out->width - out->indent); /* wide characters take two columns and three bytes */
    out->slack = out->wide & 3 ? WRAP_SLACK : more <= SLACK_BYTES ? (uint8_t)more : 0;
    int how = wrap_end(l, l->line_from[line], l->line_to[line]);
    out->ends = how == 1;
    out->soft = how == 2 || (how == 0 && is_soft(p, end));
    out->known = LOOK_ALL;
}

#define DATELINE_MOST 40u /* bytes of a city or an agency */

/* "LONDON (Reuters) -", "(CNN) --": the first words of a report, which go on with nothing. */
static int begins_dateline(const uint8_t *p, const uint8_t *end) {
    const uint8_t *from = p;
    while (p < end && p - from < (ptrdiff_t)DATELINE_MOST &&
           ((*p >= 'A' && *p <= 'Z') || *p == ' ' || *p == ',' || *p == '.'))
        p++;
    if (p == end || *p != '(')
        return 0;
    const uint8_t *close = memchr(p, ')', (size_t)(end - p) < DATELINE_MOST ? (size_t)(end - p) : DATELINE_MOST);
    if (!close || end - close < 5 || close[1] != ' ')
        return 0;
    return close[2] == '-' || memcmp(close + 2, "\xe2\x80\x93", 3) == 0 || memcmp(close + 2, "\xe2\x80\x94", 3) == 0;
}

int wrap_read_pair(const struct layers *l, const struct look *looks, uint32_t line, struct pair *out) {
    const struct look *a = &looks[line], *b = &looks[line + 1];
    if (line_is_blank(l, line) || line_is_blank(l, line + 1) || !a->width || !b->width ||
        a->width - a->indent < TEXT_MIN)
        return 0;
    if (l->line_mark[line] ? b->indent && b->indent < a->indent
                           : b->indent > a->indent || (b->indent && a->indent - b->indent > INDENT_MAX))
        return 0;
    const uint8_t *base = (const uint8_t *)l->text;
    if (begins_dateline(base + l->line_from[line + 1], base + l->line_to[line + 1]))
        return 0;
    out->low = a->width;
    out->high = a->width + b->word + a->slack;
    out->flows = a->soft || (b->lower && !a->ends);
    return 1;
}

/* Lines of a script without case, or of CJK characters. */
static int has_no_case(const struct layers *l, const struct look *looks, uint32_t column) {
    for (uint32_t i = 0; i < l->n_lines; i++)
        if (!line_is_blank(l, i) && looks[i].width && looks[i].width >= column / 2 && !looks[i].wide)
            return 0;
    return 1;
}

/* Whether the lines bear out the column that most is said for. */
static int holds(const struct layers *l, const struct look *looks, uint32_t column, int32_t said) {
    uint32_t wider = 0, fit = 0, flow = 0, open = 0;
    struct pair p;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        if (line_is_blank(l, i))
            continue;
        wider += !looks[i].alone && (!looks[i].width || looks[i].width > column);
        if (i + 1 == l->n_lines || l->line_mark[i + 1] || !wrap_read_pair(l, looks, i, &p) || !wrap_fits(&p, column))
            continue;
        fit++;
        flow += p.flows != 0;
        open += !looks[i].ends;
    }
    if (fit < 3 && (wider || flow < 2 || column < EVEN_MIN))
        return 0;
    if (flow == 0)
        return fit > 2 && open * 2 >= fit && said > 2 && has_no_case(l, looks, column);
    return said >= ENOUGH && flow * 4 >= fit;
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
        if (l->line_mark[i + 1] || !wrap_read_pair(l, looks, i, &p))
            continue;
        pairs++;
        reads_on += p.low > column * 3 / 4 && wrap_flows(&p, column);
    }
    return reads_on >= 6 && reads_on * 3 >= pairs * 2;
}

/* Adds `more` to what is said of the columns [from, to). */
static void say(int32_t *change, uint32_t from, uint32_t to, int32_t more) {
    uint32_t end = to <= COLUMN_MAX ? to : COLUMN_MAX + 1;
    if (from < end) {
        change[from] += more;
        change[end] -= more;
    }
}

static uint32_t find_column(const struct layers *l, const struct look *looks, int *out_even) {
    int32_t change[COLUMN_MAX + 2] = {0}, said = 0, most = 0;
    uint32_t column = 0, widest = 0;
    struct pair p;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        if (line_is_blank(l, i))
            continue;
        if (!looks[i].alone)
            say(change, 0, looks[i].width ? looks[i].width : COLUMN_MAX + 1, -AGAINST_WIDER);
        if (i + 1 == l->n_lines || l->line_mark[i + 1] || !wrap_read_pair(l, looks, i, &p))
            continue;
        widest = p.low > widest ? p.low : widest;
        if (!looks[i].ends)
            say(change, p.low, p.high, p.flows ? FOR_FLOW : FOR_OPEN);
        say(change, p.high, p.low * 8 / 5, p.flows ? -AGAINST_FLOW : -AGAINST_NEAR);
    }
    for (uint32_t w = 1; w <= COLUMN_MAX; w++) {
        said += change[w];
        if (w >= COLUMN_MIN && said > 0 && said >= most) {
            most = said;
            column = w;
        }
    }
    *out_even = 0;
    if (column && holds(l, looks, column, most))
        return column;
    *out_even = 1;
    return widest >= EVEN_MIN && is_even(l, looks, widest) ? widest : 0;
}

/* Whether so many lines are too wide that no column can have enough said for it. */
static int is_hopeless(const struct layers *l, const struct look *looks) {
    uint32_t wide = 0, pairs = 0;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        wide += !line_is_blank(l, i) && !looks[i].width && !looks[i].alone;
        pairs += looks[i].width >= TEXT_MIN && i + 1 < l->n_lines && looks[i + 1].width;
    }
    return pairs < 2 || AGAINST_WIDER * wide >= FOR_FLOW * pairs;
}

static const uint8_t *find_by_looks(struct layers *l, struct look *looks) {
    int even;
    for (uint32_t i = 0; i < l->n_lines; i++)
        if (looks[i].known < LOOK_WIDTH)
            measure(l, i, &looks[i]);
    if (is_hopeless(l, looks))
        return NULL;
    for (uint32_t i = 0; i < l->n_lines; i++)
        if (looks[i].width && looks[i].known < LOOK_ALL)
            look_at(l, i, &looks[i]);
    uint32_t column = find_column(l, looks, &even);
    if (!column)
        return NULL;
    uint8_t *on = arena_zalloc(l->arena, l->n_lines);
    wrap_find_ends(l, looks, column, even, on);
    return on;
}

const uint8_t *layers_find_wraps(struct layers *l) {
    uint32_t neighbours = 0;
    for (uint32_t i = 0; i + 1 < l->n_lines; i++)
        neighbours += !line_is_blank(l, i) && !line_is_blank(l, i + 1) && l->line_to[i] - l->line_start[i] <= BYTES_MAX;
    if (neighbours < 2)
        return NULL;
    if (l->looks)
        return find_by_looks(l, l->looks);
    size_t bytes = l->n_lines * sizeof(struct look);
    struct look *looks = arena_zalloc(l->arena, bytes);
    const uint8_t *on = find_by_looks(l, looks);
    arena_resize(l->arena, looks, bytes, 0);
    return on;
}
