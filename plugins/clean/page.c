/* page.c: reads blocks off the layers. One pass over the tokens; of long blocks only both ends are looked up in the
 * lists, which is where junk shows. */
#include "page.h"

#include <string.h>

#define LOOK 20u /* tokens at each end of a block that are looked up */

static uint64_t mix(uint64_t h, uint64_t x) {
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

/* The longest phrase of a set at token i, and its lists. Most tokens begin none, and most phrases do not go on: a bit
 * for each step of the set tells so without a look into the large table. */
static inline uint32_t phrase_in(const struct words *set, const uint64_t *hash, uint32_t i, uint32_t end,
                                 uint64_t *out_lists) {
    uint32_t state = 0, len = 0;
    for (uint32_t at = i; at < end; at++) {
        uint64_t key = phrase_key(hash[at], state);
        if (!words_may_step(set, key))
            break;
        const struct phrase_step *step = phrase_step(&set->view, hash[at], state);
        if (step == NULL)
            break;
        if (step->values) {
            len = at + 1 - i;
            *out_lists = set->lists_of[step->values];
        }
        state = step->state;
        if (state == 0)
            break;
    }
    return len;
}

static uint32_t phrase_at(const struct words *sets, uint32_t n_sets, const uint64_t *hash, uint32_t i, uint32_t end,
                          uint64_t *out_lists) {
    uint32_t best = phrase_in(&sets[0], hash, i, end, out_lists);
    for (uint32_t k = 1; k < n_sets; k++) {
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

static void read_shapes(struct page *p, struct block *b) {
    const tm_tokens *t = &p->tokens;
    uint64_t hash = 0;
    uint32_t parts = 1, part_words = 0, longest = 0, bars = 0, caps = 0, words = 0, numbers = 0, flags = 0, close = 0,
             shouted = 0, quotes = 0, tags = 0, slashes = 0;
    uint32_t first = b->tok_end, last = b->tok;
    uint32_t skipped = 0;
    for (uint32_t i = b->tok; i < b->tok_end; i++) {
        if (i == b->tok + LOOK && b->tok_end - i > LOOK + 8) { /* the ends stand for the whole */
            skipped = b->tok_end - LOOK - i;
            i += skipped;
        }
        uint32_t s = t->shape[i];
        if (s & SHAPE_WORDS) {
            if (s & TM_SHAPE_CLITIC)
                continue;
            if (words == 0)
                first = i;
            last = close = i;
            words++;
            part_words++;
            hash = mix(hash, t->hash[i]);
            caps += (s & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_NUMBER)) != 0;
            if (s & SHAPE_RARE) {
                numbers += (s & TM_SHAPE_NUMBER) != 0;
                tags += (s & TM_SHAPE_HASHTAG) != 0;
                const char *n = p->text.data + t->start[i];
                if ((s & TM_SHAPE_NUMBER) && t->length[i] == 4 &&
                    ((n[0] == '1' && n[1] == '9') || (n[0] == '2' && n[1] == '0')))
                    flags |= B_YEAR;
                shouted += (s & TM_SHAPE_ALL_UPPER) != 0;
                flags |= (s & TM_SHAPE_DIGIT ? B_NUMBER : 0) | (s & TM_SHAPE_URL ? B_URL : 0) |
                         (s & TM_SHAPE_EMAIL ? B_EMAIL : 0) | (s & TM_SHAPE_MENTION ? B_MENTION : 0);
            }
            continue;
        }
        const char *at = p->text.data + t->start[i];
        uint32_t len = t->length[i];
        close = i;
        quotes += is_quote_token(s) ? 1u : 0u;
        slashes += len == 1 && *at == '/';
        if (len == 1 && *at == ':' && words <= 6 && i + 1 < b->tok_end)
            flags |= B_INNER_COLON;
        int bar = len == 1 && *at == '|';
        bars += bar ? 1u : 0u;
        if (bar || (len >= 2 && len <= 3 && (s & TM_SHAPE_PUNCT) && !(s & SHAPE_USUAL) && (unsigned char)*at >= 0xc2)) {
            parts++;
            longest = part_words > longest ? part_words : longest;
            part_words = 0;
        }
    }
    if (words <= 24 && has_inner_point(p, b)) /* example.com */
        for (uint32_t i = b->tok; i < b->tok_end; i++)
            if ((t->shape[i] & TM_SHAPE_WORD) && t->length[i] > 5 &&
                !(t->shape[i] & (TM_SHAPE_POINTS | TM_SHAPE_DIGIT | TM_SHAPE_FIRST_UPPER)) &&
                memchr(p->text.data + t->start[i] + 1, '.', t->length[i] - 3) != NULL)
                flags |= B_URL;
    longest = part_words > longest ? part_words : longest;
    if (parts >= 3 && longest <= 4)
        flags |= B_LIST_LINE;
    if (bars >= 1)
        flags |= B_TABLE;
    words += skipped * words / (2 * LOOK);
    if (words >= 2 && shouted * 2 > words && caps == words)
        flags |= B_SHOUTS;
    if (quotes >= 2)
        flags |= B_QUOTED;
    b->words = words;
    b->caps = caps;
    b->numbers = numbers;
    b->hash = hash;
    b->first = first;
    b->last = last;
    b->flags |= flags;
    if (words == 0) {
        b->flags |= B_NOTHING;
        return;
    }
    if (tags >= 2 && tags == words)
        b->flags |= B_HASHTAGS;
    if (numbers == words && words <= 3)
        b->flags |= B_NUMBERS | (slashes == 1 && words == 2 ? B_COUNTER : 0);
    b->flags |= points_on(p, b) ? B_ARROW : 0;
    if (t->shape[first] & TM_SHAPE_LOWER)
        b->flags |= B_LOWER;
    uint32_t open = b->tok;
    while (open < first && !(t->shape[open] & (TM_SHAPE_OPEN | TM_SHAPE_QUOTE)))
        open++;
    if (open < first && is_quote_token(t->shape[open]))
        b->flags |= B_QUOTE;
    if (open < first && (t->shape[open] & TM_SHAPE_OPEN) && (t->shape[close] & TM_SHAPE_CLOSE))
        b->flags |= B_BRACKETED;
    if (p->text.data[t->start[close]] == ':' && t->length[close] == 1)
        b->flags |= B_COLON;
    if (p->text.data[t->start[close]] == '?' || p->text.data[t->start[close]] == '!')
        b->flags |= B_QUESTION;
}

static void read_matches(struct page *p, struct block *b, const struct words *sets, uint32_t n_sets) {
    const tm_tokens *t = &p->tokens;
    uint64_t date = sets[0].lists.date | sets[0].lists.datelabel, function = sets[0].lists.function;
    uint32_t dated = 0, looked = 0;
    b->match = p->n_matches;
    for (uint32_t i = b->tok; i < b->tok_end;) {
        if (i >= b->tok + LOOK && i + LOOK < b->tok_end && b->tok_end - b->tok > 2 * LOOK + 8) {
            i = b->tok_end - LOOK;
            continue;
        }
        uint64_t lists = 0;
        uint32_t len = phrase_at(sets, n_sets, t->hash, i, b->tok_end, &lists);
        int word = (t->shape[i] & (TM_SHAPE_WORD | TM_SHAPE_NUMBER)) != 0;
        looked += word ? 1u : 0u;
        if (len == 0) {
            dated += (t->shape[i] & (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT)) != 0;
            i++;
            continue;
        }
        if (lists & function)
            b->function++;
        if (lists & date)
            dated += len;
        p->matches[p->n_matches++] = (struct match){i, len, lists};
        b->lists |= lists;
        if (lists & sets[0].lists.you)
            b->flags |= B_YOU;
        if (i <= b->first)
            b->begins |= lists;
        if (i + len > b->last)
            b->ends |= lists;
        i += len;
    }
    b->match_end = p->n_matches;
    b->dated = dated;
    if (b->tok_end - b->tok > 2 * LOOK + 8) /* likewise */
        b->function = b->function * b->words / (looked ? looked : 1);
    if (b->words && b->words <= 24 && dated >= b->words && (b->lists & sets[0].lists.date) && (b->flags & B_NUMBER))
        b->flags |= B_DATE;
}

/* Tables that come as one cell a line: many bare numbers, nothing but short lines between them. Nobody's junk. */
void page_mark_cells(struct page *p) {
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
    *p = (struct page){.host = host, .doc = doc, .title = TM_NONE};
    p->text = host->text(doc);
    p->tokens = tm_tokens_get(host, doc);
    p->sentences = tm_sentences_get(host, doc);
    p->layer = tm_blocks_get(host, doc);
    p->count = p->layer.count;
    p->blocks = host->alloc(doc, ((uint64_t)p->count + 1) * sizeof *p->blocks);
    p->matches = host->alloc(doc, ((uint64_t)p->tokens.count + 1) * sizeof *p->matches);
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
        read_shapes(p, b);
        read_matches(p, b, sets, n_sets);
        b->credit = CREDIT_UNKNOWN;
        b->n_may = MAY_UNKNOWN;
        b->name_end = b->words ? name_at(p, b->first, b->tok_end) : 0;
        if (b->name_end && !(b->begins & (sets[0].lists.function | sets[0].lists.act)))
            b->flags |= B_NAMES;
        words += b->words;
        function += b->function;
    }
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
