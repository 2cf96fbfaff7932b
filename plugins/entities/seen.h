/* seen.h: runs that a thread has read before, in this document or an earlier one. What a run is cut into depends on
 * nothing but its tokens and the words beside it (and the gazetteers, which stand as long as the stage), so a run that
 * comes again need not be scored again: names of the news come again all the time. Nor need one that is like it: in
 * all that the scores ask for, Mr Hill is Mr Wood. A result never depends on what was seen; only the time does.
 */
#ifndef ENTITIES_SEEN_H
#define ENTITIES_SEEN_H

#include "score.h"

#define SEEN_RUNS 4096u
#define SEEN_PIECES 3u

struct seen_run {
    uint64_t key; /* of all that the result depends on; 0: free */
    uint32_t n_pieces;
    struct piece pieces[SEEN_PIECES];
};
_Static_assert(sizeof(struct seen_run) == 64, "one run, one line of the cache");

/* One of a thread. */
struct seen {
    struct seen_run same[SEEN_RUNS], like[SEEN_RUNS]; /* by seen_key, by seen_likeness */
    uint64_t documents;                               /* so many have begun */
};

static inline struct seen_run *seen_place(struct seen_run *runs, uint64_t key) {
    return &runs[(key >> 32) & (SEEN_RUNS - 1)];
}

/* The key of a run with its words, and what stands beside it; in the second pass of this document alone. */
uint64_t seen_key(const struct work *w, const struct chunk *c, const struct beside *b);
/* The key of what is known of its words, for the first pass; after look_up. */
uint64_t seen_likeness(const struct run *r);
void seen_put(struct seen_run *place, uint64_t key, const struct piece *pieces, uint32_t n);
/* The pieces of a run that is like this one, with this one's rows. */
uint32_t seen_get(const struct seen_run *like, const struct run *r, struct piece *out);

#endif
