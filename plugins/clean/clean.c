/* clean.c: the stage `clean`: takes what is not the article out of a scraped text: navigation, share bars, sign-up
 * lines, ads, rights, author biographies, links to other articles, captions and credits, citation marks, tags, bylines
 * and times (these two and the tags it lifts into fields), repeats of the headline.
 *
 * Owns options, fields and the declaring of cuts. The judgement is in judge.c and its parts; what the words of a
 * language are is in rules/, and rulebook.c has them read. Each cut names its rule.
 */
#include "dates.h"
#include "inline.h"
#include "judge.h"
#include "rulebook.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config {
    int32_t preset;
    tm_list kinds, rules, off;
    int32_t why;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    struct rulebook book;
    const tm_rule_times *times;
    tm_field lang, title, byline, published, source_tags;
};

static int str_equal(tm_str a, tm_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static int listed(const tm_list *list, tm_str name) {
    const tm_str *items = list->items;
    for (uint64_t i = 0; i < list->count; i++)
        if (str_equal(items[i], name))
            return 1;
    return 0;
}

static int allowed(const void *ctx, tm_str rule, tm_str kind) {
    const struct stage *s = ctx;
    return (s->config->kinds.count == 0 || listed(&s->config->kinds, kind)) && !listed(&s->config->off, rule);
}

static void close_stage(void *stage) {
    struct stage *s = stage;
    if (s == NULL)
        return;
    rulebook_close(&s->book);
    free(s);
}

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = calloc(1, sizeof *s);
    char error[320] = "out of memory";
    tm_str bytes;
    if (s == NULL)
        goto fail;
    s->host = host;
    s->config = config;
    if (host->map_file(self, TM_STR("clean.table"), &bytes) != TM_OK) {
        snprintf(error, sizeof error, "clean: cannot read clean.table beside the plugin; build the plugin again");
        goto fail;
    }
    if (rulebook_open(&s->book, host, bytes, s->config->rules.items, s->config->rules.count, error, sizeof error) != 0)
        goto fail;
    s->times = host->query(TM_STR(TM_RULE_TIMES));
    s->lang = host->field(self, TM_STR("lang"));
    s->title = host->field(self, TM_STR("title"));
    s->byline = host->field(self, TM_STR("byline"));
    s->published = host->field(self, TM_STR("published"));
    s->source_tags = host->field(self, TM_STR("source_tags"));
    *out_stage = s;
    return TM_OK;
fail:
    host->open_error(self, (tm_str){error, strlen(error)});
    close_stage(s);
    return TM_EINVAL;
}

/* --- what is lifted into fields --- */

static tm_str strip(tm_str s) {
    while (s.len && strchr(" \t\r\n-*|,;:", *s.data) != NULL) {
        s.data++;
        s.len--;
    }
    while (s.len && strchr(" \t\r\n|,;:", s.data[s.len - 1]) != NULL)
        s.len--;
    while (s.len >= 2 && memcmp(s.data + s.len - 2, "\xc2\xb7", 2) == 0) {
        s.len -= 2;
        while (s.len && s.data[s.len - 1] == ' ')
            s.len--;
    }
    return s;
}

static tm_str words_of(const struct page *p, const struct block *b) {
    if (b->tok >= b->tok_end)
        return (tm_str){"", 0};
    uint32_t from = p->tokens.start[b->tok], last = b->tok_end - 1;
    return strip((tm_str){p->text.data + from, p->tokens.start[last] + p->tokens.length[last] - from});
}

static int is_absent(const struct stage *s, tm_doc *doc, tm_field field) {
    tm_value v;
    uint32_t type = s->host->get(doc, field, &v);
    return type == TM_V_ABSENT || type == TM_V_NULL;
}

static void set_text(const struct stage *s, tm_doc *doc, tm_field field, tm_str text) {
    tm_value v = {.type = TM_V_TEXT, .text = text};
    s->host->set(doc, field, &v);
}

static tm_str on_one_line(const struct stage *s, tm_doc *doc, tm_str text) {
    if (memchr(text.data, '\n', text.len) == NULL)
        return text;
    char *copy = s->host->alloc(doc, text.len);
    for (uint64_t i = 0; i < text.len; i++)
        copy[i] = text.data[i] == '\n' || text.data[i] == '\r' ? ' ' : text.data[i];
    return (tm_str){copy, text.len};
}

static void lift_title(const struct stage *s, const struct page *p) {
    if (p->title != TM_NONE && is_absent(s, p->doc, s->title))
        set_text(s, p->doc, s->title, on_one_line(s, p->doc, words_of(p, &p->blocks[p->title])));
}

/* The first date in lines of a kind; 1 where there is one. */
static int lift_date(const struct stage *s, const struct page *p, tm_str kind) {
    char date[32];
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t len = kind_is(&p->blocks[i], kind) ? date_read(words_of(p, &p->blocks[i]), date) : 0;
        if (len) {
            set_text(s, p->doc, s->published, (tm_str){date, len});
            return 1;
        }
    }
    return 0;
}

static void lift_published(const struct stage *s, const struct page *p) {
    if (is_absent(s, p->doc, s->published) && !lift_date(s, p, KIND_TIME))
        lift_date(s, p, KIND_BYLINE);
}

static int is_bar(tm_str token) {
    return str_equal(token, TM_STR("|")) || str_equal(token, TM_STR("\302\267")) ||
           str_equal(token, TM_STR("\342\200\242"));
}

/* A byline without its "By"; empty for lines that only lead to an author's other articles. */
static tm_str byline_text(const struct stage *s, const struct page *p, const struct block *b) {
    uint32_t t = b->first;
    for (uint32_t m = b->match; m < b->match_end; m++)
        if (p->matches[m].tok == b->first && (p->matches[m].lists & s->book.lists.byhead)) {
            if (p->matches[m].len > 2)
                return (tm_str){"", 0};
            t += p->matches[m].len;
        }
    if (t >= b->tok_end)
        return (tm_str){"", 0};
    uint32_t end = t + 1; /* up to a bar or dot, behind which stands something else */
    while (end < b->tok_end && !is_bar(token_text(p, end)))
        end++;
    return strip((tm_str){p->text.data + p->tokens.start[t],
                          p->tokens.start[end - 1] + p->tokens.length[end - 1] - p->tokens.start[t]});
}

static void lift_byline(const struct stage *s, const struct page *p) {
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (!kind_is(b, KIND_BYLINE) || b->words > 14)
            continue;
        if (!is_absent(s, p->doc, s->byline))
            return;
        tm_str text = byline_text(s, p, b);
        if (text.len) {
            set_text(s, p->doc, s->byline, text);
            return;
        }
    }
}

static void lift_tags(const struct stage *s, const struct page *p) {
    tm_writer *w = NULL;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->blocks[i];
        if (!kind_is(b, KIND_TAGS) || str_equal(b->cut->rule, TM_STR("tag-head")))
            continue;
        tm_str rest = words_of(p, b);
        if (str_equal(b->cut->rule, TM_STR("tag-line"))) { /* behind the label, parted by commas */
            const char *colon = memchr(rest.data, ':', rest.len);
            if (colon != NULL)
                rest = (tm_str){colon + 1, rest.len - (uint64_t)(colon + 1 - rest.data)};
        }
        while (rest.len) {
            const char *comma = memchr(rest.data, ',', rest.len);
            uint64_t n = comma ? (uint64_t)(comma - rest.data) : rest.len;
            tm_str tag = strip((tm_str){rest.data, n});
            rest.data += n + (comma != NULL);
            rest.len -= n + (comma != NULL);
            if (tag.len == 0)
                continue;
            if (w == NULL) {
                if (!is_absent(s, p->doc, s->source_tags) || (w = s->host->write_begin(p->doc, s->source_tags)) == NULL)
                    return;
                s->host->write_array(w);
            }
            s->host->write_text(w, tag);
        }
    }
    if (w != NULL) {
        s->host->write_close(w);
        s->host->write_end(w);
    }
}

/* --- cuts --- */

struct cutter {
    const struct stage *stage;
    tm_doc *doc;
};

static void declare(void *ctx, tm_span span, tm_str kind, tm_str rule) {
    const struct cutter *c = ctx;
    if (span.start >= span.end)
        return;
    tm_edit edit = {
        .size = (uint32_t)sizeof edit, .start = span.start, .end = span.end, .kind = kind, .rule = rule, .score = NAN};
    c->stage->host->edit(c->doc, &edit);
}

static void declare_inline(void *ctx, tm_span span, tm_str kind, tm_str rule) {
    const struct cutter *c = ctx;
    if (allowed(c->stage, rule, kind))
        declare(ctx, span, kind, rule);
}

/* A rule's name with the tests that held. */
static tm_str told(const struct cutter *c, const struct block *b) {
    if (b->cut->why.len == 0)
        return b->cut->rule;
    uint64_t len = b->cut->rule.len + 2 + b->cut->why.len;
    char *text = c->stage->host->alloc(c->doc, len);
    memcpy(text, b->cut->rule.data, b->cut->rule.len);
    memcpy(text + b->cut->rule.len, ": ", 2);
    memcpy(text + b->cut->rule.len + 2, b->cut->why.data, b->cut->why.len);
    return (tm_str){text, len};
}

/* The lines of a block, with their ends; and with the blank lines behind it where there are some before it, too
 * (after_blank: before the cut blocks that it follows). */
static tm_span lines_of(const struct page *p, const tm_lines *lines, uint32_t i, int after_blank) {
    uint32_t first = p->layer.line[i], last = first + p->layer.lines[i] - 1;
    const struct block *b = &p->blocks[i];
    tm_span span = {lines->start[first], lines->start[last] + lines->full[last]};
    if (after_blank && (b->flags & B_BEFORE_BLANK))
        while (last + 1 < lines->count && lines->block[last + 1] == TM_NONE) {
            last++;
            span.end = lines->start[last] + lines->full[last];
        }
    return span;
}

/* Room for the times of rules, where they are asked for; and what they came to. */
static void open_times(struct judge *j, const struct stage *s, tm_doc *doc) {
    if (!j->clock.times)
        return;
    uint64_t size = ((uint64_t)s->book.rules.n_rules + 1) * sizeof *j->rule_ns;
    j->rules_ns = s->host->alloc(doc, size);
    memset(j->rules_ns, 0, size);
    j->rule_ns = j->rules_ns + 1;
}

static void tell_times(const struct judge *j) {
    for (uint32_t i = 0; j->clock.times && i < j->rules->n_rules; i++)
        if (j->rule_ns[i])
            j->clock.times->add(j->clock.doc, j->rules->rules[i].name, j->rule_ns[i]);
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    struct page page;
    tm_value lang;
    (void)thread;
    struct rule_clock clock = rule_clock_of(s->times, doc);
    uint64_t since = rule_clock_now(&clock);
    page_read(&page, s->host, doc, s->book.sets, s->book.n_sets, &s->book.lists);
    rule_clock_add(&clock, TM_STR("(page)"), since);
    if (page.count == 0)
        return TM_PASS;
    if (s->host->get(doc, s->lang, &lang) == TM_V_TEXT && !str_equal(lang.text, TM_STR("en")))
        page.english = 0;
    struct judge judge = {.page = &page,
                          .rules = &s->book.rules,
                          .lists = &s->book.lists,
                          .aggressive = s->config->preset == 1,
                          .numbered = has_numbered_sources(&page),
                          .allowed = allowed,
                          .ctx = s,
                          .clock = clock};
    open_times(&judge, s, doc);
    judge_all(&judge);
    tell_times(&judge);
    since = rule_clock_now(&clock);
    tm_lines lines = tm_lines_get(s->host, doc);
    struct cutter cutter = {s, doc};
    int after_blank = 1;
    for (uint32_t i = 0; i < page.count; i++) {
        struct block *b = &page.blocks[i];
        if (i == 0 || !block_gone(b - 1) || (b->flags & B_AFTER_BLANK))
            after_blank = (b->flags & B_AFTER_BLANK) != 0;
        if (block_gone(b))
            declare(&cutter, lines_of(&page, &lines, i, after_blank), b->cut->kind,
                    s->config->why ? told(&cutter, b) : b->cut->rule);
        else
            find_inline(&judge, b, declare_inline, &cutter);
    }
    lift_title(s, &page);
    lift_published(s, &page);
    lift_byline(s, &page);
    lift_tags(s, &page);
    rule_clock_add(&clock, TM_STR("(cuts)"), since);
    return TM_PASS;
}

static const tm_option options[] = {
    TM_OPT_ENUM(struct config, preset, "preset", "\"conservative\"", "conservative|aggressive",
                "conservative: articles that were extracted already; aggressive: whole pages"),
    TM_OPT_LIST(struct config, kinds, TM_T_STRING, 0, "kinds", "[]", "kinds of cuts to make; empty: all"),
    TM_OPT_LIST(struct config, rules, TM_T_PATH, TM_OPT_PATH_READ, "rules", "[]",
                "rules files of your own; they add, override and switch off"),
    TM_OPT_LIST(struct config, off, TM_T_STRING, 0, "off", "[]", "rules to switch off, by name"),
    TM_OPT_BOOL(struct config, why, "why", "false", "tell with each cut which tests of its rule held"),
};

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_EDITS | TM_DETERMINISTIC,
    .name = "clean",
    .version = "1.0",
    .summary = "takes out what is not the article: navigation, ads, credits, links, citation marks",
    .licence = "MIT",
    .reads = "lang",
    .writes = "title byline published source_tags",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = open_stage,
    .close = close_stage,
    .process = process,
};
