/* options_value.c: one value of a configuration, checked against its row and put into the member that takes it. Every
 * type of an option has its function here; arrays of rows come back to options.c.
 */
#include "options_room.h"

#include "../json/memory.h"
#include "../json/units.h"
#include "condition.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- messages --- */

static int wrong_type(struct options_filled *f, const struct config_node *node, const char *label,
                      const char *expected) {
    if (node->type == CONFIG_BAD)
        return -1; /* told when it was read */
    struct buffer b;
    buffer_init(&b);
    config_describe(node, &b);
    problems_at(f->problems, PROBLEM_ERROR, node, "wrong-type",
                "option \"%s\" of stage \"%s\": expected %s, found %.*s", label, f->stage, expected, (int)b.len,
                b.data);
    buffer_deinit(&b);
    return -1;
}

#define WRONG(f, node, code, label, format, ...)                                                                       \
    problems_at((f)->problems, PROBLEM_ERROR, node, code, "option \"%s\" of stage \"%s\": " format, label, (f)->stage, \
                __VA_ARGS__)

static int check_range(struct options_filled *f, const tm_option *row, uint32_t type, const struct config_node *node,
                       double value, const char *label) {
    struct option_range range;
    if (option_range_parse(row, type, &range) != 0)
        return 0; /* the table's mistake, told when it was loaded */
    if ((!range.has_low || value >= range.low) && (!range.has_high || value <= range.high))
        return 0;
    struct buffer b;
    buffer_init(&b);
    config_describe(node, &b);
    const char *dots = strstr(row->range, "..");
    int low = (int)(dots - row->range);
    if (range.has_low && range.has_high)
        WRONG(f, node, "out-of-range", label, "%.*s is out of range; expected %.*s to %s", (int)b.len, b.data, low,
              row->range, dots + 2);
    else if (range.has_low)
        WRONG(f, node, "out-of-range", label, "%.*s is out of range; expected at least %.*s", (int)b.len, b.data, low,
              row->range);
    else
        WRONG(f, node, "out-of-range", label, "%.*s is out of range; expected at most %s", (int)b.len, b.data,
              dots + 2);
    buffer_deinit(&b);
    return -1;
}

/* --- values --- */

/* Where the environment gave the whole value, "0.8" means the number and "true" the boolean. */
static int from_environment(const struct config_node *node, struct config_node *out) {
    if (node->type != CONFIG_STRING || !node->is_secret)
        return 0;
    struct problems unheard;
    problems_init(&unheard);
    struct config *c = config_parse("environment", node->string, node->string_len, &unheard);
    const struct config_node *n = c ? config_root(c) : NULL;
    int is_scalar =
        !unheard.errors && n && (n->type == CONFIG_INT || n->type == CONFIG_NUMBER || n->type == CONFIG_BOOL);
    if (is_scalar) {
        *out = *node;
        out->type = n->type;
        out->integer = n->integer;
        out->number = n->number; /* the literal stays the node's own string */
    }
    config_free(c);
    problems_deinit(&unheard);
    return is_scalar;
}

static tm_str keep(struct options_filled *f, const struct config_node *node) {
    return (tm_str){arena_copy(f->arena, node->string, node->string_len), node->string_len};
}

static int value_number(struct options_filled *f, const tm_option *row, uint32_t type, const struct config_node *node,
                        void *to, const char *label) {
    struct config_node given;
    if (from_environment(node, &given))
        node = &given;
    int is_whole =
        node->type == CONFIG_NUMBER && fabs(node->number) < 9007199254740992.0 && floor(node->number) == node->number;
    if (type == TM_T_INT) {
        if (node->type != CONFIG_INT && !is_whole)
            return wrong_type(f, node, label, "an integer");
        if (check_range(f, row, type, node, node->number, label) != 0)
            return -1;
        int64_t n = node->type == CONFIG_INT ? node->integer : (int64_t)node->number;
        memcpy(to, &n, sizeof n);
        return 0;
    }
    if (node->type != CONFIG_INT && node->type != CONFIG_NUMBER)
        return wrong_type(f, node, label, "a number");
    if (check_range(f, row, type, node, node->number, label) != 0)
        return -1;
    memcpy(to, &node->number, sizeof node->number);
    return 0;
}

static int value_bool(struct options_filled *f, const struct config_node *node, void *to, const char *label) {
    struct config_node given;
    if (from_environment(node, &given))
        node = &given;
    if (node->type != CONFIG_BOOL)
        return wrong_type(f, node, label, "true or false");
    int32_t yes = node->integer != 0;
    memcpy(to, &yes, sizeof yes);
    return 0;
}

static int value_quantity(struct options_filled *f, const tm_option *row, uint32_t type, const struct config_node *node,
                          void *to, const char *label) {
    int is_size = type == TM_T_SIZE;
    const char *expected = is_size
                               ? "a size such as \"64K\", \"2M\", \"1G\" or a number of bytes"
                               : "a duration such as \"20ms\", \"3s\", \"5m\", \"1h\", \"30d\" or a number of seconds";
    if (node->type != CONFIG_STRING && node->type != CONFIG_INT && node->type != CONFIG_NUMBER)
        return wrong_type(f, node, label, expected);
    uint64_t bytes = 0;
    int64_t ns = 0;
    int failed = is_size ? units_parse_size(node->string, node->string_len, &bytes)
                         : units_parse_duration(node->string, node->string_len, &ns);
    if (failed) {
        struct buffer b;
        buffer_init(&b);
        config_describe(node, &b);
        WRONG(f, node, "bad-value", label, "expected %s, found %.*s", expected, (int)b.len, b.data);
        buffer_deinit(&b);
        return -1;
    }
    if (check_range(f, row, type, node, is_size ? (double)bytes : (double)ns, label) != 0)
        return -1;
    if (is_size)
        memcpy(to, &bytes, sizeof bytes);
    else
        memcpy(to, &ns, sizeof ns);
    return 0;
}

static int value_enum(struct options_filled *f, const tm_option *row, const struct config_node *node, void *to,
                      const char *label) {
    enum { MOST = 64 };
    char *names[MOST];
    const char *choice;
    size_t len;
    struct buffer list;
    uint32_t n = 0;
    int result = -1;
    buffer_init(&list);
    for (; n < MOST && (choice = option_choice(row->range, n, &len)); n++) {
        names[n] = memory_copy(choice, len);
        buffer_addf(&list, "%s\"%s\"", n ? ", " : "", names[n]);
    }
    if (node->type != CONFIG_STRING) {
        struct buffer expected;
        buffer_init(&expected);
        buffer_addf(&expected, "one of %.*s", (int)list.len, list.data);
        buffer_add_char(&expected, '\0');
        wrong_type(f, node, label, expected.data);
        buffer_deinit(&expected);
        goto out;
    }
    for (uint32_t i = 0; i < n && result != 0; i++)
        if (strlen(names[i]) == node->string_len && memcmp(names[i], node->string, node->string_len) == 0) {
            int32_t index = (int32_t)i;
            memcpy(to, &index, sizeof index);
            result = 0;
        }
    if (result != 0) {
        const char *near = nearest_name(node->string, (const char *const *)names, n);
        struct buffer b;
        buffer_init(&b);
        config_describe(node, &b);
        if (near)
            WRONG(f, node, "bad-value", label, "no choice like %.*s; did you mean \"%s\"? (one of %.*s)", (int)b.len,
                  b.data, near, (int)list.len, list.data);
        else
            WRONG(f, node, "bad-value", label, "no choice like %.*s; expected one of %.*s", (int)b.len, b.data,
                  (int)list.len, list.data);
        buffer_deinit(&b);
    }
out:
    for (uint32_t i = 0; i < n; i++)
        free(names[i]);
    buffer_deinit(&list);
    return result;
}

static int value_path(struct options_filled *f, const tm_option *row, const struct config_node *node, void *to,
                      const char *label) {
    if (node->type != CONFIG_STRING)
        return wrong_type(f, node, label, "a path");
    if (memchr(node->string, 0, node->string_len)) {
        WRONG(f, node, "bad-path", label, "%s", "a path with a NUL in it");
        return -1;
    }
    tm_str path = keep(f, node);
    if (path.len && path.data[0] != '/') {
        struct buffer b;
        buffer_init(&b);
        buffer_addf(&b, "%s/%s", f->base_folder, node->string);
        path = (tm_str){arena_copy(f->arena, b.data, b.len), b.len};
        buffer_deinit(&b);
    }
    memcpy(to, &path, sizeof path);
    if (!path.len || f->is_table_check)
        return 0;
    if ((row->flags & TM_OPT_PATH_READ) && access(path.data, R_OK) != 0) {
        WRONG(f, node, "bad-path", label, "%s: %s", path.data, strerror(errno));
        return -1;
    }
    if (row->flags & TM_OPT_PATH_WRITE) {
        const char *slash = strrchr(path.data, '/');
        char *folder = memory_copy(path.data, slash == path.data ? 1 : (size_t)(slash - path.data));
        int is_bad = access(folder, W_OK | X_OK) != 0;
        if (is_bad)
            WRONG(f, node, "bad-path", label, "%s cannot be written: %s: %s", path.data, folder, strerror(errno));
        free(folder);
        return is_bad ? -1 : 0;
    }
    return 0;
}

static int value_pattern(struct options_filled *f, const struct config_node *node, void *to, const char *label) {
    if (node->type != CONFIG_STRING)
        return wrong_type(f, node, label, "a pattern (a POSIX extended regular expression)");
    if (node->string_len == 0)
        return 0;
    struct buffer why;
    buffer_init(&why);
    struct tm_pattern *p = memchr(node->string, 0, node->string_len) ? NULL : pattern_compile(node->string, &why);
    if (p) {
        f->patterns = memory_realloc(f->patterns, (f->n_patterns + 1) * sizeof(struct tm_pattern *));
        f->patterns[f->n_patterns++] = p;
        memcpy(to, &p, sizeof p);
    } else {
        WRONG(f, node, "bad-pattern", label, "no valid pattern: %.*s", (int)why.len, why.len ? why.data : "");
    }
    buffer_deinit(&why);
    return p ? 0 : -1;
}

static void add_named(struct options_filled *f, const char *name, int writes, const struct config_node *at) {
    if (f->n_named == f->named_room) {
        f->named_room = f->named_room ? f->named_room * 2 : 8;
        f->named = memory_realloc(f->named, f->named_room * sizeof *f->named);
    }
    f->named[f->n_named++] = (struct option_field){name, writes, at};
}

static int value_field(struct options_filled *f, const tm_option *row, const struct config_node *node, void *to,
                       const char *label) {
    static const char *const ours[] = {"id", "source", "removed", "edits", "errors", "skipped"};
    if (node->type != CONFIG_STRING)
        return wrong_type(f, node, label, "the name of a field");
    if (node->string_len == 0)
        return 0;
    tm_str name = keep(f, node);
    if (strlen(name.data) != name.len) {
        WRONG(f, node, "bad-value", label, "%s", "the name of a field with a NUL in it");
        return -1;
    }
    if (row->flags & TM_OPT_WRITES) {
        if (memchr(name.data, '.', name.len)) {
            WRONG(f, node, "bad-value", label,
                  "\"%s\" reaches into a field; a stage writes whole fields: no point in the name", name.data);
            return -1;
        }
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
            if (strcmp(ours[i], name.data) == 0) {
                WRONG(f, node, "bad-value", label, "the field \"%s\" is textmill's own; choose another name",
                      name.data);
                return -1;
            }
        add_named(f, name.data, 1, node);
    }
    if (row->flags & TM_OPT_READS)
        add_named(f, name.data, 0, node);
    tm_field field = f->fields ? field_names_add(f->fields, name.data, name.len) : 1;
    memcpy(to, &field, sizeof field);
    return 0;
}

static void condition_reads(void *context, const char *field, const struct config_node *at) {
    struct options_filled *f = context;
    add_named(f, arena_copy(f->arena, field, strlen(field)), 0, at);
}

static int value_condition(struct options_filled *f, const struct config_node *node, void *to, const char *label) {
    if (node->type != CONFIG_OBJECT)
        return wrong_type(f, node, label, "a condition such as {\"lang\": \"en\"}");
    struct tm_condition *c = condition_compile(node, f->problems, condition_reads, f);
    if (!c)
        return -1;
    f->conditions = memory_realloc(f->conditions, (f->n_conditions + 1) * sizeof(struct tm_condition *));
    f->conditions[f->n_conditions++] = c;
    memcpy(to, &c, sizeof c);
    return 0;
}

static int value_list(struct options_filled *f, const tm_option *row, const struct config_node *node, void *to,
                      const char *label) {
    if (node->type != CONFIG_ARRAY) {
        struct buffer expected;
        buffer_init(&expected);
        option_type_name(row, &expected);
        buffer_add_char(&expected, '\0');
        wrong_type(f, node, label, expected.data);
        buffer_deinit(&expected);
        return -1;
    }
    size_t size = row->type == TM_T_TABLE ? row->row_size : option_type_size(row->element), i = 0;
    char *items = arena_zalloc(f->arena, node->n_children * size);
    int result = 0;
    for (const struct config_node *n = node->first; n; n = n->next, i++) {
        struct buffer name;
        buffer_init(&name);
        buffer_addf(&name, "%s[%zu]", label, i);
        buffer_add_char(&name, '\0');
        if (row->type != TM_T_TABLE)
            result |= option_value(f, row, row->element, n, items + i * size, name.data);
        else if (n->type != CONFIG_OBJECT)
            result |= wrong_type(f, n, name.data, "an object");
        else
            result |= option_rows(f, row->columns, row->n_columns, (uint32_t)sizeof(tm_option), items + i * size, n, n,
                                  name.data);
        buffer_deinit(&name);
    }
    tm_list list = {node->n_children ? items : NULL, node->n_children};
    memcpy(to, &list, sizeof list);
    return result ? -1 : 0;
}

/* The name of a map's member is the name of a field; of a map to fields, it is the one read. */
static int map_name(struct options_filled *f, const tm_option *row, const struct config_node *node, const char *label) {
    struct config_node name = *node;
    tm_option key = *row;
    tm_field field;
    name.type = CONFIG_STRING;
    name.string = node->key;
    name.string_len = strlen(node->key);
    name.line = node->key_line;
    name.column = node->key_column;
    if (row->element == TM_T_FIELD)
        key.flags = row->flags & TM_OPT_READS;
    return value_field(f, &key, &name, &field, label);
}

static int value_json(struct options_filled *f, const struct config_node *node, void *to) {
    struct buffer b;
    buffer_init(&b);
    config_write(node, &b);
    tm_str text = {arena_copy(f->arena, b.data, b.len), b.len};
    buffer_deinit(&b);
    memcpy(to, &text, sizeof text);
    return 0;
}

static int value_map(struct options_filled *f, const tm_option *row, const struct config_node *node, void *to,
                     const char *label) {
    if (node->type != CONFIG_OBJECT)
        return wrong_type(f, node, label, "an object of names to values");
    tm_pair *pairs = arena_zalloc(f->arena, node->n_children * sizeof *pairs);
    size_t i = 0;
    int result = 0;
    for (const struct config_node *n = node->first; n; n = n->next, i++) {
        struct buffer name;
        buffer_init(&name);
        buffer_addf(&name, "%s.%s", label, n->key);
        buffer_add_char(&name, '\0');
        pairs[i].name = (tm_str){arena_copy(f->arena, n->key, strlen(n->key)), strlen(n->key)};
        tm_field field = 0;
        void *member = row->element == TM_T_FIELD                                 ? (void *)&field
                       : row->element == TM_T_STRING || row->element == TM_T_JSON ? (void *)&pairs[i].text
                       : row->element == TM_T_NUMBER                              ? (void *)&pairs[i].number
                                                                                  : (void *)&pairs[i].integer;
        result |= option_value(f, row, row->element, n, member, name.data);
        if (field) {
            pairs[i].integer = field;
            pairs[i].text = keep(f, n);
        }
        if (row->flags & (TM_OPT_READS | TM_OPT_WRITES))
            result |= map_name(f, row, n, label);
        buffer_deinit(&name);
    }
    tm_list list = {node->n_children ? pairs : NULL, node->n_children};
    memcpy(to, &list, sizeof list);
    return result ? -1 : 0;
}

int option_value(struct options_filled *f, const tm_option *row, uint32_t type, const struct config_node *node,
                 void *to, const char *label) {
    if (node->type == CONFIG_BAD)
        return -1;
    switch (type) {
    case TM_T_INT:
    case TM_T_NUMBER:
        return value_number(f, row, type, node, to, label);
    case TM_T_BOOL:
        return value_bool(f, node, to, label);
    case TM_T_SIZE:
    case TM_T_DURATION:
        return value_quantity(f, row, type, node, to, label);
    case TM_T_ENUM:
        return value_enum(f, row, node, to, label);
    case TM_T_PATH:
        return value_path(f, row, node, to, label);
    case TM_T_PATTERN:
        return value_pattern(f, node, to, label);
    case TM_T_FIELD:
        return value_field(f, row, node, to, label);
    case TM_T_CONDITION:
        return value_condition(f, node, to, label);
    case TM_T_LIST:
    case TM_T_TABLE:
        return value_list(f, row, node, to, label);
    case TM_T_MAP:
        return value_map(f, row, node, to, label);
    case TM_T_JSON:
        return value_json(f, node, to);
    default: {
        tm_field field;
        if (node->type != CONFIG_STRING)
            return wrong_type(f, node, label, "a string");
        if (type == TM_T_STRING && (row->flags & (TM_OPT_READS | TM_OPT_WRITES)) &&
            value_field(f, row, node, &field, label) != 0)
            return -1;
        tm_str text = keep(f, node);
        memcpy(to, &text, sizeof text);
        return 0;
    }
    }
}
