/* look.h: a document seen from outside while it goes through its stages: what was edited, which fields were set, which
 * span sets there are. For commands that show what happened; read-only, by the thread that holds the document. What
 * comes out lies in the document's arena.
 */
#ifndef TM_DOC_LOOK_H
#define TM_DOC_LOOK_H

#include "doc.h"

/* One edit that was made. Spans count in the original. */
struct look_edit {
    tm_span original;
    tm_str text; /* of a replacement */
    tm_str kind, rule;
    const char *stage;
    double score; /* NaN: none */
    const tm_span *evidence;
    uint32_t n_evidence;
    int is_cut;
};

/* Cuts, and where the schema has with_edits replacements too, in the order in which they were made. */
uint32_t look_edits(const tm_doc *doc);
void look_edit(const tm_doc *doc, uint32_t i, struct look_edit *out);

/* Fields that stages have set, in the order of their first setting. TM_V_ABSENT: it was removed. */
uint32_t look_fields(const tm_doc *doc);
tm_str look_field(const tm_doc *doc, uint32_t i, tm_value *out);

/* Span sets that are written into records. */
uint32_t look_sets(const tm_doc *doc);
tm_spans *look_set(const tm_doc *doc, uint32_t i); /* NULL: it is for stages only, or came in and was not changed */
tm_str look_set_name(const tm_spans *set);
/* Its columns; a span's name and type by its group's attributes, else by its own. */
void look_set_columns(tm_spans *set, tm_span_columns *out);
tm_str look_set_type(tm_spans *set, const tm_span_columns *columns, uint32_t i);
tm_str look_group_text(tm_spans *set, uint32_t group, tm_str attribute); /* data NULL: it has none */
int look_group_number(tm_spans *set, uint32_t group, tm_str attribute, double *out);
/* As it would be written: to tell whether a stage changed it. */
void look_set_write(tm_spans *set, struct buffer *out);

/* Where a span of the original stands now, and where one of the text stood. */
tm_span look_now(tm_doc *doc, tm_span original);
tm_span look_original(tm_doc *doc, tm_span now);

#endif
