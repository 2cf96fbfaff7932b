/* options_types.c: what a type of option is: its size, its name for people, its range, its choices. No state.
 */
#include "options_room.h"

#include "../json/units.h"

#include <string.h>

size_t option_type_size(uint32_t type) {
    switch (type) {
    case TM_T_INT:
    case TM_T_NUMBER:
    case TM_T_SIZE:
    case TM_T_DURATION:
        return 8;
    case TM_T_BOOL:
    case TM_T_ENUM:
    case TM_T_FIELD:
        return 4;
    case TM_T_STRING:
    case TM_T_PATH:
    case TM_T_SECRET:
    case TM_T_JSON:
        return sizeof(tm_str);
    case TM_T_PATTERN:
    case TM_T_CONDITION:
        return sizeof(void *);
    case TM_T_LIST:
    case TM_T_MAP:
    case TM_T_TABLE:
        return sizeof(tm_list);
    default:
        return 0;
    }
}

static const char *scalar_name(uint32_t type, int is_plural) {
    static const char *const names[][2] = {
        [TM_T_INT] = {"an integer", "integers"},
        [TM_T_NUMBER] = {"a number", "numbers"},
        [TM_T_BOOL] = {"true or false", "booleans"},
        [TM_T_STRING] = {"a string", "strings"},
        [TM_T_ENUM] = {"one of its choices", "choices"},
        [TM_T_SIZE] = {"a size such as \"2M\"", "sizes"},
        [TM_T_DURATION] = {"a duration such as \"3s\"", "durations"},
        [TM_T_PATH] = {"a path", "paths"},
        [TM_T_PATTERN] = {"a pattern", "patterns"},
        [TM_T_FIELD] = {"the name of a field", "names of fields"},
        [TM_T_CONDITION] = {"a condition", "conditions"},
        [TM_T_SECRET] = {"a string", "strings"},
        [TM_T_LIST] = {"an array", "arrays"},
        [TM_T_MAP] = {"an object", "objects"},
        [TM_T_TABLE] = {"an array of objects", "arrays"},
        [TM_T_JSON] = {"any value", "values"},
    };
    return type < sizeof names / sizeof names[0] && names[type][0] ? names[type][is_plural] : "nothing that is known";
}

void option_type_name(const tm_option *row, struct buffer *out) {
    if (row->type == TM_T_LIST)
        buffer_addf(out, "an array of %s", scalar_name(row->element, 1));
    else if (row->type == TM_T_MAP)
        buffer_addf(out, "an object of names to %s", scalar_name(row->element, 1));
    else
        buffer_add_string(out, scalar_name(row->type, 0));
}

static int parse_bound(uint32_t type, const char *text, size_t len, double *out) {
    uint64_t bytes;
    int64_t ns;
    if (type == TM_T_SIZE) {
        if (units_parse_size(text, len, &bytes) != 0)
            return -1;
        *out = (double)bytes;
        return 0;
    }
    if (type == TM_T_DURATION) {
        if (units_parse_duration(text, len, &ns) != 0)
            return -1;
        *out = (double)ns;
        return 0;
    }
    struct problems unheard;
    problems_init(&unheard);
    struct config *c = config_parse("range", text, len, &unheard);
    const struct config_node *n = c ? config_root(c) : NULL;
    int is_number = !unheard.errors && n && (n->type == CONFIG_INT || n->type == CONFIG_NUMBER);
    if (is_number)
        *out = n->number;
    config_free(c);
    problems_deinit(&unheard);
    return is_number ? 0 : -1;
}

int option_range_parse(const tm_option *row, uint32_t type, struct option_range *out) {
    *out = (struct option_range){0};
    if (!row->range)
        return 0;
    const char *dots = strstr(row->range, "..");
    if (!dots)
        return -1;
    size_t low = (size_t)(dots - row->range), high = strlen(dots + 2);
    if (low && parse_bound(type, row->range, low, &out->low) != 0)
        return -1;
    if (high && parse_bound(type, dots + 2, high, &out->high) != 0)
        return -1;
    out->has_low = low > 0;
    out->has_high = high > 0;
    return out->has_low && out->has_high && out->low > out->high ? -1 : 0;
}

const char *option_choice(const char *choices, uint32_t i, size_t *out_len) {
    for (; choices; i--) {
        size_t len = strcspn(choices, "|");
        if (i == 0) {
            *out_len = len;
            return choices;
        }
        choices = choices[len] ? choices + len + 1 : NULL;
    }
    return NULL;
}
