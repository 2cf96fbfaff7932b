/* quarantine.c: textmill quarantine: what a watcher has put aside. Retrying renames the input back into the inbox under
 * its own name, so a watcher that runs takes it at once; nothing else needs to be told.
 */
#include "commands.h"
#include "options.h"

#include "../json/config.h"
#include "../watch/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command command = {
    .name = "quarantine",
    .summary = "Lists what the watcher of ROOT has put into quarantine, shows one, puts it back into the inbox, or\n"
               "removes it.",
    .usage = "list ROOT  |  show ROOT ID...  |  retry ROOT [ID...]  |  drop ROOT ID...",
    .details =
        "ID is the name of a folder in ROOT/quarantine; its beginning will do where it is the only one. retry\n"
        "without ID puts everything back. An entry of failed lines alone has no input to put back: `jq -r .input`\n"
        "of its lines.jsonl gives them. Nor has one whose name was taken in out (--conflict fail): result.jsonl is\n"
        "what would have come out.",
};

struct place {
    const char *path, *inbox_path;
    int root, quarantine, inbox;
};

struct names {
    char **items;
    size_t n;
};

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct names read_names(int folder) {
    struct names names = {0};
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        char **more = realloc(names.items, (names.n + 1) * sizeof *more);
        if (!more)
            break;
        names.items = more;
        names.items[names.n] = strdup(e->d_name);
        names.n += names.items[names.n] != NULL;
    }
    if (dir)
        closedir(dir);
    if (names.n)
        qsort(names.items, names.n, sizeof *names.items, compare);
    return names;
}

/* reason.json of an entry; NULL where it cannot be read. */
static struct config *read_reason(int folder, struct buffer *text) {
    int fd = openat(folder, "reason.json", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = 1;
    while (fd >= 0 && n > 0 && text->len < 65536) {
        n = read(fd, buffer_reserve(text, 4096), 4096);
        text->len += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0)
        close(fd);
    struct problems problems;
    problems_init(&problems);
    struct config *reason = text->len ? config_parse("reason.json", text->data, text->len, &problems) : NULL;
    problems_deinit(&problems);
    return reason;
}

static const char *text_of(const struct config *reason, const char *key) {
    const struct config_node *root = reason ? config_root(reason) : NULL;
    const struct config_node *node = root && root->type == CONFIG_OBJECT ? config_get(root, key) : NULL;
    return node && node->type == CONFIG_STRING ? node->string : "-";
}

/* Nothing of a document reaches a terminal unescaped. */
static void print_safely(const char *s) {
    for (; *s; s++)
        putchar((unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s);
}

static int list_one(struct place *p, const char *id) {
    struct buffer text = {0};
    int folder = openat(p->quarantine, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0)
        return 0;
    struct config *reason = read_reason(folder, &text);
    print_safely(id);
    printf("  %s/%s  ", text_of(reason, "stage"), text_of(reason, "code"));
    print_safely(text_of(reason, "message"));
    putchar('\n');
    if (reason)
        config_free(reason);
    buffer_deinit(&text);
    close(folder);
    return 0;
}

static int show_one(struct place *p, const char *id) {
    struct buffer text = {0};
    int folder = openat(p->quarantine, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct config *reason = folder >= 0 ? read_reason(folder, &text) : NULL;
    struct buffer pretty = {0};
    if (reason)
        config_write_pretty(config_root(reason), &pretty);
    fwrite(pretty.data, 1, pretty.len, stdout);
    struct names parts = folder >= 0 ? read_names(folder) : (struct names){0};
    for (size_t i = 0; i < parts.n; i++) {
        printf("%s/quarantine/%s/%s\n", p->path, id, parts.items[i]);
        free(parts.items[i]);
    }
    free(parts.items);
    if (reason)
        config_free(reason);
    buffer_deinit(&pretty);
    buffer_deinit(&text);
    if (folder >= 0)
        close(folder);
    return reason ? 0 : -1;
}

static int drop_one(struct place *p, const char *id) {
    int folder = openat(p->quarantine, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct names parts = folder >= 0 ? read_names(folder) : (struct names){0};
    for (size_t i = 0; i < parts.n; i++) {
        unlinkat(folder, parts.items[i], 0);
        free(parts.items[i]);
    }
    free(parts.items);
    if (folder >= 0)
        close(folder);
    return unlinkat(p->quarantine, id, AT_REMOVEDIR);
}

/* The folder that it came from, made again where it is gone. Who puts files in may put links in, too: none is followed.
 */
static int open_folder_of(int inbox, char *name, const char **out_base) {
    int fd = dup(inbox);
    for (char *slash; fd >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
        int folder = fd;
        *slash = '\0';
        fd = mkdirat(folder, name, 0777) == 0 || errno == EEXIST
                 ? openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
                 : -1;
        close(folder);
    }
    *out_base = name;
    return fd;
}

static int put_back(const struct place *p, int entry, char *name, const char *id) {
    const char *base;
    int folder = open_folder_of(p->inbox, name, &base);
    int r = folder < 0 ? -1 : rename_new(entry, "input", folder, base);
    if (r != 0 && (errno == EEXIST || errno == ELOOP || errno == ENOTDIR)) /* its name is taken, or its way */
        r = rename_new(entry, "input", p->inbox, id);
    if (folder >= 0)
        close(folder);
    return r;
}

/* The input goes first, by one rename: a kill in between leaves a reason without an input, and nothing lost. */
static int retry_one(struct place *p, const char *id) {
    struct buffer text = {0}, name = {0};
    int folder = openat(p->quarantine, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), r = -1;
    struct config *reason = folder >= 0 ? read_reason(folder, &text) : NULL;
    const char *was = text_of(reason, "name");
    if (strcmp(was, "-") != 0 && !strstr(was, "../") && was[0] != '/')
        buffer_add_string(&name, was);
    else
        id_decode(id, &name);
    buffer_add_char(&name, '\0');
    if (folder >= 0 && faccessat(folder, "input", F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        r = put_back(p, folder, name.data, id);
        if (r == 0)
            r = drop_one(p, id);
    } else {
        errno = ENOENT;
    }
    if (reason)
        config_free(reason);
    buffer_deinit(&name);
    buffer_deinit(&text);
    if (folder >= 0)
        close(folder);
    return r;
}

static const struct {
    const char *word;
    int (*one)(struct place *p, const char *id);
    int takes_all; /* without an ID */
} verbs[] = {{"list", list_one, 1}, {"show", show_one, 0}, {"retry", retry_one, 1}, {"drop", drop_one, 0}};

/* Calls the verb for the entries that the words begin, or all. */
static int each(struct place *p, size_t verb, char **words, int n_words) {
    struct names all = read_names(p->quarantine);
    int status = EXIT_FINE;
    for (int i = 0; i < (n_words ? n_words : 1); i++) {
        const char *word = n_words ? words[i] : "";
        size_t len = strlen(word), found = 0, at = 0;
        for (size_t j = 0; j < all.n; j++)
            if (strncmp(all.items[j], word, len) == 0) {
                found++;
                at = j;
            }
        if (n_words && found != 1) {
            fprintf(stderr, "textmill quarantine: %s %s in %s/quarantine\n", word,
                    found ? "begins more than one name" : "is not", p->path);
            status = EXIT_USAGE;
            continue;
        }
        for (size_t j = n_words ? at : 0; j < (n_words ? at + 1 : all.n); j++) {
            if (verbs[verb].one(p, all.items[j]) == 0)
                continue;
            if (!n_words && errno == ENOENT) /* lines alone */
                continue;
            fprintf(stderr, "textmill quarantine: cannot %s %s: %s\n", verbs[verb].word, all.items[j],
                    errno == ENOENT ? "it has no input, only lines; see lines.jsonl" : strerror(errno));
            status = EXIT_RUNTIME;
        }
    }
    for (size_t j = 0; j < all.n; j++)
        free(all.items[j]);
    free(all.items);
    return status;
}

static int in_place(struct place *p, size_t verb, char **words, int n_words) {
    char inbox[4096];
    snprintf(inbox, sizeof inbox, "%s/inbox", p->path);
    p->quarantine = -1;
    p->inbox = open(p->inbox_path ? p->inbox_path : inbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    p->root = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->root >= 0)
        p->quarantine = openat(p->root, "quarantine", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int status = EXIT_USAGE;
    if (p->quarantine < 0 || p->inbox < 0)
        fprintf(stderr, "textmill quarantine: %s is no folder of a watcher: %s\n", p->path, strerror(errno));
    else
        status = each(p, verb, words, n_words);
    const int fds[] = {p->quarantine, p->inbox, p->root};
    for (size_t i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return status;
}

int command_quarantine(int argc, char **argv) {
    struct place p = {0};
    const struct command_option options[] = {
        {0, "inbox", "DIR", OPTION_TEXT, &p.inbox_path, NULL, "where retry puts inputs, as with textmill watch"},
    };
    int words;
    int status = options_parse(&command, options, 1, argc, argv, &words);
    if (status)
        return status - 1;
    for (size_t i = 0; words >= 2 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].word) != 0)
            continue;
        if (words == 2 && !verbs[i].takes_all)
            return options_mistake(&command, "%s wants an ID; `textmill quarantine list %s` tells them", verbs[i].word,
                                   argv[2]);
        p.path = argv[2];
        return in_place(&p, i, argv + 3, words - 2);
    }
    return options_mistake(&command, "list, show, retry or drop, and the folder of a watcher are wanted");
}
