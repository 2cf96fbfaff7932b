/* Documents: reading, fields, turns of stages, the record that comes out. */
#include "doc_kit.h"

static tm_value get(tm_doc *doc, const char *path) {
    tm_value v;
    doc_get(doc, path, strlen(path), &v);
    return v;
}

static void set_text_field(tm_doc *doc, const char *name, const char *text) {
    tm_value v = {.type = TM_V_TEXT, .text = kit_str(text)};
    CHECK_INT(host_doc_set(doc, kit_field(name), &v), TM_OK);
}

static void untouched_records_travel_as_bytes(void) {
    const char *line = " { \"text\" : \"a\\u0062c\",\"n\":123456789012345678901234567890.10e5 , \"x\":[1, 2] } ";
    kit_schema.has_writers = kit_schema.has_editors = 0;
    RECORD_IS(kit_record(line), line);
    kit_schema.has_writers = 1;
    RECORD_IS(kit_record(line), "{\"text\":\"a\\u0062c\",\"n\":123456789012345678901234567890.10e5,\"x\":[1, 2],"
                                "\"id\":\"in:7\",\"source\":\"in.jsonl:7\"}");
    kit_schema.has_editors = 1;
    kit_schema.with_edits = 0;
    RECORD_IS(kit_record("{\"id\":1,\"source\":2,\"text\":\"\"}"),
              "{\"id\":1,\"source\":2,\"text\":\"\",\"removed\":[]}");
}

static void hostile_records(void) {
    static const struct {
        const char *line, *code;
    } bad[] = {{"{\"text\":\"a\",\"text\":\"b\"}", "duplicate-key"},
               {"{\"a\\u0000\":1,\"text\":\"\"}", "nul-in-key"},
               {"{}", "no-text"},
               {"{\"Text\":\"a\"}", "no-text"},
               {"{\"text\":null}", "text-type"},
               {"{\"text\":[\"a\"]}", "text-type"},
               {"{\"text\":1}", "text-type"},
               {"[]", "not-object"},
               {"", "syntax"},
               {"{\"text\":\"\xff\"}", "utf8"},
               {"{\"text\":\"a\"", "syntax"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(kit_record(bad[i].line) == NULL);
        CHECK_BYTES(kit_error.code, strlen(kit_error.code), bad[i].code);
    }
    kit_record("{\"body\":\"a\"}");
    CHECK_BYTES(kit_error.message, strlen(kit_error.message),
                "the record has no field \"text\"; --text-field names another");
    kit_schema.replace_bad = 1;
    tm_doc *doc = kit_record("{\"text\":\"a\xff\xc3z\"}");
    CHECK(doc != NULL);
    TEXT_IS(doc, "a\xef\xbf\xbd\xef\xbf\xbdz");
    doc = kit_record("{\"text\":\"\\u0000\\ud800x\\udc00\",\"n\":1e999999}");
    CHECK_INT(doc_text(doc).len, 8);
    CHECK_INT(doc_text(doc).data[0], 0);
    CHECK_INT(get(doc, "n").type, TM_V_RAW);
    for (uint32_t i = 0; i < TM_PAD; i++)
        CHECK_INT(doc_text(doc).data[8 + i], 0);
}

static void many_members(void) {
    struct buffer b;
    buffer_init(&b);
    buffer_add_string(&b, "{\"text\":\"x\"");
    for (int i = 0; i < 20000; i++)
        buffer_addf(&b, ",\"k%d\":%d", i, i);
    buffer_add_string(&b, "}");
    tm_doc *doc = kit_bytes(b.data, b.len);
    CHECK(doc != NULL);
    CHECK_INT(get(doc, "k19999").integer, 19999);
    buffer_deinit(&b);
}

static void ids(void) {
    tm_doc *doc = kit_record("{\"text\":\"\",\"id\":\"../x\"}");
    CHECK_BYTES(doc_id(doc).data, doc_id(doc).len, "../x");
    doc = kit_record("{\"text\":\"\",\"id\":12.50}");
    CHECK_BYTES(doc_id(doc).data, doc_id(doc).len, "12.50");
    doc = kit_record("{\"text\":\"\",\"id\":\"\"}");
    CHECK_BYTES(doc_id(doc).data, doc_id(doc).len, "in:7");
    doc = kit_record("{\"text\":\"\",\"id\":null}");
    CHECK_BYTES(doc_id(doc).data, doc_id(doc).len, "in:7");
    doc = kit_record("{\"text\":\"\",\"id\":\"a\\nb\"}");
    CHECK_BYTES(doc_id(doc).data, doc_id(doc).len, "a\nb");
    char line[11000];
    int at = sprintf(line, "{\"text\":\"\",\"id\":\"");
    memset(line + at, 'x', 10240);
    strcpy(line + at + 10240, "\"}");
    CHECK_INT(doc_id(kit_record(line)).len, 10240);
    kit_schema.id_field = "url";
    doc = kit_record("{\"text\":\"\",\"id\":3,\"url\":\"u\"}");
    CHECK_BYTES(doc_id(doc).data, doc_id(doc).len, "u");
}

static void reads_fields(void) {
    tm_doc *doc = kit_record("{\"text\":\"caf\\u00e9\",\"t\":true,\"n\":null,\"i\":-5,\"d\":2.5,\"big\":"
                             "12345678901234567890,\"s\":\"a\\tb\","
                             "\"o\":{\"p\":{\"q\":[1,{\"r\":2}]},\"k\\u0065y\":9},\"a.b\":1,\"title\":\"Head\"}");
    CHECK_INT(get(doc, "t").type, TM_V_BOOL);
    CHECK_INT(get(doc, "t").integer, 1);
    CHECK_INT(get(doc, "n").type, TM_V_NULL);
    CHECK_INT(get(doc, "i").integer, -5);
    CHECK(get(doc, "d").number == 2.5);
    CHECK_INT(get(doc, "big").type, TM_V_RAW);
    CHECK_BYTES(get(doc, "s").text.data, get(doc, "s").text.len, "a\tb");
    CHECK_INT(get(doc, "o.key").integer, 9);
    CHECK_INT(get(doc, "o.p.q").type, TM_V_RAW);
    CHECK_INT(get(doc, "o.p.nothing").type, TM_V_ABSENT);
    CHECK_INT(get(doc, "o.p.q.0").integer, 1);
    CHECK_INT(get(doc, "o.p.q.99").type, TM_V_ABSENT);
    CHECK_INT(get(doc, "o.p.q.x").type, TM_V_ABSENT);
    CHECK_INT(get(doc, "i.x").type, TM_V_ABSENT);
    CHECK_INT(get(doc, "a.b").integer, 1);
    CHECK_INT(get(doc, "text.bytes").integer, 5);
    CHECK_BYTES(get(doc, "source").text.data, get(doc, "source").text.len, "in.jsonl:7");
    CHECK_BYTES(get(doc, "id").text.data, get(doc, "id").text.len, "in:7");
    CHECK_BYTES(host_doc_title(doc).data, host_doc_title(doc).len, "Head");
    CHECK_INT(host_doc_get(doc, 99, NULL), TM_V_ABSENT);
    tm_cursor c;
    tm_str key;
    tm_value v;
    CHECK_INT(host_doc_field_cursor(doc, kit_field("o"), &c), TM_OK);
    CHECK_INT(host_doc_next(&c, &key, &v), 1);
    CHECK_BYTES(key.data, key.len, "p");
    tm_cursor inner;
    CHECK_INT(host_doc_value_cursor(doc, &v, &inner), TM_OK);
    CHECK_INT(host_doc_next(&c, &key, &v), 1);
    CHECK_BYTES(key.data, key.len, "key");
    CHECK_INT(host_doc_next(&c, &key, &v), 0);
    CHECK_INT(host_doc_next(&inner, NULL, &v), 1);
    CHECK_INT(host_doc_value_cursor(doc, &v, &inner), TM_OK);
    CHECK_INT(host_doc_next(&inner, &key, &v), 1);
    CHECK_INT(v.integer, 1);
    CHECK_INT(host_doc_next(&inner, NULL, NULL), 1);
    CHECK_INT(host_doc_next(&inner, NULL, NULL), 0);
    CHECK_INT(host_doc_field_cursor(doc, kit_field("i"), &c), TM_ETYPE);
    CHECK_INT(host_doc_field_cursor(doc, kit_field("zzz"), &c), TM_ENOENT);
}

static void sets_fields_in_place_and_behind(void) {
    kit_schema.has_editors = 0;
    tm_doc *doc = kit_record("{\"id\":\"1\",\"lang\":\"xx\",\"text\":\"a\",\"gone\":1,\"source\":\"s\"}");
    tm_field lang = kit_field("lang"), gone = kit_field("gone"), second = kit_field("second"),
             first = kit_field("first");
    (void)second;
    (void)first;
    doc_stage_begin(doc, &kit_stage);
    set_text_field(doc, "first", "1\n");
    set_text_field(doc, "lang", "en");
    tm_value v = {.type = TM_V_NUMBER, .number = 0.123456};
    CHECK_INT(host_doc_set(doc, second, &v), TM_OK);
    v.type = TM_V_ABSENT;
    CHECK_INT(host_doc_set(doc, gone, &v), TM_OK);
    CHECK_INT(get(doc, "gone").type, TM_V_ABSENT);
    CHECK_BYTES(get(doc, "lang").text.data, get(doc, "lang").text.len, "en");
    v.type = TM_V_TEXT;
    CHECK_INT(host_doc_set(doc, kit_field("text"), &v), TM_EINVAL);
    CHECK_INT(host_doc_set(doc, kit_field("a.b"), &v), TM_EINVAL);
    CHECK_INT(host_doc_set(doc, kit_field("removed"), &v), TM_EINVAL);
    CHECK_INT(host_doc_set(doc, 0, &v), TM_EINVAL);
    v = (tm_value){.type = TM_V_RAW, .text = TM_STR("{\"a\":}")};
    CHECK_INT(host_doc_set(doc, lang, &v), TM_EINVAL);
    v.text = TM_STR("[1,\n2]");
    CHECK_INT(host_doc_set(doc, kit_field("raw"), &v), TM_OK);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    RECORD_IS(doc, "{\"id\":\"1\",\"lang\":\"en\",\"text\":\"a\",\"source\":\"s\",\"second\":0.1235,\"first\":\"1\\n\","
                   "\"raw\":[1, 2]}");
}

static void undo_brings_everything_back(void) {
    tm_doc *doc = kit_record("{\"id\":\"1\",\"lang\":\"xx\",\"text\":\"hello world\",\"source\":\"s\"}");
    doc_stage_begin(doc, &kit_stage);
    set_text_field(doc, "lang", "en");
    CHECK_INT(doc_stage_end(doc), TM_OK);
    char before[400];
    strcpy(before, kit_write(doc));
    doc_stage_begin(doc, &kit_stage);
    set_text_field(doc, "lang", "de");
    set_text_field(doc, "lang", "fr");
    set_text_field(doc, "new", "x");
    CHECK_INT(kit_edit(doc, 0, 5, NULL), TM_OK);
    tm_spans *set = host_doc_spans_new(doc, TM_STR("entities"), TM_SPANS_FLAT);
    CHECK_INT(host_doc_spans_add(set, (tm_span){0, 3}, TM_STR("X"), TM_NONE), 0);
    CHECK(host_doc_emit(doc, TM_STR("child")) != NULL);
    CHECK(host_doc_write_begin(doc, kit_field("w")) != NULL);
    doc_stage_undo(doc);
    RECORD_IS(doc, before);
    TEXT_IS(doc, "hello world");
    size_t n;
    tm_doc **children;
    CHECK(doc_take_children(doc, &n, &children) == NULL);
    CHECK_INT(n, 0);
    /* A writer that was left open undoes the turn. */
    doc_stage_begin(doc, &kit_stage);
    set_text_field(doc, "lang", "de");
    host_doc_write_begin(doc, kit_field("w"));
    CHECK_INT(doc_stage_end(doc), TM_EINVAL);
    CHECK(doc_reason_get(doc).code.len > 0);
    RECORD_IS(doc, before);
}

static void writers_build_json(void) {
    kit_schema.has_editors = 0;
    tm_doc *doc = kit_record("{\"id\":1,\"source\":1,\"text\":\"\"}");
    doc_stage_begin(doc, &kit_stage);
    tm_writer *w = host_doc_write_begin(doc, kit_field("v"));
    host_doc_write_object(w);
    host_doc_write_key(w, TM_STR("a"));
    host_doc_write_array(w);
    host_doc_write_int(w, -1);
    host_doc_write_number(w, 0.33333333, 2);
    host_doc_write_bool(w, 1);
    host_doc_write_null(w);
    host_doc_write_text(w, TM_STR("q\""));
    host_doc_write_raw(w, TM_STR("{\"z\":\n0}"));
    host_doc_write_object(w);
    host_doc_write_close(w);
    host_doc_write_close(w);
    host_doc_write_key(w, TM_STR("b"));
    host_doc_write_array(w);
    host_doc_write_close(w);
    host_doc_write_close(w);
    CHECK_INT(host_doc_write_end(w), TM_OK);
    w = host_doc_write_begin(doc, kit_field("n"));
    host_doc_write_number(w, 0.1234567, 6);
    CHECK_INT(host_doc_write_end(w), TM_OK);
    CHECK(get(doc, "v.b").type == TM_V_RAW);
    /* Built wrongly: not taken. */
    for (int how = 0; how < 8; how++) {
        w = host_doc_write_begin(doc, kit_field("bad"));
        switch (how) {
        case 0:
            break;
        case 1:
            host_doc_write_object(w);
            break;
        case 2:
            host_doc_write_object(w);
            host_doc_write_int(w, 1);
            host_doc_write_close(w);
            break;
        case 3:
            host_doc_write_object(w);
            host_doc_write_key(w, TM_STR("k"));
            host_doc_write_close(w);
            break;
        case 4:
            host_doc_write_int(w, 1);
            host_doc_write_int(w, 1);
            break;
        case 5:
            host_doc_write_close(w);
            break;
        case 6:
            host_doc_write_array(w);
            host_doc_write_key(w, TM_STR("k"));
            host_doc_write_close(w);
            break;
        default:
            for (int i = 0; i < 600; i++)
                host_doc_write_array(w);
            for (int i = 0; i < 600; i++)
                host_doc_write_close(w);
        }
        CHECK_INT(host_doc_write_end(w), TM_EINVAL);
        CHECK_INT(get(doc, "bad").type, TM_V_ABSENT);
    }
    CHECK_INT(doc_stage_end(doc), TM_OK);
    RECORD_IS(doc,
              "{\"id\":1,\"source\":1,\"text\":\"\",\"v\":{\"a\":[-1,0.33,true,null,\"q\\\"\",{\"z\": 0},{}],\"b\":[]},"
              "\"n\":0.123457}");
}

static void edits_are_recorded(void) {
    tm_doc *doc = kit_record(
        "{\"id\":\"1\",\"text\":\"one two three four\",\"source\":\"s\",\"removed\":7,\"edits\":8,\"dedup\":9}");
    tm_span evidence[] = {{8, 13}};
    tm_edit e = {.size = sizeof e,
                 .start = 4,
                 .end = 8,
                 .kind = TM_STR("duplicate_bullet"),
                 .rule = TM_STR("q"),
                 .score = 0.87654321,
                 .evidence = evidence,
                 .n_evidence = 1};
    CHECK_INT(host_doc_edit(doc, &e), TM_ESTATE);
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(host_doc_edit(doc, &e), TM_OK);
    CHECK_INT(kit_edit(doc, 14, 18, "4"), TM_OK);
    CHECK_INT(kit_edit(doc, 5, 9, NULL), TM_EINVAL);   /* crosses */
    CHECK_INT(kit_edit(doc, 5, 6, "x"), TM_EINVAL);    /* inside a cut */
    CHECK_INT(kit_edit(doc, 15, 16, NULL), TM_EINVAL); /* inside a replacement */
    CHECK_INT(kit_edit(doc, 9, 9, NULL), TM_EINVAL);
    CHECK_INT(kit_edit(doc, 9, 8, NULL), TM_EINVAL);
    CHECK_INT(kit_edit(doc, 9, 19, NULL), TM_EINVAL);
    CHECK_INT(kit_edit(doc, 9, 10, "\xff"), TM_EINVAL);
    CHECK_INT(kit_edit(doc, 5, 6, NULL), TM_OK);
    TEXT_IS(doc, "one two three four");
    doc_stage_commit(doc);
    CHECK_INT(kit_edit(doc, 0, 1, NULL), TM_ESTATE);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    TEXT_IS(doc, "one three 4");
    CHECK_INT(doc_cuts(doc), 2);
    tm_span span = host_doc_to_original(doc, (tm_span){4, 11});
    CHECK(span.start == 8 && span.end == 18);
    RECORD_IS(doc,
              "{\"id\":\"1\",\"text\":\"one three 4\",\"source\":\"s\",\"removed\":["
              "{\"start\":4,\"end\":8,\"kind\":\"duplicate_bullet\",\"stage\":\"s1\",\"rule\":\"q\",\"score\":0.8765,"
              "\"duplicate_of\":[{\"start\":8,\"end\":13}]},"
              "{\"start\":5,\"end\":6,\"kind\":\"boilerplate\",\"stage\":\"s1\",\"rule\":\"r\"}],"
              "\"edits\":[{\"start\":5,\"end\":6,\"kind\":\"boilerplate\",\"stage\":\"s1\",\"rule\":\"r\"},"
              "{\"start\":4,\"end\":8,\"kind\":\"duplicate_bullet\",\"stage\":\"s1\",\"rule\":\"q\"},"
              "{\"start\":14,\"end\":18,\"text\":\"4\",\"kind\":\"boilerplate\",\"stage\":\"s1\",\"rule\":\"r\"}]}");
    static const struct doc_stage reader = {.id = "reader"};
    doc_stage_begin(doc, &reader);
    CHECK_INT(kit_edit(doc, 0, 1, NULL), TM_ESTATE);
    CHECK_INT(doc_stage_end(doc), TM_OK);
}

static void characters_are_not_split(void) {
    tm_doc *doc = kit_text("a\xc3\xa9z", 4);
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(kit_edit(doc, 1, 2, NULL), TM_EINVAL);
    CHECK_INT(kit_edit(doc, 2, 3, NULL), TM_EINVAL);
    CHECK_INT(kit_edit(doc, 1, 3, "e"), TM_OK);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    TEXT_IS(doc, "aez");
    CHECK_INT(doc_text(doc).data[3], 0);
    TEXT_IS(kit_text("a\xff", 2), "a\xef\xbf\xbd");
}

/* Whatever a line holds: no crash, and what comes out of a whole life is a record. */
static void broken_lines_do_no_harm(void) {
    static const char base[] =
        "{\"id\":\"a\",\"text\":\"Some \\\"words\\\" \\u00e9 \xc3\xa9 and more\",\"title\":\"T\",\"targets\":[{"
        "\"start\":0,\"end\":4},{\"start\":5,\"end\":9,\"n\":1}],\"removed\":[],\"o\":{\"x\":[1,{}]}}";
    uint64_t seed = 7;
    int lived = 0;
    for (int round = 0; round < 30000; round++) {
        char line[sizeof base];
        size_t len = sizeof base - 1;
        memcpy(line, base, sizeof base);
        for (int i = 0; i < 1 + round % 3; i++) {
            static const char pool[] = "{}[]\",:\\u0n1e.- tx\xc3\x80\x00";
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            line[(seed >> 33) % len] = pool[(seed >> 50) % (sizeof pool - 1)];
        }
        kit_schema.replace_bad = round & 1;
        tm_doc *doc = kit_bytes(line, len);
        if (!doc) {
            CHECK(kit_error.offset <= len);
            arena_reset(kit_arena, 1 << 16);
            continue;
        }
        lived++;
        doc_stage_begin(doc, &kit_stage);
        uint32_t n = (uint32_t)doc_text(doc).len;
        kit_edit(doc, 2, n > 12 ? 12 : n, NULL);
        kit_edit(doc, n / 2, n, "\xc3\xa9");
        tm_spans *set = host_doc_spans_find(doc, TM_STR("targets"));
        if (set)
            host_doc_spans_add(set, (tm_span){0, 1}, TM_STR("X"), TM_NONE);
        host_doc_column(doc, TM_TOKEN_START, NULL);
        CHECK_INT(doc_stage_end(doc), TM_OK);
        tm_value v;
        doc_get(doc, "o.x", 3, &v);
        host_doc_title(doc);
        kit_write(doc);
        CHECK_INT(json_check_value(kit_out.data, kit_out.len - 1, NULL), 0);
        arena_reset(kit_arena, 1 << 16);
    }
    CHECK(lived > 1000);
}

static void texts_have_a_record_of_their_own(void) {
    kit_schema.has_editors = 0;
    tm_doc *doc = kit_text("Hi", 2);
    RECORD_IS(doc, "{\"id\":\"in:7\",\"source\":\"in.jsonl:7\",\"title\":null,\"text\":\"Hi\"}");
    kit_origin.encoding = "windows-1252";
    doc = kit_text("", 0);
    doc_stage_begin(doc, &kit_stage);
    set_text_field(doc, "lang", "en");
    set_text_field(doc, "title", "T");
    CHECK_INT(doc_stage_end(doc), TM_OK);
    doc_add_error(doc, "st", TM_STR("c"), TM_STR("m \xff"));
    doc_add_skipped(doc, "st2", "lang");
    RECORD_IS(doc,
              "{\"id\":\"in:7\",\"source\":\"in.jsonl:7\",\"title\":\"T\",\"text\":\"\",\"encoding\":\"windows-1252\","
              "\"lang\":\"en\",\"errors\":[{\"stage\":\"st\",\"code\":\"c\",\"message\":\"m \xef\xbf\xbd\"}],"
              "\"skipped\":[{\"stage\":\"st2\",\"reason\":\"lang\"}]}");
    const char *fields[] = {"text", "lang", "nothing", "id", "errors"};
    kit_out.len = 0;
    doc_write_fields(doc, fields, 5, &kit_out);
    CHECK_BYTES(
        kit_out.data, kit_out.len,
        "{\"text\":\"\",\"lang\":\"en\",\"id\":\"in:7\",\"errors\":[{\"stage\":\"st\",\"code\":\"c\",\"message\":\"m "
        "\xef\xbf\xbd\"}]}");
    kit_out.len = 0;
    doc_write_input(kit_text("a\nb", 3), &kit_out);
    CHECK_BYTES(kit_out.data, kit_out.len, "\"a\\nb\"");
    kit_out.len = 0;
    doc_write_input(kit_record("{\"text\": \"x\"}"), &kit_out);
    CHECK_BYTES(kit_out.data, kit_out.len, "{\"text\": \"x\"}");
}

static void children_follow(void) {
    kit_schema.has_editors = 0;
    tm_doc *doc = kit_record("{\"id\":\"p\",\"text\":\"one two\",\"n\":1,\"targets\":[],\"source\":\"s\"}");
    doc_stage_begin(doc, &kit_stage);
    set_text_field(doc, "lang", "en");
    tm_doc *a = host_doc_emit(doc, TM_STR("one"));
    tm_doc *b = host_doc_emit(doc, TM_STR("two"));
    CHECK(a && b);
    CHECK(host_doc_emit(doc, TM_STR("\xff")) == NULL);
    tm_value v = {.type = TM_V_INT, .integer = 2};
    CHECK_INT(host_doc_set(b, kit_field("n"), &v), TM_OK);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    size_t n;
    tm_doc **children;
    CHECK(doc_take_children(doc, &n, &children) == a);
    CHECK_INT(n, 2);
    CHECK(doc_uid(a).lo != doc_uid(b).lo && doc_uid(a).lo != doc_uid(doc).lo);
    RECORD_IS(children[0], "{\"id\":\"p#1\",\"text\":\"one\",\"n\":1,\"source\":\"s\",\"lang\":\"en\"}");
    RECORD_IS(children[1], "{\"id\":\"p#2\",\"text\":\"two\",\"n\":2,\"source\":\"s\",\"lang\":\"en\"}");
    tm_doc *grandchild = doc_child(b, "x", 1);
    CHECK_BYTES(doc_id(grandchild).data, doc_id(grandchild).len, "p#2#1");
    RECORD_IS(doc, "{\"id\":\"p\",\"text\":\"one two\",\"n\":1,\"targets\":[],\"source\":\"s\",\"lang\":\"en\"}");
}

static void slots_and_scratch(void) {
    tm_doc *doc = kit_text("x", 1);
    doc_stage_begin(doc, &kit_stage);
    *host_doc_slot(doc) = 5;
    CHECK_INT(doc_stage_end(doc), TM_OK);
    static const struct doc_stage other = {.id = "o", .index = 3};
    doc_stage_begin(doc, &other);
    CHECK_INT(*host_doc_slot(doc), 0);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(*host_doc_slot(doc), 5);
    struct doc_worker worker = {0};
    doc_set_worker(doc, &worker);
    void *p = host_doc_scratch(doc, 100);
    CHECK(host_doc_scratch(doc, 50) == p);
    CHECK_INT(host_doc_should_stop(doc), 0);
    worker.deadline = 1;
    CHECK_INT(host_doc_should_stop(doc), 1);
    free(worker.scratch);
    host_doc_reason(doc, TM_STR("code"), TM_STR("bad \xff"), 3);
    CHECK_BYTES(doc_reason_get(doc).message.data, doc_reason_get(doc).message.len, "bad \xef\xbf\xbd");
    CHECK_INT(doc_stage_end(doc), TM_OK);
    uint32_t count;
    const uint32_t *starts = host_doc_column(doc, TM_TOKEN_START, &count);
    CHECK(starts != NULL);
    CHECK_INT(count, 1);
}

int main(void) {
    KIT_CASE(untouched_records_travel_as_bytes);
    KIT_CASE(hostile_records);
    KIT_CASE(many_members);
    KIT_CASE(ids);
    KIT_CASE(reads_fields);
    KIT_CASE(sets_fields_in_place_and_behind);
    KIT_CASE(undo_brings_everything_back);
    KIT_CASE(writers_build_json);
    KIT_CASE(edits_are_recorded);
    KIT_CASE(characters_are_not_split);
    KIT_CASE(texts_have_a_record_of_their_own);
    KIT_CASE(children_follow);
    KIT_CASE(slots_and_scratch);
    KIT_CASE(broken_lines_do_no_harm);
    return check_end();
}
