/* config.h: configuration files as a tree that knows where each value stands: json-c's only home.
 *
 * JSON with comments (// and slash-star) and ${NAME}, ${NAME:-default}, ${NAME:?message} inside strings. json-c reads
 * the values; a scan of our own gives every node its line and column (json-c has none) and finds what json-c lets pass.
 * The tree is plain structs: no json-c object leaves this room. One thread.
 */
#ifndef TM_JSON_CONFIG_H
#define TM_JSON_CONFIG_H

#include "buffer.h"

#include <stddef.h>
#include <stdint.h>

/* CONFIG_BAD: a value that could not be read; the problem is told already, so whoever meets it says nothing more. */
enum config_type {
    CONFIG_BAD,
    CONFIG_NULL,
    CONFIG_BOOL,
    CONFIG_INT,
    CONFIG_NUMBER,
    CONFIG_STRING,
    CONFIG_ARRAY,
    CONFIG_OBJECT
};

struct config_node {
    enum config_type type;
    uint32_t line, column;         /* of the value, from 1; columns count code points */
    uint32_t key_line, key_column; /* of its key, for an object's member */
    const char *file;
    const char *key;    /* for a member */
    int is_secret;      /* came by ${...} */
    int64_t integer;    /* CONFIG_BOOL, CONFIG_INT */
    double number;      /* CONFIG_INT, CONFIG_NUMBER */
    const char *string; /* decoded, NUL-terminated; of a number its literal */
    size_t string_len;
    struct config_node *first, *next, *parent; /* children and sisters, in file order */
    size_t n_children;
};

/* What is wrong with a pipeline: all of it is gathered, then shown in the order of the file. */
enum problem_level { PROBLEM_ERROR = 1, PROBLEM_WARNING };

struct problem {
    enum problem_level level;
    const char *file;      /* NULL: no file */
    uint32_t line, column; /* 0: the file as a whole, or a word of the command line */
    const char *code; /* stable word: syntax, unknown-stage, unknown-option, wrong-type, out-of-range, duplicate-key,
                         missing-option, missing-key, unknown-field, unknown-key, bad-value, bad-path, bad-pattern,
                         bad-condition, bad-include, bad-environment, duplicate-id, plugin, open, read */
    char *message;
};

struct problems {
    struct problem *list;
    size_t count, room, errors;
};

void problems_init(struct problems *p);
void problems_deinit(struct problems *p);
void problems_add(struct problems *p, enum problem_level level, const char *file, uint32_t line, uint32_t column,
                  const char *code, const char *format, ...) __attribute__((format(printf, 7, 8)));
/* At a node's value. */
void problems_at(struct problems *p, enum problem_level level, const struct config_node *node, const char *code,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* By file (in the order in which they first appear), line, column; twice the same is once. */
void problems_sort(struct problems *p);
/* file:line:column: message, one a line, sorted; a warning says so before its message. */
void problems_print(struct problems *p, struct buffer *out);

struct config;

/* Parses bytes; what is wrong goes to problems. NULL where there is no tree at all. file is copied. */
struct config *config_parse(const char *file, const char *data, size_t len, struct problems *problems);
/* Reads a file of at most 16 MiB and parses it. */
struct config *config_read(const char *path, struct problems *problems);

/* What files held when they were first read, for processes that must all see the same: a copy in a file of its own. */
struct config_files;
/* Over the copy that fd holds; where that is not whole, files are read from the disk and a copy is made of them. */
struct config_files *config_files_open(int fd);
/* Writes the copy, where it was not there. 0; -1 with errno. */
int config_files_save(struct config_files *files);
void config_files_close(struct config_files *files);
int config_files_has(const struct config_files *files, const char *path);
/* As config_read, by the copy; files may be NULL. */
struct config *config_read_by(struct config_files *files, const char *path, struct problems *problems);
const struct config_node *config_root(const struct config *c);
void config_free(struct config *c);
const struct config_node *config_get(const struct config_node *object, const char *key);
/* The node's value as compact JSON. */
void config_write(const struct config_node *node, struct buffer *out);
/* The same over several lines, two spaces a level; what is short stays on its line. Ends with a line end. */
void config_write_pretty(const struct config_node *node, struct buffer *out);
/* Puts a member into an object of the tree (in place of one of that key), as the command line does: text is JSON, or
 * taken as a string where it is not. Its place is `file` with line 0. Returns the member's node. */
struct config_node *config_put(struct config *c, const struct config_node *object, const char *key, const char *file,
                               const char *text, size_t len, struct problems *problems);
/* "a string \"x\"", "an array": what a value is, for messages. Shows no secret. */
void config_describe(const struct config_node *node, struct buffer *out);

/* The nearest of the names, where it is near enough to be meant (edit distance with swaps, at most 1 + length / 4). */
const char *nearest_name(const char *name, const char *const *names, size_t n);
/* Whether one edit (or none) makes b of a. */
int is_one_edit_away(const char *a, const char *b);

#endif
