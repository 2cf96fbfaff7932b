/* setup.c: see setup.h. */
#include "setup.h"

#include "../json/memory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a build tree the plugins stand beside the program; an installed program finds them from its own place, so that the
 * whole can be moved, and else where it was configured to be. */
static void add_own_folders(struct loader *loader) {
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len > 0) {
        self[len] = '\0';
        char *slash = strrchr(self, '/');
        if (slash)
            *slash = '\0';
        static const char *const places[] = {"plugins", "../" TEXTMILL_LIBDIR "/textmill/plugins"};
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            struct buffer path;
            struct stat st;
            buffer_init(&path);
            buffer_addf(&path, "%s/%s", self, places[i]);
            buffer_add_char(&path, '\0');
            int is_there = stat(path.data, &st) == 0 && S_ISDIR(st.st_mode);
            if (is_there)
                loader_add_folder(loader, path.data);
            buffer_deinit(&path);
            if (is_there)
                return;
        }
    }
    loader_add_folder(loader, TEXTMILL_PLUGIN_DIR);
}

void setup_init(struct setup *s, const struct option_list *plugin_dirs, enum log_level level) {
    s->loader = loader_new();
    s->log = log_new(STDERR_FILENO, 0, level);
    s->metrics = metrics_new();
    for (size_t i = 0; i < plugin_dirs->count; i++)
        loader_add_folder(s->loader, plugin_dirs->items[i]);
    const char *list = getenv("TEXTMILL_PLUGIN_PATH");
    if (list && *list)
        loader_add_path_list(s->loader, list);
    add_own_folders(s->loader);
}

void setup_deinit(struct setup *s) {
    loader_free(s->loader);
    metrics_free(s->metrics);
    log_free(s->log);
}

void setup_show(struct problems *problems) {
    struct buffer text;
    buffer_init(&text);
    problems_print(problems, &text);
    if (text.len)
        fwrite(text.data, 1, text.len, stderr);
    buffer_deinit(&text);
}

struct pipeline *setup_read(struct setup *s, struct pipeline_request *request, int open, struct problems *problems) {
    request->log = s->log;
    request->metrics = s->metrics;
    struct pipeline *pipeline = pipeline_read(request, s->loader, problems);
    if (pipeline && !problems->errors && (!open || pipeline_open(pipeline, problems) == 0))
        return pipeline;
    if (pipeline)
        pipeline_free(pipeline);
    return NULL;
}

struct pipeline *setup_pipeline(struct setup *s, struct pipeline_request *request, int open) {
    struct problems problems;
    problems_init(&problems);
    struct pipeline *pipeline = setup_read(s, request, open, &problems);
    setup_show(&problems);
    problems_deinit(&problems);
    return pipeline;
}
