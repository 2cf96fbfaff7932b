/* gazetteer.c: reads rows of the compiled table as kinds. Leaves phrases to the kit, meaning to score.c. */
#include "gazetteer.h"

#include <stdio.h>
#include <stdlib.h>

/* A row in one word: kind in the lowest 5 bits, form in the next 2, weight above (people by the thousand for a city).
 */
#define FORM_CAPITAL 0u
#define FORM_UPPER 1u
#define ROW_KIND(row) ((row)&31u)
#define ROW_FORM(row) ((row) >> 5 & 3u)
#define ROW_WEIGHT(row) ((row) >> 7)
_Static_assert(KINDS <= 32, "a row has 5 bits for its kind");

int gazetteer_open(struct gazetteer *g, tm_str bytes, uint32_t text_version, char *error, uint64_t room) {
    if (table_open(&g->table, bytes, text_version, "entities.table", error, room) < 0)
        return -1;
    const int32_t *weight = table_ints(&g->table, "weight"), *form = table_ints(&g->table, "form");
    g->kind = table_ints(&g->table, "kind");
    g->canonical = table_texts(&g->table, "canonical");
    if (!g->kind || !weight || !form || !g->canonical) {
        snprintf(error, room, "entities.table: lacks a column; build textmill again to remake it (cmake --build)");
        return -1;
    }
    g->rows = malloc((g->table.n_rows + 1) * sizeof *g->rows);
    if (!g->rows) {
        snprintf(error, room, "entities.table: no memory");
        return -1;
    }
    for (uint32_t i = 0; i < g->table.n_rows; i++) {
        uint32_t w = weight[i] < 0 ? 0 : (uint32_t)weight[i];
        g->rows[i] = (g->kind[i] == CITY ? w / 1000 : w) << 7 | (uint32_t)form[i] << 5 | (uint32_t)g->kind[i];
    }
    return 0;
}

void gazetteer_close(struct gazetteer *g) {
    free(g->rows);
}

struct entry gazetteer_entry(const struct gazetteer *g, const uint32_t *values, int all_upper, int capital) {
    struct entry e = {0, TM_NONE, 0, 0};
    uint32_t best = KINDS;
    for (uint32_t i = 1; i <= values[0]; i++) {
        uint32_t row = g->rows[values[i]], kind = ROW_KIND(row), form = ROW_FORM(row);
        if (form == FORM_UPPER ? !all_upper : form == FORM_CAPITAL && !capital && kind != WORD)
            continue;
        e.kinds |= IS(kind);
        if (kind == CITY && (int32_t)ROW_WEIGHT(row) * 1000 > e.people)
            e.people = (int32_t)ROW_WEIGHT(row) * 1000;
        if (kind == WORD)
            e.level = (uint8_t)ROW_WEIGHT(row);
        if (kind < best && kind <= DEMONYM) {
            best = kind;
            e.row = values[i];
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
