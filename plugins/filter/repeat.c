/* repeat.c: what comes again in one text: lines, paragraphs, runs of words. Everything is told by the hashes that the
 * tokens have; a run's hash comes from two running ones, so each measure is one pass with a table that fits the text.
 */
#include "measure.h"

#include <string.h>

#define BASE 0x9e3779b97f4a7c15u

enum { GRAM_LEAST = 2, GRAM_TOP = 4, GRAM_MOST = 10 };

/* An open table of hashes; 0 is a free place. */
struct table {
    uint64_t *hash;
    uint32_t *count;
    uint32_t bits;
};

struct words {
    uint64_t *prefix; /* of the hashes: one more than there are words */
    uint32_t *length; /* running sum of characters, likewise */
    uint32_t count;
};

static uint32_t bits_for(uint64_t n) {
    uint32_t bits = 4;
    while (((uint64_t)1 << bits) < n * 2)
        bits++;
    return bits;
}

static uint64_t mix(uint64_t h) {
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    return h ? h : 1;
}

static void table_clear(struct table *t, uint64_t n, int with_counts) {
    t->bits = bits_for(n);
    memset(t->hash, 0, sizeof(uint64_t) << t->bits);
    if (with_counts)
        memset(t->count, 0, sizeof(uint32_t) << t->bits);
}

/* The hash's place; *out_is_new where it was not there. */
static uint64_t table_put(struct table *t, uint64_t hash, int *out_is_new) {
    uint64_t mask = ((uint64_t)1 << t->bits) - 1, at = (hash * BASE) >> (64 - t->bits);
    while (t->hash[at] && t->hash[at] != hash)
        at = (at + 1) & mask;
    *out_is_new = !t->hash[at];
    t->hash[at] = hash;
    return at;
}

static uint64_t most_of(const struct layers *l) {
    return (l->tokens.count > l->blocks.count ? l->tokens.count : l->blocks.count) + (uint64_t)1;
}

uint64_t measure_repeats_room(const struct layers *l) {
    uint64_t n = most_of(l);
    return (sizeof(uint64_t) + sizeof(uint32_t)) * (n + 2 + ((uint64_t)1 << bits_for(n))) + 64;
}

static void take_words(const struct layers *l, struct words *w) {
    const tm_tokens *t = &l->tokens;
    uint64_t hash = 0;
    uint32_t length = 0, n = 0;
    w->prefix[0] = 0;
    w->length[0] = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->shape[i] & TM_SHAPE_PUNCT)
            continue;
        hash = hash * BASE + t->hash[i];
        length += t->shape[i] & TM_SHAPE_NON_ASCII
                      ? (uint32_t)count_characters(l->text.data + t->start[i], t->length[i])
                      : t->length[i];
        n++;
        w->prefix[n] = hash;
        w->length[n] = length;
    }
    w->count = n;
}

static double top_gram(const struct words *w, uint32_t n, uint64_t power, struct table *table) {
    uint32_t most = 1, characters = 0;
    int is_new;
    table_clear(table, w->count, 1);
    for (uint32_t i = 0; i + n <= w->count; i++) {
        uint64_t at = table_put(table, mix(w->prefix[i + n] - w->prefix[i] * power), &is_new);
        uint32_t count = ++table->count[at], length = w->length[i + n] - w->length[i];
        if (count > most || (count == most && count > 1 && length > characters)) {
            most = count;
            characters = length;
        }
    }
    return most > 1 ? (double)most * characters : 0; /* what stands once is no repetition */
}

static double duplicate_grams(const struct words *w, uint32_t n, uint64_t power, struct table *table) {
    uint64_t characters = 0;
    int is_new;
    table_clear(table, w->count, 0);
    for (uint32_t i = 0; i + n <= w->count;) {
        table_put(table, mix(w->prefix[i + n] - w->prefix[i] * power), &is_new);
        if (!is_new)
            characters += w->length[i + n] - w->length[i];
        i += is_new ? 1 : n; /* no character counts twice */
    }
    return (double)characters;
}

/* Lines, or paragraphs: what stands between blank lines. */
static void duplicate_blocks(const struct layers *l, int paragraphs, struct table *table, double *out_share,
                             double *out_characters) {
    const tm_blocks *b = &l->blocks;
    uint32_t units = 0, again = 0;
    uint64_t characters = 0;
    table_clear(table, b->count, 0);
    for (uint32_t i = 0; i < b->count;) {
        uint32_t end = i + 1;
        while (paragraphs && end < b->count && !(b->flags[end] & TM_BLOCK_AFTER_BLANK))
            end++;
        uint32_t token = l->sentences.token[b->sentence[i]], last = l->sentences.token[b->sentence[end]];
        uint64_t hash = 0;
        int is_new;
        for (uint32_t k = token; k < last; k++)
            hash = hash * BASE + l->tokens.hash[k];
        table_put(table, mix(hash), &is_new);
        units++;
        if (!is_new) {
            again++;
            uint32_t start = b->start[i];
            characters += count_characters(l->text.data + start, b->start[end - 1] + b->length[end - 1] - start);
        }
        i = end;
    }
    *out_share = units ? (double)again / units : 0;
    *out_characters = l->characters ? (double)characters / (double)l->characters : 0;
}

void measure_repeats(const struct layers *l, void *scratch, double *out) {
    struct words words;
    struct table table;
    uint64_t n = most_of(l), places = (uint64_t)1 << bits_for(n), power = BASE;
    words.prefix = scratch;
    table.hash = words.prefix + n + 1;
    words.length = (uint32_t *)(table.hash + places);
    table.count = words.length + n + 1;
    take_words(l, &words);
    duplicate_blocks(l, 0, &table, out + DUPLICATE_LINES, out + DUPLICATE_LINE_CHARS);
    duplicate_blocks(l, 1, &table, out + DUPLICATE_PARAGRAPHS, out + DUPLICATE_PARAGRAPH_CHARS);
    double all = l->characters ? (double)l->characters : 1;
    for (uint32_t k = GRAM_LEAST; k <= GRAM_MOST; k++) {
        power *= BASE;
        out[TOP_2_GRAM + k - GRAM_LEAST] =
            (k <= GRAM_TOP ? top_gram(&words, k, power, &table) : duplicate_grams(&words, k, power, &table)) / all;
    }
}
