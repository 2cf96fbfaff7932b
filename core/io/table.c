/* table.c: cuts CSV and TSV into one item a row. A row becomes a JSON record with every column as a string, so that all
 * behind this file sees records alone. Quotes as in RFC 4180 (a field that begins with " runs to the next lone ", and
 * may hold separators and line ends); the first row that is not blank names the columns. Where the text column stands
 * only under another separator (; is common in Europe), that one is taken. Rows are decoded like text files.
 */
#include "reading.h"

#include "../json/memory.h"
#include "../json/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS ((size_t)4096)

struct table {
    char delimiter;
    int has_header;
    /* Where the scan for the row's end stands: */
    int is_in_quotes, is_at_field_start;
    uint64_t lines;      /* line ends inside of the row so far */
    uint64_t quote_line; /* where the open quote began */
    struct buffer *keys; /* "name": as it goes into a record */
    size_t n_keys, keys_room;
    struct buffer row;   /* decoded, where decoding was needed */
    struct buffer field; /* one field without its quotes */
};

struct table *table_new(void) {
    return memory_zalloc(1, sizeof(struct table));
}

static void clear_keys(struct table *t) {
    for (size_t i = 0; i < t->n_keys; i++)
        buffer_deinit(&t->keys[i]);
    t->n_keys = 0;
}

void table_free(struct table *t) {
    if (!t)
        return;
    clear_keys(t);
    free(t->keys);
    buffer_deinit(&t->row);
    buffer_deinit(&t->field);
    free(t);
}

void table_begin(struct table *t, char delimiter) {
    clear_keys(t);
    t->delimiter = delimiter;
    t->has_header = 0;
    t->is_in_quotes = 0;
    t->is_at_field_start = 1;
    t->lines = 0;
}

/* The next field of the row, without quotes; 1, or 0 behind the last. *at begins at 0 and is len + 1 at the end. */
static int next_field(struct table *t, const char *row, size_t len, char delimiter, size_t *at, const char **out,
                      size_t *out_len) {
    if (*at > len)
        return 0;
    const char *p = row + *at, *end = row + len;
    if (p == end || *p != '"') {
        const char *stop = memchr(p, delimiter, (size_t)(end - p));
        if (!stop)
            stop = end;
        *out = p;
        *out_len = (size_t)(stop - p);
        *at = (size_t)(stop - row) + 1;
        return 1;
    }
    t->field.len = 0;
    for (p++; p < end;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        if (!quote)
            quote = end;
        buffer_add(&t->field, p, (size_t)(quote - p));
        if (quote + 1 < end && quote[1] == '"') {
            buffer_add_char(&t->field, '"');
            p = quote + 2;
            continue;
        }
        /* What stands between the closing quote and the separator belongs to the field: nothing is lost. */
        p = quote < end ? quote + 1 : end;
        const char *stop = memchr(p, delimiter, (size_t)(end - p));
        if (!stop)
            stop = end;
        buffer_add(&t->field, p, (size_t)(stop - p));
        p = stop;
        break;
    }
    *out = t->field.data ? t->field.data : "";
    *out_len = t->field.len;
    *at = (size_t)(p - row) + 1;
    return 1;
}

static int has_column(struct table *t, const char *row, size_t len, char delimiter, const char *name) {
    const char *field;
    size_t at = 0, n, want = strlen(name);
    while (next_field(t, row, len, delimiter, &at, &field, &n))
        if (n == want && memcmp(field, name, n) == 0)
            return 1;
    return 0;
}

static int is_known_key(const struct table *t, const struct buffer *key) {
    for (size_t i = 0; i < t->n_keys; i++)
        if (t->keys[i].len == key->len && memcmp(t->keys[i].data, key->data, key->len) == 0)
            return 1;
    return 0;
}

/* Names one column; an empty name becomes column_N, one that stands twice name_N, N the column's number: a record has
 * each key once. */
static void add_key(struct table *t, const char *name, size_t len) {
    struct buffer plain = {0}, key = {0};
    if (len)
        buffer_add(&plain, name, len);
    else
        buffer_addf(&plain, "column_%zu", t->n_keys + 1);
    size_t plain_len = plain.len;
    for (size_t n = t->n_keys + 1;; n++) {
        key.len = 0;
        json_write_text(&key, plain.data, plain.len);
        buffer_add_char(&key, ':');
        if (!is_known_key(t, &key))
            break;
        plain.len = plain_len;
        buffer_addf(&plain, "_%zu", n);
    }
    buffer_deinit(&plain);
    if (t->n_keys == t->keys_room) {
        t->keys_room = t->keys_room ? t->keys_room * 2 : 16;
        t->keys = memory_realloc(t->keys, t->keys_room * sizeof *t->keys);
    }
    t->keys[t->n_keys++] = key;
}

/* 0, or -1 with a message: this file cannot be used. */
static int read_header(struct table *t, const char *row, size_t len, const char *text_field, struct buffer *message) {
    static const char delimiters[] = {',', ';', '\t'};
    char nominal = t->delimiter;
    if (!has_column(t, row, len, t->delimiter, text_field))
        for (size_t i = 0; i < sizeof delimiters; i++)
            if (has_column(t, row, len, delimiters[i], text_field)) {
                t->delimiter = delimiters[i];
                break;
            }
    const char *field;
    size_t at = 0, n;
    int has_text = has_column(t, row, len, t->delimiter, text_field);
    while (t->n_keys < MAX_COLUMNS && next_field(t, row, len, t->delimiter, &at, &field, &n))
        add_key(t, field, n);
    if (at <= len) {
        buffer_addf(message, "the header has more than %zu columns", MAX_COLUMNS);
        return -1;
    }
    if (has_text)
        return 0;
    buffer_addf(message,
                "no column is named \"%s\"; name the one that holds the text with --text-field (the columns are ",
                text_field);
    for (at = 0; message->len < 400 && next_field(t, row, len, nominal, &at, &field, &n);) {
        buffer_add(message, field, n < 60 ? n : 60);
        buffer_add_string(message, at <= len ? ", " : ")");
    }
    if (at <= len)
        buffer_add_string(message, "...)");
    buffer_add_char(message, '\0');
    message->len--;
    return -1;
}

static void add_bad(struct reading *r, struct block *b, uint64_t line, const char *code, const char *message,
                    const char *row, size_t len) {
    block_add_bad(b, r->source, line, code, message, row, len);
    r->documents++;
}

/* One row without its line end. 0; -1 where the rest of the file is of no use. */
static int add_row(struct reading *r, struct block *b, const char *row, size_t len, uint64_t line) {
    struct table *t = r->table;
    if (len && row[len - 1] == '\r')
        len--;
    if (!len)
        return 0;
    const char *encoding = NULL, *code = NULL;
    struct buffer message = {0};
    const char *raw = row;
    size_t raw_len = len;
    t->row.len = 0;
    int result = 0;
    if (text_decode(row, len, &t->row, &encoding, &code, &message) != 0) {
        buffer_add_char(&message, '\0');
        add_bad(r, b, line, code, message.data, raw, raw_len);
        result = t->has_header ? 0 : -1;
        goto out;
    }
    row = t->row.data;
    len = t->row.len;
    if (!t->has_header) {
        t->has_header = 1;
        if (read_header(t, row, len, r->options->text_field ? r->options->text_field : "text", &message) != 0) {
            buffer_add_char(&message, '\0');
            add_bad(r, b, line, "no-column", message.data, raw, raw_len);
            result = -1;
        }
        goto out;
    }
    struct item *item = block_add_item(b, ITEM_RECORD, r->source, line);
    item->encoding = encoding;
    size_t n = 0, at = 0, field_len;
    const char *field;
    buffer_add_char(&b->bytes, '{');
    for (; n < t->n_keys && next_field(t, row, len, t->delimiter, &at, &field, &field_len); n++) {
        if (n)
            buffer_add_char(&b->bytes, ',');
        buffer_add(&b->bytes, t->keys[n].data, t->keys[n].len);
        json_write_text(&b->bytes, field, field_len);
    }
    buffer_add_char(&b->bytes, '}');
    item->len = b->bytes.len - item->start;
    buffer_add_char(&b->bytes, '\n');
    if (at <= len) { /* more fields than columns: a broken quote somewhere; nothing is guessed */
        b->bytes.len = item->start;
        b->n_items--;
        buffer_addf(&message, "the row has more fields than the header's %zu columns; a quote may be missing",
                    t->n_keys);
        buffer_add_char(&message, '\0');
        add_bad(r, b, line, "bad-row", message.data, raw, raw_len);
        goto out;
    }
    r->documents++;
out:
    buffer_deinit(&message);
    return result;
}

/* The end of the row in the window from r->scanned on, or NULL; moves r->scanned. A quote opens a field at its start
 * only; a doubled quote closes and opens again. */
static const char *find_row_end(struct reading *r, const char *from, size_t left) {
    struct table *t = r->table;
    const char *p = from + r->scanned, *end = from + left;
    while (p < end) {
        if (t->is_in_quotes) {
            /* Line ends inside of quotes are counted, so that rows keep their line numbers. */
            if (*p == '"')
                t->is_in_quotes = 0;
            else if (*p == '\n')
                t->lines++;
        } else if (*p == '\n') {
            return p;
        } else if (*p == '"' && (t->is_at_field_start || (p > from && p[-1] == '"' && t->quote_line))) {
            t->is_in_quotes = 1;
            if (!t->quote_line)
                t->quote_line = r->line + t->lines + 1;
        } else if (*p != '"') {
            t->quote_line = 0;
        }
        t->is_at_field_start = !t->is_in_quotes && *p == t->delimiter;
        p++;
    }
    r->scanned = left;
    return NULL;
}

static void begin_row(struct reading *r) {
    r->scanned = 0;
    r->table->is_in_quotes = 0;
    r->table->is_at_field_start = 1;
    r->table->lines = 0;
    r->table->quote_line = 0;
}

static void add_too_long_row(struct reading *r, struct block *b, const char *row, size_t len) {
    char message[200];
    if (r->table->is_in_quotes)
        snprintf(message, sizeof message,
                 "the row is longer than %zu bytes: the quote opened in line %llu is not closed, or raise --max-doc",
                 r->options->max_doc, (unsigned long long)r->table->quote_line);
    else
        snprintf(message, sizeof message, "the row is longer than %zu bytes; raise --max-doc to take it",
                 r->options->max_doc);
    add_bad(r, b, r->line + 1, "too-long", message, row, len);
}

enum step table_step(struct reading *r, struct block *b) {
    struct input *in = r->in;
    struct table *t = r->table;
    for (;;) {
        if (reading_is_full(r, b))
            return STEP_FULL;
        const char *from = in->window.data + in->at;
        size_t left = in->window.len - in->at;
        const char *end =
            r->is_skipping ? (left ? memchr(from, '\n', left) : NULL) : (left ? find_row_end(r, from, left) : NULL);
        if (end) {
            size_t len = (size_t)(end - from);
            uint64_t line = r->line + 1;
            r->line += t->lines + 1;
            in->at += len + 1;
            if (r->is_skipping) {
                r->is_skipping = 0;
            } else if (len > r->options->max_doc) {
                r->line = line - 1;
                add_too_long_row(r, b, from, len);
                r->line += t->lines + 1;
            } else if (add_row(r, b, from, len, line) != 0) {
                return STEP_END;
            }
            begin_row(r);
            continue;
        }
        if (!r->is_skipping && left > r->options->max_doc) {
            add_too_long_row(r, b, from, left);
            r->is_skipping = 1;
        }
        if (r->is_skipping) {
            in->at += left;
            left = 0;
        }
        if (reading_should_wait(r, b))
            return STEP_WAIT;
        int got = input_fill(in);
        if (got > 0)
            continue;
        if (got < 0)
            return reading_broken(r, b, r->line + 1);
        in->at = in->window.len;
        if (left) {
            from = in->window.data + in->window.len - left;
            uint64_t line = r->line + 1;
            if (t->is_in_quotes) {
                char message[120];
                snprintf(message, sizeof message, "the quote opened in line %llu is never closed; close it",
                         (unsigned long long)t->quote_line);
                add_bad(r, b, line, "bad-row", message, from, left);
            } else if (r->options->keep_partial_line_bad) {
                add_bad(r, b, line, "truncated-input",
                        "the last row has no newline: the file was cut off, or its writer is not done", from, left);
            } else {
                add_row(r, b, from, left, line);
            }
        }
        begin_row(r);
        return STEP_END;
    }
}
