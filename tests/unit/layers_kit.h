/* layers_kit.h: what the tests of layers share: all columns of a text, and what must hold for every text. */
#ifndef TM_TESTS_LAYERS_KIT_H
#define TM_TESTS_LAYERS_KIT_H

#include "check.h"

#include "doc/layers.h"
#include "doc/token.h"

#include <stdlib.h>

struct all {
    struct layers *layers;
    tm_tokens t;
    const uint32_t *token_line;
    tm_sentences s;
    tm_blocks b;
    tm_lines l;
};

static inline const uint32_t *column(struct layers *l, uint32_t id, uint32_t *out_count) {
    return layers_column(l, id, out_count);
}

static inline struct all all_of(struct layers *l) {
    struct all a = {.layers = l};
    a.t.start = column(l, TM_TOKEN_START, &a.t.count);
    a.t.length = column(l, TM_TOKEN_LENGTH, NULL);
    a.t.shape = column(l, TM_TOKEN_SHAPE, NULL);
    a.t.sentence = column(l, TM_TOKEN_SENTENCE, NULL);
    a.token_line = column(l, TM_TOKEN_LINE, NULL);
    a.t.hash = layers_column(l, TM_TOKEN_HASH, NULL);
    a.s.start = column(l, TM_SENTENCE_START, &a.s.count);
    a.s.length = column(l, TM_SENTENCE_LENGTH, NULL);
    a.s.block = column(l, TM_SENTENCE_BLOCK, NULL);
    a.s.token = column(l, TM_SENTENCE_TOKEN, NULL);
    a.b.start = column(l, TM_BLOCK_START, &a.b.count);
    a.b.length = column(l, TM_BLOCK_LENGTH, NULL);
    a.b.flags = column(l, TM_BLOCK_FLAGS, NULL);
    a.b.line = column(l, TM_BLOCK_LINE, NULL);
    a.b.lines = column(l, TM_BLOCK_LINES, NULL);
    a.b.sentence = column(l, TM_BLOCK_SENTENCE, NULL);
    a.b.mark = column(l, TM_BLOCK_MARK, NULL);
    a.l.start = column(l, TM_LINE_START, &a.l.count);
    a.l.length = column(l, TM_LINE_LENGTH, NULL);
    a.l.full = column(l, TM_LINE_FULL, NULL);
    a.l.block = column(l, TM_LINE_BLOCK, NULL);
    return a;
}

static inline char *padded(struct arena *arena, const char *text, size_t len) {
    char *copy = arena_zalloc(arena, len + TM_PAD);
    memcpy(copy, text, len);
    return copy;
}

static inline struct all build(struct arena *arena, const char *text, size_t len) {
    return all_of(layers_new(arena, padded(arena, text, len), (uint32_t)len));
}

static inline uint32_t total(const uint32_t *values, uint32_t n) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

/* What must hold for every text. */
static inline void check_whole(const char *text, uint32_t len, const struct all *a) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < a->l.count; i++) {
        CHECK_INT(a->l.start[i], at);
        CHECK(a->l.full[i] >= a->l.length[i] && a->l.full[i] <= a->l.length[i] + 3 && a->l.full[i] > 0);
        CHECK(a->l.block[i] == TM_NONE || a->l.block[i] < a->b.count);
        at += a->l.full[i];
    }
    CHECK_INT(at, len);
    CHECK_INT(a->s.token[a->s.count], a->t.count);
    CHECK_INT(a->b.sentence[a->b.count], a->s.count);
    uint32_t end = 0;
    for (uint32_t i = 0; i < a->b.count; i++) {
        uint32_t from = a->s.token[a->b.sentence[i]], to = a->s.token[a->b.sentence[i + 1]];
        CHECK(a->b.start[i] >= end && a->b.length[i] > 0);
        end = a->b.start[i] + a->b.length[i];
        CHECK(end <= len && from < to && a->b.sentence[i] < a->b.sentence[i + 1]);
        CHECK(a->b.mark[i] < a->b.length[i] && a->b.lines[i] > 0);
        CHECK_INT(a->t.start[from], a->b.start[i]);
        CHECK(a->t.start[to - 1] + a->t.length[to - 1] <= end);
        CHECK(!(a->b.flags[i] & TM_BLOCK_IS_ITEM) == !a->b.mark[i]);
        /* the tokens of the block's text alone; an exact copy, so that nothing behind it is read */
        uint32_t n = a->b.length[i];
        char *alone = malloc(n);
        memcpy(alone, text + a->b.start[i], n);
        uint32_t *start = malloc((to - from + 1) * sizeof *start), *length = malloc((to - from + 1) * sizeof *start);
        uint64_t *hash = malloc((to - from + 1) * sizeof *hash);
        tm_token_buffer buffer = {to - from, 0, start, length, NULL, hash};
        token_tokenize((tm_str){alone, n}, &buffer);
        int same = buffer.count == to - from;
        for (uint32_t t = 0; same && t < buffer.count; t++)
            same = start[t] + a->b.start[i] == a->t.start[from + t] && length[t] == a->t.length[from + t] &&
                   hash[t] == a->t.hash[from + t];
        if (!same)
            fprintf(stderr, "alone it has other tokens: <%.*s>\n", (int)n, alone);
        free(alone);
        free(start);
        free(length);
        free(hash);
        CHECK(same);
    }
    for (uint32_t i = 0; i < a->s.count; i++) {
        uint32_t from = a->s.token[i], to = a->s.token[i + 1];
        CHECK(from < to && a->s.block[i] < a->b.count);
        CHECK_INT(a->s.start[i], a->t.start[from]);
        CHECK_INT(a->s.start[i] + a->s.length[i], a->t.start[to - 1] + a->t.length[to - 1]);
        CHECK(a->t.shape[from] & TM_SHAPE_SENTENCE);
        for (uint32_t t = from; t < to; t++) {
            uint32_t line = a->token_line[t];
            CHECK_INT(a->t.sentence[t], i);
            CHECK(line < a->l.count && a->t.start[t] >= a->l.start[line]);
            CHECK(a->t.start[t] + a->t.length[t] <= a->l.start[line] + a->l.length[line]);
            CHECK(t == from || !(a->t.shape[t] & TM_SHAPE_SENTENCE));
            CHECK((t == 0 || a->token_line[t - 1] != line) == ((a->t.shape[t] & TM_SHAPE_LINE) != 0));
        }
    }
}

#endif
