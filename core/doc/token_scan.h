/* token_scan.h: the scanner that finds tokens by the rule of ../include/textmill/layers.h, for layers.c and token.c. It
 * needs nothing but the bytes between two offsets and a place to put columns.
 */
#ifndef TM_DOC_TOKEN_SCAN_H
#define TM_DOC_TOKEN_SCAN_H

#include <stdint.h>

/* Where tokens go. grow is called when n == room and must leave n < room. */
struct token_sink {
    uint32_t n, room;
    uint32_t *start, *length, *shape;
    uint64_t *hash;
    void (*grow)(struct token_sink *sink);
    void *owner;
};

/* Adds the tokens of text[from, to). Bytes before `limit` may be read (limit >= to); where limit > to, the byte at `to`
 * must be no letter or digit. What is found depends on text[from, to) alone. */
void token_scan(struct token_sink *sink, const char *text, uint32_t from, uint32_t to, uint32_t limit);

/* The hash of folded text. */
uint64_t token_hash_folded(const uint8_t *p, const uint8_t *end);

/* Whether a word (any case) is one of those that begin sentences more often than names: The, He, But... */
int token_is_starter(const uint8_t *word, uint32_t len);

#endif
