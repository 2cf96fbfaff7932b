/* test_engine_ends.c: how runs end that do not simply come to their end: a broken stage, a signal, a reader that went
 * away, a full disk, a stage that hangs, one that crashes; memory under a slow reader; the state that --resume needs.
 */
#include "engine_mill.h"

#include "engine/state.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct buffer in;

static const char *any_text(unsigned i) {
    static char text[64];
    snprintf(text, sizeof text, "text %u", i);
    return text;
}

static const char *broken_text(unsigned i) {
    return i == 700 ? "broken" : any_text(i);
}

static void a_broken_stage_ends_the_run(void) {
    struct mill m;
    mill_init(&m);
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_input(&in, 3000, broken_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_FAILED);
    buffer_add_char(&m.report.why, '\0');
    CHECK(strstr(m.report.why.data, "stage act (plugin act) cannot go on at in.jsonl:701: the table is gone"));
    CHECK(mill_lines(&m.out) <= 700);
    CHECK(m.out.len == 0 || m.out.data[m.out.len - 1] == '\n');
    mill_free(&m);
}

/* --- a signal --- */

static int32_t ask_to_stop(void *stage, void *thread, tm_doc *doc) {
    (void)stage, (void)thread;
    tm_str id = host_get()->id(doc);
    if (id.len == 4 && memcmp(id.data, "d100", 4) == 0)
        kill(getpid(), SIGTERM);
    mill_sleep_us(200);
    return TM_PASS;
}

static const tm_plugin stopping = {TM_DESCRIPTOR, .name = "stopping", .process = ask_to_stop};

static void a_signal_drains(void) {
    struct mill m;
    mill_init(&m);
    m.options.handle_signals = 1;
    m.options.state_file = "out.state";
    m.options.state_inputs = 5;
    m.options.state_pipeline = UINT64_MAX - 1;
    mill_add(&m, "stopping", &stopping, NULL);
    mill_input(&in, 20000, any_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_STOPPED);
    CHECK_INT(m.report.signal, SIGTERM);
    CHECK(m.report.published >= 101 && m.report.published < 20000);
    CHECK_INT(m.report.published, m.report.read);
    CHECK_INT(mill_lines(&m.out), m.report.published);
    struct engine_state state;
    struct buffer why = {0};
    CHECK_INT(engine_state_read("out.state", &state, &why), 0);
    CHECK_INT(state.documents, m.report.published);
    CHECK_INT(state.bytes, m.out.len);
    CHECK(state.inputs == 5 && state.pipeline == UINT64_MAX - 1);

    /* And again from there: together it is the whole, and the state is gone. */
    struct buffer whole = {0};
    buffer_add(&whole, m.out.data, m.out.len);
    m.options.skip_documents = state.documents;
    m.pipeline.n_stages = 0;
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_DONE);
    buffer_add(&whole, m.out.data, m.out.len);
    CHECK(whole.len == in.len && memcmp(whole.data, in.data, in.len) == 0);
    CHECK(access("out.state", F_OK) != 0);
    CHECK_INT(engine_state_read("out.state", &state, &why), -1);
    buffer_deinit(&why);
    buffer_deinit(&whole);
    mill_free(&m);
}

static void a_foreign_state_is_refused(void) {
    struct engine_state state = {.documents = 7};
    struct buffer why = {0};
    scratch_text("odd.state", "{\"version\":1,\"documents\":3}");
    CHECK_INT(engine_state_read("odd.state", &state, &why), -1);
    scratch_text("odd.state", "not json");
    CHECK_INT(engine_state_read("odd.state", &state, &why), -1);
    CHECK_INT(state.documents, 7);
    buffer_deinit(&why);
}

/* --- outputs that end --- */

static void run_to_pipe(struct mill *m, int read_bytes, void *(*reader)(void *), void *context) {
    int ends[2], old = dup(STDOUT_FILENO);
    pthread_t thread;
    fflush(stdout);
    CHECK(pipe(ends) == 0 && dup2(ends[1], STDOUT_FILENO) >= 0);
    close(ends[1]);
    (void)read_bytes;
    intptr_t pair[2] = {ends[0], (intptr_t)context};
    pthread_create(&thread, NULL, reader, pair);
    struct sink *out = mill_sink("-", OUTPUT_JSONL);
    struct sink *sinks[] = {out};
    m->options.sinks = sinks;
    m->options.n_sinks = 1;
    mill_run(m, in.data, in.len);
    sink_close(out);
    dup2(old, STDOUT_FILENO);
    close(old);
    pthread_join(thread, NULL);
}

static void *read_a_little(void *context) {
    intptr_t *pair = context;
    char some[100];
    ssize_t n = read((int)pair[0], some, sizeof some);
    (void)n;
    close((int)pair[0]);
    return NULL;
}

static void a_closed_output_ends_quietly(void) {
    struct mill m;
    mill_init(&m);
    signal(SIGPIPE, SIG_IGN);
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_input(&in, 50000, any_text);
    run_to_pipe(&m, 100, read_a_little, NULL);
    CHECK_INT(m.report.end, ENGINE_CLOSED);
    CHECK_INT(m.report.why.len, 0);
    mill_free(&m);
}

static struct engine_counters slow_counters;
static uint64_t most_behind;

/* Reads slowly, and looks how far the mill has run ahead: documents read less documents that came out. */
static void *read_slowly(void *context) {
    intptr_t *pair = context;
    char some[16384];
    uint64_t got = 0;
    for (ssize_t n; (n = read((int)pair[0], some, sizeof some)) > 0;) {
        for (ssize_t i = 0; i < n; i++)
            got += some[i] == '\n';
        if (got < 12000)
            mill_sleep_us(2000);
        uint64_t behind = atomic_load(&slow_counters.read) - got;
        if ((int64_t)behind > (int64_t)most_behind)
            most_behind = behind;
    }
    close((int)pair[0]);
    return NULL;
}

static void a_slow_reader_slows_the_source(void) {
    struct mill m;
    mill_init(&m);
    m.options.counters = &slow_counters;
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_input(&in, 100000, any_text); /* 3.3 MB through batches of 2 kB */
    run_to_pipe(&m, 0, read_slowly, NULL);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(m.report.published, 100000);
    /* 14 batches, a pipe of 64 kB and what its reader holds; 33 bytes a document */
    CHECK(most_behind < (14 * 2200 + 65536 + 16384) / 33);
    mill_free(&m);
}

static void bytes_bound_what_is_in_flight(void) {
    struct mill m;
    mill_init(&m);
    m.options.counters = &slow_counters;
    memset(&slow_counters, 0, sizeof slow_counters);
    most_behind = 0;
    m.options.memory = 12 * 5000; /* two batches and a little */
    mill_add(&m, "act", &mill_act_plugin, NULL);
    mill_input(&in, 30000, any_text);
    run_to_pipe(&m, 0, read_slowly, NULL);
    CHECK_INT(m.report.published, 30000);
    CHECK(most_behind < (3 * 2200 + 65536 + 16384) / 33);
    mill_free(&m);
}

static void a_full_disk_is_told(void) {
    pid_t child = fork();
    if (child == 0) {
        struct mill m;
        struct rlimit small = {50000, 50000};
        mill_init(&m);
        mill_input(&in, 20000, any_text);
        scratch_file("in.jsonl", in.data, in.len);
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        struct sink *out = mill_sink("full", OUTPUT_JSONL);
        struct source_options from = {.block_bytes = 2000, .max_doc = 1u << 20};
        struct buffer why = {0};
        const char *const inputs[] = {"in.jsonl"};
        struct source *source = source_open(inputs, 1, &from, &why);
        m.options.sinks = &out;
        m.options.n_sinks = 1;
        m.options.state_file = "full.state";
        engine_run(&m.pipeline, source, &m.options, &m.report);
        struct engine_state state;
        int well = m.report.end == ENGINE_FAILED && m.report.why.len > 0;
        well = well && engine_state_read("full.state", &state, &why) == 0 && state.bytes <= 50000;
        well = well && state.documents > 1000 && in.data[state.bytes - 1] == '\n';
        _exit(well ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
}

/* --- stages that do not come back --- */

static int32_t sleep_for_ever(void *stage, void *thread, tm_doc *doc) {
    (void)stage, (void)thread;
    tm_str id = host_get()->id(doc);
    while (id.len == 3 && memcmp(id.data, "d50", 3) == 0)
        mill_sleep_us(10000);
    return TM_PASS;
}

static const tm_plugin hanging = {TM_DESCRIPTOR, .name = "sleeper", .process = sleep_for_ever};

static int32_t ask_whether_to_stop(void *stage, void *thread, tm_doc *doc) {
    (void)stage, (void)thread;
    tm_str id = host_get()->id(doc);
    if (id.len == 3 && memcmp(id.data, "d50", 3) == 0) {
        while (!host_get()->should_stop(doc))
            mill_sleep_us(1000);
        return TM_FAIL;
    }
    return TM_PASS;
}

static const tm_plugin cooperative = {TM_DESCRIPTOR, .name = "patient", .process = ask_whether_to_stop};

static void time_is_up(void) {
    struct mill m;
    mill_init(&m);
    m.options.timeout_ns = 50000000;
    mill_add(&m, "asks", &cooperative, NULL);
    mill_input(&in, 300, any_text);
    mill_run(&m, in.data, in.len);
    CHECK_INT(m.report.end, ENGINE_DONE);
    CHECK_INT(m.report.failed, 1);
    CHECK(strstr(m.failed.data, "\"stage\":\"asks\",\"code\":\"timeout\""));
    mill_free(&m);
}

static void a_hung_stage_is_named(void) {
    pid_t child = fork();
    if (child == 0) {
        struct mill m;
        mill_init(&m);
        m.options.timeout_ns = 100000000;
        mill_add(&m, "rest", &hanging, NULL);
        mill_input(&in, 3000, any_text);
        mill_run(&m, in.data, in.len);
        buffer_add_char(&m.report.why, '\0');
        int well = m.report.end == ENGINE_FAILED && m.report.is_hung;
        well = well && strstr(m.report.why.data, "stage rest (plugin sleeper) has not come back from in.jsonl:51 ");
        well = well && mill_lines(&m.out) <= 50 && (!m.out.len || m.out.data[m.out.len - 1] == '\n');
        _exit(well ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
}

static int32_t crash(void *stage, void *thread, tm_doc *doc) {
    (void)thread;
    tm_str id = host_get()->id(doc);
    if (id.len == 5 && memcmp(id.data, "d2999", 5) == 0 && !stage)
        raise(SIGSEGV);
    if (id.len == 5 && memcmp(id.data, "d2998", 5) == 0 && stage)
        exit(0);
    return TM_PASS;
}

static const tm_plugin crashing = {TM_DESCRIPTOR, .name = "crasher", .process = crash};

/* Runs the crasher in a process of its own; what it says and how it ends. */
static int run_crasher(void *stage, char *line, size_t room) {
    int ends[2], status = 0;
    CHECK(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct mill m;
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        dup2(ends[1], STDERR_FILENO);
        mill_init(&m);
        m.options.handle_crashes = 1;
        mill_add(&m, "boom", &crashing, stage);
        mill_input(&in, 5000, any_text);
        mill_run(&m, in.data, in.len);
        _exit(0);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], line, room - 1);
    line[n > 0 ? n : 0] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    struct buffer part = {0};
    mill_read_back("out.part", &part);
    int is_whole = part.len == 0 || part.data[part.len - 1] == '\n';
    size_t lines = mill_lines(&part);
    buffer_deinit(&part);
    CHECK(is_whole && lines <= 2999);
    return status;
}

static void a_crash_is_named(void) {
    char line[512];
    int status = run_crasher(NULL, line, sizeof line);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    CHECK(strstr(line, "textmill: error: stage boom (plugin crasher) crashed at in.jsonl:3000 by SIGSEGV\n") != NULL);
}

static void an_exit_is_named(void) {
    char line[512], exits;
    int status = run_crasher(&exits, line, sizeof line);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    CHECK(strstr(line, "textmill: error: stage boom (plugin crasher) called exit at in.jsonl:2999\n") != NULL);
}

/* Sanitizers need address space of their own. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

static void no_threads_is_told(void) {
    if (IS_SANITIZED)
        return;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct mill m;
        struct rlimit small = {(rlim_t)300 << 20, (rlim_t)300 << 20};
        mill_init(&m);
        m.options.jobs = 500; /* a stack of 8 MiB each */
        mill_add(&m, "act", &mill_act_plugin, NULL);
        mill_input(&in, 10, any_text);
        setrlimit(RLIMIT_AS, &small);
        mill_run(&m, in.data, in.len);
        buffer_add_char(&m.report.why, '\0');
        _exit(m.report.end == ENGINE_FAILED && strstr(m.report.why.data, "lower --jobs") ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
}

/* --- large documents --- */

static void a_large_document_runs_alone(void) {
    struct mill m;
    struct buffer big = {0};
    mill_init(&m);
    m.options.memory = 20u << 20;
    mill_add(&m, "act", &mill_act_plugin, NULL);
    for (int i = 0; i < 4; i++) {
        buffer_addf(&big, "{\"id\":\"b%d\",\"text\":\"", i);
        for (size_t n = 0; n < (4u << 20); n += 16)
            buffer_add(&big, "some long words ", 16);
        buffer_add_string(&big, "\"}\n");
    }
    mill_run(&m, big.data, big.len);
    CHECK_INT(m.report.published, 4);
    CHECK(m.out.len >= big.len);
    buffer_deinit(&big);
    mill_free(&m);
}

int main(void) {
    mill_names = field_names_new();
    scratch_begin();
    RUN(a_broken_stage_ends_the_run);
    RUN(a_signal_drains);
    RUN(a_foreign_state_is_refused);
    RUN(a_closed_output_ends_quietly);
    RUN(a_slow_reader_slows_the_source);
    RUN(bytes_bound_what_is_in_flight);
    RUN(a_full_disk_is_told);
    RUN(time_is_up);
    RUN(a_hung_stage_is_named);
    RUN(a_crash_is_named);
    RUN(an_exit_is_named);
    RUN(no_threads_is_told);
    RUN(a_large_document_runs_alone);
    buffer_deinit(&in);
    field_names_free(mill_names);
    scratch_end();
    return check_end();
}
