/* dates.h: dates as people write them, to ISO 8601. */
#ifndef CLEAN_DATES_H
#define CLEAN_DATES_H

#include <textmill/types.h>

/* Reads the date in a line, with time and zone where they stand there. out has room for 32 bytes; returns the length, 0
 * where the day cannot be told. */
uint32_t date_read(tm_str line, char *out);

#endif
