/* Dates as they stand on pages, and what cannot be told. */
#include "check.h"
#include "dates.h"

static const char *const dates[][2] = {
    {"March 3, 2021", "2021-03-03"},
    {"3 March 2021", "2021-03-03"},
    {"Posted: Mar 3, 2021 8:25 PM EST | Last Updated: March 5", "2021-03-03T20:25-05:00"},
    {"2021-03-03T09:05:01Z", "2021-03-03T09:05:01Z"},
    {"2021-03-03T09:05:01+02:00", "2021-03-03T09:05:01+02:00"},
    {"Wed, Mar 3 2021 12:10 a.m.", "2021-03-03T00:10"},
    {"24/12/2019", "2019-12-24"},
    {"12/24/2019", "2019-12-24"},
    {"24.12.2019", "2019-12-24"},
    {"03/04/2019", ""},
    {"5 days ago", ""},
    {"March 3", ""},
    {"", ""},
    {"99:99 2021", ""},
};

static void dates_are_read(void) {
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        char out[32];
        uint32_t len = date_read((tm_str){dates[i][0], strlen(dates[i][0])}, out);
        CHECK_BYTES(out, len, dates[i][1]);
    }
}

static void dates_in_numbers(void) {
    static const char *const yes[] = {"14/02/2025 - 07:30", "2025-02-14 07:30",      "03.04.2025, 9:12",
                                      "2025/2/4",           "14-02-2025 | 18:05:00", "2024-05-01T10:00:00+02:00"};
    static const char *const no[] = {"14/02",
                                     "1,234,567",
                                     "10.5.3 2025 and on",
                                     "555-0100-2025-7-8-9-1-2-3",
                                     "3-2-1",
                                     "192.168.10.1",
                                     "2025",
                                     "0.5 / 0.7 / 2025",
                                     "12-2025"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        CHECK(date_is_numeric((tm_str){yes[i], strlen(yes[i])}));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        CHECK(!date_is_numeric((tm_str){no[i], strlen(no[i])}));
}

int main(void) {
    RUN(dates_in_numbers);
    RUN(dates_are_read);
    return check_end();
}
