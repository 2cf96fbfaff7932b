/* tones.h: the tone of each token of a document by the news lexicon, and of sentences and places made of it. What
 * news.c and targets.c share.
 */
#ifndef SENTIMENT_TONES_H
#define SENTIMENT_TONES_H

#include <table.h>
#include <textmill/plugin.h>

#define ROLE_BOOSTER 1
#define ROLE_NEGATOR 2
#define ROLE_UP 4
#define ROLE_DOWN 8
#define ROLE_BAD_NOUN 16
#define ROLE_MARKET 32
#define ROLE_CONTRAST 64
#define ROLE_SPEECH 128

struct news_lexicon {
    struct table table;
    const float *valence, *boost;
    const int32_t *roles;
};

/* 0, or -1 with one line in error. */
int news_lexicon_open(struct news_lexicon *l, tm_str bytes, uint32_t text_version, char *error, uint64_t room);

/* The document's tokens with what the lexicon says of them, in memory of the document. tone is 0 for most. */
struct tones {
    tm_tokens tokens;
    tm_sentences sentences;
    float *tone;
    int32_t *roles;
};
void tones_make(struct tones *t, const struct news_lexicon *lexicon, const tm_host *host, tm_doc *doc);

/* The score of sentence i, in (-1, 1). */
double tones_sentence(const struct tones *t, uint32_t i);
/* A sum of tones to a score. */
double tones_score(double positive, double negative);

/* The tone toward the tokens [first, last] of one sentence: near tones count more, each clause border less. */
double tones_toward(const struct tones *t, uint32_t first, uint32_t last);
/* Token that covers byte `at` or is the first behind it; tokens.count where none is. */
uint32_t tones_token_at(const struct tones *t, uint32_t at);

#endif
