/* doc_kit.h: what the tests of documents share: a schema, a document from a line or a text, a stage's turn, and the
 * record that comes out. */
#ifndef TM_TESTS_DOC_KIT_H
#define TM_TESTS_DOC_KIT_H

#include "check.h"

#include "doc/doc.h"
#include "doc/host_doc.h"

#include <stdlib.h>

static struct arena *kit_arena;
static struct field_names *kit_names;
static struct doc_schema kit_schema;
static struct buffer kit_out;
static struct json_error kit_error;
static struct doc_stage kit_stage = {.id = "s1", .index = 0, .flags = TM_EDITS | TM_EMITS};
static struct doc_origin kit_origin = {.source = "in.jsonl:7", .id = "in:7", .uid = {1, 2}};

static void kit_begin(void) {
    kit_arena = arena_new(4096);
    kit_names = field_names_new();
    kit_schema = (struct doc_schema){.text_field = "text",
                                     .id_field = "id",
                                     .title_field = "title",
                                     .with_edits = 1,
                                     .has_editors = 1,
                                     .has_writers = 1,
                                     .n_stages = 4,
                                     .fields = kit_names};
    kit_origin.encoding = NULL;
    kit_stage.id = "s1";
    kit_stage.index = 0;
    buffer_init(&kit_out);
}

static void kit_end(void) {
    arena_free(kit_arena);
    field_names_free(kit_names);
    buffer_deinit(&kit_out);
}

static inline tm_field kit_field(const char *name) {
    return field_names_add(kit_names, name, strlen(name));
}

static inline tm_str kit_str(const char *s) {
    return (tm_str){s, strlen(s)};
}

static inline tm_doc *kit_bytes(const char *line, size_t len) {
    char *copy = arena_alloc(kit_arena, len + TM_PAD);
    memcpy(copy, line, len);
    memset(copy + len, 0, TM_PAD);
    return doc_from_record(&kit_schema, kit_arena, copy, len, &kit_origin, &kit_error);
}

static inline tm_doc *kit_record(const char *line) {
    return kit_bytes(line, strlen(line));
}

static inline tm_doc *kit_text(const char *text, size_t len) {
    char *copy = arena_alloc(kit_arena, len + TM_PAD);
    if (len)
        memcpy(copy, text, len);
    memset(copy + len, 0, TM_PAD);
    return doc_from_text(&kit_schema, kit_arena, copy, len, &kit_origin);
}

static inline int32_t kit_edit(tm_doc *doc, uint32_t start, uint32_t end, const char *text) {
    tm_edit edit = {.size = sizeof edit,
                    .start = start,
                    .end = end,
                    .kind = TM_STR("boilerplate"),
                    .rule = TM_STR("r"),
                    .score = (double)__builtin_nanf("")};
    if (text)
        edit.text = kit_str(text);
    return host_doc_edit(doc, &edit);
}

static inline const char *kit_write(tm_doc *doc) {
    kit_out.len = 0;
    doc_write_record(doc, &kit_out);
    buffer_add_char(&kit_out, '\0');
    return kit_out.data;
}

#define RECORD_IS(doc, want)                                                                                           \
    do {                                                                                                               \
        kit_write(doc);                                                                                                \
        CHECK_BYTES(kit_out.data, kit_out.len - 1, want);                                                              \
    } while (0)

#define TEXT_IS(doc, want) CHECK_BYTES(doc_text(doc).data, doc_text(doc).len, want)

/* Runs a test on an arena and schema of its own. */
#define KIT_CASE(test)                                                                                                 \
    do {                                                                                                               \
        kit_begin();                                                                                                   \
        RUN(test);                                                                                                     \
        kit_end();                                                                                                     \
    } while (0)

#endif
