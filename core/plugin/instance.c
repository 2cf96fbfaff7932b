/* instance.c: an instance from its plugin and its options to open and closed. Main thread; once it is open, what it
 * holds is read-only. The functions of tm_host that take an instance are here too: they read this struct.
 */
#include "instance.h"

#include "../json/memory.h"
#include "../observe/metrics.h"
#include "instance_room.h"
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct tm_instance {
    const struct plugin *plugin;
    char *id;
    const struct config_node *at;
    struct host_context context;
    struct arena *arena;
    struct options_filled options;
    struct instance_field *fields;
    size_t n_fields;
    void *stage;
    int is_open;
    int is_opening;     /* inside of the plugin's open */
    struct buffer said; /* by open_error */
    char *state_folder;
};

static void add_field(tm_instance *i, const char *name, size_t len, int writes, const struct config_node *at) {
    i->fields = memory_realloc(i->fields, (i->n_fields + 1) * sizeof *i->fields);
    i->fields[i->n_fields++] = (struct instance_field){arena_copy(i->arena, name, len), writes, at};
}

static void add_declared(tm_instance *i, const char *names, int writes) {
    while (names && *names) {
        size_t len = strcspn(names, " ,\t");
        if (len)
            add_field(i, names, len, writes, NULL);
        names += len + strspn(names + len, " ,\t");
    }
}

tm_instance *instance_new(const struct plugin *plugin, const char *id, const struct config_node *with,
                          const struct config_node *at, const char *base_folder, const struct host_context *context,
                          struct problems *problems) {
    tm_instance *i = memory_zalloc(1, sizeof *i);
    i->plugin = plugin;
    i->id = memory_copy(id, strlen(id));
    i->at = at;
    i->context = *context;
    i->arena = arena_new(4096);
    i->options = (struct options_filled){
        .stage = i->id, .base_folder = base_folder, .arena = i->arena, .fields = context->fields, .problems = problems};
    buffer_init(&i->said);
    int result = options_fill(&i->options, &plugin->descriptor, with, at);
    i->options.base_folder = NULL;
    i->options.problems = NULL;
    add_declared(i, plugin->descriptor.reads, 0);
    for (size_t k = 0; k < i->options.n_named; k++) {
        const struct option_field *f = &i->options.named[k];
        add_field(i, f->name, strlen(f->name), f->writes, f->at);
    }
    add_declared(i, plugin->descriptor.writes, 1);
    if (result == 0)
        return i;
    instance_free(i);
    return NULL;
}

int instance_open(tm_instance *i, struct problems *problems) {
    const tm_plugin *p = &i->plugin->descriptor;
    if (i->is_open)
        return 0;
    if (!p->open) {
        i->is_open = 1;
        return 0;
    }
    i->said.len = 0;
    i->is_opening = 1;
    loader_step(i->plugin->loader, "opened", i->plugin->path, i->id);
    int32_t status = p->open(host_get(), i, i->options.config, &i->stage);
    i->is_opening = 0;
    if (status == TM_OK) {
        i->is_open = 1;
        return 0;
    }
    if (i->said.len)
        problems_at(problems, PROBLEM_ERROR, i->at, "open", "stage \"%s\" cannot be opened: %.*s", i->id,
                    (int)i->said.len, i->said.data);
    else
        problems_at(
            problems, PROBLEM_ERROR, i->at, "open",
            "stage \"%s\" cannot be opened: the plugin %s gave error %d and did not say why; tell its author to call "
            "open_error",
            i->id, i->plugin->path, (int)status);
    i->stage = NULL;
    return -1;
}

void instance_close(tm_instance *i) {
    if (!i->is_open)
        return;
    i->is_open = 0;
    loader_step(i->plugin->loader, "closed", i->plugin->path, i->id);
    if (i->plugin->descriptor.close)
        i->plugin->descriptor.close(i->stage);
    i->stage = NULL;
}

void instance_free(tm_instance *i) {
    if (!i)
        return;
    instance_close(i);
    options_deinit(&i->options);
    arena_free(i->arena);
    buffer_deinit(&i->said);
    free(i->state_folder);
    free(i->fields);
    free(i->id);
    free(i);
}

const char *instance_id(const tm_instance *i) {
    return i->id;
}

void *instance_stage(const tm_instance *i) {
    return i->stage;
}

const tm_plugin *instance_plugin(const tm_instance *i) {
    return &i->plugin->descriptor;
}

const char *instance_folder(const tm_instance *i) {
    return i->plugin->folder;
}

typedef void (*take_path_fn)(void *context, const char *path, uint32_t flags);

static void take_paths(const tm_option *row, uint32_t option_size, const char *at, take_path_fn take, void *context) {
    tm_list list;
    tm_str path;
    size_t n = 1, step = sizeof path;
    if (row->type != TM_T_PATH) {
        memcpy(&list, at, sizeof list);
        at = list.items;
        n = list.count;
        step = row->type == TM_T_TABLE ? row->row_size : step;
    }
    for (size_t i = 0; i < n; i++, at += step) {
        if (row->type == TM_T_TABLE) {
            for (uint32_t j = 0; j < row->n_columns; j++) {
                const tm_option *column = options_row(row->columns, option_size, j);
                if (column->type == TM_T_PATH)
                    take_paths(column, option_size, at + column->offset, take, context);
            }
            continue;
        }
        memcpy(&path, at, sizeof path);
        if (path.len)
            take(context, path.data, row->flags);
    }
}

void instance_paths(const tm_instance *i, take_path_fn take, void *context) {
    const tm_plugin *d = &i->plugin->descriptor;
    for (uint32_t k = 0; k < d->n_options && i->options.config; k++) {
        const tm_option *row = options_row(d->options, d->option_size, k);
        int is_list = row->type == TM_T_LIST && row->element == TM_T_PATH;
        if (row->type == TM_T_PATH || row->type == TM_T_TABLE || is_list)
            take_paths(row, d->option_size, (const char *)i->options.config + row->offset, take, context);
    }
}

size_t instance_fields(const tm_instance *i, const struct instance_field **out_fields) {
    *out_fields = i->fields;
    return i->n_fields;
}

/* --- functions of tm_host --- */

/* What a plugin may do in open only is refused elsewhere: other threads are reading by then. */
static int is_misplaced(tm_instance *i, const char *function) {
    if (i->is_opening)
        return 0;
    if (i->context.log)
        log_event(i->context.log, LOG_WARNING, "stage-misbehaving", "stage", i->id, "what",
                  "calls a function outside of open that may be called in open only", "function", function, NULL);
    return 1;
}

tm_field host_instance_field(tm_instance *self, tm_str name) {
    if (is_misplaced(self, "field") || !name.len || !self->context.fields)
        return 0;
    return field_names_add(self->context.fields, name.data, name.len);
}

void host_instance_log(tm_instance *self, uint32_t level, tm_str message) {
    if (!self->context.log)
        return;
    level = level < TM_LOG_ERROR ? TM_LOG_ERROR : level > TM_LOG_DEBUG ? TM_LOG_DEBUG : level;
    log_plugin(self->context.log, (enum log_level)level, self->id, message.data, message.len);
}

void host_instance_open_error(tm_instance *self, tm_str message) {
    if (is_misplaced(self, "open_error"))
        return;
    self->said.len = 0;
    buffer_add(&self->said, message.data, message.len);
}

static tm_metric metric(tm_instance *self, tm_str name, int is_histogram) {
    if (is_misplaced(self, is_histogram ? "histogram" : "counter") || !self->context.metrics)
        return 0;
    char *copy = memory_copy(name.data, name.len);
    tm_metric m = metrics_add(self->context.metrics, self->id, copy, is_histogram);
    free(copy);
    return m;
}

tm_metric host_instance_counter(tm_instance *self, tm_str name) {
    return metric(self, name, 0);
}

tm_metric host_instance_histogram(tm_instance *self, tm_str name) {
    return metric(self, name, 1);
}

void host_instance_count(tm_instance *self, tm_metric which, double value) {
    if (which && self->context.metrics)
        metrics_count(self->context.metrics, which, value);
}

tm_str host_instance_data_folder(tm_instance *self) {
    return (tm_str){self->plugin->folder, strlen(self->plugin->folder)};
}

tm_str host_instance_state_folder(tm_instance *self) {
    if (self->state_folder)
        return (tm_str){self->state_folder, strlen(self->state_folder)};
    if (is_misplaced(self, "state_folder"))
        return (tm_str){NULL, 0};
    struct buffer b;
    buffer_init(&b);
    if (!(self->plugin->descriptor.needs & TM_NEEDS_STATE)) {
        buffer_add_string(&b, "asks for a state folder, but its descriptor does not say TM_NEEDS_STATE");
    } else if (!self->context.state_folder) {
        buffer_add_string(&b, "needs a folder to keep state in; name one with --state FOLDER");
    } else {
        buffer_addf(&b, "%s/%s", self->context.state_folder, self->id);
        char *path = memory_copy(b.data, b.len);
        if ((mkdir(self->context.state_folder, 0700) != 0 && errno != EEXIST) ||
            (mkdir(path, 0700) != 0 && errno != EEXIST)) {
            buffer_addf(&b, ": cannot be made: %s", strerror(errno));
            free(path);
        } else {
            self->state_folder = path;
        }
    }
    if (!self->state_folder) {
        self->said.len = 0;
        buffer_add(&self->said, b.data, b.len);
    }
    buffer_deinit(&b);
    return (tm_str){self->state_folder, self->state_folder ? strlen(self->state_folder) : 0};
}

int32_t host_instance_map_file(tm_instance *self, tm_str path, tm_str *out_bytes) {
    if (is_misplaced(self, "map_file"))
        return TM_ESTATE;
    if (!path.len || memchr(path.data, 0, path.len))
        return TM_EINVAL;
    struct buffer full, why;
    buffer_init(&full);
    buffer_init(&why);
    if (path.data[0] != '/')
        buffer_addf(&full, "%s/", self->plugin->folder);
    buffer_add(&full, path.data, path.len);
    buffer_add_char(&full, '\0');
    int result = loader_map_file(self->plugin->loader, full.data, out_bytes, &why);
    if (result != TM_OK) {
        /* Where the plugin fails on it and says nothing itself, this is what is told. */
        self->said.len = 0;
        buffer_add(&self->said, why.data, why.len);
        if (result != TM_ENOENT)
            host_instance_log(self, TM_LOG_ERROR, (tm_str){why.data, why.len});
    }
    buffer_deinit(&full);
    buffer_deinit(&why);
    return result;
}

tm_str host_instance_id(tm_instance *self) {
    return (tm_str){self->id, strlen(self->id)};
}
