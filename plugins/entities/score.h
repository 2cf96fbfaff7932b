/* score.h: how well a piece of a run stands as a name. */
#ifndef ENTITIES_SCORE_H
#define ENTITIES_SCORE_H

#include "names.h"

struct known {
    uint32_t row;
    int32_t people;
};

/* What a piece is made of, counted token by token. */
struct made {
    uint32_t capitals, common, unknown, family, heads, joints, clitics, numbers, points, weak;
    uint32_t titles, pure_titles, initials, initials_upper, upper;
    uint32_t impersonal; /* something in it stands in no person's name */
};

/* A run of capitals with all that is known of its tokens. */
struct run {
    struct work *w;
    uint32_t first, count, mode;
    uint32_t shape[CHUNK_TOKENS];
    uint8_t weak[CHUNK_TOKENS]; /* the capital says nothing: it stands first in a sentence, or all have one */
    uint64_t before, behind;    /* kinds of the word before the run and of the one behind it, and the signs below */
    uint8_t titled[CHUNK_TOKENS + 1]; /* a title (1) or an honorific (2) ends before the token */
    float none[CHUNK_TOKENS];         /* score of the token as no name */
    uint8_t initial[CHUNK_TOKENS];    /* J. or J.R. */
    uint8_t level[CHUNK_TOKENS];      /* of the token as a word */
    uint8_t longest[CHUNK_TOKENS];    /* of the phrases that begin at the token, in tokens */
    /* Lengths of phrases of a kind that begin at the token (the shortest; 0: there is none), or end before it. */
    uint8_t org_first[CHUNK_TOKENS], place_first[CHUNK_TOKENS], starts_place[CHUNK_TOKENS], starts_org[CHUNK_TOKENS];
    uint8_t starts_misc[CHUNK_TOKENS], org_end[CHUNK_TOKENS + 1];
    uint32_t word[CHUNK_TOKENS];                   /* kinds of the token alone */
    uint32_t kinds[CHUNK_TOKENS][NAME_TOKENS];     /* of the phrases: [token][length - 1] */
    struct known entry[CHUNK_TOKENS][NAME_TOKENS]; /* likewise, set where kinds is not 0 */
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
#define BEHIND_DATELINE (1ull << 38)

struct verdict {
    uint32_t type, rule;
    uint32_t row; /* of the gazetteer, or TM_NONE; of no name: LOOSE for a capital that nothing explains */
    float score;
};

void score_prepare(struct run *r);
/* The best reading of `count` tokens from `at` on: a name, or (T_NONE) none. made: of the piece that is one token
 * shorter (cleared before the first), which is brought up to date. 0: there is no reading. */
int score_piece(const struct run *r, uint32_t at, uint32_t count, struct made *made, struct verdict *out);
/* What it costs that one piece stands right behind the other. */
float score_seam(const struct verdict *before, const struct verdict *behind);

/* readings.c: the points of a piece as one type of name, and the rule that gave the most. */
float read_person(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule);
float read_place(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule);
float read_organisation(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule);
float read_event(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule);
float read_miscellany(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule);

#endif
