/* splitter: each line of a document becomes a document of its own; the whole one goes on, or goes. */
#include "plain_stage.h"
#include <stdlib.h>
#include <string.h>
#include <textmill/plugin.h>

struct config {
    int32_t keep;
    int64_t most;
};

struct stage {
    const tm_host *host;
    const struct config *config;
};

static const tm_option options[] = {
    TM_OPT_BOOL(struct config, keep, "keep", "true", "the whole document goes on too"),
    TM_OPT_INT(struct config, most, "most", "100", "0..", "most children of a document"),
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    (void)self;
    *out_stage = plain_stage_new(host, config, sizeof(struct stage));
    return *out_stage ? TM_OK : TM_EIO;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)thread;
    const struct stage *s = stage;
    tm_str text = s->host->text(doc);
    int64_t n = 0;
    for (const char *at = text.data, *end = at + text.len; at && at < end && n < s->config->most; n++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        tm_str line = {at, (uint64_t)((stop ? stop : end) - at)};
        if (!s->host->emit(doc, line))
            return TM_BROKEN;
        at = stop ? stop + 1 : end;
    }
    return s->config->keep ? TM_PASS : tm_drop(s->host, doc, TM_STR("split"));
}

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = NAME,
             .version = "1.0",
             .summary = "Makes a document of every line",
             .licence = "MIT",
             .flags = TM_EMITS | TM_MAY_DROP | TM_DETERMINISTIC,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .close = plain_stage_close,
             .process = process};
