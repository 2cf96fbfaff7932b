/* verify_record.c: see verify_record.h. */
#include "verify_record.h"

#include "../doc/doc.h"
#include "../doc/replay.h"
#include "../json/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- records --- */

static int is_key(const char *line, const struct json_member *m, const char *name) {
    return m->key_len == strlen(name) && memcmp(line + m->key_start, name, m->key_len) == 0;
}

static tm_str value_of(const char *line, const struct json_member *m) {
    return (tm_str){line + m->value_start, m->value_len};
}

/* A string decoded to *at, which moves on; a number's bytes; nothing for all else. */
static tm_str text_of(const char *line, const struct json_member *m, char **at) {
    if (m->type == JSON_NUMBER)
        return value_of(line, m);
    if (m->type != JSON_STRING)
        return (tm_str){NULL, 0};
    char *to = *at;
    size_t len = json_decode(line + m->value_start + 1, m->value_len - 2, to);
    *at += len;
    return (tm_str){to, len};
}

int verify_record_read(struct verify_record *r, const struct verify_names *names, const char *line, size_t len,
                       struct json_error *error) {
    struct json_member few[64], *members = few;
    size_t n, room = sizeof few / sizeof few[0];
    *r = (struct verify_record){.line = {line, len}};
    if (json_scan_object(line, len, members, room, &n, error) != 0)
        return -1;
    if (n > room) {
        members = memory_alloc(n * sizeof *members);
        json_scan_object(line, len, members, n, &n, error);
    }
    char *at = r->decoded = memory_alloc(len);
    for (size_t i = 0; i < n; i++) {
        const struct json_member *m = &members[i];
        if (is_key(line, m, names->id_field))
            r->id = text_of(line, m, &at);
        if (is_key(line, m, "source"))
            r->source = text_of(line, m, &at);
        if (is_key(line, m, names->text_field) && m->type == JSON_STRING)
            r->text = text_of(line, m, &at);
        if (is_key(line, m, "edits") && m->type == JSON_ARRAY)
            r->edits = value_of(line, m);
        if (is_key(line, m, "removed") && m->type == JSON_ARRAY)
            r->removed = value_of(line, m);
    }
    if (members != few)
        free(members);
    return 0;
}

void verify_record_deinit(struct verify_record *r) {
    free(r->decoded);
    *r = (struct verify_record){0};
}

int verify_record_is_emitted(const struct verify_record *r) {
    size_t at = r->id.len;
    while (at && r->id.data[at - 1] >= '0' && r->id.data[at - 1] <= '9')
        at--;
    return at && at < r->id.len && r->id.data[at - 1] == '#';
}

/* --- keys --- */

static uint64_t hash_bytes(uint64_t hash, tm_str s) {
    for (uint64_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.data[i]) * 0x100000001b3u;
    return (hash ^ 0x100) * 0x100000001b3u; /* where one string ends and the next begins */
}

static uint64_t hash_names(tm_str id, tm_str source) {
    return hash_bytes(hash_bytes(0xcbf29ce484222325u, id), source);
}

uint64_t verify_record_key(const struct verify_record *r) {
    if (!r->id.len && !r->source.len)
        return hash_bytes(0x9e3779b97f4a7c15u, r->line);
    return hash_names(r->id, r->source);
}

int verify_input_key(const struct verify_input *input, unsigned form, uint64_t *out_key) {
    static const tm_str none = {NULL, 0};
    tm_str id = form < 3 ? input->id : none;
    switch (form) {
    case 0:
    case 3:
        *out_key = hash_names(id, input->source);
        return 1;
    case 1:
    case 4:
        *out_key = hash_names(id, input->own_source);
        return input->own_source.len > 0;
    case 2:
        *out_key = hash_names(id, none);
        return input->id.len > 0;
    default:
        *out_key = hash_bytes(0x9e3779b97f4a7c15u, input->line);
        return input->line.len > 0;
    }
}

/* --- checking --- */

static int is_word_byte(unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static int compare_hashes(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The sorted hashes of the words. Freed by the caller. */
static uint64_t *words_of(tm_str s, size_t *out_n) {
    size_t n = 0, room = 256;
    uint64_t *words = memory_alloc(room * sizeof *words);
    for (uint64_t i = 0; i < s.len;) {
        uint64_t hash = 0xcbf29ce484222325u, start = i;
        for (; i < s.len && is_word_byte((unsigned char)s.data[i]); i++) {
            unsigned char c = (unsigned char)s.data[i];
            hash = (hash ^ (c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 0x100000001b3u;
        }
        if (i == start) {
            i++;
            continue;
        }
        if (n == room)
            words = memory_realloc(words, (room *= 2) * sizeof *words);
        words[n++] = hash;
    }
    qsort(words, n, sizeof *words, compare_hashes);
    *out_n = n;
    return words;
}

/* Stages that mend letters or blanks tell nothing in `removed`: so a few words may differ, 3 in 100. */
static enum verify_result check_words(tm_str left_over, tm_str text, struct buffer *why) {
    size_t n_left, n_text, common = 0;
    uint64_t *left = words_of(left_over, &n_left), *have = words_of(text, &n_text);
    for (size_t i = 0, j = 0; i < n_left && j < n_text;) {
        common += left[i] == have[j];
        if (left[i] == have[j])
            i++, j++;
        else if (left[i] < have[j])
            i++;
        else
            j++;
    }
    free(left);
    free(have);
    size_t most = n_left > n_text ? n_left : n_text;
    if ((most - common) * 100 <= most * 3)
        return VERIFY_BY_WORDS;
    buffer_addf(why, "\"removed\" leaves %zu words over, the text has %zu, and only %zu are the same", n_left, n_text,
                common);
    return VERIFY_BAD;
}

/* A few bytes of a text from `at` on, for people: without control characters and broken sequences. */
static void add_sample(struct buffer *why, tm_str s, uint64_t at) {
    while (at && at < s.len && (s.data[at] & 0xc0) == 0x80)
        at--;
    uint64_t end = s.len - at > 40 ? at + 40 : s.len;
    while (end > at && end < s.len && (s.data[end] & 0xc0) == 0x80)
        end--;
    buffer_add_char(why, '"');
    for (uint64_t i = at; i < end; i++)
        buffer_add_char(why, (unsigned char)s.data[i] < 0x20 || s.data[i] == 0x7f ? ' ' : s.data[i]);
    buffer_add_string(why, end < s.len ? "...\"" : "\"");
}

static void tell_difference(struct buffer *why, tm_str want, tm_str have) {
    uint64_t at = 0;
    while (at < want.len && at < have.len && want.data[at] == have.data[at])
        at++;
    buffer_addf(why, "the text has %" PRIu64 " bytes, it should have %" PRIu64 "; they part at byte %" PRIu64 ": ",
                have.len, want.len, at);
    add_sample(why, have, at);
    buffer_add_string(why, " instead of ");
    add_sample(why, want, at);
}

static int is_same(tm_str a, tm_str b) {
    return a.len == b.len && (!a.len || memcmp(a.data, b.data, a.len) == 0);
}

/* What the original becomes by the JSON of `edits` or `removed`; -1 with why. */
static int replay_json(tm_str original, tm_str json, struct arena *arena, struct buffer *out, struct buffer *why) {
    struct replay_edit *edits;
    size_t n;
    if (replay_read(json, arena, &edits, &n, why) != 0)
        return -1;
    return replay_edits(original, edits, n, out, why);
}

enum verify_result verify_record_check(const struct verify_record *r, tm_str original, struct arena *arena,
                                       struct buffer *why) {
    if (!r->text.data) {
        buffer_add_string(why, "the record has no text; run without --fields, or name the field with --text-field");
        return VERIFY_BAD;
    }
    tm_str json = r->edits.data ? r->edits : r->removed;
    int is_same_text = is_same(original, r->text);
    if (!json.data) {
        if (is_same_text)
            return VERIFY_UNCHANGED;
        buffer_add_string(why, "no edits are told, and ");
        tell_difference(why, original, r->text);
        return VERIFY_BAD;
    }
    struct buffer made = {0};
    enum verify_result result = VERIFY_BAD;
    if (replay_json(original, json, arena, &made, why) == 0) {
        tm_str want = {made.data, made.len};
        if (is_same(want, r->text))
            result = is_same_text ? VERIFY_UNCHANGED : VERIFY_EXACT;
        else if (r->edits.data)
            tell_difference(why, want, r->text);
        else
            result = check_words(want, r->text, why);
    }
    buffer_deinit(&made);
    return result;
}

/* --- inputs --- */

struct verify_reader {
    struct doc_schema schema;
    struct field_names *fields;
    struct arena *arena;
    struct buffer name;
};

struct verify_reader *verify_reader_new(const struct verify_names *names) {
    struct verify_reader *r = memory_zalloc(1, sizeof *r);
    r->fields = field_names_new();
    r->arena = arena_new((size_t)256 << 10);
    r->schema = (struct doc_schema){
        .text_field = names->text_field,
        .id_field = names->id_field,
        .title_field = "title",
        .replace_bad = names->replace_bad,
        .fields = r->fields,
    };
    return r;
}

void verify_reader_free(struct verify_reader *r) {
    arena_free(r->arena);
    field_names_free(r->fields);
    buffer_deinit(&r->name);
    free(r);
}

int verify_reader_next(struct verify_reader *r, const struct source *source, const struct block *block, size_t index,
                       struct verify_input *out) {
    const struct item *item = &block->items[index];
    if (item->kind == ITEM_BAD)
        return 0;
    arena_reset(r->arena, (size_t)4 << 20);
    const char *name = source_name(source, item->source), *bytes = block->bytes.data + item->start;
    struct doc_origin origin = {.source = name, .id = source_relative_name(source, item->source)};
    if (item->position) { /* the names that a run gives */
        r->name.len = 0;
        buffer_addf(&r->name, "%s:%" PRIu64, name, item->position);
        buffer_add_char(&r->name, '\0');
        origin.id = r->name.data;
        if (strcmp(name, "stdin") == 0)
            origin.source = origin.id;
    }
    struct json_error error;
    tm_doc *doc = item->kind == ITEM_RECORD ? doc_from_record(&r->schema, r->arena, bytes, item->len, &origin, &error)
                                            : doc_from_text(&r->schema, r->arena, bytes, item->len, &origin);
    if (!doc)
        return 0;
    *out = (struct verify_input){.id = doc_id(doc), .source = doc_source(doc), .original = doc_original(doc)};
    if (item->kind == ITEM_RECORD) {
        tm_value own;
        out->line = (tm_str){bytes, item->len};
        if (doc_get(doc, "source", 6, &own) == TM_V_TEXT)
            out->own_source = own.text;
    }
    return 1;
}
