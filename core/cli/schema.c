/* schema.c: textmill schema: the JSON Schema of pipeline files, with the options of every plugin that is installed. */
#include "commands.h"
#include "setup.h"

#include "../plugin/describe.h"

#include <stdio.h>

int command_schema(int argc, char **argv) {
    struct option_list plugin_dirs = {0};
    const struct command_option options[] = {SETUP_OPTION_PLUGIN_DIR(plugin_dirs)};
    static const struct command command = {
        .name = "schema",
        .summary =
            "Writes the JSON Schema (2020-12) of pipeline files, with the options of every installed plugin. An\n"
            "editor that knows it completes and checks while a pipeline is written.",
        .usage = "",
        .details =
            "textmill schema > textmill.schema.json, then in the pipeline: \"$schema\": \"./textmill.schema.json\".",
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words)
        return options_mistake(&command, "no argument is wanted, not '%s'", argv[1]);
    struct setup setup;
    struct buffer schema, left_out;
    buffer_init(&schema);
    buffer_init(&left_out);
    setup_init(&setup, &plugin_dirs, LOG_WARNING);
    describe_schema(setup.loader, &schema, &left_out);
    int is_bad = fwrite(schema.data, 1, schema.len, stdout) != schema.len || fflush(stdout) != 0;
    if (left_out.len)
        fprintf(stderr, "%.*s", (int)left_out.len, left_out.data);
    if (is_bad)
        fprintf(stderr, "textmill schema: standard output cannot be written: %m\n");
    setup_deinit(&setup);
    buffer_deinit(&schema);
    buffer_deinit(&left_out);
    option_list_deinit(&plugin_dirs);
    return is_bad ? EXIT_RUNTIME : EXIT_FINE;
}
