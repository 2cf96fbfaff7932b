/* format.h: how documents look in outputs that are not JSONL. No state; any thread.
 *
 * Text: each document's text as it is, ended by a newline where it has none; a form feed stands before every document
 * but the first, at the start of its first line, so that awk -v RS='\f' and csplit find the documents again. A form
 * feed of the text's own stays. The serialiser puts a form feed before each; the sink takes away the one at the
 * output's very start.
 *
 * TSV: one line a document; tab, newline, carriage return and backslash inside a value are \t, \n, \r and \\, as
 * databases write them.
 */
#ifndef TM_IO_FORMAT_H
#define TM_IO_FORMAT_H

#include "../json/buffer.h"

#include <stddef.h>

#define FORMAT_SEPARATOR '\f'

void format_text_document(const char *text, size_t len, struct buffer *out);
void format_tsv_value(const char *value, size_t len, struct buffer *out);

#endif
