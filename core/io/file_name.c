/* file_name.c: a file name from a document's id: nothing in an id can name a place other than the output folder. */
#include "sink.h"

#define MAX_NAME ((size_t)200)

static int is_plain(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

void file_name_from_id(tm_str id, struct buffer *out) {
    static const char hex[] = "0123456789ABCDEF";
    if (!id.len) {
        buffer_add_char(out, '_');
        return;
    }
    size_t room = MAX_NAME;
    for (uint64_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.data[i];
        int plain = is_plain((char)c) && !(i == 0 && c == '.');
        if (room < (plain ? 1u : 3u))
            return;
        if (plain) {
            buffer_add_char(out, (char)c);
            room--;
        } else {
            char code[3] = {'%', hex[c >> 4], hex[c & 15]};
            buffer_add(out, code, sizeof code);
            room -= sizeof code;
        }
    }
}
