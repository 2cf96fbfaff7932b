/* types.h: the plain types that cross between textmill and a plugin.
 *
 * Everything here has a fixed width, so that it means the same to every compiler and language: no enum, no bool, no
 * long, no type of libuv or json-c. Text is always (pointer, length); lengths and offsets count bytes. A document is at
 * most TM_MAX_DOC bytes, so 32 bits hold every offset in one.
 */
#ifndef TEXTMILL_TYPES_H
#define TEXTMILL_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* The ABI is 0.N until it is frozen as 1.0; while it is, a plugin's N must equal the host's. */
#define TM_ABI_MAJOR 0u
#define TM_ABI_MINOR 2u

/* The largest document there can be, in bytes; --max-doc sets a lower bound (default 64 MiB). */
#define TM_MAX_DOC (1u << 30)

/* Text that the host hands out as a document's text or original is followed by this many readable zero bytes. */
#define TM_PAD 64u

/* What a host function returns that can fail: TM_OK or one of these. A function that fails changes nothing. */
#define TM_OK 0
#define TM_EINVAL (-1) /* an argument breaks the contract; counted and logged as "stage misbehaving" */
#define TM_ENOENT (-2) /* there is no such thing */
#define TM_ERANGE (-3) /* a value is out of range, or does not fit */
#define TM_ETYPE (-4)  /* there is a value, but of another type */
#define TM_EIO (-5)    /* a file could not be read or written; the host has logged why */
#define TM_ENOSYS (-6) /* this host does not offer that */
#define TM_ESTATE (-7) /* not allowed at this point of a stage's life */

/* Borrowed bytes: UTF-8 unless stated otherwise, not ended by a NUL; data may be NULL where len is 0. */
typedef struct tm_str {
    const char *data;
    uint64_t len;
} tm_str;

/* Half-open [start, end), in bytes. */
typedef struct tm_span {
    uint32_t start;
    uint32_t end;
} tm_span;

/* 128 bits that name a document by its source and position: equal when the same document is done again. */
typedef struct tm_uid {
    uint64_t hi;
    uint64_t lo;
} tm_uid;

/* What the host owns and a plugin only passes back. */
typedef struct tm_doc tm_doc;           /* one document, owned by one thread at a time */
typedef struct tm_instance tm_instance; /* one stage of one pipeline */
typedef struct tm_spans tm_spans;       /* a named span set of one document */
typedef struct tm_writer tm_writer;     /* a JSON value being built into a field */
typedef struct tm_pattern tm_pattern; /* a compiled pattern (option type pattern): POSIX extended regular expression */
typedef struct tm_condition tm_condition; /* a compiled condition (option type condition): the language of "when" */
typedef struct tm_batch tm_batch;         /* documents given together to process_many */

/* Names that were resolved at open. Handles are small numbers, valid as long as the instance; 0 is never valid. */
typedef uint32_t tm_field;
typedef uint32_t tm_metric;

#ifdef __cplusplus
#define TM_STR(literal) (tm_str{(literal), sizeof(literal) - 1})
#else
#define TM_STR(literal) ((tm_str){(literal), sizeof(literal) - 1})
#endif

#endif
