/* pipeline_wanted.c: is a stage for this document? Its `when` and its languages decide. */
#include "pipeline.h"

#include <string.h>

static int has_language(const char *languages, tm_str lang) {
    uint64_t n = 0;
    while (n < lang.len && lang.data[n] != '-' && lang.data[n] != '_')
        n++; /* en-GB is English */
    for (const char *at = languages; *at;) {
        size_t len = strcspn(at, " ");
        if (len == n && memcmp(at, lang.data, len) == 0)
            return 1;
        at += len;
        at += strspn(at, " ");
    }
    return 0;
}

const char *pipeline_stage_passes_over(const struct pipeline_stage *s, tm_doc *doc) {
    tm_value lang;
    if (s->when && !condition_holds(s->when, doc))
        return "when";
    if (s->languages && doc_get(doc, "lang", 4, &lang) == TM_V_TEXT && !has_language(s->languages, lang.text))
        return "lang";
    return NULL;
}
