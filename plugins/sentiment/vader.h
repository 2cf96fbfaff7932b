/* vader.h: the sentiment of a text exactly as the Python vaderSentiment gives it. A function of its text and lexicon;
 * knows nothing of documents, layers or stages.
 */
#ifndef SENTIMENT_VADER_H
#define SENTIMENT_VADER_H

#include "emoji.h"
#include "lexicon.h"
#include "words.h"

struct vader_result {
    double compound, pos, neu, neg; /* not rounded */
    uint32_t words;
    uint32_t scored; /* so many of work->scores; work->words.rated says of which words */
};

/* Memory that one thread's calls share; begin with zeros, end with vader_work_free. */
struct vader_work {
    struct vader_words words;
    double *scores;
    char *text;
    void *heap;
    uint64_t scores_room, text_room, heap_room;
};
void vader_work_free(struct vader_work *w);

/* The text is followed by TM_PAD readable bytes. 0, or -1 where there is no memory. emoji may be NULL: they are words
 * then. Linear in the length of the text (n log n in the number of rated words where there is a "but"). */
int vader_score(const struct lexicon *lexicon, const struct emoji *emoji, tm_str text, struct vader_work *work,
                struct vader_result *out);

#endif
