/* layers_marks.c: tells which lines begin with a list mark. What is a mark by itself (a bullet and a space, "1)",
 * "(a)") is taken at once; what is one only in company ("a.", "IV.", "2024.", "1:", an emoji, a hyphen without a
 * space, any sign like # or a paragraph mark) is held until a neighbour of the same style, with the next number where
 * it is numbered, confirms it.
 */
#include "layers_parts.h"
#include "text_hash.h"
#include "text_unicode.h"

/* No more lines than this stand between two items of a list that was wrapped. */
#define WRAPPED_MOST 2u

/* Styles of candidates; numbered ones come in forms: "1." "1)" "(1)", and in company "1:" "1.Text". */
enum { STYLE_NONE, STYLE_BULLET, STYLE_ALONE, STYLE_DIGITS, STYLE_LOWER, STYLE_UPPER, STYLE_ROMAN, STYLE_ROMAN_UPPER };
enum { FORM_POINT, FORM_PAREN, FORM_PARENS, FORM_COLON, FORM_TIGHT, FORM_KEYCAP, FORMS };

struct candidate {
    uint32_t length; /* of the mark and the space behind it; 0: none */
    uint32_t style, form, value;
    uint32_t other_style, other_value; /* a letter that may be a Roman number, too */
    uint32_t sign;                     /* the character, where only an equal one confirms it */
    int adjacent;                      /* and only one in the next line, blank ones apart */
    int sure;
};

static int at_space(const uint8_t *p, const uint8_t *end, uint32_t *out_n) {
    uint32_t cp;
    if (p >= end)
        return 0;
    *out_n = text_decode(p, end, &cp);
    return unicode_class(cp) == UC_SPACE;
}

static const uint8_t *skip_space(const uint8_t *p, const uint8_t *end) {
    uint32_t n;
    while (at_space(p, end, &n))
        p += n;
    return p;
}

static uint32_t roman(const uint8_t *p, uint32_t len) {
    static const struct {
        char letter;
        uint8_t value;
    } letters[] = {{'i', 1}, {'v', 5}, {'x', 10}, {'l', 50}};
    uint32_t total = 0, last = 0;
    for (uint32_t i = len; i-- > 0;) {
        uint32_t value = 0;
        for (uint32_t k = 0; k < 4; k++)
            if ((p[i] | 0x20) == letters[k].letter)
                value = letters[k].value;
        if (!value)
            return 0;
        if (value < last)
            total -= value;
        else
            total += last = value;
    }
    return total;
}

/* What stands behind the digits from `from` to q: "1:", or a digit drawn as a key. NULL: neither. ("[1]" begins a
 * source, not an item.) */
static const uint8_t *read_rare_form(const uint8_t *from, const uint8_t *q, const uint8_t *end, struct candidate *c) {
    int is_key = end - q >= 6 && memcmp(q, "\xef\xb8\x8f\xe2\x83\xa3", 6) == 0;
    if (q - from > 3 || (*q != ':' && !is_key))
        return NULL;
    c->form = is_key ? FORM_KEYCAP : FORM_COLON;
    c->sure = is_key;
    return q + (is_key ? 6 : 1);
}

/* A number, letter or Roman number at p with its point or bracket; what is read goes to *c. */
static const uint8_t *read_number(const uint8_t *p, const uint8_t *end, struct candidate *c) {
    int open = p < end && *p == '(';
    const uint8_t *q = p + open, *from = q;
    while (q < end && q - from < 6 && *q >= '0' && *q <= '9')
        c->value = c->value * 10 + (uint32_t)(*q++ - '0');
    if (q > from) {
        c->style = STYLE_DIGITS;
        c->sure = q - from <= 3;
        const uint8_t *rare = !open && q < end ? read_rare_form(from, q, end, c) : NULL;
        if (rare)
            return rare;
    } else {
        while (q < end && q - from < 6 && ((*q | 0x20) >= 'a' && (*q | 0x20) <= 'z'))
            q++;
        uint32_t n = (uint32_t)(q - from), r = roman(from, n);
        int upper = n > 0 && *from < 'a';
        for (uint32_t i = 0; i < n; i++)
            if ((from[i] < 'a') != upper)
                return NULL;
        if (n == 0 || (n > 1 && !r))
            return NULL;
        c->style = upper ? STYLE_ROMAN_UPPER : STYLE_ROMAN;
        c->value = r;
        c->sure = n > 1 && !upper;
        if (n == 1) {
            c->other_style = r ? c->style : 0;
            c->other_value = r;
            c->style = upper ? STYLE_UPPER : STYLE_LOWER;
            c->value = (*from | 0x20u) - 'a' + 1;
        }
    }
    if (q >= end || (*q != '.' && *q != ')'))
        return NULL;
    if (open && *q != ')')
        return NULL;
    if (*q == '.' && end - q > 1 && q[1] == ')') /* "1.)" */
        q++;
    c->form = open ? FORM_PARENS : *q == ')' ? FORM_PAREN : FORM_POINT;
    if (c->form != FORM_POINT && c->style != STYLE_DIGITS)
        c->sure = 1;
    return q + 1;
}

/* "3. Oktober" and its like are dates, "120. text" or "12. text" goes on with a sentence unless neighbours tell. */
static int is_sure_point(const struct candidate *c, const uint8_t *rest, const uint8_t *end) {
    uint32_t cp, v;
    if (c->style == STYLE_DIGITS) {
        text_decode(rest, end, &cp);
        v = unicode_properties(cp);
        return c->value < 100 && !(v & UF_LOWER) && !abbreviation_is_month((const char *)rest, (size_t)(end - rest));
    }
    return c->sure;
}

static int is_bullet(uint32_t cp) {
    static const uint32_t bullets[] = {
        0x2022,  0x2023,  0x2043,  0x204c,  0x204d,  0x2219,  0x22c5,  0x25a0,  0x25a1,  0x25aa,  0x25ab,
        0x25ac,  0x25b6,  0x25b8,  0x25b9,  0x25ba,  0x25c6,  0x25c7,  0x25c8,  0x25c9,  0x25cb,  0x25ce,
        0x25cf,  0x25d8,  0x25d9,  0x25e6,  0x25fc,  0x25fd,  0x25fe,  0x2605,  0x2606,  0x2610,  0x2611,
        0x2612,  0x2660,  0x2663,  0x2666,  0x2713,  0x2714,  0x2715,  0x2716,  0x2717,  0x2718,  0x2726,
        0x2727,  0x2731,  0x2733,  0x2756,  0x2794,  0x2798,  0x279c,  0x279e,  0x27a2,  0x27a4,  0x29be,
        0x29bf,  0x2b1b,  0x2b1c,  0x2b25,  0x2b29,  0x2b2a,  0x30fb,  0xff65,  0x203b,  0x2192,  0x21d2,
        0x2705,  0x274c,  0x27a1,  0x2b50,  0x1f449, 0x1f4cc, 0x1f4cd, 0x1f534, 0x1f535, 0x1f536, 0x1f537,
        0x1f538, 0x1f539, 0x1f53a, 0x1f53b, 0x1f538, 0x26aa,  0x26ab,  0x1f7e0, 0x1f7e1, 0x1f7e2, 0x1f7e3};
    if (cp < 0x2022 || (cp > 0x30fb && cp < 0xe000)) /* quotation marks and ideographs begin more lines */
        return 0;
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (bullets[i] == cp)
            return 1;
    return (cp >= 0xe000 && cp <= 0xf8ff) || (cp >= 0x2460 && cp <= 0x249b) || (cp >= 0x2776 && cp <= 0x2793);
}

/* Any sign that opens, closes, quotes and ends nothing, and is no money and no right. */
static int is_rare_bullet(uint32_t cp, uint32_t properties) {
    static const uint32_t others[] = {0xa2, 0xa3, 0xa4, 0xa5, 0xa9, 0xae, 0xa1, 0xbf, 0x2026, 0x2117, 0x2122, 0x30fc};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == cp)
            return 0;
    return UNICODE_CLASS(properties) == UC_PUNCT && !(cp >= 0x20a0 && cp <= 0x20cf) &&
           !(properties & (UF_OPEN | UF_CLOSE | UF_QUOTE | UF_TERMINAL | UF_COMMA));
}

/* The mark at p, beyond numbers; *out_spaced tells whether it needs a space behind it, *out_company whether a
 * neighbour. */
static const uint8_t *read_bullet(const uint8_t *p, const uint8_t *end, struct candidate *c) {
    uint32_t cp, n = text_decode(p, end, &cp), k, v, next_cp = 0;
    const uint8_t *q = p + n;
    if (q < end)
        text_decode(q, end, &next_cp);
    uint32_t next = unicode_properties(next_cp), next_class = UNICODE_CLASS(next);
    c->style = STYLE_BULLET;
    c->sign = cp;
    c->sure = 1;
    if (cp < 0x80 && q < end && *q == cp && strchr("-*+>~#", (int)cp)) { /* "--", ">>" */
        c->sure = 0;
        q += 1 + (q + 1 < end && q[1] == cp);
        return at_space(q, end, &k) ? q : NULL;
    }
    if (cp < 0x80) {
        if (strchr("#~|/", (int)cp)) {
            c->sure = 0;
            c->adjacent = 1;
            int is_row = cp == '|' && memchr(q, '|', (size_t)(end - q)) != NULL;
            return !is_row && at_space(q, end, &k) ? q : NULL;
        }
        if (cp == '-' || cp == '*' || cp == '+') {
            if (at_space(q, end, &k))
                return q;
            c->sure = 0;
            return next_class == UC_LETTER || next_class == UC_IDEOGRAPH ? q : NULL;
        }
        if (cp == 'o') {
            c->sure = 0;
            return at_space(q, end, &k) ? q : NULL;
        }
        return cp == '>' && at_space(q, end, &k) ? q : NULL;
    }
    switch (cp) {
    case 0xb7:
        c->sure = at_space(q, end, &k);
        return c->sure || next_class == UC_LETTER ? q : NULL;
    case 0x2010:
    case 0x2011:
    case 0xbb:
    case 0x203a:
    case 0x2212:
        return at_space(q, end, &k) ? q : NULL;
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
        return next_class != UC_DIGIT && next_class != UC_PUNCT ? q : NULL;
    default:
        break;
    }
    v = unicode_properties(cp);
    if (is_bullet(cp)) {
        while (q < end && *q >= 0x80) { /* variation selectors */
            n = text_decode(q, end, &cp);
            if (unicode_class(cp) != UC_MARK)
                break;
            q += n;
        }
        if ((c->sign >= 0x2460 && c->sign <= 0x249b) || (c->sign >= 0x2776 && c->sign <= 0x2793))
            c->length = MARK_NUMBERED;
        return q;
    }
    if (UNICODE_CLASS(v) == UC_EMOJI || UNICODE_CLASS(v) == UC_FLAG) {
        while (q < end && *q >= 0x80) {
            n = text_decode(q, end, &cp);
            uint32_t class = unicode_class(cp);
            if (class != UC_MARK && class != UC_EMOJI && class != UC_MODIFIER && class != UC_FLAG &&
                class != UC_PICTOGRAPH)
                break;
            q += n;
        }
        c->sign = 0x1f600;
        c->sure = 0;
        return at_space(q, end, &k) || next_class == UC_LETTER ? q : NULL;
    }
    c->sure = 0;
    c->adjacent = 1;
    return is_rare_bullet(cp, v) && (at_space(q, end, &k) || next_class == UC_LETTER) ? q : NULL;
}

/* Of i, v, x, l, of which small Roman numbers are made, in either case. */
static inline int is_roman(uint8_t c) {
    const uint32_t letters = 1u << ('i' & 31) | 1u << ('v' & 31) | 1u << ('x' & 31) | 1u << ('l' & 31);
    return c >= 'A' && (letters >> (c & 31) & 1) && (c | 0x20) <= 'z';
}

int layers_may_mark(const uint8_t *p, const uint8_t *end) {
    uint8_t c = *p;
    if ((c | 0x20) < 'a' || (c | 0x20) > 'z')
        return c >= 0x80 || (c >= '0' && c <= '9') || (c && strchr("(-*+>#~|/", c));
    if (c == 'o' && end - p > 1 && (p[1] == ' ' || p[1] == '\t'))
        return 1;
    for (uint32_t i = 1; i < 6 && p + i < end; i++) {
        if (p[i] == '.' || p[i] == ')')
            return 1;
        if (!is_roman(p[i]))
            return 0;
    }
    return 0;
}

/* "1.Text", "2)Text": a number, and right behind its point or bracket a word. */
static int is_tight(const struct candidate *c, const uint8_t *q, const uint8_t *end) {
    uint32_t cp;
    if (c->style != STYLE_DIGITS || c->form > FORM_PARENS || q >= end)
        return 0;
    text_decode(q, end, &cp);
    return unicode_class(cp) == UC_LETTER || unicode_class(cp) == UC_IDEOGRAPH;
}

static struct candidate read_mark(const uint8_t *p, const uint8_t *end) {
    struct candidate c = {0};
    const uint8_t *q, *rest;
    uint32_t n, cp, sign;
    int numbered;
    q = read_number(p, end, &c);
    numbered = q != NULL;
    if (!numbered) {
        c = (struct candidate){0};
        q = read_bullet(p, end, &c);
        if (!q && *p >= '0' && *p <= '9') { /* "1" and an ideographic comma */
            for (q = p; q < end && *q >= '0' && *q <= '9' && q - p < 3;)
                q++;
            numbered = end - q > 3 && memcmp(q, "\xe3\x80\x81", 3) == 0;
            c.sure = 1;
            q = numbered ? q + 3 : NULL;
        }
    } else if (!at_space(q, end, &n) && c.form != FORM_KEYCAP) {
        if (!is_tight(&c, q, end))
            return (struct candidate){0};
        c.form = FORM_TIGHT;
        c.sure = 0;
    }
    rest = q ? skip_space(q, end) : end;
    if (rest >= end)
        return (struct candidate){0};
    text_decode(p, end, &sign);
    text_decode(rest, end, &cp);
    if (!numbered && ((cp == sign && sign != 'o') || cp == '=' || cp == '_'))
        return (struct candidate){0};
    if (numbered && c.style != STYLE_NONE && c.form == FORM_POINT)
        c.sure = is_sure_point(&c, rest, end);
    c.length |= (uint32_t)(rest - p) | (numbered ? MARK_NUMBERED : 0);
    return c;
}

/* What was seen last of each style and form of number, and of bullets that need company. */
struct memory {
    struct {
        uint32_t line, length, value;
    } number[STYLE_ROMAN_UPPER + 1][FORMS];
    uint32_t sign, sign_line, sign_length; /* of the last one, blank lines apart */
    uint32_t between;                      /* lines since then: an item may be wrapped */
};

/* Confirms a numbered mark and the one before it where they count on. */
static int counts_on(struct layers *l, struct memory *m, const struct candidate *c, uint32_t line, uint32_t style,
                     uint32_t value) {
    int found = 0;
    if (!style)
        return 0;
    if (m->number[style][c->form].length && m->number[style][c->form].value + 1 == value) {
        l->line_mark[m->number[style][c->form].line] = m->number[style][c->form].length;
        found = 1;
    }
    m->number[style][c->form].line = line;
    m->number[style][c->form].length = c->length;
    m->number[style][c->form].value = value;
    return found;
}

void layers_find_marks(struct layers *l) {
    const uint8_t *base = (const uint8_t *)l->text;
    struct memory m;
    memset(&m, 0, sizeof m);
    l->line_mark = arena_alloc(l->arena, (l->n_lines + 1) * sizeof *l->line_mark);
    for (uint32_t i = 0; i < l->n_lines; i++) {
        l->line_mark[i] = 0;
        if (line_is_blank(l, i))
            continue;
        if (!l->line_may_mark[i]) {
            if (m.between++ >= WRAPPED_MOST)
                m.sign = m.between = 0;
            continue;
        }
        struct candidate c = read_mark(base + l->line_from[i], base + l->line_to[i]);
        int sure = c.sure;
        if (c.length && c.style >= STYLE_DIGITS) {
            sure |= counts_on(l, &m, &c, i, c.style, c.value);
            sure |= counts_on(l, &m, &c, i, c.other_style, c.other_value);
        }
        if (c.length && c.sign && m.sign == c.sign && (!c.adjacent || m.between == 0)) {
            l->line_mark[m.sign_line] = m.sign_length;
            sure = 1;
        }
        if (!c.length && m.between++ < WRAPPED_MOST)
            continue;
        m.sign = c.length ? c.sign : 0;
        m.sign_line = i;
        m.sign_length = c.length;
        m.between = 0;
        if (c.length && sure)
            l->line_mark[i] = c.length;
    }
}
