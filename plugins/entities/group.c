/* group.c: gives every name its canonical form, and puts names of one type and one canonical form together: a surname
 * with the full name that stood before it, an acronym with the name that it was put in brackets behind, an alias with
 * the gazetteer's own form.
 */
#include "group.h"

#include <growing.h>

#include <string.h>

/* Open addressing, grown as it fills; a place holds an index + 1. */
struct index {
    uint64_t *key;
    uint32_t *value;
    uint64_t mask, count;
};

static struct index index_new(const struct work *w, uint64_t room) {
    struct index x = {w->alloc(w->arena, room * sizeof *x.key), w->alloc(w->arena, room * sizeof *x.value), room - 1,
                      0};
    memset(x.value, 0, room * sizeof *x.value);
    return x;
}

static void index_give_up(const struct work *w, struct index *x) {
    uint64_t room = x->mask + 1;
    kit_resize(w->host, w->doc, x->key, room * sizeof *x->key, 0);
    kit_resize(w->host, w->doc, x->value, room * sizeof *x->value, 0);
}

static uint64_t index_find(const struct index *x, uint64_t key) {
    uint64_t at = (key ^ key >> 32) & x->mask;
    while (x->value[at] && x->key[at] != key)
        at = (at + 1) & x->mask;
    return at;
}

static uint32_t index_get(const struct index *x, uint64_t key) {
    return x->value[index_find(x, key)];
}

/* The place of a key; its value is to be set, and not to 0. */
static uint32_t *index_put(const struct work *w, struct index *x, uint64_t key) {
    uint64_t at = index_find(x, key);
    if (!x->value[at] && ++x->count * 3 > x->mask * 2) {
        struct index wider = index_new(w, (x->mask + 1) * 2);
        for (uint64_t i = 0; i <= x->mask; i++)
            if (x->value[i]) {
                uint64_t to = index_find(&wider, x->key[i]);
                wider.key[to] = x->key[i];
                wider.value[to] = x->value[i];
            }
        wider.count = x->count;
        index_give_up(w, x);
        *x = wider;
        at = index_find(x, key);
    }
    x->key[at] = key;
    return &x->value[at];
}

static inline uint64_t load(const char *data, uint64_t bytes) {
    uint64_t word = 0;
    memcpy(&word, data, bytes);
    return word;
}

/* The last eight bytes of a text, or all of a shorter one: by loads that overlap, not by a loop over what is left. */
static inline uint64_t last_bytes(tm_str s) {
    if (s.len >= 8)
        return load(s.data + s.len - 8, 8);
    if (s.len >= 4)
        return load(s.data, 4) | load(s.data + s.len - 4, 4) << 32;
    return s.len ? load(s.data, 1) | load(s.data + s.len / 2, 1) << 8 | load(s.data + s.len - 1, 1) << 16 : 0;
}

static uint64_t text_key(tm_str s, uint64_t seed) {
    uint64_t h = (seed + s.len) * 0x9fb21c651e98df25u;
    for (uint64_t i = 0; i + 8 < s.len; i += 8)
        h = (h ^ h >> 29 ^ load(s.data + i, 8)) * 0x9fb21c651e98df25u;
    h = (h ^ h >> 29 ^ last_bytes(s)) * 0x9fb21c651e98df25u;
    return h ^ h >> 31;
}

/* The text of a name, line ends and rows of blanks made one blank. */
static tm_str surface(const struct work *w, const struct name *n) {
    uint32_t last = n->first + n->count - 1, from = w->t.start[n->first], to = w->t.start[last] + w->t.length[last];
    int clean = 1;
    for (uint32_t t = n->first; t < last && clean; t++) {
        uint32_t end = w->t.start[t] + w->t.length[t], gap = w->t.start[t + 1] - end;
        clean = gap == 0 || (gap == 1 && w->text[end] == ' ');
    }
    if (clean)
        return (tm_str){w->text + from, to - from};
    char *copy = w->alloc(w->arena, to - from);
    uint64_t len = 0;
    for (uint32_t i = from; i < to; i++) {
        int blank = (unsigned char)w->text[i] <= ' ';
        if (!blank || (len && copy[len - 1] != ' '))
            copy[len++] = blank ? ' ' : w->text[i];
    }
    return (tm_str){copy, len};
}

static uint64_t initials_key(uint64_t seed, const char *letters, uint32_t n) {
    return text_key((tm_str){letters, n}, seed);
}

#define FULL 3u
#define SHORT 5u

/* Where a full name stands, its short forms are noted: surname, given name, initials. */
static void note_short_forms(const struct work *w, struct index *x, uint32_t i) {
    const struct name *n = &w->names[i];
    if (n->type == T_PERSON && n->count > 1) {
        uint32_t tail = name_tail(w, n->first, n->count);
        if (tail == n->count)
            return;
        *index_put(w, x, name_key(w, n->first + n->count - tail, tail) ^ SHORT) = i + 1;
        uint32_t *given = index_put(w, x, name_key(w, n->first, 1) ^ SHORT);
        if (!*given || w->names[*given - 1].first + w->names[*given - 1].count == n->first)
            *given = i + 1;
    } else if (n->type == T_ORG && n->count > 1) {
        char letters[NAME_TOKENS];
        uint32_t k = 0;
        for (uint32_t t = n->first; t < n->first + n->count; t++)
            if (w->t.shape[t] & TM_SHAPE_FIRST_UPPER)
                letters[k++] = w->text[w->t.start[t]];
        if (k > 1)
            *index_put(w, x, initials_key(FULL, letters, k)) = i + 1;
        uint32_t behind = n->first + n->count;
        if (behind + 2 < w->t.count && w->text[w->t.start[behind]] == '(' && w->text[w->t.start[behind + 2]] == ')')
            *index_put(w, x, initials_key(FULL, w->text + w->t.start[behind + 1], w->t.length[behind + 1])) = i + 1;
    }
}

/* The name that this one is short for, or TM_NONE. */
static uint32_t full_of(const struct work *w, const struct index *x, const struct name *n) {
    if (n->type == T_PERSON)
        return index_get(x, n->key ^ SHORT) - 1;
    if (n->count == 1 && n->type == T_ORG && (w->t.shape[n->first] & TM_SHAPE_ALL_UPPER))
        return index_get(x, initials_key(FULL, w->text + w->t.start[n->first], w->t.length[n->first])) - 1;
    return TM_NONE;
}

static int is_shouted(const struct work *w, const struct name *n) {
    uint32_t letters = 0;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        if ((w->t.shape[i] & TM_SHAPE_WORD) && !(w->t.shape[i] & TM_SHAPE_ALL_UPPER))
            return 0;
        letters += w->t.length[i];
    }
    return letters > 4;
}

/* MEXICO CITY as Mexico City; letters beyond ASCII stay. */
static tm_str calmed(const struct work *w, tm_str text) {
    char *copy = w->alloc(w->arena, text.len);
    int inside = 0;
    for (uint64_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        copy[i] = inside && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        inside = (unsigned char)c >= 'A' || c == '\'';
    }
    return (tm_str){copy, text.len};
}

static tm_str canonical_of(const struct work *w, const struct name *n) {
    if (n->rule == R_USER)
        return table_text(&w->user->table, w->user->name[n->row]);
    if (n->row != TM_NONE) {
        tm_str text = table_text(&w->gazetteer->table, w->gazetteer->canonical[n->row]);
        if (text.len)
            return text;
    }
    tm_str text = surface(w, n);
    int is_spelt = n->type == T_PERSON || n->type == T_GPE || n->type == T_LOC;
    return is_spelt && is_shouted(w, n) ? calmed(w, text) : text;
}

static tm_str type_of(const struct work *w, const struct name *n) {
    static const tm_str types[TYPES] = {{"", 0},    {"PERSON", 6}, {"ORG", 3}, {"GPE", 3},
                                        {"LOC", 3}, {"EVENT", 5},  {"MISC", 4}};
    if (n->rule == R_USER)
        return table_text(&w->user->table, w->user->type[n->row]);
    return types[n->type];
}

/* Of all that a name's canonical form depends on: its words, how their letters stand, and what it was found as. */
static uint64_t form_key(const struct work *w, const struct name *n) {
    uint64_t key =
        n->key ^ ((uint64_t)n->row << 8 ^ (uint64_t)n->type << 4 ^ (n->rule == R_USER)) * 0x9e3779b97f4a7c15u;
    for (uint32_t i = n->first, blank = 0; i < n->first + n->count; i++, blank = TM_SHAPE_SPACE)
        key =
            (key ^ key >> 29 ^ (w->t.shape[i] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_ALL_UPPER | TM_SHAPE_MIXED | blank))) *
            0x9fb21c651e98df25u;
    return key;
}

struct grouping {
    struct index shorts, by_form, by_text;
    uint32_t room;
};

/* The group of names like `canonical`, made for `n` where there is none yet. */
static uint32_t group_of(struct work *w, struct grouping *x, struct groups *out, const struct name *canonical,
                         const struct name *n) {
    uint64_t form = form_key(w, canonical);
    uint32_t known = index_get(&x->by_form, form);
    if (known)
        return known - 1;
    tm_str text = canonical_of(w, canonical), type = type_of(w, n);
    uint32_t *place = index_put(w, &x->by_text, text_key(text, text_key(type, 0)));
    if (!*place) {
        if (out->count == x->room) {
            uint64_t bytes = x->room * sizeof *out->groups;
            out->groups = kit_resize(w->host, w->doc, out->groups, bytes, 2 * bytes);
            x->room *= 2;
        }
        out->groups[out->count] = (struct group){text, surface(w, n), type, {NULL, 0}};
        if (n->rule == R_USER)
            out->groups[out->count].id = table_text(&w->user->table, w->user->id[n->row]);
        *place = ++out->count;
    }
    known = *place;
    *index_put(w, &x->by_form, form) = known;
    return known - 1;
}

void groups_make(struct work *w, struct groups *out) {
    struct grouping x = {index_new(w, 64), index_new(w, 64), index_new(w, 64), 32};
    out->groups = w->alloc(w->arena, x.room * sizeof *out->groups);
    out->count = 0;
    /* Once for the short forms that stand before the full one, as in a headline; then in order, the latest counts. */
    for (uint32_t i = w->n_names; i > 0; i--)
        note_short_forms(w, &x.shorts, i - 1);
    for (uint32_t i = 0; i < w->n_names; i++) {
        struct name *n = &w->names[i];
        note_short_forms(w, &x.shorts, i);
        uint32_t full = full_of(w, &x.shorts, n);
        n->group = group_of(w, &x, out, full == TM_NONE ? n : &w->names[full], n);
        struct group *g = &out->groups[n->group];
        uint32_t last = n->first + n->count - 1;
        if (n->type == T_PERSON && n->count > 1 &&
            w->t.start[last] + w->t.length[last] - w->t.start[n->first] > g->name.len) {
            tm_str name = surface(w, n);
            if (name.len > g->name.len)
                g->name = name;
        }
    }
}
