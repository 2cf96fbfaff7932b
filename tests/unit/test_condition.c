/* The language of conditions, held against documents; patterns. */
#include "doc_kit.h"

#include "plugin/condition.h"

static const char record[] =
    "{\"id\": \"d1\", \"title\": \"On Caf\\u00e9s\", \"text\": \"Hello world\", \"lang\": \"en\", \"nil\": null, "
    "\"yes\": true,"
    " \"n\": 5, \"x\": 0.5, \"big\": 9007199254740993, \"tags\": [\"a\", \"b\", 3], \"empty\": [],"
    " \"meta\": {\"site\": {\"name\": \"Example\"}, \"a.b\": 1},"
    " \"topics\": [{\"id\": \"t1\", \"score\": 0.9}, {\"id\": \"t2\", \"score\": 0.2, \"more\": [{\"k\": 1}, {\"k\": "
    "2}]}]}";

/* 1, 0, or -1 where it does not compile. */
static int holds(const char *condition) {
    struct problems problems;
    problems_init(&problems);
    struct config *c = config_parse("c", condition, strlen(condition), &problems);
    struct tm_condition *compiled = c ? condition_compile(config_root(c), &problems, NULL, NULL) : NULL;
    config_free(c); /* what is compiled does not need it */
    int result = -1;
    if (compiled && !problems.errors) {
        tm_doc *doc = kit_record(record);
        result = doc ? condition_holds(compiled, doc) : -2;
    }
    condition_free(compiled);
    problems_deinit(&problems);
    return result;
}

static void every_test(void) {
    static const struct {
        const char *condition;
        int want;
    } cases[] = {
        {"{}", 1},
        {"{\"lang\": \"en\"}", 1},
        {"{\"lang\": \"de\"}", 0},
        {"{\"lang\": \"en\", \"n\": 5}", 1},
        {"{\"lang\": \"en\", \"n\": 6}", 0},
        {"{\"nil\": null}", 1},
        {"{\"absent\": null}", 0},
        {"{\"yes\": true}", 1},
        {"{\"yes\": false}", 0},
        {"{\"yes\": 1}", 0},
        {"{\"n\": 5.0}", 1},
        {"{\"n\": \"5\"}", 0},
        {"{\"big\": 9007199254740992}", 0},
        {"{\"big\": 9007199254740993}", 1},
        {"{\"lang\": {\"is\": \"en\"}}", 1},
        {"{\"lang\": {\"not\": \"en\"}}", 0},
        {"{\"lang\": {\"not\": \"de\"}}", 1},
        {"{\"absent\": {\"not\": \"de\"}}", 0},
        {"{\"lang\": {\"in\": [\"de\", \"en\"]}}", 1},
        {"{\"nil\": {\"in\": [\"en\", null]}}", 1},
        {"{\"absent\": {\"in\": [\"en\", null]}}", 0},
        {"{\"lang\": {\"in\": []}}", 0},
        {"{\"n\": {\"lt\": 6, \"gt\": 4, \"le\": 5, \"ge\": 5}}", 1},
        {"{\"n\": {\"lt\": 5}}", 0},
        {"{\"n\": {\"gt\": 5}}", 0},
        {"{\"n\": {\"ge\": 5.5}}", 0},
        {"{\"n\": {\"le\": \"z\"}}", 0},
        {"{\"lang\": {\"lt\": \"fr\", \"ge\": \"en\"}}", 1},
        {"{\"lang\": {\"lt\": 3}}", 0},
        {"{\"absent\": {\"lt\": 3}}", 0},
        {"{\"lang\": {\"exists\": true}}", 1},
        {"{\"nil\": {\"exists\": true}}", 1},
        {"{\"lang\": {\"exists\": false}}", 0},
        {"{\"absent\": {\"exists\": false}}", 1},
        {"{\"absent\": {\"exists\": true}}", 0},
        {"{\"text\": {\"contains\": \"lo wo\"}}", 1},
        {"{\"text\": {\"contains\": \"\"}}", 1},
        {"{\"text\": {\"contains\": \"World\"}}", 0},
        {"{\"text\": {\"contains\": 3}}", 0},
        {"{\"tags\": {\"contains\": \"b\"}}", 1},
        {"{\"tags\": {\"contains\": 3}}", 1},
        {"{\"tags\": {\"contains\": \"c\"}}", 0},
        {"{\"empty\": {\"contains\": \"c\"}}", 0},
        {"{\"tags\": {\"has_any\": [\"x\", \"b\"]}}", 1},
        {"{\"tags\": {\"has_any\": [\"x\"]}}", 0},
        {"{\"lang\": {\"has_any\": [\"en\"]}}", 1},
        {"{\"tags\": \"a\"}", 0},
        {"{\"title\": {\"starts\": \"On C\"}}", 1},
        {"{\"title\": {\"starts\": \"on\"}}", 0},
        {"{\"title\": {\"matches\": \"^On .*s$\"}}", 1},
        {"{\"title\": {\"matches\": \"Caf[\\u00e8\\u00e9]s\"}}", 1},
        {"{\"title\": {\"matches\": \"Caf.s\"}}", 1},
        {"{\"title\": {\"matches\": \"(?i)on c\"}}", 1},
        {"{\"title\": {\"matches\": \"^C\"}}", 0},
        {"{\"n\": {\"matches\": \"5\"}}", 0},
        {"{\"text.bytes\": {\"is\": 11}}", 1},
        {"{\"text.bytes\": {\"gt\": 11}}", 0},
        {"{\"source\": {\"starts\": \"in\"}}", 1},
        {"{\"id\": \"d1\"}", 1},
        {"{\"meta.site.name\": \"Example\"}", 1},
        {"{\"meta.site\": {\"exists\": true}}", 1},
        {"{\"meta.site.none\": {\"exists\": false}}", 1},
        {"{\"meta.site.name.x\": {\"exists\": true}}", 0},
        {"{\"topics.id\": \"t2\"}", 1},
        {"{\"topics.id\": \"t3\"}", 0},
        {"{\"topics.id\": {\"not\": \"t1\"}}", 0},
        {"{\"topics.id\": {\"not\": \"t3\"}}", 1},
        {"{\"topics.id\": {\"in\": [\"t9\", \"t1\"]}}", 1},
        {"{\"topics.score\": {\"gt\": 0.8}}", 1},
        {"{\"topics.score\": {\"gt\": 0.95}}", 0},
        {"{\"topics.more.k\": 2}", 1},
        {"{\"topics.more.k\": 3}", 0},
        {"{\"topics.none\": {\"exists\": true}}", 0},
        {"{\"topics.none\": {\"exists\": false}}", 1},
        {"{\"topics.none\": {\"not\": 1}}", 0},
        {"{\"any\": [{\"lang\": \"de\"}, {\"n\": 5}]}", 1},
        {"{\"any\": [{\"lang\": \"de\"}, {\"n\": 6}]}", 0},
        {"{\"any\": []}", 0},
        {"{\"all\": [{\"lang\": \"en\"}, {\"n\": 5}]}", 1},
        {"{\"all\": []}", 1},
        {"{\"none\": [{\"lang\": \"de\"}, {\"n\": 6}]}", 1},
        {"{\"none\": {\"lang\": \"en\"}}", 0},
        {"{\"lang\": \"en\", \"none\": [{\"any\": [{\"n\": 5}]}]}", 0},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = holds(cases[i].condition);
        if (got != cases[i].want)
            fprintf(stderr, "%s is %d, not %d\n", cases[i].condition, got, cases[i].want);
        wrong += got != cases[i].want;
    }
    CHECK_INT(wrong, 0);
}

static void what_is_no_condition(void) {
    static const char *const bad[] = {"[]",
                                      "3",
                                      "{\"a\": []}",
                                      "{\"a\": {}}",
                                      "{\"a\": {\"near\": 1}}",
                                      "{\"a\": {\"in\": 1}}",
                                      "{\"a\": {\"in\": [[]]}}",
                                      "{\"a\": {\"lt\": null}}",
                                      "{\"a\": {\"exists\": 1}}",
                                      "{\"a\": {\"starts\": 1}}",
                                      "{\"a\": {\"matches\": \"[\"}}",
                                      "{\"a\": {\"matches\": 1}}",
                                      "{\"a\": {\"is\": {}}}",
                                      "{\"any\": 1}",
                                      "{\"all\": [1]}",
                                      "{\"\": 1}",
                                      "{\"any\": {\"a\": {}}}",
                                      "{\"a\": {\"is\": 1, \"isn\": 2}}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (holds(bad[i]) != -1)
            fprintf(stderr, "%s is taken for a condition\n", bad[i]);
        CHECK_INT(holds(bad[i]), -1);
    }
}

static void patterns_tell_where_they_match(void) {
    struct buffer why;
    buffer_init(&why);
    struct tm_pattern *p = pattern_compile("[0-9]+", &why);
    uint64_t start, end;
    CHECK(pattern_match(p, TM_STR("ab 12 345"), 0, &start, &end));
    CHECK_INT(start, 3);
    CHECK_INT(end, 5);
    CHECK(pattern_match(p, TM_STR("ab 12 345"), end, &start, &end));
    CHECK_INT(start, 6);
    CHECK_INT(end, 9);
    CHECK(!pattern_match(p, TM_STR("ab 12 345"), 9, &start, &end));
    CHECK(!pattern_match(p, TM_STR("12"), 3, &start, &end));
    CHECK(!pattern_match(p, (tm_str){NULL, 0}, 0, &start, &end));
    CHECK(pattern_match(p, TM_STR("a\0b7"), 0, &start, &end));
    CHECK_INT(start, 3);
    pattern_free(p);
    p = pattern_compile("^b", &why);
    CHECK(!pattern_match(p, TM_STR("abb"), 1, &start, &end)); /* ^ is the text's start */
    pattern_free(p);
    CHECK(pattern_compile("(a", &why) == NULL);
    CHECK(why.len > 0);
    buffer_deinit(&why);
}

int main(void) {
    kit_begin();
    RUN(every_test);
    RUN(what_is_no_condition);
    RUN(patterns_tell_where_they_match);
    kit_end();
    return check_end();
}
