/* Signatures, the store and the log by themselves. */
#include "check.h"

#include "../store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MOST 4096u

static uint64_t seed = 42;

static uint64_t next(void) {
    uint64_t x = seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

struct text {
    uint32_t count;
    uint64_t hash[WORDS_MOST];
    uint32_t shape[WORDS_MOST];
};

static void random_text(struct text *t, uint32_t count) {
    t->count = count;
    for (uint32_t i = 0; i < count; i++) {
        t->hash[i] = next();
        t->shape[i] = TM_SHAPE_WORD | TM_SHAPE_LOWER;
    }
}

static void sign_with(const struct text *t, uint32_t sketch, struct signature *out) {
    static const struct fact_words none;
    void *scratch = malloc(signature_scratch(t->count));
    static const uint32_t sentences[WORDS_MOST];
    tm_tokens tokens = {.sentence = sentences, .count = t->count, .hash = t->hash, .shape = t->shape};
    CHECK(signature_of(&tokens, &none, 5, sketch, scratch, out) == (t->count > 0));
    free(scratch);
}

static void sign(const struct text *t, struct signature *out) {
    sign_with(t, 320, out);
}

static struct text a, b;
static struct signature x, y, z;

static void equal_texts_are_equal(void) {
    for (uint32_t n = 1; n < 2000; n = n * 2 + 1) {
        random_text(&a, n);
        sign(&a, &x);
        struct nearness near = signature_compare(&x, &x);
        CHECK(near.jaccard > 0.999);
        CHECK(near.first_in_second > 0.999);
        CHECK_INT(signature_relation(&x, &x, &near), RELATION_SAME);
    }
}

/* What the sketch says is near what the sets would: here the exact figures are known by construction. */
static void estimates_agree(void) {
    double off = 0, worst = 0;
    int n = 0;
    for (uint32_t words = 300; words <= 3000; words += 300)
        for (uint32_t cut = 1; cut < 10; cut++) {
            random_text(&a, words);
            b = a;
            b.count = words * cut / 10;
            sign(&a, &x);
            sign(&b, &y);
            struct nearness near = signature_compare(&y, &x);
            double exact = (b.count - 4.0) / (a.count - 4.0), d = near.jaccard - exact;
            d = d < 0 ? -d : d;
            off += d;
            worst = d > worst ? d : worst;
            n++;
            CHECK(near.first_in_second > 0.97);
        }
    CHECK(off / n < 0.02);
    CHECK(worst < 0.1);
}

static void strangers_are_far(void) {
    for (int i = 0; i < 50; i++) {
        random_text(&a, 100 + (uint32_t)(next() % 2000));
        random_text(&b, 100 + (uint32_t)(next() % 2000));
        sign(&a, &x);
        sign(&b, &y);
        struct nearness near = signature_compare(&x, &y);
        CHECK(near.jaccard < 0.05);
    }
}

static void packed_signatures_come_back(void) {
    static uint8_t bytes[SIGNATURE_BYTES_MOST];
    for (uint32_t sketch = 64; sketch <= SKETCH_MOST; sketch *= 2)
        for (uint32_t n = 1; n < WORDS_MOST; n = n * 3 / 2 + 1) {
            random_text(&a, n);
            for (uint32_t i = 0; i < n; i += 9)
                a.shape[i] = i % 2 ? TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER : TM_SHAPE_NUMBER | TM_SHAPE_DIGIT;
            sign_with(&a, sketch, &x);
            uint32_t len = signature_pack(&x, bytes);
            CHECK(len <= sizeof bytes);
            CHECK(signature_unpack(bytes, len, &y));
            CHECK_INT(y.count, x.count);
            CHECK_INT(y.limit, x.limit);
            CHECK(memcmp(x.values, y.values, x.count * sizeof x.values[0]) == 0);
            CHECK_INT(y.numbers.sum, x.numbers.sum);
            CHECK_INT(y.names.count, x.names.count);
            CHECK(memcmp(x.names.hash, y.names.hash, x.names.count * 2u) == 0);
        }
}

static void bad_bytes_are_refused(void) {
    static uint8_t bytes[SIGNATURE_BYTES_MOST], spoilt[SIGNATURE_BYTES_MOST];
    random_text(&a, 400);
    sign(&a, &x);
    uint32_t len = signature_pack(&x, bytes);
    for (uint32_t cut = 0; cut < len; cut++)
        CHECK(!signature_unpack(bytes, cut, &y));
    for (int i = 0; i < 20000; i++) {
        memcpy(spoilt, bytes, len);
        for (uint64_t k = next() % 4 + 1; k > 0; k--)
            spoilt[next() % len] = (uint8_t)next();
        if (signature_unpack(spoilt, len, &y))
            CHECK(y.count <= SKETCH_MOST && signature_compare(&x, &y).jaccard <= 1);
    }
}

static uint32_t add(struct store *s, uint64_t n, const struct signature *g) {
    static uint8_t bytes[SIGNATURE_BYTES_MOST];
    char id[32];
    tm_str name = {id, (uint64_t)snprintf(id, sizeof id, "doc-%d", (int)n)};
    tm_str packed = {(const char *)bytes, signature_pack(g, bytes)};
    return store_add(s, (tm_uid){n, n}, (uint32_t)n, name, g, packed);
}

static const struct store_options options = {0, 0, 0.53, 0.87};

static void finds_shorter_and_longer(void) {
    struct store *s = store_new(&options);
    struct match m;
    random_text(&a, 600);
    sign(&a, &x);
    CHECK_INT(add(s, 1, &x), 0);
    for (int i = 0; i < 500; i++) {
        random_text(&b, 400);
        sign(&b, &y);
        add(s, 10 + (uint64_t)i, &y);
    }
    for (uint32_t part = 4; part <= 10; part++) {
        b = a;
        b.count = a.count * part / 10;
        sign(&b, &y);
        CHECK(store_find(s, &y, ROW_NONE, &m));
        CHECK_INT(m.row, 0);
        CHECK_BYTES(store_id(s, m.row).data, store_id(s, m.row).len, "doc-1");
        CHECK_INT(signature_relation(&y, &m.signature, &m.near), part == 10 ? RELATION_SAME : RELATION_SHORTER);
    }
    /* A stub first, the whole text afterwards. */
    random_text(&b, 1200);
    a = b;
    a.count = 240;
    sign(&a, &y);
    uint32_t stub = add(s, 2, &y);
    sign(&b, &x);
    CHECK(store_find(s, &x, ROW_NONE, &m));
    CHECK_INT(m.row, stub);
    CHECK_INT(signature_relation(&x, &m.signature, &m.near), RELATION_LONGER);
    random_text(&b, 600);
    sign(&b, &z);
    CHECK(!store_find(s, &z, ROW_NONE, &m));
    store_free(s);
}

static void one_changed_number_is_an_update(void) {
    struct nearness near;
    random_text(&a, 500);
    for (uint32_t i = 7; i < 500; i += 50)
        a.shape[i] = TM_SHAPE_NUMBER | TM_SHAPE_DIGIT;
    sign(&a, &x);
    for (uint32_t i = 7; i < 500; i += 50) {
        b = a;
        b.hash[i] = next();
        sign(&b, &y);
        near = signature_compare(&y, &x);
        CHECK(near.jaccard > 0.9);
        CHECK_INT(signature_relation(&y, &x, &near), RELATION_UPDATE);
        b.count = 300; /* and cut: new number or not, it is only shorter where it says nothing else */
        sign(&b, &y);
        near = signature_compare(&y, &x);
        CHECK_INT(signature_relation(&y, &x, &near), i < 300 ? RELATION_UPDATE : RELATION_SHORTER);
    }
}

static void rows_that_were_removed_are_not_found(void) {
    struct store *s = store_new(&options);
    struct match m;
    random_text(&a, 300);
    sign(&a, &x);
    uint32_t row = add(s, 1, &x);
    CHECK(store_find(s, &x, ROW_NONE, &m));
    store_remove(s, row);
    CHECK(!store_find(s, &x, ROW_NONE, &m));
    CHECK_INT(store_count(s), 0);
    store_free(s);
}

static void bounds_throw_out_the_oldest(void) {
    struct store_options bounded = options;
    struct match m;
    bounded.max_documents = 100;
    struct store *s = store_new(&bounded);
    random_text(&a, 300);
    sign(&a, &x);
    add(s, 1, &x);
    for (int i = 0; i < 5000; i++) {
        random_text(&b, 60);
        sign(&b, &y);
        add(s, 10 + (uint64_t)i, &y);
        store_trim(s, 0);
        CHECK(store_count(s) <= 100);
    }
    CHECK(!store_find(s, &x, ROW_NONE, &m));
    CHECK(store_find(s, &y, ROW_NONE, &m));
    CHECK(store_bytes(s) < 400000);
    store_free(s);
    bounded.max_documents = 0;
    bounded.max_age = 60;
    s = store_new(&bounded);
    add(s, 1000, &x);
    add(s, 1050, &y);
    store_trim(s, 1060);
    CHECK_INT(store_count(s), 2);
    store_trim(s, 1061);
    CHECK_INT(store_count(s), 1);
    CHECK(!store_find(s, &x, ROW_NONE, &m));
    store_free(s);
}

/* Texts that share a footer do not make look-ups long, nor each other's duplicates. */
static void a_common_footer_is_no_duplicate(void) {
    struct store *s = store_new(&options);
    struct match m;
    random_text(&b, 60);
    for (int i = 0; i < 3000; i++) {
        random_text(&a, 240);
        memcpy(a.hash + 200, b.hash, 40 * sizeof b.hash[0]);
        sign(&a, &x);
        CHECK(!store_find(s, &x, ROW_NONE, &m));
        add(s, (uint64_t)i + 1, &x);
    }
    CHECK(store_find(s, &x, ROW_NONE, &m));
    CHECK_INT(m.row, 2999);
    store_free(s);
}

/* --- the log --- */

static char folder[] = "/tmp/neardup-test-XXXXXX";
static const struct log_settings settings = {TM_TEXT_VERSION, 5, 320, VALUE_BITS};
static char why[1024];

static char *inside(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void clear(void) {
    unlink(inside("rows"));
    unlink(inside("rows.part"));
    unlink(inside("lock"));
}

struct taken {
    uint32_t count;
    char last[64];
};

static int take(void *context, tm_str record) {
    struct taken *t = context;
    t->count++;
    snprintf(t->last, sizeof t->last, "%.*s", (int)record.len, record.data);
    return 1;
}

static struct log *open_log(struct taken *t) {
    memset(t, 0, sizeof *t);
    return log_open(folder, &settings, 0, take, t, why, sizeof why);
}

static void append(struct log *log, int n) {
    char record[64];
    int len = snprintf(record, sizeof record, "record %d", n);
    CHECK_INT(log_append(log, (tm_str){record, (uint64_t)len}), 0);
}

static void records_come_back(void) {
    struct taken t;
    clear();
    struct log *log = open_log(&t);
    CHECK(log != NULL);
    for (int i = 0; i < 1000; i++)
        append(log, i);
    CHECK_INT(log_sync(log), 0);
    log_close(log);
    log = open_log(&t);
    CHECK(log != NULL);
    CHECK_INT(t.count, 1000);
    CHECK_BYTES(t.last, strlen(t.last), "record 999");
    append(log, 1000);
    log_close(log);
    log = open_log(&t);
    CHECK_INT(t.count, 1001);
    log_close(log);
}

/* However the file was torn, what stands before opens, and what is appended afterwards is read. */
static void torn_ends_are_cut_off(void) {
    struct taken t;
    struct stat st;
    clear();
    struct log *log = open_log(&t);
    for (int i = 0; i < 5; i++)
        append(log, i);
    log_close(log);
    CHECK_INT(stat(inside("rows"), &st), 0);
    for (off_t size = st.st_size; size >= 0; size--) {
        CHECK_INT(truncate(inside("rows"), size), 0);
        log = open_log(&t);
        CHECK(log != NULL);
        uint32_t left = t.count;
        CHECK(left <= 5);
        append(log, 77);
        log_close(log);
        log = open_log(&t);
        CHECK(log != NULL);
        CHECK_INT(t.count, left + 1);
        CHECK_BYTES(t.last, strlen(t.last), "record 77");
        log_close(log);
        struct stat now;
        CHECK_INT(stat(inside("rows"), &now), 0);
        if (size > now.st_size)
            size = now.st_size;
    }
}

static void a_spoilt_record_ends_the_log(void) {
    struct taken t;
    clear();
    struct log *log = open_log(&t);
    for (int i = 0; i < 5; i++)
        append(log, i);
    uint64_t bytes = log_bytes(log);
    log_close(log);
    int fd = open(inside("rows"), O_RDWR);
    CHECK_INT(pwrite(fd, "X", 1, (off_t)bytes - 2), 1);
    close(fd);
    log = open_log(&t);
    CHECK_INT(t.count, 4);
    log_close(log);
}

static void other_settings_are_refused(void) {
    struct taken t;
    struct log_settings other = settings;
    clear();
    log_close(open_log(&t));
    other.shingle = 3;
    CHECK(log_open(folder, &other, 0, take, &t, why, sizeof why) == NULL);
    CHECK(strstr(why, "shingle 5") && strstr(why, "name another folder"));
    int fd = open(inside("rows"), O_WRONLY | O_TRUNC);
    CHECK_INT(write(fd, "this is another kind of file, and a long one: no store of ours at all", 70), 70);
    close(fd);
    CHECK(open_log(&t) == NULL);
    CHECK(strstr(why, "no store of neardup"));
    struct stat st;
    CHECK_INT(stat(inside("rows"), &st), 0);
    CHECK_INT(st.st_size, 70); /* untouched */
}

/* The spare of a watcher may open while the old process still ends. */
static void a_second_process_waits_for_the_first(void) {
    struct taken t;
    struct log *log;
    int ready[2];
    char byte;
    clear();
    CHECK(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        const struct timespec while_others_wait = {0, 60 * 1000 * 1000};
        log = open_log(&t);
        append(log, 7);
        int sent = log && log_sync(log) == 0 && write(ready[1], "r", 1) == 1;
        nanosleep(&while_others_wait, NULL);
        _exit(!sent); /* without closing: as a death leaves it */
    }
    close(ready[1]);
    CHECK(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    memset(&t, 0, sizeof t);
    log = log_open(folder, &settings, (int64_t)60 * 1000000000, take, &t, why, sizeof why);
    CHECK(log != NULL);
    CHECK_INT(t.count, 1);
    CHECK_BYTES(t.last, strlen(t.last), "record 7");
    log_close(log);
    CHECK(waitpid(child, NULL, 0) == child);
}

static void a_second_process_is_refused_by_name(void) {
    struct taken t;
    int ends[2], status;
    char byte;
    clear();
    CHECK_INT(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct log *log = open_log(&t);
        append(log, 1);
        if (!log || log_sync(log) != 0 || write(ends[1], "x", 1) != 1)
            _exit(1);
        append(log, 2); /* never flushed */
        for (;;)
            pause();
    }
    CHECK_INT(read(ends[0], &byte, 1), 1);
    CHECK(open_log(&t) == NULL);
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld;", (long)child);
    CHECK(strstr(why, pid) != NULL);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    struct log *log = open_log(&t); /* killed: the lock is free, what was flushed is there */
    CHECK(log != NULL);
    CHECK_INT(t.count, 1);
    log_close(log);
    close(ends[0]);
    close(ends[1]);
}

static void forgetting_keeps_the_rest(void) {
    struct taken t;
    static char big[1024];
    clear();
    memset(big, 'x', sizeof big);
    struct log *log = open_log(&t);
    for (int i = 0; i < 2000; i++)
        CHECK_INT(log_append(log, (tm_str){big, sizeof big}), 0);
    append(log, 1);
    CHECK_INT(log_forget(log, 10), 0); /* not worth it */
    CHECK_INT(log_forget(log, 1500), 1);
    CHECK_INT(log_records(log), 501);
    append(log, 2);
    CHECK_INT(log_sync(log), 0);
    log_close(log);
    log = open_log(&t);
    CHECK_INT(t.count, 502);
    CHECK_BYTES(t.last, strlen(t.last), "record 2");
    log_close(log);
}

int main(void) {
    RUN(equal_texts_are_equal);
    RUN(estimates_agree);
    RUN(strangers_are_far);
    RUN(packed_signatures_come_back);
    RUN(bad_bytes_are_refused);
    RUN(finds_shorter_and_longer);
    RUN(one_changed_number_is_an_update);
    RUN(rows_that_were_removed_are_not_found);
    RUN(bounds_throw_out_the_oldest);
    RUN(a_common_footer_is_no_duplicate);
    if (!mkdtemp(folder))
        return 1;
    RUN(records_come_back);
    RUN(torn_ends_are_cut_off);
    RUN(a_spoilt_record_ends_the_log);
    RUN(other_settings_are_refused);
    RUN(a_second_process_is_refused_by_name);
    RUN(a_second_process_waits_for_the_first);
    RUN(forgetting_keeps_the_rest);
    clear();
    rmdir(folder);
    return check_end();
}
