/* test_metrics.c: counts of many threads add up; quantiles are right to a bucket's width; the JSON is JSON. */
#include "check.h"

#include "observe/metrics.h"
#include "observe/progress.h"
#include "json/scan.h"

#include <math.h>
#include <pthread.h>

static struct metrics *m;
static uint32_t hits, sizes;

static void *count(void *context) {
    (void)context;
    for (int i = 1; i <= 10000; i++) {
        metrics_count(m, hits, 1);
        metrics_count(m, sizes, i);
    }
    return NULL;
}

static void threads_add_up(void) {
    pthread_t threads[4];
    m = metrics_new();
    hits = metrics_add(m, "clean", "hits", 0);
    sizes = metrics_add(m, "clean", "sizes", 1);
    CHECK(hits && sizes && hits != sizes);
    CHECK_INT(metrics_add(m, "clean", "hits", 0), hits);
    uint32_t other = metrics_add(m, "de\"dup", "hits", 0);
    CHECK(other != hits);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, count, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(metrics_sum(m, hits), 40000);
    CHECK_INT(metrics_sum(m, sizes), 4 * 50005000);
    CHECK_INT(metrics_sum(m, other), 0);

    struct buffer out = {0};
    struct json_error error;
    metrics_write(m, &out);
    CHECK_INT(json_check_value(out.data, out.len, &error), 0);
    buffer_add_char(&out, '\0');
    CHECK(strstr(out.data, "{\"clean\":{\"hits\":40000,\"sizes\":{\"count\":40000,\"sum\":200020000,\"p50\":"));
    CHECK(strstr(out.data, "\"de\\\"dup\":{\"hits\":0}}"));
    double p50 = 0, p99 = 0;
    sscanf(strstr(out.data, "p50"), "p50\":%lf", &p50);
    sscanf(strstr(out.data, "p99"), "p99\":%lf", &p99);
    CHECK(fabs(p50 - 5000) < 5000 * 0.07);
    CHECK(fabs(p99 - 9900) < 9900 * 0.07);
    buffer_deinit(&out);
    metrics_free(m);
}

static void odd_values_do_no_harm(void) {
    m = metrics_new();
    hits = metrics_add(m, "a", "b", 1);
    static const double odd[] = {0, -1, 1e-300, 1e300, HUGE_VAL, NAN};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        metrics_count(m, hits, odd[i]);
    metrics_count(m, 0, 1);
    metrics_count(m, hits + 1, 1);
    metrics_count(NULL, hits, 1);
    struct buffer out = {0};
    struct json_error error;
    metrics_write(m, &out);
    CHECK_INT(json_check_value(out.data, out.len, &error), 0);
    buffer_deinit(&out);
    metrics_free(m);
}

static void the_progress_line(void) {
    struct buffer out = {0};
    progress_text(1200, 0, 50, 100, 1e6, 80, &out);
    CHECK_BYTES(out.data, out.len, "[==========>         ]  50%  1200 documents  1.0 MB/s  0:00 left");
    out.len = 0;
    progress_text(7, 2, 1000000, 0, 2.5e6, 80, &out);
    CHECK_BYTES(out.data, out.len, "7 documents  2.5 MB/s  2 failed");
    out.len = 0;
    progress_text(7, 0, 0, 8000000000u, 1e6, 80, &out);
    CHECK_BYTES(out.data, out.len, "[>                   ]   0%  7 documents  1.0 MB/s  2:13:20 left");
    out.len = 0;
    progress_text(7, 0, 9, 8, 1e6, 10, &out);
    CHECK_INT(out.len, 10);
    buffer_deinit(&out);
}

int main(void) {
    RUN(threads_add_up);
    RUN(odd_values_do_no_harm);
    RUN(the_progress_line);
    return check_end();
}
