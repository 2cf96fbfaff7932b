/* condition.h: the language of `when`, filters, outputs and test expectations, compiled from a configuration tree:
 * {field: value}, {field: {is, not, in, lt, le, gt, ge, exists, contains, starts, matches, has_any}}, several = and;
 * any, all, none combine; dotted paths; text.bytes, source, title count as fields; an absent field makes every test
 * false but exists: false. A compiled condition is read-only: any thread.
 */
#ifndef TM_PLUGIN_CONDITION_H
#define TM_PLUGIN_CONDITION_H

#include "../doc/doc.h"
#include "../json/config.h"

/* NULL with the problems told. Fields that it names are passed to `reads` (may be NULL). */
struct tm_condition *condition_compile(const struct config_node *node, struct problems *problems,
                                       void (*reads)(void *context, const char *field, const struct config_node *at),
                                       void *context);
void condition_free(struct tm_condition *c);
int condition_holds(const struct tm_condition *c, tm_doc *doc);

/* The pattern type of options: POSIX extended regular expressions over code points, without back-references; (?i) in
 * front ignores case; \w \s \d \b and their opposites are known. Time is linear in the text for every pattern.
 * Read-only after compiling, any thread. */
struct tm_pattern *pattern_compile(const char *expression, struct buffer *why);
void pattern_free(struct tm_pattern *p);
int pattern_match(const struct tm_pattern *p, tm_str text, uint64_t from, uint64_t *out_start, uint64_t *out_end);

#endif
