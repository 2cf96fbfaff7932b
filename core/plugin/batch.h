/* batch.h: the documents that process_many and commit_many are given together. The engine fills it and owns it; the
 * functions of tm_host on a tm_batch (host.c) read it. One thread at a time.
 */
#ifndef TM_PLUGIN_BATCH_H
#define TM_PLUGIN_BATCH_H

#include "../include/textmill/plugin.h"

struct tm_batch {
    tm_doc **docs;
    int32_t *verdicts; /* as many as docs; TM_PASS at first */
    uint32_t count;
    uint32_t current; /* the document that the stage works on; TM_NONE before the first `at` */
    /* Called by `at` when the stage turns to document i, before the document is handed out: blame and time limits. May
     * be NULL. */
    void (*on_turn)(struct tm_batch *batch, uint32_t i);
    void *context; /* the engine's own */
};

#endif
