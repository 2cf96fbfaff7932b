/* test_lang.c: the stage on texts of twenty languages, short and long; null where there is nothing to tell by; options.
 */
#include "check.h"
#include "stage.h"

#include "../detect.h"
#include "samples.h"

#include "doc/token.h"

static struct words *words;

static const char *told(const char *text, size_t len, const char *only, uint32_t minimum) {
    static struct detected told;
    tm_str codes[8];
    uint64_t n = 0;
    for (; only && *only && n < 8; only += 2 + (only[2] == ' '))
        codes[n++] = (tm_str){only, 2};
    struct detector d = {words, token_tokenize, codes, n, minimum};
    detect(&d, (tm_str){text, len}, &told);
    return told.code;
}

#define TOLD(text, want) CHECK_BYTES(told(text, strlen(text), NULL, 12), strlen(want), want)

static void whole_samples(void) {
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *code = told(samples[i].text, strlen(samples[i].text), NULL, 12);
        CHECK_BYTES(code, strlen(code), samples[i].code);
    }
}

/* Every piece of the English sample from 60 bytes on that begins at a word. */
static void english_is_english(void) {
    const char *text = samples[0].text;
    size_t n = strlen(text);
    for (size_t at = 0; at < n; at++)
        for (size_t len = 60; (at == 0 || text[at - 1] == ' ') && at + len <= n; len += 7) {
            const char *code = told(text + at, len, NULL, 12);
            CHECK_BYTES(code, strlen(code), "en");
        }
}

/* Hardly a word but names: English or null, never another language. */
static void english_with_names(void) {
    static const char *const texts[] = {
        "Aleksandra Wojciechowska beat Nguyen Thi Hoa in Ulaanbaatar, 6-3",
        "Giovanni Bellucci and Jean-Pierre Dubois praised former mayor Hans Müller",
        "Schweizer Alpine Bank AG shares rose; Banco do Porto Novo and Société Verte fell",
        "Mayor Okonkwo-Adeyemi said former Vice President Ndlovu was in Ouagadougou",
        "Real Sociedad de Norte 3, Atlético del Sur 1: goals by Gutiérrez and Ibáñez",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *code = told(texts[i], strlen(texts[i]), NULL, 12);
        if (*code && strcmp(code, "en") != 0)
            fprintf(stderr, "%s: %s\n", code, texts[i]);
        CHECK(strcmp(code, "en") == 0 || !*code);
    }
}

static void nothing_to_tell_by(void) {
    const char *code = told("", 0, NULL, 12);
    CHECK_INT(strlen(code), 0);
    code = told("12345 67 89,10 --- ... !!! 2024", 31, NULL, 0);
    CHECK_INT(strlen(code), 0);
    code = told("Ok", 2, NULL, 12);
    CHECK_INT(strlen(code), 0);
    code = told("https://example.com/a/b/c/d/e/f/g", 33, NULL, 12);
    CHECK_INT(strlen(code), 0);
}

static void candidates(void) {
    const char *text = samples[2].text;
    const char *code = told(text, strlen(text), "en fr", 12);
    CHECK_BYTES(code, strlen(code), "fr");
    code = told(text, strlen(text), "ja ko", 12);
    CHECK_INT(strlen(code), 0);
    code = told(text, strlen(text), NULL, 100000);
    CHECK_INT(strlen(code), 0);
}

/* What stands at the very start is not the article. */
static void a_banner_does_not_count(void) {
    static const char banner[] =
        "This site uses cookies for the things that it does, and we ask you to say that it is all "
        "right with you. You can change this at any time in the settings of your account.\n\n";
    char text[4096];
    size_t n = sizeof banner - 1;
    memcpy(text, banner, n);
    while (n + strlen(samples[1].text) + 1 < sizeof text) {
        memcpy(text + n, samples[1].text, strlen(samples[1].text));
        n += strlen(samples[1].text);
        text[n++] = '\n';
    }
    const char *code = told(text, n, NULL, 12);
    CHECK_BYTES(code, strlen(code), "de");
}

static void any_bytes(void) {
    static const char bytes[] = "the \xff\xfe of \xc3 and \xe4\xb8 to \xf0\x9f in is that it was for on with as he";
    told(bytes, sizeof bytes - 1, NULL, 0);
    for (size_t n = 0; n < sizeof bytes; n++)
        told(bytes + n, sizeof bytes - 1 - n, NULL, 0);
    CHECK(1);
}

static void the_stage(void) {
    struct test_stage t;
    test_stage_open(&t, "lang", "{}");
    test_stage_run(&t, samples[1].text, strlen(samples[1].text));
    CHECK(strstr(t.record.data, "\"lang\":\"de\"") != NULL);
    test_stage_run(&t, "1 2 3", 5);
    CHECK(strstr(t.record.data, "\"lang\":null") != NULL);
    test_stage_close(&t);
    test_stage_open(&t, "lang", "{\"field\": \"tongue\", \"only\": [\"en\", \"de\"]}");
    test_stage_run(&t, samples[0].text, strlen(samples[0].text));
    CHECK(strstr(t.record.data, "\"tongue\":\"en\"") != NULL);
    CHECK(strstr(t.record.data, "lang_why") == NULL);
    test_stage_close(&t);
}

static void why_tells_what_told_it(void) {
    struct test_stage t;
    test_stage_open(&t, "lang", "{\"why\": true}");
    test_stage_run(&t, samples[1].text, strlen(samples[1].text));
    CHECK(strstr(t.record.data, "\"lang_why\":{\"by\":\"words\",\"words\":") != NULL);
    CHECK(strstr(t.record.data, "\"most_like\":\"de\"") != NULL);
    test_stage_run(&t, "Dagene er korte her oppe", 24);
    CHECK(strstr(t.record.data, "\"lang_why\":{\"by\":\"both\",\"model_is_sure\":") != NULL);
    test_stage_run(&t, "1 2 3", 5);
    CHECK(strstr(t.record.data, "\"lang_why\":{\"by\":\"nothing\",\"words\":0,\"known\":0,\"most_like\":null") != NULL);
    test_stage_close(&t);
}

int main(void) {
    words = words_new(token_tokenize);
    if (!words)
        return 1;
    RUN(whole_samples);
    RUN(english_is_english);
    RUN(english_with_names);
    RUN(nothing_to_tell_by);
    RUN(candidates);
    RUN(any_bytes);
    RUN(a_banner_does_not_count);
    RUN(the_stage);
    RUN(why_tells_what_told_it);
    words_free(words);
    return check_end();
}
