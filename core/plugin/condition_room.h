/* condition_room.h: a compiled condition as condition.c makes it and condition_holds.c reads it. */
#ifndef TM_PLUGIN_CONDITION_ROOM_H
#define TM_PLUGIN_CONDITION_ROOM_H

#include "condition.h"

enum op {
    OP_ALL,
    OP_ANY,
    OP_NONE, /* of children */
    OP_IS,
    OP_NOT,
    OP_IN,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_EXISTS,
    OP_CONTAINS,
    OP_STARTS,
    OP_MATCHES,
    OP_HAS_ANY
};

/* A constant to compare with: null, boolean, number, text. */
struct operand {
    uint32_t type; /* TM_V_... */
    int64_t integer;
    double number;
    char *text;
    size_t len;
};

struct tm_condition {
    enum op op;
    char *path;
    size_t path_len;
    struct operand *operands;
    size_t n_operands;
    struct tm_pattern *pattern;
    struct tm_condition **children;
    size_t n_children;
};

#endif
