/* json_write.c: see json_write.h. */
#include "json_write.h"

#include <math.h>
#include <stdio.h>

#define DECIMALS 4u
#define SCALE 10000u
#define NO_TIE 1e-6 /* farther from a tie than this, the error of the product does not matter */

/* |x| in units of 1/SCALE, rounded as printf rounds. */
static uint64_t units_of(double size) {
    double scaled = size * SCALE;
    uint64_t units = (uint64_t)scaled;
    double rest = scaled - (double)units;
    if (fabs(rest - 0.5) > NO_TIE)
        return units + (rest > 0.5);
    char text[KIT_JSON_NUMBER_ROOM];
    uint64_t exact = 0;
    snprintf(text, sizeof text, "%.*f", (int)DECIMALS, size);
    for (const char *c = text; *c; c++)
        if (*c >= '0' && *c <= '9') /* the decimal point may be another one in another locale */
            exact = exact * 10 + (uint64_t)(*c - '0');
    return exact;
}

uint32_t kit_json_put_number(char out[KIT_JSON_NUMBER_ROOM], double x) {
    uint64_t units = units_of(fabs(x)), whole = units / SCALE;
    uint32_t rest = (uint32_t)(units % SCALE), n = 0;
    char digits[20], *at = out;
    if (x < 0 && units)
        *at++ = '-';
    do
        digits[n++] = (char)('0' + whole % 10);
    while (whole /= 10);
    while (n)
        *at++ = digits[--n];
    if (!rest)
        return (uint32_t)(at - out);
    *at++ = '.';
    for (n = DECIMALS; n-- > 0; rest /= 10)
        at[n] = (char)('0' + rest % 10);
    for (at += DECIMALS; at[-1] == '0';)
        at--;
    return (uint32_t)(at - out);
}

int kit_json_is_plain(tm_str text) {
    for (uint64_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            return 0;
    }
    return 1;
}
