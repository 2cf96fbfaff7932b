/* score.c: the rules. Each reading of a piece of a run (a person, a place, an organisation...) gathers points from what
 * the gazetteer knows of it, from head words and forms, from the words beside it and from the document's memory. The
 * weights are few and round; the pieces' sums are compared in parse.c.
 */
#include "score.h"

#include <string.h>

const char *const rule_names[RULES] = {
    [R_NONE] = "none",
    [R_GAZETTEER] = "gazetteer",
    [R_USER] = "user's gazetteer",
    [R_GIVEN_NAME] = "given name",
    [R_FAMILY_NAME] = "family name",
    [R_TWO_CAPITALS] = "capitals in a row",
    [R_HONORIFIC] = "honorific before",
    [R_TITLE] = "title before",
    [R_ROLE] = "role before",
    [R_SPEAKS] = "acts or speaks",
    [R_AGE] = "age behind",
    [R_HEAD_WORD] = "head word",
    [R_FIRST_WORD] = "first word",
    [R_COMPANY_FORM] = "company form",
    [R_ACRONYM] = "acronym",
    [R_BRACKETS] = "acronym in brackets behind",
    [R_PREPOSITION] = "preposition of place",
    [R_PLACE_COMMA] = "larger place behind a comma",
    [R_DEMONYM] = "demonym",
    [R_MEMORY] = "same name elsewhere in the document",
    [R_SURNAME] = "surname of a full name in the document",
    [R_TABLE] = "line of a table",
    [R_CONTEXT] = "words beside it",
};

const char *const type_names[TYPES] = {"", "PERSON", "ORG", "GPE", "LOC", "EVENT", "MISC"};

static int is_byte(const struct work *w, uint32_t i, char c) {
    return w->t.length[i] == 1 && w->text[w->t.start[i]] == c;
}

static uint32_t kinds_of(const struct work *w, uint32_t i) {
    return w->t.shape[i] & TM_SHAPE_WORD ? gazetteer_small_word(w->gazetteer, w->t.hash[i]) : 0;
}

/* Of the longest phrase that begins there. */
static uint32_t kinds_from(const struct work *w, uint32_t i) {
    const uint32_t *values;
    if (!phrase_longest(&w->gazetteer->table.phrases, w->t.hash, i, w->t.count, &values))
        return 0;
    return gazetteer_entry(w->gazetteer, values, 1, 1).kinds;
}

static void look_around(struct run *r) {
    const struct work *w = r->w;
    uint32_t from = r->first, to = r->first + r->count;
    r->before = r->behind = 0;
    if (!(w->t.shape[from] & TM_SHAPE_SENTENCE) && from > 0) {
        uint32_t i = from - 1;
        if (is_byte(w, i, '(') || is_byte(w, i, '['))
            r->before |= BEFORE_OPEN;
        if ((w->t.shape[i] & TM_SHAPE_WORD) && w->t.length[i] == 3 && (w->text[w->t.start[i]] | 32) == 't' &&
            memcmp(w->text + w->t.start[i] + 1, "he", 2) == 0) {
            r->before |= BEFORE_THE;
            if (!(w->t.shape[i] & TM_SHAPE_SENTENCE) && i > 0)
                i--;
        }
        r->before |= kinds_of(w, i);
    }
    if (to < w->t.count && w->t.sentence[to] == w->t.sentence[from]) {
        uint32_t last = w->t.count - 1;
        r->behind |= kinds_of(w, to);
        if (is_byte(w, to, ')'))
            r->behind |= BEHIND_CLOSE;
        if (is_byte(w, to, ',') || is_byte(w, to, '(') || (w->t.shape[to] & TM_SHAPE_DASH))
            r->behind |= BEHIND_DATELINE;
        if (is_byte(w, to, '$'))
            r->behind |= BEHIND_MONEY;
        if (w->t.shape[to] & TM_SHAPE_NUMBER)
            r->behind |= BEHIND_NUMBER;
        if (to + 2 <= last && is_byte(w, to, ',') && (w->t.shape[to + 1] & TM_SHAPE_NUMBER) &&
            w->t.length[to + 1] == 2 && (is_byte(w, to + 2, ',') || is_byte(w, to + 2, '.')))
            r->behind |= BEHIND_AGE;
        if (to + 1 <= last && is_byte(w, to, ',') && (w->t.shape[to + 1] & TM_SHAPE_FIRST_UPPER) &&
            (kinds_from(w, to + 1) & (IS(COUNTRY) | IS(REGION))))
            r->behind |= BEHIND_PLACE;
        if (to + 2 <= last && is_byte(w, to, '(') && (w->t.shape[to + 1] & TM_SHAPE_ALL_UPPER) &&
            is_byte(w, to + 2, ')') && w->t.length[to + 1] > 2)
            r->behind |= BEHIND_ACRONYM;
        if (to + 1 <= last && (w->t.shape[to] & TM_SHAPE_CLITIC))
            r->behind |= kinds_of(w, to + 1) & IS(ROLE);
    }
}

static void note_phrases(struct run *r, uint32_t i) {
    r->org_first[i] = r->place_first[i] = r->starts_place[i] = r->starts_org[i] = r->starts_misc[i] = 0;
    for (uint32_t n = r->longest[i]; n > 0; n--) {
        uint32_t kinds = r->kinds[i][n - 1];
        if (kinds & IS(HONORIFIC))
            r->titled[i + n] |= 2;
        if (kinds & IS(TITLE))
            r->titled[i + n] |= 1;
        if ((kinds & IS(ORG_FIRST)) && n <= 3)
            r->org_first[i] = (uint8_t)n;
        if ((kinds & IS(PLACE_FIRST)) && n <= 3)
            r->place_first[i] = (uint8_t)n;
        if (kinds & IS_NAME_OF_PLACE)
            r->starts_place[i] = (uint8_t)n;
        if (kinds & IS(ORG))
            r->starts_org[i] = (uint8_t)n;
        if (kinds & (IS(ORG) | IS(MISC)))
            r->starts_misc[i] = (uint8_t)n;
        if ((kinds & IS(ORG_END)) && n <= 3 && (!r->org_end[i + n] || n < r->org_end[i + n]))
            r->org_end[i + n] = (uint8_t)n;
    }
}

/* A quotation mark or a colon before it: as good as the start of a sentence. */
static int opens_speech(const struct work *w, uint32_t i) {
    return i > 0 && ((w->t.shape[i - 1] & TM_SHAPE_QUOTE) || is_byte(w, i - 1, ':'));
}

void score_prepare(struct run *r) {
    const struct work *w = r->w;
    look_around(r);
    memset(r->titled, 0, r->count + 1);
    memset(r->org_end, 0, r->count + 1);
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t shape = r->shape[i];
        uint32_t kinds = r->word[i];
        r->initial[i] = (shape & TM_SHAPE_POINTS) && w->t.length[r->first + i] <= 4;
        r->weak[i] = (shape & TM_SHAPE_SENTENCE) || r->mode != CASE_PLAIN || (i == 0 && opens_speech(w, r->first));
        note_phrases(r, i);
        if (!(shape & TM_SHAPE_FIRST_UPPER) || (shape & TM_SHAPE_CLITIC)) {
            r->none[i] = 0;
            continue;
        }
        float x = -1.0f;
        if (kinds & IS(CALENDAR))
            x = 3;
        else if ((kinds & IS(NOT_NAME)) && (r->weak[i] || r->level[i] == 10))
            x = r->weak[i] ? 2 : 0.5f;
        else if (kinds & IS(WORD))
            x = r->weak[i] ? (kinds & NAME_KINDS ? 0.3f : 1.0f) : -0.3f;
        else if (r->weak[i])
            x = kinds & NAME_KINDS ? -1 : -0.3f;
        if (r->weak[i] && was_lower(w, w->t.hash[r->first + i]))
            x += 1;
        r->none[i] = x;
    }
}

static void better(struct verdict *v, float score, uint32_t type, uint32_t rule, uint32_t row) {
    if (score > v->score)
        *v = (struct verdict){type, rule, row, score};
}

/* The small letters behind a hyphen in Ma Ying-jeou, which chunks.c let in. */
static int is_syllable(const struct run *r, uint32_t at, uint32_t i) {
    return i >= at + 2 && (r->shape[i] & TM_SHAPE_LOWER) && (r->shape[i - 1] & TM_SHAPE_DASH) &&
           (i + 1 >= r->count || !(r->shape[i + 1] & TM_SHAPE_DASH));
}

/* One token more at the end of the piece. */
static void made_add(struct made *m, const struct run *r, uint32_t at, uint32_t i) {
    uint32_t shape = r->shape[i], kinds = r->word[i];
    if (shape & TM_SHAPE_CLITIC) {
        m->clitics++;
        return;
    }
    if (shape & TM_SHAPE_DASH)
        return;
    if (shape & TM_SHAPE_NUMBER) {
        m->numbers++;
        return;
    }
    if (shape & TM_SHAPE_PUNCT) {
        m->points++;
        m->impersonal |= !is_byte(r->w, r->first + i, '.');
        return;
    }
    if (!(shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED))) {
        if (is_syllable(r, at, i))
            return;
        m->joints++;
        m->impersonal |= !(kinds & IS(PARTICLE)) || (i > at && r->w->t.length[r->first + i] == 2 &&
                                                     r->w->text[r->w->t.start[r->first + i]] == 'o'); /* of */
        return;
    }
    m->capitals++;
    m->weak += r->weak[i];
    m->family += (kinds & IS(FAMILY)) != 0;
    m->heads += (kinds & (IS(ORG_HEAD) | IS(PLACE_HEAD) | IS(EVENT_HEAD) | IS(ORG_END))) != 0;
    if (kinds & (IS(TITLE) | IS(HONORIFIC))) {
        m->titles++;
        m->pure_titles += !(kinds & (IS(GIVEN) | IS(FAMILY)));
    }
    int upper = (shape & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER && r->w->t.length[r->first + i] > 1;
    m->initials += r->initial[i];
    m->initials_upper += r->initial[i] && upper;
    m->upper += !r->initial[i] && upper;
    if (kinds & IS(WORD))
        m->common += !(kinds & (IS(GIVEN) | IS(FAMILY)));
    else if (!(kinds & NAME_KINDS))
        m->unknown++;
}

int score_piece(const struct run *r, uint32_t at, uint32_t n, struct made *m, struct verdict *out) {
    struct verdict v = {T_NONE, R_NONE, TM_NONE, -1e6f};
    uint32_t whole = r->kinds[at][n - 1];
    uint32_t end = at + n;
    made_add(m, r, at, end - 1);
    if (n == 1) {
        v.score = r->none[at];
        if ((r->shape[at] & TM_SHAPE_FIRST_UPPER) && !(whole & ~(NAME_KINDS & ~IS(DEMONYM))))
            v.row = LOOSE;
    } else if (whole & (IS(TITLE) | IS(NOT_NAME) | IS(HONORIFIC)))
        v.score = 0.5f * (float)n;
    if (whole & (IS(TITLE) | IS(HONORIFIC)) && end < r->count && v.score < 1)
        v.score = (float)n;
    uint32_t shape = r->shape[at], shape_end = r->shape[end - 1];
    if (!(shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT)) ||
        ((shape_end & (TM_SHAPE_PUNCT | TM_SHAPE_CLITIC | TM_SHAPE_NUMBER | TM_SHAPE_LOWER)) &&
         !(shape_end & TM_SHAPE_MIXED) && !whole && !is_syllable(r, at, end - 1) &&
         !(r->kinds[end - 2 + (n == 1)][n > 1] & IS(ORG_END))))
        goto out;
    if ((r->word[at] & IS(NOT_NAME)) && !(whole & NAME_KINDS) && (n == 1 || r->weak[at]))
        goto out;
    if ((r->word[at] & IS(CALENDAR)) && !(whole & NAME_KINDS))
        goto out;
    if (m->capitals == 0 && !(whole & (IS(EVENT) | IS(ORG) | IS(MISC))))
        goto out;
    float s[TYPES] = {[T_LOC] = -9};
    uint32_t why[TYPES] = {0};
    s[T_PERSON] = read_person(r, at, n, m, &why[T_PERSON]);
    s[T_GPE] = read_place(r, at, n, m, &why[T_GPE]);
    s[T_ORG] = read_organisation(r, at, n, m, &why[T_ORG]);
    s[T_EVENT] = s[T_MISC] = -9;
    uint32_t last = r->word[end - 1];
    if ((whole & IS(EVENT)) ||
        (n > 1 && ((last & IS(EVENT_HEAD)) || (r->word[at] & IS(EVENT_FIRST)) || (r->word[at + 1] & IS(EVENT_FIRST)))))
        s[T_EVENT] = read_event(r, at, n, m, &why[T_EVENT]);
    if ((whole & (IS(DEMONYM) | IS(MISC))) || (n > 1 && (last & IS(MISC_HEAD))))
        s[T_MISC] = read_miscellany(r, at, n, m, &why[T_MISC]);
    if (r->w->memory) {
        const float *had = memory_of(r->w->memory, name_key(r->w, r->first + at, n));
        for (uint32_t t = T_PERSON; had && t < TYPES; t++) {
            float times = had[t] + (t == T_GPE ? had[T_LOC] : 0);
            if (times > 0 && s[t] > -9) {
                if (s[t] < 0)
                    why[t] = R_MEMORY;
                s[t] += times > 8 ? 2.0f : times * 0.25f;
            }
        }
    }
    for (uint32_t t = T_PERSON; t < TYPES; t++) {
        uint32_t type = t;
        if (t == T_GPE && (whole & IS_NAME_OF_PLACE ? (whole & (IS(PLACE) | IS(COUNTRY))) == IS(PLACE)
                                                    : why[t] == R_HEAD_WORD || why[t] == R_FIRST_WORD))
            type = T_LOC;
        better(&v, s[t], type, why[t], whole ? r->entry[at][n - 1].row : TM_NONE);
    }
out:
    *out = v;
    return v.score > -1e5f;
}

float score_seam(const struct verdict *before, const struct verdict *behind) {
    uint32_t a = before->type, b = behind->type;
    if (a == T_NONE && b == T_NONE)
        return 0;
    /* A capital that nothing explains beside a name is rather a part of it. */
    if (a == T_NONE)
        return before->row != LOOSE ? 0 : b == T_PERSON ? 1.5f : 0.7f;
    if (b == T_NONE)
        return behind->row != LOOSE ? 0 : a == T_PERSON ? 1.5f : 0.7f;
    if (a == T_PERSON && b == T_PERSON)
        return 7.0f;
    if (a == T_GPE && b == T_ORG)
        return 3.0f;
    if (a == T_MISC || a == T_GPE)
        return b == T_GPE || b == T_LOC ? 2.5f : 1.0f;
    return a == T_ORG && b == T_ORG ? 4.5f : 3.0f;
}
