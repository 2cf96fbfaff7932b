/* layers_splice.c: layers of an edited text out of the old ones. Lines and blocks are found anew, for they cost little
 * and wrapping is a matter of the whole text; then each block whose text stood as a block before keeps its tokens and
 * sentences, moved, and only the others are read again. So the result is that of building from nothing, whatever the
 * edits.
 */
#include "columns.h"
#include "layers_parts.h"

#include <string.h>

/* Walks along the changes with the blocks of the new text. */
struct walk {
    const struct layer_change *changes;
    size_t n, at;
    uint32_t shift;     /* added to an offset behind the changes passed, modulo 2^32 */
    uint32_t old_block; /* the first old block not passed */
};

/* The old block that is the new block `block`, word for word; TM_NONE where there is none. */
static uint32_t same_block(struct walk *w, const struct layers *old, const struct layers *now, uint32_t block) {
    uint32_t start = now->block_start[block], end = start + now->block_length[block];
    while (w->at < w->n) {
        const struct layer_change *c = &w->changes[w->at];
        if (c->start + w->shift + c->text_len > start)
            break;
        w->shift += c->text_len - (c->end - c->start);
        w->at++;
    }
    if (w->at < w->n && w->changes[w->at].start + w->shift < end)
        return TM_NONE;
    uint32_t before = start - w->shift;
    while (w->old_block < old->n_blocks && old->block_start[w->old_block] < before)
        w->old_block++;
    uint32_t b = w->old_block;
    if (b >= old->n_blocks || old->block_start[b] != before || old->block_length[b] != end - start ||
        old->block_mark[b] != now->block_mark[block])
        return TM_NONE;
    return b;
}

/* Blocks [from, to) of the old layers become the next ones of the new layers, from `block` on. */
static void move_blocks(const struct layers *old, uint32_t from, uint32_t to, struct layers *now, uint32_t block,
                        uint32_t shift) {
    const struct token_sink *k = &old->tokens;
    struct token_sink *out = &now->tokens;
    uint32_t first_sentence = old->block_sentence[from], end_sentence = old->block_sentence[to];
    uint32_t first = old->sentence_token[first_sentence], n = old->sentence_token[end_sentence] - first;
    while (out->room - out->n < n)
        out->grow(out);
    column_add(out->start + out->n, k->start + first, n, shift);
    memcpy(out->length + out->n, k->length + first, n * sizeof *k->length);
    memcpy(out->shape + out->n, k->shape + first, n * sizeof *k->shape);
    memcpy(out->hash + out->n, k->hash + first, n * sizeof *k->hash);
    for (uint32_t i = first_sentence; i < end_sentence; i++)
        layers_add_sentence(now, old->sentence_block[i] - from + block, old->sentence_token[i] - first + out->n);
    out->n += n;
}

struct layers *layers_splice(struct layers *old, struct arena *arena, const char *text, uint32_t len,
                             const struct layer_change *changes, size_t n_changes) {
    struct layers *now = layers_new(arena, text, len);
    if (!old->has_tokens || old->by_sentence)
        return now;
    layers_splice_lines(now, old, changes, n_changes);
    layers_build_blocks(now);
    if (now->by_sentence)
        return now;
    struct walk w = {changes, n_changes, 0, 0, 0};
    uint32_t run_from = 0, run_to = 0, run_block = 0, run_shift = 0; /* old blocks to move in one go */
    layers_open_tokens(now, len);
    for (uint32_t i = 0; i < now->n_blocks; i++) {
        uint32_t b = same_block(&w, old, now, i);
        if (b != TM_NONE && run_from < run_to && b == run_to && w.shift == run_shift) {
            run_to++;
            continue;
        }
        if (run_from < run_to)
            move_blocks(old, run_from, run_to, now, run_block, run_shift);
        run_from = run_to = 0;
        if (b == TM_NONE) {
            layers_read_block(now, i);
        } else {
            run_from = b;
            run_to = b + 1;
            run_block = i;
            run_shift = w.shift;
        }
    }
    if (run_from < run_to)
        move_blocks(old, run_from, run_to, now, run_block, run_shift);
    layers_finish_tokens(now);
    now->has_tokens = 1;
    return now;
}
