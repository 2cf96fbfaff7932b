/* gazetteer.c: reads rows of the compiled table as kinds. Leaves phrases to the kit, meaning to score.c. */
#include "gazetteer.h"

#include <stdio.h>

/* form */
#define FORM_CAPITAL 0
#define FORM_UPPER 1

int gazetteer_open(struct gazetteer *g, tm_str bytes, uint32_t text_version, char *error, uint64_t room) {
    if (table_open(&g->table, bytes, text_version, "entities.table", error, room) < 0)
        return -1;
    g->kind = table_ints(&g->table, "kind");
    g->weight = table_ints(&g->table, "weight");
    g->form = table_ints(&g->table, "form");
    g->canonical = table_texts(&g->table, "canonical");
    if (!g->kind || !g->weight || !g->form || !g->canonical) {
        snprintf(error, room, "entities.table: lacks a column; build textmill again to remake it (cmake --build)");
        return -1;
    }
    return 0;
}

struct entry gazetteer_entry(const struct gazetteer *g, const uint32_t *values, int all_upper, int capital) {
    struct entry e = {0, TM_NONE, 0, 0};
    uint32_t best = KINDS;
    for (uint32_t i = 1; i <= values[0]; i++) {
        uint32_t row = values[i], kind = (uint32_t)g->kind[row];
        if (g->form[row] == FORM_UPPER ? !all_upper : g->form[row] == FORM_CAPITAL && !capital && kind != WORD)
            continue;
        e.kinds |= IS(kind);
        if (kind == CITY && g->weight[row] > e.people)
            e.people = g->weight[row];
        if (kind == WORD)
            e.level = (uint8_t)g->weight[row];
        if (kind < best && kind <= DEMONYM) {
            best = kind;
            e.row = row;
        }
    }
    return e;
}

struct entry gazetteer_word(const struct gazetteer *g, uint64_t hash, uint32_t shape) {
    const uint32_t *values = phrase_exact(&g->table.phrases, &hash, 1);
    if (!values)
        return (struct entry){0, TM_NONE, 0, 0};
    return gazetteer_entry(g, values, (shape & TM_SHAPE_ALL_UPPER) != 0,
                           (shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DIGIT)) != 0);
}
