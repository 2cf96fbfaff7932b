/* block.c: blocks of documents as they leave a source: bytes, and the items that lie in them. Whoever holds a block
 * owns it; one thread at a time.
 */
#include "reading.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

/* What a block may keep between two uses: a single 64 MiB document must not stay with us to the end. */
#define KEEP_BYTES ((size_t)2 << 20)
#define KEEP_ITEMS ((size_t)65536)

struct block *block_new(void) {
    return memory_zalloc(1, sizeof(struct block));
}

void block_free(struct block *b) {
    if (!b)
        return;
    block_clear(b);
    buffer_deinit(&b->bytes);
    free(b->items);
    free(b);
}

void block_clear(struct block *b) {
    for (size_t i = 0; i < b->n_items; i++)
        free(b->items[i].message);
    b->n_items = 0;
    b->input_bytes = 0;
    b->ends_group = 0;
    b->next = NULL;
    b->bytes.len = 0;
    if (b->bytes.room > KEEP_BYTES)
        buffer_deinit(&b->bytes);
    if (b->items_room > KEEP_ITEMS) {
        free(b->items);
        b->items = NULL;
        b->items_room = 0;
    }
}

struct item *block_add_item(struct block *b, enum item_kind kind, uint32_t source, uint64_t position) {
    if (b->n_items == b->items_room) {
        b->items_room = b->items_room ? b->items_room * 2 : 64;
        b->items = memory_realloc(b->items, b->items_room * sizeof *b->items);
    }
    struct item *item = &b->items[b->n_items++];
    *item = (struct item){.kind = kind, .source = source, .position = position, .offset = UINT64_MAX};
    item->start = b->bytes.len;
    return item;
}

void block_add_zeros(struct block *b) {
    memset(buffer_reserve(&b->bytes, TM_PAD), 0, TM_PAD);
    b->bytes.len += TM_PAD;
}

void block_add_bad(struct block *b, uint32_t source, uint64_t position, const char *code, const char *message,
                   const char *data, size_t len) {
    struct item *item = block_add_item(b, ITEM_BAD, source, position);
    item->code = code;
    item->message = memory_copy(message, strlen(message));
    item->len = len < READING_BAD_BYTES ? len : READING_BAD_BYTES;
    buffer_add(&b->bytes, data, item->len);
    block_add_zeros(b);
}
