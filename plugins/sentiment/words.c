/* words.c: words are parted by white space as Python's str.split sees it, and stripped of ASCII punctuation where more
 * than two characters remain. Most words are ASCII and end within 16 bytes: they are taken in one load each; the others
 * go byte by byte.
 */
#include "words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const struct lexicon_word nothing = {0};

int words_grow(void **memory, uint64_t *room, uint64_t want, uint64_t size) {
    if (want <= *room)
        return 0;
    uint64_t more = *room ? *room : 256;
    while (more < want)
        more *= 2;
    void *grown = realloc(*memory, more * size);
    if (!grown)
        return -1;
    *memory = grown;
    *room = more;
    return 0;
}

void words_free(struct vader_words *w) {
    free(w->word);
    free(w->rated);
    free(w->lower);
    *w = (struct vader_words){0};
}

static uint32_t wide_space_at(const unsigned char *p, const unsigned char *end) {
    if (*p == 0xC2 && end - p >= 2)
        return p[1] == 0x85 || p[1] == 0xA0 ? 2 : 0;
    if (*p == 0xC2 || end - p < 3)
        return 0;
    uint32_t code = (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    int is_space = code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
                   code == 0x202F || code == 0x205F || code == 0x3000;
    return is_space ? 3 : 0;
}

/* Length of the white space at p, or 0. */
static inline uint32_t space_at(const unsigned char *p, const unsigned char *end) {
    if (*p < 0x80)
        return *p == ' ' || (*p >= 9 && *p <= 13) || (*p >= 28 && *p <= 31);
    return *p == 0xC2 || (*p >= 0xE1 && *p <= 0xE3) ? wide_space_at(p, end) : 0;
}

static int is_ascii_punct(unsigned char c) {
    return (c > 32 && c < 48) || (c > 57 && c < 65) || (c > 90 && c < 97) || (c > 122 && c < 127);
}

/* Whether more than two characters stand between. */
static int has_more_than_two(const unsigned char *from, const unsigned char *to) {
    uint32_t n = 0;
    for (; from < to && n <= 2; from++)
        n += (*from & 0xC0) != 0x80;
    return n > 2;
}

/* Lower case by Unicode into lower (room for twice the word), and whether the word is in upper case as Python's isupper
 * has it: a cased character, and none of lower or title case. */
static uint32_t lower_unicode(const unsigned char *p, const unsigned char *end, char *lower, int *out_is_upper) {
    uint32_t len = 0;
    int has_upper = 0, has_other = 0;
    while (p < end) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate(p, end - p, &code);
        if (used <= 0) {
            lower[len++] = (char)*p++;
            continue;
        }
        utf8proc_category_t category = utf8proc_category(code);
        has_upper |= category == UTF8PROC_CATEGORY_LU;
        has_other |= category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
        if (code == 0x130) { /* the one letter whose lower case is two: i and a dot above */
            memcpy(lower + len, "i\xCC\x87", 3);
            len += 3;
        } else {
            len += (uint32_t)utf8proc_encode_char(utf8proc_tolower(code), (utf8proc_uint8_t *)lower + len);
        }
        p += used;
    }
    *out_is_upper = has_upper && !has_other;
    return len;
}

/* Adds the word that the lexicon has as entry (NULL: none). There is room. */
static inline void add(struct vader_words *w, const struct lexicon_word *entry, int is_upper, int has_nt) {
    uint32_t flags = (entry ? entry->flags : 0) | (is_upper ? WORD_UPPER : 0) | (has_nt ? WORD_NEGATES : 0);
    w->word[w->count] = (struct vader_word){entry ? entry : &nothing, flags, 0};
    w->uppers += is_upper != 0;
    w->rated[w->rated_count] = w->count;
    w->rated_count += (flags & (WORD_HAS_VALENCE | WORD_IS_BOOSTER)) == WORD_HAS_VALENCE;
    if ((flags & WORD_BUT) && w->but == WORDS_NONE)
        w->but = w->count;
    w->count++;
}

/* The word from `from` on, of any bytes and length; returns its end. NULL: no memory. */
static const unsigned char *any_word(struct vader_words *w, const struct lexicon *lexicon, const unsigned char *from,
                                     const unsigned char *end) {
    const unsigned char *p = from;
    while (p < end && !space_at(p, end)) {
        w->bangs += *p == '!';
        w->questions += *p == '?';
        p++;
    }
    const unsigned char *a = from, *b = p;
    while (a < b && is_ascii_punct(*a))
        a++;
    while (b > a && is_ascii_punct(b[-1]))
        b--;
    if (!has_more_than_two(a, b)) {
        a = from;
        b = p;
    }
    if (words_grow((void **)&w->lower, &w->lower_room, (uint64_t)(b - a) * 2 + 4, 1) != 0)
        return NULL;
    char *lower = w->lower;
    uint32_t len = (uint32_t)(b - a);
    int is_upper, has_upper = 0, has_lower = 0, has_apostrophe = 0, is_ascii = 1;
    for (uint32_t i = 0; i < len; i++) {
        unsigned char c = a[i];
        int upper = c >= 'A' && c <= 'Z';
        has_upper |= upper;
        has_lower |= c >= 'a' && c <= 'z';
        has_apostrophe |= c == '\'';
        is_ascii &= c < 0x80;
        lower[i] = (char)(upper ? c + 32 : c);
    }
    if (is_ascii)
        is_upper = has_upper && !has_lower;
    else
        len = lower_unicode(a, b, lower, &is_upper);
    add(w, lexicon_find(lexicon, lower, len), is_upper, has_apostrophe && memmem(lower, len, "n't", 3) != NULL);
    return p;
}

#if defined(__SSE2__)
/* Bytes from..to as 1 bits. */
static uint32_t range_mask(__m128i v, char from, char to) {
    __m128i at_least = _mm_cmpgt_epi8(v, _mm_set1_epi8((char)(from - 1)));
    return (uint32_t)_mm_movemask_epi8(_mm_andnot_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(to)), at_least));
}

/* The word from `from` on where it is ASCII and ends within 16 bytes; returns its end, NULL where it is not so. */
static inline const unsigned char *short_word(struct vader_words *w, const struct lexicon *lexicon,
                                              const unsigned char *from, const unsigned char *end) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)from);
    uint32_t spaces = range_mask(v, 9, 13) | range_mask(v, 28, 32);
    if (end - from < 16)
        spaces |= 1u << (end - from);
    if (!spaces)
        return NULL;
    uint32_t len = (uint32_t)__builtin_ctz(spaces), mask = (1u << len) - 1;
    if ((uint32_t)_mm_movemask_epi8(v) & mask)
        return NULL;
    uint32_t upper = range_mask(v, 'A', 'Z') & mask, lower = range_mask(v, 'a', 'z') & mask, a = 0, b = len;
    uint32_t others = mask & ~(upper | lower), apostrophes = 0;
    if (others) {
        uint32_t punct = others & range_mask(v, 33, 126) & ~range_mask(v, '0', '9');
        apostrophes = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\''))) & mask;
        w->bangs += (uint64_t)__builtin_popcount(range_mask(v, '!', '!') & mask);
        w->questions += (uint64_t)__builtin_popcount(range_mask(v, '?', '?') & mask);
        uint32_t kept = mask & ~punct;
        if (kept) {
            a = (uint32_t)__builtin_ctz(kept);
            b = 32 - (uint32_t)__builtin_clz(kept);
        }
        if (!kept || b - a <= 2) {
            a = 0;
            b = len;
        }
    }
    /* Letters differ from their lower case by one bit. */
    __m128i is_upper =
        _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)), _mm_cmpgt_epi8(_mm_set1_epi8('Z' + 1), v));
    char low[32];
    _mm_storeu_si128((__m128i *)(void *)low, _mm_or_si128(v, _mm_and_si128(is_upper, _mm_set1_epi8(32))));
    _mm_storeu_si128((__m128i *)(void *)(low + 16), _mm_setzero_si128());
    uint64_t first, second;
    memcpy(&first, low + a, 8);
    memcpy(&second, low + a + 8, 8);
    uint32_t n = b - a;
    if (n < 8) {
        first &= ((uint64_t)1 << (8 * n)) - 1;
        second = 0;
    } else if (n < 16) {
        second &= ((uint64_t)1 << (8 * (n - 8))) - 1;
    }
    int has_nt = apostrophes && memmem(low + a, n, "n't", 3) != NULL;
    uint32_t inside = ((1u << b) - 1) & ~((1u << a) - 1);
    add(w, lexicon_find_short(lexicon, first, second, n), (upper & inside) && !(lower & inside), has_nt);
    return from + len;
}
#else
static inline const unsigned char *short_word(struct vader_words *w, const struct lexicon *lexicon,
                                              const unsigned char *from, const unsigned char *end) {
    (void)w, (void)lexicon, (void)from, (void)end;
    return NULL;
}
#endif

int words_split(struct vader_words *out, const struct lexicon *lexicon, tm_str text) {
    const unsigned char *p = (const unsigned char *)text.data, *end = p + text.len, *next;
    struct vader_words w = *out; /* here, so that the counts may stay in registers */
    w.count = w.rated_count = w.uppers = 0;
    w.bangs = w.questions = 0;
    w.but = WORDS_NONE;
    for (; p < end; p = next) {
        uint32_t space = space_at(p, end);
        next = p + space;
        if (space)
            continue;
        if (w.count >= w.room || w.rated_count >= w.rated_room) {
            int status = words_grow((void **)&w.word, &w.room, (uint64_t)w.count + 1, sizeof *w.word) |
                         words_grow((void **)&w.rated, &w.rated_room, (uint64_t)w.rated_count + 1, sizeof *w.rated);
            *out = w;
            if (status != 0)
                return -1;
        }
        next = short_word(&w, lexicon, p, end);
        if (!next) {
            struct vader_words slow = w;
            next = any_word(&slow, lexicon, p, end);
            w = slow;
            if (!next)
                break;
        }
    }
    *out = w;
    return p < end ? -1 : 0;
}
