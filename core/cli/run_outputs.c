/* run_outputs.c: see run_outputs.h. */
#include "run_outputs.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

static int add_sink(struct run_outputs *o, const struct sink_options *options, struct tm_condition *when,
                    const struct run_output_request *request, struct buffer *why) {
    struct sink *sink = sink_open(options, request->inputs, request->n_inputs, why);
    if (!sink) {
        condition_free(when);
        return -1;
    }
    o->sinks = memory_realloc(o->sinks, (o->count + 1) * sizeof(struct sink *));
    o->when = memory_realloc(o->when, (o->count + 1) * sizeof(struct tm_condition *));
    o->owned = memory_realloc(o->owned, (o->count + 1) * sizeof(struct tm_condition *));
    o->sinks[o->count] = sink;
    o->when[o->count] = when;
    o->owned[o->count] = when;
    o->count++;
    return 0;
}

static enum output_format format_of(const struct config_node *node, enum output_format otherwise) {
    if (!node || node->type != CONFIG_STRING)
        return otherwise;
    if (strcmp(node->string, "text") == 0)
        return OUTPUT_TEXT;
    return strcmp(node->string, "tsv") == 0 ? OUTPUT_TSV : OUTPUT_JSONL;
}

/* The pipeline file was checked when it was read, so its outputs are well formed here. */
static int open_file_outputs(struct run_outputs *o, const struct run_output_request *request,
                             const struct pipeline *pipeline, struct buffer *why) {
    for (const struct config_node *node = pipeline->outputs->first; node; node = node->next) {
        const struct config_node *path = config_get(node, "path");
        const struct config_node *when = config_get(node, "when");
        struct sink_options options = {
            .path = path && path->type == CONFIG_STRING ? path->string : NULL,
            .format = format_of(config_get(node, "format"), request->format),
        };
        struct tm_condition *condition = NULL;
        if (when) {
            struct problems problems;
            problems_init(&problems);
            condition = condition_compile(when, &problems, NULL, NULL);
            problems_deinit(&problems);
        }
        if (add_sink(o, &options, condition, request, why) != 0)
            return -1;
    }
    return 0;
}

/* A file beside the results: `named` is the option that asks for it. Refused before the run, not at its end. */
static int open_side(struct sink **out, const char *named, const char *path, uint64_t resume_bytes, int resume,
                     const struct run_output_request *request, struct buffer *why) {
    if (!path)
        return 0;
    struct sink_options options = {
        .path = path,
        .format = OUTPUT_JSONL,
        .resume = resume,
        .resume_bytes = resume_bytes,
    };
    *out = sink_open(&options, request->inputs, request->n_inputs, why);
    if (*out && sink_wants_documents(*out)) {
        buffer_addf(why, "%s wants a file, and %s is a folder", named, path);
        return -1;
    }
    return *out ? 0 : -1;
}

int run_outputs_open(struct run_outputs *o, const struct run_output_request *request, const struct pipeline *pipeline,
                     struct buffer *why) {
    *o = (struct run_outputs){0};
    int status;
    if (!request->path && pipeline->outputs && pipeline->outputs->first) {
        status = open_file_outputs(o, request, pipeline, why);
    } else {
        struct sink_options options = {
            .path = request->path,
            .format = request->format,
            .resume = request->resume,
            .resume_bytes = request->resume_bytes,
        };
        status = add_sink(o, &options, NULL, request, why);
    }
    if (status == 0)
        status =
            open_side(&o->failed, "--failed", request->failed, request->failed_bytes, request->resume, request, why);
    if (status == 0)
        status = open_side(&o->dropped, "--dropped", request->dropped, request->dropped_bytes, request->resume, request,
                           why);
    if (status == 0)
        status = open_side(&o->report, "--report", request->report, 0, 0, request, why);
    if (status != 0)
        run_outputs_close(o);
    return status;
}

static int finish(struct sink **sink, struct buffer *why) {
    return *sink ? sink_finish(*sink, why) : 0;
}

int run_outputs_finish_sides(struct run_outputs *o, struct buffer *why) {
    int status = finish(&o->failed, why);
    return status == 0 ? finish(&o->dropped, why) : status;
}

int run_outputs_finish(struct run_outputs *o, struct buffer *why) {
    int status = 0;
    for (size_t i = 0; i < o->count && status == 0; i++)
        status = finish(&o->sinks[i], why);
    return status == 0 ? run_outputs_finish_sides(o, why) : status;
}

int run_outputs_report(struct run_outputs *o, const struct buffer *report, struct buffer *why) {
    if (!o->report)
        return 0;
    int status = sink_write(o->report, report->data, report->len, why);
    if (status == SINK_CLOSED)
        buffer_add_string(why, "the report could not be written: its reader is gone");
    return status == 0 ? finish(&o->report, why) : -1;
}

void run_outputs_close(struct run_outputs *o) {
    for (size_t i = 0; i < o->count; i++) {
        sink_close(o->sinks[i]);
        condition_free(o->owned[i]);
    }
    if (o->failed)
        sink_close(o->failed);
    if (o->dropped)
        sink_close(o->dropped);
    if (o->report)
        sink_close(o->report);
    free(o->sinks);
    free(o->when);
    free(o->owned);
    *o = (struct run_outputs){0};
}
