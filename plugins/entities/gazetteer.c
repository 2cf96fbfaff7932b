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

int gazetteer_open(struct gazetteer *g, tm_str bytes, tm_str lexicon, uint32_t text_version, char *error,
                   uint64_t room) {
    if (table_open(&g->table, bytes, text_version, "entities.table", error, room) < 0 ||
        table_open(&g->lexicon, lexicon, text_version, "lexicon.table", error, room) < 0)
        return -1;
    g->small_kind = table_ints(&g->lexicon, "kind");
    const int32_t *weight = table_ints(&g->table, "weight"), *form = table_ints(&g->table, "form");
    g->kind = table_ints(&g->table, "kind");
    g->canonical = table_texts(&g->table, "canonical");
    if (!g->kind || !g->small_kind || !weight || !form || !g->canonical) {
        snprintf(error, room, "entities.table: lacks a column; build textmill again to remake it (cmake --build)");
        return -1;
    }
    const struct phrase_view *p = &g->table.phrases;
    g->rows = malloc(((size_t)p->n_values + 1) * sizeof *g->rows);
    if (!g->rows) {
        snprintf(error, room, "entities.table: no memory");
        return -1;
    }
    for (uint32_t i = 1; i < p->n_values; i += p->values[i] + 1) {
        g->rows[i] = p->values[i];
        for (uint32_t k = i + 1; k <= i + p->values[i]; k++) {
            uint32_t row = p->values[k], w = weight[row] < 0 ? 0 : (uint32_t)weight[row];
            g->rows[k] = (g->kind[row] == CITY ? w / 1000 : w) << 7 | (uint32_t)form[row] << 5 | (uint32_t)g->kind[row];
        }
    }
    return 0;
}

void gazetteer_close(struct gazetteer *g) {
    free(g->rows);
}

struct entry gazetteer_entry(const struct gazetteer *g, const uint32_t *values, int all_upper, int capital) {
    struct entry e = {0, TM_NONE, 0, 0};
    uint32_t best = KINDS;
    const uint32_t *rows = g->rows + (values - g->table.phrases.values);
    for (uint32_t i = 1; i <= rows[0]; i++) {
        uint32_t row = rows[i], kind = ROW_KIND(row), form = ROW_FORM(row);
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

uint32_t gazetteer_small_word(const struct gazetteer *g, uint64_t hash) {
    const uint32_t *values = phrase_exact(&g->lexicon.phrases, &hash, 1);
    uint32_t kinds = 0;
    for (uint32_t i = 1; values && i <= values[0]; i++)
        kinds |= IS((uint32_t)g->small_kind[values[i]]);
    return kinds;
}
