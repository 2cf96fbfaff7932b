/* words.h: the phrases of the lists as a page looks them up. A third of all words of a text are in some list, mostly
 * the small words of the language, and most words of lists begin longer phrases that do not follow: so each first word
 * stands in a small table of its own, and the large one of all steps is asked only where the second word fits, too.
 * Made when the stage opens; read by all threads.
 */
#ifndef CLEAN_WORDS_H
#define CLEAN_WORDS_H

#include <phrases.h>

/* A word that a phrase begins with. */
struct first_word {
    uint64_t hash;  /* 0: a free place */
    uint64_t lists; /* that the word alone is in; 0: it is no phrase */
    uint32_t state; /* 0: no phrase goes on */
    uint32_t reserved[3];
};

struct words {
    struct phrase_view view;
    uint64_t *lists_of; /* by a step's values: the lists that the phrase is in */
    struct first_word *first;
    uint32_t first_mask; /* places - 1 */
};

/* A place where a phrase of some lists stands. */
struct match {
    uint32_t tok;
    uint32_t len;
    uint64_t lists;
};

/* Phrases whose values are lists, or rows of which row_lists tells the list. 0, or -1: no memory. */
int words_init(struct words *w, const struct phrase_view *view, const uint32_t *row_lists);
void words_deinit(struct words *w);

/* The longest phrases of all sets that begin in [from, to), at most 64 tokens, and end before `end`; none overlaps
 * another. Returns how many; out has room for one a token and one more. */
uint32_t words_find(const struct words *sets, uint32_t n_sets, const uint64_t *hash, uint32_t from, uint32_t to,
                    uint32_t end, struct match *out);

#endif
