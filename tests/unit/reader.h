/* reader.h: one input read to its end and shown as text, for the tests of its cutters and unpackers. */
#ifndef TM_TESTS_READER_H
#define TM_TESTS_READER_H

#include "check.h"
#include "scratch.h"

#include "io/source.h"

#include <stdlib.h>

static struct buffer shown, told;

/* Each item as POSITION:bytes, or POSITION!code: message; one a line. The result of the last source_next. */
static int show_input(const char *name, const struct source_options *options) {
    shown.len = told.len = 0;
    struct source *s = source_open(&name, 1, options, &told);
    if (!s)
        return -2;
    struct block *b = block_new();
    int r;
    while ((r = source_next(s, b, &told)) > 0) {
        for (size_t i = 0; i < b->n_items; i++) {
            const struct item *it = &b->items[i];
            if (it->kind == ITEM_BAD)
                buffer_addf(&shown, "%d!%s: %s\n", (int)it->position, it->code, it->message);
            else
                buffer_addf(&shown, "%d:%.*s%s%s\n", (int)it->position, (int)it->len, b->bytes.data + it->start,
                            it->encoding ? " " : "", it->encoding ? it->encoding : "");
        }
        block_clear(b);
    }
    block_free(b);
    source_close(s);
    return r;
}

static int shows(const char *text) {
    buffer_add_char(&shown, '\0');
    shown.len--;
    return strstr(shown.data, text) != NULL;
}

static void reader_end(void) {
    buffer_deinit(&shown);
    buffer_deinit(&told);
}

#define CHECK_SHOWN(want) CHECK_BYTES(shown.data ? shown.data : "", shown.len, want)

#endif
