/* An instance and the struct of functions that its open is given: the plugin is this file. */
#include "doc_kit.h"
#include "scratch.h"

#include "observe/metrics.h"
#include "plugin/batch.h"
#include "plugin/completion.h"
#include "plugin/instance.h"
#include "textmill/embed.h"
#include "textmill/rule_times.h"

#include <unistd.h>

struct config {
    tm_field field;
    tm_str file;
};

/* What open saw, and what it is told to do. */
static struct seen {
    const tm_host *host;
    tm_instance *self;
    const struct config *config;
    int32_t answer;
    const char *error;
    tm_field field, again;
    tm_metric counter, histogram;
    tm_str data, state, id, table;
    int32_t mapped, missing;
    int closed;
} seen;

static const tm_option options[] = {
    TM_OPT_FIELD(struct config, field, TM_OPT_READS | TM_OPT_WRITES, "field", "\"out\"", "a field"),
    TM_OPT_STRING(struct config, file, "file", "\"table.bin\"", "a file of data"),
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    seen.host = host;
    seen.self = self;
    seen.config = config;
    if (seen.error)
        host->open_error(self, (tm_str){seen.error, strlen(seen.error)});
    if (seen.answer != TM_OK)
        return seen.answer;
    seen.field = host->field(self, TM_STR("lang"));
    seen.again = host->field(self, TM_STR("lang"));
    seen.counter = host->counter(self, TM_STR("hits"));
    seen.histogram = host->histogram(self, TM_STR("sizes"));
    seen.data = host->data_folder(self);
    seen.state = host->state_folder(self);
    seen.id = host->instance_id(self);
    seen.mapped = host->map_file(self, seen.config->file, &seen.table);
    tm_str none;
    seen.missing = host->map_file(self, TM_STR("none.bin"), &none);
    *out_stage = &seen;
    return TM_OK;
}

static void close_stage(void *stage) {
    ((struct seen *)stage)->closed++;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)stage, (void)thread, (void)doc;
    return TM_PASS;
}

static struct plugin plugin = {.name = "self",
                               .path = "/self/self.so",
                               .descriptor = {TM_DESCRIPTOR, .name = "self", .reads = "lang  title",
                                              .writes = "score,label", .needs = TM_NEEDS_STATE,
                                              TM_OPTIONS(struct config, options), .open = open_stage,
                                              .close = close_stage, .process = process}};

static struct loader *loader;
static struct metrics *metrics;
static struct problems problems;
static struct host_context context;

static tm_instance *instance(void) {
    problems_deinit(&problems);
    tm_instance *i = instance_new(&plugin, "mine", NULL, NULL, scratch, &context, &problems);
    CHECK(i != NULL);
    return i;
}

static void open_gets_what_it_asks_for(void) {
    seen = (struct seen){0};
    scratch_file("table.bin", "0123456789", 10);
    tm_instance *i = instance();
    CHECK_INT(instance_open(i, &problems), 0);
    CHECK(instance_stage(i) == &seen && seen.host == host_get() && seen.host == textmill_host());
    CHECK(seen.field != 0 && seen.field == seen.again && seen.config->field != seen.field);
    CHECK(seen.counter && seen.histogram && seen.counter != seen.histogram);
    CHECK_BYTES(seen.data.data, seen.data.len, scratch);
    CHECK_BYTES(seen.id.data, seen.id.len, "mine");
    CHECK_INT(seen.mapped, TM_OK);
    CHECK_BYTES(seen.table.data, seen.table.len, "0123456789");
    CHECK_INT(seen.missing, TM_ENOENT);
    char want[128];
    snprintf(want, sizeof want, "%s/state/mine", scratch);
    CHECK_BYTES(seen.state.data, seen.state.len, want);
    CHECK_INT(access(want, W_OK), 0);
    seen.host->count(i, seen.counter, 2);
    seen.host->count(i, seen.counter, 3);
    CHECK(metrics_sum(metrics, seen.counter) == 5);
    CHECK(seen.host->clock() <= seen.host->clock());
    CHECK(seen.host->query(TM_STR("nothing.like.it")) == NULL);
    CHECK(seen.host->query(TM_STR(TM_RULE_TIMES)) != NULL);
    instance_close(i);
    CHECK_INT(seen.closed, 1);
    instance_free(i);
    CHECK_INT(seen.closed, 1);
}

static void what_belongs_in_open_is_refused_later(void) {
    seen = (struct seen){0};
    tm_instance *i = instance();
    CHECK_INT(instance_open(i, &problems), 0);
    tm_str bytes;
    CHECK_INT(seen.host->field(i, TM_STR("new")), 0);
    CHECK_INT(seen.host->counter(i, TM_STR("new")), 0);
    CHECK_INT(seen.host->map_file(i, TM_STR("table.bin"), &bytes), TM_ESTATE);
    seen.host->count(i, 0, 1);
    instance_free(i);
    CHECK_INT(seen.closed, 1);
}

static void fields_are_named_by_descriptor_and_options(void) {
    tm_instance *i = instance();
    const struct instance_field *fields;
    static const struct {
        const char *name;
        int writes;
    } want[] = {{"lang", 0}, {"title", 0}, {"out", 1}, {"out", 0}, {"score", 1}, {"label", 1}};
    CHECK_INT(instance_fields(i, &fields), 6);
    for (size_t k = 0; k < 6; k++) {
        CHECK_BYTES(fields[k].name, strlen(fields[k].name), want[k].name);
        CHECK_INT(fields[k].writes, want[k].writes);
    }
    CHECK(instance_plugin(i) == &plugin.descriptor);
    instance_free(i);
}

static void a_failing_open_is_told_with_its_own_words(void) {
    seen = (struct seen){.answer = TM_EIO, .error = "first"};
    tm_instance *i = instance();
    CHECK_INT(instance_open(i, &problems), -1);
    CHECK_BYTES(problems.list[0].message, strlen(problems.list[0].message), "stage \"mine\" cannot be opened: first");
    seen.error = NULL;
    CHECK_INT(instance_open(i, &problems), -1);
    CHECK(strstr(problems.list[1].message, "did not say why") != NULL);
    instance_free(i);
    CHECK_INT(seen.closed, 0);
}

static void without_a_state_folder_there_is_none(void) {
    seen = (struct seen){0};
    context.state_folder = NULL;
    tm_instance *i = instance();
    CHECK_INT(instance_open(i, &problems), 0);
    CHECK(seen.state.data == NULL);
    instance_free(i);
    context.state_folder = "state";
}

/* --- batches, later answers, conditions --- */

static uint32_t turns;

static void on_turn(struct tm_batch *batch, uint32_t i) {
    (void)batch;
    turns = turns * 10 + i + 1;
}

static void batches_turn_from_document_to_document(void) {
    tm_doc *docs[3] = {kit_text("a", 1), kit_text("b", 1), kit_text("c", 1)};
    int32_t verdicts[3] = {TM_PASS, TM_PASS, TM_PASS};
    tm_batch batch = {.docs = docs, .verdicts = verdicts, .count = 3, .current = TM_NONE, .on_turn = on_turn};
    const tm_host *h = host_get();
    CHECK_INT(h->batch_count(&batch), 3);
    CHECK(h->at(&batch, 0) == docs[0] && h->at(&batch, 0) == docs[0] && h->at(&batch, 2) == docs[2]);
    CHECK_INT(turns, 13);
    CHECK(h->at(&batch, 3) == NULL);
    h->verdict(&batch, 1, TM_DROP);
    h->verdict(&batch, 7, TM_DROP);
    CHECK_INT(verdicts[1], TM_DROP);
    CHECK_INT(verdicts[2], TM_PASS);
}

struct answers {
    struct completion completion; /* first */
    tm_doc *doc;
    int32_t verdict;
};

static void on_done(struct completion *self, tm_doc *doc, int32_t verdict) {
    struct answers *a = (struct answers *)self;
    a->doc = doc;
    a->verdict = verdict;
}

static void later_answers_reach_the_engine(void) {
    tm_doc *doc = kit_text("a", 1);
    host_get()->complete(doc, TM_FAIL); /* nobody listens: nothing happens */
    struct answers answers = {.completion = {on_done}};
    struct doc_worker worker = {.completion = &answers.completion};
    doc_set_worker(doc, &worker);
    host_get()->complete(doc, TM_DROP);
    CHECK(answers.doc == doc);
    CHECK_INT(answers.verdict, TM_DROP);
    doc_set_worker(doc, NULL);
}

static void patterns_and_conditions_that_are_not_given(void) {
    tm_doc *doc = kit_text("a", 1);
    CHECK_INT(host_get()->match(NULL, TM_STR("a"), 0, NULL, NULL), 0);
    CHECK_INT(host_get()->holds(NULL, doc), 1);
}

static void every_function_is_there(void) {
    const tm_host *h = host_get();
    CHECK_INT(h->size, sizeof(tm_host));
    CHECK_INT(h->text_version, TM_TEXT_VERSION);
    /* From `text` to the end there are pointers only. */
    const unsigned char *at = (const unsigned char *)h + offsetof(tm_host, text), *end = (const unsigned char *)(h + 1);
    for (; at < end; at += sizeof(void *)) {
        void *function;
        memcpy(&function, at, sizeof function);
        CHECK(function != NULL);
    }
}

int main(void) {
    kit_begin();
    scratch_begin();
    loader = loader_new();
    metrics = metrics_new();
    plugin.loader = loader;
    plugin.folder = scratch;
    context = (struct host_context){.fields = kit_names, .state_folder = "state", .metrics = metrics};
    char state[128];
    snprintf(state, sizeof state, "%s/state", scratch);
    context.state_folder = state;
    RUN(open_gets_what_it_asks_for);
    RUN(what_belongs_in_open_is_refused_later);
    RUN(fields_are_named_by_descriptor_and_options);
    RUN(a_failing_open_is_told_with_its_own_words);
    RUN(without_a_state_folder_there_is_none);
    RUN(batches_turn_from_document_to_document);
    RUN(later_answers_reach_the_engine);
    RUN(patterns_and_conditions_that_are_not_given);
    RUN(every_function_is_there);
    problems_deinit(&problems);
    metrics_free(metrics);
    loader_free(loader);
    scratch_end();
    kit_end();
    return check_end();
}
