/* layers_sentences.c: tokens of each block, and sentences out of them. A sentence may end behind a terminal mark, or an
 * abbreviation with points; what follows, and the word before, decide. Closing quotes and brackets, further marks,
 * footnote numbers and emoji stay with the sentence that they follow.
 */
#include "columns.h"
#include "layers_parts.h"
#include "text_hash.h"
#include "text_unicode.h"

#define LIKE_WORD                                                                                                      \
    (TM_SHAPE_WORD | TM_SHAPE_NUMBER | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION | TM_SHAPE_HASHTAG)

/* No more tokens than this stay with an end: hostile runs of marks are not walked again and again. */
#define ATTACH_MAX 64u

/* Most texts have a token for every five bytes. Columns of a long one grow without a copy, so they begin with less. */
#define LONG_TEXT (1u << 20)
#define FEW_TOKENS (LONG_TEXT / 4)

/* What else would be left of the columns' room is given back. */
static void resize_tokens(struct token_sink *k, uint32_t room) {
    struct arena *arena = k->owner;
    size_t old = k->room, now = room;
    k->hash = arena_resize(arena, k->hash, old * sizeof *k->hash, now * sizeof *k->hash);
    k->start = arena_resize(arena, k->start, old * sizeof *k->start, now * sizeof *k->start);
    k->length = arena_resize(arena, k->length, old * sizeof *k->length, now * sizeof *k->length);
    k->shape = arena_resize(arena, k->shape, old * sizeof *k->shape, now * sizeof *k->shape);
    k->room = room;
}

static void grow_tokens(struct token_sink *k) {
    resize_tokens(k, k->room < FEW_TOKENS ? k->room * 2 : k->room + k->room / 4);
}

static void resize_sentences(struct layers *l, uint32_t room) {
    size_t old = l->sentence_room, now = room, cell = sizeof(uint32_t);
    l->sentence_block = arena_resize(l->arena, l->sentence_block, old * cell, now * cell);
    l->sentence_token = arena_resize(l->arena, l->sentence_token, (old + 1) * cell, (now + 1) * cell);
    l->sentence_room = room;
}

void layers_open_tokens(struct layers *l, uint32_t bytes) {
    struct token_sink *k = &l->tokens;
    k->room = bytes < LONG_TEXT ? bytes / 4 + 16 : bytes / 6;
    k->n = 0;
    k->owner = l->arena;
    k->grow = grow_tokens;
    k->hash = arena_alloc(l->arena, (size_t)k->room * sizeof *k->hash);
    k->start = arena_alloc(l->arena, (size_t)k->room * sizeof *k->start);
    k->length = arena_alloc(l->arena, (size_t)k->room * sizeof *k->length);
    k->shape = arena_alloc(l->arena, (size_t)k->room * sizeof *k->shape);
    l->n_sentences = 0;
    l->sentence_room = bytes / 80 + l->n_blocks + 8;
    l->sentence_block = arena_alloc(l->arena, (size_t)l->sentence_room * sizeof *l->sentence_block);
    l->sentence_token = arena_alloc(l->arena, ((size_t)l->sentence_room + 1) * sizeof *l->sentence_token);
}

void layers_add_sentence(struct layers *l, uint32_t block, uint32_t token) {
    if (l->n_sentences == l->sentence_room)
        resize_sentences(l, l->sentence_room * 2);
    l->sentence_block[l->n_sentences] = block;
    l->sentence_token[l->n_sentences++] = token;
}

static const uint8_t *bytes_of(const struct layers *l, uint32_t token) {
    return (const uint8_t *)l->text + l->tokens.start[token];
}

static int token_is(const struct layers *l, uint32_t token, char c) {
    return l->tokens.length[token] == 1 && *bytes_of(l, token) == (uint8_t)c;
}

static uint32_t properties_of(const struct layers *l, uint32_t token) {
    uint32_t cp;
    text_decode(bytes_of(l, token), (const uint8_t *)l->text + l->len, &cp);
    return unicode_properties(cp);
}

static int has_space(const struct layers *l, uint32_t token, uint32_t to) {
    return token >= to || (l->tokens.shape[token] & TM_SHAPE_SPACE);
}

/* The first token behind `end` that does not stay with the sentence that a mark ends there. */
static uint32_t attach(const struct layers *l, uint32_t end, uint32_t to) {
    const uint32_t *shape = l->tokens.shape;
    uint32_t i = end;
    if (to - end > ATTACH_MAX)
        to = end + ATTACH_MAX;
    while (i < to) {
        uint32_t s = shape[i];
        if (s & TM_SHAPE_SPACE) {
            if (s & TM_SHAPE_EMOJI) {
                i++;
                continue;
            }
            /* French and spaced-out quotes: a closing mark between spaces */
            if (s & (TM_SHAPE_QUOTE | TM_SHAPE_CLOSE) && (properties_of(l, i) & UF_CLOSE) && has_space(l, i + 1, to)) {
                i++;
                continue;
            }
            break;
        }
        if (s & (TM_SHAPE_TERMINAL | TM_SHAPE_CLOSE | TM_SHAPE_EMOJI)) {
            i++;
            continue;
        }
        if (s & TM_SHAPE_QUOTE) {
            if (properties_of(l, i) & UF_OPEN && !has_space(l, i + 1, to))
                break;
            i++;
            continue;
        }
        /* footnotes: [3] and superscript digits */
        if (s & TM_SHAPE_OPEN && i + 2 < to && token_is(l, i, '[') && (shape[i + 1] & TM_SHAPE_NUMBER) &&
            token_is(l, i + 2, ']')) {
            i += 3;
            continue;
        }
        if (s & TM_SHAPE_NUMBER && UNICODE_CLASS(properties_of(l, i)) == UC_NUMBER) {
            i++;
            continue;
        }
        break;
    }
    return i;
}

/* What begins at a token, opening marks and dashes left out. */
struct begin {
    uint32_t token; /* TM_NONE: nothing */
    uint32_t shape;
    int opened; /* a quote or bracket stood before it */
};

static struct begin look_ahead(const struct layers *l, uint32_t i, uint32_t to) {
    struct begin b = {TM_NONE, 0, 0};
    for (uint32_t steps = 0; i < to && steps < 4; i++, steps++) {
        uint32_t s = l->tokens.shape[i];
        if (s & (TM_SHAPE_QUOTE | TM_SHAPE_OPEN))
            b.opened = 1;
        else if (!(s & TM_SHAPE_DASH) && !(s & TM_SHAPE_PUNCT && properties_of(l, i) & UF_OPEN) &&
                 !(s & TM_SHAPE_PUNCT && UNICODE_CLASS(properties_of(l, i)) == UC_PUNCT &&
                   !(s & (TM_SHAPE_COMMA | TM_SHAPE_TERMINAL | TM_SHAPE_CLOSE)))) {
            b.token = i;
            b.shape = s;
            return b;
        }
    }
    return b;
}

static int is_starter(const struct layers *l, const struct begin *b) {
    return b->token != TM_NONE && (b->shape & TM_SHAPE_FIRST_UPPER) &&
           token_is_starter(bytes_of(l, b->token), l->tokens.length[b->token]);
}

/* Whether the token can be the first of a sentence: not lower case (but iPhone), not a comma or closing mark. */
static int can_begin(const struct begin *b) {
    if (b->token == TM_NONE)
        return 1;
    if (b->shape & TM_SHAPE_LOWER)
        return (b->shape & TM_SHAPE_MIXED) != 0;
    return !(b->shape & (TM_SHAPE_COMMA | TM_SHAPE_TERMINAL | TM_SHAPE_CLOSE | TM_SHAPE_CLITIC));
}

/* Behind a token with points of its own: U.S., a.m., e.g., J. */
static int ends_at_points(const struct layers *l, uint32_t i, uint32_t first, const struct begin *b) {
    const uint8_t *p = bytes_of(l, i);
    uint32_t n = l->tokens.length[i];
    if (p[n - 1] != '.' || n == 2)
        return 0;
    if (n == 4 && (memcmp(p, "e.g.", 4) == 0 || memcmp(p, "i.e.", 4) == 0))
        return 0;
    if (n == 4 && (p[0] == 'a' || p[0] == 'p' || p[0] == 'A' || p[0] == 'P') && (p[2] | 0x20) == 'm')
        return i - first > 3 && can_begin(b) && (b->shape & TM_SHAPE_FIRST_UPPER);
    return (b->opened && can_begin(b) && (b->shape & TM_SHAPE_FIRST_UPPER)) || is_starter(l, b);
}

/* Behind one point, at token i > first. */
static int ends_at_point(const struct layers *l, uint32_t i, uint32_t next, const struct begin *b) {
    const uint32_t *shape = l->tokens.shape;
    const uint8_t *p = bytes_of(l, i - 1);
    uint32_t before = shape[i - 1], n = l->tokens.length[i - 1], kind;
    if (before & TM_SHAPE_WORD && !(before & TM_SHAPE_DIGIT)) {
        kind = abbreviation_kind((const char *)p, n);
        if (n == 2 && memcmp(p, "no", 2) == 0 && !(b->shape & TM_SHAPE_NUMBER))
            kind = 0;
        if (kind == ABBREVIATION_TITLE && (before & TM_SHAPE_LOWER))
            kind = ABBREVIATION_WORD;
        if (kind == ABBREVIATION_PLACE && !(before & TM_SHAPE_LOWER) && i > 1 && (shape[i - 2] & TM_SHAPE_COMMA))
            kind = ABBREVIATION_WORD;
        switch (kind) {
        case ABBREVIATION_TITLE:
        case ABBREVIATION_NEVER:
            return 0;
        case ABBREVIATION_NUMBER:
            return !(b->shape & TM_SHAPE_NUMBER) && !(b->shape & TM_SHAPE_DIGIT);
        case ABBREVIATION_WORD:
            return is_starter(l, b) || (b->opened && (b->shape & TM_SHAPE_FIRST_UPPER)) ||
                   (n == 3 && memcmp(p, "etc", 3) == 0);
        default:
            break;
        }
    }
    if (before & TM_SHAPE_NUMBER && n <= 2 && b->token == next && b->token != TM_NONE &&
        abbreviation_is_month((const char *)bytes_of(l, b->token), l->tokens.length[b->token]))
        return 0;
    return 1;
}

/* Whether the sentence that began at `first` ends behind token i; *next is the first token of the next one. */
static int ends_at(const struct layers *l, uint32_t i, uint32_t first, uint32_t to, uint32_t *next) {
    const uint32_t *shape = l->tokens.shape;
    uint32_t s = shape[i], after = attach(l, i + 1, to);
    *next = after;
    if (after >= to)
        return 1;
    struct begin b = look_ahead(l, after, to);
    int spaced = (shape[after] & TM_SHAPE_SPACE) != 0;
    if (s & TM_SHAPE_POINTS)
        return spaced && ends_at_points(l, i, first, &b);
    const uint8_t *p = bytes_of(l, i);
    int is_wide = *p >= 0xe3; /* 。！？ and the like need no space behind */
    if (!can_begin(&b))
        return 0;
    if (!spaced && !is_wide) {
        /* no space: "said.He", and footnotes that attach took */
        if (after != i + 1)
            return (b.shape & TM_SHAPE_FIRST_UPPER) != 0 && (shape[after] & TM_SHAPE_WORD);
        return i > first && (shape[i - 1] & TM_SHAPE_LOWER) && (shape[i - 1] & TM_SHAPE_WORD) &&
               l->tokens.length[i - 1] > 1 && l->tokens.length[i] == 1 && after == b.token &&
               (b.shape & TM_SHAPE_FIRST_UPPER) && !(b.shape & TM_SHAPE_ALL_UPPER);
    }
    uint32_t n = l->tokens.length[i];
    int is_point = *p == '.',
        is_ellipsis = (is_point && n > 1) || (n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] == 0xa6);
    if (is_point && n == 1 && i > first && token_is(l, i - 1, '.') && has_space(l, i, to))
        is_ellipsis = 1; /* . . . */
    if (is_ellipsis) {
        if (is_wide)
            return 1;
        if (b.token != TM_NONE && token_is(l, b.token, 'I') && is_point && n == 1)
            return 0;
        return (b.shape & TM_SHAPE_FIRST_UPPER) || b.opened || !(b.shape & (TM_SHAPE_NUMBER | TM_SHAPE_LOWER));
    }
    if (is_point && i > first)
        return ends_at_point(l, i, after, &b);
    return 1;
}

static void split_sentences(struct layers *l, uint32_t block, uint32_t from, uint32_t to, uint32_t skip) {
    const uint32_t *shape = l->tokens.shape;
    uint32_t first = from, next;
    layers_add_sentence(l, block, from);
    for (uint32_t i = from + skip; i < to; i++) {
        i = column_find(shape, i, to, TM_SHAPE_TERMINAL | TM_SHAPE_POINTS);
        if (i == to || !ends_at(l, i, first, to, &next))
            continue;
        if (next >= to)
            return;
        layers_add_sentence(l, block, next);
        first = next;
        i = next - 1;
    }
}

void layers_finish_tokens(struct layers *l) {
    struct token_sink *k = &l->tokens;
    uint32_t n = l->n_sentences;
    resize_tokens(k, k->n);
    resize_sentences(l, n);
    uint32_t *columns = arena_alloc(l->arena, ((size_t)n * 2 + k->n + COLUMN_AT_ONCE) * sizeof *columns);
    l->sentence_start = columns;
    l->sentence_length = columns + n;
    l->token_sentence = columns + (size_t)n * 2;
    l->sentence_token[n] = k->n;
    uint32_t block = TM_NONE;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = l->sentence_token[i], to = l->sentence_token[i + 1];
        while (block != l->sentence_block[i]) {
            block++;
            l->block_sentence[block] = i;
        }
        l->sentence_start[i] = k->start[from];
        l->sentence_length[i] = k->start[to - 1] + k->length[to - 1] - k->start[from];
        k->shape[from] |= TM_SHAPE_SENTENCE;
        column_fill(l->token_sentence + from, to - from, i);
    }
    l->block_sentence[l->n_blocks] = n;
}

void layers_find_token_lines(struct layers *l) {
    const struct token_sink *k = &l->tokens;
    uint32_t line = 0;
    l->token_line = arena_alloc(l->arena, ((size_t)k->n + 1) * sizeof *l->token_line);
    for (uint32_t t = 0; t < k->n; t++) {
        while (k->start[t] >= l->line_start[line] + l->line_full[line])
            line++;
        l->token_line[t] = line;
    }
}

/* The tokens of the list mark at the start of the tokens [from, to). */
static uint32_t mark_tokens(const struct layers *l, uint32_t from, uint32_t to, uint32_t mark) {
    uint32_t n = 0;
    while (from + n < to && l->tokens.start[from + n] < l->tokens.start[from] + mark)
        n++;
    return n;
}

void layers_read_block(struct layers *l, uint32_t block) {
    uint32_t first = l->tokens.n, from = l->block_start[block], mark = l->block_mark[block];
    token_scan(&l->tokens, l->text, from, from + l->block_length[block], l->len + TM_PAD);
    split_sentences(l, block, first, l->tokens.n, mark ? mark_tokens(l, first, l->tokens.n, mark) : 0);
}

/* The one line of the text is cut by sentence, and each is a block. */
static void find_by_sentence(struct layers *l) {
    uint32_t line = 0;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        l->line_block[i] = line_is_blank(l, i) ? TM_NONE : 0;
        if (!line_is_blank(l, i))
            line = i;
    }
    uint32_t mark = l->line_mark[line] & ~MARK_NUMBERED;
    layers_open_tokens(l, l->len);
    token_scan(&l->tokens, l->text, l->line_from[line], l->line_to[line], l->len + TM_PAD);
    split_sentences(l, 0, 0, l->tokens.n, mark ? mark_tokens(l, 0, l->tokens.n, mark) : 0);
    uint32_t n = l->n_sentences, room = n + 1;
    uint32_t *memory = arena_alloc(l->arena, (size_t)room * 7 * sizeof *memory);
    l->n_blocks = n;
    l->block_start = memory;
    l->block_length = memory + room;
    l->block_flags = memory + (size_t)room * 2;
    l->block_line = memory + (size_t)room * 3;
    l->block_lines = memory + (size_t)room * 4;
    l->block_sentence = memory + (size_t)room * 5;
    l->block_mark = memory + (size_t)room * 6;
    for (uint32_t i = 0; i < n; i++) {
        l->sentence_block[i] = i;
        l->block_line[i] = line;
        l->block_lines[i] = 1;
        l->block_mark[i] = i == 0 ? mark : 0;
        l->block_flags[i] = (i == 0 ? TM_BLOCK_AFTER_BLANK : 0) | (i + 1 == n ? TM_BLOCK_BEFORE_BLANK : 0);
    }
    if (mark)
        l->block_flags[0] |= TM_BLOCK_IS_ITEM | (l->line_mark[line] & MARK_NUMBERED ? TM_BLOCK_NUMBERED : 0);
    layers_finish_tokens(l);
    for (uint32_t i = 0; i < n; i++) {
        l->block_start[i] = l->sentence_start[i];
        l->block_length[i] = l->sentence_length[i];
        l->block_flags[i] |= layers_end_flag(l, l->block_start[i], l->block_start[i] + l->block_length[i]);
    }
}

void layers_find_tokens(struct layers *l) {
    if (l->by_sentence) {
        find_by_sentence(l);
        return;
    }
    layers_open_tokens(l, l->len);
    for (uint32_t i = 0; i < l->n_blocks; i++)
        layers_read_block(l, i);
    layers_finish_tokens(l);
}
