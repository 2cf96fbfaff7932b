/* gazetteer.c: reads rows of the compiled table as kinds. Leaves phrases to the kit, meaning to score.c. */
#include "gazetteer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_CAPITAL 0
#define FORM_UPPER 1
#define MOST_ROWS 0x1fffffu
_Static_assert(KINDS <= 28, "four of 32 kinds are taken by small words, one by HAS_UPPER");

static uint8_t size_of(int32_t people) {
    return people >= 1000000  ? OF_1M
           : people >= 300000 ? OF_300K
           : people >= 200000 ? OF_200K
           : people >= 100000 ? OF_100K
           : people >= 50000  ? OF_50K
                              : FEW;
}

static struct small_word *small_place(struct gazetteer *g, uint64_t key) {
    uint32_t at = (uint32_t)key & g->small_mask;
    while (g->small[at].kinds && g->small[at].tag != SMALL_TAG(key))
        at = (at + 1) & g->small_mask;
    g->small[at].tag = SMALL_TAG(key) & 0x7fffffffu; /* which it is anyway */
    return &g->small[at];
}

static struct entry entry_of_word(const struct gazetteer *g, const struct phrase_step *step, uint32_t shape) {
    if (!step || !step->values)
        return (struct entry){0, TM_NONE, FEW, 0};
    return gazetteer_entry(g, step, (shape & TM_SHAPE_ALL_UPPER) != 0,
                           (shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DIGIT)) != 0);
}

/* The lexicon's single words in a table of their own. Steps of longer phrases come along under keys that no word has.
 * After the entries: what is plain is asked of those. */
static int open_small_words(struct gazetteer *g, const tm_host *host, const struct table *lexicon) {
    static const struct {
        uint32_t kinds;
        const char *words;
    } more[] = {
        {IS_JOINT | IS_THE, "the"},
        {IS_JOINT, "and for on in to"},
        {IS_GOVERNED, "government residents authorities parliament voters villagers mayor governor airport harbour "
                      "townspeople suburb suburbs outskirts streets islanders councillors"},
        {IS_LOCAL, "council police hospital university parliament airport court service department clinic assembly "
                   "cathedral infirmary board station harbour prison library"},
        {IS(ORG_HEAD), "charity firm startup retailer carmaker insurer publisher broadcaster consultancy "
                       "nonprofit brand contractor supplier brewer operator developer chain lender"},
    };
    const int32_t *kind = table_ints(lexicon, "kind");
    const struct phrase_view *p = &lexicon->phrases;
    uint32_t room = 1024;
    while (room < p->n_steps)
        room *= 2;
    g->small_mask = room - 1;
    g->small = calloc(room, sizeof *g->small);
    if (!g->small || !kind)
        return -1;
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const struct phrase_step *step = &p->steps[i];
        uint32_t kinds = 0;
        for (uint32_t k = 1; step->key && step->values && k <= p->values[step->values]; k++)
            kinds |= IS((uint32_t)kind[p->values[step->values + k]]);
        if (!kinds)
            continue;
        struct small_word *word = small_place(g, step->key);
        word->kinds |= kinds | (kinds & IS(PARTICLE) ? IS_JOINT : 0);
        const struct phrase_step *known = phrase_step_of(&g->table.phrases, step->key);
        word->is_plain = gazetteer_is_plain(entry_of_word(g, known, TM_SHAPE_FIRST_UPPER).kinds) & 1u;
    }
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        for (const char *at = more[i].words; *at; at += *at == ' ') {
            tm_str word = {at, strcspn(at, " ")};
            small_place(g, phrase_key(host->hash(word), 0))->kinds |= more[i].kinds;
            at += word.len;
        }
    return 0;
}

static struct packed_entry packed(uint32_t kinds, uint32_t row, uint32_t size, uint32_t level) {
    return (struct packed_entry){kinds, ((row + 1) & MOST_ROWS) | size << 21 | level << 24};
}

/* Most phrases have one row. */
static struct packed_entry pack_one(const struct gazetteer *g, uint32_t row) {
    uint32_t kind = (uint32_t)g->kind[row], weight = (uint32_t)g->weight[row];
    if (g->form[row] == FORM_UPPER)
        return packed(HAS_UPPER, TM_NONE, FEW, 0);
    return packed(IS(kind), kind <= DEMONYM ? row : TM_NONE, kind == CITY ? size_of(g->weight[row]) : FEW,
                  kind == WORD ? weight & 255 : 0);
}

static struct packed_entry pack(const struct gazetteer *g, const struct phrase_step *step) {
    const uint32_t *rows = g->table.phrases.values + step->values;
    if (rows[0] == 1)
        return pack_one(g, rows[1]);
    struct entry e = gazetteer_entry_slow(g, step, 0, 1);
    uint32_t upper = 0;
    for (uint32_t k = 1; k <= rows[0]; k++)
        upper |= g->form[rows[k]] == FORM_UPPER ? HAS_UPPER : 0;
    return packed(e.kinds | upper, e.row, e.size, e.level);
}

int gazetteer_open(struct gazetteer *g, const tm_host *host, tm_str bytes, tm_str lexicon, char *error, uint64_t room) {
    struct table small;
    if (table_open(&g->table, bytes, host->text_version, "entities.table", error, room) < 0 ||
        table_open(&small, lexicon, host->text_version, "lexicon.table", error, room) < 0)
        return -1;
    g->weight = table_ints(&g->table, "weight");
    g->form = table_ints(&g->table, "form");
    g->kind = table_ints(&g->table, "kind");
    g->canonical = table_texts(&g->table, "canonical");
    if (!g->kind || !table_ints(&small, "kind") || !g->weight || !g->form || !g->canonical) {
        snprintf(error, room, "entities.table: lacks a column; build textmill again to remake it (cmake --build)");
        return -1;
    }
    const struct phrase_view *p = &g->table.phrases;
    g->entries = calloc(p->n_steps, sizeof *g->entries);
    for (uint32_t i = 0; g->entries && i < p->n_steps; i++)
        if (p->steps[i].values)
            g->entries[i] = pack(g, &p->steps[i]);
    if (g->table.n_rows >= MOST_ROWS || !g->entries || open_small_words(g, host, &small) < 0) {
        gazetteer_close(g);
        snprintf(error, room, "entities.table: no memory, or too many rows");
        return -1;
    }
    return 0;
}

void gazetteer_close(struct gazetteer *g) {
    free(g->entries);
    free(g->small);
    g->entries = NULL;
    g->small = NULL;
}

struct entry gazetteer_entry_slow(const struct gazetteer *g, const struct phrase_step *step, int all_upper,
                                  int capital) {
    struct entry e = {0, TM_NONE, FEW, 0};
    int32_t best = KINDS;
    const uint32_t *rows = g->table.phrases.values + step->values;
    for (uint32_t i = 1; i <= rows[0]; i++) {
        int32_t kind = g->kind[rows[i]], form = g->form[rows[i]];
        if (form == FORM_UPPER ? !all_upper : form == FORM_CAPITAL && !capital && kind != WORD)
            continue;
        e.kinds |= IS((uint32_t)kind);
        if (kind == CITY && size_of(g->weight[rows[i]]) > e.size)
            e.size = size_of(g->weight[rows[i]]);
        if (kind == WORD)
            e.level = (uint8_t)g->weight[rows[i]];
        if (kind < best && kind <= DEMONYM) {
            best = kind;
            e.row = rows[i];
        }
    }
    return e;
}

struct entry gazetteer_word(const struct gazetteer *g, uint64_t hash, uint32_t shape) {
    const struct phrase_view *set = &g->table.phrases;
    return entry_of_word(g, phrase_may_begin(set, hash) ? phrase_step(set, hash, 0) : NULL, shape);
}
