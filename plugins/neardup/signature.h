/* signature.h: what neardup keeps of a text, and how near two texts are by it.
 *
 * Of the hashes of all runs of `shingle` words a signature has the lowest `sketch`, cut to VALUE_BITS: for most
 * articles that is all of them. Below the smaller of two signatures' limits both are complete, so Jaccard and
 * containment are counted there like on the whole sets; what a coincidence of short hashes adds is taken off. The
 * lowest PROBES hashes, by other bits, are the keys by which a signature is found. Facts (numbers, and capitalised
 * words) are kept apart, since three changed numbers hardly move the Jaccard. Any thread; no state.
 */
#ifndef NEARDUP_SIGNATURE_H
#define NEARDUP_SIGNATURE_H

#include <textmill/plugin.h>

#define VALUE_BITS 15u
#define VALUE_ALL (1u << VALUE_BITS)
#define SKETCH_MOST 1024u
#define PROBES 32u
#define NUMBERS_MOST 24u
#define NAMES_MOST 48u

/* The facts of one kind: the lowest few of their hashes, sorted, each once. */
struct facts {
    uint32_t sum; /* over all of them: equal sums, equal facts */
    uint16_t count;
    uint16_t all; /* no fact was left out */
    uint16_t hash[NAMES_MOST];
};

struct signature {
    uint32_t words;
    uint32_t limit; /* values below it are complete */
    uint32_t count;
    uint32_t n_keys;
    uint32_t keys[PROBES];
    struct facts numbers, names;
    uint16_t values[SKETCH_MOST]; /* sorted, each once */
};

struct nearness {
    double jaccard;
    double first_in_second, second_in_first; /* containment */
    uint32_t least;                          /* the smaller number of values that it was counted on */
};

/* Hashes of the words that are facts without being capitalised or of digits: number words and negations. Made at open.
 */
struct fact_words {
    uint64_t hash[96];
    uint64_t filter[64]; /* a bit for the low bits of each hash: most words are told apart by one look */
    uint32_t count;
};

void fact_words_init(struct fact_words *words, const tm_host *host);

/* Bytes of scratch memory that signature_of needs for so many tokens. */
uint64_t signature_scratch(uint32_t n_tokens);
/* 0 where the text has no word. */
int signature_of(const tm_tokens *tokens, const struct fact_words *fact_words, uint32_t shingle, uint32_t sketch,
                 void *scratch, struct signature *out);

struct nearness signature_compare(const struct signature *first, const struct signature *second);

/* The relation of a later text to an earlier one that it is near to. */
#define RELATION_SAME 0u
#define RELATION_SHORTER 1u
#define RELATION_LONGER 2u
#define RELATION_UPDATE 3u
#define RELATIONS 4u

uint32_t signature_relation(const struct signature *later, const struct signature *earlier,
                            const struct nearness *near);
/* Whether a has a number (1) or a capitalised word or negation (2) that b lacks, as far as both are known. */
uint32_t signature_news(const struct signature *a, const struct signature *b);

/* Compact bytes of a signature without its keys, and back. The buffer has room for SIGNATURE_BYTES_MOST; unpack returns
 * 0 where the bytes are none. */
#define SIGNATURE_BYTES_MOST (SKETCH_MOST * 4 + (NUMBERS_MOST + NAMES_MOST) * 2 + 64)
uint32_t signature_pack(const struct signature *s, uint8_t *out);
int signature_unpack(const uint8_t *bytes, uint32_t len, struct signature *out);

#endif
