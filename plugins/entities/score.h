/* score.h: how well a piece of a run stands as a name. */
#ifndef ENTITIES_SCORE_H
#define ENTITIES_SCORE_H

#include "names.h"

struct known {
    uint32_t row;
    uint32_t size;
};

/* What a piece is made of: of how many tokens this can be said. */
struct made {
    uint8_t capitals, common, unknown, family, heads, joints, clitics, numbers, points, weak;
    uint8_t titles, pure_titles, initials, initials_upper, upper;
    uint8_t impersonal; /* it stands in no person's name */
};

/* What stands beside a run of capitals, and how sure its capitals are. */
struct beside {
    uint64_t before, behind; /* kinds of the word before the run and of the one behind it, and the signs below */
    uint32_t weaks, lowers;  /* a bit a token: weak, and seen in small letters where weak */
    uint64_t key;            /* seen_key */
};

/* A run of capitals with all that is known of its tokens. */
struct run {
    struct work *w;
    struct beside beside;
    uint64_t befores[CHUNK_TOKENS + 1], behinds[CHUNK_TOKENS + 1]; /* of pieces that begin, end there */
    uint32_t first, count, mode;
    uint32_t shape[CHUNK_TOKENS];
    uint8_t weak[CHUNK_TOKENS];         /* the capital says nothing: it stands first in a sentence, or all have one */
    uint32_t begins, ends, first_words; /* a bit a token: a name can begin or end there; org_first is set */
    uint8_t titled[CHUNK_TOKENS + 1];   /* a title (1) or an honorific (2) ends before the token */
    uint64_t made[CHUNK_TOKENS + 1][2]; /* sums of struct made over the tokens before this one, a byte a count */
    int32_t none[CHUNK_TOKENS];         /* score of the token as no name */
    uint8_t initial[CHUNK_TOKENS];      /* J. or J.R. */
    uint8_t level[CHUNK_TOKENS];        /* of the token as a word */
    uint8_t longest[CHUNK_TOKENS];      /* of the phrases that begin at the token, in tokens */
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
#define BEFORE_GROUP (1ull << 34)    /* the company X */
#define BEFORE_PLACE_OF (1ull << 35) /* the town of X */
#define BEHIND_AGE (1ull << 32)
#define BEHIND_PLACE (1ull << 33)
#define BEHIND_ACRONYM (1ull << 34)
#define BEHIND_CLOSE (1ull << 35)
#define BEHIND_MONEY (1ull << 36)
#define BEHIND_NUMBER (1ull << 37)
#define BEHIND_DATELINE (1ull << 38)
#define BEHIND_TOWN (1ull << 39)     /* X, a town */
#define BEHIND_FIRM (1ull << 40)     /* X, a company */
#define BEHIND_BASED (1ull << 41)    /* X-based */
#define BEHIND_GOVERNED (1ull << 42) /* X government */

/* The kinds beside a run that readings ask for. */
#define KINDS_BEFORE (IS(HONORIFIC) | IS(TITLE) | IS(ROLE) | IS(LOC_PREP))
#define KINDS_BEHIND (IS(SAY) | IS(ORG_VERB))

/* Scores are in hundredths of a point. */
#define P(points) ((int32_t)((points)*100 + 0.5))
#define NEVER (-P(9))          /* no name of that type */
#define IMPOSSIBLE (-P(10000)) /* neither a name nor none */

struct verdict {
    uint8_t type, rule;
    uint32_t row; /* of the gazetteer, or TM_NONE; of no name: LOOSE for a capital that nothing explains */
    int32_t score;
};

/* parse.c: all that the gazetteer knows of the phrases that begin at a token of the run. */
void look_up(struct run *r, uint32_t at);
/* What stands beside a run: with its tokens all that the scores rest on (but for memory). All but the key. */
void score_look_around(const struct work *w, const struct chunk *c, struct beside *out);
/* All else, from what the gazetteer knows of the tokens. */
void score_prepare(struct run *r);
/* cut.c: a name in a run. */
struct piece {
    uint8_t at, count;
    struct verdict verdict;
};

/* The names in the run into out (room for CHUNK_TOKENS), in order; returns how many. */
uint32_t cut_run(const struct run *r, struct piece *out);

#endif
