/* What clean takes out and what it never takes out, on texts written for the purpose: a case names pieces of its text
 * that must be gone and pieces that must stand, and pieces of the record. The text that comes out, given again, comes
 * out unchanged. The examples that stand in the rules files are held here, too. */
#include "check.h"
#include "rules.h"
#include "stage.h"

#include <time.h>
#include <unistd.h>

#define P1                                                                                                             \
    "The town council of Marrowby voted on Tuesday to rebuild the old mill on the Thule, eleven years after a flood "  \
    "took its wheel and half of its roof.\n\n"
#define P2                                                                                                             \
    "The work is to begin in spring and will cost 2.3 million euros, mayor Agnes Thorne told residents in a hall "     \
    "that was too small for all who had come.\n\n"
#define P3                                                                                                             \
    "\"We have waited long enough,\" she said. \"A town that lets its mill rot forgets what it is.\" Two members of "  \
    "the council voted against the plan.\n\n"
#define P4                                                                                                             \
    "The miller's grandson, Peter Oakes, keeps the stones in his barn. He has promised to give them back when the "    \
    "walls stand and the roof is dry.\n\n"
#define TITLE "Marrowby council votes to rebuild flooded mill\n\n"
#define BODY P1 P2 P3 P4

/* Articles about what clean takes out: nothing goes. */
#define HELPLINE                                                                                                       \
    "Hospital opens helpline for patients hit by data leak\n"                                                          \
    "\n"                                                                                                               \
    "The county hospital has opened a helpline for patients whose data were stolen in March. \"If you have been "      \
    "affected, call us,\" said its director, Mona Reith. \"Tell us what you have seen, and we will look into it in "   \
    "confidence.\"\n"                                                                                                  \
    "\n"                                                                                                               \
    "Patients can also write to us at the old address on Mill Street, a notice in the lobby says. Have you been "      \
    "affected by a leak before, one poster asks.\n"                                                                    \
    "\n"                                                                                                               \
    "The hospital says it is not responsible for the content of the sites on which the data appeared, and that its "   \
    "privacy policy was followed at all times.\n"                                                                      \
    "\n"                                                                                                               \
    "Have a story to tell, and nobody will listen: that is how Jon Reyes, 61, describes the weeks since. He got in "   \
    "touch with us in April by e-mail, and again in May.\n"                                                            \
    "\n"                                                                                                               \
    "Lawyers doubt that the terms of service allow the sale. The views expressed in the report do not necessarily "    \
    "reflect those of the board, it says on page two, and the board has not read it.\n"                                \
    "\n"                                                                                                               \
    "A paper by Okoye et al. published online in 2023 found that one leak in three is never told to patients.\n"
#define LETTERS                                                                                                        \
    "Why the newsletter will not die\n"                                                                                \
    "\n"                                                                                                               \
    "It was going to be killed by Facebook, then by Twitter, then by chatbots. Subscribe to one newsletter and you "   \
    "will soon have ten, as every reader knows.\n"                                                                     \
    "\n"                                                                                                               \
    "\"Sign up for our newsletter\" is the most common line on the web, a study of 12,000 sites found. \"Share this "  \
    "story\" comes second, \"Advertisement\" third.\n"                                                                 \
    "\n"                                                                                                               \
    "Anna Holm, who writes one on gardens, began in 2009 with forty readers. Today she has 90,000, and she answers "   \
    "each letter herself.\n"                                                                                           \
    "\n"                                                                                                               \
    "- She writes on Sundays.\n"                                                                                       \
    "- She never sends more than one letter a week.\n"                                                                 \
    "- She keeps no list of who opens what.\n"                                                                         \
    "\n"                                                                                                               \
    "Subscribe, she tells those who ask how to support her, and tell your friends.\n"                                  \
    "\n"                                                                                                               \
    "Generated by AI or not, most letters are read on the train. That is when people have nothing else to do.\n"       \
    "\n"                                                                                                               \
    "About the author of the study little is known. He lives in Leeds.\n"

struct expectation {
    const char *name, *with, *text;
    const char *gone[8], *kept[6], *record[4];
};

static const struct expectation expectations[] = {
    {"a clean article", "{}", TITLE BODY, {0}, {TITLE BODY}, {"\"title\":\"Marrowby council votes"}},
    {"a page's head",
     "{}",
     "Skip to content\nMenu\nLocal\n" TITLE "By Nora Field\nPublished: March 3, 2021 9:05 AM EST\nShare on Facebook\n"
     "Tweet\n\n" BODY,
     {"Skip to", "Menu", "Local", "By Nora", "Published", "Share on", "Tweet"},
     {TITLE, P1},
     {"\"byline\":\"Nora Field\"", "\"published\":\"2021-03-03T09:05-05:00\""}},
    {"a page's foot",
     "{}",
     TITLE BODY "Sign up for our daily newsletter\nMost read\nBridge closes for a week after storm\nBakery wins prize "
                "for its rye bread\nSchool choir sings in the capital\nAbout us\nContact us\nPrivacy policy\n"
                "\xc2\xa9 2021 The Marrowby Post. All rights reserved.\n",
     {"Sign up", "Most read", "Bridge closes", "School choir", "About us", "Privacy", "All rights"},
     {BODY},
     {0}},
    {"ads between paragraphs",
     "{}",
     TITLE P1 "Advertisement\n\n" P2 "Article continues below\n\n" P3 P4,
     {"Advertisement", "continues below"},
     {P1 P2 P3},
     {0}},
    {"links inside of the text",
     "{}",
     TITLE P1 "READ MORE: Ten mills that turn again\n\n" P2 "[Related: The flood in pictures]\n\n" P3
              "- Council looks at second bridge over the Thule\n\n" P4,
     {"READ MORE", "Related:", "second bridge"},
     {P1 P2 P3 P4},
     {0}},
    {"who wrote and checked it, and what it rests on",
     "{}",
     TITLE "By\nNora Field\nNora Field is a baker and writer who lives by the Thule with two cats. Her bread has won "
           "prizes in three counties, and she has written of mills since 2009.\nFact checked by\nTom Adeyo\n"
           "our editorial guidelines\n" BODY
           "3 Sources\n- Brill H, Okoye S, et al. Wheels and water: a trial. J Mills. "
           "2024;101(2):220-231. doi:10.0000/jm.17\n- Mill Board. Grain.\n- Marsh E, et al. Flour in winter. Grain. "
           "2019;393:1200-8. doi:10.0000/gr.8\n",
     {"is a baker", "Fact checked", "guidelines", "3 Sources", "Wheels and", "Mill Board", "Flour in"},
     {BODY},
     {"\"byline\":\"Nora Field\""}},
    {"what is asked of readers, and by whom a picture is",
     "{}",
     TITLE P1 "Has your street been closed? Share your photos with us.\n\n" P2 "Getty Images / Tom Adeyo\n\n" P3
              "The views expressed here are the author's own and do not necessarily reflect those of the Post.\n\n" P4,
     {"Share your", "Getty", "views expressed"},
     {P1 P2 P3, P4},
     {0}},
    {"a list that cites nobody, and a paragraph that cites papers",
     "{}",
     TITLE BODY
     "Brill et al. found in 2024 that mills turn better in spring than in winter, and that millers do, too.\n\n"
     "- Flour\n- Bran\n- Oats from 2019\n",
     {0},
     {"Brill et al. found", "- Flour", "- Oats"},
     {0}},
    {"who and when below the points, the headline with the site's name",
     "{}",
     "Marrowby council votes to rebuild flooded mill\nMarrowby council votes to rebuild flooded mill - The Marrowby "
     "Post\n- The mill lost its wheel and roof.\n- Work begins in spring and costs 2.3 million.\nBy Nora Field | "
     "Edited by T. Bell\n14/02/2021 - 07:30\n" BODY,
     {"The Marrowby Post", "Nora", "14/02"},
     {"- The mill lost", "- Work begins", BODY},
     {"\"byline\":\"Nora Field\"", "\"published\":\"2021-02-14T07:30\"",
      "\"title\":\"Marrowby council votes to "
      "rebuild flooded mill\""}},
    {"a sentence between two ads is the article's",
     "{}",
     TITLE P1 "Article content\nThe wheel turned for the last time on a wet Sunday in March, eleven years ago.\n"
              "Advertisement 2\nStory continues below\nArticle content\n" P2
              "Subscribe now to read the latest news in your city.\nAdvertisement 3\nStory continues below\n"
              "Article content\n" P3 P4,
     {"Article content", "Story continues", "Subscribe now"},
     {"The wheel turned for the last time"},
     {0}},
    {"an article of helplines and terms", "{}", HELPLINE, {0}, {HELPLINE}, {0}},
    {"an article of newsletters", "{}", LETTERS, {0}, {LETTERS}, {0}},
    {"points under any mark that sum up the paragraphs around them",
     "{}",
     TITLE P1 "\xe2\x80\xbb Marrowby will rebuild its old mill after the flood\n"
              "\xe2\x80\xbb Residents may sign up for the work from Monday\n\n" P2 P3 P4,
     {0},
     {"will rebuild its old mill", "may sign up for the work"},
     {0}},
    {"captions and credits",
     "{}",
     TITLE P1 "The mill in 1950, when it still ground flour. (Ann Lee/Marrowby Archive)\n\n" P2
              "Volunteers clear the yard of the mill on Saturday, March 6, 2021.\nPhoto: Jon Weir/Reuters\n\n" P3
              "Peter Oakes with one of the stonesImage: T. Orne/AFP/Getty Images\n\n" P4,
     {"The mill in 1950", "Volunteers clear", "Photo: Jon", "Peter Oakes with", "Getty"},
     {P1 P2 P3 P4},
     {0}},
    {"citation marks",
     "{}",
     TITLE
     "The mill was built in 1740[1] and burned twice.[2][3] A visitor called it \"a fine hous [sic]\" in his diary, "
     "and the plan of [2021] kept that.[citation needed]\n\n" P2,
     {"[1]", "[2]", "[3]", "[citation"},
     {"[sic]", "[2021]", "1740 and burned twice. A"},
     {0}},
    {"tags",
     "{}",
     TITLE BODY "Tags: mills, floods, Marrowby\n",
     {"Tags:"},
     {BODY},
     {"\"source_tags\":[\"mills\",\"floods\",\"Marrowby\"]"}},
    {"tags as a bare list",
     "{}",
     TITLE BODY "- Marrowby\n- Agnes Thorne\n- Mills\n- Floods\n- Thule\n",
     {"- Agnes", "- Mills", "- Thule"},
     {BODY},
     {"\"Agnes Thorne\""}},
    {"a title that stands twice",
     "{}",
     TITLE TITLE BODY,
     {TITLE TITLE},
     {TITLE BODY},
     {"\"kind\":\"duplicate_title\""}},
    {"an author's biography",
     "{}",
     TITLE BODY "Nora Field is a reporter who covers local politics for the Post. Follow her on Twitter.\n",
     {"Nora Field"},
     {BODY},
     {0}},
    {"contributors",
     "{}",
     TITLE BODY "(Reporting by Nora Field in Marrowby; editing by Tom Hale)\n",
     {"Reporting by"},
     {BODY},
     {0}},
    {"a list of sources",
     "{}",
     TITLE BODY
     "References\nField N, Hale T. Water wheels of the upper Thule: a survey. Journal of Mills 2014;12(3):101-119\n"
     "Weir J. Oak and Water. Marrowby University Press, 2009, 2nd edition\n"
     "Thorne A, Oakes P, Lee A. Flood marks in valley towns. River Studies 2018;7:22-31\n"
     "Solheim I. Grain, Trade, Empire. Orm Books, Eastmere, 1998\n",
     {"References", "Field N", "Weir J", "Thorne A,", "Solheim I"},
     {BODY},
     {0}},
    {"embeds, players and forms",
     "{}",
     TITLE P1 "View this post on Instagram\n\n" P2 "Listen to this article\n\n" P3
              "Tap here to see more from our team.\n\n" P4
              "Your email address will not be published. Required fields are marked *\n",
     {"View this", "Listen to", "Tap here", "Your email"},
     {P1 P2 P3 P4},
     {0}},
    {"heads with nothing under them",
     "{}",
     TITLE BODY "Categories:\n\nJoin the waitlist\n",
     {"Categories", "Join the"},
     {BODY},
     {0}},
    {"a list that is part of the article",
     "{}",
     TITLE P1 "The plan has three parts:\n\n- a new wheel of oak\n- a roof of slate\n- a room for schools\n\n" P2 P3,
     {0},
     {"- a new wheel of oak", "- a roof of slate", "- a room for schools"},
     {0}},
    {"section heads stay",
     "{}",
     TITLE P1 "A long wait\n\n" P2 P3 "What comes next\n\n" P4,
     {0},
     {"A long wait", "What comes next"},
     {0}},
    {"a table that came as one cell a line stays",
     "{}",
     TITLE P1 "Year\nMills\n1850\n12\n1900\n9\n1950\n4\n2000\n1\n2020\n0\n\n" P2,
     {0},
     {"Year\nMills\n1850\n12\n1900\n9"},
     {0}},
    {"text that only speaks of such things",
     "{}",
     TITLE "The newsletter that he edited had a circulation of 300, and subscribers paid for it in eggs.\n\n"
           "Twitter and Facebook said on Monday that they would appeal against the fine of 20 million.\n\n"
           "He told the court that all rights to the song were reserved for his daughter, who lives abroad.\n\n" P2,
     {0},
     {"newsletter that he edited", "Twitter and Facebook said", "all rights to the song"},
     {0}},
    {"German",
     "{}",
     "Der Rat von Marrowby baut die M\xc3\xbchle wieder auf\n\nDer Rat hat am Dienstag beschlossen, die alte "
     "M\xc3\xbchle "
     "wieder aufzubauen, elf Jahre nach der Flut.\n\nDie Arbeiten sollen im Fr\xc3\xbchjahr beginnen und zwei "
     "Millionen Euro "
     "kosten, sagte die B\xc3\xbcrgermeisterin.\n\nTeilen Tweeten Drucken\nLesen Sie auch: Der Fluss und seine "
     "M\xc3\xbchlen\n",
     {"Teilen", "Lesen Sie"},
     {"Der Rat von", "Die Arbeiten sollen"},
     {0}},
    {"Spanish",
     "{}",
     "El ayuntamiento reconstruye el molino\n\nEl pleno aprob\xc3\xb3 el martes la reconstrucci\xc3\xb3n del molino "
     "viejo, once "
     "a\xc3\xb1os despu\xc3\xa9s de la riada.\n\nLas obras empezar\xc3\xa1n en primavera y costar\xc3\xa1n dos "
     "millones de euros, seg\xc3\xban "
     "la alcaldesa.\n",
     {0},
     {"El ayuntamiento", "Las obras", "alcaldesa."},
     {0}},
    {"Chinese",
     "{}",
     "\xe5\xb0\x8f\xe9\x95\x87\xe9\x87\x8d\xe5\xbb\xba\xe6\xb0\xb4\xe7\xa3\xa8\n\n\xe9\x95\x87\xe8\xae\xae\xe4\xbc\x9a"
     "\xe5\x91\xa8\xe4\xba\x8c\xe6\x8a\x95\xe7\xa5\xa8\xe5\x86\xb3\xe5\xae\x9a\xe9\x87\x8d\xe5\xbb\xba"
     "\xe6\x97\xa7\xe6\xb0\xb4\xe7\xa3\xa8\xe3\x80\x82\n\n\xe5\xb7\xa5\xe7\xa8\x8b\xe5\xb0\x86\xe4\xba\x8e\xe6\x98\xa5"
     "\xe5\xa4\xa9\xe5\xbc\x80\xe5\xa7\x8b\xe3\x80\x82\n",
     {0},
     {"\xe6\xb0\xb4\xe7\xa3\xa8\n", "\xe5\xb7\xa5\xe7\xa8\x8b\xe5\xb0\x86"},
     {0}},
    {"all on one line stays but for marks",
     "{}",
     "Marrowby council votes to rebuild mill The council voted on Tuesday to rebuild it.[4] Sign up for our newsletter "
     "The work is to begin in spring.",
     {"[4]"},
     {"Sign up for our newsletter", "in spring."},
     {0}},
    {"kinds that are not asked for stay",
     "{\"kinds\": [\"citation\"]}",
     TITLE "The mill burned twice.[2] It was built again each time by the same family, which is proud of it.\n\n" P2
           "Advertisement\n\n" P3,
     {"[2]"},
     {"Advertisement"},
     {0}},
    {"rules that are switched off",
     "{\"off\": [\"advert\"]}",
     TITLE P1 "Advertisement\n\n" P2 P3,
     {0},
     {"Advertisement"},
     {0}},
    {"the tests that held are told",
     "{\"why\": true}",
     TITLE P1 "Advertisement\n\n" P2 P3,
     {"Advertisement"},
     {P1 P2},
     {"\"rule\":\"advert: is:widget words:..9\""}},
    {"rules of the user's own",
     "{\"rules\": [\"" USER_RULES "\"]}",
     TITLE P1 "Brought to you by Thule Flour\n\n" P2 "Advertisement\n\n" P3,
     {"Brought to you"},
     {"Advertisement", P2},
     {"\"rule\":\"our-sponsor\""}},
};

static int has(tm_str text, const char *piece) {
    return memmem(text.data, text.len, piece, strlen(piece)) != NULL;
}

static const struct expectation *now;

static void expectation_holds(void) {
    struct test_stage t;
    test_stage_open(&t, "clean", now->with);
    test_stage_run(&t, now->text, strlen(now->text));
    CHECK(t.verdict == TM_PASS);
    tm_str text = doc_text(t.doc);
    for (size_t i = 0; i < 8 && now->gone[i]; i++)
        if (has(text, now->gone[i])) {
            fprintf(stderr, "%s: still there: %s\n%.*s\n", now->name, now->gone[i], (int)text.len, text.data);
            CHECK(now->gone[i] == NULL);
        }
    for (size_t i = 0; i < 6 && now->kept[i]; i++)
        if (!has(text, now->kept[i])) {
            fprintf(stderr, "%s: lost: %s\n%.*s\n", now->name, now->kept[i], (int)text.len, text.data);
            CHECK(now->kept[i] == NULL);
        }
    for (size_t i = 0; i < 4 && now->record[i]; i++)
        if (strstr(t.record.data, now->record[i]) == NULL) {
            fprintf(stderr, "%s: not in the record: %s\n%s\n", now->name, now->record[i], t.record.data);
            CHECK(now->record[i] == NULL);
        }
    char *again = strndup(text.data, text.len);
    size_t len = text.len;
    test_stage_run(&t, again, len);
    CHECK_BYTES(doc_text(t.doc).data, doc_text(t.doc).len, again);
    free(again);
    test_stage_close(&t);
}

/* --- the examples of the rules files --- */

struct examples {
    struct test_stage stage;
    unsigned count, wrong;
};

/* `yes` goes at the foot of a page, among other junk; `no` stays between paragraphs. */
static int example_holds(void *ctx, tm_str name, tm_str text, int yes, char *error, uint64_t room) {
    struct examples *e = ctx;
    char page[8192];
    (void)error;
    (void)room;
    int len = yes ? snprintf(page, sizeof page, TITLE BODY "Privacy policy\n%.*s\nTerms of use\nSite map\n",
                             (int)text.len, text.data)
                  : snprintf(page, sizeof page, TITLE P1 P2 "%.*s\n\n" P3 P4, (int)text.len, text.data);
    char piece[512];
    snprintf(piece, sizeof piece, "%.*s", (int)text.len, text.data);
    test_stage_run(&e->stage, page, (size_t)len);
    e->count++;
    if (has(doc_text(e->stage.doc), piece) == yes) {
        e->wrong++;
        fprintf(stderr, "rule %.*s: %s: %s\n", (int)name.len, name.data, yes ? "should go" : "should stay", piece);
    }
    return 0;
}

static char *read_file(const char *path, size_t *out_len) {
    FILE *f = fopen(path, "r");
    char *text = malloc(1 << 20);
    if (f == NULL || text == NULL)
        exit(1);
    *out_len = fread(text, 1, 1 << 20, f);
    fclose(f);
    return text;
}

static void examples_of_a_file(const char *path) {
    struct examples e = {.count = 0};
    struct rules_reader reader = {.ctx = &e, .example = example_holds};
    char error[256] = "";
    size_t len;
    char *text = read_file(path, &len);
    test_stage_open(&e.stage, "clean", "{}");
    CHECK_INT(rules_read(&reader, path, (tm_str){text, len}, error, sizeof error), 0);
    test_stage_close(&e.stage);
    free(text);
    printf("%u examples of rules\n", e.count);
    CHECK(e.count >= 15);
    CHECK_INT(e.wrong, 0);
}

static int put_when(void *ctx, tm_str name, tm_str kind, tm_str when, int first, char *error, uint64_t room) {
    return ruleset_when(ctx, name, kind, when, first, error, room);
}

static void examples_hold(void) {
    examples_of_a_file(RULES);
    examples_of_a_file(RULES_OF_PAGES);
}

static void mistakes_in_rules_are_told(void) {
    static const char *const wrong[][2] = {
        {"rule x boilerplate\n\twhen word:2\n", "r:2: there is no test 'word'"},
        {"rule x boilerplate\n\twhen words\n", "r:2: the test 'words' needs a value: NAME:VALUE"},
        {"rule x boilerplate\n\twhen words:a..b\n", "r:2: a range is LOW..HIGH, not 'a..b'"},
        {"rule x\n", "r:1: an entry is 'list NAME', 'rule NAME KIND' or 'off NAME...'"},
        {"\twhen open\n", "r:1: an indented line belongs to no entry"},
        {"rule x boilerplate\n\tif open\n", "r:2: in a rule stand 'when', 'yes' and 'no', not 'if'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ruleset set = {0};
        char error[256] = "";
        tm_str text = {wrong[i][0], strlen(wrong[i][0])};
        struct rules_reader reader = {.ctx = &set, .when = put_when};
        CHECK_INT(rules_read(&reader, "r", text, error, sizeof error), -1);
        CHECK_BYTES(error, strlen(error), wrong[i][1]);
        ruleset_free(&set);
    }
}

/* A thousand rules with a list each: far more than a mask has bits. Which one held is told, whatever it asks. */
static void many_rules_of_the_user(void) {
    static const struct {
        const char *when, *line;
        int goes;
    } cases[] = {
        {"has:mine%d open", "Some flour from zemba%da mill", 1},
        {"begins:mine%d open", "Zemba%da flour for all", 1},
        {"begins:mine%d open", "The flour of zemba%da", 0},
        {"ends:mine%d open", "The flour of zemba%da", 1},
        {"ends:mine%d open", "Zemba%da flour for all", 0},
        {"is:mine%d open", "Zemba%da", 1},
        {"is:mine%d open", "Zemba%da flour", 0},
        {"has2:mine%d open", "Zemba%da flour, two loaves", 0},
        {"label:mine%d open", "Zemba%da: flour for all", 1},
        {"label:mine%d open", "Zemba%da flour for all", 0},
        {"soon:mine%d words:3.. open", "Our zemba%da flour for all", 1},
        {"words:3..3 lacks:mine%d open", "Two grey zemba%da", 0},
    };
    char path[64], with[128], page[2048], line[128];
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        snprintf(path, sizeof path, "many-%d.rules", (int)getpid());
        FILE *f = fopen(path, "w");
        for (int i = 0; i < 1000; i++) {
            fprintf(f, "list mine%d\n\tzemba%da\nrule many-%d sponsor\n\twhen ", i, i, i);
            fprintf(f, i == 899 ? cases[c].when : "has:mine%d words:90..", i);
            fputs("\n", f);
        }
        fclose(f);
        snprintf(with, sizeof with, "{\"rules\": [\"%s\"]}", path);
        struct test_stage t;
        clock_t begun = clock();
        test_stage_open(&t, "clean", with);
        if (c == 0)
            printf("1000 rules and lists of the user's: opened in %.2f ms\n",
                   (double)(clock() - begun) * 1e3 / CLOCKS_PER_SEC);
        snprintf(line, sizeof line, cases[c].line, 899);
        snprintf(page, sizeof page, TITLE P1 P2 "%s\n\n" P3 P4, line);
        test_stage_run(&t, page, strlen(page));
        if (has(doc_text(t.doc), line) == cases[c].goes)
            fprintf(stderr, "%s: %s\n", cases[c].when, line);
        CHECK(has(doc_text(t.doc), line) != cases[c].goes);
        CHECK(!cases[c].goes || strstr(t.record.data, "\"rule\":\"many-899\"") != NULL);
        test_stage_close(&t);
        remove(path);
    }
}

/* Many blocks, and one long one, end: no loop over all blocks for each. */
static void large_documents_end(void) {
    struct test_stage t;
    struct buffer b;
    buffer_init(&b);
    test_stage_open(&t, "clean", "{}");
    for (int i = 0; i < 50000; i++)
        buffer_add_string(&b, i % 3 ? "- Read more\n"
                                    : "- The mill will turn again in spring, said the mayor of Marrowby.\n");
    test_stage_run(&t, b.data, b.len);
    CHECK(t.verdict == TM_PASS);
    b.len = 0;
    for (int i = 0; i < 20000; i++)
        buffer_add_string(&b, "the mill [1] will turn (Photo: AP) again ");
    test_stage_run(&t, b.data, b.len);
    CHECK(t.verdict == TM_PASS);
    test_stage_run(&t, "", 0);
    CHECK(t.verdict == TM_PASS);
    test_stage_close(&t);
    buffer_deinit(&b);
}

int main(void) {
    for (now = expectations; now < expectations + sizeof expectations / sizeof expectations[0]; now++)
        RUN(expectation_holds);
    RUN(examples_hold);
    RUN(mistakes_in_rules_are_told);
    RUN(many_rules_of_the_user);
    RUN(large_documents_end);
    return check_end();
}
