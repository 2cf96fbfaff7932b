/* stem.h: what words are compared by: a light English stem of ASCII words, the token's hash of all others. */
#ifndef DEDUP_STEM_H
#define DEDUP_STEM_H

#include <stdint.h>
#include <string.h>

#define STEM_STARTS (1u << 15)
#define STEM_SMALL 0x302020 /* bits that make letters small; y and i are one in the third place */
#define STEM_MIX 0x9e3779b1u
#define STEM_SHIFT 17

/* The key of a token: of its stem, or `hash` where it has none. */
uint64_t stem_key(const char *text, uint32_t len, uint64_t hash, int is_capital);

/* Keys that a worker has met: most words of a document stood in the one before. */
#define STEMS_KEPT 4096u

struct stems {
    struct {
        uint64_t tag; /* of the token's hash and case; 0: empty */
        uint64_t key;
    } kept[STEMS_KEPT];
};

/* A number below STEM_STARTS that is the same for all words of one stem, and for most pairs of other words is not: of
 * the first three letters. Four bytes of text are read; text is ASCII. */
static inline uint32_t stem_start(const char *text, uint32_t len) {
    static const uint32_t used[4] = {0, 0xff, 0xffff, 0xffffff};
    uint32_t first;
    memcpy(&first, text, sizeof first);
    first = (first | STEM_SMALL) & used[len < 3 ? len : 3];
    return (first * STEM_MIX) >> STEM_SHIFT;
}

#endif
