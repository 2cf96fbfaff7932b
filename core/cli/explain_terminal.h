/* explain_terminal.h: writing to a terminal with styles and soft line breaks, for explain_terminal.c and
 * explain_original.c. */
#ifndef TM_CLI_EXPLAIN_TERMINAL_H
#define TM_CLI_EXPLAIN_TERMINAL_H

#include "explain.h"

struct terminal {
    struct buffer *out;
    int colour;
    unsigned width;     /* cells of a line; 0: lines are not broken */
    unsigned column;    /* where the next character goes */
    unsigned indent;    /* cells of what stands before a broken line's rest */
    const char *gutter; /* what stands there; NULL: spaces */
    char style[32];     /* SGR numbers of what is written now; empty: none */
};

#define STYLE_NONE ""
#define STYLE_HEAD "1"
#define STYLE_DIM "2"
#define STYLE_GOOD "32"
#define STYLE_BAD "1;31"
#define STYLE_ODD "33"
#define STYLE_NEW "38;5;35"
#define STYLE_OLD "2;9"
#define STYLE_MARK "4"

void terminal_style(struct terminal *t, const char *style);
/* A colour of a kind of cut; with its number behind it where it is struck through. */
void terminal_kind(struct terminal *t, unsigned colour, int is_struck);
void terminal_words(struct terminal *t, const char *words);           /* ours, passed on as they are */
void terminal_text(struct terminal *t, const char *data, size_t len); /* a document's, made harmless */
void terminal_format(struct terminal *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void terminal_pad(struct terminal *t, unsigned column); /* spaces up to there */
void terminal_end(struct terminal *t);                  /* of the line */

/* explain_original.c: the original with what was done to it; names that were found, by type. */
void explain_original(struct terminal *t, const struct explain *x);
void explain_found(struct terminal *t, const struct explain *x);

#endif
