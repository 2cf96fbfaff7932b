/* pipeline_ends.c: where documents come from and go to, as a pipeline file may say: "input" and "outputs". */
#include "pipeline_room.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *choice(const struct config_node *object, const char *key, const char *what, const char *const *names,
                          size_t n, struct problems *problems) {
    const char *given = pipeline_string(object, key, what, problems);
    if (!given)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], given) == 0)
            return given;
    struct buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < n; i++)
        buffer_addf(&b, "%s\"%s\"", i ? ", " : "", names[i]);
    const char *near = nearest_name(given, names, n);
    problems_at(problems, PROBLEM_ERROR, config_get(object, key), "bad-value",
                near ? "\"%s\" of %s: no choice like \"%s\"; did you mean \"%s\"?"
                     : "\"%s\" of %s: no choice like \"%s\"%.0s; expected one of %.*s",
                key, what, given, near ? near : "", (int)b.len, b.data);
    buffer_deinit(&b);
    return NULL;
}

/* The member as an array of strings; told where it is none. */
static const struct config_node *strings(const struct config_node *object, const char *key, const char *what,
                                         struct problems *problems) {
    const struct config_node *array = config_get(object, key);
    if (!array || array->type == CONFIG_BAD)
        return NULL;
    char label[80];
    snprintf(label, sizeof label, "\"%s\" of %s", key, what);
    if (array->type != CONFIG_ARRAY) {
        pipeline_expected(array, label, "an array of strings", problems);
        return NULL;
    }
    for (const struct config_node *n = array->first; n; n = n->next)
        if (n->type != CONFIG_STRING || !n->string_len)
            pipeline_expected(n, label, "a string that is not empty", problems);
    return array;
}

static void read_input(struct pipeline_whole *w, const struct config_node *input, struct problems *problems) {
    static const char *const keys[] = {"format", "text_field", "id_field", "fields", "files"};
    static const char *const formats[] = {"auto", "jsonl", "text", "csv", "tsv"};
    if (input->type != CONFIG_OBJECT) {
        pipeline_expected(input, "\"input\" of the pipeline", "an object", problems);
        return;
    }
    pipeline_check_keys(input, "\"input\"", keys, sizeof keys / sizeof keys[0], problems);
    w->face.input_format = choice(input, "format", "\"input\"", formats, sizeof formats / sizeof formats[0], problems);
    pipeline_string(input, "text_field", "\"input\"", problems);
    pipeline_string(input, "id_field", "\"input\"", problems);
    w->input_fields = strings(input, "fields", "\"input\"", problems);
    const struct config_node *files = strings(input, "files", "\"input\"", problems);
    if (!files)
        return;
    w->files = memory_zalloc(files->n_children, sizeof *w->files);
    for (const struct config_node *n = files->first; n; n = n->next)
        if (n->type == CONFIG_STRING && n->string_len)
            w->files[w->face.n_input_files++] = pipeline_path(w, w->base_folder, n->string);
    w->face.input_files = w->files;
}

static void read_output(struct pipeline_whole *w, const struct config_node *node, size_t i, struct problems *problems) {
    static const char *const keys[] = {"path", "format", "when"};
    static const char *const formats[] = {"jsonl", "text", "tsv"};
    if (node->type != CONFIG_OBJECT) {
        pipeline_expected(node, "an output", "an object such as { \"path\": \"out.jsonl\" }", problems);
        return;
    }
    pipeline_check_keys(node, "an output", keys, sizeof keys / sizeof keys[0], problems);
    const char *path = pipeline_string(node, "path", "an output", problems);
    if (!config_get(node, "path"))
        problems_at(problems, PROBLEM_ERROR, node, "missing-key",
                    "an output needs \"path\": a file, a folder with / at its end, or \"-\" for standard output");
    w->outputs[i].path = path ? pipeline_path(w, w->base_folder, path) : "-";
    w->outputs[i].format = choice(node, "format", "an output", formats, sizeof formats / sizeof formats[0], problems);
    const struct config_node *when = config_get(node, "when");
    if (when && when->type != CONFIG_BAD)
        w->output_whens[i] = condition_compile(when, problems, pipeline_note_read, &w->output_reads[i]);
    w->outputs[i].when = w->output_whens[i];
}

void ends_read(struct pipeline_whole *w, struct problems *problems) {
    if (w->face.input && w->face.input->type != CONFIG_BAD)
        read_input(w, w->face.input, problems);
    const struct config_node *outputs = w->face.outputs;
    if (!outputs || outputs->type == CONFIG_BAD)
        return;
    if (outputs->type != CONFIG_ARRAY) {
        pipeline_expected(outputs, "\"outputs\" of the pipeline", "an array of objects", problems);
        return;
    }
    size_t n = outputs->n_children, i = 0;
    w->outputs = memory_zalloc(n, sizeof *w->outputs);
    w->output_whens = memory_zalloc(n, sizeof(struct tm_condition *));
    w->output_reads = memory_zalloc(n, sizeof *w->output_reads);
    w->face.n_output = n;
    w->face.output = w->outputs;
    for (const struct config_node *o = outputs->first; o; o = o->next)
        read_output(w, o, i++, problems);
}
