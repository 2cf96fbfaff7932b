/* check_plugin.c: textmill check-plugin: runs a plugin against hostile documents, in processes of their own, and tells
 * what broke. The rounds stand in files of their own; here is their order and what is said at the end.
 */
#include "check_plugin.h"

#include "commands.h"
#include "options.h"

#include "../json/memory.h"
#include "../json/scan.h"
#include "../json/write.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT_TEXT, FORMAT_JSON };
enum { DEATHS_A_ROUND = 4, MOST_WORKERS = 256 };

static const struct command command = {
    .name = "check-plugin",
    .summary =
        "Runs a plugin against hostile documents in processes of its own, and tells what broke: crashes and hangs\n"
        "with the document, leaks, a contract that is not kept, results that depend on order, batches or the\n"
        "number of workers.",
    .usage = "FILE.so",
    .details = "Documents that brought it down are saved; the finding tells where. FILE.so need not be installed.\n\n"
               "Exit status: 0 nothing was found; 1 something was; 2 the plugin cannot be loaded, or usage.",
};

/* --- what is found --- */

static void show_text(const struct check *c) {
    for (size_t i = 0; i < c->n_findings; i++) {
        const struct finding *f = &c->findings[i];
        printf("%s: %s: %s", c->file, f->code, f->message);
        if (f->document)
            printf("; document: %s", f->document);
        if (f->file)
            printf(" (%s)", f->file);
        if (f->count > 1)
            printf("; and %u times more", f->count - 1);
        putchar('\n');
    }
    if (c->refused && !c->n_findings)
        return;
    printf("%s: %s: %zu documents, %u workers: ", c->file, c->name ? c->name : "?", c->documents.count, c->workers);
    if (c->n_findings)
        printf("%zu finding%s\n", c->n_findings, c->n_findings == 1 ? "" : "s");
    else
        puts("nothing was found");
}

static void add_member(struct buffer *b, const char *name, const char *text) {
    buffer_addf(b, "\"%s\":", name);
    if (text)
        json_write_text(b, text, strlen(text));
    else
        buffer_add_string(b, "null");
}

static void show_json(const struct check *c) {
    struct buffer b = {0};
    buffer_add_char(&b, '{');
    add_member(&b, "file", c->file);
    buffer_add_char(&b, ',');
    add_member(&b, "plugin", c->name);
    buffer_addf(&b, ",\"documents\":%zu,\"workers\":%u,", c->documents.count, c->workers);
    add_member(&b, "refused", c->refused);
    buffer_add_string(&b, ",\"findings\":[");
    for (size_t i = 0; i < c->n_findings; i++) {
        const struct finding *f = &c->findings[i];
        buffer_add_string(&b, i ? ",{" : "{");
        add_member(&b, "code", f->code);
        buffer_add_char(&b, ',');
        add_member(&b, "message", f->message);
        buffer_add_char(&b, ',');
        add_member(&b, "document", f->document);
        buffer_add_char(&b, ',');
        add_member(&b, "saved", f->file);
        buffer_addf(&b, ",\"count\":%u}", f->count);
    }
    buffer_add_string(&b, "]}\n");
    fwrite(b.data, 1, b.len, stdout);
    buffer_deinit(&b);
}

/* --- the rounds --- */

/* A round that goes through the documents; after a death it goes on behind the document. -1: it makes no sense to go on
 * with other rounds. */
static int run_documents(struct check *c) {
    uint32_t first = 0, at;
    for (int deaths = 0; check_child_run(c, check_contract, first, &at); deaths++) {
        if (at == CHECK_NO_DOCUMENT || deaths + 1 == DEATHS_A_ROUND)
            return -1;
        first = at + 1;
    }
    return 0;
}

/* One that goes through them in other ways; after a death once more without the document. */
static int run_round(struct check *c, check_round round) {
    uint32_t at;
    for (int deaths = 0; check_child_run(c, round, 0, &at); deaths++)
        if (at == CHECK_NO_DOCUMENT || deaths + 1 == DEATHS_A_ROUND)
            return -1;
    return 0;
}

static void run_rounds(struct check *c) {
    uint32_t at;
    if (check_child_run(c, check_descriptor, 0, &at) || c->refused)
        return;
    check_documents_make(&c->documents, (const char *const *)c->fields, c->n_fields);
    if (run_documents(c) != 0 || run_round(c, check_order) != 0)
        return;
    run_round(c, check_workers);
    run_round(c, check_leaks);
    run_round(c, check_options);
}

/* --- the folder --- */

static void remove_tree(const char *path, int keep_saved) {
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct buffer b = {0};
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        buffer_addf(&b, "%s/%s", path, e->d_name);
        buffer_add_char(&b, '\0');
        int is_ours = strncmp(e->d_name, "in.jsonl", 8) == 0 ||
                      (strncmp(e->d_name, "out", 3) == 0 && e->d_name[3] >= '0' && e->d_name[3] <= '9');
        int is_folder = lstat(b.data, &st) == 0 && S_ISDIR(st.st_mode);
        if (is_folder)
            remove_tree(b.data, 0);
        else if (!keep_saved || is_ours)
            unlink(b.data);
        buffer_deinit(&b);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static char *make_folder(void) {
    const char *base = getenv("TMPDIR");
    struct buffer b = {0};
    buffer_addf(&b, "%s/textmill-check-XXXXXX", base && *base ? base : "/tmp");
    buffer_add_char(&b, '\0');
    if (mkdtemp(b.data))
        return b.data;
    fprintf(stderr, "textmill check-plugin: %s: %s\n", b.data, strerror(errno));
    buffer_deinit(&b);
    return NULL;
}

static void deinit(struct check *c) {
    for (size_t i = 0; i < c->n_findings; i++) {
        free(c->findings[i].code);
        free(c->findings[i].message);
        free(c->findings[i].document);
        free(c->findings[i].file);
    }
    free(c->findings);
    for (size_t i = 0; i < c->n_fields; i++)
        free(c->fields[i]);
    free(c->fields);
    check_documents_free(&c->documents);
    free(c->name);
    free(c->refused);
    free(c->work);
}

/* Its children have groups of their own, which Ctrl-C does not reach: a signal waits until they and the folder are
 * gone. What is ignored stays so. */
static void hold_stops(struct check *c) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(&c->stops);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&c->stops, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &c->stops, &c->mask);
}

static int run(struct check *c, int format) {
    size_t shared = 4096 + c->workers * sizeof *c->slots;
    char *memory = mmap(NULL, shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    hold_stops(c);
    c->work = make_folder();
    if (memory == MAP_FAILED || !c->work)
        return EXIT_RUNTIME;
    c->slot = (struct check_slot *)(void *)memory;
    c->slots = (struct engine_slot *)(void *)(memory + 4096);
    run_rounds(c);
    remove_tree(c->work, c->has_saved && !c->is_stopped);
    sigprocmask(SIG_SETMASK, &c->mask, NULL); /* where one waits, it ends here */
    if (format == FORMAT_JSON)
        show_json(c);
    else
        show_text(c);
    if (c->refused && !c->n_findings && format == FORMAT_TEXT)
        fprintf(stderr, "textmill check-plugin: %s\n", c->refused);
    munmap(memory, shared);
    return c->n_findings ? EXIT_SOME_FAILED : c->refused ? EXIT_USAGE : EXIT_FINE;
}

int command_check_plugin(int argc, char **argv) {
    const char *with = NULL;
    uint64_t workers = 8;
    int64_t timeout = 10000000000;
    int format = FORMAT_TEXT, words;
    const struct command_option options[] = {
        {0, "options", "JSON", OPTION_TEXT, &with, NULL, "the stage's options, as they stand behind \"with\""},
        {'j', "workers", "N", OPTION_NUMBER, &workers, NULL, "worker threads of the run with many; default 8"},
        {0, "timeout", "TIME", OPTION_DURATION, &timeout, NULL,
         "what takes longer for one document, plus 1 s a MiB, hangs; default 10s"},
        {0, "format", "FORMAT", OPTION_CHOICE, &format, "text|json", "how findings are shown"},
    };
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words != 1)
        return options_mistake(&command, "one file is wanted, not %d", words);
    if (!workers || workers > MOST_WORKERS)
        return options_mistake(&command, "--workers is 1 to %d", MOST_WORKERS);
    struct json_error error;
    if (with && (with[0] != '{' || json_check_value(with, strlen(with), &error) != 0))
        return options_mistake(&command, "--options wants a JSON object, such as '{\"most\": 3}'");
    struct check c = {.file = argv[1], .options = with, .workers = (unsigned)workers, .timeout_ns = (uint64_t)timeout};
    status = run(&c, format);
    deinit(&c);
    return status;
}
