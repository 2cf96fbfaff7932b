/* test_json_read.c: the reader of a plugin's own JSON files. */
#include "check.h"
#include "json_read.h"

#include <stdlib.h>

static char *copy(const char *text) {
    char *c = malloc(strlen(text) + 1);
    CHECK(c != NULL);
    memcpy(c, text, strlen(text) + 1);
    return c;
}

static void values_come_in_order(void) {
    char *text =
        copy("[ {\"name\": \"A \\u00e9\\n\\ud83d\\ude00\", \"x\": [1, {\"y\": \"]\"}], \"n\": -2.5e1},\n {} ]");
    struct json_reader r;
    tm_str name, value;
    double n;
    kit_json_init(&r, text, strlen(text));
    CHECK_INT(kit_json_array(&r), 0);
    CHECK_INT(kit_json_element(&r), 1);
    CHECK_INT(kit_json_object(&r), 0);
    CHECK_INT(kit_json_member(&r, &name), 1);
    CHECK_BYTES(name.data, name.len, "name");
    CHECK_INT(kit_json_text(&r, &value), 0);
    CHECK_BYTES(value.data, value.len, "A \xC3\xA9\n\xF0\x9F\x98\x80");
    CHECK_INT(kit_json_member(&r, &name), 1);
    CHECK_INT(kit_json_skip(&r), 0);
    CHECK_INT(kit_json_member(&r, &name), 1);
    CHECK_INT(kit_json_number(&r, &n), 0);
    CHECK(n == -25);
    CHECK_INT(kit_json_member(&r, &name), 0);
    CHECK_INT(kit_json_element(&r), 1);
    CHECK_INT(kit_json_object(&r), 0);
    CHECK_INT(kit_json_member(&r, &name), 0);
    CHECK_INT(kit_json_element(&r), 0);
    CHECK_INT(r.line, 2);
    CHECK(!r.error[0]);
    free(text);
}

/* Every beginning of a file is an error that is told, never a read behind the end. */
static void cut_short(void) {
    const char *whole = "[{\"name\":\"a\\u0041b\",\"aliases\":[\"x\",\"y\\\\\"],\"w\":1.5}]";
    for (size_t len = 0; len < strlen(whole); len++) {
        char *text = malloc(len ? len : 1);
        CHECK(text != NULL);
        memcpy(text, whole, len);
        struct json_reader r;
        tm_str name, value;
        kit_json_init(&r, text, len);
        if (kit_json_array(&r) == 0)
            while (kit_json_element(&r) > 0)
                if (kit_json_object(&r) == 0)
                    while (kit_json_member(&r, &name) > 0)
                        if ((kit_json_peek(&r) == '"' ? kit_json_text(&r, &value) : kit_json_skip(&r)) < 0)
                            break;
        CHECK(r.error[0]);
        free(text);
    }
}

static void mistakes_have_a_line(void) {
    char *text = copy("[\n\"a\"\n\"b\"]");
    struct json_reader r;
    tm_str value;
    kit_json_init(&r, text, strlen(text));
    CHECK_INT(kit_json_array(&r), 0);
    CHECK_INT(kit_json_element(&r), 1);
    CHECK_INT(kit_json_text(&r, &value), 0);
    CHECK_INT(kit_json_element(&r), -1);
    CHECK_BYTES(r.error, strlen(r.error), "a comma is missing");
    CHECK_INT(r.line, 3);
    free(text);
}

int main(void) {
    RUN(values_come_in_order);
    RUN(cut_short);
    RUN(mistakes_have_a_line);
    return check_end();
}
