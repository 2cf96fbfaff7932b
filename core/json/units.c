/* units.c: see units.h. Reads digits by hand: strtod would follow the locale. */
#include "units.h"

#include <string.h>

/* Digits with at most one point; the rest is the unit. */
static int number_and_unit(const char *text, size_t len, double *out_number, const char **out_unit, size_t *out_len) {
    double number = 0, scale = 1;
    size_t i = 0, digits = 0;
    int behind_point = 0;
    for (; i < len; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            digits++;
            if (behind_point)
                number += (text[i] - '0') * (scale /= 10);
            else
                number = number * 10 + (text[i] - '0');
        } else if (text[i] == '.' && !behind_point) {
            behind_point = 1;
        } else {
            break;
        }
    }
    if (!digits)
        return -1;
    *out_number = number;
    *out_unit = text + i;
    *out_len = len - i;
    return 0;
}

int units_parse_size(const char *text, size_t len, uint64_t *out_bytes) {
    static const char letters[] = "KMGT";
    double number;
    const char *unit;
    size_t unit_len;
    if (number_and_unit(text, len, &number, &unit, &unit_len) != 0)
        return -1;
    double factor = 1;
    if (unit_len) {
        char upper = (char)(unit[0] >= 'a' && unit[0] <= 'z' ? unit[0] - 'a' + 'A' : unit[0]);
        const char *at = memchr(letters, upper, sizeof letters - 1);
        size_t used = at ? 1 : 0;
        for (ptrdiff_t i = 0; at && i <= at - letters; i++)
            factor *= 1024;
        const char *rest = unit + used;
        size_t rest_len = unit_len - used;
        int is_plain =
            rest_len == 0 || (rest_len == 1 && *rest == 'B') || (used && rest_len == 2 && !memcmp(rest, "iB", 2));
        if (!is_plain)
            return -1;
    }
    if (number * factor >= 9.2e18)
        return -1;
    *out_bytes = (uint64_t)(number * factor);
    return 0;
}

int units_parse_duration(const char *text, size_t len, int64_t *out_ns) {
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"", 1e9}, {"s", 1e9},  {"ms", 1e6},   {"us", 1e3},
                 {"ns", 1}, {"m", 6e10}, {"h", 3.6e12}, {"d", 8.64e13}};
    double number;
    const char *unit;
    size_t unit_len;
    if (number_and_unit(text, len, &number, &unit, &unit_len) != 0)
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) != unit_len || memcmp(units[i].name, unit, unit_len) != 0)
            continue;
        if (number * units[i].ns >= 9.2e18)
            return -1;
        *out_ns = (int64_t)(number * units[i].ns);
        return 0;
    }
    return -1;
}
