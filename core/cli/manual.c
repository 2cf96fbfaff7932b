/* manual.c: textmill manual: man pages and completions, made of the tables that the commands parse by, so that nothing
 * is written twice. The build calls it and installs what it writes; it is not in the list of commands.
 *
 *     textmill manual man             the page of textmill itself
 *     textmill manual man COMMAND     a command's page
 *     textmill manual bash|zsh|fish   the completion of a shell
 */
#include "manual.h"

#include "commands.h"

#include <stdio.h>
#include <string.h>

/* --- man pages --- */

/* Text for roff: what it would take for its own is escaped. */
static void roff(const char *text) {
    int is_start = 1;
    for (; *text; text++) {
        if (is_start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else if (!(is_start && *text == ' '))
            putchar(*text);
        is_start = *text == '\n';
    }
}

/* Paragraphs; one about the exit status has a heading of its own. */
static void roff_paragraphs(const char *text) {
    while (*text) {
        const char *end = strstr(text, "\n\n"), *status = "Exit status:";
        size_t len = end ? (size_t)(end - text) : strlen(text);
        char part[4096];
        const char *heading = strstr(text, status);
        if (heading && heading != text && heading < text + len && heading[-1] == '\n')
            len = (size_t)(heading - text);
        int is_status = strncmp(text, status, strlen(status)) == 0;
        size_t skip = is_status ? strlen(status) + 1 : 0;
        snprintf(part, sizeof part, "%.*s", (int)(len - skip), text + skip);
        puts(is_status ? ".SH EXIT STATUS" : ".PP");
        roff(part);
        putchar('\n');
        text += len;
        text += strspn(text, "\n");
    }
}

static const char *summary_of(const char *name) {
    size_t n;
    const struct command_entry *all = commands_all(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].summary;
    return "";
}

static void man_option(const struct command_option *o) {
    fputs(".TP\n", stdout);
    if (o->letter)
        printf("\\fB\\-%c\\fR, ", o->letter);
    fputs("\\fB\\-\\-", stdout);
    roff(o->name);
    fputs("\\fR", stdout);
    if (o->argument) {
        fputs(" \\fI", stdout);
        roff(o->argument);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    roff(o->help);
    if (o->kind == OPTION_CHOICE) {
        fputs(" (", stdout);
        roff(o->choices);
        putchar(')');
    }
    putchar('\n');
}

static void man_head(const char *name) {
    fputs(".TH TEXTMILL", stdout);
    if (*name)
        fputs("\\-", stdout);
    for (const char *c = name; *c; c++)
        putchar(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    printf(" 1 \"\" \"textmill %s\" \"textmill\"\n.SH NAME\ntextmill%s", TEXTMILL_VERSION, *name ? "\\-" : "");
    roff(name);
    fputs(" \\- ", stdout);
}

static void man_command(const struct command *command, const struct command_option *options, size_t n) {
    man_head(command->name);
    roff(summary_of(command->name));
    printf("\n.SH SYNOPSIS\n\\fBtextmill %s\\fR [\\fIOPTION\\fR...] ", command->name);
    roff(command->usage);
    fputs("\n.SH DESCRIPTION\n", stdout);
    roff(command->summary);
    fputs("\n.SH OPTIONS\n", stdout);
    for (size_t i = 0; i < n; i++)
        man_option(&options[i]);
    fputs(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nshow a summary\n", stdout);
    if (command->details) {
        fputs(".SH NOTES\n", stdout);
        roff_paragraphs(command->details);
    }
    fputs(".SH SEE ALSO\n\\fBtextmill\\fR(1)\n", stdout);
}

static int man_textmill(void) {
    size_t n;
    const struct command_entry *all = commands_all(&n);
    man_head("");
    fputs("a mill for text\n.SH SYNOPSIS\n\\fBtextmill\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
          "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\nA pipeline file names stages; documents stream through them. What "
          "is cut is recorded,\nand the record can be replayed.\n.SH COMMANDS\n",
          stdout);
    for (size_t i = 0; i < n; i++) {
        fputs(".TP\n\\fBtextmill\\-", stdout);
        roff(all[i].name);
        fputs("\\fR(1)\n", stdout);
        roff(all[i].summary);
        putchar('\n');
    }
    fputs(".SH ENVIRONMENT\n.TP\n\\fBTEXTMILL_PLUGIN_PATH\\fR\nfolders to look for plugins in, with : between\n"
          ".TP\n\\fBNO_COLOR\\fR\nwhere set, no colours are written unless asked for\n",
          stdout);
    return EXIT_FINE;
}

/* --- completions --- */

/* "a|b|c" with another sign between. */
static void put_choices(const char *choices, char between) {
    for (; *choices; choices++)
        putchar(*choices == '|' ? between : *choices);
}

/* Inside single quotes, without what the shell's own little language would take. */
static void put_quoted(const char *text, const char *also) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (*text == '\n')
            putchar(' ');
        else if (strchr(also, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void bash_command(const struct command *command, const struct command_option *options, size_t n) {
    printf("  %s)\n    options='", command->name);
    for (size_t i = 0; i < n; i++)
        printf("--%s ", options[i].name);
    printf("--help'\n    case \"$before\" in\n");
    for (size_t i = 0; i < n; i++) {
        const struct command_option *o = &options[i];
        if (!o->argument)
            continue;
        fputs("    ", stdout);
        if (o->letter)
            printf("-%c | ", o->letter);
        printf("--%s) ", o->name);
        if (o->kind == OPTION_CHOICE) {
            fputs("words='", stdout);
            put_choices(o->choices, ' ');
            fputs("' ;;\n", stdout);
        } else {
            fputs("takes=1 ;;\n", stdout);
        }
    }
    fputs("    esac\n    ;;\n", stdout);
}

static void zsh_command(const struct command *command, const struct command_option *options, size_t n) {
    printf("  %s)\n    _arguments", command->name);
    for (size_t i = 0; i < n; i++) {
        const struct command_option *o = &options[i];
        int again = o->kind == OPTION_LIST || o->kind == OPTION_COUNT;
        for (int is_long = !o->letter; is_long < 2; is_long++) {
            printf(" \\\n      '%s-%s", again ? "*" : "", is_long ? "-" : "");
            if (is_long)
                fputs(o->name, stdout);
            else
                putchar(o->letter);
            putchar('[');
            put_quoted(o->help, "[]:\\");
            putchar(']');
            if (o->argument) {
                putchar(':');
                put_quoted(o->argument, "[]:\\");
                putchar(':');
                if (o->kind == OPTION_CHOICE) {
                    putchar('(');
                    put_choices(o->choices, ' ');
                    putchar(')');
                } else {
                    fputs("_files", stdout);
                }
            }
            putchar('\'');
        }
    }
    fputs(" \\\n      '--help[show a summary]' '*:file:_files'\n    ;;\n", stdout);
}

static void fish_command(const struct command *command, const struct command_option *options, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct command_option *o = &options[i];
        printf("complete -c textmill -n '__fish_seen_subcommand_from %s'", command->name);
        if (o->letter)
            printf(" -s %c", o->letter);
        printf(" -l %s", o->name);
        if (o->kind == OPTION_CHOICE) {
            fputs(" -x -a '", stdout);
            put_choices(o->choices, ' ');
            putchar('\'');
        } else if (o->argument) {
            fputs(" -r", stdout);
        }
        fputs(" -d '", stdout);
        for (const char *s = o->help; *s; s++) { /* fish knows \' in single quotes */
            if (*s == '\'' || *s == '\\')
                putchar('\\');
            putchar(*s == '\n' ? ' ' : *s);
        }
        fputs("'\n", stdout);
    }
}

void manual_of_command(const char *form, const struct command *command, const struct command_option *options,
                       size_t n) {
    if (strcmp(form, "man") == 0)
        man_command(command, options, n);
    else if (strcmp(form, "bash") == 0)
        bash_command(command, options, n);
    else if (strcmp(form, "zsh") == 0)
        zsh_command(command, options, n);
    else if (strcmp(form, "fish") == 0)
        fish_command(command, options, n);
}

/* Lets a command write its own part. */
static void ask_command(const struct command_entry *entry, const char *form) {
    char name[64], word[32];
    snprintf(name, sizeof name, "%s", entry->name);
    snprintf(word, sizeof word, "--help=%s", form);
    char *argv[] = {name, word, NULL};
    entry->run(2, argv);
}

static void names_of_commands(void) {
    size_t n;
    const struct command_entry *all = commands_all(&n);
    for (size_t i = 0; i < n; i++)
        printf("%s%s", i ? " " : "", all[i].name);
}

static int complete(const char *form) {
    size_t n;
    const struct command_entry *all = commands_all(&n);
    int is_bash = strcmp(form, "bash") == 0, is_zsh = strcmp(form, "zsh") == 0;
    if (is_bash) {
        fputs("# bash completion of textmill; made by: textmill manual bash\n_textmill() {\n"
              "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
              "  local options='' words='' takes=''\n  COMPREPLY=()\n  if [ \"$COMP_CWORD\" = 1 ]; then\n"
              "    COMPREPLY=($(compgen -W '",
              stdout);
        names_of_commands();
        fputs(" --help --version' -- \"$word\"))\n    return\n  fi\n  case \"${COMP_WORDS[1]}\" in\n", stdout);
    } else if (is_zsh) {
        fputs("#compdef textmill\n# made by: textmill manual zsh\nlocal -a commands\ncommands=(\n", stdout);
        for (size_t i = 0; i < n; i++) {
            printf("  '%s:", all[i].name);
            put_quoted(all[i].summary, ":\\");
            fputs("'\n", stdout);
        }
        fputs(")\nif (( CURRENT == 2 )); then\n  _describe command commands\n  return\nfi\n"
              "local command=${words[2]}\nshift words\n(( CURRENT-- ))\ncase $command in\n",
              stdout);
    } else {
        fputs("# fish completion of textmill; made by: textmill manual fish\n", stdout);
        for (size_t i = 0; i < n; i++) {
            printf("complete -c textmill -n __fish_use_subcommand -f -a %s -d '", all[i].name);
            put_quoted(all[i].summary, "");
            fputs("'\n", stdout);
        }
    }
    for (size_t i = 0; i < n; i++)
        ask_command(&all[i], form);
    if (is_bash)
        fputs("  esac\n  if [ -n \"$words\" ]; then\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
              "  elif [ -z \"$takes\" ] && [ \"${word:0:1}\" = - ]; then\n"
              "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n  fi\n}\n"
              "complete -o default -F _textmill textmill\n",
              stdout);
    else if (is_zsh)
        fputs("esac\n", stdout);
    return EXIT_FINE;
}

int command_manual(int argc, char **argv) {
    const char *form = argc > 1 ? argv[1] : "";
    if (strcmp(form, "man") == 0 && argc == 2)
        return man_textmill();
    if (strcmp(form, "man") == 0 && argc == 3) {
        size_t n;
        const struct command_entry *all = commands_all(&n);
        for (size_t i = 0; i < n; i++)
            if (strcmp(all[i].name, argv[2]) == 0) {
                ask_command(&all[i], form);
                return EXIT_FINE;
            }
    }
    if (argc == 2 && strcmp(form, "commands") == 0) {
        names_of_commands();
        putchar('\n');
        return EXIT_FINE;
    }
    if (argc == 2 && (strcmp(form, "bash") == 0 || strcmp(form, "zsh") == 0 || strcmp(form, "fish") == 0))
        return complete(form);
    fputs("usage: textmill manual man [COMMAND] | bash | zsh | fish | commands\n", stderr);
    return EXIT_USAGE;
}
