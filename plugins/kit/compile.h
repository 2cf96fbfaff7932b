/* compile.h: makes a compiled table (table.h) from text in memory: what textmill-table does at build time and what a
 * plugin does at open with files of the user's own.
 */
#ifndef KIT_COMPILE_H
#define KIT_COMPILE_H

#include "table.h"

#include <textmill/host.h>

struct compile;

/* host: its tokenize and text_version are used. NULL: no memory. */
struct compile *compile_new(const tm_host *host);
void compile_free(struct compile *c);
/* Adds one source text in the form that table.h tells; all sources of one table have the same columns. 0, or -1 with
 * one line "file:line: message" in error. */
int compile_text(struct compile *c, const char *file, tm_str text, char *error, uint64_t room);
/* The same row by row: first the columns ("name:type"), then rows of as many fields and the phrase. */
int compile_columns(struct compile *c, const char *const *columns, uint32_t n);
int compile_row(struct compile *c, tm_str phrase, const tm_str *fields, char *error, uint64_t room);
/* The bytes of the finished table, owned by c until compile_free; data NULL: no memory. Nothing can be added after. */
tm_str compile_finish(struct compile *c);

#endif
