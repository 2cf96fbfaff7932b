/* lines.h: reads rule files and tables of text: one entry a line, fields parted by tabs, # begins a comment line, blank
 * lines do not count. The text stays where it is; fields are borrowed. Errors name file and line.
 */
#ifndef KIT_LINES_H
#define KIT_LINES_H

#include <textmill/types.h>

#define LINE_FIELDS 16

struct line_reader {
    const char *file; /* for messages */
    const char *at, *end;
    uint32_t line; /* of the entry that was read last, from 1 */
    uint32_t n_fields;
    tm_str field[LINE_FIELDS]; /* blanks at both ends are not part of a field */
    char error[256];
};

void lines_init(struct line_reader *r, const char *file, tm_str text);
/* 1: an entry was read; 0: the end; -1: an error (too many fields), told in error. */
int lines_next(struct line_reader *r);
/* Puts "file:line: message" into error; returns -1. */
int lines_fail(struct line_reader *r, const char *message);
/* A field as a number: 0, or -1 with an error. */
int lines_number(struct line_reader *r, uint32_t field, double *out_number);

/* Reads a whole file; freed by the caller. NULL with a message "FILE: why" in error. */
char *lines_read_file(const char *path, uint64_t *out_len, char *error, uint64_t room);

#endif
