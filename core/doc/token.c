/* token.c: tokenizer, folding and hash for any string, as lexicons, gazetteers and rules need them. The same scanner
 * finds the tokens of documents, so what a table was made of is what a document gives.
 */
#include "token.h"

#include "text_hash.h"
#include "text_unicode.h"
#include "token_scan.h"

#include "../json/memory.h"

#include <stdlib.h>

#define STACK_ROOM 128u

/* The sink's columns, while they are the caller's or the stack's, move to the heap when they are full. */
static void move_to_heap(struct token_sink *sink) {
    uint32_t room = sink->room < STACK_ROOM ? 4 * STACK_ROOM : 2 * sink->room, n = sink->n;
    char *heap = memory_alloc((size_t)room * 20);
    uint64_t *hash = (uint64_t *)(void *)heap;
    uint32_t *start = (uint32_t *)(void *)(heap + (size_t)room * 8), *length = start + room, *shape = length + room;
    if (n) {
        memcpy(hash, sink->hash, n * sizeof *hash);
        memcpy(start, sink->start, n * sizeof *start);
        memcpy(length, sink->length, n * sizeof *length);
        memcpy(shape, sink->shape, n * sizeof *shape);
    }
    free(sink->owner);
    sink->owner = heap;
    sink->hash = hash;
    sink->start = start;
    sink->length = length;
    sink->shape = shape;
    sink->room = room;
}

static void copy_back(void *to, const void *from, uint32_t n, size_t size) {
    if (to && to != from && n)
        memcpy(to, from, n * size);
}

int32_t token_tokenize(tm_str text, tm_token_buffer *buffer) {
    uint32_t start[STACK_ROOM], length[STACK_ROOM], shape[STACK_ROOM];
    uint64_t hash[STACK_ROOM];
    struct token_sink sink = {0, STACK_ROOM, start, length, shape, hash, move_to_heap, NULL};
    if (!buffer || (text.len && !text.data))
        return TM_EINVAL;
    if (text.len > TM_MAX_DOC)
        return TM_ERANGE;
    if (buffer->start && buffer->length && buffer->shape && buffer->hash) {
        sink.start = buffer->start;
        sink.length = buffer->length;
        sink.shape = buffer->shape;
        sink.hash = buffer->hash;
        sink.room = buffer->room;
    }
    if (text.len)
        token_scan(&sink, text.data, 0, (uint32_t)text.len, (uint32_t)text.len);
    uint32_t n = sink.n < buffer->room ? sink.n : buffer->room;
    copy_back(buffer->start, sink.start, n, sizeof *start);
    copy_back(buffer->length, sink.length, n, sizeof *length);
    copy_back(buffer->shape, sink.shape, n, sizeof *shape);
    copy_back(buffer->hash, sink.hash, n, sizeof *hash);
    buffer->count = sink.n;
    free(sink.owner);
    return TM_OK;
}

int64_t token_fold(tm_str text, char *out, uint64_t room) {
    uint64_t n = 0;
    uint8_t bytes[4];
    if (text.len == 0)
        return 0;
    const uint8_t *p = (const uint8_t *)text.data, *end = p + text.len;
    while (p < end) {
        uint32_t cp, m, len = text_decode(p, end, &cp);
        if (cp < 0x80) {
            bytes[0] = (uint8_t)(cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp);
            m = 1;
        } else if (cp == UNICODE_BAD) {
            bytes[0] = *p;
            m = 1;
        } else {
            m = unicode_is_ignored(cp) ? 0 : text_encode(unicode_fold(cp), bytes);
        }
        if (m > room - n)
            return TM_ERANGE;
        for (uint32_t i = 0; i < m; i++)
            out[n++] = (char)bytes[i];
        p += len;
    }
    return (int64_t)n;
}

uint64_t token_hash(tm_str text) {
    if (text.len == 0)
        return hash_end(HASH_SEED, 0, 0);
    const uint8_t *p = (const uint8_t *)text.data;
    uint64_t high = 0;
    for (uint64_t i = 0; i < text.len; i++)
        high |= p[i];
    if (high & 0x80)
        return token_hash_folded(p, p + text.len);
    return hash_ascii(p, (uint32_t)text.len, p + text.len);
}
