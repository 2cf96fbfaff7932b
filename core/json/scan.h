/* scan.h: the strict scanner of JSON records: finds what stands where in a line without building a tree.
 *
 * RFC 8259, nothing more: valid UTF-8 (no overlong forms, surrogates or code points past U+10FFFF), no NaN, no single
 * quotes, no control characters in strings, no leading zeros, no trailing bytes but white space. At the top level of a
 * record a key may stand once; below it duplicates travel untouched. Numbers are spans of bytes, of any size. A key
 * with \u0000 in it is refused. Any thread; no state.
 */
#ifndef TM_JSON_SCAN_H
#define TM_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum json_type { JSON_NULL = 1, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One member of an object (or element of an array: key_len 0). Offsets into the scanned bytes. A string's value span
 * counts its quotes; a key's does not. */
struct json_member {
    uint32_t key_start, key_len;
    uint32_t value_start, value_len;
    uint8_t type;        /* enum json_type */
    uint8_t key_escaped; /* has a backslash */
    uint8_t value_escaped;
    uint8_t value_ascii; /* a string without a byte over 0x7f */
};

/* What is wrong with the bytes: a short code (utf8, syntax, too-deep, duplicate-key, nul-in-key, not-object, ...), one
 * line of text, and the byte where. */
struct json_error {
    const char *code;
    char message[160];
    size_t offset;
};

#define JSON_MAX_DEPTH 512u

/* The members of the object that the bytes are. Fills up to `room`; *out_count tells how many there are, so that the
 * caller can come again with more room: it must, since equal keys are looked for only when all fit. Needs no byte
 * behind the end. -1 with *error where the bytes are not one valid object; else 0. */
int json_scan_object(const char *data, size_t len, struct json_member *members, size_t room, size_t *out_count,
                     struct json_error *error);

/* 0 where the bytes are exactly one JSON value. */
int json_check_value(const char *data, size_t len, struct json_error *error);

/* Walks the members or elements of a valid object or array: call with *at behind the opening bracket; fills *member
 * with spans relative to data; 1, or 0 at the closing bracket. The bytes must have passed a check. */
int json_next(const char *data, size_t len, size_t *at, int is_object, struct json_member *member);

/* Decodes a string's bytes between its quotes into out (room >= len suffices); returns the number of bytes. A lone
 * surrogate becomes U+FFFD. */
size_t json_decode(const char *data, size_t len, char *out);

/* The value of a number that passed the check; what is too large for a double is infinite. Knows no locale. */
double json_number(const char *data, size_t len);
/* 1 with *out where the number is written without fraction and exponent and fits 64 bits. */
int json_integer(const char *data, size_t len, int64_t *out);

/* Length of the longest valid UTF-8 prefix: len where all of it is valid. */
size_t utf8_valid_prefix(const char *data, size_t len);
/* Copies with U+FFFD for each maximal part of a broken sequence; out has room for 3 * len. Returns the length. */
size_t utf8_replace(const char *data, size_t len, char *out);
/* Where the byte of the copy came from. */
size_t utf8_replaced_from(const char *data, size_t len, size_t offset);
/* Writes the code point's UTF-8 into out (room for 4); returns the length. Surrogates become U+FFFD. */
size_t utf8_put(uint32_t point, char *out);

/* Type of the value that starts at data[0]. */
enum json_type json_type_of(char first);

#endif
