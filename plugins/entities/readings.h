/* readings.h: the rules: what a piece of a run gathers as a person, a place, an organisation, an event, or another
 * name. Points come from what the gazetteer knows of it, from head words and forms, from the words beside it and from
 * the document's memory. The weights are few and round. For score.c alone, which they
 * are compiled into: they are most of the time that names take.
 */
#ifndef ENTITIES_READINGS_H
#define ENTITIES_READINGS_H

#include "memory.h"
#include "score.h"

#include <string.h>

static inline int is_roman(const struct work *w, uint32_t i) {
    return strspn(w->text + w->t.start[i], "IVX") >= w->t.length[i];
}

static inline uint32_t is_title(uint32_t kinds, uint32_t titled) {
    return (kinds & (IS(TITLE) | IS(HONORIFIC))) && (titled || !(kinds & (IS(GIVEN) | IS(FAMILY))));
}

/* A longer phrase of the gazetteer is worth more than a shorter one in it and the rest. */
static inline int32_t longer(const struct made *m) {
    int32_t more = m->capitals > 1 ? P(1.6) * (int32_t)(m->capitals - 1) + P(2.0) * (int32_t)m->joints : 0;
    return more > P(8) ? P(8) : more;
}

/* Points where something holds, without a branch: names come in no order that a processor could foretell. */
static inline int32_t when(uint64_t holds, int32_t points) {
    return -(int32_t)(holds != 0) & points;
}

/* What the words beside a piece say of a person there. */
static inline int32_t person_beside(const struct run *r, uint32_t at, uint64_t before, uint64_t behind,
                                    uint32_t capitals, uint32_t *rule) {
    int32_t s = 0;
    if ((r->titled[at] & 2) || (before & IS(HONORIFIC))) {
        s += P(3.5);
        *rule = R_HONORIFIC;
    } else if (r->titled[at] & 1) {
        s += P(2.5);
        *rule = R_TITLE;
    } else if ((before & (IS(ROLE) | IS(TITLE))) && !(before & BEFORE_THE)) {
        s += P(2.0);
        *rule = R_ROLE;
    }
    if (behind & IS(SAY)) {
        s += P(1.3);
        *rule = *rule == R_TWO_CAPITALS ? R_SPEAKS : *rule;
    }
    if (behind & BEHIND_AGE) {
        s += P(2.5);
        *rule = R_AGE;
    }
    s -= when(behind & (BEHIND_TOWN | BEHIND_FIRM | BEHIND_BASED), P(2));
    s -= when(before & (BEFORE_GROUP | BEFORE_PLACE_OF), P(1));
    if ((before & BEFORE_THE) && capitals < 3)
        s -= P(1.5);
    else if ((before & IS(LOC_PREP)))
        s -= P(1.0);
    return s;
}

static inline int32_t read_person(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    static const int32_t by_capitals[] = {0, 0, P(1.0), P(1.4), P(1.8), P(0.8)};
    uint32_t end = at + n, first = r->word[at], last = r->word[end - 1], capitals = m->capitals;
    uint64_t before = r->befores[at], behind = r->behinds[end];
    int32_t s = -P(1.5);
    if ((m->impersonal | m->clitics | m->numbers) || capitals > 5 ||
        (r->shape[end - 1] & (TM_SHAPE_DASH | TM_SHAPE_NUMBER)))
        return NEVER;
    uint32_t given = first & IS(GIVEN), family = last & IS(FAMILY), many = capitals > 1;
    uint32_t surname = many & ((family != 0) | ((capitals > 2) & (m->family != 0)));
    uint32_t lone = (capitals == 1) & (family != 0);
    s += when(given, many ? P(2.2) : P(0.7));
    s += when(surname, P(1.5)) + when(lone, P(1.0));
    s += when(many & !surname & ((last & IS(GIVEN)) != 0), P(0.8));
    s += when(many & ((first & IS(FAMILY)) != 0), P(0.7));
    *rule = given ? R_GIVEN_NAME : surname ? R_FAMILY_NAME : R_TWO_CAPITALS;
    *rule = lone ? R_FAMILY_NAME : *rule;
    s += by_capitals[capitals] + P(0.4) * (int32_t)(m->unknown > 3 ? 3 : m->unknown);
    s -= P(1.3) * (int32_t)m->common + P(1.5) * (int32_t)m->heads;
    if (m->titles && n > 1)
        s -= P(2.5) * (int32_t)((r->titled[at] ? m->titles : m->pure_titles) - is_title(last, r->titled[at]));
    if (many && ((first | last) & (IS(COUNTRY) | IS(DEMONYM)))) {
        s -= when((first & (IS(COUNTRY) | IS(DEMONYM))) && !(first & (IS(GIVEN) | IS(FAMILY))), P(2));
        s -= when((last & (IS(COUNTRY) | IS(DEMONYM))) && !family, P(1.5));
    }
    if (m->initials | m->upper) {
        if (many && m->initials)
            s += P(1) * (int32_t)m->initials - (n > 1 && r->initial[end - 1] ? P(2.0) : 0);
        s -= P(1) * (int32_t)(many ? m->upper : m->upper + m->initials_upper);
    }
    if (before | behind | r->titled[at])
        s += person_beside(r, at, before, behind, capitals, rule);
    /* Churchwarden Edith Ranby: a word that the start of the sentence gave its capital. */
    if (capitals > 2 && r->weak[at] && !(first & (IS(GIVEN) | IS(FAMILY))) && !r->initial[at] &&
        (r->word[at + 1] & IS(GIVEN)))
        s -= P(2);
    if (r->w->memory) {
        uint32_t tail = name_tail(r->w, r->first + at, n);
        const struct remembered *had = memory_of(r->w->memory, name_key(r->w, r->first + end - tail, tail));
        if (had && (had->types & REMEMBERED_SURNAME)) {
            s += tail == n ? P(3) : P(2);
            if (tail == n)
                *rule = R_SURNAME;
        }
    }
    return s;
}

/* Whether anything speaks for a place; if not, it has no more than MOST_OF_A_PLACE. */
#define MOST_OF_A_PLACE (-P(1.5))
static inline int may_be_place(const struct run *r, uint32_t at, uint32_t n) {
    return (r->kinds[at][n - 1] & IS_NAME_OF_PLACE) || (r->word[at + n - 1] & IS(PLACE_HEAD)) || r->place_first[at] ||
           (r->befores[at] & (IS(LOC_PREP) | BEFORE_PLACE_OF)) ||
           (r->behinds[at + n] & (BEHIND_PLACE | BEHIND_TOWN | BEHIND_BASED | BEHIND_GOVERNED | BEHIND_DATELINE));
}

static inline int32_t read_place(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t end = at + n, last = r->word[end - 1];
    uint64_t before = r->befores[at], behind = r->behinds[end];
    uint32_t whole = r->kinds[at][n - 1];
    int32_t s = -P(1.5);
    *rule = R_PREPOSITION;
    if (whole & IS_NAME_OF_PLACE) {
        *rule = R_GAZETTEER;
        if (whole & (IS(COUNTRY) | IS(PLACE)))
            s += P(5);
        else if (whole & IS(REGION))
            s += P(3.5);
        else
            s += r->entry[at][n - 1].size >= OF_1M     ? P(4)
                 : r->entry[at][n - 1].size >= OF_200K ? P(3)
                 : r->entry[at][n - 1].size >= OF_50K  ? P(2.2)
                                                       : P(1.5);
        if (n == 1 && (whole & IS(WORD)))
            s -= whole & IS(COUNTRY) ? 0 : r->weak[at] ? P(3) : P(1);
        s += longer(m);
        if (n == 1 && (whole & (IS(GIVEN) | IS(FAMILY))) && !(whole & (IS(COUNTRY))))
            s -= r->entry[at][n - 1].size >= OF_1M || (whole & IS(PLACE)) ? P(0.5) : P(1.2);
    } else {
        if (m->numbers || m->clitics > 1 || m->capitals > 5 || (m->joints && m->capitals < 3 && !m->heads))
            return NEVER;
        if (n > 1 && (last & IS(PLACE_HEAD)) && m->capitals > 1) {
            s += r->kinds[at][n - 2] & IS_NAME_OF_PLACE ? P(4.7) : P(3.2);
            *rule = R_HEAD_WORD;
        }
        uint32_t k = r->place_first[at];
        if (k && k < n && (k > 1 || m->joints == 0)) {
            s += k > 1 ? P(3.5) : r->word[at] & IS(PLACE_HEAD) && !(r->word[at + 1] & IS(WORD)) ? P(3.2) : P(1.8);
            if ((r->kinds[at + k][n - k - 1] & IS_NAME_OF_PLACE))
                s += P(2);
            *rule = R_FIRST_WORD;
        }
        s -= P(0.5) * (int32_t)m->joints + P(1.0) * (int32_t)m->clitics;
        s -= P(0.3) * (int32_t)m->common;
        if ((r->shape[at] & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER)
            s -= P(1);
        if (m->capitals > 2 && *rule == R_PREPOSITION)
            s -= P(1);
        if ((last & (IS(ORG_HEAD) | IS(ORG_END))) && !(last & IS(PLACE_HEAD)))
            s -= P(2);
    }
    if (before & IS(LOC_PREP))
        s += before & BEFORE_THE ? P(0.5) : P(1.6);
    if (behind & BEHIND_PLACE) {
        s += P(2.2);
        if (*rule == R_PREPOSITION)
            *rule = R_PLACE_COMMA;
    }
    if (before & BEFORE_PLACE_OF)
        s += P(2.2);
    if (behind & (BEHIND_TOWN | BEHIND_BASED | BEHIND_GOVERNED)) {
        s += behind & BEHIND_GOVERNED ? P(1.2) : P(2.5);
        if (*rule == R_PREPOSITION)
            *rule = R_CONTEXT;
    }
    if ((before & BEFORE_OPEN) && (behind & BEHIND_CLOSE) && (whole & IS_NAME_OF_PLACE))
        s += P(1);
    if (behind & IS(SAY))
        s -= P(0.8);
    if (r->titled[at])
        s -= P(2);
    if (behind & BEHIND_MONEY)
        s -= P(6);
    /* PORT LOUIS, March 3: capitals at the start of a line of plain text. */
    if ((behind & BEHIND_DATELINE) && at == 0 && (r->shape[0] & TM_SHAPE_LINE) && m->upper == m->capitals &&
        m->upper > 0)
        s += P(3);
    return s;
}

/* Likewise for an organisation. */
#define MOST_OF_AN_ORGANISATION(capitals) ((capitals) > 2 ? -P(0.9) : (capitals) > 1 ? -P(1.4) : -P(1.7))
static inline int may_be_organisation(const struct run *r, uint32_t at, uint32_t n) {
    uint32_t end = at + n, first = r->word[at];
    return (r->kinds[at][n - 1] & IS(ORG)) || ((first | r->word[end - 1]) & IS(ORG_HEAD)) || r->org_end[end] ||
           (r->first_words >> at & 15) || (n == 1 && (r->shape[at] & TM_SHAPE_ALL_UPPER)) ||
           (r->befores[at] & (BEFORE_THE | BEFORE_GROUP)) ||
           (r->behinds[end] & (BEHIND_ACRONYM | BEHIND_FIRM | IS(ORG_VERB)));
}

static inline int32_t read_organisation(const struct run *r, uint32_t at, uint32_t n, const struct made *m,
                                        uint32_t *rule) {
    uint32_t end = at + n, last = r->word[end - 1];
    uint64_t before = r->befores[at], behind = r->behinds[end];
    uint32_t whole = r->kinds[at][n - 1];
    int32_t s = -P(1.7);
    *rule = R_CONTEXT;
    if (whole & IS(ORG)) {
        s += P(5);
        *rule = R_GAZETTEER;
        if (n == 1 && (whole & IS(WORD)))
            s -= r->weak[at] ? P(3) : P(1);
        s += longer(m);
    } else {
        uint32_t first_words = 0;
        if (m->clitics && !(last & IS(ORG_HEAD)))
            return NEVER;
        if (m->capitals > 1 && (last & IS(ORG_HEAD))) {
            s += P(3.4);
            *rule = R_HEAD_WORD;
            if (r->starts_place[at] && r->starts_place[at] < n && r->starts_place[at] <= 3)
                s += P(1.5); /* Montreal Hockey Club */
        }
        if (r->org_end[end] && r->org_end[end] < n) {
            s += P(4);
            *rule = R_COMPANY_FORM;
        }
        uint32_t some = r->first_words >> at & 15;
        for (uint32_t from = at; some && from < end && from < at + 4 && !first_words; from++) {
            if (from > at && !(r->shape[from - 1] & TM_SHAPE_FIRST_UPPER))
                break;
            uint32_t k = r->org_first[from];
            if (k > (from > at) && from + k < end) {
                first_words = k;
                s += k > 1 ? P(4.5) - P(0.4) * (int32_t)(from - at) : r->word[from] & IS(ORG_HEAD) ? P(2.6) : P(1.0);
                if (*rule == R_CONTEXT)
                    *rule = R_FIRST_WORD;
            }
        }
        /* University of Leeds; Ministry of Trade and Industry: the head stands first. */
        if (!first_words && n > 2 && (r->word[at] & IS(ORG_HEAD)) && m->joints &&
            r->w->t.length[r->first + at + 1] == 2 && r->w->text[r->w->t.start[r->first + at + 1]] == 'o') {
            s += P(2.5);
            first_words = 1;
            *rule = R_FIRST_WORD;
        }
        if (n == 1 && (r->shape[at] & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER &&
            r->w->t.length[r->first + at] <= 7 && !is_roman(r->w, r->first + at)) {
            s += behind & BEHIND_NUMBER ? 0 : r->w->t.length[r->first + at] <= 5 ? P(2.2) : P(1.6);
            s -= r->level[at] && r->level[at] <= 35 ? P(1.5) : 0;
            *rule = R_ACRONYM;
        }
        if (*rule != R_CONTEXT && r->starts_org[at] && r->starts_org[at] < n)
            s += P(3); /* Credit Suisse Group AG */
        if (at > 0 && (r->word[at] & (IS(ORG_HEAD) | IS(ORG_END))) && !first_words &&
            (r->shape[at - 1] & TM_SHAPE_FIRST_UPPER))
            s -= P(2);
        if (m->joints > (first_words ? 3u : 1u) || m->numbers)
            s -= P(1.5);
        if (!first_words)
            s -= P(1.6) * (int32_t)m->joints;
        if (m->points && *rule != R_COMPANY_FORM)
            s -= m->clitics ? 0 : P(0.5);
        s -= P(1.0) * (int32_t)m->clitics;
        if (m->capitals > 1 && r->word[at] & IS(WORD))
            s += P(0.3);
        if (m->weak && m->common == m->capitals && !(m->heads > 1))
            s -= P(1.0);
        if (m->capitals > 2 && m->common + m->heads >= 2)
            s += P(0.5);
        if ((last & IS(PLACE_HEAD)) && !(last & IS(ORG_HEAD)))
            s -= P(1.5);
    }
    if (behind & BEHIND_ACRONYM) {
        s += P(2.5);
        if (*rule == R_CONTEXT)
            *rule = R_BRACKETS;
    }
    if (before & BEFORE_THE)
        s += P(0.6);
    if (before & BEFORE_GROUP)
        s += P(1.8) + P(0.3) * (int32_t)m->capitals;
    if (behind & BEHIND_FIRM)
        s += P(2.5);
    if (behind & IS(ORG_VERB))
        s += P(0.8);
    if (before & IS(LOC_PREP))
        s -= P(0.3);
    if (r->titled[at])
        s -= P(1.5);
    return s;
}

static inline int32_t read_event(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t whole = r->kinds[at][n - 1];
    uint32_t last = r->word[at + n - 1];
    *rule = R_GAZETTEER;
    if (whole & IS(EVENT))
        return P(4.0) + longer(m) - (n == 1 && (whole & IS(WORD)) && r->weak[at] ? P(2) : 0);
    if (n == 1 || m->clitics > 1 || m->joints > 2)
        return NEVER;
    int32_t s = -P(1.5);
    if ((last & IS(EVENT_HEAD)) && m->capitals > 1) {
        s += P(2.8);
        *rule = R_HEAD_WORD;
    }
    if ((r->word[at] & IS(EVENT_FIRST)) || (n > 2 && (r->kinds[at][1] & IS(EVENT_FIRST)))) {
        s += P(3.5);
        *rule = R_FIRST_WORD;
    }
    return s - P(1) * (int32_t)m->joints;
}

static inline int32_t read_miscellany(const struct run *r, uint32_t at, uint32_t n, const struct made *m,
                                      uint32_t *rule) {
    uint32_t whole = r->kinds[at][n - 1];
    int32_t s = NEVER;
    if (whole & IS(DEMONYM)) {
        *rule = R_DEMONYM;
        s = P(3.5);
        /* Han Zhongmin, Roman Abramovich. */
        uint32_t behind = at + n < r->count ? r->word[at + n] : IS(WORD);
        if ((whole & (IS(FAMILY) | IS(GIVEN))) &&
            !(behind & (IS(WORD) | IS_NAME_OF_PLACE | IS(ORG_HEAD) | IS(TITLE))) &&
            (r->shape[at + n] & TM_SHAPE_FIRST_UPPER))
            s -= P(3);
    } else if (whole & IS(MISC)) {
        *rule = R_GAZETTEER;
        s = P(3.5) + longer(m);
        if (n == 1 && (whole & IS(WORD)))
            s -= r->weak[at] ? P(3) : P(1);
    } else if (n > 1 && m->capitals > 1 && (r->word[at + n - 1] & IS(MISC_HEAD)) && m->joints < 3) {
        *rule = R_HEAD_WORD;
        s = P(2.0) + P(0.3) * (int32_t)m->capitals - P(1) * (int32_t)m->joints;
        if (r->starts_misc[at] && r->starts_misc[at] < n)
            s += P(4);
    }
    return s;
}

#endif
