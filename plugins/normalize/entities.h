/* entities.h: HTML character references that stand in plain text: &amp; &#8217; &#x2019; always with their semicolon.
 */
#ifndef NORMALIZE_ENTITIES_H
#define NORMALIZE_ENTITIES_H

#include <stddef.h>
#include <stdint.h>

/* The character that a reference at the start of text stands for, and its length in bytes; 0 where there is none. */
uint32_t entity_at(const char *text, size_t len, uint32_t *out_length);

#endif
