/* The stage as a pipeline has it: relations, actions, what is taken back, what a new process still knows. */
#include "check.h"
#include "stage.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define P1                                                                                                             \
    "A landslide after three days of rain buried part of the village of Kallvik early on Sunday, and 14 people have "  \
    "been "                                                                                                            \
    "found dead so far, the county governor said. Rescue teams with dogs searched the slope above the church until "   \
    "dark.\n\n"
#define P2                                                                                                             \
    "Helicopters brought 62 inhabitants to the sports hall of the neighbouring town, where the Red Cross had put up "  \
    "beds. "                                                                                                           \
    "The road along the fjord is blocked in two places, and engineers expect it to stay so for at least a week.\n\n"
#define P3                                                                                                             \
    "Geologists had warned of the slope since the spring, when sensors showed that it moved by several millimetres a " \
    "day. "                                                                                                            \
    "The village had no money for a wall, its mayor Tove Brandal told a reporter, and the county had put the request " \
    "off.\n\n"
#define P4                                                                                                             \
    "Prime Minister Anders Holm is to visit the site on Tuesday. He promised help without paperwork to everyone who "  \
    "lost a "                                                                                                          \
    "house, and asked that nobody drive to the village to look.\n"
#define STORY P1 P2 P3 P4
#define OTHER                                                                                                          \
    "A landslide museum opens in the old school of Kallvik this summer, twenty years after the night that made the "   \
    "village "                                                                                                         \
    "known. Its rooms show photographs, a church bell that was dug out of the mud, and the sensors that geologists "   \
    "use now. "                                                                                                        \
    "Visitors walk a path above the fjord where the road once ran, and children can build a wall of clay and see "     \
    "whether it "                                                                                                      \
    "holds when the rain comes. The county paid for the roof, the inhabitants for everything else.\n"

static struct test_stage t;
static char folder[] = "/tmp/neardup-stage-XXXXXX";

static void begin(const char *with) {
    test_stage_open(&t, "neardup", with);
}

static void give(const char *id, uint64_t uid, const char *text) {
    test_stage_run_as(&t, id, uid, text, strlen(text), TM_PUBLISHED);
}

static int says(const char *what) {
    return strstr(t.record.data, what) != NULL;
}

static int is_marked(void) {
    return says("\"duplicate_of\"");
}

static void a_first_text_is_nobodys_duplicate(void) {
    begin("{}");
    give("one", 1, STORY);
    CHECK(!is_marked());
    give("two", 2, OTHER);
    CHECK(!is_marked());
    give("three", 3, "");
    CHECK(!is_marked());
    give("four", 4, " \n ");
    CHECK(!is_marked());
    test_stage_close(&t);
}

static void relations_are_told(void) {
    begin("{}");
    give("one", 1, STORY);
    give("same", 2, STORY);
    CHECK(says("\"duplicate_of\":\"one\"") && says("\"relation\":\"same\"") && says("\"similarity\":1"));
    give("shuffled", 3, P3 P1 P2 P4);
    CHECK(says("\"relation\":\"same\""));
    give("shorter", 4, P1 P2 P3);
    CHECK(says("\"duplicate_of\":\"one\"") && says("\"relation\":\"shorter\""));
    give("longer", 5,
         STORY
         "Shops in the valley have run out of candles, and a ferry from Ulsund will bring more on Monday night.\n");
    CHECK(says("\"relation\":\"longer\""));
    test_stage_close(&t);
}

static void why_is_told_where_it_is_asked_for(void) {
    begin("{}");
    give("one", 1, STORY);
    give("two", 2, STORY);
    CHECK(is_marked() && !says("duplicate_why"));
    test_stage_close(&t);
    begin("{\"why\": true}");
    give("one", 1, P1 P2 P3);
    CHECK(!says("duplicate_why"));
    give("two", 2, STORY);
    CHECK(says("\"duplicate_why\":\"0.") && says("1.000 of the other's here"));
    CHECK(says("it has numbers and names that the other lacks, the other no fact that it lacks"));
    test_stage_close(&t);
}

/* A higher toll, in digits or in words, another name or another day make an update, however alike the texts are. */
static void changed_facts_make_an_update(void) {
    static const char *const changes[][2] = {{"14 people", "15 people"},     {"62 inhabitants", "64 inhabitants"},
                                             {"three days", "four days"},    {"Tove Brandal", "Siv Brandal"},
                                             {"on Tuesday", "on Wednesday"}, {"in two places", "in three places"}};
    begin("{\"action\": \"drop\"}");
    give("one", 1, STORY);
    for (volatile size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char text[4096];
        const char *at = strstr(STORY, changes[i][0]);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - STORY), STORY, changes[i][1], at + strlen(changes[i][0]));
        test_stage_run_as(&t, "next", 10 + i, text, strlen(text), TM_FAILED); /* not to be remembered */
        CHECK_INT(t.verdict, TM_PASS);
        CHECK(says("\"relation\":\"update\""));
    }
    test_stage_close(&t);
}

static void drop_acts_on_what_says_nothing_new(void) {
    begin("{\"action\": \"drop\"}");
    give("stub", 1, P1 P2);
    give("full", 2, STORY);
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(says("\"relation\":\"longer\"") && says("\"duplicate_of\":\"stub\""));
    give("again", 3, STORY);
    CHECK_INT(t.verdict, TM_DROP);
    give("cut", 4, P1 P2 P3);
    CHECK_INT(t.verdict, TM_DROP);
    give("other", 5, OTHER);
    CHECK_INT(t.verdict, TM_PASS);
    test_stage_close(&t);
    begin("{\"action\": \"fail\", \"relations\": [\"longer\"]}");
    give("stub", 1, P1 P2);
    give("again", 2, P1 P2);
    CHECK_INT(t.verdict, TM_PASS);
    CHECK(is_marked());
    give("full", 3, STORY);
    CHECK_INT(t.verdict, TM_FAIL);
    test_stage_close(&t);
}

static void what_failed_is_taken_back(void) {
    begin("{}");
    test_stage_run_as(&t, "failed", 1, STORY, strlen(STORY), TM_FAILED);
    test_stage_run_as(&t, "dropped", 2, STORY, strlen(STORY), TM_DROPPED);
    give("one", 3, STORY);
    CHECK(!is_marked());
    give("two", 4, STORY);
    CHECK(says("\"duplicate_of\":\"one\""));
    test_stage_close(&t);
}

static void done_again_is_no_duplicate_of_itself(void) {
    begin("{}");
    give("one", 1, STORY);
    give("one", 1, STORY);
    CHECK(!is_marked());
    give("two", 2, STORY);
    CHECK(says("\"duplicate_of\":\"one\""));
    give("one", 1, STORY); /* and not of what came after it */
    CHECK(!is_marked());
    give("two", 2, STORY);
    CHECK(says("\"duplicate_of\":\"one\""));
    give("today", 1, OTHER); /* the same place, another text: a document of its own */
    CHECK(!is_marked());
    give("three", 3, OTHER);
    CHECK(says("\"duplicate_of\":\"today\""));
    test_stage_close(&t);
}

static void forgets_by_number(void) {
    begin("{\"max_documents\": 2}");
    give("one", 1, STORY);
    give("two", 2, OTHER);
    give("three", 3,
         "Nothing of note happened in the village of Storberg today, and nobody there expects anything to.");
    give("four", 4, "Something did happen in Storberg after all: the baker closed an hour early and told no one why.");
    give("five", 5, STORY);
    CHECK(!is_marked());
    test_stage_close(&t);
}

static const char *on_disk(void) {
    static char with[256];
    snprintf(with, sizeof with, "{\"store\": \"%s/store\", \"wait\": \"0s\"}", folder);
    return with;
}

static void clear(void) {
    char path[256];
    const char *const names[] = {"store/rows", "store/lock", "store/rows.part"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/store", folder);
    rmdir(path);
}

static void a_new_run_still_knows(void) {
    clear();
    begin(on_disk());
    give("one", 1, STORY);
    test_stage_run_as(&t, "failed", 2, OTHER, strlen(OTHER), TM_FAILED);
    test_stage_close(&t);
    begin(on_disk());
    give("two", 3, STORY);
    CHECK(says("\"duplicate_of\":\"one\""));
    give("other", 4, OTHER);
    CHECK(!is_marked());
    test_stage_close(&t);
    clear();
}

/* Killed at any point after a checkpoint, what the checkpoint held is known, and the documents that are done again are
 * judged as before. */
static void a_killed_run_still_knows(void) {
    int status;
    clear();
    pid_t child = fork();
    if (child == 0) {
        begin(on_disk());
        give("one", 1, STORY);
        give("two", 2, STORY);
        if (t.plugin->checkpoint(instance_stage(t.instance)) != TM_OK)
            _exit(1);
        give("three", 3, OTHER);
        raise(SIGKILL);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status));
    begin(on_disk());
    give("one", 1, STORY);
    CHECK(!is_marked());
    give("two", 2, STORY);
    CHECK(says("\"duplicate_of\":\"one\""));
    give("three", 3, OTHER);
    CHECK(!is_marked());
    give("four", 4, OTHER);
    CHECK(says("\"duplicate_of\":\"three\""));
    test_stage_close(&t);
    clear();
}

int main(void) {
    if (!mkdtemp(folder))
        return 1;
    RUN(a_first_text_is_nobodys_duplicate);
    RUN(relations_are_told);
    RUN(why_is_told_where_it_is_asked_for);
    RUN(changed_facts_make_an_update);
    RUN(drop_acts_on_what_says_nothing_new);
    RUN(what_failed_is_taken_back);
    RUN(done_again_is_no_duplicate_of_itself);
    RUN(forgets_by_number);
    RUN(a_new_run_still_knows);
    RUN(a_killed_run_still_knows);
    rmdir(folder);
    return check_end();
}
