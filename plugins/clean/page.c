/* page.c: reads blocks off the layers. One pass over the tokens; of long blocks only both ends are looked up in the
 * lists, which is where junk shows. */
#include "page.h"
#include "dates.h"

#include <growing.h>

#include <string.h>

#define LOOK 20u /* tokens at each end of a block that are looked up */

static uint64_t mix(uint64_t h, uint64_t x) {
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

/* The tokens from `from` to `to`, at most 64, that a phrase of the set may begin with, as bits. Most begin none, and
 * most phrases do not go on: a bit for each step of the set tells so without a look into the large table. No branches:
 * which words begin one nobody can guess. */
static inline uint64_t beginnings(const uint64_t *steps, const uint64_t *hash, uint32_t from, uint32_t to) {
    uint64_t found = 0;
    for (uint32_t i = to; i-- > from;) {
        uint64_t bit = (hash[i] * PHRASE_MIX) >> (64 - STEP_BITS); /* as phrase_key has them, from state 0 */
        found = found << 1 | (steps[bit >> 6] >> (bit & 63) & 1);
    }
    return found;
}

/* The longest phrase of a set at token i, and its lists. */
static inline uint32_t phrase_in(const struct words *set, const uint64_t *hash, uint32_t i, uint32_t end,
                                 uint64_t *out_lists) {
    const struct phrase_step *step = phrase_step(&set->view, hash[i], 0);
    uint32_t len = 0;
    for (uint32_t at = i; step != NULL; step = phrase_step(&set->view, hash[at], step->state)) {
        at++;
        if (step->values) {
            len = at - i;
            *out_lists = set->lists_of[step->values];
        }
        if (step->state == 0 || at == end)
            break;
        uint64_t bit = phrase_key(hash[at], step->state) >> (64 - STEP_BITS);
        if (!(set->steps[bit >> 6] >> (bit & 63) & 1))
            break;
    }
    return len;
}

static uint32_t phrase_at(const struct words *sets, uint32_t n_sets, const uint64_t *hash, uint32_t i, uint32_t end,
                          uint64_t *out_lists) {
    uint32_t best = 0;
    for (uint32_t k = 0; k < n_sets; k++) {
        uint64_t lists = 0;
        uint32_t len = phrase_in(&sets[k], hash, i, end, &lists);
        if (len > best)
            *out_lists = lists;
        else if (len == best && len > 0)
            *out_lists |= lists;
        best = len > best ? len : best;
    }
    return best;
}

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

#define SHAPE_WORDS                                                                                                    \
    (TM_SHAPE_WORD | TM_SHAPE_NUMBER | TM_SHAPE_IDEOGRAPH | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION |         \
     TM_SHAPE_HASHTAG)
#define SHAPE_RARE                                                                                                     \
    (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT | TM_SHAPE_ALL_UPPER | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION |        \
     TM_SHAPE_HASHTAG)
#define SHAPE_USUAL                                                                                                    \
    (TM_SHAPE_QUOTE | TM_SHAPE_DASH | TM_SHAPE_TERMINAL | TM_SHAPE_COMMA | TM_SHAPE_OPEN | TM_SHAPE_CLOSE)

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

/* What the shapes of tokens add up to. The loop has no branches, so that several tokens are done at once. */
struct shape_sums {
    uint32_t words, caps;
    uint32_t any;  /* shapes of words */
    uint32_t sign; /* shapes of what is no word */
    uint32_t odd;  /* there is what is neither a word nor usual punctuation */
};

static void sum_shapes(const uint32_t *shape, uint32_t n, struct shape_sums *out) {
    uint32_t words = 0, caps = 0, any = 0, sign = 0, odd = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t s = shape[i];
        uint32_t wordy = (s & SHAPE_WORDS) ? ~0u : 0u, word = (s & TM_SHAPE_CLITIC) ? 0u : wordy;
        words -= word;
        caps -= (s & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_NUMBER)) ? word : 0u;
        any |= s & word;
        sign |= s & ~wordy;
        odd |= (s & SHAPE_USUAL) ? 0u : ~wordy;
    }
    out->words += words;
    out->caps += caps;
    out->any |= any;
    out->sign |= sign;
    out->odd |= odd;
}

/* Tokens that have a bit: words that do, or else signs. */
static uint32_t count_shape(const struct page *p, const struct reach *r, uint32_t bit, int word) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < 2; k++)
        for (uint32_t i = r->from[k]; i < r->to[k]; i++) {
            uint32_t s = p->tokens.shape[i];
            n += (s & bit) && (word ? (s & SHAPE_WORDS) && !(s & TM_SHAPE_CLITIC) : !(s & SHAPE_WORDS));
        }
    return n;
}

static int is_word_shape(uint32_t s) {
    return (s & SHAPE_WORDS) && !(s & TM_SHAPE_CLITIC);
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
static int has_inner_colon(const struct page *p, const struct block *b) {
    const tm_tokens *t = &p->tokens;
    uint32_t words = 0, end = b->tok_end - b->tok > LOOK ? b->tok + LOOK : b->tok_end;
    for (uint32_t i = b->tok; i + 1 < b->tok_end && i < end && words <= 6; i++) {
        words += is_word_shape(t->shape[i]) ? 1u : 0u;
        if ((t->shape[i] & TM_SHAPE_COMMA) && t->length[i] == 1 && p->text.data[t->start[i]] == ':')
            return 1;
    }
    return 0;
}

static int has_year(const struct page *p, const struct reach *r) {
    const tm_tokens *t = &p->tokens;
    for (uint32_t k = 0; k < 2; k++)
        for (uint32_t i = r->from[k]; i < r->to[k]; i++) {
            const char *n = p->text.data + t->start[i];
            if ((t->shape[i] & TM_SHAPE_NUMBER) && t->length[i] == 4 &&
                ((n[0] == '1' && n[1] == '9') || (n[0] == '2' && n[1] == '0')))
                return 1;
        }
    return 0;
}

static void read_shapes(struct page *p, struct block *b, const struct reach *r) {
    const tm_tokens *t = &p->tokens;
    struct shape_sums sum = {0};
    sum_shapes(t->shape + r->from[0], r->to[0] - r->from[0], &sum);
    if (r->skipped)
        sum_shapes(t->shape + r->from[1], r->to[1] - r->from[1], &sum);
    uint32_t words = sum.words, flags = 0, slashes = 0;
    uint32_t numbers = sum.any & TM_SHAPE_NUMBER ? count_shape(p, r, TM_SHAPE_NUMBER, 1) : 0;
    b->caps = sum.caps;
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
        if (!r->skipped) { /* nobody asks for that of a long one */
            uint64_t hash = 0;
            for (; i <= k; i++)
                if (is_word_shape(t->shape[i]))
                    hash = mix(hash, t->hash[i]);
            b->hash = hash;
        }
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
        flags |= numbers && has_year(p, r) ? B_YEAR : 0;
    }
    if (sum.odd)
        flags |= read_parts(p, b, r, &slashes);
    if ((sum.sign & TM_SHAPE_COMMA) && has_inner_colon(p, b))
        flags |= B_INNER_COLON;
    if (words <= 24 && has_inner_point(p, b)) /* example.com */
        for (uint32_t i = b->tok; i < b->tok_end; i++)
            if ((t->shape[i] & TM_SHAPE_WORD) && t->length[i] > 5 &&
                !(t->shape[i] & (TM_SHAPE_POINTS | TM_SHAPE_DIGIT | TM_SHAPE_FIRST_UPPER)) &&
                memchr(p->text.data + t->start[i] + 1, '.', t->length[i] - 3) != NULL)
                flags |= B_URL;
    words += r->skipped * words / (2 * LOOK);
    if (words >= 2 && sum.caps == words && (sum.any & TM_SHAPE_ALL_UPPER) &&
        count_shape(p, r, TM_SHAPE_ALL_UPPER, 1) * 2 > words)
        flags |= B_SHOUTS;
    if ((sum.sign & TM_SHAPE_QUOTE) && count_shape(p, r, TM_SHAPE_QUOTE, 0) >= 2)
        flags |= B_QUOTED;
    b->words = words;
    b->flags |= flags;
    if (words == 0) {
        b->flags |= B_NOTHING;
        return;
    }
    if ((sum.any & TM_SHAPE_HASHTAG) && words >= 2 && count_shape(p, r, TM_SHAPE_HASHTAG, 1) == words)
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
    uint32_t dated = 0;
    for (uint32_t k = 0; k < 2; k++)
        for (uint32_t i = r->from[k]; i < r->to[k]; i++)
            dated += (shape[i] & (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT)) != 0;
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
    uint32_t looked = 0;
    for (uint32_t k = 0; k < 2; k++)
        for (uint32_t i = r->from[k]; i < r->to[k]; i++)
            looked += (shape[i] & (TM_SHAPE_WORD | TM_SHAPE_NUMBER)) != 0;
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

static void read_matches(struct page *p, struct block *b, const struct reach *r, const struct words *sets,
                         uint32_t n_sets) {
    const tm_tokens *t = &p->tokens;
    uint64_t date = sets[0].lists.date | sets[0].lists.datelabel, function = sets[0].lists.function, all = 0;
    uint32_t functions = 0;
    struct match *m = p->matches + p->n_matches;
    b->match = p->n_matches;
    for (uint32_t k = 0, behind = b->tok; k < 2; k++) {
        uint32_t from = behind > r->from[k] ? behind : r->from[k];
        uint64_t found = 0;
        for (uint32_t n = 0; n < n_sets && from < r->to[k]; n++)
            found |= beginnings(sets[n].steps, t->hash, from, r->to[k]);
        while (found) {
            uint64_t lists = 0;
            uint32_t at = (uint32_t)__builtin_ctzll(found), i = from + at;
            uint32_t len = n_sets == 1 ? phrase_in(sets, t->hash, i, b->tok_end, &lists)
                                       : phrase_at(sets, n_sets, t->hash, i, b->tok_end, &lists);
            found &= found - 1;
            if (len == 0)
                continue;
            if (len > 1)
                found = at + len < 64 ? found & ~(uint64_t)0 << (at + len) : 0;
            behind = i + len;
            functions += (lists & function) != 0;
            *m++ = (struct match){i, len, lists};
            all |= lists;
        }
    }
    p->n_matches = b->match_end = (uint32_t)(m - p->matches);
    for (const struct match *x = p->matches + b->match; x < m && x->tok <= b->first; x++)
        b->begins |= x->lists;
    for (const struct match *x = m; x-- > p->matches + b->match && x->tok + x->len > b->last;)
        b->ends |= x->lists;
    b->lists = all;
    if (all & sets[0].lists.you)
        b->flags |= B_YOU;
    if (all & date)
        b->dated = count_dated(p, b, r, date);
    b->function = r->skipped ? functions * b->words / count_looked(p, b, r) : functions;
    int is_dated = b->words <= 24 && b->dated >= b->words && (all & sets[0].lists.date);
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

void page_read(struct page *p, const tm_host *host, tm_doc *doc, const struct words *sets, uint32_t n_sets) {
    *p = (struct page){.host = host,
                       .doc = doc,
                       .title = TM_NONE,
                       .headings = TM_NONE,
                       .gone_seen = TM_NONE,
                       .sets = sets,
                       .n_sets = n_sets};
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
        read_matches(p, b, &r, sets, n_sets);
        b->credit = CREDIT_UNKNOWN;
        b->n_may = MAY_UNKNOWN;
        b->name_end = b->words ? name_at(p, b->first, b->tok_end) : 0;
        if (b->name_end && !(b->begins & (sets[0].lists.function | sets[0].lists.act)))
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
