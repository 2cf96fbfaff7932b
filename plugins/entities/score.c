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

static int is_roman(const struct work *w, uint32_t i) {
    return strspn(w->text + w->t.start[i], "IVX") >= w->t.length[i];
}

static uint32_t kinds_of(const struct work *w, uint32_t i) {
    return gazetteer_word(w->gazetteer, w->t.hash[i], w->t.shape[i]).kinds;
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

#define NAME_KINDS (IS_NAME_OF_PLACE | IS(ORG) | IS(EVENT) | IS(MISC) | IS(DEMONYM) | IS(GIVEN) | IS(FAMILY))

void score_prepare(struct run *r) {
    const struct work *w = r->w;
    look_around(r);
    memset(r->titled, 0, sizeof r->titled);
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t shape = r->shape[i];
        const struct entry *e = &r->phrase[i][0];
        r->weak[i] = (shape & TM_SHAPE_SENTENCE) || r->mode != CASE_PLAIN;
        for (uint32_t n = 1; n <= NAME_TOKENS && i + n <= r->count; n++) {
            if (r->phrase[i][n - 1].kinds & IS(HONORIFIC))
                r->titled[i + n] |= 2;
            if (r->phrase[i][n - 1].kinds & IS(TITLE))
                r->titled[i + n] |= 1;
        }
        if (!(shape & TM_SHAPE_FIRST_UPPER) || (shape & TM_SHAPE_CLITIC)) {
            r->none[i] = 0;
            continue;
        }
        float x = -1.0f;
        if (e->kinds & IS(CALENDAR))
            x = 3;
        else if ((e->kinds & IS(NOT_NAME)) && (r->weak[i] || e->level == 10))
            x = r->weak[i] ? 2 : 0.5f;
        else if (e->kinds & IS(WORD))
            x = r->weak[i] ? (e->kinds & NAME_KINDS ? 0.3f : 1.0f) : -0.3f;
        else if (r->weak[i])
            x = e->kinds & NAME_KINDS ? -1 : -0.3f;
        if (r->weak[i] && was_lower(w, w->t.hash[r->first + i]))
            x += 1;
        r->none[i] = x;
    }
}

static void better(struct verdict *v, float score, uint32_t type, uint32_t rule, uint32_t row) {
    if (score > v->score)
        *v = (struct verdict){type, rule, row, score};
}

/* What a piece is made of. */
struct made {
    uint32_t capitals, words, common, unknown, given, family, heads, places, joints, clitics, numbers, dashes, points;
    uint32_t weak;
};

static struct made count(const struct run *r, uint32_t at, uint32_t n) {
    struct made m;
    memset(&m, 0, sizeof m);
    for (uint32_t i = at; i < at + n; i++) {
        uint32_t shape = r->shape[i], kinds = r->phrase[i][0].kinds;
        if (shape & TM_SHAPE_CLITIC)
            m.clitics++;
        else if (shape & TM_SHAPE_DASH)
            m.dashes++;
        else if (shape & TM_SHAPE_NUMBER)
            m.numbers++;
        else if (shape & TM_SHAPE_PUNCT)
            m.points++;
        else if (!(shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED)))
            m.joints++;
        else {
            m.capitals++;
            m.weak += r->weak[i];
            m.given += (kinds & IS(GIVEN)) != 0;
            m.family += (kinds & IS(FAMILY)) != 0;
            m.places += (kinds & (IS_NAME_OF_PLACE | IS(DEMONYM))) != 0;
            m.heads += (kinds & (IS(ORG_HEAD) | IS(PLACE_HEAD) | IS(EVENT_HEAD) | IS(ORG_END))) != 0;
            if (kinds & IS(WORD)) {
                m.words++;
                m.common += !(kinds & (IS(GIVEN) | IS(FAMILY)));
            } else if (!(kinds & NAME_KINDS)) {
                m.unknown++;
            }
        }
    }
    return m;
}

static uint64_t before_of(const struct run *r, uint32_t at) {
    return at == 0 ? r->before : 0;
}

static uint64_t behind_of(const struct run *r, uint32_t end) {
    return end == r->count ? r->behind : (r->shape[end] & TM_SHAPE_CLITIC) && end + 1 == r->count ? r->behind : 0;
}

/* A longer phrase of the gazetteer is worth more than a shorter one in it and the rest. */
static float longer(const struct made *m) {
    float more = m->capitals > 1 ? 1.6f * (float)(m->capitals - 1) + 2.0f * (float)m->joints : 0;
    return more > 8 ? 8 : more;
}

static float person(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t end = at + n, first = r->phrase[at][0].kinds, last = r->phrase[end - 1][0].kinds;
    uint64_t before = before_of(r, at), behind = behind_of(r, end);
    float s = -1.5f;
    *rule = R_TWO_CAPITALS;
    if (m->clitics || m->numbers || m->capitals > 5 || (r->shape[end - 1] & (TM_SHAPE_DASH | TM_SHAPE_NUMBER)))
        return -9;
    for (uint32_t i = at; i < end; i++) {
        uint32_t kinds = r->phrase[i][0].kinds;
        if (!(r->shape[i] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DASH)) && !(kinds & IS(PARTICLE)) &&
            !is_byte(r->w, r->first + i, '.'))
            return -9;
        if (!(r->shape[i] & TM_SHAPE_DASH) && r->w->t.length[r->first + i] == 2 && i > at && (kinds & IS(PARTICLE)) &&
            (r->w->text[r->w->t.start[r->first + i]] == 'o'))
            return -9; /* of */
    }
    if (first & IS(GIVEN)) {
        s += m->capitals > 1 ? 2.2f : 0.7f;
        *rule = R_GIVEN_NAME;
    }
    if (m->capitals > 1 && ((last & IS(FAMILY)) || (m->capitals > 2 && m->family))) {
        s += 1.5f;
        if (!(first & IS(GIVEN)))
            *rule = R_FAMILY_NAME;
    } else if (m->capitals > 1 && (last & IS(GIVEN))) {
        s += 0.8f;
    } else if (m->capitals == 1 && (last & IS(FAMILY))) {
        s += 1.0f;
        *rule = R_FAMILY_NAME;
    }
    if (m->capitals > 1 && (first & IS(FAMILY)))
        s += 0.7f;
    if (m->capitals >= 2 && m->capitals <= 4)
        s += 1.0f;
    s += 0.4f * (float)(m->unknown > 3 ? 3 : m->unknown);
    s -= 1.3f * (float)m->common;
    s -= 1.5f * (float)m->heads;
    for (uint32_t i = at; i + 1 < end; i++)
        if ((r->phrase[i][0].kinds & (IS(TITLE) | IS(HONORIFIC))) &&
            (!(r->phrase[i][0].kinds & (IS(GIVEN) | IS(FAMILY))) || r->titled[at]))
            s -= 2.5f;
    if (m->capitals > 2)
        s += 0.4f * (float)(m->capitals > 4 ? 2 : m->capitals - 2);
    if (m->capitals > 1 && (first & (IS(COUNTRY) | IS(DEMONYM))) && !(first & (IS(GIVEN) | IS(FAMILY))))
        s -= 2;
    if ((last & (IS(COUNTRY) | IS(DEMONYM))) && m->capitals > 1 && !(last & IS(FAMILY)))
        s -= 1.5f;
    for (uint32_t i = at; i < end; i++)
        if ((r->shape[i] & TM_SHAPE_POINTS) && r->w->t.length[r->first + i] <= 4 && m->capitals > 1)
            s += i == at || i + 1 < end ? 1.0f : -1;
        else if ((r->shape[i] & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER && r->w->t.length[r->first + i] > 1)
            s -= 1;
    if ((r->titled[at] & 2) || (before & IS(HONORIFIC))) {
        s += 3.5f;
        *rule = R_HONORIFIC;
    } else if (r->titled[at] & 1) {
        s += 2.5f;
        *rule = R_TITLE;
    } else if ((before & (IS(ROLE) | IS(TITLE))) && !(before & BEFORE_THE)) {
        s += 2.0f;
        *rule = R_ROLE;
    }
    if (behind & IS(SAY)) {
        s += 1.3f;
        if (*rule == R_TWO_CAPITALS)
            *rule = R_SPEAKS;
    }
    if (behind & BEHIND_AGE) {
        s += 2.5f;
        *rule = R_AGE;
    }
    if ((before & BEFORE_THE) && m->capitals < 3)
        s -= 1.5f;
    else if ((before & IS(LOC_PREP)))
        s -= 1.0f;
    if (r->w->memory) {
        uint32_t tail = name_tail(r->w, r->first + at, n);
        if (memory_is_surname(r->w->memory, name_key(r->w, r->first + end - tail, tail))) {
            s += tail == n ? 3 : 2;
            if (tail == n)
                *rule = R_SURNAME;
        }
    }
    return s;
}

static float place(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t end = at + n, last = r->phrase[end - 1][0].kinds;
    uint64_t before = before_of(r, at), behind = behind_of(r, end);
    const struct entry *whole = &r->phrase[at][n - 1];
    float s = -1.5f;
    *rule = R_PREPOSITION;
    if (whole->kinds & IS_NAME_OF_PLACE) {
        *rule = R_GAZETTEER;
        if (whole->kinds & (IS(COUNTRY) | IS(PLACE)))
            s += 5;
        else if (whole->kinds & IS(REGION))
            s += 3.5f;
        else
            s += whole->people >= 1000000 ? 4 : whole->people >= 200000 ? 3 : whole->people >= 50000 ? 2.2f : 1.5f;
        if (n == 1 && (whole->kinds & IS(WORD)))
            s -= whole->kinds & IS(COUNTRY) ? 0 : r->weak[at] ? 2 : 1;
        s += longer(m);
        if (n == 1 && (whole->kinds & (IS(GIVEN) | IS(FAMILY))) && !(whole->kinds & (IS(COUNTRY))))
            s -= whole->people >= 1000000 || (whole->kinds & IS(PLACE)) ? 0.5f : 1.2f;
    } else {
        if (m->numbers || m->clitics > 1 || m->capitals > 5 || (m->joints && m->capitals < 3 && !m->heads))
            return -9;
        if (n > 1 && (last & IS(PLACE_HEAD)) && m->capitals > 1) {
            s += r->phrase[at][n - 2].kinds & IS_NAME_OF_PLACE ? 4.7f : 3.2f;
            *rule = R_HEAD_WORD;
        }
        for (uint32_t k = 1; k < n && k <= 3; k++)
            if ((r->phrase[at][k - 1].kinds & IS(PLACE_FIRST)) && (k > 1 || m->joints == 0)) {
                s += k > 1 ? 3.5f : 1.8f;
                if ((r->phrase[at + k][n - k - 1].kinds & IS_NAME_OF_PLACE))
                    s += 2;
                *rule = R_FIRST_WORD;
                break;
            }
        s -= 0.5f * (float)m->joints + 1.0f * (float)m->clitics;
        s -= 0.3f * (float)m->common;
        if ((r->shape[at] & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER)
            s -= 1;
        if (m->capitals > 2 && *rule == R_PREPOSITION)
            s -= 1;
        if ((last & (IS(ORG_HEAD) | IS(ORG_END))) && !(last & IS(PLACE_HEAD)))
            s -= 2;
    }
    if (before & IS(LOC_PREP))
        s += before & BEFORE_THE ? 0.5f : 1.6f;
    if (behind & BEHIND_PLACE) {
        s += 2.2f;
        if (*rule == R_PREPOSITION)
            *rule = R_PLACE_COMMA;
    }
    if ((before & BEFORE_OPEN) && (behind & BEHIND_CLOSE) && (whole->kinds & IS_NAME_OF_PLACE))
        s += 1;
    if (behind & IS(SAY))
        s -= 0.8f;
    if (r->titled[at])
        s -= 2;
    if (behind & BEHIND_MONEY)
        s -= 6;
    return s;
}

static float organisation(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t end = at + n, last = r->phrase[end - 1][0].kinds;
    uint64_t before = before_of(r, at), behind = behind_of(r, end);
    const struct entry *whole = &r->phrase[at][n - 1];
    float s = -1.7f;
    *rule = R_CONTEXT;
    if (whole->kinds & IS(ORG)) {
        s += 5;
        *rule = R_GAZETTEER;
        if (n == 1 && (whole->kinds & IS(WORD)))
            s -= r->weak[at] ? 3 : 1;
        s += longer(m);
    } else {
        uint32_t first_words = 0;
        if (m->clitics && !(last & IS(ORG_HEAD)))
            return -9;
        if (m->capitals > 1 && (last & IS(ORG_HEAD))) {
            s += 3.4f;
            *rule = R_HEAD_WORD;
            for (uint32_t k = 1; k < n && k <= 3; k++)
                if (r->phrase[at][k - 1].kinds & IS_NAME_OF_PLACE) {
                    s += 1.5f; /* Montreal Hockey Club */
                    break;
                }
        }
        for (uint32_t k = 1; k <= 3 && k < n; k++)
            if ((r->phrase[end - k][k - 1].kinds & IS(ORG_END))) {
                s += 4;
                *rule = R_COMPANY_FORM;
                break;
            }
        for (uint32_t from = at; from < end && from < at + 4 && !first_words; from++) {
            if (from > at && !(r->shape[from - 1] & TM_SHAPE_FIRST_UPPER))
                break;
            for (uint32_t k = from == at ? 1 : 2; from + k < end && k <= 3; k++)
                if ((r->phrase[from][k - 1].kinds & IS(ORG_FIRST))) {
                    first_words = k;
                    s += k > 1 ? 4.5f - 0.4f * (float)(from - at) : 1.0f;
                    if (*rule == R_CONTEXT)
                        *rule = R_FIRST_WORD;
                    break;
                }
        }
        /* University of Leeds; Ministry of Trade and Industry: the head stands first. */
        if (!first_words && n > 2 && (r->phrase[at][0].kinds & IS(ORG_HEAD)) && m->joints &&
            is_byte(r->w, r->first + at + 1, 'o') == 0 && r->w->t.length[r->first + at + 1] == 2 &&
            r->w->text[r->w->t.start[r->first + at + 1]] == 'o') {
            s += 2.5f;
            first_words = 1;
            *rule = R_FIRST_WORD;
        }
        if (n == 1 && (r->shape[at] & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER &&
            r->w->t.length[r->first + at] <= 7 && !is_roman(r->w, r->first + at)) {
            s += behind & BEHIND_NUMBER ? 0 : r->w->t.length[r->first + at] <= 5 ? 2.2f : 1.6f;
            s -= r->phrase[at][0].level && r->phrase[at][0].level <= 35 ? 1.5f : 0;
            *rule = R_ACRONYM;
        }
        for (uint32_t k = n - 1; k > 0 && *rule != R_CONTEXT; k--)
            if (r->phrase[at][k - 1].kinds & IS(ORG)) {
                s += 3; /* Credit Suisse Group AG */
                break;
            }
        if (at > 0 && (r->phrase[at][0].kinds & (IS(ORG_HEAD) | IS(ORG_END))) && !first_words &&
            (r->shape[at - 1] & TM_SHAPE_FIRST_UPPER))
            s -= 2;
        if (m->joints > (first_words ? 3u : 1u) || m->numbers)
            s -= 1.5f;
        if (!first_words)
            s -= 1.6f * (float)m->joints;
        if (m->points && *rule != R_COMPANY_FORM)
            s -= m->clitics ? 0 : 0.5f;
        s -= 1.0f * (float)m->clitics;
        if (m->capitals > 1 && r->phrase[at][0].kinds & IS(WORD))
            s += 0.3f;
        if (m->weak && m->common == m->capitals && !(m->heads > 1))
            s -= 1.0f;
        if (m->capitals > 2 && m->common + m->heads >= 2)
            s += 0.5f;
        if ((last & IS(PLACE_HEAD)) && !(last & IS(ORG_HEAD)))
            s -= 1.5f;
    }
    if (behind & BEHIND_ACRONYM) {
        s += 2.5f;
        if (*rule == R_CONTEXT)
            *rule = R_BRACKETS;
    }
    if (before & BEFORE_THE)
        s += 0.6f;
    if (behind & IS(ORG_VERB))
        s += 0.8f;
    if (before & IS(LOC_PREP))
        s -= 0.3f;
    if (r->titled[at])
        s -= 1.5f;
    return s;
}

static float event(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    const struct entry *whole = &r->phrase[at][n - 1];
    uint32_t last = r->phrase[at + n - 1][0].kinds;
    *rule = R_GAZETTEER;
    if (whole->kinds & IS(EVENT))
        return 4.0f + longer(m) - (n == 1 && (whole->kinds & IS(WORD)) && r->weak[at] ? 2 : 0);
    if (n == 1 || m->clitics > 1 || m->joints > 2)
        return -9;
    float s = -1.5f;
    if ((last & IS(EVENT_HEAD)) && m->capitals > 1) {
        s += 2.8f;
        *rule = R_HEAD_WORD;
    }
    if ((r->phrase[at][0].kinds & IS(EVENT_FIRST)) || (n > 2 && (r->phrase[at][1].kinds & IS(EVENT_FIRST)))) {
        s += 3.5f;
        *rule = R_FIRST_WORD;
    }
    return s - (float)m->joints;
}

static float miscellany(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    const struct entry *whole = &r->phrase[at][n - 1];
    float s = -9;
    if (whole->kinds & IS(DEMONYM)) {
        *rule = R_DEMONYM;
        s = 3.5f;
        /* Han Zhongmin, Roman Abramovich. */
        uint32_t behind = at + n < r->count ? r->phrase[at + n][0].kinds : IS(WORD);
        if ((whole->kinds & (IS(FAMILY) | IS(GIVEN))) &&
            !(behind & (IS(WORD) | IS_NAME_OF_PLACE | IS(ORG_HEAD) | IS(TITLE))) &&
            (r->shape[at + n] & TM_SHAPE_FIRST_UPPER))
            s -= 3;
    } else if (whole->kinds & IS(MISC)) {
        *rule = R_GAZETTEER;
        s = 3.5f + longer(m);
        if (n == 1 && (whole->kinds & IS(WORD)))
            s -= r->weak[at] ? 3 : 1;
    } else if (n > 1 && m->capitals > 1 && (r->phrase[at + n - 1][0].kinds & IS(MISC_HEAD)) && m->joints < 3) {
        *rule = R_HEAD_WORD;
        s = 2.0f + 0.3f * (float)m->capitals - (float)m->joints;
        for (uint32_t k = n - 1; k > 0; k--)
            if (r->phrase[at][k - 1].kinds & (IS(MISC) | IS(ORG))) {
                s += 4;
                break;
            }
    }
    return s;
}

struct verdict score_piece(const struct run *r, uint32_t at, uint32_t n) {
    struct verdict v = {T_NONE, R_NONE, TM_NONE, -1e6f};
    const struct entry *whole = &r->phrase[at][n - 1];
    uint32_t end = at + n;
    if (n == 1) {
        v.score = r->none[at];
        if ((r->shape[at] & TM_SHAPE_FIRST_UPPER) && !(whole->kinds & ~(NAME_KINDS & ~IS(DEMONYM))))
            v.row = LOOSE;
    } else if (whole->kinds & (IS(TITLE) | IS(NOT_NAME) | IS(HONORIFIC)))
        v.score = 0.5f * (float)n;
    if (whole->kinds & (IS(TITLE) | IS(HONORIFIC)) && end < r->count && v.score < 1)
        v.score = (float)n;
    uint32_t shape = r->shape[at], shape_end = r->shape[end - 1];
    if (!(shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT)) ||
        ((shape_end & (TM_SHAPE_PUNCT | TM_SHAPE_CLITIC | TM_SHAPE_NUMBER | TM_SHAPE_LOWER)) &&
         !(shape_end & TM_SHAPE_MIXED) && !whole->kinds && !(r->phrase[end - 2 + (n == 1)][n > 1].kinds & IS(ORG_END))))
        return v;
    if ((r->phrase[at][0].kinds & IS(NOT_NAME)) && !(whole->kinds & NAME_KINDS) && (n == 1 || r->weak[at]))
        return v;
    if ((r->phrase[at][0].kinds & IS(CALENDAR)) && !(whole->kinds & NAME_KINDS))
        return v;
    struct made m = count(r, at, n);
    if (m.capitals == 0 && !(whole->kinds & (IS(EVENT) | IS(ORG) | IS(MISC))))
        return v;
    float s[TYPES] = {[T_LOC] = -9};
    uint32_t why[TYPES] = {0};
    s[T_PERSON] = person(r, at, n, &m, &why[T_PERSON]);
    s[T_GPE] = place(r, at, n, &m, &why[T_GPE]);
    s[T_ORG] = organisation(r, at, n, &m, &why[T_ORG]);
    s[T_EVENT] = event(r, at, n, &m, &why[T_EVENT]);
    s[T_MISC] = miscellany(r, at, n, &m, &why[T_MISC]);
    if (r->w->memory) {
        uint64_t key = name_key(r->w, r->first + at, n);
        for (uint32_t t = T_PERSON; t < TYPES; t++) {
            float had = memory_of(r->w->memory, key, t) + (t == T_GPE ? memory_of(r->w->memory, key, T_LOC) : 0);
            float more = had > 8 ? 2.0f : had * 0.25f;
            if (more > 0 && s[t] > -9) {
                if (s[t] < 0)
                    why[t] = R_MEMORY;
                s[t] += more;
            }
        }
    }
    for (uint32_t t = T_PERSON; t < TYPES; t++) {
        uint32_t type = t;
        if (t == T_GPE && (whole->kinds & IS_NAME_OF_PLACE ? (whole->kinds & (IS(PLACE) | IS(COUNTRY))) == IS(PLACE)
                                                           : why[t] == R_HEAD_WORD || why[t] == R_FIRST_WORD))
            type = T_LOC;
        better(&v, s[t], type, why[t], whole->row);
    }
    return v;
}

float score_seam(const struct verdict *before, const struct verdict *behind) {
    uint32_t a = before->type, b = behind->type;
    if (a == T_NONE || b == T_NONE)
        return (a == T_PERSON && behind->row == LOOSE) || (b == T_PERSON && before->row == LOOSE) ? 1.5f : 0;
    if (a == T_PERSON && b == T_PERSON)
        return 7.0f;
    if (a == T_GPE && b == T_ORG)
        return 3.0f;
    if (a == T_MISC || a == T_GPE)
        return b == T_GPE || b == T_LOC ? 2.5f : 1.0f;
    return a == T_ORG && b == T_ORG ? 4.5f : 3.0f;
}
