/* staging.h: a folder in stage/ for the results of one batch: it goes to ready/ by one rename, which is the commit of
 * all that lies in it. Beside one rename a file that is a third of what the commit costs. The loop's thread makes and
 * leaves them; while a batch is committed they are the committing thread's.
 */
#ifndef TM_WATCH_STAGING_H
#define TM_WATCH_STAGING_H

#include "root.h"

#define STAGING_BYTES 24u /* of a name with its NUL: digits */
/* Room for STAGING/IDSUFFIX. */
#define STAGED_BYTES (STAGING_BYTES + ID_BYTES + 16u)
#define STAGING_WORTH 4u /* files; for fewer, making and removing the folder costs more than it saves */

struct staging {
    struct staging *next; /* of those to be taken away */
    char name[STAGING_BYTES];
    size_t parcels; /* that have it for theirs */
    int is_ready;   /* it stands in ready/ */
};

/* stage/NAME, made. NULL: none can be had now, and results lie in stage/ itself, each for its own. */
struct staging *staging_new(const struct root *r);
/* One that an earlier run left in ready/. NULL: no name of ours. */
struct staging *staging_found(const char *name);
/* One parcel less; the last takes the folder away, where it is empty. NULL is fine. */
void staging_leave(struct root *r, struct staging *s);
/* Again for those that could not be taken away. */
void staging_sweep(struct root *r);
void staging_free_left(struct root *r); /* the next start takes them away */
/* "IDSUFFIX" or, where staging is no "", "STAGING/IDSUFFIX"; under stage/ or ready/. */
void staging_path(char out[STAGED_BYTES], const char *staging, const char *id, const char *suffix);

#endif
