/* judge.h: which blocks go. The rules of the files see one block and its place; the functions below see its neighbours
 * and the document. Each marks blocks (kind, rule) and returns how many. */
#ifndef CLEAN_JUDGE_H
#define CLEAN_JUDGE_H

#include "page.h"
#include "rule_clock.h"

#define KIND_BOILERPLATE TM_STR("boilerplate")
#define KIND_RELATED TM_STR("related_links")
#define KIND_CAPTION TM_STR("caption_credit")
#define KIND_TAGS TM_STR("tag_list")
#define KIND_TIME TM_STR("timestamp")
#define KIND_BYLINE TM_STR("byline")
#define KIND_HEAD TM_STR("section_marker")
#define KIND_TITLE TM_STR("duplicate_title")
#define KIND_CITATION TM_STR("citation")

struct judge {
    struct page *page;
    const struct ruleset *rules;
    const struct known_lists *lists;
    int aggressive;
    int numbered;                                              /* sources are cited by numbers */
    int (*allowed)(const void *ctx, tm_str rule, tm_str kind); /* options may switch rules and kinds off */
    const void *ctx;
    struct rule_clock clock;
    uint64_t *rule_ns;  /* where the clock is asked for: of each rule of the files, by its number */
    uint64_t *rules_ns; /* of all of them */
};

/* Ends a stretch of time that rule number `rule` of the files took. */
static inline void judge_timed(const struct judge *j, uint32_t rule, uint64_t since) {
    if (!j->clock.times)
        return;
    uint64_t ns = rule_clock_now(&j->clock) - since;
    j->rule_ns[rule] += ns;
    *j->rules_ns += ns;
}

/* Everything, in order, until nothing changes. */
void judge_all(struct judge *j);

/* --- what the parts share --- */
/* Marks a block; 0 where it was marked already, shares its line, is the headline, or the option says no. */
uint32_t judge_cut(struct judge *j, uint32_t i, tm_str kind, tm_str rule);
/* The next or previous block with words, from i on; count where there is none. */
uint32_t next_block(const struct page *p, uint32_t i);
uint32_t previous_block(const struct page *p, uint32_t i);
/* The same among those that stay. */
uint32_t next_kept(const struct page *p, uint32_t i);
uint32_t previous_kept(const struct page *p, uint32_t i);
/* Whether block i is nothing but phrases of these lists, filler and numbers. */
int block_is(const struct judge *j, const struct block *b, uint64_t lists);
/* Before all prose; behind it. */
static inline int is_top(const struct page *p, uint32_t i) {
    return p->n_prose > 0 && i < p->first_prose;
}
static inline int is_tail(const struct page *p, uint32_t i) {
    return p->n_prose > 0 && i > p->last_prose;
}
/* Whether the two words that a block begins with stand in an earlier line, one behind the other. */
int names_same(const struct page *p, const struct block *line, const struct block *b);
/* A line that could be the title of another article. */
int is_title_like(const struct block *b);
static inline int text_is(tm_str a, tm_str b) {
    return a.len == b.len && __builtin_memcmp(a.data, b.data, b.len) == 0;
}

static inline int kind_is(const struct block *b, tm_str kind) {
    return b->cut && text_is(b->cut->kind, kind);
}

static inline int rule_is(const struct block *b, tm_str rule) {
    return b->cut && text_is(b->cut->rule, rule);
}

static inline int block_is_junk(const struct block *b) {
    return (b->junk & G_JUNK) != 0;
}
static inline int block_is_dense(const struct block *b) {
    return (b->junk & G_DENSE) != 0;
}

/* What a block by itself tells each part: the A_... bit, or 0. */
uint32_t asks_byline(const struct judge *j, const struct block *b);
uint32_t asks_caption(const struct judge *j, const struct block *b);
uint32_t asks_related(const struct judge *j, const struct block *b);
uint32_t asks_foot(const struct judge *j, const struct block *b);

/* --- apply.c --- */
uint32_t apply_rules(struct judge *j);
/* --- head.c --- */
void read_wanted(struct page *p);
void find_title(struct judge *j);
uint32_t cut_before_title(struct judge *j);
uint32_t cut_bylines(struct judge *j);
uint32_t cut_repeated_titles(struct judge *j);
/* --- captions.c --- */
uint32_t cut_captions(struct judge *j);
/* Whether the last sentence is a name and nothing else: what stands before it is a caption. */
int ends_with_name(const struct page *p, const struct block *b);
/* Where the credit at the end of a block that stays begins (a token), TM_NONE where there is none. */
uint32_t glued_credit(const struct judge *j, struct block *b);
/* --- related.c --- */
uint32_t cut_related(struct judge *j);
uint32_t cut_tags(struct judge *j);
uint32_t cut_references(struct judge *j);
uint32_t cut_tail(struct judge *j);
uint32_t cut_tickers(struct judge *j);
uint32_t cut_islands(struct judge *j);
uint32_t cut_amid_junk(struct judge *j);
void count_repeats(struct page *p);
uint32_t cut_repeated(struct judge *j);
uint32_t cut_empty_heads(struct judge *j);
/* --- foot.c --- */
uint32_t cut_about(struct judge *j);
uint32_t cut_quotes(struct judge *j);
/* --- region.c --- */
uint32_t cut_outside(struct judge *j);

#endif
