/* keywords.h: the phrases that a document is about, by its own statistics (after RAKE: runs of words between stop words
 * and marks, scored by how often and in what company their words stand). Knows no taxonomy.
 */
#ifndef TOPICS_KEYWORDS_H
#define TOPICS_KEYWORDS_H

#include <table.h>

#include <textmill/host.h>

struct keyword {
    tm_span span; /* where it stands first */
    float score;
    uint32_t count;
};

/* The words between which keywords stand; freed by phrase_builder_free. */
struct phrase_builder *keywords_stop_words(const tm_host *h, struct phrase_view *out_view);
/* The best `most` of them, best first, none inside another; returns their number. */
uint32_t keywords_find(const tm_host *h, tm_doc *doc, const struct phrase_view *stop_words, uint32_t most,
                       struct keyword *out);

#endif
