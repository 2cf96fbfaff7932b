/* detect.c: decides between what the little words of a text say and what the model says. The words cost almost nothing
 * and are sure where a text of common languages has some dozen of them: then the model, a hundred times slower, is not
 * asked. In short texts each helps out the other.
 */
#include "detect.h"
#include "model.h"

#include <string.h>

#define GLANCE 160u /* bytes looked at first, at the start and in the middle */
#define HEAD 600u   /* bytes looked at where that does not tell */
#define MIDDLE 400u /* and in the middle of what follows */
#define REACH 6000u /* no further than this */
#define MODEL 800u  /* bytes that the model is given: the first ones, half of them from the middle of a longer text */
#define SHORT 160u  /* bytes of words below which the model errs */
#define FEW 40u     /* bytes of words below which a guess needs a word to bear it out */
#define SMALL 10u   /* bytes of words without a capital that tell something */

/* At most `most` bytes of the text from `at` on, cut between characters. */
static tm_str piece(tm_str text, uint64_t at, uint64_t most) {
    while (at < text.len && (text.data[at] & 0xc0) == 0x80)
        at++;
    uint64_t end = text.len - at > most ? at + most : text.len;
    while (end > at && end < text.len && (text.data[end] & 0xc0) == 0x80)
        end--;
    return (tm_str){text.data + at, end - at};
}

static int is_candidate(const struct detector *d, const char *code) {
    if (!*code)
        return 0;
    for (uint64_t i = 0; i < d->n_only; i++)
        if (d->only[i].len == 2 && memcmp(d->only[i].data, code, 2) == 0)
            return 1;
    return d->n_only == 0;
}

/* The words alone are enough: many, and hardly any of another language. Only for languages whose neighbours have lists.
 */
static int is_plain(const struct words_vote *v) {
    static const char plain[] = "en de fr es it nl";
    return v->code && v->hits >= 12 && v->hits * 5 >= v->words && v->best >= 3 * v->second && strstr(plain, v->code);
}

/* The first of the model's languages that is a candidate. */
static const char *first_of(const struct detector *d, char codes[3][4]) {
    for (int i = 0; i < 3; i++)
        if (is_candidate(d, codes[i]))
            return codes[i];
    return "";
}

static void set(char out_code[4], const char *code) {
    memcpy(out_code, code, strlen(code) + 1);
}

/* The model's first candidate, by a guess where it is not sure. */
static const char *ask(const struct detector *d, const char *text, uint32_t len, char codes[3][4], int *out_sure) {
    *out_sure = model_tell(text, len, 0, codes);
    const char *told = first_of(d, codes);
    if (*told)
        return told;
    *out_sure = 0;
    model_tell(text, len, 1, codes);
    return first_of(d, codes);
}

/* Scripts without capitals have no names to be misled by. */
static int has_capitals(tm_str text) {
    for (uint64_t i = 0; i < text.len; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'Z')
            return 1;
    return 0;
}

/* By how much words and letters must speak for another language to overrule the model. English is what most texts with
 * foreign names in them are. */
static uint32_t margin(const char *told, int sure) {
    return strcmp(told, "en") == 0 ? 24 : sure ? 12 : 6;
}

/* A text too short for the model alone. Names mislead it, so unless it says English it is asked again about the words
 * without a capital; and words and letters overrule it where they speak clearly for another language. */
static const char *detect_short(const struct detector *d, tm_str text, const struct words_count *count,
                                char codes[3][4], int *out_sure) {
    char small[SHORT * 2], small_codes[3][4];
    struct words_vote v = words_tell(count, d->only, d->n_only);
    int sure, small_sure;
    const char *told = ask(d, text.data, (uint32_t)text.len, codes, &sure);
    *out_sure = sure;
    if (strcmp(told, "en") == 0 && (!v.code || v.best < (uint32_t)words_score(count, told) + margin(told, sure)))
        return told;
    uint32_t n = words_without_capitals(d->tokenize, text, small, sizeof small);
    if (n >= SMALL && n < v.bytes) {
        const char *rest = ask(d, small, n, small_codes, &small_sure);
        if (*rest && strcmp(told, rest) != 0 && (small_sure || strcmp(rest, "en") == 0)) {
            memcpy(codes[0], rest, 3);
            told = codes[0];
        }
    }
    int64_t score = words_score(count, told);
    if (v.code && v.best >= (score < 0 ? 12 : (uint32_t)score + margin(told, sure)))
        return v.code;
    /* a guess that no word bears out, from a few words or from hardly anything but names */
    if (score <= 0 && ((!sure && v.bytes < FEW) || (n * 4 < v.bytes && has_capitals(text))))
        return "";
    return told;
}

/* What the model is given: pages begin with lines of another language than the article's, so a half is from further on.
 */
static tm_str model_sample(tm_str text, uint64_t middle, char room[MODEL + 1]) {
    if (text.len <= 2 * MODEL)
        return piece(text, 0, MODEL);
    tm_str head = piece(text, 0, MODEL / 2), rest = piece(text, middle, MODEL / 2);
    memcpy(room, head.data, head.len);
    room[head.len] = ' ';
    memcpy(room + head.len + 1, rest.data, rest.len);
    return (tm_str){room, head.len + 1 + rest.len};
}

/* What the little words of two pieces say, one at the start and one at `middle`. */
static struct words_vote look(const struct detector *d, tm_str text, uint64_t head, uint64_t middle, uint64_t rest,
                              struct words_count *count) {
    *count = (struct words_count){0, 0, {0}};
    words_add(d->words, d->tokenize, piece(text, 0, head), count);
    if (rest)
        words_add(d->words, d->tokenize, piece(text, middle, rest), count);
    return words_tell(count, d->only, d->n_only);
}

void detect(const struct detector *d, tm_str text, struct detected *out) {
    struct words_count count;
    char codes[3][4], room[MODEL + 1];
    uint64_t reach = text.len < REACH ? text.len : REACH, middle = (HEAD + reach - MIDDLE) / 2;
    *out = (struct detected){.by = "words"};
    /* Two glances that see the same are enough for nearly every article. */
    if (text.len > 4 * GLANCE) {
        const char *first = look(d, text, GLANCE, 0, 0, &count).code;
        struct words_count middle_count = {0, 0, {0}};
        words_add(d->words, d->tokenize, piece(text, reach / 2, GLANCE), &middle_count);
        const char *second = words_tell(&middle_count, d->only, d->n_only).code;
        words_join(&count, &middle_count);
        out->vote = words_tell(&count, d->only, d->n_only);
        if (first == second && is_plain(&out->vote) && out->vote.bytes >= d->minimum) {
            set(out->code, out->vote.code);
            return;
        }
    }
    out->vote = look(d, text, HEAD, middle, text.len > HEAD + MIDDLE ? MIDDLE : 0, &count);
    if (out->vote.bytes < d->minimum || out->vote.words == 0) {
        out->by = "nothing";
        return;
    }
    if (is_plain(&out->vote)) {
        set(out->code, out->vote.code);
        return;
    }
    const char *code;
    if (out->vote.bytes < SHORT) {
        tm_str sample = piece(text, 0, 2 * MODEL);
        words_add_letters(d->words, sample, &count);
        code = detect_short(d, sample, &count, codes, &out->sure);
        out->vote = words_tell(&count, d->only, d->n_only);
        out->by = *code ? "both" : "nothing";
    } else {
        tm_str sample = model_sample(text, middle, room);
        code = ask(d, sample.data, (uint32_t)sample.len, codes, &out->sure);
        out->by = *code ? "model" : "nothing";
    }
    set(out->code, code);
}
