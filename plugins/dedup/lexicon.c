/* lexicon.c: the tables behind lexicon.h. English is complete enough for the score's weights; of German, Spanish and
 * French only the most frequent words stand here: there, as everywhere else, the rarity of a word inside the document
 * does most of the weighing.
 */
#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

static const char function_words[] = "a an the and or but nor of in on at to for from by with as is are was were be "
                                     "been being am has have had having do "
                                     "does did doing will would shall should can could may might must that this these "
                                     "those it its he him his she her hers "
                                     "they them their we us our you your i me my who whom whose which what when where "
                                     "why how there here than then so if "
                                     "while after before into over under up down out off about between against during "
                                     "through also just more most some any "
                                     "all each such own same other only very too said says say new via per amid among "
                                     "'s ' it's he's she's they're we're "
                                     "i'm that's "
                                     "der die das den dem des ein eine einen einem einer eines und oder aber von im in "
                                     "am an auf zu zum zur mit bei für aus "
                                     "ist sind war waren wird werden wurde wurden hat haben hatte hatten sein seine "
                                     "ihr ihre er sie es wir ich als auch wie "
                                     "nach vor über unter durch dass sich noch nur mehr "
                                     "el la los las un una unos unas y o pero de del en al a con por para es son era "
                                     "eran fue fueron ser ha han había que "
                                     "se su sus lo le les como más también entre sobre desde hasta este esta esto "
                                     "le la les un une des du de et ou mais en au aux à avec par pour est sont était "
                                     "étaient sera ont avait que qui se sa "
                                     "son ses ce cette ces il elle ils elles nous vous je plus aussi dans sur comme";

static const char negations[] = "not no never none nor neither nobody nothing without cannot can't don't doesn't "
                                "didn't won't wouldn't isn't aren't "
                                "wasn't weren't hasn't haven't hadn't shouldn't couldn't mustn't "
                                "nicht kein keine keinen keinem keiner nie niemals ohne nichts "
                                "nunca sin ningún ninguna nadie nada tampoco jamás "
                                "ne pas jamais sans aucun aucune rien 不 没 無 无 未 非";

static const struct {
    const char *word;
    double value;
} numbers[] = {
    {"third", 3},       {"fourth", 4},      {"fifth", 5},      {"sixth", 6},      {"seventh", 7},
    {"eighth", 8},      {"ninth", 9},       {"tenth", 10},     {"eleventh", 11},  {"twelfth", 12},
    {"thirteenth", 13}, {"fourteenth", 14}, {"fifteenth", 15}, {"sixteenth", 16}, {"seventeenth", 17},
    {"eighteenth", 18}, {"nineteenth", 19}, {"twentieth", 20}, {"zero", 0},       {"two", 2},
    {"three", 3},       {"four", 4},        {"five", 5},       {"six", 6},        {"seven", 7},
    {"eight", 8},       {"nine", 9},        {"ten", 10},       {"eleven", 11},    {"twelve", 12},
    {"thirteen", 13},   {"fourteen", 14},   {"fifteen", 15},   {"sixteen", 16},   {"seventeen", 17},
    {"eighteen", 18},   {"nineteen", 19},   {"twenty", 20},    {"thirty", 30},    {"forty", 40},
    {"fifty", 50},      {"sixty", 60},      {"seventy", 70},   {"eighty", 80},    {"ninety", 90},
    {"dozen", 12},      {"both", 2},        {"zwei", 2},       {"drei", 3},       {"vier", 4},
    {"fünf", 5},        {"sechs", 6},       {"sieben", 7},     {"acht", 8},       {"neun", 9},
    {"zehn", 10},       {"elf", 11},        {"zwölf", 12},     {"dos", 2},        {"tres", 3},
    {"cuatro", 4},      {"cinco", 5},       {"seis", 6},       {"siete", 7},      {"ocho", 8},
    {"nueve", 9},       {"diez", 10},       {"deux", 2},       {"trois", 3},      {"quatre", 4},
    {"cinq", 5},        {"sept", 7},        {"huit", 8},       {"neuf", 9},       {"dix", 10},
};

static const struct {
    const char *word;
    double value;
} scales[] = {
    {"hundred", 1e2},   {"thousand", 1e3},  {"million", 1e6},   {"millions", 1e6},  {"billion", 1e9},
    {"billions", 1e9},  {"trillion", 1e12}, {"m", 1e6},         {"mn", 1e6},        {"bn", 1e9},
    {"tn", 1e12},       {"k", 1e3},         {"tausend", 1e3},   {"millionen", 1e6}, {"milliarden", 1e9},
    {"milliarde", 1e9}, {"mio", 1e6},       {"mrd", 1e9},       {"mil", 1e3},       {"millones", 1e6},
    {"millón", 1e6},    {"mille", 1e3},     {"milliards", 1e9},
};

static const char above[] = "than over least exceeding topping über mehr más plus";
static const char below[] = "nearly almost most under fewer less up fast knapp casi près presque";

/* One phrase a line; = before it: only where it is the whole head. */
static const char heads[] =
    "key points\nkey takeaways\nkey facts\nkey findings\nkey developments\ntakeaways\nhighlights\n@highlight\n"
    "story highlights\n=summary\n=abstract\narticle summary\nnews summary\nstory summary\n=in summary\nexecutive "
    "summary\nai "
    "summary\n"
    "summary of\n=in brief\nnews in brief\n=in short\nat a glance\ntl;dr\ntldr\n=tl dr\nmain points\nbullet points\n"
    "=bottom line\nthe gist\n=gist\nwhat you need to know\nwhat to know\nquick read\nquick take\nquick summary\n"
    "fast facts\n=the essentials\ntop line\n=topline\nthe short version\n=enrichment data\n"
    "auf einen blick\ndas wichtigste\nzusammenfassung\nkurz zusammengefasst\nin kürze\nkurz und knapp\nkernpunkte\n"
    "puntos clave\nclaves\n=resumen\nen resumen\nlo más destacado\nlo más importante\nlo esencial\n"
    "points clés\n=en bref\nl'essentiel\nl’essentiel\n=résumé\nen résumé\nles points forts\nà retenir\nce qu'il faut "
    "retenir\n要点\n摘要\n概要\n核心提示\n重点\n看点\n速览";

static void set_bit(uint64_t *bits, uint64_t hash) {
    uint64_t bit = hash % LEXICON_BITS;
    bits[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static void add(struct lexicon *x, uint64_t hash, uint32_t classes, double value) {
    uint64_t i = hash & x->mask;
    while (x->table[i].hash != 0 && x->table[i].hash != hash)
        i = (i + 1) & x->mask;
    x->table[i].hash = hash;
    x->table[i].classes |= classes;
    if (classes & (WORD_NUMBER | WORD_SCALE))
        x->table[i].value = value;
    if (classes & WORD_NUMBER)
        set_bit(x->number_bits, hash);
}

static void add_list(struct lexicon *x, const tm_host *host, const char *list, uint32_t classes) {
    while (*list) {
        size_t n = strcspn(list, " ");
        if (n)
            add(x, host->hash((tm_str){list, n}), classes, 0);
        list += n + (list[n] == ' ');
    }
}

/* Tokens of one phrase without its punctuation. */
static void add_head(struct lexicon *x, const tm_host *host, const char *text, size_t len) {
    struct head_phrase *p = &x->heads[x->n_heads];
    uint64_t hash[16];
    uint32_t shape[16];
    tm_token_buffer buffer = {.room = 16, .hash = hash, .shape = shape};
    p->alone = text[0] == '=';
    p->count = 0;
    if (host->tokenize((tm_str){text + p->alone, len - p->alone}, &buffer) != TM_OK)
        return;
    for (uint32_t i = 0; i < buffer.count && i < 16; i++)
        if (!(shape[i] & TM_SHAPE_PUNCT) && p->count < HEAD_MOST_WORDS)
            p->hash[p->count++] = hash[i];
    if (p->count == 0)
        return;
    set_bit(x->head_bits, p->hash[0]);
    x->n_heads++;
}

int32_t lexicon_init(struct lexicon *x, const tm_host *host) {
    const uint32_t room = 2048;
    memset(x, 0, sizeof *x);
    x->table = calloc(room, sizeof *x->table);
    uint32_t lines = 1;
    for (const char *p = heads; *p; p++)
        lines += *p == '\n';
    x->heads = calloc(lines, sizeof *x->heads);
    if (!x->table || !x->heads) {
        lexicon_deinit(x);
        return TM_ERANGE;
    }
    x->mask = room - 1;
    add_list(x, host, function_words, WORD_FUNCTION);
    add_list(x, host, negations, WORD_NEGATION | WORD_FUNCTION);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        add(x, host->hash((tm_str){numbers[i].word, strlen(numbers[i].word)}), WORD_NUMBER, numbers[i].value);
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
        add(x, host->hash((tm_str){scales[i].word, strlen(scales[i].word)}), WORD_SCALE, scales[i].value);
    add_list(x, host, above, WORD_ABOVE);
    add_list(x, host, below, WORD_BELOW);
    for (const char *p = heads; *p;) {
        size_t n = strcspn(p, "\n");
        add_head(x, host, p, n);
        p += n + (p[n] == '\n');
    }
    return TM_OK;
}

void lexicon_deinit(struct lexicon *x) {
    free(x->table);
    free(x->heads);
    memset(x, 0, sizeof *x);
}

int lexicon_is_head(const struct lexicon *x, const uint64_t *hash, uint32_t count, int is_whole) {
    for (uint32_t at = 0; at < count; at++) {
        if (!lexicon_may(x->head_bits, hash[at]))
            continue;
        for (uint32_t i = 0; i < x->n_heads; i++) {
            const struct head_phrase *p = &x->heads[i];
            if (p->hash[0] != hash[at] || p->count > count - at || ((p->alone || is_whole) && p->count != count))
                continue;
            if (memcmp(hash + at, p->hash, p->count * sizeof *hash) == 0)
                return 1;
        }
    }
    return 0;
}
