/* probe.h: work that gives plugins hold of the process, done in a child, so that what they do to it can be told. */
#ifndef TM_CLI_PROBE_H
#define TM_CLI_PROBE_H

#include "../json/buffer.h"
#include "../plugin/loader.h"

/* Where the child is; shared. */
struct probe_place {
    char doing[32], path[2000], id[200]; /* the plugin that has the process; path "" before the first */
    int is_done, status;
};

/* Runs work in a child, which has the standard streams and ends with what work returns. That, or -1 where it did not
 * come to its end: then `how` says how ("is killed by SIGSEGV"), and place where. */
int probe_run(int (*work)(void *context, struct probe_place *place), void *context, struct probe_place *out_place,
              struct buffer *how);
/* For loader_watch, with the place for context. */
void probe_step(void *place, const char *doing, const char *path, const char *id);

#endif
