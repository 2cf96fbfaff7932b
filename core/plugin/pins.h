/* pins.h: the files that a pipeline's plugins are made of (each .so, and the data that they map), held open from when
 * they were first read. A process that is started later is given the same files, though others may bear their names by
 * then: so all processes of one run have the same code and the same tables. Without locks: one thread's.
 */
#ifndef TM_PLUGIN_PINS_H
#define TM_PLUGIN_PINS_H

#include <stddef.h>
#include <sys/stat.h>

enum pin_state { PIN_SAME, PIN_REPLACED, PIN_WRITTEN_OVER, PIN_GONE };

struct pin {
    char *asked;         /* the name that it was looked for under */
    char *path;          /* and the file's own, without links */
    int fd;              /* owned */
    struct stat was;     /* as it was pinned */
    enum pin_state told; /* what the log said of it last */
};

struct pins {
    struct pin *list;
    size_t n;
};

/* NULL: not pinned; also where p is NULL. Valid until the next pins_add. */
const struct pin *pins_find(const struct pins *p, const char *asked);
/* Takes fd; one that is there already stays, and fd is closed. */
void pins_add(struct pins *p, const char *asked, const char *path, int fd);
/* What bears its name on the disk now. */
enum pin_state pin_look(const struct pin *pin);
void pins_deinit(struct pins *p);

#endif
