/* scan.c: see scan.h. Runs of five words are looked up in a table of the last block that had them, one entry a hash, in
 * the worker's scratch memory; equal blocks are found by the hash of all their words. A table entry that a collision
 * overwrote only hides a repeat.
 */
#include "scan.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define RUN 5u
#define RUNS_MOST (1u << 20) /* entries of the table; more runs than that overwrite each other */
#define PARAGRAPH_LEAST 8u   /* words of a paragraph that can be a repeat */
#define TITLE_LEAST 3u
#define DECK_MOST 16u /* blocks that it may reach */
#define DECK_LEAST_WORDS 7u
#define DECK_MOST_WORDS 60u
#define HEAD_TOKENS_MOST 16u
#define HEAD_WORDS_MOST 9u
#define HEAD_ALONE_MOST 4u /* words of a first line that is rather a head than a title */
#define FACTOR 0x9e3779b97f4a7c15u

uint32_t layout_first_token(const struct layout *l, uint32_t block) {
    uint32_t sentence = l->blocks.sentence[block], body = l->blocks.start[block] + l->blocks.mark[block];
    if (sentence == l->blocks.sentence[block + 1])
        return layout_end_token(l, block);
    uint32_t i = l->sentences.token[sentence], end = layout_end_token(l, block);
    while (i < end && l->tokens.start[i] < body)
        i++;
    return i;
}

uint32_t layout_end_token(const struct layout *l, uint32_t block) {
    return l->sentences.token[l->blocks.sentence[block + 1]];
}

uint32_t layout_last_token(const struct layout *l, uint32_t block) {
    /* A word is none of those: where there is one, it is the last to be asked. */
    uint32_t first = l->words[block] ? 0 : layout_first_token(l, block), i = layout_end_token(l, block);
    while (i > first && l->tokens.shape[i - 1] & (TM_SHAPE_QUOTE | TM_SHAPE_CLOSE))
        i--;
    return i > first ? i - 1 : TM_NONE;
}

/* The number of a citation mark, [4]. */
static int is_citation(const char *text, const tm_tokens *t, uint32_t i) {
    uint32_t end = t->start[i] + t->length[i];
    return t->length[i] <= 3 && t->start[i] > 0 && text[t->start[i] - 1] == '[' && text[end] == ']';
}

#define SHAPE_NO_WORD (TM_SHAPE_PUNCT | TM_SHAPE_CLITIC | TM_SHAPE_EMOJI)

/* Lists the words among the tokens [i, end) behind the n that are listed, without a branch on what a token is: that is
 * a coin's toss. Returns how many there are then. */
static inline uint32_t list_one_by_one(struct layout *l, uint32_t i, uint32_t end, uint32_t n) {
    const tm_tokens *t = &l->tokens;
    for (; i < end; i++) {
        uint32_t shape = t->shape[i];
        l->word_token[n] = i;
        n += !(shape & SHAPE_NO_WORD);
        if (shape & TM_SHAPE_NUMBER && is_citation(l->text.data, t, i))
            n--;
    }
    return n;
}

/* The same, four at a time where the machine can, but for those with a number. */
static inline uint32_t list_words(struct layout *l, uint32_t i, uint32_t end, uint32_t n) {
#if defined(__SSE2__)
    static const struct {
        uint32_t at[4], n;
    } packed[16] = {{{0}, 0},    {{0}, 1},       {{1}, 1},       {{0, 1}, 2},      {{2}, 1},    {{0, 2}, 2},
                    {{1, 2}, 2}, {{0, 1, 2}, 3}, {{3}, 1},       {{0, 3}, 2},      {{1, 3}, 2}, {{0, 1, 3}, 3},
                    {{2, 3}, 2}, {{0, 2, 3}, 3}, {{1, 2, 3}, 3}, {{0, 1, 2, 3}, 4}}; /* by which are words */
    const __m128i none = _mm_setzero_si128(), no_word = _mm_set1_epi32((int)SHAPE_NO_WORD),
                  number = _mm_set1_epi32((int)TM_SHAPE_NUMBER);
    for (; end - i >= 4; i += 4) {
        __m128i shapes = _mm_loadu_si128((const __m128i *)(const void *)(l->tokens.shape + i));
        __m128i is_word = _mm_cmpeq_epi32(_mm_and_si128(shapes, no_word), none);
        __m128i is_other = _mm_cmpeq_epi32(_mm_and_si128(shapes, number), none);
        if (_mm_movemask_ps(_mm_castsi128_ps(is_other)) != 15) {
            n = list_one_by_one(l, i, i + 4, n);
            continue;
        }
        unsigned which = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(is_word));
        __m128i at = _mm_loadu_si128((const __m128i *)(const void *)packed[which].at);
        _mm_storeu_si128((__m128i *)(void *)(l->word_token + n), _mm_add_epi32(at, _mm_set1_epi32((int)i)));
        n += packed[which].n;
    }
#endif
    return list_one_by_one(l, i, end, n);
}

static void find_words(struct layout *l) {
    const tm_tokens *t = &l->tokens;
    uint32_t n = 0;
    for (uint32_t block = 0; block < l->blocks.count; block++) {
        uint32_t sentence = l->blocks.sentence[block], stop = l->blocks.sentence[block + 1], before = n;
        uint32_t body = l->blocks.start[block] + l->blocks.mark[block];
        for (uint32_t i = l->sentences.token[sentence]; sentence < stop; sentence++) {
            uint32_t end = l->sentences.token[sentence + 1];
            l->sentence_word[sentence] = n;
            while (i < end && t->start[i] < body)
                i++;
            n = list_words(l, i, end, n);
            i = end > i ? end : i;
        }
        l->words[block] = n - before;
    }
    l->sentence_word[l->sentences.count] = n;
}

/* Finds the blocks whose runs stand elsewhere. hits and whole are by block; the table has, by the lower bits of a run's
 * hash, its upper half and the number of the last block that had it, + 1. */
static void count_runs(const struct layout *l, uint64_t *table, uint64_t mask, uint32_t *hits, uint64_t *whole) {
    const uint64_t *hash = l->tokens.hash;
    uint64_t out = 1; /* FACTOR^RUN: what a word is worth when it leaves the run */
    for (uint32_t i = 0; i < RUN; i++)
        out *= FACTOR;
    for (uint32_t block = 0; block < l->blocks.count; block++) {
        const uint32_t *word = l->word_token + layout_first_word(l, block);
        uint64_t run = 0, all = 0, leaves = 0; /* what the word before the run was worth */
        uint32_t n = l->words[block], i = 0, found = 0;
        for (; i < n && i < RUN - 1; i++)
            all = run = run * FACTOR + hash[word[i]];
        for (; i < n; i++) {
            uint64_t h = hash[word[i]];
            run = run * FACTOR + h - leaves;
            leaves = hash[word[i - (RUN - 1)]] * out;
            all = all * FACTOR + h;
            uint64_t key = run ^ (run >> 31);
            uint64_t before = table[key & mask];
            table[key & mask] = key >> 32 << 32 | (block + 1);
            uint32_t other = (uint32_t)before;
            if ((before ^ key) >> 32 == 0 && other && other != block + 1) {
                found++;
                hits[other - 1]++;
            }
        }
        hits[block] += found;
        whole[block] = n ? all ^ (all >> 29) ^ n : 0;
    }
}

static int same_words(const struct layout *l, uint32_t a, uint32_t b) {
    const uint32_t *x = l->word_token + layout_first_word(l, a), *y = l->word_token + layout_first_word(l, b);
    uint32_t n = l->words[a];
    if (n != l->words[b])
        return 0;
    for (uint32_t i = 0; i < n; i++)
        if (l->tokens.hash[x[i]] != l->tokens.hash[y[i]])
            return 0;
    return 1;
}

static int is_question(const struct layout *l, uint32_t block) {
    uint32_t last = layout_last_token(l, block);
    const char *s = l->text.data + (last == TM_NONE ? 0 : l->tokens.start[last]);
    return last != TM_NONE && (*s == '?' || (l->tokens.length[last] == 3 && memcmp(s, "\xef\xbc\x9f", 3) == 0));
}

/* Blocks that are word by word an earlier one. `places` is a table of blocks + 1 by their hash. */
static void find_equal(struct layout *l, const uint64_t *whole, uint32_t *places, uint64_t mask) {
    for (uint32_t block = 0; block < l->blocks.count; block++) {
        if (l->words[block] < TITLE_LEAST)
            continue;
        for (uint64_t p = whole[block] & mask;; p = (p + 1) & mask) {
            uint32_t other = places[p] - 1;
            if (places[p] == 0) {
                places[p] = block + 1;
                break;
            }
            if (whole[other] != whole[block] || !same_words(l, other, block))
                continue;
            int is_title = other == l->title;
            if (!is_title && (l->words[block] < PARAGRAPH_LEAST || is_question(l, block)))
                break;
            if (!is_title && l->other[other]) { /* a refrain, a form: part of how the text is made */
                l->marks[l->other[other]] &= (uint16_t)~BLOCK_EQUAL;
                l->other[block] = l->other[other];
                break;
            }
            l->marks[block] |= (uint16_t)(BLOCK_EQUAL | (is_title ? BLOCK_TITLE : 0));
            l->other[block] = other;
            l->other[other] = block;
            break;
        }
    }
}

static int is_ellipsis(const char *s, uint32_t len) {
    return (len >= 3 && memcmp(s, "...", 3) == 0) || (len == 3 && memcmp(s, "\xe2\x80\xa6", 3) == 0);
}

static int is_head(const struct layout *l, const struct lexicon *lexicon, uint32_t block) {
    uint64_t hash[HEAD_TOKENS_MOST];
    if (l->words[block] > HEAD_WORDS_MOST)
        return 0;
    uint32_t n = 0, first = layout_first_token(l, block), end = layout_end_token(l, block);
    if (end - first > HEAD_TOKENS_MOST || end == first)
        return 0;
    for (uint32_t i = first; i < end; i++)
        if (!(l->tokens.shape[i] & TM_SHAPE_PUNCT))
            hash[n++] = l->tokens.hash[i];
    uint32_t last = layout_last_token(l, block);
    if (last != TM_NONE && l->tokens.shape[last] & TM_SHAPE_TERMINAL && n > 4)
        return 0;
    return n > 0 && n <= HEAD_WORDS_MOST && lexicon_is_head(lexicon, hash, n, 0);
}

/* Whether a block begins with a head and a colon, and says something behind them. */
static int is_lead(const struct layout *l, const struct lexicon *lexicon, uint32_t block) {
    const tm_tokens *t = &l->tokens;
    const uint32_t *word = l->word_token + layout_first_word(l, block);
    uint64_t hash[HEAD_MOST_WORDS];
    uint32_t n = 0;
    if (l->words[block] < TITLE_LEAST || !lexicon_may(lexicon->head_bits, t->hash[word[0]]))
        return 0;
    for (uint32_t i = 0; i < l->words[block] && i < HEAD_MOST_WORDS; i++) {
        const char *behind = l->text.data + t->start[word[i]] + t->length[word[i]];
        hash[n++] = t->hash[word[i]];
        if (*behind == ':' || memcmp(behind, "\xef\xbc\x9a", 3) == 0)
            return l->words[block] >= n + TITLE_LEAST && lexicon_is_head(lexicon, hash, n, 1);
    }
    return 0;
}

/* The block that has the title: the record's, else the first block where it looks like one. */
static uint32_t find_title(const struct layout *l, const struct lexicon *lexicon, const tm_host *host, tm_doc *doc) {
    tm_str title = host->title(doc);
    uint32_t most = l->blocks.count < 12 ? l->blocks.count : 12;
    for (uint32_t block = 0; title.data && title.len && block < most; block++) {
        const char *at = l->text.data + l->blocks.start[block];
        /* What stands below the head of a summary was taken for the title where there is none. */
        if (l->blocks.length[block] == title.len && memcmp(at, title.data, title.len) == 0)
            return block > 0 && is_head(l, lexicon, block - 1) ? TM_NONE : block;
    }
    for (uint32_t block = 0; block < most && !(l->words[block] <= HEAD_ALONE_MOST && is_head(l, lexicon, block));
         block++) {
        uint32_t flags = l->blocks.flags[block];
        if (!(flags & (TM_BLOCK_IS_ITEM | TM_BLOCK_ENDS_SENTENCE)) && l->words[block] >= TITLE_LEAST &&
            l->words[block] <= 40)
            return block;
        if (l->words[block] >= 20)
            break;
    }
    return TM_NONE;
}

int layout_is_prose(const struct layout *l, uint32_t block) {
    return !(l->marks[block] & (BLOCK_ITEM | BLOCK_HEAD | BLOCK_LEAD)) && block != l->title &&
           l->words[block] >= LAYOUT_PROSE_WORDS &&
           (l->blocks.flags[block] & TM_BLOCK_ENDS_SENTENCE || l->words[block] >= 2 * LAYOUT_PROSE_WORDS);
}

/* Lines without marks before and behind the body of which a run of words stands elsewhere: a standfirst, or a summary
 * that lost its marks and head. Before the body only those that end no sentence: the others may be its beginning. */
static void mark_deck(struct layout *l, const uint32_t *hits) {
    uint32_t n = l->blocks.count, first_prose = 0, last_prose = n;
    while (first_prose < n && !layout_is_prose(l, first_prose))
        first_prose++;
    while (last_prose > 0 && !layout_is_prose(l, last_prose - 1))
        last_prose--;
    for (uint32_t block = 0; block < n; block++) {
        int before = block < first_prose && block < DECK_MOST,
            behind = block >= last_prose && block < last_prose + DECK_MOST;
        /* Where no title is known, the first line may be it. */
        if (block == l->title || (block == 0 && l->title == TM_NONE) || l->marks[block] || !hits[block])
            continue;
        if (l->words[block] < DECK_LEAST_WORDS || l->words[block] > DECK_MOST_WORDS)
            continue;
        if ((before && !(l->blocks.flags[block] & TM_BLOCK_ENDS_SENTENCE)) || (behind && last_prose > 0)) {
            l->marks[block] |= BLOCK_DECK;
            l->n_marks++;
        }
        if (block >= DECK_MOST && block + 1 < last_prose)
            block = last_prose - 1;
    }
}

int layout_scan(struct layout *l, const struct lexicon *lexicon, const tm_host *host, tm_doc *doc) {
    memset(l, 0, sizeof *l);
    l->title = TM_NONE;
    l->text = host->text(doc);
    l->tokens = tm_tokens_get(host, doc);
    l->sentences = tm_sentences_get(host, doc);
    l->blocks = tm_blocks_get(host, doc);
    l->lines = tm_lines_get(host, doc);
    uint32_t n = l->blocks.count;
    if (n < 2 || l->tokens.count < 2 * TITLE_LEAST)
        return 0;

    uint64_t runs = 256, blocks = 16;
    while (runs < (uint64_t)l->tokens.count * 2 && runs < RUNS_MOST)
        runs *= 2;
    while (blocks < (uint64_t)n * 2)
        blocks *= 2;
    uint64_t bytes = runs * sizeof(uint64_t) + (uint64_t)n * (8 + 4) + blocks * 4;
    char *scratch = host->scratch(doc, bytes);
    uint64_t kept = (uint64_t)n * (4 + 4 + 2);
    uint32_t *columns = host->alloc(doc, kept);
    l->sentence_word = host->alloc(doc, ((uint64_t)l->sentences.count + 1) * 4);
    l->word_token = host->alloc(doc, ((uint64_t)l->tokens.count + 1) * 4);
    if (!scratch || !columns || !l->sentence_word || !l->word_token)
        return 0;
    memset(scratch, 0, bytes);
    memset(columns, 0, kept);
    uint64_t *table = (uint64_t *)(void *)scratch;
    uint64_t *whole = (uint64_t *)(void *)(table + runs);
    uint32_t *hits = (uint32_t *)(void *)(whole + n);
    uint32_t *places = hits + n;
    l->words = columns;
    l->other = l->words + n;
    l->marks = (uint16_t *)(void *)(l->other + n);

    find_words(l);
    count_runs(l, table, runs - 1, hits, whole);
    l->title = find_title(l, lexicon, host, doc);
    /* On one line sentences stand for blocks, and which of two was the item nobody can tell: paragraphs that say the
     * same are left. */
    int is_one_line = l->lines.count <= 1;
    if (!is_one_line)
        find_equal(l, whole, places, blocks - 1);
    uint32_t heads = 0;
    for (uint32_t block = 0; block < n; block++) {
        uint32_t last;
        if (l->blocks.flags[block] & TM_BLOCK_IS_ITEM && l->words[block] > 0)
            l->marks[block] |= BLOCK_ITEM;
        else if (block != l->title && is_head(l, lexicon, block))
            l->marks[block] |= BLOCK_HEAD;
        else if (block != l->title && is_lead(l, lexicon, block))
            l->marks[block] |= BLOCK_LEAD;
        if (!is_one_line && l->words[block] >= PARAGRAPH_LEAST && !l->other[block] &&
            hits[block] >= (l->words[block] - RUN + 1) * 4 / 5 && block != l->title && !is_question(l, block))
            l->marks[block] |= BLOCK_REPEATED;
        if (l->words[block] >= PARAGRAPH_LEAST && (last = layout_last_token(l, block)) != TM_NONE &&
            is_ellipsis(l->text.data + l->tokens.start[last], l->tokens.length[last]))
            l->marks[block] |= BLOCK_TEASER;
        l->n_marks += (l->marks[block] & ~(BLOCK_HEAD | BLOCK_TEASER)) != 0;
        heads += (l->marks[block] & BLOCK_HEAD) != 0;
    }
    mark_deck(l, hits);
    return l->n_marks + heads > 0;
}
