/* check.c: textmill check: every mistake of a pipeline file at once, with the plugins loaded and the stages opened, so
 * that it never says well to what run refuses. */
#include "commands.h"
#include "setup.h"

#include <stdio.h>

int command_check(int argc, char **argv) {
    struct option_list plugin_dirs = {0}, sets = {0};
    const struct command_option options[] = {
        {0, "set", "STAGE.OPTION=VALUE", OPTION_LIST, &sets, NULL, "override an option of a stage; may be given again"},
        SETUP_OPTION_PLUGIN_DIR(plugin_dirs),
    };
    static const struct command command = {
        .name = "check",
        .summary = "Reads a pipeline file, loads its plugins, opens its stages and tells every mistake at once,\n"
                   "each as file:line:column: message. Nothing is processed.",
        .usage = "PIPELINE",
        .details = "Exit status: 0 where the pipeline can run, 2 where it cannot.",
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words != 1)
        return options_mistake(&command, "one pipeline file is wanted, not %d", words);

    struct setup setup;
    setup_init(&setup, &plugin_dirs, LOG_WARNING);
    struct pipeline_request request = {.file = argv[1], .sets = sets.items, .n_sets = sets.count};
    struct pipeline *pipeline = setup_pipeline(&setup, &request, 1);
    int is_well = pipeline != NULL;
    if (is_well) {
        printf("%s: well: %zu stage%s:", argv[1], pipeline->n_stages, pipeline->n_stages == 1 ? "" : "s");
        for (size_t i = 0; i < pipeline->n_stages; i++)
            printf(" %s", pipeline->stages[i].doc.id);
        putchar('\n');
        pipeline_close(pipeline);
        pipeline_free(pipeline);
    }
    setup_deinit(&setup);
    option_list_deinit(&plugin_dirs);
    option_list_deinit(&sets);
    return is_well ? EXIT_FINE : EXIT_USAGE;
}
