/* token_scan.c: one pass over a text that finds its tokens, their shapes and their hashes: the token rule of
 * ../include/textmill/layers.h. Everything with an apostrophe, a point, a digit or a character beyond ASCII in it goes
 * through scan_word. token_plain.c has the plain words and marks that most text is made of, token_special.c what is not
 * a word.
 */
#include "token_parts.h"

enum { A_CONTROL, A_SPACE, A_LINE, A_LETTER, A_DIGIT, A_PUNCT, A_RUN, A_APOSTROPHE, A_AT, A_HIGH };

#define R4(x) x, x, x, x
#define R8(x) R4(x), R4(x)
#define R16(x) R8(x), R8(x)

/* clang-format off */
/* What to do at a byte. */
static const uint8_t action[256] = {
    [0x00] = R8(A_CONTROL), A_CONTROL, A_SPACE, A_LINE, A_SPACE, A_SPACE, A_LINE, A_CONTROL, A_CONTROL, R16(A_CONTROL),
    [' '] = A_SPACE, A_RUN, A_PUNCT, A_RUN, A_PUNCT, A_PUNCT, A_PUNCT, A_APOSTROPHE,
    ['('] = A_PUNCT, A_PUNCT, A_RUN, A_PUNCT, A_PUNCT, A_RUN, A_RUN, A_PUNCT,
    ['0'] = R8(A_DIGIT), A_DIGIT, A_DIGIT,
    [':'] = A_PUNCT, A_PUNCT, A_PUNCT, A_RUN, A_PUNCT, A_RUN, A_AT,
    ['A'] = R16(A_LETTER), R8(A_LETTER), A_LETTER, A_LETTER,
    ['['] = R4(A_PUNCT), A_RUN, A_PUNCT,
    ['a'] = R16(A_LETTER), R8(A_LETTER), A_LETTER, A_LETTER,
    ['{'] = A_PUNCT, A_PUNCT, A_PUNCT, A_RUN, A_CONTROL,
    [0x80] = R16(A_HIGH), R16(A_HIGH), R16(A_HIGH), R16(A_HIGH), R16(A_HIGH), R16(A_HIGH), R16(A_HIGH), R16(A_HIGH)};
/* clang-format on */

/* Words that begin sentences more often than names, in lower case, sorted. Part of the token rule (initials). */
static const char starters[][8] = {
    "a",     "after", "all",   "also",  "an",      "and",  "as",   "at",   "because", "before", "both", "but",
    "by",    "das",   "der",   "die",   "each",    "ein",  "eine", "el",   "er",      "es",     "for",  "from",
    "he",    "her",   "his",   "how",   "however", "if",   "il",   "in",   "it",      "its",    "la",   "las",
    "le",    "les",   "los",   "many",  "most",    "my",   "no",   "not",  "now",     "on",     "once", "or",
    "our",   "she",   "sie",   "since", "so",      "some", "such", "that", "the",     "their",  "then", "there",
    "these", "they",  "this",  "those", "though",  "to",   "un",   "una",  "under",   "une",    "we",   "what",
    "when",  "where", "which", "while", "who",     "why",  "wir",  "with", "yes",     "yet",    "you",  "your"};

int token_is_starter(const uint8_t *word, uint32_t len) {
    char folded[8] = {0};
    if (len == 0 || len > 7)
        return 0;
    for (uint32_t i = 0; i < len; i++)
        folded[i] = (char)(is_ascii_letter(word[i]) ? word[i] | 0x20 : word[i]);
    uint64_t key = word_order(folded);
    size_t low = 0;
    for (size_t left = sizeof starters / sizeof *starters; left > 1; left -= left / 2)
        low += word_order(starters[low + left / 2]) <= key ? left / 2 : 0;
    return word_order(starters[low]) == key;
}

/* The folded character at p, 0 to 4 bytes; its own length in *out_n. */
static inline uint32_t fold_one(const uint8_t *p, const uint8_t *end, uint8_t *out, uint32_t *out_n) {
    uint32_t cp;
    if (*p < 0x80) {
        *out = (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
        *out_n = 1;
        return 1;
    }
    *out_n = text_decode(p, end, &cp);
    if (cp == UNICODE_BAD) {
        *out = *p;
        return 1;
    }
    return unicode_is_ignored(cp) ? 0 : text_encode(unicode_fold(cp), out);
}

static uint64_t hash_long(const uint8_t *p, const uint8_t *end) {
    struct hash_stream h = {HASH_SEED, 0, 0};
    uint8_t bytes[4];
    while (p < end) {
        uint32_t n, m = fold_one(p, end, bytes, &n);
        for (uint32_t i = 0; i < m; i++)
            hash_byte(&h, bytes[i]);
        p += n;
    }
    return hash_end(h.h, h.word, h.n);
}

uint64_t token_hash_folded(const uint8_t *p, const uint8_t *end) {
    enum { SHORT = 32 }; /* bytes; folded, two become three at most */
    uint8_t folded[SHORT * 3 / 2 + 8];
    uint32_t n, len = 0;
    if (end - p > SHORT)
        return hash_long(p, end);
    for (; p < end; p += n)
        len += fold_one(p, end, folded + len, &n);
    return hash_ascii(folded, len, folded + sizeof folded);
}

/* A word while it is being read. */
struct word {
    const uint8_t *at;
    uint32_t letters, uppers, lowers, digits;
    uint32_t first_case, last_case;   /* UF_UPPER, UF_LOWER or 0 of its first and last letter */
    uint32_t points, group, group_ok; /* letters since the last point; whether the groups so far fit an abbreviation */
    int has_mixed, has_connect, has_keycap, is_ascii, has_other;
};

static void word_letter(struct word *w, uint32_t properties) {
    uint32_t kind = properties & (UF_UPPER | UF_LOWER);
    w->has_mixed |= kind == UF_UPPER && w->lowers > 0;
    w->uppers += kind == UF_UPPER;
    w->lowers += kind == UF_LOWER;
    if (w->letters++ == 0)
        w->first_case = kind;
    w->last_case = kind;
    w->group++;
    if (w->group > 1 && (w->group > 3 || kind != UF_LOWER || (w->group == 2 && !(w->group_ok & 2))))
        w->group_ok &= ~1u;
    if (w->group == 1)
        w->group_ok = (w->group_ok & 1u) | (kind == UF_UPPER ? 2u : 0u);
}

/* Whether the character before q, of `class`, joins letters or digits on both its sides. last is the class before it.
 */
static int joins(const struct scan *s, const struct word *w, const uint8_t *q, uint32_t class, uint32_t last) {
    q = skip_marks(s, q);
    uint32_t m, k, next = peek(s, q, &m), c = UNICODE_CLASS(next), after;
    switch (class) {
    case UC_APOSTROPHE:
        if (last != UC_LETTER || c != UC_LETTER)
            return last == UC_DIGIT && c == UC_DIGIT;
        if ((*q | 0x20) != 's')
            return 1;
        after = UNICODE_CLASS(peek(s, q + 1, &k));
        return after == UC_LETTER || after == UC_DIGIT || after == UC_MARK || after == UC_CONNECT;
    case UC_POINT:
        if (last != UC_LETTER || c != UC_LETTER)
            return last == UC_DIGIT && c == UC_DIGIT;
        if (w->last_case == UF_LOWER && (next & UF_UPPER)) {
            after = peek(s, q + m, &k);
            return !(UNICODE_CLASS(after) == UC_LETTER && (after & UF_LOWER));
        }
        return 1;
    case UC_MIDNUM:
        return last == UC_DIGIT && c == UC_DIGIT;
    case UC_MIDLETTER:
        return last == UC_LETTER && c == UC_LETTER;
    default:
        return 0;
    }
}

/* Reads on as far as letters, digits, marks and joining characters go. */
static void word_read(const struct scan *s, struct word *w) {
    uint32_t last = UC_CONTROL;
    while (w->at < s->end) {
        uint32_t cp, n = text_decode(w->at, s->end, &cp), v = unicode_properties(cp), c = UNICODE_CLASS(v);
        if (n > 1)
            w->is_ascii = 0;
        switch (c) {
        case UC_LETTER:
            if (last != UC_CONTROL && last != UC_LETTER && last != UC_DIGIT && last != UC_CONNECT)
                return;
            word_letter(w, v);
            break;
        case UC_DIGIT:
            if (last != UC_CONTROL && last != UC_LETTER && last != UC_DIGIT && last != UC_CONNECT)
                return;
            w->digits++;
            w->group_ok = 0;
            break;
        case UC_RUNLETTER:
            if (last != UC_CONTROL && last != UC_RUNLETTER)
                return;
            word_letter(w, v);
            break;
        case UC_KATAKANA:
            if (last != UC_CONTROL && last != UC_KATAKANA && last != UC_CONNECT)
                return;
            word_letter(w, v);
            break;
        case UC_MARK:
        case UC_FORMAT:
            w->has_keycap |= cp == 0x20e3 && w->digits == 1 && w->letters == 0;
            w->at += n;
            continue;
        case UC_CONNECT: {
            const uint8_t *q = w->at;
            uint32_t m = n, next = c;
            while (next == UC_CONNECT)
                next = UNICODE_CLASS(peek(s, q += m, &m));
            int goes_on = last == UC_KATAKANA ? next == UC_KATAKANA
                                              : last != UC_RUNLETTER && (next == UC_LETTER || next == UC_DIGIT);
            if (!goes_on)
                return;
            w->has_connect = 1;
            w->group_ok = 0;
            w->at = q;
            last = UC_CONNECT;
            continue;
        }
        default:
            if (!joins(s, w, w->at + n, c, last))
                return;
            if (c == UC_POINT && last == UC_LETTER) {
                w->points++;
                w->group = 0;
            } else {
                w->group_ok = 0;
            }
            w->at += n;
            continue;
        }
        last = c;
        w->at += n;
    }
}

/* One upper-case letter with a point behind it, in w, p at the point: whether a name follows (J. Smith). */
static int is_initial(const struct scan *s, const uint8_t *from, const uint8_t *p) {
    const uint8_t *q = p + 1, *word;
    uint32_t n, v;
    while (UNICODE_CLASS(peek(s, q, &n)) == UC_SPACE)
        q += n;
    if (q < s->end && q == p + 1 && *q == '-')
        q++;
    if (q == p + 1)
        return 0;
    v = peek(s, q, &n);
    if (UNICODE_CLASS(v) != UC_LETTER || !(v & UF_UPPER))
        return 0;
    for (word = q; q < s->end && is_ascii_letter(*q) && q - word < 8;)
        q++;
    if (!(q < s->end && *q == '.' && q - word == 1) && token_is_starter(word, (uint32_t)(q - word)))
        return 0;
    if (*from == 'I' && p == from + 1) {
        const struct token_sink *k = s->sink;
        const uint32_t name = TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER;
        return k->n > s->first && (k->shape[k->n - 1] & (name | TM_SHAPE_CLITIC)) == name &&
               ((k->shape[k->n - 1] & TM_SHAPE_POINTS) == 0 || k->length[k->n - 1] == 2);
    }
    return 1;
}

static const uint8_t *scan_word(struct scan *s, const uint8_t *from) {
    struct word w = {.at = from, .is_ascii = 1, .group_ok = 1};
    word_read(s, &w);
    const uint8_t *p = w.at, *end = s->end;
    if (w.is_ascii && w.letters > 1 && p < end && *p == ':' && end - p > 3 && p[1] == '/' && p[2] == '/' &&
        is_ascii_letter(*from)) {
        const uint8_t *q = take_url(s, from, p + 3);
        if (q)
            return q;
    }
    if (p - from > 4 && from[3] == '.' && (from[0] | 0x20) == 'w' && (from[1] | 0x20) == 'w' &&
        (from[2] | 0x20) == 'w') {
        const uint8_t *q = take_url(s, from, from + 4);
        if (q)
            return q;
    }
    uint32_t shape = 0;
    if (w.letters) {
        shape = TM_SHAPE_WORD;
        if (p < end && *p == '.' && (w.group_ok & 1) &&
            (w.points > 0 || (w.letters == 1 && w.first_case == UF_UPPER && is_initial(s, from, p)))) {
            w.at = ++p;
            shape |= TM_SHAPE_POINTS;
        } else if (w.points > 0 && (w.group_ok & 1)) {
            shape |= TM_SHAPE_POINTS;
        }
        if (w.first_case == UF_UPPER)
            shape |= TM_SHAPE_FIRST_UPPER;
        else if (w.first_case == UF_LOWER)
            shape |= TM_SHAPE_LOWER;
        if (w.letters > 1 && w.uppers == w.letters)
            shape |= TM_SHAPE_ALL_UPPER;
        if (w.has_mixed)
            shape |= TM_SHAPE_MIXED;
    } else if (w.has_keycap) {
        shape = TM_SHAPE_EMOJI;
    } else if (w.digits && !w.has_connect) {
        shape = TM_SHAPE_NUMBER;
    }
    if (w.digits)
        shape |= TM_SHAPE_DIGIT;
    if (w.is_ascii) {
        put_token(s, from, p, shape, hash_ascii(from, (uint32_t)(p - from), s->limit));
    } else {
        put_token(s, from, p, shape | TM_SHAPE_NON_ASCII, token_hash_folded(from, p));
    }
    return p;
}

/* At an apostrophe of any kind, n bytes long: the clitic of the word before it, or a quotation mark. */
static const uint8_t *scan_apostrophe(struct scan *s, const uint8_t *p, uint32_t n) {
    uint32_t k, before = token_before(s, p), shape = TM_SHAPE_PUNCT | TM_SHAPE_QUOTE;
    const uint8_t *q = p + n;
    if (before != TM_NONE && s->sink->shape[before] & (TM_SHAPE_WORD | TM_SHAPE_NUMBER | TM_SHAPE_DIGIT)) {
        uint32_t next = q < s->end ? (*q | 0x20u) : 0;
        uint32_t after = next == 's' ? UNICODE_CLASS(peek(s, q + 1, &k)) : UNICODE_CLASS(peek(s, q, &k));
        int stands = after != UC_LETTER && after != UC_DIGIT && after != UC_MARK && after != UC_CONNECT;
        if (next == 's' && stands) {
            shape = TM_SHAPE_WORD | TM_SHAPE_CLITIC | (*q == 's' ? TM_SHAPE_LOWER : TM_SHAPE_FIRST_UPPER);
            q++;
        } else if (stands && (p[-1] | 0x20) == 's') {
            shape |= TM_SHAPE_CLITIC;
        }
    }
    q = skip_marks(s, q);
    if (q - p > 2 || n > 1)
        shape |= TM_SHAPE_NON_ASCII;
    put_token(s, p, q, shape, token_hash_folded(p, q));
    return q;
}

static uint32_t mark_shape(uint32_t v) {
    uint32_t shape = TM_SHAPE_PUNCT;
    if (v & UF_TERMINAL)
        shape |= TM_SHAPE_TERMINAL;
    if (v & UF_COMMA)
        shape |= TM_SHAPE_COMMA;
    if (v & UF_QUOTE)
        shape |= TM_SHAPE_QUOTE;
    else if (v & (UF_OPEN | UF_CLOSE))
        shape |= v & UF_OPEN ? TM_SHAPE_OPEN : TM_SHAPE_CLOSE;
    if (v & UF_DASH)
        shape |= TM_SHAPE_DASH;
    return shape;
}

/* At a byte beyond ASCII. */
static const uint8_t *scan_high(struct scan *s, const uint8_t *p) {
    uint32_t cp, n = text_decode(p, s->end, &cp), v = unicode_properties(cp), shape;
    const uint8_t *q = p + n;
    switch (UNICODE_CLASS(v)) {
    case UC_SPACE:
        s->pending |= TM_SHAPE_SPACE;
        if (cp == 0x85 || cp == 0x2028 || cp == 0x2029)
            s->pending |= TM_SHAPE_LINE;
        return q;
    case UC_CONTROL:
        if (cp == 0x85)
            s->pending |= TM_SHAPE_SPACE | TM_SHAPE_LINE;
        return q;
    case UC_FORMAT:
        return q;
    case UC_LETTER:
    case UC_RUNLETTER:
    case UC_DIGIT:
    case UC_KATAKANA:
        return scan_word(s, p);
    case UC_APOSTROPHE:
        return scan_apostrophe(s, p, n);
    case UC_FLAG:
    case UC_EMOJI:
    case UC_MODIFIER:
    case UC_PICTOGRAPH:
        return take_emoji(s, p);
    case UC_IDEOGRAPH:
    case UC_HIRAGANA:
        shape = TM_SHAPE_WORD | TM_SHAPE_IDEOGRAPH;
        break;
    case UC_NUMBER:
        shape = TM_SHAPE_NUMBER | TM_SHAPE_DIGIT;
        break;
    case UC_MARK:
        if (unicode_is_ignored(cp))
            return q;
        shape = TM_SHAPE_PUNCT;
        break;
    default:
        shape = mark_shape(v);
        if (cp == 0x2026 || cp == 0x2014 || cp == 0xff01 || cp == 0xff1f || cp == 0x3002)
            while (s->end - q >= 3 && memcmp(q, p, 3) == 0)
                q += 3;
        break;
    }
    q = skip_marks(s, q);
    put_token(s, p, q, shape | TM_SHAPE_NON_ASCII, token_hash_folded(p, q));
    return q;
}

/* An ASCII punctuation character, or a run of one, that ends at q. */
static const uint8_t *scan_mark(struct scan *s, const uint8_t *p, const uint8_t *q) {
    uint32_t shape = TM_SHAPE_PUNCT | token_ascii_shape[*p];
    if (q < s->end && *q >= 0x80) {
        const uint8_t *after = skip_marks(s, q);
        if (after != q) {
            uint32_t cp;
            text_decode_back(q, after, &cp);
            if (cp == 0x20e3 && q == p + 1 && (*p == '#' || *p == '*'))
                shape = TM_SHAPE_EMOJI;
            put_token(s, p, after, shape | TM_SHAPE_NON_ASCII, token_hash_folded(p, after));
            return after;
        }
    }
    put_token(s, p, q, shape, hash_ascii(p, (uint32_t)(q - p), s->limit));
    return q;
}

void token_scan(struct token_sink *sink, const char *text, uint32_t from, uint32_t to, uint32_t limit) {
    const uint8_t *base = (const uint8_t *)text;
    struct scan scan = {.sink = sink,
                        .base = base,
                        .begin = base + from,
                        .end = base + to,
                        .limit = base + limit,
                        .first = sink->n,
                        .pending = TM_SHAPE_SPACE | TM_SHAPE_LINE};
    struct scan *s = &scan;
    const uint8_t *p = s->begin, *end = s->end, *q;
    while ((p = scan_plain(s, p)) < end) {
        switch (action[*p]) {
        case A_CONTROL:
            p++;
            break;
        case A_SPACE:
            s->pending |= TM_SHAPE_SPACE;
            p++;
            break;
        case A_LINE:
            s->pending |= TM_SHAPE_SPACE | TM_SHAPE_LINE;
            p++;
            break;
        case A_LETTER:
        case A_DIGIT:
            p = scan_word(s, p);
            break;
        case A_PUNCT:
            p = scan_mark(s, p, p + 1);
            break;
        case A_RUN:
            if (*p == '#' && (q = take_hashtag(s, p)) != NULL) {
                p = q;
                break;
            }
            for (q = p + 1; q < end && *q == *p;)
                q++;
            p = scan_mark(s, p, q);
            break;
        case A_APOSTROPHE:
            p = scan_apostrophe(s, p, 1);
            break;
        case A_AT:
            q = take_email(s, p);
            if (!q)
                q = take_mention(s, p);
            p = q ? q : scan_mark(s, p, p + 1);
            break;
        default:
            p = scan_high(s, p);
            break;
        }
    }
}
