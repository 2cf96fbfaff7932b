/* emoji.h: the names of emoji, one code point each, from a file "HEX TAB name" a line. Read once, then any thread. */
#ifndef SENTIMENT_EMOJI_H
#define SENTIMENT_EMOJI_H

#include <textmill/types.h>

struct emoji;

/* From bytes that live as long. NULL with one line in error. */
struct emoji *emoji_new(const char *file, tm_str text, char *error, uint64_t room);
void emoji_free(struct emoji *e);
/* The name of a code point; data NULL where it is no emoji. */
tm_str emoji_name(const struct emoji *e, uint32_t code);

#endif
