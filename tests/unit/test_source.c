/* Sources: which files are read in which order, how they are cut into documents, and what happens to hostile ones. */
#include "check.h"
#include "scratch.h"

#include "io/source.h"
#include "json/memory.h"

#include <errno.h>
#include <pthread.h>

/* Everything that a source gives, one item a line: NAME:POSITION KIND "bytes" [encoding] [code]. */
static struct buffer got, why;
static size_t n_items, n_blocks, most_bytes;
static uint64_t input_bytes;

static const struct source_options plain = {.block_bytes = 1 << 18, .block_items = 1000, .max_doc = 1 << 20};

static void show(const struct source *s, const struct block *b) {
    for (size_t i = 0; i < b->n_items; i++) {
        const struct item *it = &b->items[i];
        buffer_addf(&got, "%s:%d %s ", source_relative_name(s, it->source), (int)it->position,
                    it->kind == ITEM_RECORD ? "record"
                    : it->kind == ITEM_TEXT ? "text"
                                            : "bad");
        if (it->kind == ITEM_BAD)
            buffer_addf(&got, "%s", it->code);
        else
            buffer_add(&got, b->bytes.data + it->start, it->len < 200 ? it->len : 200);
        if (it->encoding)
            buffer_addf(&got, " [%s]", it->encoding);
        buffer_add_char(&got, '\n');
    }
}

/* The result of the last source_next. */
static int read_all(const char *const *inputs, size_t n, const struct source_options *options) {
    got.len = why.len = 0;
    n_items = n_blocks = most_bytes = 0;
    input_bytes = 0;
    struct source *s = source_open(inputs, n, options, &why);
    if (!s)
        return -2;
    struct block *b = block_new();
    int r;
    while ((r = source_next(s, b, &why)) > 0) {
        for (size_t i = 0; i < b->n_items; i++) {
            const struct item *it = &b->items[i];
            CHECK(it->start + it->len + TM_PAD <= b->bytes.room);
            for (size_t k = 0; it->kind == ITEM_TEXT && k < TM_PAD; k++)
                CHECK(b->bytes.data[it->start + it->len + k] == 0);
        }
        if (n_items < 1000)
            show(s, b);
        n_items += b->n_items;
        n_blocks++;
        if (b->bytes.room > most_bytes)
            most_bytes = b->bytes.room;
        input_bytes += b->input_bytes;
        block_clear(b);
    }
    block_free(b);
    source_close(s);
    return r;
}

static int read_one(const char *input, const struct source_options *options) {
    return read_all(&input, 1, options);
}

#define CHECK_GOT(want) CHECK_BYTES(got.data ? got.data : "", got.len, want)

static void cuts_lines(void) {
    scratch_text("a.jsonl", "\xef\xbb\xbf{\"a\":1}\r\n\n  \n{\"b\":2}\n{\"c\":3}");
    CHECK_INT(read_one("a.jsonl", &plain), 0);
    CHECK_GOT("a.jsonl:1 record {\"a\":1}\n"
              "a.jsonl:4 record {\"b\":2}\n"
              "a.jsonl:5 record {\"c\":3}\n");
    CHECK_INT(input_bytes, 31);
    struct source_options strict = plain;
    strict.keep_partial_line_bad = 1;
    CHECK_INT(read_one("a.jsonl", &strict), 0);
    CHECK_GOT("a.jsonl:1 record {\"a\":1}\n"
              "a.jsonl:4 record {\"b\":2}\n"
              "a.jsonl:5 bad truncated-input\n");
}

static void gives_nothing_for_nothing(void) {
    scratch_text("e.jsonl", "");
    scratch_text("n.jsonl", "\n\r\n \n");
    scratch_text("e.txt", "");
    scratch_text("n.txt", " \n\n");
    scratch_text("b.txt", "\xef\xbb\xbf");
    scratch_text("e.csv", "");
    scratch_text("e", "");
    const char *inputs[] = {"e.jsonl", "n.jsonl", "e.txt", "n.txt", "b.txt", "e.csv", "e"};
    CHECK_INT(read_all(inputs, 7, &plain), 0);
    CHECK_GOT("");
}

static void keeps_texts_whole(void) {
    scratch_file("t.txt", "one\r\ntwo\0three\n", 15);
    CHECK_INT(read_one("./t.txt", &plain), 0);
    CHECK_INT(n_items, 1);
    CHECK_INT(got.len, strlen("t.txt:0 text ") + 15 + 1);
}

static void walks_folders_in_order(void) {
    mkdir("in", 0700);
    mkdir("in/b", 0700);
    mkdir("in/.hidden", 0700);
    scratch_text("in/b.txt", "b.txt");
    scratch_text("in/b-c.txt", "b-c.txt");
    scratch_text("in/b/x.txt", "b/x.txt");
    scratch_text("in/B.txt", "B.txt");
    scratch_text("in/a.jsonl", "{\"n\":1}\n{\"n\":2}\n");
    scratch_text("in/.dot.txt", "no");
    scratch_text("in/x.tmp", "no");
    scratch_text("in/x.txt.part", "no");
    scratch_text("in/.hidden/y.txt", "no");
    CHECK(symlink("../b.txt", "in/b/link.txt") == 0);
    CHECK(symlink("..", "in/b/loop") == 0);
    CHECK(mkfifo("in/pipe.txt", 0600) == 0);
    CHECK_INT(read_one("in", &plain), 0);
    CHECK_GOT("B.txt:0 text B.txt\n"
              "a.jsonl:1 record {\"n\":1}\n"
              "a.jsonl:2 record {\"n\":2}\n"
              "b-c.txt:0 text b-c.txt\n"
              "b.txt:0 text b.txt\n"
              "b/link.txt:0 text b.txt\n"
              "b/x.txt:0 text b/x.txt\n");
    CHECK_INT(n_blocks, 1);
    const char *in[] = {"in/"};
    struct source_options counting = plain;
    counting.count_bytes = 1;
    struct source *s = source_open(in, 1, &counting, &why);
    CHECK(s != NULL);
    CHECK_INT(source_total_bytes(s), 5 + 16 + 7 + 5 + 5 + 7);
    struct block *b = block_new();
    CHECK_INT(source_next(s, b, &why), 1);
    CHECK_INT(source_skipped(s), 2);
    CHECK_BYTES(source_name(s, b->items[0].source), strlen(source_name(s, b->items[0].source)), "in/B.txt");
    block_free(b);
    source_close(s);
    CHECK_INT(read_one("in/b*.txt", &plain), 0);
    CHECK_GOT("b-c.txt:0 text b-c.txt\n"
              "b.txt:0 text b.txt\n");
}

static void tells_what_is_missing(void) {
    CHECK_INT(read_one("nowhere.txt", &plain), -2);
    CHECK_BYTES(why.data, why.len, "cannot read nowhere.txt: No such file or directory");
    CHECK_INT(read_one("nowhere*.txt", &plain), -2);
    CHECK_BYTES(why.data, why.len, "nowhere*.txt: no file matches this pattern");
    CHECK_INT(read_one("", &plain), -2);
}

static void goes_on_past_a_file_it_may_not_read(void) {
    mkdir("locked", 0700);
    scratch_text("locked/a.txt", "a");
    CHECK(symlink("gone", "locked/b.txt") == 0);
    scratch_text("locked/c.txt", "c");
    CHECK_INT(read_one("locked", &plain), 0);
    CHECK_GOT("a.txt:0 text a\n"
              "b.txt:0 bad unreadable\n"
              "c.txt:0 text c\n");
    if (geteuid() == 0)
        return; /* root reads everything */
    chmod("locked/a.txt", 0);
    CHECK_INT(read_one("locked", &plain), 0);
    CHECK_GOT("a.txt:0 bad unreadable\n"
              "b.txt:0 bad unreadable\n"
              "c.txt:0 text c\n");
}

static void finds_the_kind(void) {
    scratch_text("one", "  \n{\"a\": \"x\"}\nmore\n");
    scratch_text("two", "{\n \"a\": 1\n}\n");
    scratch_text("three.log", "plain words\n");
    scratch_text("four.json", "[{\"a\":1}]");
    scratch_text("five.json", "{\"a\":1}");
    scratch_text("six.html", "<p>x</p>");
    scratch_text("seven", "\n<!DOCTYPE html><html>");
    scratch_text("eight.pdf", "%PDF-1.4\n");
    scratch_file("nine.txt", "PK\3\4\0\0\0\0", 8);
    scratch_file("ten.jsonl", "\xff\xfe{\0}\0", 6);
    scratch_text("eleven.JSONL", "{}\n");
    scratch_file("twelve.txt",
                 "\x7f"
                 "ELF\2\1\1\0",
                 8);
    const char *inputs[] = {"one",   "two",       "three.log", "four.json", "five.json",    "six.html",
                            "seven", "eight.pdf", "nine.txt",  "ten.jsonl", "eleven.JSONL", "twelve.txt"};
    CHECK_INT(read_all(inputs, 12, &plain), 0);
    CHECK_GOT("one:2 record {\"a\": \"x\"}\n"
              "one:3 record more\n"
              "two:0 text {\n \"a\": 1\n}\n\n"
              "three.log:0 text plain words\n\n"
              "four.json:0 bad not-text\n"
              "five.json:1 record {\"a\":1}\n"
              "six.html:0 bad not-text\n"
              "seven:0 bad not-text\n"
              "eight.pdf:0 bad not-text\n"
              "nine.txt:0 bad not-text\n"
              "ten.jsonl:0 bad encoding\n"
              "eleven.JSONL:1 record {}\n"
              "twelve.txt:0 bad not-text\n");
    struct source_options forced = plain;
    forced.format = INPUT_TEXT;
    CHECK_INT(read_one("five.json", &forced), 0);
    CHECK_GOT("five.json:0 text {\"a\":1}\n");
    forced.format = INPUT_JSONL;
    CHECK_INT(read_one("three.log", &forced), 0);
    CHECK_GOT("three.log:1 record plain words\n");
}

static void passes_over_lines_that_are_too_long(void) {
    struct source_options small = plain;
    small.max_doc = 1000;
    FILE *f = fopen("long.jsonl", "w");
    CHECK(f != NULL);
    fputs("{\"a\":1}\n", f);
    for (int i = 0; i < 3000000; i++)
        fputc('x', f);
    fputs("\n{\"b\":2}\n", f);
    for (int i = 0; i < 999; i++)
        fputc('y', f);
    fputs("\n", f);
    for (int i = 0; i < 3000000; i++)
        fputc('z', f);
    fclose(f);
    CHECK_INT(read_one("long.jsonl", &small), 0);
    CHECK_INT(n_items, 5);
    CHECK(most_bytes < (1 << 17));
    const char *at =
        strstr((buffer_add_char(&got, '\0'), got.data), "long.jsonl:2 bad too-long\nlong.jsonl:3 record {\"b\"");
    CHECK(at != NULL);
    CHECK(strstr(got.data, "long.jsonl:5 bad too-long\n") != NULL);
    scratch_text("t.txt", "just a text of some length");
    small.max_doc = 10;
    CHECK_INT(read_one("t.txt", &small), 0);
    CHECK_GOT("t.txt:0 bad too-long\n");
}

static void takes_lines_of_ten_megabytes(void) {
    struct source_options large = plain;
    large.max_doc = 64 << 20;
    FILE *f = fopen("ten.jsonl", "w");
    CHECK(f != NULL);
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < (k == 1 ? 40000 : 10000000); i++)
            fputc('a' + k, f);
        fputc('\n', f);
    }
    fclose(f);
    CHECK_INT(read_one("ten.jsonl", &large), 0);
    CHECK_INT(n_items, 3);
    CHECK_INT(input_bytes, 20040003);
    remove("ten.jsonl");
}

static void stops_at_the_limit(void) {
    scratch_text("l.jsonl", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    scratch_text("m.txt", "m");
    struct source_options some = plain;
    const char *inputs[] = {"l.jsonl", "m.txt"};
    some.limit = 2;
    CHECK_INT(read_all(inputs, 2, &some), 0);
    CHECK_INT(n_items, 2);
    some.limit = 4;
    CHECK_INT(read_all(inputs, 2, &some), 0);
    CHECK_INT(n_items, 4);
    some.limit = 0;
    some.block_items = 1;
    CHECK_INT(read_all(inputs, 2, &some), 0);
    CHECK_INT(n_blocks, 4);
}

/* Reads that are cut short and interrupted. */
static unsigned shaky_calls;

static ssize_t shaky_read(int fd, void *data, size_t len) {
    if (shaky_calls++ % 3 == 0) {
        errno = EINTR;
        return -1;
    }
    return read(fd, data, len < 7 ? len : 7);
}

static ssize_t failing_read(int fd, void *data, size_t len) {
    (void)fd, (void)data, (void)len;
    errno = EIO;
    return -1;
}

static void lives_with_short_reads(void) {
    scratch_text("s.jsonl", "{\"key\":\"a longer value\"}\n{\"key\":\"another\"}\r\n");
    scratch_text("s.txt", "a text of more than seven bytes");
    scratch_text("s.csv", "id,text\n1,\"two\nlines\"\n");
    const char *inputs[] = {"s.jsonl", "s.txt", "s.csv"};
    struct source_options shaky = plain;
    shaky.read = shaky_read;
    CHECK_INT(read_all(inputs, 3, &shaky), 0);
    CHECK_GOT("s.jsonl:1 record {\"key\":\"a longer value\"}\n"
              "s.jsonl:2 record {\"key\":\"another\"}\n"
              "s.txt:0 text a text of more than seven bytes\n"
              "s.csv:2 record {\"id\":\"1\",\"text\":\"two\\nlines\"}\n");
}

static size_t read_most;

static ssize_t chopped_read(int fd, void *data, size_t len) {
    return read(fd, data, len < read_most ? len : read_most);
}

/* Where reads and blocks happen to end changes nothing of what comes out. */
static void cuts_do_not_show(void) {
    static const size_t reads[] = {1, 2, 3, 13, 64, 1000}, blocks[] = {1, 10, 100, 1 << 18};
    FILE *lines = fopen("cut.jsonl", "w"), *rows = fopen("cut.csv", "w");
    CHECK(lines && rows);
    fputs("text,n\n", rows);
    for (int i = 0; i < 40; i++) {
        fprintf(lines, "%s{\"n\":%d,\"text\":\"%.*s\"}%s", i % 7 ? "" : "\n \n", i, i * 5, "abcdefghijklmnopqrstuvwxyz",
                i % 3 ? "\n" : "\r\n");
        fprintf(rows, "%s%s,%d\n", i % 7 ? "" : "\r\n", i % 2 ? "\"a \"\"b\"\"\n,c\"" : "caf\xe9", i);
    }
    fclose(lines);
    fclose(rows);
    scratch_text("cut.txt", "caf\xc3\xa9 \xe2\x82\xac and \xf0\x9f\x98\x80");
    const char *inputs[] = {"cut.jsonl", "cut.csv", "cut.txt"};
    struct source_options chopped = plain;
    CHECK_INT(read_all(inputs, 3, &chopped), 0);
    CHECK_INT(n_items, 81);
    struct buffer want = {0};
    buffer_add(&want, got.data, got.len);
    chopped.read = chopped_read;
    chopped.max_doc = 600;
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
            read_most = reads[i];
            chopped.block_bytes = blocks[k];
            CHECK_INT(read_all(inputs, 3, &chopped), 0);
            CHECK(got.len == want.len && memcmp(got.data, want.data, want.len) == 0);
        }
    buffer_deinit(&want);
}

static void tells_a_broken_disk(void) {
    struct source_options broken = plain;
    broken.read = failing_read;
    scratch_text("d.txt", "x");
    scratch_text("d.jsonl", "{}\n");
    CHECK_INT(read_one("d.txt", &broken), -1);
    CHECK_BYTES(why.data, why.len, "d.txt: cannot read: Input/output error");
    CHECK_INT(read_one("d.jsonl", &broken), -1);
    mkdir("disk", 0700);
    scratch_text("disk/d.txt", "x");
    CHECK_INT(read_one("disk", &broken), 0);
    CHECK_GOT("d.txt:0 bad unreadable\n");
}

/* A pipe that is slow: what is there comes at once. */
static void gives_what_a_slow_pipe_has(void) {
    int ends[2], saved = dup(0);
    CHECK(pipe(ends) == 0 && dup2(ends[0], 0) == 0);
    close(ends[0]);
    CHECK(write(ends[1], "{\"a\":1}\n{\"b\"", 12) == 12);
    struct source *s = source_open(NULL, 0, &plain, &why);
    struct block *b = block_new();
    CHECK_INT(source_next(s, b, &why), 1);
    CHECK_INT(b->n_items, 1);
    block_clear(b);
    CHECK(write(ends[1], ":2}\n", 4) == 4);
    CHECK_INT(source_next(s, b, &why), 1);
    CHECK_INT(b->n_items, 1);
    CHECK_BYTES(b->bytes.data + b->items[0].start, b->items[0].len, "{\"b\":2}");
    CHECK_INT(b->items[0].position, 2);
    CHECK_BYTES(source_name(s, 0), 5, "stdin");
    block_clear(b);
    source_stop(s);
    CHECK_INT(source_next(s, b, &why), 0);
    block_free(b);
    source_close(s);
    close(ends[1]);
    dup2(saved, 0);
    close(saved);
}

static void *stop_soon(void *source) {
    source_stop(source);
    return NULL;
}

/* A FIFO that nobody writes to: named on purpose, so it is waited for; a stop ends the wait. */
static void waits_for_a_fifo_until_stopped(void) {
    CHECK(mkfifo("lonely", 0600) == 0);
    const char *inputs[] = {"lonely"};
    struct source *s = source_open(inputs, 1, &plain, &why);
    CHECK(s != NULL);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, stop_soon, s) == 0);
    struct block *b = block_new();
    CHECK_INT(source_next(s, b, &why), 0);
    pthread_join(thread, NULL);
    block_free(b);
    source_close(s);
}

static void takes_hostile_names(void) {
    char name[256] = "names/";
    mkdir("names", 0700);
    scratch_text("names/-rf.txt", "1");
    scratch_text("names/a\nb\x1b[31m.txt", "2");
    scratch_text("names/\xff\xfe.txt", "3");
    scratch_text("names/%s \"'.txt", "4");
    memset(name + 6, 'n', 249);
    name[255] = '\0';
    scratch_text(name, "5");
    CHECK_INT(read_one("names", &plain), 0);
    CHECK_INT(n_items, 5);
}

int main(void) {
    scratch_begin();
    RUN(cuts_lines);
    RUN(gives_nothing_for_nothing);
    RUN(keeps_texts_whole);
    RUN(walks_folders_in_order);
    RUN(tells_what_is_missing);
    RUN(goes_on_past_a_file_it_may_not_read);
    RUN(finds_the_kind);
    RUN(passes_over_lines_that_are_too_long);
    RUN(takes_lines_of_ten_megabytes);
    RUN(stops_at_the_limit);
    RUN(lives_with_short_reads);
    RUN(cuts_do_not_show);
    RUN(tells_a_broken_disk);
    RUN(gives_what_a_slow_pipe_has);
    RUN(waits_for_a_fifo_until_stopped);
    RUN(takes_hostile_names);
    scratch_end();
    buffer_deinit(&got);
    buffer_deinit(&why);
    return check_end();
}
