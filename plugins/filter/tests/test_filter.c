/* test_filter.c: each measure on a text where it can be told by hand; each preset on what its paper drops and on what
 * it keeps; conditions; time grows with the text.
 */
#include "check.h"
#include "stage.h"

static struct test_stage t;

/* A report of some 120 words such as every preset lets pass. */
static const char report[] =
    "The council of the town has decided to close the old bridge for two months, and the people that live beyond the "
    "river will have to take the road by the mill.\n\n"
    "Work on the piers is to begin in March, the engineer said, because the water stands low in spring and the "
    "builders "
    "can reach the stones with ladders from the bank.\n\n"
    "Shops on the far side fear for their trade, yet most of them were glad to hear that a ferry will run every hour "
    "from eight in the morning until dusk, and that nobody has to pay for it.\n\n"
    "The last repair was made forty years ago with money from the county, which has promised to share the costs again "
    "this time if the town keeps to its plan.\n";

static void open_with(const char *with) {
    test_stage_open(&t, "filter", with);
}

static void run(const char *text) {
    test_stage_run(&t, text, strlen(text));
}

static double measured(const char *name) {
    char path[80];
    tm_value v;
    int n = snprintf(path, sizeof path, "quality.%s", name);
    return doc_get(t.doc, path, (size_t)n, &v) == TM_V_INT ? (double)v.integer : v.type == TM_V_NUMBER ? v.number : -1;
}

#define NEAR(name, want) CHECK(measured(name) > (want)-0.0006 && measured(name) < (want) + 0.0006)

static int dropped_for(const char *text, const char *reason) {
    run(text);
    struct doc_reason why = doc_reason_get(t.doc);
    return t.verdict == TM_DROP && why.code.len == strlen(reason) && memcmp(why.code.data, reason, why.code.len) == 0;
}

static void words_are_counted(void) {
    open_with("{\"measure\": true}");
    run("The quick #1 fox -- 12 jumps... well-known to that\xe2\x80\xa6");
    CHECK_INT(t.verdict, TM_PASS);
    NEAR("words", 10);
    NEAR("mean_word_length", 34.0 / 10); /* The quick 1 fox 12 jumps well known to that */
    NEAR("hash_ratio", 1.0 / 10);
    NEAR("ellipsis_ratio", 2.0 / 10);
    NEAR("alphabetic_words", 7.0 / 10);
    NEAR("stop_words", 3);
    run("\xe6\x88\x91\xe4\xbb\xac\xe4\xb8\x8d ok");
    NEAR("words", 4);
    run("");
    NEAR("words", 0);
    NEAR("mean_word_length", 0);
    test_stage_close(&t);
}

static void lines_are_counted(void) {
    open_with("{\"measure\": true}");
    run("Home\n- one thing\n- another thing\n\nA line with all of seven words.\nRead on...\nWe use cookies on this "
        "page, "
        "you know.\n");
    NEAR("bullet_lines", 2.0 / 6);
    NEAR("ellipsis_lines", 1.0 / 6);
    NEAR("punctuated_lines", 3.0 / 6);
    NEAR("short_lines", 4.0 / 6);
    NEAR("good_sentences", 1);
    run("int main(void) { return 0; }\nLorem Ipsum dolor sit amet.");
    NEAR("curly_braces", 2);
    NEAR("lorem_ipsum", 1);
    test_stage_close(&t);
}

static void repeats_are_counted(void) {
    open_with("{\"repeats\": true}");
    run("Same line here.\nSame line here.\nAnother one.\n\nSame line here.\n");
    NEAR("duplicate_lines", 2.0 / 4);
    NEAR("duplicate_line_chars", 30.0 / 62);
    NEAR("duplicate_paragraphs", 0);
    NEAR("top_2_gram", 24.0 / 62); /* "same line", or "line here": three times eight */
    run("ab cd ef gh ij ab cd ef gh ij");
    NEAR("duplicate_5_grams", 10.0 / 29);
    NEAR("duplicate_6_grams", 0);
    run("One two.\n\nOne two.\n\nThree four.");
    NEAR("duplicate_paragraphs", 1.0 / 3);
    NEAR("duplicate_paragraph_chars", 8.0 / 31);
    run(report);
    NEAR("duplicate_5_grams", 0);
    NEAR("duplicate_lines", 0);
    run("");
    NEAR("top_4_gram", 0);
    test_stage_close(&t);
}

static char *times(const char *text, int n) {
    static char many[1 << 20];
    many[0] = 0;
    size_t len = strlen(text), at = 0;
    for (int i = 0; i < n && at + len < sizeof many; i++, at += len)
        memcpy(many + at, text, len + 1);
    return many;
}

static void gopher(void) {
    open_with("{\"presets\": [\"gopher\"]}");
    run(report);
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(strstr(t.record.data, "\"quality\":{\"words\":132,") != NULL);
    CHECK(dropped_for("Far too short to be of use.", "too-few-words"));
    CHECK(strstr(doc_reason_get(t.doc).message.data, "words is 7, less than 50") != NULL);
    CHECK(dropped_for(times("The #one and #two of #three. ", 20), "hash-signs"));
    CHECK(dropped_for(times("- the thing and that of mine\n", 20), "bullet-lines"));
    CHECK(dropped_for(times("The things that we have seen and read of them today...\n", 20), "ellipsis-lines"));
    CHECK(dropped_for(times("the total of 1200 and 3450 is 12345 with 9000 other 7700 ", 20), "few-alphabetic-words"));
    CHECK(dropped_for(times("red green blue yellow orange purple black white\n", 20), "few-stop-words"));
    CHECK(dropped_for(times("a b c d e f the of g h i j k ", 20), "short-words"));
    CHECK(dropped_for(times("the internationalisation of standardisations and interdependencies ", 20), "long-words"));
    test_stage_close(&t);
}

static void repetition_and_c4_and_fineweb(void) {
    open_with("{\"presets\": [\"repetition\"]}");
    run(report);
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(dropped_for(times(report, 3), "duplicate-lines"));
    CHECK(dropped_for(times("buy it now here and ", 30), "top-2-gram"));
    test_stage_close(&t);
    open_with("{\"presets\": [\"c4\"]}");
    run(report);
    CHECK_INT(t.verdict, TM_PASS);
    char braces[2000];
    snprintf(braces, sizeof braces, "%s Then {x}.", report);
    CHECK(dropped_for(braces, "curly-braces"));
    CHECK(dropped_for("One sentence of six words here.\nMenu\nPlease enable JavaScript to see this page.\nThen another "
                      "of just six words.",
                      "few-good-sentences"));
    test_stage_close(&t);
    open_with("{\"presets\": [\"fineweb\"]}");
    run(report);
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(dropped_for(times("A line of some length that comes to no proper end of its own at all\n\n", 9) + 1,
                      "duplicate-line-chars"));
    CHECK(dropped_for("Home and a longer heading of the page\nNews from all over the wide world\nSport of the day and "
                      "of the week",
                      "few-punctuated-lines"));
    CHECK(dropped_for("Yes.\nNo.\nPerhaps.\nWhy not?", "short-lines"));
    test_stage_close(&t);
}

static void limits_of_ones_own(void) {
    open_with("{\"presets\": [\"gopher\"], \"limits\": {\"too-few-words\": 3}, \"without\": [\"few-stop-words\", "
              "\"short-words\"]}");
    run("Far too short to be of use.");
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(dropped_for("Two words", "too-few-words"));
    test_stage_close(&t);
    open_with("{\"limits\": {\"few-sentences\": 2}, \"field\": \"\"}");
    CHECK(dropped_for("One sentence.", "few-sentences"));
    run("One sentence. And another.");
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(strstr(t.record.data, "quality") == NULL);
    test_stage_close(&t);
    open_with("{\"presets\": [\"gopher\", \"c4\"], \"action\": \"mark\"}");
    run("{Far too short}");
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(strstr(t.record.data, "\"broken\":[\"too-few-words\",\"few-stop-words\",\"curly-braces\","
                                "\"few-good-sentences\"]") != NULL);
    test_stage_close(&t);
}

static void conditions(void) {
    open_with("{\"drop_when\": {\"lang\": {\"not\": \"en\"}}, \"reason\": \"other-language\"}");
    test_stage_run_record(&t, "{\"text\":\"a\",\"lang\":\"de\"}");
    CHECK_INT(t.verdict, TM_DROP);
    CHECK_BYTES(doc_reason_get(t.doc).code.data, doc_reason_get(t.doc).code.len, "other-language");
    test_stage_run_record(&t, "{\"text\":\"a\",\"lang\":\"en\"}");
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(strstr(t.record.data, "quality") == NULL);
    test_stage_close(&t);
    open_with("{\"keep_when\": {\"quality.words\": {\"ge\": 2}}, \"measure\": true}");
    CHECK(dropped_for("One", "condition"));
    run("One two");
    CHECK_INT(t.verdict, TM_PASS);
    test_stage_close(&t);
}

/* Hostile texts: no crash, and every number is a number. */
static void any_bytes(void) {
    static const char *const texts[] = {"\n\n\n",
                                        "- \n- \n- \n",
                                        "\xff\xfe\xc3",
                                        "...",
                                        "\xe2\x80\xa6",
                                        "{{{{",
                                        "#",
                                        "\xf0\x9f\x98\x80\xf0\x9f\x98\x80",
                                        " \t ",
                                        "lorem",
                                        "ipsum lorem ipsum"};
    open_with("{\"presets\": [\"gopher\", \"repetition\", \"c4\", \"fineweb\"], \"action\": \"mark\"}");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        run(texts[i]);
        CHECK_INT(t.verdict, TM_PASS);
        CHECK(measured("top_2_gram") >= 0);
    }
    run(times("a", 300000));
    CHECK(measured("words") >= 1);
    run(times("- a\n", 50000));
    NEAR("bullet_lines", 1);
    test_stage_close(&t);
}

int main(void) {
    RUN(words_are_counted);
    RUN(lines_are_counted);
    RUN(repeats_are_counted);
    RUN(gopher);
    RUN(repetition_and_c4_and_fineweb);
    RUN(limits_of_ones_own);
    RUN(conditions);
    RUN(any_bytes);
    return check_end();
}
