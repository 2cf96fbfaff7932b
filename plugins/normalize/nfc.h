/* nfc.h: normalization form C over glyphs. */
#ifndef NORMALIZE_NFC_H
#define NORMALIZE_NFC_H

#include "glyph.h"

/* The ranges of characters that need a look; for tables. Returns their number. */
struct nfc_range {
    uint32_t from, to;
};
uint32_t nfc_ranges(const struct nfc_range **out_ranges);
/* Whether c is in one of them. */
int nfc_needs_look(uint32_t c);

/* Room that the glyphs of one window may need at most, as a multiple of their number. */
#define NFC_GROWTH 4

/* Rewrites the n glyphs in place, which have room for NFC_GROWTH * n; work has room for twice as many numbers. */
uint32_t nfc_apply(struct glyph *g, uint32_t n, struct glyph *spare, int32_t *work);

#endif
