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
};

/* What one value of a phrase says; in the order of the table's values, a count before those of each phrase. */
union saying {
    uint32_t count;
    struct {
        uint16_t topic, top;
        float weight;
    } of;
};

struct taxonomy {
    struct table table;
    const int32_t *topic; /* of a row with a phrase: the number of its topic */
    const float *weight;
    union saying *sayings;
    struct topic *topics;
    uint32_t n_topics;
};

/* A compiler for taxonomies, and one source into it: 0, or -1 with one line "file:line: message". */
struct compile *taxonomy_compiler(const tm_host *host);
int taxonomy_compile(struct compile *c, const char *file, tm_str text, char *error, uint64_t room);

/* Opens compiled bytes; topics is allocated, the rest stands in the bytes. */
int taxonomy_open(struct taxonomy *t, tm_str bytes, uint32_t text_version, char *error, uint64_t room);
void taxonomy_close(struct taxonomy *t);

#endif
