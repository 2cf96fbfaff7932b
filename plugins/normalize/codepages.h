/* codepages.h: the character sets that UTF-8 is wrongly read as, and the way back from a character to its byte. */
#ifndef NORMALIZE_CODEPAGES_H
#define NORMALIZE_CODEPAGES_H

#include <stdint.h>

#define CODEPAGES 9
#define CODEPAGE_WINDOWS_1252 0
#define CODEPAGE_WINDOWS_1251 1
#define CODEPAGE_MAC_ROMAN 7

extern const char *const codepage_names[CODEPAGES];
extern const uint16_t codepage_chars[CODEPAGES][128];

/* The way back: for characters below U+FFFF, the byte in each set (0: not in it). Made by codepages_init. */
#define CODEPAGE_ROOM 1024
struct codepages {
    uint8_t page[1024];    /* character >> 6 to a row of slot; 0: none */
    uint16_t slot[64][64]; /* to an index into bytes; 0: none */
    uint8_t bytes[CODEPAGE_ROOM][CODEPAGES];
};

void codepages_init(struct codepages *c);

/* The byte that c stands for in a set, 0 where it has none. C1 controls stand for themselves in every set. */
static inline uint8_t codepages_byte(const struct codepages *t, uint32_t c, int set) {
    if (c >= 0x80 && c < 0xa0)
        return (uint8_t)c;
    if (c >= 0x10000)
        return 0;
    return t->bytes[t->slot[t->page[c >> 6]][c & 63]][set];
}

/* Whether some set has a for a lead byte and b for one that continues. */
static inline int codepages_pair(const struct codepages *t, uint32_t a, uint32_t b) {
    for (int set = 0; set < CODEPAGES; set++) {
        uint8_t x = codepages_byte(t, a, set), y = codepages_byte(t, b, set);
        if (x >= 0xc2 && x <= 0xf4 && y >= 0x80 && y < 0xc0)
            return 1;
    }
    return 0;
}

/* Whether any set has it. */
static inline int codepages_known(const struct codepages *t, uint32_t c) {
    return (c >= 0x80 && c < 0xa0) || (c < 0x10000 && t->slot[t->page[c >> 6]][c & 63] != 0);
}

#endif
