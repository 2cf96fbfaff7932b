/* rules.c: the table of rules. A rule's name is the reason that a dropped document bears. */
#include "rules.h"

#include <stdio.h>
#include <string.h>

enum { LESS, AT_MOST, MORE, AT_LEAST };

static const char *const op_words[] = {"less than", "at most", "more than", "at least"};

/* A limit for each preset that has the rule; where two have it, the stricter one counts. */
static const struct rule {
    const char *name;
    uint32_t measure, op;
    struct {
        uint32_t preset;
        double value;
    } limits[2];
} rules[] = {
    {"too-few-words", WORDS, LESS, {{PRESET_GOPHER, 50}}},
    {"too-many-words", WORDS, MORE, {{PRESET_GOPHER, 100000}}},
    {"short-words", MEAN_WORD_LENGTH, LESS, {{PRESET_GOPHER, 3}}},
    {"long-words", MEAN_WORD_LENGTH, MORE, {{PRESET_GOPHER, 10}}},
    {"hash-signs", HASH_RATIO, MORE, {{PRESET_GOPHER, 0.1}}},
    {"ellipses", ELLIPSIS_RATIO, MORE, {{PRESET_GOPHER, 0.1}}},
    {"bullet-lines", BULLET_LINES, MORE, {{PRESET_GOPHER, 0.9}}},
    {"ellipsis-lines", ELLIPSIS_LINES, MORE, {{PRESET_GOPHER, 0.3}}},
    {"few-alphabetic-words", ALPHABETIC_WORDS, LESS, {{PRESET_GOPHER, 0.8}}},
    {"few-stop-words", STOP_WORDS, LESS, {{PRESET_GOPHER, 2}}},
    {"duplicate-lines", DUPLICATE_LINES, MORE, {{PRESET_REPETITION, 0.3}}},
    {"duplicate-line-chars", DUPLICATE_LINE_CHARS, MORE, {{PRESET_REPETITION, 0.2}, {PRESET_FINEWEB, 0.1}}},
    {"duplicate-paragraphs", DUPLICATE_PARAGRAPHS, MORE, {{PRESET_REPETITION, 0.3}}},
    {"duplicate-paragraph-chars", DUPLICATE_PARAGRAPH_CHARS, MORE, {{PRESET_REPETITION, 0.2}}},
    {"top-2-gram", TOP_2_GRAM, MORE, {{PRESET_REPETITION, 0.2}}},
    {"top-3-gram", TOP_3_GRAM, MORE, {{PRESET_REPETITION, 0.18}}},
    {"top-4-gram", TOP_4_GRAM, MORE, {{PRESET_REPETITION, 0.16}}},
    {"duplicate-5-grams", DUPLICATE_5_GRAMS, MORE, {{PRESET_REPETITION, 0.15}}},
    {"duplicate-6-grams", DUPLICATE_6_GRAMS, MORE, {{PRESET_REPETITION, 0.14}}},
    {"duplicate-7-grams", DUPLICATE_7_GRAMS, MORE, {{PRESET_REPETITION, 0.13}}},
    {"duplicate-8-grams", DUPLICATE_8_GRAMS, MORE, {{PRESET_REPETITION, 0.12}}},
    {"duplicate-9-grams", DUPLICATE_9_GRAMS, MORE, {{PRESET_REPETITION, 0.11}}},
    {"duplicate-10-grams", DUPLICATE_10_GRAMS, MORE, {{PRESET_REPETITION, 0.1}}},
    {"curly-braces", CURLY_BRACES, MORE, {{PRESET_C4, 0}}},
    {"lorem-ipsum", LOREM_IPSUM, MORE, {{PRESET_C4, 0}}},
    {"few-good-sentences", GOOD_SENTENCES, LESS, {{PRESET_C4, 3}}},
    {"few-sentences", SENTENCES, LESS, {{0, 0}}},
    {"few-punctuated-lines", PUNCTUATED_LINES, AT_MOST, {{PRESET_FINEWEB, 0.12}}},
    {"short-lines", SHORT_LINES, AT_LEAST, {{PRESET_FINEWEB, 0.67}}},
};

enum { RULES = sizeof rules / sizeof *rules };
_Static_assert((int)RULES <= (int)MOST_RULES, "struct limits has room for all");

const char *rule_name(uint32_t rule) {
    return rules[rule].name;
}

static int is_stricter(uint32_t op, double a, double b) {
    return op == LESS || op == AT_MOST ? a > b : a < b;
}

static int preset_limit(const struct rule *r, uint32_t presets, double *out) {
    int has = 0;
    for (size_t i = 0; i < 2; i++)
        if ((r->limits[i].preset & presets) && (!has || is_stricter(r->op, r->limits[i].value, *out))) {
            *out = r->limits[i].value;
            has = 1;
        }
    return has;
}

static int is_name(tm_str s, const char *name) {
    return s.len == strlen(name) && memcmp(s.data, name, s.len) == 0;
}

static int check_name(tm_str name, const char *option, char *why, size_t why_size) {
    for (uint32_t i = 0; i < RULES; i++)
        if (is_name(name, rules[i].name))
            return 0;
    int n = snprintf(why, why_size, "%s: there is no rule \"%.*s\"; the rules are", option, (int)(name.len & 63),
                     name.data);
    for (uint32_t i = 0; i < RULES && n >= 0 && (size_t)n < why_size; i++)
        n += snprintf(why + n, why_size - (size_t)n, "%s %s", i ? "," : "", rules[i].name);
    return -1;
}

int limits_make(struct limits *out, uint32_t presets, const tm_list *limits, const tm_list *without, char *why,
                size_t why_size) {
    const tm_pair *own = limits->items;
    const tm_str *off = without->items;
    out->count = 0;
    out->needs_repeats = 0;
    for (uint64_t i = 0; i < limits->count; i++)
        if (check_name(own[i].name, "limits", why, why_size) != 0)
            return -1;
    for (uint64_t i = 0; i < without->count; i++)
        if (check_name(off[i], "without", why, why_size) != 0)
            return -1;
    for (uint32_t i = 0; i < RULES; i++) {
        double value = 0;
        int is_on = preset_limit(&rules[i], presets, &value);
        for (uint64_t k = 0; k < limits->count; k++)
            if (is_name(own[k].name, rules[i].name)) {
                value = own[k].number;
                is_on = 1;
            }
        for (uint64_t k = 0; k < without->count; k++)
            is_on &= !is_name(off[k], rules[i].name);
        if (!is_on)
            continue;
        out->list[out->count++] = (struct limit){i, rules[i].measure, rules[i].op, value};
        out->needs_repeats |= rules[i].measure >= CHEAP_MEASURES;
    }
    return 0;
}

int limit_is_broken(const struct limit *l, const double *measures) {
    double x = measures[l->measure];
    switch (l->op) {
    case LESS:
        return x < l->value;
    case AT_MOST:
        return x <= l->value;
    case MORE:
        return x > l->value;
    default:
        return x >= l->value;
    }
}

void limit_explain(const struct limit *l, const double *measures, char *out, size_t size) {
    snprintf(out, size, "%s is %.4g, %s %.6g", measure_names[l->measure], measures[l->measure], op_words[l->op],
             l->value);
}
