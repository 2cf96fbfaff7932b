/* text_unicode.h: reading UTF-8 and asking what a character is. Inline, constant tables, any thread. Bytes that are not
 * valid UTF-8 are read one at a time as UNICODE_BAD, which is of class CONTROL: no token has them, nothing trips over
 * them.
 */
#ifndef TM_DOC_TEXT_UNICODE_H
#define TM_DOC_TEXT_UNICODE_H

#include "unicode_tables.h"

#include <stddef.h>

#define UNICODE_BAD 0xffffffffu

#define UNICODE_CLASS(properties) ((properties)&0xffu)

/* The character at p (p < end) and its length in bytes. */
static inline uint32_t text_decode(const uint8_t *p, const uint8_t *end, uint32_t *out_cp) {
    uint32_t c = p[0], cp;
    ptrdiff_t left = end - p;
    if (c < 0x80) {
        *out_cp = c;
        return 1;
    }
    if (c < 0xe0) {
        if (c >= 0xc2 && left >= 2 && (p[1] & 0xc0) == 0x80) {
            *out_cp = (c & 0x1f) << 6 | (p[1] & 0x3fu);
            return 2;
        }
    } else if (c < 0xf0) {
        if (left >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
            cp = (c & 0x0f) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
            if (cp >= 0x800 && (cp < 0xd800 || cp > 0xdfff)) {
                *out_cp = cp;
                return 3;
            }
        }
    } else if (c < 0xf5 && left >= 4 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 && (p[3] & 0xc0) == 0x80) {
        cp = (c & 0x07) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
        if (cp >= 0x10000 && cp <= 0x10ffff) {
            *out_cp = cp;
            return 4;
        }
    }
    *out_cp = UNICODE_BAD;
    return 1;
}

/* The character that ends at p (p > begin) and its length in bytes. */
static inline uint32_t text_decode_back(const uint8_t *begin, const uint8_t *p, uint32_t *out_cp) {
    uint32_t n = 1;
    while (n < 4 && p - n > begin && (p[-(ptrdiff_t)n] & 0xc0) == 0x80)
        n++;
    if (text_decode(p - n, p, out_cp) == n)
        return n;
    *out_cp = UNICODE_BAD;
    return 1;
}

/* Class (UC_...) and flags (UF_...) of a character. */
static inline uint32_t unicode_properties(uint32_t cp) {
    if (cp < UNICODE_TABLES_LIMIT)
        return unicode_class_data[unicode_class_index[cp / UNICODE_TABLES_BLOCK] * UNICODE_TABLES_BLOCK +
                                  cp % UNICODE_TABLES_BLOCK];
    if (cp < 0x3fffe)
        return UC_IDEOGRAPH;
    if ((cp >= 0xe0020 && cp <= 0xe007f) || (cp >= 0xe0100 && cp <= 0xe01ef))
        return UC_MARK;
    if (cp == 0xe0001)
        return UC_FORMAT;
    return cp == UNICODE_BAD ? UC_CONTROL : UC_PUNCT;
}

static inline uint32_t unicode_class(uint32_t cp) {
    return UNICODE_CLASS(unicode_properties(cp));
}

/* Simple case folding, apostrophes and hyphens made one. */
static inline uint32_t unicode_fold(uint32_t cp) {
    if (cp >= UNICODE_TABLES_LIMIT)
        return cp;
    uint32_t delta = unicode_fold_data[unicode_fold_index[cp / UNICODE_TABLES_BLOCK] * UNICODE_TABLES_BLOCK +
                                       cp % UNICODE_TABLES_BLOCK];
    return (uint32_t)((int32_t)cp + unicode_fold_delta[delta]);
}

/* Characters that folding takes out: soft hyphen, zero-width ones, variation selectors. */
static inline int unicode_is_ignored(uint32_t cp) {
    if (cp < 0x300) /* Latin has but the soft hyphen */
        return cp == 0xad;
    if (cp == 0x34f || (cp >= 0x200b && cp <= 0x200d) || (cp >= 0xfe00 && cp <= 0xfe0f) ||
        (cp >= 0xe0100 && cp <= 0xe01ef))
        return 1;
    return unicode_class(cp) == UC_FORMAT;
}

/* Writes a character as UTF-8; returns its length. */
static inline uint32_t text_encode(uint32_t cp, uint8_t *out) {
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (uint8_t)(0xc0 | cp >> 6);
        out[1] = (uint8_t)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (uint8_t)(0xe0 | cp >> 12);
        out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | cp >> 18);
    out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (cp & 0x3f));
    return 4;
}

#endif
