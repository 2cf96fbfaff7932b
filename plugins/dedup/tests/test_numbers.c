/* What a number may stand for: the rules of numbers.h. */
#include "check.h"

#include "../numbers.h"

static struct number parse(const char *s) {
    struct number n = {0, 0, 0};
    CHECK(number_parse(s, (uint32_t)strlen(s), &n));
    return n;
}

static int repeats(const char *said, uint32_t rounding, const char *known) {
    struct number a = parse(said), b = parse(known);
    return number_repeats(&a, rounding, &b);
}

static void reads_separators(void) {
    CHECK(parse("1,234").value == 1234);
    CHECK(parse("1.234").value == 1234);
    CHECK(parse("1,234.5").value == 1234.5);
    CHECK(parse("1.234,5").value == 1234.5);
    CHECK(parse("0.125").value == 0.125);
    CHECK(parse("3.5").value == 3.5);
    CHECK(parse("7,25").value == 7.25);
    CHECK(parse("1,234,567").value == 1234567);
}

static void reads_suffixes(void) {
    CHECK(parse("5m").value == 5e6);
    CHECK(parse("2bn").value == 2e9);
    CHECK(parse("40k").value == 40e3);
    CHECK(parse("10th").value == 10);
    CHECK(parse("3pm").value == 3);
}

static void refuses_what_is_no_number(void) {
    struct number n;
    CHECK(!number_parse("", 0, &n));
    CHECK(!number_parse("x1", 2, &n));
}

static void knows_equal(void) {
    CHECK(repeats("8", ROUND_NEAREST, "8"));
    CHECK(repeats("1,000", ROUND_NEAREST, "1000"));
    CHECK(!repeats("9", ROUND_NEAREST, "8"));
    CHECK(!repeats("5", ROUND_NEAREST, "5m"));
}

static void allows_looser_rounding_only(void) {
    CHECK(repeats("15,000", ROUND_NEAREST, "14,964"));
    CHECK(repeats("900", ROUND_NEAREST, "895"));
    CHECK(!repeats("14,964", ROUND_NEAREST, "15,000"));
    CHECK(!repeats("7,500", ROUND_NEAREST, "7,000"));
    CHECK(!repeats("900", ROUND_NEAREST, "978"));
    CHECK(repeats("900", ROUND_DOWN, "978"));
    CHECK(repeats("1,000", ROUND_UP, "978"));
    CHECK(!repeats("800", ROUND_DOWN, "978"));
}

static void never_rounds_years_and_times(void) {
    CHECK(!repeats("2020", ROUND_NEAREST, "2023"));
    CHECK(!repeats("2000", ROUND_NEAREST, "1998"));
    CHECK(repeats("9:30", ROUND_NEAREST, "9:30"));
    CHECK(!repeats("9:30", ROUND_NEAREST, "9:31"));
    CHECK(!repeats("930", ROUND_NEAREST, "9:30"));
}

static double ideographs(const char *text) {
    double values[16];
    uint32_t n = 0;
    for (size_t i = 0; text[i] && n < 16; i += 3)
        values[n++] = number_of_ideograph(text + i, 3);
    return number_of_ideographs(values, n).value;
}

static void reads_chinese_numerals(void) {
    CHECK(ideographs("\xe4\xb8\x89\xe7\x99\xbe") == 300);
    CHECK(ideographs("\xe4\xba\x8c\xe7\x99\xbe\xe4\xb8\x80\xe5\x8d\x81") == 210);
    CHECK(ideographs("\xe5\x8d\x81\xe4\xba\x94\xe4\xba\xbf") == 15e8);
    CHECK(ideographs("\xe4\xb8\x89\xe4\xba\xbf\xe4\xba\x94\xe5\x8d\x83\xe4\xb8\x87") == 3.5e8);
    CHECK(ideographs("\xe4\xba\x8c\xe3\x80\x87\xe4\xba\x8c\xe5\x9b\x9b") == 2024);
    CHECK(number_of_ideograph("\xe7\xab\x99", 3) < 0);
}

int main(void) {
    RUN(reads_separators);
    RUN(reads_suffixes);
    RUN(refuses_what_is_no_number);
    RUN(knows_equal);
    RUN(allows_looser_rounding_only);
    RUN(never_rounds_years_and_times);
    RUN(reads_chinese_numerals);
    return check_end();
}
