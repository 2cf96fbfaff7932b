/* test_token.c: the token rule clause by clause, folding and hashes, and that the tokenizer takes any bytes. */
#include "check.h"

#include "doc/token.h"

#include <stdlib.h>

/* Tokens of a text, joined by '|'. */
static const char *tokens(const char *text) {
    static char out[4096];
    uint32_t start[256], length[256], shape[256];
    uint64_t hash[256];
    tm_token_buffer b = {256, 0, start, length, shape, hash};
    size_t n = 0;
    token_tokenize((tm_str){text, strlen(text)}, &b);
    for (uint32_t i = 0; i < b.count && i < 256; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", i ? "|" : "", (int)length[i], text + start[i]);
    out[n] = '\0';
    return out;
}

static uint32_t shape_of(const char *text, uint32_t index) {
    uint32_t shape[64];
    tm_token_buffer b = {64, 0, NULL, NULL, shape, NULL};
    token_tokenize((tm_str){text, strlen(text)}, &b);
    return index < b.count ? shape[index] : 0;
}

struct row {
    const char *text, *want;
};

static void check_rows(const struct row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char *got = tokens(rows[i].text);
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "text: %s\n", rows[i].text);
        CHECK_BYTES(got, strlen(got), rows[i].want);
    }
}

#define ROWS(rows) check_rows(rows, sizeof rows / sizeof *rows)

static void words_and_numbers(void) {
    static const struct row rows[] = {
        {"", ""},
        {"  ", ""},
        {"The cat sat.", "The|cat|sat|."},
        {"internationalisation of counterrevolutionaries", "internationalisation|of|counterrevolutionaries"},
        {"1,234.56 at 9:30", "1,234.56|at|9:30"},
        {"2023-12-20", "2023|-|12|-|20"},
        {"1'000 or 1\xe2\x80\x99"
         "000",
         "1'000|or|1\xe2\x80\x99"
         "000"},
        {"3.5% of $5bn", "3.5|%|of|$|5bn"},
        {"10,000, or 7.", "10,000|,|or|7|."},
        {"No.1 and No. 1", "No|.|1|and|No|.|1"},
        {"COVID-19 A4 3D 20th", "COVID|-|19|A4|3D|20th"},
        {"snake_case _emph_ __x", "snake_case|_|emph|_|__|x"},
        {"key:value 10:3", "key|:|value|10:3"},
        {"5\xc2\xbd km\xc2\xb2", "5|\xc2\xbd|km|\xc2\xb2"},
    };
    ROWS(rows);
    CHECK(shape_of("1,234.56", 0) == (TM_SHAPE_NUMBER | TM_SHAPE_DIGIT | TM_SHAPE_SPACE | TM_SHAPE_LINE));
    CHECK(shape_of("5bn", 0) & TM_SHAPE_WORD);
    CHECK(!(shape_of("5bn", 0) & TM_SHAPE_NUMBER));
}

static void points(void) {
    static const struct row rows[] = {
        {"the U.S. and the U.K.", "the|U.S.|and|the|U.K."},
        {"U.S.-China e.g. this, i.e., at 5 a.m. now", "U.S.|-|China|e.g.|this|,|i.e.|,|at|5|a.m.|now"},
        {"a Ph.D. in M.Sc. form", "a|Ph.D.|in|M.Sc.|form"},
        {"the U.S", "the|U.S"},
        {"J. Smith and J. K. Rowling", "J.|Smith|and|J.|K.|Rowling"},
        {"J.-P. Roux", "J.|-|P.|Roux"},
        {"plan B. The end", "plan|B|.|The|end"},
        {"plan B.", "plan|B|."},
        {"you and I. Did you see Albert I. Jones", "you|and|I|.|Did|you|see|Albert|I.|Jones"},
        {"see example.com. Mr. Fox", "see|example.com|.|Mr|.|Fox"},
        {"he said.He left", "he|said|.|He|left"},
        {"Node.js and ASP.NET", "Node.js|and|ASP.NET"},
        {"wait... what", "wait|...|what"},
        {"\xc3\x89.-U. \xc3\x89. Zola", "\xc3\x89.|-|U.|\xc3\x89.|Zola"},
    };
    ROWS(rows);
    CHECK(shape_of("U.S.", 0) & TM_SHAPE_POINTS);
    CHECK(shape_of("U.S.", 0) & TM_SHAPE_ALL_UPPER);
    CHECK(!(shape_of("example.com", 0) & TM_SHAPE_POINTS));
    CHECK(shape_of("end.", 1) == (TM_SHAPE_PUNCT | TM_SHAPE_TERMINAL));
}

static void apostrophes(void) {
    static const struct row rows[] = {
        {"don't O'Brien", "don't|O'Brien"},
        {"Russia's it's IT'S", "Russia|'s|it|'s|IT|'S"},
        {"Russia\xe2\x80\x99s don\xe2\x80\x99t", "Russia|\xe2\x80\x99s|don\xe2\x80\x99t"},
        {"the allies' plan", "the|allies|'|plan"},
        {"'quoted words' here", "'|quoted|words|'|here"},
        {"the U.S.'s 1980's rock'n'roll", "the|U.S.|'s|1980|'s|rock'n'roll"},
        {"'tis o'clock", "'|tis|o'clock"},
        {"l'\xc3\xa9t\xc3\xa9 d\xe2\x80\x99"
         "Ivoire",
         "l'\xc3\xa9t\xc3\xa9|d\xe2\x80\x99"
         "Ivoire"},
    };
    ROWS(rows);
    CHECK(shape_of("Russia's", 1) & TM_SHAPE_CLITIC);
    CHECK(shape_of("allies'", 1) & TM_SHAPE_CLITIC);
    CHECK(!(shape_of("'the", 0) & TM_SHAPE_CLITIC));
}

static void punctuation(void) {
    static const struct row rows[] = {
        {"Berlin-based", "Berlin|-|based"},
        {"a -- b --- c", "a|--|b|---|c"},
        {"what?! no!!!", "what|?|!|no|!!!"},
        {"(one) [two] {three}", "(|one|)|[|two|]|{|three|}"},
        {"\xe2\x80\x9cYes,\xe2\x80\x9d he said\xe2\x80\xa6", "\xe2\x80\x9c|Yes|,|\xe2\x80\x9d|he|said|\xe2\x80\xa6"},
        {"** ** == ~~ ##", "**|**|==|~~|##"},
        {"R&D a/b <p>", "R|&|D|a|/|b|<|p|>"},
        {"a\xe2\x80\x94"
         "b",
         "a|\xe2\x80\x94|b"},
    };
    ROWS(rows);
    CHECK(shape_of("a ( b", 1) & TM_SHAPE_OPEN);
    CHECK(shape_of("a ) b", 1) & TM_SHAPE_CLOSE);
    CHECK(shape_of("a \" b", 1) & TM_SHAPE_QUOTE);
    CHECK(shape_of("a \xe2\x80\x9c b", 1) & TM_SHAPE_QUOTE);
    CHECK(shape_of("a \xe2\x80\x93 b", 1) & TM_SHAPE_DASH);
    CHECK(shape_of("a ; b", 1) & TM_SHAPE_COMMA);
    CHECK(shape_of("a \xe3\x80\x82 b", 1) & TM_SHAPE_TERMINAL);
    CHECK(shape_of("a \xd8\x9f b", 1) & TM_SHAPE_TERMINAL);
}

static void special(void) {
    static const struct row rows[] = {
        {"see https://example.com/a_(b)?x=1#y. Then", "see|https://example.com/a_(b)?x=1#y|.|Then"},
        {"(http://example.org/a)", "(|http://example.org/a|)"},
        {"at www.example.com, too", "at|www.example.com|,|too"},
        {"http:// alone", "http|:|/|/|alone"},
        {"mail jane.doe+news@mail.example.co.uk!", "mail|jane.doe+news@mail.example.co.uk|!"},
        {"mailto:a-b@c.de", "mailto|:|a-b@c.de"},
        {"a@b and @jane_doe, x@", "a|@|b|and|@jane_doe|,|x|@"},
        {"#MeToo #1 C# #\xe6\xa0\x87\xe7\xad\xbe &#39;", "#MeToo|#|1|C|#|#\xe6\xa0\x87\xe7\xad\xbe|&|#|39|;"},
        {"...jane@example.com", "...|jane@example.com"},
    };
    ROWS(rows);
    CHECK(shape_of("https://example.com", 0) & TM_SHAPE_URL);
    CHECK(shape_of("a@example.com", 0) & TM_SHAPE_EMAIL);
    CHECK(shape_of("@jane", 0) & TM_SHAPE_MENTION);
    CHECK(shape_of("#tag", 0) & TM_SHAPE_HASHTAG);
    CHECK(shape_of("so a-b@c.de", 1) & TM_SHAPE_SPACE);
}

static void emoji(void) {
    static const struct row rows[] = {
        {"ok \xf0\x9f\x98\x80\xf0\x9f\x98\x80!", "ok|\xf0\x9f\x98\x80|\xf0\x9f\x98\x80|!"},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 x",
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7|x"},
        {"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7",
         "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa|\xf0\x9f\x87\xab\xf0\x9f\x87\xb7"},
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xe2\x9d\xa4\xef\xb8\x8f",
         "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd|\xe2\x9d\xa4\xef\xb8\x8f"},
        {"1\xef\xb8\x8f\xe2\x83\xa3 #\xef\xb8\x8f\xe2\x83\xa3", "1\xef\xb8\x8f\xe2\x83\xa3|#\xef\xb8\x8f\xe2\x83\xa3"},
        {"\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81"
         "\xbf.",
         "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81"
         "\xbf|."},
        {"\xc2\xa9 2024", "\xc2\xa9|2024"},
    };
    ROWS(rows);
    CHECK(shape_of("\xf0\x9f\x98\x80", 0) & TM_SHAPE_EMOJI);
    CHECK(shape_of("1\xef\xb8\x8f\xe2\x83\xa3", 0) & TM_SHAPE_EMOJI);
    CHECK(shape_of("\xc2\xa9", 0) & TM_SHAPE_PUNCT);
}

static void scripts(void) {
    static const struct row rows[] = {
        {"\xe4\xb8\xad\xe5\x9b\xbd\xe3\x80\x82", "\xe4\xb8\xad|\xe5\x9b\xbd|\xe3\x80\x82"},
        {"\xe3\x81\xbf\xe3\x82\xab\xe3\x82\xbf\xe3\x82\xab\xe3\x83\xbc",
         "\xe3\x81\xbf|\xe3\x82\xab\xe3\x82\xbf\xe3\x82\xab\xe3\x83\xbc"},
        {"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 \xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0",
         "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4|\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0"},
        {"\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2 x", "\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2|x"},
        {"e\xcc\x81t\xc3\xa9", "e\xcc\x81t\xc3\xa9"},
        {"co\xc2\xad"
         "operate",
         "co\xc2\xad"
         "operate"},
        {"a\xc2\xa0"
         "b\xe3\x80\x80"
         "c\xe2\x80\x8b"
         "d",
         "a|b|c|d"},
        {"\xef\xbb\xbfword", "word"},
        {"\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7\xd8\x9f", "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7|\xd8\x9f"},
    };
    ROWS(rows);
    CHECK(shape_of("\xe4\xb8\xad", 0) & TM_SHAPE_IDEOGRAPH);
}

static void shapes(void) {
    CHECK(shape_of("Berlin", 0) == (TM_SHAPE_WORD | TM_SHAPE_FIRST_UPPER | TM_SHAPE_SPACE | TM_SHAPE_LINE));
    CHECK(shape_of("a berlin", 1) == (TM_SHAPE_WORD | TM_SHAPE_LOWER | TM_SHAPE_SPACE));
    CHECK(shape_of("NATO", 0) & TM_SHAPE_ALL_UPPER);
    CHECK(!(shape_of("NATOs", 0) & TM_SHAPE_ALL_UPPER));
    CHECK(!(shape_of("A", 0) & TM_SHAPE_ALL_UPPER));
    CHECK(shape_of("McDonald", 0) & TM_SHAPE_MIXED);
    CHECK(shape_of("internationaL", 0) & TM_SHAPE_MIXED);
    CHECK(!(shape_of("International", 0) & TM_SHAPE_MIXED));
    CHECK(!(shape_of("ABCDEFGHIj", 0) & TM_SHAPE_MIXED));
    CHECK(shape_of("iPhone", 0) & TM_SHAPE_LOWER);
    CHECK(shape_of("\xc3\x89mile", 0) & TM_SHAPE_FIRST_UPPER);
    CHECK(shape_of("\xc3\x89mile", 0) & TM_SHAPE_NON_ASCII);
    CHECK(shape_of("one\ntwo", 1) & TM_SHAPE_LINE);
    CHECK(!(shape_of("one,two", 1) & TM_SHAPE_SPACE));
}

static uint64_t hash_of(const char *text) {
    return token_hash((tm_str){text, strlen(text)});
}

static const char *fold_of(const char *text) {
    static char out[256];
    int64_t n = token_fold((tm_str){text, strlen(text)}, out, sizeof out - 1);
    out[n < 0 ? 0 : n] = '\0';
    return out;
}

static void folding(void) {
    CHECK(strcmp(fold_of("Berlin"), "berlin") == 0);
    CHECK(strcmp(fold_of("\xc3\x89MILE \xce\xa3\xcf\x82"), "\xc3\xa9mile \xcf\x83\xcf\x83") == 0);
    CHECK(strcmp(fold_of("don\xe2\x80\x99t"), "don't") == 0);
    CHECK(strcmp(fold_of("co\xc2\xadop\xe2\x80\x8d\xef\xbb\xbf"), "coop") == 0);
    CHECK(strcmp(fold_of("a\xe2\x80\x91"
                         "b"),
                 "a-b") == 0);
    CHECK(strcmp(fold_of("\xe2\x9d\xa4\xef\xb8\x8f"), "\xe2\x9d\xa4") == 0);
    char small[2];
    CHECK_INT(token_fold(TM_STR("abc"), small, 2), TM_ERANGE);
    CHECK_INT(token_fold((tm_str){NULL, 0}, NULL, 0), 0);
}

static void hashes(void) {
    CHECK(hash_of("berlin") == hash_of("BERLIN"));
    CHECK(hash_of("berlin") != hash_of("berlim"));
    CHECK(hash_of("internationalisation") == hash_of("Internationalisation"));
    CHECK(hash_of("don't") == hash_of("Don\xe2\x80\x99t"));
    CHECK(hash_of("\xc3\x89mile") == hash_of("\xc3\xa9mile"));
    CHECK(hash_of("coop") == hash_of("co\xc2\xadop"));
    CHECK(hash_of("a") != hash_of("aa"));
    /* the hash is part of the contract: compiled tables hold it */
    CHECK(hash_of("") == UINT64_C(0xcd7ee1975db5ea09));
    CHECK(hash_of("the") == UINT64_C(0x78dd6eccfe25e485));
    CHECK(hash_of("president") == UINT64_C(0x2acb090e074d0a08));
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Any bytes: the tokens are in order, inside the text, not empty, and hash as they do alone; room does not matter. */
static void any_bytes(void) {
    static const char *const pieces[] = {"a",
                                         "B",
                                         "the ",
                                         "U.S.",
                                         ".",
                                         "'",
                                         "s",
                                         "\xe2\x80\x99",
                                         " ",
                                         "\n",
                                         "@",
                                         "#",
                                         "http://",
                                         "www.",
                                         "x.com",
                                         "\xf0\x9f\x98\x80",
                                         "\xe2\x80\x8d",
                                         "\xc3",
                                         "\xe4\xb8\xad",
                                         "\xff",
                                         "1",
                                         ",",
                                         "_",
                                         "-",
                                         "\xcc\x81",
                                         "J. ",
                                         "I. ",
                                         "\xe3\x82\xab"};
    uint64_t state = 7;
    for (int round = 0; round < 3000; round++) {
        char text[256];
        size_t n = 0;
        while (n < 200 && next_random(&state) % 40) {
            const char *piece = pieces[next_random(&state) % (sizeof pieces / sizeof *pieces)];
            size_t m = strlen(piece);
            memcpy(text + n, piece, m);
            n += m;
        }
        char *exact = malloc(n + 1);
        memcpy(exact, text, n);
        uint32_t start[256], length[256], shape[256], few_start[3];
        uint64_t hash[256];
        tm_token_buffer b = {256, 0, start, length, shape, hash}, few = {3, 0, few_start, NULL, NULL, NULL};
        CHECK_INT(token_tokenize((tm_str){exact, n}, &b), TM_OK);
        CHECK_INT(token_tokenize((tm_str){exact, n}, &few), TM_OK);
        CHECK_INT(few.count, b.count);
        for (uint32_t i = 0; i < b.count; i++) {
            CHECK(length[i] > 0 && start[i] + length[i] <= n);
            CHECK(i == 0 || start[i] >= start[i - 1] + length[i - 1]);
            CHECK(hash[i] == token_hash((tm_str){exact + start[i], length[i]}));
            CHECK(i >= 3 || few_start[i] == start[i]);
        }
        free(exact);
    }
}

static void errors(void) {
    tm_token_buffer b = {0, 0, NULL, NULL, NULL, NULL};
    CHECK_INT(token_tokenize(TM_STR("a b c"), &b), TM_OK);
    CHECK_INT(b.count, 3);
    CHECK_INT(token_tokenize(TM_STR("a"), NULL), TM_EINVAL);
    CHECK_INT(token_tokenize((tm_str){NULL, 5}, &b), TM_EINVAL);
}

int main(void) {
    RUN(words_and_numbers);
    RUN(points);
    RUN(apostrophes);
    RUN(punctuation);
    RUN(special);
    RUN(emoji);
    RUN(scripts);
    RUN(shapes);
    RUN(folding);
    RUN(hashes);
    RUN(any_bytes);
    RUN(errors);
    return check_end();
}
