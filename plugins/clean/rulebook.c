/* rulebook.c: opens the table of rules and reads the user's own files on top of it: they add to lists, add and replace
 * rules, and switch rules off. Errors are one line, with file and line where a file is wrong.
 */
#include "rulebook.h"
#include "select.h"

#include <lines.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHRASE_TOKENS 64

struct user_file {
    char *text;
    struct user_file *next;
};

static int no_memory(char *error, uint64_t room) {
    snprintf(error, room, "out of memory");
    return -1;
}

/* Rows of rules go to the ruleset; of the others out_lists tells the list. */
static int take_rows(struct rulebook *k, const struct table *t, uint32_t *out_lists, char *error, uint64_t room) {
    const uint32_t *list = table_texts(t, "list"), *rule = table_texts(t, "name"), *kind = table_texts(t, "kind"),
                   *when = table_texts(t, "when");
    if (!list || !rule || !kind || !when) {
        snprintf(error, room, "clean.table: not a table of rules");
        return -1;
    }
    uint32_t last = TM_NONE, number = 0;
    for (uint32_t i = 0; i < t->n_rows; i++) {
        tm_str r = table_text(t, rule[i]);
        if (r.len == 0) {
            if (list[i] != last && (number = ruleset_list(&k->rules, table_text(t, list[i]))) >= LISTS_PLAIN) {
                snprintf(error, room, "clean.table: more than %u lists", LISTS_PLAIN);
                return -1;
            }
            last = list[i];
            out_lists[i] = number;
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

static int take_table(struct rulebook *k, const tm_host *host, tm_str bytes, char *error, uint64_t room) {
    struct table table;
    if (table_open(&table, bytes, host->text_version, "clean.table", error, room) != 0)
        return -1;
    uint32_t *row_lists = calloc((size_t)table.n_rows + 1, sizeof *row_lists);
    if (row_lists == NULL)
        return no_memory(error, room);
    int rc = take_rows(k, &table, row_lists, error, room);
    if (rc == 0 && (rc = words_init(&k->sets[0], &table.phrases, row_lists)) != 0)
        no_memory(error, room);
    free(row_lists);
    k->n_sets = 1;
    return rc;
}

static int user_phrase(void *ctx, tm_str list, tm_str phrase, char *error, uint64_t room) {
    struct rulebook *k = ctx;
    uint64_t hash[PHRASE_TOKENS];
    tm_token_buffer tokens = {.room = PHRASE_TOKENS, .hash = hash};
    uint32_t number = ruleset_list(&k->rules, list);
    if (k->host->tokenize(phrase, &tokens) != TM_OK || tokens.count == 0 || tokens.count > PHRASE_TOKENS) {
        snprintf(error, room, "a phrase has 1 to %d words: '%.*s'", PHRASE_TOKENS,
                 (int)(phrase.len < 60 ? phrase.len : 60), phrase.data);
        return -1;
    }
    if (number == UINT32_MAX || phrase_builder_add(k->phrases, hash, tokens.count, number) != 0) {
        snprintf(error, room, "no memory, or more than %d lists", LISTS_MAX);
        return -1;
    }
    return 0;
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

/* The user's own files: phrases go into a set of their own, rules to the others. Nothing of that is kept on disk: a
 * thousand rules are read in less time than it takes to open and check a file of them. */
static int read_user_rules(struct rulebook *k, const tm_host *host, const tm_str *paths, uint64_t n, char *error,
                           uint64_t room) {
    struct phrase_view view;
    if (n == 0)
        return 0;
    k->host = host;
    k->phrases = phrase_builder_new();
    if (k->phrases == NULL)
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
    if (phrase_builder_finish(k->phrases, &view) != 0 || words_init(&k->sets[1], &view, NULL) != 0)
        return no_memory(error, room);
    k->n_sets = 2;
    return 0;
}

static void find_lists(struct rulebook *k) {
#define LIST(name) .name = list_bit(ruleset_list(&k->rules, TM_STR(#name)))
    k->lists = (struct known_lists){
        LIST(function), LIST(filler),    LIST(act),          LIST(object),      LIST(share),      LIST(nav),
        LIST(widget),   LIST(related),   LIST(relatedlabel), LIST(taghead),     LIST(legal),      LIST(credit),
        LIST(agency),   LIST(byhead),    LIST(relatedsure),  LIST(you),         LIST(media),      LIST(said),
        LIST(contact),  LIST(age),       LIST(role),         LIST(date),        LIST(datelabel),  LIST(counter),
        LIST(bio),      LIST(emptyhead), LIST(summary),      LIST(consenthead), LIST(updatehead), LIST(cited)};
#undef LIST
}

int rulebook_open(struct rulebook *k, const tm_host *host, tm_str bytes, const tm_str *paths, uint64_t n_paths,
                  char *error, uint64_t room) {
    if (take_table(k, host, bytes, error, room) != 0)
        return -1;
    find_lists(k); /* before the user's lists can take the last plain places */
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
    for (uint32_t i = 0; i < 2; i++)
        words_deinit(&k->sets[i]);
    phrase_builder_free(k->phrases);
}
