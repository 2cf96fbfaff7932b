/* run.c: textmill run: a pipeline over files, folders or a stream. Puts the rooms together: options, pipeline, source,
 * outputs, engine, and what is said at the end. */
#include "commands.h"
#include "run_outputs.h"
#include "run_resume.h"
#include "setup.h"

#include "../engine/engine.h"
#include "../json/memory.h"
#include "../observe/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_JOBS 1024u /* worker threads; more than any machine has use for */

/* What the command line says. */
struct run_arguments {
    const char *output, *failed, *dropped, *report, *stages, *text_field, *id_field, *fields, *state;
    struct option_list plugin_dirs, sets;
    uint64_t jobs, memory, max_doc, max_expand, limit;
    int64_t timeout;
    int format, input_format, quiet, verbose, edits, replace, unordered, resume, profile;
};

static const struct command command = {
    .name = "run",
    .summary = "Runs a pipeline over files, folders (with all that is in them), globs or standard input (-), and\n"
               "writes one record a document.",
    .usage = "PIPELINE [INPUT...]  or  --stages A,B,C [INPUT...]",
    .details =
        "Inputs are JSONL (.jsonl, .ndjson), text (.txt, .text, .md), CSV and TSV, each also as .gz and .zst; other\n"
        "names are told by their content. Without INPUT, the pipeline's own, else standard input.\n\n"
        "Exit status: 0 all well; 1 some documents failed; 2 usage, configuration or plugin; 3 runtime failure; a run\n"
        "that a signal stopped finishes what is in flight and ends by that signal.",
};

static int parse(struct run_arguments *a, int argc, char **argv, int *out_words) {
    *a = (struct run_arguments){
        .memory = (uint64_t)1 << 30, .max_doc = 64u << 20, .max_expand = 1000, .timeout = 30000000000};
    const struct command_option options[] = {
        {'o', "output", "OUT", OPTION_TEXT, &a->output, NULL,
         "a file (written as OUT.part, renamed at the end) or a folder"},
        {0, "format", "FORMAT", OPTION_CHOICE, &a->format, "jsonl|text|tsv", "how results are written"},
        {0, "fields", "A,B,...", OPTION_TEXT, &a->fields, NULL, "write only these fields, in this order"},
        {0, "failed", "FILE", OPTION_TEXT, &a->failed, NULL,
         "write documents that failed there, with the reason and the input"},
        {0, "dropped", "FILE", OPTION_TEXT, &a->dropped, NULL,
         "write documents that a stage dropped there, with the reason"},
        {0, "edits", NULL, OPTION_FLAG, &a->edits, NULL,
         "write every cut and replacement, so that they can be replayed"},
        {0, "input-format", "FORMAT", OPTION_CHOICE, &a->input_format, "auto|jsonl|text|csv|tsv",
         "what the inputs are"},
        {0, "text-field", "NAME", OPTION_TEXT, &a->text_field, NULL, "the field or column that holds the text"},
        {0, "id-field", "NAME", OPTION_TEXT, &a->id_field, NULL, "the field or column that holds the id"},
        {0, "replace", NULL, OPTION_FLAG, &a->replace, NULL,
         "read bad UTF-8 in records as U+FFFD instead of failing them"},
        {0, "limit", "N", OPTION_NUMBER, &a->limit, NULL, "stop after N documents"},
        {0, "stages", "A,B,C", OPTION_TEXT, &a->stages, NULL,
         "these stages with their defaults, instead of a pipeline file; \"\": none, a checked copy"},
        {0, "set", "STAGE.OPTION=VALUE", OPTION_LIST, &a->sets, NULL,
         "override an option of a stage; may be given again"},
        {'j', "jobs", "N", OPTION_NUMBER, &a->jobs, NULL, "worker threads; default one a core"},
        {0, "memory", "SIZE", OPTION_SIZE, &a->memory, NULL, "most bytes of documents in flight; default 1G"},
        {0, "max-doc", "SIZE", OPTION_SIZE, &a->max_doc, NULL, "a longer document fails; default 64M"},
        {0, "max-expand", "N", OPTION_NUMBER, &a->max_expand, NULL,
         "most bytes out of a compressed byte; default 1000"},
        {0, "timeout", "TIME", OPTION_DURATION, &a->timeout, NULL,
         "most time for one document in one stage, plus 1 s a MiB; default 30s"},
        {0, "state", "DIR", OPTION_TEXT, &a->state, NULL, "where stages keep what outlives the run"},
        {0, "unordered", NULL, OPTION_FLAG, &a->unordered, NULL, "write results as they come, not in input order"},
        {0, "resume", NULL, OPTION_FLAG, &a->resume, NULL, "go on with the run that left OUT.part and OUT.state"},
        {0, "report", "FILE", OPTION_TEXT, &a->report, NULL, "write the closing table as JSON"},
        {0, "profile", NULL, OPTION_FLAG, &a->profile, NULL,
         "show the closing table with every stage's own time, and the time and the cuts of each of its rules, also "
         "with -q"},
        SETUP_OPTION_PLUGIN_DIR(a->plugin_dirs),
        {'q', "quiet", NULL, OPTION_FLAG, &a->quiet, NULL,
         "no progress, no closing table, no word of single documents"},
        {'v', "verbose", NULL, OPTION_COUNT, &a->verbose, NULL, "tell more; twice: all"},
    };
    return options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, out_words);
}

/* "a,b,c" cut in place; the array is the caller's to free. */
static const char **split_names(char *names, size_t *out_count) {
    const char **list = NULL;
    *out_count = 0;
    for (char *at = strtok(names, ","); at; at = strtok(NULL, ",")) {
        list = memory_realloc(list, (*out_count + 1) * sizeof *list);
        list[(*out_count)++] = at;
    }
    return list;
}

/* A run that a signal ended ends by it, so that a shell sees what happened. */
static int end_by_signal(int number) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t only;
    sigaction(number, &action, NULL);
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
    return 128 + number;
}

static int runtime_failure(const struct buffer *why) {
    fprintf(stderr, "textmill run: %.*s\n", (int)why->len, why->data ? why->data : "");
    return EXIT_RUNTIME;
}

static int status_of(const struct engine_report *report) {
    switch (report->end) {
    case ENGINE_DONE:
        return report->failed ? EXIT_SOME_FAILED : EXIT_FINE;
    case ENGINE_STOPPED:
        return end_by_signal(report->signal);
    case ENGINE_CLOSED:
        return end_by_signal(SIGPIPE);
    case ENGINE_FAILED:
        break;
    }
    return runtime_failure(&report->why);
}

/* What stands in the pipeline's `input`, where the command line has none. */
static const char **file_inputs(const struct pipeline *pipeline, size_t *out_count) {
    const struct config_node *files = pipeline->input ? config_get(pipeline->input, "files") : NULL;
    const char **list = memory_zalloc(files ? files->n_children + 1 : 1, sizeof *list);
    *out_count = 0;
    for (const struct config_node *node = files ? files->first : NULL; node; node = node->next)
        list[(*out_count)++] = node->string;
    return list;
}

static enum input_format file_input_format(const struct pipeline *pipeline) {
    static const char *const names[] = {"auto", "jsonl", "text", "csv", "tsv"};
    const struct config_node *format = pipeline->input ? config_get(pipeline->input, "format") : NULL;
    for (int i = 0; format && format->type == CONFIG_STRING && i < 5; i++)
        if (strcmp(format->string, names[i]) == 0)
            return (enum input_format)i;
    return INPUT_AUTO;
}

static int write_report(struct run_outputs *outputs, const struct engine_report *report) {
    struct buffer text, why;
    buffer_init(&text);
    buffer_init(&why);
    engine_report_json(report, &text);
    int status = run_outputs_report(outputs, &text, &why) == 0 ? EXIT_FINE : runtime_failure(&why);
    buffer_deinit(&text);
    buffer_deinit(&why);
    return status;
}

static void show_table(const struct engine_report *report) {
    struct buffer text;
    buffer_init(&text);
    engine_report_table(report, &text);
    fwrite(text.data, 1, text.len, stderr);
    buffer_deinit(&text);
}

/* Behind the engine: outputs into place, the closing table, the report. */
static int finish_run(const struct run_arguments *a, struct run_outputs *outputs, const struct engine_report *report,
                      int is_resumable) {
    struct buffer why;
    buffer_init(&why);
    /* What can be gone on with stays as it is; what cannot is as good as it will be. */
    int is_bad = 0;
    if (report->end == ENGINE_DONE)
        is_bad = run_outputs_finish(outputs, &why) != 0;
    else if (!is_resumable)
        is_bad = run_outputs_finish_sides(outputs, &why) != 0;
    if (a->profile || (!a->quiet && (a->verbose || isatty(STDERR_FILENO))))
        show_table(report);
    int status = write_report(outputs, report);
    if (report->is_hung) {
        runtime_failure(&report->why);
        _exit(EXIT_RUNTIME);
    }
    run_outputs_close(outputs);
    if (is_bad)
        status = runtime_failure(&why);
    buffer_deinit(&why);
    int end = status_of(report);
    return status ? status : end;
}

static void show_progress(void *context, const struct engine_counters *now, uint64_t total) {
    progress_show(context, now->read, now->failed, now->bytes_in, total);
}

static int run_engine(const struct run_arguments *a, struct setup *setup, const struct pipeline *pipeline,
                      struct source *source, struct run_outputs *outputs, const struct run_resume *resume) {
    char *names = a->fields ? memory_copy(a->fields, strlen(a->fields)) : NULL;
    size_t n_fields = 0;
    const char **fields = names ? split_names(names, &n_fields) : NULL;
    int shows_progress = !a->quiet && isatty(STDERR_FILENO);
    struct engine_counters counters = {0};
    struct progress progress;
    progress_init(&progress, STDERR_FILENO);
    struct engine_options options = {
        .jobs = (unsigned)a->jobs,
        .memory = a->memory,
        .timeout_ns = (uint64_t)a->timeout,
        .timing = a->profile || a->report || shows_progress || a->verbose,
        .rules = a->profile || a->report,
        .rule_times = a->profile,
        .unordered = a->unordered,
        .handle_signals = 1,
        .handle_crashes = 1,
        .format = (enum output_format)a->format,
        .fields = fields,
        .n_fields = n_fields,
        .sinks = outputs->sinks,
        .sink_when = outputs->when,
        .n_sinks = outputs->count,
        .failed = outputs->failed,
        .dropped = outputs->dropped,
        .log = setup->log,
        .counters = &counters,
        .progress = shows_progress ? show_progress : NULL,
        .progress_context = &progress,
        .state_file = a->unordered ? NULL : resume->state_file,
        .state_inputs = resume->state.inputs,
        .state_pipeline = resume->state.pipeline,
        .skip_documents = resume->is_resumed ? resume->state.documents : 0,
    };
    struct engine_report report;
    engine_run(pipeline, source, &options, &report);
    report.metrics = setup->metrics;
    progress_clear(&progress);
    int status = finish_run(a, outputs, &report, options.state_file != NULL);
    engine_report_free(&report);
    free(fields);
    free(names);
    return status;
}

static int open_outputs(const struct run_arguments *a, struct setup *setup, const struct pipeline *pipeline,
                        struct source *source, const char *const *inputs, size_t n_inputs, struct buffer *why) {
    const char *words[] = {a->text_field, a->id_field, a->fields, a->failed, a->dropped};
    const uint64_t numbers[] = {(uint64_t)a->format, (uint64_t)a->input_format,
                                (uint64_t)a->edits,  (uint64_t)a->replace,
                                a->max_doc,          a->max_expand};
    const struct run_identity identity = {
        .output = a->output,
        .inputs = inputs,
        .n_inputs = n_inputs,
        .pipeline = pipeline,
        .words = words,
        .n_words = sizeof words / sizeof words[0],
        .numbers = numbers,
        .n_numbers = sizeof numbers / sizeof numbers[0],
        .sets = a->sets.items,
        .n_sets = a->sets.count,
    };
    struct run_resume resume;
    if (run_resume_init(&resume, &identity, a->resume, why) != 0) {
        run_resume_deinit(&resume);
        return -1;
    }
    struct run_outputs outputs;
    struct run_output_request request = {
        .path = a->output,
        .format = (enum output_format)a->format,
        .resume = resume.is_resumed,
        .resume_bytes = resume.state.bytes,
        .failed_bytes = resume.state.failed_bytes,
        .dropped_bytes = resume.state.dropped_bytes,
        .failed = a->failed,
        .dropped = a->dropped,
        .report = a->report,
        .inputs = inputs,
        .n_inputs = n_inputs,
    };
    int status = run_outputs_open(&outputs, &request, pipeline, why);
    if (status == 0)
        status = run_engine(a, setup, pipeline, source, &outputs, &resume);
    run_resume_deinit(&resume);
    return status;
}

static int run_pipeline(const struct run_arguments *a, struct setup *setup, const struct pipeline *pipeline,
                        const char *const *inputs, size_t n_inputs) {
    struct buffer why;
    buffer_init(&why);
    struct source_options source_options = {
        .format = a->input_format ? (enum input_format)a->input_format : file_input_format(pipeline),
        .text_field = pipeline->schema.text_field,
        .id_field = pipeline->schema.id_field,
        /* Copying is quicker in larger pieces; stages like what fits the cache. */
        .block_bytes = pipeline->n_stages ? 256u << 10 : 1u << 20,
        .block_items = 4096,
        .max_doc = a->max_doc < TM_MAX_DOC ? a->max_doc : TM_MAX_DOC,
        .max_expand = a->max_expand,
        .limit = a->limit,
        .count_bytes = !a->quiet && isatty(STDERR_FILENO),
    };
    int status = -1;
    struct source *source = source_open(inputs, n_inputs, &source_options, &why);
    if (source) {
        status = open_outputs(a, setup, pipeline, source, inputs, n_inputs, &why);
        source_close(source);
    }
    if (status < 0) {
        fprintf(stderr, "textmill run: %.*s\n", (int)why.len, why.data);
        status = EXIT_USAGE;
    }
    buffer_deinit(&why);
    return status;
}

int command_run(int argc, char **argv) {
    struct run_arguments a;
    int words;
    int status = parse(&a, argc, argv, &words);
    if (status)
        return status - 1;
    if (!a.stages && words == 0)
        return options_mistake(&command, "a pipeline file is wanted, or --stages");
    if (a.jobs > MOST_JOBS)
        return options_mistake(&command, "--jobs is at most %u", MOST_JOBS);
    if (a.resume && !a.output)
        return options_mistake(&command, "--resume goes with -o FILE");

    /* A reader that is gone and a file that may grow no more are told by the write that fails, not by death. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);

    struct setup setup;
    setup_init(&setup, &a.plugin_dirs,
               a.quiet         ? LOG_ERROR
               : a.verbose > 1 ? LOG_DEBUG
               : a.verbose     ? LOG_INFO
                               : LOG_WARNING);
    struct pipeline_request request = {
        .file = a.stages ? NULL : argv[1],
        .stages = a.stages,
        .sets = a.sets.items,
        .n_sets = a.sets.count,
        .text_field = a.text_field,
        .id_field = a.id_field,
        .state_folder = a.state,
        .with_edits = a.edits,
        .replace_bad = a.replace,
    };
    struct pipeline *pipeline = setup_pipeline(&setup, &request, 1);
    status = EXIT_USAGE;
    if (pipeline) {
        int first = a.stages ? 1 : 2;
        size_t n_inputs = words >= first ? (size_t)(words - first + 1) : 0;
        size_t n_own = 0;
        const char **own = n_inputs ? NULL : file_inputs(pipeline, &n_own);
        status =
            run_pipeline(&a, &setup, pipeline, own ? own : (const char *const *)(argv + first), own ? n_own : n_inputs);
        free(own);
        pipeline_close(pipeline);
        pipeline_free(pipeline);
    }
    setup_deinit(&setup);
    option_list_deinit(&a.plugin_dirs);
    option_list_deinit(&a.sets);
    return status;
}
