/* rule_clock.h: how long the rules and steps of a stage took, for who asked for it; where nobody did, no clock is read.
 * One document, one thread.
 */
#ifndef KIT_RULE_CLOCK_H
#define KIT_RULE_CLOCK_H

#include <textmill/host.h>
#include <textmill/rule_times.h>

struct rule_clock {
    const tm_rule_times *times; /* NULL: nobody asked */
    tm_doc *doc;
};

/* The stage's clock for a document; times: what host->query gave at open, may be NULL. */
static inline struct rule_clock rule_clock_of(const tm_rule_times *times, tm_doc *doc) {
    return (struct rule_clock){.times = times && times->wanted(doc) ? times : NULL, .doc = doc};
}

/* Begins a stretch of time; 0 where nobody asked. */
static inline uint64_t rule_clock_now(const struct rule_clock *c) {
    return c->times ? c->times->clock(c->doc) : 0;
}

/* Ends a stretch: it was a rule's, or that of a step with its name in brackets. */
static inline void rule_clock_add(const struct rule_clock *c, tm_str name, uint64_t since) {
    if (c->times)
        c->times->add(c->doc, name, c->times->clock(c->doc) - since);
}

#endif
