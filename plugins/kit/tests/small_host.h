/* small_host.h: a host for tests of the kit that need tokens but not textmill's own rule: words are what blanks part.
 */
#ifndef KIT_TESTS_SMALL_HOST_H
#define KIT_TESTS_SMALL_HOST_H

#include <textmill/host.h>

static uint64_t small_hash(tm_str text) {
    uint64_t h = 14695981039346656037u;
    for (uint64_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.data[i]) * 1099511628211u;
    return h;
}

static int32_t small_tokenize(tm_str text, tm_token_buffer *b) {
    uint64_t i = 0;
    b->count = 0;
    while (i < text.len) {
        while (i < text.len && text.data[i] == ' ')
            i++;
        uint64_t from = i;
        while (i < text.len && text.data[i] != ' ')
            i++;
        if (i > from) {
            if (b->hash && b->count < b->room)
                b->hash[b->count] = small_hash((tm_str){text.data + from, i - from});
            b->count++;
        }
    }
    return TM_OK;
}

static inline tm_host small_host(void) {
    return (tm_host){
        .size = sizeof(tm_host), .text_version = TM_TEXT_VERSION, .tokenize = small_tokenize, .hash = small_hash};
}

#endif
