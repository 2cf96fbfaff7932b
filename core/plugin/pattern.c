/* pattern.c: the pattern type: POSIX extended regular expressions in UTF-8, whatever locale the process is in. An
 * expression that begins with (?i) ignores case. glibc keeps a lock inside of a compiled expression, so one may be used
 * by every thread.
 */
#include "condition.h"

#include "../json/memory.h"

#include <limits.h>
#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct tm_pattern {
    regex_t regex;
    locale_t locale; /* (locale_t)0: the process's */
};

static locale_t enter(const struct tm_pattern *p) {
    return p->locale ? uselocale(p->locale) : (locale_t)0;
}

static void leave(const struct tm_pattern *p, locale_t before) {
    if (p->locale)
        uselocale(before);
}

struct tm_pattern *pattern_compile(const char *expression, struct buffer *why) {
    struct tm_pattern *p = memory_zalloc(1, sizeof *p);
    int flags = REG_EXTENDED;
    if (strncmp(expression, "(?i)", 4) == 0) {
        flags |= REG_ICASE;
        expression += 4;
    }
    p->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = enter(p);
    int error = regcomp(&p->regex, expression, flags);
    if (error) {
        char text[200];
        regerror(error, &p->regex, text, sizeof text);
        buffer_add_string(why, text);
    }
    leave(p, before);
    if (!error)
        return p;
    if (p->locale)
        freelocale(p->locale);
    free(p);
    return NULL;
}

void pattern_free(struct tm_pattern *p) {
    if (!p)
        return;
    regfree(&p->regex);
    if (p->locale)
        freelocale(p->locale);
    free(p);
}

int pattern_match(const struct tm_pattern *p, tm_str text, uint64_t from, uint64_t *out_start, uint64_t *out_end) {
    if (from > text.len || text.len > INT_MAX)
        return 0;
    /* The span that REG_STARTEND takes; ^ is the start of the text, not of the rest of it. */
    regmatch_t span = {.rm_so = (regoff_t)from, .rm_eo = (regoff_t)text.len};
    locale_t before = enter(p);
    int is_match =
        regexec(&p->regex, text.data ? text.data : "", 1, &span, REG_STARTEND | (from ? REG_NOTBOL : 0)) == 0;
    leave(p, before);
    if (!is_match)
        return 0;
    if (out_start)
        *out_start = (uint64_t)span.rm_so;
    if (out_end)
        *out_end = (uint64_t)span.rm_eo;
    return 1;
}
