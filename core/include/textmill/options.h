/* options.h: the table of options in a plugin's descriptor.
 *
 * A plugin declares one row an option and a plain C struct that holds the values. From the rows come validation, error
 * messages with the nearest right name, the JSON Schema, `textmill plugins NAME`, the man page and the tables in the
 * READMEs, so nothing about an option is written twice. A row is bound to a member of the struct by its offset, and the
 * member's type is checked when the plugin is compiled.
 *
 *     struct config { double threshold; int64_t most; int32_t scores; tm_str store; };
 *     static const tm_option options[] = {
 *         TM_OPT_NUMBER(struct config, threshold, "threshold", "0.8", "0..1", "score from which a list item goes"),
 *         TM_OPT_BOOL(struct config, scores, "scores", "false", "report every list item considered"),
 *     };
 *
 * Defaults, ranges and examples are JSON text (a string default with its quotes). A row without a default (NULL) is
 * required. The host fills the struct before open; what it points to lives as long as the instance.
 */
#ifndef TEXTMILL_OPTIONS_H
#define TEXTMILL_OPTIONS_H

#include "types.h"

/* Types, and the C type of the member that takes the value. */
#define TM_T_INT 1u        /* int64_t */
#define TM_T_NUMBER 2u     /* double */
#define TM_T_BOOL 3u       /* int32_t, 0 or 1 */
#define TM_T_STRING 4u     /* tm_str */
#define TM_T_ENUM 5u       /* int32_t, index into the choices */
#define TM_T_SIZE 6u       /* uint64_t, bytes: 2M, 64K, 1G (1024s) or a plain number */
#define TM_T_DURATION 7u   /* int64_t, nanoseconds: 3s, 20ms, 30d, 1h, 5m, or a plain number of seconds */
#define TM_T_PATH 8u       /* tm_str, absolute; relative ones count from the pipeline file; also NUL-terminated */
#define TM_T_PATTERN 9u    /* const tm_pattern *, NULL where not given */
#define TM_T_FIELD 10u     /* tm_field; the flags say whether the stage reads or writes it */
#define TM_T_CONDITION 11u /* const tm_condition *, NULL where not given */
#define TM_T_SECRET 12u    /* tm_str; never shown, best given as ${NAME} */
#define TM_T_LIST 13u      /* tm_list of `element`'s C type */
#define TM_T_MAP 14u       /* tm_list of tm_pair: names to values; `element`: string, number, int, JSON or field */
#define TM_T_TABLE 15u     /* tm_list of structs described by `columns`: a JSON array of objects */
#define TM_T_JSON 16u      /* tm_str: any value, as compact JSON */

/* Flags of a row. */
#define TM_OPT_READS 1u       /* TM_T_FIELD, TM_T_STRING: the stage reads it; TM_T_MAP to fields: those of its names */
#define TM_OPT_WRITES 2u      /* TM_T_FIELD, TM_T_STRING: the stage writes it; TM_T_MAP: those of its names */
#define TM_OPT_PATH_READ 4u   /* TM_T_PATH: must exist and be readable */
#define TM_OPT_PATH_WRITE 8u  /* TM_T_PATH: is created or written */
#define TM_OPT_PATH_STATE 16u /* TM_T_PATH: a store that outlives the run */
#define TM_OPT_HIDDEN 32u     /* for tests and measurements; left out of help and schema */

/* Values of a list, map or table: `count` items of the element's C type, one after the other. */
typedef struct tm_list {
    const void *items;
    uint64_t count;
} tm_list;

/* One entry of a map; the value's member is the one of the element's type. */
typedef struct tm_pair {
    tm_str name;
    tm_str text; /* also of JSON */
    double number;
    int64_t integer; /* also of a field: its handle; its name is text */
} tm_pair;

typedef struct tm_option {
    const char *name; /* as in the pipeline file */
    uint32_t type;    /* TM_T_... */
    uint32_t element; /* of a list or map: the type of its items; else 0 */
    uint32_t flags;   /* TM_OPT_... */
    uint32_t offset;  /* of the member in the configuration struct (in the row's struct, for a column) */
    const char *def;  /* default as JSON text; NULL = required */
    const char
        *range;       /* "LOW..HIGH" for numbers, sizes and durations, either side may be absent; "a|b|c" for an enum */
    const char *help; /* one sentence, no full stop */
    const char *example;             /* JSON text, or NULL */
    const struct tm_option *columns; /* TM_T_TABLE: the columns */
    uint32_t n_columns;
    uint32_t row_size; /* TM_T_TABLE: size of a row's struct */
} tm_option;

/* offsetof, and an error of the compiler where the member is not of type T. */
#define TM_BIND(S, member, T) ((uint32_t)(offsetof(S, member) + 0 * sizeof((T *)0 == &((S *)0)->member)))

#define TM_OPT_ROW(S, m, T, type, element, flags, name, def, range, help)                                              \
    { name, type, element, flags, TM_BIND(S, m, T), def, range, help, NULL, NULL, 0, 0 }

#define TM_OPT_INT(S, m, name, def, range, help) TM_OPT_ROW(S, m, int64_t, TM_T_INT, 0, 0, name, def, range, help)
#define TM_OPT_NUMBER(S, m, name, def, range, help) TM_OPT_ROW(S, m, double, TM_T_NUMBER, 0, 0, name, def, range, help)
#define TM_OPT_BOOL(S, m, name, def, help) TM_OPT_ROW(S, m, int32_t, TM_T_BOOL, 0, 0, name, def, NULL, help)
#define TM_OPT_STRING(S, m, name, def, help) TM_OPT_ROW(S, m, tm_str, TM_T_STRING, 0, 0, name, def, NULL, help)
#define TM_OPT_ENUM(S, m, name, def, choices, help) TM_OPT_ROW(S, m, int32_t, TM_T_ENUM, 0, 0, name, def, choices, help)
#define TM_OPT_SIZE(S, m, name, def, range, help) TM_OPT_ROW(S, m, uint64_t, TM_T_SIZE, 0, 0, name, def, range, help)
#define TM_OPT_DURATION(S, m, name, def, range, help)                                                                  \
    TM_OPT_ROW(S, m, int64_t, TM_T_DURATION, 0, 0, name, def, range, help)
#define TM_OPT_PATH(S, m, flags, name, def, help) TM_OPT_ROW(S, m, tm_str, TM_T_PATH, 0, flags, name, def, NULL, help)
#define TM_OPT_PATTERN(S, m, name, def, help)                                                                          \
    TM_OPT_ROW(S, m, const tm_pattern *, TM_T_PATTERN, 0, 0, name, def, NULL, help)
#define TM_OPT_FIELD(S, m, flags, name, def, help)                                                                     \
    TM_OPT_ROW(S, m, tm_field, TM_T_FIELD, 0, flags, name, def, NULL, help)
#define TM_OPT_CONDITION(S, m, name, def, help)                                                                        \
    TM_OPT_ROW(S, m, const tm_condition *, TM_T_CONDITION, 0, 0, name, def, NULL, help)
#define TM_OPT_SECRET(S, m, name, def, help) TM_OPT_ROW(S, m, tm_str, TM_T_SECRET, 0, 0, name, def, NULL, help)
#define TM_OPT_LIST(S, m, element, flags, name, def, help)                                                             \
    TM_OPT_ROW(S, m, tm_list, TM_T_LIST, element, flags, name, def, NULL, help)
#define TM_OPT_MAP(S, m, element, name, def, help)                                                                     \
    TM_OPT_ROW(S, m, tm_list, TM_T_MAP, element, 0, name, def, NULL, help)
#define TM_OPT_TABLE(S, m, Row, cols, name, def, help)                                                                 \
    {                                                                                                                  \
        name, TM_T_TABLE, 0, 0, TM_BIND(S, m, tm_list), def, NULL, help, NULL, cols,                                   \
            (uint32_t)(sizeof(cols) / sizeof((cols)[0])), (uint32_t)sizeof(Row)                                        \
    }

#endif
