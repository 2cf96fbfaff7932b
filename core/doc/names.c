/* names.c: field names to handles: a table that grows while stages open and is then read by all. */
#include "doc.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

struct field_name {
    char *name;
    size_t len;
};

struct field_names {
    struct field_name *list; /* handle - 1 */
    uint32_t count, room;
};

struct field_names *field_names_new(void) {
    return memory_zalloc(1, sizeof(struct field_names));
}

void field_names_free(struct field_names *names) {
    if (!names)
        return;
    for (uint32_t i = 0; i < names->count; i++)
        free(names->list[i].name);
    free(names->list);
    free(names);
}

tm_field field_names_add(struct field_names *names, const char *name, size_t len) {
    for (uint32_t i = 0; i < names->count; i++)
        if (names->list[i].len == len && memcmp(names->list[i].name, name, len) == 0)
            return i + 1;
    if (names->count == names->room) {
        names->room = names->room ? names->room * 2 : 16;
        names->list = memory_realloc(names->list, names->room * sizeof *names->list);
    }
    names->list[names->count++] = (struct field_name){memory_copy(name, len), len};
    return names->count;
}

const char *field_names_get(const struct field_names *names, tm_field field, size_t *out_len) {
    if (!names || field == 0 || field > names->count) {
        *out_len = 0;
        return NULL;
    }
    *out_len = names->list[field - 1].len;
    return names->list[field - 1].name;
}

uint32_t field_names_count(const struct field_names *names) {
    return names->count;
}
