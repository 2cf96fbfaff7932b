/* layers_wrap.h: what layers_wrap.c (was the text wrapped, and at which column) and layers_wrap_ends.c (which lines go
 * on with the one before) share. Private to them.
 */
#ifndef TM_DOC_LAYERS_WRAP_H
#define TM_DOC_LAYERS_WRAP_H

#include "layers_parts.h"

#define COLUMN_MAX 160u
#define WRAP_SLACK 3u

/* A line as wrapping sees it. What is known of it stays with the line when it moves. */
struct look {
    uint32_t width; /* of the line to its last character, indent counted; CJK characters count two; 0: too long */
    uint32_t indent;
    uint32_t word; /* width of the first word, and the space before it */
    uint8_t lower; /* begins in lower case */
    uint8_t ends;  /* ends a sentence */
    uint8_t soft;  /* ends in the middle of one: a comma, a hyphen, an abbreviation, a short word in lower case */
    uint8_t alone; /* is one word, which no program can break */
    uint8_t slack; /* columns that it may fall short: programs count bytes, or keep marks off a line's start */
    uint8_t wide;  /* 1: begins, 2: ends with a CJK character; 4: begins in a script without case */
    uint8_t known; /* how much of this is: LOOK_... */
};

enum { LOOK_NONE, LOOK_WIDTH, LOOK_ALL }; /* nothing; width, indent, and alone; all */

/* Two neighbouring lines. */
struct pair {
    uint32_t low, high; /* the columns that it allows: [low, high) */
    int flows;          /* reads on: lower case behind, or nothing ends before */
};

/* 0 where the line behind cannot go on with this one. */
int wrap_read_pair(const struct layers *l, const struct look *looks, uint32_t line, struct pair *out);
/* How text[from, to) ends: 1 with a sentence; 2 with a word that a point belongs to; 0 otherwise. */
int wrap_end(const struct layers *l, uint32_t from, uint32_t to);

static inline int wrap_fits(const struct pair *p, uint32_t column) {
    return p->low <= column && column < p->high;
}

/* Some programs fill lines evenly, not to the last column. */
static inline int wrap_flows(const struct pair *p, uint32_t column) {
    return p->flows && p->low <= column && p->low > column * 5 / 8;
}

/* 1 for each line that goes on with the one before. */
void wrap_find_ends(struct layers *l, const struct look *looks, uint32_t column, int is_even, uint8_t *on);

#endif
