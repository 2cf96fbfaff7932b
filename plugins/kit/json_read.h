/* json_read.h: reads a plugin's own JSON files (gazetteers, taxonomies), forwards and in place: text members are
 * decoded inside the buffer, which the caller gives up for that. Strict enough to name the line of a mistake; fields of
 * documents are not read with it (the host has cursors for them).
 *
 *     kit_json_init(&r, text, len);
 *     if (kit_json_array(&r) == 0)
 *         while (kit_json_element(&r) > 0)
 *             if (kit_json_object(&r) == 0)
 *                 while (kit_json_member(&r, &name) > 0)
 *                     kit_json_peek(&r) == '"' ? kit_json_text(&r, &value) : kit_json_skip(&r);
 *     if (r.error[0])
 *         ... r.line, r.error
 */
#ifndef KIT_JSON_READ_H
#define KIT_JSON_READ_H

#include <textmill/types.h>

struct json_reader {
    char *at, *end;
    uint32_t line; /* that the reader stands in, from 1 */
    int fresh;     /* an array or object was just opened: no comma is due */
    char error[96];
};

void kit_json_init(struct json_reader *r, char *text, uint64_t len);
/* The first byte of the next value; 0 at the end. */
char kit_json_peek(struct json_reader *r);
/* Enter an array or an object: 0, or -1 with an error. */
int kit_json_array(struct json_reader *r);
int kit_json_object(struct json_reader *r);
/* 1: there is another element; 0: the array is over, and left; -1: an error. */
int kit_json_element(struct json_reader *r);
/* 1: the name of another member; 0: the object is over, and left; -1: an error. */
int kit_json_member(struct json_reader *r, tm_str *out_name);
/* A text or a number: 0, or -1 with an error. */
int kit_json_text(struct json_reader *r, tm_str *out_text);
int kit_json_number(struct json_reader *r, double *out_number);
/* Passes over any value. */
int kit_json_skip(struct json_reader *r);

#endif
