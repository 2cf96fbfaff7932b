/* gazetteer.h: what is known of words and phrases before a document is read: the compiled table (data/), and the user's
 * own. Read by any thread; made at open.
 */
#ifndef ENTITIES_GAZETTEER_H
#define ENTITIES_GAZETTEER_H

#include <table.h>

/* Kinds of rows, in the order of the table's column `kind`. */
enum kind {
    COUNTRY,
    REGION,
    CITY,
    PLACE,
    ORG,
    EVENT,
    MISC,
    DEMONYM,
    GIVEN,
    FAMILY,
    WORD,
    HONORIFIC,
    TITLE,
    ORG_HEAD,
    ORG_END,
    ORG_FIRST,
    PLACE_HEAD,
    PLACE_FIRST,
    EVENT_HEAD,
    EVENT_FIRST,
    MISC_HEAD,
    CALENDAR,
    PARTICLE,
    SAY,
    LOC_PREP,
    ROLE,
    ORG_VERB,
    NOT_NAME,
    USER, /* of the user's gazetteers; never in the table */
    KINDS
};
#define IS(kind) (1u << (kind))
#define IS_NAME_OF_PLACE (IS(COUNTRY) | IS(REGION) | IS(CITY) | IS(PLACE))
#define NAME_KINDS (IS_NAME_OF_PLACE | IS(ORG) | IS(EVENT) | IS(MISC) | IS(DEMONYM) | IS(GIVEN) | IS(FAMILY))

/* What one phrase is. */
struct entry {
    uint32_t kinds; /* IS(...) */
    uint32_t row;   /* the row that names it: of the highest kind of name, TM_NONE where there is none */
    int32_t people; /* of a city */
    uint8_t level;  /* of a word: 10 the commonest, 0 where it is none */
};

struct gazetteer {
    struct table table;
    struct table lexicon; /* of lexicon.tsv alone: the words that tell what a name beside them is; small, so near */
    uint32_t *rows;       /* of every value of a phrase: its row's kind, form and weight in one word; see gazetteer.c */
    const int32_t *kind, *small_kind;
    const uint32_t *canonical;
};

/* 0, or -1 with one line in error. */
int gazetteer_open(struct gazetteer *g, tm_str bytes, tm_str lexicon, uint32_t text_version, char *error,
                   uint64_t room);
void gazetteer_close(struct gazetteer *g);

/* What the values of one phrase say of tokens with these shapes in common (all upper case or not, first is a capital).
 */
struct entry gazetteer_entry(const struct gazetteer *g, const uint32_t *values, int all_upper, int capital);

/* The kinds of a small word beside or inside a name: of the lexicon alone. */
uint32_t gazetteer_small_word(const struct gazetteer *g, uint64_t hash);

/* The kinds of a single token. */
struct entry gazetteer_word(const struct gazetteer *g, uint64_t hash, uint32_t shape);

#endif
