/* plain_stage.h: for test plugins whose `struct stage` begins with `const tm_host *host; const struct config *config;`
 * and is zeros behind them.
 */
#ifndef TESTS_PLAIN_STAGE_H
#define TESTS_PLAIN_STAGE_H

#include <stdlib.h>
#include <textmill/host.h>

struct plain_stage {
    const tm_host *host;
    const void *config;
};

/* What open gives: `size` bytes, for plain_stage_close to free. NULL: no memory. */
static inline void *plain_stage_new(const tm_host *host, const void *config, size_t size) {
    struct plain_stage *s = calloc(1, size);
    if (s)
        *s = (struct plain_stage){host, config};
    return s;
}

static inline void plain_stage_close(void *stage) {
    free(stage);
}

#endif
