/* lua.c: the stage `lua`: options and life. Every worker has a state of its own (state.c). */
#include "state.h"

#include <stdlib.h>
#include <string.h>

struct config {
    tm_str script;
    tm_list reads, writes;
    int64_t instructions;
    uint64_t memory;
};

struct stage {
    struct script script;
    struct lua_field *fields;
};

static const tm_option options[] = {
    TM_OPT_PATH(struct config, script, TM_OPT_PATH_READ, "script", NULL, "the file with function process(doc)"),
    TM_OPT_LIST(struct config, reads, TM_T_STRING, TM_OPT_READS, "reads", "[]", "fields that it may get"),
    TM_OPT_LIST(struct config, writes, TM_T_STRING, TM_OPT_WRITES, "writes", "[]", "fields that it may get and set"),
    TM_OPT_INT(struct config, instructions, "instructions", "50000000", "1000..",
               "most instructions of Lua for one document"),
    TM_OPT_SIZE(struct config, memory, "memory", "\"64M\"", "1M..", "most memory of one worker's Lua"),
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    free(s->fields);
    free(s);
}

static int32_t fails(struct stage *s, const char *why) {
    s->script.host->open_error(s->script.self, (tm_str){why, strlen(why)});
    stage_close(s);
    return TM_EINVAL;
}

static void take(struct stage *s, const tm_list *names, int writes) {
    const tm_str *list = names->items;
    for (uint64_t i = 0; i < names->count; i++)
        s->fields[s->script.n_fields++] =
            (struct lua_field){list[i], s->script.host->field(s->script.self, list[i]), writes};
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    struct stage *s = calloc(1, sizeof *s);
    struct state probe;
    char why[512];
    if (!s) {
        host->open_error(self, TM_STR("out of memory; give the process more"));
        return TM_ERANGE;
    }
    s->script = (struct script){.host = host,
                                .self = self,
                                .path = c->script.data,
                                .memory = c->memory,
                                .instructions = (uint64_t)c->instructions};
    s->fields = calloc(c->reads.count + c->writes.count + 1, sizeof *s->fields);
    if (!s->fields)
        return fails(s, "out of memory; give the process more");
    take(s, &c->reads, 0);
    take(s, &c->writes, 1);
    s->script.fields = s->fields;
    if (state_open(&probe, &s->script, why, sizeof why) != 0)
        return fails(s, why);
    state_close(&probe);
    *out_stage = s;
    return TM_OK;
}

static int32_t thread_open(void *stage, void **out_thread) {
    const struct stage *s = stage;
    struct state *t = calloc(1, sizeof *t);
    char why[512];
    if (t && state_open(t, &s->script, why, sizeof why) == 0) {
        *out_thread = t;
        return TM_OK;
    }
    free(t);
    return TM_ERANGE;
}

static void thread_close(void *stage, void *thread) {
    (void)stage;
    state_close(thread);
    free(thread);
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    (void)stage;
    return state_process(thread, doc);
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "lua",
    .version = "0.1.0",
    .summary = "runs a script in Lua 5.4 on every document, in a sandbox",
    .licence = "MIT",
    .flags = TM_EDITS | TM_MAY_DROP | TM_DETERMINISTIC,
    .reads = "title",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .thread_open = thread_open,
    .thread_close = thread_close,
    .process = stage_process,
};
