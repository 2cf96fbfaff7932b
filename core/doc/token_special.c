/* token_special.c: the tokens that are not words of a language: URLs, e-mail addresses, @names, #tags and emoji. Called
 * by token_scan.c where a text may hold one; every look ahead or back is bounded or moves on, so hostile text stays
 * linear.
 */
#include "token_parts.h"

#define LOCAL_MAX 64   /* bytes before the @ of an address */
#define DOMAIN_MAX 253 /* and behind it */

/* From p; body is behind the scheme or at www. */
const uint8_t *take_url(struct scan *s, const uint8_t *p, const uint8_t *body) {
    static const char stops[] = "<>\"{}|\\^`", tail[] = ".,;:!?'\"*_~";
    const uint8_t *q = body;
    uint32_t open_round = 0, close_round = 0, open_square = 0, close_square = 0;
    while (q < s->end) {
        uint32_t n = 1;
        if (*q <= ' ' || *q == 0x7f || (*q < 0x80 && strchr(stops, *q)))
            break;
        if (*q >= 0x80) {
            uint32_t c = UNICODE_CLASS(peek(s, q, &n));
            if (c != UC_LETTER && c != UC_RUNLETTER && c != UC_DIGIT && c != UC_MARK)
                break;
        }
        open_round += *q == '(';
        close_round += *q == ')';
        open_square += *q == '[';
        close_square += *q == ']';
        q += n;
    }
    while (q > body) {
        uint8_t c = q[-1];
        if (c == ')' && close_round > open_round)
            close_round--;
        else if (c == ']' && close_square > open_square)
            close_square--;
        else if (c >= 0x80 || !strchr(tail, c))
            break;
        q--;
    }
    if (q == body)
        return NULL;
    put_token(s, p, q, TM_SHAPE_URL, token_hash_folded(p, q));
    return q;
}

/* The end of a domain name of at least two labels that begins at p, or NULL. */
static const uint8_t *domain_end(const struct scan *s, const uint8_t *p) {
    const uint8_t *q = p, *stop = s->end - p > DOMAIN_MAX ? p + DOMAIN_MAX : s->end, *label = p, *last = NULL;
    for (; q < stop; q++) {
        if (is_ascii_alnum(*q) || (*q == '-' && q > label))
            continue;
        if (*q != '.' || q == label || q + 1 >= stop || !is_ascii_alnum(q[1]))
            break;
        last = label = q + 1;
    }
    while (q > p && q[-1] == '-')
        q--;
    return last && q > last && is_ascii_letter(*last) && (q == s->end || is_ascii_alnum(q[-1])) ? q : NULL;
}

/* At the @: the tokens of the part before it are taken back. */
const uint8_t *take_email(struct scan *s, const uint8_t *at) {
    const uint8_t *local = at, *floor = at - s->begin > LOCAL_MAX ? at - LOCAL_MAX : s->begin;
    while (local > floor && (is_ascii_alnum(local[-1]) || strchr("._%+-", local[-1])) && local[-1])
        local--;
    while (local < at && !is_ascii_alnum(*local))
        local++;
    const uint8_t *end = local < at ? domain_end(s, at + 1) : NULL;
    if (!end || token_before(s, at) == TM_NONE)
        return NULL;
    struct token_sink *k = s->sink;
    uint32_t n = k->n, least = (uint32_t)(local - s->base);
    while (n > s->first && k->start[n - 1] >= least)
        n--;
    if (n == k->n)
        return NULL;
    const uint8_t *from = s->base + k->start[n];
    s->pending = k->shape[n] & (TM_SHAPE_SPACE | TM_SHAPE_LINE);
    k->n = n;
    put_token(s, from, end, TM_SHAPE_EMAIL, token_hash_folded(from, end));
    return end;
}

static const uint8_t *name_end(const struct scan *s, const uint8_t *p, int *out_letters) {
    *out_letters = 0;
    while (p < s->end) {
        uint32_t n, c = UNICODE_CLASS(peek(s, p, &n));
        if (!is_name_class(c) && c != UC_MARK)
            break;
        *out_letters |= c != UC_DIGIT && c != UC_CONNECT && c != UC_MARK;
        p += n;
    }
    return p;
}

const uint8_t *take_mention(struct scan *s, const uint8_t *at) {
    int letters;
    if (follows_name(s, at))
        return NULL;
    const uint8_t *end = name_end(s, at + 1, &letters);
    if (!letters)
        return NULL;
    put_token(s, at, end, TM_SHAPE_MENTION, token_hash_folded(at, end));
    return end;
}

const uint8_t *take_hashtag(struct scan *s, const uint8_t *mark) {
    int letters;
    if (follows_name(s, mark) || (mark > s->begin && mark[-1] == '&'))
        return NULL;
    const uint8_t *end = name_end(s, mark + 1, &letters);
    if (!letters)
        return NULL;
    put_token(s, mark, end, TM_SHAPE_HASHTAG, token_hash_folded(mark, end));
    return end;
}

/* At a flag letter, an emoji, a modifier, or a pictograph that may be one. */
const uint8_t *take_emoji(struct scan *s, const uint8_t *p) {
    const uint8_t *q = p;
    uint32_t cp, n = text_decode(q, s->end, &cp), c = unicode_class(cp);
    int is_emoji = c != UC_PICTOGRAPH;
    q += n;
    if (c == UC_FLAG && UNICODE_CLASS(peek(s, q, &n)) == UC_FLAG)
        q += n;
    for (;;) {
        int joined = 0;
        while (q < s->end && *q >= 0x80) {
            n = text_decode(q, s->end, &cp);
            c = unicode_class(cp);
            if (c != UC_MARK && c != UC_FORMAT && c != UC_MODIFIER)
                break;
            joined = cp == 0x200d;
            is_emoji |= cp == 0xfe0f || c == UC_MODIFIER;
            q += n;
        }
        if (!joined || q >= s->end)
            break;
        c = UNICODE_CLASS(peek(s, q, &n));
        if (c != UC_EMOJI && c != UC_PICTOGRAPH)
            break;
        is_emoji = 1;
        q += n;
    }
    uint32_t shape = is_emoji ? TM_SHAPE_EMOJI : TM_SHAPE_PUNCT;
    put_token(s, p, q, shape | TM_SHAPE_NON_ASCII, token_hash_folded(p, q));
    return q;
}
