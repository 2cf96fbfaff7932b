/* store.h: the documents that neardup remembers: rows of packed signatures, and an index from keys to rows.
 *
 * Rows have numbers in the order of the stream. The index has KEYS keys a row; a look-up asks for up to PROBES keys of
 * the new text, so that a shorter text is found in a longer one and the other way round: that is what banded MinHash
 * finds too few of. A key that many texts share keeps the first KEY_ROWS_MOST of them only. Bounds throw out the oldest
 * rows first. A store in memory has no log; else log.h keeps it on disk. Not thread-safe: neardup.c has the lock.
 */
#ifndef NEARDUP_STORE_H
#define NEARDUP_STORE_H

#include "log.h"
#include "signature.h"

#define KEYS 8u
#define KEY_ROWS_MOST 16u
#define ROW_NONE 0xffffffffu

struct store;

struct store_options {
    uint64_t max_documents;      /* 0: no bound */
    uint64_t max_age;            /* seconds; 0: no bound */
    double jaccard, containment; /* from where two texts are near */
};

/* What a look-up found. */
struct match {
    uint32_t row;
    struct nearness near;       /* first: the new text */
    struct signature signature; /* of the row */
};

/* NULL without memory. */
struct store *store_new(const struct store_options *options);
void store_free(struct store *s);

/* packed: the signature as signature_pack makes it. The row of this document, with this very text, from when it was
 * done before; or ROW_NONE. */
uint32_t store_row_of(struct store *s, tm_uid uid, tm_str packed);
/* The nearest of the rows before `before` that is near by the options; of equally near ones the earliest. 0 where none
 * is. */
int store_find(struct store *s, const struct signature *signature, uint32_t before, struct match *out);
/* A new row; ROW_NONE without memory. */
uint32_t store_add(struct store *s, tm_uid uid, uint32_t time, tm_str id, const struct signature *signature,
                   tm_str packed);
/* A row that is to be forgotten: its document failed, or it is now another one. */
void store_remove(struct store *s, uint32_t row);
int store_holds(const struct store *s, uint32_t row);
/* The row stands in the log: what store_load made counts so too. */
void store_mark_logged(struct store *s, uint32_t row);
/* Throws out what the bounds do not allow; returns how many of it stand in the log, where they are the first ones. */
uint32_t store_trim(struct store *s, uint32_t now);

tm_str store_id(const struct store *s, uint32_t row);
uint32_t store_end(const struct store *s); /* the number of the next row */
uint64_t store_count(const struct store *s);
uint64_t store_bytes(const struct store *s);

/* A row as one record of the log (the bytes are good until the next call that adds), and back: the row that it became,
 * or ROW_NONE where the bytes are no row. */
tm_str store_record(struct store *s, uint32_t row);
uint32_t store_load(struct store *s, tm_str record);

#endif
