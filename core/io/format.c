/* format.c: see format.h. */
#include "format.h"

void format_text_document(const char *text, size_t len, struct buffer *out) {
    buffer_add_char(out, FORMAT_SEPARATOR);
    buffer_add(out, text, len);
    if (!len || text[len - 1] != '\n')
        buffer_add_char(out, '\n');
}

void format_tsv_value(const char *value, size_t len, struct buffer *out) {
    size_t done = 0;
    for (size_t i = 0; i < len; i++) {
        char c = value[i];
        if (c != '\t' && c != '\n' && c != '\r' && c != '\\')
            continue;
        buffer_add(out, value + done, i - done);
        buffer_add_char(out, '\\');
        buffer_add_char(out, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
        done = i + 1;
    }
    buffer_add(out, value + done, len - done);
}
