/* tones.h: the tone of each token of a document by the news lexicon, and of sentences and places made of it. What
 * news.c and targets.c share.
 */
#ifndef SENTIMENT_TONES_H
#define SENTIMENT_TONES_H

#include <table.h>
#include <textmill/plugin.h>

/* What a word is in its sentence; the column "roles" of data/news.tsv. make_news_lexicon.py has the words. */
#define ROLE_BOOSTER (1 << 0)
#define ROLE_NEGATOR (1 << 1)
#define ROLE_UP (1 << 2)
#define ROLE_DOWN (1 << 3)
#define ROLE_BAD_NOUN (1 << 4) /* its growth is bad */
#define ROLE_MARKET (1 << 5)
#define ROLE_CONTRAST (1 << 6)
#define ROLE_SPEECH (1 << 7)
#define ROLE_ACT (1 << 8) /* what one does to another: its tone goes to the object */
#define ROLE_BE (1 << 9)
#define ROLE_PARTICIPLE (1 << 10) /* of an act */
#define ROLE_BY (1 << 11)
#define ROLE_LESSENER (1 << 12) /* a booster that lessens */
#define ROLE_UNSURE (1 << 13)   /* would, could, if */
#define ROLE_AGAINST (1 << 14)
#define ROLE_PREPOSITION (1 << 15)
#define ROLE_SILENCED (1 << 30) /* not of the lexicon: a bad noun whose fall has been counted */

#define TONES_POSITIVE_SHARE 0.85 /* good words are lighter than bad ones */

struct lexicon;

/* What the lexicon says of a phrase. */
struct news_word {
    float valence;
    int32_t roles;
};

struct news_lexicon {
    struct table table;
    struct news_word *words;    /* of the phrase that ends with step n of the table's phrases: number n */
    struct phrase_builder *own; /* the user's words, NULL where there are none; they win over the table's */
    struct phrase_view own_phrases;
    float *own_valence;
};

/* Of a table that is open: 0, or -1 with one line in error. */
int news_lexicon_init(struct news_lexicon *l, char *error, uint64_t room);
/* Takes over the valences of another lexicon. -1: no memory. */
int news_lexicon_add(struct news_lexicon *l, const struct lexicon *words, const tm_host *host);
void news_lexicon_close(struct news_lexicon *l);

/* A token that may have a tone: its phrase has a valence, or moves. */
struct hit {
    uint32_t token;
    float valence;
};

/* Tokens with what the lexicon says of them, in memory of the document. tone is 0 for most. */
struct tones {
    tm_tokens tokens;
    tm_sentences sentences;
    float *tone;
    int32_t *roles;
    struct hit *hits;
    /* Of each sentence: its score in (-1, 1), its first hit (and behind the last sentence the end), all roles in it. */
    double *score;
    uint32_t *first_hit;
    int32_t *sentence_roles;
};
/* Of the document, and of a headline that does not stand in it. */
void tones_make(struct tones *t, const struct news_lexicon *lexicon, const tm_host *host, tm_doc *doc);
void tones_of_title(struct tones *t, const struct news_lexicon *l, const tm_host *host, tm_doc *doc, tm_str title);

/* The rules that may have changed a word's valence, a bit each, and their names. */
#define TONES_MOVED (1u << 0)
#define TONES_BOOSTED (1u << 1)
#define TONES_NEGATED (1u << 2)
#define TONES_UNSURE (1u << 3)
#define TONES_ASKED (1u << 4)
#define TONES_SCARE_QUOTED (1u << 5)
#define TONES_BEFORE_BUT (1u << 6)
#define TONES_RULE_NAMES                                                                                               \
    { "movement", "booster", "negation", "unsure", "question", "scare_quotes", "before_but" }

/* For who asks why: those that changed the tone of token i; the phrase that stands there, its tokens and valence. */
uint32_t tones_rules(const struct tones *t, uint32_t i, float valence, tm_str text);
void tones_look_up(const struct tones *t, const struct news_lexicon *l, uint32_t i, uint32_t *out_tokens,
                   float *out_valence);

/* A raw score as it is written: what is weak shrinks, so that 0.05 parts neutral from not. */
double tones_calm(double score);

#endif
