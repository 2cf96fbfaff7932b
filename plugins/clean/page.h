/* page.h: a document as its blocks look to the rules: counts, flags, and which lists of words they have. Made once for
 * a document; the judgement then works on these structs alone. */
#ifndef CLEAN_PAGE_H
#define CLEAN_PAGE_H

#include "rules.h"
#include "words.h"

#include <textmill/plugin.h>

/* Flags of a block. */
#define B_ITEM (1u << 0)
#define B_CLOSED (1u << 1) /* ends like a sentence */
#define B_COLON (1u << 2)  /* ends with a colon */
#define B_URL (1u << 3)
#define B_EMAIL (1u << 4)
#define B_MENTION (1u << 5) /* @name */
#define B_BRACKETED (1u << 6)
#define B_NAMES (1u << 7) /* begins with a person's name */
#define B_GLUED (1u << 8) /* shares its line with another block */
#define B_AFTER_BLANK (1u << 9)
#define B_BEFORE_BLANK (1u << 10)
#define B_PROSE (1u << 11)       /* reads like running text */
#define B_NUMBER (1u << 12)      /* has a digit */
#define B_DATE (1u << 13)        /* is nothing but a date or time, with or without a label */
#define B_QUOTE (1u << 14)       /* begins with a quotation mark */
#define B_QUESTION (1u << 15)    /* ends with ? or ! */
#define B_NOTHING (1u << 16)     /* has no word at all */
#define B_LIST_LINE (1u << 17)   /* parts of a few words between bars, dots or bullets */
#define B_LOWER (1u << 18)       /* begins with a small letter */
#define B_NUMBERED (1u << 20)    /* a list item with a number or letter */
#define B_YOU (1u << 21)         /* speaks of you, me or us */
#define B_SHOUTS (1u << 22)      /* nothing but capitals */
#define B_INNER_COLON (1u << 23) /* a colon behind the first words */
#define B_TABLE (1u << 19)       /* cells between bars */

#define B_QUOTED (1u << 25)   /* has quotation marks */
#define B_HASHTAGS (1u << 26) /* nothing but #tags */
#define B_NUMBERS (1u << 27)  /* nothing but one to three numbers */
#define B_ARROW (1u << 28)    /* begins with an arrow */
#define B_COUNTER (1u << 29)  /* 3/12 */
#define B_CELL (1u << 30)     /* a cell of a table that comes one cell a line */
#define B_YEAR (1u << 31)     /* has a year */
#define B_TITLE (1u << 24)    /* the headline: never goes */

/* Lines of rules that may hold for a block. */
#define MAY_ROOM 6u
#define MAY_UNKNOWN 255u

/* What a block that goes tells of its neighbours. */
#define G_JUNK 1u  /* boilerplate, links or tags */
#define G_DENSE 2u /* such as a reader is meant to see: not a mere "Advertisement", which stands anywhere */
#define G_SURE 4u  /* and not junk for its neighbours' sake */

#define CREDIT_UNKNOWN 0xfffffffeu

/* What a block goes as. */
struct cut {
    tm_str kind, rule;
    tm_str why; /* the tests that held, of a rule of the files */
};

/* Which parts of the judgement look at a block: what it alone tells is asked once, not in each pass. */
#define A_RULES (1u << 0)        /* a line of the files may hold */
#define A_BYLINE (1u << 1)       /* has a date, a name or words of a byline */
#define A_CAPTION (1u << 2)      /* has words of credit, or no end mark */
#define A_OPEN_CAPTION (1u << 3) /* a long line without an end mark */
#define A_RELATED_HEAD (1u << 4) /* is a head of related articles */
#define A_TAG_HEAD (1u << 5)     /* is a head of tags */
#define A_TAG (1u << 6)          /* could be a tag */
#define A_ABOUT (1u << 7)        /* is the head of a company's words on itself */
#define A_QUOTES (1u << 8)       /* is the quote of a share */
#define A_AMID (1u << 9)         /* short, and no one is quoted */
#define A_NAMED (1u << 10)       /* no line of the files holds but behind a byline or the like */

struct block {
    uint32_t start, end;   /* bytes */
    uint32_t tok, tok_end; /* tokens, with the mark of an item */
    uint32_t first;        /* the first word */
    uint32_t last;         /* the last word */
    uint32_t name_end;     /* token behind the name that it begins with; 0: none */
    uint32_t words, caps, function, numbers, sentences, lines, dated;
    uint32_t first_sentence;
    uint16_t may[MAY_ROOM];
    uint8_t n_may;
    uint8_t junk;         /* gone as what: G_... */
    uint8_t repeated;     /* the same words stand in another short line: 0 no, 1 yes, 2 in several */
    uint32_t credit;      /* where a credit at its end begins, as captions.c found it */
    uint32_t credit_bare; /* it is only the name of a house */
    uint32_t match, match_end;
    uint32_t flags;
    uint32_t asks; /* A_... */
    uint64_t lists, begins, ends;
    uint64_t hash;   /* of its words; 0: see page_hash */
    struct cut *cut; /* NULL: it stays */
};

/* The lists that the code itself asks for, as bits; 0 where a list is not there. */
struct known_lists {
    uint64_t function, filler, act, object, share, nav, widget, related, relatedlabel, taghead, legal, credit, agency,
        byhead, relatedsure, you, media, said, contact, age, role, date, datelabel, counter, bio, emptyhead, summary,
        consenthead, updatehead, cited;
};

struct page {
    const tm_host *host;
    tm_doc *doc;
    tm_str text;
    tm_tokens tokens;
    tm_sentences sentences;
    tm_blocks layer;
    struct block *blocks;
    uint32_t count;
    struct match *matches;
    uint32_t n_matches;
    const struct words *sets; /* phrases of the lists */
    uint32_t n_sets;
    const struct known_lists *known;
    int english;                      /* the words of the lists can be expected */
    uint32_t first_prose, last_prose; /* count and 0 where there is none */
    uint32_t n_prose;
    uint32_t title;    /* block of the headline, TM_NONE */
    uint32_t junk;     /* blocks that go, as of the last page_bounds */
    uint32_t headings; /* whether there are any between paragraphs; TM_NONE: not looked yet */
    uint32_t gone, gone_seen;
    uint32_t dense;      /* blocks that went as G_DENSE */
    uint32_t asks;       /* of all blocks */
    uint32_t repeated;   /* blocks with `repeated` set */
    uint32_t title_seen; /* the title whose repeats went */
    uint64_t wanted;     /* hash of the words of the record's title; 0: it has none */
    uint32_t wanted_words;
    uint32_t first_mark; /* offset of the first [ */
    uint64_t lists;      /* of all blocks */
    uint32_t flags;      /* likewise */
    uint32_t n_numbers;  /* blocks of nothing but numbers */
    uint32_t n_sources;  /* with a year or an address */
    uint32_t n_marks;    /* that begin with [ */
    int repeats_counted; /* block.repeated is known */
};

/* What stands in the document; memory comes from its arena. */
void page_read(struct page *p, const tm_host *host, tm_doc *doc, const struct words *sets, uint32_t n_sets,
               const struct known_lists *known);

/* Marks the cells of tables that come as one cell a line: many bare numbers, nothing but short lines between them. */
void page_mark_cells(struct page *p);

/* The hash of a block's words, found when it is first asked for; of a long block, nobody's headline, 0. */
uint64_t page_hash(const struct page *p, struct block *b);

/* Of the words before it and one more. */
static inline uint64_t words_hash_add(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

/* Finds first and last prose anew, where blocks went since; a block that goes does not count. */
void page_bounds(struct page *p);

static inline int block_gone(const struct block *b) {
    return b->cut != NULL;
}

static inline int block_open(const struct block *b) {
    return (b->flags & B_CLOSED) == 0;
}

static inline tm_str token_text(const struct page *p, uint32_t t) {
    return (tm_str){p->text.data + p->tokens.start[t], p->tokens.length[t]};
}

#endif
