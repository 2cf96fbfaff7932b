/* check.c: textmill check: every mistake of a pipeline file at once, with the plugins loaded and the stages opened, so
 * that it never says well to what run refuses. It happens in a child: a plugin that crashes while it is loaded or
 * opened is a mistake of the pipeline like any other. */
#include "commands.h"
#include "probe.h"
#include "setup.h"

#include "../json/write.h"
#include "../watch/sandbox.h"

#include <stdio.h>
#include <string.h>

enum { FORMAT_TEXT, FORMAT_JSON };

static void put_text(struct buffer *out, const char *text) {
    json_write_text(out, text, strlen(text));
}

/* One object, for editors: every problem with its place and its class. */
static void write_json(const char *file, const struct pipeline *pipeline, struct problems *problems,
                       struct buffer *out) {
    problems_sort(problems);
    buffer_add_string(out, "{\"file\":");
    put_text(out, file);
    buffer_addf(out, ",\"ok\":%s,\"stages\":[", pipeline ? "true" : "false");
    for (size_t i = 0; pipeline && i < pipeline->n_stages; i++) {
        buffer_add_string(out, i ? "," : "");
        put_text(out, pipeline->stages[i].doc.id);
    }
    buffer_add_string(out, "],\"problems\":[");
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *p = &problems->list[i];
        buffer_addf(out, "%s\n{\"level\":\"%s\",\"code\":", i ? "," : "",
                    p->level == PROBLEM_WARNING ? "warning" : "error");
        put_text(out, p->code);
        if (p->file) {
            buffer_add_string(out, ",\"file\":");
            put_text(out, p->file);
        }
        if (p->file && p->line)
            buffer_addf(out, ",\"line\":%u,\"column\":%u", p->line, p->column);
        buffer_add_string(out, ",\"message\":");
        put_text(out, p->message);
        buffer_add_char(out, '}');
    }
    buffer_add_string(out, "]}\n");
}

static void write_text(const char *file, const struct pipeline *pipeline, struct problems *problems) {
    setup_show(problems);
    if (!pipeline)
        return;
    printf("%s: well: %zu stage%s%s", file, pipeline->n_stages, pipeline->n_stages == 1 ? "" : "s",
           pipeline->n_stages ? ":" : "");
    for (size_t i = 0; i < pipeline->n_stages; i++)
        printf(" %s", pipeline->stages[i].doc.id);
    putchar('\n');
    struct buffer sandbox = {0};
    sandbox_describe(pipeline, &sandbox);
    printf("under watch %.*s\n", (int)sandbox.len, sandbox.data);
    buffer_deinit(&sandbox);
}

/* What the command line says. */
struct job {
    const char *file;
    int format;
    const struct option_list *plugin_dirs, *sets;
};

/* In the child. */
static int check(void *context, struct probe_place *place) {
    const struct job *job = context;
    struct setup setup;
    setup_init(&setup, job->plugin_dirs, LOG_WARNING);
    loader_watch(setup.loader, probe_step, place);
    struct pipeline_request request = {.file = job->file, .sets = job->sets->items, .n_sets = job->sets->count};
    struct problems problems;
    problems_init(&problems);
    struct pipeline *pipeline = setup_read(&setup, &request, 1, &problems);
    int is_well = pipeline != NULL;
    if (job->format == FORMAT_JSON) {
        struct buffer out = {0};
        write_json(job->file, pipeline, &problems, &out);
        fwrite(out.data, 1, out.len, stdout);
        buffer_deinit(&out);
    } else {
        write_text(job->file, pipeline, &problems);
    }
    problems_deinit(&problems);
    if (pipeline) {
        pipeline_close(pipeline);
        pipeline_free(pipeline);
    }
    setup_deinit(&setup);
    if (fflush(stdout) != 0) {
        fprintf(stderr, "textmill check: standard output cannot be written: %m\n");
        is_well = 0;
    }
    return is_well ? EXIT_FINE : EXIT_USAGE;
}

/* The place of the stage that names the plugin, as far as the file itself shows it. */
static const struct config_node *find_use(const struct config_node *node, const char *name, const char *id) {
    const struct config_node *use = config_get(node, "use"), *own = config_get(node, "id");
    if (use && use->type == CONFIG_STRING && strcmp(use->string, name) == 0 &&
        (!*id || strcmp(own && own->type == CONFIG_STRING ? own->string : name, id) == 0))
        return use;
    const struct config_node *found = NULL;
    for (const struct config_node *n = node->first; n && !found; n = n->next)
        found = find_use(n, name, id);
    return found;
}

static int tell_crash(const struct job *job, const struct probe_place *place, const char *how, size_t how_len) {
    struct problems problems, unheard;
    problems_init(&problems);
    problems_init(&unheard);
    struct config *config = config_read(job->file, &unheard);
    const char *slash = strrchr(place->path, '/'), *base = slash ? slash + 1 : place->path;
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(base, "."), base);
    const struct config_node *use = config ? find_use(config_root(config), name, place->id) : NULL;
    if (*place->path)
        problems_add(&problems, PROBLEM_ERROR, job->file, use ? use->line : 0, use ? use->column : 0, "plugin",
                     "the plugin \"%s\" %.*s while it is %s; textmill check-plugin %s tells more", name, (int)how_len,
                     how, place->doing, place->path);
    else
        problems_add(&problems, PROBLEM_ERROR, job->file, 0, 0, "plugin", "checking it %.*s", (int)how_len, how);
    if (job->format == FORMAT_JSON) {
        struct buffer out = {0};
        write_json(job->file, NULL, &problems, &out);
        fwrite(out.data, 1, out.len, stdout);
        buffer_deinit(&out);
    } else {
        write_text(job->file, NULL, &problems);
    }
    config_free(config);
    problems_deinit(&problems);
    problems_deinit(&unheard);
    return EXIT_USAGE;
}

int command_check(int argc, char **argv) {
    struct option_list plugin_dirs = {0}, sets = {0};
    int format = FORMAT_TEXT;
    const struct command_option options[] = {
        {0, "set", "STAGE.OPTION=VALUE", OPTION_LIST, &sets, NULL, "override an option of a stage; may be given again"},
        {0, "format", "FORMAT", OPTION_CHOICE, &format, "text|json",
         "lines for people on standard error, or one JSON object for editors on standard output"},
        SETUP_OPTION_PLUGIN_DIR(plugin_dirs),
    };
    static const struct command command = {
        .name = "check",
        .summary = "Reads a pipeline file, loads its plugins, opens its stages and tells every mistake at once,\n"
                   "each as file:line:column: message. Nothing is processed.",
        .usage = "PIPELINE",
        .details = "Exit status: 0 where the pipeline can run, 2 where it cannot.",
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words != 1)
        return options_mistake(&command, "one pipeline file is wanted, not %d", words);

    int result;
    struct job job = {argv[1], format, &plugin_dirs, &sets};
    struct probe_place place;
    struct buffer how = {0};
    result = probe_run(check, &job, &place, &how);
    if (result < 0)
        result = tell_crash(&job, &place, how.data ? how.data : "", how.len);
    buffer_deinit(&how);
    option_list_deinit(&plugin_dirs);
    option_list_deinit(&sets);
    return result;
}
