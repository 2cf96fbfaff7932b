/* config_value.c: literals to values, by json-c, and ${...} in strings.
 *
 * json-c is given one literal at a time, after the scan has found it well-formed: what json-c lets pass (raw control
 * characters, single quotes, lone surrogates, integers that it clips in silence) never reaches it. Its objects live and
 * die within one call.
 */
#include "config_room.h"
#include "memory.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct json_tokener *literal_reader_new(void) {
    return json_tokener_new_ex(2);
}

void literal_reader_free(struct json_tokener *reader) {
    if (reader)
        json_tokener_free(reader);
}

int literal_read_string(struct json_tokener *reader, struct config *c, const char *literal, size_t len,
                        const char **out_string, size_t *out_len) {
    json_tokener_reset(reader);
    json_object *o = json_tokener_parse_ex(reader, literal, (int)len);
    if (!o || json_object_get_type(o) != json_type_string) {
        json_object_put(o);
        return -1;
    }
    *out_len = (size_t)json_object_get_string_len(o);
    *out_string = config_copy(c, json_object_get_string(o), *out_len);
    json_object_put(o);
    return 0;
}

int literal_read_number(struct json_tokener *reader, struct config *c, const char *literal, size_t len,
                        struct config_node *node, struct buffer *why) {
    /* A bare number needs a byte behind it. One that fits no int64_t is read as a double, never clipped. */
    char copy[CONFIG_MAX_NUMBER + 8];
    memcpy(copy, literal, len);
    memcpy(copy + len, "\n", 2);
    int is_integer = !memchr(literal, '.', len) && !memchr(literal, 'e', len) && !memchr(literal, 'E', len);
    if (is_integer) {
        errno = 0;
        (void)strtoll(copy, NULL, 10);
        is_integer = errno == 0;
        if (!is_integer)
            memcpy(copy + len, "e0\n", 4);
    }
    json_tokener_reset(reader);
    json_object *o = json_tokener_parse_ex(reader, copy, (int)strlen(copy));
    if (!o) {
        buffer_addf(why, "%s", json_tokener_error_desc(json_tokener_get_error(reader)));
        return -1;
    }
    if (is_integer) {
        node->type = CONFIG_INT;
        node->integer = json_object_get_int64(o);
        node->number = (double)node->integer;
    } else {
        node->type = CONFIG_NUMBER;
        node->number = json_object_get_double(o);
    }
    json_object_put(o);
    if (!isfinite(node->number)) {
        buffer_add_string(why, "it is too large for a number");
        return -1;
    }
    node->string = config_copy(c, literal, len);
    node->string_len = len;
    return 0;
}

static int is_name_char(char ch, int is_first) {
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || ch == '_' || (!is_first && ch >= '0' && ch <= '9');
}

static void bad(struct problems *problems, struct config_node *node, const char *name, size_t len, const char *what) {
    problems_at(problems, PROBLEM_ERROR, node, "bad-environment", "${%.*s}: %s", (int)len, name, what);
    node->type = CONFIG_BAD;
}

/* One ${...}: s is behind the "${", end at its "}". */
static void expand_one(struct config_node *node, const char *s, const char *end, struct buffer *out,
                       struct problems *problems) {
    const char *name = s;
    while (s < end && is_name_char(*s, s == name))
        s++;
    size_t name_len = (size_t)(s - name);
    int has_default = end - s >= 2 && s[0] == ':' && s[1] == '-',
        has_message = end - s >= 2 && s[0] == ':' && s[1] == '?';
    if (!name_len || (s < end && !has_default && !has_message)) {
        bad(problems, node, name, (size_t)(end - name),
            "expected ${NAME}, ${NAME:-default} or ${NAME:?message}; for a literal ${ write $${");
        return;
    }
    char *key = memory_copy(name, name_len);
    const char *value = getenv(key);
    free(key);
    if (has_default && (!value || !*value)) {
        buffer_add(out, s + 2, (size_t)(end - s - 2));
    } else if (has_message && (!value || !*value)) {
        char *message = memory_copy(s + 2, (size_t)(end - s - 2));
        bad(problems, node, name, name_len, *message ? message : "is not set");
        free(message);
    } else if (!value) {
        bad(problems, node, name, name_len,
            "is not set in the environment; set it, or give a default: ${NAME:-default}");
    } else if (!config_is_utf8(value, strlen(value))) {
        bad(problems, node, name, name_len, "its value in the environment is not valid UTF-8");
    } else {
        buffer_add_string(out, value);
    }
}

void config_expand(struct config *c, struct config_node *node, struct problems *problems) {
    const char *s = node->string, *end = s + node->string_len;
    if (!memmem(s, node->string_len, "${", 2))
        return;
    struct buffer out;
    buffer_init(&out);
    while (s < end && node->type != CONFIG_BAD) {
        if (end - s >= 3 && memcmp(s, "$${", 3) == 0) {
            buffer_add_string(&out, "${");
            s += 3;
        } else if (end - s >= 2 && memcmp(s, "${", 2) == 0) {
            const char *close = memchr(s, '}', (size_t)(end - s));
            if (!close) {
                problems_at(problems, PROBLEM_ERROR, node, "bad-environment",
                            "a ${ without its }; for a literal ${ write $${");
                node->type = CONFIG_BAD;
                break;
            }
            node->is_secret = 1;
            expand_one(node, s + 2, close, &out, problems);
            s = close + 1;
        } else {
            buffer_add_char(&out, *s++);
        }
    }
    node->string = config_copy(c, out.data, out.len);
    node->string_len = out.len;
    buffer_deinit(&out);
}
