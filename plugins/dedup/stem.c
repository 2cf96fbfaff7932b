/* stem.c: see stem.h. A stem keeps the first three letters of its word, but for a third y that becomes an i. */
#include "stem.h"

#define WORD_MOST 32u
#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

static int ends(const char *s, uint32_t n, const char *end, uint32_t k) {
    return n > k && memcmp(s + n - k, end, k) == 0;
}

static uint32_t undouble(const char *s, uint32_t n) {
    if (n > 3 && s[n - 1] == s[n - 2] && s[n - 1] != 'l' && s[n - 1] != 's' && s[n - 1] != 'z')
        n--;
    return n;
}

static uint32_t strip_plural(char *s, uint32_t n) {
    char before = s[n - 2];
    if (before == 'e') {
        if (n > 4 && s[n - 3] == 'i') {
            s[n - 3] = 'y';
            return n - 2;
        }
        if (s[n - 3] == 'x' || s[n - 3] == 'z' || ends(s, n, "sses", 4) || ends(s, n, "ches", 4) ||
            ends(s, n, "shes", 4))
            return n - 2;
    }
    return before == 's' || before == 'u' || before == 'i' ? n : n - 1;
}

/* The length of the stem of a lower-case ASCII word; a final y becomes i in place. */
static uint32_t stem(char *s, uint32_t n) {
    if (n <= 3)
        return n;
    if (s[n - 1] == 's')
        n = strip_plural(s, n);
    switch (s[n - 1]) {
    case 'g':
        if (n >= 6 && s[n - 2] == 'n' && s[n - 3] == 'i')
            n = undouble(s, n - 3);
        break;
    case 'd':
        if (n > 4 && s[n - 2] == 'e' && s[n - 3] == 'i') {
            n -= 2;
            s[n - 1] = 'y';
        } else if (n >= 5 && s[n - 2] == 'e') {
            n = undouble(s, n - 2);
        }
        break;
    case 'y':
        if (n >= 6 && s[n - 2] == 'l')
            n -= 2;
        break;
    default:
        break;
    }
    if (n > 3 && s[n - 1] == 'e')
        n--;
    if (n > 2 && s[n - 1] == 'y')
        s[n - 1] = 'i';
    return n;
}

/* Who lives where: Israeli and Israel, Russian and Russia. */
static uint32_t stem_people(const char *s, uint32_t n) {
    if (n >= 6 && s[n - 1] == 'n' && s[n - 2] == 'a' && (s[n - 3] == 'i' || s[n - 3] == 'e' || s[n - 3] == 'c'))
        return n - 1;
    if (n >= 5 && s[n - 1] == 'i' && (s[n - 2] == 'l' || s[n - 2] == 'n' || s[n - 2] == 'q'))
        return n - 1;
    return n;
}

/* Eight bytes at a time: in lower case, all of them letters. */
uint64_t stem_key(const char *text, uint32_t len, uint64_t hash, int is_capital) {
    char s[WORD_MOST + 8] = {0};
    if (len > WORD_MOST)
        return hash;
    for (uint32_t i = 0; i < len; i += 8) {
        uint64_t eight, used = len - i >= 8 ? ~(uint64_t)0 : ((uint64_t)1 << (8 * (len - i))) - 1;
        memcpy(&eight, text + i, 8);
        eight |= EACH(0x20);
        uint64_t letters = (eight + EACH(0x80 - 'a')) & ~(eight + EACH(0x7f - 'z')) & ~eight;
        if (~letters & EACH(0x80) & used)
            return hash;
        eight &= used;
        memcpy(s + i, &eight, 8);
    }
    uint32_t people = is_capital ? stem_people(s, len) : len;
    uint32_t n = people < len ? people : stem(s, len);
    memset(s + n, 0, 8);
    uint64_t h = n;
    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t eight;
        memcpy(&eight, s + i, 8);
        h = (h ^ eight) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return h;
}
