/* gen_rules.c: the build's own program: rules files in, a source for textmill-table out. Phrases become rows with their
 * list, lines of `when` rows without a phrase. */
#include "rules.h"

#include <lines.h>
#include <stdio.h>
#include <stdlib.h>

static int put_phrase(void *ctx, tm_str list, tm_str phrase, char *error, uint64_t room) {
    (void)error;
    (void)room;
    (void)ctx;
    printf("%.*s\t%.*s\t\t\t\n", (int)phrase.len, phrase.data, (int)list.len, list.data);
    return 0;
}

static int put_when(void *ctx, tm_str name, tm_str kind, tm_str when, int first, char *error, uint64_t room) {
    static const char *const mark[] = {"", "+"};
    struct ruleset *all = ctx;
    int rc = ruleset_when(all, name, kind, when, first, error, room);
    if (rc == 0)
        printf("\t\t%s%.*s\t%.*s\t%.*s\n", mark[!first], (int)name.len, name.data, (int)kind.len, kind.data,
               (int)when.len, when.data);
    return rc;
}

int main(int argc, char **argv) {
    struct ruleset all = {0}; /* to find what is wrong with the rules together */
    struct rules_reader reader = {.ctx = &all, .phrase = put_phrase, .when = put_when};
    char error[256] = "no memory";
    char **texts = calloc((size_t)argc, sizeof *texts); /* the rules borrow their names from them */
    int is_bad = texts == NULL;
    printf("phrase\tlist:text\tname:text\tkind:text\twhen:text\n");
    for (int i = 1; i < argc && !is_bad; i++) {
        uint64_t len;
        texts[i] = lines_read_file(argv[i], &len, error, sizeof error);
        is_bad = !texts[i] || rules_read(&reader, argv[i], (tm_str){texts[i], len}, error, sizeof error) != 0;
    }
    if (is_bad)
        fprintf(stderr, "%s\n", error);
    ruleset_free(&all);
    for (int i = 1; i < argc && texts; i++)
        free(texts[i]);
    free(texts);
    return is_bad || ferror(stdout) ? 1 : 0;
}
