/* test_judge.h: what came out of a pipeline held against what a test expects. */
#ifndef TM_CLI_TEST_JUDGE_H
#define TM_CLI_TEST_JUDGE_H

#include "../engine/single.h"
#include "../pipeline/tests.h"

/* A few lines for each expectation that does not hold. end: how the document ended, last: in which turn. */
void test_judge(const struct pipeline_test *t, tm_doc *doc, const struct single_turn *last, int end,
                struct buffer *why);
/* {"dropped": {"reason"...}} or {"failed": ...}. */
void test_write_end(const struct single_turn *last, int end, struct buffer *out);

#endif
