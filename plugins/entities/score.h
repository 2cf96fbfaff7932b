/* score.h: how well a piece of a run stands as a name. */
#ifndef ENTITIES_SCORE_H
#define ENTITIES_SCORE_H

#include "names.h"

/* A run of capitals with all that is known of its tokens. */
struct run {
    struct work *w;
    uint32_t first, count, mode;
    uint32_t shape[CHUNK_TOKENS];
    uint8_t weak[CHUNK_TOKENS]; /* the capital says nothing: it stands first in a sentence, or all have one */
    uint64_t before, behind;    /* kinds of the word before the run and of the one behind it, and the signs below */
    uint8_t titled[CHUNK_TOKENS + 1];               /* a title (1) or an honorific (2) ends before the token */
    float none[CHUNK_TOKENS];                       /* score of the token as no name */
    struct entry phrase[CHUNK_TOKENS][NAME_TOKENS]; /* [token][length - 1] */
};

/* Signs beside a run, above the kinds. */
#define LOOSE 1u
#define BEFORE_THE (1ull << 32)
#define BEFORE_OPEN (1ull << 33)
#define BEHIND_AGE (1ull << 32)
#define BEHIND_PLACE (1ull << 33)
#define BEHIND_ACRONYM (1ull << 34)
#define BEHIND_CLOSE (1ull << 35)
#define BEHIND_MONEY (1ull << 36)
#define BEHIND_NUMBER (1ull << 37)

struct verdict {
    uint32_t type, rule;
    uint32_t row; /* of the gazetteer, or TM_NONE; of no name: LOOSE for a capital that nothing explains */
    float score;
};

void score_prepare(struct run *r);
/* The best reading of `count` tokens from `at` on: a name, or (T_NONE) none. */
/* What it costs that one piece stands right behind the other. */
float score_seam(const struct verdict *before, const struct verdict *behind);
struct verdict score_piece(const struct run *r, uint32_t at, uint32_t count);

#endif
