/* keywords.c: candidates are runs of one to four words between stop words, marks and line ends; each is scored by how
 * often it stands, how much its words occur in company (degree over frequency), and how early. Linear in the text.
 */
#include "keywords.h"

#include <math.h>
#include <string.h>

#define RUN_MOST 4u
#define FIRST_ROOM 1024u /* places for words; enough for an article */

static const char stop_words[] =
    "a about above according across after again against ago all almost along already also although always am amid "
    "among an "
    "and another any anyone anything are around as asked at away back be became because become been before began being "
    "below best better between beyond both but by came can cannot come comes could day days did do does doing done "
    "down "
    "during each earlier either else end enough even ever every everyone everything far few first five following for "
    "four "
    "from full further gave get gets getting give given go goes going good got great had half has have having he her "
    "here "
    "hers herself him himself his how however i if in including indeed instead into is it its itself just keep kept "
    "know "
    "known last late later latest least less let like likely little long look made make makes making many may maybe me "
    "mean might million billion month months more most mr mrs ms much must my myself near nearly need never new next "
    "no "
    "nobody none nor not nothing now of off often old on once one only onto or other others our ours out over own part "
    "past people per perhaps put quite rather really recent recently s said same saw say saying says second see seen "
    "several shall she should show since six so some someone something soon still such t take taken takes taking ten "
    "than "
    "that the their theirs them themselves then there these they thing things think third this those though thought "
    "three "
    "through thus time times to today together told too took toward towards two under until up upon us use used using "
    "very via want wants was way we week weeks well went were what whatever when where whether which while who whole "
    "whom "
    "whose why will with within without would year years yes yet you your yours monday tuesday wednesday thursday "
    "friday "
    "saturday sunday january february march april june july august september october november december added tell "
    "don't "
    "doesn't didn't isn't wasn't won't can't i'm it's that's lot able set saying called";

struct phrase_builder *keywords_stop_words(const tm_host *h, struct phrase_view *out_view) {
    struct phrase_builder *b = phrase_builder_new();
    for (const char *at = stop_words; b && *at;) {
        size_t len = strcspn(at, " ");
        uint64_t hash = h->hash((tm_str){at, len});
        if (phrase_builder_add(b, &hash, 1, 1) < 0) {
            phrase_builder_free(b);
            return NULL;
        }
        at += len + (at[len] == ' ');
    }
    if (b && phrase_builder_finish(b, out_view) < 0) {
        phrase_builder_free(b);
        return NULL;
    }
    return b;
}

struct seen {
    uint64_t key; /* 0: free */
    uint32_t count, degree;
    uint32_t first; /* token */
    uint32_t length;
};

/* Grows with the number of different keys, which is far below that of tokens in all but odd texts. */
struct seen_table {
    const tm_host *host;
    tm_doc *doc;
    struct seen *places;
    uint32_t room, used;
};

static struct seen *free_or_same(struct seen *places, uint32_t mask, uint64_t key) {
    uint32_t at = (uint32_t)(key ^ key >> 32) & mask;
    while (places[at].key && places[at].key != key)
        at = (at + 1) & mask;
    return &places[at];
}

static void table_make(struct seen_table *t, uint32_t room) {
    struct seen *before = t->places;
    t->places = t->host->alloc(t->doc, (uint64_t)room * sizeof *t->places);
    memset(t->places, 0, (uint64_t)room * sizeof *t->places);
    for (uint32_t i = 0; before && i < t->room; i++)
        if (before[i].key)
            *free_or_same(t->places, room - 1, before[i].key) = before[i];
    t->room = room;
}

static struct seen *place(struct seen_table *t, uint64_t key) {
    key = key ? key : 1;
    struct seen *found = free_or_same(t->places, t->room - 1, key);
    if (found->key)
        return found;
    if ((uint64_t)t->used * 2 >= t->room && t->room < (uint32_t)1 << 30) {
        table_make(t, t->room * 2);
        found = free_or_same(t->places, t->room - 1, key);
    }
    t->used++;
    found->key = key;
    return found;
}

static int is_word(const tm_tokens *t, uint32_t i, const struct phrase_view *stops) {
    uint32_t shape = t->shape[i];
    return (shape & TM_SHAPE_WORD) && !(shape & (TM_SHAPE_CLITIC | TM_SHAPE_URL | TM_SHAPE_EMAIL | TM_SHAPE_MENTION)) &&
           t->length[i] > 1 && !phrase_exact(stops, &t->hash[i], 1);
}

static uint64_t run_key(const tm_tokens *t, uint32_t i, uint32_t n) {
    uint64_t key = n;
    for (uint32_t k = i; k < i + n; k++)
        key = (key ^ t->hash[k]) * 0x9fb21c651e98df25u;
    return key ^ key >> 29;
}

/* Whether a run shares a word with the one that was kept as number k. */
static int overlaps(const tm_tokens *t, const struct seen *a, const uint32_t *starts, uint32_t k) {
    for (uint32_t i = a->first; i < a->first + a->length; i++)
        for (uint32_t j = starts[2 * k]; j < starts[2 * k] + starts[2 * k + 1]; j++)
            if (t->hash[i] == t->hash[j])
                return 1;
    return 0;
}

uint32_t keywords_find(const tm_host *h, tm_doc *doc, const struct phrase_view *stops, uint32_t most,
                       struct keyword *out) {
    tm_tokens t = tm_tokens_get(h, doc);
    uint32_t found = 0, n_kept = 0;
    struct seen_table words = {.host = h, .doc = doc}, runs = words;
    table_make(&words, FIRST_ROOM);
    table_make(&runs, FIRST_ROOM * 2);
    for (uint32_t i = 0; i < t.count;) {
        uint32_t end = i;
        while (end < t.count && t.sentence[end] == t.sentence[i] && is_word(&t, end, stops) && end - i < RUN_MOST)
            end++;
        if (end == i) {
            i++;
            continue;
        }
        for (uint32_t k = i; k < end; k++) {
            struct seen *w = place(&words, t.hash[k]);
            w->count++;
            w->degree += end - i;
        }
        for (uint32_t n = 1; n <= end - i; n++)
            for (uint32_t k = i; k + n <= end; k++) {
                struct seen *r = place(&runs, run_key(&t, k, n));
                if (r->count++ == 0) {
                    r->first = k;
                    r->length = n;
                }
            }
        i = end;
    }
    /* A small ordered list of the best; longer than asked for, since some will share words. */
    uint32_t n_list = most * 6 < 64 ? 64 : most * 6;
    struct seen **list = h->alloc(doc, n_list * sizeof(struct seen *));
    float *scores = h->alloc(doc, n_list * sizeof *scores);
    for (uint32_t i = 0; i < runs.room; i++) {
        struct seen *r = &runs.places[i];
        if (!r->key || (r->count < 2 && r->length == 1))
            continue;
        float company = 0;
        for (uint32_t k = r->first; k < r->first + r->length; k++) {
            const struct seen *w = place(&words, t.hash[k]);
            company += (float)w->degree / (float)w->count * logf(1 + (float)w->count);
        }
        /* A row that comes again is worth its length; one that stands once is mostly chance. */
        float worth = r->count > 1 ? 1.0f : 0.4f / (float)r->length;
        float score = company * worth * logf(0.5f + (float)r->count) * (1.0f + 1.0f / (1.0f + (float)r->first / 60.0f));
        uint32_t at = n_kept < n_list ? n_kept++ : n_list;
        if (at == n_list) {
            if (score <= scores[n_list - 1])
                continue;
            at--;
        }
        while (at > 0 && (scores[at - 1] < score || (scores[at - 1] <= score && list[at - 1]->first > r->first))) {
            scores[at] = scores[at - 1];
            list[at] = list[at - 1];
            at--;
        }
        scores[at] = score;
        list[at] = r;
    }
    uint32_t *starts = h->alloc(doc, (most + 1) * 2 * sizeof *starts);
    for (uint32_t i = 0; i < n_kept && found < most; i++) {
        int fresh = 1;
        for (uint32_t k = 0; k < found && fresh; k++)
            fresh = !overlaps(&t, list[i], starts, k);
        if (!fresh)
            continue;
        uint32_t last = list[i]->first + list[i]->length - 1;
        starts[2 * found] = list[i]->first;
        starts[2 * found + 1] = list[i]->length;
        out[found++] =
            (struct keyword){{t.start[list[i]->first], t.start[last] + t.length[last]}, scores[i], list[i]->count};
    }
    return found;
}
