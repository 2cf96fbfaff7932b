/* rules.h: which measure makes a document fall, and from where on: the limits of the papers, and those of the options.
 */
#ifndef FILTER_RULES_H
#define FILTER_RULES_H

#include "measure.h"

/* Presets, as bits. */
#define PRESET_GOPHER 1u
#define PRESET_REPETITION 2u
#define PRESET_C4 4u
#define PRESET_FINEWEB 8u

enum { MOST_RULES = 40 };

/* A rule that is on. */
struct limit {
    uint32_t rule; /* of rule_name */
    uint32_t measure;
    uint32_t op;
    double value;
};

struct limits {
    struct limit list[MOST_RULES];
    uint32_t count;
    int needs_repeats;
};

/* The limits of presets and options together. 0; -1 with a line in why. */
int limits_make(struct limits *out, uint32_t presets, const tm_list *limits, const tm_list *without, char *why,
                size_t why_size);
int limit_is_broken(const struct limit *l, const double *measures);
const char *rule_name(uint32_t rule);
/* "words is 12, less than 50": for people. */
void limit_explain(const struct limit *l, const double *measures, char *out, size_t size);

#endif
