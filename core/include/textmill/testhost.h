/* testhost.h: a host for the tests of a plugin: loads its .so as textmill does, opens a stage, gives it documents, and
 * lets the test look at what became of them. No runner, no pipeline file. Link to textmill-testhost (CMake:
 * textmill::testhost, pkg-config: textmill-testhost); it is made of the program's own code, so what a document does
 * here it does in a run. C11, and C++11 to C++20.
 *
 *     tm_test *t = tm_test_open("build/shout/shout.so", "{\"most\": 20}");
 *     if (tm_test_error(t))
 *         ... one line: what, where, the cure
 *     tm_test_text(t, "a text");
 *     if (strcmp(tm_test_get(t, 0, "text"), "A TEXT") != 0 || tm_test_fault(t))
 *         ...
 *     tm_test_close(t);
 *
 * One thread. What comes out is good until the next document is given, or the test is closed.
 */
#ifndef TEXTMILL_TESTHOST_H
#define TEXTMILL_TESTHOST_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tm_test tm_test;

/* A stage of the plugin in that file, with these options (a JSON object; NULL: none). Never NULL; where the plugin
 * cannot be loaded or opened, tm_test_error says why. */
tm_test *tm_test_open(const char *file, const char *options);
/* NULL where all is well. */
const char *tm_test_error(const tm_test *t);
/* Closes the stage. */
void tm_test_close(tm_test *t);

/* Gives the stage one document: process (or process_many), commit, settle. Returns the verdict: TM_PASS, TM_DROP, ...
 */
int32_t tm_test_text(tm_test *t, const char *text);
int32_t tm_test_bytes(tm_test *t, tm_str text);
/* A record: a JSON object with the member "text" and any others. TM_EINVAL where it is none. */
int32_t tm_test_record(tm_test *t, const char *json);
/* Several records at once, in one batch where the stage takes batches. TM_EINVAL where one is none, else TM_OK. */
int32_t tm_test_records(tm_test *t, const char *const *json, uint32_t n);
/* The end of the stream: what the stage emits in flush. Returns its verdict. */
int32_t tm_test_flush(tm_test *t);
/* From now on an earlier stage cuts [start, end) out of every text before this stage sees it, so that text and original
 * differ. Cuts that do not fit a text are left out; start == end ends it. */
void tm_test_cut_before(tm_test *t, uint32_t start, uint32_t end);

/* What became of the last documents: each that was given, followed by the children that it emitted. */
uint32_t tm_test_count(const tm_test *t);
int32_t tm_test_verdict(const tm_test *t, uint32_t i);
/* Code and message of a document that was dropped or failed; "" where there is none. */
const char *tm_test_code(const tm_test *t, uint32_t i);
const char *tm_test_message(const tm_test *t, uint32_t i);
/* The output record as JSON; NULL where the document was dropped or failed. */
const char *tm_test_json(const tm_test *t, uint32_t i);
/* One value of the output record by its path: "text", "lang", "removed.0.kind", "entities.1.mentions.0.start",
 * "edits.0.rule". A string as it is, anything else as compact JSON; NULL where there is none. */
const char *tm_test_get(tm_test *t, uint32_t i, const char *path);
/* How many elements or members the array or object there has; 0 where there is none. */
uint32_t tm_test_length(tm_test *t, uint32_t i, const char *path);
/* How the stage broke the contract with the last documents, in one line: an edit outside of the text, an edit without
 * TM_EDITS, a verdict that is none, original + edits that do not give the text. NULL where it kept it. */
const char *tm_test_fault(const tm_test *t);
/* For what has no place in a record (hidden span sets, layers, hashes): the document and the functions on it. */
tm_doc *tm_test_doc(const tm_test *t, uint32_t i);
const tm_host *tm_test_host(void);

#ifdef __cplusplus
}
#endif
#endif
