/* instance.h: one stage of one pipeline on the host's side: its options filled in, its handles, its folders; and the
 * struct of functions that open is given (host.c assembles it from doc/host_doc.h and from here).
 */
#ifndef TM_PLUGIN_INSTANCE_H
#define TM_PLUGIN_INSTANCE_H

#include "../doc/doc.h"
#include "../json/config.h"
#include "../observe/log.h"
#include "loader.h"

/* What all instances of a run share. */
struct host_context {
    struct log *log; /* may be NULL: silent */
    struct field_names *fields;
    const char *state_folder; /* of the run; NULL: none */
    struct metrics *metrics;  /* observe/metrics.h */
};

/* What the options name, for the checks across stages. */
struct instance_field {
    const char *name;
    int writes;                   /* else reads */
    const struct config_node *at; /* NULL: from the descriptor */
};

/* The instance for a plugin with the options of `with` (NULL: none). Every mistake goes to problems; NULL where there
 * was one. `at` is where the stage is named. base_folder: what relative paths count from. */
tm_instance *instance_new(const struct plugin *plugin, const char *id, const struct config_node *with,
                          const struct config_node *at, const char *base_folder, const struct host_context *context,
                          struct problems *problems);
/* Calls the plugin's open; a failure goes to problems. */
int instance_open(tm_instance *i, struct problems *problems);
void instance_close(tm_instance *i);
void instance_free(tm_instance *i); /* closes where open */

const char *instance_id(const tm_instance *i);
void *instance_stage(const tm_instance *i); /* what open gave */
const tm_plugin *instance_plugin(const tm_instance *i);
/* The folder of its plugin; and every path that its options name, with the option's flags. What may be reached is made
 * of these. */
const char *instance_folder(const tm_instance *i);
void instance_paths(const tm_instance *i, void (*take)(void *context, const char *path, uint32_t flags), void *context);
size_t instance_fields(const tm_instance *i, const struct instance_field **out_fields);

/* The struct of functions; one a process, constant. */
const tm_host *host_get(void);

#endif
