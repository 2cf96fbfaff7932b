/* test_engine.c: documents come out in order and the same for any number of workers; every verdict does what the table
 * of verdicts says; children, flush, conditions and outcomes.
 */
#include "engine_mill.h"

static struct buffer in;

static const char *plain_text(unsigned i) {
    static char text[64];
    snprintf(text, sizeof text,
             i % 97 == 3   ? "slow 300"
             : i % 31 == 5 ? "drop it"
             : i % 41 == 7 ? "fail 3"
                           : "text %u",
             i);
    return text;
}

static void nothing_to_do_copies_lines(void) {
    struct mill m;
    mill_init(&m);
    static const char input[] = "{\"id\":1,\"text\":\"a\"}\n { \"text\" : \"b\", \"x\":1e400}\r\n\n{\"broken\":}\n"
                                "{\"a\":1,\"a\":2}\n{\"text\":\"last\"}";
    mill_run(&m, input, sizeof input - 1);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_BYTES(m.out.data, m.out.len,
                "{\"id\":1,\"text\":\"a\"}\n { \"text\" : \"b\", \"x\":1e400}\n{\"text\":\"last\"}\n");
    CHECK_INT(mill_lines(&m.failed), 2);
    CHECK(strstr(m.failed.data,
                 "{\"id\":\"in.jsonl:4\",\"source\":\"in.jsonl\",\"error\":{\"stage\":\"read\",\"code\":\"syntax\""));
    CHECK(strstr(m.failed.data, "\"input\":\"{\\\"broken\\\":}\"}\n"));
    CHECK(strstr(m.failed.data, "in.jsonl:5"));
    CHECK_INT(m.report.read, 5);
    CHECK_INT(m.report.published, 3);
    CHECK_INT(m.report.failed, 2);
    mill_free(&m);
}

static void outputs_do_not_depend_on_jobs(void) {
    struct buffer first[3] = {{0}};
    static const unsigned jobs[] = {1, 8, 3, 8};
    mill_input(&in, 5000, plain_text);
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        struct mill m;
        struct mill_counter before = {.field = field_names_add(mill_names, "n", 1)};
        struct mill_counter after = {.field = field_names_add(mill_names, "m", 1)};
        mill_init(&m);
        m.with_dropped = 1;
        m.options.jobs = jobs[i];
        mill_add(&m, "before", &mill_count_plugin, &before);
        mill_add(&m, "act", &mill_act_plugin, NULL);
        mill_add(&m, "after", &mill_count_plugin, &after);
        mill_run(&m, in.data, in.len);
        CHECK_INT(m.report.end, ENGINE_DONE);
        CHECK_INT(m.report.read, 5000);
        CHECK_INT(m.report.published + m.report.failed + m.report.dropped, 5000);
        CHECK_INT(before.count, 5000);
        CHECK_INT(before.crossed + after.crossed, 0);
        CHECK_INT(after.count, m.report.published);
        if (i == 0) {
            buffer_add(&first[0], m.out.data, m.out.len);
            buffer_add(&first[1], m.failed.data, m.failed.len);
            buffer_add(&first[2], m.dropped.data, m.dropped.len);
        }
        CHECK(m.out.len == first[0].len && memcmp(m.out.data, first[0].data, m.out.len) == 0);
        CHECK(m.failed.len == first[1].len && memcmp(m.failed.data, first[1].data, m.failed.len) == 0);
        CHECK(m.dropped.len == first[2].len && memcmp(m.dropped.data, first[2].data, m.dropped.len) == 0);
        mill_free(&m);
    }
    for (size_t i = 0; i < 3; i++)
        buffer_deinit(&first[i]);
}

static void verdicts(void) {
    struct mill m;
    mill_init(&m);
    m.with_dropped = 1;
    mill_add(&m, "act", &mill_act_plugin, NULL);
    static const char input[] = "{\"id\":\"a\",\"text\":\"pass\"}\n{\"id\":\"b\",\"text\":\"drop\"}\n"
                                "{\"id\":\"c\",\"text\":\"fail 3\"}\n{\"id\":\"d\",\"text\":\"mute\"}\n"
                                "{\"id\":\"e\",\"text\":\"nonsense\"}\n{\"id\":\"f\",\"text\":\"pass\"}\n";
    mill_run(&m, input, sizeof input - 1);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(m.report.published, 2);
    CHECK_INT(m.report.dropped, 1);
    CHECK_INT(m.report.failed, 3);
    CHECK_INT(m.report.stages[0].failed, 3);
    CHECK_INT(m.report.stages[0].documents, 6);
    CHECK_BYTES(m.dropped.data, m.dropped.len,
                "{\"id\":\"b\",\"source\":\"in.jsonl\",\"dropped\":{\"stage\":\"act\",\"reason\":\"unwanted\"},"
                "\"input\":{\"id\":\"b\",\"text\":\"drop\"}}\n");
    CHECK(strstr(m.failed.data, "{\"id\":\"c\",\"source\":\"in.jsonl\",\"error\":{\"stage\":\"act\",\"code\":\"odd\","
                                "\"message\":\"this is \\\"odd\\\"\",\"offset\":3},"
                                "\"input\":{\"id\":\"c\",\"text\":\"fail 3\"}}\n"));
    CHECK(strstr(m.failed.data, "\"code\":\"failed\""));
    CHECK(strstr(m.failed.data, "\"code\":\"misbehaving\""));
    mill_free(&m);
}

static void on_error_skip_and_drop(void) {
    static const char input[] = "{\"id\":\"c\",\"text\":\"fail\"}\n";
    for (int i = 0; i < 2; i++) {
        struct mill m;
        mill_init(&m);
        m.with_dropped = 1;
        mill_add(&m, "act", &mill_act_plugin, NULL)->on_error = i ? ON_ERROR_DROP : ON_ERROR_SKIP;
        mill_run(&m, input, sizeof input - 1);
        CHECK_INT(m.report.failed, 0);
        CHECK_INT(m.report.published, !i);
        CHECK_INT(m.report.dropped, i);
        if (i)
            CHECK(strstr(m.dropped.data, "\"dropped\":{\"stage\":\"act\",\"reason\":\"odd\"}"));
        else
            CHECK(strstr(m.out.data,
                         "\"errors\":[{\"stage\":\"act\",\"code\":\"odd\",\"message\":\"this is \\\"odd\\\"\"}]"));
        mill_free(&m);
    }
}

static void languages_pass_a_stage_over(void) {
    struct mill m;
    mill_init(&m);
    mill_add(&m, "act", &mill_act_plugin, NULL)->languages = "en de";
    static const char input[] =
        "{\"id\":\"a\",\"text\":\"drop\",\"lang\":\"es\"}\n{\"id\":\"b\",\"text\":\"drop\",\"lang\":\"de\"}\n"
        "{\"id\":\"c\",\"text\":\"drop\",\"lang\":null}\n{\"id\":\"d\",\"text\":\"drop\"}\n"
        "{\"id\":\"e\",\"text\":\"drop\",\"lang\":\"d\"}\n";
    mill_run(&m, input, sizeof input - 1);
    CHECK_INT(m.report.dropped, 3);
    CHECK_INT(m.report.published, 2);
    CHECK(strstr(m.out.data, "\"id\":\"a\""));
    CHECK(strstr(m.out.data, "\"id\":\"e\""));
    CHECK(strstr(m.out.data, "\"skipped\":[{\"stage\":\"act\",\"reason\":\"lang\"}]"));
    CHECK_INT(m.report.stages[0].skipped, 2);
    mill_free(&m);
}

static void children_follow_their_parent(void) {
    struct mill m;
    struct mill_counter count = {.field = field_names_add(mill_names, "n", 1)};
    mill_init(&m);
    m.with_dropped = 1;
    mill_add(&m, "one", &mill_act_plugin, NULL);
    mill_add(&m, "count", &mill_count_plugin, &count);
    static const char input[] = "{\"id\":\"a\",\"text\":\"pass\"}\n{\"id\":\"b\",\"text\":\"emit 2\"}\n"
                                "{\"id\":\"c\",\"text\":\"split\"}\n{\"id\":\"d\",\"text\":\"pass\"}\n";
    mill_run(&m, input, sizeof input - 1);
    static const char *const order[] = {"\"a\"", "\"b\"", "\"b#1\"", "\"b#2\"", "\"c#1\"", "\"c#2\"", "\"d\""};
    const char *at = m.out.data;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char n[16];
        snprintf(n, sizeof n, "\"n\":%zu", i);
        at = strstr(at, order[i]);
        CHECK(at != NULL);
        CHECK(strstr(at, n) != NULL);
    }
    CHECK_INT(mill_lines(&m.out), 7);
    CHECK_INT(m.report.dropped, 1);
    CHECK_INT(m.report.read, 4);
    mill_free(&m);
}

/* --- outcomes and settle --- */

static struct {
    unsigned count, wrong;
    uint64_t last;
    uint32_t outcomes[3];
} told;

static void on_outcome(void *context, const struct engine_outcome *o) {
    (void)context;
    told.wrong += o->source != 0 || o->position != told.last + 1;
    told.wrong += o->longest > o->ns || o->ns == 0 || o->slowest > 1;
    told.last = o->position;
    told.count++;
    told.outcomes[o->outcome]++;
}

static struct { unsigned count, wrong, checkpoints; } settled;

static int32_t remember(void *stage, tm_doc *doc) {
    unsigned *n = stage;
    *host_get()->slot(doc) = ++*n;
    return TM_PASS;
}

static void on_settle(void *stage, tm_doc *doc, uint32_t outcome) {
    (void)stage, (void)outcome;
    settled.count++;
    settled.wrong += *host_get()->slot(doc) != settled.count;
}

static int32_t on_checkpoint(void *stage) {
    (void)stage;
    settled.checkpoints++;
    return TM_OK;
}

static const tm_plugin settling = {TM_DESCRIPTOR,      .name = "settling",  .flags = TM_REMEMBERS,
                                   .commit = remember, .settle = on_settle, .checkpoint = on_checkpoint};

static void outcomes_once_each_in_order(void) {
    static struct engine_times times[2];
    struct mill m;
    unsigned n = 0;
    memset(&told, 0, sizeof told);
    mill_init(&m);
    m.options.outcome = on_outcome;
    m.options.times = times;
    mill_add(&m, "settling", &settling, &n);
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_input(&in, 3000, plain_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(told.count, 3000);
    CHECK_INT(told.wrong, 0);
    CHECK_INT(told.outcomes[TM_PUBLISHED], m.report.published);
    CHECK_INT(told.outcomes[TM_DROPPED], m.report.dropped);
    CHECK_INT(told.outcomes[TM_FAILED], m.report.failed);
    CHECK_INT(settled.count, 3000);
    CHECK_INT(settled.wrong, 0);
    CHECK_INT(settled.checkpoints, 1);
    mill_free(&m);
}

/* --- results by source --- */

static struct buffer by_source[64];

static int on_result(void *context, uint32_t source, const char *records, size_t len, struct buffer *why) {
    (void)context, (void)why;
    buffer_add(&by_source[source], records, len);
    return 0;
}

static void results_come_apart_by_source(void) {
    static char names[64][16];
    const char *inputs[64];
    struct mill m;
    mill_init(&m);
    m.options.result = on_result;
    mill_add(&m, "act", &mill_act_plugin, NULL);
    for (unsigned i = 0; i < 64; i++) {
        mill_input(&in, i * 3, plain_text);
        snprintf(names[i], sizeof names[i], "f%02u.jsonl", i);
        scratch_file(names[i], in.data ? in.data : "", in.len);
        inputs[i] = names[i];
    }
    mill_run_inputs(&m, inputs, 64);
    CHECK_INT(m.report.end, ENGINE_DONE);
    size_t total = 0;
    for (unsigned i = 0; i < 64; i++)
        total += by_source[i].len;
    CHECK_INT(total, m.out.len);
    CHECK_INT(m.report.published, mill_lines(&m.out));
    char *whole = m.out.data;
    for (unsigned i = 0; i < 64; i++) {
        CHECK(by_source[i].len == 0 || memcmp(whole, by_source[i].data, by_source[i].len) == 0);
        CHECK(by_source[i].len == 0 || by_source[i].data[by_source[i].len - 1] == '\n');
        whole += by_source[i].len;
        buffer_deinit(&by_source[i]);
    }
    mill_free(&m);
}

/* --- together, and at the end --- */

static int32_t together(void *stage, void *thread, tm_batch *batch) {
    const tm_host *h = host_get();
    (void)stage, (void)thread;
    for (uint32_t i = 0; i < h->batch_count(batch); i++) {
        tm_doc *doc = h->at(batch, i);
        h->verdict(batch, i, mill_act(NULL, NULL, doc));
    }
    return TM_PASS;
}

static const tm_plugin together_plugin = {TM_DESCRIPTOR, .name = "together", .flags = TM_MAY_DROP | TM_EMITS | TM_EDITS,
                                          .process_many = together};

static void batches_do_not_take_neighbours_along(void) {
    struct buffer alone = {0};
    mill_input(&in, 2000, plain_text);
    for (int i = 0; i < 2; i++) {
        struct mill m;
        mill_init(&m);
        mill_add(&m, "act", i ? &together_plugin : &mill_act_plugin, NULL);
        mill_run(&m, in.data, in.len);
        if (i)
            CHECK(m.out.len == alone.len && memcmp(m.out.data, alone.data, alone.len) == 0);
        else
            buffer_add(&alone, m.out.data, m.out.len);
        CHECK(m.report.failed > 0 && m.report.dropped > 0);
        mill_free(&m);
    }
    buffer_deinit(&alone);
}

static int32_t emit_at_end(void *stage, tm_doc *doc) {
    (void)stage;
    host_get()->emit(doc, TM_STR("emit 1"));
    host_get()->emit(doc, TM_STR("drop"));
    host_get()->emit(doc, TM_STR("fail 2"));
    return TM_PASS;
}

static int32_t hold_back(void *stage, void *thread, tm_doc *doc) {
    (void)stage, (void)thread;
    return tm_drop(host_get(), doc, TM_STR("held back"));
}

static const tm_plugin whole_stream = {TM_DESCRIPTOR, .name = "whole",
                                       .flags = TM_MAY_DROP | TM_EMITS | TM_WHOLE_STREAM, .process = hold_back,
                                       .flush = emit_at_end};

static void flush_passes_the_later_stages(void) {
    struct mill m;
    struct mill_counter count = {.field = field_names_add(mill_names, "n", 1)};
    mill_init(&m);
    m.pipeline.schema.has_writers = 1;
    mill_add(&m, "whole", &whole_stream, NULL);
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_add(&m, "count", &mill_count_plugin, &count);
    mill_input(&in, 500, plain_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(m.report.dropped, 501);
    CHECK_INT(mill_lines(&m.out), 2);
    CHECK(strstr(m.out.data, "\"text\":\"emit 1\"") != NULL);
    CHECK(strstr(m.out.data, "\"text\":\"part\"") != NULL);
    CHECK_INT(count.count, 2);
    CHECK(strstr(m.failed.data, "{\"id\":\"whole#3\",\"source\":\"whole\",\"error\":{\"stage\":\"act\""));
    mill_run(&m, "", 0); /* no document, but an end */
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(mill_lines(&m.out), 2);
    mill_free(&m);
}

/* --- outputs --- */

static void formats(void) {
    static const char input[] =
        "{\"id\":\"a\",\"text\":\"one\\ttwo\\nthree\",\"n\":2}\n{\"id\":\"b\",\"text\":\"four\"}\n";
    static const char *const fields[] = {"id", "n", "text"};
    struct mill m;
    mill_init(&m);
    m.options.format = OUTPUT_TEXT;
    mill_run(&m, input, sizeof input - 1);
    CHECK_BYTES(m.out.data, m.out.len, "one\ttwo\nthree\n\ffour\n");
    m.options.format = OUTPUT_TSV;
    m.options.fields = fields;
    m.options.n_fields = 3;
    mill_run(&m, input, sizeof input - 1);
    CHECK_BYTES(m.out.data, m.out.len, "id\tn\ttext\na\t2\tone\\ttwo\\nthree\nb\t\tfour\n");
    m.options.format = OUTPUT_JSONL;
    m.options.n_fields = 2;
    mill_run(&m, input, sizeof input - 1);
    CHECK_INT(mill_lines(&m.out), 2);
    CHECK(strstr(m.out.data, "\"n\":2") && !strstr(m.out.data, "three"));
    mill_free(&m);
}

static void conditions_choose_sinks(void) {
    static const char rule[] = "{\"n\":{\"lt\":3}}";
    struct problems problems;
    problems_init(&problems);
    struct config *config = config_parse("rule", rule, sizeof rule - 1, &problems);
    struct tm_condition *low = condition_compile(config_root(config), &problems, NULL, NULL);
    CHECK(low != NULL);
    struct mill m;
    mill_init(&m);
    struct sink *sinks[] = {mill_sink("low", OUTPUT_JSONL), mill_sink("all", OUTPUT_JSONL),
                            mill_sink("each/", OUTPUT_JSONL)};
    const struct tm_condition *const when[] = {low, NULL, low};
    m.options.sinks = sinks;
    m.options.sink_when = when;
    m.options.n_sinks = 3;
    static const char input[] = "{\"id\":\"a\",\"text\":\"x\",\"n\":1}\n{\"id\":\"b\",\"text\":\"x\",\"n\":5}\n"
                                "{\"id\":\"c\",\"text\":\"x\",\"n\":2}\n";
    mill_run(&m, input, sizeof input - 1);
    for (size_t i = 0; i < 3; i++)
        mill_sink_end(sinks[i]);
    mill_read_back("low", &m.out);
    CHECK_BYTES(m.out.data, m.out.len,
                "{\"id\":\"a\",\"text\":\"x\",\"n\":1}\n{\"id\":\"c\",\"text\":\"x\",\"n\":2}\n");
    mill_read_back("all", &m.out);
    CHECK_INT(mill_lines(&m.out), 3);
    CHECK(access("each/a.jsonl", R_OK) == 0 && access("each/c.jsonl", R_OK) == 0 && access("each/b.jsonl", R_OK) != 0);
    mill_free(&m);
    condition_free(low);
    config_free(config);
    problems_deinit(&problems);
}

/* Not in order, but all of them, and those of one batch together; what flush emits comes last. */
static void unordered_loses_nothing(void) {
    struct mill m;
    static uint8_t seen[3000];
    mill_init(&m);
    m.options.unordered = 1;
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_input(&in, 3000, plain_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(mill_lines(&m.out), m.report.published);
    CHECK_INT(m.report.published + m.report.failed + m.report.dropped, 3000);
    for (const char *at = m.out.data; at && *at; at = strchr(at, '\n') + 1) {
        unsigned i = 3000;
        const char *id = strstr(at, "\"id\":\"d");
        CHECK(id && sscanf(id, "\"id\":\"d%u", &i) == 1 && i < 3000 && !seen[i]);
        seen[i] = 1;
    }
    mill_free(&m);
}

static void the_report_adds_up(void) {
    struct mill m;
    struct buffer out = {0};
    struct json_error error;
    mill_init(&m);
    m.options.timing = 1;
    mill_add(&m, "a \"name\"", &mill_act_plugin, NULL);
    mill_input(&in, 500, plain_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.stages[0].documents, 500);
    CHECK_INT(m.report.stages[0].dropped, m.report.dropped);
    CHECK_INT(m.report.stages[0].failed, m.report.failed);
    CHECK(m.report.stages[0].nanoseconds > 300000 * 5 && m.report.record_ns > 0);
    CHECK_INT(m.report.bytes_in, in.len);
    CHECK_INT(m.report.bytes_out, m.out.len + m.failed.len);
    engine_report_json(&m.report, &out);
    CHECK(out.data[out.len - 1] == '\n');
    CHECK_INT(json_check_value(out.data, out.len - 1, &error), 0);
    buffer_add_char(&out, '\0');
    CHECK(strstr(out.data, "{\"end\":\"done\",\"read\":500,"));
    CHECK(strstr(out.data, "{\"stage\":\"a \\\"name\\\"\",\"documents\":500,"));
    out.len = 0;
    engine_report_table(&m.report, &out);
    buffer_add_char(&out, '\0');
    CHECK(strstr(out.data, "\n(layers) ") && strstr(out.data, "\n500 documents in "));
    buffer_deinit(&out);
    mill_free(&m);
}

int main(void) {
    mill_names = field_names_new();
    scratch_begin();
    RUN(nothing_to_do_copies_lines);
    RUN(outputs_do_not_depend_on_jobs);
    RUN(verdicts);
    RUN(on_error_skip_and_drop);
    RUN(languages_pass_a_stage_over);
    RUN(children_follow_their_parent);
    RUN(outcomes_once_each_in_order);
    RUN(results_come_apart_by_source);
    RUN(batches_do_not_take_neighbours_along);
    RUN(flush_passes_the_later_stages);
    RUN(formats);
    RUN(conditions_choose_sinks);
    RUN(unordered_loses_nothing);
    RUN(the_report_adds_up);
    buffer_deinit(&in);
    field_names_free(mill_names);
    scratch_end();
    return check_end();
}
