/* options.h: the options of a command as one table: parsing, --help, man page and completion come from it. */
#ifndef TM_CLI_OPTIONS_H
#define TM_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* How an option's argument is read, and what `value` points to. */
enum option_kind {
    OPTION_FLAG,     /* int, set to 1 */
    OPTION_COUNT,    /* int, counted up */
    OPTION_TEXT,     /* const char * */
    OPTION_LIST,     /* struct option_list, one item an occurrence */
    OPTION_NUMBER,   /* uint64_t */
    OPTION_SIZE,     /* uint64_t, bytes: 64K, 2M, 1G */
    OPTION_DURATION, /* int64_t, nanoseconds: 20ms, 3s, 5m, 1h, 30d */
    OPTION_CHOICE    /* int, index into choices "a|b|c" */
};

struct option_list {
    const char **items; /* owned; freed by option_list_deinit */
    size_t count;
};

struct command_option {
    char letter;          /* 0: none */
    const char *name;     /* without the dashes */
    const char *argument; /* what the help calls it, NULL for flags */
    enum option_kind kind;
    void *value;
    const char *choices;
    const char *help; /* one line */
};

struct command {
    const char *name;
    const char *summary; /* one line for the list of commands */
    const char *usage;   /* "PIPELINE [INPUT...]" */
    const char *details; /* paragraphs behind the options, or NULL */
};

/* Reads the options out of argv (from argv[1] on; argv[0] is the command's name); options and other words may be mixed,
 * "--" ends the options. The other words end up in argv[1..*out_words]. Returns 0, or the status to end with, plus 1,
 * after --help or a mistake that was told on stderr. */
int options_parse(const struct command *command, const struct command_option *options, size_t n, int argc, char **argv,
                  int *out_words);
void option_list_deinit(struct option_list *list);

/* A usage mistake: one line and where to look; returns 2. */
int options_mistake(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
