/* select.h: the lines of `when` as masks, and an index of them: which few of all lines a block is worth asking. Made
 * once when the stage opens; read by all threads.
 */
#ifndef CLEAN_SELECT_H
#define CLEAN_SELECT_H

#include "judge.h"

/* Above the flags of a block: what a line may ask of a block beyond them. */
#define W_OPEN ((uint64_t)1 << 32) /* no end mark, or a question mark */
#define W_AGGRESSIVE ((uint64_t)1 << 33)
#define W_TOP ((uint64_t)1 << 40)
#define W_TAIL ((uint64_t)1 << 41)
#define W_EDGE ((uint64_t)1 << 42)
#define W_END ((uint64_t)1 << 43)
#define W_NEAR ((uint64_t)1 << 44)
#define W_TWICE ((uint64_t)1 << 45)
#define W_LONE ((uint64_t)1 << 46)
#define W_NAMED ((uint64_t)1 << 47)
/* Those that look beyond the block: their answer may change while others go. */
#define W_BEYOND (W_TOP | W_TAIL | W_EDGE | W_END | W_NEAR | W_TWICE | W_LONE | W_NAMED)

struct rule_line {
    uint64_t any; /* lists of which one must be there; 0: no matter */
    uint64_t begins, ends, lacks;
    uint64_t need, bar;   /* flags that must be there, that must not */
    uint16_t least, most; /* words */
    uint32_t rule, when;
    uint32_t rest, n_rest; /* tests that need a closer look */
};

/* Lines that ask for one of the further lists are a chain. */
struct rule_link {
    uint32_t line, next; /* index + 1 */
};

/* Sets of lines are bits, n_words of them. */
struct rule_index {
    uint32_t n_lines, n_words;
    struct rule_line *line;
    struct rule_test *rest;
    uint64_t *by_list;             /* lines that ask for a list, by its bit */
    uint64_t *by_first;            /* those that ask for it at the beginning */
    uint64_t *no_list;             /* lines that ask for none */
    uint64_t *closed;              /* lines that do not ask for an open end */
    uint64_t *unnamed;             /* lines that do not ask for a name */
    uint64_t *plain;               /* lines that ask for nothing that few blocks have */
    uint64_t *asked, *asked_first; /* lists that the 64 lines of a word ask for, anywhere or at the beginning */
    uint64_t *by_words;            /* lines that hold for so many words; the last: for as many or more */
    struct rule_link *link;
    uint32_t *further, n_links; /* by a list beyond the plain ones: the chain of lines that ask for it, + 1 */
};

#define WORDS_KNOWN 64u
/* What few blocks have. */
#define FLAGS_RARE                                                                                                     \
    (W_AGGRESSIVE | B_ITEM | B_HASHTAGS | B_NUMBERS | B_COUNTER | B_ARROW | B_LIST_LINE | B_SHOUTS | B_EMAIL | B_URL | \
     B_BRACKETED)

/* Makes s->index of all rules that are not off; it borrows the rules' strings. 0, or -1: no memory. */
int ruleset_finish(struct ruleset *s);
/* The flags of a block as lines ask for them, but those that look beyond it. */
static inline uint64_t flags_asked(const struct judge *j, const struct block *b) {
    return b->flags | (block_open(b) || (b->flags & B_QUESTION) ? W_OPEN : 0) | (j->aggressive ? W_AGGRESSIVE : 0);
}
/* Lines of which all holds that the block alone can tell, in order: the first `room` from the line `from` on. Returns
 * their number. */
uint32_t select_lines(const struct judge *j, const struct block *b, uint32_t from, uint16_t *out, uint32_t room);

/* --- look.c --- */
/* A test that masks cannot tell, of the block alone. */
int test_holds(const struct judge *j, const struct block *b, const struct rule_test *t);
/* The lists of a match that is in a further one, by their numbers; 0 where it is in none. */
uint32_t lists_of_match(const struct page *p, const struct match *m, const uint32_t **out_lists);

#endif
