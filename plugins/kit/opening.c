/* opening.c: see opening.h. */
#include "opening.h"

#include <stdio.h>
#include <string.h>

void opening_init(struct opening *o, const tm_host *host, tm_instance *self) {
    o->host = host;
    o->self = self;
    opening_fail(o, "no memory");
}

int opening_map(struct opening *o, const char *file, tm_str *out_bytes) {
    if (o->host->map_file(o->self, (tm_str){file, strlen(file)}, out_bytes) == TM_OK)
        return 0;
    snprintf(o->error, sizeof o->error,
             "%s cannot be read; is it there, and owned by root or you? textmill's own "
             "files come back with building or installing it again",
             file);
    return -1;
}

int opening_table(struct opening *o, const char *file, struct table *out_table) {
    tm_str bytes;
    if (opening_map(o, file, &bytes) != 0)
        return -1;
    return table_open(out_table, bytes, o->host->text_version, file, o->error, sizeof o->error);
}

int opening_choices(struct opening *o, const char *option, const tm_list *list, const char *const *names,
                    uint32_t n_names, uint32_t *out_bits) {
    const tm_str *words = list->items;
    uint32_t bits = 0;
    for (uint64_t i = 0; i < list->count; i++) {
        uint32_t k = 0;
        while (k < n_names && (words[i].len != strlen(names[k]) || memcmp(words[i].data, names[k], words[i].len) != 0))
            k++;
        if (k < n_names) {
            bits |= (uint32_t)1 << k;
            continue;
        }
        int used = snprintf(o->error, sizeof o->error, "%s: only ", option);
        for (k = 0; k < n_names && used > 0 && (size_t)used < sizeof o->error; k++)
            used += snprintf(o->error + used, sizeof o->error - (size_t)used, "%s%s",
                             k == 0             ? ""
                             : k + 1 == n_names ? " and "
                                                : ", ",
                             names[k]);
        if (used > 0 && (size_t)used < sizeof o->error)
            snprintf(o->error + used, sizeof o->error - (size_t)used, " are known");
        return -1;
    }
    *out_bits = bits;
    return 0;
}

int opening_fail(struct opening *o, const char *message) {
    snprintf(o->error, sizeof o->error, "%s", message);
    return -1;
}

int32_t opening_refuse(struct opening *o) {
    o->host->open_error(o->self, (tm_str){o->error, strlen(o->error)});
    return TM_EINVAL;
}
