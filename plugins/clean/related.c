/* related.c: links to other articles and tags: lists under a head, lists of bare titles, what stands behind the end of
 * the article, lines that come again and again, heads that are left with nothing under them.
 */
#include "judge.h"

#include <string.h>

#define NEAR_BLOCKS 8u /* paragraphs on either side of a list that are asked what it says */

/* A head of related articles: nothing but such words, or such words and where they lead ("More In Business"). */
static int is_related_head(const struct judge *j, const struct block *b) {
    if (!(b->begins & j->lists->related) || (b->flags & (B_NOTHING | B_ITEM | B_DATE | B_TABLE)) || b->words > 8 ||
        (!block_open(b) && b->words > 4))
        return 0;
    if (block_is(j, b, j->lists->related | j->lists->nav))
        return 1;
    uint32_t len = 0;
    for (uint32_t m = b->match; m < b->match_end && len == 0; m++)
        if (j->page->matches[m].tok == b->first && (j->page->matches[m].lists & j->lists->related))
            len = j->page->matches[m].len;
    return len >= 2 && b->words <= 6;
}

static int is_tag_head(const struct judge *j, const struct block *b) {
    if (!(b->lists & j->lists->taghead) || (b->flags & (B_NOTHING | B_ITEM)) || b->words > 8 || !block_open(b))
        return 0;
    return block_is(j, b, j->lists->taghead) ||
           ((b->ends & j->lists->taghead) && b->words <= 8 && b->caps + 3 >= b->words);
}

static int is_tag(const struct block *b) {
    return b->words >= 1 && b->words <= 5 && block_open(b) &&
           !(b->flags & (B_COLON | B_LOWER | B_DATE | B_QUOTE | B_GLUED | B_TABLE)) && b->function <= 1;
}

uint32_t asks_related(const struct judge *j, const struct block *b) {
    int is_amid = !(b->flags & (B_ITEM | B_QUOTE | B_DATE | B_COLON)) && b->words <= 20 && !(b->lists & j->lists->said);
    return (is_related_head(j, b) ? A_RELATED_HEAD : 0) | (is_tag_head(j, b) ? A_TAG_HEAD : 0) |
           (is_tag(b) ? A_TAG : 0) | (is_amid ? A_AMID : 0);
}

/* What may stand in a list of other articles. */
static int is_link(const struct judge *j, const struct block *b, uint32_t links) {
    if (b->flags & B_NOTHING)
        return 1;
    if (b->flags & (B_DATE | B_LIST_LINE))
        return 1;
    if (b->flags & B_PROSE)
        return 0;
    if (!block_open(b) && !(b->flags & B_QUESTION))
        return links >= 2 && b->words <= 12;
    (void)j;
    return is_title_like(b) || (b->flags & B_TABLE) || (b->words <= 12 && !(b->flags & (B_COLON | B_QUOTE)));
}

/* Whether there are headings between paragraphs of the text, elsewhere than below a list of links. */
static int has_headings(struct page *p) {
    if (p->headings == TM_NONE) {
        uint32_t before = p->count; /* the last that stays, or p->count */
        int is_heading = 0;
        p->headings = 0;
        for (uint32_t i = p->first_prose; i < p->count && !p->headings; i++) {
            const struct block *b = &p->blocks[i];
            if (b->flags & B_NOTHING)
                continue;
            if (is_heading && !block_gone(b) && (b->flags & B_PROSE))
                p->headings = 1;
            is_heading = !block_gone(b) && before < p->count && is_title_like(b) && b->words <= 7 &&
                         !(b->flags & (B_ITEM | B_PROSE)) && (p->blocks[before].flags & B_PROSE);
            before = block_gone(b) ? p->count : i;
        }
    }
    return (int)p->headings;
}

/* Cuts the list of links under the head at i. */
static uint32_t cut_links_under(struct judge *j, uint32_t i) {
    struct page *p = j->page;
    uint32_t end = i + 1, links = 0, last = i;
    while (end < p->count && (block_gone(&p->blocks[end]) ? 1
                                                          : is_link(j, &p->blocks[end], links) && end != p->title &&
                                                                !(p->blocks[end].asks & A_TAG_HEAD))) {
        if (!block_gone(&p->blocks[end]) && !(p->blocks[end].flags & B_NOTHING)) {
            links++;
            last = end;
        }
        end++;
    }
    if (end < p->count && links > 0 && !block_gone(&p->blocks[last]) && (p->blocks[end].flags & B_PROSE) &&
        !block_gone(&p->blocks[end]) && next_block(p, last) == end) {
        /* The last line before text that goes on is a heading of it, unless it looks as the others do. */
        const struct block *b = &p->blocks[last];
        if (!(b->flags & (B_ITEM | B_QUESTION)) && (links == 1 || (b->words <= 7 && has_headings(p)))) {
            end = last;
            links--;
        }
    }
    int stands_alone = links == 0;
    if (stands_alone && !is_tail(p, i)) {
        uint32_t after = next_block(p, i), before = previous_block(p, i);
        int near = (after < p->count && block_is_junk(&p->blocks[after])) ||
                   (before < p->count && block_is_junk(&p->blocks[before]));
        int sure = (p->blocks[i].begins & j->lists->relatedsure) && p->blocks[i].words <= 5;
        if (!near && !sure && !(block_is(j, &p->blocks[i], j->lists->related) && p->blocks[i].words >= 2))
            return 0;
    }
    uint32_t cut = judge_cut(j, i, KIND_RELATED, TM_STR("related-head"));
    for (uint32_t k = i + 1; k < end && links > 0; k++)
        if (!(p->blocks[k].flags & B_NOTHING))
            cut += judge_cut(j, k, KIND_RELATED, TM_STR("related-list"));
    return cut;
}

/* Words of a block that say something, as hashes. */
static uint32_t telling_words(const struct page *p, const struct block *b, uint64_t *out, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t t = b->first; t < b->tok_end && n < most; t++)
        if (p->tokens.length[t] >= 4 && !(p->tokens.shape[t] & TM_SHAPE_PUNCT))
            out[n++] = p->tokens.hash[t];
    return n;
}

static int block_has(const struct page *p, const struct block *b, uint64_t hash) {
    for (uint32_t t = b->tok; t < b->tok_end; t++)
        if (p->tokens.hash[t] == hash)
            return 1;
    return 0;
}

/* Whether a paragraph near items [i, end) says most of what one of them says: then they sum up this text, and lead to
 * no other. (A title of another article on the same matter shares its words with many paragraphs, and few with each.)
 */
static int sums_up(const struct page *p, uint32_t i, uint32_t end) {
    uint64_t words[24];
    uint32_t low = i > NEAR_BLOCKS ? i - NEAR_BLOCKS : 0;
    uint32_t high = end + NEAR_BLOCKS < p->count ? end + NEAR_BLOCKS : p->count;
    for (uint32_t k = i; k < end; k++) {
        uint32_t n = telling_words(p, &p->blocks[k], words, 24);
        for (uint32_t b = low; b < high && n >= 3; b++) {
            uint32_t found = 0;
            if (b >= i && b < end)
                continue;
            for (uint32_t w = 0; w < n; w++)
                found += (uint32_t)block_has(p, &p->blocks[b], words[w]);
            if (found * 10 >= n * 6)
                return 1;
        }
    }
    return 0;
}

/* One to three bulleted titles between two paragraphs, announced by nothing. */
static uint32_t cut_inserted_links(struct judge *j, uint32_t i) {
    struct page *p = j->page;
    uint32_t end = i, before = previous_block(p, i);
    while (end < p->count && (p->blocks[end].flags & B_ITEM) && !block_gone(&p->blocks[end])) {
        const struct block *b = &p->blocks[end];
        if (!is_title_like(b) || b->words < 5 || b->words > 20 || (!block_open(b) && !(b->flags & B_QUESTION)) ||
            (b->flags & (B_QUOTE | B_GLUED | B_NUMBERED)))
            return 0;
        end++;
    }
    if (end - i > 3 || end >= p->count || before >= p->count || !p->english)
        return 0;
    const struct block *x = &p->blocks[before], *y = &p->blocks[end];
    if (!(x->flags & B_PROSE) || !(x->flags & B_CLOSED) || (x->flags & B_COLON) || !(y->flags & B_PROSE) ||
        i < p->first_prose || sums_up(p, i, end))
        return 0;
    uint32_t cut = 0;
    for (uint32_t k = i; k < end; k++)
        cut += judge_cut(j, k, KIND_RELATED, TM_STR("inserted-links"));
    return cut;
}

uint32_t cut_related(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (!(p->asks & A_RELATED_HEAD) && !(p->flags & B_ITEM))
        return 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (!((b->asks & A_RELATED_HEAD) || (b->flags & B_ITEM)) || block_gone(b) || i == p->title ||
            (b->flags & (B_NOTHING | B_GLUED)))
            continue;
        if ((b->asks & A_RELATED_HEAD) && p->n_prose > 0) {
            if (i > p->first_prose || is_top(p, i))
                cut += cut_links_under(j, i);
        } else if ((b->flags & B_ITEM) && (i == 0 || !(p->blocks[i - 1].flags & B_ITEM))) {
            cut += cut_inserted_links(j, i);
        }
    }
    return cut;
}

uint32_t cut_tags(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (!(p->asks & A_TAG_HEAD) && !(p->flags & B_ITEM))
        return 0;
    for (uint32_t i = p->first_prose; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (!(b->asks & (A_TAG_HEAD | A_TAG)) || block_gone(b) || i == p->title || (b->flags & B_GLUED))
            continue;
        if ((b->asks & A_TAG_HEAD) && is_tail(p, i)) {
            uint32_t end = next_block(p, i), tags = 0;
            while (end < p->count && !block_gone(&p->blocks[end]) && (p->blocks[end].asks & A_TAG) &&
                   !(p->blocks[end].asks & A_RELATED_HEAD)) {
                tags += judge_cut(j, end, KIND_TAGS, TM_STR("tags"));
                end = next_block(p, end);
            }
            if (tags)
                cut += tags + judge_cut(j, i, KIND_TAGS, TM_STR("tag-head"));
        } else if ((b->flags & B_ITEM) && (b->asks & A_TAG)) {
            uint32_t end = i, tags = 0, caps = 0, short_ones = 0;
            while (end < p->count && (p->blocks[end].flags & B_ITEM) && (p->blocks[end].asks & A_TAG) &&
                   !block_gone(&p->blocks[end])) {
                caps += (p->blocks[end].caps >= p->blocks[end].words - p->blocks[end].function);
                short_ones += p->blocks[end].words <= 3;
                tags++;
                end++;
            }
            uint32_t before = previous_block(p, i);
            int led = before >= p->count || (p->blocks[before].flags & B_COLON) || block_open(&p->blocks[before]);
            int ends = end >= p->count || !(p->blocks[end].flags & B_ITEM);
            if (tags >= 4 && caps * 5 >= tags * 4 && short_ones * 3 >= tags * 2 && !led && ends)
                for (uint32_t k = i; k < end; k++)
                    cut += judge_cut(j, k, KIND_TAGS, TM_STR("tag-items"));
            i = end > i ? end - 1 : i;
        }
    }
    return cut;
}

/* Cited as papers are: "et al.", a DOI, and no end mark or a number. */
static int is_citation(const struct judge *j, const struct block *b) {
    return (b->lists & j->lists->cited) && (b->flags & B_NUMBER) && b->words >= 8 && b->words <= 90 &&
           b->function * 3 <= b->words && !(b->lists & j->lists->said);
}

/* Reads like an entry of a list of sources: a citation, or names, titles and a year or an address, hardly a function
 * word. */
static int is_source(const struct judge *j, const struct block *b) {
    if (block_gone(b) || (b->flags & (B_QUOTE | B_TABLE | B_GLUED | B_CELL)))
        return 0;
    return is_citation(j, b) ||
           (b->words >= 8 && b->words <= 70 && (b->flags & (B_YEAR | B_URL)) && b->function * 5 <= b->words &&
            b->caps * 3 >= b->words && (!(b->flags & B_ITEM) || (b->flags & B_NUMBERED)));
}

/* Entries of a list of sources, from block `begin` to `end`. Short ones stand between the others. */
struct sources {
    uint32_t begin, end;
    uint32_t entries, citations, short_items;
};

static int are_sources(const struct sources *s) {
    return (s->entries >= 4 || s->citations >= 2) && s->entries >= s->short_items;
}

/* The last such list of the page, with at most one paragraph behind it. */
static struct sources find_sources(const struct judge *j) {
    const struct page *p = j->page;
    struct sources s = {0};
    for (uint32_t i = p->count, prose = 0; i-- > 0 && prose <= 1;) {
        const struct block *b = &p->blocks[i];
        if (b->flags & B_NOTHING)
            continue;
        if (is_source(j, b)) {
            s.entries++;
            s.citations += (uint32_t)is_citation(j, b);
        } else if ((b->flags & B_ITEM) && !block_gone(b) && b->words <= 40) {
            s.short_items++;
        } else if (are_sources(&s)) {
            break;
        } else {
            s = (struct sources){0};
            prose += !block_gone(b) && (b->flags & B_PROSE);
            continue;
        }
        s.begin = i;
        s.end = s.end ? s.end : i + 1;
    }
    return s;
}

static uint32_t cut_sources(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (p->n_sources < 4 && !(p->lists & j->lists->cited))
        return 0;
    struct sources s = find_sources(j);
    if (!are_sources(&s) || p->n_prose < 4 || s.begin <= p->first_prose)
        return 0;
    for (uint32_t i = s.begin; i < s.end; i++)
        if (is_source(j, &p->blocks[i]) || (p->blocks[i].flags & B_ITEM))
            cut += judge_cut(j, i, KIND_RELATED, TM_STR("sources"));
    uint32_t head = previous_kept(p, s.begin);
    if (head < p->count && block_open(&p->blocks[head]) && p->blocks[head].words <= 4 &&
        (p->blocks[head].lists & j->lists->emptyhead))
        cut += judge_cut(j, head, KIND_HEAD, TM_STR("sources"));
    return cut;
}

/* Lines that begin with [1], [2] and so on: what the marks in the text stand for. */
uint32_t cut_references(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, run = 0, begin = 0;
    for (uint32_t i = 0; i <= p->count && p->n_marks >= 2; i++) {
        const struct block *b = i < p->count ? &p->blocks[i] : NULL;
        const char *s = b ? p->text.data + b->start : "";
        int mark = b && !block_gone(b) && s[0] == '[' && s[1] >= '0' && s[1] <= '9' &&
                   (s[2] == ']' || (s[2] >= '0' && s[2] <= '9' && s[3] == ']'));
        if (mark) {
            if (run++ == 0)
                begin = i;
            continue;
        }
        if (b && (b->flags & B_NOTHING) && run)
            continue;
        if (run >= 2 && begin > p->first_prose)
            for (uint32_t k = begin; k < i; k++)
                cut += judge_cut(j, k, KIND_RELATED, TM_STR("references"));
        run = 0;
    }
    cut += cut_sources(j);
    return cut;
}

/* Behind the last paragraph: once junk has begun, short open lines are junk too; so is a list of bare titles. */
uint32_t cut_tail(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, run = 0, begin = 0;
    uint32_t junk = 0, all = 0, rest = 0, passed = 0;
    if (p->n_prose == 0 || p->last_prose + 1 >= p->count)
        return 0;
    for (uint32_t i = p->last_prose + 1; i < p->count; i++) {
        all += block_is_junk(&p->blocks[i]) ? 1u : 0u;
        rest += !block_gone(&p->blocks[i]) && !(p->blocks[i].flags & B_NOTHING);
    }
    if (all >= 5 && rest * 2 <= all)
        junk = 2; /* so much of it that the first lines belong to it, too */
    for (uint32_t i = p->last_prose + 1; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (b->flags & B_NOTHING)
            continue;
        if (block_gone(b)) {
            junk += block_is_junk(b) ? 1u : 0u;
            passed += block_is_junk(b) ? 1u : 0u;
            continue;
        }
        if (i == p->title || (b->flags & B_GLUED) || ((b->flags & B_ITEM) && passed == 0))
            continue; /* a list right behind the text is of it */
        if (junk >= 2 && !(b->flags & B_PROSE) && !(b->flags & B_QUOTE) && (!(b->flags & B_ITEM) || is_title_like(b)))
            cut += judge_cut(j, i, b->words >= 4 ? KIND_RELATED : KIND_BOILERPLATE, TM_STR("tail"));
    }
    for (uint32_t i = p->last_prose + 1; i <= p->count; i++) {
        const struct block *b = i < p->count ? &p->blocks[i] : NULL;
        if (b && (b->flags & B_NOTHING))
            continue;
        if (b && !block_gone(b) && !(b->flags & (B_ITEM | B_GLUED | B_QUOTE | B_NUMBER)) && is_title_like(b) &&
            block_open(b) && b->words >= 5 && b->caps * 2 >= b->words) {
            if (run++ == 0)
                begin = i;
            continue;
        }
        if (run >= 3)
            for (uint32_t k = begin; k < i; k++)
                if (!(p->blocks[k].flags & B_NOTHING))
                    cut += judge_cut(j, k, KIND_RELATED, TM_STR("bare-titles"));
        run = 0;
    }
    return cut;
}

/* Headlines with their age, one after the other: a ticker. */
uint32_t cut_tickers(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, found = 0;
    if (!(p->lists & j->lists->age))
        return 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1 && found < 3)
            return 0;
        for (uint32_t i = 0; i < p->count; i++) {
            const struct block *b = &p->blocks[i];
            if (block_gone(b) || (b->flags & (B_NOTHING | B_DATE | B_QUOTE)) || !block_open(b) || b->words < 5 ||
                b->words > 30 || b->match_end == b->match)
                continue;
            const struct match *m = &p->matches[b->match_end - 1];
            if (!(m->lists & j->lists->age) || m->tok + m->len <= b->last || m->tok == b->first ||
                !(p->tokens.shape[m->tok - 1] & TM_SHAPE_NUMBER))
                continue;
            found++;
            if (pass == 1) {
                if (i == p->title)
                    p->title = TM_NONE;
                cut += judge_cut(j, i, KIND_RELATED, TM_STR("ticker"));
            }
        }
    }
    return cut;
}

/* One or two last paragraphs that only a long stretch of junk leads to: they belong to it. */
uint32_t cut_islands(struct judge *j) {
    struct page *p = j->page;
    uint32_t prose = 0, words = 0, junk = 0, first = p->count;
    if (p->n_prose < 5)
        return 0;
    for (uint32_t i = p->count; i-- > p->first_prose;) {
        const struct block *b = &p->blocks[i];
        if (b->flags & B_NOTHING)
            continue;
        if (block_gone(b)) {
            if (prose > 0 && block_is_junk(b) && ++junk >= 5)
                break;
            continue;
        }
        if (b->flags & B_PROSE) {
            if (++prose > 2)
                return 0;
            words += b->words;
            first = i;
            junk = 0;
        } else if (prose > 0 && junk > 0) {
            return 0;
        }
    }
    uint32_t cut = 0;
    if (junk < 5 || prose == 0 || words > 120)
        return 0;
    for (uint32_t i = first; i < p->count; i++)
        if (!(p->blocks[i].flags & (B_NOTHING | B_ITEM)))
            cut += judge_cut(j, i, KIND_BOILERPLATE, TM_STR("island"));
    return cut;
}

/* What an article says, where every paragraph stands between two ads: it speaks to nobody. */
static int is_plain_sentence(const struct block *b) {
    return (b->flags & B_PROSE) && !block_open(b) && !(b->flags & B_YOU) && b->words >= 10;
}

/* Short lines, sentences too, in the middle of a form or a list of offers. */
uint32_t cut_amid_junk(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0, around = 0; /* dense junk among the six blocks before and after */
    if (p->dense < 5)
        return 0;
    for (uint32_t i = 0; i < p->count && i < 6; i++)
        around += block_is_dense(&p->blocks[i]) ? 1u : 0u;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (i + 6 < p->count)
            around += block_is_dense(&p->blocks[i + 6]) ? 1u : 0u;
        if (i > 6)
            around -= block_is_dense(&p->blocks[i - 7]) ? 1u : 0u;
        if (around < 5 || !(b->asks & A_AMID) || block_gone(b) || i == p->title || is_plain_sentence(b))
            continue;
        uint32_t before = previous_block(p, i), after = next_block(p, i);
        if (before >= p->count || after >= p->count || !block_is_dense(&p->blocks[before]))
            continue;
        if (!block_is_dense(&p->blocks[after])) {
            uint32_t more = next_block(p, after);
            if (b->words > 14 || more >= p->count || block_gone(&p->blocks[after]) || p->blocks[after].words > 20 ||
                !block_is_dense(&p->blocks[more]))
                continue;
        }
        if (judge_cut(j, i, KIND_BOILERPLATE, TM_STR("amid-junk"))) {
            cut++;
            around++;
        }
    }
    return cut;
}

struct seen {
    uint64_t hash;
    uint32_t count;
};

static int may_repeat(const struct block *b) {
    return !(b->flags & (B_NOTHING | B_GLUED | B_COLON | B_MENTION | B_ITEM | B_TABLE | B_PROSE)) && b->words > 0 &&
           b->words <= 20;
}

static struct seen *seen_place(struct seen *table, uint32_t size, uint64_t hash) {
    uint32_t at = (uint32_t)(hash >> 7) & (size - 1);
    while (table[at].count && table[at].hash != hash)
        at = (at + 1) & (size - 1);
    return &table[at];
}

/* Which lines stand there several times: that does not change while blocks go. */
void count_repeats(struct page *p) {
    uint32_t size = 16;
    while (size < p->count * 2)
        size *= 2;
    struct seen *table = p->host->alloc(p->doc, size * sizeof *table);
    memset(table, 0, size * sizeof *table);
    p->repeated = 0;
    for (uint32_t i = 0; i < p->count; i++)
        if (may_repeat(&p->blocks[i])) {
            uint64_t hash = page_hash(p, &p->blocks[i]);
            struct seen *s = seen_place(table, size, hash);
            s->hash = hash;
            s->count++;
        }
    for (uint32_t i = 0; i < p->count; i++) {
        struct block *b = &p->blocks[i];
        uint32_t n = may_repeat(b) ? seen_place(table, size, b->hash)->count : 0;
        b->repeated = n >= 3 ? 2 : n == 2;
        p->repeated += b->repeated > 0;
    }
    p->repeats_counted = 1;
}

/* Not a name: a speaker's stands above each of his answers. */
static int is_marker(const struct block *b) {
    return b->repeated == 2 && b->words >= 2 && b->words <= 6 && b->caps * 2 <= b->words && block_open(b) &&
           !(b->flags & (B_NAMES | B_QUOTE | B_QUESTION));
}

/* Open lines that stand there several times, in documents that have other junk. */
uint32_t cut_repeated(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    if (p->junk < 3)
        return 0;
    if (!p->repeats_counted)
        count_repeats(p);
    for (uint32_t i = 0; i < p->count && p->repeated > 0; i++) {
        const struct block *b = &p->blocks[i];
        if (!b->repeated || block_gone(b) || i == p->title)
            continue;
        uint32_t before = previous_block(p, i), after = next_block(p, i);
        int near = (before < p->count && block_is_junk(&p->blocks[before])) ||
                   (after < p->count && block_is_junk(&p->blocks[after]));
        if (near || is_marker(b) || (b->repeated == 2 && (i > p->last_prose || i < p->first_prose)))
            cut += judge_cut(j, i, KIND_BOILERPLATE, TM_STR("repeated-line"));
    }
    return cut;
}

/* Heads that have nothing under them any more: from the end on, up to the first block that stays. */
uint32_t cut_empty_heads(struct judge *j) {
    struct page *p = j->page;
    uint32_t cut = 0;
    for (uint32_t i = p->count; i-- > 0;) {
        const struct block *b = &p->blocks[i];
        if ((b->flags & B_NOTHING) || block_gone(b))
            continue;
        int head = block_open(b) && b->words <= 9 && i != p->title && (p->n_prose == 0 || i > p->first_prose) &&
                   !(b->flags & (B_ITEM | B_QUOTE | B_GLUED | B_NUMBER | B_TABLE));
        if (!head || !((b->flags & B_COLON) || (b->asks & A_TAG_HEAD) ||
                       block_is(j, b, j->lists->emptyhead | j->lists->taghead | j->lists->related)))
            break;
        cut += judge_cut(j, i, KIND_HEAD, TM_STR("empty-head"));
    }
    return cut;
}
