/* test_json_write.c: numbers as the host writes them, and what needs no escape. */
#include "check.h"
#include "json_write.h"

#include <stdio.h>
#include <stdlib.h>

static void numbers_have_four_decimals_at_most(void) {
    static const struct {
        double x;
        const char *json;
    } cases[] = {{0, "0"},
                 {1, "1"},
                 {-1, "-1"},
                 {0.5, "0.5"},
                 {-0.25, "-0.25"},
                 {0.1234, "0.1234"},
                 {0.12344, "0.1234"},
                 {0.12346, "0.1235"},
                 {-0.00004, "0"},
                 {0.00005, "0.0001"},
                 {0.0001, "0.0001"},
                 {0.9999, "0.9999"},
                 {0.99999, "1"},
                 {12.0305, "12.0305"},
                 {123456, "123456"},
                 {0.00015, "0.0001"},
                 {2.00025, "2.0002"},
                 {3.5, "3.5"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[KIT_JSON_NUMBER_ROOM];
        CHECK_BYTES(out, kit_json_put_number(out, cases[i].x), cases[i].json);
    }
}

/* As printf has them, ties included. */
static void numbers_round_as_printf(void) {
    for (int i = -200000; i <= 200000; i += 7) {
        char out[KIT_JSON_NUMBER_ROOM], want[KIT_JSON_NUMBER_ROOM];
        double x = i / 80000.0;
        out[kit_json_put_number(out, x)] = '\0';
        snprintf(want, sizeof want, "%.4f", x);
        CHECK(strtod(out, NULL) == strtod(want, NULL));
    }
}

static void plain_texts_need_no_escape(void) {
    CHECK(kit_json_is_plain(TM_STR("medtop:01000000, (a) /b/")));
    CHECK(kit_json_is_plain(TM_STR("")));
    CHECK(!kit_json_is_plain(TM_STR("a\"b")));
    CHECK(!kit_json_is_plain(TM_STR("a\\b")));
    CHECK(!kit_json_is_plain(TM_STR("a\nb")));
    CHECK(!kit_json_is_plain(TM_STR("caf\xC3\xA9")));
}

int main(void) {
    RUN(numbers_have_four_decimals_at_most);
    RUN(numbers_round_as_printf);
    RUN(plain_texts_need_no_escape);
    return check_end();
}
