/* layers_parts.h: what the files of the layers share: the columns, and one function a step.
 *
 *   layers_lines.c      lines, and where their text begins and ends
 *   layers_marks.c      which lines begin with a list mark
 *   layers_wrap.c       whether, and at which column, lines were wrapped; layers_wrap_ends.c which of them go on
 *   layers_blocks.c     blocks of lines
 *   layers_sentences.c  tokens to sentences; layers_abbreviations.c the words that a point does not end
 *   layers_splice.c     new columns out of old ones
 *   layers.c            who is built when; the columns by number
 */
#ifndef TM_DOC_LAYERS_PARTS_H
#define TM_DOC_LAYERS_PARTS_H

#include "layers.h"
#include "token_scan.h"

#define MARK_NUMBERED 0x80000000u /* in line_mark: the mark is a number or letter */

struct layers {
    struct arena *arena;
    const char *text;
    uint32_t len;
    int has_blocks, has_tokens;
    int by_sentence; /* the text has but one line: its blocks are its sentences */

    uint32_t n_lines, lines_room;
    uint32_t *line_start, *line_length, *line_full, *line_block;
    /* first and last byte of a line's text, white space left out; equal for a blank line */
    uint32_t *line_from, *line_to;
    uint32_t *line_mark;    /* length of its list mark, | MARK_NUMBERED */
    uint8_t *line_may_mark; /* whether it may begin with one, as it stands alone */
    uint32_t n_filled;      /* lines that are not blank */
    struct look *looks;     /* layers_wrap.h: what wrapping saw of each line; NULL: it is not kept */

    uint32_t n_blocks;
    uint32_t *block_start, *block_length, *block_flags, *block_line, *block_lines, *block_sentence, *block_mark;

    struct token_sink tokens;
    uint32_t *token_sentence, *token_line;

    uint32_t n_sentences, sentence_room;
    uint32_t *sentence_start, *sentence_length, *sentence_block, *sentence_token;
};

void layers_find_lines(struct layers *l);
/* The same out of the lines of the old text. */
void layers_splice_lines(struct layers *now, const struct layers *old, const struct layer_change *changes, size_t n);
/* Whether a list mark may stand at p; most lines are done with by this. */
int layers_may_mark(const uint8_t *p, const uint8_t *end);
void layers_find_marks(struct layers *l);
/* 1 for each line that goes on with the one before it; NULL where no line does. */
const uint8_t *layers_find_wraps(struct layers *l);
void layers_find_blocks(struct layers *l);
/* Flags TM_BLOCK_ENDS_SENTENCE for text[from, to). */
uint32_t layers_end_flag(const struct layers *l, uint32_t from, uint32_t to);
/* Tokens and sentences of all blocks; in a text of one line it makes the blocks too. */
void layers_find_tokens(struct layers *l);

/* Gives l->tokens room for about `bytes` of text. */
void layers_open_tokens(struct layers *l, uint32_t bytes);
/* Appends one sentence that begins at a token. */
void layers_add_sentence(struct layers *l, uint32_t block, uint32_t token);
/* Appends the tokens and sentences of one block. */
void layers_read_block(struct layers *l, uint32_t block);
/* Fills what counts from elsewhere: token_sentence, sentence ends. */
void layers_finish_tokens(struct layers *l);
/* token_line, which few ask for. */
void layers_find_token_lines(struct layers *l);
void layers_build_blocks(struct layers *l);
void layers_build_tokens(struct layers *l);

/* What a point behind a word means: 0, or ABBREVIATION_... */
#define ABBREVIATION_TITLE 1u  /* a name follows: Mr. */
#define ABBREVIATION_NUMBER 2u /* a number follows: No. */
#define ABBREVIATION_WORD 3u   /* may end a sentence, too: Inc. */
#define ABBREVIATION_NEVER 4u  /* e.g. */
#define ABBREVIATION_PLACE 5u  /* behind a comma: Dekalb, Ill. */
uint32_t abbreviation_kind(const char *word, uint32_t len);
/* Whether one of the words stands here that follow a number with a point in German ("3. Mai", "1. FC"). */
int abbreviation_is_month(const char *word, size_t left);

static inline int line_is_blank(const struct layers *l, uint32_t line) {
    return l->line_from[line] == l->line_to[line];
}

#endif
