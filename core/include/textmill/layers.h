/* layers.h: the text of a document as blocks, lines, sentences and tokens.
 *
 * The layers are computed once, on first use, and shared by all stages. Each is a set of columns: arrays of equal
 * length, one element a block, line, sentence or token, in the order of the text. A stage asks for the columns that it
 * wants (tm_tokens_get and its sisters below do it for all of one layer); a pointer is good until the stage returns.
 * All offsets count bytes in the document's current text.
 *
 *   line      ends at LF, CR LF, a lone CR, U+0085, U+2028 or U+2029, or at the end of the text. start and length leave
 *             the line end out; `full` counts it in. Blank lines (nothing but white space, control and zero-width
 *             characters) are lines too. A line end at the end of the text begins no further line.
 *   block     a line, or several that were wrapped at a column; blank lines belong to none. Its start and length leave
 *             out the white space at both ends. Where the text has but one line that is not blank, that line is cut by
 *             sentence: each sentence is a block. A list item is a block, with the lines that were wrapped from it.
 *   sentence  never crosses a block; the sentences of a block hold all its tokens. The mark of a list item belongs to
 *             its first sentence and never ends one.
 *   token     never crosses a sentence or a line. White space, control characters, bytes that are no UTF-8, and format
 *             characters without a letter before them belong to none. The rule:
 *
 * THE TOKEN RULE, text version TM_TEXT_VERSION. Word boundaries of Unicode Standard Annex 29, tailored:
 *   1. One token each: a URL (letters and ://, or www.; without the punctuation at its end), an e-mail address, @name,
 *      #tag (letters, digits and _, one letter at least), a number with its separators (digits joined by . , : or an
 *      apostrophe: 1,234.56  9:30; 2023-12-20 is three numbers and two hyphens), an emoji sequence, an ideograph, a
 *      Hiragana letter; a run of Katakana; a run of letters of a script written without spaces (Thai, Lao, Khmer,
 *      Burmese); a run of other letters with digits, and _ between them (A4, 20th, snake_case). Marks and format
 *      characters (accents, soft hyphens, joiners) go with what they follow.
 *   2. Points: at least two groups of letters, each followed by a point, each of one letter or of an upper-case letter
 *      with one or two lower-case ones (U.S.  e.g.  a.m.  Ph.D.) are one token with the last point; so is one
 * upper-case letter with its point before a space or a hyphen and another upper-case letter (J. Smith), unless a word
 * stands there that begins sentences (The, But, He: a fixed list), and for I only behind a capitalised word. Elsewhere
 * a point between letters joins as UAX 29 says (example.com), but not between a lower-case letter and a capitalised
 *      word (said.He); and a point at the end is a token of its own (Mr .).
 *   3. Apostrophe (' U+2018 U+2019 U+02BC U+FF07): between letters it joins (don't, O'Brien), but a final 's (any case)
 *      is a token of its own, for every word and number: Russia 's, it 's; and so is the apostrophe after a final s
 *      (allies '), which may as well be a closing quotation mark: both flags are set.
 *   4. Hyphens and dashes are tokens of their own (Berlin - based). Every other punctuation or symbol character is a
 *      token of its own (a colon between letters, too), but a run of the same one of . - _ * = ~ # ! ? and of U+2014
 *      U+2026 U+3002 U+FF01 U+FF1F is one token.
 * What is a token depends on the text of its block alone: tokenize finds the same ones in it.
 *
 * FOLDING: simple case folding of Unicode; apostrophes (those above and U+201B) to ', hyphens U+2010 and U+2011 to -;
 * soft hyphen, zero-width and other format characters and variation selectors removed. A token's hash is that of its
 * folded bytes; equal text gives an equal hash in every process and on every machine for as long as the text version
 * stands. A compiled table of another version is refused.
 */
#ifndef TEXTMILL_LAYERS_H
#define TEXTMILL_LAYERS_H

#include "types.h"

#define TM_TEXT_VERSION 1u

/* Columns. All are uint32_t but TM_TOKEN_HASH (uint64_t). */
#define TM_TOKEN_START 1u
#define TM_TOKEN_LENGTH 2u
#define TM_TOKEN_HASH 3u
#define TM_TOKEN_SHAPE 4u    /* TM_SHAPE_... */
#define TM_TOKEN_SENTENCE 5u /* index of its sentence */
#define TM_TOKEN_LINE 6u     /* index of the line that it starts in */
#define TM_SENTENCE_START 16u
#define TM_SENTENCE_LENGTH 17u
#define TM_SENTENCE_BLOCK 18u
#define TM_SENTENCE_TOKEN 19u /* index of its first token; has one more element than the layer: the end of the last */
#define TM_BLOCK_START 32u
#define TM_BLOCK_LENGTH 33u
#define TM_BLOCK_FLAGS 34u    /* TM_BLOCK_IS_... */
#define TM_BLOCK_LINE 35u     /* index of its first line */
#define TM_BLOCK_LINES 36u    /* number of its lines; 0 never (a sentence of a one-line document counts its line) */
#define TM_BLOCK_SENTENCE 37u /* index of its first sentence; has one more element than the layer */
#define TM_BLOCK_MARK 38u     /* length of the list mark and the space behind it at its start, 0 where there is none */
#define TM_LINE_START 48u
#define TM_LINE_LENGTH 49u /* without the line end */
#define TM_LINE_FULL 50u   /* with the line end */
#define TM_LINE_BLOCK 51u  /* index of its block (its first, where it holds several); TM_NONE for a blank line */

#define TM_NONE 0xffffffffu

/* Shape of a token. */
#define TM_SHAPE_WORD (1u << 0)        /* has a letter, and is none of URL, e-mail, @name, #tag, emoji; 's too */
#define TM_SHAPE_NUMBER (1u << 1)      /* digits, with separators, and nothing else */
#define TM_SHAPE_DIGIT (1u << 2)       /* has a digit */
#define TM_SHAPE_PUNCT (1u << 3)       /* punctuation or symbol */
#define TM_SHAPE_FIRST_UPPER (1u << 4) /* first letter is upper or title case */
#define TM_SHAPE_ALL_UPPER (1u << 5)   /* at least two letters, all upper case */
#define TM_SHAPE_MIXED (1u << 6)       /* an upper-case letter after a lower-case one */
#define TM_SHAPE_SPACE (1u << 7)       /* white space or the start of a line before it */
#define TM_SHAPE_SENTENCE (1u << 8)    /* first token of its sentence */
#define TM_SHAPE_LINE (1u << 9)        /* first token of its line */
#define TM_SHAPE_URL (1u << 10)
#define TM_SHAPE_EMAIL (1u << 11)
#define TM_SHAPE_MENTION (1u << 12) /* @name */
#define TM_SHAPE_HASHTAG (1u << 13) /* #tag */
#define TM_SHAPE_EMOJI (1u << 14)
#define TM_SHAPE_IDEOGRAPH (1u << 15)
#define TM_SHAPE_POINTS (1u << 16) /* abbreviation with points */
#define TM_SHAPE_CLITIC (1u << 17) /* 's or ' split off a word */
#define TM_SHAPE_NON_ASCII (1u << 18)
#define TM_SHAPE_TERMINAL (1u << 19) /* . ! ? and their like in other scripts, ellipsis */
#define TM_SHAPE_COMMA (1u << 20)    /* comma, semicolon, colon and their like */
#define TM_SHAPE_OPEN (1u << 21)     /* opening bracket */
#define TM_SHAPE_CLOSE (1u << 22)    /* closing bracket */
#define TM_SHAPE_QUOTE (1u << 23)    /* quotation mark, either side */
#define TM_SHAPE_DASH (1u << 24)     /* hyphen or dash */
#define TM_SHAPE_LOWER (1u << 25)    /* first letter is lower case */

/* Flags of a block. */
#define TM_BLOCK_IS_ITEM (1u << 0)     /* begins with a list mark: a bullet of any kind, or a number with . or ) */
#define TM_BLOCK_IS_WRAPPED (1u << 1)  /* made of lines that were wrapped at a column */
#define TM_BLOCK_AFTER_BLANK (1u << 2) /* a blank line, or the start of the text, stands before it */
#define TM_BLOCK_BEFORE_BLANK (1u << 3)
#define TM_BLOCK_ENDS_SENTENCE (1u << 4) /* its last character is terminal, closing marks and footnotes apart */
#define TM_BLOCK_NUMBERED (1u << 5)      /* the list mark is a number or letter */

/* A layer whole, as tm_..._get in host.h fills it. Made in the plugin, so it can grow without the ABI. A token's line
 * is left out: few ask for it, and a column that nobody asks for is not built. */
typedef struct tm_tokens {
    uint32_t count;
    const uint32_t *start, *length, *shape, *sentence;
    const uint64_t *hash;
} tm_tokens;

typedef struct tm_sentences {
    uint32_t count;
    const uint32_t *start, *length, *block, *token;
} tm_sentences;

typedef struct tm_blocks {
    uint32_t count;
    const uint32_t *start, *length, *flags, *line, *lines, *sentence, *mark;
} tm_blocks;

typedef struct tm_lines {
    uint32_t count;
    const uint32_t *start, *length, *full, *block;
} tm_lines;

#endif
