/* user.h: the user's own gazetteers, read at open: TSV with a line a name (name, type, id, aliases parted by |) or a
 * JSON array of objects with these members.
 */
#ifndef ENTITIES_USER_H
#define ENTITIES_USER_H

#include <compile.h>

struct user_gazetteer {
    struct compile *owner; /* NULL: none */
    struct table table;
    const uint32_t *name, *type, *id;
    const int32_t *form;
};

/* Reads all the files (NUL-terminated paths). 0, or -1 with one line "file:line: message" in error. */
int user_gazetteer_open(struct user_gazetteer *u, const tm_host *host, const tm_str *paths, uint64_t n, char *error,
                        uint64_t room);
void user_gazetteer_close(struct user_gazetteer *u);

/* The row of the longest name that begins at token i, and its number of tokens; TM_NONE where there is none. */
uint32_t user_gazetteer_find(const struct user_gazetteer *u, const tm_tokens *t, uint32_t i, uint32_t *out_count);

#endif
