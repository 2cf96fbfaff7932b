/* text_hash.h: eight bytes of text at a time: loading, finding ASCII letters, folding their case, and the hash of
 * folded bytes. Inline; the same results on machines of either byte order.
 *
 * THE HASH. Folded bytes are taken as little-endian words of 8; h = SEED; for each whole word w: h = mix(h ^ w, STEP);
 * then, with the rest r (0 to 7 bytes, zeros above) and the number of bytes n:
 * mix(mix(h ^ r, TAIL ^ n), STEP ^ n), where mix(a, b) is the low half of the 128-bit product a * b xor its high half.
 */
#ifndef TM_DOC_TEXT_HASH_H
#define TM_DOC_TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_SEED 0x9e3779b97f4a7c15u
#define HASH_STEP 0xd6e8feb86659fd93u
#define HASH_TAIL 0xa0761d6478bd642fu

#define SWAR_HIGH 0x8080808080808080u
#define SWAR_ONES 0x0101010101010101u

static inline uint64_t hash_mix(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    unsigned __int128 r = (unsigned __int128)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
#else
    uint64_t ah = a >> 32, al = a & 0xffffffffu, bh = b >> 32, bl = b & 0xffffffffu;
    uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
    uint64_t middle = (ll >> 32) + (lh & 0xffffffffu) + (hl & 0xffffffffu);
    return (ll & 0xffffffffu | middle << 32) ^ (hh + (lh >> 32) + (hl >> 32) + (middle >> 32));
#endif
}

static inline uint64_t hash_word(uint64_t h, uint64_t w) {
    return hash_mix(h ^ w, HASH_STEP);
}

static inline uint64_t hash_end(uint64_t h, uint64_t rest, uint64_t n) {
    return hash_mix(hash_mix(h ^ rest, HASH_TAIL ^ n), HASH_STEP ^ n);
}

/* Eight bytes, the first one lowest; bytes at `limit` and beyond are not touched and read as 0. */
static inline uint64_t load8(const uint8_t *p, const uint8_t *limit) {
    uint64_t w = 0;
    if (limit - p >= 8) {
        memcpy(&w, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        w = __builtin_bswap64(w);
#endif
    } else {
        for (uint32_t i = 0; p + i < limit; i++)
            w |= (uint64_t)p[i] << (8 * i);
    }
    return w;
}

/* Eight bytes as a number that stands in their order. */
static inline uint64_t word_order(const char *bytes) {
    uint64_t w;
    memcpy(&w, bytes, 8);
#if __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* The high bit of each byte that is an ASCII letter. */
static inline uint64_t swar_letters(uint64_t w) {
    uint64_t low = (w | 0x2020202020202020u) & ~SWAR_HIGH;
    uint64_t from_a = low + 0x1f1f1f1f1f1f1f1fu, beyond_z = low + 0x0505050505050505u;
    return from_a & ~beyond_z & ~w & SWAR_HIGH;
}

/* ASCII letters in lower case, all else as it is. */
static inline uint64_t swar_fold(uint64_t w) {
    return w | swar_letters(w) >> 2;
}

/* The lowest n bytes, 0 <= n <= 7. */
static inline uint64_t swar_first(uint64_t w, uint32_t n) {
    return w & ((UINT64_C(1) << (8 * n)) - 1);
}

/* The hash of bytes of which only the ASCII ones are still to be folded. */
static inline uint64_t hash_ascii(const uint8_t *p, uint32_t len, const uint8_t *limit) {
    uint64_t h = HASH_SEED;
    uint32_t left = len;
    for (; left >= 8; left -= 8, p += 8)
        h = hash_word(h, swar_fold(load8(p, limit)));
    return hash_end(h, left ? swar_first(swar_fold(load8(p, limit)), left) : 0, len);
}

/* Bytes one after the other, as folding yields them. */
struct hash_stream {
    uint64_t h, word, n;
};

static inline void hash_byte(struct hash_stream *s, uint8_t byte) {
    s->word |= (uint64_t)byte << (8 * (s->n & 7));
    if ((++s->n & 7) == 0) {
        s->h = hash_word(s->h, s->word);
        s->word = 0;
    }
}

#endif
