/* test_entities.c: what is a name and what is none, where it begins and ends, and what is put together, on texts
 * written for the purpose. A case lists the names as "text/TYPE/canonical", and texts that must not be found.
 */
#include "check.h"
#include "stage.h"

#include <textmill/embed.h>

#include <unistd.h>

static struct test_stage stage;

struct expectation {
    const char *text;
    const char *found[10]; /* text of a mention / TYPE / canonical */
    const char *absent[6];
};

static const struct expectation cases[] = {
    {"Chinese President Xi Jinping met Mr. Oliver Marsh in Beijing. Xi thanked Marsh.",
     {"Chinese/MISC/Chinese", "Xi Jinping/PERSON/Xi Jinping", "Oliver Marsh/PERSON/Oliver Marsh", "Beijing/GPE/Beijing",
      "Xi/PERSON/Xi Jinping", "Marsh/PERSON/Oliver Marsh"},
     {"President", "Mr", "Mr. Oliver Marsh"}},
    {"Russia's allies asked the U.N. for help. The United Nations agreed, and so did the UK.",
     {"Russia/GPE/Russia", "U.N./ORG/United Nations", "United Nations/ORG/United Nations", "UK/GPE/United Kingdom"},
     {"Russia's", "The United Nations"}},
    {"The Harbour Workers Union (HWU) called a strike. The HWU spoke for all.",
     {"Harbour Workers Union/ORG/Harbour Workers Union", "HWU/ORG/Harbour Workers Union"},
     {"The HWU"}},
    {"Former Taiwanese leader Ma Ying-jeou and Kim Hyun-sook of South Korea dined in Busan.",
     {"Ma Ying-jeou/PERSON/Ma Ying-jeou", "Kim Hyun-sook/PERSON/Kim Hyun-sook", "South Korea/GPE/South Korea",
      "Busan/GPE/Busan"},
     {NULL}},
    {"Reading is fun. Nice weather helps, and mobile phones do not. Of course, many polish their shoes on Monday.",
     {NULL},
     {"Reading", "Nice", "Of", "Monday", "Of course"}},
    {"Analysts at Pfizer Inc. and the Bank of England expect the Ministry of Foreign Affairs to act.",
     {"Pfizer Inc./ORG/Pfizer Inc.", "Bank of England/ORG/Bank of England",
      "Ministry of Foreign Affairs/ORG/Ministry of Foreign Affairs"},
     {"Analysts", "England"}},
    {"The Elbe River floods Dresden; Lake Victoria does not. World War II ended in 1945.",
     {"Elbe River/LOC/Elbe River", "Dresden/GPE/Dresden", "Lake Victoria/LOC/Lake Victoria",
      "World War II/EVENT/World War II"},
     {"Victoria", "World War"}},
    {"MINERS END STRIKE AFTER TALKS IN JOHANNESBURG\n\nMiners in Johannesburg went back to work.",
     {"JOHANNESBURG/GPE/Johannesburg", "Johannesburg/GPE/Johannesburg"},
     {"MINERS", "STRIKE", "TALKS", "Miners"}},
    {"A Berlin-based firm and the US-China dispute",
     {"Berlin/GPE/Berlin", "US/GPE/United States", "China/GPE/China"},
     {"Berlin-based", "US-China"}},
    {"She studied at the University of Leeds and lives in Austin, Texas.",
     {"University of Leeds/ORG/University of Leeds", "Austin/GPE/Austin", "Texas/GPE/Texas"},
     {"Leeds", "She"}},
    /* What stands beside a name tells what it is. */
    {"A drum from the island of Kiribo hangs in Tavisk, a small town. The Vendale-based choir sang.",
     {"Kiribo/GPE", "Tavisk/GPE", "Vendale/GPE"},
     {NULL}},
    {"The charity Save Our Verges sued. Dorvan, a family company, and the group Kestrel Nine did not.",
     {"Save Our Verges/ORG", "Dorvan/ORG", "Kestrel Nine/ORG"},
     {NULL}},
    {"Oxmere floods again. The Oxmere Fire Service pumped all night. Lake Orrin is full, says Radio Fenwick.",
     {"Oxmere/GPE", "Oxmere Fire Service/ORG", "Lake Orrin/LOC", "Radio Fenwick/ORG"},
     {"Orrin"}},
    {"Kestova Plc makes glass. Nobody at Kestova would speak, and the plant of Kestova is shut.",
     {"Kestova Plc/ORG", "Kestova/ORG"},
     {NULL}},
    {"Churchwarden Edith Ranby said it would ring. Ranby smiled.",
     {"Edith Ranby/PERSON/Edith Ranby", "Ranby/PERSON/Edith Ranby"},
     {"Churchwarden"}},
};

/* In other languages than English: what gazetteers have, persons by their given names, no other capitals. */
static const struct expectation abroad[] = {
    {"{\"lang\":\"de\",\"text\":\"Sabine Thomsen fuhr nach Kiel. Der Hafen und die Werft in Rostock lobten Thomsen im "
     "Mai.\"}",
     {"Sabine Thomsen/PERSON/Sabine Thomsen", "Kiel/GPE", "Rostock/GPE", "Thomsen/PERSON/Sabine Thomsen"},
     {"Hafen", "Werft", "Mai", "Der Hafen"}},
    {"{\"lang\":\"es\",\"text\":\"La ministra Carmen Rivas viajó a Madrid y Bogotá con la ONU. Rivas volvió por "
     "Francia.\"}",
     {"Carmen Rivas/PERSON", "Madrid/GPE", "ONU/ORG/United Nations", "Rivas/PERSON/Carmen Rivas", "Francia/GPE/France"},
     {"La", "Carmen"}},
    {"{\"lang\":\"fr\",\"text\":\"Le maire, Yves Moreau, quitte Lyon. En Suisse et en Italie, le Conseil attend "
     "Moreau.\"}",
     {"Yves Moreau/PERSON", "Suisse/GPE/Switzerland", "Italie/GPE/Italy", "Moreau/PERSON/Yves Moreau"},
     {"Le", "Conseil"}},
};

/* The mention with this text, as "text/TYPE/canonical". */
static int has_mention(const char *want) {
    const tm_host *h = textmill_host();
    tm_spans *set = h->spans_find(stage.doc, TM_STR("entities"));
    tm_str text = h->text(stage.doc);
    tm_span_columns columns;
    if (!set || h->spans_columns(set, &columns) != TM_OK)
        return 0;
    for (uint32_t i = 0; i < columns.count; i++) {
        char told[256];
        tm_value canonical;
        tm_str type = h->spans_type(set, columns.type[i]);
        h->spans_get_group(set, columns.group[i], TM_STR("canonical"), &canonical);
        snprintf(told, sizeof told, "%.*s/%.*s/%.*s", (int)(columns.end[i] - columns.start[i]),
                 text.data + columns.start[i], (int)type.len, type.data, (int)canonical.text.len, canonical.text.data);
        size_t len = strlen(want);
        if (strncmp(told, want, len) == 0 && (told[len] == 0 || told[len] == '/'))
            return 1;
    }
    return 0;
}

static int is_wrong(const struct expectation *e) {
    int wrong = 0;
    for (size_t k = 0; k < 10 && e->found[k]; k++)
        if (!has_mention(e->found[k]) && ++wrong)
            fprintf(stderr, "not found: %s in: %s\n%s\n", e->found[k], e->text, stage.record.data);
    for (size_t k = 0; k < 6 && e->absent[k]; k++)
        if (has_mention(e->absent[k]) && ++wrong)
            fprintf(stderr, "found: %s in: %s\n", e->absent[k], e->text);
    return wrong;
}

static void names_and_edges(void) {
    int wrong = 0;
    test_stage_open(&stage, "entities", "{}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_stage_run(&stage, cases[i].text, strlen(cases[i].text));
        wrong += is_wrong(&cases[i]);
    }
    CHECK_INT(wrong, 0);
    test_stage_close(&stage);
}

static void names_abroad(void) {
    int wrong = 0;
    test_stage_open(&stage, "entities", "{}");
    for (size_t i = 0; i < sizeof abroad / sizeof abroad[0]; i++) {
        test_stage_run_record(&stage, abroad[i].text);
        wrong += is_wrong(&abroad[i]);
    }
    CHECK_INT(wrong, 0);
    test_stage_close(&stage);
}

/* What a thread has read before saves it work, and changes nothing. */
static void what_was_read_before_changes_nothing(void) {
    struct buffer first[sizeof cases / sizeof cases[0]];
    size_t n = sizeof cases / sizeof cases[0];
    for (size_t i = 0; i < n; i++) {
        test_stage_open(&stage, "entities", "{\"why\": true}");
        test_stage_run(&stage, cases[i].text, strlen(cases[i].text));
        buffer_init(&first[i]);
        buffer_add(&first[i], stage.record.data, stage.record.len);
        test_stage_close(&stage);
    }
    test_stage_open(&stage, "entities", "{\"why\": true}");
    for (size_t round = 0; round < 3; round++)
        for (size_t i = 0; i < n; i++) {
            size_t k = round == 1 ? n - 1 - i : i;
            test_stage_run(&stage, cases[k].text, strlen(cases[k].text));
            CHECK(stage.record.len == first[k].len && memcmp(stage.record.data, first[k].data, first[k].len) == 0);
        }
    test_stage_close(&stage);
    for (size_t i = 0; i < n; i++)
        buffer_deinit(&first[i]);
}

/* Every mention says why, whatever the rule. */
static void every_mention_says_why(void) {
    size_t n_texts = sizeof cases / sizeof cases[0], n_abroad = sizeof abroad / sizeof abroad[0];
    test_stage_open(&stage, "entities", "{\"why\": true}");
    for (size_t i = 0; i < n_texts + n_abroad; i++) {
        if (i < n_texts)
            test_stage_run(&stage, cases[i].text, strlen(cases[i].text));
        else
            test_stage_run_record(&stage, abroad[i - n_texts].text);
        size_t mentions = 0, reasons = 0;
        for (const char *p = stage.record.data; (p = strstr(p, "\"start\":")) != NULL; p++)
            mentions++;
        for (const char *p = stage.record.data; (p = strstr(p, "\"why\":\"")) != NULL; p++)
            reasons += strncmp(p, "\"why\":\"none\"", 12) != 0 && strncmp(p, "\"why\":\"\"", 8) != 0;
        CHECK_INT(reasons, mentions);
    }
    test_stage_close(&stage);
}

static void why_tells_the_rule(void) {
    test_stage_open(&stage, "entities", "{\"why\": true}");
    test_stage_run(&stage, "Dr. Osgood flew to Lima.", 24);
    CHECK(strstr(stage.record.data, "\"why\":\"honorific before\"") != NULL);
    CHECK(strstr(stage.record.data, "\"why\":\"gazetteer: ") != NULL);
    test_stage_run(&stage, "The U.N. met in Lima.", 21);
    CHECK(strstr(stage.record.data, "\"why\":\"gazetteer: organisation United Nations\"") != NULL);
    test_stage_close(&stage);
}

static void with_gazetteer(const char *suffix, const char *content) {
    char path[64], with[128];
    snprintf(path, sizeof path, "/tmp/textmill-names-%d.%s", (int)getpid(), suffix);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    CHECK(fputs(content, f) >= 0);
    CHECK_INT(fclose(f), 0);
    snprintf(with, sizeof with, "{\"why\": true, \"gazetteers\": [\"%s\"]}", path);
    test_stage_open(&stage, "entities", with);
    unlink(path);
}

static void names_of_ones_own(void) {
    static const char *const contents[][2] = {
        {"tsv", "# our ships\nMV Gannet\tSHIP\ts1\tGannet|the Old Lady\nzander\tFISH\nQRX\tORG\tq\n"},
        {"json", "[{\"name\": \"MV Gannet\", \"type\": \"SHIP\", \"id\": \"s1\", \"aliases\": [\"Gannet\", \"the Old "
                 "Lady\"]},\n"
                 " {\"name\": \"zander\", \"type\": \"FISH\"}, {\"name\": \"QRX\", \"type\": \"ORG\", \"id\": \"q\", "
                 "\"x\": [1]}]"},
    };
    for (size_t i = 0; i < 2; i++) {
        with_gazetteer(contents[i][0], contents[i][1]);
        const char *text =
            "The MV Gannet sailed from Oslo Harbour. Crew of the Gannet ate Zander with QRX, not qrx or gannet eggs.";
        test_stage_run(&stage, text, strlen(text));
        CHECK(has_mention("MV Gannet/SHIP/MV Gannet"));
        CHECK(has_mention("Gannet/SHIP/MV Gannet"));
        CHECK(has_mention("Zander/FISH/zander"));
        CHECK(has_mention("QRX/ORG/QRX"));
        CHECK(!has_mention("qrx") && !has_mention("gannet"));
        CHECK(strstr(stage.record.data, "\"id\":\"s1\"") != NULL);
        CHECK(strstr(stage.record.data, "\"why\":\"user's gazetteer: MV Gannet\"") != NULL);
        test_stage_close(&stage);
    }
}

/* Long rows of capitals, marks, other scripts, a megabyte of one word: no crash, and time that grows with the length.
 */
static void odd_texts(void) {
    static const char *const pieces[] = {
        "Xi ",      "OF THE ", "al-",   "St. ", "(ABC) ", "'s ",    "\xE5\x8C\x97\xE4\xBA\xAC",
        "Ünlü ",    "1. ",     "U.S.-", "\n",   "& ",     "de la ", "\xF0\x9F\x98\x80",
        "\xC2\xAD", "von "};
    size_t room = 1 << 20, len = 0, n = sizeof pieces / sizeof pieces[0];
    char *text = malloc(room);
    CHECK(text != NULL);
    test_stage_open(&stage, "entities", "{}");
    for (uint32_t seed = 1; len + 16 < room; seed = seed * 1103515245u + 12345u) {
        const char *p = pieces[(seed >> 16) % n];
        memcpy(text + len, p, strlen(p));
        len += strlen(p);
    }
    test_stage_run(&stage, text, len);
    CHECK_INT(stage.verdict, TM_PASS);
    for (len = 0; len + 8 < room; len += 8)
        memcpy(text + len, "Capital ", 8);
    test_stage_run(&stage, text, len);
    CHECK_INT(stage.verdict, TM_PASS);
    test_stage_run(&stage, "", 0);
    CHECK(strstr(stage.record.data, "\"entities\":[]") != NULL);
    test_stage_close(&stage);
    free(text);
}

int main(void) {
    RUN(names_and_edges);
    RUN(names_abroad);
    RUN(why_tells_the_rule);
    RUN(every_mention_says_why);
    RUN(what_was_read_before_changes_nothing);
    RUN(names_of_ones_own);
    RUN(odd_texts);
    return check_end();
}
