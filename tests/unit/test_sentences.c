/* test_sentences.c: where sentences end. Each row is a text with '|' where one ends before a space, and '^' where one
 * ends before nothing; the layers must find those places and no others. */
#include "check.h"

#include "doc/layers.h"
#include "doc/layers_parts.h"

static const char *const rows[] = {
    /* plain ends */
    "The river rose again.|Nobody had expected it.",
    "Did it rain?|It did.|How awful!|We stayed at home.",
    "Hello World.|My name is Jonas.",
    "What is your name?|My name is Jonas.",
    "There it is!|I found it.",
    "He fell asleep.|20 minutes later the phone rang.",
    "It was over.|\"Nobody won,\" she said.",
    "It was over.|(Nobody had won.)|They left.",
    "He ran and ran and ran",
    /* titles and names */
    "Mr. Fox met Mrs. Crow and Dr. Hare.|They ate.",
    "She met Gen. Hale and Lt. Col. Moss in St. Albans.|Both were late.",
    "My name is Jonas E. Smith.|I live here.",
    "Books by J. K. Field and A. B. C. Moor sold well.|So did others.",
    "Please turn to p. 55.|It is all there.",
    "See Fig. 3 and No. 5, pp. 12 to 15.|There is more in vol. 2 of it.",
    "Were Jane and co. at the party?|Nobody knows.",
    "They closed the deal with Pitt, Briggs & Co. at noon.",
    "Let us ask Jane and co.|They should know.",
    "They closed the deal with Pitt, Briggs & Co.|It closed yesterday.",
    "Acme Corp. and Widget Inc. merged.|Bolt Ltd. did not.",
    "Martin Brook Jr. spoke.|Mary Stone Sr. listened.",
    "I can see Mt. Fern from here.",
    "St. Mary's Church is on Elm St.|The mayor lives there.",
    "That is the end of the line, Prof.",
    "We met Sen. Warm and Rep. Cole, Gov. Lake and Pres. Hill.|Nobody spoke.",
    "Rev. Dean and Sgt. Pike came in Dec. and left in Jan. or Feb. of that year.|Then it snowed.",
    "DEKALB, Ill. - Mike Stone threw twice.|He lives in Tampa, Fla.|The rest is ill.|Nobody knows.",
    "Mr . Stone said so .|He left .",
    /* abbreviations with points */
    "I live in the U.S.|How about you?",
    "I live in the E.U.|In summer it is warm.",
    "I work for the U.S. Government in Virginia.",
    "I have lived in the U.S. for 20 years.",
    "The U.S. President met the U.K. Prime Minister in Washington, D.C.|They talked.",
    "She has \xe2\x82\xac"
    "100.00 in her bag.|It is heavy.",
    "At 5 a.m. Mr. Smith went to the bank.|He left the bank at 6 P.M.|Mr. Smith then went to the store.",
    "The shop closes at 5 p.m. on Mondays.",
    "He got his Ph.D. in chemistry.|His brother never got a Ph.D.|He did not mind.",
    "Some animals, e.g. Zebras, have stripes, i.e. Lines.|Others do not.",
    "It was Smith et al. who found it, cf. the appendix.",
    "We make a good team, you and I.|Did you see Albert I. Jones yesterday?",
    "There were apples, pears, etc.|We ate none.",
    "There were apples, pears, etc. on the table.",
    "He moved from Plan A to Plan B.|The others stayed.",
    "It lasted approx. 20 minutes.",
    "Germany vs. France ended 2:1.|Nobody cheered.",
    /* numbers */
    "The rate rose to 3.5 percent.|It had been 2.75.",
    "It cost $3.50.|He paid.",
    "In 2024.|That was late.",
    "This is version 1.2.3 of it.|Use it.",
    "1.) The first item.|It is long.",
    /* quotes and brackets */
    "\"It is over.\"|She sat down.",
    "She turned to him, \"This is great.\" she said.",
    "She turned to him, \"This is great.\"|She held the book out to show him.",
    "\xe2\x80\x9cWe won!\xe2\x80\x9d he cried.|\xe2\x80\x9cWe did,\xe2\x80\x9d she said.",
    "\xe2\x80\x9cIs it true?\xe2\x80\x9d asked the mayor.",
    "\"Go away!\"|\"Why should I?\"",
    "He teaches science (he was an engineer.) at the university.",
    "He teaches science (He worked for 5 years as an engineer.) at the university.",
    "He said he was ill (was he?).|She laughed.",
    "She said 'No.'|He said 'Yes.'|They left.",
    "Who wrote \"Why Me?\"?|Nobody knew.",
    "They won.[3]|The other side lost.[12]|It was late.",
    "It was said.\xc2\xb9|Then it was done.",
    /* marks of several kinds */
    "Really?!|Yes!!!|Well then.",
    "I never meant that....|She left the store.",
    "I wasn't really ... well, what I mean... see ... it is nothing.",
    "If words are left off . . . the ellipsis is spaced.|This is another.",
    "The thing is . . . I didn't mean it.",
    "Well\xe2\x80\xa6 we shall see.|Or not\xe2\x80\xa6|Nobody knows.",
    "Yahoo! is a company.|It is old.",
    "It works: try it; it is free - no, really.",
    "Great game! \xf0\x9f\x98\x80|We loved it.",
    "He left.|- She stayed.",
    /* no space, names with points, addresses */
    "That is what he said.^He left then.",
    "Her e-mail is jane.doe@example.com.|I sent her one.",
    "See http://www.example.com/a.b?c=D.|It is there.",
    "We use Node.js and ASP.NET here.",
    "The site is example.com.|Go there.",
    "The iPhone was new.|iPhone sales rose.",
    "This is a sentence.|#news is a tag.|@jane is a name.",
    /* other languages */
    "Er kam am 3. Mai nach Bonn.|Dr. M\xc3\xbcller war z. B. nicht da.",
    "Das ist gut.|\xe2\x80\x9eWirklich?\xe2\x80\x9c|Ja.",
    "Ca. 20 Leute kamen, u. a. der B\xc3\xbcrgermeister.|Es regnete.",
    "El Sr. Garc\xc3\xad"
    "a lleg\xc3\xb3 tarde.|\xc2\xbfPor qu\xc3\xa9?|\xc2\xa1No lo s\xc3\xa9!|La Sra. Ruiz calla.",
    "M. Dupont est l\xc3\xa0.|\xc2\xab Bonjour. \xc2\xbb|Mme. Roy rit.",
    "\xe4\xbb\x8a\xe5\xa4\xa9\xe4\xb8\x8b\xe9\x9b\xa8\xe3\x80\x82^\xe6\x98\x8e\xe5\xa4\xa9\xe5\x91\xa2\xef\xbc\x9f^"
    "\xe4\xb8\x8d\xe7\x9f\xa5\xe9\x81\x93\xef\xbc\x81",
    "\xe2\x80\x9c\xe5\xa5\xbd\xe3\x80\x82\xe2\x80\x9d^\xe4\xbb\x96\xe8\xaf\xb4\xe3\x80\x82",
    "\xd9\x87\xd9\x84 \xd8\xaa\xd9\x85\xd8\xb7\xd8\xb1\xd8\x9f|\xd9\x86\xd8\xb9\xd9\x85.",
    "\xe0\xa4\xaf\xe0\xa4\xb9 \xe0\xa4\x98\xe0\xa4\xb0 \xe0\xa4\xb9\xe0\xa5\x88\xe0\xa5\xa4|\xe0\xa4\xb5\xe0\xa4\xb9 "
    "\xe0\xa4\xb9\xe0\xa5\x88\xe0\xa5\xa4",
    "\xd0\x94\xd0\xbe\xd0\xb6\xd0\xb4\xd1\x8c \xd1\x88\xd1\x91\xd0\xbb.|\xd0\x9c\xd1\x8b "
    "\xd0\xb6\xd0\xb4\xd0\xb0\xd0\xbb\xd0\xb8.",
};

/* The text of a row, and where its sentences end. */
static size_t read_row(const char *from, char *text) {
    size_t n = 0;
    for (; *from; from++)
        if (*from != '^')
            text[n++] = *from == '|' ? ' ' : *from;
    text[n] = '\0';
    return n;
}

static void check_row(const char *want, const char *before) {
    char text[600] = {0}, got[700];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", before), m = 0;
    struct arena *arena = arena_new(1 << 14);
    uint32_t count, first = *before != '\0';
    n += read_row(want, text + n);
    struct layers *l = layers_new(arena, text, (uint32_t)n);
    const uint32_t *start = layers_column(l, TM_SENTENCE_START, &count);
    const uint32_t *length = layers_column(l, TM_SENTENCE_LENGTH, NULL);
    for (uint32_t i = first; i < count; i++) {
        if (i > first)
            got[m++] = start[i] == start[i - 1] + length[i - 1] ? '^' : '|';
        memcpy(got + m, text + start[i], length[i]);
        m += length[i];
    }
    got[m] = '\0';
    arena_free(arena);
    CHECK_BYTES(got, m, want);
}

static size_t row;

static void on_one_line(void) {
    check_row(rows[row], "");
}

static void in_a_block(void) {
    check_row(rows[row], "Headline\n");
}

static void never_across_blocks(void) {
    const char *text = "A line without an end\nand another one\n\nA third";
    char padded[200] = {0};
    struct arena *arena = arena_new(1 << 14);
    uint32_t count;
    memcpy(padded, text, strlen(text));
    struct layers *l = layers_new(arena, padded, (uint32_t)strlen(text));
    layers_column(l, TM_SENTENCE_START, &count);
    arena_free(arena);
    CHECK_INT(count, 3);
}

static void mark_ends_nothing(void) {
    const char *text = "1. The first. It is long.\n2. The second.";
    char padded[200] = {0};
    struct arena *arena = arena_new(1 << 14);
    uint32_t count;
    memcpy(padded, text, strlen(text));
    struct layers *l = layers_new(arena, padded, (uint32_t)strlen(text));
    const uint32_t *start = layers_column(l, TM_SENTENCE_START, &count);
    CHECK_INT(count, 3);
    CHECK_INT(start[1], 14);
    arena_free(arena);
}

/* The lists are searched by halves: words from all over the alphabet are found. */
static void lists_are_sorted(void) {
    static const char abbreviations[] =
        "abb approx apr art ave bzw calif capt cf co corp dec dr ed esq etc fig gen hr ie "
        "inc jan jr kap lt ltd messrs mr mrs ms mt no nr oct op p prof rep sen sgt sr st "
        "tel univ usw vgl vs wed wyo zzgl";
    static const char starters[] =
        "a after all an and because but das der each for he how if in it la los many most no "
        "once our she so the there those to una what who with yes you your";
    for (const char *p = abbreviations, *end; *p; p = end + (*end == ' ')) {
        end = p + strcspn(p, " ");
        CHECK(abbreviation_kind(p, (uint32_t)(end - p)) != 0);
    }
    for (const char *p = starters, *end; *p; p = end + (*end == ' ')) {
        end = p + strcspn(p, " ");
        CHECK(token_is_starter((const uint8_t *)p, (uint32_t)(end - p)));
    }
    CHECK(!abbreviation_kind("cat", 3) && !abbreviation_kind("", 0) && !abbreviation_kind("abbreviation", 12));
    CHECK(!token_is_starter((const uint8_t *)"cat", 3));
}

int main(void) {
    for (row = 0; row < sizeof rows / sizeof *rows; row++) {
        RUN(on_one_line);
        RUN(in_a_block);
    }
    RUN(lists_are_sorted);
    RUN(never_across_blocks);
    RUN(mark_ends_nothing);
    return check_end();
}
