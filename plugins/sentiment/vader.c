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

struct vader_word {
    const struct lexicon_word *entry; /* never NULL: `nothing` where the lexicon has none */
    uint32_t is_upper;
    uint32_t negates;
};

static const struct lexicon_word nothing = {0};

void vader_work_free(struct vader_work *w) {
    free(w->words);
    free(w->scores);
    free(w->text);
    free(w->lower);
    free(w->heap);
    *w = (struct vader_work){0};
}

static int grow(void **memory, uint64_t *room, uint64_t want, uint64_t size) {
    if (want <= *room)
        return 0;
    uint64_t more = *room ? *room : 256;
    while (more < want)
        more *= 2;
    void *grown = realloc(*memory, more * size);
    if (!grown)
        return -1;
    *memory = grown;
    *room = more;
    return 0;
}

/* Length of the white space (as Python's str.split sees it) at p, or 0. */
static uint32_t space_at(const unsigned char *p, const unsigned char *end) {
    if (*p < 0x80)
        return *p == ' ' || (*p >= 9 && *p <= 13) || (*p >= 28 && *p <= 31);
    if (*p == 0xC2 && end - p >= 2)
        return p[1] == 0x85 || p[1] == 0xA0 ? 2 : 0;
    if (*p < 0xE1 || *p > 0xE3 || end - p < 3)
        return 0;
    uint32_t code = (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    int is_space = code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
                   code == 0x202F || code == 0x205F || code == 0x3000;
    return is_space ? 3 : 0;
}

static int is_ascii_punct(unsigned char c) {
    return (c > 32 && c < 48) || (c > 57 && c < 65) || (c > 90 && c < 97) || (c > 122 && c < 127);
}

/* Whether more than two characters stand between. */
static int has_more_than_two(const unsigned char *from, const unsigned char *to) {
    uint32_t n = 0;
    for (; from < to && n <= 2; from++)
        n += (*from & 0xC0) != 0x80;
    return n > 2;
}

/* Emoji become their names, with a space before unless one stands there. Only where there is one a copy is made. */
static int name_emoji(const struct emoji *emoji, tm_str *text, struct vader_work *work) {
    const char *at = text->data, *end = at + text->len, *copied = at;
    uint64_t len = 0;
    int after_space = 1;
    while (at < end) {
        if ((unsigned char)*at < 0x80) {
            after_space = *at++ == ' ';
            continue;
        }
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)at, end - at, &code);
        if (used <= 0) {
            at++;
            continue;
        }
        tm_str name = code > 0 ? emoji_name(emoji, (uint32_t)code) : (tm_str){NULL, 0};
        if (name.data) {
            uint64_t plain = (uint64_t)(at - copied);
            if (grow((void **)&work->text, &work->text_room, len + plain + 1 + name.len + text->len, 1) != 0)
                return -1;
            memcpy(work->text + len, copied, plain);
            len += plain;
            if (!after_space)
                work->text[len++] = ' ';
            memcpy(work->text + len, name.data, name.len);
            len += name.len;
            copied = at + used;
        }
        after_space = 0;
        at += used;
    }
    if (copied == text->data)
        return 0;
    memcpy(work->text + len, copied, (size_t)(end - copied));
    len += (uint64_t)(end - copied);
    *text = (tm_str){work->text, len};
    return 0;
}

/* Lower case by Unicode into lower (room for twice the word), and whether the word is in upper case as Python's isupper
 * has it: a cased character, and none of lower or title case. */
static uint32_t lower_unicode(const unsigned char *p, const unsigned char *end, char *lower, uint32_t *out_is_upper) {
    uint32_t len = 0;
    int has_upper = 0, has_other = 0;
    while (p < end) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate(p, end - p, &code);
        if (used <= 0) {
            lower[len++] = (char)*p++;
            continue;
        }
        utf8proc_category_t category = utf8proc_category(code);
        has_upper |= category == UTF8PROC_CATEGORY_LU;
        has_other |= category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
        if (code == 0x130) { /* the one letter whose lower case is two: i and a dot above */
            memcpy(lower + len, "i\xCC\x87", 3);
            len += 3;
        } else {
            len += (uint32_t)utf8proc_encode_char(utf8proc_tolower(code), (utf8proc_uint8_t *)lower + len);
        }
        p += used;
    }
    *out_is_upper = has_upper && !has_other;
    return len;
}

static struct vader_word look_up(const struct lexicon *lexicon, const unsigned char *p, const unsigned char *end,
                                 char *lower) {
    uint32_t len = (uint32_t)(end - p), is_upper = 0;
    int has_upper = 0, has_lower = 0, has_apostrophe = 0, is_ascii = 1;
    for (uint32_t i = 0; i < len; i++) {
        unsigned char c = p[i];
        int upper = c >= 'A' && c <= 'Z';
        has_upper |= upper;
        has_lower |= c >= 'a' && c <= 'z';
        has_apostrophe |= c == '\'';
        is_ascii &= c < 0x80;
        lower[i] = (char)(upper ? c + 32 : c);
    }
    if (is_ascii)
        is_upper = has_upper && !has_lower;
    else
        len = lower_unicode(p, end, lower, &is_upper);
    const struct lexicon_word *entry = lexicon_find(lexicon, lexicon_hash(lower, len), lower, len);
    struct vader_word word = {entry ? entry : &nothing, is_upper, 0};
    word.negates = (word.entry->flags & WORD_NEGATES) != 0;
    if (has_apostrophe && !word.negates)
        word.negates = memmem(lower, len, "n't", 3) != NULL;
    return word;
}

/* Words of the text, looked up; how many, or -1 without memory. */
static int64_t split(const struct lexicon *lexicon, tm_str text, struct vader_work *work) {
    const unsigned char *p = (const unsigned char *)text.data, *end = p + text.len;
    int64_t n = 0;
    while (p < end) {
        uint32_t space = space_at(p, end);
        if (space) {
            p += space;
            continue;
        }
        const unsigned char *from = p;
        while (p < end && !space_at(p, end))
            p++;
        const unsigned char *a = from, *b = p;
        while (a < b && is_ascii_punct(*a))
            a++;
        while (b > a && is_ascii_punct(b[-1]))
            b--;
        if (!has_more_than_two(a, b)) {
            a = from;
            b = p;
        }
        if (grow((void **)&work->words, &work->words_room, (uint64_t)n + 1, sizeof *work->words) != 0 ||
            grow((void **)&work->lower, &work->lower_room, (uint64_t)(b - a) * 2 + 4, 1) != 0)
            return -1;
        work->words[n++] = look_up(lexicon, a, b, work->lower);
    }
    return n;
}

static int has(const struct vader_word *word, uint32_t flags) {
    return (word->entry->flags & flags) != 0;
}

/* What a booster before the word adds. */
static double boost(const struct vader_word *word, double valence, int capitals_differ) {
    if (!has(word, WORD_IS_BOOSTER))
        return 0;
    double s = word->entry->booster;
    if (valence < 0)
        s *= -1;
    if (word->is_upper && capitals_differ)
        s = valence > 0 ? s + CAPITALS : s - CAPITALS;
    return s;
}

static double negate(double valence, const struct vader_word *w, int64_t i, int distance) {
    if (distance == 0)
        return w[i - 1].negates ? valence * NEGATION : valence;
    if (distance == 1) {
        if (has(&w[i - 2], WORD_NEVER) && has(&w[i - 1], WORD_SO_OR_THIS))
            return valence * 1.25;
        if (has(&w[i - 2], WORD_WITHOUT) && has(&w[i - 1], WORD_DOUBT))
            return valence;
        return w[i - 2].negates ? valence * NEGATION : valence;
    }
    if ((has(&w[i - 3], WORD_NEVER) && has(&w[i - 2], WORD_SO_OR_THIS)) || has(&w[i - 1], WORD_SO_OR_THIS))
        return valence * 1.25;
    if (has(&w[i - 3], WORD_WITHOUT) && (has(&w[i - 2], WORD_DOUBT) || has(&w[i - 1], WORD_DOUBT)))
        return valence;
    return w[i - 3].negates ? valence * NEGATION : valence;
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
        if (has(&w[k], WORD_IN_IDIOM))
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
    if (w[i].is_upper && capitals_differ)
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

static double punctuation_emphasis(tm_str text) {
    uint64_t bangs = 0, questions = 0;
    for (uint64_t i = 0; i < text.len; i++) {
        bangs += text.data[i] == '!';
        questions += text.data[i] == '?';
    }
    double emphasis = (double)(bangs > 4 ? 4 : bangs) * 0.292;
    double asked = questions > 1 ? questions <= 3 ? (double)questions * 0.18 : 0.96 : 0;
    return emphasis + asked;
}

static void put_together(const double *scores, int64_t n, tm_str text, struct vader_result *out) {
    double sum = 0, pos = 0, neg = 0, neu = 0, emphasis = punctuation_emphasis(text);
    for (int64_t i = 0; i < n; i++) {
        sum += scores[i];
        if (scores[i] > 0)
            pos += scores[i] + 1;
        else if (scores[i] < 0)
            neg += scores[i] - 1;
        else
            neu += 1;
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
    *out = (struct vader_result){0};
    if (emoji && name_emoji(emoji, &text, work) != 0)
        return -1;
    int64_t n = split(lexicon, text, work);
    if (n < 0)
        return -1;
    out->words = (uint32_t)n;
    if (n == 0)
        return 0;
    double *grown = realloc(work->scores, work->words_room * sizeof *grown);
    if (!grown)
        return -1;
    work->scores = grown;

    const struct vader_word *w = work->words;
    int64_t uppers = 0, but = -1;
    for (int64_t i = 0; i < n; i++) {
        uppers += w[i].is_upper;
        if (but < 0 && has(&w[i], WORD_BUT))
            but = i;
    }
    int capitals_differ = uppers > 0 && uppers < n;
    for (int64_t i = 0; i < n; i++) {
        int is_plain = has(&w[i], WORD_IS_BOOSTER) || !has(&w[i], WORD_HAS_VALENCE) ||
                       (has(&w[i], WORD_KIND) && i + 1 < n && has(&w[i + 1], WORD_OF));
        work->scores[i] = is_plain ? 0 : score_word(lexicon, w, i, n, capitals_differ);
    }
    if (but >= 0 && but_rule(work->scores, (uint64_t)n, (uint64_t)but, &work->heap, &work->heap_room) != 0)
        return -1;
    put_together(work->scores, n, text, out);
    return 0;
}
