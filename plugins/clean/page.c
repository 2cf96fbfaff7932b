/* page.c: reads blocks off the layers. One pass over the tokens; of long blocks only both ends are looked up in the
 * lists, which is where junk shows. */
#include "page.h"
#include "dates.h"
#include "shapes.h"

#include <growing.h>

#include <string.h>

#define LOOK 20u /* tokens at each end of a block that are looked up */

static int is_quote_token(uint32_t shape) {
    return (shape & TM_SHAPE_QUOTE) != 0;
}

/* Whether the words from t on are a person's name: two to four capitalized words, an initial or `de` between them
 * allowed; returns the token behind it, or 0. */
static uint32_t name_at(const struct page *p, uint32_t t, uint32_t end) {
    uint32_t words = 0;
    while (t < end && words < 4) {
        uint32_t shape = p->tokens.shape[t];
        if ((shape & TM_SHAPE_WORD) && (shape & TM_SHAPE_FIRST_UPPER) && !(shape & (TM_SHAPE_URL | TM_SHAPE_DIGIT)))
            words++;
        else if (!((shape & TM_SHAPE_DASH) && words > 0))
            break;
        t++;
    }
    return words >= 2 ? t : 0;
}

/* Begins with an arrow, or a sign like one: a link to somewhere else. */
static int points_on(const struct page *p, const struct block *b) {
    const unsigned char *s = (const unsigned char *)p->text.data + b->start;
    uint32_t n = b->end - b->start;
    if (n < 4)
        return 0;
    if (s[0] == 0xe2) {
        uint32_t c = ((s[1] & 0x3fu) << 6) | (s[2] & 0x3fu); /* U+2000 + c */
        return (c >= 0x190 && c < 0x200) || c == 0x5b6 || c == 0x5b8 || c == 0x5ba || (c >= 0x794 && c < 0x7c0) ||
               c == 0xb05;
    }
    return (s[0] == 0xc2 && s[1] == 0xbb) || (s[0] == '>' && s[1] != ' ') ||
           (s[0] == 0xf0 && s[1] == 0x9f && s[2] == 0x91 && s[3] == 0x89);
}

/* A point with something right behind it. */
static int has_inner_point(const struct page *p, const struct block *b) {
    const char *at = p->text.data + b->start, *end = p->text.data + b->end;
    while ((at = memchr(at, '.', (size_t)(end - at))) != NULL && ++at < end)
        if (*at > '.' || (*at & 0x80))
            return 1;
    return 0;
}

/* The tokens of a block that are looked at: both ends of a long one, which stand for the whole. */
struct reach {
    uint32_t from[2], to[2];
    uint32_t skipped;
};

static struct reach reach_of(const struct block *b) {
    if (b->tok_end - b->tok <= 2 * LOOK + 8)
        return (struct reach){{b->tok, b->tok_end}, {b->tok_end, b->tok_end}, 0};
    return (struct reach){{b->tok, b->tok_end - LOOK}, {b->tok + LOOK, b->tok_end}, b->tok_end - b->tok - 2 * LOOK};
}

/* Which tokens of the reach have one of the shapes, as bits: those of the second end behind those of the first. */
static uint64_t tokens_with(const struct page *p, const struct reach *r, uint32_t bits) {
    uint32_t n = r->to[0] - r->from[0];
    uint64_t found = shapes_with(p->tokens.shape + r->from[0], n, bits);
    return r->skipped ? found | shapes_with(p->tokens.shape + r->from[1], r->to[1] - r->from[1], bits) << n : found;
}

static uint32_t count(uint64_t bits) {
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(bits * 0x0101010101010101u >> 56);
}

/* Bars, dots and slashes between words: whether these make a line of parts, or of cells. */
static uint32_t read_parts(const struct page *p, const struct block *b, const struct reach *r, uint32_t *out_slashes) {
    const tm_tokens *t = &p->tokens;
    uint32_t parts = 1, part_words = 0, longest = 0, bars = 0;
    for (uint32_t k = 0; k < 2; k++)
        for (uint32_t i = r->from[k]; i < r->to[k]; i++) {
            uint32_t s = t->shape[i], len = t->length[i];
            if (s & SHAPE_WORDS) {
                part_words += !(s & TM_SHAPE_CLITIC);
                continue;
            }
            const char *at = p->text.data + t->start[i];
            *out_slashes += len == 1 && *at == '/';
            int bar = len == 1 && *at == '|';
            bars += bar ? 1u : 0u;
            if (len == 1 && *at == '>' && part_words && (s & TM_SHAPE_SPACE))
                bar = 1;
            if (bar ||
                (len >= 2 && len <= 3 && (s & TM_SHAPE_PUNCT) && !(s & SHAPE_USUAL) && (unsigned char)*at >= 0xc2)) {
                parts++;
                longest = part_words > longest ? part_words : longest;
                part_words = 0;
            }
        }
    (void)b;
    longest = part_words > longest ? part_words : longest;
    return (parts >= 3 && longest <= 4 ? B_LIST_LINE : 0) | (bars >= 1 ? B_TABLE : 0);
}

/* A colon behind the first words. */
static int has_inner_colon(const struct page *p, const struct block *b, const struct shape_sums *sum) {
    const tm_tokens *t = &p->tokens;
    uint32_t n = b->tok_end - b->tok > LOOK ? LOOK : b->tok_end - b->tok - 1;
    for (uint64_t left = shapes_with(t->shape + b->tok, n, TM_SHAPE_COMMA) & sum->signs; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(left), i = b->tok + at;
        if (count(sum->words & (((uint64_t)1 << at) - 1)) > 6)
            return 0;
        if (t->length[i] == 1 && p->text.data[t->start[i]] == ':')
            return 1;
    }
    return 0;
}

static int has_year(const struct page *p, const struct reach *r, uint64_t numbers) {
    const tm_tokens *t = &p->tokens;
    uint32_t n = r->to[0] - r->from[0];
    for (uint64_t left = numbers; left; left &= left - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(left), i = at < n ? r->from[0] + at : r->from[1] + at - n;
        const char *s = p->text.data + t->start[i];
        if (t->length[i] == 4 && ((s[0] == '1' && s[1] == '9') || (s[0] == '2' && s[1] == '0')))
            return 1;
    }
    return 0;
}

static void read_shapes(struct page *p, struct block *b, const struct reach *r) {
    const tm_tokens *t = &p->tokens;
    struct shape_sums sum = {0};
    shapes_sum(t->shape + r->from[0], r->to[0] - r->from[0], 0, &sum);
    if (r->skipped)
        shapes_sum(t->shape + r->from[1], r->to[1] - r->from[1], r->to[0] - r->from[0], &sum);
    uint32_t words = count(sum.words), flags = 0, slashes = 0;
    uint64_t number_bits = sum.any & TM_SHAPE_NUMBER ? tokens_with(p, r, TM_SHAPE_NUMBER) & sum.words : 0;
    uint32_t numbers = count(number_bits);
    b->caps = count(sum.caps);
    b->numbers = numbers;
    b->first = b->tok_end;
    b->last = b->tok;
    if (words) {
        uint32_t i = b->tok, k = b->tok_end - 1;
        while (!is_word_shape(t->shape[i]) && i < k)
            i++;
        while (!is_word_shape(t->shape[k]) && k > i)
            k--;
        b->first = i;
        b->last = k;
    }
    uint32_t close = b->last;
    for (uint32_t i = b->tok_end; i-- > b->last + 1;)
        if (!(t->shape[i] & SHAPE_WORDS)) {
            close = i;
            break;
        }
    if (sum.any & SHAPE_RARE) {
        flags |= (sum.any & TM_SHAPE_DIGIT ? B_NUMBER : 0) | (sum.any & TM_SHAPE_URL ? B_URL : 0) |
                 (sum.any & TM_SHAPE_EMAIL ? B_EMAIL : 0) | (sum.any & TM_SHAPE_MENTION ? B_MENTION : 0);
        flags |= numbers && has_year(p, r, number_bits) ? B_YEAR : 0;
    }
    if (sum.odd)
        flags |= read_parts(p, b, r, &slashes);
    if ((sum.sign & TM_SHAPE_COMMA) && has_inner_colon(p, b, &sum))
        flags |= B_INNER_COLON;
    if (words <= 24 && has_inner_point(p, b)) /* example.com */
        for (uint32_t i = b->tok; i < b->tok_end; i++)
            if ((t->shape[i] & TM_SHAPE_WORD) && t->length[i] > 5 &&
                !(t->shape[i] & (TM_SHAPE_POINTS | TM_SHAPE_DIGIT | TM_SHAPE_FIRST_UPPER)) &&
                memchr(p->text.data + t->start[i] + 1, '.', t->length[i] - 3) != NULL)
                flags |= B_URL;
    words += r->skipped * words / (2 * LOOK);
    if (words >= 2 && b->caps == words && (sum.any & TM_SHAPE_ALL_UPPER) &&
        count(tokens_with(p, r, TM_SHAPE_ALL_UPPER) & sum.words) * 2 > words)
        flags |= B_SHOUTS;
    if ((sum.sign & TM_SHAPE_QUOTE) && count(tokens_with(p, r, TM_SHAPE_QUOTE) & sum.signs) >= 2)
        flags |= B_QUOTED;
    b->words = words;
    b->flags |= flags;
    if (words == 0) {
        b->flags |= B_NOTHING;
        return;
    }
    if ((sum.any & TM_SHAPE_HASHTAG) && words >= 2 && count(tokens_with(p, r, TM_SHAPE_HASHTAG) & sum.words) == words)
        b->flags |= B_HASHTAGS;
    if (numbers == words && words <= 3)
        b->flags |= B_NUMBERS | (slashes == 1 && words == 2 ? B_COUNTER : 0);
    b->flags |= points_on(p, b) ? B_ARROW : 0;
    if (t->shape[b->first] & TM_SHAPE_LOWER)
        b->flags |= B_LOWER;
    uint32_t open = b->tok;
    while (open < b->first && !(t->shape[open] & (TM_SHAPE_OPEN | TM_SHAPE_QUOTE)))
        open++;
    if (open < b->first && is_quote_token(t->shape[open]))
        b->flags |= B_QUOTE;
    if (open < b->first && (t->shape[open] & TM_SHAPE_OPEN) && (t->shape[close] & TM_SHAPE_CLOSE))
        b->flags |= B_BRACKETED;
    char sign = p->text.data[t->start[close]];
    if (sign == ':' && t->length[close] == 1)
        b->flags |= B_COLON;
    if (sign == '?' || sign == '!')
        b->flags |= B_QUESTION;
}

/* How many words the lists of dates cover, and numbers beside them. */
static uint32_t count_dated(const struct page *p, const struct block *b, const struct reach *r, uint64_t date) {
    const uint32_t *shape = p->tokens.shape;
    uint32_t dated = count(tokens_with(p, r, TM_SHAPE_NUMBER | TM_SHAPE_DIGIT));
    for (uint32_t m = b->match; m < b->match_end; m++) {
        const struct match *x = &p->matches[m];
        for (uint32_t i = x->tok; i < x->tok + x->len; i++)
            dated -= (shape[i] & (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT)) != 0;
        dated += x->lists & date ? x->len : 0;
    }
    return dated;
}

/* Words that were looked up one by one or as the first of a phrase. */
static uint32_t count_looked(const struct page *p, const struct block *b, const struct reach *r) {
    const uint32_t *shape = p->tokens.shape;
    uint32_t looked = count(tokens_with(p, r, TM_SHAPE_WORD | TM_SHAPE_NUMBER));
    for (uint32_t m = b->match; m < b->match_end; m++)
        for (uint32_t i = p->matches[m].tok + 1; i < p->matches[m].tok + p->matches[m].len; i++)
            looked -= (shape[i] & (TM_SHAPE_WORD | TM_SHAPE_NUMBER)) != 0;
    return looked ? looked : 1;
}

static int is_numeric_date(const struct page *p, const struct block *b) {
    uint32_t start = p->tokens.start[b->first],
             end = p->tokens.start[b->tok_end - 1] + p->tokens.length[b->tok_end - 1];
    return !(b->flags & (B_ITEM | B_TABLE)) && date_is_numeric((tm_str){p->text.data + start, end - start});
}

static void read_matches(struct page *p, struct block *b, const struct reach *r) {
    const uint64_t *hash = p->tokens.hash;
    uint64_t date = p->known->date | p->known->datelabel, all = 0;
    uint32_t functions = 0;
    struct match *first = p->matches + p->n_matches, *m = first;
    m += words_find(p->sets, p->n_sets, hash, r->from[0], r->to[0], b->tok_end, m);
    if (r->skipped) {
        uint32_t behind = m > first ? m[-1].tok + m[-1].len : 0;
        m += words_find(p->sets, p->n_sets, hash, behind > r->from[1] ? behind : r->from[1], r->to[1], b->tok_end, m);
    }
    b->match = p->n_matches;
    p->n_matches = b->match_end = (uint32_t)(m - p->matches);
    for (const struct match *x = first; x < m; x++) {
        all |= x->lists;
        functions += (x->lists & p->known->function) != 0;
    }
    for (const struct match *x = first; x < m && x->tok <= b->first; x++)
        b->begins |= x->lists;
    for (const struct match *x = m; x-- > first && x->tok + x->len > b->last;)
        b->ends |= x->lists;
    b->lists = all;
    if (all & p->known->you)
        b->flags |= B_YOU;
    if (all & date)
        b->dated = count_dated(p, b, r, date);
    b->function = r->skipped ? functions * b->words / count_looked(p, b, r) : functions;
    int is_dated = b->words <= 24 && b->dated >= b->words && (all & p->known->date);
    if (b->words && (b->flags & B_NUMBER) && (is_dated || (b->words <= 8 && is_numeric_date(p, b))))
        b->flags |= B_DATE;
}

/* Tables that come as one cell a line: many bare numbers, nothing but short lines between them. Nobody's junk. */
void page_mark_cells(struct page *p) {
    if (p->n_numbers < 5)
        return;
    uint32_t numbers = 0, large = 0; /* among the blocks from i - 6 to i + 6 */
    for (uint32_t i = 0; i < p->count; i++)
        p->blocks[i].flags &= ~B_CELL;
    for (uint32_t i = 0; i < p->count + 6; i++) {
        if (i < p->count) {
            numbers += (p->blocks[i].flags & B_NUMBERS) != 0;
            large += p->blocks[i].words >= 5;
        }
        if (i >= 13) {
            numbers -= (p->blocks[i - 13].flags & B_NUMBERS) != 0;
            large -= p->blocks[i - 13].words >= 5;
        }
        if (i >= 6 && i - 6 < p->count && numbers >= 5 && large == 0)
            p->blocks[i - 6].flags |= B_CELL;
    }
    /* Its first and last rows, and its heads. */
    for (uint32_t i = 0, run = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        if (b->flags & B_CELL)
            run = 8;
        else if (run && b->words <= 3 && --run)
            b->flags |= B_CELL;
        else
            run = 0;
    }
    for (uint32_t i = 0, run = 0; i < p->count; i++) {
        struct block *b = &p->blocks[p->count - 1 - i];
        if (b->flags & B_CELL)
            run = 8;
        else if (run && b->words <= 3 && --run)
            b->flags |= B_CELL;
        else
            run = 0;
    }
}

void page_read(struct page *p, const tm_host *host, tm_doc *doc, const struct words *sets, uint32_t n_sets,
               const struct known_lists *known) {
    *p = (struct page){.host = host,
                       .doc = doc,
                       .title = TM_NONE,
                       .headings = TM_NONE,
                       .gone_seen = TM_NONE,
                       .title_seen = TM_NONE,
                       .sets = sets,
                       .n_sets = n_sets,
                       .known = known};
    p->text = host->text(doc);
    p->tokens = tm_tokens_get(host, doc);
    p->sentences = tm_sentences_get(host, doc);
    p->layer = tm_blocks_get(host, doc);
    p->count = p->layer.count;
    p->blocks = host->alloc(doc, ((uint64_t)p->count + 1) * sizeof *p->blocks);
    uint64_t room = ((uint64_t)p->tokens.count + 1) * sizeof *p->matches; /* more than there will be */
    p->matches = host->alloc(doc, room);
    memset(p->blocks, 0, ((uint64_t)p->count + 1) * sizeof *p->blocks);
    uint64_t words = 0, function = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        uint32_t f = p->layer.flags[i];
        b->start = p->layer.start[i];
        b->end = b->start + p->layer.length[i];
        b->first_sentence = p->layer.sentence[i];
        b->sentences = p->layer.sentence[i + 1] - b->first_sentence;
        b->lines = p->layer.lines[i];
        b->tok = p->sentences.token[b->first_sentence];
        b->tok_end = p->sentences.token[b->first_sentence + b->sentences];
        b->flags |= f & TM_BLOCK_IS_ITEM ? B_ITEM : 0;
        b->flags |= f & TM_BLOCK_NUMBERED ? B_NUMBERED : 0;
        b->flags |= f & TM_BLOCK_ENDS_SENTENCE ? B_CLOSED : 0;
        b->flags |= f & TM_BLOCK_AFTER_BLANK ? B_AFTER_BLANK : 0;
        b->flags |= f & TM_BLOCK_BEFORE_BLANK ? B_BEFORE_BLANK : 0;
        if (p->layer.mark[i])
            while (b->tok < b->tok_end && p->tokens.start[b->tok] < b->start + p->layer.mark[i])
                b->tok++;
        if ((i > 0 && p->layer.line[i - 1] + p->layer.lines[i - 1] > p->layer.line[i]) ||
            (i + 1 < p->count && p->layer.line[i] + p->layer.lines[i] > p->layer.line[i + 1]))
            b->flags |= B_GLUED;
        struct reach r = reach_of(b);
        read_shapes(p, b, &r);
        read_matches(p, b, &r);
        b->credit = CREDIT_UNKNOWN;
        b->n_may = MAY_UNKNOWN;
        b->name_end = b->words ? name_at(p, b->first, b->tok_end) : 0;
        if (b->name_end && !(b->begins & (p->known->function | p->known->act)))
            b->flags |= B_NAMES;
        words += b->words;
        function += b->function;
        p->lists |= b->lists;
        p->flags |= b->flags;
        p->n_numbers += (b->flags & B_NUMBERS) != 0;
        p->n_sources += (b->flags & (B_YEAR | B_URL)) != 0;
        p->n_marks += p->text.data[b->start] == '[';
    }
    p->matches = kit_resize(host, doc, p->matches, room, ((uint64_t)p->n_matches + 1) * sizeof *p->matches);
    p->english = words == 0 || function * 100 >= words * 12;
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        if (b->flags & (B_DATE | B_NOTHING))
            continue;
        uint32_t needed = p->english ? b->words / 6 : 0;
        if ((b->flags & B_QUESTION) && b->sentences < 2 && b->words < 16)
            continue;
        if ((b->flags & B_CLOSED) ? b->words >= 8 && b->function >= needed
                                  : b->words >= 28 && b->function >= needed + (b->words < 60 ? b->words / 10 : 0))
            b->flags |= B_PROSE;
    }
    page_mark_cells(p);
    page_bounds(p);
}

uint64_t page_hash(const struct page *p, struct block *b) {
    if (b->hash == 0 && b->words > 0 && reach_of(b).skipped == 0)
        for (uint32_t i = b->first; i <= b->last; i++)
            if (is_word_shape(p->tokens.shape[i]))
                b->hash = words_hash_add(b->hash, p->tokens.hash[i]);
    return b->hash;
}

void page_bounds(struct page *p) {
    if (p->gone == p->gone_seen)
        return;
    p->gone_seen = p->gone;
    p->first_prose = p->count;
    p->last_prose = 0;
    p->n_prose = 0;
    p->junk = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (block_gone(&p->blocks[i])) {
            p->junk++;
            continue;
        }
        if (!(p->blocks[i].flags & B_PROSE))
            continue;
        if (p->n_prose++ == 0)
            p->first_prose = i;
        p->last_prose = i;
    }
}
