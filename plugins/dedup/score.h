/* score.h: how far a stretch of words merely repeats the body of its document, and what in it does not.
 *
 * The body is indexed by word; a stretch is compared with the few sentences that cover most of it. Measures, each of
 * words weighted by their rarity in the document:
 *   coverage   weight of the stretch's words that stand in the best two or three sentences (containment, so that length
 *              of the sentences does not matter)
 *   order      whether neighbouring words of the stretch stand as near and in the same order there
 *   runs       share of its runs of three words that stand there word by word
 *   uncovered  share of its content words that the evidence lacks
 *   numbers, names, negations that the evidence lacks: facts of its own
 * The score is one logistic function of these. Work is linear: rare words find the sentences, and no stretch looks at
 * more than a fixed number of places.
 */
#ifndef DEDUP_SCORE_H
#define DEDUP_SCORE_H

#include "words.h"

#define EVIDENCE_MOST 3u
#define STRETCH_MOST 192u /* words of a stretch that are compared */
#define STRETCH_LEAST 3u

#define NEW_NUMBER 1u
#define NEW_NAME 2u
#define NEW_NEGATION 4u
#define NEW_WORDS 8u  /* half of what it says or more */
#define NEW_PLACE 16u /* a name or number of the body where the evidence has another one */
#define NEW_ORDER 32u /* little of it stands there, and that in no order */

struct judgement {
    double score; /* 0..1, higher = more of a repetition */
    double coverage, order, runs, uncovered;
    uint32_t numbers, names, negations; /* that the evidence lacks */
    uint32_t new_numbers, new_names;    /* and the whole body too */
    uint32_t vetoes;                    /* NEW_... */
    uint32_t swaps;                     /* names and numbers in the place of others */
    uint32_t number_word, name_word, negation_word,
        swap_word;      /* the first of them, + 1; 0: none in the stretch itself */
    uint32_t content;   /* content words */
    uint32_t new_words; /* of these, those that the body has nowhere */
    uint32_t is_whole;  /* it is, word by word, one sentence of the body */
    uint32_t n_evidence;
    uint32_t evidence[EVIDENCE_MOST]; /* units, best first */
};

struct body;

/* An index over the units of blocks with in_body set; block_gone may change between calls of body_judge: units of
 * blocks that are gone are no evidence. */
struct body *body_index(struct words *words, const uint8_t *in_body, const uint8_t *block_gone, const tm_host *host,
                        tm_doc *doc);
/* Judges the words [first, end), never by units of the blocks [skip_first, skip_end); context is added to the logit. 0
 * where there is too little or too much to judge. */
int body_judge(struct body *body, uint32_t first, uint32_t end, uint32_t skip_first, uint32_t skip_end, double context,
               struct judgement *out);

/* The score again under another context. */
void body_recombine(struct judgement *g, double context);

#endif
