/* topics.c: the stage `topics`: what a document is about, as concepts of the IPTC Media Topics or of the user's own
 * taxonomy, and on request its keywords. Owns the descriptor, the options, and what goes to and from the host.
 */
#include "evidence.h"
#include "keywords.h"
#include "why.h"

#include <json_write.h>
#include <lines.h>
#include <opening.h>

#include <textmill/plugin.h>

#include <stdlib.h>
#include <string.h>

#define HEADLINE_TIMES 3u
#define TAG_TIMES 3u
#define STRING_TOKENS 64u /* of a title or tag */

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
    uint64_t json_room; /* for the longest topic as it is written; 0 where a name needs an escape */
    float least_ratio;  /* of a top term's sum to the greatest, below which the threshold is out of reach */
    tm_field topics, keywords, source_tags;
};

static void topics_close(void *stage) {
    struct stage *s = stage;
    taxonomy_close(&s->taxonomy);
    compile_free(s->own);
    phrase_builder_free(s->stop_words_owner);
    free(s);
}

static int own_taxonomy(struct stage *s, tm_str *out_bytes, struct opening *o) {
    const tm_str *paths = s->config->taxonomy.items;
    uint32_t topics = 0;
    s->own = taxonomy_compiler(s->host);
    for (uint64_t i = 0; s->own && i < s->config->taxonomy.count; i++) {
        uint64_t len;
        char *text = lines_read_file(paths[i].data, &len, o->error, sizeof o->error);
        int done =
            text ? taxonomy_compile(s->own, paths[i].data, (tm_str){text, len}, &topics, o->error, sizeof o->error)
                 : -1;
        free(text);
        if (done < 0)
            return -1;
    }
    *out_bytes = s->own ? compile_finish(s->own) : (tm_str){NULL, 0};
    return out_bytes->data ? 0 : -1;
}

static int open_taxonomy(struct stage *s, struct opening *o) {
    tm_str bytes;
    if (s->config->taxonomy.count ? own_taxonomy(s, &bytes, o) != 0 : opening_map(o, "topics.table", &bytes) != 0)
        return -1;
    if (taxonomy_open(&s->taxonomy, bytes, o->host->text_version, o->error, sizeof o->error) < 0)
        return -1;
    int is_plain = 1;
    for (uint32_t i = 0; i < s->taxonomy.n_topics; i++) {
        uint64_t len = s->taxonomy.topics[i].json.len;
        is_plain = is_plain && len;
        s->json_room = s->json_room < len ? len : s->json_room;
    }
    s->json_room = is_plain ? s->json_room + KIT_JSON_NUMBER_ROOM + sizeof "}," : 0;
    return 0;
}

static int32_t topics_open(const tm_host *h, tm_instance *self, const void *config, void **out_stage) {
    struct opening o;
    struct stage *s = calloc(1, sizeof *s);
    opening_init(&o, h, self);
    if (!s)
        return opening_refuse(&o);
    s->host = h;
    s->config = config;
    s->topics = h->field(self, TM_STR("topics"));
    s->keywords = h->field(self, TM_STR("keywords"));
    s->source_tags = h->field(self, TM_STR("source_tags"));
    s->least_ratio = evidence_least_ratio((float)s->config->threshold);
    int is_open = open_taxonomy(s, &o) == 0;
    if (is_open && s->config->keywords > 0) {
        s->stop_words_owner = keywords_stop_words(h, &s->stop_words);
        is_open = s->stop_words_owner != NULL;
    }
    if (is_open) {
        *out_stage = s;
        return TM_OK;
    }
    topics_close(s);
    return opening_refuse(&o);
}

static int32_t topics_thread_open(void *stage, void **out_thread) {
    struct stage *s = stage;
    struct evidence *e = calloc(1, sizeof *e);
    if (!e || evidence_init(e, &s->taxonomy) < 0) {
        free(e);
        return TM_EINVAL;
    }
    *out_thread = e;
    return TM_OK;
}

static void topics_thread_close(void *stage, void *thread) {
    (void)stage;
    evidence_deinit(thread);
    free(thread);
}

/* A string of the record (a title, a tag) as further evidence. */
static void add_string(const struct stage *s, struct evidence *e, tm_str text, uint32_t times, struct why *why,
                       const char *from) {
    uint64_t hash[STRING_TOKENS];
    uint32_t candidates[STRING_TOKENS + EVIDENCE_AHEAD], start[STRING_TOKENS], length[STRING_TOKENS];
    tm_token_buffer tokens = {.room = STRING_TOKENS, .hash = hash};
    if (why) {
        tokens.start = start;
        tokens.length = length;
    }
    if (!text.len || s->host->tokenize(text, &tokens) != TM_OK)
        return;
    uint32_t n = tokens.count < tokens.room ? tokens.count : tokens.room;
    struct evidence_places *places = why ? why_source(why, text, start, length, n, from) : NULL;
    evidence_add(e, hash, n, times, candidates, places);
    if (why)
        why_take(why);
}

static void add_tags(const struct stage *s, struct evidence *e, tm_doc *doc, struct why *why) {
    tm_cursor cursor;
    tm_value tag;
    if (s->host->field_cursor(doc, s->source_tags, &cursor) != TM_OK)
        return;
    while (s->host->next(&cursor, NULL, &tag) > 0)
        if (tag.type == TM_V_TEXT)
            add_string(s, e, tag.text, TAG_TIMES, why, "source_tags");
}

/* All that speaks for topics: the text, its headline, the tags that cleaning lifted out of it. */
static void add_document(const struct stage *s, struct evidence *e, tm_doc *doc, struct why *why) {
    const tm_host *h = s->host;
    uint32_t n, n_blocks = 0;
    const uint64_t *hash = h->column(doc, TM_TOKEN_HASH, &n);
    uint32_t *candidates = h->scratch(doc, ((uint64_t)n + EVIDENCE_AHEAD) * sizeof *candidates);
    struct evidence_places *places = NULL;
    if (why) {
        const uint32_t *start = h->column(doc, TM_TOKEN_START, NULL), *length = h->column(doc, TM_TOKEN_LENGTH, NULL);
        places = why_source(why, h->text(doc), start, length, n, NULL);
    }
    evidence_add(e, hash, n, 1, candidates, places);
    if (why)
        why_take(why);
    /* The headline: the record's title, else the first line of a text of several. */
    tm_str title = h->title(doc);
    const uint32_t *first_sentence = title.len ? NULL : h->column(doc, TM_BLOCK_SENTENCE, &n_blocks);
    if (title.len) {
        add_string(s, e, title, HEADLINE_TIMES, why, "title");
    } else if (n_blocks > 1) {
        const uint32_t *first_token = h->column(doc, TM_SENTENCE_TOKEN, NULL);
        evidence_add(e, hash, first_token[first_sentence[1]], HEADLINE_TIMES, candidates, NULL);
    }
    add_tags(s, e, doc, why);
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

/* Topics whose objects stand ready but for the score, as one value. */
static void write_plain(const struct stage *s, tm_doc *doc, const struct found *found, uint32_t n) {
    const tm_host *h = s->host;
    char *json = h->alloc(doc, n * s->json_room + sizeof "[]"), *at = json;
    *at++ = '[';
    for (uint32_t i = 0; i < n; i++) {
        tm_str object = s->taxonomy.topics[found[i].topic].json;
        if (i)
            *at++ = ',';
        memcpy(at, object.data, object.len);
        at += object.len;
        at += kit_json_put_number(at, (double)found[i].score);
        *at++ = '}';
    }
    *at++ = ']';
    tm_writer *w = h->write_begin(doc, s->topics);
    h->write_raw(w, (tm_str){json, (uint64_t)(at - json)});
    h->write_end(w);
}

static void write_topics(const struct stage *s, tm_doc *doc, const struct found *found, uint32_t n,
                         const struct evidence *e, const struct why *why) {
    const tm_host *h = s->host;
    const struct taxonomy *t = &s->taxonomy;
    if (s->json_room && !why) {
        write_plain(s, doc, found, n);
        return;
    }
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
        if (why)
            why_write(why, w, e, found[i].topic);
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

/* The best sum of a top term, and the one after it. */
struct best {
    uint32_t topic;
    float sum, second;
};

static struct best best_of(const struct taxonomy *t, const float *sums) {
    struct best b = {TM_NONE, 0, 0};
    for (uint32_t k = 0; k < t->n_tops; k++) {
        float sum = sums[t->tops[k]];
        if (b.topic == TM_NONE || sum > b.sum) {
            b.second = b.topic == TM_NONE ? 0 : b.sum;
            b.topic = t->tops[k];
            b.sum = sum;
        } else if (sum > b.second) {
            b.second = sum;
        }
    }
    return b;
}

/* The topics from the threshold on, best first. */
static uint32_t find_topics(const struct stage *s, tm_doc *doc, const float *sums, struct found *found) {
    const struct taxonomy *t = &s->taxonomy;
    struct best best = best_of(t, sums);
    uint32_t n_found = 0, words;
    s->host->column(doc, TM_TOKEN_HASH, &words);
    float *scores = s->host->alloc(doc, (t->n_topics + 1) * sizeof *scores);
    for (uint32_t k = 0; k < t->n_tops; k++) {
        uint32_t i = t->tops[k];
        int is_out = sums[i] <= 0 || (i != best.topic && sums[i] < best.sum * s->least_ratio);
        scores[i] = is_out ? 0 : evidence_score(sums[i], i == best.topic ? best.second : best.sum, words);
    }
    float threshold = (float)s->config->threshold;
    for (uint32_t i = 0; i < t->n_topics; i++) {
        uint32_t top = t->topics[i].top;
        float score = scores[top];
        if (score < threshold)
            continue;
        /* A narrower topic is as likely as its top term, times its share of that one's words. */
        if (i != top)
            score *= sums[i] <= 0 || sums[top] <= 0 ? 0
                     : sums[i] >= sums[top]         ? 1
                                                    : 0.35f + 0.65f * sums[i] / sums[top];
        if (score < threshold)
            continue;
        struct found one = {i, score};
        uint32_t at = n_found++;
        while (at > 0 && precedes(t, &one, &found[at - 1])) {
            found[at] = found[at - 1];
            at--;
        }
        found[at] = one;
    }
    return n_found < (uint64_t)s->config->most ? n_found : (uint32_t)s->config->most;
}

static int32_t topics_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    const tm_host *h = s->host;
    struct evidence *e = thread;
    struct why room, *why = s->config->why ? &room : NULL;
    float *sums = h->alloc(doc, (s->taxonomy.n_topics + 1) * sizeof *sums);
    struct found *found = h->alloc(doc, (s->taxonomy.n_topics + 1) * sizeof *found);
    if (why)
        why_init(why, h, doc);
    add_document(s, e, doc, why);
    evidence_sum(e, sums);
    uint32_t n = find_topics(s, doc, sums, found);
    write_topics(s, doc, found, n, e, why);
    evidence_clear(e);
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
    TM_OPT_BOOL(struct config, why, "why", "false", "tell of every topic which words speak for it, and where"),
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
    .thread_open = topics_thread_open,
    .thread_close = topics_thread_close,
    .process = topics_process,
};
