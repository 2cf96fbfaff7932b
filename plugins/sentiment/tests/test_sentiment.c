/* The stage as a pipeline has it: its record in both models, what it tells of targets and entities, and what it does
 * with nothing, much and odd text. All texts are our own. */
#include "check.h"
#include "stage.h"

#include <unistd.h>

static struct test_stage stage;

/* A record given to the stage; spans, where there are any, become one entity. */
static const char *run_record(const char *json, const tm_span *spans, uint32_t n_spans) {
    struct doc_origin origin = {.source = "test", .id = "test", .uid = {1, 1}};
    struct json_error error;
    size_t len = strlen(json);
    if (stage.arena)
        arena_free(stage.arena);
    free(stage.text);
    stage.arena = arena_new(64 * 1024);
    stage.text = calloc(len + TM_PAD, 1);
    memcpy(stage.text, json, len);
    stage.doc = doc_from_record(&stage.schema, stage.arena, stage.text, len, &origin, &error);
    CHECK(stage.doc != NULL);
    doc_stage_begin(stage.doc, &stage.stage);
    if (n_spans) {
        const tm_host *h = host_get();
        tm_spans *set = h->spans_new(stage.doc, TM_STR("entities"), TM_SPANS_GROUPED);
        uint32_t group = h->spans_group(set);
        for (uint32_t i = 0; i < n_spans; i++)
            h->spans_add(set, spans[i], TM_STR("PERSON"), group);
    }
    stage.verdict = stage.plugin->process(instance_stage(stage.instance), stage.thread, stage.doc);
    CHECK_INT(doc_stage_end(stage.doc), 0);
    CHECK_INT(stage.verdict, TM_PASS);
    stage.record.len = 0;
    doc_write_record(stage.doc, &stage.record);
    buffer_add_char(&stage.record, '\0');
    return stage.record.data;
}

static const char *run(const char *text) {
    test_stage_run(&stage, text, strlen(text));
    CHECK_INT(stage.verdict, TM_PASS);
    return stage.record.data;
}

/* The first "score" behind a key. */
static double score_in(const char *record, const char *key) {
    const char *at = strstr(record, key);
    at = at ? strstr(at, "\"score\":") : NULL;
    CHECK(at != NULL);
    return strtod(at + 8, NULL);
}

static double score(const char *text) {
    return score_in(run(text), "\"sentiment\":{");
}

static void news_tells_good_from_bad(void) {
    CHECK(score("The company reported a record profit and raised its dividend.") > 0.3);
    CHECK(score("The flood killed four people and destroyed the old bridge.") < -0.3);
    CHECK(score("The council meets on the second Tuesday of the month.") == 0);
    CHECK(strstr(run("The flood killed four people."), "\"label\":\"negative\"") != NULL);
    CHECK(strstr(run("The council meets on Tuesday."), "\"label\":\"neutral\"") != NULL);
}

static void words_that_mislead_elsewhere_say_nothing_here(void) {
    CHECK(score("The United Nations Security Council met the defense minister on natural gas and interest rates.") ==
          0);
    CHECK(score("Someone like that joined the trust fund after World War II.") == 0);
}

static void movement_takes_its_tone_from_what_moves(void) {
    CHECK(score("Unemployment fell to 4 percent.") > 0);
    CHECK(score("Profits fell by 4 percent.") < 0);
    CHECK(score("Crime rose by 4 percent.") < 0);
    CHECK(score("Sales rose by 4 percent.") > 0);
}

static void negation_doubt_and_contrast_count(void) {
    double plain = score("The plan is a success for the town."), denied = score("The plan is not a success for it.");
    CHECK(plain > 0 && denied < 0);
    CHECK(score("The plan would be a success for the town.") < plain);
    CHECK(score("Is the plan a success for the town?") < plain);
    CHECK(score("The plan is a \"success\" for the town.") < plain);
    CHECK(score("The food was awful, but the music was wonderful.") >
          score("The music was wonderful, but the food was awful."));
    CHECK(score("The plan is a very great success for the town.") > score("The plan is a great success for it all."));
    CHECK(score("The dam is in the red again.") < 0);
}

static void headline_has_its_share(void) {
    static const char body[] = "The board met on Monday. It has nine members. They sat for an hour. Minutes will be "
                               "kept. The next meeting is in May. Nobody else spoke. Tea was had.";
    char text[600], record[900];
    snprintf(text, sizeof text, "Flood kills four and destroys bridge\n\n%s", body);
    CHECK(score(text) < -0.1);
    snprintf(text, sizeof text, "Board meets on Monday\n\n%s", body);
    CHECK(score(text) > -0.1);
    snprintf(record, sizeof record, "{\"id\":\"a\",\"title\":\"Flood kills four and destroys bridge\",\"text\":\"%s\"}",
             body);
    CHECK(score_in(run_record(record, NULL, 0), "\"sentiment\":{") < -0.1);
}

static void long_texts_neither_saturate_nor_wash_out(void) {
    static const char one[] = "The fire destroyed the mill, and two workers were injured. ";
    char *text = calloc(sizeof one, 400);
    for (int i = 0; i < 3; i++)
        strcat(text, one);
    double few = score(text);
    char *at = text;
    for (int i = 0; i < 400; i++)
        at = stpcpy(at, one);
    double many = score(text);
    CHECK(few < -0.3 && few > -0.98);
    CHECK(many < few + 0.05 && many > few - 0.05);
    free(text);
}

static void nothing_is_neutral(void) {
    static const char want[] = "\"sentiment\":{\"label\":\"neutral\",\"score\":0,\"positive\":0,\"neutral\":0,"
                               "\"negative\":0}";
    CHECK(strstr(run(""), want) != NULL);
    CHECK(strstr(run(" \n\t\n "), want) != NULL);
    CHECK(strstr(run("\xe2\x80\x94 ... !"), "\"label\":\"neutral\",\"score\":0") != NULL);
}

static void headline_of_several_sentences_stands_once(void) {
    double once = score_in(run_record("{\"id\":\"a\",\"title\":\"A bad day? The flood is over\",\"text\":\"A bad day? "
                                      "The flood is over\\n\\nThe board met.\\n\"}",
                                      NULL, 0),
                           "\"sentiment\":{");
    double apart = score_in(run_record("{\"id\":\"a\",\"title\":\"A bad day? The flood is over\",\"text\":\"The board "
                                       "met.\\n\"}",
                                       NULL, 0),
                            "\"sentiment\":{");
    CHECK(once < 0 && apart < 0);
    CHECK(once - apart < 0.2 && apart - once < 0.2);
}

static void targets_come_back_with_tone(void) {
    const char *record = run_record("{\"id\":\"a\",\"text\":\"Mayor Ada Lindt was praised by Otto Brun.\","
                                    "\"targets\":[{\"start\":6,\"end\":15},{\"start\":30,\"end\":39}]}",
                                    NULL, 0);
    double praised = score_in(record, "\"start\":6"), praising = score_in(record, "\"start\":30");
    CHECK(praised > 0.05);
    CHECK(praised > praising);
    CHECK(strstr(record, "{\"start\":6,\"end\":15,\"label\":\"positive\"") != NULL);
    record = run_record("{\"id\":\"a\",\"text\":\"Ada Lindt attacked Otto Brun.\",\"targets\":[{\"start\":0,\"end\":9},"
                        "{\"start\":19,\"end\":28}]}",
                        NULL, 0);
    CHECK(score_in(record, "\"start\":19") < score_in(record, "\"start\":0"));
    CHECK(score_in(record, "\"start\":19") < -0.05);
    record = run_record("{\"id\":\"a\",\"text\":\"\\\"It is a terrible disaster,\\\" Ada Lindt said.\",\"targets\":[{"
                        "\"start\":29,\"end\":38}]}",
                        NULL, 0);
    CHECK(score_in(record, "\"start\":29") > -0.2);
}

static void targets_at_odd_places_are_borne(void) {
    run_record("{\"id\":\"a\",\"text\":\"\",\"targets\":[{\"start\":0,\"end\":9}]}", NULL, 0);
    run_record("{\"id\":\"a\",\"text\":\"bad  \",\"targets\":[{\"start\":3,\"end\":5},{\"start\":0,\"end\":5}]}", NULL,
               0);
    run_record("{\"id\":\"a\",\"text\":\"A bad day. A good day.\",\"targets\":[{\"start\":2,\"end\":22},{\"start\":5,"
               "\"end\":3},{\"start\":0,\"end\":900}]}",
               NULL, 0);
    run_record("{\"id\":\"a\",\"text\":\"A bad day.\",\"targets\":[]}", NULL, 0);
    run_record("{\"id\":\"a\",\"text\":\"A bad day.\",\"targets\":\"all\"}", NULL, 0);
}

static void entities_have_label_and_score(void) {
    static const tm_span spans[] = {{0, 4}, {34, 38}};
    const char *record =
        run_record("{\"id\":\"a\",\"text\":\"Lena was praised for the rescue.  Lena is a hero.\"}", spans, 2);
    CHECK(strstr(record, "\"sentiment\":{\"label\":\"positive\",\"score\":0.") != NULL);
    CHECK(strstr(record, "\"type\":\"PERSON\"") != NULL);
}

/* One sentence of 4 MB, and a document of 100,000 lines: what is quadratic takes hours. */
static void time_is_linear(void) {
    static const char one[] = "not \"bad\" news, Anna said that sales rose 4 percent while crime fell against Otto ";
    size_t times = 4000000 / (sizeof one - 1), len = times * (sizeof one - 1);
    char *text = malloc(len + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * (sizeof one - 1), one, sizeof one - 1);
    text[len] = '\0';
    double together = score(text);
    CHECK(together >= -1 && together <= 1);
    for (size_t i = 39; i < len; i += 40)
        text[i] = '\n';
    together = score(text);
    CHECK(together >= -1 && together <= 1);
    free(text);
}

/* Texts put together by chance of all that the rules look at, with targets by chance: scores stay in their range. */
static void any_text_is_borne(void) {
    static const char *const pieces[] = {"not ",
                                         "very ",
                                         "good ",
                                         "bad. ",
                                         "? ",
                                         "but ",
                                         "\xe2\x80\x9c",
                                         "\xe2\x80\x9d ",
                                         "' ",
                                         "Anna ",
                                         "Otto, ",
                                         "said ",
                                         "attacked ",
                                         "was ",
                                         "by ",
                                         "crime ",
                                         "fell ",
                                         "4.5 % ",
                                         "would ",
                                         "against ",
                                         "\xf0\x9f\x98\x80 ",
                                         "\\n\\n",
                                         "in the red ",
                                         "- ",
                                         "\xd0\x96\xd0\xb6 ",
                                         "of ",
                                         "'s ",
                                         "("};
    uint64_t seed = 0x9e3779b97f4a7c15u;
    for (int round = 0; round < 3000; round++) {
        char record[2000], *at = stpcpy(record, "{\"id\":\"a\",\"title\":\"Anna attacked\",\"text\":\"");
        const char *text = at;
        for (int i = 0; i < round % 40; i++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            const char *piece = pieces[(seed >> 20) % (sizeof pieces / sizeof pieces[0])];
            at = stpcpy(at, piece);
        }
        unsigned end = (unsigned)(at - text);
        sprintf(at, "\",\"targets\":[{\"start\":%u,\"end\":%u},{\"start\":0,\"end\":%u}]}",
                (unsigned)(seed >> 33) % (end + 1), end, end);
        double whole = score_in(run_record(record, NULL, 0), "\"sentiment\":{");
        CHECK(whole >= -1 && whole <= 1);
    }
}

static void sentences_are_told_where_asked(void) {
    struct test_stage plain = stage;
    memset(&stage, 0, sizeof stage);
    test_stage_open(&stage, "sentiment", "{\"sentences\": true}");
    const char *record = run("A bad day. A good day.");
    CHECK(strstr(record, "\"sentences\":[{\"start\":0,\"end\":10,\"label\":\"negative\",\"score\":-0.") != NULL);
    CHECK(strstr(record, "{\"start\":11,\"end\":22,\"label\":\"positive\",\"score\":0.") != NULL);
    test_stage_close(&stage);
    stage = plain;
}

static void why_tells_words_and_rules(void) {
    static const tm_span acme[] = {{0, 4}};
    struct test_stage plain = stage;
    memset(&stage, 0, sizeof stage);
    test_stage_open(&stage, "sentiment", "{\"why\": true}");
    const char *record = run("Acme was not praised by the mayor, but it posted a very good profit.");
    CHECK(strstr(record, "{\"text\":\"praised\",\"start\":13,\"end\":20,\"valence\":") != NULL);
    CHECK(strstr(record, "\"rules\":[\"negation\",\"before_but\"]") != NULL);
    CHECK(strstr(record, "{\"text\":\"good\"") != NULL);
    CHECK(strstr(record, "\"rules\":[\"booster\"]") != NULL);
    record = run("Would unemployment fall?");
    CHECK(strstr(record, "\"why\":[{\"text\":\"fall\"") != NULL);
    CHECK(strstr(record, "\"rules\":[\"movement\"]") != NULL);
    CHECK(strstr(run("It is Tuesday."), "\"why\":[]") != NULL);
    record = run_record("{\"text\": \"Acme was praised.\", \"targets\": [{\"start\": 0, \"end\": 4}]}", acme, 1);
    CHECK(strstr(record, "\"score\":") != NULL);
    const char *why = strstr(record, "\"why\":[{\"start\":9,\"end\":16,\"tone\":");
    CHECK(why != NULL);
    CHECK(strstr(why + 1, "\"why\":[{\"start\":9,\"end\":16,\"tone\":") != NULL); /* of the entity, and of the target */
    test_stage_close(&stage);
    memset(&stage, 0, sizeof stage);
    test_stage_open(&stage, "sentiment", "{\"why\": true, \"model\": \"vader\"}");
    record = run("This is not bad, but the rest is GREAT.");
    CHECK(strstr(record, "\"why\":[{\"text\":\"great\",\"valence\":3.1,\"tone\":") != NULL);
    CHECK(strstr(record, "{\"text\":\"bad\",\"valence\":-2.5,\"tone\":0.925}") != NULL);
    CHECK(strstr(run("It is Tuesday."), "\"why\":[]") != NULL);
    test_stage_close(&stage);
    stage = plain;
    CHECK(strstr(run("Acme was praised."), "\"why\"") == NULL);
}

static void vader_is_vader(void) {
    struct test_stage plain = stage;
    memset(&stage, 0, sizeof stage);
    test_stage_open(&stage, "sentiment", "{\"model\": \"vader\"}");
    CHECK(strstr(run("The soup was VERY good!"),
                 "\"label\":\"positive\",\"score\":0.6391,\"compound\":0.6391,\"pos\":0.513,\"neu\":0.487,\"neg\":0") !=
          NULL);
    CHECK(strstr(run(""), "\"label\":\"neutral\",\"score\":0,\"compound\":0,\"pos\":0,\"neu\":0,\"neg\":0") != NULL);
    test_stage_close(&stage);
    stage = plain;
}

static void own_words_come_before_ours(void) {
    struct test_stage plain = stage;
    char folder[600], path[700], with[800];
    CHECK(getcwd(folder, sizeof folder) != NULL);
    snprintf(path, sizeof path, "%s/own_words.tsv", folder);
    snprintf(with, sizeof with, "{\"lexicon\": \"%s\"}", path);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fputs("mill wheel\t3.5\nwar\t2\nwar\t3\n", file);
    fclose(file);
    memset(&stage, 0, sizeof stage);
    test_stage_open(&stage, "sentiment", with);
    CHECK(score("The mill wheel turned.") > 0.3);
    CHECK(score("The mill turned.") == 0);
    CHECK(score("There is war.") > 0.3);
    CHECK(score("There was a world war.") == 0);
    CHECK(score("It was not war.") < 0);
    test_stage_close(&stage);
    remove(path);
    stage = plain;
}

int main(void) {
    test_stage_open(&stage, "sentiment", "{}");
    RUN(news_tells_good_from_bad);
    RUN(words_that_mislead_elsewhere_say_nothing_here);
    RUN(movement_takes_its_tone_from_what_moves);
    RUN(negation_doubt_and_contrast_count);
    RUN(headline_has_its_share);
    RUN(headline_of_several_sentences_stands_once);
    RUN(long_texts_neither_saturate_nor_wash_out);
    RUN(nothing_is_neutral);
    RUN(targets_come_back_with_tone);
    RUN(targets_at_odd_places_are_borne);
    RUN(entities_have_label_and_score);
    RUN(time_is_linear);
    RUN(any_text_is_borne);
    RUN(sentences_are_told_where_asked);
    RUN(why_tells_words_and_rules);
    RUN(vader_is_vader);
    RUN(own_words_come_before_ours);
    test_stage_close(&stage);
    return check_end();
}
