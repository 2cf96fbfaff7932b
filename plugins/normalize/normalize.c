/* normalize.c: the stage `normalize`: what a text looks like before anyone reads it. Finds the windows that need
 * something by one fast scan, has them done by window.c, and declares what differs as edits.
 *
 * Most text needs nothing: blocks of 64 clean ASCII bytes are skipped at once, other characters by one look into a
 * table. A window is a line; only of lines longer than WINDOW_BYTES it is a part. Linear in the text's length.
 */
#include "entities.h"
#include "nfc.h"
#include "window.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <textmill/plugin.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

struct config {
    int32_t encoding, nfc, controls, line_ends, quotes, ligatures, widths, entities;
    int32_t spaces, why;
};

/* Flags of a character of the basic plane. */
#define F_CHANGES 1u /* a step always changes it */
#define F_NFC 2u     /* needs a look by NFC */
#define F_LEAD 4u    /* may stand for the first byte of broken UTF-8 */
#define F_NEXT 8u    /* may stand for another one */

struct stage {
    const tm_host *host;
    int32_t why;
    struct steps steps;
    struct codepages sets;
    uint8_t flags[0x10000];
};

static const char *const why_names[WHY_COUNT] = {"",         "encoding", "control", "entity",   "nfc",
                                                 "line_end", "space",    "quote",   "ligature", "width"};

static void make_flags(struct stage *s) {
    for (size_t k = 0; k < sizeof window_pages / sizeof window_pages[0]; k++)
        for (uint32_t c = window_pages[k].from; c < window_pages[k].to; c++)
            s->flags[c] = window_changes(c, &s->steps) ? F_CHANGES : 0;
    for (uint32_t c = 0x80; s->steps.encoding && c < 0xa0; c++)
        s->flags[c] |= F_NEXT;
    for (int set = 0; s->steps.encoding && set < CODEPAGES; set++)
        for (uint32_t i = 0; i < 128; i++) {
            uint32_t c = codepage_chars[set][i], b = 0x80 + i;
            if (c >= 0x80 && codepages_known(&s->sets, c))
                s->flags[c] |= b >= 0xc2 && b <= 0xf4 ? F_LEAD : b < 0xc0 ? F_NEXT : 0;
        }
    s->flags[0xfffd] |= s->steps.encoding ? F_NEXT : 0;
    const struct nfc_range *r;
    uint32_t n = nfc_ranges(&r);
    for (uint32_t i = 0; s->steps.nfc && i < n; i++)
        for (uint32_t c = r[i].from; c <= r[i].to && c < 0x10000; c++)
            s->flags[c] |= F_NFC;
}

#if !defined(__SSE2__)
static int is_odd(const unsigned char *t) {
    unsigned char b = t[0];
    return b >= 0x7f || b == '&' || (b < 0x20 && b != '\n' && b != '\t') || ((b == ' ' || b == '\t') && t[1] == '\n');
}
#endif

/* The next position from p on that is no plain ASCII: everything from 0x7f, controls but tab and line feed, '&', and a
 * blank before a line feed. The zero bytes behind the text end the search. */
static uint32_t next_odd(const char *text, uint32_t p) {
    const unsigned char *t = (const unsigned char *)text;
#if defined(__SSE2__)
    const __m128i feed = _mm_set1_epi8('\n'), tab = _mm_set1_epi8('\t'), blank = _mm_set1_epi8(' '),
                  amp = _mm_set1_epi8('&'), del = _mm_set1_epi8(0x7f);
    for (;; p += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(t + p));
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(t + p + 1));
        __m128i is_tab = _mm_cmpeq_epi8(b, tab);
        __m128i fine = _mm_or_si128(_mm_cmpeq_epi8(b, feed), is_tab);
        /* Signed: bytes from 0x80 are below the blank too. */
        __m128i odd = _mm_andnot_si128(fine, _mm_cmplt_epi8(b, blank));
        odd = _mm_or_si128(odd, _mm_or_si128(_mm_cmpeq_epi8(b, amp), _mm_cmpeq_epi8(b, del)));
        odd = _mm_or_si128(odd,
                           _mm_and_si128(_mm_cmpeq_epi8(next, feed), _mm_or_si128(is_tab, _mm_cmpeq_epi8(b, blank))));
        uint32_t mask = (uint32_t)_mm_movemask_epi8(odd);
        if (mask != 0)
            return p + (uint32_t)__builtin_ctz(mask);
    }
#else
    while (!is_odd(t + p))
        p++;
    return p;
#endif
}

/* Whether the character at p, a possible lead, begins something that looks broken. */
static int suspect_at(const struct stage *s, const char *text, uint32_t p, uint32_t len) {
    struct glyph g[12];
    uint32_t n = 0, at = 0, size;
    uint32_t first = utf8_at(text, p, &size), second = utf8_at(text, p + size, &size);
    if (first == 0x2018 || first == 0x2019 || first == 0x201c || first == 0x201d)
        return 0; /* as leads they stand for scripts that hardly anybody writes; before a letter they are quotes */
    if (second != ' ' && second != 0xfffd && !codepages_pair(&s->sets, first, second))
        return 0;
    if (p > 0) {
        uint32_t before = p - 1;
        while (before > 0 && p - before < 4 && ((unsigned char)text[before] & 0xc0) == 0x80)
            before--;
        g[n++].c = utf8_at(text, before, &size);
        at = 1;
    }
    while (n < 12 && p < len) {
        g[n++].c = utf8_at(text, p, &size);
        p += size;
    }
    return mojibake_suspect(&s->sets, g, n, at);
}

/* From p on, the first position where a window is needed, or len. */
static uint32_t next_dirty(const struct stage *s, const char *text, uint32_t p, uint32_t len, int entities) {
    for (;;) {
        p = next_odd(text, p);
        if (p >= len)
            return len;
        unsigned char b = (unsigned char)text[p];
        if (b < 0x80) {
            uint32_t size;
            if (b == '&'                ? s->steps.entities && entities && entity_at(text + p, len - p, &size)
                : b == ' ' || b == '\t' ? s->steps.spaces != SPACES_KEEP
                                        : s->flags[b] & F_CHANGES)
                return p;
            p++;
            continue;
        }
        uint32_t before = 0; /* flags of the character before */
        uint32_t lead = p, last = 0;
        while ((unsigned char)text[p] >= 0x80) {
            uint32_t size, c = utf8_at(text, p, &size);
            uint32_t f = c < 0x10000 ? s->flags[c] : s->steps.nfc && nfc_needs_look(c) ? F_NFC : 0;
            if (f & (F_CHANGES | F_NFC))
                return p;
            if ((before & F_LEAD) && (f & F_NEXT) && suspect_at(s, text, lead, len))
                return p;
            before = f;
            last = c;
            lead = p;
            p += size;
        }
        if ((before & F_LEAD) && text[p] == ' ' && last == 0xc3 && suspect_at(s, text, lead, len))
            return p;
    }
}

/* Where the window around a dirty position begins and ends: the line, unless that is too long. */
static tm_span window_around(const struct stage *s, const char *text, uint32_t done, uint32_t dirty, uint32_t len) {
    uint32_t low = dirty > done + WINDOW_BYTES / 2 ? dirty - WINDOW_BYTES / 2 : done;
    const char *feed = dirty > low ? memrchr(text + low, '\n', dirty - low) : NULL;
    uint32_t start = feed ? (uint32_t)(feed - text) + 1 : low;
    if (feed == NULL && low > done) { /* the middle of a long line: begin behind a blank, else at a whole character */
        const char *blank = memchr(text + low, ' ', dirty - low);
        start = blank ? (uint32_t)(blank - text) + 1 : low;
        while (start > done && ((unsigned char)text[start] & 0xc0) == 0x80)
            start--;
    }
    uint32_t room = len - start < WINDOW_BYTES ? len - start : WINDOW_BYTES;
    uint32_t from = dirty > start ? dirty : start;
    const char *next = memchr(text + from, '\n', start + room - from);
    uint32_t end = next ? (uint32_t)(next - text) : start + room;
    if (next == NULL && end < len) {
        const char *blank = memrchr(text + from + 1, ' ', end > from + 1 ? end - from - 1 : 0);
        if (blank != NULL) {
            end = (uint32_t)(blank - text);
            while (end > from + 1 && text[end - 1] == ' ')
                end--;
        } else {
            uint32_t size;
            while (end > from + 1 && ((unsigned char)text[end] & 0xc0) == 0x80)
                end--;
            while (end > from + WINDOW_BYTES / 4 && nfc_needs_look(utf8_at(text, end, &size))) {
                end--;
                while (((unsigned char)text[end] & 0xc0) == 0x80)
                    end--;
            }
        }
    }
    (void)s;
    return (tm_span){start, end};
}

static const char *why_of_gap(unsigned char b) {
    return b == ' ' || b == '\t' ? "space" : b == '\r' ? "line_end" : b == 0xe2 ? "space" : "control";
}

#define TOLD 6u /* characters that `why` shows of each side */

static uint32_t tell_side(const char *text, uint32_t from, uint32_t end, char *out) {
    uint32_t len = 0, size;
    if (from == end)
        return (uint32_t)sprintf(out, " nothing");
    for (uint32_t n = 0; from < end; n++, from += size) {
        if (n == TOLD)
            return len + (uint32_t)sprintf(out + len, " ...");
        len += (uint32_t)sprintf(out + len, " U+%04X", (unsigned)utf8_at(text, from, &size));
    }
    return len;
}

/* The step with the characters that were there and those that are: "encoding: U+00C3 U+00A9 to U+00E9". */
static tm_str told(const tm_host *h, tm_doc *doc, const char *text, tm_span span, const char *with, uint32_t with_len,
                   const char *why) {
    char *out = h->alloc(doc, 40 + 2 * (TOLD + 1) * 10);
    uint32_t len = (uint32_t)sprintf(out, "%s:", why);
    len += tell_side(text, (uint32_t)span.start, (uint32_t)span.end, out + len);
    len += (uint32_t)sprintf(out + len, " to");
    len += tell_side(with, 0, with_len, out + len);
    return (tm_str){out, len};
}

/* Declares one edit, without what both sides begin with. */
static int32_t declare(const struct stage *s, tm_doc *doc, const char *text, tm_span span, const char *with,
                       uint32_t with_len, const char *why) {
    const tm_host *h = s->host;
    uint32_t head = 0, size, old = span.end - span.start;
    while (head < old && head < with_len) {
        utf8_at(text, span.start + head, &size);
        if (head + size > with_len || memcmp(text + span.start + head, with + head, size) != 0)
            break;
        head += size;
    }
    span.start += head;
    with += head;
    with_len -= head;
    old -= head;
    if (old == 0 && with_len == 0)
        return TM_OK;
    tm_edit edit = {.size = (uint32_t)sizeof edit,
                    .start = span.start,
                    .end = span.end,
                    .text = {with_len ? with : "", with_len},
                    .kind = {why, strlen(why)},
                    .rule = s->why ? told(h, doc, text, span, with, with_len, why) : (tm_str){why, strlen(why)},
                    .score = NAN};
    return h->edit(doc, &edit);
}

/* Declares what differs between a window's glyphs and its source. */
static int32_t declare_window(const struct stage *s, tm_doc *doc, const char *text, struct window *w, tm_span span) {
    uint32_t at = span.start, i = 0;
    while (i < w->count || at < span.end) {
        if (i < w->count && w->glyphs[i].why == WHY_NOTHING && w->glyphs[i].start == at) {
            at = w->glyphs[i++].end;
            continue;
        }
        tm_span changed = {at, at};
        uint32_t len = 0;
        const char *why = NULL;
        while (i < w->count && w->glyphs[i].why != WHY_NOTHING) {
            const struct glyph *g = &w->glyphs[i++];
            if (why == NULL)
                why = why_names[g->why];
            len += utf8_put(g->c, w->text + len);
            changed.end = g->end > changed.end ? g->end : changed.end;
        }
        uint32_t next = i < w->count ? w->glyphs[i].start : span.end;
        if (next > changed.end)
            changed.end = next;
        at = changed.end;
        int32_t rc =
            declare(s, doc, text, changed, w->text, len, why ? why : why_of_gap((unsigned char)text[changed.start]));
        if (rc != TM_OK)
            return rc;
    }
    return TM_OK;
}

/* Whether the text has markup: there, references are left to whoever reads it. */
static int has_markup(const char *text, uint32_t len) {
    const char *p = text, *end = text + len;
    while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        unsigned char b = (unsigned char)p[1];
        if ((b | 0x20) >= 'a' && (b | 0x20) <= 'z')
            return 1;
        if (b == '/' || b == '!' || b == '?')
            return 1;
        p++;
    }
    return 0;
}

/* What goes at the end of a line where nothing else is wrong with it: blanks, or the CR of a CR LF. No window is needed
 * for that. 0: it is something else. */
static int line_end_at(const struct stage *s, const char *text, uint32_t done, uint32_t dirty, tm_span *out) {
    uint32_t from = dirty;
    if (text[dirty] == '\r') {
        if (!s->steps.line_ends || text[dirty + 1] != '\n')
            return 0;
    } else if ((text[dirty] != ' ' && text[dirty] != '\t') || text[dirty + 1] != '\n') {
        return 0;
    }
    if (s->steps.spaces == SPACES_PLAIN || dirty <= done)
        return 0;
    while (from > done && (text[from - 1] == ' ' || text[from - 1] == '\t'))
        from--;
    if ((from != dirty && (from == done || s->steps.spaces == SPACES_KEEP)) || (unsigned char)text[from - 1] >= 0x80)
        return 0; /* a character beyond ASCII may need the blank behind it */
    *out = (tm_span){from, dirty + 1};
    return 1;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    struct window *w = thread;
    tm_str whole = s->host->text(doc);
    const char *text = whole.data;
    uint32_t len = (uint32_t)whole.len, done = 0, rounds = 0;
    int entities = s->steps.entities && memchr(text, '&', len) != NULL && !has_markup(text, len);
    for (;;) {
        uint32_t dirty = next_dirty(s, text, done, len, entities);
        if (dirty >= len)
            return TM_PASS;
        tm_span span;
        if (line_end_at(s, text, done, dirty, &span)) {
            if (declare(s, doc, text, span, "", 0, why_of_gap((unsigned char)text[span.start])) != TM_OK)
                return tm_fail(s->host, doc, TM_STR("edit"), TM_STR("an edit was refused"), span.start);
            done = dirty + 1;
            continue;
        }
        span = window_around(s, text, done, dirty, len);
        window_read(w, text, span.start, span.end);
        window_apply(w, &s->steps, &s->sets, span.end < len && text[span.end] == '\n', entities);
        if (declare_window(s, doc, text, w, span) != TM_OK)
            return tm_fail(s->host, doc, TM_STR("edit"), TM_STR("an edit was refused"), span.start);
        done = span.end > dirty ? span.end : dirty + 1;
        if ((++rounds & 255) == 0 && s->host->should_stop(doc))
            return tm_fail(s->host, doc, TM_STR("stopped"), TM_STR("stopped while normalizing"), TM_NONE);
    }
}

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    struct stage *s = calloc(1, sizeof *s);
    if (s == NULL) {
        host->open_error(self, TM_STR("normalize: out of memory"));
        return TM_ERANGE;
    }
    s->host = host;
    s->why = c->why;
    s->steps = (struct steps){c->encoding,  c->nfc,    c->controls, c->line_ends, c->quotes,
                              c->ligatures, c->widths, c->entities, c->spaces};
    codepages_init(&s->sets);
    make_flags(s);
    *out_stage = s;
    return TM_OK;
}

static void close_stage(void *stage) {
    free(stage);
}

static int32_t open_thread(void *stage, void **out_thread) {
    struct window *w = malloc(sizeof *w);
    (void)stage;
    if (w == NULL || !window_init(w)) {
        free(w);
        return TM_ERANGE;
    }
    *out_thread = w;
    return TM_OK;
}

static void close_thread(void *stage, void *thread) {
    (void)stage;
    if (thread != NULL)
        window_deinit(thread);
    free(thread);
}

static const tm_option options[] = {
    TM_OPT_BOOL(struct config, encoding, "encoding", "true",
                "mend UTF-8 that was read as a one-byte character set, layer after layer"),
    TM_OPT_BOOL(struct config, nfc, "nfc", "true", "bring characters and their marks into normalization form C"),
    TM_OPT_BOOL(struct config, controls, "controls", "true",
                "remove control characters, byte order marks and terminal colours"),
    TM_OPT_BOOL(struct config, line_ends, "line_ends", "true", "make every line end a line feed"),
    TM_OPT_ENUM(struct config, spaces, "spaces", "\"trim\"", "keep|trim|plain",
                "trim: remove blanks at line ends and zero-width spaces; plain: also make every blank one plain space"),
    TM_OPT_BOOL(struct config, quotes, "quotes", "false", "make curly quotes straight"),
    TM_OPT_BOOL(struct config, ligatures, "ligatures", "false", "take ligatures and digraph letters apart"),
    TM_OPT_BOOL(struct config, widths, "widths", "false", "make full-width letters and half-width Katakana normal"),
    TM_OPT_BOOL(struct config, entities, "entities", "true",
                "decode HTML character references where the text has no markup"),
    TM_OPT_BOOL(struct config, why, "why", "false",
                "tell with each edit the characters that were there and those that are"),
};

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_EDITS | TM_DETERMINISTIC,
    .name = "normalize",
    .version = "1.0",
    .summary = "mends broken characters, line ends and blanks",
    .licence = "MIT",
    TM_OPTIONS(struct config, options),
    .open = open_stage,
    .close = close_stage,
    .thread_open = open_thread,
    .thread_close = close_thread,
    .process = process,
};
