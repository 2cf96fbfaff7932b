/* model.h: what the sentiment stage shares between its models. */
#ifndef SENTIMENT_MODEL_H
#define SENTIMENT_MODEL_H

#include "tones.h"
#include "vader.h"

#include <textmill/plugin.h>

enum { MODEL_NEWS, MODEL_VADER };

struct sentiment_config {
    int32_t model;     /* MODEL_ */
    int32_t sentences; /* report every sentence */
    int32_t why;       /* report the words that made a score */
    tm_str lexicon;    /* the user's file, or empty */
    double neutral;    /* |score| below: neutral */
    tm_field field;
};

#define FADING_REACH 80   /* tokens to either side of a target that count */
#define FADING_BORDERS 16 /* from here on nothing is left of a tone */
#define FADING_NAMES 32

/* What is left of a tone, by the tokens, clause borders and names between it and its target. */
struct fading {
    double by_token[FADING_REACH + 1], by_border[FADING_BORDERS + 1], by_name[FADING_NAMES + 1];
};
void fading_init(struct fading *f);

struct sentiment {
    const tm_host *host;
    struct sentiment_config config;
    struct lexicon *lexicon;
    struct emoji *emoji;
    struct news_lexicon news;
    struct fading fading;
};

struct sentiment_thread {
    struct vader_work work;
};

/* Scores the document and writes its fields. */
int32_t sentiment_vader(const struct sentiment *s, struct sentiment_thread *t, tm_doc *doc);
int32_t sentiment_news(const struct sentiment *s, struct sentiment_thread *t, tm_doc *doc);

/* The news model's tones toward the entities that an earlier stage found, and toward the record's targets. */
void sentiment_entities(const struct sentiment *s, const struct tones *t, tm_doc *doc);
void sentiment_targets(const struct sentiment *s, const struct tones *t, tm_doc *doc);

/* A share or score, rounded to so many decimals as printf rounds (the binary value, half to even). */
double sentiment_round(double x, int decimals);
const char *sentiment_label(double score, double neutral);

#endif
