/* vader.c: VADER's rules to the letter, with their slips, so that figures can be compared with published ones.
 *
 * Source: C. J. Hutto and E. Gilbert, VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
 * Text, ICWSM 2014; behaviour as of the Python implementation (MIT), whose order of floating-point operations is kept,
 * because the fourth decimal depends on it. What looks wrong here is so there:
 *   - after a word two back from never-so, "so" or "this" alone multiply by 1.25 (a missing bracket);
 *   - the "but" rule changes the first score that equals the current one, not the current one;
 *   - words are parted by white space alone, and stripped of punctuation only where more than two characters remain.
 */
#include "vader.h"

#include "but.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define NEGATION (-0.74)
#define CAPITALS 0.733

void vader_work_free(struct vader_work *w) {
    words_free(&w->words);
    free(w->scores);
    free(w->text);
    free(w->heap);
    *w = (struct vader_work){0};
}

/* The first byte that is not ASCII, or end. */
static const char *skip_ascii(const char *at, const char *end) {
    uint64_t eight;
    for (; end - at >= 8; at += 8) {
        memcpy(&eight, at, 8);
        if (eight & 0x8080808080808080u)
            break;
    }
    while (at < end && (unsigned char)*at < 0x80)
        at++;
    return at;
}

/* Emoji become their names, with a space before unless one stands there. Only where there is one a copy is made. */
static int name_emoji(const struct emoji *emoji, tm_str *text, struct vader_work *work) {
    const char *at = text->data, *end = at + text->len, *copied = at;
    uint64_t len = 0;
    while ((at = skip_ascii(at, end)) < end) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)at, end - at, &code);
        if (used <= 0) {
            at++;
            continue;
        }
        tm_str name = code > 0 ? emoji_name(emoji, (uint32_t)code) : (tm_str){NULL, 0};
        if (name.data) {
            uint64_t plain = (uint64_t)(at - copied);
            int after_space = at == text->data || at[-1] == ' ';
            if (words_grow((void **)&work->text, &work->text_room, len + plain + name.len + text->len + TM_PAD, 1) != 0)
                return -1;
            memcpy(work->text + len, copied, plain);
            len += plain;
            if (!after_space)
                work->text[len++] = ' ';
            memcpy(work->text + len, name.data, name.len);
            len += name.len;
            copied = at + used;
        }
        at += used;
    }
    if (copied == text->data)
        return 0;
    memcpy(work->text + len, copied, (size_t)(end - copied));
    len += (uint64_t)(end - copied);
    *text = (tm_str){work->text, len};
    return 0;
}

static int has(const struct vader_word *word, uint32_t flags) {
    return (word->flags & flags) != 0;
}

/* What a booster before the word adds. */
static double boost(const struct vader_word *word, double valence, int capitals_differ) {
    if (!has(word, WORD_IS_BOOSTER))
        return 0;
    double s = word->entry->booster;
    if (valence < 0)
        s *= -1;
    if (has(word, WORD_UPPER) && capitals_differ)
        s = valence > 0 ? s + CAPITALS : s - CAPITALS;
    return s;
}

static double negate(double valence, const struct vader_word *w, int64_t i, int distance) {
    if (distance == 0)
        return has(&w[i - 1], WORD_NEGATES) ? valence * NEGATION : valence;
    if (distance == 1) {
        if (has(&w[i - 2], WORD_NEVER) && has(&w[i - 1], WORD_SO_OR_THIS))
            return valence * 1.25;
        if (has(&w[i - 2], WORD_WITHOUT) && has(&w[i - 1], WORD_DOUBT))
            return valence;
        return has(&w[i - 2], WORD_NEGATES) ? valence * NEGATION : valence;
    }
    if ((has(&w[i - 3], WORD_NEVER) && has(&w[i - 2], WORD_SO_OR_THIS)) || has(&w[i - 1], WORD_SO_OR_THIS))
        return valence * 1.25;
    if (has(&w[i - 3], WORD_WITHOUT) && (has(&w[i - 2], WORD_DOUBT) || has(&w[i - 1], WORD_DOUBT)))
        return valence;
    return has(&w[i - 3], WORD_NEGATES) ? valence * NEGATION : valence;
}

/* The idiom of exactly n words that begins at w, or NULL. */
static const struct lexicon_idiom *idiom_at(const struct lexicon_idiom *idioms, uint32_t count,
                                            const struct vader_word *w, uint32_t n) {
    for (uint32_t k = 0; k < count; k++) {
        uint32_t j = 0;
        while (idioms[k].n == n && j < n && idioms[k].word[j] == w[j].entry)
            j++;
        if (j == n && idioms[k].n == n)
            return &idioms[k];
    }
    return NULL;
}

static double apply_idioms(const struct lexicon *lexicon, double valence, const struct vader_word *w, int64_t i,
                           int64_t n) {
    static const struct {
        int back;
        uint32_t words;
    } before[] = {{1, 2}, {2, 3}, {2, 2}, {3, 3}, {3, 2}}, phrases[] = {{3, 3}, {3, 2}, {2, 2}};
    uint32_t count;
    const struct lexicon_idiom *idioms = lexicon_idioms(lexicon, &count), *found = NULL;
    for (int k = 0; k < 5 && !found; k++)
        found = idiom_at(idioms, count, w + i - before[k].back, before[k].words);
    if (found)
        valence = found->value;
    if (i + 1 < n && (found = idiom_at(idioms, count, w + i, 2)))
        valence = found->value;
    if (i + 2 < n && (found = idiom_at(idioms, count, w + i, 3)))
        valence = found->value;
    idioms = lexicon_booster_phrases(lexicon, &count);
    for (int k = 0; k < 3; k++)
        if ((found = idiom_at(idioms, count, w + i - phrases[k].back, phrases[k].words)))
            valence = valence + found->value;
    return valence;
}

/* Whether a word near i can be part of an idiom at all. */
static int idioms_near(const struct vader_word *w, int64_t i, int64_t n) {
    for (int64_t k = i - 3; k <= i + 2 && k < n; k++)
        if (has(&w[k], WORD_IDIOM_KEY))
            return 1;
    return 0;
}

static double score_word(const struct lexicon *lexicon, const struct vader_word *w, int64_t i, int64_t n,
                         int capitals_differ) {
    double valence = w[i].entry->valence;
    if (has(&w[i], WORD_NO) && i + 1 < n && has(&w[i + 1], WORD_HAS_VALENCE))
        valence = 0;
    if ((i > 0 && has(&w[i - 1], WORD_NO)) || (i > 1 && has(&w[i - 2], WORD_NO)) ||
        (i > 2 && has(&w[i - 3], WORD_NO) && has(&w[i - 1], WORD_OR_NOR)))
        valence = w[i].entry->valence * NEGATION;
    if (has(&w[i], WORD_UPPER) && capitals_differ)
        valence = valence > 0 ? valence + CAPITALS : valence - CAPITALS;
    for (int distance = 0; distance < 3; distance++) {
        if (i <= distance || has(&w[i - distance - 1], WORD_HAS_VALENCE))
            continue;
        double s = boost(&w[i - distance - 1], valence, capitals_differ);
        if (distance == 1 && s != 0)
            s = s * 0.95;
        if (distance == 2 && s != 0)
            s = s * 0.9;
        valence = valence + s;
        valence = negate(valence, w, i, distance);
        if (distance == 2 && idioms_near(w, i, n))
            valence = apply_idioms(lexicon, valence, w, i, n);
    }
    if (i > 0 && has(&w[i - 1], WORD_LEAST) && !has(&w[i - 1], WORD_HAS_VALENCE) &&
        !(i > 1 && has(&w[i - 2], WORD_AT_OR_VERY)))
        valence = valence * NEGATION;
    return valence;
}

static double punctuation_emphasis(uint64_t bangs, uint64_t questions) {
    double emphasis = (double)(bangs > 4 ? 4 : bangs) * 0.292;
    double asked = questions > 1 ? questions <= 3 ? (double)questions * 0.18 : 0.96 : 0;
    return emphasis + asked;
}

/* Of the scores that are not 0, in the order of their words, of which there are `words` in all. */
static void put_together(const double *scores, uint32_t n, uint32_t words, double emphasis, struct vader_result *out) {
    double sum = 0, pos = 0, neg = 0, neu = words - n;
    for (uint32_t i = 0; i < n; i++) {
        sum += scores[i];
        if (scores[i] > 0)
            pos += scores[i] + 1;
        else
            neg += scores[i] - 1;
    }
    if (sum > 0)
        sum += emphasis;
    else if (sum < 0)
        sum -= emphasis;
    out->compound = sum / sqrt(sum * sum + 15);
    if (pos > fabs(neg))
        pos += emphasis;
    else if (pos < fabs(neg))
        neg -= emphasis;
    double total = pos + fabs(neg) + neu;
    out->pos = fabs(pos / total);
    out->neg = fabs(neg / total);
    out->neu = fabs(neu / total);
}

int vader_score(const struct lexicon *lexicon, const struct emoji *emoji, tm_str text, struct vader_work *work,
                struct vader_result *out) {
    struct vader_words *words = &work->words;
    *out = (struct vader_result){0};
    if ((emoji && name_emoji(emoji, &text, work) != 0) || words_split(words, lexicon, text) != 0)
        return -1;
    uint32_t n = words->count;
    out->words = n;
    if (n == 0)
        return 0;
    if (words_grow((void **)&work->scores, &work->scores_room, words->rated_count, sizeof *work->scores) != 0)
        return -1;
    const struct vader_word *w = words->word;
    int capitals_differ = words->uppers > 0 && words->uppers < n;
    uint32_t scored = 0, before = 0, behind = 0;
    for (uint32_t k = 0; k < words->rated_count; k++) {
        uint32_t i = words->rated[k];
        if (has(&w[i], WORD_KIND) && i + 1 < n && has(&w[i + 1], WORD_OF))
            continue;
        double score = score_word(lexicon, w, i, n, capitals_differ);
        if (score == 0)
            continue;
        before += i < words->but;
        behind += i <= words->but;
        words->rated[scored] = i; /* in place: never beyond k */
        work->scores[scored++] = score;
    }
    if (words->but != WORDS_NONE && but_rule(work->scores, scored, before, behind, &work->heap, &work->heap_room) != 0)
        return -1;
    out->scored = scored;
    put_together(work->scores, scored, n, punctuation_emphasis(words->bangs, words->questions), out);
    return 0;
}
