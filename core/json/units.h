/* units.h: sizes and durations as people write them, in options of commands and plugins alike. No state. */
#ifndef TM_JSON_UNITS_H
#define TM_JSON_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* "64K", "2M", "1.5G", "1T" (1024s; a B or iB behind is allowed), or a plain number of bytes. 0, or -1. */
int units_parse_size(const char *text, size_t len, uint64_t *out_bytes);
/* "20ms", "3s", "5m", "1h", "30d", "100us", "5ns", or a plain number of seconds. 0, or -1. */
int units_parse_duration(const char *text, size_t len, int64_t *out_ns);

#endif
