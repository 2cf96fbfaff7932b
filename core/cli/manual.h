/* manual.h: a command's table of options as a man page or as a part of a shell's completion. */
#ifndef TM_CLI_MANUAL_H
#define TM_CLI_MANUAL_H

#include "options.h"

/* Writes it to standard output: form is man, bash, zsh or fish. What options_parse does for --help=FORM. */
void manual_of_command(const char *form, const struct command *command, const struct command_option *options, size_t n);

#endif
