/* user.c: reads the user's gazetteers into a table in memory. Letter case counts as the name is written: a name with a
 * capital is found with one, a name in capitals in capitals, one in small letters in any.
 */
#include "user.h"

#include <json_read.h>
#include <lines.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"name:text", "type:text", "id:text", "form:cap|upper|any"};

static tm_str form_of(tm_str name) {
    int upper = 0, lower = 0;
    for (uint64_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.data[i];
        upper += c >= 'A' && c <= 'Z';
        lower += c >= 'a';
    }
    if (upper > 1 && !lower)
        return TM_STR("upper");
    return name.data[0] >= 'a' && name.data[0] <= 'z' ? TM_STR("any") : TM_STR("cap");
}

static int add(struct compile *c, tm_str phrase, tm_str name, tm_str type, tm_str id, char *why, uint64_t room) {
    tm_str fields[] = {name, type.len ? type : TM_STR("MISC"), id.data ? id : TM_STR(""), form_of(phrase)};
    return compile_row(c, phrase, fields, why, room);
}

static int read_lines(struct compile *c, const char *file, tm_str text, char *error, uint64_t room) {
    struct line_reader r;
    char why[160];
    int more;
    lines_init(&r, file, text);
    while ((more = lines_next(&r)) > 0) {
        tm_str type = r.n_fields > 1 ? r.field[1] : TM_STR(""), id = r.n_fields > 2 ? r.field[2] : TM_STR("");
        tm_str rest = r.n_fields > 3 ? r.field[3] : TM_STR("");
        if (r.field[0].len == 0) {
            more = lines_fail(&r, "a name is missing: name, type, id, aliases parted by |");
            break;
        }
        if (add(c, r.field[0], r.field[0], type, id, why, sizeof why) < 0) {
            more = lines_fail(&r, why);
            break;
        }
        while (more > 0 && rest.len) {
            const char *bar = memchr(rest.data, '|', rest.len);
            tm_str alias = {rest.data, bar ? (uint64_t)(bar - rest.data) : rest.len};
            rest = bar ? (tm_str){bar + 1, rest.len - alias.len - 1} : (tm_str){rest.data + rest.len, 0};
            if (alias.len && add(c, alias, r.field[0], type, id, why, sizeof why) < 0)
                more = lines_fail(&r, why);
        }
        if (more < 0)
            break;
    }
    if (more < 0)
        snprintf(error, room, "%s", r.error);
    return more;
}

/* One object of the array; its aliases are added after all its members are known. */
static int read_object(struct compile *c, struct json_reader *r, char *why, uint64_t room) {
    tm_str member, name = {NULL, 0}, type = TM_STR(""), id = TM_STR("");
    struct json_reader aliases;
    int has_aliases = 0;
    while (kit_json_member(r, &member) > 0) {
        tm_str value;
        if (member.len == 7 && memcmp(member.data, "aliases", 7) == 0 && kit_json_peek(r) == '[') {
            aliases = *r;
            has_aliases = 1;
            kit_json_skip(r);
        } else if (kit_json_peek(r) == '"') {
            if (kit_json_text(r, &value) < 0)
                return -1;
            if (member.len == 4 && memcmp(member.data, "name", 4) == 0)
                name = value;
            else if (member.len == 4 && memcmp(member.data, "type", 4) == 0)
                type = value;
            else if (member.len == 2 && memcmp(member.data, "id", 2) == 0)
                id = value;
        } else {
            kit_json_skip(r);
        }
    }
    if (r->error[0])
        return -1;
    if (name.len == 0) {
        snprintf(why, room, "an object without a \"name\"");
        return -1;
    }
    if (add(c, name, name, type, id, why, room) < 0)
        return -1;
    if (has_aliases && kit_json_array(&aliases) == 0) {
        tm_str alias;
        while (kit_json_element(&aliases) > 0) {
            if (kit_json_text(&aliases, &alias) < 0) {
                snprintf(why, room, "an alias that is not text");
                return -1;
            }
            if (alias.len && add(c, alias, name, type, id, why, room) < 0)
                return -1;
        }
    }
    return 0;
}

static int read_json(struct compile *c, const char *file, char *text, uint64_t len, char *error, uint64_t room) {
    struct json_reader r;
    char why[160] = "";
    kit_json_init(&r, text, len);
    int done = kit_json_array(&r);
    while (done == 0 && kit_json_element(&r) > 0)
        if ((done = kit_json_object(&r)) == 0)
            done = read_object(c, &r, why, sizeof why);
    if (done < 0 || r.error[0]) {
        snprintf(error, room, "%s:%u: %s", file, r.line, why[0] ? why : r.error);
        return -1;
    }
    return 0;
}

int user_gazetteer_open(struct user_gazetteer *u, const tm_host *host, const tm_str *paths, uint64_t n, char *error,
                        uint64_t room) {
    memset(u, 0, sizeof *u);
    if (n == 0)
        return 0;
    struct compile *c = compile_new(host);
    if (!c || compile_columns(c, columns, sizeof columns / sizeof columns[0]) < 0) {
        snprintf(error, room, "no memory for gazetteers");
        goto fail;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint64_t len, at = 0;
        char *text = lines_read_file(paths[i].data, &len, error, room);
        if (!text)
            goto fail;
        while (at < len && (unsigned char)text[at] <= ' ')
            at++;
        int done = at < len && text[at] == '[' ? read_json(c, paths[i].data, text, len, error, room)
                                               : read_lines(c, paths[i].data, (tm_str){text, len}, error, room);
        free(text);
        if (done < 0)
            goto fail;
    }
    tm_str bytes = compile_finish(c);
    if (!bytes.data) {
        snprintf(error, room, "no memory for gazetteers");
        goto fail;
    }
    if (table_open(&u->table, bytes, host->text_version, "gazetteers", error, room) < 0)
        goto fail;
    u->owner = c;
    u->name = table_texts(&u->table, "name");
    u->type = table_texts(&u->table, "type");
    u->id = table_texts(&u->table, "id");
    u->form = table_ints(&u->table, "form");
    return 0;
fail:
    compile_free(c);
    return -1;
}

void user_gazetteer_close(struct user_gazetteer *u) {
    compile_free(u->owner);
}

uint32_t user_gazetteer_find(const struct user_gazetteer *u, const tm_tokens *t, uint32_t i, uint32_t *out_count) {
    uint32_t end = i + 1;
    const uint32_t *values;
    if (!phrase_may_begin(&u->table.phrases, t->hash[i]))
        return TM_NONE;
    while (end < t->count && end - i < 32 && t->sentence[end] == t->sentence[i])
        end++;
    uint32_t n = phrase_longest(&u->table.phrases, t->hash, i, end, &values);
    if (n == 0)
        return TM_NONE;
    int upper = 1, capital = (t->shape[i] & TM_SHAPE_LOWER) == 0;
    for (uint32_t k = i; k < i + n; k++)
        upper = upper && !((t->shape[k] & TM_SHAPE_WORD) && !(t->shape[k] & (TM_SHAPE_ALL_UPPER | TM_SHAPE_POINTS)) &&
                           t->length[k] > 1);
    for (uint32_t k = 1; k <= values[0]; k++) {
        int32_t form = u->form[values[k]];
        if (form == 2 || (form == 1 ? upper : capital)) {
            *out_count = n;
            return values[k];
        }
    }
    return TM_NONE;
}
