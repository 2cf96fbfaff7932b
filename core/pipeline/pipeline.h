/* pipeline.h: a pipeline file read, checked and made ready to run. Reading gathers every mistake; opening calls the
 * plugins. Main thread; a pipeline that is open is read-only and may be used by every worker.
 */
#ifndef TM_PIPELINE_PIPELINE_H
#define TM_PIPELINE_PIPELINE_H

#include "../plugin/condition.h"
#include "../plugin/instance.h"

enum on_error { ON_ERROR_FAIL, ON_ERROR_SKIP, ON_ERROR_DROP };

struct pipeline_stage {
    struct doc_stage doc; /* id, index, flags, instance */
    const tm_plugin *plugin;
    void *stage; /* what open gave; NULL until opened */
    const struct tm_condition *when;
    enum on_error on_error;
    const char *languages;        /* codes with spaces between, of the file or else of the descriptor; NULL: any */
    const struct config_node *at; /* the name behind "use" */
};

/* One of the file's outputs. */
struct pipeline_output {
    const char *path;   /* absolute, or "-" */
    const char *format; /* "jsonl", "text", "tsv"; NULL: not said */
    const struct tm_condition *when;
};

struct pipeline {
    const char *name;
    const char *file; /* NULL: made of --stages */
    struct pipeline_stage *stages;
    size_t n_stages;
    struct doc_schema schema;
    const struct config_node *tests;   /* the array, or NULL */
    const struct config_node *input;   /* the object, or NULL */
    const struct config_node *outputs; /* the array, or NULL */
    /* What stands in input and outputs, checked. */
    const char *input_format;       /* "auto", "jsonl", "text", "csv", "tsv"; NULL: not said */
    const char *const *input_files; /* absolute, or "-" */
    size_t n_input_files;
    const struct pipeline_output *output;
    size_t n_output;
};

struct pipeline_request {
    const char *file;           /* a pipeline file, or NULL */
    struct config_files *files; /* by which it and what it includes are read, or NULL */
    const char *stages;         /* "a,b,c" instead of a file */
    const char *const *sets;    /* "STAGE.option=value" */
    size_t n_sets;
    const char *text_field, *id_field; /* NULL: of the file, else "text" and "id" */
    const char *state_folder;
    int with_edits, replace_bad;
    struct log *log;
    struct metrics *metrics;
};

/* Reads and checks. NULL only where nothing can be made of it; problems->errors tells whether it may be opened. */
struct pipeline *pipeline_read(const struct pipeline_request *request, struct loader *loader,
                               struct problems *problems);
/* Opens every stage that is not open yet, in order. -1 with problems told; stages that opened are closed again. */
int pipeline_open(struct pipeline *p, struct problems *problems);
/* The same of those only whose plugin has none of these flags; the others wait for pipeline_open. */
int pipeline_open_without(struct pipeline *p, uint32_t flags, struct problems *problems);
void pipeline_close(struct pipeline *p);
void pipeline_free(struct pipeline *p);

/* Why the stage is not for this document: "when" or "lang"; NULL where it is. Any thread that holds the document. */
const char *pipeline_stage_passes_over(const struct pipeline_stage *s, tm_doc *doc);

#endif
