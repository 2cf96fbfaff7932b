/* engine_mill.h: a small mill for the engine's tests: stages that are functions of the test itself, inputs and outputs
 * in a scratch folder. Documents say in their text what the stage `act` shall do with them.
 */
#ifndef TM_TESTS_ENGINE_MILL_H
#define TM_TESTS_ENGINE_MILL_H

#include "check.h"
#include "scratch.h"

#include "doc/doc.h"
#include "engine/engine.h"
#include "plugin/instance.h"
#include "json/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define MILL_STAGES 8u

struct mill {
    struct pipeline pipeline;
    struct pipeline_stage stages[MILL_STAGES];
    struct engine_options options;
    struct engine_report report;
    struct buffer out, failed, dropped; /* as read back, NUL-terminated behind len */
    size_t block_bytes;
    int with_dropped;
};

static struct field_names *mill_names;

static inline void mill_init(struct mill *m) {
    *m = (struct mill){.block_bytes = 2000};
    if (!mill_names)
        mill_names = field_names_new();
    m->pipeline.stages = m->stages;
    m->pipeline.schema =
        (struct doc_schema){.text_field = "text", .id_field = "id", .title_field = "title", .fields = mill_names};
    m->options = (struct engine_options){.jobs = 4, .memory = 64u << 20, .timeout_ns = 20000000000u};
}

static inline struct pipeline_stage *mill_add(struct mill *m, const char *id, const tm_plugin *plugin, void *stage) {
    struct pipeline_stage *s = &m->stages[m->pipeline.n_stages];
    *s = (struct pipeline_stage){.plugin = plugin, .stage = stage, .languages = plugin->languages};
    s->doc = (struct doc_stage){.id = id, .index = (uint32_t)m->pipeline.n_stages, .flags = plugin->flags};
    m->pipeline.n_stages++;
    m->pipeline.schema.n_stages = (uint32_t)m->pipeline.n_stages;
    m->pipeline.schema.has_editors |= (plugin->flags & TM_EDITS) != 0;
    m->pipeline.schema.has_writers |= (plugin->flags & TM_EDITS) != 0 || plugin->writes != NULL;
    return s;
}

static inline void mill_read_back(const char *name, struct buffer *out) {
    FILE *f = fopen(name, "rb");
    size_t n = 1;
    out->len = 0;
    while (f && n) {
        n = fread(buffer_reserve(out, 65536), 1, 65535, f);
        out->len += n;
    }
    if (f)
        fclose(f);
    *buffer_reserve(out, 1) = '\0';
}

static inline struct sink *mill_sink(const char *name, enum output_format format) {
    struct buffer why = {0};
    struct sink_options o = {.path = name, .format = format};
    struct sink *s = sink_open(&o, NULL, 0, &why);
    if (!s) {
        fprintf(stderr, "%.*s\n", (int)why.len, why.data);
        exit(1);
    }
    return s;
}

static inline void mill_sink_end(struct sink *s) {
    struct buffer why = {0};
    if (s)
        sink_finish(s, &why);
    sink_close(s);
    buffer_deinit(&why);
}

/* Runs the mill over the file `in` (or more). */
static inline void mill_run_inputs(struct mill *m, const char *const *inputs, size_t n) {
    struct buffer why = {0};
    struct source_options from = {.block_bytes = m->block_bytes, .max_doc = 16u << 20};
    struct source *source = source_open(inputs, n, &from, &why);
    if (!source) {
        fprintf(stderr, "%.*s\n", (int)why.len, why.data);
        exit(1);
    }
    struct sink *out = m->options.n_sinks ? NULL : mill_sink("out", m->options.format);
    struct sink *own[1] = {out};
    m->options.failed = mill_sink("failed", OUTPUT_JSONL);
    m->options.dropped = m->with_dropped ? mill_sink("dropped", OUTPUT_JSONL) : NULL;
    if (out) {
        m->options.sinks = own;
        m->options.n_sinks = 1;
    }
    engine_report_free(&m->report);
    engine_run(&m->pipeline, source, &m->options, &m->report);
    if (out) {
        m->options.n_sinks = 0;
        mill_sink_end(out);
        mill_read_back("out", &m->out);
    }
    mill_sink_end(m->options.failed);
    mill_sink_end(m->options.dropped);
    mill_read_back("failed", &m->failed);
    if (m->with_dropped)
        mill_read_back("dropped", &m->dropped);
    source_close(source);
    buffer_deinit(&why);
}

static inline void mill_run(struct mill *m, const char *input, size_t len) {
    const char *const in[] = {"in.jsonl"};
    scratch_file("in.jsonl", input, len);
    mill_run_inputs(m, in, 1);
}

static inline void mill_free(struct mill *m) {
    engine_report_free(&m->report);
    buffer_deinit(&m->out);
    buffer_deinit(&m->failed);
    buffer_deinit(&m->dropped);
}

static inline size_t mill_lines(const struct buffer *b) {
    size_t n = 0;
    for (size_t i = 0; i < b->len; i++)
        n += b->data[i] == '\n';
    return n;
}

/* n records: {"id":"d0","text":"..."}, texts from the function. */
static inline void mill_input(struct buffer *in, unsigned n, const char *(*text)(unsigned i)) {
    in->len = 0;
    for (unsigned i = 0; i < n; i++)
        buffer_addf(in, "{\"id\":\"d%u\",\"text\":\"%s\"}\n", i, text(i));
}

/* --- stages --- */

static inline void mill_sleep_us(unsigned us) {
    struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000};
    nanosleep(&t, NULL);
}

static _Atomic unsigned mill_calls; /* of act */

static void *mill_answer(void *doc) {
    mill_sleep_us(2000);
    host_get()->complete(doc, TM_PASS);
    return NULL;
}

/* What the text says: its first word, with a number behind it. */
static inline int32_t mill_act(void *stage, void *thread, tm_doc *doc) {
    const tm_host *h = host_get();
    tm_str text = h->text(doc);
    char word[32] = "";
    unsigned n = 0;
    (void)stage, (void)thread;
    char line[64];
    snprintf(line, sizeof line, "%.*s", text.len < 60 ? (int)text.len : 60, text.data);
    sscanf(line, "%31s %u", word, &n);
    atomic_fetch_add(&mill_calls, 1);
    if (strcmp(word, "slow") == 0)
        mill_sleep_us(n);
    if (strcmp(word, "drop") == 0)
        return tm_drop(h, doc, TM_STR("unwanted"));
    if (strcmp(word, "fail") == 0)
        return tm_fail(h, doc, TM_STR("odd"), TM_STR("this is \"odd\""), n);
    if (strcmp(word, "mute") == 0)
        return TM_FAIL;
    if (strcmp(word, "nonsense") == 0)
        return 77;
    if (strcmp(word, "broken") == 0) {
        h->reason(doc, TM_STR("gone"), TM_STR("the table is gone"), TM_NONE);
        return TM_BROKEN;
    }
    if (strcmp(word, "emit") == 0)
        for (unsigned i = 0; i < n; i++)
            if (!h->emit(doc, TM_STR("part")))
                return TM_FAIL;
    if (strcmp(word, "split") == 0) {
        h->emit(doc, TM_STR("first half"));
        h->emit(doc, TM_STR("second half"));
        return tm_drop(h, doc, TM_STR("split"));
    }
    if (strcmp(word, "later") == 0) {
        pthread_t thread_of_plugin;
        pthread_create(&thread_of_plugin, NULL, mill_answer, doc);
        pthread_detach(thread_of_plugin);
        return TM_LATER;
    }
    return TM_PASS;
}

static const tm_plugin mill_act_plugin = {TM_DESCRIPTOR, .name = "act",
                                          .flags = TM_EDITS | TM_MAY_DROP | TM_EMITS | TM_ASYNC, .process = mill_act};

/* Numbers the documents in the order in which they are committed. */
struct mill_counter {
    _Atomic unsigned inside; /* never more than one */
    unsigned count, crossed;
    tm_field field;
};

static inline int32_t mill_commit(void *stage, tm_doc *doc) {
    struct mill_counter *c = stage;
    if (atomic_fetch_add(&c->inside, 1))
        c->crossed++;
    tm_value v = {.type = TM_V_INT, .integer = c->count++};
    host_get()->set(doc, c->field, &v);
    atomic_fetch_sub(&c->inside, 1);
    return TM_PASS;
}

static const tm_plugin mill_count_plugin = {TM_DESCRIPTOR, .name = "count", .flags = TM_REMEMBERS, .writes = "n",
                                            .commit = mill_commit};

#endif
