/* Sizes and durations as people write them. */
#include "check.h"

#include "json/units.h"

static uint64_t size_of(const char *text) {
    uint64_t bytes = 77;
    return units_parse_size(text, strlen(text), &bytes) == 0 ? bytes : UINT64_MAX;
}

static int64_t duration_of(const char *text) {
    int64_t ns = 77;
    return units_parse_duration(text, strlen(text), &ns) == 0 ? ns : -1;
}

static void sizes(void) {
    CHECK_INT(size_of("0"), 0);
    CHECK_INT(size_of("123"), 123);
    CHECK_INT(size_of("64K"), 65536);
    CHECK_INT(size_of("2M"), 2097152);
    CHECK_INT(size_of("1.5G"), 1610612736);
    CHECK_INT(size_of("1GiB"), 1073741824);
    CHECK_INT(size_of("10B"), 10);
    CHECK_INT(size_of("3mB"), 3145728);
}

static void wrong_sizes(void) {
    static const char *const wrong[] = {"", "M", "-1", "1Q", "1 M", "1.2.3", "1iB", "99999999999T", "0x10", "1MM"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(size_of(wrong[i]) == UINT64_MAX);
}

static void durations(void) {
    CHECK_INT(duration_of("3"), 3000000000);
    CHECK_INT(duration_of("3s"), 3000000000);
    CHECK_INT(duration_of("20ms"), 20000000);
    CHECK_INT(duration_of("0.5s"), 500000000);
    CHECK_INT(duration_of("5m"), 300000000000);
    CHECK_INT(duration_of("30d"), 2592000000000000);
}

static void wrong_durations(void) {
    static const char *const wrong[] = {"", "s", "-3s", "3 s", "3w", "3S", "1e9", "999999999d"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK_INT(duration_of(wrong[i]), -1);
}

int main(void) {
    RUN(sizes);
    RUN(wrong_sizes);
    RUN(durations);
    RUN(wrong_durations);
    return check_end();
}
