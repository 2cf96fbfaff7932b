/* test_marks.c: rare list marks, which are such in company only: which lines of a text are items. */
#include "doc_kit.h"

#include <string.h>

/* A star for each line that is an item, a point for one that is none; each line of the texts below is a block. */
static void marks_are(const char *text, const char *want) {
    kit_begin();
    tm_doc *doc = kit_text(text, strlen(text));
    uint32_t n;
    const uint32_t *flags = host_doc_column(doc, TM_BLOCK_FLAGS, &n);
    char got[64] = "";
    for (uint32_t i = 0; i < n && i < sizeof got - 1; i++)
        strcat(got, flags[i] & TM_BLOCK_IS_ITEM ? "*" : ".");
    if (strcmp(got, want) != 0)
        fprintf(stderr, "%s\n", text);
    CHECK_BYTES(got, strlen(got), want);
    kit_end();
}

static void signs_in_company(void) {
    static const char *const signs[] = {"#",
                                        "~",
                                        "|",
                                        "/",
                                        "--",
                                        "**",
                                        ">>",
                                        "\xc2\xa7",
                                        "\xc2\xb6",
                                        "\xe2\x84\x96",
                                        "\xe2\x80\x96",
                                        "\xe2\x96\xa2",
                                        "\xe2\x80\x90",
                                        "\xe2\x80\x92"};
    char text[256];
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        snprintf(text, sizeof text, "Head\n%s The mill turns\n%s The roof is dry\n%s Nobody came\nend", signs[i],
                 signs[i], signs[i]);
        marks_are(text, ".***.");
    }
    marks_are("Head\n# One\nA line of text.\n# Two\nAnother line.", ".....");
    marks_are("Head\n\xc2\xa7 5 applies\nAnd so on.\nend", "....");
}

static void rare_numbers(void) {
    marks_are("Head\n1: The mill\n2: The roof\n3: The wheel", ".***");
    marks_are("Head\n1.The mill\n2.The roof", ".**");
    marks_are("Head\n1)The mill\n2)The roof", ".**");
    marks_are("Head\n1\xef\xb8\x8f\xe2\x83\xa3 The mill\n2\xef\xb8\x8f\xe2\x83\xa3 The roof", ".**");
    marks_are("Head\n12: The mill\n7: The roof\n[4] The wheel\n3.5 million came\n9:30 The door", "......");
}

static void none_of_these(void) {
    marks_are("Head\n[1] The mill\n[2] The roof", "...");
    marks_are("Head\n| a | b |\n| c | d |", "...");
    marks_are("Head\n\xc2\xa9 2020 The Post\n\xc2\xa9 2021 The Post", "...");
    marks_are("Head\n\xe2\x82\xac 5\n\xe2\x82\xac 7", "...");
    marks_are("Head\n\xe2\x80\xa6 and so\n\xe2\x80\xa6 and on", "...");
    marks_are("Head\n#mill\n#roof", "...");
    marks_are("Head\n/usr/bin\n/usr/lib", "...");
    marks_are("Head\n\xc2\xbbHallo\xc2\xab, sagte er.\n\xc2\xbbJa\xc2\xab, sagte sie.", "...");
}

int main(void) {
    RUN(signs_in_company);
    RUN(rare_numbers);
    RUN(none_of_these);
    return check_end();
}
