/* testhost.c: the host for the tests of plugins (../include/textmill/testhost.h): the functions that the library
 * textmill-testhost exports. What happens to a document is drive.c's; here is what a test sees of it.
 */
#include "../include/textmill/testhost.h"

#include "../json/memory.h"
#include "drive.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))

/* One document that came out. */
struct seen {
    tm_doc *doc;
    int32_t verdict;
    const char *code, *message, *json;
};

struct tm_test {
    struct loader *loader;
    struct log *log;
    struct drive drive;
    int is_open;
    char *error;
    struct drive_turn *turns;
    size_t n_turns;
    struct arena *arena; /* of what the test was given to look at */
    struct seen *seen;
    uint32_t n_seen;
    const char *fault;
    uint32_t cut_start, cut_end;
};

static void forget(tm_test *t) {
    free(t->seen);
    for (size_t i = 0; i < t->n_turns; i++)
        drive_free_turn(&t->turns[i]);
    free(t->turns);
    t->seen = NULL;
    t->turns = NULL;
    t->n_seen = 0;
    t->n_turns = 0;
    t->fault = NULL;
    arena_reset(t->arena, 64 * 1024);
}

PUBLIC tm_test *tm_test_open(const char *file, const char *options) {
    tm_test *t = memory_zalloc(1, sizeof *t);
    struct buffer why;
    buffer_init(&why);
    t->arena = arena_new(64 * 1024);
    t->loader = loader_new();
    t->log = log_new(STDERR_FILENO, 0, LOG_WARNING);
    t->drive.log = t->log;
    const struct plugin *plugin = loader_get_file(t->loader, file, &why);
    t->is_open = plugin && drive_open(&t->drive, plugin, options, &why) == 0;
    if (!t->is_open)
        t->error = memory_copy(why.data ? why.data : "", why.len);
    buffer_deinit(&why);
    return t;
}

PUBLIC const char *tm_test_error(const tm_test *t) {
    return t->error;
}

PUBLIC void tm_test_close(tm_test *t) {
    if (!t)
        return;
    forget(t);
    if (t->is_open)
        drive_close(&t->drive);
    loader_free(t->loader);
    log_free(t->log);
    arena_free(t->arena);
    free(t->error);
    free(t);
}

/* --- giving documents --- */

static const char *string_of(tm_test *t, tm_str s) {
    return arena_copy(t->arena, s.data ? s.data : "", s.len);
}

static void see(tm_test *t, tm_doc *doc, const struct drive_turn *turn, const struct buffer *record) {
    t->seen = memory_realloc(t->seen, (t->n_seen + 1) * sizeof *t->seen);
    t->seen[t->n_seen++] = (struct seen){
        .doc = doc,
        .verdict = turn ? turn->verdict : TM_PASS,
        .code = turn ? string_of(t, turn->code) : "",
        .message = turn ? string_of(t, turn->message) : "",
        .json = record->len ? arena_copy(t->arena, record->data, record->len) : NULL,
    };
}

static void look(tm_test *t) {
    for (size_t k = 0; k < t->n_turns; k++) {
        struct drive_turn *turn = &t->turns[k];
        if (turn->fault && !t->fault)
            t->fault = turn->fault;
        see(t, turn->doc, turn, &turn->record);
        if (turn->record.len && !t->fault)
            t->fault = drive_replay(turn);
        for (size_t c = 0; c < turn->n_children; c++) {
            struct buffer record;
            buffer_init(&record);
            doc_write_record(turn->children[c], &record);
            see(t, turn->children[c], NULL, &record);
            buffer_deinit(&record);
        }
    }
}

static void begin(tm_test *t, size_t n) {
    forget(t);
    t->turns = memory_zalloc(n, sizeof *t->turns);
    t->n_turns = n;
}

static int32_t give(tm_test *t) {
    int32_t result = TM_OK;
    for (size_t i = 0; i < t->n_turns; i++) {
        if (!t->turns[i].doc)
            result = TM_EINVAL;
        else if (t->cut_start < t->cut_end && t->cut_end <= doc_text(t->turns[i].doc).len)
            drive_cut(&t->turns[i], t->cut_start, t->cut_end);
    }
    if (result != TM_OK)
        return result;
    drive_turns(&t->drive, t->turns, t->n_turns);
    look(t);
    return result;
}

PUBLIC int32_t tm_test_bytes(tm_test *t, tm_str text) {
    if (!t->is_open)
        return TM_ESTATE;
    begin(t, 1);
    drive_take_text(&t->drive, &t->turns[0], text.data, text.len);
    int32_t result = give(t);
    return result == TM_OK ? t->turns[0].verdict : result;
}

PUBLIC int32_t tm_test_text(tm_test *t, const char *text) {
    return tm_test_bytes(t, (tm_str){text, strlen(text)});
}

PUBLIC int32_t tm_test_records(tm_test *t, const char *const *json, uint32_t n) {
    if (!t->is_open)
        return TM_ESTATE;
    begin(t, n);
    for (uint32_t i = 0; i < n; i++)
        drive_take_record(&t->drive, &t->turns[i], json[i], strlen(json[i]));
    return give(t);
}

PUBLIC int32_t tm_test_record(tm_test *t, const char *json) {
    int32_t result = tm_test_records(t, &json, 1);
    return result == TM_OK ? t->turns[0].verdict : result;
}

PUBLIC int32_t tm_test_flush(tm_test *t) {
    if (!t->is_open)
        return TM_ESTATE;
    begin(t, 1);
    drive_flush(&t->drive, &t->turns[0]);
    look(t);
    return t->turns[0].verdict;
}

PUBLIC void tm_test_cut_before(tm_test *t, uint32_t start, uint32_t end) {
    t->cut_start = start;
    t->cut_end = end;
}

/* --- looking --- */

PUBLIC uint32_t tm_test_count(const tm_test *t) {
    return t->n_seen;
}

PUBLIC int32_t tm_test_verdict(const tm_test *t, uint32_t i) {
    return i < t->n_seen ? t->seen[i].verdict : TM_ENOENT;
}

PUBLIC const char *tm_test_code(const tm_test *t, uint32_t i) {
    return i < t->n_seen ? t->seen[i].code : "";
}

PUBLIC const char *tm_test_message(const tm_test *t, uint32_t i) {
    return i < t->n_seen ? t->seen[i].message : "";
}

PUBLIC const char *tm_test_json(const tm_test *t, uint32_t i) {
    return i < t->n_seen ? t->seen[i].json : NULL;
}

/* A value of the record by its span. */
struct value {
    const char *json;
    size_t len;
};

static int is_key(const char *json, const struct json_member *m, const char *name, size_t len) {
    char key[256];
    if (m->key_len > sizeof key)
        return 0;
    size_t n = json_decode(json + m->key_start, m->key_len, key);
    return n == len && memcmp(key, name, len) == 0;
}

/* The member of that name, or the element of that number. */
static int step(struct value *v, const char *name, size_t len) {
    int is_object = v->json[0] == '{';
    struct json_member m;
    size_t at = 1, wanted = 0;
    if (!is_object && (v->json[0] != '[' || !len))
        return 0;
    for (size_t i = 0; !is_object && i < len; i++) {
        if (name[i] < '0' || name[i] > '9' || wanted > UINT32_MAX)
            return 0;
        wanted = wanted * 10 + (size_t)(name[i] - '0');
    }
    while (json_next(v->json, v->len, &at, is_object, &m))
        if (is_object ? is_key(v->json, &m, name, len) : wanted-- == 0) {
            *v = (struct value){v->json + m.value_start, m.value_len};
            return 1;
        }
    return 0;
}

/* What is left of the path is first taken for one name, which may have points in it. */
static int find(const tm_test *t, uint32_t i, const char *path, struct value *out) {
    if (i >= t->n_seen || !t->seen[i].json)
        return 0;
    *out = (struct value){t->seen[i].json, strlen(t->seen[i].json)};
    while (*path) {
        size_t len = strcspn(path, ".");
        if (out->json[0] == '{' && step(out, path, strlen(path)))
            return 1;
        if (!step(out, path, len))
            return 0;
        path += len + (path[len] == '.');
    }
    return 1;
}

PUBLIC const char *tm_test_get(tm_test *t, uint32_t i, const char *path) {
    struct value v;
    if (!find(t, i, path, &v))
        return NULL;
    if (v.json[0] != '"')
        return arena_copy(t->arena, v.json, v.len);
    char *text = arena_alloc(t->arena, v.len);
    text[json_decode(v.json + 1, v.len - 2, text)] = '\0';
    return text;
}

PUBLIC uint32_t tm_test_length(tm_test *t, uint32_t i, const char *path) {
    struct value v;
    struct json_member m;
    size_t at = 1;
    uint32_t n = 0;
    if (!find(t, i, path, &v) || (v.json[0] != '{' && v.json[0] != '['))
        return 0;
    while (json_next(v.json, v.len, &at, v.json[0] == '{', &m))
        n++;
    return n;
}

PUBLIC const char *tm_test_fault(const tm_test *t) {
    return t->fault;
}

PUBLIC tm_doc *tm_test_doc(const tm_test *t, uint32_t i) {
    return i < t->n_seen ? t->seen[i].doc : NULL;
}

PUBLIC const tm_host *tm_test_host(void) {
    return host_get();
}
