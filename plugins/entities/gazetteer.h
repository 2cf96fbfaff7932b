/* gazetteer.h: what is known of words and phrases before a document is read: the compiled table (data/), and the user's
 * own. Read by any thread; made at open.
 */
#ifndef ENTITIES_GAZETTEER_H
#define ENTITIES_GAZETTEER_H

#include <table.h>
#include <textmill/host.h>

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
    KINDS
};
#define IS(kind) (1u << (kind))
#define IS_NAME_OF_PLACE (IS(COUNTRY) | IS(REGION) | IS(CITY) | IS(PLACE))
#define NAME_KINDS (IS_NAME_OF_PLACE | IS(ORG) | IS(EVENT) | IS(MISC) | IS(DEMONYM) | IS(GIVEN) | IS(FAMILY))

/* Small words that the runs of capitals need to know, above the kinds. */
#define IS_LOCAL (1u << 28)    /* council, police: of the place that they are named after */
#define IS_GOVERNED (1u << 29) /* government, residents: of the place that stands before */
#define IS_JOINT (1u << 30)    /* a particle, or "and" and its like: can stand inside a name */
#define IS_THE (1u << 31)

/* How many people a city has, in steps that rules ask for. */
enum size { FEW, OF_50K, OF_100K, OF_200K, OF_300K, OF_1M };

/* What one phrase is. */
struct entry {
    uint32_t kinds; /* IS(...) */
    uint32_t row;   /* the row that names it: of the highest kind of name, TM_NONE where there is none */
    uint8_t size;   /* of a city: FEW to OF_1M */
    uint8_t level;  /* of a word: 10 the commonest, 0 where it is none */
};

/* The same in 8 bytes, as it is for a phrase that begins with a capital and is not all in capitals. */
struct packed_entry {
    uint32_t kinds; /* HAS_UPPER: other rows count where it is all in capitals */
    uint32_t rest;  /* row + 1 (0: none) in the lowest 21 bits, size in the next 3, level in the rest */
};
#define HAS_UPPER (1u << 31)

/* A word of the lexicon: the upper bits of its key, and what it is; kinds 0: a free place. */
struct small_word {
    uint32_t tag : 31;
    uint32_t is_plain : 1; /* with a capital it is no name, by the whole gazetteer (of those that NOT_NAME is set of) */
    uint32_t kinds;
};

#define SMALL_TAG(key) ((uint32_t)((key) >> 33))

struct gazetteer {
    struct table table;
    struct small_word *small; /* of lexicon.tsv alone: the words that tell what a name beside them is; small, so near */
    uint32_t small_mask;
    struct packed_entry *entries; /* of the phrase that ends with step n of the table: number n */
    const int32_t *kind, *weight, *form;
    const uint32_t *canonical;
};

/* 0, or -1 with one line in error. */
int gazetteer_open(struct gazetteer *g, const tm_host *host, tm_str bytes, tm_str lexicon, char *error, uint64_t room);
void gazetteer_close(struct gazetteer *g);

/* What the phrase that ends with a step says of tokens with these shapes in common (all upper case or not, first is a
 * capital). */
struct entry gazetteer_entry_slow(const struct gazetteer *g, const struct phrase_step *step, int all_upper,
                                  int capital);

static inline struct entry gazetteer_entry(const struct gazetteer *g, const struct phrase_step *step, int all_upper,
                                           int capital) {
    struct packed_entry e = g->entries[step - g->table.phrases.steps];
    if (!capital || ((e.kinds & HAS_UPPER) && all_upper))
        return gazetteer_entry_slow(g, step, all_upper, capital);
    return (struct entry){e.kinds & ~HAS_UPPER, (e.rest & 0x1fffff) - 1, (uint8_t)(e.rest >> 21 & 7),
                          (uint8_t)(e.rest >> 24)};
}

/* Asks for the memory that a look-up of a word will read. */
static inline void gazetteer_prefetch(const struct gazetteer *g, uint64_t hash) {
    uint32_t group = phrase_group(&g->table.phrases, phrase_key(hash, 0));
    __builtin_prefetch(&g->table.phrases.steps[group]);
    __builtin_prefetch(&g->entries[group]);
}

/* A small word beside or inside a name: of the lexicon alone. A free place has the tag 0 or another, and kinds 0 either
 * way. */
static inline const struct small_word *gazetteer_small(const struct gazetteer *g, uint64_t hash) {
    uint64_t key = phrase_key(hash, 0);
    for (uint32_t at = (uint32_t)key & g->small_mask;; at = (at + 1) & g->small_mask)
        if (g->small[at].tag == SMALL_TAG(key) || !g->small[at].kinds)
            return &g->small[at];
}

static inline uint32_t gazetteer_small_word(const struct gazetteer *g, uint64_t hash) {
    return gazetteer_small(g, hash)->kinds;
}

/* Whether a word with these kinds is hardly ever a name: it, but, after. */
static inline uint32_t gazetteer_is_plain(uint32_t kinds) {
    return (kinds & (IS(NOT_NAME) | NAME_KINDS)) == IS(NOT_NAME);
}

/* The kinds of a single token. */
struct entry gazetteer_word(const struct gazetteer *g, uint64_t hash, uint32_t shape);

#endif
