/* phrases.h: finds phrases in a text by the hash columns of its tokens: thousands or millions of phrases, each a row of
 * token hashes with one or more values, in time that depends on the text alone. Nothing is allocated while matching.
 *
 * A set of phrases is four arrays (phrase_view) that stand in memory that someone else owns: a mapped table (table.h)
 * or a builder's. Any thread may match; a builder belongs to one thread.
 *
 *     uint32_t len = phrase_longest(&set, tokens.hash, i, tokens.count, &values);
 *     if (len)
 *         for (uint32_t k = 0; k < values[0]; k++)
 *             use(values[1 + k]);
 *
 * Equality is that of hashes: letter case and the marks that folding removes do not count. A plugin that minds them
 * looks at the shapes or the bytes of the tokens that matched.
 */
#ifndef KIT_PHRASES_H
#define KIT_PHRASES_H

#include <textmill/layers.h>

/* One step: from a state by a token's hash. state 0: no longer phrase goes on from here; values 0: no phrase ends here,
 * else the index of a count that is followed by so many values. */
struct phrase_step {
    uint64_t key; /* 0: a free place */
    uint32_t state;
    uint32_t values;
};

#define PHRASE_GROUP 4u /* places that one line of the cache holds */

struct phrase_view {
    const struct phrase_step *steps; /* 1 << bits places, in groups of PHRASE_GROUP, a full one going on in the next */
    const uint64_t *filter;          /* bits of the first tokens, 1 << filter_bits of them */
    const uint64_t *starts; /* two bits of a word for each phrase of one token, each two that begin longer ones */
    const uint32_t *values;
    uint32_t bits, filter_bits, starts_bits;
    uint32_t n_steps; /* 1 << bits */
    uint32_t n_values;
};

#define PHRASE_MIX 0xff51afd7ed558ccdu

static inline uint64_t phrase_key(uint64_t hash, uint32_t state) {
    uint64_t k = (hash ^ ((uint64_t)state * 0x9e3779b97f4a7c15u)) * PHRASE_MIX;
    k ^= k >> 32;
    return k ? k : 1;
}

/* The first place of a key's group. */
static inline uint32_t phrase_group(const struct phrase_view *set, uint64_t key) {
    return (uint32_t)(key >> 20) & (set->n_steps - 1) & ~(PHRASE_GROUP - 1);
}

/* The places of a group are compared without a branch: which one it is cannot be foretold, whether one is mostly can.
 */
static inline const struct phrase_step *phrase_step_of(const struct phrase_view *set, uint64_t key) {
    for (uint32_t at = phrase_group(set, key);; at = (at + PHRASE_GROUP) & (set->n_steps - 1)) {
        const struct phrase_step *group = &set->steps[at];
        uint32_t place =
            (uint32_t)(group[1].key == key) + 2 * (uint32_t)(group[2].key == key) + 3 * (uint32_t)(group[3].key == key);
        if (group[place].key == key)
            return &group[place];
        if (!group[PHRASE_GROUP - 1].key)
            return NULL;
    }
}

static inline const struct phrase_step *phrase_step(const struct phrase_view *set, uint64_t hash, uint32_t state) {
    return phrase_step_of(set, phrase_key(hash, state));
}

/* Asks for the memory that a look-up of a first token will read. */
static inline void phrase_prefetch(const struct phrase_view *set, uint64_t hash) {
    __builtin_prefetch(&set->steps[phrase_group(set, phrase_key(hash, 0))]);
}

static inline int phrase_bit(const uint64_t *filter, uint64_t mask, uint64_t hash) {
    uint64_t bit = hash >> 7 & mask;
    return (int)(filter[bit >> 6] >> (bit & 63) & 1);
}

/* Whether a phrase may begin with this hash; wrong on the yes side only, and cheap. */
static inline int phrase_may_begin(const struct phrase_view *set, uint64_t hash) {
    return phrase_bit(set->filter, ((uint64_t)1 << set->filter_bits) - 1, hash);
}

/* The two bits by which the filter of starts knows a hash, and the word that they are in. Two, so that hardly any token
 * is looked up in vain; of one word, so that both take one load. */
static inline uint64_t phrase_start_bits(uint64_t hash) {
    return (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63);
}

static inline uint64_t phrase_start_word(uint64_t hash, uint32_t starts_bits) {
    return hash >> 12 & (((uint64_t)1 << (starts_bits - 6)) - 1);
}

static inline int phrase_may_start(const struct phrase_view *set, uint64_t hash) {
    uint64_t bits = phrase_start_bits(hash);
    return (set->starts[phrase_start_word(hash, set->starts_bits)] & bits) == bits;
}

/* Of two tokens that begin a phrase together. */
static inline uint64_t phrase_pair(uint64_t hash, uint64_t next) {
    return (hash << 9 | hash >> 55) ^ next;
}

/* A candidate is a token at which a phrase may stand; its lowest bit says whether that may be one of several tokens. */
static inline uint32_t phrase_token(uint32_t candidate) {
    return candidate / 2;
}

/* The candidates among the tokens [0, n); out has room for all of them. Returns their number. Common words begin many
 * phrases and are seldom followed by the right word: of those that may begin one at all, looking at both spares nearly
 * all vain look-ups. No branch: which tokens they are cannot be foretold. */
static inline uint32_t phrase_candidates(const struct phrase_view *set, const uint64_t *hash, uint32_t n,
                                         uint32_t *out) {
    const struct phrase_view view = *set; /* here, so that what is written to out cannot change it */
    uint32_t begins = 0, count = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[begins] = i;
        begins += (uint32_t)phrase_may_begin(&view, hash[i]);
    }
    for (uint32_t k = 0; k < begins; k++) {
        uint32_t i = out[k], next = i + 1 < n ? i + 1 : i;
        uint32_t goes_on = (uint32_t)phrase_may_start(&view, phrase_pair(hash[i], hash[next]));
        out[count] = 2 * i + goes_on;
        count += goes_on | (uint32_t)phrase_may_start(&view, hash[i]);
    }
    return count;
}

/* The rest of phrase_longest_at: phrases of two tokens and more, behind the step of the first one. */
static inline uint32_t phrase_longer(const struct phrase_view *set, const uint64_t *hash, uint32_t i, uint32_t n,
                                     uint32_t length, const struct phrase_step **out_step) {
    const struct phrase_step *step = *out_step;
    for (uint32_t at = i + 1; at < n && step->state; at++) {
        step = phrase_step(set, hash[at], step->state);
        if (!step)
            break;
        if (step->values) {
            length = at + 1 - i;
            *out_step = step;
        }
    }
    return length;
}

/* The longest phrase that begins at a candidate and ends before token n: its number of tokens, or 0. *out_step: its
 * last step, whose values are the phrase's. */
static inline uint32_t phrase_longest_at(const struct phrase_view *set, const uint64_t *hash, uint32_t candidate,
                                         uint32_t n, const struct phrase_step **out_step) {
    uint32_t i = phrase_token(candidate);
    const struct phrase_step *step = phrase_step(set, hash[i], 0);
    if (!step)
        return 0;
    *out_step = step;
    uint32_t length = step->values != 0;
    return candidate % 2 ? phrase_longer(set, hash, i, n, length, out_step) : length;
}

/* The same for any token. */
static inline uint32_t phrase_longest_step(const struct phrase_view *set, const uint64_t *hash, uint32_t i, uint32_t n,
                                           const struct phrase_step **out_step) {
    if (i >= n || !phrase_may_begin(set, hash[i]))
        return 0;
    uint32_t goes_on = i + 1 < n && phrase_may_start(set, phrase_pair(hash[i], hash[i + 1]));
    return phrase_longest_at(set, hash, 2 * i + goes_on, n, out_step);
}

/* Likewise, with the phrase's values: a count, then the values. */
static inline uint32_t phrase_longest(const struct phrase_view *set, const uint64_t *hash, uint32_t i, uint32_t n,
                                      const uint32_t **out_values) {
    const struct phrase_step *step;
    uint32_t length = phrase_longest_step(set, hash, i, n, &step);
    if (length)
        *out_values = set->values + step->values;
    return length;
}

/* The last step of the phrase of exactly n tokens, or NULL. */
static inline const struct phrase_step *phrase_exact_step(const struct phrase_view *set, const uint64_t *hash,
                                                          uint32_t n) {
    uint32_t state = 0;
    if (n == 0 || !phrase_may_begin(set, hash[0]))
        return NULL;
    for (uint32_t at = 0; at + 1 < n; at++) {
        const struct phrase_step *step = phrase_step(set, hash[at], state);
        if (!step || !step->state)
            return NULL;
        state = step->state;
    }
    const struct phrase_step *last = phrase_step(set, hash[n - 1], state);
    return last && last->values ? last : NULL;
}

/* The phrase of exactly n tokens: its count and values, or NULL. */
static inline const uint32_t *phrase_exact(const struct phrase_view *set, const uint64_t *hash, uint32_t n) {
    const struct phrase_step *last = phrase_exact_step(set, hash, n);
    return last ? set->values + last->values : NULL;
}

/* Builds a set. NULL or -1: no memory, or more than 2^31 phrases. */
struct phrase_builder;
struct phrase_builder *phrase_builder_new(void);
void phrase_builder_free(struct phrase_builder *b);
/* Adds a phrase with one value; the same phrase may come again with other values, which keep their order. An empty
 * phrase is refused (-1). */
int phrase_builder_add(struct phrase_builder *b, const uint64_t *hash, uint32_t n, uint32_t value);
/* Ends the building; the view is good until phrase_builder_free. */
int phrase_builder_finish(struct phrase_builder *b, struct phrase_view *out_view);

#endif
