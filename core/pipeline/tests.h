/* tests.h: the "tests" of a pipeline file: what each gives to the pipeline and what it expects, compiled once for
 * `check` (which tells every mistake) and for `test` (which runs them). No state; any thread.
 */
#ifndef TM_PIPELINE_TESTS_H
#define TM_PIPELINE_TESTS_H

#include "pipeline.h"

enum expect_kind {
    EXPECT_CONDITION, /* one test of the condition language */
    EXPECT_EQUALS,    /* the value as JSON */
    EXPECT_ABSENT,
    EXPECT_COUNT,   /* elements of an array, members of an object */
    EXPECT_APPROX,  /* number, within */
    EXPECT_REMOVED, /* the kinds of all cuts */
    EXPECT_DROPPED, /* by reason; node null or true: by any */
    EXPECT_FAILED   /* by code, likewise */
};

struct expectation {
    enum expect_kind kind;
    const char *field;
    const struct config_node *node; /* what is expected */
    struct tm_condition *condition;
    double number, within;
};

struct pipeline_test {
    const char *name;
    const struct config_node *at;
    const struct config_node *input;  /* a string (a text) or an object (a record); or NULL */
    const struct config_node *before; /* an array of those, given first; or NULL */
    const char *file, *snapshot;      /* as in the file; or NULL */
    struct expectation *expect;
    size_t n_expect;
};

/* One member of the array. What is wrong goes to problems. */
void pipeline_test_init(struct pipeline_test *t, const struct config_node *node, struct problems *problems);
void pipeline_test_deinit(struct pipeline_test *t);

#endif
