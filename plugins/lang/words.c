/* words.c: counts the little words of a text by language. The lists of lists.h are tokenized and hashed like any text,
 * so that a look-up is one comparison of hashes; scores weigh a word the less the more languages have it.
 */
#include "words.h"
#include "lists.h"

#include <stdlib.h>
#include <string.h>

#define LANGUAGES (sizeof words_of / sizeof *words_of)
#define SLOTS 4096u /* more than twice the words of all lists */
#define ROOM 512u
#define LETTERS 0x500u     /* Latin and Cyrillic end before */
#define LETTERS_COUNTED 3u /* of one text */
#define LETTER_SCORE 9u

_Static_assert(LANGUAGES <= WORDS_LANGUAGES, "a mask has a bit for each language");

struct words {
    uint64_t hash[SLOTS]; /* 0: free */
    uint32_t mask[SLOTS];
    uint8_t score[SLOTS];
    uint32_t letter_mask[LETTERS]; /* of characters below LETTERS */
};

static uint32_t slot_of(const struct words *w, uint64_t hash) {
    uint32_t i = (uint32_t)hash & (SLOTS - 1);
    while (w->hash[i] && w->hash[i] != hash)
        i = (i + 1) & (SLOTS - 1);
    return i;
}

struct words *words_new(words_tokenize tokenize) {
    uint64_t hash[ROOM];
    struct words *w = calloc(1, sizeof *w);
    for (uint32_t i = 0; w && i < LANGUAGES; i++) {
        tm_token_buffer b = {ROOM, 0, NULL, NULL, NULL, hash};
        tokenize((tm_str){words_of[i].words, strlen(words_of[i].words)}, &b);
        for (uint32_t k = 0; k < b.count && k < ROOM; k++) {
            uint32_t slot = slot_of(w, hash[k]);
            w->hash[slot] = hash[k];
            w->mask[slot] |= UINT32_C(1) << i;
        }
        const unsigned char *p = (const unsigned char *)words_of[i].letters;
        for (; *p; p += 2) /* two bytes each */
            w->letter_mask[(p[0] & 0x1fu) << 6 | (p[1] & 0x3fu)] |= UINT32_C(1) << i;
    }
    for (uint32_t i = 0; w && i < SLOTS; i++) {
        uint32_t sharing = (uint32_t)__builtin_popcount(w->mask[i]), score = sharing ? 12 / sharing : 0;
        w->score[i] = (uint8_t)score;
    }
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
    for (uint32_t i = 0; i < b.count && i < ROOM; i++) {
        if (!(shape[i] & TM_SHAPE_WORD) || shape[i] & TM_SHAPE_CLITIC)
            continue;
        count->words++;
        count->bytes += length[i];
        uint32_t slot = slot_of(w, hash[i]), mask = w->mask[slot], score = w->score[slot];
        for (; mask; mask &= mask - 1) {
            uint32_t language = (uint32_t)__builtin_ctz(mask);
            count->score[language] += score;
            count->hits[language]++;
        }
    }
}

void words_join(struct words_count *count, const struct words_count *other) {
    count->words += other->words;
    count->bytes += other->bytes;
    for (uint32_t i = 0; i < WORDS_LANGUAGES; i++) {
        count->score[i] += other->score[i];
        count->hits[i] += other->hits[i];
    }
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
            count->score[__builtin_ctz(mask)] += score;
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
            return count->score[i];
    return -1;
}

struct words_vote words_tell(const struct words_count *count, const tm_str *only, uint64_t n_only) {
    struct words_vote v = {count->words, count->bytes, 0, 0, 0, NULL};
    for (uint32_t i = 0; i < LANGUAGES; i++) {
        if (!count->score[i] || !may_win(words_of[i].code, only, n_only))
            continue;
        if (count->score[i] > v.best) {
            v.second = v.best;
            v.best = count->score[i];
            v.hits = count->hits[i];
            v.code = words_of[i].code;
        } else if (count->score[i] > v.second) {
            v.second = count->score[i];
        }
    }
    return v;
}
