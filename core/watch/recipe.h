/* recipe.h: what all workers of one pipeline are made of: the pipeline file as it was when it was taken, and the files
 * of its plugins. The first worker finds them and hands them to the supervisor, who loads nothing of it and hands it to
 * those that come later: so a worker that is replaced is made of what the others are made of, whatever stands on the
 * disk by now. A reload makes a recipe of its own.
 */
#ifndef TM_WATCH_RECIPE_H
#define TM_WATCH_RECIPE_H

#include "../json/buffer.h"
#include "../observe/log.h"
#include "../plugin/pins.h"

struct recipe {
    int copies; /* of the pipeline file: a memfd, or -1 */
    struct pins pins;
    int is_whole; /* a worker was made of it and is ready: who has seen documents adds nothing */
};

/* Both -1 with errno. */
int recipe_begin(struct recipe *r);
int recipe_give(const struct recipe *r, int socket);
void recipe_tell(struct recipe *r, struct log *log); /* what is another on the disk by now; each once */
void recipe_write(const struct recipe *r, struct buffer *out);
void recipe_free(struct recipe *r); /* to be begun again */

/* The messages, for both sides. */
int pin_send(int socket, const struct pin *pin);
int pin_is(const char *frame);
void pin_take(struct pins *pins, const char *frame, size_t len, int fd); /* takes fd */

#endif
