/* pattern_room.h: a compiled pattern as pattern.c makes it and pattern_match.c runs it: instructions of a machine that
 * holds all ways to match at once. */
#ifndef TM_PLUGIN_PATTERN_ROOM_H
#define TM_PLUGIN_PATTERN_ROOM_H

#include <stdint.h>

enum pattern_op {
    PATTERN_CHAR,  /* x: the code point */
    PATTERN_ANY,   /* any code point */
    PATTERN_SET,   /* x: index of the set */
    PATTERN_SPLIT, /* goes on at x and at y */
    PATTERN_JUMP,  /* goes on at x */
    PATTERN_START, /* holds at the start of the text */
    PATTERN_END,   /* holds at its end */
    PATTERN_EDGE,  /* between a word character and another */
    PATTERN_NO_EDGE,
    PATTERN_MATCH
};

struct pattern_step {
    uint32_t op, x, y;
};

struct pattern_range {
    uint32_t low, high;
};

/* A bracket expression: a bit for each ASCII character, ranges and classes for the rest. */
struct pattern_set {
    uint64_t ascii[2];
    struct pattern_range *ranges;
    uint32_t n_ranges;
    uint32_t classes; /* PATTERN_CLASS_... of characters beyond ASCII */
    int is_negated;
};

#define PATTERN_CLASS_LETTER 1u
#define PATTERN_CLASS_UPPER 2u
#define PATTERN_CLASS_LOWER 4u
#define PATTERN_CLASS_DIGIT 8u
#define PATTERN_CLASS_SPACE 16u
#define PATTERN_CLASS_PUNCT 32u
#define PATTERN_CLASS_WORD 64u
#define PATTERN_CLASS_NOT_WORD 128u
#define PATTERN_CLASS_NOT_SPACE 256u
#define PATTERN_CLASS_NOT_DIGIT 512u

struct tm_pattern {
    struct pattern_step *steps;
    uint32_t n_steps;
    struct pattern_set *sets;
    uint32_t n_sets;
    int ignores_case;
    int is_anchored;    /* can begin to match at the start of the text only */
    uint8_t first[256]; /* whether a match can begin with this byte; all where it can be empty */
};

/* pattern_match.c */
int pattern_set_has(const struct pattern_set *set, uint32_t cp);

#endif
