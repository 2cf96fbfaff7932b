/* rules.h: counts of what each rule of each stage did, and its time. One thread at a time. */
#ifndef TM_ENGINE_RULES_H
#define TM_ENGINE_RULES_H

#include "engine.h"

struct rule_counts {
    struct rule_report *table; /* open addressing; a power of two */
    size_t n, room;
    uint64_t turn; /* documents so far */
};

/* Counts the edits that a document bears: cuts, and replacements where the record tells them. Stage names must outlive
 * the counts; rules are copied. */
void rules_count(struct rule_counts *c, const tm_doc *doc);
/* The same for a time that a stage tells (struct doc_rule_times); counts: struct rule_counts. */
void rules_time(void *counts, const char *stage, tm_str rule, uint64_t ns);
void rules_add(struct rule_counts *to, const struct rule_counts *from);
/* The counts as a list, the longest time first, then the most edits; the names in it and the list are the caller's to
 * free. Empties c. */
struct rule_report *rules_list(struct rule_counts *c, size_t *out_n);
void rules_free(struct rule_counts *c);

#endif
