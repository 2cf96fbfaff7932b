/* main.c: the program's entry: finds the command's word and calls its file. Commands stand in the order in which a
 * person meets them. */
#include "commands.h"

#include "../io/input.h"
#include "../json/config.h"

#include <fcntl.h>
#include <json-c/json_c_version.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "../include/textmill/plugin.h"

static const struct command_entry commands[] = {
    {"run", command_run, "run a pipeline over files, folders or standard input"},
    {"watch", command_watch, "run a pipeline over what is put into a folder, for months"},
    {"status", command_status, "tell how a watcher is"},
    {"quarantine", command_quarantine, "list, show, retry or drop what a watcher has put aside"},
    {"check", command_check, "find every mistake in a pipeline file, loading its plugins"},
    {"test", command_test, "run the tests that stand in a pipeline file"},
    {"explain", command_explain, "show what each stage does to one document, and why"},
    {"graph", command_graph, "draw a pipeline, as DOT or Mermaid"},
    {"verify", command_verify, "hold records against their inputs: original + edits = text"},
    {"plugins", command_plugins, "list what is installed; describe one plugin's options"},
    {"new-plugin", command_new_plugin, "make a folder that builds, tests and installs a stage by itself"},
    {"check-plugin", command_check_plugin, "run a plugin against hostile documents and tell what breaks"},
    {"schema", command_schema, "write the JSON Schema of pipeline files, for editors"},
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

const struct command_entry *commands_all(size_t *out_count) {
    *out_count = N_COMMANDS;
    return commands;
}

static int show_help(FILE *to) {
    fputs("usage: textmill COMMAND [OPTION...] [ARGUMENT...]\n\n"
          "A mill for text: a pipeline file names stages, documents stream through them.\n\nCommands:\n",
          to);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(to, "  %-14s%s\n", commands[i].name, commands[i].summary);
    fputs("\n'textmill COMMAND --help' tells a command's options; 'textmill --version' what this is built of.\n", to);
    return to == stdout ? EXIT_FINE : EXIT_USAGE;
}

static int show_version(void) {
    char compression[128];
    compression_versions(compression, sizeof compression);
    printf("textmill %s\nplugin ABI %u.%u, text version %u\nlibuv %s, json-c %s%s%s\n", TEXTMILL_VERSION, TM_ABI_MAJOR,
           TM_ABI_MINOR, TM_TEXT_VERSION, uv_version_string(), json_c_version(), *compression ? ", " : "", compression);
    return EXIT_FINE;
}

/* A file that a command opens must never become its standard output because that was closed. */
static void open_standard_streams(void) {
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
}

/* A stage that allocates and frees a few hundred KiB for every document would give them back to the system each time,
 * at two page faults a document. Blocks of a large document still go back at once. */
static void keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

static int unknown_command(const char *word) {
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = nearest_name(word, names, N_COMMANDS);
    if (near)
        fprintf(stderr, "textmill: there is no command '%s'; did you mean '%s'?\n", word, near);
    else
        fprintf(stderr, "textmill: there is no command '%s'; 'textmill --help' lists them\n", word);
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    open_standard_streams();
    keep_freed_memory();
    if (argc < 2)
        return show_help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return show_help(stdout);
    if (strcmp(argv[1], "--version") == 0)
        return show_version();
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(argv[1], "manual") == 0)
        return command_manual(argc - 1, argv + 1);
    return unknown_command(argv[1]);
}
