/* lines.c: the reader of rule files. Owns nothing but what lines_read_file returns. */
#include "lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lines_init(struct line_reader *r, const char *file, tm_str text) {
    memset(r, 0, sizeof *r);
    r->file = file;
    r->at = text.data;
    r->end = text.data + text.len;
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        r->at += 3;
}

static tm_str trimmed(const char *from, const char *to) {
    while (from < to && (*from == ' ' || *from == '\r'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\r'))
        to--;
    return (tm_str){from, (uint64_t)(to - from)};
}

int lines_next(struct line_reader *r) {
    while (r->at < r->end) {
        const char *line = r->at;
        const char *stop = memchr(line, '\n', (size_t)(r->end - line));
        if (!stop)
            stop = r->end;
        r->at = stop < r->end ? stop + 1 : stop;
        r->line++;
        if (*line == '#' || trimmed(line, stop).len == 0)
            continue;
        r->n_fields = 0;
        for (const char *from = line;;) {
            const char *tab = memchr(from, '\t', (size_t)(stop - from));
            if (r->n_fields == LINE_FIELDS)
                return lines_fail(r, "more fields than the 16 that a line may have");
            r->field[r->n_fields++] = trimmed(from, tab ? tab : stop);
            if (!tab)
                break;
            from = tab + 1;
        }
        return 1;
    }
    return 0;
}

int lines_fail(struct line_reader *r, const char *message) {
    snprintf(r->error, sizeof r->error, "%s:%u: %s", r->file, r->line, message);
    return -1;
}

int lines_number(struct line_reader *r, uint32_t field, double *out_number) {
    char text[64], *end = text, message[128];
    tm_str f = field < r->n_fields ? r->field[field] : (tm_str){"", 0};
    if (f.len && f.len < sizeof text) {
        memcpy(text, f.data, f.len);
        text[f.len] = 0;
        double x = strtod(text, &end);
        if (end == text + f.len && x - x == 0) {
            *out_number = x;
            return 0;
        }
    }
    snprintf(message, sizeof message, "field %u must be a number, not \"%.*s\"", field + 1,
             (int)(f.len < 40 ? f.len : 40), f.data);
    return lines_fail(r, message);
}

char *lines_read_file(const char *path, uint64_t *out_len, char *error, uint64_t room) {
    FILE *f = fopen(path, "rb");
    char *data = NULL;
    uint64_t len = 0, size = 0;
    if (!f) {
        snprintf(error, room, "%s: %s", path, strerror(errno));
        return NULL;
    }
    for (;;) {
        if (len == size) {
            char *more = realloc(data, size = size ? size * 2 : 65536);
            if (!more) {
                snprintf(error, room, "%s: no memory", path);
                goto fail;
            }
            data = more;
        }
        size_t n = fread(data + len, 1, size - len, f);
        len += n;
        if (n == 0)
            break;
    }
    if (ferror(f)) {
        snprintf(error, room, "%s: %s", path, strerror(errno));
        goto fail;
    }
    fclose(f);
    *out_len = len;
    return data;
fail:
    fclose(f);
    free(data);
    return NULL;
}
