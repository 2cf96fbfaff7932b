/* head.c: what stands around the headline: the headline itself, lines before it, bylines and times, repeats of it. */
#include "judge.h"

/* The hash of the words of the record's title, as a block with the same words has it. */
void read_wanted(struct page *p) {
    uint32_t shape[128];
    uint64_t hash[128];
    tm_token_buffer buffer = {.room = 128, .shape = shape, .hash = hash};
    tm_str s = p->host->title(p->doc);
    if (s.len == 0 || p->host->tokenize(s, &buffer) != TM_OK || buffer.count > 128)
        return;
    for (uint32_t i = 0; i < buffer.count; i++)
        if ((shape[i] & (TM_SHAPE_WORD | TM_SHAPE_NUMBER | TM_SHAPE_IDEOGRAPH)) && !(shape[i] & TM_SHAPE_CLITIC)) {
            p->wanted = words_hash_add(p->wanted, hash[i]);
            p->wanted_words++;
        }
}

static int may_be_title(const struct judge *j, const struct block *b) {
    const struct known_lists *l = j->lists;
    if (block_gone(b) || (b->flags & (B_ITEM | B_DATE | B_NOTHING | B_COLON | B_GLUED | B_TABLE | B_LIST_LINE |
                                      B_BRACKETED | B_LOWER | B_URL | B_EMAIL)))
        return 0;
    if (b->words < 3 || b->words > 32 || (!block_open(b) && !(b->flags & B_QUESTION)))
        return 0;
    if ((b->begins & l->consenthead) ||
        block_is(j, b, l->nav | l->share | l->widget | l->related | l->taghead | l->date | l->datelabel))
        return 0;
    if (ends_with_name(j->page, b) || b->sentences > 2 || b->lines > 2)
        return 0;
    return !((b->begins & l->byhead) && b->words < 8) &&
           !((b->lists & l->role) && (b->flags & B_NAMES) && b->words < 9);
}

/* A line that says who wrote it, or when. */
static int is_head_matter(const struct judge *j, const struct block *b) {
    return (b->flags & B_DATE) || kind_is(b, KIND_TIME) || kind_is(b, KIND_BYLINE) ||
           ((b->begins & j->lists->byhead) && b->words <= 8 && block_open(b) && b->caps + 2 >= b->words);
}

/* A line that announces what the article says in short. */
static int is_summary_head(const struct judge *j, const struct block *b) {
    return block_open(b) && b->words <= 5 && !(b->flags & (B_ITEM | B_NOTHING)) && block_is(j, b, j->lists->summary);
}

/* The words of a headline again; or with the name of the site behind a dash or bar. */
static int repeats_title(const struct page *p, struct block *title, struct block *b) {
    if (b->words == title->words)
        return page_hash(p, b) == page_hash(p, title);
    if (b->words < title->words || b->words > title->words + 5 || !block_open(b) || (b->flags & B_NOTHING))
        return 0;
    uint32_t t = title->first, k = b->first;
    for (; t <= title->last; t++, k++)
        if (k > b->last || p->tokens.hash[k] != p->tokens.hash[t])
            return 0;
    return k <= b->last && ((p->tokens.shape[k] & TM_SHAPE_DASH) || *token_text(p, k).data == '|');
}

void find_title(struct judge *j) {
    struct page *p = j->page;
    uint32_t end = p->n_prose ? p->first_prose : p->count < 1 ? 0 : 1, seen = 0;
    uint32_t signed_at = TM_NONE; /* the first line that says who or when */
    uint32_t summed_up = 0;       /* lines below the head of a summary */
    int best = 0;
    if (p->wanted != 0) {
        for (uint32_t i = 0; i < p->count && i < 200; i++)
            if (p->blocks[i].words == p->wanted_words && page_hash(p, &p->blocks[i]) == p->wanted &&
                !(p->blocks[i].flags & B_GLUED)) {
                p->title = i;
                return;
            }
    }
    if (end > 400)
        end = 400;
    for (uint32_t i = 0; i < end; i++) {
        struct block *b = &p->blocks[i];
        if (signed_at == TM_NONE && is_head_matter(j, b))
            signed_at = i;
        /* What a head like "Highlights" announces are no headlines, as long as nothing else comes between. */
        if (is_summary_head(j, b))
            summed_up = 1;
        else if (block_gone(b) || is_head_matter(j, b))
            summed_up = 0;
        if (!may_be_title(j, b) || summed_up)
            continue;
        int score = (int)(b->words < 12 ? b->words : 12) + (seen++ == 0 ? 4 : 0);
        for (uint32_t k = i + 1; k < end && k < i + 12; k++)
            if (page_hash(p, &p->blocks[k]) == page_hash(p, b))
                score += 5;
        uint32_t before = previous_block(p, i), after = next_block(p, i);
        if (after < p->count && is_head_matter(j, &p->blocks[after]))
            score += 6;
        else if (after < p->count && (p->blocks[after].flags & B_PROSE))
            score += 3;
        if (signed_at < i)
            score -= 6;
        if ((b->flags & B_NAMES) && b->words <= 3 && b->caps == b->words)
            score -= 6; /* a name */
        if (before < p->count && (p->blocks[before].begins & j->lists->related) && p->blocks[before].words <= 6)
            score -= 8;
        if (is_head_matter(j, b) || (b->ends & j->lists->date & ~j->lists->function && (b->flags & B_NUMBER)))
            score -= 8;
        if (b->lists & (j->lists->credit | j->lists->agency) && (b->ends & (j->lists->agency | j->lists->credit)))
            score -= 4;
        if (score > best) {
            best = score;
            p->title = i;
        }
    }
    /* Rather without the name of the site. */
    for (uint32_t i = 0; p->title != TM_NONE && i < end; i++)
        if (p->blocks[i].words < p->blocks[p->title].words && may_be_title(j, &p->blocks[i]) &&
            repeats_title(p, &p->blocks[i], &p->blocks[p->title])) {
            p->title = i;
            break;
        }
}

uint32_t cut_before_title(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (p->title == TM_NONE || !is_top(p, p->title) || p->blocks[p->title].words < 4)
        return 0;
    uint32_t shown = 0, gone = 0;
    for (uint32_t i = 0; i < p->title; i++) {
        shown += !(p->blocks[i].flags & B_NOTHING);
        gone += block_gone(&p->blocks[i]) ? 1u : 0u;
    }
    if (shown > 3 && gone * 2 < shown)
        return 0;
    for (uint32_t i = 0; i < p->title; i++) {
        const struct block *b = &p->blocks[i];
        if (!block_gone(b) && !(b->flags & B_NOTHING) && block_open(b) && b->words <= 4 &&
            !(b->flags & (B_DATE | B_ITEM | B_YEAR)) && !is_summary_head(j, b))
            cut += judge_cut(j, i, KIND_BOILERPLATE, TM_STR("before-headline"));
    }
    return cut;
}

static int is_name_line(const struct block *b) {
    return (b->flags & B_NAMES) && b->words >= 2 && b->words <= 8 && block_open(b) && b->caps + 2 >= b->words &&
           !(b->flags & (B_ITEM | B_COLON));
}

/* Where the text begins, but for the list that sums it up below the headline. */
static uint32_t first_paragraph(const struct page *p) {
    for (uint32_t i = p->first_prose; i <= p->last_prose; i++)
        if (!block_gone(&p->blocks[i]) && (p->blocks[i].flags & B_PROSE) && !(p->blocks[i].flags & B_ITEM))
            return i;
    return p->first_prose;
}

uint32_t asks_byline(const struct judge *j, const struct block *b) {
    const struct known_lists *l = j->lists;
    return b->words <= 24 && ((b->flags & (B_DATE | B_NAMES)) || (b->lists & (l->date | l->datelabel | l->byhead)))
               ? A_BYLINE
               : 0;
}

/* Lines of the head that say who wrote it and when; the same at the foot of the text. */
uint32_t cut_bylines(struct judge *j) {
    struct page *p = j->page;
    const struct known_lists *l = j->lists;
    uint32_t cut = 0, text = p->n_prose ? first_paragraph(p) : 0;
    for (uint32_t i = 0; i < p->count && (p->asks & A_BYLINE); i++) {
        struct block *b = &p->blocks[i];
        if (!(b->asks & A_BYLINE) || block_gone(b) || i == p->title)
            continue;
        uint32_t before = previous_block(p, i), after = next_block(p, i);
        const struct block *x = before < p->count ? &p->blocks[before] : NULL,
                           *y = after < p->count ? &p->blocks[after] : NULL;
        int top = i < text;
        int edge = top || is_tail(p, i) || (x != NULL && before == p->title) || (x && block_is_junk(x)) ||
                   (y && block_is_junk(y)) || (x && kind_is(x, KIND_TIME)) || (x && kind_is(x, KIND_BYLINE));
        if (b->flags & B_DATE) {
            if (edge || (b->lists & l->updatehead))
                cut += judge_cut(j, i, KIND_TIME, TM_STR("timestamp"));
            continue;
        }
        if (!edge)
            continue;
        if ((b->lists & l->datelabel) && b->words <= 4 && block_open(b) && block_is(j, b, l->datelabel | l->date) &&
            y && ((y->flags & B_DATE) || kind_is(y, KIND_TIME))) {
            cut += judge_cut(j, i, KIND_TIME, TM_STR("timestamp-label"));
            continue;
        }
        if (b->dated * 10 >= b->words * 6 && (b->lists & l->date) && (b->flags & B_NUMBER) && block_open(b) &&
            b->words >= 3 && b->words <= 16 && b->function <= 1 && top && p->english &&
            (b->lists & (l->role | l->agency))) {
            cut += judge_cut(j, i, KIND_TIME, TM_STR("timestamp"));
            continue;
        }
        /* A label, then mostly a date. */
        if ((b->begins & l->datelabel) && (b->lists & l->date) && (b->flags & B_NUMBER) && block_open(b) &&
            b->words <= 16 && b->function <= 3) {
            cut += judge_cut(j, i, KIND_TIME, TM_STR("timestamp"));
            continue;
        }
        if (!block_open(b) && !(b->flags & B_NAMES))
            continue;
        if ((b->begins & l->byhead) && b->words <= 14 && b->caps + 3 >= b->words && b->words >= 2) {
            cut += judge_cut(j, i, KIND_BYLINE, TM_STR("byline"));
            continue;
        }
        if ((b->words == 1 || block_is(j, b, l->byhead)) && (b->begins & l->byhead) && y && is_name_line(y)) {
            cut += judge_cut(j, i, KIND_BYLINE, TM_STR("byline"));
            cut += judge_cut(j, after, KIND_BYLINE, TM_STR("byline"));
            continue;
        }
        if (is_name_line(b) && ((b->lists & l->role) || (x && kind_is(x, KIND_BYLINE) && names_same(p, x, b)))) {
            cut += judge_cut(j, i, KIND_BYLINE, TM_STR("byline-role"));
            continue;
        }
        if (is_name_line(b) && b->words <= 6 && top && i != p->title && p->title != TM_NONE && i > p->title &&
            ((x && kind_is(x, KIND_TIME)) || (y && ((y->flags & B_DATE) || kind_is(y, KIND_TIME))) ||
             (b->flags & B_MENTION)))
            cut += judge_cut(j, i, KIND_BYLINE, TM_STR("byline-name"));
    }
    return cut;
}

uint32_t cut_repeated_titles(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (p->title == TM_NONE || p->title == p->title_seen || p->blocks[p->title].words < 3)
        return 0;
    p->title_seen = p->title;
    for (uint32_t i = 0; i < p->count; i++)
        if (i != p->title && repeats_title(p, &p->blocks[p->title], &p->blocks[i]) && (p->n_prose || i <= p->title + 3))
            cut += judge_cut(j, i, KIND_TITLE, TM_STR("title-repeat"));
    return cut;
}
