/* check.h: the few words that the unit tests are written in. A test is a program: a function a case, CHECK inside, RUN
 * in main, return check_end(). A failed check tells where and goes on with the next case. */
#ifndef TM_TESTS_CHECK_H
#define TM_TESTS_CHECK_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static int check_failed, check_cases, check_count;
static jmp_buf check_out;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        check_count++;                                                                                                 \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            longjmp(check_out, 1);                                                                                     \
        }                                                                                                              \
    } while (0)

#define CHECK_INT(got, want)                                                                                           \
    do {                                                                                                               \
        int64_t got_ = (int64_t)(got), want_ = (int64_t)(want);                                                        \
        check_count++;                                                                                                 \
        if (got_ != want_) {                                                                                           \
            fprintf(stderr, "%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", __FILE__, __LINE__, #got, got_, want_);     \
            longjmp(check_out, 1);                                                                                     \
        }                                                                                                              \
    } while (0)

/* Bytes (pointer, length) against a string literal or NUL-terminated string. */
#define CHECK_BYTES(got, got_len, want)                                                                                \
    do {                                                                                                               \
        const char *g_ = (got), *w_ = (want);                                                                          \
        size_t l_ = (size_t)(got_len);                                                                                 \
        check_count++;                                                                                                 \
        if (l_ != strlen(w_) || (l_ && memcmp(g_, w_, l_) != 0)) {                                                     \
            fprintf(stderr, "%s:%d: %s is \"%.*s\", not \"%s\"\n", __FILE__, __LINE__, #got, (int)l_, g_ ? g_ : "",    \
                    w_);                                                                                               \
            longjmp(check_out, 1);                                                                                     \
        }                                                                                                              \
    } while (0)

#define RUN(test)                                                                                                      \
    do {                                                                                                               \
        check_cases++;                                                                                                 \
        if (setjmp(check_out) == 0)                                                                                    \
            test();                                                                                                    \
        else {                                                                                                         \
            check_failed++;                                                                                            \
            fprintf(stderr, "FAILED %s\n", #test);                                                                     \
        }                                                                                                              \
    } while (0)

static inline int check_end(void) {
    if (check_cases == 0 || check_count == 0) {
        fprintf(stderr, "this test checked nothing\n");
        return 1;
    }
    printf("%d cases, %d checks, %d failed\n", check_cases, check_count, check_failed);
    return check_failed ? 1 : 0;
}

#endif
