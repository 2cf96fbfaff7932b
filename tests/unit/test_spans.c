/* Span sets: how they are written, what later stages read and add, what edits leave of them, and a record's targets. */
#include "doc_kit.h"

static tm_value text_value(const char *s) {
    return (tm_value){.type = TM_V_TEXT, .text = kit_str(s)};
}

static void begin(tm_doc *doc) {
    doc_stage_begin(doc, &kit_stage);
}

static void end(tm_doc *doc) {
    CHECK_INT(doc_stage_end(doc), TM_OK);
}

static const char *entities(tm_doc *doc) {
    const char *name = "entities";
    kit_out.len = 0;
    doc_write_fields(doc, &name, 1, &kit_out);
    buffer_add_char(&kit_out, '\0');
    return kit_out.data;
}

#define ENTITIES_ARE(doc, want)                                                                                        \
    do {                                                                                                               \
        entities(doc);                                                                                                 \
        CHECK_BYTES(kit_out.data, kit_out.len - 1, want);                                                              \
    } while (0)

/* "Ann met Bob. Ann left Rome." with three groups. */
static tm_doc *people(void) {
    tm_doc *doc = kit_text("Ann met Bob. Ann left Rome.", 27);
    begin(doc);
    tm_spans *set = host_doc_spans_new(doc, TM_STR("entities"), TM_SPANS_GROUPED);
    uint32_t ann = host_doc_spans_group(set), bob = host_doc_spans_group(set), rome = host_doc_spans_group(set);
    host_doc_spans_group(set); /* never used: goes */
    tm_value v = text_value("Ann");
    CHECK_INT(host_doc_spans_set_group(set, ann, TM_STR("name"), &v), TM_OK);
    v = text_value("Bob");
    CHECK_INT(host_doc_spans_set_group(set, bob, TM_STR("name"), &v), TM_OK);
    v = text_value("Rome");
    CHECK_INT(host_doc_spans_set_group(set, rome, TM_STR("name"), &v), TM_OK);
    CHECK_INT(host_doc_spans_add(set, (tm_span){22, 26}, TM_STR("GPE"), rome), 0);
    CHECK_INT(host_doc_spans_add(set, (tm_span){0, 3}, TM_STR("PERSON"), ann), 1);
    CHECK_INT(host_doc_spans_add(set, (tm_span){13, 16}, TM_STR("PERSON"), ann), 2);
    CHECK_INT(host_doc_spans_add(set, (tm_span){8, 11}, TM_STR("PERSON"), bob), 3);
    v = (tm_value){.type = TM_V_NUMBER, .number = 0.51239};
    CHECK_INT(host_doc_spans_set(set, 2, TM_STR("score"), &v), TM_OK);
    end(doc);
    return doc;
}

static void groups_are_written_with_their_mentions(void) {
    tm_doc *doc = people();
    ENTITIES_ARE(
        doc, "{\"entities\":[{\"name\":\"Ann\",\"type\":\"PERSON\",\"count\":2,\"mentions\":[{\"start\":0,\"end\":3},"
             "{\"start\":13,\"end\":16,\"score\":0.5124}]},"
             "{\"name\":\"Bob\",\"type\":\"PERSON\",\"count\":1,\"mentions\":[{\"start\":8,\"end\":11}]},"
             "{\"name\":\"Rome\",\"type\":\"GPE\",\"count\":1,\"mentions\":[{\"start\":22,\"end\":26}]}]}");
    tm_value v;
    CHECK_INT(doc_get(doc, "entities", 8, &v), TM_V_RAW);
    tm_cursor c;
    CHECK_INT(host_doc_value_cursor(doc, &v, &c), TM_OK);
    int n = 0;
    while (host_doc_next(&c, NULL, NULL))
        n++;
    CHECK_INT(n, 3);
}

static void later_stages_read_and_add(void) {
    tm_doc *doc = people();
    begin(doc);
    tm_spans *set = host_doc_spans_find(doc, TM_STR("entities"));
    CHECK(host_doc_spans_find(doc, TM_STR("nothing")) == NULL);
    tm_span_columns c;
    CHECK_INT(host_doc_spans_columns(set, &c), TM_OK);
    CHECK_INT(c.count, 4);
    CHECK_INT(c.n_groups, 3);
    CHECK_INT(c.start[1], 8);
    CHECK_INT(c.end[3], 26);
    CHECK_INT(c.group[2], c.group[0]);
    CHECK_INT(c.type[0], c.type[1]);
    CHECK_BYTES(host_doc_spans_type(set, c.type[3]).data, host_doc_spans_type(set, c.type[3]).len, "GPE");
    CHECK_INT(host_doc_spans_type(set, 77).len, 0);
    tm_value v;
    CHECK_INT(host_doc_spans_get(set, 2, TM_STR("score"), &v), TM_V_NUMBER);
    CHECK_INT(host_doc_spans_get(set, 1, TM_STR("score"), &v), TM_V_ABSENT);
    CHECK_INT(host_doc_spans_get(set, 99, TM_STR("score"), &v), TM_V_ABSENT);
    CHECK_INT(host_doc_spans_get_group(set, c.group[3], TM_STR("type"), &v), TM_V_TEXT);
    CHECK_BYTES(v.text.data, v.text.len, "GPE");
    v = (tm_value){.type = TM_V_NUMBER, .number = -0.25};
    CHECK_INT(host_doc_spans_set_group(set, c.group[0], TM_STR("sentiment"), &v), TM_OK);
    v = text_value("City");
    CHECK_INT(host_doc_spans_set_group(set, c.group[3], TM_STR("type"), &v), TM_OK);
    CHECK_INT(host_doc_spans_set_group(set, 3, TM_STR("x"), &v), TM_EINVAL);
    CHECK_INT(host_doc_spans_set(set, 4, TM_STR("x"), &v), TM_EINVAL);
    v = (tm_value){.type = TM_V_RAW, .text = TM_STR("{")};
    CHECK_INT(host_doc_spans_set(set, 0, TM_STR("x"), &v), TM_EINVAL);
    v = (tm_value){.type = TM_V_TRUSTED};
    CHECK_INT(host_doc_spans_set(set, 0, TM_STR("x"), &v), TM_EINVAL);
    v.text = TM_STR("{\"a\":1}");
    CHECK_INT(host_doc_spans_set_group(set, c.group[1], TM_STR("y"), &v), TM_OK);
    CHECK_INT(host_doc_spans_get_group(set, c.group[1], TM_STR("y"), &v), TM_V_RAW);
    end(doc);
    ENTITIES_ARE(
        doc,
        "{\"entities\":[{\"name\":\"Ann\",\"sentiment\":-0.25,\"type\":\"PERSON\",\"count\":2,\"mentions\":[{\"start\":"
        "0,\"end\":3},{\"start\":13,\"end\":16,\"score\":0.5124}]},"
        "{\"name\":\"Bob\",\"y\":{\"a\":1},\"type\":\"PERSON\",\"count\":1,\"mentions\":[{\"start\":8,\"end\":11}]},"
        "{\"name\":\"Rome\",\"type\":\"City\",\"count\":1,\"mentions\":[{\"start\":22,\"end\":26}]}]}");
}

static void edits_cut_shrink_and_move(void) {
    tm_doc *doc = people();
    begin(doc);
    CHECK_INT(kit_edit(doc, 7, 12, NULL), TM_OK); /* " Bob." */
    CHECK_INT(kit_edit(doc, 2, 3, NULL), TM_OK);  /* An */
    CHECK_INT(kit_edit(doc, 22, 26, "Roma"), TM_OK);
    CHECK_INT(kit_edit(doc, 13, 13, "Dear "), TM_OK);
    end(doc);
    TEXT_IS(doc, "An met Dear Ann left Roma.");
    ENTITIES_ARE(
        doc, "{\"entities\":[{\"name\":\"Ann\",\"type\":\"PERSON\",\"count\":2,\"mentions\":[{\"start\":0,\"end\":2},"
             "{\"start\":12,\"end\":15,\"score\":0.5124}]},"
             "{\"name\":\"Rome\",\"type\":\"GPE\",\"count\":1,\"mentions\":[{\"start\":21,\"end\":25}]}]}");
    begin(doc);
    CHECK_INT(kit_edit(doc, 0, 26, NULL), TM_OK);
    end(doc);
    ENTITIES_ARE(doc, "{\"entities\":[]}");
}

static void undo_leaves_sets_alone(void) {
    tm_doc *doc = people();
    char before[1000];
    strcpy(before, entities(doc));
    begin(doc);
    tm_spans *set = host_doc_spans_find(doc, TM_STR("entities"));
    tm_value v = text_value("x");
    CHECK_INT(host_doc_spans_set(set, 0, TM_STR("a"), &v), TM_OK);
    CHECK_INT(host_doc_spans_add(set, (tm_span){4, 7}, TM_STR("NEW"), host_doc_spans_group(set)), 4);
    CHECK_INT(kit_edit(doc, 0, 9, NULL), TM_OK);
    host_doc_spans_new(doc, TM_STR("entities"), TM_SPANS_HIDDEN);
    host_doc_spans_new(doc, TM_STR("other"), TM_SPANS_FLAT);
    doc_stage_undo(doc);
    ENTITIES_ARE(doc, before);
    CHECK(host_doc_spans_find(doc, TM_STR("other")) == NULL);
}

static void flat_and_hidden(void) {
    kit_schema.has_editors = 0;
    tm_doc *doc = kit_record("{\"id\":1,\"source\":1,\"text\":\"abcdef\",\"marks\":\"old\"}");
    begin(doc);
    tm_spans *set = host_doc_spans_new(doc, TM_STR("marks"), TM_SPANS_FLAT);
    CHECK_INT(host_doc_spans_add(set, (tm_span){3, 5}, TM_STR("B"), TM_NONE), 0);
    CHECK_INT(host_doc_spans_add(set, (tm_span){1, 2}, TM_STR(""), TM_NONE), 1);
    tm_value v = text_value("q\"");
    CHECK_INT(host_doc_spans_set(set, 1, TM_STR("note"), &v), TM_OK);
    CHECK_INT(host_doc_spans_set(set, 1, TM_STR("start"), &v), TM_OK);
    v = text_value("r");
    CHECK_INT(host_doc_spans_set(set, 1, TM_STR("note"), &v), TM_OK);
    set = host_doc_spans_new(doc, TM_STR("secret"), TM_SPANS_HIDDEN);
    CHECK_INT(host_doc_spans_add(set, (tm_span){0, 6}, TM_STR("S"), TM_NONE), 0);
    end(doc);
    RECORD_IS(doc, "{\"id\":1,\"source\":1,\"text\":\"abcdef\",\"marks\":[{\"start\":1,\"end\":2,\"note\":\"r\"},"
                   "{\"start\":3,\"end\":5,\"type\":\"B\"}]}");
    CHECK(host_doc_spans_find(doc, TM_STR("secret")) != NULL);
    doc = kit_text("abc", 3);
    begin(doc);
    set = host_doc_spans_new(doc, TM_STR("g"), TM_SPANS_GROUPED);
    CHECK_INT(host_doc_spans_add(set, (tm_span){0, 1}, TM_STR("T"), TM_NONE), 0);
    end(doc);
    RECORD_IS(
        doc,
        "{\"id\":\"in:7\",\"source\":\"in.jsonl:7\",\"title\":null,\"text\":\"abc\",\"g\":[{\"type\":\"T\",\"count\":1,"
        "\"mentions\":[{\"start\":0,\"end\":1}]}]}");
}

#define TARGETS                                                                                                        \
    "[ {\"start\":8,\"end\":11,\"who\":\"B\\u006fb\",\"n\":1.50},{\"end\":3,\"start\":0},{\"start\":0,\"end\":99}]"

static void targets_come_in_and_go_out(void) {
    kit_schema.has_editors = 0;
    const char *line = "{\"id\":1,\"source\":1,\"text\":\"Ann met Bob.\",\"targets\":" TARGETS "}";
    tm_doc *doc = kit_record(line);
    RECORD_IS(doc, line);
    begin(doc);
    tm_spans *set = host_doc_spans_find(doc, TM_STR("targets"));
    tm_span_columns c;
    tm_value v;
    CHECK_INT(host_doc_spans_columns(set, &c), TM_OK);
    CHECK_INT(c.count, 2);
    CHECK_INT(c.start[0], 0);
    CHECK_INT(host_doc_spans_get(set, 1, TM_STR("who"), &v), TM_V_TEXT);
    CHECK_BYTES(v.text.data, v.text.len, "Bob");
    CHECK_INT(host_doc_spans_get(set, 1, TM_STR("n"), &v), TM_V_NUMBER);
    end(doc);
    RECORD_IS(doc, line); /* reading changes nothing */
    begin(doc);
    set = host_doc_spans_find(doc, TM_STR("targets"));
    v = (tm_value){.type = TM_V_NUMBER, .number = 0.5};
    CHECK_INT(host_doc_spans_set(set, 1, TM_STR("score"), &v), TM_OK);
    end(doc);
    RECORD_IS(
        doc,
        "{\"id\":1,\"source\":1,\"text\":\"Ann met Bob.\",\"targets\":[{\"start\":8,\"end\":11,\"who\":\"B\\u006fb\","
        "\"n\":1.50,\"score\":0.5},{\"start\":0,\"end\":3},{\"start\":0,\"end\":99,\"score\":null}]}");
    begin(doc);
    CHECK_INT(kit_edit(doc, 0, 8, NULL), TM_OK);
    CHECK_INT(kit_edit(doc, 11, 12, NULL), TM_OK);
    end(doc);
    RECORD_IS(
        doc,
        "{\"id\":1,\"source\":1,\"text\":\"Bob\",\"targets\":[{\"start\":0,\"end\":3,\"who\":\"B\\u006fb\","
        "\"n\":1.50,\"score\":0.5},{\"start\":0,\"end\":0,\"score\":null},{\"start\":0,\"end\":99,\"score\":null}]}");
    begin(doc);
    set = host_doc_spans_find(doc, TM_STR("targets"));
    CHECK_INT(host_doc_spans_add(set, (tm_span){1, 2}, TM_STR("T"), TM_NONE), 1);
    CHECK_INT(kit_edit(doc, 0, 0, "-- "), TM_OK);
    end(doc);
    RECORD_IS(
        doc, "{\"id\":1,\"source\":1,\"text\":\"-- Bob\",\"targets\":[{\"start\":3,\"end\":6,\"who\":\"B\\u006fb\","
             "\"n\":1.50,\"score\":0.5},{\"start\":3,\"end\":3,\"score\":null},{\"start\":0,\"end\":99,\"score\":null},"
             "{\"start\":4,\"end\":5,\"type\":\"T\"}]}");
}

static void what_is_no_targets_is_a_field(void) {
    kit_schema.has_editors = 0;
    static const char *const lines[] = {"{\"id\":1,\"source\":1,\"text\":\"ab\",\"targets\":\"x\"}",
                                        "{\"id\":1,\"source\":1,\"text\":\"ab\",\"targets\":[1,2]}",
                                        "{\"id\":1,\"source\":1,\"text\":\"ab\",\"targets\":{}}"};
    for (int i = 0; i < 3; i++) {
        tm_doc *doc = kit_record(lines[i]);
        begin(doc);
        CHECK(host_doc_spans_find(doc, TM_STR("targets")) == NULL);
        CHECK_INT(kit_edit(doc, 1, 2, "b"), TM_OK);
        end(doc);
        RECORD_IS(doc, lines[i]);
    }
    /* Found in a turn that is undone, it is found again. */
    tm_doc *doc = kit_record("{\"text\":\"ab\",\"targets\":[{\"start\":0,\"end\":1}]}");
    begin(doc);
    host_doc_spans_new(doc, TM_STR("first"), TM_SPANS_FLAT);
    CHECK(host_doc_spans_find(doc, TM_STR("targets")) != NULL);
    doc_stage_undo(doc);
    CHECK(host_doc_spans_find(doc, TM_STR("first")) == NULL);
    CHECK(host_doc_spans_find(doc, TM_STR("targets")) != NULL);
}

static void many_types_and_groups_are_linear(void) {
    enum { MANY = 60000 };
    char *text = malloc(MANY);
    memset(text, 'x', MANY);
    tm_doc *doc = kit_text(text, MANY);
    begin(doc);
    tm_spans *set = host_doc_spans_new(doc, TM_STR("entities"), TM_SPANS_GROUPED);
    for (uint32_t i = 0; i < MANY; i++) {
        char type[20];
        tm_str name = {type, (uint64_t)sprintf(type, "T%u", i)};
        uint32_t at = MANY - 1 - i;
        CHECK(host_doc_spans_add(set, (tm_span){at, at + 1}, name, host_doc_spans_group(set)) == i);
    }
    end(doc);
    for (int stage = 0; stage < 3; stage++) {
        begin(doc);
        uint32_t len = (uint32_t)doc_text(doc).len;
        for (uint32_t i = 0; i + 1 < len; i += 4)
            CHECK_INT(kit_edit(doc, i, i + 1, NULL), TM_OK);
        set = host_doc_spans_find(doc, TM_STR("entities"));
        tm_span_columns c;
        tm_value v;
        host_doc_spans_columns(set, &c);
        CHECK_INT(c.count, len);
        for (uint32_t i = 0; i < c.n_groups; i++)
            CHECK_INT(host_doc_spans_get_group(set, i, TM_STR("type"), &v), TM_V_TEXT);
        end(doc);
    }
    CHECK(strlen(kit_write(doc)) > MANY);
    free(text);
}

int main(void) {
    KIT_CASE(groups_are_written_with_their_mentions);
    KIT_CASE(later_stages_read_and_add);
    KIT_CASE(edits_cut_shrink_and_move);
    KIT_CASE(undo_leaves_sets_alone);
    KIT_CASE(flat_and_hidden);
    KIT_CASE(targets_come_in_and_go_out);
    KIT_CASE(what_is_no_targets_is_a_field);
    KIT_CASE(many_types_and_groups_are_linear);
    return check_end();
}
