/* measure.c: how well languages are told on short pieces of samples.h: by the stage, by CLD2 alone and, where it is
 * installed, by libexttextcat. Prints the table of the README. Pieces begin at words and overlap. */
#include "detect.h"
#include "model.h"
#include "samples.h"

#include "doc/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef HAVE_TEXTCAT
#include <libexttextcat/textcat.h>
#endif

enum { STAGE, MODEL, MODEL_EFFORT, TEXTCAT, WAYS };

static const char *const names[WAYS] = {"stage lang", "CLD2", "CLD2, best effort", "libexttextcat"};

static void ask(int way, const struct detector *d, void *textcat, const char *text, uint32_t len, char out[4]) {
    char codes[3][4];
    struct detected told;
    *out = '\0';
    switch (way) {
    case STAGE:
        detect(d, (tm_str){text, len}, &told);
        memcpy(out, told.code, sizeof told.code);
        return;
    case MODEL:
    case MODEL_EFFORT:
        model_tell(text, len, way == MODEL_EFFORT, codes);
        memcpy(out, codes[0], 4);
        return;
    default:
#ifdef HAVE_TEXTCAT
    {
        const char *answer = textcat_Classify(textcat, text, len);
        if (answer && answer[0] == '[') {
            size_t n = strcspn(answer + 1, "-]");
            if (n < 4) {
                memcpy(out, answer + 1, n);
                out[n] = '\0';
            }
        }
    }
#endif
        (void)textcat;
        return;
    }
}

/* The next start of a piece at or behind `at`: a word, or any character of a script without spaces. */
static size_t next_start(const char *text, size_t at) {
    while (text[at] && !((text[at] & 0xc0) != 0x80 && (at == 0 || text[at - 1] == ' ' || (text[at] & 0xf0) == 0xe0)))
        at++;
    return at;
}

int main(int argc, char **argv) {
    static const size_t lengths[] = {20, 50, 100, 300};
    struct words *words = words_new(token_tokenize);
    struct detector d = {words, token_tokenize, NULL, 0, 12};
    void *textcat = NULL;
    int verbose = argc > 1 && strcmp(argv[1], "-v") == 0, ways = TEXTCAT;
    if (!words)
        return 1;
#ifdef HAVE_TEXTCAT
    textcat = special_textcat_Init("/usr/share/libexttextcat/fpdb.conf", "/usr/share/libexttextcat/");
    ways = textcat ? WAYS : TEXTCAT;
#endif
    printf("| bytes | pieces |");
    for (int way = 0; way < ways; way++)
        printf(" %s |", names[way]);
    printf("\n|---|---|%s\n", ways == WAYS ? "---|---|---|---|" : "---|---|---|");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint32_t right[WAYS] = {0}, none[WAYS] = {0}, pieces = 0;
        double seconds[WAYS] = {0};
        for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
            const char *text = samples[k].text;
            size_t n = strlen(text);
            for (size_t at = 0; at + lengths[i] <= n; at = next_start(text, at + (lengths[i] < 100 ? 37 : 61))) {
                size_t len = lengths[i];
                while (len && (text[at + len] & 0xc0) == 0x80)
                    len--;
                pieces++;
                for (int way = 0; way < ways; way++) {
                    char code[4];
                    struct timespec from, to;
                    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
                    ask(way, &d, textcat, text + at, (uint32_t)len, code);
                    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
                    seconds[way] += (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
                    none[way] += !*code;
                    right[way] += strcmp(code, samples[k].code) == 0;
                    if (verbose && way == STAGE && strcmp(code, samples[k].code) != 0)
                        fprintf(stderr, "%s told as %s: %.*s\n", samples[k].code, *code ? code : "null", (int)len,
                                text + at);
                }
            }
        }
        printf("| %zu | %u |", lengths[i], pieces);
        for (int way = 0; way < ways; way++)
            printf(" %u right, %u wrong, %u null; %.1f us |", right[way], pieces - right[way] - none[way], none[way],
                   seconds[way] * 1e6 / pieces);
        printf("\n");
    }
    words_free(words);
    return 0;
}
