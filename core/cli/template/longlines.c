/* longlines.c: cuts lines that are longer than a person would write, and says so. */
#include <math.h>
#include <stdlib.h>
#include <textmill/plugin.h>

struct config {
    int64_t most;
};

static const tm_option options[] = {
    TM_OPT_INT(struct config, most, "most", "2000", "1..", "bytes in a line; a longer one is cut"),
};

struct stage {
    const tm_host *host;
    int64_t most;
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = malloc(sizeof *s);
    if (!s) {
        host->open_error(self, TM_STR("no memory"));
        return TM_EINVAL;
    }
    s->host = host;
    s->most = ((const struct config *)config)->most;
    *out_stage = s;
    return TM_OK;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    (void)thread;
    tm_lines lines = tm_lines_get(s->host, doc);
    for (uint32_t i = 0; i < lines.count; i++) {
        if (lines.length[i] <= s->most)
            continue;
        tm_edit cut = {
            .size = sizeof cut, .start = lines.start[i], .end = lines.start[i] + lines.full[i], .score = NAN};
        cut.kind = TM_STR("long_line");
        cut.rule = TM_STR("longer-than-most");
        s->host->edit(doc, &cut);
    }
    return TM_PASS;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_EDITS | TM_DETERMINISTIC,
    .name = "longlines",
    .version = "1.0",
    .summary = "cuts lines that are too long",
    .licence = "MIT",
    TM_OPTIONS(struct config, options),
    .open = open_stage,
    .close = free,
    .process = process,
};
