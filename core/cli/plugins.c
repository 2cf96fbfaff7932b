/* plugins.c: textmill plugins: what is installed, and one plugin's options, from its own table. */
#include "commands.h"
#include "setup.h"

#include "../plugin/describe.h"

#include <stdio.h>
#include <string.h>

/* Each is loaded, so the list also tells which cannot be. */
static int list_all(struct loader *loader) {
    const char **names;
    size_t n = loader_names(loader, &names);
    int status = EXIT_FINE;
    for (size_t i = 0; i < n; i++) {
        struct buffer why;
        buffer_init(&why);
        const struct plugin *plugin = loader_get(loader, names[i], strlen(names[i]), &why);
        if (plugin) {
            printf("%-12s %-8s %s\n", plugin->name, plugin->descriptor.version, plugin->descriptor.summary);
        } else {
            printf("%-12s cannot be loaded: %.*s\n", names[i], (int)why.len, why.data);
            status = EXIT_USAGE;
        }
        buffer_deinit(&why);
    }
    if (n == 0) {
        fputs("textmill plugins: no plugin was found; name a folder with --plugin-dir or TEXTMILL_PLUGIN_PATH\n",
              stderr);
        return EXIT_USAGE;
    }
    return status;
}

enum { AS_TEXT, AS_MARKDOWN, AS_JSON };

static int describe_one(struct loader *loader, const char *name, int format) {
    struct buffer text;
    buffer_init(&text);
    const struct plugin *plugin = loader_get(loader, name, strlen(name), &text);
    if (!plugin) {
        fprintf(stderr, "textmill plugins: %.*s\n", (int)text.len, text.data);
    } else {
        text.len = 0;
        if (format == AS_MARKDOWN)
            describe_markdown(plugin, &text);
        else if (format == AS_JSON)
            describe_json(plugin, &text);
        else
            describe_options_text(plugin, &text);
        fwrite(text.data, 1, text.len, stdout);
    }
    buffer_deinit(&text);
    return plugin ? EXIT_FINE : EXIT_USAGE;
}

int command_plugins(int argc, char **argv) {
    struct option_list plugin_dirs = {0};
    int format = AS_TEXT;
    const struct command_option options[] = {
        {0, "format", "FORMAT", OPTION_CHOICE, &format, "text|markdown|json", "how one plugin is described"},
        SETUP_OPTION_PLUGIN_DIR(plugin_dirs),
    };
    static const struct command command = {
        .name = "plugins",
        .summary = "Lists the plugins that can be found, or describes one: what it reads and writes, its options with\n"
                   "their defaults, ranges and meaning.",
        .usage = "[NAME]",
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words > 1)
        return options_mistake(&command, "one plugin's name is wanted, not %d", words);
    struct setup setup;
    setup_init(&setup, &plugin_dirs, LOG_WARNING);
    status = words == 0 ? list_all(setup.loader) : describe_one(setup.loader, argv[1], format);
    setup_deinit(&setup);
    option_list_deinit(&plugin_dirs);
    return status;
}
