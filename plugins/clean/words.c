/* words.c: see words.h. */
#include "words.h"

#include "rules.h"

#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define UNMIX 0x4f74430c22a54005u /* times PHRASE_MIX: 1, modulo 2^64 */

/* The hash of the token that a step from state 0 is for: what phrase_key does, backwards. */
static uint64_t hash_of(uint64_t key) {
    return (key ^ key >> 32) * UNMIX;
}

static uint32_t place_of(uint64_t hash) {
    return (uint32_t)(hash >> 20);
}

/* Steps do not tell where they come from. One that begins no phrase and passes for one that does has a hash that no
 * token has. 0: it begins none. */
static uint64_t first_hash(const struct words *w, const struct phrase_step *step) {
    uint64_t hash = hash_of(step->key);
    return step->key != 0 && phrase_may_begin(&w->view, hash) ? hash : 0;
}

static int find_first_words(struct words *w) {
    uint32_t count = 0, places = 64;
    for (uint32_t i = 0; i < w->view.n_steps; i++)
        count += first_hash(w, &w->view.steps[i]) != 0;
    while (places < count * 2)
        places *= 2;
    w->first_mask = places - 1;
    w->first = calloc(places, sizeof *w->first);
    if (w->first == NULL)
        return -1;
    for (uint32_t i = 0; i < w->view.n_steps; i++) {
        const struct phrase_step *step = &w->view.steps[i];
        uint64_t hash = first_hash(w, step);
        uint32_t at = place_of(hash) & w->first_mask;
        while (w->first[at].hash)
            at = (at + 1) & w->first_mask;
        if (hash)
            w->first[at] = (struct first_word){.hash = hash, .lists = w->lists_of[step->values], .state = step->state};
    }
    return 0;
}

int words_init(struct words *w, const struct phrase_view *view, const uint32_t *row_lists) {
    *w = (struct words){.view = *view};
    w->lists_of = calloc((size_t)view->n_values + 1, sizeof *w->lists_of);
    if (w->lists_of == NULL)
        return -1;
    for (uint32_t i = 1; i < view->n_values; i += view->values[i] + 1)
        for (uint32_t n = 0; n < view->values[i]; n++) {
            uint32_t value = view->values[i + 1 + n];
            w->lists_of[i] |= list_bit(row_lists ? row_lists[value] : value);
        }
    return find_first_words(w);
}

void words_deinit(struct words *w) {
    free(w->lists_of);
    free(w->first);
}

/* What the bits of the set tell of up to 64 tokens. */
struct chances {
    uint64_t begins;  /* a phrase may begin with the token */
    uint64_t goes_on; /* and the next one may follow */
};

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

/* The word of a filter for each of four indices. */
AVX2 static inline __m256i four_words(const uint64_t *filter, __m256i index) {
    return _mm256_i64gather_epi64((const long long *)(const void *)filter, index, 8);
}

AVX2 static inline unsigned lowest_bits(__m256i four) {
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_slli_epi64(four, 63)));
}

/* The first of n tokens, by fours, as far as each has a next one: phrase_may_begin, and phrase_may_start of it and the
 * next. Returns how many. */
AVX2 static uint32_t look_by_fours(const struct phrase_view *v, const uint64_t *hash, uint32_t n, struct chances *out) {
    const __m256i mask = _mm256_set1_epi64x((long long)(((uint64_t)1 << v->filter_bits) - 1));
    const __m256i words = _mm256_set1_epi64x((long long)(((uint64_t)1 << (v->starts_bits - 6)) - 1));
    const __m256i in_word = _mm256_set1_epi64x(63);
    uint32_t i = 0;
    for (; i + 4 < n; i += 4) {
        __m256i h = _mm256_loadu_si256((const __m256i *)(const void *)(hash + i));
        __m256i next = _mm256_loadu_si256((const __m256i *)(const void *)(hash + i + 1));
        __m256i bit = _mm256_and_si256(_mm256_srli_epi64(h, 7), mask);
        __m256i found =
            _mm256_srlv_epi64(four_words(v->filter, _mm256_srli_epi64(bit, 6)), _mm256_and_si256(bit, in_word));
        out->begins |= (uint64_t)lowest_bits(found) << i;
        __m256i pair = _mm256_xor_si256(_mm256_or_si256(_mm256_slli_epi64(h, 9), _mm256_srli_epi64(h, 55)), next);
        __m256i word = four_words(v->starts, _mm256_and_si256(_mm256_srli_epi64(pair, 12), words));
        __m256i one = _mm256_srlv_epi64(word, _mm256_and_si256(pair, in_word));
        __m256i other = _mm256_srlv_epi64(word, _mm256_and_si256(_mm256_srli_epi64(pair, 6), in_word));
        out->goes_on |= (uint64_t)lowest_bits(_mm256_and_si256(one, other)) << i;
    }
    return i;
}
#endif

/* No branches: which words begin a phrase nobody can guess. */
static inline struct chances look(const struct phrase_view *v, const uint64_t *hash, uint32_t n, uint32_t end) {
    struct chances c = {0, 0};
    uint32_t i = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        i = look_by_fours(v, hash, n, &c);
#endif
    for (; i < n; i++) {
        uint64_t next = i + 1 < end ? hash[i + 1] : 0;
        c.begins |= (uint64_t)phrase_may_begin(v, hash[i]) << i;
        c.goes_on |= (uint64_t)phrase_may_start(v, phrase_pair(hash[i], next)) << i;
    }
    return c;
}

/* The longest phrase that goes on from a first word at token i, where it is longer than len. */
static uint32_t longer(const struct words *w, uint32_t state, const uint64_t *hash, uint32_t i, uint32_t end,
                       uint32_t len, uint64_t *out_lists) {
    const struct phrase_step first = {.state = state}, *step = &first;
    len = phrase_longer(&w->view, hash, i, end, len, &step);
    if (step != &first)
        *out_lists = w->lists_of[step->values];
    return len;
}

/* The longest phrase at token i, and its lists; 0: there is none. */
static inline uint32_t longest(const struct words *w, const uint64_t *hash, uint32_t i, uint32_t end, int goes_on,
                               uint64_t *out_lists) {
    const struct first_word *table = w->first;
    uint32_t at = place_of(hash[i]) & w->first_mask;
    for (; table[at].hash != hash[i]; at = (at + 1) & w->first_mask)
        if (table[at].hash == 0)
            return 0;
    uint32_t len = table[at].lists != 0;
    *out_lists = table[at].lists;
    return goes_on && table[at].state ? longer(w, table[at].state, hash, i, end, len, out_lists) : len;
}

/* Of one set. */
static uint32_t find_in_one(const struct words *set, const uint64_t *hash, uint32_t from, uint32_t to, uint32_t end,
                            struct match *out) {
    const struct words w = *set; /* a copy, which nothing that is written can change */
    struct chances c = look(&w.view, hash + from, to - from, end - from);
    struct match *m = out;
    while (c.begins) {
        uint32_t at = (uint32_t)__builtin_ctzll(c.begins);
        uint64_t lists = 0;
        uint32_t len = longest(&w, hash, from + at, end, c.goes_on >> at & 1, &lists);
        c.begins &= c.begins - 1;
        *m = (struct match){from + at, len, lists};
        m += len != 0;
        if (len > 1)
            c.begins = at + len < 64 ? c.begins & ~(uint64_t)0 << (at + len) : 0;
    }
    return (uint32_t)(m - out);
}

/* Of several; where they have longest ones of the same length, it is in the lists of all of them. */
static uint32_t find_in_all(const struct words *sets, uint32_t n_sets, const uint64_t *hash, uint32_t from, uint32_t to,
                            uint32_t end, struct match *out) {
    struct match *m = out;
    for (uint32_t i = from; i < to;) {
        struct match best = {i, 0, 0};
        for (uint32_t k = 0; k < n_sets; k++) {
            uint64_t lists = 0;
            uint32_t len = phrase_may_begin(&sets[k].view, hash[i]) ? longest(&sets[k], hash, i, end, 1, &lists) : 0;
            if (len > best.len)
                best = (struct match){i, len, lists};
            else if (len == best.len)
                best.lists |= lists;
        }
        *m = best;
        m += best.len != 0;
        i += best.len ? best.len : 1;
    }
    return (uint32_t)(m - out);
}

uint32_t words_find(const struct words *sets, uint32_t n_sets, const uint64_t *hash, uint32_t from, uint32_t to,
                    uint32_t end, struct match *out) {
    if (from >= to)
        return 0;
    return n_sets == 1 ? find_in_one(sets, hash, from, to, end, out)
                       : find_in_all(sets, n_sets, hash, from, to, end, out);
}
