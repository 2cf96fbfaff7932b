/* columns.h: moving, filling and searching columns of 32-bit cells, four at a time where the machine can. Inline. */
#ifndef TM_DOC_COLUMNS_H
#define TM_DOC_COLUMNS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* out[i] = in[i] + more, modulo 2^32. */
static inline void column_add(uint32_t *restrict out, const uint32_t *restrict in, uint32_t n, uint32_t more) {
    uint32_t i = 0;
#if defined(__SSE2__)
    const __m128i add = _mm_set1_epi32((int)more);
    for (; n - i >= 4; i += 4)
        _mm_storeu_si128((__m128i *)(void *)(out + i),
                         _mm_add_epi32(_mm_loadu_si128((const __m128i *)(const void *)(in + i)), add));
#endif
    for (; i < n; i++)
        out[i] = in[i] + more;
}

#define COLUMN_AT_ONCE 32u

/* Sets n cells. Up to COLUMN_AT_ONCE cells behind them may be written, too: most columns are filled by few cells at a
 * time, and no branch depends on how few. */
static inline void column_fill(uint32_t *out, uint32_t n, uint32_t value) {
#if defined(__SSE2__)
    const __m128i four = _mm_set1_epi32((int)value);
    uint32_t done = 0;
    do {
        for (uint32_t i = 0; i < COLUMN_AT_ONCE; i += 4)
            _mm_storeu_si128((__m128i *)(void *)(out + done + i), four);
        done += COLUMN_AT_ONCE;
    } while (done < n);
#else
    for (uint32_t i = 0; i < n; i++)
        out[i] = value;
#endif
}

/* The first i in [from, to) whose cell has one of the bits; `to` where there is none. */
static inline uint32_t column_find(const uint32_t *column, uint32_t from, uint32_t to, uint32_t bits) {
    uint32_t i = from;
#if defined(__SSE2__)
    const __m128i mask = _mm_set1_epi32((int)bits), none = _mm_setzero_si128();
    for (; to - i >= 4; i += 4) {
        __m128i v = _mm_and_si128(_mm_loadu_si128((const __m128i *)(const void *)(column + i)), mask);
        unsigned clear = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi32(v, none));
        if (clear != 0xffff)
            return i + ((uint32_t)__builtin_ctz(~clear) >> 2);
    }
#endif
    while (i < to && !(column[i] & bits))
        i++;
    return i;
}

#endif
