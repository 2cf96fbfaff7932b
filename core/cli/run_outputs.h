/* run_outputs.h: the sinks of a run: of the command line, else of the pipeline file's `outputs`, else standard output.
 */
#ifndef TM_CLI_RUN_OUTPUTS_H
#define TM_CLI_RUN_OUTPUTS_H

#include "../io/sink.h"
#include "../pipeline/pipeline.h"

struct run_outputs {
    struct sink **sinks;
    const struct tm_condition **when; /* one a sink; NULL: all documents */
    struct tm_condition **owned;
    size_t count;
    struct sink *failed, *dropped, *report; /* or NULL */
};

struct run_output_request {
    const char *path; /* -o, NULL: not given */
    enum output_format format;
    int resume; /* go on with what a stopped run left: */
    uint64_t resume_bytes, failed_bytes, dropped_bytes;
    const char *failed, *dropped, *report; /* files, or NULL */
    const char *const *inputs;
    size_t n_inputs;
};

/* 0, or -1 with one line in why; what was opened is closed again. */
int run_outputs_open(struct run_outputs *o, const struct run_output_request *request, const struct pipeline *pipeline,
                     struct buffer *why);
/* Every sink finished and renamed into place; 0, or -1 with why. */
int run_outputs_finish(struct run_outputs *o, struct buffer *why);
/* The files of failed and dropped documents alone: they are whole also where the output is not. */
int run_outputs_finish_sides(struct run_outputs *o, struct buffer *why);
/* The closing table as JSON, whatever the run's end: 0, or -1 with why. */
int run_outputs_report(struct run_outputs *o, const struct buffer *report, struct buffer *why);
/* Frees; what was not finished stays as .part. */
void run_outputs_close(struct run_outputs *o);

#endif
