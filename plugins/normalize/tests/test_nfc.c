/* Unicode's own NormalizationTest, all its lines, through the stage: read from Debian's unicode-data where it is
 * installed, else skipped. */
#include "stage.h"

static const char *const files[] = {"/usr/share/unicode/NormalizationTest.txt.bz2",
                                    "/usr/share/unicode/NormalizationTest.txt"};

static size_t put(uint32_t c, char *out) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

static struct test_stage stage;
static unsigned lines, wrong;

static void line_holds(char *line) {
    char column[5][256];
    size_t length[5] = {0};
    char *at = line;
    for (int k = 0; k < 5; k++) {
        while (*at != ';') {
            char *end;
            length[k] += put((uint32_t)strtoul(at, &end, 16), column[k] + length[k]);
            if (end == at)
                return;
            at = end;
        }
        at++;
    }
    lines++;
    for (int k = 0; k < 5; k++) {
        int want = k < 3 ? 1 : 3;
        test_stage_run(&stage, column[k], length[k]);
        if (doc_text(stage.doc).len != length[want] ||
            memcmp(doc_text(stage.doc).data, column[want], length[want]) != 0) {
            if (wrong++ < 3)
                fprintf(stderr, "wrong at column %d of %s", k + 1, line);
        }
    }
}

int main(void) {
    FILE *f = NULL;
    char line[2048];
    for (size_t i = 0; i < sizeof files / sizeof files[0] && f == NULL; i++) {
        char command[256];
        FILE *there = fopen(files[i], "r");
        if (there == NULL)
            continue;
        fclose(there);
        snprintf(command, sizeof command, "%s %s", i == 0 ? "bzcat" : "cat", files[i]);
        f = popen(command, "r");
    }
    if (f == NULL || fgets(line, sizeof line, f) == NULL) {
        printf("skipped: NormalizationTest.txt is not there (Debian: unicode-data)\n");
        return 77;
    }
    test_stage_open(&stage, "normalize", "{\"spaces\": \"keep\"}");
    do {
        if (line[0] != '#' && line[0] != '@' && line[0] != '\n')
            line_holds(line);
    } while (fgets(line, sizeof line, f) != NULL);
    pclose(f);
    test_stage_close(&stage);
    printf("%u lines, %u wrong\n", lines, wrong);
    return lines > 10000 && wrong == 0 ? 0 : 1;
}
