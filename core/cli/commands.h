/* commands.h: the commands, one file each; main.c finds them by name. Each gets argv from its own name on and returns
 * the exit status: 0 all well, 1 some documents failed, 2 usage, configuration or plugin, 3 runtime failure. */
#ifndef TM_CLI_COMMANDS_H
#define TM_CLI_COMMANDS_H

#include <stddef.h>

struct command_entry {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

/* All of them, in the order in which a person meets them. */
const struct command_entry *commands_all(size_t *out_count);

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_test(int argc, char **argv);
int command_status(int argc, char **argv);
int command_quarantine(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_graph(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_plugins(int argc, char **argv);
int command_check_plugin(int argc, char **argv);
int command_new_plugin(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_manual(int argc, char **argv); /* not among them: for the build */

enum { EXIT_FINE = 0, EXIT_SOME_FAILED = 1, EXIT_USAGE = 2, EXIT_RUNTIME = 3 };

#endif
