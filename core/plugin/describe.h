/* describe.h: what a plugin says of itself, made from its descriptor and its table of options: the page of `textmill
 * plugins NAME`, the tables of the READMEs, the JSON Schema of pipeline files. Equal descriptors give equal bytes.
 */
#ifndef TM_PLUGIN_DESCRIBE_H
#define TM_PLUGIN_DESCRIBE_H

#include "loader.h"

/* Name, summary, what it reads, writes and needs, and each option with its type, range, default and help. */
void describe_options_text(const struct plugin *plugin, struct buffer *out);
/* The options as a Markdown table; those of a table's rows in one of their own behind it. */
void describe_markdown(const struct plugin *plugin, struct buffer *out);
/* All of it as one JSON object, for programs. */
void describe_json(const struct plugin *plugin, struct buffer *out);
/* JSON Schema (2020-12) of pipeline files with the options of every plugin that the loader finds. Plugins that cannot
 * be loaded are left out, a line each in `left_out` (with line ends). */
void describe_schema(struct loader *loader, struct buffer *out, struct buffer *left_out);

#endif
