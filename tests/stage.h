/* stage.h: one stage of one plugin in a test: loaded from the build tree as the runner does it, given a text, its text
 * and record taken. PLUGIN_FOLDER is the build's plugins folder. Everything fails loudly: a test that cannot load its
 * plugin is wrong. */
#ifndef TM_TESTS_STAGE_H
#define TM_TESTS_STAGE_H

#include "doc/doc.h"
#include "plugin/instance.h"
#include "plugin/loader.h"
#include "json/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_stage {
    struct loader *loader;
    struct field_names *fields;
    struct config *config;
    struct doc_schema schema;
    struct doc_stage stage;
    const tm_plugin *plugin;
    tm_instance *instance;
    struct arena *arena;
    void *thread;
    tm_doc *doc; /* of the last run */
    struct buffer record;
    char *text;
    int32_t verdict;
};

static inline void test_stage_die(const char *what, struct problems *problems) {
    struct buffer told;
    buffer_init(&told);
    problems_print(problems, &told);
    fprintf(stderr, "%s: %.*s\n", what, (int)told.len, told.data ? told.data : "");
    exit(1);
}

/* with: the stage's options as JSON. */
static inline void test_stage_open(struct test_stage *t, const char *name, const char *with) {
    struct problems problems;
    struct buffer why;
    struct host_context context;
    memset(t, 0, sizeof *t);
    memset(&context, 0, sizeof context);
    problems_init(&problems);
    buffer_init(&why);
    t->loader = loader_new();
    loader_add_folder(t->loader, PLUGIN_FOLDER);
    const struct plugin *plugin = loader_get(t->loader, name, strlen(name), &why);
    if (!plugin) {
        fprintf(stderr, "%.*s\n", (int)why.len, why.data);
        exit(1);
    }
    t->fields = field_names_new();
    context.fields = t->fields;
    t->config = config_parse("test", with, strlen(with), &problems);
    if (!t->config)
        test_stage_die("options", &problems);
    const struct config_node *root = config_root(t->config);
    t->instance = instance_new(plugin, name, root, root, ".", &context, &problems);
    if (!t->instance || instance_open(t->instance, &problems) < 0 || problems.errors)
        test_stage_die("open", &problems);
    t->plugin = instance_plugin(t->instance);
    t->schema = (struct doc_schema){.text_field = "text",
                                    .id_field = "id",
                                    .title_field = "title",
                                    .has_editors = (t->plugin->flags & TM_EDITS) != 0,
                                    .has_writers = 1,
                                    .n_stages = 1,
                                    .fields = t->fields};
    t->stage = (struct doc_stage){.id = name, .flags = t->plugin->flags, .instance = t->instance};
    if (t->plugin->thread_open && t->plugin->thread_open(instance_stage(t->instance), &t->thread) != TM_OK)
        test_stage_die("thread_open", &problems);
    buffer_deinit(&why);
    problems_deinit(&problems);
}

static inline void test_stage_take(struct test_stage *t, const char *text, size_t len) {
    if (t->arena)
        arena_free(t->arena);
    free(t->text);
    t->arena = arena_new(64 * 1024);
    t->text = calloc(len + TM_PAD, 1);
    memcpy(t->text, text, len);
}

/* The stage's turn on t->doc: process, commit where the stage has one, and settle as published unless its verdict or
 * the caller says otherwise. t->doc and t->record are good until the next run. */
static inline void test_stage_turn(struct test_stage *t, uint32_t outcome) {
    doc_stage_begin(t->doc, &t->stage);
    t->verdict = t->plugin->process(instance_stage(t->instance), t->thread, t->doc);
    if (t->plugin->commit && t->verdict == TM_PASS) {
        doc_stage_commit(t->doc);
        t->verdict = t->plugin->commit(instance_stage(t->instance), t->doc);
    }
    if (doc_stage_end(t->doc) != 0) {
        fprintf(stderr, "the stage broke the contract: %.*s\n", (int)doc_reason_get(t->doc).message.len,
                doc_reason_get(t->doc).message.data);
        exit(1);
    }
    t->record.len = 0;
    doc_write_record(t->doc, &t->record);
    buffer_add_char(&t->record, '\0');
    if (t->plugin->settle) {
        doc_stage_begin(t->doc, &t->stage);
        t->plugin->settle(instance_stage(t->instance), t->doc,
                          t->verdict == TM_PASS   ? outcome
                          : t->verdict == TM_DROP ? TM_DROPPED
                                                  : TM_FAILED);
        (void)doc_stage_end(t->doc);
    }
}

static inline void test_stage_run_as(struct test_stage *t, const char *id, uint64_t uid, const char *text, size_t len,
                                     uint32_t outcome) {
    struct doc_origin origin = {.source = "test", .id = id, .uid = {uid, uid}};
    test_stage_take(t, text, len);
    t->doc = doc_from_text(&t->schema, t->arena, t->text, len, &origin);
    test_stage_turn(t, outcome);
}

/* A line of JSONL. */
static inline void test_stage_run_record(struct test_stage *t, const char *line) {
    struct doc_origin origin = {.source = "test", .id = "test:1", .uid = {1, 1}};
    struct json_error error;
    test_stage_take(t, line, strlen(line));
    t->doc = doc_from_record(&t->schema, t->arena, t->text, strlen(line), &origin, &error);
    if (!t->doc) {
        fprintf(stderr, "the record is bad: %s\n", line);
        exit(1);
    }
    test_stage_turn(t, TM_PUBLISHED);
}

static inline void test_stage_run(struct test_stage *t, const char *text, size_t len) {
    test_stage_run_as(t, "test", 1, text, len, TM_PUBLISHED);
}

static inline void test_stage_close(struct test_stage *t) {
    if (t->plugin->thread_close)
        t->plugin->thread_close(instance_stage(t->instance), t->thread);
    instance_free(t->instance);
    config_free(t->config);
    field_names_free(t->fields);
    loader_free(t->loader);
    if (t->arena)
        arena_free(t->arena);
    free(t->text);
    buffer_deinit(&t->record);
}

#endif
