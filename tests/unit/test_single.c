/* One document alone is given the turns that a run would give it. */
#include "engine_mill.h"

#include "doc/look.h"
#include "engine/single.h"

static struct single_turn turns[MILL_STAGES];
static size_t n_turns;

static void note(void *context, tm_doc *doc, const struct single_turn *turn) {
    (void)context, (void)doc;
    if (n_turns < MILL_STAGES)
        turns[n_turns++] = *turn;
}

static struct arena *arena;
static tm_doc *doc;
static struct mill_counter counter;

/* The text through `act` and a stage that commits. */
static int run(const char *text, enum on_error on_error) {
    struct mill m;
    char padded[128 + TM_PAD] = {0};
    size_t stage;
    mill_init(&m);
    snprintf(padded, 128, "%s", text);
    mill_add(&m, "act", &mill_act_plugin, NULL)->on_error = on_error;
    counter = (struct mill_counter){.field = field_names_add(mill_names, "n", 1)};
    mill_add(&m, "count", &mill_count_plugin, &counter);
    struct doc_origin origin = {.source = "in", .id = "in"};
    if (arena)
        arena_free(arena);
    arena = arena_new(4096);
    m.pipeline.schema.with_edits = 1;
    struct doc_schema *schema = arena_alloc(arena, sizeof *schema); /* outlives the mill */
    *schema = m.pipeline.schema;
    doc = doc_from_text(schema, arena, arena_copy(arena, padded, sizeof padded), strlen(text), &origin);
    n_turns = 0;
    return single_run(&m.pipeline, doc, 0, note, NULL, &stage);
}

static void a_document_comes_through(void) {
    CHECK_INT(run("plain", ON_ERROR_FAIL), SINGLE_PASSED);
    CHECK_INT(n_turns, 2);
    CHECK_INT(counter.count, 1);
    CHECK_INT(look_fields(doc), 1);
    tm_value value;
    tm_str name = look_field(doc, 0, &value);
    CHECK_BYTES(name.data, name.len, "n");
}

static void answers_that_come_later_are_waited_for(void) {
    CHECK_INT(run("later", ON_ERROR_FAIL), SINGLE_PASSED);
    CHECK_INT(counter.count, 1);
}

static void verdicts_end_its_way(void) {
    CHECK_INT(run("drop", ON_ERROR_FAIL), SINGLE_DROPPED);
    CHECK_INT(n_turns, 1);
    CHECK_BYTES(turns[0].code.data, turns[0].code.len, "unwanted");
    CHECK_INT(run("fail 2", ON_ERROR_FAIL), SINGLE_FAILED);
    CHECK_BYTES(turns[0].code.data, turns[0].code.len, "odd");
    CHECK_INT(turns[0].offset, 2);
    CHECK_INT(run("fail", ON_ERROR_DROP), SINGLE_DROPPED);
    CHECK_INT(run("broken", ON_ERROR_FAIL), SINGLE_BROKEN);
    CHECK_INT(run("mute", ON_ERROR_FAIL), SINGLE_FAILED);
    CHECK_BYTES(turns[0].code.data, turns[0].code.len, "failed");
    CHECK_INT(run("nonsense", ON_ERROR_FAIL), SINGLE_FAILED);
    CHECK_BYTES(turns[0].code.data, turns[0].code.len, "misbehaving");
    CHECK_INT(counter.count, 0);
}

static void a_failure_may_be_passed_over(void) {
    CHECK_INT(run("fail", ON_ERROR_SKIP), SINGLE_PASSED);
    CHECK_INT(n_turns, 2);
    CHECK_INT(turns[0].event, SINGLE_WENT_ON);
    CHECK_INT(turns[1].event, SINGLE_PASSED);
}

static void children_are_counted(void) {
    CHECK_INT(run("emit 3", ON_ERROR_FAIL), SINGLE_PASSED);
    CHECK_INT(turns[0].children, 3);
    CHECK_INT(run("split", ON_ERROR_FAIL), SINGLE_DROPPED);
    CHECK_INT(turns[0].children, 2);
}

int main(void) {
    RUN(a_document_comes_through);
    RUN(answers_that_come_later_are_waited_for);
    RUN(verdicts_end_its_way);
    RUN(a_failure_may_be_passed_over);
    RUN(children_are_counted);
    arena_free(arena);
    field_names_free(mill_names);
    return check_end();
}
