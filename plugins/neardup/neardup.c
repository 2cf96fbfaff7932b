/* neardup.c: the stage: options, signature in process, decision in commit, memory in the store.
 *
 * process runs in parallel and depends on its document alone. commit runs in input order, so the first one seen is kept
 * for any number of workers. settle takes back what a document left that was not published; it may run beside commit,
 * so the store has a lock. A document that is done again has its row already: it is compared with the rows before it.
 */
#include "opening.h"
#include "store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ACTION_MARK 0
#define ACTION_DROP 1
#define ACTION_FAIL 2

struct config {
    int32_t action;
    tm_list relations;
    tm_str store;
    int64_t max_documents, max_age, wait;
    int64_t shingle, sketch;
    double jaccard, containment;
    int32_t why;
};

struct stage {
    const tm_host *host;
    tm_instance *self;
    int action;
    uint32_t acts_on; /* bits of 1 << RELATION_... */
    uint32_t shingle, sketch;
    tm_field duplicate_of, similarity, relation, duplicate_why;
    int tells_why;
    tm_metric found;
    struct fact_words fact_words;
    pthread_mutex_t lock; /* store, log and the two counts */
    struct store *store;
    struct log *log;      /* NULL: in memory */
    uint64_t logged_gone; /* rows of the log that the bounds threw out */
};

/* In the slot. */
struct work {
    struct signature signature;
    tm_str packed;
    uint32_t row; /* what commit left, or ROW_NONE */
    uint32_t is_new;
};

static const char *const relation_names[RELATIONS] = {"same", "shorter", "longer", "update"};

static const tm_option options[] = {
    TM_OPT_ENUM(struct config, action, "action", "\"mark\"", "mark|drop|fail", "what becomes of a near-duplicate"),
    TM_OPT_LIST(struct config, relations, TM_T_STRING, 0, "relations", "[\"same\", \"shorter\"]",
                "the relations that drop and fail act on; the others are marked"),
    TM_OPT_PATH(struct config, store, TM_OPT_PATH_STATE, "store", "null",
                "folder that keeps what was seen from run to run; without it the memory is this run's"),
    TM_OPT_INT(struct config, max_documents, "max_documents", "0", "0..4000000000",
               "documents to remember, the oldest go first; 0: no bound"),
    TM_OPT_DURATION(struct config, max_age, "max_age", "\"0s\"", "0s..",
                    "how long to remember a document; 0: for ever"),
    TM_OPT_DURATION(struct config, wait, "wait", "\"10s\"", "0s..",
                    "how long to wait for another process that has the store"),
    TM_OPT_NUMBER(struct config, jaccard, "jaccard", "0.53", "0.1..1",
                  "share of common word runs from which two texts are near-duplicates"),
    TM_OPT_NUMBER(struct config, containment, "containment", "0.87", "0.1..1",
                  "share of the shorter text in the longer from which they are"),
    TM_OPT_INT(struct config, shingle, "shingle", "5", "1..20", "words in a run"),
    TM_OPT_INT(struct config, sketch, "sketch", "320", "64..1024", "runs that are kept of a document"),
    TM_OPT_BOOL(struct config, why, "why", "false",
                "tell in duplicate_why how much the two share, and which has facts that the other lacks"),
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    if (!s)
        return;
    log_close(s->log);
    store_free(s->store);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static int take_row(void *context, tm_str record) {
    struct stage *s = context;
    return store_load(s->store, record) != ROW_NONE;
}

/* What the bounds throw out, and what becomes of the log. Called with the lock. */
static void trim(struct stage *s) {
    s->logged_gone += store_trim(s->store, (uint32_t)time(NULL));
}

static int open_store(struct stage *s, const struct config *c, struct opening *o) {
    char why[1024];
    const struct log_settings settings = {TM_TEXT_VERSION, s->shingle, s->sketch, VALUE_BITS};
    if (c->store.len == 0)
        return 0;
    s->log = log_open(c->store.data, &settings, c->wait, take_row, s, why, sizeof why);
    if (!s->log)
        return opening_fail(o, why);
    trim(s);
    return 0;
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    const struct store_options bounds = {(uint64_t)c->max_documents, (uint64_t)c->max_age / 1000000000u, c->jaccard,
                                         c->containment};
    struct stage *s = calloc(1, sizeof *s);
    struct opening o;
    opening_init(&o, host, self);
    if (!s)
        return opening_refuse(&o);
    pthread_mutex_init(&s->lock, NULL);
    s->host = host;
    s->self = self;
    s->action = c->action;
    s->shingle = (uint32_t)c->shingle;
    s->sketch = (uint32_t)c->sketch;
    s->tells_why = c->why;
    fact_words_init(&s->fact_words, host);
    s->duplicate_of = host->field(self, TM_STR("duplicate_of"));
    s->similarity = host->field(self, TM_STR("similarity"));
    s->relation = host->field(self, TM_STR("relation"));
    s->duplicate_why = host->field(self, TM_STR("duplicate_why"));
    s->found = host->counter(self, TM_STR("near_duplicates"));
    s->store = store_new(&bounds);
    if (!s->store || opening_choices(&o, "relations", &c->relations, relation_names, RELATIONS, &s->acts_on) != 0 ||
        open_store(s, c, &o) != 0) {
        stage_close(s);
        return opening_refuse(&o);
    }
    *out_stage = s;
    return TM_OK;
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    tm_tokens tokens = tm_tokens_get(s->host, doc);
    struct work *w = s->host->alloc(doc, sizeof *w);
    uint8_t bytes[SIGNATURE_BYTES_MOST];
    void *scratch = s->host->scratch(doc, signature_scratch(tokens.count));
    (void)thread;
    w->row = ROW_NONE;
    w->is_new = 0;
    if (!signature_of(&tokens, &s->fact_words, s->shingle, s->sketch, scratch, &w->signature))
        return TM_PASS;
    w->packed.len = signature_pack(&w->signature, bytes);
    char *packed = s->host->alloc(doc, w->packed.len);
    memcpy(packed, bytes, w->packed.len);
    w->packed.data = packed;
    *s->host->slot(doc) = (uint64_t)(uintptr_t)w;
    return TM_PASS;
}

static struct work *work_of(const struct stage *s, tm_doc *doc) {
    return (struct work *)(uintptr_t)*s->host->slot(doc);
}

/* Of which kinds a text has facts that the other one lacks, by signature_news. */
static const char *const news_names[4] = {"no fact", "a number", "a name or a negation", "numbers and names"};

static void tell_why(struct stage *s, tm_doc *doc, const struct signature *of, const struct match *m) {
    char why[256];
    int n = snprintf(why, sizeof why,
                     "%.3f of its word runs stand there, %.3f of the other's here; it has %s that the other lacks, the "
                     "other %s that it lacks",
                     m->near.first_in_second, m->near.second_in_first, news_names[signature_news(of, &m->signature)],
                     news_names[signature_news(&m->signature, of)]);
    tm_value value = {.type = TM_V_TEXT, .text = {why, (uint64_t)n}};
    s->host->set(doc, s->duplicate_why, &value);
}

static int32_t tell(struct stage *s, tm_doc *doc, const struct match *m, tm_str id, uint32_t relation) {
    const tm_host *h = s->host;
    tm_value value = {.type = TM_V_TEXT, .text = id};
    h->count(s->self, s->found, 1);
    if (s->action != ACTION_MARK && s->acts_on >> relation & 1) {
        char message[512];
        int n = snprintf(message, sizeof message, "%s as %.*s", relation_names[relation],
                         (int)(id.len < 400 ? id.len : 400), id.data);
        h->reason(doc, TM_STR("near-duplicate"), (tm_str){message, (uint64_t)n}, TM_NONE);
        return s->action == ACTION_DROP ? TM_DROP : TM_FAIL;
    }
    h->set(doc, s->duplicate_of, &value);
    value = (tm_value){.type = TM_V_NUMBER, .number = m->near.jaccard};
    h->set(doc, s->similarity, &value);
    value = (tm_value){.type = TM_V_TEXT, .text = {relation_names[relation], strlen(relation_names[relation])}};
    h->set(doc, s->relation, &value);
    return TM_PASS;
}

static int32_t stage_commit(void *stage, tm_doc *doc) {
    struct stage *s = stage;
    struct work *w = work_of(s, doc);
    struct match match;
    tm_str id = {NULL, 0};
    uint32_t relation = 0;
    int32_t verdict = TM_PASS;
    if (!w)
        return TM_PASS;
    tm_uid uid = s->host->uid(doc);
    pthread_mutex_lock(&s->lock);
    uint32_t row = store_row_of(s->store, uid, w->packed);
    int found = store_find(s->store, &w->signature, row, &match);
    if (found) {
        relation = signature_relation(&w->signature, &match.signature, &match.near);
        tm_str kept = store_id(s->store, match.row); /* the row may move */
        char *copy = s->host->alloc(doc, kept.len + 1);
        memcpy(copy, kept.data, kept.len);
        id = (tm_str){copy, kept.len};
    }
    if (row == ROW_NONE) {
        trim(s);
        row = store_add(s->store, uid, (uint32_t)time(NULL), s->host->id(doc), &w->signature, w->packed);
        w->is_new = row != ROW_NONE;
    }
    w->row = row;
    pthread_mutex_unlock(&s->lock);
    if (found && s->tells_why)
        tell_why(s, doc, &w->signature, &match);
    if (found)
        verdict = tell(s, doc, &match, id, relation);
    return verdict;
}

static void stage_settle(void *stage, tm_doc *doc, uint32_t outcome) {
    struct stage *s = stage;
    struct work *w = work_of(s, doc);
    if (!w || !w->is_new)
        return;
    pthread_mutex_lock(&s->lock);
    if (outcome != TM_PUBLISHED)
        store_remove(s->store, w->row);
    else if (s->log && store_holds(s->store, w->row) && log_append(s->log, store_record(s->store, w->row)) == 0)
        store_mark_logged(s->store, w->row); /* a failure is told by checkpoint */
    w->is_new = 0;
    pthread_mutex_unlock(&s->lock);
}

static int forget(struct stage *s) {
    int done = log_forget(s->log, s->logged_gone);
    if (done > 0)
        s->logged_gone = 0;
    return done < 0 ? -1 : 0;
}

static int32_t stage_checkpoint(void *stage) {
    struct stage *s = stage;
    int32_t result = TM_OK;
    pthread_mutex_lock(&s->lock);
    if (s->log && (log_sync(s->log) != 0 || forget(s) != 0)) {
        char line[256];
        int n = snprintf(line, sizeof line, "the store cannot be written: %s; make room, then start again",
                         strerror(errno));
        s->host->log(s->self, TM_LOG_ERROR, (tm_str){line, (uint64_t)n});
        result = TM_EIO;
    }
    pthread_mutex_unlock(&s->lock);
    return result;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "neardup",
    .version = "0.1.0",
    .summary = "tells near-duplicates of documents that were seen before, in this run or in earlier ones",
    .licence = "MIT",
    .flags = TM_REMEMBERS | TM_MAY_DROP,
    .writes = "duplicate_of similarity relation duplicate_why",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .process = stage_process,
    .commit = stage_commit,
    .settle = stage_settle,
    .checkpoint = stage_checkpoint,
};
