/* options.c: the rows of a table against an object of the pipeline file, and the check of the table itself. The values
 * are options_value.c's.
 */
#include "options.h"

#include "../json/memory.h"
#include "condition.h"
#include "options_room.h"

#include <stdlib.h>
#include <string.h>

const tm_option *options_row(const tm_option *rows, uint32_t row_size, uint32_t i) {
    return (const tm_option *)(const void *)((const char *)rows + (size_t)row_size * i);
}

static void unknown(struct options_filled *f, const tm_option *rows, uint32_t n_rows, uint32_t row_size,
                    const struct config_node *member, const char *label) {
    const char **names = memory_alloc((n_rows + 1u) * sizeof *names);
    size_t n = 0;
    struct buffer b;
    buffer_init(&b);
    for (uint32_t i = 0; i < n_rows; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        if (!(row->flags & TM_OPT_HIDDEN))
            names[n++] = row->name;
    }
    const char *near = nearest_name(member->key, names, n);
    if (near) {
        buffer_addf(&b, "did you mean \"%s\"?", near);
    } else if (n == 0) {
        buffer_add_string(&b, "it has none");
    } else {
        buffer_add_string(&b, n == 1 ? "it has only " : "it has ");
        for (size_t i = 0; i < n; i++)
            buffer_addf(&b, "%s\"%s\"", i ? ", " : "", names[i]);
    }
    problems_add(f->problems, PROBLEM_ERROR, member->file, member->key_line, member->key_column, "unknown-option",
                 "%s%s%sstage \"%s\" has no option \"%s\"; %.*s", label ? "\"" : "", label ? label : "",
                 label ? "\" of " : "", f->stage, member->key, (int)b.len, b.data);
    buffer_deinit(&b);
    free(names);
}

static int is_null(const char *json) {
    return json && strcmp(json, "null") == 0;
}

/* A default is JSON text of the plugin's; what it names is told where the stage stands. */
static int fill_default(struct options_filled *f, const tm_option *row, void *to, const struct config_node *at,
                        const char *label) {
    if (is_null(row->def))
        return 0;
    struct problems told, *outer = f->problems;
    problems_init(&told);
    struct config *c = config_parse("default", row->def, strlen(row->def), &told);
    size_t named = f->n_named;
    f->problems = &told;
    int is_json = c && !told.errors;
    int result = is_json ? option_value(f, row, row->type, config_root(c), to, label) : -1;
    f->problems = outer;
    for (size_t i = named; i < f->n_named; i++)
        f->named[i].at = NULL; /* the tree of the default goes */
    for (size_t i = 0; i < told.count; i++)
        if (told.list[i].level == PROBLEM_ERROR)
            problems_at(f->problems, PROBLEM_ERROR, at, told.list[i].code, "default of %s%s%s%s",
                        is_json ? "" : "option \"", is_json ? "" : label, is_json ? "" : "\": ", told.list[i].message);
    config_free(c);
    problems_deinit(&told);
    return result;
}

int option_rows(struct options_filled *f, const tm_option *rows, uint32_t n_rows, uint32_t row_size, void *to,
                const struct config_node *object, const struct config_node *at, const char *label) {
    int result = 0;
    for (uint32_t i = 0; i < n_rows; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        const struct config_node *given = config_get(object, row->name);
        void *member = (char *)to + row->offset;
        struct buffer name;
        buffer_init(&name);
        if (label)
            buffer_addf(&name, "%s.", label);
        buffer_add_string(&name, row->name);
        buffer_add_char(&name, '\0');
        if (given && !(given->type == CONFIG_NULL && is_null(row->def))) {
            result |= option_value(f, row, row->type, given, member, name.data);
        } else if (row->def) {
            result |= fill_default(f, row, member, at, name.data);
        } else if (!f->is_table_check) {
            struct buffer type;
            buffer_init(&type);
            option_type_name(row, &type);
            problems_at(f->problems, PROBLEM_ERROR, at, "missing-option",
                        "stage \"%s\" needs the option \"%s\": %.*s, %s", f->stage, name.data, (int)type.len, type.data,
                        row->help ? row->help : "");
            buffer_deinit(&type);
            result = -1;
        }
        buffer_deinit(&name);
    }
    for (const struct config_node *m = object ? object->first : NULL; m; m = m->next) {
        int is_known = 0;
        for (uint32_t i = 0; i < n_rows && !is_known; i++)
            is_known = strcmp(options_row(rows, row_size, i)->name, m->key) == 0;
        if (!is_known) {
            unknown(f, rows, n_rows, row_size, m, label);
            result = -1;
        }
    }
    return result ? -1 : 0;
}

int options_fill(struct options_filled *f, const tm_plugin *plugin, const struct config_node *with,
                 const struct config_node *at) {
    f->config = plugin->config_size ? arena_zalloc(f->arena, plugin->config_size) : NULL;
    if (with && with->type == CONFIG_BAD)
        return -1;
    if (with && with->type != CONFIG_OBJECT) {
        struct buffer b;
        buffer_init(&b);
        config_describe(with, &b);
        problems_at(f->problems, PROBLEM_ERROR, with, "wrong-type",
                    "\"with\" of stage \"%s\": expected an object of options, found %.*s", f->stage, (int)b.len,
                    b.data);
        buffer_deinit(&b);
        return -1;
    }
    return option_rows(f, plugin->options, plugin->n_options, plugin->option_size, f->config, with, at, NULL);
}

void options_deinit(struct options_filled *f) {
    for (size_t i = 0; i < f->n_patterns; i++)
        pattern_free(f->patterns[i]);
    for (size_t i = 0; i < f->n_conditions; i++)
        condition_free(f->conditions[i]);
    free(f->patterns);
    free(f->conditions);
    free(f->named);
    f->patterns = NULL;
    f->conditions = NULL;
    f->named = NULL;
    f->n_patterns = f->n_conditions = f->n_named = f->named_room = 0;
}

/* --- the table itself --- */

static int is_scalar(uint32_t type) {
    return option_type_size(type) != 0 && type != TM_T_LIST && type != TM_T_MAP && type != TM_T_TABLE;
}

static int check_row(const tm_option *row, uint32_t struct_size, int is_column, struct buffer *why) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$";
    if (!row->name || !*row->name || row->name[strspn(row->name, letters)]) {
        buffer_add_string(why, "a row without a proper name");
        return -1;
    }
    size_t size = option_type_size(row->type);
    uint32_t value_type = row->type == TM_T_LIST ? row->element : row->type;
    struct option_range range;
    size_t len;
    if (!size)
        buffer_addf(why, "option \"%s\" has the unknown type %u", row->name, row->type);
    else if (row->offset > struct_size || size > struct_size - row->offset)
        buffer_addf(why, "option \"%s\" is bound to bytes %u..%zu of a struct of %u bytes", row->name, row->offset,
                    row->offset + size, struct_size);
    else if (row->offset % (size > 8 ? 8 : size))
        buffer_addf(why, "option \"%s\" is bound to an offset that is not aligned (%u)", row->name, row->offset);
    else if (row->type == TM_T_LIST && !is_scalar(row->element))
        buffer_addf(why, "option \"%s\" is a list of the unknown type %u", row->name, row->element);
    else if (row->type == TM_T_MAP && row->element != TM_T_STRING && row->element != TM_T_NUMBER &&
             row->element != TM_T_INT && row->element != TM_T_JSON && row->element != TM_T_FIELD)
        buffer_addf(why, "option \"%s\" is a map to type %u; it must be string, number, int, JSON or field", row->name,
                    row->element);
    else if (row->type == TM_T_TABLE && (is_column || !row->columns || !row->n_columns || !row->row_size))
        buffer_addf(why, "option \"%s\" is a table %s", row->name, is_column ? "within a table" : "without columns");
    else if (value_type == TM_T_ENUM && (!option_choice(row->range, 0, &len) || !len))
        buffer_addf(why, "option \"%s\" is an enum without choices", row->name);
    else if ((value_type == TM_T_INT || value_type == TM_T_NUMBER || value_type == TM_T_SIZE ||
              value_type == TM_T_DURATION) &&
             option_range_parse(row, value_type, &range) != 0)
        buffer_addf(why, "option \"%s\" has the range \"%s\", which cannot be read", row->name, row->range);
    else if (value_type == TM_T_FIELD && !(row->flags & (TM_OPT_READS | TM_OPT_WRITES)))
        buffer_addf(why, "option \"%s\" names a field, but its flags say neither reads nor writes", row->name);
    else
        return 0;
    return -1;
}

static int check_rows(const tm_option *rows, uint32_t n, uint32_t row_size, uint32_t struct_size, int is_column,
                      struct buffer *why) {
    for (uint32_t i = 0; i < n; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        if (check_row(row, struct_size, is_column, why) != 0)
            return -1;
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(options_row(rows, row_size, k)->name, row->name) == 0) {
                buffer_addf(why, "option \"%s\" stands there twice", row->name);
                return -1;
            }
        if (row->type == TM_T_TABLE &&
            check_rows(row->columns, row->n_columns, (uint32_t)sizeof(tm_option), row->row_size, 1, why) != 0)
            return -1;
    }
    return 0;
}

int options_check_table(const tm_plugin *plugin, struct buffer *why) {
    if (!plugin->n_options)
        return 0;
    if (!plugin->options || plugin->option_size != sizeof(tm_option)) {
        buffer_addf(why, "its rows have %u bytes, those of this ABI %zu; name it with TM_OPTIONS and build it again",
                    plugin->option_size, sizeof(tm_option));
        return -1;
    }
    if (check_rows(plugin->options, plugin->n_options, plugin->option_size, plugin->config_size, 0, why) != 0)
        return -1;
    struct problems told;
    problems_init(&told);
    struct options_filled f = {
        .stage = plugin->name, .base_folder = "", .arena = arena_new(4096), .problems = &told, .is_table_check = 1};
    options_fill(&f, plugin, NULL, NULL);
    for (uint32_t i = 0; i < plugin->n_options; i++) {
        const tm_option *row = options_row(plugin->options, plugin->option_size, i);
        if (row->type == TM_T_TABLE) /* a row of nothing but defaults */
            option_rows(&f, row->columns, row->n_columns, (uint32_t)sizeof(tm_option),
                        arena_zalloc(f.arena, row->row_size), NULL, NULL, row->name);
    }
    if (told.errors) {
        problems_sort(&told);
        buffer_add_string(why, told.list[0].message);
    }
    int result = told.errors ? -1 : 0;
    options_deinit(&f);
    arena_free(f.arena);
    problems_deinit(&told);
    return result;
}
