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

static inline uint64_t before_of(const struct run *r, uint32_t at) {
    return at == 0 ? r->beside.before : 0;
}

static inline uint64_t behind_of(const struct run *r, uint32_t end) {
    return end == r->count ? r->beside.behind : (r->shape[end] & TM_SHAPE_CLITIC) && end + 1 == r->count ? r->beside.behind : 0;
}

static inline uint32_t is_title(uint32_t kinds, uint32_t titled) {
    return (kinds & (IS(TITLE) | IS(HONORIFIC))) && (titled || !(kinds & (IS(GIVEN) | IS(FAMILY))));
}

/* A longer phrase of the gazetteer is worth more than a shorter one in it and the rest. */
static inline float longer(const struct made *m) {
    float more = m->capitals > 1 ? 1.6f * (float)(m->capitals - 1) + 2.0f * (float)m->joints : 0;
    return more > 8 ? 8 : more;
}

static inline float read_person(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t end = at + n, first = r->word[at], last = r->word[end - 1];
    uint64_t before = before_of(r, at), behind = behind_of(r, end);
    float s = -1.5f;
    *rule = R_TWO_CAPITALS;
    if (m->impersonal || m->clitics || m->numbers || m->capitals > 5 ||
        (r->shape[end - 1] & (TM_SHAPE_DASH | TM_SHAPE_NUMBER)))
        return -9;
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
    if (m->titles && n > 1)
        s -= 2.5f * (float)((r->titled[at] ? m->titles : m->pure_titles) - is_title(last, r->titled[at]));
    if (m->capitals > 2)
        s += 0.4f * (float)(m->capitals > 4 ? 2 : m->capitals - 2);
    if (m->capitals > 1 && (first & (IS(COUNTRY) | IS(DEMONYM))) && !(first & (IS(GIVEN) | IS(FAMILY))))
        s -= 2;
    if ((last & (IS(COUNTRY) | IS(DEMONYM))) && m->capitals > 1 && !(last & IS(FAMILY)))
        s -= 1.5f;
    if (m->capitals > 1 && m->initials)
        s += (float)m->initials - (n > 1 && r->initial[end - 1] ? 2.0f : 0);
    s -= (float)(m->capitals > 1 ? m->upper : m->upper + m->initials_upper);
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
        const struct remembered *had = memory_of(r->w->memory, name_key(r->w, r->first + end - tail, tail));
        if (had && (had->types & REMEMBERED_SURNAME)) {
            s += tail == n ? 3 : 2;
            if (tail == n)
                *rule = R_SURNAME;
        }
    }
    return s;
}

static inline float read_place(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t end = at + n, last = r->word[end - 1];
    uint64_t before = before_of(r, at), behind = behind_of(r, end);
    uint32_t whole = r->kinds[at][n - 1];
    float s = -1.5f;
    *rule = R_PREPOSITION;
    if (whole & IS_NAME_OF_PLACE) {
        *rule = R_GAZETTEER;
        if (whole & (IS(COUNTRY) | IS(PLACE)))
            s += 5;
        else if (whole & IS(REGION))
            s += 3.5f;
        else
            s += r->entry[at][n - 1].size >= OF_1M     ? 4
                 : r->entry[at][n - 1].size >= OF_200K ? 3
                 : r->entry[at][n - 1].size >= OF_50K  ? 2.2f
                                                       : 1.5f;
        if (n == 1 && (whole & IS(WORD)))
            s -= whole & IS(COUNTRY) ? 0 : r->weak[at] ? 3 : 1;
        s += longer(m);
        if (n == 1 && (whole & (IS(GIVEN) | IS(FAMILY))) && !(whole & (IS(COUNTRY))))
            s -= r->entry[at][n - 1].size >= OF_1M || (whole & IS(PLACE)) ? 0.5f : 1.2f;
    } else {
        if (m->numbers || m->clitics > 1 || m->capitals > 5 || (m->joints && m->capitals < 3 && !m->heads))
            return -9;
        if (n > 1 && (last & IS(PLACE_HEAD)) && m->capitals > 1) {
            s += r->kinds[at][n - 2] & IS_NAME_OF_PLACE ? 4.7f : 3.2f;
            *rule = R_HEAD_WORD;
        }
        uint32_t k = r->place_first[at];
        if (k && k < n && (k > 1 || m->joints == 0)) {
            s += k > 1 ? 3.5f : 1.8f;
            if ((r->kinds[at + k][n - k - 1] & IS_NAME_OF_PLACE))
                s += 2;
            *rule = R_FIRST_WORD;
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
    if ((before & BEFORE_OPEN) && (behind & BEHIND_CLOSE) && (whole & IS_NAME_OF_PLACE))
        s += 1;
    if (behind & IS(SAY))
        s -= 0.8f;
    if (r->titled[at])
        s -= 2;
    if (behind & BEHIND_MONEY)
        s -= 6;
    /* PORT LOUIS, March 3: capitals at the start of a line of plain text. */
    if ((behind & BEHIND_DATELINE) && at == 0 && (r->shape[0] & TM_SHAPE_LINE) && m->upper == m->capitals &&
        m->upper > 0)
        s += 3;
    return s;
}

static inline float read_organisation(const struct run *r, uint32_t at, uint32_t n, const struct made *m,
                                      uint32_t *rule) {
    uint32_t end = at + n, last = r->word[end - 1];
    uint64_t before = before_of(r, at), behind = behind_of(r, end);
    uint32_t whole = r->kinds[at][n - 1];
    float s = -1.7f;
    *rule = R_CONTEXT;
    if (whole & IS(ORG)) {
        s += 5;
        *rule = R_GAZETTEER;
        if (n == 1 && (whole & IS(WORD)))
            s -= r->weak[at] ? 3 : 1;
        s += longer(m);
    } else {
        uint32_t first_words = 0;
        if (m->clitics && !(last & IS(ORG_HEAD)))
            return -9;
        if (m->capitals > 1 && (last & IS(ORG_HEAD))) {
            s += 3.4f;
            *rule = R_HEAD_WORD;
            if (r->starts_place[at] && r->starts_place[at] < n && r->starts_place[at] <= 3)
                s += 1.5f; /* Montreal Hockey Club */
        }
        if (r->org_end[end] && r->org_end[end] < n) {
            s += 4;
            *rule = R_COMPANY_FORM;
        }
        uint32_t some = r->first_words >> at & 15;
        for (uint32_t from = at; some && from < end && from < at + 4 && !first_words; from++) {
            if (from > at && !(r->shape[from - 1] & TM_SHAPE_FIRST_UPPER))
                break;
            uint32_t k = r->org_first[from];
            if (k > (from > at) && from + k < end) {
                first_words = k;
                s += k > 1 ? 4.5f - 0.4f * (float)(from - at) : 1.0f;
                if (*rule == R_CONTEXT)
                    *rule = R_FIRST_WORD;
            }
        }
        /* University of Leeds; Ministry of Trade and Industry: the head stands first. */
        if (!first_words && n > 2 && (r->word[at] & IS(ORG_HEAD)) && m->joints &&
            r->w->t.length[r->first + at + 1] == 2 && r->w->text[r->w->t.start[r->first + at + 1]] == 'o') {
            s += 2.5f;
            first_words = 1;
            *rule = R_FIRST_WORD;
        }
        if (n == 1 && (r->shape[at] & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER &&
            r->w->t.length[r->first + at] <= 7 && !is_roman(r->w, r->first + at)) {
            s += behind & BEHIND_NUMBER ? 0 : r->w->t.length[r->first + at] <= 5 ? 2.2f : 1.6f;
            s -= r->level[at] && r->level[at] <= 35 ? 1.5f : 0;
            *rule = R_ACRONYM;
        }
        if (*rule != R_CONTEXT && r->starts_org[at] && r->starts_org[at] < n)
            s += 3; /* Credit Suisse Group AG */
        if (at > 0 && (r->word[at] & (IS(ORG_HEAD) | IS(ORG_END))) && !first_words &&
            (r->shape[at - 1] & TM_SHAPE_FIRST_UPPER))
            s -= 2;
        if (m->joints > (first_words ? 3u : 1u) || m->numbers)
            s -= 1.5f;
        if (!first_words)
            s -= 1.6f * (float)m->joints;
        if (m->points && *rule != R_COMPANY_FORM)
            s -= m->clitics ? 0 : 0.5f;
        s -= 1.0f * (float)m->clitics;
        if (m->capitals > 1 && r->word[at] & IS(WORD))
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

static inline float read_event(const struct run *r, uint32_t at, uint32_t n, const struct made *m, uint32_t *rule) {
    uint32_t whole = r->kinds[at][n - 1];
    uint32_t last = r->word[at + n - 1];
    *rule = R_GAZETTEER;
    if (whole & IS(EVENT))
        return 4.0f + longer(m) - (n == 1 && (whole & IS(WORD)) && r->weak[at] ? 2 : 0);
    if (n == 1 || m->clitics > 1 || m->joints > 2)
        return -9;
    float s = -1.5f;
    if ((last & IS(EVENT_HEAD)) && m->capitals > 1) {
        s += 2.8f;
        *rule = R_HEAD_WORD;
    }
    if ((r->word[at] & IS(EVENT_FIRST)) || (n > 2 && (r->kinds[at][1] & IS(EVENT_FIRST)))) {
        s += 3.5f;
        *rule = R_FIRST_WORD;
    }
    return s - (float)m->joints;
}

static inline float read_miscellany(const struct run *r, uint32_t at, uint32_t n, const struct made *m,
                                    uint32_t *rule) {
    uint32_t whole = r->kinds[at][n - 1];
    float s = -9;
    if (whole & IS(DEMONYM)) {
        *rule = R_DEMONYM;
        s = 3.5f;
        /* Han Zhongmin, Roman Abramovich. */
        uint32_t behind = at + n < r->count ? r->word[at + n] : IS(WORD);
        if ((whole & (IS(FAMILY) | IS(GIVEN))) &&
            !(behind & (IS(WORD) | IS_NAME_OF_PLACE | IS(ORG_HEAD) | IS(TITLE))) &&
            (r->shape[at + n] & TM_SHAPE_FIRST_UPPER))
            s -= 3;
    } else if (whole & IS(MISC)) {
        *rule = R_GAZETTEER;
        s = 3.5f + longer(m);
        if (n == 1 && (whole & IS(WORD)))
            s -= r->weak[at] ? 3 : 1;
    } else if (n > 1 && m->capitals > 1 && (r->word[at + n - 1] & IS(MISC_HEAD)) && m->joints < 3) {
        *rule = R_HEAD_WORD;
        s = 2.0f + 0.3f * (float)m->capitals - (float)m->joints;
        if (r->starts_misc[at] && r->starts_misc[at] < n)
            s += 4;
    }
    return s;
}

#endif
