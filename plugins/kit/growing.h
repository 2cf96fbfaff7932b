/* growing.h: arrays of a stage that grow and shrink while it works on a document; where the host cannot do it, by a
 * copy.
 */
#ifndef KIT_GROWING_H
#define KIT_GROWING_H

#include <textmill/host.h>
#include <textmill/memory.h>

#include <string.h>

/* Memory of host->alloc (or NULL) with another length; what it holds stays. 0 bytes: NULL. */
static inline void *kit_resize(const tm_host *host, tm_doc *doc, void *memory, uint64_t old_bytes, uint64_t bytes) {
    const tm_memory *by_host = (const tm_memory *)host->query(TM_STR(TM_MEMORY));
    if (by_host)
        return by_host->resize(doc, memory, old_bytes, bytes);
    if (!bytes || bytes <= old_bytes)
        return bytes ? memory : NULL;
    void *grown = host->alloc(doc, bytes);
    if (old_bytes)
        memcpy(grown, memory, old_bytes);
    return grown;
}

#endif
