/* shapes.h: what the shapes of a block's tokens add up to: which are words, and which have a shape, as bits; four
 * tokens at a time where the machine can. No branches on what a token is: nobody can guess that. Inline.
 */
#ifndef CLEAN_SHAPES_H
#define CLEAN_SHAPES_H

#include <textmill/layers.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* A token is a word where it has one of these shapes and is no clitic, else a sign where it has none of them. */
#define SHAPE_WORDS                                                                                                    \
    (TM_SHAPE_WORD | TM_SHAPE_NUMBER | TM_SHAPE_IDEOGRAPH | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION |         \
     TM_SHAPE_HASHTAG)
#define SHAPE_RARE                                                                                                     \
    (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT | TM_SHAPE_ALL_UPPER | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION |        \
     TM_SHAPE_HASHTAG)
#define SHAPE_USUAL                                                                                                    \
    (TM_SHAPE_QUOTE | TM_SHAPE_DASH | TM_SHAPE_TERMINAL | TM_SHAPE_COMMA | TM_SHAPE_OPEN | TM_SHAPE_CLOSE)

struct shape_sums {
    uint64_t words, signs; /* bits of tokens */
    uint64_t caps;         /* of words that begin with a capital, or are numbers */
    uint32_t any;          /* shapes of words */
    uint32_t sign;         /* shapes of signs */
    uint32_t odd;          /* not 0: there is a sign of no usual punctuation */
};

static inline int is_word_shape(uint32_t s) {
    return (s & SHAPE_WORDS) && !(s & TM_SHAPE_CLITIC);
}

#if defined(__SSE2__)
static inline __m128i shapes_load(const uint32_t *shape) {
    return _mm_loadu_si128((const __m128i *)(const void *)shape);
}

/* All ones in the tokens that have none of the shapes. */
static inline __m128i shapes_lack(__m128i s, uint32_t bits) {
    return _mm_cmpeq_epi32(_mm_and_si128(s, _mm_set1_epi32((int)bits)), _mm_setzero_si128());
}

static inline uint64_t shapes_bits(__m128i tokens, uint32_t at) {
    return (uint64_t)(unsigned)_mm_movemask_ps(_mm_castsi128_ps(tokens)) << at;
}

static inline uint32_t shapes_join(__m128i s) {
    s = _mm_or_si128(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_or_si128(s, _mm_shuffle_epi32(s, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(s);
}
#endif

/* Adds n tokens, whose bits stand from `at` on. */
static inline void shapes_sum(const uint32_t *shape, uint32_t n, uint32_t at, struct shape_sums *sum) {
#if defined(__SSE2__)
    if (n >= 4) {
        __m128i any = _mm_setzero_si128(), sign = any, odd = any;
        uint64_t words = 0, signs = 0, caps = 0;
        for (uint32_t i = 0;; i = n - i < 8 ? n - 4 : i + 4) { /* the last four may overlap those before */
            __m128i s = shapes_load(shape + i), signed_ = shapes_lack(s, SHAPE_WORDS);
            __m128i word = _mm_andnot_si128(signed_, shapes_lack(s, TM_SHAPE_CLITIC));
            words |= shapes_bits(word, i);
            signs |= shapes_bits(signed_, i);
            caps |= shapes_bits(_mm_andnot_si128(shapes_lack(s, TM_SHAPE_FIRST_UPPER | TM_SHAPE_NUMBER), word), i);
            any = _mm_or_si128(any, _mm_and_si128(s, word));
            sign = _mm_or_si128(sign, _mm_and_si128(s, signed_));
            odd = _mm_or_si128(odd, _mm_and_si128(signed_, shapes_lack(s, SHAPE_USUAL)));
            if (i + 4 == n)
                break;
        }
        sum->words |= words << at;
        sum->signs |= signs << at;
        sum->caps |= caps << at;
        sum->any |= shapes_join(any);
        sum->sign |= shapes_join(sign);
        sum->odd |= shapes_join(odd);
        return;
    }
#endif
    for (uint32_t i = 0; i < n; i++) {
        uint32_t s = shape[i], sign = (s & SHAPE_WORDS) ? 0u : ~0u, word = (s & TM_SHAPE_CLITIC) ? 0u : ~sign;
        uint64_t bit = (uint64_t)1 << (at + i);
        sum->words |= bit & (0 - (uint64_t)(word & 1));
        sum->signs |= bit & (0 - (uint64_t)(sign & 1));
        sum->caps |= (s & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_NUMBER)) ? bit & (0 - (uint64_t)(word & 1)) : 0;
        sum->any |= s & word;
        sum->sign |= s & sign;
        sum->odd |= (s & SHAPE_USUAL) ? 0u : sign;
    }
}

/* Which of n tokens, at most 64, have one of the shapes, as bits. */
static inline uint64_t shapes_with(const uint32_t *shape, uint32_t n, uint32_t bits) {
    uint64_t found = 0;
    uint32_t i = 0;
#if defined(__SSE2__)
    for (; n - i >= 4; i += 4)
        found |=
            (uint64_t)(~(unsigned)_mm_movemask_ps(_mm_castsi128_ps(shapes_lack(shapes_load(shape + i), bits))) & 15)
            << i;
#endif
    for (; i < n; i++)
        found |= (uint64_t)((shape[i] & bits) != 0) << i;
    return found;
}

#endif
