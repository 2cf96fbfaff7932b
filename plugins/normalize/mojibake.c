/* mojibake.c: finds and undoes characters that are really the bytes of UTF-8, read as a one-byte set (or as one after
 * the other: layers).
 *
 * The idea. A sequence is a character that stands for a lead byte, followed by as many as stand for its continuation
 * bytes. Real text has such pairs too (an upper-case E acute before a registered sign), so a sequence has to be
 * *unnatural* as it stands: a symbol between letters, an upper-case letter after a lower-case one, two scripts in one
 * word, a control character. What it would become has to be plausible where it would stand: a letter of the right case
 * among letters, a letter of a far script beside another of it, usual punctuation. Both give points. The points of one
 * set of characters are added up over the window, and less is granted where other characters of that set do not fit
 * into any sequence. The best set wins, if it has enough points, and its sequences are mended, also those that
 * lost a byte on the way: to a blank (0xA0), to '?' or to U+FFFD. Then the next layer is looked for.
 *
 * Owns the judgement; leaves windows and edits to normalize.c. Any thread, no state, no allocation.
 */
#include "mojibake.h"

#include <stddef.h>

enum cls {
    K_EDGE,  /* start or end */
    K_SPACE, /* blank */
    K_NBSP,  /* U+00A0 */
    K_LOW,   /* a-z */
    K_UP,    /* A-Z */
    K_DIGIT,
    K_PUNCT, /* ASCII punctuation */
    K_C1,    /* U+0080 to U+009F */
    K_XLOW,  /* other Latin letter, lower case */
    K_XUP,   /* other Latin letter, upper case */
    K_CYL,
    K_CYU, /* Cyrillic */
    K_GRL,
    K_GRU,    /* Greek */
    K_SUFFIX, /* symbols that follow a word: TM (R) degree superscripts, acute as a quote */
    K_SYM,    /* other symbols */
    K_OPEN,   /* opening quotes, inverted ! and ? */
    K_CLOSE,  /* closing quotes, ellipsis */
    K_DASH,
    K_BOX,
    K_SHY,
    K_LOST, /* U+FFFD */
    K_FAR   /* any other script or sign */
};

static enum cls class_of(uint32_t c) {
    if (c < 0x80) {
        if (c == ' ' || (c >= 9 && c <= 13))
            return K_SPACE;
        if (c >= 'a' && c <= 'z')
            return K_LOW;
        if (c >= 'A' && c <= 'Z')
            return K_UP;
        return c >= '0' && c <= '9' ? K_DIGIT : K_PUNCT;
    }
    if (c < 0xa0)
        return K_C1;
    if (c < 0x100) {
        switch (c) {
        case 0xa0:
            return K_NBSP;
        case 0xa1:
        case 0xab:
        case 0xbf:
            return K_OPEN;
        case 0xbb:
            return K_CLOSE;
        case 0xad:
            return K_SHY;
        case 0xaa:
        case 0xae:
        case 0xb0:
        case 0xb2:
        case 0xb3:
        case 0xb4:
        case 0xb9:
        case 0xba:
            return K_SUFFIX;
        case 0xd7:
        case 0xf7:
            return K_SYM;
        default:
            return c < 0xc0 ? K_SYM : c < 0xdf ? K_XUP : K_XLOW;
        }
    }
    if (c < 0x180) {
        if (c == 0x138 || c == 0x149 || c == 0x17f)
            return K_XLOW;
        if (c == 0x178)
            return K_XUP;
        int odd_is_lower = c < 0x139 || (c >= 0x14a && c < 0x179);
        return ((c & 1) != 0) == odd_is_lower ? K_XLOW : K_XUP;
    }
    if (c == 0x192)
        return K_SYM;
    if (c >= 0x218 && c <= 0x21b)
        return (c & 1) ? K_XLOW : K_XUP;
    if (c >= 0x1ea0 && c <= 0x1ef9)
        return (c & 1) ? K_XLOW : K_XUP;
    if (c == 0x1a0 || c == 0x1af)
        return K_XUP;
    if (c == 0x1a1 || c == 0x1b0)
        return K_XLOW;
    if (c >= 0x2c6 && c <= 0x2dd)
        return K_SYM;
    if (c >= 0x370 && c < 0x400)
        return c == 0x37e || c == 0x387                   ? K_SYM
               : c == 0x390 || (c >= 0x3ac && c <= 0x3ce) ? K_GRL
               : c >= 0x386 && c < 0x3ac                  ? K_GRU
                                                          : K_FAR;
    if (c >= 0x400 && c < 0x460)
        return c < 0x430 ? K_CYU : K_CYL;
    if (c == 0x490)
        return K_CYU;
    if (c == 0x491)
        return K_CYL;
    if (c >= 0x2000 && c < 0x2070) {
        if (c >= 0x2010 && c <= 0x2015)
            return K_DASH;
        if (c == 0x2018 || c == 0x201a || c == 0x201c || c == 0x201e || c == 0x2039)
            return K_OPEN;
        if (c == 0x2019 || c == 0x201d || c == 0x203a || c == 0x2026)
            return K_CLOSE;
        return K_SYM;
    }
    if (c == 0x2122)
        return K_SUFFIX;
    if ((c >= 0x20a0 && c < 0x20d0) || (c >= 0x2100 && c < 0x2500) || (c >= 0x25a0 && c < 0x2600))
        return K_SYM;
    if (c >= 0x2500 && c < 0x25a0)
        return K_BOX;
    if (c == 0xfffd)
        return K_LOST;
    return K_FAR;
}

static int is_lower(enum cls k) {
    return k == K_LOW || k == K_XLOW || k == K_CYL || k == K_GRL;
}

static int is_upper(enum cls k) {
    return k == K_UP || k == K_XUP || k == K_CYU || k == K_GRU;
}

static int is_letter(enum cls k) {
    return is_lower(k) || is_upper(k);
}

static int is_latin(enum cls k) {
    return k == K_LOW || k == K_UP || k == K_XLOW || k == K_XUP;
}

/* 1: Latin, 2: Cyrillic, 3: Greek, 0: no letter of these. */
static int script_of(enum cls k) {
    return is_latin(k) ? 1 : k == K_CYL || k == K_CYU ? 2 : k == K_GRL || k == K_GRU ? 3 : 0;
}

/* How unnatural it is that b stands right behind a; 0: it is not. */
static int unnatural(uint32_t a, uint32_t b) {
    enum cls x = class_of(a), y = class_of(b);
    if (x == K_C1 || y == K_C1)
        return 1;
    if (is_letter(x)) {
        if (is_letter(y))
            return script_of(x) != script_of(y) || (is_lower(x) && is_upper(y) && (x != K_LOW || y != K_UP)) ||
                   (a == 0xe2 && (b == 0x153 || b == 0x161 || b == 0x17e));
        if (y == K_SHY)
            return is_upper(x);
        return y == K_SYM || y == K_OPEN || y == K_BOX || (y == K_FAR && b < 0x2000);
    }
    if (is_letter(y)) {
        if (x == K_CLOSE)
            return a != 0x2019 && a != 0x2026 && a != 0xbb;
        if (x == K_BOX)
            return y != K_LOW && y != K_UP;
        return x == K_SYM ? a != 0xd7 && a != 0xf7 &&
                                !(a == 0x2022 || a == 0xa3 || a == 0x20ac || a == 0xa7 || a == 0xb5 || a == 0xb7 ||
                                  a == 0x221a || a == 0x2248)
                          : x == K_SUFFIX || x == K_FAR;
    }
    if ((a == 0xd7 || a == 0xf7) && (y == K_OPEN || y == K_SYM))
        return b < 0x20a0 && !(b >= 0xa2 && b <= 0xa5);
    if ((b == 0xd7 || b == 0xf7) && (x == K_SYM || x == K_CLOSE || x == K_OPEN))
        return x != K_OPEN;
    if (x == K_SYM && y == K_SYM)
        return a != b;
    if (x == K_SYM && (y == K_BOX || y == K_SUFFIX || y == K_OPEN || y == K_DASH))
        return 1;
    if (x == K_SUFFIX && y == K_OPEN)
        return 1;
    if (x == K_DASH && (y == K_SYM || y == K_SUFFIX))
        return b != 0x221e;
    if (x == K_BOX)
        return y == K_SYM || y == K_SUFFIX || y == K_OPEN;
    return 0;
}

struct sequence {
    uint32_t length; /* in glyphs; 0: none here */
    uint32_t c;      /* what it stands for */
    int lost;        /* a byte is missing: c is U+FFFD */
    int blank;       /* a blank stands for the byte 0xA0 */
    int keep_blank;  /* and stays behind the character: the word it belongs to ends there */
};

/* Bytes that may stand at a place: the real one, 0xA0 for a blank, -1 for a lost one, 0 for none. */
static int byte_at(const struct codepages *t, const struct glyph *g, uint32_t n, uint32_t i, int set) {
    if (i >= n)
        return 0;
    uint32_t c = g[i].c;
    if (c >= 0x80)
        return c == 0xfffd ? -1 : codepages_byte(t, c, set);
    return c == ' ' ? 0x120 : c == '?' ? -2 : 0;
}

static int word_is(const struct glyph *g, uint32_t n, uint32_t i, const char *word) {
    while (*word != '\0') {
        if (i >= n || (g[i].c | 0x20u) != (uint32_t)(unsigned char)*word)
            return 0;
        i++;
        word++;
    }
    return 1;
}

static int has_letter_at(const struct glyph *g, uint32_t n, uint32_t i) {
    return i < n && is_letter(class_of(g[i].c));
}

/* The sequence of one set at glyph i. */
static struct sequence sequence_at(const struct codepages *t, const struct glyph *g, uint32_t n, uint32_t i, int set) {
    struct sequence s = {0};
    if (g[i].c < 0x80)
        return s;
    int b = codepages_byte(t, g[i].c, set);
    if (b < 0xc2 || b > 0xf4)
        return s;
    uint32_t more = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
    uint32_t c = (uint32_t)b & (0x3fu >> more);
    uint32_t k = 1;
    for (; k <= more; k++) {
        int x = byte_at(t, g, n, i + k, set);
        if (x == 0x120) { /* a blank for 0xA0 */
            if (s.lost)
                return (struct sequence){0};
            s.blank = 1;
            x = 0xa0;
        } else if (x < 0) {
            if (x == -2 && more == 1 && !has_letter_at(g, n, i + 2) && !(i + 2 < n && g[i + 2].c >= 0x80))
                return (struct sequence){0};
            s.lost = 1;
            continue;
        } else if (x < 0x80 || x > 0xbf) {
            return (struct sequence){0};
        }
        if (k == 1 && ((b == 0xe0 && x < 0xa0) || (b == 0xf0 && x < 0x90) || (b == 0xf4 && x > 0x8f)))
            return (struct sequence){0};
        c = (c << 6) | ((uint32_t)x & 0x3f);
    }
    s.length = more + 1;
    if (s.lost) {
        s.c = 0xfffd;
        return s;
    }
    if (c >= 0xd800 && c < 0xdc00) { /* half of a pair that was encoded as two: the other must follow */
        struct sequence low = {0};
        if (i + 3 < n && byte_at(t, g, n, i + 3, set) == 0xed) {
            int x = byte_at(t, g, n, i + 4, set), y = byte_at(t, g, n, i + 5, set);
            if (x >= 0xb0 && x <= 0xbf && y >= 0x80 && y <= 0xbf)
                low.c = 0xd000u | (((uint32_t)x & 0x3f) << 6) | ((uint32_t)y & 0x3f);
        }
        if (low.c == 0)
            return (struct sequence){0};
        s.c = 0x10000 + ((c - 0xd800) << 10) + (low.c - 0xdc00);
        s.length = 6;
        return s;
    }
    if (c >= 0xdc00 && c < 0xe000)
        return (struct sequence){0};
    s.c = c;
    if (s.blank && s.length == 2 && c == 0xe0) {
        /* The word "à": its second byte was taken for the blank behind it, unless a second blank follows. */
        int joined = (word_is(g, n, i + 2, "s ") || word_is(g, n, i + 2, "quele") || word_is(g, n, i + 2, "quela") ||
                      word_is(g, n, i + 2, "quilo"));
        s.keep_blank = !joined && !(i + 2 < n && g[i + 2].c == ' ');
    }
    return s;
}

/* How well c fits where it would stand. left and right: the neighbours, as they would be. */
static int plausible(uint32_t c, uint32_t left, uint32_t right) {
    enum cls k = class_of(c), l = class_of(left), r = class_of(right);
    if (c < 0xa0)
        return c >= 0x80 && (left >= 0x80 || right >= 0x80) ? 0 : -2;
    if (is_latin(k)) {
        if (c == 0x17f || c == 0x149)
            return -2;
        if (is_latin(l)) {
            int fits = is_lower(k) ? is_lower(l) || !(is_upper(r) && r != K_EDGE) : is_upper(l) || 0;
            if (is_lower(k) && is_upper(l) && l == K_UP && !is_lower(r))
                fits = 0;
            return fits ? 1 : -1;
        }
        if (is_latin(r))
            return is_upper(k) || is_lower(r) ? 1 : -1;
        return 0;
    }
    if (k == K_CYL || k == K_CYU || k == K_GRL || k == K_GRU)
        return script_of(l) == script_of(k) || script_of(r) == script_of(k) ? 1 : script_of(k) == 3 ? 0 : -1;
    if (c >= 0xa0 && c < 0xc0)
        return 0;
    if (c == 0xd7 || c == 0xf7)
        return 0;
    if ((c >= 0x2010 && c <= 0x2044) || c == 0x20ac || c == 0x2122 || c == 0xfb01 || c == 0xfb02)
        return 1;
    if ((c >= 0x5d0 && c <= 0x5ea) || (c >= 0x621 && c <= 0x6d3))
        return (left >= 0x590 && left < 0x700) || (right >= 0x590 && right < 0x700) ? 1 : -1;
    if ((c >= 0x900 && c < 0xe80) || (c >= 0x1000 && c < 0x10a0) || (c >= 0x1780 && c < 0x1800) ||
        (c >= 0x10a0 && c < 0x1100))
        return ((left >> 8) == (c >> 8) || (right >> 8) == (c >> 8)) ? 1 : -2;
    if ((c >= 0x2190 && c < 0x2800) || (c >= 0x1f300 && c < 0x1fb00) || (c >= 0x3000 && c < 0x3100) ||
        (c >= 0x4e00 && c < 0xa000) || (c >= 0xac00 && c < 0xd7a4) || (c >= 0xff00 && c < 0xff66) || c == 0xfffd ||
        c == 0xfe0f || c == 0x2800)
        return 1;
    if ((c >= 0x2c6 && c <= 0x2dd) || (c >= 0x300 && c < 0x370))
        return 0;
    if (c >= 0x6d4 && c < 0x700)
        return 0;
    return -2;
}

struct tally {
    int points;
    int strays; /* characters of the set that belong to no sequence and are no usual quotes */
    int sequences;
    int judged;       /* sequences with points */
    uint32_t longest; /* of those, in glyphs */
};

static int quote_or_dash(uint32_t c) {
    return c == 0x2018 || c == 0x2019 || c == 0x201c || c == 0x201d || c == 0x2026;
}

/* What follows an A with tilde or circumflex where they are letters: they stand alone as letters in few places. */
static int odd_lead(const struct glyph *g, uint32_t n, uint32_t i) {
    uint32_t a = g[i].c, b = i + 1 < n ? g[i + 1].c : 0;
    enum cls k = class_of(b);
    if (a != 0xc3 && a != 0xc2)
        return 0;
    if (is_letter(k) && b < 0x100)
        return 0;
    if (b == ' ')
        return a == 0xc3 && i > 0 && (class_of(g[i - 1].c) == K_LOW);
    if (b == 0x2019 && i + 2 < n && is_letter(class_of(g[i + 2].c)) && (i == 0 || !is_letter(class_of(g[i - 1].c))))
        return 0;
    if (b == '?' || b == 0xfffd)
        return 0;
    if (k == K_NBSP && a == 0xc3)
        return i > 0 && class_of(g[i - 1].c) == K_UP && !has_letter_at(g, n, i + 2) ? 0 : 2;
    if (a == 0xc2)
        return k == K_NBSP || (k == K_CLOSE && b != 0xbb)              ? 0
               : k == K_SYM || k == K_SUFFIX || b == 0xbb || b == 0xab ? 2
                                                                       : 1;
    return 1;
}

static uint32_t peek(const struct codepages *t, const struct glyph *g, uint32_t n, uint32_t i, int set) {
    if (i >= n)
        return ' ';
    struct sequence s = sequence_at(t, g, n, i, set);
    return s.length && !s.blank ? s.c : g[i].c;
}

/* The points of a sequence at i. before: the character that stands before it, mended. */
static int points_of(const struct codepages *t, const struct glyph *g, uint32_t n, uint32_t i, int set,
                     const struct sequence *s, uint32_t before, int layer) {
    int odd = odd_lead(g, n, i);
    uint32_t end = i + s->length;
    if (i > 0 && g[i - 1].c != ' ')
        odd += unnatural(g[i - 1].c, g[i].c);
    for (uint32_t k = i; k + 1 < end; k++)
        if (g[k + 1].c != ' ' && g[k + 1].c != '?')
            odd += unnatural(g[k].c, g[k + 1].c);
    if (end < n && g[end - 1].c >= 0x80)
        odd += class_of(g[end].c) != K_SPACE && unnatural(g[end - 1].c, g[end].c);
    /* A symbol that may end a word, inside of one. */
    if (s->length == 2 && class_of(g[i + 1].c) == K_SUFFIX && is_letter(class_of(g[i].c)) && has_letter_at(g, n, end) &&
        g[i + 1].c != 0xb4)
        odd++;
    /* A dash glued between letters, the second one accented. */
    if (class_of(g[i].c) == K_DASH && i > 0 && is_letter(class_of(g[i - 1].c)) && is_letter(class_of(g[i + 1].c)))
        odd++;
    /* Two accented capitals before a small letter. */
    if (s->length == 2 && class_of(g[i].c) == K_XUP && class_of(g[i + 1].c) == K_XUP && end < n &&
        class_of(g[end].c) == K_LOW)
        odd++;
    if (odd == 0)
        return 0;
    if (s->lost)
        return s->length > 2 ? (odd > 1 ? 2 : 1) : g[i + 1].c == 0xfffd ? 1 + has_letter_at(g, n, end) : 0;
    if (s->blank && !(s->length == 2 && s->c == 0xe0 && i > 0 && class_of(g[i - 1].c) == K_LOW))
        return 0;
    uint32_t next = s->blank && s->keep_blank ? ' ' : peek(t, g, n, end, set);
    int fit = plausible(s->c, before, next);
    if (fit < -1 && layer > 0)
        fit = -1; /* what was broken once may well be broken twice */
    if (fit < -1)
        return 0;
    return odd + fit + (fit > 0 && s->length > 2 ? 1 : 0);
}

static void tally_set(const struct codepages *t, const struct glyph *g, uint32_t n, int set, int layer,
                      struct tally *out) {
    struct tally y = {0};
    uint32_t before = ' ', ascii = 0, cyrillic = 0;
    int natural = 0;
    int ragged = 0;
    for (uint32_t i = 0; i < n;) {
        if (g[i].c < 0x80) {
            ascii += (g[i].c | 0x20u) >= 'a' && (g[i].c | 0x20u) <= 'z';
            before = g[i].c;
            ragged = 0;
            i++;
            continue;
        }
        struct sequence s = sequence_at(t, g, n, i, set);
        if (s.length == 0) {
            int b = codepages_byte(t, g[i].c, set);
            enum cls k = class_of(g[i].c);
            if (b != 0 && !quote_or_dash(g[i].c) && k != K_C1)
                y.strays += !is_letter(k) || (i > 0 && g[i - 1].c >= 0x80) || (i + 1 < n && g[i + 1].c >= 0x80);
            if (k == K_C1 && set != CODEPAGE_WINDOWS_1252 && codepage_chars[set][g[i].c - 0x80] != g[i].c)
                y.points--;
            cyrillic += k == K_CYL || k == K_CYU;
            ragged = b != 0 && (k == K_SYM || k == K_SUFFIX || (!is_letter(k) && ragged)) && g[i].c != 0xa0;
            before = g[i].c;
            i++;
            continue;
        }
        int p = ragged ? 0 : points_of(t, g, n, i, set, &s, before, layer);
        y.points += p > 0 ? p : 0;
        y.judged += p > 0;
        y.sequences += p > 0 || !s.blank;
        if (p <= 0 && !s.blank && unnatural(g[i].c, i + 1 < n ? g[i + 1].c : ' ') == 0)
            natural++;
        if (set != CODEPAGE_WINDOWS_1252)
            for (uint32_t k = i; k < i + s.length; k++)
                if (g[k].c >= 0x80 && g[k].c < 0xa0 && codepage_chars[set][g[k].c - 0x80] != g[k].c)
                    y.points--;
        y.longest = p > 0 && s.length > y.longest ? s.length : y.longest;
        before = s.c;
        i += s.length;
    }
    if (set == CODEPAGE_WINDOWS_1251 && cyrillic == 0 && ascii > 2)
        y.points += y.judged; /* Cyrillic in a Latin text, and nowhere but in sequences */
    else
        y.strays += natural;
    *out = y;
}

static int enough(const struct tally *y) {
    if (y->points < 2)
        return 0;
    if (y->strays == 0)
        return 1;
    if (y->judged >= 2)
        return y->points * 2 >= 5 && y->strays <= 2 * y->judged + 2;
    return y->points >= 4 && y->longest > 2;
}

int mojibake_suspect(const struct codepages *sets, const struct glyph *g, uint32_t n, uint32_t at) {
    for (int set = 0; set < CODEPAGES; set++) {
        struct sequence s = sequence_at(sets, g, n, at, set);
        if (s.length && (points_of(sets, g, n, at, set, &s, at ? g[at - 1].c : ' ', 0) > 0))
            return 1;
    }
    return 0;
}

/* Writes the mended glyphs of one layer over the old ones; returns the new count. */
static uint32_t mend_layer(const struct codepages *t, struct glyph *g, uint32_t n, int set, int layer) {
    uint32_t out = 0, before = ' ';
    int ragged = 0;
    for (uint32_t i = 0; i < n;) {
        struct sequence s = sequence_at(t, g, n, i, set);
        int take = s.length != 0 && !ragged;
        if (take && !s.lost && !s.blank) {
            uint32_t next = peek(t, g, n, i + s.length, set);
            if (plausible(s.c, before, next) < -1 && !codepages_known(t, s.c))
                take = points_of(t, g, n, i, set, &s, before, layer) > 0;
        }
        if (!take) {
            uint32_t skip = s.length && ragged ? s.length : 1;
            enum cls k = class_of(g[i].c);
            int b = g[i].c < 0x80 ? 0 : codepages_byte(t, g[i].c, set);
            if (skip == 1)
                ragged = b != 0 && (k == K_SYM || k == K_SUFFIX || (!is_letter(k) && ragged)) && g[i].c != 0xa0;
            before = g[i].c;
            while (skip--)
                g[out++] = g[i++];
            continue;
        }
        uint32_t start = g[i].start, end = g[i + s.length - 1].end;
        if (s.keep_blank) {
            struct glyph blank = g[i + 1];
            g[out++] = (struct glyph){s.c, start, g[i].end, WHY_ENCODING};
            g[out++] = blank;
        } else {
            for (uint32_t k = i; k < i + s.length;
                 k++) { /* characters of an earlier layer may have no bytes of their own */
                if (g[k].start < start)
                    start = g[k].start;
                if (g[k].end > end)
                    end = g[k].end;
            }
            g[out++] = (struct glyph){s.c, start, end, WHY_ENCODING};
        }
        before = s.keep_blank ? ' ' : s.c;
        i += s.length;
    }
    return out;
}

uint32_t mojibake_mend(const struct codepages *sets, struct glyph *g, uint32_t n) {
    int mended = 0;
    for (int layer = 0; layer < 6; layer++) {
        int best = -1;
        struct tally top = {0};
        for (int set = 0; set < CODEPAGES; set++) {
            struct tally y;
            tally_set(sets, g, n, set, layer, &y);
            if (y.points > top.points || (best >= 0 && y.points == top.points && !enough(&top) && enough(&y))) {
                best = set;
                top = y;
            }
        }
        if (best < 0 || !enough(&top))
            break;
        n = mend_layer(sets, g, n, best, layer);
        mended = 1;
    }
    (void)mended;
    for (uint32_t i = 0; i < n; i++) /* controls that are Windows-1252 */
        if (g[i].c >= 0x80 && g[i].c < 0xa0 && codepage_chars[0][g[i].c - 0x80] != g[i].c) {
            g[i].c = codepage_chars[0][g[i].c - 0x80];
            g[i].why = WHY_ENCODING;
        }
    return n;
}
