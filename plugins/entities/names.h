/* names.h: the work on one document: its tokens, the runs of capitals in it, and the names that are found. All memory
 * is the caller's arena; nothing outlives the document.
 */
#ifndef ENTITIES_NAMES_H
#define ENTITIES_NAMES_H

#include "gazetteer.h"
#include "user.h"

#include <textmill/host.h>

/* Types of names. GPE and PLACE are told apart when a name is done; rules know one kind of place. */
enum type { T_NONE, T_PERSON, T_ORG, T_GPE, T_LOC, T_EVENT, T_MISC, TYPES };

/* Why a name is one; rule_names (score.c) has their texts. */
enum rule {
    R_NONE,
    R_GAZETTEER,
    R_USER,
    R_GIVEN_NAME,
    R_FAMILY_NAME,
    R_TWO_CAPITALS,
    R_HONORIFIC,
    R_TITLE,
    R_ROLE,
    R_SPEAKS,
    R_AGE,
    R_HEAD_WORD,
    R_FIRST_WORD,
    R_COMPANY_FORM,
    R_ACRONYM,
    R_BRACKETS,
    R_PREPOSITION,
    R_PLACE_COMMA,
    R_DEMONYM,
    R_MEMORY,
    R_SURNAME,
    R_TABLE,
    R_CONTEXT,
    RULES
};
extern const char *const rule_names[RULES];
extern const char *const type_names[TYPES];

/* How a block is written. */
#define CASE_PLAIN 0u
#define CASE_TITLE 1u /* Every Word Has A Capital */
#define CASE_UPPER 2u /* ALL CAPITALS */
#define CASE_LOWER 3u /* a name in small letters, whole */
#define CASE_USER 4u  /* a run that is a name of the user's gazetteer, whole */

#define CHUNK_TOKENS 24u  /* of one run of capitals */
#define NAME_TOKENS 9u    /* of one name (of the user's, as many as its entry has) */
#define LOWER_WORDS 1024u /* at most, of 64 bits each */

struct chunk {
    uint32_t first;
    uint8_t count, mode, n_names; /* of the first pass */
};

struct name {
    uint32_t first; /* its tokens */
    uint8_t count, type, rule;
    uint32_t row;   /* of the gazetteer, or TM_NONE */
    int32_t score;  /* in hundredths of a point */
    uint64_t key;   /* of its token hashes */
    uint32_t group; /* set by group.c */
};

struct memory;
struct seen;

struct work {
    const tm_host *host;
    tm_doc *doc;
    const struct gazetteer *gazetteer;
    const struct user_gazetteer *user; /* or NULL */
    tm_tokens t;
    const char *text;
    uint32_t text_len;
    struct chunk *chunks;
    uint32_t n_chunks, room_chunks;
    struct name *names;
    uint32_t n_names, room_names;
    struct memory *memory; /* NULL in the first pass */
    uint64_t *lower;       /* a filter of the words that stand in lower case, LOWER_WORDS of it */
    struct seen *seen;     /* of the thread */
    void *(*alloc)(void *arena, uint64_t bytes);
    void *arena;
};

/* chunks.c: finds the runs of capitals. */
void chunks_find(struct work *w, const tm_sentences *sentences);
/* parse.c: names of all chunks into w->names, from nothing. */
void names_parse(struct work *w);
/* The same with the memory of the first pass; only runs that it can change are parsed again. */
void names_parse_again(struct work *w);
/* One name more, as sure as a gazetteer's. */
void add_name(struct work *w, uint32_t first, uint32_t count, uint32_t type, uint32_t rule, uint32_t row);
/* abroad.c: only what stands in a gazetteer, for languages in which a capital says nothing. */
void names_from_gazetteers(struct work *w);
/* A name in small letters that begins at token i, for sentences that do without capitals: its number of tokens, or 0.
 */
uint32_t name_in_small_letters(const struct work *w, uint32_t i, uint32_t end, uint32_t *out_type, uint32_t *out_row);
/* The key of a name's tokens, and how it is made step by step. */
#define NAME_KEY_SEED 0x51ed270bu

static inline uint64_t name_key_step(uint64_t key, uint64_t hash) {
    return (key ^ hash) * 0x9fb21c651e98df25u;
}

static inline uint64_t name_key_end(uint64_t key) {
    return key ^ key >> 31;
}

uint64_t name_key(const struct work *w, uint32_t first, uint32_t count);
/* How many tokens the last word of a name has, what hyphens join counted whole. */
uint32_t name_tail(const struct work *w, uint32_t first, uint32_t count);

/* The bit of a word in the filter; a word's hash alone is not even enough in all of its bits. */
static inline uint64_t lower_bit(uint64_t hash) {
    return hash * 0x9e3779b97f4a7c15u >> 48;
}
_Static_assert(LOWER_WORDS * 64 == 1 << 16, "16 bits tell a bit of the filter");

static inline int was_lower(const struct work *w, uint64_t hash) {
    uint64_t bit = lower_bit(hash);
    return (int)(w->lower[bit >> 6] >> (bit & 63) & 1);
}

static inline void note_lower(struct work *w, uint64_t hash, uint64_t is_lower) {
    uint64_t bit = lower_bit(hash);
    w->lower[bit >> 6] |= is_lower << (bit & 63);
}

#endif
