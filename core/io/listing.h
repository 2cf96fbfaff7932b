/* listing.h: which files the arguments stand for, one after the other: files, folders walked in order, globs, standard
 * input. Opens them. One thread.
 */
#ifndef TM_IO_LISTING_H
#define TM_IO_LISTING_H

#include "../json/buffer.h"

#include <stdint.h>

struct listing;

struct listed {
    const char *path; /* for people; good until the next call */
    size_t relative;  /* where in path the name relative to its argument begins */
    int fd;           /* open for reading, the caller's; -1: it could not be opened, see problem */
    int is_from_folder;
    int is_regular;
    uint64_t size; /* of a regular file */
    char problem[160];
};

/* NULL with one line in why where an argument is missing or cannot be read. */
struct listing *listing_open(const char *const *inputs, size_t n, int count_bytes, struct buffer *why);
/* 1, or 0 at the end. */
int listing_next(struct listing *l, struct listed *out);
uint64_t listing_total_bytes(const struct listing *l);
uint64_t listing_skipped(const struct listing *l);
void listing_close(struct listing *l);

#endif
