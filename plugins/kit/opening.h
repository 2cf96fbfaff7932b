/* opening.h: what plugins do in `open`: map the files beside their .so, open the tables in them, read options that list
 * words, and tell in one line what is wrong.
 *
 *     struct opening o;
 *     opening_init(&o, host, self);
 *     if (opening_table(&o, "words.table", &words) != 0 || read_config(o.error, sizeof o.error) != 0)
 *         return opening_refuse(&o);
 */
#ifndef KIT_OPENING_H
#define KIT_OPENING_H

#include "table.h"

#include <textmill/host.h>
#include <textmill/options.h>

struct opening {
    const tm_host *host;
    tm_instance *self;
    char error[512]; /* what is wrong and the cure; "no memory" until something else is known */
};

void opening_init(struct opening *o, const tm_host *host, tm_instance *self);
/* The bytes of a file: 0, or -1 with an error. */
int opening_map(struct opening *o, const char *file, tm_str *out_bytes);
/* The compiled table in a file, likewise. */
int opening_table(struct opening *o, const char *file, struct table *out_table);
/* An option that lists words of a closed set: bit i of out_bits where names[i] is listed. 0, or -1 with an error that
 * tells the words. At most 32 names. */
int opening_choices(struct opening *o, const char *option, const tm_list *list, const char *const *names,
                    uint32_t n_names, uint32_t *out_bits);
/* Sets the error; returns -1. */
int opening_fail(struct opening *o, const char *message);
/* Tells the host the error; returns what `open` returns then. */
int32_t opening_refuse(struct opening *o);

#endif
