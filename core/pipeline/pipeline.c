/* pipeline.c: a pipeline from its file (or from --stages) to open stages, in the order in which it happens; the parts
 * are in pipeline_stages.c, pipeline_ends.c and pipeline_flow.c. Everything that can be wrong is looked for in one go.
 */
#include "pipeline_room.h"
#include "tests.h"

#include "../json/memory.h"
#include "../json/write.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *pipeline_keep(struct pipeline_whole *w, char *string) {
    w->strings = memory_realloc(w->strings, (w->n_strings + 1) * sizeof *w->strings);
    return w->strings[w->n_strings++] = string;
}

void pipeline_keep_config(struct pipeline_whole *w, struct config *c) {
    w->configs = memory_realloc(w->configs, (w->n_configs + 1) * sizeof(struct config *));
    w->configs[w->n_configs++] = c;
}

void pipeline_note_read(void *reads, const char *field, const struct config_node *at) {
    struct field_reads *r = reads;
    r->list = memory_realloc(r->list, (r->count + 1) * sizeof *r->list);
    r->list[r->count++] = (struct field_read){memory_copy(field, strlen(field)), at};
}

static void free_reads(struct field_reads *r) {
    for (size_t i = 0; i < r->count; i++)
        free(r->list[i].name);
    free(r->list);
}

void pipeline_expected(const struct config_node *node, const char *what, const char *expected,
                       struct problems *problems) {
    if (node->type == CONFIG_BAD)
        return;
    struct buffer b;
    buffer_init(&b);
    config_describe(node, &b);
    problems_at(problems, PROBLEM_ERROR, node, "wrong-type", "%s: expected %s, found %.*s", what, expected, (int)b.len,
                b.data);
    buffer_deinit(&b);
}

void pipeline_check_keys(const struct config_node *object, const char *what, const char *const *keys, size_t n,
                         struct problems *problems) {
    for (const struct config_node *m = object->first; m; m = m->next) {
        size_t i = 0;
        while (i < n && strcmp(keys[i], m->key) != 0)
            i++;
        if (i < n)
            continue;
        struct buffer b;
        buffer_init(&b);
        const char *near = nearest_name(m->key, keys, n);
        if (near) {
            buffer_addf(&b, "did you mean \"%s\"?", near);
        } else {
            buffer_add_string(&b, "it has ");
            for (i = 0; i < n; i++)
                buffer_addf(&b, "%s\"%s\"", i ? ", " : "", keys[i]);
        }
        problems_add(problems, PROBLEM_ERROR, m->file, m->key_line, m->key_column, "unknown-key",
                     "%s has no key \"%s\"; %.*s", what, m->key, (int)b.len, b.data);
        buffer_deinit(&b);
    }
}

const char *pipeline_string(const struct config_node *object, const char *key, const char *what,
                            struct problems *problems) {
    const struct config_node *n = config_get(object, key);
    if (!n || n->type == CONFIG_BAD)
        return NULL;
    if (n->type == CONFIG_STRING && n->string_len > 0 && strlen(n->string) == n->string_len)
        return n->string;
    int has_nul = n->type == CONFIG_STRING && n->string_len > 0;
    struct buffer b;
    buffer_init(&b);
    buffer_addf(&b, "\"%s\" of %s", key, what);
    buffer_add_char(&b, '\0');
    pipeline_expected(n, b.data, has_nul ? "a string without a NUL in it" : "a string that is not empty", problems);
    buffer_deinit(&b);
    return NULL;
}

const char *pipeline_path(struct pipeline_whole *w, const char *base, const char *path) {
    if (path[0] == '/' || strcmp(path, "-") == 0)
        return path;
    struct buffer b;
    buffer_init(&b);
    buffer_addf(&b, "%s/%s", base, path);
    buffer_add_char(&b, '\0');
    return pipeline_keep(w, b.data);
}

/* The folder that relative paths of a file count from: absolute, without links. */
static const char *folder_of(struct pipeline_whole *w, const char *file) {
    char *real = file ? realpath(file, NULL) : NULL;
    char *slash = real ? strrchr(real, '/') : NULL;
    if (slash) {
        slash[slash == real] = '\0';
        return pipeline_keep(w, real);
    }
    free(real);
    /* One that is read by its copy may be gone itself. */
    char *folder = file && (slash = strrchr(file, '/')) ? memory_copy(file, (size_t)(slash - file) + 1) : NULL;
    real = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    if (real)
        return pipeline_keep(w, real);
    char *here = getcwd(NULL, 0);
    return pipeline_keep(w, here ? here : memory_copy("/", 1));
}

/* "a,b,c" as the tree of a file that has just these stages. */
static struct config *config_of_stages(const char *list, struct problems *problems) {
    struct buffer b;
    buffer_init(&b);
    buffer_add_char(&b, '[');
    for (const char *s = list; s && *s;) {
        size_t len = strcspn(s, ","), lead = strspn(s, " ");
        size_t name = len > lead ? len - lead : 0;
        while (name && s[lead + name - 1] == ' ')
            name--;
        buffer_add_string(&b, b.len > 1 ? ",{\"use\":" : "{\"use\":");
        json_write_text(&b, s + lead, name);
        buffer_add_char(&b, '}');
        s += len + (s[len] == ',');
    }
    buffer_add_char(&b, ']');
    static const char empty[] = "{}";
    struct config *c = config_parse("--stages", empty, sizeof empty - 1, problems);
    config_put(c, config_root(c), "stages", "--stages", b.data, b.len, problems);
    buffer_deinit(&b);
    return c;
}

static const char *name_of(struct pipeline_whole *w, const char *file) {
    const char *slash = file ? strrchr(file, '/') : NULL, *base = slash ? slash + 1 : file;
    if (!base)
        return "stages";
    size_t len = strlen(base);
    if (len > 5 && strcmp(base + len - 5, ".json") == 0)
        len -= 5;
    return pipeline_keep(w, memory_copy(base, len));
}

static void check_tests(const struct config_node *tests, struct problems *problems) {
    if (tests->type != CONFIG_ARRAY) {
        pipeline_expected(tests, "\"tests\" of the pipeline", "an array of objects", problems);
        return;
    }
    for (const struct config_node *t = tests->first; t; t = t->next) {
        struct pipeline_test test;
        if (t->type == CONFIG_BAD)
            continue;
        pipeline_test_init(&test, t, problems);
        pipeline_test_deinit(&test);
    }
}

static const struct config_node *read_top(struct pipeline_whole *w, const struct config_node *root,
                                          const struct pipeline_request *request, struct problems *problems) {
    static const char *const keys[] = {"name", "description", "stages", "input", "outputs", "tests", "$schema"};
    struct pipeline *p = &w->face;
    pipeline_check_keys(root, "a pipeline", keys, sizeof keys / sizeof keys[0], problems);
    const char *name = pipeline_string(root, "name", "the pipeline", problems);
    pipeline_string(root, "description", "the pipeline", problems);
    pipeline_string(root, "$schema", "the pipeline", problems);
    p->name = name ? name : name_of(w, request->file);
    p->file = request->file ? pipeline_keep(w, memory_copy(request->file, strlen(request->file))) : NULL;
    p->tests = config_get(root, "tests");
    if (p->tests)
        check_tests(p->tests, problems);
    p->input = config_get(root, "input");
    p->outputs = config_get(root, "outputs");
    ends_read(w, problems);
    const struct config_node *stages = config_get(root, "stages");
    if (!stages)
        problems_at(problems, PROBLEM_ERROR, root, "missing-key",
                    "a pipeline needs \"stages\": an array such as [ { \"use\": \"clean\" } ]");
    else if (stages->type != CONFIG_ARRAY)
        pipeline_expected(stages, "\"stages\" of the pipeline", "an array of stages", problems);
    return stages && stages->type == CONFIG_ARRAY ? stages : NULL;
}

static void fill_schema(struct pipeline_whole *w, const struct pipeline_request *request) {
    struct pipeline *p = &w->face;
    struct doc_schema *s = &p->schema;
    const struct config_node *text = config_get(p->input, "text_field"), *id = config_get(p->input, "id_field");
    s->text_field = request->text_field                   ? request->text_field
                    : text && text->type == CONFIG_STRING ? text->string
                                                          : "text";
    s->id_field = request->id_field ? request->id_field : id && id->type == CONFIG_STRING ? id->string : "id";
    s->text_field = pipeline_keep(w, memory_copy(s->text_field, strlen(s->text_field)));
    s->id_field = pipeline_keep(w, memory_copy(s->id_field, strlen(s->id_field)));
    s->title_field = "title";
    s->with_edits = request->with_edits;
    s->replace_bad = request->replace_bad;
    s->fields = w->fields;
}

/* The stages as the engine sees them, and what they do to records. */
static void fill_stages(struct pipeline_whole *w) {
    struct pipeline *p = &w->face;
    p->stages = memory_zalloc(w->n_entries, sizeof *p->stages);
    for (size_t i = 0; i < w->n_entries; i++) {
        const struct stage_entry *e = &w->entries[i];
        if (!e->instance)
            continue;
        const tm_plugin *plugin = instance_plugin(e->instance);
        const struct instance_field *fields;
        size_t n = instance_fields(e->instance, &fields);
        const char *languages = e->languages ? e->languages : plugin->languages;
        if (languages && !*languages)
            languages = NULL;
        p->stages[p->n_stages] = (struct pipeline_stage){
            .doc = {.id = instance_id(e->instance),
                    .index = (uint32_t)p->n_stages,
                    .flags = plugin->flags,
                    .instance = e->instance},
            .plugin = plugin,
            .when = e->when,
            .on_error = e->on_error,
            .languages = languages,
            .at = e->use,
        };
        p->n_stages++;
        p->schema.has_editors |= (plugin->flags & TM_EDITS) != 0;
        /* A stage that is passed over or whose failure is skipped leaves a note in the record. */
        p->schema.has_writers |=
            (plugin->flags & (TM_EDITS | TM_EMITS)) != 0 || languages || e->on_error == ON_ERROR_SKIP;
        for (size_t k = 0; k < n; k++)
            p->schema.has_writers |= fields[k].writes;
    }
    p->schema.n_stages = (uint32_t)p->n_stages;
}

struct pipeline *pipeline_read(const struct pipeline_request *request, struct loader *loader,
                               struct problems *problems) {
    struct pipeline_whole *w = memory_zalloc(1, sizeof *w);
    w->fields = field_names_new();
    struct config *c = request->file ? config_read_by(request->files, request->file, problems)
                                     : config_of_stages(request->stages, problems);
    if (c)
        pipeline_keep_config(w, c);
    const struct config_node *root = c ? config_root(c) : NULL;
    if (root && root->type != CONFIG_OBJECT) {
        pipeline_expected(root, "a pipeline file", "an object: { \"stages\": [ ... ] }", problems);
        root = NULL;
    }
    if (!root) {
        pipeline_free(&w->face);
        return NULL;
    }
    w->copies = request->files;
    w->base_folder = folder_of(w, request->file);
    const struct config_node *stages = read_top(w, root, request, problems);
    fill_schema(w, request);
    if (stages) {
        char *real = request->file ? realpath(request->file, NULL) : NULL;
        struct include_frame frame = {NULL, real ? real : "", request->file ? request->file : ""};
        stages_gather(w, c, stages, w->base_folder, &frame, 0, problems);
        free(real);
    }
    stages_override(w, request->sets, request->n_sets, problems);
    struct host_context context = {
        .log = request->log, .fields = w->fields, .state_folder = request->state_folder, .metrics = request->metrics};
    stages_instantiate(w, loader, &context, problems);
    fill_stages(w);
    flow_check(w, problems);
    return &w->face;
}

int pipeline_open(struct pipeline *p, struct problems *problems) {
    return pipeline_open_without(p, 0, problems);
}

int pipeline_open_without(struct pipeline *p, uint32_t flags, struct problems *problems) {
    size_t errors = problems->errors;
    for (size_t i = 0; i < p->n_stages; i++)
        if (!(p->stages[i].plugin->flags & flags) && instance_open(p->stages[i].doc.instance, problems) == 0)
            p->stages[i].stage = instance_stage(p->stages[i].doc.instance);
    if (problems->errors == errors)
        return 0;
    pipeline_close(p);
    return -1;
}

void pipeline_close(struct pipeline *p) {
    for (size_t i = p->n_stages; i-- > 0;) {
        instance_close(p->stages[i].doc.instance);
        p->stages[i].stage = NULL;
    }
}

void pipeline_free(struct pipeline *p) {
    if (!p)
        return;
    struct pipeline_whole *w = (struct pipeline_whole *)p;
    pipeline_close(p);
    for (size_t i = 0; i < w->n_entries; i++) {
        instance_free(w->entries[i].instance);
        condition_free(w->entries[i].when);
        free_reads(&w->entries[i].when_reads);
        free(w->entries[i].languages);
    }
    for (size_t i = 0; i < p->n_output; i++) {
        condition_free(w->output_whens[i]);
        free_reads(&w->output_reads[i]);
    }
    free(w->output_whens);
    free(w->output_reads);
    free(w->outputs);
    free(w->files);
    free(w->entries);
    free(p->stages);
    for (size_t i = 0; i < w->n_strings; i++)
        free(w->strings[i]);
    free(w->strings);
    for (size_t i = 0; i < w->n_configs; i++)
        config_free(w->configs[i]);
    free(w->configs);
    field_names_free(w->fields);
    free(w);
}
