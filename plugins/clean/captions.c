/* captions.c: captions and credits of pictures: lines that credit someone, the captions before them, captions that end
 * in a credit or a photographer's name, and credits glued to the end of a line.
 */
#include "judge.h"

#include <string.h>

static int is_word(uint32_t shape) {
    return (shape & (TM_SHAPE_WORD | TM_SHAPE_NUMBER | TM_SHAPE_IDEOGRAPH)) != 0;
}

static int char_at(const struct page *p, uint32_t t, char c) {
    return p->tokens.length[t] == 1 && p->text.data[p->tokens.start[t]] == c;
}

static int is_wide_colon(const struct page *p, uint32_t t) {
    return p->tokens.length[t] == 3 && memcmp(p->text.data + p->tokens.start[t], "\xef\xbc\x9a", 3) == 0;
}

/* The lists of the match that begins at or covers token t. */
static uint64_t lists_at(const struct page *p, const struct block *b, uint32_t t) {
    for (uint32_t m = b->match_end; m-- > b->match;)
        if (p->matches[m].tok <= t)
            return t < p->matches[m].tok + p->matches[m].len ? p->matches[m].lists : 0;
    return 0;
}

/* Counts of the words from t to end. */
struct tally {
    uint32_t words, caps, slashes, credits, agencies, lower, digits;
};

static struct tally tally_words(const struct judge *j, const struct block *b, uint32_t t, uint32_t end) {
    const struct page *p = j->page;
    struct tally y = {0};
    for (uint32_t i = t; i < end; i++) {
        uint32_t s = p->tokens.shape[i];
        if (is_word(s) && !(s & TM_SHAPE_CLITIC)) {
            uint64_t l = lists_at(p, b, i);
            y.words++;
            y.caps += (s & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_IDEOGRAPH)) != 0;
            y.digits += (s & TM_SHAPE_DIGIT) != 0;
            y.lower += (s & TM_SHAPE_LOWER) && !(l & (j->lists->credit | j->lists->function | j->lists->agency));
            y.credits += (l & j->lists->credit) != 0;
            y.agencies += (l & j->lists->agency) != 0;
        } else if (char_at(p, i, '/') || char_at(p, i, '|')) {
            y.slashes++;
        }
    }
    return y;
}

/* Whether the words of a tally are a credit by themselves: names, houses and words of credit, hardly anything else. */
static int reads_as_credit(const struct tally *y) {
    return y->words > 0 && y->words <= 16 && y->lower <= y->words / 5 && (y->credits || y->agencies);
}

/* A whole line that credits. */
static int is_credit_line(const struct judge *j, const struct block *b) {
    const struct page *p = j->page;
    if ((b->flags & (B_ITEM | B_NOTHING | B_DATE)) || b->words == 0 || b->words > 18 ||
        !(b->lists & (j->lists->credit | j->lists->agency)))
        return 0;
    struct tally y = tally_words(j, b, b->tok, b->tok_end);
    if (!reads_as_credit(&y))
        return 0;
    if (b->flags & B_BRACKETED)
        return y.agencies || y.credits;
    if (b->words == 1)
        return 0;
    uint32_t next = b->first + 1;
    for (uint32_t m = b->match; m < b->match_end; m++)
        if (p->matches[m].tok == b->first)
            next = b->first + p->matches[m].len;
    int labelled = (b->begins & j->lists->credit) && next < b->tok_end &&
                   (char_at(p, next, ':') || p->matches[b->match].len > 1 ||
                    (lists_at(p, b, next) & j->lists->credit) || y.agencies);
    if (labelled && (block_open(b) || b->words <= 12))
        return 1;
    /* Names and houses parted by bars or slashes, or a house at the end behind a name. */
    return ((b->ends & j->lists->agency) || ((b->begins & j->lists->agency) && y.slashes == 1)) && block_open(b) &&
           b->caps + 1 >= b->words &&
           (y.slashes || y.agencies >= 2 || (b->flags & B_NAMES && b->words <= 6 && y.slashes)) && b->words <= 12;
}

/* Where a credit at the end of the block begins; TM_NONE where there is none. *bare: it is only the name of a house. */
static uint32_t look_for_credit(const struct judge *j, const struct block *b, int *out_bare) {
    const struct page *p = j->page;
    uint32_t end = b->tok_end, low = end - b->tok > 22 ? end - 22 : b->tok;
    *out_bare = 0;
    if (b->words < 4)
        return TM_NONE;
    if (b->flags & B_BRACKETED)
        end--;
    if (!(b->lists & (j->lists->credit | j->lists->agency)) && !(p->tokens.shape[end - 1] & TM_SHAPE_CLOSE)) {
        uint32_t mixed = 0;
        for (uint32_t t = low; t < end; t++)
            mixed |= (p->tokens.shape[t] & TM_SHAPE_MIXED) || char_at(p, t, '/') || char_at(p, t, '|');
        if (!mixed)
            return TM_NONE;
    }
    /* In brackets at the very end. */
    uint32_t last = end - 1;
    if ((p->tokens.shape[last] & TM_SHAPE_TERMINAL) && last > b->tok)
        last--;
    if (p->tokens.shape[last] & TM_SHAPE_CLOSE) {
        uint32_t open = last;
        while (open > low && !(p->tokens.shape[open] & TM_SHAPE_OPEN))
            open--;
        if ((p->tokens.shape[open] & TM_SHAPE_OPEN) && open > b->first) {
            struct tally y = tally_words(j, b, open + 1, last);
            uint64_t begins = lists_at(p, b, open + 1);
            int spoken = (begins & j->lists->credit) && y.words >= 2 && y.words <= 14 && y.caps >= 1;
            if (spoken || (reads_as_credit(&y) && (y.slashes || y.credits || y.agencies))) {
                *out_bare = !spoken && y.credits == 0 && y.slashes == 0;
                return open;
            }
            if (y.slashes == 1 && y.words >= 3 && y.words <= 7 && y.lower == 0 &&
                y.caps == y.words) /* (Name Surname/House) */
                return open;
        }
    }
    /* A word of credit and a colon, or one with `by`, and names behind it up to the end. */
    for (uint32_t t = low + (low == b->tok); t + 1 < end; t++) {
        uint32_t s = p->tokens.shape[t];
        if (!is_word(s))
            continue;
        tm_str w = token_text(p, t);
        int glued = 0;
        uint64_t l = lists_at(p, b, t);
        if (!(s & TM_SHAPE_MIXED) && !(l & j->lists->credit))
            continue;
        static const char *const tails[] = {"Image",  "Photo",   "Photograph",  "Picture",
                                            "Credit", "Credits", "Illustration"};
        for (size_t k = 0; k < sizeof tails / sizeof tails[0]; k++) {
            size_t n = strlen(tails[k]);
            if (w.len > n && memcmp(w.data + w.len - n, tails[k], n) == 0 &&
                ((unsigned char)w.data[w.len - n - 1] | 0x20) >= 'a')
                glued = 1;
        }
        uint32_t next = t + 1;
        while (next < end && (l & j->lists->credit) && !glued && lists_at(p, b, next) == l &&
               is_word(p->tokens.shape[next]))
            next++;
        int colon = is_wide_colon(p, next < end ? next : t) ||
                    ((s & TM_SHAPE_IDEOGRAPH) && next < end && char_at(p, next, '/')) ||
                    char_at(p, next < end ? next : t, ':') ||
                    (next < end && (p->tokens.shape[next] & TM_SHAPE_TERMINAL) && p->tokens.length[next] >= 3);
        if (!(glued && colon) &&
            !((l & j->lists->credit) && (s & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_IDEOGRAPH)) && (colon || next > t + 1)))
            continue;
        if (next >= end)
            continue;
        struct tally y = tally_words(j, b, next, end);
        if (y.words > 0 && y.words <= 12 && y.lower <= y.words / 3 && y.caps > 0 && block_open(b))
            return t;
    }
    /* A copyright sign and a name. */
    for (uint32_t t = low + (low == b->tok); t + 1 < end && block_open(b); t++)
        if (p->tokens.length[t] == 2 && memcmp(p->text.data + p->tokens.start[t], "\xc2\xa9", 2) == 0 && t > b->first) {
            struct tally y = tally_words(j, b, t + 1, end);
            if (y.words > 0 && y.words <= 7 && y.lower == 0 && y.digits == 0)
                return t;
        }
    /* A name or house behind a slash or bar that stands free. */
    for (uint32_t t = end - 1; t > low && t > b->first; t--) {
        if (!(char_at(p, t, '/') || char_at(p, t, '|')) || !(p->tokens.shape[t] & TM_SHAPE_SPACE) || t + 1 >= end ||
            !(p->tokens.shape[t + 1] & TM_SHAPE_SPACE))
            continue;
        struct tally y = tally_words(j, b, t + 1, end), head = tally_words(j, b, b->tok, t);
        if (y.words >= 2 && y.words <= 7 && y.lower == 0 && y.digits == 0 && y.caps + y.credits >= y.words &&
            head.words >= 6 && head.lower >= 2 &&
            (y.credits || y.agencies || y.slashes || (p->tokens.shape[t - 1] & TM_SHAPE_TERMINAL)))
            return t;
        break;
    }
    /* A name in brackets at the end of a line without end mark. */
    if (p->english && block_open(b) && b->words >= 8 && b->sentences == 1 && b->function >= 2 &&
        !(b->flags & (B_ITEM | B_QUOTE | B_INNER_COLON | B_BRACKETED | B_TABLE)) &&
        (p->tokens.shape[end - 1] & TM_SHAPE_CLOSE)) {
        uint32_t t = end - 1;
        while (t > low && !(p->tokens.shape[t] & TM_SHAPE_OPEN))
            t--;
        struct tally y = tally_words(j, b, t + 1, end - 1);
        if ((p->tokens.shape[t] & TM_SHAPE_OPEN) && y.words >= 2 && y.words <= 3 && y.lower == 0 && y.digits == 0 &&
            y.caps == y.words && end - 2 - t == y.words)
            return t;
    }
    /* A house at the end of a line without end mark, behind a slash. */
    if (block_open(b) && (b->ends & j->lists->agency)) {
        uint32_t t = b->last;
        while (t > low && ((lists_at(p, b, t) & j->lists->agency) || char_at(p, t, '/') || char_at(p, t, '|')))
            t--;
        struct tally y = tally_words(j, b, t, end);
        if (y.slashes && y.agencies) {
            while (t > low && (p->tokens.shape[t] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DASH)) &&
                   is_word(p->tokens.shape[t]))
                t--;
            return t + (t < b->last);
        }
    }
    return TM_NONE;
}

/* The same, looked for once. */
static uint32_t credit_at_end(const struct judge *j, struct block *b, int *out_bare) {
    if (b->credit == CREDIT_UNKNOWN) {
        int bare;
        b->credit = look_for_credit(j, b, &bare);
        b->credit_bare = (uint32_t)bare;
    }
    *out_bare = (int)b->credit_bare;
    return b->credit;
}

uint32_t glued_credit(const struct judge *j, struct block *b) {
    int bare;
    uint32_t t =
        (b->lists & (j->lists->credit | j->lists->agency)) || b->words > 4 ? credit_at_end(j, b, &bare) : TM_NONE;
    return t == TM_NONE || bare ? TM_NONE : t;
}

int ends_with_name(const struct page *p, const struct block *b) {
    if (!p->english || b->sentences < 2 || !block_open(b) || (b->flags & (B_QUOTE | B_ITEM | B_DATE | B_SHOUTS)) ||
        b->words > 90 || b->words < 8)
        return 0;
    uint32_t s = b->first_sentence + b->sentences - 1;
    uint32_t words = 0, t = p->sentences.token[s], end = p->sentences.token[s + 1];
    if (p->tokens.shape[t - 1] & TM_SHAPE_QUOTE)
        return 0;
    for (; t < end; t++) {
        uint32_t shape = p->tokens.shape[t];
        if ((shape & TM_SHAPE_WORD) && (shape & TM_SHAPE_FIRST_UPPER) && !(shape & (TM_SHAPE_DIGIT | TM_SHAPE_URL)))
            words++;
        else if (!(shape & TM_SHAPE_DASH))
            return 0;
    }
    return words >= 2 && words <= 4;
}

/* A block that says what is to be seen in a picture, before a line of credit. */
static int is_caption_before_credit(const struct judge *j, const struct block *b) {
    if ((b->flags & (B_ITEM | B_QUOTE | B_INNER_COLON)) || b->words < 3 || b->words > 70 || b->sentences > 3)
        return 0;
    if (block_open(b))
        return 1;
    if ((b->lists & j->lists->date) && (b->flags & B_NUMBER) && b->sentences <= 2)
        return 1;
    return b->sentences == 1 &&
           (b->words <= 14 || (b->lists & j->lists->credit) || (b->words <= 28 && !(b->lists & j->lists->said)));
}

/* A long line without an end mark. */
static int is_long_and_open(const struct judge *j, const struct block *b) {
    const struct page *p = j->page;
    if (!p->english || !block_open(b) || b->words < 14 || b->words > 70)
        return 0;
    if (b->flags & (B_ITEM | B_COLON | B_QUOTE | B_LOWER | B_QUESTION | B_TABLE | B_GLUED | B_URL | B_YOU | B_SHOUTS |
                    B_INNER_COLON) ||
        b->function * 6 < b->words)
        return 0;
    return !(p->tokens.shape[b->tok_end - 1] & (TM_SHAPE_COMMA | TM_SHAPE_DASH)) && !(b->ends & j->lists->function);
}

uint32_t asks_caption(const struct judge *j, const struct block *b) {
    if (b->flags & B_GLUED)
        return 0;
    if ((b->flags & B_CLOSED) && !(b->lists & (j->lists->credit | j->lists->agency)) &&
        (b->words <= 80 || b->words > 90) &&
        (b->tok_end == b->tok || !(j->page->tokens.shape[b->tok_end - 1] & TM_SHAPE_CLOSE)))
        return 0;
    return A_CAPTION | (is_long_and_open(j, b) ? A_OPEN_CAPTION : 0);
}

/* Such a line between paragraphs that have an end mark. */
static int is_open_caption(const struct page *p, uint32_t i, uint32_t closed, uint32_t open) {
    const struct block *b = &p->blocks[i];
    if (!(b->asks & A_OPEN_CAPTION) || closed < 6 || (open * 2 > closed + 4 && b->sentences < 2))
        return 0;
    uint32_t before = previous_block(p, i), after = next_block(p, i);
    if (before >= p->count || after >= p->count || i < p->first_prose || before == p->title)
        return 0;
    const struct block *x = &p->blocks[before], *y = &p->blocks[after];
    if ((y->flags & (B_LOWER | B_ITEM)) || (x->flags & (B_COLON | B_ITEM)))
        return 0;
    /* Two such lines may follow each other; three are a list. */
    int alike = (block_open(x) && x->words >= 10) + (block_open(y) && y->words >= 10);
    return (alike < 2 || b->words >= 18) &&
           ((x->flags & B_CLOSED) || block_gone(x) || (block_open(x) && x->words >= 14));
}

uint32_t cut_captions(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, closed = 0, open = 0;
    if (!(p->asks & A_CAPTION))
        return 0;
    for (uint32_t i = 0; i < p->count && (p->asks & A_OPEN_CAPTION); i++) {
        const struct block *b = &p->blocks[i];
        if (block_gone(b) || b->words < 14)
            continue;
        closed += !block_open(b);
        open += block_open(b) && !(b->flags & B_LOWER);
    }
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        if (!(b->asks & A_CAPTION) || block_gone(b) || i == p->title)
            continue;
        if (is_credit_line(j, b)) {
            uint32_t got = judge_cut(j, i, KIND_CAPTION, TM_STR("credit-line"));
            uint32_t before = previous_block(p, i);
            cut += got;
            if (got && before < p->count && !block_gone(&p->blocks[before]) &&
                is_caption_before_credit(j, &p->blocks[before]))
                cut += judge_cut(j, before, KIND_CAPTION, TM_STR("caption-before-credit"));
            continue;
        }
        if (ends_with_name(p, b)) {
            cut += judge_cut(j, i, KIND_CAPTION, TM_STR("caption-with-name"));
            continue;
        }
        if (b->words <= 90 && b->sentences <= 4 &&
            (b->words > 80 || (b->lists & (j->lists->credit | j->lists->agency)) ||
             (b->tok_end > b->tok && (p->tokens.shape[b->tok_end - 1] & TM_SHAPE_CLOSE)) || block_open(b))) {
            int bare;
            uint32_t t = credit_at_end(j, b, &bare);
            if (t != TM_NONE && (!bare || (b->sentences <= 2 && b->words <= 45))) {
                cut += judge_cut(j, i, KIND_CAPTION, TM_STR("caption-with-credit"));
                continue;
            }
        }
        if (is_open_caption(p, i, closed, open))
            cut += judge_cut(j, i, KIND_CAPTION, TM_STR("caption-open"));
    }
    return cut;
}
