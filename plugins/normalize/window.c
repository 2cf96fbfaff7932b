/* window.c: the steps of the normalization over the glyphs of a window, in the order in which damage is done last to
 * first: references, encoding, single characters, line ends and controls, NFC, blanks.
 *
 * Owns the meaning of each option. Leaves finding the windows and declaring edits to normalize.c.
 */
#include "window.h"

#include "entities.h"
#include "nfc.h"

#include <stdlib.h>
#include <string.h>

int window_init(struct window *w) {
    size_t room = (size_t)WINDOW_BYTES * NFC_GROWTH;
    *w = (struct window){0};
    w->glyphs = malloc(room * sizeof *w->glyphs);
    w->spare = malloc(room * sizeof *w->spare);
    w->work = malloc(2 * room * sizeof *w->work);
    w->text = malloc(room * 4);
    if (w->glyphs && w->spare && w->work && w->text)
        return 1;
    window_deinit(w);
    return 0;
}

void window_deinit(struct window *w) {
    free(w->glyphs);
    free(w->spare);
    free(w->work);
    free(w->text);
    *w = (struct window){0};
}

uint32_t utf8_at(const char *text, uint32_t at, uint32_t *out_length) {
    const unsigned char *p = (const unsigned char *)text + at;
    if (p[0] < 0x80) {
        *out_length = 1;
        return p[0];
    }
    if (p[0] < 0xe0) {
        *out_length = 2;
        return ((p[0] & 0x1fu) << 6) | (p[1] & 0x3fu);
    }
    if (p[0] < 0xf0) {
        *out_length = 3;
        return ((p[0] & 0x0fu) << 12) | ((p[1] & 0x3fu) << 6) | (p[2] & 0x3fu);
    }
    *out_length = 4;
    return ((p[0] & 0x07u) << 18) | ((p[1] & 0x3fu) << 12) | ((p[2] & 0x3fu) << 6) | (p[3] & 0x3fu);
}

uint32_t utf8_put(uint32_t c, char *out) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (c >> 18));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

void window_read(struct window *w, const char *text, uint32_t from, uint32_t to) {
    w->count = 0;
    while (from < to) {
        uint32_t len;
        uint32_t c = utf8_at(text, from, &len);
        w->glyphs[w->count++] = (struct glyph){c, from, from + len, WHY_NOTHING};
        from += len;
    }
}

static uint32_t quote_of(uint32_t c) {
    if (c == 0x2bc || (c >= 0x2018 && c <= 0x201b))
        return '\'';
    return c >= 0x201c && c <= 0x201f ? '"' : 0;
}

static const char *ligature_of(uint32_t c) {
    static const char *const latin[] = {"ff", "fi", "fl", "ffi", "ffl", "\xc5\xbft", "st"};
    if (c >= 0xfb00 && c <= 0xfb06)
        return latin[c - 0xfb00];
    switch (c) {
    case 0x132:
        return "IJ";
    case 0x133:
        return "ij";
    case 0x149:
        return "'n";
    case 0x1c4:
        return "D\xc5\xbd";
    case 0x1c5:
        return "D\xc5\xbe";
    case 0x1c6:
        return "d\xc5\xbe";
    case 0x1c7:
        return "LJ";
    case 0x1c8:
        return "Lj";
    case 0x1c9:
        return "lj";
    case 0x1ca:
        return "NJ";
    case 0x1cb:
        return "Nj";
    case 0x1cc:
        return "nj";
    case 0x1f1:
        return "DZ";
    case 0x1f2:
        return "Dz";
    case 0x1f3:
        return "dz";
    default:
        return NULL;
    }
}

static uint32_t width_of(uint32_t c) {
    /* Half-width Katakana to full ones, by code from U+FF61. */
    static const uint16_t kana[] = {
        0x3002, 0x300c, 0x300d, 0x3001, 0x30fb, 0x30f2, 0x30a1, 0x30a3, 0x30a5, 0x30a7, 0x30a9, 0x30e3, 0x30e5,
        0x30e7, 0x30c3, 0x30fc, 0x30a2, 0x30a4, 0x30a6, 0x30a8, 0x30aa, 0x30ab, 0x30ad, 0x30af, 0x30b1, 0x30b3,
        0x30b5, 0x30b7, 0x30b9, 0x30bb, 0x30bd, 0x30bf, 0x30c1, 0x30c4, 0x30c6, 0x30c8, 0x30ca, 0x30cb, 0x30cc,
        0x30cd, 0x30ce, 0x30cf, 0x30d2, 0x30d5, 0x30d8, 0x30db, 0x30de, 0x30df, 0x30e0, 0x30e1, 0x30e2, 0x30e4,
        0x30e6, 0x30e8, 0x30e9, 0x30ea, 0x30eb, 0x30ec, 0x30ed, 0x30ef, 0x30f3, 0x3099, 0x309a};
    if (c >= 0xff01 && c <= 0xff5e)
        return c - 0xfee0;
    if (c >= 0xff61 && c <= 0xff9f)
        return kana[c - 0xff61];
    return c == 0x3000 ? ' ' : 0;
}

static int is_control(uint32_t c) {
    if (c < 0x20)
        return c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f';
    return c == 0x7f || c == 0xfeff || (c >= 0x206a && c <= 0x206f) || (c >= 0xfff9 && c <= 0xfffb);
}

static int is_line_end(uint32_t c) {
    return c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static int is_odd_blank(uint32_t c) {
    return c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0x1680;
}

static int is_invisible(uint32_t c) {
    return c == 0x200b || c == 0x2060;
}

/* Scripts without blanks, where a zero-width space parts words. */
static int needs_invisible(uint32_t c) {
    return (c >= 0xe00 && c < 0xf00) || (c >= 0x1000 && c < 0x10a0) || (c >= 0x1780 && c < 0x1800);
}

const struct window_page window_pages[6] = {{0, 0x300},       {0x1680, 0x1681}, {0x2000, 0x2070},
                                            {0x3000, 0x3001}, {0xfb00, 0xfb07}, {0xfe00, 0x10000}};

int window_changes(uint32_t c, const struct steps *s) {
    return (s->controls && is_control(c)) || (s->line_ends && is_line_end(c)) || (s->quotes && quote_of(c)) ||
           (s->ligatures && ligature_of(c)) || (s->widths && width_of(c)) || (s->spaces && is_invisible(c)) ||
           (s->spaces == SPACES_PLAIN && is_odd_blank(c)) || (s->encoding && c >= 0x80 && c < 0xa0);
}

/* A reference at glyph i, as often as it was escaped; returns the glyphs it takes, 0 for none. */
static uint32_t reference_at(const struct glyph *g, uint32_t n, uint32_t i, uint32_t *out_c) {
    char text[40];
    uint32_t len = 0, taken;
    while (len < sizeof text && i + len < n && g[i + len].c < 0x80) {
        text[len] = (char)g[i + len].c;
        len++;
    }
    uint32_t c = entity_at(text, len, &taken);
    if (c == 0)
        return 0;
    uint32_t used = taken;
    while (c == '&') { /* &amp;lt; is a reference escaped once more */
        text[taken - 1] = '&';
        uint32_t more, inner = entity_at(text + taken - 1, len - taken + 1, &more);
        if (inner == 0)
            break;
        c = inner;
        taken += more - 1;
        used = taken;
    }
    *out_c = c;
    return used;
}

static void decode_references(struct window *w) {
    struct glyph *g = w->glyphs;
    uint32_t out = 0;
    for (uint32_t i = 0; i < w->count;) {
        uint32_t c, used = g[i].c == '&' ? reference_at(g, w->count, i, &c) : 0;
        if (used == 0) {
            g[out++] = g[i++];
            continue;
        }
        uint32_t start = g[i].start, end = g[i + used - 1].end;
        g[out++] = (struct glyph){c, start, end, WHY_ENTITY};
        i += used;
    }
    w->count = out;
}

/* Length of a terminal's colour sequence at glyph i: ESC [ digits ; m. */
static uint32_t escape_at(const struct glyph *g, uint32_t n, uint32_t i) {
    if (g[i].c != 0x1b || i + 2 >= n || g[i + 1].c != '[')
        return 0;
    uint32_t k = i + 2;
    while (k < n && k < i + 20 && ((g[k].c >= '0' && g[k].c <= '9') || g[k].c == ';'))
        k++;
    return k < n && ((g[k].c | 0x20) >= 'a' && (g[k].c | 0x20) <= 'z') ? k + 1 - i : 0;
}

/* Steps that look at one character at a time; may grow the list, so they go from glyphs to spare. */
static void single_characters(struct window *w, const struct steps *s, int before_line_end) {
    const struct glyph *g = w->glyphs;
    struct glyph *to = w->spare;
    uint32_t n = w->count, out = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct glyph x = g[i];
        uint32_t c = x.c;
        if (s->controls && is_control(c)) {
            uint32_t skip = escape_at(g, n, i);
            i += skip > 1 ? skip - 1 : 0;
            continue;
        }
        if (s->spaces && is_invisible(c) && !(i > 0 && needs_invisible(g[i - 1].c)))
            continue;
        if (s->line_ends && is_line_end(c)) {
            if (c == '\r' && ((i + 1 == n && before_line_end) || (i + 1 < n && g[i + 1].c == '\n')))
                continue;
            x.c = '\n';
            x.why = WHY_LINE_END;
        } else if (s->quotes && quote_of(c)) {
            x.c = quote_of(c);
            x.why = WHY_QUOTE;
        } else if (s->widths && width_of(c)) {
            x.c = width_of(c);
            x.why = WHY_WIDTH;
        } else if (s->spaces == SPACES_PLAIN && is_odd_blank(c)) {
            x.c = ' ';
            x.why = WHY_SPACE;
        } else if (s->ligatures && ligature_of(c)) {
            const char *letters = ligature_of(c);
            uint32_t len, at = 0;
            while (letters[at] != '\0') {
                x.c = utf8_at(letters, at, &len);
                x.why = WHY_LIGATURE;
                to[out++] = x;
                x.start = x.end;
                at += len;
            }
            continue;
        }
        to[out++] = x;
    }
    w->glyphs = to;
    w->spare = (struct glyph *)(uintptr_t)g;
    w->count = out;
}

static void trim_blanks(struct window *w, const struct steps *s, int before_line_end) {
    struct glyph *g = w->glyphs;
    uint32_t out = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        if (g[i].c == '\n')
            while (out > 0 && (g[out - 1].c == ' ' || g[out - 1].c == '\t'))
                out--;
        if (s->spaces == SPACES_PLAIN && (g[i].c == ' ' || g[i].c == '\t')) {
            if (out == 0 || g[out - 1].c == '\n' || g[out - 1].c == ' ')
                continue;
            if (g[i].c == '\t')
                g[i] = (struct glyph){' ', g[i].start, g[i].end, WHY_SPACE};
        }
        g[out++] = g[i];
    }
    if (before_line_end)
        while (out > 0 && (g[out - 1].c == ' ' || g[out - 1].c == '\t'))
            out--;
    w->count = out;
}

void window_apply(struct window *w, const struct steps *s, const struct codepages *sets, int before_line_end,
                  int entities) {
    if (s->entities && entities)
        decode_references(w);
    uint32_t plain = 0;
    while (plain < w->count && w->glyphs[plain].c < 0x80)
        plain++;
    int beyond_ascii = plain < w->count;
    if (s->encoding && beyond_ascii)
        w->count = mojibake_mend(sets, w->glyphs, w->count);
    single_characters(w, s, before_line_end);
    if (s->nfc && beyond_ascii)
        w->count = nfc_apply(w->glyphs, w->count, w->spare, w->work);
    if (s->spaces)
        trim_blanks(w, s, before_line_end);
}
