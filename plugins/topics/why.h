/* why.h: the terms that spoke for a topic, and where they stand, for who asks. */
#ifndef TOPICS_WHY_H
#define TOPICS_WHY_H

#include "evidence.h"

/* A phrase of the taxonomy as it stands in the text, or in another field of the record. */
struct why_place {
    uint32_t phrase;
    uint32_t start; /* in the text; TM_NONE elsewhere */
    tm_str text;
    const char *from; /* the field; NULL: the text */
};

/* What one document's why is made of, in its memory. */
struct why {
    const tm_host *host;
    tm_doc *doc;
    struct why_place *places;
    uint32_t n, room;
    struct evidence_places found;
    tm_str text; /* the source at hand */
    const uint32_t *start, *length;
    const char *from;
};

void why_init(struct why *w, const tm_host *host, tm_doc *doc);
/* Begins a source of so many tokens; what evidence_add finds goes into the result. why_take keeps it. from: the field
 * that it is, or NULL for the text. */
struct evidence_places *why_source(struct why *w, tm_str text, const uint32_t *start, const uint32_t *length,
                                   uint32_t tokens, const char *from);
void why_take(struct why *w);
/* Writes the member "why" of a topic: the sum of its words, and those that add most to it. */
void why_write(const struct why *w, tm_writer *writer, const struct evidence *e, uint32_t topic);

#endif
