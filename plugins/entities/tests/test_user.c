/* test_user.c: mistakes in the user's gazetteers are told with file and line. */
#include "check.h"
#include "user.h"

#include <textmill/embed.h>

#include <stdio.h>
#include <unistd.h>

static void mistakes_have_a_line(void) {
    static const struct {
        const char *content, *error;
    } cases[] = {
        {"Name\tORG\n\tORG\n", ":2: a name is missing: name, type, id, aliases parted by |"},
        {"[\n{\"type\": \"ORG\"}]", ":2: an object without a \"name\""},
        {"[{\"name\": \"x\"},\n\n\"y\"]", ":3: an object is expected here"},
        {"[{\"name\": \"x\", \"aliases\": [\n1]}]", ":2: an alias that is not text"},
        {"[{\"name\": \"x\"", ":1: the file ends too early"},
        {"[{\"name\": \" \"}]", ":1: a phrase without a word: \" \""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[64], error[256] = "", want[256];
        struct user_gazetteer u;
        snprintf(path, sizeof path, "/tmp/textmill-user-%d", (int)getpid());
        FILE *f = fopen(path, "w");
        CHECK(f != NULL);
        CHECK(fputs(cases[i].content, f) >= 0);
        CHECK_INT(fclose(f), 0);
        tm_str name = {path, strlen(path)};
        CHECK_INT(user_gazetteer_open(&u, textmill_host(), &name, 1, error, sizeof error), -1);
        snprintf(want, sizeof want, "%s%s", path, cases[i].error);
        CHECK_BYTES(error, strlen(error), want);
        unlink(path);
    }
}

int main(void) {
    RUN(mistakes_have_a_line);
    return check_end();
}
