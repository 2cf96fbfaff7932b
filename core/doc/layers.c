/* layers.c: builds layers when a column is first asked for, and hands columns out by number. Lines and blocks come
 * first; tokens and sentences only when one of their columns, or what counts them, is asked for.
 */
#include "layers_parts.h"

#include <string.h>

struct layers *layers_new(struct arena *arena, const char *text, uint32_t len) {
    struct layers *l = arena_zalloc(arena, sizeof *l);
    l->arena = arena;
    l->text = text;
    l->len = len;
    return l;
}

void layers_build_blocks(struct layers *l) {
    if (l->has_blocks)
        return;
    l->has_blocks = 1;
    if (!l->lines_room)
        layers_find_lines(l);
    layers_find_marks(l);
    l->by_sentence = l->n_filled == 1;
    if (!l->by_sentence)
        layers_find_blocks(l);
}

void layers_build_tokens(struct layers *l) {
    layers_build_blocks(l);
    if (l->has_tokens)
        return;
    l->has_tokens = 1;
    layers_find_tokens(l);
}

int layers_are_built(const struct layers *l) {
    return l->has_tokens;
}

/* Where a column's cells and their number stand in a struct layers; of what is no column, nowhere. */
static const struct {
    uint16_t cells, count;
} places[] = {
#define PLACE(member, number)                                                                                          \
    { offsetof(struct layers, member), offsetof(struct layers, number) }
    [TM_TOKEN_START] = PLACE(tokens.start, tokens.n),
    [TM_TOKEN_LENGTH] = PLACE(tokens.length, tokens.n),
    [TM_TOKEN_HASH] = PLACE(tokens.hash, tokens.n),
    [TM_TOKEN_SHAPE] = PLACE(tokens.shape, tokens.n),
    [TM_TOKEN_SENTENCE] = PLACE(token_sentence, tokens.n),
    [TM_TOKEN_LINE] = PLACE(token_line, tokens.n),
    [TM_SENTENCE_START] = PLACE(sentence_start, n_sentences),
    [TM_SENTENCE_LENGTH] = PLACE(sentence_length, n_sentences),
    [TM_SENTENCE_BLOCK] = PLACE(sentence_block, n_sentences),
    [TM_SENTENCE_TOKEN] = PLACE(sentence_token, n_sentences),
    [TM_BLOCK_START] = PLACE(block_start, n_blocks),
    [TM_BLOCK_LENGTH] = PLACE(block_length, n_blocks),
    [TM_BLOCK_FLAGS] = PLACE(block_flags, n_blocks),
    [TM_BLOCK_LINE] = PLACE(block_line, n_blocks),
    [TM_BLOCK_LINES] = PLACE(block_lines, n_blocks),
    [TM_BLOCK_SENTENCE] = PLACE(block_sentence, n_blocks),
    [TM_BLOCK_MARK] = PLACE(block_mark, n_blocks),
    [TM_LINE_START] = PLACE(line_start, n_lines),
    [TM_LINE_LENGTH] = PLACE(line_length, n_lines),
    [TM_LINE_FULL] = PLACE(line_full, n_lines),
    [TM_LINE_BLOCK] = PLACE(line_block, n_lines),
#undef PLACE
};

static void build_for(struct layers *l, uint32_t column) {
    layers_build_blocks(l);
    int is_of_blocks = (column >= TM_BLOCK_START && column <= TM_BLOCK_MARK) || column == TM_LINE_BLOCK;
    if (column < TM_BLOCK_START || column == TM_BLOCK_SENTENCE || (is_of_blocks && l->by_sentence))
        layers_build_tokens(l);
    if (column == TM_TOKEN_LINE && !l->token_line)
        layers_find_token_lines(l);
}

const void *layers_column(struct layers *l, uint32_t column, uint32_t *out_count) {
    static const uint64_t none[2]; /* a column of an empty layer is empty, not unknown */
    const void *cells;
    if (column >= sizeof places / sizeof *places || !places[column].cells)
        return NULL;
    if (!l->has_tokens || column == TM_TOKEN_LINE)
        build_for(l, column);
    if (out_count)
        memcpy(out_count, (const char *)l + places[column].count, sizeof *out_count);
    memcpy(&cells, (const char *)l + places[column].cells, sizeof cells);
    return cells ? cells : none;
}
