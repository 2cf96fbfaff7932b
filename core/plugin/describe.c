/* describe.c: a plugin for people: text and Markdown; and the same facts as JSON. The schema is in describe_schema.c.
 */
#include "describe.h"

#include "../json/config.h"
#include "../json/write.h"
#include "options_room.h"

#include <string.h>

static const struct {
    uint32_t flag;
    const char *words;
} flag_words[] = {{TM_EDITS, "edits the text"},
                  {TM_MAY_DROP, "may drop documents"},
                  {TM_EMITS, "makes new documents"},
                  {TM_REMEMBERS, "remembers documents"},
                  {TM_WHOLE_STREAM, "gives its result at the end"},
                  {TM_ASYNC, "answers later"},
                  {TM_DETERMINISTIC, "gives the same result every time"}},
  need_words[] = {
      {TM_NEEDS_STATE, "a folder for state"}, {TM_NEEDS_NETWORK, "the network"}, {TM_NEEDS_SPAWN, "to start programs"}};

static void line(struct buffer *out, const char *label, const char *value) {
    if (value && *value)
        buffer_addf(out, "  %-10s %s\n", label, value);
}

/* "number, 0..1" */
static void type_and_range(const tm_option *row, struct buffer *out) {
    uint32_t type = row->type == TM_T_LIST ? row->element : row->type;
    if (row->type == TM_T_LIST && type == TM_T_ENUM)
        buffer_add_string(out, "an array of ");
    if (type == TM_T_ENUM) {
        size_t len;
        const char *choice;
        for (uint32_t i = 0; (choice = option_choice(row->range, i, &len)); i++)
            buffer_addf(out, "%s%.*s", i ? " or " : "", (int)len, choice);
        return;
    }
    option_type_name(row, out);
    if (row->range && type != TM_T_ENUM)
        buffer_addf(out, ", %s", row->range);
    if (type == TM_T_FIELD)
        buffer_add_string(out, !(row->flags & TM_OPT_WRITES)  ? " (read)"
                               : !(row->flags & TM_OPT_READS) ? " (written)"
                                                              : " (read and written)");
    if (type == TM_T_PATH && (row->flags & (TM_OPT_PATH_READ | TM_OPT_PATH_WRITE | TM_OPT_PATH_STATE)))
        buffer_add_string(out, row->flags & TM_OPT_PATH_READ    ? " (read)"
                               : row->flags & TM_OPT_PATH_WRITE ? " (written)"
                                                                : " (kept)");
}

static void rows_text(const tm_option *rows, uint32_t n, uint32_t row_size, int indent, struct buffer *out) {
    for (uint32_t i = 0; i < n; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        if (row->flags & TM_OPT_HIDDEN)
            continue;
        buffer_addf(out, "%*s%s: ", indent, "", row->name);
        type_and_range(row, out);
        if (!row->def)
            buffer_add_string(out, "; required");
        else if (strcmp(row->def, "null") != 0)
            buffer_addf(out, "; default %s", row->def);
        buffer_addf(out, "\n%*s%s\n", indent + 4, "", row->help ? row->help : "");
        if (row->example)
            buffer_addf(out, "%*sexample: %s\n", indent + 4, "", row->example);
        if (row->type == TM_T_TABLE) {
            buffer_addf(out, "%*sits rows have:\n", indent + 4, "");
            rows_text(row->columns, row->n_columns, (uint32_t)sizeof(tm_option), indent + 6, out);
        }
    }
}

static uint32_t shown_rows(const tm_option *rows, uint32_t n, uint32_t row_size) {
    uint32_t shown = 0;
    for (uint32_t i = 0; i < n; i++)
        shown += !(options_row(rows, row_size, i)->flags & TM_OPT_HIDDEN);
    return shown;
}

void describe_options_text(const struct plugin *plugin, struct buffer *out) {
    const tm_plugin *d = &plugin->descriptor;
    struct buffer words;
    buffer_init(&words);
    buffer_addf(out, "%s %s: %s\n", plugin->name, d->version ? d->version : "", d->summary ? d->summary : "");
    line(out, "file", plugin->path);
    line(out, "licence", d->licence);
    line(out, "languages", d->languages);
    line(out, "reads", d->reads);
    line(out, "writes", d->writes);
    for (size_t i = 0; i < sizeof flag_words / sizeof flag_words[0]; i++)
        if (d->flags & flag_words[i].flag)
            buffer_addf(&words, "%s%s", words.len ? ", " : "", flag_words[i].words);
    buffer_add_char(&words, '\0');
    line(out, "does", words.data);
    words.len = 0;
    for (size_t i = 0; i < sizeof need_words / sizeof need_words[0]; i++)
        if (d->needs & need_words[i].flag)
            buffer_addf(&words, "%s%s", words.len ? ", " : "", need_words[i].words);
    buffer_add_char(&words, '\0');
    line(out, "needs", words.data);
    buffer_deinit(&words);
    if (!shown_rows(d->options, d->n_options, d->option_size)) {
        buffer_add_string(out, "It has no options.\n");
        return;
    }
    buffer_add_string(out, "Options (in \"with\"):\n");
    rows_text(d->options, d->n_options, d->option_size, 2, out);
}

/* Text into a cell of a table. */
static void cell(struct buffer *out, const char *text, size_t len, int is_code) {
    buffer_add_string(out, is_code && len ? " `" : " ");
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '|')
            buffer_add_char(out, '\\');
        buffer_add_char(out, text[i] == '\n' ? ' ' : text[i]);
    }
    buffer_add_string(out, is_code && len ? "` |" : " |");
}

static void rows_markdown(const tm_option *rows, uint32_t n, uint32_t row_size, struct buffer *out) {
    buffer_add_string(out, "| option | type | default | meaning |\n|---|---|---|---|\n");
    for (uint32_t i = 0; i < n; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        if (row->flags & TM_OPT_HIDDEN)
            continue;
        struct buffer type;
        buffer_init(&type);
        type_and_range(row, &type);
        buffer_add_char(out, '|');
        cell(out, row->name, strlen(row->name), 1);
        cell(out, type.data, type.len, 0);
        if (!row->def)
            cell(out, "required", 8, 0);
        else if (strcmp(row->def, "null") == 0)
            cell(out, "none", 4, 0);
        else
            cell(out, row->def, strlen(row->def), 1);
        cell(out, row->help ? row->help : "", row->help ? strlen(row->help) : 0, 0);
        buffer_add_char(out, '\n');
        buffer_deinit(&type);
    }
    for (uint32_t i = 0; i < n; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        if (row->type != TM_T_TABLE || (row->flags & TM_OPT_HIDDEN))
            continue;
        buffer_addf(out, "\nA row of `%s`:\n\n", row->name);
        rows_markdown(row->columns, row->n_columns, (uint32_t)sizeof(tm_option), out);
    }
}

void describe_markdown(const struct plugin *plugin, struct buffer *out) {
    const tm_plugin *d = &plugin->descriptor;
    if (shown_rows(d->options, d->n_options, d->option_size))
        rows_markdown(d->options, d->n_options, d->option_size, out);
    else
        buffer_add_string(out, "It has no options.\n");
}

/* --- as JSON --- */

static void member(struct buffer *out, const char *key, const char *value) {
    json_write_text(out, key, strlen(key));
    buffer_add_char(out, ':');
    if (value)
        json_write_text(out, value, strlen(value));
    else
        buffer_add_string(out, "null");
    buffer_add_char(out, ',');
}

static void words_member(struct buffer *out, const char *key, const char *words) {
    json_write_text(out, key, strlen(key));
    buffer_add_string(out, ":[");
    for (int is_first = 1; words && *words; is_first = 0) {
        size_t len = strcspn(words, " ,");
        if (!is_first)
            buffer_add_char(out, ',');
        json_write_text(out, words, len);
        words += len + strspn(words + len, " ,");
    }
    buffer_add_string(out, "],");
}

static void rows_json(const tm_option *rows, uint32_t n, uint32_t row_size, struct buffer *out) {
    int is_first = 1;
    buffer_add_char(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        const tm_option *row = options_row(rows, row_size, i);
        if (row->flags & TM_OPT_HIDDEN)
            continue;
        struct buffer type;
        buffer_init(&type);
        option_type_name(row, &type);
        buffer_add_char(&type, '\0');
        buffer_add_string(out, is_first ? "{" : ",{");
        is_first = 0;
        member(out, "name", row->name);
        member(out, "type", type.data);
        member(out, "range", row->range);
        member(out, "help", row->help);
        if (row->type == TM_T_TABLE) {
            buffer_add_string(out, "\"columns\":");
            rows_json(row->columns, row->n_columns, (uint32_t)sizeof(tm_option), out);
            buffer_add_char(out, ',');
        }
        buffer_addf(out, "\"required\":%s,\"default\":%s}", row->def ? "false" : "true", row->def ? row->def : "null");
        buffer_deinit(&type);
    }
    buffer_add_char(out, ']');
}

void describe_json(const struct plugin *plugin, struct buffer *out) {
    const tm_plugin *d = &plugin->descriptor;
    buffer_add_char(out, '{');
    member(out, "name", plugin->name);
    member(out, "version", d->version);
    member(out, "summary", d->summary);
    member(out, "licence", d->licence);
    member(out, "file", plugin->path);
    words_member(out, "languages", d->languages);
    words_member(out, "reads", d->reads);
    words_member(out, "writes", d->writes);
    buffer_add_string(out, "\"options\":");
    rows_json(d->options, d->n_options, d->option_size, out);
    buffer_add_char(out, '}');
}
