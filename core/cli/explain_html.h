/* explain_html.h: what explain_html.c, explain_sides.c and explain_page.c share. */
#ifndef TM_CLI_EXPLAIN_HTML_H
#define TM_CLI_EXPLAIN_HTML_H

#include "explain.h"

/* explain_sides.c: the original and the result side by side, a row a line of the original. */
void explain_sides(const struct explain *x, const struct explain_edges *edges, struct buffer *out);

/* explain_page.c: what does not depend on the document. */
extern const char explain_page_style[], explain_page_script[];

#endif
