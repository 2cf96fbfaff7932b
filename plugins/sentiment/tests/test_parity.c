/* Every text of the rating sets has the values that the Python VADER gives it. The sets cannot be shipped: they stand
 * in a folder that TEXTMILL_EVAL names; without it the test is skipped. */
#include "check.h"
#include "data.h"

static const char *eval_folder(void) {
    const char *folder = getenv("TEXTMILL_EVAL");
    return folder ? folder : TEXTMILL_TOP "/../shared";
}

/* The next line of a file that was read whole; NULL at its end. */
static char *next_line(char **at) {
    char *line = *at, *stop = line ? strchr(line, '\n') : NULL;
    if (!line || !*line)
        return NULL;
    if (stop)
        *stop = '\0';
    *at = stop ? stop + 1 : NULL;
    return line;
}

static void compare(struct test_data *d, const char *set) {
    char path[1024];
    uint64_t len = 0;
    snprintf(path, sizeof path, "%s/data/sentiment/%s.tsv", eval_folder(), set);
    char *texts = read_file(path, &len);
    snprintf(path, sizeof path, "%s/data/sentiment/%s.vader.tsv", eval_folder(), set);
    char *values = read_file(path, &len);
    CHECK(texts && values);
    char *text_at = texts, *value_at = values, *text, *value;
    while ((text = next_line(&text_at)) && (value = next_line(&value_at))) {
        char *tab = strchr(text, '\t'), *tab2 = tab ? strchr(tab + 1, '\t') : NULL, *columns = strchr(value, '\t');
        CHECK(tab2 && columns && columns - value == tab - text && memcmp(text, value, (size_t)(tab - text)) == 0);
        char got[80], want[80];
        struct vader_result r = test_score(d, tab2 + 1, strlen(tab2 + 1)), w = {0};
        CHECK_INT(sscanf(columns, "%lf%lf%lf%lf", &w.compound, &w.pos, &w.neu, &w.neg), 4);
        test_print(&r, got, sizeof got);
        test_print(&w, want, sizeof want);
        if (strcmp(got, want) != 0)
            fprintf(stderr, "%s %.*s\n", set, (int)(tab - text), text);
        CHECK_BYTES(got, strlen(got), want);
    }
    free(texts);
    free(values);
}

static void all_sets_are_equal(void) {
    static const char *const sets[] = {"tweets", "movie", "amazon", "nyt"};
    struct test_data d;
    test_data_open(&d);
    for (int i = 0; i < 4; i++)
        compare(&d, sets[i]);
    test_data_close(&d);
}

int main(void) {
    char path[1024];
    snprintf(path, sizeof path, "%s/data/sentiment/nyt.vader.tsv", eval_folder());
    FILE *file = fopen(path, "rb");
    if (!file) {
        printf("skipped: the rating sets are not there (TEXTMILL_EVAL)\n");
        return 77;
    }
    fclose(file);
    RUN(all_sets_are_equal);
    return check_end();
}
