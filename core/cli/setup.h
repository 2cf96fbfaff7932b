/* setup.h: what every command that touches plugins begins with: where plugins are, the log, a pipeline read and opened
 * with its mistakes shown. */
#ifndef TM_CLI_SETUP_H
#define TM_CLI_SETUP_H

#include "options.h"

#include "../observe/log.h"
#include "../observe/metrics.h"
#include "../pipeline/pipeline.h"

struct setup {
    struct loader *loader;
    struct log *log;
    struct metrics *metrics;
};

/* Plugin folders in order: --plugin-dir, TEXTMILL_PLUGIN_PATH, beside the program in a build tree, else installed. */
void setup_init(struct setup *s, const struct option_list *plugin_dirs, enum log_level level);
void setup_deinit(struct setup *s);

/* Reads a pipeline and, where `open` is set, opens it. Mistakes and warnings go to stderr. NULL where it cannot run. */
struct pipeline *setup_pipeline(struct setup *s, struct pipeline_request *request, int open);

/* The same without a word: what is wrong is in problems, which the caller shows. */
struct pipeline *setup_read(struct setup *s, struct pipeline_request *request, int open, struct problems *problems);

/* Problems as lines for people, on stderr. */
void setup_show(struct problems *problems);

/* The options that all of them have. */
#define SETUP_OPTION_PLUGIN_DIR(list)                                                                                  \
    { 0, "plugin-dir", "DIR", OPTION_LIST, &(list), NULL, "look for plugins here first; may be given again" }

#endif
