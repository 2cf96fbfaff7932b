/* dates.c: finds year, month, day, time and zone among the words of a line. A day without a year, and one that could be
 * day or month, is not told. */
#include "dates.h"

#include <stdio.h>
#include <string.h>

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int is_alpha(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static int month_of(const char *w, uint32_t len) {
    static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
    if (len < 3)
        return 0;
    for (int m = 0; m < 12; m++) {
        uint32_t n = (uint32_t)strlen(names[m]), k = 0;
        if (len > n)
            continue;
        while (k < len && (w[k] | 0x20) == names[m][k])
            k++;
        if (k == len && (len == n || len == 3 || (len == 4 && m == 8)))
            return m + 1;
    }
    return 0;
}

static const char *zone_of(const char *w, uint32_t len) {
    static const struct {
        const char *name, *offset;
    } zones[] = {{"EST", "-05:00"},  {"EDT", "-04:00"},  {"CDT", "-05:00"},  {"MST", "-07:00"},
                 {"MDT", "-06:00"},  {"PST", "-08:00"},  {"PDT", "-07:00"},  {"GMT", "Z"},
                 {"UTC", "Z"},       {"CET", "+01:00"},  {"CEST", "+02:00"}, {"JST", "+09:00"},
                 {"AEST", "+10:00"}, {"AEDT", "+11:00"}, {"SGT", "+08:00"},  {"Z", "Z"}};
    for (size_t k = 0; k < sizeof zones / sizeof zones[0]; k++)
        if (strlen(zones[k].name) == len && memcmp(zones[k].name, w, len) == 0)
            return zones[k].offset;
    return NULL;
}

uint32_t date_read(tm_str line, char *out) {
    int year = 0, month = 0, day = 0, hour = -1, minute = 0, second = -1, half = 0, named = 0;
    const char *zone = NULL;
    char offset[8];
    uint32_t n = (uint32_t)(line.len < 400 ? line.len : 400);
    const char *s = line.data;
    for (uint32_t i = 0; i < n;) {
        if (is_alpha(s[i])) {
            uint32_t from = i;
            while (i < n && is_alpha(s[i]))
                i++;
            int m = month_of(s + from, i - from);
            if (m && month == 0) {
                month = m;
                named = 1;
            }
            uint32_t len = i - from;
            if (len == 2 && (s[from + 1] | 0x20) == 'm' && ((s[from] | 0x20) == 'a' || (s[from] | 0x20) == 'p') &&
                hour >= 0 && !half)
                half = (s[from] | 0x20) == 'a' ? 1 : 2;
            if (len == 1 && i + 1 < n && s[i] == '.' && (s[i + 1] | 0x20) == 'm' && hour >= 0 && !half &&
                ((s[from] | 0x20) == 'a' || (s[from] | 0x20) == 'p'))
                half = (s[from] | 0x20) == 'a' ? 1 : 2;
            if (hour >= 0 && zone == NULL)
                zone = zone_of(s + from, len);
            continue;
        }
        if (!is_digit(s[i])) {
            i++;
            continue;
        }
        uint32_t from = i;
        int v = 0;
        while (i < n && is_digit(s[i]) && i - from < 6)
            v = v * 10 + (s[i++] - '0');
        uint32_t len = i - from;
        if (len == 4 && v >= 1800 && v < 2200 && year == 0) {
            year = v;
            int m = 0, d = 0;
            if (i + 5 < n && (s[i] == '-' || s[i] == '/' || s[i] == '.') && is_digit(s[i + 1]) && is_digit(s[i + 2]) &&
                s[i + 3] == s[i] && is_digit(s[i + 4]) && is_digit(s[i + 5])) {
                m = (s[i + 1] - '0') * 10 + s[i + 2] - '0';
                d = (s[i + 4] - '0') * 10 + s[i + 5] - '0';
                if (m >= 1 && m <= 12 && d >= 1 && d <= 31 && month == 0) {
                    month = m;
                    day = d;
                    i += 6;
                }
            }
            continue;
        }
        if (len <= 2 && i + 2 < n && s[i] == ':' && is_digit(s[i + 1]) && is_digit(s[i + 2]) && hour < 0 && v < 24) {
            hour = v;
            minute = (s[i + 1] - '0') * 10 + s[i + 2] - '0';
            i += 3;
            if (i + 2 < n && s[i] == ':' && is_digit(s[i + 1]) && is_digit(s[i + 2])) {
                second = (s[i + 1] - '0') * 10 + s[i + 2] - '0';
                i += 3;
            }
            if (i + 5 < n + 1 && (s[i] == '+' || s[i] == '-') && is_digit(s[i + 1]) && is_digit(s[i + 2]) &&
                i + 5 < n && s[i + 3] == ':') {
                memcpy(offset, s + i, 6);
                offset[6] = '\0';
                zone = offset;
                i += 6;
            }
            continue;
        }
        if (len <= 2 && v >= 1 && v <= 31) {
            /* 24/12/2019 or 12/24/2019, where only one reading is possible */
            if (i + 1 < n && (s[i] == '/' || s[i] == '.') && is_digit(s[i + 1]) && month == 0) {
                uint32_t k = i + 1;
                int w = 0;
                while (k < n && is_digit(s[k]) && k - i < 4)
                    w = w * 10 + (s[k++] - '0');
                if (k < n && s[k] == s[i] && w >= 1 && w <= 31 && (v > 12 || w > 12 || s[i] == '.')) {
                    month = v > 12 || s[i] == '.' ? w : v;
                    day = v > 12 || s[i] == '.' ? v : w;
                    i = k;
                    continue;
                }
            }
            /* a number before an hour's am or pm is no day */
            uint32_t k = i;
            while (k < n && s[k] == ' ')
                k++;
            int clock = k + 1 < n && ((s[k] | 0x20) == 'a' || (s[k] | 0x20) == 'p') &&
                        ((s[k + 1] | 0x20) == 'm' || s[k + 1] == '.') &&
                        (k + 2 >= n || !is_alpha(s[k + 2]) || s[k + 1] == '.');
            if (clock && hour < 0 && v <= 12)
                hour = v;
            else if (day == 0)
                day = v;
        }
    }
    (void)named;
    if (year == 0 || month < 1 || month > 12 || day < 1 || day > 31)
        return 0;
    if (half == 2 && hour < 12)
        hour += 12;
    if (half == 1 && hour == 12)
        hour = 0;
    int len = snprintf(out, 32, "%04d-%02d-%02d", year, month, day);
    if (hour >= 0 && hour < 24 && minute < 60) {
        len += snprintf(out + len, (size_t)(32 - len), "T%02d:%02d", hour, minute);
        if (second >= 0 && second < 60)
            len += snprintf(out + len, (size_t)(32 - len), ":%02d", second);
        if (zone != NULL)
            len += snprintf(out + len, (size_t)(32 - len), "%s", zone);
    }
    return (uint32_t)len;
}

int date_is_numeric(tm_str line) {
    const char *s = line.data;
    uint64_t part[3] = {0}; /* lengths of the first three numbers */
    uint32_t parts = 0, seps = 0;
    if (line.len < 8 || line.len > 40)
        return 0;
    for (uint64_t i = 0; i < line.len; i++) {
        if (is_digit(s[i])) {
            parts += i == 0 || !is_digit(s[i - 1]);
            if (parts <= 3)
                part[parts - 1]++;
        } else if (memchr("/.-", s[i], 3) && parts < 3 && i + 1 < line.len && is_digit(s[i + 1])) {
            seps += parts > 0;
        } else if (parts < 3 ? parts > 0 : !memchr(" :,-+|.T", s[i], 8)) {
            return 0;
        }
    }
    int has_year = part[0] == 4 ? part[2] <= 2 : part[2] == 4 && part[0] <= 2;
    return parts >= 3 && parts <= 8 && seps == 2 && has_year && part[1] <= 2;
}
