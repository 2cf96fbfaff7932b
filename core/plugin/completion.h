/* completion.h: where the answer of a stage that returned TM_LATER goes. The engine puts one of these into the
 * doc_worker of a document before process; tm_host's `complete` (host.c) calls it, on whatever thread the plugin calls
 * from. It lives until no document is parked any more.
 */
#ifndef TM_PLUGIN_COMPLETION_H
#define TM_PLUGIN_COMPLETION_H

#include "../include/textmill/plugin.h"

struct completion {
    /* Any thread. Must not run the document's later stages itself: hand it over and return. */
    void (*done)(struct completion *self, tm_doc *doc, int32_t verdict);
};

#endif
