/* layers_lines.c: finds the lines of a text by all line ends there are, and where the text of each begins and ends.
 * Skips eight bytes at a time where none of them can begin a line end. Linear; no failure.
 */
#include "layers_parts.h"
#include "text_hash.h"
#include "text_unicode.h"

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

/* The first line end at p or behind it; its length in *out_n, 0 at the end of the text. Only bytes below 14 and beyond
 * ASCII are looked at. */
static const uint8_t *next_end(const uint8_t *p, const uint8_t *end, uint32_t *out_n) {
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
}

static void make_room(struct layers *l, uint32_t *room) {
    uint32_t more = *room ? *room * 2 : l->len / 64 + 16;
    uint32_t **columns[] = {&l->line_start, &l->line_length, &l->line_full, &l->line_block, &l->line_from, &l->line_to};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        uint32_t *column = arena_alloc(l->arena, more * sizeof *column);
        if (*room)
            memcpy(column, *columns[i], *room * sizeof *column);
        *columns[i] = column;
    }
    *room = more;
}

void layers_find_lines(struct layers *l) {
    const uint8_t *base = (const uint8_t *)l->text, *p = base, *end = base + l->len;
    uint32_t room = 0, n;
    make_room(l, &room);
    l->n_lines = l->n_filled = 0;
    while (p < end) {
        const uint8_t *q = next_end(p, end, &n);
        if (l->n_lines == room)
            make_room(l, &room);
        uint32_t i = l->n_lines++;
        l->line_start[i] = (uint32_t)(p - base);
        l->line_length[i] = (uint32_t)(q - p);
        l->line_full[i] = (uint32_t)(q - p) + n;
        trim(l, i);
        p = q + n;
    }
}
