/* test_log.c: one line an event, escaped, cut to a bound; plugins are kept to one line a second a place. */
#include "check.h"
#include "observe/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char got[65536];

/* What `say` wrote into a log. */
static const char *captured(int as_json, void (*say)(struct log *log)) {
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    struct log *log = log_new(ends[1], as_json, LOG_INFO);
    say(log);
    log_free(log);
    close(ends[1]);
    ssize_t n = read(ends[0], got, sizeof got - 1);
    close(ends[0]);
    got[n > 0 ? n : 0] = '\0';
    return got;
}

static void say_line(struct log *log) {
    log_line(log, LOG_WARNING, "%s\x1b[2J\n%s", "one", "caf\xc3\xa9 \xff");
    log_line(log, LOG_DEBUG, "not this");
}

static void lines_are_escaped(void) {
    CHECK(strcmp(captured(0, say_line), "textmill: warning: one\\u001b[2J\\u000acaf\xc3\xa9 \\ufffd\n") == 0);
    captured(1, say_line);
    CHECK(strstr(got, "\"level\":\"warning\",\"message\":\"one\\u001b[2J\\u000acaf\xc3\xa9 \\ufffd\"}\n"));
}

static void say_event(struct log *log) {
    log_event(log, LOG_INFO, "failed", "id", "a b\"", "code", "utf8", NULL);
}

static void say_numbers(struct log *log) {
    log_event(log, LOG_INFO, "done", "document", "12", "#ms", "1.500", "why", NULL, "#records", "3", NULL);
}

static void numbers_are_numbers(void) {
    CHECK(strcmp(captured(0, say_numbers), "textmill: done document=12 ms=1.500 records=3\n") == 0);
    captured(1, say_numbers);
    CHECK(strstr(got, ",\"event\":\"done\",\"document\":\"12\",\"ms\":1.500,\"records\":3}\n"));
}

static void events_have_keys(void) {
    CHECK(strcmp(captured(0, say_event), "textmill: failed id=\"a b\\\"\" code=utf8\n") == 0);
    captured(1, say_event);
    CHECK(strstr(got, ",\"event\":\"failed\",\"id\":\"a b\\\"\",\"code\":\"utf8\"}\n"));
}

static void say_much(struct log *log) {
    char *much = malloc(100001);
    memset(much, 'x', 100000);
    much[100000] = '\0';
    log_event(log, LOG_INFO, "big", "id", much, "code", "lost", NULL);
    free(much);
}

static void long_lines_are_cut_but_whole(void) {
    captured(1, say_much);
    CHECK(strlen(got) <= 4096);
    CHECK(strcmp(got + strlen(got) - 6, "...\"}\n") == 0);
}

static size_t much_bytes;

static void say_as_much_as_fits(struct log *log) {
    char much[4096];
    memset(much, 'x', much_bytes);
    much[much_bytes] = '\0';
    log_event(log, LOG_INFO, "b", "id", much, "#ms", "1.5", "name", "n", NULL);
}

/* Wherever the end of a line falls, its quotes and braces are closed. */
static void lines_are_cut_between_pairs_too(void) {
    for (much_bytes = 3960; much_bytes < 4060; much_bytes++) {
        int quotes = 0;
        const char *end = strchr(captured(1, say_as_much_as_fits), '\n');
        for (const char *s = got; s < end; s++)
            quotes += *s == '"';
        CHECK_INT(quotes % 2, 0);
        CHECK(end[-1] == '}' && (end[-2] == '"' || memcmp(end - 4, "1.5", 3) == 0));
        CHECK(end - got < 4096);
    }
}

static void say_often(struct log *log) {
    for (int i = 0; i < 1000; i++)
        log_plugin(log, LOG_WARNING, "clean", "odd thing", 9);
    log_plugin(log, LOG_WARNING, "other", "odd thing", 9);
}

static void plugins_are_held_back(void) {
    captured(0, say_often);
    int lines = 0;
    for (const char *s = got; *s; s++)
        lines += *s == '\n';
    CHECK(lines >= 2 && lines <= 5);
    CHECK(strstr(got, "textmill: warning: stage clean: odd thing\n"));
}

static void a_blocked_reader_holds_nobody_up(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    struct log *log = log_new(ends[1], 0, LOG_INFO);
    for (int i = 0; i < 10000; i++)
        log_line(log, LOG_INFO, "%d: a line that nobody reads, and so there comes the point where the pipe is full", i);
    close(ends[0]);
    close(ends[1]);
    log_free(log);
    CHECK(1);
}

static const char passed[] = "{\"time\":\"2001-01-01T00:00:00.000Z\",\"level\":\"info\",\"message\":\"well\"}";

static void pass_lines(struct log *log) {
    static const char *const others[] = {"textmill: well", "{\"time\":\"\x1b[2J\"}", "{\"time\":\"cut", "{}", ""};
    CHECK(log_pass(log, passed, sizeof passed - 1) == 1);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CHECK(log_pass(log, others[i], strlen(others[i])) == 0);
}

static void pass_nothing(struct log *log) {
    CHECK(log_pass(log, passed, sizeof passed - 1) == 0);
}

static void lines_of_others_pass_where_they_are_lines(void) {
    captured(1, pass_lines);
    CHECK(strncmp(got, passed, sizeof passed - 1) == 0 && strcmp(got + sizeof passed - 1, "\n") == 0);
    CHECK(*captured(0, pass_nothing) == '\0');
}

int main(void) {
    RUN(lines_of_others_pass_where_they_are_lines);
    RUN(lines_are_escaped);
    RUN(events_have_keys);
    RUN(numbers_are_numbers);
    RUN(lines_are_cut_between_pairs_too);
    RUN(long_lines_are_cut_but_whole);
    RUN(plugins_are_held_back);
    RUN(a_blocked_reader_holds_nobody_up);
    return check_end();
}
