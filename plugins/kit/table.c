/* table.c: opens compiled tables. Trusts nothing of the bytes before magic, versions, size, checksum and every
 * section's place have been looked at. */
#include "table.h"

#include <stdio.h>
#include <string.h>

/* Four lanes of multiply and add, so that a table of megabytes is checked in well under a millisecond each. */
uint64_t table_checksum(const char *data, uint64_t len) {
    uint64_t lane[4] = {1, 2, 3, len}, word[4];
    uint64_t i = 0;
    for (; i + sizeof word <= len; i += sizeof word) {
        memcpy(word, data + i, sizeof word);
        for (int k = 0; k < 4; k++)
            lane[k] = (lane[k] ^ word[k]) * 0x9fb21c651e98df25u;
    }
    for (; i < len; i++)
        lane[i & 3] = (lane[i & 3] ^ (unsigned char)data[i]) * 0x100000001b3u;
    uint64_t sum = 0;
    for (int k = 0; k < 4; k++)
        sum = (sum ^ lane[k] ^ (lane[k] >> 29)) * 0xff51afd7ed558ccdu;
    return sum ^ (sum >> 32);
}

static int section_fits(const struct table_section *s, uint64_t size, uint64_t want) {
    return s->offset % 64 == 0 && s->offset <= size && s->size <= size - s->offset && s->size == want;
}

static int refuse(const char *name, const char *why, char *error, uint64_t room) {
    snprintf(error, room, "%s: %s; build textmill again to remake it (cmake --build)", name, why);
    return -1;
}

int table_open(struct table *t, tm_str bytes, uint32_t text_version, const char *name, char *error, uint64_t room) {
    struct table_header h;
    char why[128];
    if (bytes.len < sizeof h)
        return refuse(name, "not a compiled table, or cut short", error, room);
    memcpy(&h, bytes.data, sizeof h);
    if (memcmp(h.magic, TABLE_MAGIC, sizeof h.magic) != 0)
        return refuse(name, "not a compiled table", error, room);
    if (h.format != TABLE_FORMAT) {
        snprintf(why, sizeof why, "compiled in format %u, this plugin reads %u", h.format, TABLE_FORMAT);
        return refuse(name, why, error, room);
    }
    if (h.text_version != text_version) {
        snprintf(why, sizeof why, "compiled for text version %u, this textmill has %u", h.text_version, text_version);
        return refuse(name, why, error, room);
    }
    if (h.size != bytes.len || table_checksum(bytes.data + sizeof h, bytes.len - sizeof h) != h.checksum)
        return refuse(name, "damaged (size or checksum)", error, room);
    int fits = h.bits >= 2 && h.bits < 32 && h.filter_bits >= 6 && h.filter_bits < 32 && h.n_columns <= TABLE_COLUMNS &&
               section_fits(&h.steps, h.size, ((uint64_t)1 << (h.bits & 31)) * sizeof(struct phrase_step)) &&
               section_fits(&h.filter, h.size, ((uint64_t)1 << (h.filter_bits & 31)) / 8) && h.starts_bits >= 6 &&
               h.starts_bits < 32 && section_fits(&h.starts, h.size, ((uint64_t)1 << (h.starts_bits & 31)) / 8) &&
               section_fits(&h.values, h.size, h.values.size / 4 * 4) && h.values.size >= 4 &&
               section_fits(&h.pool, h.size, h.pool.size) && h.pool.size < UINT32_MAX;
    for (uint32_t i = 0; fits && i < h.n_columns; i++)
        fits = section_fits(&h.columns[i].section, h.size, (uint64_t)h.n_rows * 4);
    if (!fits)
        return refuse(name, "damaged (sections)", error, room);
    memset(t, 0, sizeof *t);
    t->phrases = (struct phrase_view){(const struct phrase_step *)(const void *)(bytes.data + h.steps.offset),
                                      (const uint64_t *)(const void *)(bytes.data + h.filter.offset),
                                      (const uint64_t *)(const void *)(bytes.data + h.starts.offset),
                                      (const uint32_t *)(const void *)(bytes.data + h.values.offset),
                                      h.bits,
                                      h.filter_bits,
                                      h.starts_bits,
                                      (uint32_t)1 << h.bits,
                                      (uint32_t)(h.values.size / 4)};
    t->n_rows = h.n_rows;
    t->n_columns = h.n_columns;
    t->pool = bytes.data + h.pool.offset;
    t->pool_size = (uint32_t)h.pool.size;
    for (uint32_t i = 0; i < h.n_columns; i++) {
        memcpy(t->columns[i].name, h.columns[i].name, sizeof t->columns[i].name);
        t->columns[i].name[sizeof t->columns[i].name - 1] = 0;
        t->columns[i].type = h.columns[i].type;
        t->columns[i].data = bytes.data + h.columns[i].section.offset;
    }
    return 0;
}

static const void *column(const struct table *t, const char *name, uint32_t type) {
    for (uint32_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].type == type && strcmp(t->columns[i].name, name) == 0)
            return t->columns[i].data;
    return NULL;
}

const uint32_t *table_texts(const struct table *t, const char *name) {
    return column(t, name, TABLE_TEXT);
}

const float *table_numbers(const struct table *t, const char *name) {
    return column(t, name, TABLE_NUMBER);
}

const int32_t *table_ints(const struct table *t, const char *name) {
    return column(t, name, TABLE_INT);
}
