/* glyph.h: a window of text as characters that remember where they came from. Every step of the normalization rewrites
 * such a list; what differs from the source at the end becomes the edits. */
#ifndef NORMALIZE_GLYPH_H
#define NORMALIZE_GLYPH_H

#include <stdint.h>

/* Why a character is not what it was. */
#define WHY_NOTHING 0u
#define WHY_ENCODING 1u
#define WHY_CONTROL 2u
#define WHY_ENTITY 3u
#define WHY_NFC 4u
#define WHY_LINE_END 5u
#define WHY_SPACE 6u
#define WHY_QUOTE 7u
#define WHY_LIGATURE 8u
#define WHY_WIDTH 9u
#define WHY_COUNT 10u

/* One character; it stands for the source bytes [start, end). Several characters that replace the same bytes share
 * them: the first has them, the others have start == end. Bytes that no character stands for are removed. */
struct glyph {
    uint32_t c;
    uint32_t start, end;
    uint32_t why;
};

#endif
