/* config.c: the tree itself: its memory, looking things up, writing a value. Reading is in config_parse.c, values in
 * config_value.c, problems in config_problems.c.
 */
#include "config_room.h"
#include "memory.h"
#include "write.h"

#include <stdlib.h>
#include <string.h>

struct config_block {
    struct config_block *next;
    size_t used, room;
    max_align_t data[];
};

void *config_alloc(struct config *c, size_t bytes) {
    bytes = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct config_block *b = c->blocks;
    if (!b || b->room - b->used < bytes) {
        size_t room = bytes > 16384 ? bytes : 16384;
        b = memory_alloc(sizeof *b + room);
        *b = (struct config_block){.next = c->blocks, .room = room};
        c->blocks = b;
    }
    void *p = (char *)b->data + b->used;
    b->used += bytes;
    return memset(p, 0, bytes);
}

char *config_copy(struct config *c, const char *data, size_t len) {
    char *copy = config_alloc(c, len + 1);
    if (len)
        memcpy(copy, data, len);
    return copy;
}

struct config *config_new(const char *file) {
    struct config *c = memory_zalloc(1, sizeof *c);
    c->file = config_copy(c, file, strlen(file));
    return c;
}

void config_free(struct config *c) {
    if (!c)
        return;
    for (struct config_block *b = c->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(c);
}

struct config *config_parse(const char *file, const char *data, size_t len, struct problems *problems) {
    struct config *c = config_new(file);
    c->root = config_parse_tree(c, data, len, problems);
    if (!c->root) {
        config_free(c);
        return NULL;
    }
    return c;
}

struct config *config_read(const char *path, struct problems *problems) {
    return config_read_by(NULL, path, problems);
}

const struct config_node *config_root(const struct config *c) {
    return c->root;
}

const struct config_node *config_get(const struct config_node *object, const char *key) {
    if (!object || object->type != CONFIG_OBJECT)
        return NULL;
    for (const struct config_node *n = object->first; n; n = n->next)
        if (strcmp(n->key, key) == 0)
            return n;
    return NULL;
}

static void label(struct config_node *node, const char *file) {
    node->file = file;
    node->line = node->column = node->key_line = node->key_column = 0;
    if (node->type == CONFIG_ARRAY || node->type == CONFIG_OBJECT)
        for (struct config_node *n = node->first; n; n = n->next)
            label(n, file);
}

struct config_node *config_put(struct config *c, const struct config_node *object, const char *key, const char *file,
                               const char *text, size_t len, struct problems *problems) {
    struct config *scratch = config_new(file);
    struct problems unheard;
    problems_init(&unheard);
    struct config_node *node = config_parse_tree(scratch, text, len, &unheard);
    if (unheard.errors || !node) {
        node = config_alloc(scratch, sizeof *node);
        node->type = CONFIG_STRING;
        node->string = config_copy(scratch, text, len);
        node->string_len = len;
    }
    problems_deinit(&unheard);
    label(node, config_copy(scratch, file, strlen(file)));
    node->key = config_copy(scratch, key, strlen(key));
    if (node->type == CONFIG_STRING)
        config_expand(scratch, node, problems);
    /* The tree takes the scratch tree's memory over, behind its own newest block. */
    struct config_block *last = scratch->blocks;
    while (last->next)
        last = last->next;
    if (c->blocks) {
        last->next = c->blocks->next;
        c->blocks->next = scratch->blocks;
    } else {
        c->blocks = scratch->blocks;
    }
    free(scratch);

    struct config_node *parent = (struct config_node *)object;
    struct config_node **link = &parent->first;
    while (*link && strcmp((*link)->key, key) != 0)
        link = &(*link)->next;
    node->next = *link ? (*link)->next : NULL;
    node->parent = parent;
    parent->n_children += !*link;
    *link = node;
    return node;
}

void config_write(const struct config_node *node, struct buffer *out) {
    switch (node->type) {
    case CONFIG_BAD:
    case CONFIG_NULL:
        buffer_add_string(out, "null");
        break;
    case CONFIG_BOOL:
        buffer_add_string(out, node->integer ? "true" : "false");
        break;
    case CONFIG_INT:
    case CONFIG_NUMBER:
        buffer_add(out, node->string, node->string_len);
        break;
    case CONFIG_STRING:
        json_write_text(out, node->string, node->string_len);
        break;
    case CONFIG_ARRAY:
    case CONFIG_OBJECT:
        buffer_add_char(out, node->type == CONFIG_ARRAY ? '[' : '{');
        for (const struct config_node *n = node->first; n; n = n->next) {
            if (node->type == CONFIG_OBJECT) {
                json_write_text(out, n->key, strlen(n->key));
                buffer_add_char(out, ':');
            }
            config_write(n, out);
            if (n->next)
                buffer_add_char(out, ',');
        }
        buffer_add_char(out, node->type == CONFIG_ARRAY ? ']' : '}');
        break;
    }
}

static void write_pretty(const struct config_node *node, unsigned depth, struct buffer *out) {
    enum { SHORT = 100 };
    size_t before = out->len;
    config_write(node, out);
    if ((node->type != CONFIG_ARRAY && node->type != CONFIG_OBJECT) || !node->first ||
        out->len - before + 2 * depth <= SHORT)
        return;
    out->len = before;
    buffer_add_char(out, node->type == CONFIG_ARRAY ? '[' : '{');
    for (const struct config_node *n = node->first; n; n = n->next) {
        buffer_addf(out, "\n%*s", (int)(2 * depth + 2), "");
        if (node->type == CONFIG_OBJECT) {
            json_write_text(out, n->key, strlen(n->key));
            buffer_add_string(out, ": ");
        }
        write_pretty(n, depth + 1, out);
        if (n->next)
            buffer_add_char(out, ',');
    }
    buffer_addf(out, "\n%*s%c", (int)(2 * depth), "", node->type == CONFIG_ARRAY ? ']' : '}');
}

void config_write_pretty(const struct config_node *node, struct buffer *out) {
    write_pretty(node, 0, out);
    buffer_add_char(out, '\n');
}

void config_describe(const struct config_node *node, struct buffer *out) {
    enum { MOST = 40 };
    switch (node->type) {
    case CONFIG_BAD:
        buffer_add_string(out, "something unreadable");
        break;
    case CONFIG_NULL:
        buffer_add_string(out, "null");
        break;
    case CONFIG_BOOL:
        buffer_add_string(out, node->integer ? "true" : "false");
        break;
    case CONFIG_INT:
    case CONFIG_NUMBER:
        buffer_addf(out, "%s", node->string);
        break;
    case CONFIG_STRING: {
        size_t len = node->string_len;
        if (node->is_secret) {
            buffer_add_string(out, "a string from the environment");
        } else if (len <= MOST) {
            buffer_addf(out, "the string \"%s\"", node->string);
        } else {
            for (len = MOST; len && ((unsigned char)node->string[len] & 0xc0) == 0x80; len--)
                ;
            buffer_addf(out, "the string \"%.*s...\"", (int)len, node->string);
        }
        break;
    }
    case CONFIG_ARRAY:
        buffer_add_string(out, "an array");
        break;
    case CONFIG_OBJECT:
        buffer_add_string(out, "an object");
        break;
    }
}
