/* dates.h: dates as people write them, to ISO 8601. */
#ifndef CLEAN_DATES_H
#define CLEAN_DATES_H

#include <textmill/types.h>

/* Reads the date in a line, with time and zone where they stand there. out has room for 32 bytes; returns the length, 0
 * where the day cannot be told. */
uint32_t date_read(tm_str line, char *out);

/* Whether a line is nothing but a date in numbers, with a year of four digits, and a time perhaps. */
int date_is_numeric(tm_str line);

#endif
