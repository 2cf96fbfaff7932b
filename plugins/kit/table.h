/* table.h: a compiled table: phrases, and columns that tell of each phrase what a plugin wants to know of it. Made at
 * build time by textmill-table (tool/) or in memory by compile.h, mapped at start, used in place by any thread.
 *
 * The source is text (lines.h). Its first entry names the columns: the first is the phrase, the others are name:type.
 *
 *     phrase	kind:text	weight:number	flags:int
 *     share this article	share	0.9	1
 *
 * A column name:a|b|c holds one of these words and is kept as its place among them, an int from 0; an empty field is 0.
 * Each further entry is a row. A phrase may stand in several rows; the values that matching gives are the numbers of
 * its rows. Text of a column is kept once however often it stands there, so equal text has an equal offset. A row whose
 * first field is empty has no phrase: it is found by its number only.
 *
 * The file: header (magic, format, text version, checksum, size), sections at multiples of 64. Numbers are of the
 * machine that made it (little-endian here). It is refused, with the command that remakes it, where magic, format, text
 * version, size or checksum are not as they must be.
 */
#ifndef KIT_TABLE_H
#define KIT_TABLE_H

#include "phrases.h"

#include <textmill/types.h>

#define TABLE_TEXT 1u   /* uint32_t: offset for table_text */
#define TABLE_NUMBER 2u /* float */
#define TABLE_INT 3u    /* int32_t */
#define TABLE_COLUMNS 12u

struct table_column {
    char name[24];
    uint32_t type;
    uint32_t reserved;
    const void *data;
};

struct table {
    struct phrase_view phrases;
    uint32_t n_rows, n_columns;
    struct table_column columns[TABLE_COLUMNS];
    const char *pool;
    uint32_t pool_size;
};

/* Opens the bytes of a compiled table, which stay where they are. name is for messages. 0, or -1 with one line in
 * error: what, and the cure. */
int table_open(struct table *t, tm_str bytes, uint32_t text_version, const char *name, char *error, uint64_t room);

/* A column by name and type, or NULL. */
const uint32_t *table_texts(const struct table *t, const char *name);
const float *table_numbers(const struct table *t, const char *name);
const int32_t *table_ints(const struct table *t, const char *name);

/* Text of a TABLE_TEXT column, also NUL-terminated. */
static inline tm_str table_text(const struct table *t, uint32_t offset) {
    uint32_t len;
    __builtin_memcpy(&len, t->pool + offset, sizeof len);
    return (tm_str){t->pool + offset + 4, len};
}

/* --- the file, for those who write it --- */
#define TABLE_MAGIC "TMTABLE"
#define TABLE_FORMAT 4u

struct table_section {
    uint64_t offset, size;
};

struct table_header {
    char magic[8];
    uint32_t format, text_version;
    uint64_t checksum; /* of all that follows the header */
    uint64_t size;     /* of the file */
    uint32_t n_rows, n_columns, bits, filter_bits, starts_bits, reserved;
    struct table_section steps, filter, starts, values, pool;
    struct {
        char name[24];
        uint32_t type, reserved;
        struct table_section section;
    } columns[TABLE_COLUMNS];
};

uint64_t table_checksum(const char *data, uint64_t len);

#endif
