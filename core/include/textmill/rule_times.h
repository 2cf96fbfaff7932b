/* rule_times.h: an interface by name (tm_host.query) for stages that are made of rules: how long each rule took, where
 * somebody asked for that (`textmill run --profile`, `--report`). What a rule cut is counted by the host, from the
 * edits; only the time is the stage's to tell.
 */
#ifndef TEXTMILL_RULE_TIMES_H
#define TEXTMILL_RULE_TIMES_H

#include <textmill/types.h>

#define TM_RULE_TIMES "textmill.rule-times/1"

typedef struct tm_rule_times {
    /* [doc] Nonzero where the run wants the times. Where it is 0 a stage reads no clock. */
    int32_t (*wanted)(tm_doc *doc);
    /* [doc] Nanoseconds of the stage's own time: a clock that stands still while the host builds layers. */
    uint64_t (*clock)(tm_doc *doc);
    /* [doc] Adds nanoseconds of that clock to a rule, named as in tm_edit.rule, or to a step that is many rules'
     * own, whose name stands in brackets: "(captions)". Nothing where no times are wanted. The name is copied. */
    void (*add)(tm_doc *doc, tm_str rule, uint64_t nanoseconds);
} tm_rule_times;

#endif
