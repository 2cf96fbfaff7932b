/* options.h: a plugin's table of options (../include/textmill/options.h) against the "with" of a pipeline file: fills
 * the plugin's configuration struct and tells every mistake with its place. Main thread, while stages are set up.
 */
#ifndef TM_PLUGIN_OPTIONS_H
#define TM_PLUGIN_OPTIONS_H

#include "../doc/arena.h"
#include "../doc/doc.h"
#include "../json/config.h"

/* A field that an option names. */
struct option_field {
    const char *name;             /* in the arena */
    int writes;                   /* else reads */
    const struct config_node *at; /* NULL: by a default */
};

/* What filling needs and what it leaves behind. The caller owns it: init, fill, deinit when the struct is not used any
 * more. */
struct options_filled {
    const char *stage;       /* the instance's id, for messages */
    const char *base_folder; /* what relative paths count from */
    struct arena *arena;     /* for all that the struct points to */
    struct field_names *fields;
    struct problems *problems;
    void *config;               /* out: the struct; NULL where the plugin has none */
    struct option_field *named; /* out: fields that options name */
    size_t n_named, named_room;
    struct tm_pattern **patterns; /* out: to be freed with it */
    size_t n_patterns;
    struct tm_condition **conditions;
    size_t n_conditions;
    int is_table_check; /* paths are not looked at */
};

/* The table itself: offsets within the struct, known types, names once each, readable ranges, defaults that their own
 * rows accept. 0, or -1 with one line. */
int options_check_table(const tm_plugin *plugin, struct buffer *why);

/* Row i of a table whose rows have the size that the plugin was compiled with. */
const tm_option *options_row(const tm_option *rows, uint32_t row_size, uint32_t i);

/* with may be NULL; `at` is where a missing option is told. -1 where there was a mistake. */
int options_fill(struct options_filled *f, const tm_plugin *plugin, const struct config_node *with,
                 const struct config_node *at);
void options_deinit(struct options_filled *f);

#endif
