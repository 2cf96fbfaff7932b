/* words.c: counts the little words of a text by language. The lists of lists.h are tokenized and hashed like any text,
 * so that a look-up is one comparison of hashes; scores weigh a word the less the more languages have it.
 */
#include "words.h"
#include "lists.h"

#include <stdlib.h>
#include <string.h>

#define LANGUAGES (sizeof words_of / sizeof *words_of)
#define SLOTS 2048u /* more than twice the words of all lists */
#define KINDS 255u  /* at most, of words that the same languages have */
#define ROOM 512u
#define LETTERS 0x500u     /* Latin and Cyrillic end before */
#define LETTERS_COUNTED 3u /* of one text */
#define LETTER_SCORE 9u

_Static_assert(LANGUAGES <= WORDS_LANGUAGES, "a mask has a bit for each language");

/* What a word adds, by language: one for languages that have it is added whole, without asking which they are. */
struct kind {
    uint32_t mask;            /* the languages */
    uint32_t adds[LANGUAGES]; /* to words_count's tally */
};

struct words {
    uint64_t hash[SLOTS]; /* 0: free */
    uint8_t kind[SLOTS];
    uint32_t n_kinds;
    struct kind kinds[KINDS + 1];  /* the first one adds nothing */
    uint32_t letter_mask[LETTERS]; /* of characters below LETTERS */
};

static uint32_t slot_of(const struct words *w, uint64_t hash) {
    uint32_t i = (uint32_t)hash & (SLOTS - 1);
    while (w->hash[i] && w->hash[i] != hash)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

/* The kind of words that these languages have. There are far fewer than KINDS; one too many would add nothing. */
static uint8_t kind_of(struct words *w, uint32_t mask) {
    uint32_t k = 0, score = WORDS_SCORE / (uint32_t)__builtin_popcount(mask);
    while (k < w->n_kinds && w->kinds[k].mask != mask)
        k++;
    if (k > KINDS)
        return 0;
    if (k == w->n_kinds) {
        w->kinds[w->n_kinds++].mask = mask;
        for (uint32_t i = 0; i < LANGUAGES; i++)
            w->kinds[k].adds[i] = (mask >> i & 1) * (score + WORDS_HIT);
    }
    return (uint8_t)k;
}

static void add_list(struct words *w, uint32_t masks[SLOTS], words_tokenize tokenize, uint32_t language) {
    uint64_t hash[ROOM];
    tm_token_buffer b = {ROOM, 0, NULL, NULL, NULL, hash};
    const char *words = words_of[language].words;
    tokenize((tm_str){words, strlen(words)}, &b);
    for (uint32_t k = 0; k < b.count && k < ROOM; k++) {
        uint32_t slot = slot_of(w, hash[k]);
        w->hash[slot] = hash[k];
        masks[slot] |= UINT32_C(1) << language;
    }
    const unsigned char *p = (const unsigned char *)words_of[language].letters;
    for (; *p; p += 2) /* two bytes each */
        w->letter_mask[(p[0] & 0x1fu) << 6 | (p[1] & 0x3fu)] |= UINT32_C(1) << language;
}

struct words *words_new(words_tokenize tokenize) {
    uint32_t masks[SLOTS] = {0};
    struct words *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->n_kinds = 1;
    for (uint32_t i = 0; i < LANGUAGES; i++)
        add_list(w, masks, tokenize, i);
    for (uint32_t i = 0; i < SLOTS; i++)
        if (masks[i])
            w->kind[i] = kind_of(w, masks[i]);
    return w;
}

void words_free(struct words *w) {
    free(w);
}

void words_add(const struct words *w, words_tokenize tokenize, tm_str text, struct words_count *count) {
    uint32_t length[ROOM], shape[ROOM];
    uint64_t hash[ROOM];
    tm_token_buffer b = {ROOM, 0, NULL, length, shape, hash};
    tokenize(text, &b);
    uint32_t n = b.count < ROOM ? b.count : ROOM, tally[LANGUAGES] = {0};
    for (uint32_t i = 0; i < n; i++)
        __builtin_prefetch(&w->hash[hash[i] & (SLOTS - 1)]);
    for (uint32_t i = 0; i < n; i++) {
        /* Without a branch: what is a word, and a known one, cannot be foretold. */
        uint32_t is_word = (shape[i] & (TM_SHAPE_WORD | TM_SHAPE_CLITIC)) == TM_SHAPE_WORD;
        const uint32_t *adds = w->kinds[w->kind[slot_of(w, hash[i])] * is_word].adds;
        count->words += is_word;
        count->bytes += length[i] * is_word;
        for (uint32_t k = 0; k < LANGUAGES; k++)
            tally[k] += adds[k];
    }
    for (uint32_t k = 0; k < LANGUAGES; k++)
        count->tally[k] += tally[k];
}

void words_join(struct words_count *count, const struct words_count *other) {
    count->words += other->words;
    count->bytes += other->bytes;
    for (uint32_t i = 0; i < LANGUAGES; i++)
        count->tally[i] += other->tally[i];
}

void words_add_letters(const struct words *w, tm_str text, struct words_count *count) {
    uint32_t counted = 0;
    for (uint64_t i = 0; i + 1 < text.len && counted < LETTERS_COUNTED; i++) {
        unsigned char a = (unsigned char)text.data[i], b = (unsigned char)text.data[i + 1];
        if (a < 0xc2 || a > 0xd3 || (b & 0xc0) != 0x80)
            continue;
        uint32_t mask = w->letter_mask[(a & 0x1fu) << 6 | (b & 0x3fu)];
        if (!mask)
            continue;
        uint32_t score = LETTER_SCORE / (uint32_t)__builtin_popcount(mask);
        for (; mask; mask &= mask - 1)
            count->tally[__builtin_ctz(mask)] += score;
        counted++;
    }
}

uint32_t words_without_capitals(words_tokenize tokenize, tm_str text, char *out, uint32_t room) {
    uint32_t start[ROOM], length[ROOM], shape[ROOM], n = 0;
    tm_token_buffer b = {ROOM, 0, start, length, shape, NULL};
    tokenize(text, &b);
    for (uint32_t i = 0; i < b.count && i < ROOM; i++) {
        if (!(shape[i] & TM_SHAPE_WORD) || shape[i] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_CLITIC) || length[i] >= room - n)
            continue;
        memcpy(out + n, text.data + start[i], length[i]);
        n += length[i];
        out[n++] = ' ';
    }
    return n;
}

static int may_win(const char *code, const tm_str *only, uint64_t n_only) {
    for (uint64_t i = 0; i < n_only; i++)
        if (only[i].len == strlen(code) && memcmp(only[i].data, code, only[i].len) == 0)
            return 1;
    return n_only == 0;
}

int64_t words_score(const struct words_count *count, const char *code) {
    for (uint32_t i = 0; i < LANGUAGES; i++)
        if (strcmp(words_of[i].code, code) == 0)
            return count->tally[i] % WORDS_HIT;
    return -1;
}

struct words_vote words_tell(const struct words_count *count, const tm_str *only, uint64_t n_only) {
    struct words_vote v = {count->words, count->bytes, 0, 0, 0, NULL};
    uint32_t best = 0;
    for (uint32_t i = 0; i < LANGUAGES; i++) {
        uint32_t score = count->tally[i] % WORDS_HIT;
        if (n_only && !may_win(words_of[i].code, only, n_only))
            continue;
        int is_best = score > v.best;
        uint32_t next = is_best ? v.best : score;
        v.second = next > v.second ? next : v.second;
        v.best = is_best ? score : v.best;
        best = is_best ? i : best;
    }
    if (v.best) {
        v.hits = count->tally[best] / WORDS_HIT;
        v.code = words_of[best].code;
    }
    return v;
}
