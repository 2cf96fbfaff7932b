/* why.c: see why.h. The first of the grounds that held is told, in the order in which items.c asks for them. */
#include "why.h"

#include <stdio.h>

#define QUOTE_MOST 60u

static uint32_t written(int n) {
    return n < 0 ? 0 : (uint32_t)n < WHY_MOST ? (uint32_t)n : WHY_MOST - 1;
}

/* The first word of a kind that the evidence lacks; no more bytes than are told, and no part of a character. */
static tm_str quoted(const struct plan *p, uint32_t word) {
    const tm_tokens *t = &p->layout->tokens;
    uint32_t token = p->layout->word_token[word - 1], n = t->length[token];
    const char *s = p->layout->text.data + t->start[token];
    if (n > QUOTE_MOST)
        for (n = QUOTE_MOST; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
            continue;
    return (tm_str){s, n};
}

static uint32_t brings(const struct plan *p, const char *what, uint32_t word, char *out) {
    if (word == 0)
        return written(snprintf(out, WHY_MOST, "stays: drops a %s", what));
    tm_str said = quoted(p, word);
    return written(snprintf(out, WHY_MOST, "stays: brings a %s: %.*s", what, (int)said.len, said.data));
}

uint32_t why_item(const struct plan *p, const struct item *item, const struct rules *rules, char *out) {
    const struct judgement *g = &item->judgement;
    uint32_t vetoes = g->vetoes & rules->vetoes;
    if (item->equal.end)
        return written(snprintf(out, WHY_MOST, "%s: the same words stand elsewhere", item->gone ? "goes" : "stays"));
    if (item->gone)
        return written(snprintf(out, WHY_MOST, "goes: %.2f of it stands elsewhere, %.2f of it in this order; %s",
                                g->coverage, g->order, item->place));
    if (!(rules->kinds >> item->kind & 1))
        return written(snprintf(out, WHY_MOST, "stays: its kind is not asked for"));
    if (!item->has_judgement)
        return written(snprintf(out, WHY_MOST, "stays: too short or too long to judge"));
    if (vetoes & NEW_NUMBER)
        return brings(p, "number", g->number_word, out);
    if (vetoes & NEW_NAME)
        return brings(p, "name", g->name_word, out);
    if (vetoes & NEW_NEGATION)
        return brings(p, "negation", g->negation_word, out);
    if (vetoes & NEW_PLACE)
        return brings(p, "name or number where the text has another", g->swap_word, out);
    if (vetoes & NEW_WORDS)
        return written(snprintf(out, WHY_MOST, "stays: half of what it says is new"));
    if (vetoes & NEW_ORDER)
        return written(snprintf(out, WHY_MOST, "stays: its words stand elsewhere in no order"));
    if (g->score < rules->threshold)
        return written(snprintf(out, WHY_MOST,
                                "stays: score %.2f below %.2f; %.2f of it stands elsewhere, %.2f of it in this order; "
                                "%s",
                                g->score, rules->threshold, g->coverage, g->order, item->place));
    return written(snprintf(out, WHY_MOST, "stays: says too little, or part of what stays"));
}
