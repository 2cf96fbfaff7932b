/* test_layers.c: lines, blocks and list marks of written-out texts. */
#include "layers_kit.h"

/* Blocks of a text, one in brackets each, '*' before an item, '+' before a wrapped one. */
static const char *blocks(const char *text) {
    static char out[8192];
    struct arena *arena = arena_new(1 << 16);
    struct all a = build(arena, text, strlen(text));
    size_t n = 0;
    check_whole(text, (uint32_t)strlen(text), &a);
    for (uint32_t i = 0; i < a.b.count; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s[%.*s]", a.b.flags[i] & TM_BLOCK_IS_ITEM ? "*" : "",
                              a.b.flags[i] & TM_BLOCK_IS_WRAPPED ? "+" : "", (int)a.b.length[i], text + a.b.start[i]);
    out[n] = '\0';
    arena_free(arena);
    return out;
}

#define BLOCKS(text, want)                                                                                             \
    do {                                                                                                               \
        const char *got_blocks = blocks(text);                                                                         \
        CHECK_BYTES(got_blocks, strlen(got_blocks), want);                                                             \
    } while (0)

static void lines(void) {
    struct arena *arena = arena_new(1 << 16);
    const char *text = "a\nb\r\nc\rd\xc2\x85"
                       "e\xe2\x80\xa8"
                       "f\xe2\x80\xa9\n  \n";
    struct all a = build(arena, text, strlen(text));
    CHECK_INT(a.l.count, 8);
    CHECK_INT(total(a.l.length, a.l.count), 8);
    CHECK_INT(total(a.l.full, a.l.count), strlen(text));
    CHECK_INT(a.l.block[5], 5);
    CHECK_INT(a.l.block[6], TM_NONE);
    CHECK_INT(a.l.block[7], TM_NONE);
    /* of one line, which is cut by sentence, where nothing else was asked for */
    struct layers *one = layers_new(arena, padded(arena, "One. Two.", 9), 9);
    uint32_t n;
    const uint32_t *block = layers_column(one, TM_LINE_BLOCK, &n);
    CHECK_INT(n, 1);
    CHECK_INT(block[0], 0);
    CHECK(!layers_column(one, 0, &n) && !layers_column(one, TM_TOKEN_LINE + 1, &n) && !layers_column(one, 52, &n));
    arena_free(arena);
    BLOCKS("", "");
    BLOCKS("\n \n\xc2\xa0\xe3\x80\x80\xe2\x80\x8b\n", "");
    BLOCKS("  one  \n\n two\xc2\xa0", "[one][two]");
    BLOCKS("One line. Two sentences.", "[One line.][Two sentences.]");
    BLOCKS("\nOne line. Two sentences.\n\n", "[One line.][Two sentences.]");
    BLOCKS("Title\nOne line. Two sentences.", "[Title][One line. Two sentences.]");
}

static void marks(void) {
    BLOCKS("Head\n- one\n- two", "[Head]*[- one]*[- two]");
    BLOCKS("Head\n* one\n+ two\n> three", "[Head]*[* one]*[+ two]*[> three]");
    BLOCKS("Head\n• one\n•two\n‣ x\n◦ x\n▪ x\n● x\n○ x\n· x\n» x\n✓ x\n✔️ x",
           "[Head]*[• one]*[•two]*[‣ x]*[◦ x]*[▪ x]*[● x]*[○ x]*[· x]*[» x]*[✓ x]*[✔️ x]");
    BLOCKS("Head\n– one\n— Hola, dijo.\n—Hola", "[Head]*[– one]*[— Hola, dijo.]*[—Hola]");
    BLOCKS("Head\n\xef\x82\xb7 one\n\xef\x82\xb7two", "[Head]*[\xef\x82\xb7 one]*[\xef\x82\xb7two]");
    BLOCKS("Head\n👉 one\n🍎 apples\n🍌 bananas\nend", "[Head]*[👉 one]*[🍎 apples]*[🍌 bananas][end]");
    BLOCKS("Head\n🍎 alone\nend", "[Head][🍎 alone][end]");
    BLOCKS("Head\n1. one\n2. two\n10) ten\n(3) three", "[Head]*[1. one]*[2. two]*[10) ten]*[(3) three]");
    BLOCKS("Head\n(a) one\nb) two\niv. four\n(ii) x", "[Head]*[(a) one]*[b) two]*[iv. four]*[(ii) x]");
    BLOCKS("Head\na. one\nb. two\nX\nI. one\nII. two\nIII. three",
           "[Head]*[a. one]*[b. two][X]*[I. one]*[II. two]*[III. three]");
    BLOCKS("Head\n①one\n② two", "[Head]*[①one]*[② two]");
    BLOCKS("Head\n1、中文\n2、中文", "[Head]*[1、中文]*[2、中文]");
    /* what is none */
    BLOCKS("Head\n3.5 million came\n-5 degrees\n–5 degrees", "[Head][3.5 million came][-5 degrees][–5 degrees]");
    BLOCKS("Head\n2024. A year.\nA. Smith wrote it\nI. Newton read it",
           "[Head][2024. A year.][A. Smith wrote it][I. Newton read it]");
    BLOCKS("Head\n2023. One year.\n2024. Another.", "[Head]*[2023. One year.]*[2024. Another.]");
    BLOCKS("Head\n3. Oktober 2024\n1. FC Ort siegt\n12. of them",
           "[Head][3. Oktober 2024][1. FC Ort siegt][12. of them]");
    BLOCKS("Head\n---\n* * *\n***\n-\n1.", "[Head][---][* * *][***][-][1.]");
    BLOCKS("Head\n*Correction: it was two.", "[Head][*Correction: it was two.]");
    BLOCKS("Head\n*one\n*two\n-three\n-four", "[Head]*[*one]*[*two]*[-three]*[-four]");
    BLOCKS("Head\n**bold** text\no one\no two", "[Head][**bold** text]*[o one]*[o two]");

    struct arena *arena = arena_new(1 << 14);
    const char *text = "Head\n  -  one\n(2) two";
    struct all a = build(arena, text, strlen(text));
    CHECK_INT(a.b.mark[0], 0);
    CHECK_INT(a.b.mark[1], 3);
    CHECK_INT(a.b.mark[2], 4);
    CHECK(!(a.b.flags[1] & TM_BLOCK_NUMBERED));
    CHECK(a.b.flags[2] & TM_BLOCK_NUMBERED);
    arena_free(arena);
}

static void flags(void) {
    struct arena *arena = arena_new(1 << 14);
    const char *text = "Head\nOne. (Two.)\n\nThree?”\n \nNo end [12]\nFour …[1][23]";
    struct all a = build(arena, text, strlen(text));
    CHECK_INT(a.b.count, 5);
    CHECK_INT(a.b.flags[0], TM_BLOCK_AFTER_BLANK);
    CHECK_INT(a.b.flags[1], TM_BLOCK_BEFORE_BLANK | TM_BLOCK_ENDS_SENTENCE);
    CHECK_INT(a.b.flags[2], TM_BLOCK_AFTER_BLANK | TM_BLOCK_BEFORE_BLANK | TM_BLOCK_ENDS_SENTENCE);
    CHECK_INT(a.b.flags[3], TM_BLOCK_AFTER_BLANK);
    CHECK_INT(a.b.flags[4], TM_BLOCK_BEFORE_BLANK | TM_BLOCK_ENDS_SENTENCE);
    arena_free(arena);
}

static void wrapped(void) {
    /* two paragraphs at 60 columns, and the headline that stays alone */
    BLOCKS("Harbour opens again\n\n"
           "The harbour of the small town opened again on Monday after\n"
           "a winter of repairs that had cost twice as much as the\n"
           "council had planned, and the first boats came in at noon\n"
           "under a grey sky.\n\n"
           "Nobody made a speech. The mayor, who had been expected, was\n"
           "said to be ill.",
           "[Harbour opens again]"
           "+[The harbour of the small town opened again on Monday after\n"
           "a winter of repairs that had cost twice as much as the\n"
           "council had planned, and the first boats came in at noon\n"
           "under a grey sky.]"
           "+[Nobody made a speech. The mayor, who had been expected, was\n"
           "said to be ill.]");
    /* a report that begins behind a full line */
    BLOCKS("The harbour of the small town opened again on Monday noon\n"
           "LONDON (Reuters) - A winter of repairs that had cost twice\n"
           "as much as the council had planned was over, and the first\n"
           "boats came in at noon under a grey sky, said the mayor (it\n"
           "rained) - who had been expected since the evening before and\n"
           "was late.",
           "[The harbour of the small town opened again on Monday noon]"
           "+[LONDON (Reuters) - A winter of repairs that had cost twice\n"
           "as much as the council had planned was over, and the first\n"
           "boats came in at noon under a grey sky, said the mayor (it\n"
           "rained) - who had been expected since the evening before and\n"
           "was late.]");
    /* items with hanging indents */
    BLOCKS("What the council decided on Monday evening, after a long\n"
           "talk that went on until midnight and beyond it:\n"
           "- The harbour is to be open on all days of the week but\n"
           "  on Sundays, when only the ferry may come in.\n"
           "- Fishing from the pier is allowed again, for those who\n"
           "  have paid the fee of the year.\n"
           "- No dogs.",
           "+[What the council decided on Monday evening, after a long\n"
           "talk that went on until midnight and beyond it:]"
           "*+[- The harbour is to be open on all days of the week but\n"
           "  on Sundays, when only the ferry may come in.]"
           "*+[- Fishing from the pier is allowed again, for those who\n"
           "  have paid the fee of the year.]"
           "*[- No dogs.]");
    /* paragraphs that an indent begins */
    BLOCKS("  The harbour of the small town opened again on Monday, and\n"
           "a winter of repairs that had cost twice as much as planned\n"
           "was over. Nobody in the town had believed that it would be\n"
           "so late in the year when at last the boats came back to it.\n"
           "  The mayor, who had been expected, was said to be ill, and\n"
           "nobody made a speech.",
           "+[The harbour of the small town opened again on Monday, and\n"
           "a winter of repairs that had cost twice as much as planned\n"
           "was over. Nobody in the town had believed that it would be\n"
           "so late in the year when at last the boats came back to it.]"
           "+[The mayor, who had been expected, was said to be ill, and\n"
           "nobody made a speech.]");
    /* a dash that begins a line of wrapped prose is no mark */
    BLOCKS("The harbour of the small town opened again on Monday after\n"
           "a winter of repairs that had cost twice as much as the plan\n"
           "- which nobody had seen - had told, and the boats came in\n"
           "under a grey sky.",
           "+[The harbour of the small town opened again on Monday after\n"
           "a winter of repairs that had cost twice as much as the plan\n"
           "- which nobody had seen - had told, and the boats came in\n"
           "under a grey sky.]");
    /* Chinese, without spaces, at 20 characters */
    BLOCKS("这座小城的港口星期一重新开放,经过了一个冬\n"
           "天的修理,费用是市政府原来计划的两倍。中午\n"
           "第一批船在灰色的天空下进港,没有人发表讲话\n"
           "因为市长生病了。",
           "+[这座小城的港口星期一重新开放,经过了一个冬\n"
           "天的修理,费用是市政府原来计划的两倍。中午\n"
           "第一批船在灰色的天空下进港,没有人发表讲话\n"
           "因为市长生病了。]");
}

/* Paragraphs that nothing but line ends part, wrapped at 60 columns; some last lines are full. */
static void wrapped_bare(void) {
    BLOCKS("Ferry crews at Port Harrow walked off the job on Tuesday\n"
           "after talks over night shifts broke down late on Monday.\n"
           "Around 600 passengers were stranded on Selby Island, where\n"
           "hotels were already full because of the spring fair there.\n"
           "No new talks were planned as of Tuesday evening.\n"
           "Fish buyers on the mainland said that it had cost them\n"
           "about 80,000 crowns by noon.\n"
           "Crews would carry medical cases across free of charge.",
           "+[Ferry crews at Port Harrow walked off the job on Tuesday\n"
           "after talks over night shifts broke down late on Monday.]"
           "+[Around 600 passengers were stranded on Selby Island, where\n"
           "hotels were already full because of the spring fair there.]"
           "[No new talks were planned as of Tuesday evening.]"
           "+[Fish buyers on the mainland said that it had cost them\n"
           "about 80,000 crowns by noon.]"
           "[Crews would carry medical cases across free of charge.]");
    /* where blank lines part paragraphs, a sentence that ends with a line ends no block */
    BLOCKS("Ferry crews at Port Harrow walked off the job on Tuesday,\n"
           "after talks over night shifts had broken down on Monday.\n"
           "Around 600 passengers were stranded on Selby Island, where\n"
           "hotels were already full because of the spring fair.\n\n"
           "No new talks were planned. Crews would carry medical cases\n"
           "across.\n\n"
           "The island has 4,000 people.",
           "+[Ferry crews at Port Harrow walked off the job on Tuesday,\n"
           "after talks over night shifts had broken down on Monday.\n"
           "Around 600 passengers were stranded on Selby Island, where\n"
           "hotels were already full because of the spring fair.]"
           "+[No new talks were planned. Crews would carry medical cases\n"
           "across.]"
           "[The island has 4,000 people.]");
    /* items, of which the second is full and the first goes on at the left; a name that stands in the text elsewhere; a
     * credit in brackets */
    BLOCKS("Passengers wait outside the terminal at the old port of Port\n"
           "Harrow (Photo: Lena Marsh of the local press, for Harbour\n"
           "Pictures)\n"
           "Ferry crews at Port Harrow walked off the job early in the\n"
           "morning, and talks over night shifts were not to be resumed\n"
           "until Friday.\n"
           "\xe2\x80\xa2 Ferry crews at Port Harrow walked off the job early in\n"
           "the morning\n"
           "\xe2\x80\xa2 Talks over night shifts are not to be resumed on Friday\n"
           "\xe2\x80\xa2 Hotels were full\n"
           "Support the paper: subscribe now",
           "+[Passengers wait outside the terminal at the old port of Port\n"
           "Harrow (Photo: Lena Marsh of the local press, for Harbour\n"
           "Pictures)]"
           "+[Ferry crews at Port Harrow walked off the job early in the\n"
           "morning, and talks over night shifts were not to be resumed\n"
           "until Friday.]"
           "*+[\xe2\x80\xa2 Ferry crews at Port Harrow walked off the job early in\n"
           "the morning]"
           "*[\xe2\x80\xa2 Talks over night shifts are not to be resumed on Friday]"
           "*[\xe2\x80\xa2 Hotels were full]"
           "[Support the paper: subscribe now]");
    /* a URL that fits no line; items marked by a letter, of which the first is wrapped */
    BLOCKS("o The ferry company has put two extra ships on standby and\n"
           "has asked for more of them at once\n"
           "o The volcano last erupted in 1953 and covered all of the\n"
           "town in ash for eleven days, says the list of eruptions at\n"
           "https://www.example.org/a-long-list-of-eruptions/of-the-island/toroa",
           "*+[o The ferry company has put two extra ships on standby and\n"
           "has asked for more of them at once]"
           "*+[o The volcano last erupted in 1953 and covered all of the\n"
           "town in ash for eleven days, says the list of eruptions at\n"
           "https://www.example.org/a-long-list-of-eruptions/of-the-island/toroa]");
}

static void not_wrapped(void) {
    BLOCKS("Jane Doe\n12 Harbour Street\nSmalltown\nAB1 2CD", "[Jane Doe][12 Harbour Street][Smalltown][AB1 2CD]");
    BLOCKS("The river ran beneath the bridge,\nThe wind was in the trees,\nAnd all along the harbour ridge\n"
           "There came a summer breeze.",
           "[The river ran beneath the bridge,][The wind was in the trees,][And all along the harbour ridge]"
           "[There came a summer breeze.]");
    BLOCKS("Harbour opens after winter of repairs\nMayor said to be ill again\nCouncil raises fee for fishing\n"
           "Ferry will not run on Sundays\nOld pier is to be sold next year",
           "[Harbour opens after winter of repairs][Mayor said to be ill again][Council raises fee for fishing]"
           "[Ferry will not run on Sundays][Old pier is to be sold next year]");
    BLOCKS("apples and pears\nbread\nbutter and some cheese\nmilk\nplums", "[apples and pears][bread]"
                                                                           "[butter and some cheese][milk][plums]");
    BLOCKS(
        "First long paragraph of a text where each paragraph stands on a line of its own, however long that may be.\n"
        "Second paragraph, a little shorter than the first one was, but still quite long.\n"
        "Third paragraph, and this one is the longest of them, for it goes on and on until nobody wants to read it any "
        "more.\nFourth.",
        "[First long paragraph of a text where each paragraph stands on a line of its own, however long that may be.]"
        "[Second paragraph, a little shorter than the first one was, but still quite long.]"
        "[Third paragraph, and this one is the longest of them, for it goes on and on until nobody wants to read it "
        "any "
        "more.][Fourth.]");
}

/* Time grows with length: a long line, many items, many lines. Bounded by the test's own time limit. */
static void large(void) {
    enum { SIZE = 8 << 20 };
    static const char *const pieces[] = {"word ",   "x. ",      "- item\n", "a@",  "((",
                                         "http://", "_",        "'",        "1,",  "\xe4\xb8\xad",
                                         "@",       "#a",       "\n",       "A. ", "\xf0\x9f\x98\x80\xe2\x80\x8d",
                                         "1. x\n",  "\xcc\x81", "?!",       ".\"", "! \xf0\x9f\x98\x80",
                                         "[1]",     ".[1]"};
    char *text = malloc(SIZE);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t m = strlen(pieces[i]), n = 0;
        for (; n + m <= SIZE / 4; n += m)
            memcpy(text + n, pieces[i], m);
        memcpy(text + n, " a", 2);
        n += 2;
        memset(text + n, 0, TM_PAD);
        struct arena *arena = arena_new(1 << 20);
        struct all a = all_of(layers_new(arena, text, (uint32_t)n));
        CHECK(a.t.count > 0);
        arena_free(arena);
    }
    free(text);
}

int main(void) {
    RUN(lines);
    RUN(marks);
    RUN(flags);
    RUN(wrapped);
    RUN(wrapped_bare);
    RUN(not_wrapped);
    RUN(large);
    return check_end();
}
