/* longlines.cpp: cuts lines that are longer than a person would write, and says so. */
#include <cmath>
#include <new>
#include <textmill/plugin.h>

namespace {
struct config {
    int64_t most;
};

const tm_option options[] = {
    TM_OPT_INT(config, most, "most", "2000", "1..", "bytes in a line; a longer one is cut"),
};

struct stage {
    const tm_host *host;
    int64_t most;
};

int32_t open_stage(const tm_host *host, tm_instance *self, const void *given, void **out_stage) {
    *out_stage = new (std::nothrow) stage{host, static_cast<const config *>(given)->most};
    if (*out_stage)
        return TM_OK;
    host->open_error(self, TM_STR("no memory"));
    return TM_EINVAL;
}

/* No exception may leave what the host calls: catch what may be thrown, and return tm_fail. */
int32_t process(void *self, void *, tm_doc *doc) {
    const stage &s = *static_cast<const stage *>(self);
    const tm_lines lines = tm_lines_get(s.host, doc);
    for (uint32_t i = 0; i < lines.count; i++) {
        if (lines.length[i] <= s.most)
            continue;
        const uint32_t start = lines.start[i], end = start + lines.full[i];
        const tm_edit cut = {sizeof cut, start, end, 0, {}, TM_STR("long_line"), TM_STR("too-long"), NAN, nullptr};
        s.host->edit(doc, &cut);
    }
    return TM_PASS;
}

void close_stage(void *self) {
    delete static_cast<stage *>(self);
}

TM_CONSTEXPR tm_plugin describe() {
    tm_plugin p = tm_describe<config>(options);
    p.flags = TM_EDITS | TM_DETERMINISTIC;
    p.name = "longlines";
    p.version = "1.0";
    p.summary = "cuts lines that are too long";
    p.licence = "MIT";
    p.open = open_stage;
    p.close = close_stage;
    p.process = process;
    return p;
}
} // namespace

TM_PLUGIN = describe();
