/* token_plain.c: the part of the token rule that most text is made of: words of ASCII letters, single ASCII marks, and
 * spaces, without a look at anything else. Where the machine has SSE2, 64 bytes at a time are told apart into letters
 * and others, and a word is a run of bits; elsewhere, and at the end of text that has no padding, words are taken eight
 * bytes at a time. What is not plain is left to token_scan.c.
 */
#include "token_parts.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define R4(x) x, x, x, x
#define R8(x) R4(x), R4(x)
#define R16(x) R8(x), R8(x)

/* clang-format off */
/* Bytes behind a run of ASCII letters that cannot go on with the word. The others are looked at by scan_word. */
static const uint8_t ends_word[256] = {
    [0x00] = R16(1), R16(1), [' '] = R4(1), 1, 1, 1, ['('] = R4(1), 1, 1, ['/'] = 1, [';'] = R4(1), 1, 1,
    ['['] = R4(1), ['`'] = 1, ['{'] = R4(1), 1};

/* Marks that are a token alone: 1, or 2 where a second one of the same would belong to it. */
static const uint8_t alone[256] = {
    ['"'] = 1, ['$'] = 1, ['%'] = 1, ['('] = 1, [')'] = 1, [','] = 1, ['/'] = 1, [':'] = 1, [';'] = 1, ['<'] = 1,
    ['>'] = 1, ['['] = 1, [']'] = 1, ['^'] = 1, ['{'] = 1, ['|'] = 1, ['}'] = 1, ['.'] = 2, ['-'] = 2, ['!'] = 2,
    ['?'] = 2, ['*'] = 2, ['='] = 2, ['~'] = 2};
/* clang-format on */

const uint32_t token_ascii_shape[128] = {
    ['!'] = TM_SHAPE_TERMINAL, ['?'] = TM_SHAPE_TERMINAL, ['.'] = TM_SHAPE_TERMINAL, [','] = TM_SHAPE_COMMA,
    [';'] = TM_SHAPE_COMMA,    [':'] = TM_SHAPE_COMMA,    ['('] = TM_SHAPE_OPEN,     ['['] = TM_SHAPE_OPEN,
    ['{'] = TM_SHAPE_OPEN,     [')'] = TM_SHAPE_CLOSE,    [']'] = TM_SHAPE_CLOSE,    ['}'] = TM_SHAPE_CLOSE,
    ['"'] = TM_SHAPE_QUOTE,    [0x27] = TM_SHAPE_QUOTE,   ['`'] = TM_SHAPE_QUOTE,    ['-'] = TM_SHAPE_DASH};

/* Whether a word of ASCII letters from p to q ends there for sure: no byte behind it can go on with it. */
static inline int ends_plain(const struct scan *s, const uint8_t *p, const uint8_t *q) {
    if (q >= s->end || ends_word[*q])
        return 1;
    ptrdiff_t left = s->end - q;
    const uint8_t *next = q + 1;
    switch (*q) {
    case '.': /* the end of a sentence, not a point in a word or behind one letter */
        return q - p > 1 && (left < 2 || (*next < 0x80 && !is_ascii_letter(*next)));
    case ':':
        return left < 3 || *next != '/';
    case 0xe2: /* U+2013 U+2014, U+201C U+201D, U+2026 end it, U+2019 is an apostrophe */
        if (left < 3 || *next != 0x80)
            return 0;
        if (q[2] == 0x93 || q[2] == 0x94 || q[2] == 0x9c || q[2] == 0x9d || q[2] == 0xa6)
            return 1;
        if (q[2] != 0x99)
            return 0;
        next = q + 3;
        left -= 2;
        break;
    case 0x27:
        break;
    default:
        return 0;
    }
    /* an apostrophe: a final 's, or nothing that it could join to */
    if (left < 2)
        return 1;
    if ((*next | 0x20) == 's')
        return left < 3 || ends_word[next[1]];
    return ends_word[*next];
}

/* A word of ASCII letters that is longer than seven, from its first eight bytes on; NULL where it is not plain. */
static const uint8_t *take_long(struct scan *s, const uint8_t *p) {
    const uint8_t *q = p;
    uint64_t h = HASH_SEED, first = 0, any_upper = 0, any_lower = 0, mixed = 0;
    for (;;) {
        uint64_t w = load8(q, s->limit), letters = swar_letters(w), others = ~letters & SWAR_HIGH;
        uint32_t n = others ? (uint32_t)__builtin_ctzll(others) >> 3 : 8;
        uint64_t inside = others ? ((others & (~others + 1)) >> 7) - 1 : ~UINT64_C(0);
        letters &= inside;
        uint64_t upper = letters & ~(w << 2), lower = letters & ~upper;
        if (q == p)
            first = upper & 0x80;
        /* an upper-case letter above the lowest lower-case one, or any behind a chunk that had one */
        mixed |= any_lower ? upper : lower ? upper & ~((lower & (~lower + 1)) - 1) : 0;
        any_upper |= upper;
        any_lower |= lower;
        q += n;
        uint64_t folded = w | letters >> 2;
        if (others) {
            if (!ends_plain(s, p, q))
                return NULL;
            uint32_t shape = TM_SHAPE_WORD | (first ? TM_SHAPE_FIRST_UPPER : TM_SHAPE_LOWER);
            if (any_upper && !any_lower)
                shape |= TM_SHAPE_ALL_UPPER;
            if (mixed)
                shape |= TM_SHAPE_MIXED;
            put_token(s, p, q, shape, hash_end(h, n ? folded & inside : 0, (uint32_t)(q - p)));
            return q;
        }
        h = hash_word(h, folded);
    }
}

/* A word that begins with an ASCII letter, eight bytes at a time; NULL where it is not plain. */
static inline const uint8_t *take_letters(struct scan *s, const uint8_t *p) {
    uint64_t w = load8(p, s->limit), letters = swar_letters(w), others = ~letters & SWAR_HIGH;
    if (!others)
        return take_long(s, p);
    uint64_t stop = others & (~others + 1), inside = (stop >> 7) - 1;
    uint32_t n = (uint32_t)__builtin_ctzll(stop) >> 3;
    const uint8_t *q = p + n;
    if (!ends_plain(s, p, q))
        return NULL;
    letters &= inside;
    uint64_t upper = letters & ~(w << 2), lower = letters & ~upper;
    uint64_t above =
        ~((lower & (~lower + 1)) - 1); /* from the lowest lower-case letter on; nothing where there is none */
    uint32_t shape = TM_SHAPE_WORD | (upper & 0x80 ? TM_SHAPE_FIRST_UPPER : TM_SHAPE_LOWER);
    shape |= (uint32_t)((lower == 0) & (n > 1)) * TM_SHAPE_ALL_UPPER;
    shape |= (uint32_t)((upper & above) != 0) * TM_SHAPE_MIXED;
    put_token(s, p, q, shape, hash_end(HASH_SEED, (w | letters >> 2) & inside, n));
    return q;
}

#if defined(__SSE2__)

#define WINDOW 63u     /* the last bit is left out, so that every run of letters ends */
#define READ_AHEAD 80u /* bytes from the first of a window on that are read */

struct halves {
    uint32_t others, small;
};

static inline struct halves look_at_half(const uint8_t *p) {
    const __m128i lower = _mm_set1_epi8(0x20), to_least = _mm_set1_epi8((char)(0x80 - 'a')),
                  most = _mm_set1_epi8((char)(0x80 + 25)); /* a becomes the least of signed bytes */
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p),
            b = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
    __m128i a_far = _mm_cmpgt_epi8(_mm_add_epi8(_mm_or_si128(a, lower), to_least), most);
    __m128i b_far = _mm_cmpgt_epi8(_mm_add_epi8(_mm_or_si128(b, lower), to_least), most);
    struct halves h;
    h.others = (uint32_t)_mm_movemask_epi8(a_far) | (uint32_t)_mm_movemask_epi8(b_far) << 16;
    h.small = (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(a, 2)) | (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(b, 2))
                                                                      << 16;
    return h;
}

static inline void look_through(struct scan *s, const uint8_t *p) {
    struct halves a = look_at_half(p), b = look_at_half(p + 32);
    ptrdiff_t left = s->end - p;
    s->window = p;
    s->letters = ~(a.others | (uint64_t)b.others << 32) & ~(~UINT64_C(0) << (left < WINDOW ? left : WINDOW));
    s->uppers = ~(a.small | (uint64_t)b.small << 32) & s->letters;
    s->has_inner = (s->uppers & s->letters << 1) != 0;
}

/* Of a word of which `upper` are the upper-case letters, a bit each. */
static inline uint32_t inner_shape(uint64_t upper, uint32_t len) {
    if (len > 1 && upper == ~(~UINT64_C(0) << len))
        return TM_SHAPE_ALL_UPPER;
    return (upper & (upper + 1)) != 0 ? TM_SHAPE_MIXED : 0;
}

/* The hash of n ASCII letters, n < 64; 16 bytes from the first on can be read, and eight behind the last. */
static inline uint64_t hash_letters(const uint8_t *p, uint32_t n) {
    const uint64_t small = UINT64_C(0x2020202020202020);
    uint64_t h = HASH_SEED, w;
    uint32_t left = n;
    for (; left >= 16; left -= 8, p += 8) {
        memcpy(&w, p, 8);
        h = hash_word(h, w | small);
    }
    /* no branch on the length of most words */
    memcpy(&w, p, 8);
    uint64_t one_more = hash_word(h, w | small);
    uint32_t more = left >> 3;
    h = more ? one_more : h;
    memcpy(&w, p + 8 * more, 8);
    return hash_end(h, swar_first(w | small, left & 7), n);
}

/* Plain tokens from p on, while READ_AHEAD bytes can be read. Stops at the first byte that is not plain. */
static const uint8_t *scan_windows(struct scan *s, const uint8_t *p) {
    const uint32_t lower = TM_SHAPE_WORD | TM_SHAPE_LOWER, to_upper = TM_SHAPE_LOWER - TM_SHAPE_FIRST_UPPER;
    const uint8_t *end = s->end;
    struct token_sink *k = s->sink;
    uint32_t pending = s->pending;
    int is_plain = 1, is_long = 0;
    while (is_plain && p < end && s->limit - p >= READ_AHEAD) {
        if (!s->window || p >= s->window + WINDOW - 8)
            look_through(s, p);
        while (k->room - k->n < 64)
            k->grow(k);
        const uint8_t *at = s->window;
        const uint64_t letters = s->letters;
        const int has_inner = s->has_inner;
        uint32_t i = (uint32_t)(p - at), stop = end - at < WINDOW ? (uint32_t)(end - at) : WINDOW, n = k->n;
        uint32_t *start = k->start, *length = k->length, *shapes = k->shape, base = (uint32_t)(at - s->base);
        uint64_t *hash = k->hash;
        while (i < stop) {
            uint64_t rest = letters >> i;
            uint32_t next = i + 1, c, shape;
            if (rest & 1) {
                next = i + (uint32_t)__builtin_ctzll(~rest);
                if (next == WINDOW) { /* it may go on behind the window */
                    is_long = i == 0;
                    break;
                }
                c = at[next];
                if (!ends_word[c] && !ends_plain(s, at + i, at + next)) {
                    is_plain = 0;
                    break;
                }
                uint32_t len = next - i;
                shape = lower - (~(uint32_t)at[i] >> 5 & 1) * to_upper;
                if (has_inner)
                    shape |= inner_shape(s->uppers >> i & ~(~UINT64_C(0) << len), len);
                hash[n] = hash_letters(at + i, len);
            } else {
                uint32_t mark = at[i];
                c = at[next];
                if (mark == ' ') {
                    pending |= TM_SHAPE_SPACE;
                    i = next;
                    continue;
                }
                if (!alone[mark] || (next < stop && (c >= 0x80 || (alone[mark] == 2 && c == mark))) || next == WINDOW) {
                    is_plain = next == WINDOW && i > 0;
                    break;
                }
                shape = TM_SHAPE_PUNCT | token_ascii_shape[mark];
                hash[n] = hash_end(HASH_SEED, mark, 1);
            }
            start[n] = base + i;
            length[n] = next - i;
            shapes[n++] = shape | pending;
            uint32_t space = c == ' ';
            pending = space * TM_SHAPE_SPACE;
            i = next + space;
        }
        k->n = n;
        p = at + i;
        if (is_long) {
            s->pending = pending;
            const uint8_t *behind = take_long(s, p);
            is_plain = behind != NULL;
            is_long = 0;
            pending = s->pending;
            p = behind ? behind : p;
        }
        if (i < WINDOW && is_plain)
            s->window = NULL; /* what touches its end begins the next one */
    }
    s->pending = pending;
    return p < end ? p : end;
}

#endif

const uint8_t *scan_plain(struct scan *s, const uint8_t *p) {
    const uint8_t *end = s->end, *q;
#if defined(__SSE2__)
    if (p < end && s->limit - p >= READ_AHEAD) {
        p = scan_windows(s, p);
        if (p >= end || s->limit - p >= READ_AHEAD)
            return p;
    }
#endif
    while (p < end) {
        if (*p == ' ')
            s->pending |= TM_SHAPE_SPACE;
        else if (!is_ascii_letter(*p))
            return p;
        else if ((q = take_letters(s, p)) == NULL)
            return p;
        else
            p = q - 1;
        p++;
    }
    return p;
}
