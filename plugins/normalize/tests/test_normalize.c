/* What normalize changes and what it never changes, on texts written for the purpose; and 10,000 strings broken here,
 * of which nearly all must come out whole. */
#include "check.h"
#include "codepages.h"
#include "doc/host_doc.h"
#include "stage.h"

struct expectation {
    const char *with, *text, *want;
};

static const struct expectation expectations[] = {
    /* one layer, one character */
    {"{}", "Das Caf\xc3\x83\xc2\xa9 am Markt", "Das Caf\xc3\xa9 am Markt"},
    {"{}", "It\xc3\xa2\xe2\x82\xac\xe2\x84\xa2s raining", "It\xe2\x80\x99s raining"},
    {"{}",
     "25 \xc3\x82\xc2\xb0"
     "C in May",
     "25 \xc2\xb0"
     "C in May"},
    /* two layers */
    {"{}", "S\xc3\x83\xc6\x92\xc3\x82\xc2\xb8ren", "S\xc3\xb8ren"},
    /* a lost byte */
    {"{}", "the \xc3\xa2\xe2\x82\xac\xc5\x93old\xc3\xa2\xe2\x82\xac\xef\xbf\xbd mill",
     "the \xe2\x80\x9cold\xef\xbf\xbd mill"},
    /* the blank that was 0xA0 */
    {"{}", "voil\xc3\x83 le moulin", "voil\xc3\xa0 le moulin"},
    /* controls that are Windows-1252 */
    {"{}", "a \xc2\x93quoted\xc2\x94 word", "a \xe2\x80\x9cquoted\xe2\x80\x9d word"},
    /* what only looks broken */
    {"{}", "CAF\xc3\x89\xc2\xae is a brand", "CAF\xc3\x89\xc2\xae is a brand"},
    {"{}", "4 \xc3\x97\xe2\x80\xa6 and so on", "4 \xc3\x97\xe2\x80\xa6 and so on"},
    {"{}", "la t\xc3\xa9l\xc3\xa9\xe2\x80\xa6 et l\xe2\x80\x99\xc3\xa9t\xc3\xa9",
     "la t\xc3\xa9l\xc3\xa9\xe2\x80\xa6 et l\xe2\x80\x99\xc3\xa9t\xc3\xa9"},
    {"{\"encoding\": false}", "Caf\xc3\x83\xc2\xa9", "Caf\xc3\x83\xc2\xa9"},
    /* NFC */
    {"{}", "Cafe\xcc\x81 au lait", "Caf\xc3\xa9 au lait"},
    {"{\"nfc\": false}", "Cafe\xcc\x81", "Cafe\xcc\x81"},
    /* line ends, blanks, controls */
    {"{}",
     "one\r\ntwo\rthree\xe2\x80\xa8"
     "four",
     "one\ntwo\nthree\nfour"},
    {"{}", "end  \t\nnext", "end\nnext"},
    {"{}",
     "a\x01"
     "b\x7f"
     "c\xef\xbb\xbf"
     "d",
     "abcd"},
    {"{}", "\x1b[31mred\x1b[0m", "red"},
    {"{}", "zero\xe2\x80\x8bwidth", "zerowidth"},
    {"{\"spaces\": \"plain\"}", "a\xc2\xa0 b\t\tc", "a b c"},
    {"{\"spaces\": \"keep\"}", "end \nnext", "end \nnext"},
    /* references, and not where the text is markup */
    {"{}", "fish &amp; chips &#8217; &#x2014; &eacute;", "fish & chips \xe2\x80\x99 \xe2\x80\x94 \xc3\xa9"},
    {"{}", "AT&T; R&D & co", "AT&T; R&D & co"},
    {"{}", "escaped twice: &amp;quot;", "escaped twice: \""},
    {"{}", "<p>fish &amp; chips</p>", "<p>fish &amp; chips</p>"},
    /* line ends where nothing else is wrong, and where something is */
    {"{}", "one\r\ntwo \r\nthree\t \nfour \t", "one\ntwo\nthree\nfour \t"},
    {"{}", "\r\n \n\t\r\nCaf\xc3\x83\xc2\xa9 \r\n", "\n\n\nCaf\xc3\xa9\n"},
    {"{\"spaces\": \"keep\"}", "one\r\ntwo \r\n", "one\ntwo \n"},
    {"{\"line_ends\": false}", "one\r\ntwo \nthree", "one\r\ntwo\nthree"},
    {"{\"line_ends\": false}", "one \r\ntwo", "one \r\ntwo"},
    /* options that are off */
    {"{}", "\xe2\x80\x9cthe \xef\xac\x81rst\xe2\x80\x9d", "\xe2\x80\x9cthe \xef\xac\x81rst\xe2\x80\x9d"},
    {"{\"quotes\": true, \"ligatures\": true}", "\xe2\x80\x9cthe \xef\xac\x81rst\xe2\x80\x9d", "\"the first\""},
    {"{\"widths\": true}", "\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\x91", "AB1"},
};

static void text_is(struct test_stage *t, const char *text, const char *want) {
    test_stage_run(t, text, strlen(text));
    CHECK(t->verdict == TM_PASS);
    CHECK_BYTES(doc_text(t->doc).data, doc_text(t->doc).len, want);
}

static void each_option_does_its_work(void) {
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        struct test_stage t;
        test_stage_open(&t, "normalize", expectations[i].with);
        text_is(&t, expectations[i].text, expectations[i].want);
        text_is(&t, expectations[i].want, expectations[i].want);
        test_stage_close(&t);
    }
}

/* Only the bytes that differ are replaced. */
static void edits_are_small(void) {
    struct test_stage t;
    test_stage_open(&t, "normalize", "{}");
    text_is(&t, "A Caf\xc3\x83\xc2\xa9 in K\xc3\x83\xc2\xb6ln.", "A Caf\xc3\xa9 in K\xc3\xb6ln.");
    CHECK(strstr(t.record.data, "\"removed\":[{") == NULL);
    tm_span span = host_doc_to_original(t.doc, (tm_span){0, 5});
    CHECK_INT(span.end, 5);
    span = host_doc_to_original(t.doc, (tm_span){5, 7});
    CHECK_INT(span.start, 5);
    CHECK_INT(span.end, 9);
    test_stage_close(&t);
}

static const char *const sentences[] = {
    "The mill\xe2\x80\x99s owner said \xe2\x80\x9cwe\xe2\x80\x99re closing\xe2\x80\x9d \xe2\x80\x93 for good, she "
    "added.",
    "Don\xe2\x80\x99t miss the r\xc3\xa9sum\xc3\xa9 workshop at the caf\xc3\xa9 on Friday\xe2\x80\xa6",
    "The price of flour rose by \xc2\xa3"
    "5 to \xe2\x82\xac"
    "30 \xe2\x80\x94 a record for the valley.",
    "L\xe2\x80\x99\xc3\xa9t\xc3\xa9 dernier, nous avons travers\xc3\xa9 la for\xc3\xaat \xc3\xa0 v\xc3\xa9lo.",
    "O\xc3\xb9 est pass\xc3\xa9"
    "e la cl\xc3\xa9 du moulin ? Elle \xc3\xa9tait l\xc3\xa0 hier soir.",
    "Le c\xc5\x93ur du probl\xc3\xa8me reste entier apr\xc3\xa8s l\xe2\x80\x99"
    "enqu\xc3\xaate du maire.",
    "Die G\xc3\xa4ste kamen sp\xc3\xa4t, aber das Fr\xc3\xbchst\xc3\xbc"
    "ck war sch\xc3\xb6n.",
    "\xc3\x9c"
    "ber die Br\xc3\xbc"
    "cke f\xc3\xbchrt eine schmale Stra\xc3\x9f"
    "e ins Gr\xc3\xbcne.",
    "\xe2\x80\x9e"
    "Das m\xc3\xbcssen wir pr\xc3\xbc"
    "fen\xe2\x80\x9c, sagte der B\xc3\xbcrgermeister.",
    "El ni\xc3\xb1o corri\xc3\xb3 detr\xc3\xa1s del p\xc3\xa1jaro por la monta\xc3\xb1"
    "a.",
    "\xc2\xbf"
    "D\xc3\xb3nde est\xc3\xa1 la estaci\xc3\xb3n? Ma\xc3\xb1"
    "ana llegar\xc3\xa1 el cami\xc3\xb3n.",
    "A decis\xc3\xa3o do munic\xc3\xadpio n\xc3\xa3o agradou aos moradores da regi\xc3\xa3o.",
    "O avi\xc3\xa3o pousou \xc3\xa0s tr\xc3\xaas horas em S\xc3\xa3o Lu\xc3\xads.",
    "Perch\xc3\xa9 la citt\xc3\xa0 \xc3\xa8 cos\xc3\xac silenziosa oggi? Non si sa ancora.",
    "L\xe2\x80\x99universit\xc3\xa0 aprir\xc3\xa0 luned\xc3\xac con pi\xc3\xb9 di mille studenti.",
    "Wczoraj wieczorem zacz\xc4\x99\xc5\x82o pada\xc4\x87 i ulice by\xc5\x82y \xc5\x9bliskie.",
    "Rada og\xc5\x82osi\xc5\x82"
    "a, \xc5\xbc"
    "e podwy\xc5\xbcki b\xc4\x99"
    "d\xc4\x85 ni\xc5\xbcsze ni\xc5\xbc planowano.",
    "P\xc5\x99\xc3\xad\xc5\xa1t\xc3\xad t\xc3\xbd"
    "den za\xc4\x8dne stavba nov\xc3\xa9ho mostu p\xc5\x99"
    "es \xc5\x99"
    "eku.",
    "D\xc4\x9bti si hr\xc3\xa1ly na zahrad\xc4\x9b, dokud neza\xc4\x8d"
    "alo pr\xc5\xa1"
    "et.",
    "\xd0\x92\xd1\x87\xd0\xb5\xd1\x80\xd0\xb0 \xd0\xb2\xd0\xb5\xd1\x87\xd0\xb5\xd1\x80\xd0\xbe\xd0\xbc "
    "\xd0\xbd\xd0\xb0\xd1\x87\xd0\xb0\xd0\xbb\xd1\x81\xd1\x8f \xd0\xb4\xd0\xbe\xd0\xb6\xd0\xb4\xd1\x8c.",
    "\xd0\x9d\xd0\xbe\xd0\xb2\xd0\xb0\xd1\x8f \xd0\xbc\xd0\xb5\xd0\xbb\xd1\x8c\xd0\xbd\xd0\xb8\xd1\x86\xd0\xb0 "
    "\xd0\xbe\xd1\x82\xd0\xba\xd1\x80\xd0\xbe\xd0\xb5\xd1\x82\xd1\x81\xd1\x8f \xd0\xb2 \xd0\xbc\xd0\xb0\xd0\xb5.",
    "Ya\xc4\x9fmur d\xc3\xbcn gece ba\xc5\x9flad\xc4\xb1 ve sabaha kadar s\xc3\xbcrd\xc3\xbc.",
    "\xc5\x9e"
    "ehrin g\xc3\xbcneyinde yeni bir k\xc3\xb6pr\xc3\xbc yap\xc4\xb1l\xc4\xb1yor.",
    "\xce\x97 \xce\xbd\xce\xad\xce\xb1 \xce\xb3\xce\xad\xcf\x86\xcf\x85\xcf\x81\xce\xb1 "
    "\xce\xac\xce\xbd\xce\xbf\xce\xb9\xce\xbe\xce\xb5 \xcf\x87\xce\xb8\xce\xb5\xcf\x82.",
    "\xe6\x98\xa8\xe5\xa4\xa9\xe6\x99\x9a\xe4\xb8\x8a\xe5\x9f\x8e\xe9\x87\x8c\xe4\xb8\x8b\xe4\xba\x86\xe4\xb8\x80\xe5"
    "\x9c\xba\xe5\xa4\xa7\xe9\x9b\xa8\xe3\x80\x82",
};
#define SENTENCES (sizeof sentences / sizeof sentences[0])

static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* The bytes read as a one-byte set, as UTF-8. set -1: Latin-1. */
static size_t break_text(const char *text, size_t len, int set, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char b = (unsigned char)text[i];
        uint32_t c = b < 0x80 ? b : set < 0 ? b : codepage_chars[set][b - 0x80];
        if (c < 0x80) {
            out[n++] = (char)c;
        } else if (c < 0x800) {
            out[n++] = (char)(0xc0 | (c >> 6));
            out[n++] = (char)(0x80 | (c & 0x3f));
        } else {
            out[n++] = (char)(0xe0 | (c >> 12));
            out[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
            out[n++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return n;
}

static void nearly_all_broken_strings_are_mended(void) {
    static const int sets[] = {-1, 0, 1, 2, 7, 8}; /* Latin-1, Windows-1252, -1251, -1250, Mac Roman, code page 437 */
    static char clean[2048], once[8192], twice[32768];
    uint64_t state = 7;
    unsigned mended = 0, changed = 0;
    struct test_stage t;
    test_stage_open(&t, "normalize", "{}");
    for (unsigned i = 0; i < 10000; i++) {
        size_t len = 0, n = 1 + next_random(&state) % 3;
        for (size_t k = 0; k < n; k++) {
            const char *s = sentences[(i + next_random(&state) % 3 * (k > 0)) % SENTENCES];
            memcpy(clean + len, s, strlen(s));
            len += strlen(s);
            clean[len++] = k + 1 < n ? ' ' : '\0';
        }
        len--;
        const char *broken = once;
        size_t broken_len = break_text(clean, len, sets[i / SENTENCES % 6], once);
        if (i & 1) {
            broken_len = break_text(once, broken_len, sets[next_random(&state) % 6], twice);
            broken = twice;
        }
        test_stage_run(&t, broken, broken_len);
        mended += doc_text(t.doc).len == len && memcmp(doc_text(t.doc).data, clean, len) == 0;
        test_stage_run(&t, clean, len);
        changed += doc_text(t.doc).len != len || memcmp(doc_text(t.doc).data, clean, len) != 0;
    }
    test_stage_close(&t);
    printf("mended %u of 10000 broken strings, changed %u of 10000 clean ones\n", mended, changed);
    CHECK(mended >= 9900);
    CHECK_INT(changed, 0);
}

/* Lines longer than a window, marks without end, and bytes of every kind end, and keep the rest as it was. */
static void odd_texts_do_no_harm(void) {
    struct test_stage t;
    size_t len = 200000;
    char *text = malloc(len + 1);
    CHECK(text != NULL);
    test_stage_open(&t, "normalize", "{}");
    for (size_t i = 0; i + 2 <= len; i += 2)
        memcpy(text + i, "\xcc\x81", 2);
    test_stage_run(&t, text, len);
    CHECK_INT(doc_text(t.doc).len, len);
    memset(text, 'a', len);
    memcpy(text + 100000, "\xc3\x83\xc2\xa9", 4);
    test_stage_run(&t, text, len);
    CHECK_INT(doc_text(t.doc).len, len - 2);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)(i % 0x7f);
    test_stage_run(&t, text, len);
    CHECK(t.verdict == TM_PASS);
    test_stage_close(&t);
    free(text);
}

static void why_tells_the_characters(void) {
    struct test_stage t;
    test_stage_open(&t, "normalize", "{\"why\": true}");
    t.schema.with_edits = 1;
    const char *text = "Caf\xc3\x83\xc2\xa9 am\x01 Markt \nund ein Fluss.\r\n";
    test_stage_run(&t, text, strlen(text));
    CHECK_BYTES(doc_text(t.doc).data, doc_text(t.doc).len, "Caf\xc3\xa9 am Markt\nund ein Fluss.\n");
    CHECK(strstr(t.record.data, "\"rule\":\"encoding: U+00C3 U+00A9 to U+00E9\"") != NULL);
    CHECK(strstr(t.record.data, "\"rule\":\"control: U+0001 to nothing\"") != NULL);
    CHECK(strstr(t.record.data, "\"rule\":\"space: U+0020 to nothing\"") != NULL);
    CHECK(strstr(t.record.data, "\"rule\":\"line_end: U+000D to nothing\"") != NULL);
    test_stage_close(&t);
}

int main(void) {
    RUN(each_option_does_its_work);
    RUN(edits_are_small);
    RUN(why_tells_the_characters);
    RUN(nearly_all_broken_strings_are_mended);
    RUN(odd_texts_do_no_harm);
    return check_end();
}
