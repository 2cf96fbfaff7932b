/* config_room.h: what the files of config*.c share and nobody else sees. */
#ifndef TM_JSON_CONFIG_ROOM_H
#define TM_JSON_CONFIG_ROOM_H

#include "config.h"

#define CONFIG_MAX_BYTES (16u << 20)
#define CONFIG_MAX_DEPTH 64u
#define CONFIG_MAX_ERRORS 20u /* of syntax: behind so many the rest is guesswork */
#define CONFIG_MAX_NUMBER 400u

struct config_block;

struct config {
    const char *file;
    struct config_node *root;
    struct config_block *blocks; /* nodes and strings, freed together */
};

/* Cleared memory that lives as long as the tree. */
void *config_alloc(struct config *c, size_t bytes);
char *config_copy(struct config *c, const char *data, size_t len);
struct config *config_new(const char *file);

/* config_parse.c: the tree of the bytes under c->file; NULL where there is none. */
struct config_node *config_parse_tree(struct config *c, const char *data, size_t len, struct problems *problems);

int config_is_utf8(const char *data, size_t len); /* scan.h and json-c have names in common: only one can be included */

/* config_value.c: one literal, whose form the scan has checked, into the node's value. -1 with a line in why. */
struct json_tokener;
struct json_tokener *literal_reader_new(void); /* NULL: no memory */
void literal_reader_free(struct json_tokener *reader);
int literal_read_string(struct json_tokener *reader, struct config *c, const char *literal, size_t len,
                        const char **out_string, size_t *out_len);
int literal_read_number(struct json_tokener *reader, struct config *c, const char *literal, size_t len,
                        struct config_node *node, struct buffer *why);
/* ${NAME} and its sisters in a string node. */
void config_expand(struct config *c, struct config_node *node, struct problems *problems);

#endif
