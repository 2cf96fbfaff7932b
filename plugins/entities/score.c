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
    const struct phrase_step *step;
    if (!phrase_longest_step(&w->gazetteer->table.phrases, w->t.hash, i, w->t.count, &step))
        return 0;
    return gazetteer_entry(w->gazetteer, step, 1, 1).kinds;
}

/* Behind a comma and an article, before a verb or another comma could come: what the name is (, a fishing town). */
static uint64_t look_at_apposition(const struct work *w, uint32_t i) {
    for (uint32_t k = i; k < i + 4 && k < w->t.count; k++) {
        uint32_t shape = w->t.shape[k];
        if ((shape & (TM_SHAPE_WORD | TM_SHAPE_SENTENCE)) != TM_SHAPE_WORD)
            break;
        uint32_t kinds = shape & TM_SHAPE_LOWER ? gazetteer_small_word(w->gazetteer, w->t.hash[k]) : 0;
        if (kinds & (IS(PLACE_HEAD) | IS(ORG_HEAD)))
            return kinds & IS(PLACE_HEAD) ? BEHIND_TOWN : BEHIND_FIRM;
        if (kinds & (IS(PARTICLE) | IS_JOINT))
            break;
    }
    return 0;
}

/* Behind a comma: an age (, 43,), the larger place (, Texas), or what the name is. */
static uint64_t look_behind_comma(const struct work *w, uint32_t to) {
    if (to + 1 >= w->t.count)
        return 0;
    uint32_t shape = w->t.shape[to + 1];
    if ((shape & TM_SHAPE_NUMBER) && w->t.length[to + 1] == 2)
        return to + 2 < w->t.count && (is_byte(w, to + 2, ',') || is_byte(w, to + 2, '.')) ? BEHIND_AGE : 0;
    if ((shape & TM_SHAPE_FIRST_UPPER) && (kinds_from(w, to + 1) & (IS(COUNTRY) | IS(REGION))))
        return BEHIND_PLACE;
    if ((shape & TM_SHAPE_LOWER) && w->t.length[to + 1] < 3 && w->text[w->t.start[to + 1]] == 'a')
        return look_at_apposition(w, to + 2);
    return 0;
}

/* X-based, X-born. */
static uint64_t look_behind_hyphen(const struct work *w, uint32_t i) {
    if (i >= w->t.count || (w->t.shape[i] & TM_SHAPE_SPACE))
        return 0;
    const char *text = w->text + w->t.start[i];
    return (w->t.length[i] == 5 && memcmp(text, "based", 5) == 0) ||
                   (w->t.length[i] == 4 && memcmp(text, "born", 4) == 0)
               ? BEHIND_BASED
               : 0;
}

static uint64_t look_behind(const struct work *w, uint32_t to) {
    if (to >= w->t.count || (w->t.shape[to] & TM_SHAPE_SENTENCE))
        return 0;
    uint32_t shape = w->t.shape[to];
    if (shape & TM_SHAPE_WORD) {
        uint32_t kinds = gazetteer_small_word(w->gazetteer, w->t.hash[to]);
        return (kinds & KINDS_BEHIND) | (kinds & IS_GOVERNED && shape & TM_SHAPE_LOWER ? BEHIND_GOVERNED : 0);
    }
    if (shape & TM_SHAPE_NUMBER)
        return BEHIND_NUMBER;
    uint64_t behind = shape & TM_SHAPE_DASH ? BEHIND_DATELINE | look_behind_hyphen(w, to + 1) : 0;
    if (w->t.length[to] != 1)
        return behind;
    switch (w->text[w->t.start[to]]) {
    case ',':
        return BEHIND_DATELINE | look_behind_comma(w, to);
    case ')':
        return BEHIND_CLOSE;
    case '$':
        return BEHIND_MONEY;
    case '(':
        if (to + 2 < w->t.count && (w->t.shape[to + 1] & TM_SHAPE_ALL_UPPER) && is_byte(w, to + 2, ')') &&
            w->t.length[to + 1] > 2)
            return BEHIND_DATELINE | BEHIND_ACRONYM;
        return BEHIND_DATELINE;
    default:
        return behind;
    }
}

static uint64_t look_before(const struct work *w, uint32_t from) {
    uint64_t before = 0;
    if (from == 0 || (w->t.shape[from] & TM_SHAPE_SENTENCE))
        return 0;
    uint32_t i = from - 1, shape = w->t.shape[i];
    if (!(shape & TM_SHAPE_WORD))
        return is_byte(w, i, '(') || is_byte(w, i, '[') ? BEFORE_OPEN : 0;
    uint32_t kinds = gazetteer_small_word(w->gazetteer, w->t.hash[i]);
    if ((kinds & IS_THE) && !(shape & TM_SHAPE_ALL_UPPER)) {
        before = BEFORE_THE;
        if (!(shape & TM_SHAPE_SENTENCE) && i > 0)
            kinds = kinds_of(w, i - 1);
    }
    if ((shape & TM_SHAPE_LOWER) && (kinds & IS(ORG_HEAD)) && !before)
        before = BEFORE_GROUP;
    else if ((shape & TM_SHAPE_LOWER) && w->t.length[i] == 2 && w->text[w->t.start[i]] == 'o' && i > 0 &&
             (w->t.shape[i - 1] & TM_SHAPE_LOWER) &&
             (kinds_of(w, i - 1) & (IS(PLACE_HEAD) | IS(LOC_PREP) | IS_GOVERNED)))
        before = BEFORE_PLACE_OF;
    return before | (kinds & KINDS_BEFORE);
}

#define PHRASES_NOTED                                                                                                  \
    (IS(HONORIFIC) | IS(TITLE) | IS(ORG_FIRST) | IS(PLACE_FIRST) | IS_NAME_OF_PLACE | IS(ORG) | IS(MISC) | IS(ORG_END))

static void note_phrases(struct run *r, uint32_t i) {
    r->org_first[i] = r->place_first[i] = r->starts_place[i] = r->starts_org[i] = r->starts_misc[i] = 0;
    for (uint32_t n = r->longest[i]; n > 0; n--) {
        uint32_t kinds = r->kinds[i][n - 1];
        if (!(kinds & PHRASES_NOTED))
            continue;
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
    r->first_words |= (uint32_t)(r->org_first[i] != 0) << i;
}

/* A quotation mark or a colon before it: as good as the start of a sentence. */
static int opens_speech(const struct work *w, uint32_t i) {
    return i > 0 && ((w->t.shape[i - 1] & TM_SHAPE_QUOTE) || is_byte(w, i - 1, ':'));
}

/* The small letters behind a hyphen in Ma Ying-jeou, which chunks.c let in. */
static int is_syllable(const struct run *r, uint32_t i) {
    return i >= 2 && (r->shape[i] & TM_SHAPE_LOWER) && (r->shape[i - 1] & TM_SHAPE_DASH) &&
           (i + 1 >= r->count || !(r->shape[i + 1] & TM_SHAPE_DASH));
}

/* What token i adds to a piece that began before it or with it (a piece that begins with small letters is none). */
static struct made made_of(const struct run *r, uint32_t i) {
    struct made m = {0};
    uint32_t shape = r->shape[i], kinds = r->word[i];
    if (shape & TM_SHAPE_CLITIC) {
        m.clitics = 1;
    } else if (shape & TM_SHAPE_DASH) {
    } else if (shape & TM_SHAPE_NUMBER) {
        m.numbers = 1;
    } else if (shape & TM_SHAPE_PUNCT) {
        m.points = 1;
        m.impersonal = !is_byte(r->w, r->first + i, '.');
    } else if (!(shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED))) {
        if (is_syllable(r, i))
            return m;
        m.joints = 1;
        m.impersonal = !(kinds & IS(PARTICLE)) ||
                       (r->w->t.length[r->first + i] == 2 && r->w->text[r->w->t.start[r->first + i]] == 'o'); /* of */
    } else {
        int upper = (shape & TM_SHAPE_ALL_UPPER) && r->mode != CASE_UPPER && r->w->t.length[r->first + i] > 1;
        m.capitals = 1;
        m.weak = r->weak[i];
        m.family = (kinds & IS(FAMILY)) != 0;
        m.heads = (kinds & (IS(ORG_HEAD) | IS(PLACE_HEAD) | IS(EVENT_HEAD) | IS(ORG_END))) != 0;
        m.titles = (kinds & (IS(TITLE) | IS(HONORIFIC))) != 0;
        m.pure_titles = m.titles && !(kinds & (IS(GIVEN) | IS(FAMILY)));
        m.initials = r->initial[i];
        m.initials_upper = r->initial[i] && upper;
        m.upper = !r->initial[i] && upper;
        m.common = (kinds & (IS(WORD) | IS(GIVEN) | IS(FAMILY))) == IS(WORD);
        m.unknown = !(kinds & (IS(WORD) | NAME_KINDS));
    }
    return m;
}

/* Whether a name can end with token i, as far as the token goes. */
static int can_end(const struct run *r, uint32_t i) {
    uint32_t shape = r->shape[i];
    return !(shape & (TM_SHAPE_PUNCT | TM_SHAPE_CLITIC | TM_SHAPE_NUMBER | TM_SHAPE_LOWER)) ||
           (shape & TM_SHAPE_MIXED) || is_syllable(r, i) || (i > 0 && (r->kinds[i - 1][1] & IS(ORG_END)));
}

static void made_add(struct run *r, uint32_t i) {
    struct made m = made_of(r, i);
    uint64_t counts[2];
    _Static_assert(sizeof m == sizeof counts, "a byte a count");
    memcpy(counts, &m, sizeof m);
    r->made[i + 1][0] = r->made[i][0] + counts[0];
    r->made[i + 1][1] = r->made[i][1] + counts[1];
}

void score_look_around(const struct work *w, const struct chunk *c, struct beside *b) {
    uint32_t shape = w->t.shape[c->first];
    b->before = look_before(w, c->first);
    b->behind = look_behind(w, c->first + c->count);
    /* Signs that count together with another only, so that more runs are the same. */
    if (!(b->before & BEFORE_OPEN) || !(b->behind & BEHIND_CLOSE)) {
        b->before &= ~BEFORE_OPEN;
        b->behind &= ~BEHIND_CLOSE;
    }
    if (!(shape & TM_SHAPE_LINE) || !(shape & TM_SHAPE_ALL_UPPER))
        b->behind &= ~BEHIND_DATELINE;
    b->weaks = c->mode != CASE_PLAIN ? ~0u : (shape & TM_SHAPE_SENTENCE) || opens_speech(w, c->first);
    b->lowers = b->weaks & 1 ? (uint32_t)was_lower(w, w->t.hash[c->first]) : 0;
    for (uint32_t i = 1; c->mode != CASE_PLAIN && i < c->count; i++)
        b->lowers |= (uint32_t)was_lower(w, w->t.hash[c->first + i]) << i;
}

void score_prepare(struct run *r) {
    const struct work *w = r->w;
    memset(r->titled, 0, r->count + 1);
    memset(r->org_end, 0, r->count + 1);
    r->made[0][0] = r->made[0][1] = 0;
    memset(r->befores, 0, (r->count + 1) * sizeof r->befores[0]);
    memset(r->behinds, 0, (r->count + 1) * sizeof r->behinds[0]);
    r->befores[0] = r->beside.before;
    r->behinds[r->count] = r->beside.behind;
    if (r->shape[r->count - 1] & TM_SHAPE_CLITIC)
        r->behinds[r->count - 1] = r->beside.behind;
    r->begins = r->ends = r->first_words = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t shape = r->shape[i];
        uint32_t kinds = r->word[i];
        r->initial[i] = (shape & TM_SHAPE_POINTS) && w->t.length[r->first + i] <= 4;
        r->weak[i] = r->beside.weaks >> i & 1;
        note_phrases(r, i);
        made_add(r, i);
        r->begins |= (uint32_t)((shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT)) != 0) << i;
        r->ends |= (uint32_t)can_end(r, i) << i;
        if (!(shape & TM_SHAPE_FIRST_UPPER) || (shape & TM_SHAPE_CLITIC)) {
            r->none[i] = 0;
            continue;
        }
        int32_t x = -P(1.0);
        if (kinds & IS(CALENDAR))
            x = P(3);
        else if ((kinds & IS(NOT_NAME)) && (r->weak[i] || r->level[i] == 10))
            x = r->weak[i] ? P(2) : P(0.5);
        else if (kinds & IS(WORD))
            x = r->weak[i] ? (kinds & NAME_KINDS ? P(0.3) : P(1.0)) : -P(0.3);
        else if (r->weak[i])
            x = kinds & NAME_KINDS ? -P(1) : -P(0.3);
        if (r->beside.lowers >> i & 1)
            x += P(1);
        r->none[i] = x;
    }
}
