/* wide.h: long strings 64 bytes at a time, where the processor can (AVX2, asked at run time). What a wide step does not
 * understand it leaves to the narrow one: there is nothing here that is not done there too.
 */
#ifndef TM_JSON_WIDE_H
#define TM_JSON_WIDE_H

#include <stddef.h>

/* Strings shorter than this gain nothing. */
#define WIDE_LEAST 64u

struct wide_seen {
    int high;    /* a byte over 0x7f */
    int escaped; /* an escape */
    int nul;     /* \u0000 */
};

/* Can this processor? */
int wide_can(void);
/* From p, inside a string and not inside an escape: how many bytes on the closing quote stands, or the first byte (of
 * an escape: its backslash) that is wrong or was not looked at. Adds to *seen what lies before. */
size_t wide_string(const char *p, size_t n, struct wide_seen *seen);

#endif
