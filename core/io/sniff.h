/* sniff.h: what kind of thing some first bytes, or a name's suffix, show. No state; any thread. */
#ifndef TM_IO_SNIFF_H
#define TM_IO_SNIFF_H

#include "source.h"

/* A name such as "a PDF document" for bytes that begin like a known format that is not text; NULL for all others.
 * *out_cure is what to do about it. */
const char *sniff_binary(const char *data, size_t len, const char **out_cure);
/* Do the bytes begin as a web page? */
int sniff_is_html(const char *data, size_t len);
/* Is the first line that is not blank a JSON object, as far as these bytes show it? */
int sniff_is_jsonl(const char *data, size_t len);
/* Does it begin as JSON that is not one record a line? */
int sniff_is_json(const char *data, size_t len);

/* What a file's name promises. compression is that of input.h; format INPUT_AUTO where the suffix says nothing.
 * is_html: a suffix of web pages; is_json: .json. */
struct name_kind {
    enum input_format format;
    int compression;
    int is_html, is_json;
};
struct name_kind name_kind_of(const char *name);

#endif
