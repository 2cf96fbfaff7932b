/* topics.c: the stage `topics`: what a document is about, as concepts of the IPTC Media Topics or of the user's own
 * taxonomy, and on request its keywords. Owns the descriptor, the options, and what goes to and from the host.
 */
#include "evidence.h"
#include "keywords.h"

#include <lines.h>

#include <textmill/plugin.h>

#include <stdlib.h>
#include <string.h>

#define HEADLINE_TIMES 3.0f
#define TAG_TIMES 3.0f

struct config {
    tm_list taxonomy;
    double threshold;
    int64_t most;
    int64_t keywords;
    int32_t why;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    struct taxonomy taxonomy;
    struct compile *own; /* the user's taxonomy, or NULL */
    struct phrase_view stop_words;
    struct phrase_builder *stop_words_owner;
    tm_field topics, keywords, source_tags;
};

static void topics_close(void *stage) {
    struct stage *s = stage;
    taxonomy_close(&s->taxonomy);
    compile_free(s->own);
    phrase_builder_free(s->stop_words_owner);
    free(s);
}

static int own_taxonomy(struct stage *s, tm_str *out_bytes, char *error, uint64_t room) {
    const tm_str *paths = s->config->taxonomy.items;
    s->own = taxonomy_compiler(s->host);
    for (uint64_t i = 0; s->own && i < s->config->taxonomy.count; i++) {
        uint64_t len;
        char *text = lines_read_file(paths[i].data, &len, error, room);
        int done = text ? taxonomy_compile(s->own, paths[i].data, (tm_str){text, len}, error, room) : -1;
        free(text);
        if (done < 0)
            return -1;
    }
    *out_bytes = s->own ? compile_finish(s->own) : (tm_str){NULL, 0};
    return 0;
}

static int32_t topics_open(const tm_host *h, tm_instance *self, const void *config, void **out_stage) {
    char error[512] = "no memory";
    tm_str bytes = {NULL, 0};
    struct stage *s = calloc(1, sizeof *s);
    if (!s)
        goto fail;
    s->host = h;
    s->config = config;
    s->topics = h->field(self, TM_STR("topics"));
    s->keywords = h->field(self, TM_STR("keywords"));
    s->source_tags = h->field(self, TM_STR("source_tags"));
    if (s->config->taxonomy.count) {
        if (own_taxonomy(s, &bytes, error, sizeof error) < 0)
            goto fail;
    } else if (h->map_file(self, TM_STR("topics.table"), &bytes) != TM_OK) {
        strcpy(error, "cannot read topics.table beside topics.so; build or install textmill again");
        goto fail;
    }
    if (!bytes.data || taxonomy_open(&s->taxonomy, bytes, h->text_version, error, sizeof error) < 0)
        goto fail;
    if (s->config->keywords > 0) {
        s->stop_words_owner = keywords_stop_words(h, &s->stop_words);
        if (!s->stop_words_owner) {
            strcpy(error, "no memory for keywords");
            goto fail;
        }
    }
    *out_stage = s;
    return TM_OK;
fail:
    h->open_error(self, (tm_str){error, strlen(error)});
    if (s)
        topics_close(s);
    return TM_EINVAL;
}

/* A string of the record (a title, a tag) as further evidence. */
static void add_string(const struct stage *s, struct evidence *e, tm_str text, float times) {
    uint64_t hash[64];
    tm_token_buffer tokens = {.room = 64, .hash = hash};
    if (text.len && s->host->tokenize(text, &tokens) == TM_OK)
        evidence_add(e, hash, tokens.count < tokens.room ? tokens.count : tokens.room, times);
}

static void add_tags(const struct stage *s, struct evidence *e, tm_doc *doc) {
    tm_cursor cursor;
    tm_value tag;
    if (s->host->field_cursor(doc, s->source_tags, &cursor) != TM_OK)
        return;
    while (s->host->next(&cursor, NULL, &tag) > 0)
        if (tag.type == TM_V_TEXT)
            add_string(s, e, tag.text, TAG_TIMES);
}

struct found {
    uint32_t topic;
    float score;
};

/* Best first; of equal ones the top term, then the lower number. */
static int precedes(const struct taxonomy *t, const struct found *a, const struct found *b) {
    if (a->score > b->score || a->score < b->score)
        return a->score > b->score;
    int top_a = t->topics[a->topic].top == a->topic, top_b = t->topics[b->topic].top == b->topic;
    return top_a != top_b ? top_a : a->topic < b->topic;
}

static void write_topics(const struct stage *s, tm_doc *doc, const struct found *found, uint32_t n, const float *sums) {
    const tm_host *h = s->host;
    const struct taxonomy *t = &s->taxonomy;
    tm_writer *w = h->write_begin(doc, s->topics);
    if (!w)
        return;
    h->write_array(w);
    for (uint32_t i = 0; i < n; i++) {
        const struct topic *topic = &t->topics[found[i].topic];
        h->write_object(w);
        h->write_key(w, TM_STR("id"));
        h->write_text(w, topic->id);
        h->write_key(w, TM_STR("name"));
        h->write_text(w, topic->name);
        h->write_key(w, TM_STR("top"));
        h->write_text(w, t->topics[topic->top].id);
        h->write_key(w, TM_STR("score"));
        h->write_number(w, (double)found[i].score, 4);
        if (s->config->why) {
            h->write_key(w, TM_STR("why"));
            h->write_number(w, (double)sums[found[i].topic], 2);
        }
        h->write_close(w);
    }
    h->write_close(w);
    h->write_end(w);
}

static void write_keywords(const struct stage *s, tm_doc *doc, tm_str text) {
    const tm_host *h = s->host;
    uint32_t most = (uint32_t)s->config->keywords;
    struct keyword *found = h->alloc(doc, most * sizeof *found);
    uint32_t n = keywords_find(h, doc, &s->stop_words, most, found);
    tm_writer *w = h->write_begin(doc, s->keywords);
    if (!w)
        return;
    h->write_array(w);
    for (uint32_t i = 0; i < n; i++) {
        h->write_object(w);
        h->write_key(w, TM_STR("text"));
        h->write_text(w, (tm_str){text.data + found[i].span.start, found[i].span.end - found[i].span.start});
        h->write_key(w, TM_STR("count"));
        h->write_int(w, found[i].count);
        h->write_key(w, TM_STR("score"));
        h->write_number(w, (double)found[i].score, 4);
        h->write_close(w);
    }
    h->write_close(w);
    h->write_end(w);
}

static int32_t topics_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    const tm_host *h = s->host;
    const struct taxonomy *t = &s->taxonomy;
    (void)thread;
    tm_tokens tokens = tm_tokens_get(h, doc);
    tm_blocks blocks = tm_blocks_get(h, doc);
    tm_sentences sentences = tm_sentences_get(h, doc);
    uint32_t n_found = 0;
    float *sums = h->alloc(doc, (t->n_topics + 1) * sizeof *sums);
    struct found *found = h->alloc(doc, (t->n_topics + 1) * sizeof *found);
    struct evidence e;
    evidence_init(&e, t, h->scratch(doc, evidence_bytes(tokens.count)), tokens.count);
    evidence_add(&e, tokens.hash, tokens.count, 1);
    /* The headline: the record's title, else the first line of a text of several. */
    tm_str title = h->title(doc);
    if (title.len)
        add_string(s, &e, title, HEADLINE_TIMES);
    else if (blocks.count > 1)
        evidence_add(&e, tokens.hash, sentences.token[blocks.sentence[1]], HEADLINE_TIMES);
    add_tags(s, &e, doc);
    evidence_sum(&e, sums);
    uint32_t best = TM_NONE;
    float second = 0;
    for (uint32_t i = 0; i < t->n_topics; i++) {
        if (t->topics[i].top != i)
            continue;
        if (best == TM_NONE || sums[i] > sums[best]) {
            second = best == TM_NONE ? 0 : sums[best];
            best = i;
        } else if (sums[i] > second) {
            second = sums[i];
        }
    }
    float *scores = h->alloc(doc, (t->n_topics + 1) * sizeof *scores);
    for (uint32_t i = 0; i < t->n_topics; i++)
        if (t->topics[i].top == i)
            scores[i] = sums[i] > 0 ? evidence_score(sums[i], i == best ? second : sums[best], tokens.count) : 0;
    for (uint32_t i = 0; i < t->n_topics; i++) {
        uint32_t top = t->topics[i].top;
        float score = scores[top];
        /* A narrower topic is as likely as its top term, times its share of that one's words. */
        if (i != top)
            score *= sums[i] <= 0 || sums[top] <= 0 ? 0
                     : sums[i] >= sums[top]         ? 1
                                                    : 0.35f + 0.65f * sums[i] / sums[top];
        if (score < (float)s->config->threshold)
            continue;
        struct found one = {i, score};
        uint32_t at = n_found++;
        while (at > 0 && precedes(t, &one, &found[at - 1])) {
            found[at] = found[at - 1];
            at--;
        }
        found[at] = one;
    }
    if (n_found > (uint64_t)s->config->most)
        n_found = (uint32_t)s->config->most;
    write_topics(s, doc, found, n_found, sums);
    if (s->config->keywords > 0)
        write_keywords(s, doc, h->text(doc));
    return TM_PASS;
}

static const tm_option options[] = {
    TM_OPT_NUMBER(struct config, threshold, "threshold", "0.2", "0..1", "score from which a topic is given"),
    TM_OPT_INT(struct config, most, "most", "8", "1..4096", "most topics of a document"),
    TM_OPT_INT(struct config, keywords, "keywords", "0", "0..1000",
               "most keywords of a document, in the field keywords"),
    TM_OPT_LIST(struct config, taxonomy, TM_T_PATH, TM_OPT_PATH_READ, "taxonomy", "[]",
                "files of a taxonomy of your own, which takes the place of the IPTC Media Topics"),
    TM_OPT_BOOL(struct config, why, "why", "false", "tell of every topic how much its words weigh in the document"),
};

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_DETERMINISTIC,
    .name = "topics",
    .version = "1.0",
    .summary = "tells what a document is about, as IPTC Media Topics or by a taxonomy of your own",
    .licence = "MIT AND CC-BY-4.0",
    .languages = "en",
    .writes = "topics keywords",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = topics_open,
    .close = topics_close,
    .process = topics_process,
};
