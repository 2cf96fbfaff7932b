/* shout: every ASCII letter in upper case, as one replacement a run of lower-case letters. */
#include <textmill/plugin.h>

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    (void)self;
    (void)config;
    *out_stage = (void *)(uintptr_t)host; /* all that the stage is */
    return TM_OK;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)thread;
    const tm_host *h = (const tm_host *)stage;
    tm_str text = h->text(doc);
    for (uint64_t i = 0; i < text.len;) {
        uint64_t end = i;
        while (end < text.len && text.data[end] >= 'a' && text.data[end] <= 'z')
            end++;
        if (end == i) {
            i++;
            continue;
        }
        char *upper = (char *)h->alloc(doc, end - i);
        for (uint64_t k = i; k < end; k++)
            upper[k - i] = (char)(text.data[k] - 'a' + 'A');
        tm_edit edit = {.size = (uint32_t)sizeof(tm_edit),
                        .start = (uint32_t)i,
                        .end = (uint32_t)end,
                        .text = {upper, end - i},
                        .kind = TM_STR("shout"),
                        .rule = TM_STR("upper"),
                        .score = __builtin_nan("")};
        if (h->edit(doc, &edit) != TM_OK)
            return TM_BROKEN;
        i = end;
    }
    return TM_PASS;
}

TM_PLUGIN = {TM_DESCRIPTOR,      .name = NAME,
             .version = "1.0",   .summary = "Says it in capitals",
             .licence = "MIT",   .flags = TM_EDITS | TM_DETERMINISTIC,
             .open = open_stage, .process = process};
