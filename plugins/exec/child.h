/* child.h: one running program: started, written to and read from without blocking, ended with all that it started.
 * Owned by one thread at a time.
 */
#ifndef EXEC_CHILD_H
#define EXEC_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* 0: none runs */
    int in, out;
    char *got; /* read, not yet taken */
    uint64_t len, room, taken;
};

/* argv ends with NULL; folder is where it runs. 0, or an errno. */
int child_start(struct child *c, char *const *argv, const char *folder);
/* Closes its input, lets it end within a second, then ends it and its children. */
void child_end(struct child *c);
/* Ends it at once. */
void child_kill(struct child *c);

/* Writes what can be written of [*at, end): 0, or -1 where it reads no more. */
int child_write(struct child *c, const char *data, uint64_t *at, uint64_t end);
/* Reads what is there: 1; 0: it closed its output; -1: no memory. */
int child_read(struct child *c);
/* The next whole line, without its end, to be changed at will; 0 where there is none yet. */
int child_line(struct child *c, char **out_line, uint64_t *out_len);
/* Waits until it can be written to (where wanted) or read from, at most ms. */
void child_wait(const struct child *c, int wants_write, int ms);

#endif
