/* test_topics.c: topics of texts written for the purpose, with textmill's taxonomy and with one of the user's own. */
#include "check.h"
#include "stage.h"

#include <unistd.h>

static struct test_stage stage;

static int topic_at(const char *id) {
    const char *topics = strstr(stage.record.data, "\"topics\":[");
    CHECK(topics != NULL);
    const char *at = strstr(topics, id);
    return at ? (int)(at - topics) : -1;
}

static void run(const char *text) {
    test_stage_run(&stage, text, strlen(text));
    CHECK_INT(stage.verdict, TM_PASS);
}

static void first_topics(void) {
    static const struct {
        const char *text, *id;
    } cases[] = {
        {"Rovers reach cup final\n\nA late header from the striker took Rovers into the cup final. The goalkeeper "
         "saved a "
         "penalty in stoppage time and the manager praised his midfielders.",
         "15000000"},
        {"Turnout high as voters go to the polls\n\nPolling stations closed at ten. The prime minister's party is "
         "ahead in "
         "exit polls, but parliament may be hung and coalition talks will follow.",
         "11000000"},
        {"Central bank holds interest rates\n\nInflation eased to three percent, and economists expect slower growth. "
         "Shares rose on the stock exchange and bond yields fell.",
         "04000000"},
        {"Earthquake rocks island\n\nA magnitude 6.8 earthquake destroyed hundreds of homes. Rescue teams searched the "
         "rubble for survivors while aftershocks went on.",
         "03000000"},
        {"Snow closes roads\n\nForecasters expect heavy snow and strong winds through the night. The weather service "
         "issued a warning; temperatures will fall well below freezing.",
         "17000000"},
        {"New telescope sees distant galaxy\n\nAstronomers pointed the space telescope at a black hole; physicists "
         "will "
         "study the data in the laboratory for years.",
         "13000000"},
        {"Man jailed for burglary\n\nThe judge sentenced the burglar to three years in prison. The jury had found him "
         "guilty after a trial at the crown court; police arrested him in May.",
         "02000000"},
        {"Orchestra returns to rebuilt hall\n\nThe conductor chose a symphony that had its premiere there in 1911, and "
         "the "
         "soprano was called back four times by the audience.",
         "01000000"},
        {"Village school to stay open\n\nPupils and teachers cheered when the head teacher read out the letter. Class "
         "sizes have fallen to eleven, and exams will be sat in the next town.",
         "05000000"},
        {"Otters back after forty years\n\nWildlife wardens found tracks on the riverbank. Pollution had driven the "
         "animals out; the habitat was restored by planting willows.",
         "06000000"},
        {"New clinic cuts wait for hip operations\n\nPatients waited nine months before the surgery opened; doctors "
         "and "
         "nurses now treat forty people a week.",
         "07000000"},
        {"Ring lost in 1971 turns up in carrot bed\n\nA widow got her wedding ring back on her birthday. Her daughter "
         "pulled it out of the garden on a carrot; the family wept.",
         "08000000"},
        {"Dockers walk out over overtime\n\nThe union called its members to the picket line at dawn. Workers want a "
         "pay "
         "rise of five per cent and shorter shifts; employers offered two.",
         "09000000"},
        {"Where to eat on the harbour front\n\nThe chef serves smoked eel with apples; the wine list is short. "
         "Tourists "
         "queue for the dessert, and the hotel next door has rooms.",
         "10000000"},
        {"Bishop opens restored pilgrim way\n\nWorshippers prayed at each of the nine chapels. The priest blessed the "
         "path, and a choir sang hymns before Mass.",
         "12000000"},
        {"Shelter for homeless women opens\n\nThe charity will house twenty women who fled domestic abuse. Poverty has "
         "grown among single mothers, social workers say.",
         "14000000"},
        {"Troops shell town after ceasefire fails\n\nArtillery and airstrikes hit the front line. Rebels and "
         "government "
         "soldiers accused each other; peace talks were broken off.",
         "16000000"},
    };
    test_stage_open(&stage, "topics", "{}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(cases[i].text);
        const char *first = strstr(stage.record.data, "\"top\":\"medtop:");
        CHECK(first != NULL);
        CHECK_BYTES(first + 14, 8, cases[i].id);
    }
    test_stage_close(&stage);
}

static void narrower_topics_stand_beside(void) {
    test_stage_open(&stage, "topics", "{}");
    run("Wicket falls as rain stops play\n\nThe batsman was bowled for 54 and the fast bowler took four wickets before "
        "lunch in the test match.");
    CHECK(topic_at("medtop:15000000") > 0);
    CHECK(topic_at("\"id\":\"medtop:20000888\",\"name\":\"cricket\",\"top\":\"medtop:15000000\"") > 0);
    test_stage_close(&stage);
}

static void none_where_nothing_fits(void) {
    static const char *const texts[] = {"", "\n\n", "xyzzy", "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
                                        "See you then. Bring the blue one, not the green one, and mind the step."};
    test_stage_open(&stage, "topics", "{}");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        run(texts[i]);
        CHECK(strstr(stage.record.data, "\"topics\":[]") != NULL);
    }
    test_stage_close(&stage);
}

static void write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    CHECK(fputs(text, f) >= 0);
    CHECK_INT(fclose(f), 0);
}

static void a_taxonomy_of_ones_own(void) {
    char path[] = "/tmp/textmill-taxonomy-XXXXXX", with[128];
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    write_file(path, "= boats\tBoats\n3\tferry; ferries; sailing boat\n= boats/repair\tRepair of "
                     "boats\tboats\n4\tcaulking; dry dock\n"
                     "= birds\tBirds\n4\tgull; gulls; puffin\n");
    snprintf(with, sizeof with, "{\"taxonomy\": [\"%s\"], \"keywords\": 2}", path);
    test_stage_open(&stage, "topics", with);
    run("The ferry went into dry dock for caulking. A sailing boat passed the ferry.");
    CHECK(topic_at("\"id\":\"boats\"") > 0);
    CHECK(topic_at("\"id\":\"boats/repair\",\"name\":\"Repair of boats\",\"top\":\"boats\"") > 0);
    CHECK(topic_at("\"id\":\"birds\"") < 0);
    CHECK(strstr(stage.record.data, "\"keywords\":[{\"text\":\"ferry\"") != NULL);
    test_stage_close(&stage);
    unlink(path);
}

static void why_tells_terms_and_places(void) {
    test_stage_open(&stage, "topics", "{\"why\": true}");
    run("The central bank met. Inflation eased, and the central bank kept interest rates.");
    CHECK(strstr(stage.record.data, "\"why\":[{\"text\":\"central bank\",\"weight\":") != NULL);
    CHECK(strstr(stage.record.data, "\"count\":2,\"where\":[{\"start\":4,\"end\":16},{\"start\":47,\"end\":59}]}") !=
          NULL);
    CHECK(strstr(stage.record.data, "\"field\"") == NULL);
    test_stage_close(&stage);
    test_stage_open(&stage, "topics", "{}");
    run("The central bank met. Inflation eased, and the central bank kept interest rates.");
    CHECK(topic_at("medtop:04000000") > 0);
    CHECK(strstr(stage.record.data, "\"why\"") == NULL);
    test_stage_close(&stage);
}

/* 1 MB without a blank, and 100,000 different words: no crash, and no time that grows with the square. */
static void odd_texts(void) {
    size_t len = 1 << 20;
    char *text = malloc(len);
    CHECK(text != NULL);
    test_stage_open(&stage, "topics", "{\"keywords\": 5}");
    memset(text, 'a', len);
    test_stage_run(&stage, text, len);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)(i % 8 == 7 ? ' ' : 'a' + (char)((i * i / 8 + i / 64) % 26));
    test_stage_run(&stage, text, len);
    CHECK_INT(stage.verdict, TM_PASS);
    test_stage_close(&stage);
    free(text);
}

int main(void) {
    RUN(first_topics);
    RUN(narrower_topics_stand_beside);
    RUN(none_where_nothing_fits);
    RUN(a_taxonomy_of_ones_own);
    RUN(why_tells_terms_and_places);
    RUN(odd_texts);
    return check_end();
}
