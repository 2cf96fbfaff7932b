/* items.c: see items.h. */
#include "items.h"

#include <string.h>

#define PROSE_WORDS 18u     /* a block of so many words is a paragraph of the body */
#define ITEM_LEAST_WORDS 5u /* shorter items without a head say too little to be called a repetition */
#define ITEM_LEAST_CONTENT 4u
#define TOP_LEAST_CONTENT 3u
#define SUMMARY_LEAST_CONTENT 2u
#define PARAGRAPH_LEAST_BYTES 72u
#define UNMARKED_MOST_WORDS 60u
#define UNMARKED_MOST 8u
#define HEAD_MOST_WORDS_LINE 10u

#define NEAR_PROSE 3u
#define LABEL_MOST_WORDS 4u
#define SECTION_MOST 32u

/* What the surroundings of an item add to its logit. */
#define CONTEXT_LONE (-2.45) /* nothing tells what the list is */
#define CONTEXT_DECK (-1.9)  /* it is a line before or behind the body */
#define CONTEXT_SUMMARY 1.6  /* a head says that it sums up */
#define CONTEXT_TOP 1.9      /* it is a list before the body */
#define CONTEXT_NEAR 0.5     /* few paragraphs stand before it, many behind */
#define CONTEXT_WHOLE 0.5    /* it is, word by word, a sentence of a paragraph */
#define CONTEXT_COLON (-3.9) /* a sentence announces it: it is part of the body */
#define CONTEXT_MOST 2.8
#define CONTEXT_AGREE 2.0 /* times the share of its neighbours that repeat the body */
#define CONTEXT_SHORT (-1.0)

/* Lines without marks below the head of a summary become items: to the first that is as long as a paragraph or a head
 * itself, UNMARKED_MOST at most. Where a list with marks follows, only that list belongs to the head. */
static void mark_unmarked(struct layout *l) {
    for (uint32_t head = 0; head < l->blocks.count; head++) {
        if (!(l->marks[head] & BLOCK_HEAD) || head + 1 == l->blocks.count || l->marks[head + 1] & BLOCK_ITEM)
            continue;
        uint32_t most = head + UNMARKED_MOST;
        /* What stands after a blank line is below the head only where the first line did too. */
        int blank = (l->blocks.flags[head + 1] & TM_BLOCK_AFTER_BLANK) != 0;
        for (uint32_t block = head + 1; block < l->blocks.count && block <= most; block++) {
            if (l->marks[block] & (BLOCK_ITEM | BLOCK_HEAD) || l->words[block] < ITEM_LEAST_WORDS ||
                l->words[block] > UNMARKED_MOST_WORDS || block == l->title)
                break;
            if (block > head + 1 && !blank && l->blocks.flags[block] & TM_BLOCK_AFTER_BLANK)
                break;
            l->marks[block] |= BLOCK_LINE;
            l->n_marks++;
        }
    }
}

static int ends_with_colon(const struct layout *l, uint32_t block) {
    uint32_t end = l->blocks.start[block] + l->blocks.length[block];
    const char *s = l->text.data;
    return (end > 0 && s[end - 1] == ':') || (end > 2 && memcmp(s + end - 3, "\xef\xbc\x9a", 3) == 0);
}

static int looks_like_head(const struct layout *l, uint32_t block) {
    return l->words[block] > 0 && l->words[block] <= HEAD_MOST_WORDS_LINE &&
           (!(l->blocks.flags[block] & TM_BLOCK_ENDS_SENTENCE) || ends_with_colon(l, block)) &&
           !(l->marks[block] & BLOCK_ITEM);
}

/* A line that is nothing but a quotation: pulled out of the text to fill the page. */
static int is_pull_quote(const struct layout *l, uint32_t block) {
    uint32_t first = layout_first_token(l, block), end = layout_end_token(l, block);
    return first + 1 < end && l->tokens.shape[first] & l->tokens.shape[end - 1] & TM_SHAPE_QUOTE;
}

/* A line without an end may be a title or a section's head: its words in the text do not make it superfluous. */
static int is_paragraph(const struct layout *l, uint32_t block) {
    if (l->blocks.length[block] < PARAGRAPH_LEAST_BYTES)
        return 0;
    return l->blocks.flags[block] & TM_BLOCK_ENDS_SENTENCE || l->marks[block] & BLOCK_TEASER ||
           l->words[block] >= LAYOUT_PROSE_WORDS;
}

/* Whether a list that begins at this block stands below a head that says it sums up: right below it, or with nothing
 * between but other lists, heads of their own and one lead-in. */
static int below_summary(const struct layout *l, uint32_t block) {
    uint32_t lead_ins = 0;
    for (uint32_t i = block; i > 0 && block - i < SECTION_MOST; i--) {
        uint32_t marks = l->marks[i - 1];
        if (marks & BLOCK_HEAD)
            return 1;
        if (!(marks & BLOCK_ITEM) && !looks_like_head(l, i - 1) && (!ends_with_colon(l, i - 1) || lead_ins++))
            return 0;
    }
    return 0;
}

/* What a list's place says of it. */
static void place_item(struct item *item, const struct layout *l, const struct group *g, uint32_t first,
                       uint32_t before, uint32_t prose) {
    item->context = CONTEXT_LONE;
    item->place = "in a list of which nothing is known";
    if (g->is_summary) {
        item->context = CONTEXT_SUMMARY;
        item->place = "below the head of a summary";
    } else if (g->marked == GROUP_DECK) {
        item->context = CONTEXT_DECK;
        item->place = "a line beside the body";
    } else if (first > 0 && ends_with_colon(l, first - 1)) {
        item->context = CONTEXT_COLON;
        item->place = "in a list that a sentence announces";
    } else if (before == 0 && prose > 0) {
        item->context = CONTEXT_TOP;
        item->place = "in a list before the body";
    } else if (before <= NEAR_PROSE && prose >= 4 * before) {
        item->context = CONTEXT_NEAR;
        item->place = "in a list near the top";
    }
}

static void collect(struct plan *p, const tm_host *host, tm_doc *doc) {
    struct layout *l = p->layout;
    uint32_t n = l->blocks.count, prose_before = 0, prose = 0;
    p->items = host->alloc(doc, ((uint64_t)l->n_marks + 1) * sizeof *p->items);
    p->groups = host->alloc(doc, ((uint64_t)l->n_marks + 1) * sizeof *p->groups);
    p->gone = host->alloc(doc, (uint64_t)n + 1);
    memset(p->gone, 0, (uint64_t)n + 1);
    for (uint32_t block = 0; block < n; block++)
        prose += (uint32_t)layout_is_prose(l, block);
    for (uint32_t block = 0; block < n; block++) {
        uint32_t marks = l->marks[block];
        prose_before += (uint32_t)layout_is_prose(l, block);
        if (!(marks & (BLOCK_ITEM | BLOCK_LINE | BLOCK_DECK | BLOCK_LEAD | BLOCK_EQUAL)) &&
            !(marks & BLOCK_REPEATED && (is_paragraph(l, block) || is_pull_quote(l, block)) && block > 0))
            continue;
        struct item *item = &p->items[p->n_items];
        memset(item, 0, sizeof *item);
        item->block = block;
        item->group = TM_NONE;
        item->place = "a paragraph";
        item->kind = marks & (BLOCK_ITEM | BLOCK_LINE | BLOCK_DECK | BLOCK_LEAD) ? KIND_BULLET
                     : marks & BLOCK_TITLE                                       ? KIND_TITLE
                                                                                 : KIND_PARAGRAPH;
        if (item->kind == KIND_BULLET) {
            uint32_t marked = marks & BLOCK_ITEM   ? GROUP_MARKED
                              : marks & BLOCK_LINE ? GROUP_LINES
                              : marks & BLOCK_LEAD ? GROUP_LEAD
                                                   : GROUP_DECK;
            struct group *g = p->n_groups ? &p->groups[p->n_groups - 1] : NULL;
            if (!g || g->end != p->n_items || p->items[p->n_items - 1].block + 1 != block || g->marked != marked) {
                g = &p->groups[p->n_groups++];
                *g = (struct group){p->n_items, p->n_items, TM_NONE, 0, marked};
                if (block > 0 && (marked == GROUP_MARKED || marked == GROUP_LINES) &&
                    (l->marks[block - 1] & BLOCK_HEAD || looks_like_head(l, block - 1)))
                    g->head = block - 1;
                g->is_summary = marked == GROUP_LEAD || (marked != GROUP_DECK && below_summary(l, block));
            }
            g->end = p->n_items + 1;
            item->group = p->n_groups - 1;
            place_item(item, l, g, p->items[g->first].block, prose_before, prose);
        }
        p->n_items++;
    }
}

static int is_vetoed(const struct item *item, const struct rules *rules) {
    return (item->judgement.vetoes & rules->vetoes) != 0;
}

static int passes(const struct item *item, const struct rules *rules) {
    return item->has_judgement && item->judgement.score >= rules->threshold && !is_vetoed(item, rules);
}

static tm_span block_span(const struct layout *l, uint32_t block) {
    return (tm_span){l->blocks.start[block], l->blocks.start[block] + l->blocks.length[block]};
}

/* A paragraph goes where each of its sentences stands, nearly word for word, in a block that stays: one that is longer,
 * or as long and earlier. */
static void judge_paragraph(struct plan *p, struct item *item, struct body *body, const struct rules *rules) {
    const struct words *w = &p->words;
    const struct layout *l = p->layout;
    uint32_t block = item->block;
    double worst = 1;
    int all = l->words[block] > 0;
    struct judgement last;
    for (uint32_t unit = w->block_unit[block]; unit < w->block_unit[block + 1]; unit++) {
        uint32_t i = w->unit_word[unit], stop = w->unit_word[unit + 1];
        struct judgement g;
        if (!body_judge(body, i, stop, block, block + 1, 0, &g)) {
            all &= stop - i < STRETCH_LEAST;
            continue;
        }
        for (uint32_t k = 0; k < g.n_evidence; k++) {
            uint32_t other = w->unit_block[g.evidence[k]];
            if (g.coverage > 0.5 &&
                (l->words[other] < l->words[block] || (l->words[other] == l->words[block] && other > block)))
                all = 0;
        }
        if (g.coverage < 0.97 || g.order < 0.93 || g.uncovered > 0 || g.vetoes & rules->vetoes || g.n_evidence > 2)
            all = 0;
        if (g.score < worst || !item->has_judgement) {
            worst = g.score;
            last = g;
            item->judgement = last;
        }
        item->has_judgement = 1;
    }
    item->judgement.score = item->has_judgement ? worst : 0;
    item->gone = all && item->has_judgement && worst >= rules->threshold;
}

/* Words before a colon at the start of an item, where they are a label and no speaker: TM_NONE where there are none. */
static uint32_t label_end(const struct plan *p, uint32_t block) {
    const tm_tokens *t = &p->layout->tokens;
    uint32_t first = layout_first_word(p->layout, block), end = layout_end_word(p->layout, block);
    uint32_t token = layout_first_token(p->layout, block), stop = layout_end_token(p->layout, block);
    for (uint32_t i = first; token < stop; token++) {
        if (p->layout->text.data[t->start[token]] == ':' && t->length[token] == 1) {
            int quoted = token + 1 < stop && t->shape[token + 1] & TM_SHAPE_QUOTE;
            int capitals = i > first && t->shape[p->layout->word_token[i - 1]] & TM_SHAPE_ALL_UPPER;
            return (quoted && !capitals) || i == first || i == end ? TM_NONE : i;
        }
        if (i < end && p->layout->word_token[i] == token &&
            ++i - first > (p->layout->marks[block] & BLOCK_LEAD ? HEAD_MOST_WORDS : LABEL_MOST_WORDS))
            break;
    }
    return TM_NONE;
}

/* A list whose items bear labels (Cost: ..., Next steps: ...), or a label all in capitals (NEW: ...): labels are no
 * facts. */
static void soften_labels(struct plan *p, const struct group *g) {
    struct words *w = &p->words;
    uint32_t labelled = 0;
    for (uint32_t i = g->first; i < g->end; i++)
        labelled += label_end(p, p->items[i].block) != TM_NONE;
    for (uint32_t i = g->first; labelled && i < g->end; i++) {
        uint32_t block = p->items[i].block, first = layout_first_word(p->layout, block), end = label_end(p, block);
        if (end == TM_NONE)
            continue;
        int capitals = 1;
        for (uint32_t k = first; k < end; k++)
            capitals &= (p->layout->tokens.shape[p->layout->word_token[k]] & TM_SHAPE_ALL_UPPER) != 0;
        for (uint32_t k = first; (labelled > 1 || capitals || g->marked == GROUP_LEAD) && k < end; k++)
            w->flags[k] = IS_FUNCTION;
    }
}

static void judge_item(struct plan *p, struct item *item, struct body *body) {
    const struct words *w = &p->words;
    uint32_t block = item->block, first = layout_first_word(p->layout, block), end = layout_end_word(p->layout, block);
    if (end - first < ITEM_LEAST_WORDS)
        item->context += CONTEXT_SHORT;
    item->has_judgement = (uint32_t)body_judge(body, first, end, block, block + 1, item->context, &item->judgement);
    if (item->has_judgement && item->judgement.is_whole && item->context > CONTEXT_COLON + CONTEXT_SHORT &&
        layout_is_prose(p->layout, w->unit_block[item->judgement.evidence[0]]))
        body_recombine(&item->judgement, item->context = CONTEXT_WHOLE);
    else
        item->judgement.is_whole = 0;
}

/* A line like a headline repeats paragraphs; one that stands elsewhere as a headline again is a link or a head. */
static int rests_on_prose(const struct plan *p, const struct item *item) {
    for (uint32_t k = 0; k < item->judgement.n_evidence; k++)
        if (!layout_is_prose(p->layout, p->words.unit_block[item->judgement.evidence[k]]))
            return 0;
    return 1;
}

static int says_enough(const struct group *g, const struct item *item) {
    uint32_t least = g->is_summary                  ? SUMMARY_LEAST_CONTENT
                     : item->context >= CONTEXT_TOP ? TOP_LEAST_CONTENT
                                                    : ITEM_LEAST_CONTENT;
    return item->judgement.is_whole || item->judgement.content >= least;
}

/* Without marks, the first line that stays may be where the body begins: the section ends there. */
static void judge_lines(struct plan *p, const struct group *g, struct body *body, const struct rules *rules) {
    for (uint32_t i = g->first; i < g->end; i++) {
        struct item *item = &p->items[i];
        judge_item(p, item, body);
        item->gone = says_enough(g, item) && passes(item, rules);
        if (!item->gone)
            break;
        p->gone[item->block] = 1;
    }
}

/* A list is a summary or it is not: items whose neighbours repeat the body are more likely to. */
static void judge_list(struct plan *p, const struct group *g, struct body *body, const struct rules *rules) {
    uint32_t good = 0, n = g->end - g->first;
    for (uint32_t i = g->first; i < g->end; i++) {
        if (n == 1 && p->items[i].context > CONTEXT_LONE && !g->is_summary)
            p->items[i].context = CONTEXT_LONE;
        judge_item(p, &p->items[i], body);
        good += (uint32_t)(passes(&p->items[i], rules) && says_enough(g, &p->items[i]));
    }
    for (uint32_t i = g->first; i < g->end; i++) {
        struct item *item = &p->items[i];
        uint32_t others = good - (uint32_t)(passes(item, rules) && says_enough(g, item));
        double share = n > 1 ? (double)others / (n - 1) : 0;
        if (item->has_judgement && share > 0.3 && item->context > CONTEXT_LONE + CONTEXT_SHORT)
            item->context = item->context + CONTEXT_AGREE * share;
        if (item->context > CONTEXT_MOST)
            item->context = CONTEXT_MOST;
        if (item->has_judgement)
            body_recombine(&item->judgement, item->context);
    }
    /* A number alone among paragraphs is the head of a section. */
    int is_head = n == 1 && !g->is_summary && p->layout->blocks.flags[p->items[g->first].block] & TM_BLOCK_NUMBERED;
    for (uint32_t i = g->first; i < g->end && !is_head; i++)
        p->items[i].gone = says_enough(g, &p->items[i]) && passes(&p->items[i], rules) &&
                           (g->marked != GROUP_DECK || rests_on_prose(p, &p->items[i]));
}

static void judge_bullets(struct plan *p, struct body *body, const struct rules *rules) {
    for (uint32_t k = 0; k < p->n_groups; k++) {
        const struct group *g = &p->groups[k];
        soften_labels(p, g);
        if (g->marked != GROUP_LINES)
            judge_list(p, g, body, rules);
        else
            judge_lines(p, g, body, rules);
    }
}

/* Heads that announce nothing but what goes. */
static void drop_heads(struct plan *p) {
    const struct layout *l = p->layout;
    for (uint32_t k = 0; k < p->n_groups; k++) {
        const struct group *g = &p->groups[k];
        uint32_t after = p->items[g->end - 1].block + 1;
        int all = 1;
        for (uint32_t i = g->first; i < g->end; i++)
            all &= p->items[i].gone != 0 || (g->marked == GROUP_LINES && i > g->first);
        if (!all || g->head == TM_NONE || g->head == l->title)
            continue;
        int closed = after >= l->blocks.count || looks_like_head(l, after);
        if (l->marks[g->head] & BLOCK_HEAD || ends_with_colon(l, g->head) || closed)
            p->gone[g->head] = 2;
    }
}

/* What is judged, and what it is judged by. NULL where nothing is to be judged. */
static struct body *read_body(struct plan *p, const struct rules *rules, const struct lexicon *lexicon,
                              struct stems *stems, const tm_host *host, tm_doc *doc) {
    const struct layout *l = p->layout;
    uint32_t n = l->blocks.count, n_stretches = 0;
    uint8_t *in_body = host->alloc(doc, 2 * ((uint64_t)n + 1)), *is_stretch = in_body + n;
    memset(is_stretch, 0, n);
    for (uint32_t i = 0; i < p->n_items; i++) {
        const struct item *item = &p->items[i];
        int judged =
            item->kind == KIND_BULLET || (item->kind == KIND_PARAGRAPH && !(l->marks[item->block] & BLOCK_EQUAL));
        is_stretch[item->block] = judged && rules->kinds >> item->kind & 1;
        n_stretches += is_stretch[item->block];
    }
    if (n_stretches == 0)
        return NULL;
    for (uint32_t block = 0; block < n; block++)
        in_body[block] = !(l->marks[block] & (BLOCK_ITEM | BLOCK_HEAD | BLOCK_DECK | BLOCK_LEAD | BLOCK_EQUAL));
    words_build(&p->words, l, is_stretch, lexicon, stems, host, doc);
    return body_index(&p->words, in_body, p->gone, host, doc);
}

static void judge_paragraphs(struct plan *p, struct body *body, const struct rules *rules) {
    const struct layout *l = p->layout;
    for (uint32_t i = 0; i < p->n_items; i++) {
        struct item *item = &p->items[i];
        uint32_t block = item->block;
        if (l->marks[block] & BLOCK_EQUAL) {
            /* An item that is an earlier item word for word is judged as one; it goes in any case. */
            item->equal = block_span(l, l->other[block]);
            item->gone = rules->kinds >> item->kind & 1;
        } else if (item->kind == KIND_PARAGRAPH && rules->kinds >> KIND_PARAGRAPH & 1) {
            judge_paragraph(p, item, body, rules);
        }
        p->gone[block] = item->gone != 0;
    }
}

const char *rule_name(uint32_t kind) {
    static const char *const names[KINDS] = {"item-repeats-body", "paragraph-repeats", "title-repeats"};
    return names[kind];
}

/* Ends a stretch of time, and begins the next. */
static uint64_t timed(const struct plan *p, const char *rule, uint64_t since) {
    rule_clock_add(&p->clock, (tm_str){rule, strlen(rule)}, since);
    return rule_clock_now(&p->clock);
}

void plan_make(struct plan *p, const struct rules *rules, const struct lexicon *lexicon, struct stems *stems,
               const tm_host *host, tm_doc *doc) {
    struct layout *l = p->layout;
    mark_unmarked(l);
    if (l->n_marks == 0)
        return;
    uint64_t since = rule_clock_now(&p->clock);
    collect(p, host, doc);
    struct body *body = read_body(p, rules, lexicon, stems, host, doc);
    since = timed(p, "(body)", since);
    judge_paragraphs(p, body, rules);
    since = timed(p, rule_name(KIND_PARAGRAPH), since);
    if (body && rules->kinds >> KIND_BULLET & 1)
        judge_bullets(p, body, rules);
    since = timed(p, rule_name(KIND_BULLET), since);
    for (uint32_t i = 0; i < p->n_items; i++) {
        struct item *item = &p->items[i];
        if (item->equal.end)
            item->gone = rules->kinds >> item->kind & 1;
        p->gone[item->block] = item->gone != 0;
    }
    drop_heads(p);
    timed(p, "head-of-removed", since);
}
