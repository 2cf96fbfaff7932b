/* rulebook.h: all that the stage knows of words and rules: the table made at build time and the user's own files.
 * Made when the stage opens; read by all threads.
 */
#ifndef CLEAN_RULEBOOK_H
#define CLEAN_RULEBOOK_H

#include "page.h"
#include "rules.h"

#include <table.h>

struct user_file;

struct rulebook {
    struct ruleset rules;
    struct words sets[2]; /* phrases of the table; of the user's files, whose values are lists */
    uint32_t n_sets;
    struct known_lists lists;
    const tm_host *host;
    struct phrase_builder *phrases;
    struct user_file *files;
};

/* bytes: clean.table, which stays where it is. 0, or -1 with one line in error; to be closed in either case. */
int rulebook_open(struct rulebook *k, const tm_host *host, tm_str bytes, const tm_str *paths, uint64_t n_paths,
                  char *error, uint64_t room);
void rulebook_close(struct rulebook *k);

#endif
