/* numbers.h: numbers as facts: what a number token is worth, and whether one number may stand for another. */
#ifndef DEDUP_NUMBERS_H
#define DEDUP_NUMBERS_H

#include <stdint.h>

#define ROUND_NEAREST 0u
#define ROUND_DOWN 1u /* "more than" stands before it */
#define ROUND_UP 2u   /* "nearly" stands before it */

struct number {
    double value;    /* scale counted in */
    uint32_t digits; /* significant ones: what it may be a rounding of */
    uint32_t exact;  /* a year, a time of day, a number that nobody rounds */
};

/* The number that a token of digits, separators and a short suffix (5m, 10th, 3pm) begins with; 0 where there is none.
 */
int number_parse(const char *text, uint32_t len, struct number *out);
/* The value of a Chinese numeral's character: 0 to 9, 10, 100, 1,000, 10,000 or 100,000,000; -1 for any other. */
double number_of_ideograph(const char *text, uint32_t len);
/* The number that such characters are together. */
struct number number_of_ideographs(const double *values, uint32_t count);
/* A number word's. */
struct number number_of(double value);
/* Times a scale (million). */
void number_scale(struct number *n, double scale);
/* Whether `said` says nothing that `known` does not: equal, or a looser rounding of it. */
int number_repeats(const struct number *said, uint32_t rounding, const struct number *known);

#endif
