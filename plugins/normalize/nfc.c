/* nfc.c: normalization form C, with utf8proc's data, on those stretches only that need it: from a character that stands
 * for itself to the next such. Marks are put in order by a stable sort, so that a long run of them costs no more.
 */
#include "nfc.h"

#include <stddef.h>
#include <string.h>
#include <utf8proc.h>

static const struct nfc_range ranges[] = {
#include "nfc_ranges.inc"
};

uint32_t nfc_ranges(const struct nfc_range **out_ranges) {
    *out_ranges = ranges;
    return (uint32_t)(sizeof ranges / sizeof ranges[0]);
}

int nfc_needs_look(uint32_t c) {
    size_t low = 0, high = sizeof ranges / sizeof ranges[0];
    if (c < 0x300)
        return 0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (ranges[mid].to < c)
            low = mid + 1;
        else
            high = mid;
    }
    return low < sizeof ranges / sizeof ranges[0] && ranges[low].from <= c;
}

/* Puts a run of marks into canonical order: counted by class, equal classes keep theirs. */
static void sort_marks(int32_t *c, size_t n, int32_t *spare) {
    uint32_t count[257] = {0};
    for (size_t i = 0; i < n; i++)
        count[utf8proc_get_property(c[i])->combining_class + 1]++;
    for (size_t k = 1; k < 257; k++)
        count[k] += count[k - 1];
    for (size_t i = 0; i < n; i++)
        spare[count[utf8proc_get_property(c[i])->combining_class]++] = c[i];
    memcpy(c, spare, n * sizeof *c);
}

/* One stretch of glyphs into out; returns how many. */
static uint32_t stretch(const struct glyph *g, uint32_t n, struct glyph *out, int32_t *work, int32_t *spare) {
    size_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        int last = 0;
        utf8proc_ssize_t got = g[i].c < 0x110000 ? utf8proc_decompose_char((int32_t)g[i].c, work + count, NFC_GROWTH,
                                                                           UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &last)
                                                 : 0;
        if (got < 1 || got > NFC_GROWTH) {
            memcpy(out, g, n * sizeof *g);
            return n;
        }
        count += (size_t)got;
    }
    for (size_t i = 0; i < count;) {
        size_t from = i;
        while (i < count && utf8proc_get_property(work[i])->combining_class != 0)
            i++;
        if (i - from > 1)
            sort_marks(work + from, i - from, spare);
        i += i == from;
    }
    utf8proc_ssize_t m = utf8proc_normalize_utf32(work, (utf8proc_ssize_t)count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    uint32_t total = m > 0 ? (uint32_t)m : 0;
    uint32_t head = 0, tail = 0;
    while (head < n && head < total && g[head].c == (uint32_t)work[head])
        head++;
    while (tail < n - head && tail < total - head && g[n - 1 - tail].c == (uint32_t)work[total - 1 - tail])
        tail++;
    memcpy(out, g, head * sizeof *g);
    uint32_t at = head;
    if (head + tail < total || head + tail < n) {
        uint32_t from = n > head ? g[head].start : 0, to = from;
        for (uint32_t i = head; i < n - tail; i++) {
            from = g[i].start < from ? g[i].start : from;
            to = g[i].end > to ? g[i].end : to;
        }
        for (uint32_t k = head; k < total - tail; k++, at++) {
            out[at] = (struct glyph){(uint32_t)work[k], from, to, WHY_NFC};
            from = to;
        }
    }
    memcpy(out + at, g + n - tail, tail * sizeof *g);
    return at + tail;
}

uint32_t nfc_apply(struct glyph *g, uint32_t n, struct glyph *spare, int32_t *work) {
    uint32_t first = 0;
    while (first < n && !nfc_needs_look(g[first].c))
        first++;
    if (first == n)
        return n;
    uint32_t out = 0, i = 0;
    while (i < n) {
        uint32_t from = i;
        /* A stretch: one character and all behind it that need a look. */
        i++;
        while (i < n && nfc_needs_look(g[i].c))
            i++;
        if (i - from == 1 && !nfc_needs_look(g[from].c))
            spare[out++] = g[from];
        else
            out += stretch(g + from, i - from, spare + out, work, work + (size_t)NFC_GROWTH * n);
    }
    memcpy(g, spare, out * sizeof *g);
    return out;
}
