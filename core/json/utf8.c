/* utf8.c: is it UTF-8, and where does it stop to be. Owns validity and nothing else: no folding, no tables of
 * characters.
 *
 * Three ways that give the same answer: ASCII is skipped by words; with AVX2 the rest is checked 32 bytes at a time by
 * classifying each pair of neighbouring bytes with three 16-entry tables (a published method: each kind of mistake has
 * a bit, and a bit that all three tables share is a mistake); and byte by byte elsewhere, for tails, and to find the
 * exact place of a mistake that a wide step saw.
 */
#include "scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Length of the sequence at p, 0 where it is none. left > 0. */
static size_t sequence(const unsigned char *p, size_t left) {
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4)
        return 0;
    if (left < 2)
        return 0;
    unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
    if (c == 0xe0)
        low = 0xa0;
    else if (c == 0xed)
        high = 0x9f;
    else if (c == 0xf0)
        low = 0x90;
    else if (c == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    size_t need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    for (size_t i = 2; i < need; i++)
        if (i >= left || (p[i] & 0xc0) != 0x80)
            return 0;
    return need;
}

static size_t prefix_by_byte(const unsigned char *p, size_t at, size_t len) {
    while (at < len) {
        if (p[at] < 0x80) {
            uint64_t word;
            while (at + 8 <= len) {
                memcpy(&word, p + at, 8);
                if (word & 0x8080808080808080u)
                    break;
                at += 8;
            }
            while (at < len && p[at] < 0x80)
                at++;
            continue;
        }
        size_t n = sequence(p + at, len - at);
        if (!n)
            return at;
        at += n;
    }
    return at;
}

#if defined(__x86_64__)
enum {
    TOO_SHORT = 1 << 0,  /* a lead byte without its continuation */
    TOO_LONG = 1 << 1,   /* a continuation after ASCII */
    OVERLONG_3 = 1 << 2, /* e0 80..9f */
    TOO_LARGE = 1 << 3,  /* f4 90.. and above */
    SURROGATE = 1 << 4,  /* ed a0..bf */
    OVERLONG_2 = 1 << 5, /* c0, c1 */
    TOO_LARGE_1000 = 1 << 6,
    OVERLONG_4 = 1 << 6, /* f0 80..8f; one bit with the one above: their second bytes are the same */
    TWO_CONTS = 1 << 7,  /* good only as third or fourth byte */
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS,
    SECOND_8 = TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
    SECOND_9 = TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
    SECOND_A = TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    FIRST_F = CARRY | TOO_LARGE | TOO_LARGE_1000
};

static const uint8_t first_high[16] = {TOO_LONG,
                                       TOO_LONG,
                                       TOO_LONG,
                                       TOO_LONG,
                                       TOO_LONG,
                                       TOO_LONG,
                                       TOO_LONG,
                                       TOO_LONG,
                                       TWO_CONTS,
                                       TWO_CONTS,
                                       TWO_CONTS,
                                       TWO_CONTS,
                                       TOO_SHORT | OVERLONG_2,
                                       TOO_SHORT,
                                       TOO_SHORT | OVERLONG_3 | SURROGATE,
                                       TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4};
static const uint8_t first_low[16] = {CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
                                      CARRY | OVERLONG_2,
                                      CARRY,
                                      CARRY,
                                      CARRY | TOO_LARGE,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F,
                                      FIRST_F | SURROGATE,
                                      FIRST_F,
                                      FIRST_F};
static const uint8_t second_high[16] = {TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
                                        TOO_SHORT, TOO_SHORT, SECOND_8,  SECOND_9,  SECOND_A,  SECOND_A,
                                        TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT};

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i table(const uint8_t *t) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)t));
}

AVX2 static inline __m256i load(const unsigned char *p) {
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Nonzero where the block, or a sequence that began in the one before it, has a mistake. */
AVX2 static inline __m256i mistakes(__m256i block, __m256i before) {
    const __m256i nibble = _mm256_set1_epi8(0x0f);
    __m256i joined = _mm256_permute2x128_si256(before, block, 0x21);
    __m256i back1 = _mm256_alignr_epi8(block, joined, 15);
    __m256i back2 = _mm256_alignr_epi8(block, joined, 14);
    __m256i back3 = _mm256_alignr_epi8(block, joined, 13);
    __m256i a = _mm256_shuffle_epi8(table(first_high), _mm256_and_si256(_mm256_srli_epi16(back1, 4), nibble));
    __m256i b = _mm256_shuffle_epi8(table(first_low), _mm256_and_si256(back1, nibble));
    __m256i c = _mm256_shuffle_epi8(table(second_high), _mm256_and_si256(_mm256_srli_epi16(block, 4), nibble));
    __m256i pairs = _mm256_and_si256(_mm256_and_si256(a, b), c);
    __m256i third = _mm256_subs_epu8(back2, _mm256_set1_epi8((char)(0xe0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(back3, _mm256_set1_epi8((char)(0xf0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(must, pairs);
}

/* How far it is certain to be valid, at the start of a sequence; the rest is for the step by bytes. */
AVX2 static size_t prefix_by_block(const unsigned char *p, size_t len) {
    size_t at = 0;
    __m256i before = _mm256_setzero_si256();
    int ascii = 1; /* the block before is */
    while (at + 32 <= len) {
        __m256i block = load(p + at);
        if (!_mm256_movemask_epi8(block) && ascii) {
            at += 32;
            while (at + 128 <= len) {
                __m256i two = _mm256_or_si256(load(p + at), load(p + at + 32));
                __m256i four = _mm256_or_si256(load(p + at + 64), load(p + at + 96));
                if (_mm256_movemask_epi8(_mm256_or_si256(two, four)))
                    break;
                at += 128;
            }
            before = _mm256_setzero_si256();
            continue;
        }
        __m256i wrong = mistakes(block, before);
        if (!_mm256_testz_si256(wrong, wrong))
            break;
        ascii = !_mm256_movemask_epi8(block);
        before = block;
        at += 32;
    }
    /* A sequence may reach over the end of what was looked at. */
    size_t start = at;
    for (unsigned i = 0; i < 3 && start; i++) {
        start--;
        if (p[start] >= 0xc0)
            return start;
        if (p[start] < 0x80)
            break;
    }
    return at;
}
#endif

size_t utf8_valid_prefix(const char *data, size_t len) {
    const unsigned char *p = (const unsigned char *)data;
    size_t at = 0;
#if defined(__x86_64__)
    if (len >= 64 && __builtin_cpu_supports("avx2"))
        at = prefix_by_block(p, len);
#endif
    return prefix_by_byte(p, at, len);
}

/* Length of the part of a broken sequence that gets one U+FFFD: what could still have become a character. */
static size_t broken_part(const unsigned char *p, size_t left) {
    unsigned char c = p[0];
    if (c < 0xc2 || c > 0xf4 || left < 2)
        return 1;
    size_t need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 1;
    size_t n = 2;
    while (n < need && n < left && (p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

size_t utf8_replace(const char *data, size_t len, char *out) {
    size_t at = 0, n = 0;
    while (at < len) {
        size_t good = utf8_valid_prefix(data + at, len - at);
        if (good)
            memcpy(out + n, data + at, good);
        n += good;
        at += good;
        while (at < len && !sequence((const unsigned char *)data + at, len - at)) {
            at += broken_part((const unsigned char *)data + at, len - at);
            memcpy(out + n, "\xef\xbf\xbd", 3);
            n += 3;
        }
    }
    return n;
}

size_t utf8_replaced_from(const char *data, size_t len, size_t offset) {
    size_t at = 0, n = 0;
    while (at < len) {
        size_t good = utf8_valid_prefix(data + at, len - at);
        if (n + good > offset)
            return at + (offset - n);
        n += good;
        at += good;
        if (at < len) {
            n += 3;
            if (n > offset)
                return at;
            at += broken_part((const unsigned char *)data + at, len - at);
        }
    }
    return len;
}

size_t utf8_put(uint32_t point, char *out) {
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        point = 0xfffd;
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | (point >> 6));
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | (point >> 12));
        out[1] = (char)(0x80 | ((point >> 6) & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (point >> 18));
    out[1] = (char)(0x80 | ((point >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((point >> 6) & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}
