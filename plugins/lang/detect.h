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

/* Writes the code, or "" where it cannot be told. Looks at the first few thousand bytes. Any thread. */
void detect(const struct detector *d, tm_str text, char out_code[4]);

#endif
