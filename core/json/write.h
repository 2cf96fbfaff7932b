/* write.h: writes JSON into a buffer: strings escaped as RFC 8259 asks and no further (no \/, no \u for what is valid
 * UTF-8), numbers in the C locale with at most so many decimals. Any thread; no state. */
#ifndef TM_JSON_WRITE_H
#define TM_JSON_WRITE_H

#include "buffer.h"

#include <stdint.h>

/* With the quotes. Bytes that are not valid UTF-8 become U+FFFD. */
void json_write_text(struct buffer *b, const char *data, size_t len);
/* The same for bytes that are known to be valid. */
void json_write_valid(struct buffer *b, const char *data, size_t len);
void json_write_int(struct buffer *b, int64_t n);
void json_write_uint(struct buffer *b, uint64_t n);
/* Shortest form with at most `decimals` (up to 17) decimals: 0.5, 3, -0.25; -0 is 0; NaN and infinities are null. */
void json_write_number(struct buffer *b, double x, unsigned decimals);

#endif
