/* taxonomy.h: topics and the words that speak for them. The source is text:
 *
 *     = ID  NAME  ID of its top term     begins a topic (parted by tabs); without the third, or with its own id, a top
 * term WEIGHT  phrase; phrase; ...        what speaks for it
 *
 * It is compiled into a table, at build time for the taxonomy that comes with textmill (compile_taxonomy.c), in memory
 * for the user's own.
 */
#ifndef TOPICS_TAXONOMY_H
#define TOPICS_TAXONOMY_H

#include <compile.h>

#define TOPICS_MOST 4096u

struct topic {
    tm_str id, name;
    uint32_t top; /* number of its top term; its own for a top term */
    float factor;
    tm_str json; /* its object up to the score, as it is written; empty where a name needs an escape */
};

/* What a phrase adds to a topic's sum, the topic's factor counted in. */
struct addition {
    uint32_t topic;
    float weight;
};

#define TAXONOMY_WORTHS 64u
#define TAXONOMY_TOGETHER 2u /* most phrases have one or two additions, which could not be foretold */

struct taxonomy {
    struct table table;
    /* Of phrase p, whose values begin at 2 p or 2 p + 1 of the table's: additions first[p] up to first[p + 1], so many
     * that they can be taken TAXONOMY_TOGETHER: the last may add nothing to a topic that there is not. */
    struct addition *additions;
    uint32_t *first;
    uint32_t n_phrases;
    struct topic *topics;
    uint32_t *tops; /* numbers of the top terms */
    char *json;     /* the topics' */
    uint32_t n_topics, n_tops;
    float worth[TAXONOMY_WORTHS]; /* of a phrase that stands so many times */
};

/* A compiler for taxonomies, and one source into it: 0, or -1 with one line "file:line: message". *topics counts those
 * of all sources, from 0. */
struct compile *taxonomy_compiler(const tm_host *host);
int taxonomy_compile(struct compile *c, const char *file, tm_str text, uint32_t *topics, char *error, uint64_t room);

/* Opens compiled bytes, which stay where they are; what is made of them is allocated. */
int taxonomy_open(struct taxonomy *t, tm_str bytes, uint32_t text_version, char *error, uint64_t room);
void taxonomy_close(struct taxonomy *t);

#endif
