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

static const void *give(const void *column, uint32_t count, uint32_t *out_count) {
    static const uint64_t none[2]; /* a column of an empty layer is empty, not unknown */
    if (out_count)
        *out_count = count;
    return column ? column : none;
}

static const void *token_column(struct layers *l, uint32_t column, uint32_t *out_count) {
    const uint32_t n = l->tokens.n;
    switch (column) {
    case TM_TOKEN_START:
        return give(l->tokens.start, n, out_count);
    case TM_TOKEN_LENGTH:
        return give(l->tokens.length, n, out_count);
    case TM_TOKEN_HASH:
        return give(l->tokens.hash, n, out_count);
    case TM_TOKEN_SHAPE:
        return give(l->tokens.shape, n, out_count);
    case TM_TOKEN_SENTENCE:
        return give(l->token_sentence, n, out_count);
    case TM_TOKEN_LINE:
        if (!l->token_line)
            layers_find_token_lines(l);
        return give(l->token_line, n, out_count);
    case TM_SENTENCE_START:
        return give(l->sentence_start, l->n_sentences, out_count);
    case TM_SENTENCE_LENGTH:
        return give(l->sentence_length, l->n_sentences, out_count);
    case TM_SENTENCE_BLOCK:
        return give(l->sentence_block, l->n_sentences, out_count);
    case TM_SENTENCE_TOKEN:
        return give(l->sentence_token, l->n_sentences, out_count);
    default:
        return give(l->block_sentence, l->n_blocks, out_count);
    }
}

static const void *block_column(struct layers *l, uint32_t column, uint32_t *out_count) {
    if (l->by_sentence)
        layers_build_tokens(l);
    const uint32_t *const columns[] = {l->block_start, l->block_length, l->block_flags, l->block_line, l->block_lines,
                                       NULL,           l->block_mark};
    return give(columns[column - TM_BLOCK_START], l->n_blocks, out_count);
}

const void *layers_column(struct layers *l, uint32_t column, uint32_t *out_count) {
    if ((column >= TM_TOKEN_START && column <= TM_TOKEN_LINE) ||
        (column >= TM_SENTENCE_START && column <= TM_SENTENCE_TOKEN) || column == TM_BLOCK_SENTENCE) {
        layers_build_tokens(l);
        return token_column(l, column, out_count);
    }
    layers_build_blocks(l);
    if (column >= TM_BLOCK_START && column <= TM_BLOCK_MARK)
        return block_column(l, column, out_count);
    switch (column) {
    case TM_LINE_START:
        return give(l->line_start, l->n_lines, out_count);
    case TM_LINE_LENGTH:
        return give(l->line_length, l->n_lines, out_count);
    case TM_LINE_FULL:
        return give(l->line_full, l->n_lines, out_count);
    case TM_LINE_BLOCK:
        return give(l->line_block, l->n_lines, out_count);
    default:
        return NULL;
    }
}
