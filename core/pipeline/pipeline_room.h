/* pipeline_room.h: what the files of pipeline/ share and nobody else sees. */
#ifndef TM_PIPELINE_PIPELINE_ROOM_H
#define TM_PIPELINE_PIPELINE_ROOM_H

#include "pipeline.h"

/* A field that a condition names. */
struct field_read {
    char *name;
    const struct config_node *at;
};

struct field_reads {
    struct field_read *list;
    size_t count;
};

/* A stage as it stands in a file, before and after its instance is made. */
struct stage_entry {
    struct config *config; /* the file that it stands in */
    const struct config_node *node, *use;
    const char *base_folder; /* of that file */
    const char *id;
    tm_instance *instance;
    struct tm_condition *when;
    struct field_reads when_reads;
    enum on_error on_error;
    char *languages;
};

/* What a pipeline owns behind its public face. */
struct pipeline_whole {
    struct pipeline face; /* first: pipeline_free finds the rest by it */
    struct config **configs;
    size_t n_configs;
    char **strings; /* paths and names made here */
    size_t n_strings;
    struct stage_entry *entries;
    size_t n_entries, entries_room;
    struct field_names *fields;
    struct tm_condition **output_whens;
    struct field_reads *output_reads;
    const struct config_node *input_fields; /* the array, or NULL */
    const char *base_folder;
    struct config_files *copies; /* or NULL */
    struct pipeline_output *outputs;
    const char **files;
};

enum { PIPELINE_MOST_STAGES = 1000, PIPELINE_MOST_INCLUDES = 16 };

/* pipeline.c */
const char *pipeline_keep(struct pipeline_whole *w, char *string); /* takes it over */
void pipeline_keep_config(struct pipeline_whole *w, struct config *c);
/* Adds a name to a condition's reads: the callback of condition_compile. */
void pipeline_note_read(void *reads, const char *field, const struct config_node *at);
/* Tells of members that are none of the keys. */
void pipeline_check_keys(const struct config_node *object, const char *what, const char *const *keys, size_t n,
                         struct problems *problems);
/* The member as a string; NULL where it is absent, or of another type (told). */
const char *pipeline_string(const struct config_node *object, const char *key, const char *what,
                            struct problems *problems);
/* "expected X, found Y" at a node. */
void pipeline_expected(const struct config_node *node, const char *what, const char *expected,
                       struct problems *problems);
/* base/path, or path where it is absolute or "-"; owned by w. */
const char *pipeline_path(struct pipeline_whole *w, const char *base, const char *path);

/* pipeline_stages.c: entries of an array of stages, those of included files in their places. */
struct include_frame {
    const struct include_frame *outer;
    const char *real, *shown;
};
void stages_gather(struct pipeline_whole *w, struct config *config, const struct config_node *array,
                   const char *base_folder, const struct include_frame *frame, unsigned depth,
                   struct problems *problems);
void stages_override(struct pipeline_whole *w, const char *const *sets, size_t n, struct problems *problems);
void stages_instantiate(struct pipeline_whole *w, struct loader *loader, const struct host_context *context,
                        struct problems *problems);

/* pipeline_ends.c: input and outputs. */
void ends_read(struct pipeline_whole *w, struct problems *problems);

/* pipeline_flow.c: do the fields that are read come from somewhere? */
void flow_check(const struct pipeline_whole *w, struct problems *problems);

#endif
