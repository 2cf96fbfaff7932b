/* abroad.c: names in other languages than English. A capital says little there (in German every noun has one), so a
 * name is what a gazetteer has, and a person a known given name with what stands behind it. Rather none than a wrong
 * one.
 */
#include "memory.h"
#include "score.h"

#include <string.h>

/* Whether the token, its letters made small, stands in a list of words with blanks around. */
static int is_one_of(const struct work *w, uint32_t i, const char *words) {
    char word[20] = " ";
    uint32_t len = w->t.length[i];
    if (len > sizeof word - 3)
        return 0;
    for (uint32_t k = 0; k < len; k++) {
        char c = w->text[w->t.start[i] + k];
        word[1 + k] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    word[1 + len] = ' ';
    word[2 + len] = 0;
    return strstr(words, word) != NULL;
}

static int begins_sentence(const struct work *w, uint32_t i) {
    return i == 0 || (w->t.shape[i] & TM_SHAPE_SENTENCE);
}

/* How sure a place is by what stands beside it. */
enum placed { NOWHERE, PERHAPS, HERE };

/* A word of place before the token, a place joined to it by a comma or an "and", a dash of a dateline behind it. */
static enum placed placed(const struct work *w, uint32_t i, uint32_t behind) {
    static const char here[] = " in nach aus zwischen en à À aux naar em tussen desde hasta hacia ";
    static const char perhaps[] =
        " bei von bis bei de d' entre a au da di do na no te van i al del vers près für durch ";
    if (!begins_sentence(w, i)) {
        if (is_one_of(w, i - 1, here))
            return HERE;
        if (w->n_names > 0 && i > 1 && is_one_of(w, i - 1, " , und y e et en o oder u ou ")) {
            const struct name *last = &w->names[w->n_names - 1];
            uint32_t end = last->first + last->count;
            if (last->type == T_GPE && end <= i && i - end <= 3 && w->t.sentence[end - 1] == w->t.sentence[i])
                return HERE;
        }
        return is_one_of(w, i - 1, perhaps) ? PERHAPS : NOWHERE;
    }
    if ((w->t.shape[i] & TM_SHAPE_LINE) && behind < w->t.count && !(w->t.shape[behind] & TM_SHAPE_SENTENCE) &&
        (w->t.shape[behind] & (TM_SHAPE_DASH | TM_SHAPE_OPEN | TM_SHAPE_COMMA)))
        return HERE;
    return NOWHERE;
}

/* A long word of a phrase in small letters: the phrase is chance (El viejo). */
static int has_small_word(const struct work *w, uint32_t i, uint32_t n) {
    for (uint32_t k = i; k < i + n; k++)
        if ((w->t.shape[k] & TM_SHAPE_LOWER) && w->t.length[k] > 3)
            return 1;
    return 0;
}

/* Of the gazetteer's single words only those that are hardly ever anything else: a name that is an English word, too,
 * may well be none where another language is spoken, but one that stands in small letters here is a word. */
static uint32_t sure_type(const struct work *w, uint32_t i, uint32_t n, uint32_t kinds, uint32_t size) {
    int is_person = (kinds & (IS(GIVEN) | IS(FAMILY))) != 0, is_upper = (w->t.shape[i] & TM_SHAPE_ALL_UPPER) != 0;
    if (n == 1 && was_lower(w, w->t.hash[i]))
        return T_NONE;
    if (kinds & IS(COUNTRY))
        return T_GPE;
    enum placed p = n == 1 ? placed(w, i, i + 1) : NOWHERE;
    if (p == HERE && ((kinds & IS(REGION)) || size >= OF_100K))
        return T_GPE;
    if (n == 1 && (kinds & IS(ORG)) && (is_upper || !(kinds & (IS(WORD) | IS(GIVEN) | IS(FAMILY) | IS(CITY)))))
        return T_ORG;
    if (n == 1 && (kinds & IS(PLACE)) && !(kinds & IS(WORD)) && !is_person && !begins_sentence(w, i))
        return T_LOC;
    if (n > 1) {
        if ((kinds & IS(REGION)) || ((kinds & IS(CITY)) && size >= OF_50K))
            return T_GPE;
        return kinds & IS(ORG) ? T_ORG : kinds & IS(PLACE) ? T_LOC : kinds & IS(EVENT) ? T_EVENT : T_NONE;
    }
    if (p == PERHAPS && ((kinds & IS(REGION)) || size >= OF_100K) && !(kinds & IS(WORD)) &&
        (!is_person || size >= OF_1M))
        return T_GPE;
    return size >= OF_1M && !is_person && !(kinds & IS(WORD)) ? T_GPE : T_NONE;
}

static int is_capital(const struct work *w, uint32_t i) {
    return (w->t.shape[i] & (TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER)) == (TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER) &&
           !(w->t.shape[i] & (TM_SHAPE_CLITIC | TM_SHAPE_HASHTAG | TM_SHAPE_MENTION));
}

/* The end of a surname that begins at i: its hyphened parts come with it. */
static uint32_t surname_end(const struct work *w, uint32_t i) {
    while (i + 2 < w->t.count && (w->t.shape[i + 1] & TM_SHAPE_DASH) && !(w->t.shape[i + 1] & TM_SHAPE_SPACE) &&
           !(w->t.shape[i + 2] & TM_SHAPE_SPACE) && is_capital(w, i + 2))
        i += 2;
    return i + 1;
}

/* A given name of the gazetteer with a surname behind it; the number of tokens, or 0. */
static uint32_t full_name(const struct work *w, uint32_t i, uint32_t given) {
    static const char particles[] = " von van de del della di da dos das du la le der den zu el al ";
    static const char no_names[] =
        " der die das dem den des ein eine im am mai juni juli april el la los las un una le les "
        "une il lo mar sol don doña san santa santo sankt saint sainte real nova alle ";
    uint32_t k = i + 1, n_particles = 0, capitals = 1;
    if (!(given & IS(GIVEN)) || w->t.length[i] < 3 || was_lower(w, w->t.hash[i]) || is_one_of(w, i, no_names))
        return 0;
    for (; k < w->t.count && k < i + NAME_TOKENS - 2 && !begins_sentence(w, k); k++) {
        if (is_capital(w, k) || (w->t.shape[k] & TM_SHAPE_POINTS)) {
            uint32_t kinds = gazetteer_word(w->gazetteer, w->t.hash[k], w->t.shape[k]).kinds;
            if (((w->t.shape[k] ^ w->t.shape[i]) & TM_SHAPE_ALL_UPPER && w->t.length[k] > 1 && w->t.length[i] > 1) ||
                (kinds & IS(COUNTRY)) || (was_lower(w, w->t.hash[k]) && !(kinds & IS(FAMILY))))
                break;
            capitals++;
            n_particles = 0;
            if (!(kinds & IS(GIVEN)) && !(w->t.shape[k] & TM_SHAPE_POINTS)) {
                /* Spanish and Portuguese names have two surnames; only a known one is taken for the second. */
                uint32_t end = surname_end(w, k);
                if (end < w->t.count && !begins_sentence(w, end) && is_capital(w, end) &&
                    (gazetteer_word(w->gazetteer, w->t.hash[end], w->t.shape[end]).kinds &
                     (IS(FAMILY) | IS(COUNTRY))) == IS(FAMILY))
                    end = surname_end(w, end);
                return end - i;
            }
        } else if (n_particles < 2 && (w->t.shape[k] & TM_SHAPE_LOWER) && is_one_of(w, k, particles)) {
            n_particles++;
        } else {
            break;
        }
    }
    return capitals > 1 ? k - n_particles - i : 0;
}

/* The surname alone of a person that was named whole before; not behind an article, where it is rather the word. */
static int is_known_surname(const struct work *w, const struct memory *m, uint32_t i) {
    static const char articles[] =
        " der die das den dem des im am vom zum zur ein eine einem einer el la los las un una le les "
        "une du au il lo os as o ";
    const struct remembered *had = memory_of(m, name_key(w, i, surname_end(w, i) - i));
    return had && (had->types & REMEMBERED_SURNAME) && !was_lower(w, w->t.hash[i]) &&
           (begins_sentence(w, i) || !is_one_of(w, i - 1, articles));
}

static void note_small_words(struct work *w) {
    for (uint32_t i = 0; i < w->t.count; i++)
        note_lower(w, w->t.hash[i], w->t.shape[i] / TM_SHAPE_LOWER % 2);
}

/* The longest name of a gazetteer at token i, or 0. */
static uint32_t known_name(struct work *w, uint32_t i, uint32_t *out_type, uint32_t *out_row, uint32_t *out_word) {
    struct run r;
    uint32_t n_run = 0;
    r.w = w;
    r.first = i;
    while (n_run < NAME_TOKENS && i + n_run < w->t.count && (n_run == 0 || !begins_sentence(w, i + n_run))) {
        r.shape[n_run] = w->t.shape[i + n_run];
        n_run++;
    }
    r.count = n_run;
    look_up(&r, 0);
    *out_word = r.word[0];
    for (uint32_t n = r.longest[0]; n > 0; n--) {
        uint32_t kinds = r.kinds[0][n - 1];
        if (!kinds || has_small_word(w, i, n))
            continue;
        *out_type = sure_type(w, i, n, kinds, r.entry[0][n - 1].size);
        *out_row = r.entry[0][n - 1].row;
        if (*out_type != T_NONE)
            return n;
    }
    return 0;
}

void names_from_gazetteers(struct work *w) {
    struct memory *persons = memory_new(w);
    note_small_words(w);
    w->n_names = 0;
    for (uint32_t i = 0; i < w->t.count;) {
        uint32_t n, row, type = T_NONE, word, person;
        if (w->user && (row = user_gazetteer_find(w->user, &w->t, i, &n)) != TM_NONE) {
            add_name(w, i, n, T_MISC, R_USER, row);
            i += n;
            continue;
        }
        if (!(w->t.shape[i] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_DIGIT))) {
            i++;
            continue;
        }
        n = known_name(w, i, &type, &row, &word);
        person = n > 1 && type != T_NONE ? 0 : full_name(w, i, word);
        if (person > n) {
            add_name(w, i, person, T_PERSON, R_GIVEN_NAME, TM_NONE);
            uint32_t tail = name_tail(w, i, person);
            uint32_t surname = i + person - tail;
            memory_get(w, persons, surname, name_key(w, surname, tail))->types |= REMEMBERED_SURNAME;
            n = person;
        } else if (!n && is_capital(w, i) && is_known_surname(w, persons, i)) {
            n = surname_end(w, i) - i;
            add_name(w, i, n, T_PERSON, R_SURNAME, TM_NONE);
        } else if (n) {
            add_name(w, i, n, type, R_GAZETTEER, row);
        }
        i += n ? n : 1;
    }
}
