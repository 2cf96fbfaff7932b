/* dedup.c: the stage: options, and turning a plan into cuts with their evidence. What is considered and what goes is
 * decided in items.c.
 */
#include "opening.h"
#include "why.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct config {
    double threshold;
    int32_t vetoes;
    int32_t scores;
    int32_t why;
    tm_list kinds;
};

struct stage {
    const tm_host *host;
    struct lexicon lexicon;
    struct rules rules;
    const tm_rule_times *times;
    tm_field field;
    int scores, why;
};

static const tm_option options[] = {
    TM_OPT_NUMBER(struct config, threshold, "threshold", "0.6", "0..1",
                  "score from which a list item, line or paragraph counts as a repetition"),
    TM_OPT_BOOL(struct config, vetoes, "vetoes", "true",
                "keep whatever brings a number, name or negation that the text it repeats does not have"),
    TM_OPT_BOOL(struct config, scores, "scores", "false",
                "write the score of everything considered into the field dedup"),
    TM_OPT_LIST(struct config, kinds, TM_T_STRING, 0, "kinds",
                "[\"duplicate_bullet\", \"duplicate_paragraph\", \"duplicate_title\"]", "what may be removed"),
    TM_OPT_BOOL(struct config, why, "why", "false",
                "tell beside each score why the item goes or stays, and the measures; writes dedup as scores does"),
};

static const char *const kind_names[KINDS] = {"duplicate_bullet", "duplicate_paragraph", "duplicate_title"};

static tm_str str(const char *s) {
    return (tm_str){s, strlen(s)};
}

static void stage_close(void *stage) {
    struct stage *s = stage;
    if (s)
        lexicon_deinit(&s->lexicon);
    free(s);
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    struct stage *s = calloc(1, sizeof *s);
    struct opening o;
    opening_init(&o, host, self);
    if (!s || lexicon_init(&s->lexicon, host) != TM_OK ||
        opening_choices(&o, "kinds", &c->kinds, kind_names, KINDS, &s->rules.kinds) != 0) {
        stage_close(s);
        return opening_refuse(&o);
    }
    s->host = host;
    s->rules.threshold = c->threshold;
    s->rules.vetoes = c->vetoes ? ~0u : 0;
    s->scores = c->scores || c->why;
    s->why = c->why;
    s->times = host->query(TM_STR(TM_RULE_TIMES));
    s->field = host->field(self, TM_STR("dedup"));
    *out_stage = s;
    return TM_OK;
}

static int is_blank(const char *text, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return 0;
    return 1;
}

/* What goes with a block: its lines whole where it has them for itself (and the blank lines behind, where one stands
 * before), else the block with the space to the next one. */
static tm_span cut_of(const struct layout *l, uint32_t block) {
    const tm_blocks *b = &l->blocks;
    const tm_lines *n = &l->lines;
    uint32_t line = b->line[block], last = line + b->lines[block] - 1;
    uint32_t start = b->start[block], end = start + b->length[block];
    int alone =
        is_blank(l->text.data, n->start[line], start) && is_blank(l->text.data, end, n->start[last] + n->length[last]);
    if (!alone) {
        uint32_t most = n->start[last] + n->length[last];
        if (block + 1 < b->count && b->start[block + 1] < most)
            most = b->start[block + 1];
        while (end < most && is_blank(l->text.data, end, end + 1))
            end++;
        return (tm_span){start, end};
    }
    start = n->start[line];
    end = n->start[last] + n->full[last];
    if (line == 0 || n->block[line - 1] == TM_NONE)
        while (last + 1 < n->count && n->block[last + 1] == TM_NONE) {
            last++;
            end = n->start[last] + n->full[last];
        }
    return (tm_span){start, end};
}

static tm_span unit_span(const struct plan *p, uint32_t unit) {
    const struct words *w = &p->words;
    const struct layout *l = p->layout;
    uint32_t sentence = l->tokens.sentence[l->word_token[w->unit_word[unit]]];
    uint32_t start = l->sentences.start[sentence];
    return (tm_span){start, start + l->sentences.length[sentence]};
}

static void cut_item(const struct stage *s, tm_doc *doc, const struct plan *p, const struct item *item) {
    tm_span evidence[EVIDENCE_MOST];
    uint32_t n = 0;
    tm_span cut = cut_of(p->layout, item->block);
    if (item->equal.end)
        evidence[n++] = item->equal;
    for (uint32_t k = 0; n < EVIDENCE_MOST && !item->equal.end && k < item->judgement.n_evidence; k++) {
        tm_span span = unit_span(p, item->judgement.evidence[k]);
        uint32_t i = n;
        while (i > 0 && evidence[i - 1].start > span.start) {
            evidence[i] = evidence[i - 1];
            i--;
        }
        if (i > 0 && evidence[i - 1].start == span.start) {
            memmove(&evidence[i], &evidence[i + 1], (n - i) * sizeof *evidence);
            continue;
        }
        evidence[i] = span;
        n++;
    }
    tm_edit edit = {.size = sizeof edit,
                    .start = cut.start,
                    .end = cut.end,
                    .n_evidence = n,
                    .kind = str(kind_names[item->kind]),
                    .rule = str(item->equal.end ? "same-words" : rule_name(item->kind)),
                    .score = item->equal.end ? 1 : item->judgement.score,
                    .evidence = evidence};
    s->host->edit(doc, &edit);
}

static void write_why(const struct stage *s, tm_writer *w, const struct plan *p, const struct item *item) {
    const tm_host *h = s->host;
    const struct judgement *g = &item->judgement;
    const struct {
        const char *name;
        double value;
    } all[] = {{"coverage", g->coverage},   {"order", g->order},         {"runs", g->runs},
               {"uncovered", g->uncovered}, {"numbers", g->numbers},     {"new_numbers", g->new_numbers},
               {"names", g->names},         {"new_names", g->new_names}, {"negations", g->negations},
               {"swaps", g->swaps},         {"content", g->content},     {"new_words", g->new_words},
               {"context", item->context}};
    char why[WHY_MOST];
    uint32_t n = why_item(p, item, &s->rules, why);
    h->write_key(w, TM_STR("why"));
    h->write_text(w, (tm_str){why, n});
    if (!item->has_judgement)
        return;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        h->write_key(w, str(all[i].name));
        h->write_number(w, all[i].value, 4);
    }
}

static void write_scores(const struct stage *s, tm_doc *doc, const struct plan *p) {
    const tm_host *h = s->host;
    tm_writer *w = h->write_begin(doc, s->field);
    if (!w)
        return;
    h->write_array(w);
    for (uint32_t i = 0; i < p->n_items; i++) {
        const struct item *item = &p->items[i];
        int has_score = item->has_judgement || item->equal.end;
        if (!has_score && !s->why)
            continue;
        uint32_t start = p->layout->blocks.start[item->block];
        tm_span at = h->to_original(doc, (tm_span){start, start + p->layout->blocks.length[item->block]});
        h->write_object(w);
        h->write_key(w, TM_STR("start"));
        h->write_int(w, at.start);
        h->write_key(w, TM_STR("end"));
        h->write_int(w, at.end);
        h->write_key(w, TM_STR("score"));
        h->write_number(w, item->equal.end ? 1 : has_score ? item->judgement.score : NAN, 4);
        if (s->why)
            write_why(s, w, p, item);
        h->write_close(w);
    }
    h->write_close(w);
    h->write_end(w);
}

static int32_t stage_thread_open(void *stage, void **out_thread) {
    (void)stage;
    *out_thread = calloc(1, sizeof(struct stems));
    return *out_thread ? TM_OK : TM_ERANGE;
}

static void stage_thread_close(void *stage, void *thread) {
    (void)stage;
    free(thread);
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    struct layout layout;
    struct plan plan = {.layout = &layout, .clock = rule_clock_of(s->times, doc)};
    uint64_t since = rule_clock_now(&plan.clock);
    int is_worth = layout_scan(&layout, &s->lexicon, s->host, doc);
    rule_clock_add(&plan.clock, TM_STR("(layout)"), since);
    if (is_worth) {
        plan_make(&plan, &s->rules, &s->lexicon, thread, s->host, doc);
        for (uint32_t i = 0; i < plan.n_items; i++)
            if (plan.items[i].gone)
                cut_item(s, doc, &plan, &plan.items[i]);
        for (uint32_t block = 0; plan.gone && block < layout.blocks.count; block++) {
            if (plan.gone[block] != 2)
                continue;
            tm_span cut = cut_of(&layout, block);
            tm_edit edit = {.size = sizeof edit,
                            .start = cut.start,
                            .end = cut.end,
                            .kind = TM_STR("section_marker"),
                            .rule = TM_STR("head-of-removed"),
                            .score = NAN};
            s->host->edit(doc, &edit);
        }
    }
    if (s->scores)
        write_scores(s, doc, &plan);
    return TM_PASS;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "dedup",
    .version = "0.1.0",
    .summary = "removes list items, paragraphs and titles that only repeat other text of the document",
    .licence = "MIT",
    .flags = TM_EDITS | TM_DETERMINISTIC,
    .writes = "dedup",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .thread_open = stage_thread_open,
    .thread_close = stage_thread_close,
    .process = stage_process,
};
