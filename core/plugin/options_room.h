/* options_room.h: what the files of options*.c share and nobody else sees. */
#ifndef TM_PLUGIN_OPTIONS_ROOM_H
#define TM_PLUGIN_OPTIONS_ROOM_H

#include "options.h"

/* Bytes of the member that takes a value of this type; 0 for a type that is not known. */
size_t option_type_size(uint32_t type);
/* "a number", "an array of strings": for messages and listings. */
void option_type_name(const tm_option *row, struct buffer *out);

/* A range as its type reads it. -1 where it is malformed. */
struct option_range {
    int has_low, has_high;
    double low, high;
};
int option_range_parse(const tm_option *row, uint32_t type, struct option_range *out);

/* Choice i of "a|b|c", or NULL. */
const char *option_choice(const char *choices, uint32_t i, size_t *out_len);

/* One value into the member at `to`. `label` is the option's name, for messages. -1 with problems told. */
int option_value(struct options_filled *f, const tm_option *row, uint32_t type, const struct config_node *node,
                 void *to, const char *label);

/* The rows of a table against an object (NULL: none of it is given). */
int option_rows(struct options_filled *f, const tm_option *rows, uint32_t n_rows, uint32_t row_size, void *to,
                const struct config_node *object, const struct config_node *at, const char *label);

#endif
