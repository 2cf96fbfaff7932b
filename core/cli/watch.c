/* watch.c: textmill watch: the drop folder. The same command line serves the supervisor and, with a hidden word that
 * the supervisor puts in, each of its workers, so that both understand it the same way.
 */
#include "commands.h"
#include "setup.h"

#include "../json/memory.h"
#include "../watch/sandbox.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct watch_arguments {
    const char *inbox, *out, *http, *text_field, *id_field, *worker;
    struct option_list plugin_dirs, sets;
    uint64_t jobs, batch, max_memory, max_doc, max_expand, max_poison, min_free, recycle_after, attempts;
    int64_t settle, retry_wait, rescan, timeout, grace, keep_for;
    int durability, conflict, isolation, sandbox, keep_input, subfolders, order, sync_mark, once, edits, replace,
        allow_truncated, json, quiet, verbose;
};

static const struct command command = {
    .name = "watch",
    .summary =
        "Runs a pipeline over every file that is put into ROOT/inbox, for as long as it runs. Results appear whole\n"
        "in ROOT/out, inputs go; what cannot be done is in ROOT/quarantine, with the reason.",
    .usage = "PIPELINE ROOT",
    .details =
        "Put a file in by renaming it into the inbox: it is taken at once. One that is written there is taken when it "
        "has\n"
        "stood still for --settle and nobody has it open. Names that begin with a point or end in .tmp or .part are "
        "left.\n"
        "A kill at any instant loses nothing and puts nothing out twice; starting again is the whole of recovery.\n\n"
        "Signals: TERM and INT stop when what is in hand is done, a second one at once; HUP takes the pipeline anew "
        "into\n"
        "fresh workers (without one, workers that are replaced read it as it was); USR1 scans the inbox.\n"
        "`textmill status ROOT` tells how it goes.\n\n"
        "What stages give when they end comes out as out/flush-TIME.jsonl, at a stop, a reload and a turnover.\n"
        "Of a file of records, lines that fail go to quarantine/ID/lines.jsonl, and the rest comes out.\n\n"
        "Exit status: 0 stopped as asked; 2 usage, configuration or plugin; 3 runtime failure.",
};

static uint64_t cores(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
    return n > 0 ? (uint64_t)n : 1;
}

static int parse(struct watch_arguments *a, int argc, char **argv, int *out_words) {
    *a = (struct watch_arguments){.jobs = cores(),
                                  .batch = 64,
                                  .max_memory = (uint64_t)1 << 30,
                                  .max_doc = 64u << 20,
                                  .max_expand = 1000,
                                  .max_poison = 100,
                                  .min_free = 64u << 20,
                                  .recycle_after = 100000,
                                  .attempts = 2,
                                  .settle = 1000000000,
                                  .retry_wait = 1000000000,
                                  .rescan = 30000000000,
                                  .timeout = 30000000000,
                                  .grace = 10000000000};
    const struct command_option options[] = {
        {0, "inbox", "DIR", OPTION_TEXT, &a->inbox, NULL, "watch this folder, on the file system of ROOT"},
        {0, "out", "DIR", OPTION_TEXT, &a->out, NULL, "put results there, on the file system of ROOT"},
        {0, "subfolders", NULL, OPTION_FLAG, &a->subfolders, NULL,
         "watch folders in the inbox too; a/b.txt gives a%2Fb.txt.jsonl"},
        {0, "keep-input", NULL, OPTION_FLAG, &a->keep_input, NULL, "move inputs to done/ instead of removing them"},
        {0, "keep-for", "TIME", OPTION_DURATION, &a->keep_for, NULL,
         "remove what is older from done/, dropped/ and quarantine/"},
        {0, "conflict", "WAY", OPTION_CHOICE, &a->conflict, "rename|replace|fail",
         "where out/ has a result of that name; default rename"},
        {0, "durability", "MODE", OPTION_CHOICE, &a->durability, "auto|ordered|strict|none",
         "what a power cut may do; default by the file system"},
        {0, "sync-mark", NULL, OPTION_FLAG, &a->sync_mark, NULL,
         "renew out/.sync each time that all results before it are on the disk"},
        {0, "order", "ORDER", OPTION_CHOICE, &a->order, "any|name",
         "name: what a scan finds is taken and published in the order of the names, by one process"},
        {0, "settle", "TIME", OPTION_DURATION, &a->settle, NULL,
         "how long a file must stand still that was not renamed in; default 1s"},
        {0, "rescan", "TIME", OPTION_DURATION, &a->rescan, NULL, "how often the whole inbox is looked at; default 30s"},
        {0, "isolation", "MODE", OPTION_CHOICE, &a->isolation, "worker|none",
         "run plugins in worker processes, or in this one"},
        {0, "sandbox", "MODE", OPTION_CHOICE, &a->sandbox, "auto|off",
         "auto: workers may do what their stages declare, as far as the kernel can hold them"},
        {'j', "jobs", "N", OPTION_NUMBER, &a->jobs, NULL, "threads of all workers together; default one a core"},
        {0, "batch", "N", OPTION_NUMBER, &a->batch, NULL, "most files that share a flush, up to 64; default 64"},
        {0, "timeout", "TIME", OPTION_DURATION, &a->timeout, NULL,
         "most time for one document in one stage, plus 1 s a MiB; default 30s"},
        {0, "attempts", "N", OPTION_NUMBER, &a->attempts, NULL,
         "a document that brings a worker down so often goes to quarantine; default 2"},
        {0, "max-memory", "SIZE", OPTION_SIZE, &a->max_memory, NULL, "most private memory of a worker; default 1G"},
        {0, "recycle-after", "N", OPTION_NUMBER, &a->recycle_after, NULL,
         "replace a worker after so many files; default 100000"},
        {0, "max-poison", "N", OPTION_NUMBER, &a->max_poison, NULL,
         "a file with more lines that fail or bring workers down goes to quarantine whole; default 100"},
        {0, "max-doc", "SIZE", OPTION_SIZE, &a->max_doc, NULL, "a longer document fails; default 64M"},
        {0, "max-expand", "N", OPTION_NUMBER, &a->max_expand, NULL,
         "most bytes out of a compressed byte; default 1000"},
        {0, "min-free", "SIZE", OPTION_SIZE, &a->min_free, NULL, "claim nothing while less is free; default 64M"},
        {0, "retry-wait", "TIME", OPTION_DURATION, &a->retry_wait, NULL,
         "first wait after the disk failed; doubles up to a minute; default 1s"},
        {0, "allow-truncated", NULL, OPTION_FLAG, &a->allow_truncated, NULL,
         "take a last line of JSONL that has no newline"},
        {0, "text-field", "NAME", OPTION_TEXT, &a->text_field, NULL, "the field that holds the text"},
        {0, "id-field", "NAME", OPTION_TEXT, &a->id_field, NULL, "the field that holds the id"},
        {0, "replace", NULL, OPTION_FLAG, &a->replace, NULL, "read bad UTF-8 in records as U+FFFD"},
        {0, "edits", NULL, OPTION_FLAG, &a->edits, NULL, "write every cut and replacement"},
        {0, "set", "STAGE.OPTION=VALUE", OPTION_LIST, &a->sets, NULL, "override an option of a stage"},
        {0, "grace", "TIME", OPTION_DURATION, &a->grace, NULL, "most time to stop in; default 10s"},
        {0, "http", "HOST:PORT", OPTION_TEXT, &a->http, NULL,
         "serve /status, /metrics and /healthz there; an address, not a name; :PORT: 127.0.0.1"},
        {0, "once", NULL, OPTION_FLAG, &a->once, NULL, "stop when the inbox is empty"},
        {0, "log-json", NULL, OPTION_FLAG, &a->json, NULL, "log lines are JSON"},
        SETUP_OPTION_PLUGIN_DIR(a->plugin_dirs),
        {'q', "quiet", NULL, OPTION_FLAG, &a->quiet, NULL, "tell warnings and errors only"},
        {'v', "verbose", NULL, OPTION_COUNT, &a->verbose, NULL, "tell every document"},
        {0, "worker", "FDS", OPTION_TEXT, &a->worker, NULL, "for the watcher's own use"},
    };
    return options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, out_words);
}

/* The tests take a step of the protocol out and look that it is missed. */
static enum protocol_gap test_gap(void) {
    const char *gap = getenv("TEXTMILL_TEST_GAP");
    if (!gap)
        return GAP_NONE;
    return strcmp(gap, "ready") == 0 ? GAP_NO_READY : strcmp(gap, "flush") == 0 ? GAP_NO_FLUSH : GAP_NONE;
}

/* The words that start a worker: the program, `watch`, a place for the hidden word, and all that was said to us. */
static char **words_for_workers(int argc, char **argv) {
    char **words = memory_zalloc((size_t)argc + 4, sizeof *words);
    words[0] = "textmill";
    words[1] = "watch";
    for (int i = 1; i < argc; i++)
        words[i + 2] = memory_copy(argv[i], strlen(argv[i]));
    return words;
}

static void free_words(char **words) {
    for (char **word = words + 3; *word; word++)
        free(*word);
    free(words);
}

static int run(const struct watch_arguments *a, const struct worker_options *worker, const char *pipeline,
               const char *root, char **words) {
    if (a->worker)
        return worker_process(a->worker, worker);
    if (a->sandbox == SANDBOX_AUTO && a->isolation == ISOLATION_WORKER)
        sandbox_tell(worker->log);
    struct watch_options options = {.root = root,
                                    .inbox = a->inbox,
                                    .out = a->out,
                                    .pipeline = pipeline,
                                    .http = a->http,
                                    .durability = (enum durability)a->durability,
                                    .conflict = (enum conflict)a->conflict,
                                    .isolation = (enum isolation)a->isolation,
                                    .gap = test_gap(),
                                    .keep_input = a->keep_input,
                                    .subfolders = a->subfolders,
                                    .by_name = a->order == 1,
                                    .sync_mark = a->sync_mark,
                                    .once = a->once,
                                    .keep_for = a->keep_for,
                                    .settle = a->settle,
                                    .retry_wait = a->retry_wait,
                                    .rescan = a->rescan,
                                    .timeout = a->timeout,
                                    .grace = a->grace,
                                    .max_memory = a->max_memory,
                                    .recycle_after = a->recycle_after,
                                    .max_poison = a->max_poison,
                                    .min_free = a->min_free,
                                    .batch = a->batch,
                                    .jobs = (unsigned)a->jobs,
                                    .attempts = (unsigned)a->attempts,
                                    .worker_argv = words,
                                    .worker = worker,
                                    .log = worker->log};
    return watch_run(&options);
}

static int check(const struct watch_arguments *a, int words) {
    if (words != 2)
        return options_mistake(&command, "a pipeline file and a folder are wanted");
    if (a->batch < 1 || a->batch > 64)
        return options_mistake(&command, "--batch is from 1 to 64");
    if (a->jobs < 1 || a->jobs > 128)
        return options_mistake(&command, "--jobs is from 1 to 128");
    if (a->attempts < 1 || a->attempts > 9)
        return options_mistake(&command, "--attempts is from 1 to 9");
    if (a->rescan < 10000000)
        return options_mistake(&command, "--rescan is 10ms at least");
    return 0;
}

int command_watch(int argc, char **argv) {
    struct watch_arguments a;
    int n_words;
    char **words = words_for_workers(argc, argv);
    int status = parse(&a, argc, argv, &n_words);
    if (status == 0)
        status = check(&a, n_words) ? 3 : 0;
    if (status) {
        option_list_deinit(&a.plugin_dirs);
        option_list_deinit(&a.sets);
        free_words(words);
        return status - 1;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct setup setup;
    setup_init(&setup, &a.plugin_dirs, a.quiet ? LOG_WARNING : a.verbose ? LOG_DEBUG : LOG_INFO);
    if (a.json) {
        log_free(setup.log);
        setup.log = log_new(STDERR_FILENO, 1, a.quiet ? LOG_WARNING : a.verbose ? LOG_DEBUG : LOG_INFO);
    }
    struct buffer state = {0};
    buffer_addf(&state, "%s/.textmill/state", argv[2]);
    buffer_add_char(&state, '\0');
    struct worker_options worker = {.loader = setup.loader,
                                    .metrics = setup.metrics,
                                    .log = setup.log,
                                    .request = {.file = argv[1],
                                                .sets = a.sets.items,
                                                .n_sets = a.sets.count,
                                                .text_field = a.text_field,
                                                .id_field = a.id_field,
                                                .state_folder = state.data,
                                                .with_edits = a.edits,
                                                .replace_bad = a.replace,
                                                .log = setup.log,
                                                .metrics = setup.metrics},
                                    .root = argv[2],
                                    .inbox = a.inbox,
                                    .max_doc = a.max_doc < TM_MAX_DOC ? a.max_doc : TM_MAX_DOC,
                                    .max_expand = a.max_expand,
                                    .memory = (uint64_t)256 << 20,
                                    .max_memory = a.max_memory,
                                    .sandbox = (enum sandbox_mode)a.sandbox,
                                    .max_poison = a.max_poison,
                                    .jobs = (unsigned)a.jobs,
                                    .timeout = a.timeout,
                                    .is_single = a.order == 1,
                                    .takes_truncated = a.allow_truncated,
                                    .in_process = a.isolation == ISOLATION_NONE};
    status = run(&a, &worker, argv[1], argv[2], words);
    buffer_deinit(&state);
    setup_deinit(&setup);
    option_list_deinit(&a.plugin_dirs);
    option_list_deinit(&a.sets);
    free_words(words);
    return status;
}
