/* test_phrases.c: what a set of phrases finds, and what it does not. */
#include "check.h"
#include "phrases.h"
#include "small_host.h"

#include <stdlib.h>

static uint32_t tokens(const char *text, uint64_t *hash, uint32_t room) {
    tm_token_buffer b = {.room = room, .hash = hash};
    small_tokenize((tm_str){text, strlen(text)}, &b);
    return b.count;
}

static void add(struct phrase_builder *b, const char *text, uint32_t value) {
    uint64_t hash[16];
    CHECK_INT(phrase_builder_add(b, hash, tokens(text, hash, 16), value), 0);
}

static uint32_t longest(const struct phrase_view *v, const char *text, uint32_t from, const uint32_t **values) {
    uint64_t hash[16];
    uint32_t n = tokens(text, hash, 16);
    return phrase_longest(v, hash, from, n, values);
}

static void the_longest_wins(void) {
    struct phrase_builder *b = phrase_builder_new();
    struct phrase_view v;
    const uint32_t *values = NULL;
    add(b, "new york", 1);
    add(b, "new york times", 2);
    add(b, "york", 3);
    add(b, "new york stock exchange", 4);
    CHECK_INT(phrase_builder_finish(b, &v), 0);
    CHECK_INT(longest(&v, "the new york times said", 1, &values), 3);
    CHECK_INT(values[0], 1);
    CHECK_INT(values[1], 2);
    CHECK_INT(longest(&v, "new york stock prices", 0, &values), 2);
    CHECK_INT(values[1], 1);
    CHECK_INT(longest(&v, "old york", 1, &values), 1);
    CHECK_INT(longest(&v, "new jersey", 0, &values), 0);
    CHECK_INT(longest(&v, "new", 0, &values), 0);
    CHECK_INT(longest(&v, "york", 1, &values), 0);
    phrase_builder_free(b);
}

static void one_phrase_has_many_values(void) {
    struct phrase_builder *b = phrase_builder_new();
    struct phrase_view v;
    uint64_t hash[4];
    add(b, "jordan", 7);
    add(b, "jordan", 9);
    add(b, "jordan river", 8);
    add(b, "jordan", 7);
    CHECK_INT(phrase_builder_finish(b, &v), 0);
    const uint32_t *values = phrase_exact(&v, hash, tokens("jordan", hash, 4));
    CHECK(values != NULL);
    CHECK_INT(values[0], 3);
    CHECK_INT(values[1], 7);
    CHECK_INT(values[2], 9);
    CHECK_INT(values[3], 7);
    CHECK(phrase_exact(&v, hash, tokens("jordan rivers", hash, 4)) == NULL);
    CHECK(phrase_exact(&v, hash, tokens("river", hash, 4)) == NULL);
    CHECK(phrase_exact(&v, hash, 0) == NULL);
    phrase_builder_free(b);
}

static void an_empty_set_finds_nothing(void) {
    struct phrase_builder *b = phrase_builder_new();
    struct phrase_view v;
    const uint32_t *values;
    CHECK_INT(phrase_builder_add(b, NULL, 0, 1), -1);
    CHECK_INT(phrase_builder_finish(b, &v), 0);
    CHECK_INT(longest(&v, "anything at all", 0, &values), 0);
    phrase_builder_free(b);
}

static void a_hundred_thousand_are_told_apart(void) {
    struct phrase_builder *b = phrase_builder_new();
    struct phrase_view v;
    uint64_t hash[3];
    const uint32_t *values;
    for (uint32_t i = 0; i < 100000; i++) {
        hash[0] = small_hash((tm_str){(const char *)&i, 2});
        hash[1] = i;
        hash[2] = i * 7u;
        CHECK_INT(phrase_builder_add(b, hash, 1 + i % 3, i), 0);
    }
    CHECK_INT(phrase_builder_finish(b, &v), 0);
    for (uint32_t i = 0; i < 100000; i++) {
        hash[0] = small_hash((tm_str){(const char *)&i, 2});
        hash[1] = i;
        hash[2] = i * 7u;
        values = phrase_exact(&v, hash, 1 + i % 3);
        CHECK(values != NULL);
        uint32_t found = 0;
        for (uint32_t k = 0; k < values[0]; k++)
            found += values[1 + k] == i;
        CHECK_INT(found, 1);
    }
    hash[0] = 0x1234;
    CHECK(phrase_exact(&v, hash, 1) == NULL);
    phrase_builder_free(b);
}

/* Candidates leave out no token at which a phrase stands, and hardly keep another. */
static void candidates_are_where_phrases_stand(void) {
    enum { WORDS = 400, PHRASES = 300, TOKENS = 20000 };
    static uint64_t word[WORDS], text[TOKENS];
    static uint32_t candidates[TOKENS];
    struct phrase_builder *b = phrase_builder_new();
    struct phrase_view v;
    uint32_t seed = 7, phrases = 0, vain = 0, k = 0;
    for (uint32_t i = 0; i < WORDS; i++)
        word[i] = small_hash((tm_str){(const char *)&i, 4});
    for (uint32_t i = 0; i < PHRASES; i++) {
        uint64_t hash[4];
        for (uint32_t n = 0; n < 4; n++)
            hash[n] = word[(seed = seed * 1103515245u + 12345u) >> 16 & 127];
        CHECK_INT(phrase_builder_add(b, hash, 1 + i % 4, i), 0);
    }
    CHECK_INT(phrase_builder_finish(b, &v), 0);
    for (uint32_t i = 0; i < TOKENS; i++)
        text[i] = word[((seed = seed * 1103515245u + 12345u) >> 16) % WORDS];
    uint32_t n = phrase_candidates(&v, text, TOKENS, candidates);
    for (uint32_t i = 0; i < TOKENS; i++) {
        const uint32_t *values = NULL;
        const struct phrase_step *step = NULL;
        uint32_t length = phrase_longest(&v, text, i, TOKENS, &values);
        int is_candidate = k < n && phrase_token(candidates[k]) == i;
        k += (uint32_t)is_candidate;
        CHECK(is_candidate || length == 0);
        phrases += length > 0;
        if (!is_candidate)
            continue;
        vain += length == 0;
        CHECK_INT(phrase_longest_at(&v, text, candidates[k - 1], TOKENS, &step), length);
        CHECK(!length || v.values + step->values == values);
    }
    CHECK_INT(k, n);
    CHECK(phrases > 1000);
    CHECK(vain < TOKENS / 8);
    CHECK_INT(phrase_candidates(&v, text, 0, candidates), 0);
    phrase_builder_free(b);
}

int main(void) {
    RUN(candidates_are_where_phrases_stand);
    RUN(the_longest_wins);
    RUN(one_phrase_has_many_values);
    RUN(an_empty_set_finds_nothing);
    RUN(a_hundred_thousand_are_told_apart);
    return check_end();
}
