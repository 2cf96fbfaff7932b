/* token_parts.h: what token_scan.c (words, numbers, punctuation), token_plain.c (the plain ones) and token_special.c
 * (URLs, addresses, names, tags, emoji) share. Each take_ function is called at the first byte of what it may take,
 * puts a token and returns the byte behind it, or NULL where there is no such thing there.
 */
#ifndef TM_DOC_TOKEN_PARTS_H
#define TM_DOC_TOKEN_PARTS_H

#include "text_hash.h"
#include "text_unicode.h"
#include "token_scan.h"

#include "../include/textmill/layers.h"

struct scan {
    struct token_sink *sink;
    const uint8_t *base, *begin, *end, *limit;
    uint32_t first;   /* the sink's first token of this scan */
    uint32_t pending; /* TM_SHAPE_SPACE, TM_SHAPE_LINE for the next token */
    /* token_plain.c: 64 bytes from `window` on, a bit each: ASCII letters, and of these the upper-case ones */
    const uint8_t *window;
    uint64_t letters, uppers;
    int has_inner; /* some of the upper-case ones stand behind a letter */
};

const uint8_t *take_url(struct scan *s, const uint8_t *p, const uint8_t *body);
const uint8_t *take_email(struct scan *s, const uint8_t *at);
const uint8_t *take_mention(struct scan *s, const uint8_t *at);
const uint8_t *take_hashtag(struct scan *s, const uint8_t *mark);
const uint8_t *take_emoji(struct scan *s, const uint8_t *p);

/* Plain tokens from p on; returns the first byte of what is not plain, or the end. */
const uint8_t *scan_plain(struct scan *s, const uint8_t *p);
extern const uint32_t token_ascii_shape[128];

static inline void put_token(struct scan *s, const uint8_t *from, const uint8_t *to, uint32_t shape, uint64_t hash) {
    struct token_sink *k = s->sink;
    if (k->n == k->room)
        k->grow(k);
    uint32_t n = k->n;
    k->start[n] = (uint32_t)(from - s->base);
    k->length[n] = (uint32_t)(to - from);
    k->shape[n] = shape | s->pending;
    k->hash[n] = hash;
    k->n = n + 1;
    s->pending = 0;
}

static inline int is_ascii_alnum(uint8_t c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static inline int is_ascii_letter(uint8_t c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Properties of the character at p, and its length; those of a control character at the end. */
static inline uint32_t peek(const struct scan *s, const uint8_t *p, uint32_t *out_n) {
    uint32_t cp;
    if (p >= s->end) {
        *out_n = 0;
        return UC_CONTROL;
    }
    *out_n = text_decode(p, s->end, &cp);
    return unicode_properties(cp);
}

/* Past the marks and format characters at p. */
static inline const uint8_t *skip_marks(const struct scan *s, const uint8_t *p) {
    while (p < s->end && *p >= 0x80) {
        uint32_t n, c = UNICODE_CLASS(peek(s, p, &n));
        if (c != UC_MARK && c != UC_FORMAT)
            break;
        p += n;
    }
    return p;
}

/* A letter, digit, ideograph or the like: what names and tags are made of, and what may not stand before them. */
static inline int is_name_class(uint32_t c) {
    return c == UC_LETTER || c == UC_RUNLETTER || c == UC_DIGIT || c == UC_CONNECT || c == UC_IDEOGRAPH ||
           c == UC_HIRAGANA || c == UC_KATAKANA;
}

/* The last token, if it ends at p and belongs to this scan; TM_NONE otherwise. */
static inline uint32_t token_before(const struct scan *s, const uint8_t *p) {
    const struct token_sink *k = s->sink;
    if (k->n == s->first || s->base + k->start[k->n - 1] + k->length[k->n - 1] != p)
        return TM_NONE;
    return k->n - 1;
}

static inline int follows_name(const struct scan *s, const uint8_t *p) {
    uint32_t cp;
    if (p == s->begin)
        return 0;
    text_decode_back(s->begin, p, &cp);
    uint32_t c = unicode_class(cp);
    return is_name_class(c) || c == UC_MARK;
}

#endif
