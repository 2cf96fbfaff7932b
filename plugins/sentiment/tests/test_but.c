/* The "but" rule against its straight telling, on scores by chance: few values, so that equal ones meet. */
#include "but.h"
#include "check.h"

#include <stdlib.h>

static double changed(double score, uint64_t at, uint64_t before, uint64_t behind) {
    return at < before ? score * 0.5 : at >= behind ? score * 1.5 : score;
}

static void straight(double *scores, uint64_t n, uint64_t before, uint64_t behind) {
    for (uint64_t i = 0; i < n; i++) {
        uint64_t first = 0;
        while (scores[first] != scores[i])
            first++;
        scores[first] = changed(scores[first], first, before, behind);
    }
}

static uint64_t seed = 0x2545f4914f6cdd1d;
static uint64_t chance(uint64_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 11) % below;
}

static void heaps_do_what_the_straight_rule_does(void) {
    void *memory = NULL;
    uint64_t room = 0;
    for (int round = 0; round < 2000; round++) {
        double a[400], b[400];
        uint64_t n = chance(400), kinds = 1 + chance(12), before = chance(n + 1), behind = before + chance(2);
        for (uint64_t i = 0; i < n; i++)
            a[i] = b[i] = ((double)chance(kinds) - 3.0) * (chance(4) ? 1 : 0.5);
        straight(a, n, before, behind);
        CHECK_INT(but_rule(b, n, before, behind, &memory, &room), 0);
        CHECK(n == 0 || memcmp(a, b, n * sizeof *a) == 0);
    }
    free(memory);
}

int main(void) {
    RUN(heaps_do_what_the_straight_rule_does);
    return check_end();
}
