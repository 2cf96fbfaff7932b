/* test_layers_any.c: what holds for the layers of any text: columns agree with each other, a block's tokens are those
 * of its text alone, splicing equals building anew.
 */
#include "layers_kit.h"

static int same_columns(const struct all *x, const struct all *y) {
#define SAME(layer, member, extra)                                                                                     \
    (memcmp(x->layer.member, y->layer.member, (x->layer.count + extra) * sizeof *x->layer.member) == 0)
    return x->t.count == y->t.count && x->s.count == y->s.count && x->b.count == y->b.count &&
           x->l.count == y->l.count && SAME(t, start, 0) && SAME(t, length, 0) && SAME(t, hash, 0) &&
           SAME(t, shape, 0) && SAME(t, sentence, 0) &&
           memcmp(x->token_line, y->token_line, x->t.count * sizeof *x->token_line) == 0 && SAME(s, start, 0) &&
           SAME(s, length, 0) && SAME(s, block, 0) && SAME(s, token, 1) && SAME(b, start, 0) && SAME(b, length, 0) &&
           SAME(b, flags, 0) && SAME(b, line, 0) && SAME(b, lines, 0) && SAME(b, sentence, 1) && SAME(b, mark, 0) &&
           SAME(l, start, 0) && SAME(l, length, 0) && SAME(l, full, 0) && SAME(l, block, 0);
#undef SAME
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* A text of pieces: prose wrapped or not, items, CJK, junk bytes. */
static size_t random_text(uint64_t *state, char *out, size_t room) {
    static const char *const words[] = {"the",
                                        "river",
                                        "rose",
                                        "again",
                                        "Mayor",
                                        "Green",
                                        "said",
                                        "U.S.",
                                        "Mr.",
                                        "a",
                                        "of",
                                        "water",
                                        "2,000",
                                        "people",
                                        "don't",
                                        "Russia's",
                                        "\xe2\x80\x9cwell\xe2\x80\x9d",
                                        "J.",
                                        "caf\xc3\xa9",
                                        "end.",
                                        "why?",
                                        "I.",
                                        "No!",
                                        "a.m.",
                                        "etc.",
                                        "Nov.",
                                        "9",
                                        "(see",
                                        "below)",
                                        "x@y.org"};
    static const char *const odd[] = {"\n\n",
                                      "- ",
                                      "* ",
                                      "1. ",
                                      "2. ",
                                      "(a) ",
                                      "b) ",
                                      "\xe2\x80\xa2 ",
                                      "\xe2\x80\x94",
                                      "\r\n",
                                      "\r",
                                      "\xe2\x80\xa8",
                                      "\xc2\x85",
                                      "\xc3",
                                      "\xff",
                                      "\xe4\xb8\xad\xe6\x96\x87\xe3\x80\x82",
                                      "\xf0\x9f\x98\x80 ",
                                      "   ",
                                      "\t",
                                      "\xc2\xa0",
                                      "\xe2\x80\x8b",
                                      "\xef\xbb\xbf",
                                      "said.He ",
                                      "http://a.b/c. ",
                                      "\xe3\x80\x80",
                                      "2024. ",
                                      "\xcc\x81",
                                      "'s",
                                      "...",
                                      "i. ",
                                      "ii. ",
                                      "\xe2\x80\x8d",
                                      ")",
                                      "\""};
    size_t n = 0, limit = 20 + next_random(state) % (room - 120), column = 0;
    uint32_t width = next_random(state) % 3 ? 40 + next_random(state) % 40 : 100000,
             oddness = 3 + next_random(state) % 60;
    while (n < limit) {
        const char *piece = words[next_random(state) % (sizeof words / sizeof *words)];
        int is_odd = next_random(state) % oddness == 0;
        if (is_odd)
            piece = odd[next_random(state) % (sizeof odd / sizeof *odd)];
        size_t m = strlen(piece);
        if (!is_odd && column + m > width) {
            out[n++] = '\n';
            column = 0;
        } else if (!is_odd && n) {
            out[n++] = ' ';
            column++;
        }
        memcpy(out + n, piece, m);
        n += m;
        column += m;
        if (is_odd && (piece[0] == '\n' || piece[0] == '\r'))
            column = 0;
    }
    return n;
}

static void any_text(void) {
    struct arena *arena = arena_new(1 << 16);
    uint64_t state = 1;
    char text[2400];
    for (int round = 0; round < 3000; round++) {
        size_t n = random_text(&state, text, sizeof text);
        struct all a = build(arena, text, n);
        check_whole(text, (uint32_t)n, &a);
        arena_reset(arena, 1 << 20);
    }
    arena_free(arena);
}

/* Applies changes to a text; the new bytes of change i come from `fill`. */
static size_t apply(const char *text, size_t len, const struct layer_change *c, size_t n, const char *fill, char *out) {
    size_t at = 0, to = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(out + to, text + at, c[i].start - at);
        to += c[i].start - at;
        memcpy(out + to, fill, c[i].text_len);
        to += c[i].text_len;
        at = c[i].end;
    }
    memcpy(out + to, text + at, len - at);
    return to + len - at;
}

/* Up to 8 changes; cuts of whole lines in one case of three. */
static size_t some_changes(uint64_t *state, const struct all *old, size_t n, size_t fill,
                           struct layer_change *changes) {
    size_t n_changes = 0;
    uint32_t whole = next_random(state) % 3, at = 0;
    while (n_changes < 8) {
        struct layer_change c = {at + next_random(state) % 300, 0, 0};
        if (c.start >= n)
            break;
        c.end = c.start + next_random(state) % 120;
        c.end = c.end > n ? (uint32_t)n : c.end;
        if (whole) { /* whole lines */
            uint32_t line = 0;
            while (line + 1 < old->l.count && old->l.start[line + 1] <= c.start)
                line++;
            c.start = old->l.start[line];
            c.end = c.start + old->l.full[line];
            if (c.start < at)
                break;
        } else if (next_random(state) % 3 == 0) {
            c.text_len = next_random(state) % (uint32_t)fill;
        }
        changes[n_changes++] = c;
        at = c.end;
    }
    return n_changes;
}

static void splices(void) {
    static const char fill[] = "New words. Then a line\nand more of it here.\n\nLast one";
    struct arena *arena = arena_new(1 << 16);
    uint64_t state = 99;
    char text[4800], edited[4800];
    for (int round = 0; round < 3000; round++) {
        size_t n = random_text(&state, text, 2400);
        struct all old = build(arena, text, n);
        for (int turn = 0; turn < 3; turn++) {
            struct layer_change changes[8];
            size_t n_changes = some_changes(&state, &old, n, sizeof fill - 1, changes);
            size_t m = apply(text, n, changes, n_changes, fill, edited);
            char *now = padded(arena, edited, m);
            if (next_random(&state) % 5 == 0) /* nothing was asked for before */
                old.layers = layers_new(arena, padded(arena, text, n), (uint32_t)n);
            struct all spliced = all_of(layers_splice(old.layers, arena, now, (uint32_t)m, changes, n_changes));
            struct all rebuilt = build(arena, edited, m);
            int same = same_columns(&spliced, &rebuilt);
            if (!same)
                fprintf(stderr, "round %d.%d: <%.*s>\nbecame <%.*s>\n", round, turn, (int)n, text, (int)m, edited);
            CHECK(same);
            memcpy(text, edited, n = m);
            old = spliced;
        }
        arena_reset(arena, 1 << 20);
    }
    arena_free(arena);
}

int main(void) {
    RUN(any_text);
    RUN(splices);
    return check_end();
}
