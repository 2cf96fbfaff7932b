/* talk.c: see talk.h. Lines that come back are not trusted: they are read by the kit's reader, and each value is
 * checked by the host when it is set.
 */
#include "talk.h"

#include <json_read.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct request *r, const char *data, uint64_t len) {
    if (r->room - r->len < len) {
        uint64_t room = r->room ? r->room : 65536;
        while (room - r->len < len)
            room *= 2;
        char *more = realloc(r->data, room);
        if (!more) {
            r->is_bad = 1;
            return;
        }
        r->data = more;
        r->room = room;
    }
    if (len)
        memcpy(r->data + r->len, data, len);
    r->len += len;
}

static void add_text(struct request *r, tm_str text) {
    static const char hex[] = "0123456789abcdef";
    uint64_t done = 0;
    add(r, "\"", 1);
    for (uint64_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        add(r, text.data + done, i - done);
        done = i + 1;
        char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        if (c == '"' || c == '\\') {
            escape[1] = (char)c;
            add(r, escape, 2);
        } else if (c == '\n') {
            add(r, "\\n", 2);
        } else {
            add(r, escape, 6);
        }
    }
    add(r, text.data + done, text.len - done);
    add(r, "\"", 1);
}

static void add_value(struct request *r, const tm_value *v) {
    char number[40];
    int n = 0;
    if (v->type == TM_V_TEXT)
        add_text(r, v->text);
    else if (v->type == TM_V_RAW || ((v->type == TM_V_INT || v->type == TM_V_NUMBER) && v->text.len))
        add(r, v->text.data, v->text.len);
    else if (v->type == TM_V_INT)
        n = snprintf(number, sizeof number, "%lld", (long long)v->integer);
    else if (v->type == TM_V_NUMBER)
        n = snprintf(number, sizeof number, "%.17g", v->number);
    else
        n = snprintf(number, sizeof number, "%s", v->type == TM_V_NULL ? "null" : v->integer ? "true" : "false");
    add(r, number, (uint64_t)n);
}

void request_add(struct request *r, const tm_host *host, tm_doc *doc, const struct named_field *send, uint32_t n) {
    tm_str title = host->title(doc);
    add(r, "{\"id\":", 6);
    add_text(r, host->id(doc));
    add(r, ",\"title\":", 9);
    if (title.data)
        add_text(r, title);
    else
        add(r, "null", 4);
    add(r, ",\"text\":", 8);
    add_text(r, host->text(doc));
    for (uint32_t i = 0; i < n; i++) {
        tm_value v;
        if (host->get(doc, send[i].field, &v) == TM_V_ABSENT)
            continue;
        add(r, ",", 1);
        add_text(r, send[i].name);
        add(r, ":", 1);
        add_value(r, &v);
    }
    add(r, "}\n", 2);
}

static int is_name(tm_str s, const char *name) {
    return s.len == strlen(name) && memcmp(s.data, name, s.len) == 0;
}

static int32_t bad_answer(const tm_host *host, tm_doc *doc, const char *what, tm_str name) {
    char message[200];
    int n = snprintf(message, sizeof message, "the program's answer is wrong: %s%s%.*s%s", what, name.len ? " \"" : "",
                     (int)(name.len < 60 ? name.len : 60), name.data ? name.data : "", name.len ? "\"" : "");
    return tm_fail(host, doc, TM_STR("answer"), (tm_str){message, (uint64_t)n}, TM_NONE);
}

int32_t answer_take(const tm_host *host, tm_doc *doc, const struct answer_rules *rules, char *line, uint64_t len,
                    tm_str *out_text) {
    const struct named_field *receive = rules->receive;
    uint32_t n = rules->n;
    struct json_reader r;
    tm_str name, text, drop = {NULL, 0}, error = {NULL, 0};
    kit_json_init(&r, line, len);
    if (kit_json_object(&r) != 0)
        return bad_answer(host, doc, "it is no object", (tm_str){NULL, 0});
    while (kit_json_member(&r, &name) > 0) {
        uint32_t i = 0;
        char first = kit_json_peek(&r);
        if ((is_name(name, "drop") || is_name(name, "error")) && first == '"') {
            if (kit_json_text(&r, &text) == 0)
                *(is_name(name, "drop") ? &drop : &error) = text;
            continue;
        }
        if (rules->may_rewrite && is_name(name, "text") && first == '"') {
            if (kit_json_text(&r, out_text) != 0)
                break;
            continue;
        }
        const char *start = r.at;
        if (kit_json_skip(&r) != 0)
            break;
        while (i < n && !(receive[i].name.len == name.len && memcmp(receive[i].name.data, name.data, name.len) == 0))
            i++;
        if (i == n)
            return bad_answer(host, doc, "it has a field that \"receive\" does not name:", name);
        tm_value value = {.type = TM_V_RAW, .text = {start, (uint64_t)(r.at - start)}};
        if (host->set(doc, receive[i].field, &value) != TM_OK)
            return bad_answer(host, doc, "it has a value that is no JSON:", name);
    }
    if (r.error[0])
        return bad_answer(host, doc, r.error, (tm_str){NULL, 0});
    if (kit_json_peek(&r))
        return bad_answer(host, doc, "something stands behind the object", (tm_str){NULL, 0});
    if (error.data)
        return tm_fail(host, doc, TM_STR("program"), error, TM_NONE);
    if (drop.data) {
        host->reason(doc, drop.len ? drop : TM_STR("program"), drop, TM_NONE);
        return TM_DROP;
    }
    return TM_PASS;
}
