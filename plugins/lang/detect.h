/* detect.h: the language of a text, out of its little words and the statistical model. */
#ifndef TM_LANG_DETECT_H
#define TM_LANG_DETECT_H

#include "words.h"

struct detector {
    const struct words *words;
    words_tokenize tokenize;
    const tm_str *only; /* candidates; none: all */
    uint64_t n_only;
    uint32_t minimum; /* bytes of words below which nothing is guessed */
};

/* The language of a text and what it was told by. */
struct detected {
    char code[4];           /* "" where it cannot be told */
    const char *by;         /* "words", "model", "both"; "nothing" where the text is too short or a guess too weak */
    struct words_vote vote; /* of the little words that were looked at */
    int sure;               /* whether the model was, where it was asked */
};

/* Looks at the first few thousand bytes. Any thread. */
void detect(const struct detector *d, tm_str text, struct detected *out);

#endif
