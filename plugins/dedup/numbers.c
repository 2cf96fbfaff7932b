/* numbers.c: see numbers.h. Separators are read as English or continental by their place: the last of two different
 * ones is the decimal one; a single one before exactly three digits groups thousands.
 */
#include "numbers.h"

#include <math.h>
#include <string.h>

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Significant digits of a whole number: those before the zeros at its end. */
static uint32_t significant_whole(uint32_t n) {
    uint32_t digits = 0;
    while (n >= 10 && n % 10 == 0)
        n /= 10;
    for (; n > 0; n /= 10)
        digits++;
    return digits;
}

/* The same of any value. */
static uint32_t significant(double value) {
    double v = fabs(value);
    uint32_t digits = 0;
    if (v >= 1 && v < 1e9 && v - (uint32_t)v <= 0)
        return significant_whole((uint32_t)v);
    if (!(v > 0) || v > 1e15)
        return 15;
    for (int i = 0; i < 4 && v != floor(v); i++)
        v *= 10;
    v = floor(v + 0.5);
    while (v >= 10 && fmod(v, 10) == 0)
        v /= 10;
    while (v >= 1) {
        v /= 10;
        digits++;
    }
    return digits;
}

struct number number_of(double value) {
    return (struct number){value, significant(value), 0};
}

double number_of_ideograph(const char *text, uint32_t len) {
    if (len != 3)
        return -1;
    const unsigned char *c = (const unsigned char *)text;
    switch ((uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2]) {
    case 0xe38087: /* 〇 */
    case 0xe99bb6: /* 零 */
        return 0;
    case 0xe4b880: /* 一 */
        return 1;
    case 0xe4ba8c: /* 二 */
    case 0xe4b8a4: /* 两 */
    case 0xe585a9: /* 兩 */
        return 2;
    case 0xe4b889: /* 三 */
        return 3;
    case 0xe59b9b: /* 四 */
        return 4;
    case 0xe4ba94: /* 五 */
        return 5;
    case 0xe585ad: /* 六 */
        return 6;
    case 0xe4b883: /* 七 */
        return 7;
    case 0xe585ab: /* 八 */
        return 8;
    case 0xe4b99d: /* 九 */
        return 9;
    case 0xe58d81: /* 十 */
        return 10;
    case 0xe799be: /* 百 */
        return 1e2;
    case 0xe58d83: /* 千 */
        return 1e3;
    case 0xe4b887: /* 万 */
    case 0xe890ac: /* 萬 */
        return 1e4;
    case 0xe4babf: /* 亿 */
    case 0xe58484: /* 億 */
        return 1e8;
    default:
        return -1;
    }
}

struct number number_of_ideographs(const double *values, uint32_t count) {
    double whole = 0, part = 0, digits = 0;
    int has_unit = 0;
    for (uint32_t i = 0; i < count; i++) {
        double value = values[i], digit = fmod(part, 10);
        has_unit |= value >= 10;
        digits = digits * 10 + value;
        if (value < 10) {
            part += value;
        } else if (value < 1e4) {
            part += (digit > 0 ? digit : 1) * value - digit;
        } else {
            part = part > 0 || whole > 0 ? part : 1;
            whole = value > 1e4 ? (whole + part) * value : whole + part * value;
            part = 0;
        }
    }
    struct number n = number_of(has_unit ? whole + part : digits);
    n.exact = !has_unit && count == 4;
    return n;
}

void number_scale(struct number *n, double scale) {
    n->value *= scale;
    n->exact = 0;
}

static double suffix_scale(const char *s, uint32_t len) {
    char a = len > 0 ? (char)(s[0] | 32) : 0, b = len > 1 ? (char)(s[1] | 32) : 0;
    if ((len == 1 && a == 'm') || (len == 2 && a == 'm' && b == 'n') || (len >= 7 && a == 'm' && b == 'i'))
        return 1e6;
    if ((len == 2 && a == 'b' && b == 'n') || (len == 1 && a == 'b') || (len >= 7 && a == 'b' && b == 'i'))
        return 1e9;
    if (len == 2 && a == 't' && b == 'n')
        return 1e12;
    if (len == 1 && a == 'k')
        return 1e3;
    return 1;
}

int number_parse(const char *text, uint32_t len, struct number *out) {
    uint32_t i = 0, end, last = UINT32_MAX, separators = 0, kinds = 0, colon = 0;
    char kind = 0;
    if (len == 0 || !is_digit(text[0]))
        return 0;
    for (end = 0; end < len; end++) {
        char c = text[end];
        if (is_digit(c))
            continue;
        if ((c == '.' || c == ',' || c == ':' || c == '\'') && end + 1 < len && is_digit(text[end + 1])) {
            colon |= c == ':';
            if (c != kind)
                kinds++;
            kind = c;
            last = end;
            separators++;
            continue;
        }
        break;
    }
    /* The place of the decimal separator, or none. */
    uint32_t point = UINT32_MAX;
    if (separators == 1 && !colon) {
        uint32_t behind = end - last - 1;
        if (!(behind == 3 && last <= 3 && text[0] != '0'))
            point = last;
        else if (kind == '.' && end < len && text[end] != ',')
            point = UINT32_MAX;
    } else if (kinds > 1) {
        point = last;
    }
    double value = 0, unit = 1;
    uint32_t digits = 0;
    for (i = 0; i < end; i++) {
        if (!is_digit(text[i]))
            continue;
        if (digits++ > 17)
            continue;
        if (point != UINT32_MAX && i > point) {
            unit /= 10;
            value += unit * (text[i] - '0');
        } else {
            value = value * 10 + (text[i] - '0');
        }
    }
    *out = number_of(value);
    double scale = suffix_scale(text + end, len - end);
    if (scale > 1)
        number_scale(out, scale);
    else
        out->exact = colon || separators > 2 || (separators == 0 && end == 4 && value >= 1500 && value <= 2100);
    if (colon)
        out->value = -value; /* a time is no amount */
    return 1;
}

int number_repeats(const struct number *said, uint32_t rounding, const struct number *known) {
    double a = said->value, b = known->value;
    if (fabs(a - b) <= 1e-9 * fabs(b))
        return 1;
    if (said->exact || known->exact || said->digits >= known->digits || b < 10 || a <= 0)
        return b < 10 && b > 0 && a > 0 && !said->exact && said->digits < known->digits && floor(b + 0.5) == a;
    double step = pow(10, floor(log10(b)) - (double)said->digits + 1);
    double down = floor(b / step) * step, up = ceil(b / step) * step;
    double near = b - down < up - b ? down : up;
    double slack = 1e-6 * b;
    return fabs(a - near) <= slack || (rounding == ROUND_DOWN && fabs(a - down) <= slack) ||
           (rounding == ROUND_UP && fabs(a - up) <= slack);
}
