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
};

/* The mention with this text, as "text/TYPE/canonical". */
static int has_mention(const char *want) {
    const tm_host *h = textmill_host();
    tm_spans *set = h->spans_find(stage.doc, TM_STR("entities"));
    tm_span_columns columns;
    if (!set || h->spans_columns(set, &columns) != TM_OK)
        return 0;
    for (uint32_t i = 0; i < columns.count; i++) {
        char told[256];
        tm_value canonical;
        tm_str type = h->spans_type(set, columns.type[i]);
        h->spans_get_group(set, columns.group[i], TM_STR("canonical"), &canonical);
        snprintf(told, sizeof told, "%.*s/%.*s/%.*s", (int)(columns.end[i] - columns.start[i]),
                 stage.text + columns.start[i], (int)type.len, type.data, (int)canonical.text.len, canonical.text.data);
        size_t len = strlen(want);
        if (strncmp(told, want, len) == 0 && (told[len] == 0 || told[len] == '/'))
            return 1;
    }
    return 0;
}

static void names_and_edges(void) {
    int wrong = 0;
    test_stage_open(&stage, "entities", "{}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_stage_run(&stage, cases[i].text, strlen(cases[i].text));
        for (size_t k = 0; k < 10 && cases[i].found[k]; k++)
            if (!has_mention(cases[i].found[k]) && ++wrong)
                fprintf(stderr, "not found: %s in: %s\n%s\n", cases[i].found[k], cases[i].text, stage.record.data);
        for (size_t k = 0; k < 6 && cases[i].absent[k]; k++)
            if (has_mention(cases[i].absent[k]) && ++wrong)
                fprintf(stderr, "found: %s in: %s\n", cases[i].absent[k], cases[i].text);
    }
    CHECK_INT(wrong, 0);
    test_stage_close(&stage);
}

static void why_tells_the_rule(void) {
    test_stage_open(&stage, "entities", "{\"why\": true}");
    test_stage_run(&stage, "Dr. Osgood flew to Lima.", 24);
    CHECK(strstr(stage.record.data, "\"why\":\"honorific before\"") != NULL);
    CHECK(strstr(stage.record.data, "\"why\":\"gazetteer: ") != NULL);
    test_stage_close(&stage);
}

static void with_gazetteer(const char *suffix, const char *content) {
    char path[64], with[128];
    snprintf(path, sizeof path, "/tmp/textmill-names-%d.%s", (int)getpid(), suffix);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    CHECK(fputs(content, f) >= 0);
    CHECK_INT(fclose(f), 0);
    snprintf(with, sizeof with, "{\"gazetteers\": [\"%s\"]}", path);
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
    RUN(why_tells_the_rule);
    RUN(names_of_ones_own);
    RUN(odd_texts);
    return check_end();
}
