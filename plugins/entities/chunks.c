/* chunks.c: finds the runs of tokens in which names can stand: capitals, and the small words that join them. Decides
 * nothing of what they are; parse.c does.
 */
#include "names.h"

#include <growing.h>

#include <string.h>

static const uint32_t never = TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION | TM_SHAPE_HASHTAG | TM_SHAPE_CLITIC;

static int is_capital(uint32_t shape) {
    return ((shape & (TM_SHAPE_WORD | never)) == TM_SHAPE_WORD) &
           ((shape & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED)) != 0);
}

static int is_dash_between(const struct work *w, uint32_t i, uint32_t end) {
    return i + 1 < end && (w->t.shape[i] & TM_SHAPE_DASH) && w->t.length[i] == 1 && !(w->t.shape[i] & TM_SHAPE_SPACE) &&
           !(w->t.shape[i + 1] & TM_SHAPE_SPACE);
}

/* A small word that can stand inside a name. */
static int is_joint(const struct work *w, uint32_t i) {
    uint32_t shape = w->t.shape[i];
    if (shape & TM_SHAPE_CLITIC)
        return 1;
    if (shape & TM_SHAPE_PUNCT)
        return w->t.length[i] == 1 && w->text[w->t.start[i]] == '&';
    if (!(shape & TM_SHAPE_LOWER) || w->t.length[i] > 5)
        return 0;
    return (gazetteer_small_word(w->gazetteer, w->t.hash[i]) & IS_JOINT) != 0;
}

/* The point of an abbreviation (Gen . Smith): before it a short capital, behind it a blank and a capital. */
static int is_inner_point(const struct work *w, uint32_t i, uint32_t end) {
    if (w->t.length[i] != 1 || w->text[w->t.start[i]] != '.' || (w->t.shape[i] & TM_SHAPE_SPACE))
        return 0;
    if (i + 1 >= end || w->t.length[i - 1] > 5 || !is_capital(w->t.shape[i + 1]))
        return 0;
    struct entry e = gazetteer_word(w->gazetteer, w->t.hash[i - 1], w->t.shape[i - 1]);
    return (e.kinds & (IS(HONORIFIC) | IS(TITLE) | IS(PLACE_FIRST) | IS(ORG_END) | IS(PLACE_HEAD) | IS(CALENDAR))) != 0;
}

/* The point of a known abbreviation (Inc., Calif.). */
static int is_known_point(const struct work *w, uint32_t i) {
    if (w->t.length[i] != 1 || w->text[w->t.start[i]] != '.' || (w->t.shape[i] & TM_SHAPE_SPACE))
        return 0;
    const struct phrase_step *step = phrase_exact_step(&w->gazetteer->table.phrases, &w->t.hash[i - 1], 2);
    return step && (gazetteer_entry(w->gazetteer, step, 0, 1).kinds & (IS(ORG_END) | IS(REGION)));
}

/* The second syllable of a given name, in small letters behind a hyphen: behind a family name, and no plain word. */
static int is_syllable(const struct work *w, uint32_t from, uint32_t dash) {
    uint32_t i = dash + 1, shape = w->t.shape[i];
    if (dash - from < 2 || !(shape & TM_SHAPE_LOWER) || w->t.length[i] > 6 || w->t.length[dash - 1] > 6)
        return 0;
    struct entry family = gazetteer_word(w->gazetteer, w->t.hash[dash - 2], w->t.shape[dash - 2]);
    struct entry word = gazetteer_word(w->gazetteer, w->t.hash[i], shape);
    if (!(family.kinds & IS(FAMILY)))
        return 0;
    return !(word.kinds & (IS(WORD) | IS(NOT_NAME))) || (w->t.length[i] <= 4 && word.level > 20);
}

/* al-Sadr, el-Sisi: a particle, a hyphen and a capital without blanks. */
static int is_particle_dash(const struct work *w, uint32_t i, uint32_t end) {
    if (!(w->t.shape[i] & TM_SHAPE_LOWER) || (w->t.shape[i] & never) || w->t.length[i] > 3 ||
        !is_dash_between(w, i + 1, end) || !is_capital(w->t.shape[i + 2]))
        return 0;
    return (gazetteer_small_word(w->gazetteer, w->t.hash[i]) & IS(PARTICLE)) != 0;
}

/* The end of the run that begins at i. */
static uint32_t run_end(const struct work *w, uint32_t i, uint32_t end) {
    uint32_t j = i + 1;
    while (j < end && j - i < CHUNK_TOKENS) {
        uint32_t shape = w->t.shape[j], k = j;
        if (is_capital(shape)) {
            j++;
            continue;
        }
        if (shape & TM_SHAPE_DASH) {
            if (!is_dash_between(w, j, end))
                break;
            if (is_capital(w->t.shape[j + 1]) || (w->t.shape[j + 1] & TM_SHAPE_NUMBER)) {
                j += 2;
                continue;
            }
            if (w->t.length[j + 1] <= 3 && is_dash_between(w, j + 2, end) && is_capital(w->t.shape[j + 3])) {
                j += 4; /* Lashkar-e-Taiba */
                continue;
            }
            if (is_syllable(w, i, j)) {
                j += 2; /* Ma Ying-jeou */
                continue;
            }
            break;
        }
        if ((shape & TM_SHAPE_LOWER) && j + 1 < end && (w->t.shape[j + 1] & TM_SHAPE_DASH) &&
            is_particle_dash(w, j, end)) {
            j += 3; /* Muqtada al-Sadr */
            continue;
        }
        if ((shape & TM_SHAPE_TERMINAL) && (is_inner_point(w, j, end) || is_known_point(w, j))) {
            j++;
            continue;
        }
        if ((shape & TM_SHAPE_NUMBER) && (w->t.shape[j - 1] & TM_SHAPE_WORD)) {
            j++;
            continue;
        }
        while (k < end && k - j < 3 && is_joint(w, k))
            k++;
        if (k == j || k >= end || !is_capital(w->t.shape[k]))
            break;
        j = k;
    }
    return j - i > CHUNK_TOKENS ? i + CHUNK_TOKENS : j;
}

/* How a sentence is written, from its words of four letters or more and the small ones. Once there
 * are too many long words in small letters for the tokens of all runs, the rest need not be looked at. */
static uint32_t casing_of(const struct work *w, uint32_t from, uint32_t end, uint32_t in_runs) {
    uint32_t words = 0, capitals = 0, upper = 0, small = 0;
    for (uint32_t i = from; i < end; i++) {
        uint32_t shape = w->t.shape[i];
        uint32_t is_ours = !(shape & never);
        uint32_t is_long = is_ours & ((shape & TM_SHAPE_WORD) != 0) & (w->t.length[i] >= 4);
        words += is_long;
        capitals += is_long & ((shape & TM_SHAPE_FIRST_UPPER) != 0);
        upper += is_long & ((shape & TM_SHAPE_ALL_UPPER) != 0);
        small += is_ours & !is_long & ((shape & TM_SHAPE_LOWER) != 0);
        if (words - capitals > in_runs / 4)
            return CASE_PLAIN;
    }
    if (words >= 2 && upper * 10 >= words * 8 && small * 4 <= words)
        return CASE_UPPER;
    if (words >= 4 && capitals * 10 >= words * 9)
        return CASE_TITLE;
    return CASE_PLAIN;
}

static void add(struct work *w, uint32_t first, uint32_t count, uint32_t mode) {
    if (w->n_chunks == w->room_chunks) {
        uint32_t room = w->room_chunks ? w->room_chunks * 2 : 64;
        w->chunks =
            kit_resize(w->host, w->doc, w->chunks, w->room_chunks * sizeof *w->chunks, room * sizeof *w->chunks);
        w->room_chunks = room;
    }
    w->chunks[w->n_chunks++] = (struct chunk){first, (uint8_t)count, (uint8_t)mode, 0};
}

/* A word at the start of a sentence that is hardly ever a name: it, but, after. */
static uint32_t is_plain_word(const struct work *w, uint32_t i) {
    const struct small_word *small = gazetteer_small(w->gazetteer, w->t.hash[i]);
    if (!(small->kinds & IS(NOT_NAME)))
        return 0;
    if ((w->t.shape[i] & (TM_SHAPE_FIRST_UPPER | TM_SHAPE_ALL_UPPER)) == TM_SHAPE_FIRST_UPPER)
        return small->is_plain;
    return gazetteer_is_plain(gazetteer_word(w->gazetteer, w->t.hash[i], w->t.shape[i]).kinds);
}

/* Whether the sentence begins in small letters, as people write who do without capitals. */
static int is_informal(const struct work *w, uint32_t from, uint32_t end) {
    while (from < end && !(w->t.shape[from] & TM_SHAPE_WORD))
        from++;
    return from < end && (w->t.shape[from] & TM_SHAPE_LOWER);
}

/* The run that begins at i, cut short where a name of the user's begins; returns its end. */
static uint32_t add_run(struct work *w, uint32_t i, uint32_t end) {
    uint32_t stop = run_end(w, i, end), n;
    for (uint32_t k = i + 1; w->user && k < stop; k++)
        if (user_gazetteer_find(w->user, &w->t, k, &n) != TM_NONE)
            stop = k;
    if (stop - i > 1 || !(w->t.shape[i] & TM_SHAPE_SENTENCE) || !is_plain_word(w, i))
        add(w, i, stop - i, CASE_PLAIN);
    return stop;
}

/* A name in small letters that begins at i: added; its number of tokens, or 0. */
static uint32_t add_small(struct work *w, uint32_t i, uint32_t end) {
    uint32_t type, row, n = 0;
    if (phrase_may_begin(&w->gazetteer->table.phrases, w->t.hash[i]))
        n = name_in_small_letters(w, i, end, &type, &row);
    if (n)
        add(w, i, n, CASE_LOWER);
    return n;
}

static int may_begin_phrase(const struct work *w, uint32_t i) {
    return (w->t.shape[i] & TM_SHAPE_DIGIT) && phrase_may_begin(&w->gazetteer->table.phrases, w->t.hash[i]);
}

static void sentence(struct work *w, uint32_t from, uint32_t end) {
    const uint32_t *shapes = w->t.shape;
    const uint64_t *hashes = w->t.hash;
    const struct user_gazetteer *user = w->user;
    uint32_t first_chunk = w->n_chunks, in_runs = 0, run = from, n;
    int informal = is_informal(w, from, end);
    /* Tokens at which something may begin, or (the hyphen of al-Sadr) has begun; all others are passed over. */
    uint32_t stops = user ? ~0u : TM_SHAPE_FIRST_UPPER | TM_SHAPE_MIXED | TM_SHAPE_DIGIT | TM_SHAPE_DASH | never;
    stops |= informal ? TM_SHAPE_LOWER : 0;
    for (uint32_t i = from; i < end;) {
        uint32_t shape = shapes[i];
        if (!(shape & stops)) {
            note_lower(w, hashes[i], shape / TM_SHAPE_LOWER % 2); /* not a branch: it could not be foretold */
            i++;
            continue;
        }
        if (user && user_gazetteer_find(user, &w->t, i, &n) != TM_NONE) {
            add(w, i, n, CASE_USER);
            in_runs += n;
            run = i += n;
            continue;
        }
        if (shape & TM_SHAPE_DASH) {
            if (i == run || !(shapes[i - 1] & TM_SHAPE_LOWER) || !is_particle_dash(w, i - 1, end)) {
                i++;
                continue;
            }
            i--;
        } else if ((shape & TM_SHAPE_LOWER) && !(shape & never)) {
            note_lower(w, hashes[i], 1);
            if (informal && (n = add_small(w, i, end)) > 0) {
                run = i += n;
                continue;
            }
            if (!(shape & TM_SHAPE_MIXED)) {
                i++;
                continue;
            }
        } else if (!is_capital(shape) && !may_begin_phrase(w, i)) {
            i++;
            continue;
        }
        uint32_t stop = add_run(w, i, end);
        in_runs += stop - i;
        run = i = stop;
    }
    if (first_chunk == w->n_chunks)
        return;
    uint32_t mode = casing_of(w, from, end, in_runs);
    for (uint32_t k = first_chunk; mode != CASE_PLAIN && k < w->n_chunks; k++)
        if (w->chunks[k].mode == CASE_PLAIN)
            w->chunks[k].mode = (uint8_t)mode;
}

void chunks_find(struct work *w, const tm_sentences *sentences) {
    for (uint32_t s = 0; s < sentences->count; s++)
        sentence(w, sentences->token[s], sentences->token[s + 1]);
}
