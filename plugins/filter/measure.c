/* measure.c: see measure.h. A line of the papers is a block of ours: a paragraph that was wrapped at a column is one
 * line to them, and a page that came as one line is told apart by its sentences.
 */
#include "measure.h"

#include <string.h>

const char *const measure_names[MEASURES] = {
    [WORDS] = "words",
    [MEAN_WORD_LENGTH] = "mean_word_length",
    [HASH_RATIO] = "hash_ratio",
    [ELLIPSIS_RATIO] = "ellipsis_ratio",
    [BULLET_LINES] = "bullet_lines",
    [ELLIPSIS_LINES] = "ellipsis_lines",
    [ALPHABETIC_WORDS] = "alphabetic_words",
    [STOP_WORDS] = "stop_words",
    [CURLY_BRACES] = "curly_braces",
    [LOREM_IPSUM] = "lorem_ipsum",
    [SENTENCES] = "sentences",
    [GOOD_SENTENCES] = "good_sentences",
    [PUNCTUATED_LINES] = "punctuated_lines",
    [SHORT_LINES] = "short_lines",
    [DUPLICATE_LINES] = "duplicate_lines",
    [DUPLICATE_LINE_CHARS] = "duplicate_line_chars",
    [DUPLICATE_PARAGRAPHS] = "duplicate_paragraphs",
    [DUPLICATE_PARAGRAPH_CHARS] = "duplicate_paragraph_chars",
    [TOP_2_GRAM] = "top_2_gram",
    [TOP_3_GRAM] = "top_3_gram",
    [TOP_4_GRAM] = "top_4_gram",
    [DUPLICATE_5_GRAMS] = "duplicate_5_grams",
    [DUPLICATE_6_GRAMS] = "duplicate_6_grams",
    [DUPLICATE_7_GRAMS] = "duplicate_7_grams",
    [DUPLICATE_8_GRAMS] = "duplicate_8_grams",
    [DUPLICATE_9_GRAMS] = "duplicate_9_grams",
    [DUPLICATE_10_GRAMS] = "duplicate_10_grams",
};

enum {
    SHORT_LINE = 30,     /* characters; FineWeb */
    GOOD_LINE_WORDS = 5, /* C4 */
    HAS_LETTER = TM_SHAPE_WORD | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION | TM_SHAPE_HASHTAG |
                 TM_SHAPE_IDEOGRAPH | TM_SHAPE_POINTS,
};

void layers_take(const tm_host *host, tm_doc *doc, struct layers *out) {
    out->text = host->text(doc);
    out->tokens = tm_tokens_get(host, doc);
    out->sentences = tm_sentences_get(host, doc);
    out->blocks = tm_blocks_get(host, doc);
    out->characters = count_characters(out->text.data, out->text.len);
}

static double share(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

static uint64_t find_stop_word(const struct lexicon *s, uint64_t hash) {
    if (!(s->bits[hash >> 60] >> (hash >> 54 & 63) & 1))
        return 0;
    for (uint32_t i = 0; i < s->n_stop; i++)
        if (s->stop[i] == hash)
            return (uint64_t)1 << i;
    return 0;
}

/* "..." or more points, or U+2026. */
static int is_ellipsis(const struct layers *l, uint32_t token) {
    const char *at = l->text.data + l->tokens.start[token];
    return (l->tokens.length[token] >= 3 && at[0] == '.' && at[1] == '.') ||
           (l->tokens.length[token] >= 3 && memcmp(at, "\xe2\x80\xa6", 3) == 0);
}

static int is_hash(const struct layers *l, uint32_t token) {
    return l->text.data[l->tokens.start[token]] == '#';
}

static void measure_words(const struct layers *l, const struct lexicon *lexicon, double *out) {
    const tm_tokens *t = &l->tokens;
    uint64_t words = 0, with_letter = 0, lengths = 0, lettered = 0, found = 0, hashes = 0, ellipses = 0;
    int has_letter = 0, was_ideograph = 0, lorem = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t shape = t->shape[i];
        int is_ideograph = (shape & TM_SHAPE_IDEOGRAPH) != 0;
        if ((shape & TM_SHAPE_SPACE) || is_ideograph || was_ideograph) {
            words++;
            with_letter += (uint64_t)has_letter;
            has_letter = 0;
        }
        was_ideograph = is_ideograph;
        has_letter |= (shape & (uint32_t)HAS_LETTER) != 0;
        if (shape & TM_SHAPE_PUNCT) {
            if (shape & TM_SHAPE_TERMINAL)
                ellipses += (uint64_t)is_ellipsis(l, i);
            else
                hashes += (uint64_t)is_hash(l, i);
            continue;
        }
        hashes += (shape & TM_SHAPE_HASHTAG) != 0;
        if (shape & TM_SHAPE_CLITIC)
            continue;
        lettered++;
        lengths +=
            shape & TM_SHAPE_NON_ASCII ? count_characters(l->text.data + t->start[i], t->length[i]) : t->length[i];
        if (t->hash[i] == lexicon->ipsum)
            lorem |= i > 0 && t->hash[i - 1] == lexicon->lorem;
        found |= find_stop_word(lexicon, t->hash[i]);
    }
    with_letter += (uint64_t)has_letter;
    out[WORDS] = (double)words;
    out[MEAN_WORD_LENGTH] = share((double)lengths, (double)lettered);
    out[HASH_RATIO] = share((double)hashes, (double)words);
    out[ELLIPSIS_RATIO] = share((double)ellipses, (double)words);
    out[ALPHABETIC_WORDS] = share((double)with_letter, (double)words);
    out[LOREM_IPSUM] = lorem;
    out[STOP_WORDS] = (double)__builtin_popcountll(found);
}

/* Lines that C4 throws away: those with the word javascript, and notices: terms of use, privacy policy, cookie policy,
 * uses cookies, use of cookies, use cookies. */
static int is_notice(const struct lexicon *x, const uint64_t *hash, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint64_t h = hash[i], before = i > 0 ? hash[i - 1] : 0, first = i > 1 ? hash[i - 2] : 0;
        if (h == x->javascript || (h == x->policy && (before == x->privacy || before == x->cookie)) ||
            (h == x->use && before == x->of && first == x->terms) ||
            (h == x->cookies && (before == x->use || before == x->uses || (before == x->of && first == x->use))))
            return 1;
    }
    return 0;
}

static void measure_lines(const struct layers *l, const struct lexicon *lexicon, double *out) {
    const tm_blocks *b = &l->blocks;
    const tm_tokens *t = &l->tokens;
    uint64_t bullets = 0, ellipses = 0, ends = 0, shorts = 0, good = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t first = b->sentence[i], last = b->sentence[i + 1];
        uint32_t token = last > first ? l->sentences.token[first] : 0,
                 end = last > first ? l->sentences.token[last] : 0;
        const char *at = l->text.data + b->start[i];
        int is_end = (b->flags[i] & TM_BLOCK_ENDS_SENTENCE) != 0;
        bullets += (b->flags[i] & TM_BLOCK_IS_ITEM) != 0;
        ends += (uint64_t)is_end;
        if (b->length[i] < 4 * SHORT_LINE)
            shorts += count_characters(at, b->length[i]) < SHORT_LINE;
        if (end > token && (t->shape[end - 1] & TM_SHAPE_TERMINAL) && is_ellipsis(l, end - 1))
            ellipses++;
        if (!is_end || end - token < GOOD_LINE_WORDS)
            continue;
        uint32_t words = 0;
        for (uint32_t k = token; k < end && words < GOOD_LINE_WORDS; k++)
            words += (t->shape[k] & (TM_SHAPE_SPACE | TM_SHAPE_IDEOGRAPH)) != 0;
        if (words == GOOD_LINE_WORDS && !is_notice(lexicon, t->hash + token, end - token))
            good += last - first;
    }
    double lines = (double)b->count;
    out[BULLET_LINES] = share((double)bullets, lines);
    out[ELLIPSIS_LINES] = share((double)ellipses, lines);
    out[PUNCTUATED_LINES] = share((double)ends, lines);
    out[SHORT_LINES] = share((double)shorts, lines);
    out[SENTENCES] = (double)l->sentences.count;
    out[GOOD_SENTENCES] = (double)good;
}

static uint64_t count_byte(tm_str text, char byte) {
    const char *at = text.data, *end = text.data + text.len;
    uint64_t n = 0;
    for (; at < end && (at = memchr(at, byte, (uint64_t)(end - at))); at++)
        n++;
    return n;
}

void measure_cheap(const struct layers *l, const struct lexicon *lexicon, double *out) {
    measure_words(l, lexicon, out);
    measure_lines(l, lexicon, out);
    out[CURLY_BRACES] = (double)(count_byte(l->text, '{') + count_byte(l->text, '}'));
}
