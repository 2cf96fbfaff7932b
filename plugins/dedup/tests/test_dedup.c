/* What dedup removes and what it never removes, on texts written for the purpose. A case names pieces of its text that
 * must be gone and pieces that must stand; the text that comes out, given again, comes out unchanged. */
#include "check.h"
#include "stage.h"

#define BODY                                                                                                           \
    "The harbour board of Eastmere voted on Tuesday to close the old ferry terminal after inspectors found cracks in " \
    "eight of its twelve concrete pillars.\n\n"                                                                        \
    "Repairs would cost 14.2 million euros, board chair Ingrid Solheim told reporters, a sum that the town cannot "    \
    "raise before 2031.\n\n"                                                                                           \
    "Ferries to Orm Island will leave from the fish market instead. The company that runs them did not agree to a "    \
    "later timetable, and commuters face a longer walk from the railway station.\n\n"                                  \
    "A survey carried out by divers last autumn counted 2,964 loose bolts along the quay.\n"
#define TITLE "Eastmere closes its old ferry terminal\n\n"

struct expectation {
    const char *name;
    const char *with;
    const char *text;
    const char *gone[6];
    const char *kept[6];
};

static const struct expectation expectations[] = {
    {"a list below the body that repeats it",
     "{}",
     TITLE BODY "\n- The harbour board of Eastmere voted on Tuesday to close the old ferry terminal.\n"
                "- Ferries to Orm Island will leave from the fish market instead.\n",
     {"- The harbour", "- Ferries"},
     {"The harbour board of Eastmere voted", "Ferries to Orm Island will leave"}},
    {"key points above the body, with their head",
     "{}",
     TITLE "Key points\n\n* Inspectors found cracks in eight of twelve concrete pillars\n"
           "* Ferries to Orm Island will leave from the fish market\n\n" BODY,
     {"Key points", "* Inspectors", "* Ferries"},
     {"Eastmere closes", "inspectors found cracks"}},
    {"bullets of other kinds, numbered ones too",
     "{}",
     TITLE
     "In brief:\n\xe2\x80\xa2 The harbour board voted on Tuesday to close the old ferry terminal\n\xe2\x80\xa2 Ferries "
     "to Orm Island will leave from the fish market instead\n\n" BODY
     "\n1. Repairs would cost 14.2 million euros, board chair Ingrid Solheim told reporters.\n"
     "2. A survey carried out by divers last autumn counted 2,964 loose bolts along the quay.\n",
     {"In brief", "\xe2\x80\xa2", "1. Repairs", "2. A survey"},
     {"Repairs would cost"}},
    {"lines without marks below a head",
     "{}",
     TITLE "At a glance\nInspectors found cracks in eight of its twelve concrete pillars\n"
           "Commuters face a longer walk from the railway station\n\n" BODY,
     {"At a glance", "Inspectors found"},
     {"after inspectors found cracks", "Eastmere closes"}},
    {"each line below a head of its own",
     "{}",
     TITLE BODY "\n@highlight\n\nInspectors found cracks in eight of its twelve concrete pillars\n\n@highlight\n\n"
                "Commuters face a longer walk from the railway station\n",
     {"@highlight", "Inspectors found", "Commuters face"},
     {"commuters face"}},
    {"one item that fuses two sentences",
     "{}",
     TITLE
     "Highlights\n- Ferries to Orm Island will leave from the fish market and commuters face a longer walk from the "
     "railway station\n\n" BODY,
     {"Highlights", "- Ferries"},
     {"Ferries to Orm"}},
    {"digits for a number word, and a looser rounding",
     "{}",
     TITLE "Summary\n- Inspectors found cracks in 8 of its 12 concrete pillars\n"
           "- Divers counted nearly 3,000 loose bolts along the quay last autumn\n\n" BODY,
     {"- Inspectors", "- Divers"},
     {"eight of its twelve"}},
    {"a changed number contradicts and stays",
     "{}",
     TITLE "Summary\n- Inspectors found cracks in nine of its twelve concrete pillars\n"
           "- Divers counted 3,964 loose bolts along the quay last autumn\n\n" BODY,
     {NULL},
     {"Summary", "- Inspectors found cracks in nine", "- Divers counted 3,964"}},
    {"a number of its own stays",
     "{}",
     TITLE BODY "\n- The harbour board of Eastmere voted on Tuesday by 7 to 2 to close the old ferry terminal.\n",
     {NULL},
     {"by 7 to 2"}},
    {"a name of its own stays",
     "{}",
     TITLE "Key points\n- Repairs would cost 14.2 million euros, board chair Torvald Lind told reporters\n\n" BODY,
     {NULL},
     {"Torvald Lind", "Key points"}},
    {"a name of the body in the place of another stays",
     "{}",
     TITLE "Key points\n- Ferries to Eastmere will leave from the fish market instead\n\n" BODY,
     {NULL},
     {"- Ferries to Eastmere"}},
    {"a number of the body in the place of another stays",
     "{}",
     TITLE "Key points\n- After inspectors found cracks in twelve of its twelve concrete pillars, the board voted to "
           "close the terminal\n\n" BODY,
     {NULL},
     {"in twelve of its twelve"}},
    {"a name that is added behind what is said stays",
     "{}",
     TITLE "Key points\n- A survey carried out by divers last autumn counted 2,964 loose bolts for Ingrid "
           "Solheim\n\n" BODY,
     {NULL},
     {"for Ingrid Solheim"}},
    {"a summary that bears its head on its own line",
     "{}",
     TITLE "TL;DR: Inspectors found cracks in eight of twelve pillars, and repairs would cost 14.2 million "
           "euros.\n\n" BODY,
     {"TL;DR"},
     {"Eastmere closes", "Repairs would cost"}},
    {"a head on its own line with news behind it stays",
     "{}",
     TITLE "In short: Fishermen fear that the detour drives customers away for good.\n\n" BODY,
     {NULL},
     {"In short: Fishermen fear"}},
    {"a quotation that is pulled out of the text",
     "{}",
     TITLE BODY
     "\n\"The bolts hold as long as nobody counts them\"\n\n"
     "\"The bolts hold as long as nobody counts them,\" said the diver Ole Brandt. He has looked at them for "
     "nineteen years, in all weathers.\n",
     {"them\"\n"},
     {"nobody counts them,\" said"}},
    {"a place of its own stays",
     "{}",
     TITLE "Key points\n- Ferries to Skarn Island will leave from the fish market instead\n\n" BODY,
     {NULL},
     {"Skarn"}},
    {"a date of its own stays",
     "{}",
     TITLE "Key points\n- The harbour board of Eastmere voted on Thursday to close the old ferry terminal\n\n" BODY,
     {NULL},
     {"Thursday"}},
    {"a negation of its own stays",
     "{}",
     TITLE BODY "\n- Ferries to Orm Island will not leave from the fish market instead.\n",
     {NULL},
     {"will not leave"}},
    {"a negation that was dropped stays",
     "{}",
     TITLE "Key points\n- The company that runs them did agree to a later timetable\n\n" BODY,
     {NULL},
     {"did agree to a later"}},
    {"words of the body in another order stay",
     "{}",
     TITLE BODY
     "\n- Divers voted last autumn to leave the railway station, and inspectors carried out a survey of the fish "
     "market.\n",
     {NULL},
     {"Divers voted"}},
    {"an item of its own among others stays, and its head with it",
     "{}",
     TITLE "Key points\n- Inspectors found cracks in eight of its twelve concrete pillars\n"
           "- Fishermen fear that the detour drives customers away for good\n\n" BODY,
     {"- Inspectors"},
     {"Key points", "- Fishermen fear"}},
    {"a list of tags is not ours",
     "{}",
     TITLE BODY "\n- Eastmere\n- Orm Island\n- Ingrid Solheim\n- Ferries\n- Harbour board\n",
     {NULL},
     {"- Eastmere", "- Orm Island", "- Ingrid Solheim", "- Ferries", "- Harbour board"}},
    {"a list that a sentence announces is not ours",
     "{}",
     TITLE BODY "\nThe board will now look at:\n- the old ferry terminal\n- concrete pillars and loose bolts\n"
                "- a later timetable for commuters\n",
     {NULL},
     {"- the old ferry", "- concrete pillars", "- a later timetable", "will now look at"}},
    {"a section's head with the list that it announces",
     "{}",
     TITLE BODY "\nWhat happened\n- The harbour board of Eastmere voted on Tuesday to close the old ferry terminal.\n"
                "- Ferries to Orm Island will leave from the fish market instead.\n",
     {"What happened", "- The harbour", "- Ferries"},
     {"Orm Island"}},
    {"a title that stands twice",
     "{}",
     TITLE "Eastmere closes its old ferry terminal\n\n" BODY,
     {NULL},
     {"Eastmere closes its old ferry terminal\n\nThe harbour"}},
    {"a paragraph that stands twice: the first stays",
     "{}",
     TITLE BODY
     "\nThe tide decides the rest.\n\nFerries to Orm Island will leave from the fish market instead. The company "
     "that runs them did not agree to a later timetable, and commuters face a longer walk from the railway "
     "station.\n",
     {"rest.\n\nFerries"},
     {"2031.\n\nFerries to Orm Island", "The tide decides"}},
    {"a teaser that breaks off",
     "{}",
     TITLE "The harbour board of Eastmere voted on Tuesday to close the old ferry terminal after inspectors "
           "found...\n\n" BODY,
     {"inspectors found..."},
     {"inspectors found cracks"}},
    {"a question that an interview asks twice",
     "{}",
     "Two skippers, one harbour\n\nSigne Dahl runs the mail boat.\n\nWhat would you change about the harbour if you "
     "could?\n\n"
     "The lights on the eastern pier, she says, at once.\n\nArne Moe carries stone.\n\nWhat would you change about the "
     "harbour if you could?\n\nNothing, he says, and lights his pipe.\n",
     {NULL},
     {"mail boat.\n\nWhat would", "carries stone.\n\nWhat would"}},
    {"a refrain",
     "{}",
     "The song of the quay\n\nRow the stones and row them home across the bay, lads.\n\nThe first load sank.\n\n"
     "Row the stones and row them home across the bay, lads.\n\nThe second load broke.\n\n"
     "Row the stones and row them home across the bay, lads.\n\nThe third one built the church.\n",
     {NULL},
     {"sank.\n\nRow", "broke.\n\nRow"}},
    {"a standfirst that a paragraph repeats",
     "{}",
     TITLE "Repairs would cost 14.2 million euros, a sum that the town cannot raise before 2031\n\n" BODY,
     {"Repairs would cost 14.2 million euros, a sum"},
     {"Eastmere closes", "Repairs would cost 14.2 million euros, board chair"}},
    {"a standfirst of its own",
     "{}",
     TITLE "After forty years the last boat leaves the old pier on Saturday night\n\n" BODY,
     {NULL},
     {"After forty years"}},
    {"a people for its country",
     "{}",
     "A pact for the strait\n\nKey points\n- The Velorian president signed the pact on the strait in Orm\n\n"
     "The president of Veloria signed the pact on the strait in Orm yesterday, after a night of talks with the fishing "
     "towns. "
     "Both sides called it a beginning.\n",
     {"- The Velorian"},
     {"president of Veloria"}},
    {"numbered heads of sections",
     "{}",
     "How to sleep on a ferry\n\n1. Bring your own blanket and hat\n\nBring your own blanket and hat, for the ship's "
     "are thin. "
     "The saloon is cold after midnight in every season of the year.\n\n2. Choose a bench near the funnel\n\nThose who "
     "know "
     "choose a bench near the funnel, where the iron stays warm until the morning watch comes on.\n",
     {NULL},
     {"1. Bring your own", "2. Choose a bench"}},
    {"one line holds all of it",
     "{}",
     "The ferry terminal of Eastmere is closed. Ferries leave from the fish market. The board voted on Tuesday, and "
     "Ingrid Solheim chaired it. Commuters walk farther. The quay has loose bolts, and the pillars have cracks.",
     {NULL},
     {"is closed. Ferries leave from the fish market. The board", "cracks."}},
    {"only the kinds that are asked for",
     "{\"kinds\": [\"duplicate_title\"]}",
     TITLE "Eastmere closes its old ferry terminal\n\n" BODY
           "\n- Ferries to Orm Island will leave from the fish market "
           "instead.\n- Repairs would cost 14.2 million euros, board chair Ingrid Solheim told reporters.\n",
     {NULL},
     {"Eastmere closes its old ferry terminal\n\nThe harbour", "- Ferries", "- Repairs"}},
    {"vetoes switched off",
     "{\"vetoes\": false, \"threshold\": 0}",
     TITLE "Key points\n- Inspectors found cracks in nine of its twelve concrete pillars\n\n" BODY,
     {"- Inspectors"},
     {"inspectors found"}},
    {"German: a list with content of its own",
     "{}",
     "Eastmere schlie\xc3\x9ft den F\xc3\xa4hranleger\n\nDer Hafenrat stimmte am Dienstag f\xc3\xbcr die "
     "Schlie\xc3\x9fung des alten "
     "Anlegers, nachdem Pr\xc3\xbc"
     "fer Risse in acht Pfeilern gefunden hatten. Die F\xc3\xa4hren legen k\xc3\xbcnftig am Fischmarkt "
     "ab.\n\nWas Pendler wissen m\xc3\xbcssen:\n- Fahrkarten gelten weiter\n- Der Fu\xc3\x9fweg vom Bahnhof wird "
     "l\xc3\xa4nger\n"
     "- Die F\xc3\xa4hren legen nicht am Fischmarkt an\n",
     {NULL},
     {"- Fahrkarten", "- Der Fu", "- Die F"}},
    {"Spanish: a list with content of its own",
     "{}",
     "Eastmere cierra la terminal\n\nLa junta del puerto vot\xc3\xb3 el martes a favor del cierre de la antigua "
     "terminal, despu\xc3\xa9s "
     "de que los inspectores hallaran grietas en ocho pilares. Los transbordadores saldr\xc3\xa1n del mercado de "
     "pescado.\n\n"
     "- Los billetes siguen siendo v\xc3\xa1lidos hasta fin de a\xc3\xb1o\n- El paseo desde la estaci\xc3\xb3n "
     "ser\xc3\xa1 m\xc3\xa1s largo\n",
     {NULL},
     {"- Los billetes", "- El paseo"}},
    {"Chinese: what repeats goes, what does not stays",
     "{}",
     "\xe6\xb8\xaf\xe5\x8f\xa3\xe5\xa7\x94\xe5\x91\x98\xe4\xbc\x9a\xe5\x91\xa8\xe4\xba\x8c\xe6\x8a\x95\xe7\xa5\xa8\xe5"
     "\x86\xb3\xe5\xae\x9a\xe5\x85\xb3\xe9\x97\xad\xe6\x97\xa7\xe7\xa0\x81\xe5\xa4\xb4\xe3\x80\x82"
     "\xe6\xb8\xa1\xe8\xbd\xae\xe5\xb0\x86\xe6\x94\xb9\xe4\xbb\x8e\xe9\xb1\xbc\xe5\xb8\x82\xe5\x9c\xba\xe5\x87\xba\xe5"
     "\x8f\x91\xe3\x80\x82\n\n"
     "- "
     "\xe6\xb8\xa1\xe8\xbd\xae\xe5\xb0\x86\xe6\x94\xb9\xe4\xbb\x8e\xe9\xb1\xbc\xe5\xb8\x82\xe5\x9c\xba\xe5\x87\xba\xe5"
     "\x8f\x91\n"
     "- \xe8\xbd\xa6\xe7\xa5\xa8\xe4\xbb\xb7\xe6\xa0\xbc\xe4\xbf\x9d\xe6\x8c\x81\xe4\xb8\x8d\xe5\x8f\x98\n",
     {NULL},
     {"\xe8\xbd\xa6\xe7\xa5\xa8\xe4\xbb\xb7\xe6\xa0\xbc\xe4\xbf\x9d\xe6\x8c\x81\xe4\xb8\x8d\xe5\x8f\x98"}},
};

static int holds(tm_str text, const char *piece) {
    return memmem(text.data, text.len, piece, strlen(piece)) != NULL;
}

static const struct expectation *now;

static void one_expectation(void) {
    struct test_stage t;
    test_stage_open(&t, "dedup", now->with);
    test_stage_run(&t, now->text, strlen(now->text));
    tm_str text = doc_text(t.doc);
    for (int i = 0; i < 6 && now->gone[i]; i++)
        if (holds(text, now->gone[i])) {
            fprintf(stderr, "%s: still there: %s\n", now->name, now->gone[i]);
            CHECK_INT(0, 1);
        }
    for (int i = 0; i < 6 && now->kept[i]; i++)
        if (!holds(text, now->kept[i])) {
            fprintf(stderr, "%s: lost: %s\n", now->name, now->kept[i]);
            CHECK_INT(0, 1);
        }
    char *again = malloc(text.len + 1);
    size_t len = text.len;
    memcpy(again, text.data, len);
    again[len] = '\0';
    test_stage_run(&t, again, len);
    if (doc_text(t.doc).len != len)
        fprintf(stderr, "%s: a second run removes more\n", now->name);
    CHECK_BYTES(doc_text(t.doc).data, doc_text(t.doc).len, again);
    free(again);
    test_stage_close(&t);
}

/* A cut names what it repeats, its score and its kind. */
static void cuts_bear_evidence(void) {
    struct test_stage t;
    const char *text = TITLE BODY "\n- Ferries to Orm Island will leave from the fish market instead.\n";
    test_stage_open(&t, "dedup", "{}");
    test_stage_run(&t, text, strlen(text));
    char want[64];
    long at = strstr(text, "Ferries to Orm") - text, end = strstr(text, " The company that") - text;
    snprintf(want, sizeof want, "\"duplicate_of\":[{\"start\":%ld,\"end\":%ld}]", at, end);
    CHECK(strstr(t.record.data, want) != NULL);
    CHECK(strstr(t.record.data, "\"kind\":\"duplicate_bullet\"") != NULL);
    CHECK(strstr(t.record.data, "\"score\":") != NULL);
    CHECK(strstr(t.record.data, "\"dedup\":") == NULL);
    test_stage_close(&t);
}

static void scores_name_every_item(void) {
    struct test_stage t;
    const char *text = TITLE BODY "\n- Ferries to Orm Island will leave from the fish market instead.\n"
                                  "- Fishermen fear that the detour drives customers away for good\n";
    test_stage_open(&t, "dedup", "{\"scores\": true}");
    test_stage_run(&t, text, strlen(text));
    const char *scores = strstr(t.record.data, "\"dedup\":[");
    CHECK(scores != NULL);
    char want[64];
    snprintf(want, sizeof want, "\"start\":%ld", (long)(strstr(text, "- Ferries") - text));
    CHECK(strstr(scores, want) != NULL);
    snprintf(want, sizeof want, "\"start\":%ld", (long)(strstr(text, "- Fishermen") - text));
    CHECK(strstr(scores, want) != NULL);
    test_stage_run(&t, "Nothing here.", 13);
    CHECK(strstr(t.record.data, "\"dedup\":[]") != NULL);
    test_stage_close(&t);
}

static void why_names_what_decided(void) {
    static const struct {
        const char *item, *why;
    } told[] = {
        {"Inspectors found cracks in eight of its twelve concrete pillars", "goes: 1.00 of it stands elsewhere"},
        {"Inspectors found cracks in nine of its twelve concrete pillars", "stays: brings a number: nine"},
        {"Repairs would cost 14.2 million euros, board chair Torvald Lind said", "stays: brings a name: Torvald"},
        {"Ferries to Orm Island will never leave from the fish market", "stays: brings a negation: never"},
        {"The company that runs them did agree to a later timetable", "stays: drops a negation"},
        {"Fishermen fear that the detour drives customers away for good", "stays: half of what it says is new"},
        {"Cracks", "stays: too short or too long to judge"},
    };
    struct test_stage t;
    test_stage_open(&t, "dedup", "{\"why\": true}");
    for (volatile size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        char text[2048];
        int n = snprintf(text, sizeof text, TITLE "Key points\n- %s\n\n" BODY, told[i].item);
        test_stage_run(&t, text, (size_t)n);
        if (!strstr(t.record.data, told[i].why))
            fprintf(stderr, "%s: not told: %s\n", told[i].item, told[i].why);
        CHECK(strstr(t.record.data, told[i].why) != NULL);
    }
    test_stage_close(&t);
}

/* Work is linear: a document of megabytes with tens of thousands of items ends. */
static void many_items(void) {
    struct test_stage t;
    struct buffer b;
    uint32_t seed = 1;
    buffer_init(&b);
    for (int i = 0; i < 60000; i++) {
        if (i >= 30000)
            buffer_add_string(&b, "- ");
        for (int k = 0; k < 14; k++) {
            seed = seed * 1664525u + 1013904223u;
            buffer_addf(&b, "w%u ", (seed >> 16) % (k % 2 ? 40u : 5000u));
        }
        buffer_add_string(&b, ".\n");
    }
    test_stage_open(&t, "dedup", "{\"scores\": true}");
    test_stage_run(&t, b.data, b.len);
    CHECK_INT(t.verdict, TM_PASS);
    test_stage_close(&t);
    buffer_deinit(&b);
}

static void odd_texts(void) {
    static const char *const texts[] = {"",
                                        "\n",
                                        "- ",
                                        "-\n-\n-\n",
                                        "Key points",
                                        "Key points\n",
                                        "Key points\n\n\n- \n",
                                        "\xe2\x80\xa2\n\xe2\x80\xa2\n",
                                        "Summary\nSummary\nSummary\n",
                                        ": : :\n- : :\n",
                                        "...\n...\n"};
    struct test_stage t;
    test_stage_open(&t, "dedup", "{\"scores\": true, \"threshold\": 0, \"vetoes\": false}");
    for (volatile size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        test_stage_run(&t, texts[i], strlen(texts[i]));
        CHECK_INT(t.verdict, TM_PASS);
    }
    test_stage_close(&t);
}

/* On one line nobody can tell which of two sentences was the item: both stay; on lines of their own one goes. */
static void one_line_keeps_what_it_repeats(void) {
    static const char sentence[] =
        "The harbour board will lend the city two of its boats until the bridge is open again.";
    char text[1200], lines[1200];
    const char *forms[] = {
        "%s The ferry leaves at noon and comes back in the evening of the same day. %s Nobody was hurt.",
        "%s\nThe ferry leaves at noon and comes back in the evening of the same day.\n%s\nNobody was hurt.\n"};
    snprintf(text, sizeof text, forms[0], sentence, sentence);
    snprintf(lines, sizeof lines, forms[1], sentence, sentence);
    struct test_stage t;
    test_stage_open(&t, "dedup", "{}");
    test_stage_run(&t, text, strlen(text));
    CHECK_BYTES(doc_text(t.doc).data, doc_text(t.doc).len, text);
    test_stage_run(&t, lines, strlen(lines));
    CHECK_INT(doc_text(t.doc).len, strlen(lines) - strlen(sentence) - 1);
    test_stage_close(&t);
}

int main(void) {
    for (volatile size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        now = &expectations[i];
        RUN(one_expectation);
    }
    RUN(cuts_bear_evidence);
    RUN(scores_name_every_item);
    RUN(why_names_what_decided);
    RUN(many_items);
    RUN(odd_texts);
    RUN(one_line_keeps_what_it_repeats);
    return check_end();
}
