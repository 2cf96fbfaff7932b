/* rules.h: the rules over blocks as data: reading rules files, and the tests that a rule's conditions are made of.
 *
 * A rules file has entries that begin at the margin; what belongs to them is indented:
 *
 *     list NAME             phrases, one a line: a class of words; adds to a list that is there already
 *     rule NAME KIND        when TEST...   the block goes as KIND where all tests of one such line hold
 *                           yes TEXT, no TEXT   examples for the tests
 *     off NAME...           switches rules off
 *
 * A later rule of a name takes the place of an earlier one.
 */
#ifndef CLEAN_RULES_H
#define CLEAN_RULES_H

#include <textmill/types.h>

#define RULE_TESTS 12
#define RULES_MAX 30000
#define RULE_CHAINS 512u
#define LISTS_MAX 30000

/* Lists are bits of a mask, as far as these reach; all further ones share the last bit, and whoever needs to know which
 * one it is looks closer. The lists of the stage itself stay below that. */
#define LISTS_PLAIN 63u
#define LIST_FURTHER ((uint64_t)1 << LISTS_PLAIN)

static inline uint64_t list_bit(uint32_t list) {
    return (uint64_t)1 << (list < LISTS_PLAIN ? list : LISTS_PLAIN);
}

/* What a test asks. Lists are bits of a mask. */
enum test_op {
    T_BEGINS,    /* the first words are of a list */
    T_ENDS,      /* the last words are */
    T_HAS,       /* some words are */
    T_HAS2,      /* two places of them are */
    T_SOON,      /* some of the first eight words are */
    T_LACKS,     /* none are */
    T_IS,        /* there is nothing else, but filler words; numbers only with counters and dates */
    T_LABEL,     /* the first words are of a list and a colon or dash follows */
    T_WORDS,     /* number of words, from a to b */
    T_OPEN,      /* no end mark */
    T_CLOSED,    /* an end mark */
    T_TOP,       /* before all prose */
    T_TAIL,      /* behind all prose */
    T_EDGE,      /* either */
    T_END,       /* at most one block of prose follows */
    T_NEAR,      /* a neighbour is junk */
    T_ITEM,      /* a list item */
    T_NOITEM,    /* none */
    T_HASHTAGS,  /* nothing but #tags */
    T_NUMBERS,   /* nothing but one to three numbers */
    T_COUNTER,   /* nothing but 3/12 */
    T_ARROW,     /* begins with an arrow */
    T_BARS,      /* cells between bars, dots or bullets */
    T_SHOUTS,    /* mostly words in capitals */
    T_NOCOLON,   /* no colon at the end */
    T_NOQUOTE,   /* no quotation marks */
    T_THEN,      /* words of a list right behind the name */
    T_EMAIL,     /* has an e-mail address */
    T_YOU,       /* speaks to the reader, or of the writer */
    T_NUMBER,    /* has a digit */
    T_URL,       /* has a URL */
    T_BRACKETED, /* stands in brackets */
    T_NAMES,     /* begins with a name: two to four words in capitals */
    T_NOTABLE,   /* no cells between upright bars */
    T_LONE,      /* no neighbour begins with an arrow */
    T_NAMED,     /* the byline before it names whom it begins with */
    T_TWICE,     /* the same line stands there more than once */
    T_AGGRESSIVE /* only under that preset */
};

struct rule_test {
    uint8_t op;
    uint8_t none; /* T_IS with no list: nothing but URLs */
    uint16_t a, b;
    uint64_t lists;
    uint32_t further, n_further; /* further lists, in ruleset.further */
};

/* A line of `when`: its tests stand one behind the other. */
struct rule_when {
    tm_str text; /* as it was written */
    uint32_t test, n_tests;
};

struct rule {
    tm_str name, kind;
    uint32_t when, n_whens;
    uint32_t next; /* in the chain of its hash, + 1 */
};

struct rule_list {
    tm_str name;
    uint32_t next; /* in the chain of its hash, + 1 */
};

struct rule_index;

struct ruleset {
    struct rule *rules;
    struct rule_when *whens;
    struct rule_test *tests;
    uint32_t n_rules, n_whens, n_tests, room_rules, room_whens, room_tests;
    uint32_t chain[RULE_CHAINS]; /* rules by their names: index + 1 */
    struct rule_list *lists;
    uint32_t *further;
    uint32_t n_lists, n_further, room_lists, room_further;
    uint32_t list_chain[RULE_CHAINS]; /* lists by their names: index + 1 */
    struct rule_index *index;         /* see select.h */
};

/* The number of a list by its name, which is borrowed; it is made where it is new. UINT32_MAX: too many, or no memory.
 */
uint32_t ruleset_list(struct ruleset *s, tm_str name);
/* Adds a rule, or changes the one of that name, by one more `when` line (first: the rule begins anew). The strings are
 * borrowed. 0, or -1 with a message. */
int ruleset_when(struct ruleset *s, tm_str name, tm_str kind, tm_str when, int first, char *error, uint64_t room);
void ruleset_off(struct ruleset *s, tm_str name);
void ruleset_free(struct ruleset *s);

/* Reads a rules file, calling back for each thing in it; a callback that returns -1 with a message ends it. */
struct rules_reader {
    void *ctx;
    int (*phrase)(void *ctx, tm_str list, tm_str phrase, char *error, uint64_t room);
    int (*when)(void *ctx, tm_str name, tm_str kind, tm_str when, int first, char *error, uint64_t room);
    int (*example)(void *ctx, tm_str name, tm_str text, int yes, char *error, uint64_t room);
    int (*off)(void *ctx, tm_str name, char *error, uint64_t room);
};
int rules_read(const struct rules_reader *r, const char *file, tm_str text, char *error, uint64_t room);

#endif
