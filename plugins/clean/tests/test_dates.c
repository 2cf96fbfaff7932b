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

int main(void) {
    RUN(dates_are_read);
    return check_end();
}
