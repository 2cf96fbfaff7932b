/* test_fields.c: what the stage does to records: values keep their bytes, fields change places, what is kept is all. */
#include "check.h"
#include "stage.h"

static struct test_stage t;

static void on(const char *with, const char *line, const char *want) {
    test_stage_open(&t, "fields", with);
    test_stage_run_record(&t, line);
    CHECK_INT(t.verdict, TM_PASS);
    CHECK_BYTES(t.record.data, t.record.len - 1, want);
    test_stage_close(&t);
}

static void nothing_asked(void) {
    on("{}", "{\"text\":\"a\",\"id\":1,\"x\":[1, 2]}", "{\"text\":\"a\",\"id\":1,\"x\":[1, 2],\"source\":\"test\"}");
}

static void set_any_value(void) {
    on("{\"set\": {\"corpus\": \"wire\", \"n\": 3, \"w\": 0.123456, \"tags\": [\"a\", {\"b\": null}], \"no\": null}}",
       "{\"id\":\"x\",\"source\":\"s\",\"n\":\"old\",\"text\":\"a\"}",
       "{\"id\":\"x\",\"source\":\"s\",\"n\":3,\"text\":\"a\",\"corpus\":\"wire\",\"w\":0.123456,"
       "\"tags\":[\"a\",{\"b\":null}],\"no\":null}");
}

static void defaults_only_where_missing(void) {
    on("{\"defaults\": {\"lang\": \"en\", \"n\": 1, \"new\": true}}",
       "{\"id\":\"x\",\"source\":\"s\",\"text\":\"a\",\"lang\":null,\"n\":0}",
       "{\"id\":\"x\",\"source\":\"s\",\"text\":\"a\",\"lang\":\"en\",\"n\":0,\"new\":true}");
}

static void renamed_values_keep_their_bytes(void) {
    on("{\"rename\": {\"headline\": \"title\", \"pi\": \"p\", \"gone\": \"g\", \"o\": \"q\", \"big\": \"b\", \"s\": "
       "\"u\"}}",
       "{\"id\":\"x\",\"source\":\"s\",\"text\":\"a\",\"headline\":\"H\",\"pi\":3.14159265358979323846,\"o\":{\"k\": "
       "1e400},\"big\":123456789012345678901234567890,\"s\":\"a\\u0041\\n\"}",
       "{\"id\":\"x\",\"source\":\"s\",\"text\":\"a\",\"title\":\"H\",\"p\":3.14159265358979323846,\"q\":{\"k\": "
       "1e400},\"b\":123456789012345678901234567890,\"u\":\"aA\\n\"}");
}

static void two_fields_change_places(void) {
    on("{\"rename\": {\"a\": \"b\", \"b\": \"a\"}}",
       "{\"id\":\"x\",\"source\":\"s\",\"text\":\"\",\"a\":1,\"b\":\"two\"}",
       "{\"id\":\"x\",\"source\":\"s\",\"text\":\"\",\"a\":\"two\",\"b\":1}");
}

static void removed_are_gone(void) {
    on("{\"remove\": [\"b\", \"never\"]}", "{\"id\":\"x\",\"source\":\"s\",\"a\":1,\"b\":2,\"text\":\"t\",\"c\":3}",
       "{\"id\":\"x\",\"source\":\"s\",\"a\":1,\"text\":\"t\",\"c\":3}");
}

static void what_is_not_kept_goes(void) {
    on("{\"keep\": [\"a\"], \"set\": {\"new\": 1, \"d\": 2}}",
       "{\"id\":\"x\",\"source\":\"s\",\"a\":1,\"b\\u0021\":2,\"text\":\"t\",\"c\":3,\"d\":4}",
       "{\"id\":\"x\",\"source\":\"s\",\"a\":1,\"text\":\"t\",\"new\":1,\"d\":2}");
    on("{\"keep\": [\"b!\"], \"rename\": {\"a\": \"z\"}}",
       "{\"id\":\"x\",\"source\":\"s\",\"a\":1,\"b\\u0021\":2,\"text\":\"t\"}",
       "{\"id\":\"x\",\"source\":\"s\",\"b\\u0021\":2,\"text\":\"t\"}");
}

static void an_undone_turn_brings_all_back(void) {
    static const char line[] = "{\"id\":\"x\",\"source\":\"s\",\"a\":1,\"text\":\"t\",\"c\":3}";
    test_stage_open(&t, "fields", "{\"keep\": [\"a\"], \"rename\": {\"a\": \"b\"}, \"set\": {\"z\": 1}}");
    test_stage_run_record(&t, line);
    struct doc_origin origin = {.source = "test", .id = "test:1"};
    struct json_error error;
    t.doc = doc_from_record(&t.schema, t.arena, t.text, strlen(line), &origin, &error);
    doc_stage_begin(t.doc, &t.stage);
    CHECK_INT(t.plugin->process(instance_stage(t.instance), NULL, t.doc), TM_PASS);
    doc_stage_undo(t.doc);
    t.record.len = 0;
    doc_write_record(t.doc, &t.record);
    CHECK_BYTES(t.record.data, t.record.len, line);
    test_stage_close(&t);
}

static void texts_have_fields_too(void) {
    test_stage_open(&t, "fields", "{\"keep\": [\"k\"], \"set\": {\"k\": \"v\"}}");
    test_stage_run(&t, "hello", 5);
    CHECK_BYTES(t.record.data, t.record.len - 1,
                "{\"id\":\"test\",\"source\":\"test\",\"title\":null,\"text\":\"hello\",\"k\":\"v\"}");
    test_stage_close(&t);
}

int main(void) {
    RUN(nothing_asked);
    RUN(set_any_value);
    RUN(defaults_only_where_missing);
    RUN(renamed_values_keep_their_bytes);
    RUN(two_fields_change_places);
    RUN(removed_are_gone);
    RUN(what_is_not_kept_goes);
    RUN(an_undone_turn_brings_all_back);
    RUN(texts_have_fields_too);
    return check_end();
}
