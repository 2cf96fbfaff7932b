/* layers_lines.c: finds the lines of a text by all line ends there are, and where the text of each begins and ends.
 * Skips sixteen or eight bytes at a time where none of them can begin a line end. Of an edited text only the lines that
 * an edit touches are found anew. Linear; no failure.
 */
#include "columns.h"
#include "layers_wrap.h"
#include "text_hash.h"
#include "text_unicode.h"

/* What wrapping saw of the lines is kept for texts that are shorter than this: longer ones are seldom spliced. */
#define KEEP_LOOKS (256u << 10)

/* Length of the line end at p, 0 where there is none. */
static inline uint32_t end_at(const uint8_t *p, const uint8_t *end) {
    switch (*p) {
    case '\n':
        return 1;
    case '\r':
        return end - p > 1 && p[1] == '\n' ? 2 : 1;
    case 0xc2:
        return end - p > 1 && p[1] == 0x85 ? 2 : 0;
    case 0xe2:
        return end - p > 2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9) ? 3 : 0;
    default:
        return 0;
    }
}

/* The first line end at p or behind it; its length in *out_n, 0 at the end of the text. What is read behind the end is
 * padding. Only bytes that may begin a line end are looked at. */
static const uint8_t *next_end(const uint8_t *p, const uint8_t *end, uint32_t *out_n) {
#if defined(__SSE2__)
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'), c2 = _mm_set1_epi8((char)0xc2),
                  e2 = _mm_set1_epi8((char)0xe2);
    for (; p < end; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i may_be = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, lf), _mm_cmpeq_epi8(v, cr)),
                                      _mm_or_si128(_mm_cmpeq_epi8(v, c2), _mm_cmpeq_epi8(v, e2)));
        for (unsigned may = (unsigned)_mm_movemask_epi8(may_be); may; may &= may - 1) {
            const uint8_t *q = p + __builtin_ctz(may);
            if (q >= end)
                break;
            if ((*out_n = end_at(q, end)) != 0)
                return q;
        }
    }
#else
    for (; p < end; p += 8) {
        uint64_t w = load8(p, end + TM_PAD), may = (((w - 14 * SWAR_ONES) & ~w) | w) & SWAR_HIGH;
        for (; may; may &= may - 1) {
            const uint8_t *q = p + (__builtin_ctzll(may) >> 3);
            if (q >= end)
                break;
            if ((*out_n = end_at(q, end)) != 0)
                return q;
        }
    }
#endif
    *out_n = 0;
    return end;
}

static int is_outside(uint32_t cp) {
    uint32_t c = unicode_class(cp);
    return c == UC_SPACE || c == UC_CONTROL || c == UC_FORMAT || unicode_is_ignored(cp);
}

static void trim(struct layers *l, uint32_t line) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base + l->line_start[line], *end = p + l->line_length[line];
    uint32_t cp, n;
    while (p < end && (*p <= ' ' || *p >= 0x7f)) {
        n = text_decode(p, end, &cp);
        if (!is_outside(cp))
            break;
        p += n;
    }
    while (p < end && (end[-1] <= ' ' || end[-1] >= 0x7f)) {
        n = text_decode_back(p, end, &cp);
        if (!is_outside(cp))
            break;
        end -= n;
    }
    l->line_from[line] = (uint32_t)(p - base);
    l->line_to[line] = (uint32_t)(end - base);
    l->n_filled += p < end;
    l->line_may_mark[line] = p < end && layers_may_mark(p, end);
}

static void make_room(struct layers *l, uint32_t least) {
    uint32_t more = l->lines_room ? l->lines_room * 2 : l->len / 64 + 16;
    uint32_t **columns[] = {&l->line_start, &l->line_length, &l->line_full, &l->line_block, &l->line_from, &l->line_to};
    if (more < least)
        more = least;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        size_t cell = sizeof **columns[i];
        *columns[i] = arena_resize(l->arena, *columns[i], l->lines_room * cell, more * cell);
    }
    l->line_may_mark = arena_resize(l->arena, l->line_may_mark, l->lines_room, more);
    if (l->len < KEEP_LOOKS)
        l->looks = arena_resize(l->arena, l->looks, l->lines_room * sizeof *l->looks, more * sizeof *l->looks);
    l->lines_room = more;
}

/* Appends the line that begins at offset `at`; returns the offset behind it. */
static uint32_t add_line(struct layers *l, uint32_t at) {
    const uint8_t *base = (const uint8_t *)l->text;
    uint32_t n, i = l->n_lines, stop = (uint32_t)(next_end(base + at, base + l->len, &n) - base);
    if (i == l->lines_room)
        make_room(l, i + 1);
    l->n_lines++;
    l->line_start[i] = at;
    l->line_length[i] = stop - at;
    l->line_full[i] = stop - at + n;
    if (l->looks)
        l->looks[i].known = LOOK_NONE;
    trim(l, i);
    return stop + n;
}

void layers_find_lines(struct layers *l) {
    make_room(l, 0);
    for (uint32_t at = 0; at < l->len;)
        at = add_line(l, at);
}

/* What was seen of lines [from, to) of the old text, which become the next ones. */
static void copy_looks(struct layers *now, const struct layers *old, uint32_t from, uint32_t to) {
    struct look *looks = now->looks + now->n_lines;
    if (!old->looks) {
        memset(looks, 0, (to - from) * sizeof *looks);
        return;
    }
    memcpy(looks, old->looks + from, (to - from) * sizeof *looks);
    /* how the last one ends is told by what follows, too */
    for (uint32_t k = to; k-- > from;) {
        if (looks[k - from].known > LOOK_WIDTH)
            looks[k - from].known = LOOK_WIDTH;
        if (!line_is_blank(old, k))
            break;
    }
}

/* Lines [from, to) of the old text, moved. */
static void copy_lines(struct layers *now, const struct layers *old, uint32_t from, uint32_t to, uint32_t shift) {
    uint32_t n = to - from, i = now->n_lines;
    while (now->lines_room - i < n)
        make_room(now, i + n);
    column_add(now->line_start + i, old->line_start + from, n, shift);
    column_add(now->line_from + i, old->line_from + from, n, shift);
    column_add(now->line_to + i, old->line_to + from, n, shift);
    memcpy(now->line_length + i, old->line_length + from, n * sizeof *now->line_length);
    memcpy(now->line_full + i, old->line_full + from, n * sizeof *now->line_full);
    memcpy(now->line_may_mark + i, old->line_may_mark + from, n);
    if (now->looks)
        copy_looks(now, old, from, to);
    for (uint32_t k = from; k < to; k++)
        now->n_filled += !line_is_blank(old, k);
    now->n_lines += n;
}

static uint32_t line_end(const struct layers *l, uint32_t line) {
    return l->line_start[line] + l->line_full[line];
}

void layers_splice_lines(struct layers *now, const struct layers *old, const struct layer_change *changes, size_t n) {
    uint32_t shift = 0, line = 0; /* the first old line that is not done with */
    make_room(now, 0);
    for (size_t c = 0; c < n;) {
        uint32_t first = line;
        while (line < old->n_lines && line_end(old, line) <= changes[c].start)
            line++;
        /* what stands behind a last line without an end goes on with it, and a line feed with a carriage return */
        if (line > first && (line_end(old, line - 1) == old->len || old->text[line_end(old, line - 1) - 1] == '\r'))
            line--;
        copy_lines(now, old, first, line, shift);
        uint32_t at = now->n_lines ? line_end(now, now->n_lines - 1) : 0;
        /* lines of the new text, until one ends where an old one begins that no change touches */
        for (int moved = 0;; moved = 1) {
            for (; c < n && changes[c].start + shift + changes[c].text_len <= at; moved = 1)
                shift += changes[c].text_len - (changes[c].end - changes[c].start), c++;
            if (c == n || changes[c].start + shift >= at) {
                while (line < old->n_lines && old->line_start[line] < at - shift)
                    line++;
                if (moved && line < old->n_lines && old->line_start[line] == at - shift &&
                    (c == n || changes[c].start >= line_end(old, line)))
                    break;
            }
            if (at >= now->len) {
                line = old->n_lines;
                c = n;
                break;
            }
            at = add_line(now, at);
        }
    }
    copy_lines(now, old, line, old->n_lines, shift);
}
