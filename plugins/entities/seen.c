/* seen.c: the keys under which runs are remembered. Whatever a rule of score.c, cut.c or readings.h asks of a run
 * stands in both.
 */
#include "seen.h"

#include <string.h>

static uint64_t mix(uint64_t key, uint64_t more) {
    return (key ^ key >> 29 ^ more) * 0x9fb21c651e98df25u;
}

/* What stands beside a run. A new line counts for what may be a dateline only, blanks and the start of a sentence
 * (which is in weaks) never. */
static uint64_t surroundings(const struct beside *b, uint32_t mode, uint32_t count, uint32_t first_shape) {
    uint64_t key = mix(0xff51afd7ed558ccdu, b->before);
    key = mix(key, b->behind ^ (b->behind & BEHIND_DATELINE ? first_shape & TM_SHAPE_LINE : 0));
    return mix(key, (uint64_t)b->lowers << 32 | b->weaks % 2 << 16 | mode << 8 | count);
}

#define SHAPE_BESIDE (TM_SHAPE_SPACE | TM_SHAPE_SENTENCE | TM_SHAPE_LINE)

uint64_t seen_key(const struct work *w, const struct chunk *c, const struct beside *b) {
    const tm_tokens *t = &w->t;
    uint64_t key = surroundings(b, c->mode, c->count, t->shape[c->first]);
    if (w->memory) /* what a document says of its names counts for it alone */
        key ^= w->seen->documents * 0x9e3779b97f4a7c15u;
    for (uint32_t i = c->first; i < c->first + c->count; i++) {
        key = mix(key, t->hash[i]);
        key += (uint64_t)t->length[i] << 32 ^ (t->shape[i] & ~SHAPE_BESIDE);
    }
    key = mix(key, 1);
    return key ? key : 1;
}

/* What rules ask of the bytes of a token: of marks and the smallest words which one (of), of capitals and abbreviations
 * how long they are and whether they are a roman number; of a word how common it is where that counts. */
static uint64_t look_of(const struct run *r, uint32_t i) {
    uint32_t length = r->w->t.length[r->first + i], shape = r->shape[i], level = r->level[i];
    const char *text = r->w->text + r->w->t.start[r->first + i];
    uint64_t look = length == 1;
    if ((shape & (TM_SHAPE_PUNCT | TM_SHAPE_LOWER)) && length < 3)
        look |= (uint64_t)(unsigned char)text[0] << 8;
    if (shape & (TM_SHAPE_ALL_UPPER | TM_SHAPE_POINTS)) {
        look |= (uint64_t)(length < 8 ? length : 8) << 2;
        if (length < 8)
            look |= (uint64_t)(strspn(text, "IVX") >= length) << 1;
    }
    if ((shape & TM_SHAPE_ALL_UPPER) || (r->word[i] & IS(NOT_NAME)))
        look |= (uint64_t)(level == 10 ? 1 : level == 0 ? 0 : level <= 35 ? 2 : 3) << 6;
    return look;
}

uint64_t seen_likeness(const struct run *r) {
    uint64_t key = surroundings(&r->beside, r->mode, r->count, r->shape[0]) + 1;
    for (uint32_t i = 0; i < r->count; i++) {
        uint64_t shape = r->shape[i] & ~(SHAPE_BESIDE | TM_SHAPE_NON_ASCII);
        key = mix(key, (look_of(r, i) << 48 ^ shape << 22) + r->word[i]);
        for (uint32_t n = 0; n < r->longest[i]; n++)
            if (r->kinds[i][n])
                key = mix(key, (uint64_t)r->entry[i][n].size << 40 | (uint64_t)n << 32 | r->kinds[i][n]);
    }
    key = mix(key, 2);
    return key ? key : 1;
}

void seen_put(struct seen_run *place, uint64_t key, const struct piece *pieces, uint32_t n) {
    if (n > SEEN_PIECES)
        return;
    place->key = key;
    place->n_pieces = n;
    memcpy(place->pieces, pieces, n * sizeof *pieces);
}

uint32_t seen_get(const struct seen_run *like, const struct run *r, struct piece *out) {
    for (uint32_t i = 0; i < like->n_pieces; i++) {
        out[i] = like->pieces[i];
        uint32_t at = out[i].at, n = out[i].count;
        out[i].verdict.row = r->kinds[at][n - 1] ? r->entry[at][n - 1].row : TM_NONE;
    }
    return like->n_pieces;
}
