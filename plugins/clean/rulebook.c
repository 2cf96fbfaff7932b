/* rulebook.c: opens the table of rules and reads the user's own files on top of it: they add to lists, add and replace
 * rules, and switch rules off. Errors are one line, with file and line where a file is wrong.
 */
#include "rulebook.h"
#include "select.h"

#include <compile.h>
#include <lines.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct user_file {
    char *text;
    struct user_file *next;
};

static int no_memory(char *error, uint64_t room) {
    snprintf(error, room, "out of memory");
    return -1;
}

/* What a look-up reads besides the table itself: the lists of each phrase together, a bit for each step. */
static int make_words(struct rulebook *k, uint32_t at, const uint64_t *row_lists) {
    const struct phrase_view *v = &k->tables[at].phrases;
    uint64_t *lists_of = calloc((size_t)v->n_values + 1, sizeof *lists_of);
    uint64_t *steps = calloc((size_t)1 << STEP_BITS >> 6, sizeof *steps);
    k->lists_of[at] = lists_of;
    k->steps[at] = steps;
    if (lists_of == NULL || steps == NULL)
        return -1;
    for (uint32_t i = 1; i < v->n_values; i += v->values[i] + 1)
        for (uint32_t n = 0; n < v->values[i]; n++)
            lists_of[i] |= row_lists[v->values[i + 1 + n]];
    for (uint32_t i = 0; i < v->n_steps; i++)
        if (v->steps[i].key) {
            uint32_t bit = (uint32_t)(v->steps[i].key >> (64 - STEP_BITS));
            steps[bit / 64] |= (uint64_t)1 << bit % 64;
        }
    k->sets[at] = (struct words){.view = *v, .lists_of = lists_of, .steps = steps};
    return 0;
}

/* Rows of rules go to the ruleset; of the others out_lists tells the list. */
static int take_rows(struct rulebook *k, uint32_t at, const char *name, uint64_t *out_lists, char *error,
                     uint64_t room) {
    const struct table *t = &k->tables[at];
    const uint32_t *list = table_texts(t, "list"), *rule = table_texts(t, "name"), *kind = table_texts(t, "kind"),
                   *when = table_texts(t, "when");
    if (!list || !rule || !kind || !when) {
        snprintf(error, room, "%s: not a table of rules", name);
        return -1;
    }
    uint32_t last = TM_NONE;
    uint64_t lists = 0;
    for (uint32_t i = 0; i < t->n_rows; i++) {
        tm_str r = table_text(t, rule[i]);
        if (r.len == 0) {
            if (list[i] != last && (lists = ruleset_list(&k->rules, table_text(t, list[i]))) == 0) {
                snprintf(error, room, "%s: more than %d lists", name, LISTS_MAX);
                return -1;
            }
            last = list[i];
            out_lists[i] = lists;
            continue;
        }
        int first = *r.data != '+';
        if (!first) {
            r.data++;
            r.len--;
        }
        if (ruleset_when(&k->rules, r, table_text(t, kind[i]), table_text(t, when[i]), first, error, room) != 0)
            return -1;
    }
    return 0;
}

static int take_table(struct rulebook *k, uint32_t at, const tm_host *host, tm_str bytes, const char *name, char *error,
                      uint64_t room) {
    if (table_open(&k->tables[at], bytes, host->text_version, name, error, room) != 0)
        return -1;
    uint64_t *row_lists = calloc((size_t)k->tables[at].n_rows + 1, sizeof *row_lists);
    if (row_lists == NULL)
        return no_memory(error, room);
    int rc = take_rows(k, at, name, row_lists, error, room);
    if (rc == 0 && (rc = make_words(k, at, row_lists)) != 0)
        no_memory(error, room);
    free(row_lists);
    k->n_sets = at + 1;
    return rc;
}

static int user_phrase(void *ctx, tm_str list, tm_str phrase, char *error, uint64_t room) {
    struct rulebook *k = ctx;
    tm_str fields[] = {list, {"", 0}, {"", 0}, {"", 0}};
    return compile_row(k->compile, phrase, fields, error, room);
}

static int user_when(void *ctx, tm_str name, tm_str kind, tm_str when, int first, char *error, uint64_t room) {
    struct rulebook *k = ctx;
    return ruleset_when(&k->rules, name, kind, when, first, error, room);
}

static int user_off(void *ctx, tm_str name, char *error, uint64_t room) {
    struct rulebook *k = ctx;
    (void)error;
    (void)room;
    ruleset_off(&k->rules, name);
    return 0;
}

/* The user's own files: phrases go into a table of their own, rules to the others. */
static int read_user_rules(struct rulebook *k, const tm_host *host, const tm_str *paths, uint64_t n, char *error,
                           uint64_t room) {
    static const char *const columns[] = {"list:text", "name:text", "kind:text", "when:text"};
    if (n == 0)
        return 0;
    k->compile = compile_new(host);
    if (k->compile == NULL || compile_columns(k->compile, columns, 4) != 0)
        return no_memory(error, room);
    struct rules_reader reader = {.ctx = k, .phrase = user_phrase, .when = user_when, .off = user_off};
    for (uint64_t i = 0; i < n; i++) {
        struct user_file *file = calloc(1, sizeof *file);
        uint64_t len = 0;
        if (file == NULL)
            return no_memory(error, room);
        file->next = k->files;
        k->files = file;
        file->text = lines_read_file(paths[i].data, &len, error, room);
        if (file->text == NULL || rules_read(&reader, paths[i].data, (tm_str){file->text, len}, error, room) != 0)
            return -1;
    }
    tm_str bytes = compile_finish(k->compile);
    if (bytes.data == NULL)
        return no_memory(error, room);
    return take_table(k, 1, host, bytes, "the user's rules", error, room);
}

static void find_lists(struct rulebook *k) {
#define LIST(name) .name = ruleset_list(&k->rules, TM_STR(#name))
    struct known_lists l = {
        LIST(function),    LIST(filler),       LIST(act),     LIST(object), LIST(share),    LIST(nav),    LIST(widget),
        LIST(related),     LIST(relatedlabel), LIST(taghead), LIST(legal),  LIST(credit),   LIST(agency), LIST(byhead),
        LIST(relatedsure), LIST(you),          LIST(media),   LIST(said),   LIST(contact),  LIST(age),    LIST(role),
        LIST(date),        LIST(datelabel),    LIST(counter), LIST(bio),    LIST(emptyhead)};
#undef LIST
    for (uint32_t i = 0; i < k->n_sets; i++)
        k->sets[i].lists = l;
}

int rulebook_open(struct rulebook *k, const tm_host *host, tm_str bytes, const tm_str *paths, uint64_t n_paths,
                  char *error, uint64_t room) {
    if (take_table(k, 0, host, bytes, "clean.table", error, room) != 0)
        return -1;
    find_lists(k); /* before the user's lists can take the last places */
    if (read_user_rules(k, host, paths, n_paths, error, room) != 0)
        return -1;
    find_lists(k);
    return ruleset_finish(&k->rules) != 0 ? no_memory(error, room) : 0;
}

void rulebook_close(struct rulebook *k) {
    while (k->files != NULL) {
        struct user_file *next = k->files->next;
        free(k->files->text);
        free(k->files);
        k->files = next;
    }
    ruleset_free(&k->rules);
    for (uint32_t i = 0; i < 2; i++) {
        free(k->lists_of[i]);
        free(k->steps[i]);
    }
    if (k->compile != NULL)
        compile_free(k->compile);
}
