/* why.h: the words that make a score, strongest first, for who asks. */
#ifndef SENTIMENT_WHY_H
#define SENTIMENT_WHY_H

#include "model.h"

#define WHY_OF_TEXT 20u  /* words told of a text */
#define WHY_OF_TARGET 3u /* and of an entity or target */

/* The strongest of many, in order; begin with n 0. */
struct strongest {
    uint32_t n, most; /* at most WHY_OF_TEXT */
    uint32_t index[WHY_OF_TEXT];
    double value[WHY_OF_TEXT];
};
void strongest_add(struct strongest *s, uint32_t index, double value);

/* Writes the member "why" of the news model's record: words and phrases with the lexicon's valence, the tone that rules
 * made of it, and these rules. */
void why_news(const struct sentiment *s, tm_writer *w, const struct tones *t, tm_doc *doc);
/* The same of a text that vader_score has just scored: words and what each added. */
void why_vader(const struct sentiment *s, tm_writer *w, const struct vader_work *work, const struct vader_result *r);
/* The JSON of words toward a target, by tokens; returns its length, less than WHY_ROOM. */
#define WHY_ROOM (WHY_OF_TARGET * 96u + 8u)
uint32_t why_json(char *out, const struct strongest *of, const struct tones *t);

#endif
