/* Sinks: files appear whole or not at all, folders take hostile ids, inputs are never overwritten. */
#include "check.h"
#include "scratch.h"

#include "io/format.h"
#include "io/sink.h"

#include <errno.h>
#include <signal.h>

static struct buffer why;

static struct sink *open_sink(const char *path, const char *const *inputs, size_t n) {
    why.len = 0;
    struct sink_options o = {.path = path};
    return sink_open(&o, inputs, n, &why);
}

#define CHECK_FILE(name, want)                                                                                         \
    do {                                                                                                               \
        size_t len_ = 0;                                                                                               \
        char *data_ = scratch_read(name, &len_);                                                                       \
        CHECK(data_ != NULL);                                                                                          \
        CHECK_BYTES(data_, len_, want);                                                                                \
        free(data_);                                                                                                   \
    } while (0)

static int is_there(const char *name) {
    return access(name, F_OK) == 0;
}

static int why_has(const char *text) {
    buffer_add_char(&why, '\0');
    why.len--;
    return strstr(why.data, text) != NULL;
}

static void a_file_appears_when_it_is_whole(void) {
    struct sink *s = open_sink("out.jsonl", NULL, 0);
    CHECK(s != NULL);
    CHECK_INT(sink_wants_documents(s), 0);
    CHECK_INT(sink_write(s, "{}\n", 3, &why), 0);
    CHECK(!is_there("out.jsonl"));
    CHECK(is_there("out.jsonl.part"));
    CHECK_INT(sink_bytes(s), 3);
    CHECK_INT(sink_finish(s, &why), 0);
    sink_close(s);
    CHECK_FILE("out.jsonl", "{}\n");
    CHECK(!is_there("out.jsonl.part"));
}

static void a_stopped_run_goes_on(void) {
    struct sink *s = open_sink("res.jsonl", NULL, 0);
    sink_write(s, "one\ntwo\nthr", 11, &why);
    sink_close(s);
    CHECK_FILE("res.jsonl.part", "one\ntwo\nthr");
    CHECK(!is_there("res.jsonl"));
    struct sink_options o = {.path = "res.jsonl", .resume = 1, .resume_bytes = 12};
    CHECK(sink_open(&o, NULL, 0, &why) == NULL);
    CHECK(why_has("shorter"));
    CHECK_FILE("res.jsonl.part", "one\ntwo\nthr");
    o.resume_bytes = 8;
    o.is_durable = 1;
    s = sink_open(&o, NULL, 0, &why);
    CHECK(s != NULL);
    CHECK_INT(sink_bytes(s), 8);
    sink_write(s, "three\n", 6, &why);
    CHECK_INT(sink_finish(s, &why), 0);
    sink_close(s);
    CHECK_FILE("res.jsonl", "one\ntwo\nthree\n");
}

static void two_do_not_write_one_file(void) {
    struct sink *s = open_sink("two.jsonl", NULL, 0);
    CHECK(open_sink("two.jsonl", NULL, 0) == NULL);
    CHECK(why_has("another textmill"));
    sink_close(s);
}

static void keeps_links_modes_and_devices(void) {
    scratch_text("real.jsonl", "old");
    chmod("real.jsonl", 0640);
    CHECK(symlink("real.jsonl", "link.jsonl") == 0);
    struct sink *s = open_sink("link.jsonl", NULL, 0);
    CHECK(s != NULL);
    sink_write(s, "new", 3, &why);
    CHECK_INT(sink_finish(s, &why), 0);
    sink_close(s);
    struct stat st;
    CHECK(lstat("link.jsonl", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(stat("real.jsonl", &st) == 0);
    CHECK_INT(st.st_mode & 0777, 0640);
    CHECK_FILE("real.jsonl", "new");
    s = open_sink("/dev/null", NULL, 0);
    CHECK(s != NULL);
    CHECK_INT(sink_write(s, "x", 1, &why), 0);
    CHECK_INT(sink_finish(s, &why), 0);
    sink_close(s);
    CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
}

static void refuses_its_inputs(void) {
    mkdir("in", 0700);
    mkdir("in/sub", 0700);
    scratch_text("in/a.txt", "a");
    scratch_text("in/sub/old.jsonl", "{}\n");
    CHECK(link("in/a.txt", "other-name.txt") == 0);
    const char *file[] = {"in/a.txt"}, *folder[] = {"in"};
    CHECK(open_sink("other-name.txt", file, 1) == NULL);
    CHECK(why_has("is an input and the output"));
    CHECK_FILE("in/a.txt", "a");
    CHECK(open_sink("in/sub/old.jsonl", folder, 1) == NULL);
    CHECK(why_has("lies in in"));
    CHECK(open_sink("in/results/", folder, 1) == NULL);
    CHECK(why_has("would be read as inputs"));
    CHECK(open_sink("in", folder, 1) == NULL);
    scratch_text("x.jsonl.part", "input");
    const char *part[] = {"x.jsonl.part"};
    CHECK(open_sink("x.jsonl", part, 1) == NULL);
    CHECK_FILE("x.jsonl.part", "input");
    struct sink_options text = {.path = "in/", .format = OUTPUT_TEXT};
    struct sink *s = sink_open(&text, file, 1, &why); /* beside the input, but not over it */
    CHECK(s != NULL);
    CHECK_INT(sink_write_document(s, TM_STR("b.txt"), "b", 1, &why), 0);
    CHECK_INT(sink_write_document(s, TM_STR("a.txt"), "new", 3, &why), -1);
    CHECK(why_has("in/a.txt is an input"));
    sink_close(s);
    CHECK_FILE("in/a.txt", "a");
}

static void refuses_standard_output_into_an_input(void) {
    scratch_text("both.jsonl", "{}\n");
    int saved = dup(1), fd = open("both.jsonl", O_WRONLY | O_APPEND);
    CHECK(saved >= 0 && fd >= 0 && dup2(fd, 1) == 1);
    const char *inputs[] = {"both.jsonl"}, *folder[] = {"."};
    struct sink *same = open_sink("-", inputs, 1), *inside = open_sink(NULL, folder, 1);
    dup2(saved, 1);
    close(saved);
    close(fd);
    CHECK(same == NULL);
    CHECK(inside == NULL);
}

static void names_files_by_ids(void) {
    struct sink *s = open_sink("new/dir/", NULL, 0);
    CHECK(s != NULL);
    CHECK_INT(sink_wants_documents(s), 1);
    static char long_id[10240];
    memset(long_id, 'x', sizeof long_id);
    tm_str ids[] = {TM_STR("../x"),   TM_STR(""),
                    TM_STR("a b"),    TM_STR("../x"),
                    TM_STR("../x"),   TM_STR("nul\0nul"),
                    TM_STR(".hid"),   {long_id, sizeof long_id},
                    TM_STR("a/b/c"),  {long_id, sizeof long_id - 1},
                    TM_STR("z.jsonl")};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        CHECK_INT(sink_write_document(s, ids[i], "1\n", 2, &why), 0);
    CHECK_INT(sink_finish(s, &why), 0);
    CHECK_INT(sink_bytes(s), 22);
    sink_close(s);
    CHECK_FILE("new/dir/%2E.%2Fx.jsonl", "1\n");
    CHECK(is_there("new/dir/%2E.%2Fx~2.jsonl"));
    CHECK(is_there("new/dir/%2E.%2Fx~3.jsonl"));
    CHECK(is_there("new/dir/_.jsonl"));
    CHECK(is_there("new/dir/a%20b.jsonl"));
    CHECK(is_there("new/dir/nul%00nul.jsonl"));
    CHECK(is_there("new/dir/%2Ehid.jsonl"));
    CHECK(is_there("new/dir/a%2Fb%2Fc.jsonl"));
    CHECK(is_there("new/dir/z.jsonl"));
    char name[300] = "new/dir/";
    memset(name + 8, 'x', 200);
    snprintf(name + 208, 20, "~2.jsonl");
    CHECK(is_there(name));
    s = open_sink("new/dir", NULL, 0); /* a second run replaces what the first left */
    CHECK_INT(sink_write_document(s, TM_STR("../x"), "2\n", 2, &why), 0);
    sink_close(s);
    CHECK_FILE("new/dir/%2E.%2Fx.jsonl", "2\n");
    struct buffer b = {0};
    file_name_from_id((tm_str){"\xc3\xa4%", 3}, &b);
    CHECK_BYTES(b.data, b.len, "%C3%A4%25");
    buffer_deinit(&b);
}

static void separates_texts(void) {
    struct buffer b = {0};
    format_text_document("one", 3, &b);
    format_text_document("two\n", 4, &b);
    format_text_document("", 0, &b);
    struct sink_options o = {.path = "t.txt", .format = OUTPUT_TEXT};
    struct sink *s = sink_open(&o, NULL, 0, &why);
    sink_write(s, b.data, b.len, &why);
    CHECK_INT(sink_finish(s, &why), 0);
    sink_close(s);
    CHECK_FILE("t.txt", "one\n\ftwo\n\f\n");
    b.len = 0;
    format_tsv_value("a\tb\nc\\d\re", 9, &b);
    CHECK_BYTES(b.data, b.len, "a\\tb\\nc\\\\d\\re");
    buffer_deinit(&b);
}

/* Writes that are short, interrupted, or fail. */
static int calls, error_at, error_is;

static ssize_t shaky_write(int fd, const void *data, size_t len) {
    calls++;
    if (calls == error_at) {
        errno = error_is;
        return -1;
    }
    if (calls % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return write(fd, data, len < 5 ? len : 5);
}

static void lives_with_short_writes(void) {
    struct sink_options o = {.path = "shaky.jsonl", .write = shaky_write};
    calls = error_at = 0;
    struct sink *s = sink_open(&o, NULL, 0, &why);
    CHECK_INT(sink_write(s, "a line that is written in pieces\n", 33, &why), 0);
    CHECK_INT(sink_finish(s, &why), 0);
    sink_close(s);
    CHECK_FILE("shaky.jsonl", "a line that is written in pieces\n");
}

static void tells_a_full_disk(void) {
    struct sink_options o = {.path = "full.jsonl", .write = shaky_write};
    calls = 0;
    error_at = 2;
    error_is = ENOSPC;
    why.len = 0;
    struct sink *s = sink_open(&o, NULL, 0, &why);
    CHECK_INT(sink_write(s, "0123456789", 10, &why), -1);
    CHECK_BYTES(why.data, why.len,
                "cannot write full.jsonl.part: No space left on device; make room and go on with --resume");
    CHECK_INT(sink_bytes(s), 5);
    sink_close(s);
    CHECK(is_there("full.jsonl.part"));
    o.path = "full/";
    calls = 0;
    why.len = 0;
    s = sink_open(&o, NULL, 0, &why);
    CHECK_INT(sink_write_document(s, TM_STR("a"), "0123456789", 10, &why), -1);
    CHECK(why_has("full/a.jsonl: No space left"));
    sink_close(s);
    CHECK(!is_there("full/a.jsonl") && !is_there("full/.a.jsonl.part"));
}

static void a_reader_that_is_gone_is_no_error(void) {
    int ends[2], saved = dup(1);
    CHECK(pipe(ends) == 0 && dup2(ends[1], 1) == 1);
    close(ends[0]);
    close(ends[1]);
    struct sink *s = open_sink(NULL, NULL, 0);
    int r = s ? sink_write(s, "x", 1, &why) : 0;
    sink_close(s);
    dup2(saved, 1);
    close(saved);
    CHECK_INT(r, SINK_CLOSED);
}

static void tells_bad_places(void) {
    CHECK(open_sink("no/such/place.jsonl", NULL, 0) == NULL);
    CHECK(why_has("mkdir -p"));
    CHECK(open_sink("", NULL, 0) == NULL);
    CHECK(open_sink("out.jsonl/", NULL, 0) == NULL);
    CHECK(symlink("out.jsonl", "evil.jsonl.part") == 0);
    CHECK(open_sink("evil.jsonl", NULL, 0) == NULL);
    CHECK_FILE("out.jsonl", "{}\n");
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    scratch_begin();
    RUN(a_file_appears_when_it_is_whole);
    RUN(a_stopped_run_goes_on);
    RUN(two_do_not_write_one_file);
    RUN(keeps_links_modes_and_devices);
    RUN(refuses_its_inputs);
    RUN(refuses_standard_output_into_an_input);
    RUN(names_files_by_ids);
    RUN(separates_texts);
    RUN(lives_with_short_writes);
    RUN(tells_a_full_disk);
    RUN(a_reader_that_is_gone_is_no_error);
    RUN(tells_bad_places);
    scratch_end();
    buffer_deinit(&why);
    return check_end();
}
