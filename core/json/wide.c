/* wide.c: see wide.h. Bytes with a meaning become bits of a 64-bit word, and the word is looked at: no branch depends
 * on where in the text a quote, a line end or an escape happens to stand.
 */
#include "wide.h"

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi")))

int wide_can(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}

static int hex_digit(unsigned char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

AVX2 static inline uint64_t join(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 static inline uint64_t equal(__m256i low, __m256i high, char c) {
    __m256i all = _mm256_set1_epi8(c);
    return join(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
}

AVX2 static inline uint64_t controls(__m256i low, __m256i high) {
    __m256i most = _mm256_set1_epi8(0x1f);
    return join(_mm256_cmpeq_epi8(_mm256_min_epu8(low, most), low),
                _mm256_cmpeq_epi8(_mm256_min_epu8(high, most), high));
}

/* Bytes that may follow a backslash: two 16-entry tables share a bit for " and /, for the backslash, for b f n, r t u.
 */
AVX2 static inline __m256i escapes(__m256i v) {
    const __m256i by_low =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1 | 4 | 8, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1));
    const __m256i by_high = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i nibble = _mm256_set1_epi8(0x0f);
    __m256i low = _mm256_shuffle_epi8(by_low, _mm256_and_si256(v, nibble));
    __m256i high = _mm256_shuffle_epi8(by_high, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
    return _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
}

/* The bytes behind a backslash that is none itself. *carry: the last byte of the block before was one; then this one's.
 */
static inline uint64_t behind_backslashes(uint64_t backslashes, uint64_t *carry) {
    uint64_t escaped = *carry, rest = backslashes & ~*carry;
    if (!(rest & (rest << 1))) {
        *carry = rest >> 63;
        return escaped | rest << 1;
    }
    *carry = 0;
    while (rest) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        if (i == 63) {
            *carry = 1;
            break;
        }
        escaped |= (uint64_t)2 << i;
        rest &= ~((uint64_t)3 << i);
    }
    return escaped;
}

AVX2 size_t wide_string(const char *p, size_t n, struct wide_seen *seen) {
    uint64_t carry = 0;
    size_t at = 0;
    for (; at + 64 <= n; at += 64) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(p + at));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + at + 32));
        uint64_t backslashes = equal(low, high, '\\');
        uint64_t stops = equal(low, high, '"');
        uint64_t escaped = 0;
        uint64_t over = join(low, high);
        if (backslashes | carry) {
            escaped = behind_backslashes(backslashes, &carry);
            stops = (stops & ~escaped) | (escaped & join(escapes(low), escapes(high)));
        }
        stops |= controls(low, high);
        uint64_t before = stops ? (stops & (0 - stops)) - 1 : ~(uint64_t)0;
        uint64_t points = escaped & before;
        if (points) {
            seen->escaped = 1;
            points &= equal(low, high, 'u');
            for (; points; points &= points - 1) {
                size_t u = at + (unsigned)__builtin_ctzll(points);
                const unsigned char *digit = (const unsigned char *)p + u + 1;
                if (u + 5 > n || !hex_digit(digit[0]) || !hex_digit(digit[1]) || !hex_digit(digit[2]) ||
                    !hex_digit(digit[3]))
                    return u - 1;
                seen->nul |= digit[0] == '0' && digit[1] == '0' && digit[2] == '0' && digit[3] == '0';
            }
        }
        seen->high |= (over & before) != 0;
        if (stops) {
            unsigned i = (unsigned)__builtin_ctzll(stops);
            return at + i - (unsigned)(escaped >> i & 1);
        }
    }
    return at - (size_t)carry;
}

#else

int wide_can(void) {
    return 0;
}

size_t wide_string(const char *p, size_t n, struct wide_seen *seen) {
    (void)p;
    (void)n;
    (void)seen;
    return 0;
}

#endif
