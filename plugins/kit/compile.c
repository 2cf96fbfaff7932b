/* compile.c: from rows of text to the bytes of a compiled table. Owns the growing columns, the pool of texts and the
 * phrase builder; table.h has the form of what comes out. */
#include "compile.h"
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHRASE_TOKENS 64

struct seen {
    uint32_t offset; /* in the pool + 1; 0: a free place */
    uint32_t hash;
};

struct compile {
    const tm_host *host;
    struct phrase_builder *phrases;
    uint32_t n_columns, n_rows, room_rows;
    char name[TABLE_COLUMNS][24];
    uint32_t type[TABLE_COLUMNS];
    char *words[TABLE_COLUMNS];      /* of a column a|b|c, else NULL */
    uint32_t *column[TABLE_COLUMNS]; /* floats and ints by their bits */
    char *pool;
    uint32_t pool_len, pool_room;
    struct seen *seen; /* the texts of the pool, by open addressing */
    uint32_t seen_bits, n_seen;
    char *bytes;
};

struct compile *compile_new(const tm_host *host) {
    struct compile *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->host = host;
    c->phrases = phrase_builder_new();
    c->seen_bits = 10;
    c->seen = calloc((size_t)1 << c->seen_bits, sizeof *c->seen);
    if (!c->phrases || !c->seen) {
        compile_free(c);
        return NULL;
    }
    return c;
}

void compile_free(struct compile *c) {
    if (!c)
        return;
    phrase_builder_free(c->phrases);
    for (uint32_t i = 0; i < TABLE_COLUMNS; i++) {
        free(c->column[i]);
        free(c->words[i]);
    }
    free(c->pool);
    free(c->seen);
    free(c->bytes);
    free(c);
}

static struct seen *seen_place(struct seen *seen, uint32_t bits, const char *pool, tm_str text, uint32_t hash) {
    uint32_t mask = ((uint32_t)1 << bits) - 1;
    for (uint32_t at = hash & mask;; at = (at + 1) & mask) {
        if (!seen[at].offset)
            return &seen[at];
        if (seen[at].hash != hash)
            continue;
        const char *have = pool + seen[at].offset - 1;
        uint32_t len;
        memcpy(&len, have, sizeof len);
        if (len == text.len && (len == 0 || memcmp(have + 4, text.data, len) == 0))
            return &seen[at];
    }
}

static int seen_grow(struct compile *c) {
    uint32_t bits = c->seen_bits + 1, mask = ((uint32_t)1 << bits) - 1;
    struct seen *wider = bits < 31 ? calloc((size_t)1 << bits, sizeof *wider) : NULL;
    if (!wider)
        return -1;
    for (uint32_t i = 0; i < (uint32_t)1 << c->seen_bits; i++) {
        uint32_t at = c->seen[i].hash & mask;
        if (!c->seen[i].offset)
            continue;
        while (wider[at].offset)
            at = (at + 1) & mask;
        wider[at] = c->seen[i];
    }
    free(c->seen);
    c->seen = wider;
    c->seen_bits = bits;
    return 0;
}

/* The offset of a text in the pool, or UINT32_MAX. */
static uint32_t intern(struct compile *c, tm_str text) {
    if ((uint64_t)(c->n_seen + 1) * 2 > (uint64_t)1 << c->seen_bits && seen_grow(c) < 0)
        return UINT32_MAX;
    uint64_t sum = table_checksum(text.data, text.len);
    uint32_t hash = (uint32_t)(sum ^ sum >> 32);
    struct seen *place = seen_place(c->seen, c->seen_bits, c->pool, text, hash);
    if (place->offset)
        return place->offset - 1;
    uint64_t need = (uint64_t)c->pool_len + 4 + text.len + 1;
    if (need >= UINT32_MAX / 2)
        return UINT32_MAX;
    if (need > c->pool_room) {
        uint32_t room = c->pool_room ? c->pool_room : 4096;
        while (room < need)
            room *= 2;
        char *more = realloc(c->pool, room);
        if (!more)
            return UINT32_MAX;
        c->pool = more;
        c->pool_room = room;
    }
    uint32_t at = c->pool_len, len = (uint32_t)text.len;
    memcpy(c->pool + at, &len, sizeof len);
    if (len)
        memcpy(c->pool + at + 4, text.data, len);
    c->pool[at + 4 + len] = 0;
    c->pool_len = (uint32_t)need;
    *place = (struct seen){at + 1, hash};
    c->n_seen++;
    return at;
}

static int add_column(struct compile *c, tm_str field) {
    const char *colon = field.len ? memchr(field.data, ':', field.len) : NULL;
    if (!colon || c->n_columns == TABLE_COLUMNS)
        return -1;
    tm_str type = {colon + 1, field.len - (uint64_t)(colon + 1 - field.data)};
    size_t len = (size_t)(colon - field.data);
    int words = type.len > 0 && memchr(type.data, '|', type.len) != NULL;
    uint32_t kind = type.len == 4 && memcmp(type.data, "text", 4) == 0             ? TABLE_TEXT
                    : type.len == 6 && memcmp(type.data, "number", 6) == 0         ? TABLE_NUMBER
                    : words || (type.len == 3 && memcmp(type.data, "int", 3) == 0) ? TABLE_INT
                                                                                   : 0;
    if (!kind || len == 0 || len >= sizeof c->name[0])
        return -1;
    if (words) {
        c->words[c->n_columns] = strndup(type.data, type.len);
        if (!c->words[c->n_columns])
            return -1;
    }
    memcpy(c->name[c->n_columns], field.data, len);
    c->type[c->n_columns++] = kind;
    return 0;
}

int compile_columns(struct compile *c, const char *const *columns, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (add_column(c, (tm_str){columns[i], strlen(columns[i])}) < 0)
            return -1;
    return 0;
}

static int fail(char *error, uint64_t room, const char *message, tm_str what) {
    snprintf(error, room, "%s: \"%.*s\"", message, (int)(what.len < 60 ? what.len : 60), what.data);
    return -1;
}

static int number(tm_str text, double *out) {
    char copy[48], *end;
    if (text.len == 0 || text.len >= sizeof copy)
        return -1;
    memcpy(copy, text.data, text.len);
    copy[text.len] = 0;
    *out = strtod(copy, &end);
    return *end || *out - *out != 0 ? -1 : 0;
}

/* The place of a word in "a|b|c", or -1. */
static int word_place(const char *words, tm_str word) {
    for (int place = 0;; place++) {
        size_t len = strcspn(words, "|");
        if (len == word.len && memcmp(words, word.data, len) == 0)
            return place;
        if (!words[len])
            return -1;
        words += len + 1;
    }
}

static int grow_rows(struct compile *c) {
    uint32_t room = c->room_rows ? c->room_rows * 2 : 1024;
    if (c->room_rows >= (uint32_t)1 << 29)
        return -1;
    for (uint32_t i = 0; i < c->n_columns; i++) {
        uint32_t *more = realloc(c->column[i], room * sizeof *more);
        if (!more)
            return -1;
        c->column[i] = more;
    }
    c->room_rows = room;
    return 0;
}

int compile_row(struct compile *c, tm_str phrase, const tm_str *fields, char *error, uint64_t room) {
    uint64_t hash[PHRASE_TOKENS];
    uint32_t value;
    if (c->n_rows == c->room_rows && grow_rows(c) < 0)
        return fail(error, room, "no memory for", phrase);
    for (uint32_t i = 0; i < c->n_columns; i++) {
        double x = 0;
        if (c->type[i] == TABLE_TEXT) {
            value = intern(c, fields[i]);
            if (value == UINT32_MAX)
                return fail(error, room, "no memory for", fields[i]);
        } else if (c->words[i]) {
            int place = fields[i].len ? word_place(c->words[i], fields[i]) : 0;
            if (place < 0)
                return fail(error, room, "not a word of this column", fields[i]);
            value = (uint32_t)place;
        } else if (fields[i].len && number(fields[i], &x) < 0) {
            return fail(error, room, "not a number", fields[i]);
        } else if (c->type[i] == TABLE_NUMBER) {
            float f = (float)x;
            memcpy(&value, &f, sizeof value);
        } else {
            if (x < -2147483648.0 || x > 2147483647.0)
                return fail(error, room, "out of range", fields[i]);
            int32_t n = (int32_t)x;
            memcpy(&value, &n, sizeof value);
        }
        c->column[i][c->n_rows] = value;
    }
    if (phrase.len) {
        tm_token_buffer tokens = {.room = PHRASE_TOKENS, .hash = hash};
        if (c->host->tokenize(phrase, &tokens) != TM_OK || tokens.count == 0)
            return fail(error, room, "a phrase without a word", phrase);
        if (tokens.count > PHRASE_TOKENS)
            return fail(error, room, "a phrase of more than 64 words", phrase);
        if (phrase_builder_add(c->phrases, hash, tokens.count, c->n_rows) < 0)
            return fail(error, room, "no memory for", phrase);
    }
    c->n_rows++;
    return 0;
}

int compile_text(struct compile *c, const char *file, tm_str text, char *error, uint64_t room) {
    struct line_reader r;
    char why[160];
    int more, first = 1;
    lines_init(&r, file, text);
    while ((more = lines_next(&r)) > 0) {
        tm_str fields[TABLE_COLUMNS] = {{NULL, 0}};
        if (first && c->n_columns == 0) {
            for (uint32_t i = 1; i < r.n_fields && more > 0; i++)
                if (add_column(c, r.field[i]) < 0)
                    more = lines_fail(&r, "the first line names the columns: phrase, then name:text, name:number, "
                                          "name:int or name:a|b|c");
            if (more < 0)
                break;
        } else if (first) {
            int same = r.n_fields == c->n_columns + 1;
            for (uint32_t i = 0; same && i < c->n_columns; i++) {
                size_t len = strlen(c->name[i]);
                same = r.field[i + 1].len > len && memcmp(r.field[i + 1].data, c->name[i], len) == 0 &&
                       r.field[i + 1].data[len] == ':';
            }
            if (!same) {
                more = lines_fail(&r, "the columns are not those of the files before");
                break;
            }
        } else {
            if (r.n_fields > c->n_columns + 1) {
                more = lines_fail(&r, "more fields than there are columns");
                break;
            }
            for (uint32_t i = 1; i < r.n_fields; i++)
                fields[i - 1] = r.field[i];
            for (uint32_t i = 0; i < c->n_columns; i++)
                if (!fields[i].data)
                    fields[i].data = "";
            if (compile_row(c, r.field[0], fields, why, sizeof why) < 0) {
                more = lines_fail(&r, why);
                break;
            }
        }
        first = 0;
    }
    if (more < 0) {
        snprintf(error, room, "%s", r.error);
        return -1;
    }
    return 0;
}

static struct table_section put(uint64_t *size, uint64_t len) {
    struct table_section s = {(*size + 63) / 64 * 64, len};
    *size = s.offset + len;
    return s;
}

tm_str compile_finish(struct compile *c) {
    struct phrase_view v;
    struct table_header h;
    if (phrase_builder_finish(c->phrases, &v) < 0)
        return (tm_str){NULL, 0};
    memset(&h, 0, sizeof h);
    memcpy(h.magic, TABLE_MAGIC, sizeof h.magic);
    h.format = TABLE_FORMAT;
    h.text_version = c->host->text_version;
    h.size = sizeof h;
    h.n_rows = c->n_rows;
    h.n_columns = c->n_columns;
    h.bits = v.bits;
    h.filter_bits = v.filter_bits;
    h.starts_bits = v.starts_bits;
    h.steps = put(&h.size, (uint64_t)v.n_steps * sizeof *v.steps);
    h.filter = put(&h.size, ((uint64_t)1 << v.filter_bits) / 8);
    h.starts = put(&h.size, ((uint64_t)1 << v.starts_bits) / 8);
    h.values = put(&h.size, (uint64_t)v.n_values * 4);
    h.pool = put(&h.size, c->pool_len);
    for (uint32_t i = 0; i < c->n_columns; i++) {
        memcpy(h.columns[i].name, c->name[i], sizeof h.columns[i].name);
        h.columns[i].type = c->type[i];
        h.columns[i].section = put(&h.size, (uint64_t)c->n_rows * 4);
    }
    uint64_t room = (h.size + 63) / 64 * 64;
    c->bytes = aligned_alloc(64, room);
    if (!c->bytes)
        return (tm_str){NULL, 0};
    memset(c->bytes, 0, room);
    memcpy(c->bytes + h.steps.offset, v.steps, h.steps.size);
    memcpy(c->bytes + h.filter.offset, v.filter, h.filter.size);
    memcpy(c->bytes + h.starts.offset, v.starts, h.starts.size);
    memcpy(c->bytes + h.values.offset, v.values, h.values.size);
    if (c->pool_len)
        memcpy(c->bytes + h.pool.offset, c->pool, c->pool_len);
    for (uint32_t i = 0; i < c->n_columns; i++)
        if (c->n_rows)
            memcpy(c->bytes + h.columns[i].section.offset, c->column[i], (size_t)c->n_rows * 4);
    h.checksum = table_checksum(c->bytes + sizeof h, h.size - sizeof h);
    memcpy(c->bytes, &h, sizeof h);
    return (tm_str){c->bytes, h.size};
}
