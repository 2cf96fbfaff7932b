/* pipeline_stages.c: the entries of "stages": gathered from the file and the files that it includes, overridden from
 * the command line, made into instances.
 */
#include "pipeline_room.h"

#include "../json/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- gathering --- */

/* The file as its includer is shown: beside it. */
static const char *shown_beside(struct pipeline_whole *w, const struct include_frame *frame, const char *file) {
    const char *slash = strrchr(frame->shown, '/');
    struct buffer shown = {0};
    if (file[0] != '/' && slash)
        buffer_add(&shown, frame->shown, (size_t)(slash - frame->shown) + 1);
    buffer_add_string(&shown, file);
    buffer_add_char(&shown, '\0');
    return pipeline_keep(w, shown.data);
}

static void gather_include(struct pipeline_whole *w, const struct config_node *node, const char *base_folder,
                           const struct include_frame *frame, unsigned depth, struct problems *problems) {
    const struct config_node *named = config_get(node, "include");
    static const char *const keys[] = {"include"};
    pipeline_check_keys(node, "an include", keys, 1, problems);
    const char *file = pipeline_string(node, "include", "a stage", problems);
    if (!file)
        return;
    const char *path = pipeline_path(w, base_folder, file), *shown = shown_beside(w, frame, file);
    char *real = realpath(path, NULL);
    if (!real && config_files_has(w->copies, shown))
        real = memory_copy(path, strlen(path));
    if (!real) {
        problems_at(problems, PROBLEM_ERROR, named, "bad-include", "%s: %s", path, strerror(errno));
        return;
    }
    for (const struct include_frame *f = frame; f; f = f->outer)
        if (strcmp(f->real, real) == 0) {
            problems_at(problems, PROBLEM_ERROR, named, "bad-include", "%s includes itself%s%s%s", f->shown,
                        f == frame ? "" : " by way of ", f == frame ? "" : frame->shown, "; take this one out");
            free(real);
            return;
        }
    if (depth >= PIPELINE_MOST_INCLUDES) {
        problems_at(problems, PROBLEM_ERROR, named, "bad-include", "files include each other more than %d deep",
                    PIPELINE_MOST_INCLUDES);
        free(real);
        return;
    }
    struct config *c = config_read_by(w->copies, shown, problems);
    const struct config_node *root = c ? config_root(c) : NULL, *stages = root;
    if (c)
        pipeline_keep_config(w, c);
    if (root && root->type == CONFIG_OBJECT) {
        static const char *const file_keys[] = {"name",    "description", "stages", "input",
                                                "outputs", "tests",       "$schema"};
        pipeline_check_keys(root, "an included file", file_keys, sizeof file_keys / sizeof file_keys[0], problems);
        stages = config_get(root, "stages");
        if (!stages)
            problems_at(problems, PROBLEM_ERROR, root, "missing-key", "an included file needs \"stages\"");
    }
    if (stages && stages->type != CONFIG_ARRAY) {
        pipeline_expected(stages, "an included file", "an array of stages", problems);
    } else if (stages) {
        char *folder = memory_copy(real, strlen(real));
        strrchr(folder, '/')[strrchr(folder, '/') == folder] = '\0';
        struct include_frame inner = {frame, real, shown};
        stages_gather(w, c, stages, pipeline_keep(w, folder), &inner, depth + 1, problems);
    }
    free(real);
}

static int is_id(const char *id) {
    size_t len = strlen(id);
    return len <= 64 && strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == len;
}

static void gather_stage(struct pipeline_whole *w, struct config *config, const struct config_node *node,
                         const char *base_folder, struct problems *problems) {
    static const char *const keys[] = {"use", "id", "with", "when", "on_error", "languages", "include"};
    pipeline_check_keys(node, "a stage", keys, sizeof keys / sizeof keys[0], problems);
    const struct config_node *use = config_get(node, "use"), *id_node = config_get(node, "id");
    if (!use) {
        problems_at(problems, PROBLEM_ERROR, node, "missing-key",
                    "a stage needs \"use\": the name of a plugin (or \"include\": a file)");
        return;
    }
    const char *name = pipeline_string(node, "use", "a stage", problems);
    if (!name)
        return;
    const char *id = pipeline_string(node, "id", "a stage", problems);
    if (id && !is_id(id)) {
        problems_at(problems, PROBLEM_ERROR, id_node, "bad-value",
                    "\"id\" of a stage: letters, digits, _ and - only, at most 64");
        id = NULL;
    }
    if (!id) {
        id = name;
        id_node = use;
    }
    for (size_t i = 0; i < w->n_entries; i++) {
        const struct stage_entry *e = &w->entries[i];
        if (strcmp(e->id, id) != 0)
            continue;
        if (e->use->line)
            problems_at(problems, PROBLEM_ERROR, id_node, "duplicate-id",
                        "two stages are called \"%s\", the first at %s:%u:%u; give this one an \"id\" of its own", id,
                        e->use->file, e->use->line, e->use->column);
        else
            problems_at(problems, PROBLEM_ERROR, id_node, "duplicate-id",
                        "\"%s\" stands twice; a stage that runs twice needs a pipeline file, with an \"id\" for each",
                        id);
        break;
    }
    if (w->n_entries == w->entries_room) {
        w->entries_room = w->entries_room ? w->entries_room * 2 : 16;
        w->entries = memory_realloc(w->entries, w->entries_room * sizeof *w->entries);
    }
    w->entries[w->n_entries++] =
        (struct stage_entry){.config = config, .node = node, .use = use, .base_folder = base_folder, .id = id};
}

void stages_gather(struct pipeline_whole *w, struct config *config, const struct config_node *array,
                   const char *base_folder, const struct include_frame *frame, unsigned depth,
                   struct problems *problems) {
    for (const struct config_node *n = array->first; n; n = n->next) {
        if (w->n_entries >= PIPELINE_MOST_STAGES) {
            problems_at(problems, PROBLEM_ERROR, n, "bad-value", "more than %d stages", PIPELINE_MOST_STAGES);
            return;
        }
        if (n->type == CONFIG_STRING)
            problems_at(problems, PROBLEM_ERROR, n, "wrong-type",
                        "a stage: expected an object, found a string; write { \"use\": \"%s\" }", n->string);
        else if (n->type != CONFIG_OBJECT)
            pipeline_expected(n, "a stage", "an object such as { \"use\": \"clean\" }", problems);
        else if (config_get(n, "include") && !config_get(n, "use"))
            gather_include(w, n, base_folder, frame, depth, problems);
        else if (config_get(n, "include"))
            problems_at(problems, PROBLEM_ERROR, config_get(n, "include"), "bad-include",
                        "a stage has either \"use\" or \"include\", not both");
        else
            gather_stage(w, config, n, base_folder, problems);
    }
}

/* --- overriding --- */

static void override_one(struct pipeline_whole *w, const char *set, struct problems *problems) {
    struct buffer label;
    buffer_init(&label);
    buffer_addf(&label, "--set %s", set);
    buffer_add_char(&label, '\0');
    size_t to_equals = strcspn(set, "="), to_point = strcspn(set, ".");
    struct stage_entry *entry = NULL;
    if (!set[to_equals] || to_point == 0 || to_point + 1 >= to_equals) {
        problems_add(problems, PROBLEM_ERROR, label.data, 0, 0, "bad-value", "expected STAGE.option=value");
        goto out;
    }
    for (size_t i = 0; i < w->n_entries && !entry; i++)
        if (strlen(w->entries[i].id) == to_point && memcmp(w->entries[i].id, set, to_point) == 0)
            entry = &w->entries[i];
    if (!entry) {
        const char **ids = memory_zalloc(w->n_entries, sizeof *ids);
        char *stage = memory_copy(set, to_point);
        for (size_t i = 0; i < w->n_entries; i++)
            ids[i] = w->entries[i].id;
        const char *near = nearest_name(stage, ids, w->n_entries);
        problems_add(problems, PROBLEM_ERROR, label.data, 0, 0, "unknown-stage",
                     near ? "the pipeline has no stage \"%s\"; did you mean \"%s\"?"
                          : "the pipeline has no stage \"%s\"%s",
                     stage, near ? near : "");
        free(stage);
        free(ids);
        goto out;
    }
    const struct config_node *with = config_get(entry->node, "with");
    if (!with)
        with = config_put(entry->config, entry->node, "with", label.data, "{}", 2, problems);
    if (with->type == CONFIG_OBJECT) {
        char *option = memory_copy(set + to_point + 1, to_equals - to_point - 1);
        const char *value = set + to_equals + 1;
        config_put(entry->config, with, option, label.data, value, strlen(value), problems);
        free(option);
    }
out:
    buffer_deinit(&label);
}

void stages_override(struct pipeline_whole *w, const char *const *sets, size_t n, struct problems *problems) {
    for (size_t i = 0; i < n; i++)
        override_one(w, sets[i], problems);
}

/* --- instances --- */

static const struct plugin *find_plugin(struct loader *loader, const struct stage_entry *e, struct problems *problems) {
    struct buffer why;
    buffer_init(&why);
    const struct plugin *plugin = loader_get(loader, e->use->string, e->use->string_len, &why);
    if (!plugin) {
        const char **names;
        size_t n = loader_names(loader, &names), i = 0;
        while (i < n && strcmp(names[i], e->use->string) != 0)
            i++;
        int is_path = strpbrk(e->use->string, "/.~") != NULL;
        const char *near = i < n || is_path ? NULL : nearest_name(e->use->string, names, n);
        if (near)
            problems_at(problems, PROBLEM_ERROR, e->use, "unknown-stage",
                        "there is no plugin \"%s\"; did you mean \"%s\"?", e->use->string, near);
        else
            problems_at(problems, PROBLEM_ERROR, e->use, i < n ? "plugin" : "unknown-stage", "%.*s", (int)why.len,
                        why.data);
    } else if (plugin->descriptor.kind != TM_STAGE) {
        problems_at(problems, PROBLEM_ERROR, e->use, "plugin", "the plugin \"%s\" is a %s, not a stage", e->use->string,
                    plugin->descriptor.kind == TM_SOURCE ? "source" : "sink");
        plugin = NULL;
    }
    buffer_deinit(&why);
    return plugin;
}

static void read_on_error(struct stage_entry *e, struct problems *problems) {
    static const char *const names[] = {"fail", "skip", "drop"};
    const char *given = pipeline_string(e->node, "on_error", "a stage", problems);
    if (!given)
        return;
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], given) == 0) {
            e->on_error = (enum on_error)i;
            return;
        }
    const char *near = nearest_name(given, names, 3);
    problems_at(problems, PROBLEM_ERROR, config_get(e->node, "on_error"), "bad-value",
                near ? "\"on_error\" of a stage: no choice like \"%s\"; did you mean \"%s\"?"
                     : "\"on_error\" of a stage: no choice like \"%s\"; expected \"fail\", \"skip\" or \"drop\"%s",
                given, near ? near : "");
}

static void read_languages(struct stage_entry *e, struct problems *problems) {
    const struct config_node *node = config_get(e->node, "languages");
    if (!node || node->type == CONFIG_BAD)
        return;
    struct buffer b;
    buffer_init(&b);
    if (node->type != CONFIG_NULL && node->type != CONFIG_ARRAY)
        pipeline_expected(node, "\"languages\" of a stage",
                          "an array of codes such as [\"en\", \"de\"], or null for any", problems);
    for (const struct config_node *n = node->type == CONFIG_ARRAY ? node->first : NULL; n; n = n->next) {
        if (n->type != CONFIG_STRING || n->string_len < 2 || n->string_len > 8 ||
            strspn(n->string, "abcdefghijklmnopqrstuvwxyz-") != n->string_len)
            pipeline_expected(n, "\"languages\" of a stage", "a code such as \"en\"", problems);
        else
            buffer_addf(&b, "%s%s", b.len ? " " : "", n->string);
    }
    e->languages = memory_copy(b.data, b.len);
    buffer_deinit(&b);
}

void stages_instantiate(struct pipeline_whole *w, struct loader *loader, const struct host_context *context,
                        struct problems *problems) {
    for (size_t i = 0; i < w->n_entries; i++) {
        struct stage_entry *e = &w->entries[i];
        const struct plugin *plugin = find_plugin(loader, e, problems);
        if (plugin)
            e->instance =
                instance_new(plugin, e->id, config_get(e->node, "with"), e->use, e->base_folder, context, problems);
        read_on_error(e, problems);
        read_languages(e, problems);
        const struct config_node *when = config_get(e->node, "when");
        if (when && when->type != CONFIG_BAD)
            e->when = condition_compile(when, problems, pipeline_note_read, &e->when_reads);
    }
}
