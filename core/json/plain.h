/* plain.h: how far a string runs without a byte that JSON gives a meaning: what the scanner and the writer share. For
 * x86-64 sixteen bytes at a time (SSE2 is always there), elsewhere eight by plain arithmetic. Any thread; no state.
 */
#ifndef TM_JSON_PLAIN_H
#define TM_JSON_PLAIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* A quote, a backslash or a control character ends a run. */
static inline int plain_ends(unsigned char c) {
    return c < 0x20 || c == '"' || c == '\\';
}

/* Number of bytes before the first that ends a run, n where none does. *high gets a bit set where one of them is over
 * 0x7f, and is otherwise left alone. Reads nothing behind p + n. */
static inline size_t plain_run(const char *p, size_t n, unsigned *high) {
    size_t i = 0;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1f);
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i ends = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)),
                                    _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        unsigned mask = (unsigned)_mm_movemask_epi8(ends);
        unsigned over = (unsigned)_mm_movemask_epi8(v);
        if (mask) {
            unsigned run = (unsigned)__builtin_ctz(mask);
            *high |= over & ((1u << run) - 1u);
            return i + run;
        }
        *high |= over;
    }
#endif
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t tops = 0x8080808080808080u;
    for (; i + 8 <= n; i += 8) {
        uint64_t v;
        memcpy(&v, p + i, 8);
        /* May see an end that is none behind a real one, or for a byte over 0x7f: then the bytes are looked at singly.
         */
        uint64_t q = v ^ (ones * '"');
        uint64_t b = v ^ (ones * '\\');
        uint64_t ends = (((v - ones * 0x20) & ~v) | ((q - ones) & ~q) | ((b - ones) & ~b)) & tops;
        if (ends)
            break;
        *high |= (v & tops) != 0;
    }
    for (; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (plain_ends(c))
            break;
        *high |= c >> 7;
    }
    return i;
}

#endif
