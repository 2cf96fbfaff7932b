/* test_engine_waits.c: documents that wait keep their place and hold nobody else up: retry, later, a bound on those in
 * flight.
 */
#include "engine_mill.h"

static struct buffer in;

static const char *later_text(unsigned i) {
    static char text[64];
    snprintf(text, sizeof text, i % 3 == 0 ? "later" : "text %u", i);
    return text;
}

static void later_keeps_the_order(void) {
    struct mill m;
    struct mill_counter count = {.field = field_names_add(mill_names, "n", 1)};
    mill_init(&m);
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_add(&m, "count", &mill_count_plugin, &count);
    mill_input(&in, 1000, later_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(m.report.published, 1000);
    const char *at = m.out.data;
    for (unsigned i = 0; i < 1000; i++) {
        char id[32], n[32];
        const char *end = strchr(at, '\n');
        snprintf(id, sizeof id, "\"id\":\"d%u\"", i);
        snprintf(n, sizeof n, "\"n\":%u", i);
        const char *has_id = strstr(at, id), *has_n = strstr(at, n);
        CHECK(has_id && has_id < end && has_n && has_n < end);
        at = end + 1;
    }
    mill_free(&m);
}

/* Answers at once, before process has returned; at once twice; and with what is no verdict. */
static int32_t answer_early(void *stage, void *thread, tm_doc *doc) {
    const tm_host *h = host_get();
    (void)stage, (void)thread;
    tm_str text = h->text(doc);
    if (text.data[0] == 'f') {
        h->reason(doc, TM_STR("odd"), TM_STR("odd"), TM_NONE);
        h->complete(doc, TM_FAIL);
    } else {
        h->complete(doc, text.data[0] == 'l' ? TM_LATER : TM_PASS);
    }
    h->complete(doc, TM_DROP);
    return TM_LATER;
}

static const tm_plugin early = {TM_DESCRIPTOR, .name = "early", .flags = TM_ASYNC, .process = answer_early,
                                .max_in_flight = 1};

static void early_answers_count_once(void) {
    struct mill m;
    mill_init(&m);
    mill_add(&m, "early", &early, NULL);
    static const char input[] =
        "{\"id\":\"a\",\"text\":\"pass\"}\n{\"id\":\"b\",\"text\":\"fail\"}\n{\"id\":\"c\",\"text\":\"later\"}\n"
        "{\"id\":\"d\",\"text\":\"pass\"}\n";
    mill_run(&m, input, sizeof input - 1);
    CHECK_INT(m.report.published, 2);
    CHECK_INT(m.report.failed, 2);
    CHECK(strstr(m.failed.data, "\"code\":\"odd\"") && strstr(m.failed.data, "\"code\":\"misbehaving\""));
    mill_free(&m);
}

/* Where the answer is yes, resume is called on a worker, and its verdict counts; a second wait is no answer. */
static void *say_yes(void *doc) {
    mill_sleep_us(300);
    host_get()->complete(doc, TM_PASS);
    return NULL;
}

static int32_t ask(void *stage, void *thread, tm_doc *doc) {
    pthread_t answer;
    (void)stage, (void)thread;
    *host_get()->slot(doc) = 77;
    if (host_get()->text(doc).data[0] == 'n')
        host_get()->complete(doc, TM_PASS); /* before process has returned */
    else if (pthread_create(&answer, NULL, say_yes, doc) == 0)
        pthread_detach(answer);
    return TM_LATER;
}

static int32_t take_answer(void *stage, void *thread, tm_doc *doc) {
    const tm_host *h = host_get();
    tm_field *field = stage;
    (void)thread;
    tm_value v = {.type = TM_V_INT, .integer = (int64_t)*h->slot(doc)};
    h->set(doc, *field, &v);
    char last = h->text(doc).data[h->text(doc).len - 1];
    return last == 'd' ? tm_drop(h, doc, TM_STR("no")) : last == 'l' ? TM_LATER : TM_PASS;
}

static const tm_plugin resuming = {TM_DESCRIPTOR,      .name = "ask",
                                   .writes = "answer", .flags = TM_ASYNC | TM_MAY_DROP,
                                   .process = ask,     .resume = take_answer};

static const char *asked_text(unsigned i) {
    static const char *const texts[] = {"now", "then", "now d", "then d", "now l", "then l"};
    return texts[i % 6];
}

static void resume_takes_the_answer(void) {
    struct mill m;
    tm_field field = 0;
    mill_init(&m);
    field = field_names_add(mill_names, "answer", 6);
    mill_add(&m, "ask", &resuming, &field);
    mill_input(&in, 600, asked_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.published, 200);
    CHECK(strstr(m.out.data, "\"answer\":77"));
    CHECK_INT(m.report.dropped, 200);
    CHECK_INT(m.report.failed, 200);
    CHECK(strstr(m.failed.data, "\"code\":\"misbehaving\""));
    mill_free(&m);
}

/* Never more than three in flight. */
static _Atomic int flying, most_flying;

static void *land(void *doc) {
    mill_sleep_us(500);
    atomic_fetch_sub(&flying, 1);
    host_get()->complete(doc, TM_PASS);
    return NULL;
}

static int32_t fly(void *stage, void *thread, tm_doc *doc) {
    pthread_t answer;
    (void)stage, (void)thread;
    int now = atomic_fetch_add(&flying, 1) + 1, most = atomic_load(&most_flying);
    while (now > most && !atomic_compare_exchange_weak(&most_flying, &most, now)) {
    }
    pthread_create(&answer, NULL, land, doc);
    pthread_detach(answer);
    return TM_LATER;
}

static const tm_plugin flying_plugin = {TM_DESCRIPTOR, .name = "fly", .flags = TM_ASYNC, .process = fly,
                                        .max_in_flight = 3};

static const char *any_text(unsigned i) {
    static char text[64];
    snprintf(text, sizeof text, "text %u", i);
    return text;
}

static void in_flight_is_bounded(void) {
    struct mill m;
    mill_init(&m);
    mill_add(&m, "fly", &flying_plugin, NULL);
    mill_input(&in, 600, any_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.published, 600);
    CHECK(atomic_load(&most_flying) <= 3);
    CHECK(atomic_load(&most_flying) >= 2);
    mill_free(&m);
}

/* Asks for a retry until the nth call. */
static _Atomic unsigned tries, commits;

static int32_t try_again(void *stage, void *thread, tm_doc *doc) {
    const unsigned *wanted = stage;
    (void)thread;
    if (host_get()->text(doc).data[0] != 'r')
        return TM_PASS;
    return atomic_fetch_add(&tries, 1) + 1 < *wanted ? TM_RETRY : TM_PASS;
}

static const tm_plugin trying = {TM_DESCRIPTOR, .name = "trying", .process = try_again};

static const char *retry_text(unsigned i) {
    return i == 40 ? "retry" : "text";
}

static void retry_keeps_the_place(void) {
    struct mill m;
    unsigned wanted = 2;
    struct mill_counter count = {.field = field_names_add(mill_names, "n", 1)};
    mill_init(&m);
    mill_add(&m, "trying", &trying, &wanted);
    mill_add(&m, "count", &mill_count_plugin, &count);
    mill_input(&in, 300, retry_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.published, 300);
    CHECK_INT(m.report.stages[0].documents, 300);
    CHECK_INT(atomic_load(&tries), 2);
    CHECK(strstr(m.out.data, "\"id\":\"d40\",\"text\":\"retry\",\"n\":40") || strstr(m.out.data, "\"n\":40"));
    const char *at = strstr(m.out.data, "\"id\":\"d40\"");
    CHECK(at && strstr(at, "\"n\":40") < strchr(at, '\n'));
    mill_free(&m);
}

static int32_t commit_again(void *stage, tm_doc *doc) {
    struct mill_counter *c = stage;
    if (host_get()->text(doc).data[0] == 'r' && atomic_fetch_add(&commits, 1) == 0)
        return TM_RETRY;
    return mill_commit(stage, doc) + (int32_t)(c->count * 0);
}

static const tm_plugin committing = {TM_DESCRIPTOR, .name = "committing", .flags = TM_REMEMBERS, .writes = "n",
                                     .commit = commit_again};

static void retry_in_commit_keeps_the_order(void) {
    struct mill m;
    struct mill_counter count = {.field = field_names_add(mill_names, "n", 1)};
    mill_init(&m);
    mill_add(&m, "committing", &committing, &count);
    mill_input(&in, 300, retry_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.published, 300);
    CHECK_INT(atomic_load(&commits), 2);
    const char *at = strstr(m.out.data, "\"id\":\"d40\"");
    CHECK(at && strstr(at, "\"n\":40") < strchr(at, '\n'));
    mill_free(&m);
}

/* --- everything at once --- */

static const char *storm_text(unsigned i) {
    static const char *const texts[] = {"text", "later", "emit 3", "drop",     "fail 1", "text", "slow 200",
                                        "text", "split", "later",  "nonsense", "text",   "mute", "text"};
    return texts[(i * 2654435761u >> 7) % (sizeof texts / sizeof texts[0])];
}

static int32_t count_together(void *stage, tm_batch *batch) {
    const tm_host *h = host_get();
    for (uint32_t i = 0; i < h->batch_count(batch); i++) {
        tm_doc *doc = h->at(batch, i);
        mill_commit(stage, doc);
        if (((struct mill_counter *)stage)->count % 50 == 0)
            h->verdict(batch, i, tm_drop(h, doc, TM_STR("every fiftieth")));
    }
    return TM_PASS;
}

static int32_t pass_together(void *stage, void *thread, tm_batch *batch) {
    (void)stage, (void)thread;
    for (uint32_t i = 0; i < host_get()->batch_count(batch); i++)
        host_get()->at(batch, i);
    return TM_PASS;
}

static const tm_plugin counting_together = {TM_DESCRIPTOR,
                                            .name = "counts",
                                            .flags = TM_REMEMBERS | TM_MAY_DROP,
                                            .writes = "m",
                                            .process_many = pass_together,
                                            .commit_many = count_together};

static void a_storm_gives_the_same_bytes(void) {
    struct buffer first = {0};
    static const unsigned jobs[] = {1, 2, 8};
    mill_input(&in, 4000, storm_text);
    for (size_t i = 0; i < 3; i++) {
        struct mill m;
        struct mill_counter one = {.field = field_names_add(mill_names, "n", 1)};
        struct mill_counter two = {.field = field_names_add(mill_names, "m", 1)};
        struct mill_counter three = {.field = field_names_add(mill_names, "k", 1)};
        mill_init(&m);
        m.options.jobs = jobs[i];
        m.options.timing = 1;
        m.with_dropped = 1;
        mill_add(&m, "first", &mill_act_plugin, NULL)->on_error = ON_ERROR_SKIP;
        mill_add(&m, "one", &mill_count_plugin, &one);
        mill_add(&m, "second", &mill_act_plugin, NULL);
        mill_add(&m, "two", &counting_together, &two);
        mill_add(&m, "three", &mill_count_plugin, &three);
        mill_run(&m, in.data, in.len);
        CHECK_INT(m.report.end, ENGINE_DONE);
        CHECK_INT(m.report.read, 4000);
        CHECK(m.report.published > 4000 && m.report.dropped > 500 && m.report.failed > 200);
        buffer_add(&m.out, m.failed.data, m.failed.len);
        buffer_add(&m.out, m.dropped.data, m.dropped.len);
        if (i == 0)
            buffer_add(&first, m.out.data, m.out.len);
        CHECK_INT(two.crossed, 0);
        CHECK_INT(one.crossed + three.crossed, 0);
        CHECK(m.out.len == first.len && memcmp(m.out.data, first.data, first.len) == 0);
        mill_free(&m);
    }
    buffer_deinit(&first);
}

/* Waits 11 s: the one test that takes a while. */
static void retry_ends_after_three(void) {
    struct mill m;
    unsigned wanted = 1000;
    mill_init(&m);
    atomic_store(&tries, 0);
    mill_add(&m, "trying", &trying, &wanted);
    mill_input(&in, 300, retry_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.published, 299);
    CHECK_INT(m.report.failed, 1);
    CHECK_INT(atomic_load(&tries), 4);
    mill_free(&m);
}

int main(void) {
    mill_names = field_names_new();
    scratch_begin();
    RUN(resume_takes_the_answer);
    RUN(later_keeps_the_order);
    RUN(early_answers_count_once);
    RUN(in_flight_is_bounded);
    RUN(retry_keeps_the_place);
    RUN(retry_in_commit_keeps_the_order);
    RUN(a_storm_gives_the_same_bytes);
    RUN(retry_ends_after_three);
    buffer_deinit(&in);
    field_names_free(mill_names);
    scratch_end();
    return check_end();
}
