/* check_order.c: that the result for a document depends on the document alone: not on those before it, not on the batch
 * that it comes in, not on what memory happened to hold, not on the number of workers (which the engine itself runs).
 */
#include "check_plugin.h"

#include "../io/sink.h"
#include "../io/source.h"
#include "../json/memory.h"
#include "../json/write.h"
#include "options.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 16, TIMES = 5 };

static int is_for_it(const struct check_document *doc) {
    return !doc->is_bad && doc->len <= MOST_BYTES;
}

/* --- results, in four ways --- */

static uint64_t mix(uint64_t h, const char *data, size_t len) {
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)data[i]) * 0x100000001b3u;
    return h;
}

static uint64_t result_of(const struct drive_turn *t) {
    uint64_t h = mix(0xcbf29ce484222325u, (const char *)&t->verdict, sizeof t->verdict);
    h = mix(h, t->record.data, t->record.len);
    h = mix(h, t->code.data, t->code.len);
    for (size_t i = 0; i < t->n_children; i++)
        h = mix(h, doc_text(t->children[i]).data, doc_text(t->children[i]).len);
    return h;
}

static int run_singly(struct check *c, const char *round, int is_backwards, uint64_t *results) {
    struct drive d;
    if (check_open(c, &d, NULL) != 0)
        return -1;
    d.is_guarded = 0;
    for (uint32_t k = 0; k < c->documents.count; k++) {
        uint32_t i = is_backwards ? (uint32_t)c->documents.count - 1 - k : k;
        struct drive_turn t;
        if (!is_for_it(&c->documents.list[i]))
            continue;
        check_place(c, round, i);
        if (check_take(c, &d, &t, i))
            drive_turns(&d, &t, 1);
        results[i] = result_of(&t);
        drive_free_turn(&t);
    }
    drive_close(&d);
    return 0;
}

static int run_together(struct check *c, const char *round, uint64_t *results) {
    struct drive d;
    if (check_open(c, &d, NULL) != 0)
        return -1;
    d.is_guarded = 0;
    struct drive_turn *turns = memory_zalloc(c->documents.count, sizeof *turns);
    size_t n = 0;
    for (uint32_t i = 0; i < c->documents.count; i++)
        if (is_for_it(&c->documents.list[i]))
            check_take(c, &d, &turns[n++], i);
    check_place(c, round, CHECK_NO_DOCUMENT);
    drive_turns(&d, turns, n);
    n = 0;
    for (uint32_t i = 0; i < c->documents.count; i++)
        if (is_for_it(&c->documents.list[i])) {
            results[i] = result_of(&turns[n]);
            drive_free_turn(&turns[n++]);
        }
    free(turns);
    drive_close(&d);
    return 0;
}

static void compare(struct check *c, const char *code, const uint64_t *a, const uint64_t *b, const char *what) {
    for (uint32_t i = 0; i < c->documents.count; i++)
        if (is_for_it(&c->documents.list[i]) && a[i] != b[i])
            check_tell(c, code, i, "%s", what);
}

/* What malloc will hand out next holds this byte: small blocks come from a store of a few of each size. */
static void soil_memory(int byte) {
    enum { SIZES = 64, EACH = 7 };
    void *blocks[SIZES][EACH];
    mallopt(M_PERTURB, byte);
    for (size_t i = 0; i < SIZES; i++)
        for (size_t k = 0; k < EACH; k++)
            blocks[i][k] = memset(memory_alloc(i * 16 + 24), byte, i * 16 + 24);
    for (size_t i = 0; i < SIZES; i++)
        for (size_t k = 0; k < EACH; k++)
            free(blocks[i][k]);
}

void check_order(struct check *c, uint32_t first) {
    size_t n = c->documents.count;
    uint64_t *a = memory_zalloc(n, sizeof *a), *b = memory_zalloc(n, sizeof *b);
    (void)first;
    soil_memory(0);
    if (run_singly(c, "one after the other", 0, a) != 0)
        return;
    soil_memory(0xa5);
    if (run_singly(c, "one after the other, once more", 0, b) != 0)
        return;
    soil_memory(0);
    compare(c, "chance", a, b,
            "says TM_DETERMINISTIC, but gives the same documents another result the second time (memory "
            "that was never set, a clock, an address?)");
    if (memcmp(a, b, n * sizeof *a) == 0 && !(c->flags & TM_REMEMBERS) && run_singly(c, "in reverse order", 1, b) == 0)
        compare(c, "order", a, b,
                "its result depends on the documents before: what is kept between them belongs into "
                "commit (TM_REMEMBERS)");
    if (run_together(c, "in one batch", b) == 0)
        compare(c, "batch", a, b, "its result depends on which documents come together in a batch");
    free(a);
    free(b);
}

/* --- many workers --- */

static size_t write_lines(struct check *c, const char *path) {
    FILE *f = fopen(path, "we");
    struct buffer line = {0};
    size_t lines = 0;
    for (int round = 0; f && round < TIMES; round++)
        for (size_t i = 0; i < c->documents.count; i++) {
            const struct check_document *d = &c->documents.list[i];
            if (!is_for_it(d))
                continue;
            line.len = 0;
            if (d->is_record) {
                buffer_add(&line, d->bytes, d->len);
            } else {
                buffer_addf(&line, "{\"id\":\"%zu\",\"text\":", i);
                json_write_text(&line, d->bytes, d->len);
                buffer_add_char(&line, '}');
            }
            buffer_add_char(&line, '\n');
            fwrite(line.data, 1, line.len, f);
            lines++;
        }
    buffer_deinit(&line);
    if (f)
        fclose(f);
    return lines;
}

uint32_t check_document_of_line(const struct check *c, uint64_t line) {
    uint64_t n = 0;
    for (size_t i = 0; i < c->documents.count; i++)
        n += (uint64_t)is_for_it(&c->documents.list[i]);
    uint64_t wanted = n && line ? (line - 1) % n : UINT64_MAX;
    for (size_t i = 0; i < c->documents.count; i++)
        if (is_for_it(&c->documents.list[i]) && wanted-- == 0)
            return (uint32_t)i;
    return CHECK_NO_DOCUMENT;
}

/* Options as --set would give them. */
static void make_sets(const struct check *c, const char *name, struct option_list *sets) {
    struct json_member m;
    size_t at = 1, len = c->options ? strlen(c->options) : 0;
    while (len && json_next(c->options, len, &at, 1, &m)) {
        struct buffer b = {0};
        buffer_addf(&b, "%s.%.*s=%.*s", name, (int)m.key_len, c->options + m.key_start, (int)m.value_len,
                    c->options + m.value_start);
        buffer_add_char(&b, '\0');
        sets->items = memory_realloc(sets->items, (sets->count + 1) * sizeof *sets->items);
        sets->items[sets->count++] = b.data;
    }
}

static int on_letter(void *context, const struct engine_letter *letter, struct buffer *why) {
    struct buffer *letters = context;
    (void)why;
    buffer_addf(letters, "%" PRIu64 " %u %.*s\n", letter->position, letter->outcome, (int)letter->code.len,
                letter->code.data ? letter->code.data : "");
    return 0;
}

/* One run with so many workers; the records in path, what did not come through in letters. */
static int run_engine(struct check *c, unsigned jobs, const char *input, const char *path, struct buffer *letters,
                      struct buffer *why) {
    struct option_list sets = {0};
    struct problems problems;
    struct metrics *metrics = metrics_new();
    int status = -1;
    problems_init(&problems);
    make_sets(c, c->plugin->name, &sets);
    struct pipeline_request request = {.stages = c->plugin->name,
                                       .sets = sets.items,
                                       .n_sets = sets.count,
                                       .state_folder = path,
                                       .log = c->log,
                                       .metrics = metrics,
                                       .with_edits = 1};
    struct buffer state = {0};
    buffer_addf(&state, "%s.state", path);
    buffer_add_char(&state, '\0');
    request.state_folder = state.data;
    struct pipeline *p = pipeline_read(&request, c->loader, &problems);
    int is_open = p && !problems.errors && pipeline_open(p, &problems) == 0;
    struct source_options source_options = {.format = INPUT_JSONL,
                                            .text_field = "text",
                                            .id_field = "id",
                                            .block_bytes = jobs == 1 ? 1 << 20 : 4096,
                                            .block_items = jobs == 1 ? 1000 : 5,
                                            .max_doc = 64u << 20};
    struct sink_options sink_options = {.path = path};
    struct source *source = is_open ? source_open(&input, 1, &source_options, why) : NULL;
    struct sink *sink = source ? sink_open(&sink_options, NULL, 0, why) : NULL;
    if (sink) {
        struct sink *const sinks[] = {sink};
        struct engine_options options = {.jobs = jobs,
                                         .memory = (uint64_t)1 << 30,
                                         .timeout_ns = c->timeout_ns,
                                         .handle_crashes = 1,
                                         .sinks = sinks,
                                         .n_sinks = 1,
                                         .letter = on_letter,
                                         .result_context = letters,
                                         .log = c->log,
                                         .slots = c->slots};
        struct engine_report report;
        engine_run(p, source, &options, &report);
        status = report.end == ENGINE_DONE ? 0 : -1;
        if (status != 0)
            buffer_addf(why, "with %u workers the run ends: %.*s", jobs, (int)report.why.len, report.why.data);
        if (report.is_hung)
            return -1;
        engine_report_free(&report);
        if (sink_finish(sink, why) != 0)
            status = -1;
        sink_close(sink);
    }
    if (source)
        source_close(source);
    if (p)
        pipeline_free(p);
    if (!why->len && problems.count)
        buffer_add_string(why, problems.list[0].message);
    problems_deinit(&problems);
    metrics_free(metrics);
    for (size_t i = 0; i < sets.count; i++)
        free((char *)sets.items[i]);
    free(sets.items);
    buffer_deinit(&state);
    return status;
}

static void read_all(const char *path, struct buffer *out) {
    FILE *f = fopen(path, "re");
    size_t n;
    while (f && (n = fread(buffer_reserve(out, 65536), 1, 65536, f)) > 0)
        out->len += n;
    if (f)
        fclose(f);
}

/* The first line in which they differ, from 1; 0: none. */
static size_t differs(const struct buffer *a, const struct buffer *b) {
    size_t line = 1, i = 0;
    for (; i < a->len && i < b->len && a->data[i] == b->data[i]; i++)
        line += a->data[i] == '\n';
    return i == a->len && i == b->len ? 0 : line;
}

/* Runs until one is found that differs: that which workers do to each other comes by chance. */
void check_workers(struct check *c, uint32_t first) {
    struct drive d;
    struct buffer input = {0}, out = {0}, one = {0}, many = {0}, letters[2] = {{0}, {0}}, why = {0};
    (void)first;
    if (check_open(c, &d, NULL) != 0)
        return;
    drive_close(&d);
    atomic_store(&c->slot->function, "the work");
    buffer_addf(&input, "%s/in.jsonl", c->work);
    buffer_add_char(&input, '\0');
    write_lines(c, input.data);
    for (unsigned round = 0; round < 4 && !why.len; round++) {
        struct buffer *got = round ? &many : &one, *said = &letters[round > 0];
        unsigned jobs = round ? c->workers : 1;
        out.len = got->len = said->len = 0;
        buffer_addf(&out, "%s/out%u.jsonl", c->work, round);
        buffer_add_char(&out, '\0');
        check_place(c, round ? "with many workers" : "with one worker", CHECK_NO_DOCUMENT);
        if (run_engine(c, jobs, input.data, out.data, said, &why) != 0) {
            check_tell(c, "workers", CHECK_NO_DOCUMENT, "%.*s", (int)why.len, why.data ? why.data : "the run fails");
            break;
        }
        read_all(out.data, got);
        size_t line = round ? differs(&one, &many) : 0, letter = round ? differs(&letters[0], &letters[1]) : 0;
        if ((line || letter) && (c->flags & TM_DETERMINISTIC)) {
            check_tell(c, "workers", CHECK_NO_DOCUMENT,
                       "its results depend on the number of workers: 1 and %u give other %s from line %zu on", jobs,
                       line ? "records" : "failures", line ? line : letter);
            break;
        }
    }
}
