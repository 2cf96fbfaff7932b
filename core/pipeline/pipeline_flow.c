/* pipeline_flow.c: a field that a stage or a condition reads must come from somewhere: from an earlier stage or with
 * the input. Where "input" names its fields, that is certain; else it can only be a warning, but a name that is one
 * edit away from a field that is written is a slip.
 */
#include "pipeline_room.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

struct written {
    const char *name;
    size_t stage;
};

struct flow {
    const struct pipeline_whole *w;
    struct written *written; /* by all stages, in order */
    size_t n_written;
    int is_whole; /* every stage could be made; else what nothing writes may be what the missing one would write */
    struct problems *problems;
};

/* The field that a dotted path begins with. */
static int is_field(const char *name, const char *path, size_t head) {
    return strlen(name) == head && memcmp(name, path, head) == 0;
}

static int comes_with_input(const struct flow *f, const char *path, size_t head) {
    /* What the core itself provides, with or without a record. */
    static const char *const always[] = {"id",    "source", "title",  "text",   "removed",
                                         "edits", "dedup",  "errors", "skipped"};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (is_field(always[i], path, head))
            return 1;
    const struct doc_schema *s = &f->w->face.schema;
    if (is_field(s->text_field, path, head) || is_field(s->id_field, path, head))
        return 1;
    for (const struct config_node *n = f->w->input_fields ? f->w->input_fields->first : NULL; n; n = n->next)
        if (n->type == CONFIG_STRING && (is_field(n->string, path, head) || strcmp(n->string, path) == 0))
            return 1;
    return 0;
}

/* `stage` counts the stages before which the read happens; who: "stage \"x\"" or the like. */
static void check_read(const struct flow *f, const char *path, size_t stage, const struct config_node *at,
                       const char *who, int is_condition) {
    size_t head = strcspn(path, ".");
    struct config_node place = *at;
    if (at->key && at->line && strcmp(at->key, path) == 0) { /* a condition names it by its key */
        place.line = at->key_line;
        place.column = at->key_column;
    }
    if (comes_with_input(f, path, head))
        return;
    const struct written *later = NULL, *near = NULL;
    char *name = memory_copy(path, head);
    for (size_t i = 0; i < f->n_written; i++) {
        const struct written *one = &f->written[i];
        int is_same = strcmp(one->name, name) == 0;
        if (is_same && one->stage < stage)
            goto out;
        if (is_same)
            later = later ? later : one;
        else if (one->stage < stage && head >= 3 && is_one_edit_away(one->name, name))
            near = one;
    }
    if (near)
        problems_at(f->problems, PROBLEM_ERROR, &place, "unknown-field",
                    "%s reads the field \"%s\", which nothing writes; did you mean \"%s\", which stage \"%s\" writes?",
                    who, name, near->name, f->w->entries[near->stage].id);
    else if (!f->is_whole || (later && later->stage == stage))
        goto out; /* a stage may look at what it wrote before */
    else if (later)
        problems_at(f->problems, f->w->input_fields && !is_condition ? PROBLEM_ERROR : PROBLEM_WARNING, &place,
                    "unknown-field",
                    "%s reads the field \"%s\" before stage \"%s\" writes it; put it behind that stage", who, name,
                    f->w->entries[later->stage].id);
    else if (f->w->input_fields && !is_condition)
        problems_at(
            f->problems, PROBLEM_ERROR, &place, "unknown-field",
            "%s reads the field \"%s\", which no earlier stage writes and \"fields\" of \"input\" does not name", who,
            name);
    else
        problems_at(f->problems, PROBLEM_WARNING, &place, "unknown-field",
                    "%s reads the field \"%s\", which no earlier stage writes: it must come with the input", who, name);
out:
    free(name);
}

void flow_check(const struct pipeline_whole *w, struct problems *problems) {
    struct flow f = {.w = w, .is_whole = 1, .problems = problems};
    size_t room = 0;
    const struct instance_field *fields;
    for (size_t i = 0; i < w->n_entries; i++) {
        if (!w->entries[i].instance) {
            f.is_whole = 0;
            continue;
        }
        size_t n = instance_fields(w->entries[i].instance, &fields);
        for (size_t k = 0; k < n; k++) {
            if (!fields[k].writes)
                continue;
            if (f.n_written == room) {
                room = room ? room * 2 : 32;
                f.written = memory_realloc(f.written, room * sizeof *f.written);
            }
            f.written[f.n_written++] = (struct written){fields[k].name, i};
        }
    }
    for (size_t i = 0; i < w->n_entries; i++) {
        const struct stage_entry *e = &w->entries[i];
        size_t n = e->instance ? instance_fields(e->instance, &fields) : 0;
        struct buffer who;
        buffer_init(&who);
        buffer_addf(&who, "stage \"%s\"", e->id);
        buffer_add_char(&who, '\0');
        for (size_t k = 0; k < n; k++)
            if (!fields[k].writes)
                check_read(&f, fields[k].name, i, fields[k].at ? fields[k].at : e->use, who.data, 0);
        who.len = 0;
        buffer_addf(&who, "\"when\" of stage \"%s\"", e->id);
        buffer_add_char(&who, '\0');
        for (size_t k = 0; k < e->when_reads.count; k++)
            check_read(&f, e->when_reads.list[k].name, i, e->when_reads.list[k].at, who.data, 1);
        buffer_deinit(&who);
    }
    for (size_t i = 0; i < w->face.n_output; i++)
        for (size_t k = 0; k < w->output_reads[i].count; k++)
            check_read(&f, w->output_reads[i].list[k].name, w->n_entries, w->output_reads[i].list[k].at,
                       "\"when\" of an output", 1);
    free(f.written);
}
