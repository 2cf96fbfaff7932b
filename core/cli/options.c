/* options.c: reads a command line by its table. GNU habits: -abc, -oFILE, --name=VALUE, --name VALUE, unambiguous
 * beginnings of long names. The nearest right name is told for a misspelt one. */
#include "options.h"

#include "manual.h"

#include "../json/config.h"
#include "../json/memory.h"
#include "../json/units.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int options_mistake(const struct command *command, const char *format, ...) {
    fprintf(stderr, "textmill %s: ", command->name);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nTry 'textmill %s --help'.\n", command->name);
    return 2;
}

void option_list_deinit(struct option_list *list) {
    free(list->items);
    *list = (struct option_list){0};
}

static void print_help(const struct command *command, const struct command_option *options, size_t n) {
    printf("usage: textmill %s %s\n\n%s\n", command->name, command->usage, command->summary);
    printf("\nOptions:\n");
    for (size_t i = 0; i < n; i++) {
        const struct command_option *o = &options[i];
        char left[80];
        snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ',
                 o->letter ? ", " : "  ", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
        printf("  %-28s%s%s", left, strlen(left) > 27 ? "\n                              " : "", o->help);
        if (o->kind == OPTION_CHOICE)
            printf(" (%s)", o->choices);
        putchar('\n');
    }
    printf("  -h, --help                  show this\n");
    if (command->details)
        printf("\n%s\n", command->details);
}

static int choice_index(const char *choices, const char *word) {
    size_t len = strlen(word);
    int index = 0;
    for (const char *at = choices; at; index++) {
        const char *bar = strchr(at, '|');
        size_t span = bar ? (size_t)(bar - at) : strlen(at);
        if (span == len && memcmp(at, word, len) == 0)
            return index;
        at = bar ? bar + 1 : NULL;
    }
    return -1;
}

static int set_value(const struct command *command, const struct command_option *o, const char *word) {
    switch (o->kind) {
    case OPTION_FLAG:
        *(int *)o->value = 1;
        return 0;
    case OPTION_COUNT:
        ++*(int *)o->value;
        return 0;
    case OPTION_TEXT:
        *(const char **)o->value = word;
        return 0;
    case OPTION_LIST: {
        struct option_list *list = o->value;
        list->items = memory_realloc(list->items, (list->count + 1) * sizeof *list->items);
        list->items[list->count++] = word;
        return 0;
    }
    case OPTION_NUMBER: {
        char *end = NULL;
        errno = 0;
        unsigned long long number = strtoull(word, &end, 10);
        if (word[0] < '0' || word[0] > '9' || *end || errno)
            return options_mistake(command, "--%s wants a whole number, not '%s'", o->name, word);
        *(uint64_t *)o->value = number;
        return 0;
    }
    case OPTION_SIZE:
        if (units_parse_size(word, strlen(word), o->value) != 0)
            return options_mistake(command, "--%s wants a size such as 64K, 2M or 1G, not '%s'", o->name, word);
        return 0;
    case OPTION_DURATION:
        if (units_parse_duration(word, strlen(word), o->value) != 0)
            return options_mistake(command, "--%s wants a time such as 20ms, 3s or 5m, not '%s'", o->name, word);
        return 0;
    case OPTION_CHOICE: {
        int index = choice_index(o->choices, word);
        if (index < 0)
            return options_mistake(command, "--%s is one of %s, not '%s'", o->name, o->choices, word);
        *(int *)o->value = index;
        return 0;
    }
    }
    return 0;
}

/* The option of that long name, or the only one that begins so. */
static const struct command_option *find_long(const struct command_option *options, size_t n, const char *name,
                                              size_t len) {
    const struct command_option *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(options[i].name, name, len) != 0)
            continue;
        if (options[i].name[len] == '\0')
            return &options[i];
        if (found)
            return NULL;
        found = &options[i];
    }
    return found;
}

static int unknown_long(const struct command *command, const struct command_option *options, size_t n, const char *name,
                        size_t len) {
    const char **names = memory_zalloc(n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = options[i].name;
    char *word = memory_copy(name, len);
    const char *near = nearest_name(word, names, n);
    int status = near ? options_mistake(command, "there is no option --%s; did you mean --%s?", word, near)
                      : options_mistake(command, "there is no option --%s", word);
    free(word);
    free(names);
    return status;
}

static const struct command_option *find_letter(const struct command_option *options, size_t n, char letter) {
    for (size_t i = 0; i < n; i++)
        if (options[i].letter == letter)
            return &options[i];
    return NULL;
}

static int takes_argument(const struct command_option *o) {
    return o->kind != OPTION_FLAG && o->kind != OPTION_COUNT;
}

/* One word that begins with --; *next is the index of the word behind it. */
static int parse_long(const struct command *command, const struct command_option *options, size_t n, int argc,
                      char **argv, int *next) {
    const char *name = argv[*next - 1] + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct command_option *o = find_long(options, n, name, len);
    if (!o)
        return unknown_long(command, options, n, name, len);
    if (!takes_argument(o))
        return equals ? options_mistake(command, "--%s takes no value", o->name) : set_value(command, o, NULL);
    if (equals)
        return set_value(command, o, equals + 1);
    if (*next >= argc)
        return options_mistake(command, "--%s wants a value: %s", o->name, o->argument);
    return set_value(command, o, argv[(*next)++]);
}

/* One word of short options. */
static int parse_short(const struct command *command, const struct command_option *options, size_t n, int argc,
                       char **argv, int *next) {
    for (const char *at = argv[*next - 1] + 1; *at; at++) {
        const struct command_option *o = find_letter(options, n, *at);
        if (!o)
            return options_mistake(command, "there is no option -%c", *at);
        if (!takes_argument(o)) {
            int status = set_value(command, o, NULL);
            if (status)
                return status;
            continue;
        }
        if (at[1])
            return set_value(command, o, at + 1);
        if (*next >= argc)
            return options_mistake(command, "-%c wants a value: %s", *at, o->argument);
        return set_value(command, o, argv[(*next)++]);
    }
    return 0;
}

int options_parse(const struct command *command, const struct command_option *options, size_t n, int argc, char **argv,
                  int *out_words) {
    int words = 0;
    int only_words = 0;
    for (int next = 1; next < argc;) {
        char *word = argv[next++];
        int status = 0;
        if (only_words || word[0] != '-' || word[1] == '\0') {
            argv[++words] = word;
        } else if (strcmp(word, "--") == 0) {
            only_words = 1;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            print_help(command, options, n);
            return 1;
        } else if (strncmp(word, "--help=", 7) == 0) {
            manual_of_command(word + 7, command, options, n);
            return 1;
        } else if (word[1] == '-') {
            status = parse_long(command, options, n, argc, argv, &next);
        } else {
            status = parse_short(command, options, n, argc, argv, &next);
        }
        if (status)
            return status + 1;
    }
    *out_words = words;
    return 0;
}
