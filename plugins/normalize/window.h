/* window.h: the normalization of one window of text (a line, or a part of a very long one). */
#ifndef NORMALIZE_WINDOW_H
#define NORMALIZE_WINDOW_H

#include "glyph.h"
#include "mojibake.h"

/* What is to be done; the values of spaces. */
#define SPACES_KEEP 0
#define SPACES_TRIM 1
#define SPACES_PLAIN 2

struct steps {
    int32_t encoding, nfc, controls, line_ends, quotes, ligatures, widths, entities;
    int32_t spaces;
};

#define WINDOW_BYTES 16384u

/* Memory for one window; made once a thread. */
struct window {
    struct glyph *glyphs, *spare; /* WINDOW_BYTES * NFC_GROWTH each */
    int32_t *work;
    char *text; /* of one edit */
    uint32_t count;
};

/* Allocates; 0 where there is no memory. */
int window_init(struct window *w);
void window_deinit(struct window *w);

/* Decodes text[from, to) into the window's glyphs. */
void window_read(struct window *w, const char *text, uint32_t from, uint32_t to);
/* Does the steps. before_line_end: a line feed follows; entities: references may be decoded in this document. */
void window_apply(struct window *w, const struct steps *steps, const struct codepages *sets, int before_line_end,
                  int entities);

/* One UTF-8 character at text[at]; the text is valid and padded. */
uint32_t utf8_at(const char *text, uint32_t at, uint32_t *out_length);
uint32_t utf8_put(uint32_t c, char *out);

/* Characters that a step other than mending and NFC always changes; and where in the basic plane there are such. */
int window_changes(uint32_t c, const struct steps *steps);
extern const struct window_page { uint32_t from, to; } window_pages[6];

#endif
