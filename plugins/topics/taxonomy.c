/* taxonomy.c: reads and opens taxonomies. A topic is a row without a phrase that has an id; the other rows are phrases
 * of the topic before them.
 */
#include "taxonomy.h"

#include <lines.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"topic:int", "weight:number", "id:text",
                                      "name:text", "top:text",      "factor:number"};

struct compile *taxonomy_compiler(const tm_host *host) {
    struct compile *c = compile_new(host);
    if (c && compile_columns(c, columns, sizeof columns / sizeof columns[0]) < 0) {
        compile_free(c);
        return NULL;
    }
    return c;
}

static tm_str trim(tm_str s) {
    while (s.len && s.data[0] == ' ') {
        s.data++;
        s.len--;
    }
    while (s.len && s.data[s.len - 1] == ' ')
        s.len--;
    return s;
}

static int topic_row(struct compile *c, struct line_reader *r) {
    char why[160];
    tm_str id = trim((tm_str){r->field[0].data + 1, r->field[0].len - 1});
    if (id.len == 0 || r->n_fields < 2 || r->field[1].len == 0)
        return lines_fail(r, "a topic is: = ID, tab, name, and for a narrower one tab and the id of its top term");
    double factor = 1;
    if (r->n_fields > 3 && (lines_number(r, 3, &factor) < 0 || factor <= 0 || factor > 10))
        return lines_fail(r, "the factor of a topic stands between 0 and 10");
    tm_str fields[] = {TM_STR(""),
                       TM_STR(""),
                       id,
                       r->field[1],
                       r->n_fields > 2 && r->field[2].len ? r->field[2] : id,
                       r->n_fields > 3 ? r->field[3] : TM_STR("1")};
    return compile_row(c, TM_STR(""), fields, why, sizeof why) < 0 ? lines_fail(r, why) : 0;
}

static int phrase_rows(struct compile *c, struct line_reader *r, int number) {
    char topic[16], why[160];
    double weight;
    if (number < 0)
        return lines_fail(r, "words before the first topic (= ID, tab, name)");
    if (r->n_fields != 2)
        return lines_fail(r, "a weight is expected, then a tab and phrases parted by ;");
    if (lines_number(r, 0, &weight) < 0)
        return -1;
    if (weight < -100 || weight > 100 || weight == 0)
        return lines_fail(r, "a weight stands between -100 and 100 and is not 0");
    snprintf(topic, sizeof topic, "%d", number);
    tm_str rest = r->field[1];
    while (rest.len) {
        const char *semicolon = memchr(rest.data, ';', rest.len);
        tm_str phrase = {rest.data, semicolon ? (uint64_t)(semicolon - rest.data) : rest.len};
        rest = semicolon ? (tm_str){semicolon + 1, rest.len - phrase.len - 1} : (tm_str){rest.data + rest.len, 0};
        phrase = trim(phrase);
        if (phrase.len == 0)
            continue;
        tm_str fields[] = {{topic, strlen(topic)}, r->field[0], TM_STR(""), TM_STR(""), TM_STR(""), TM_STR("")};
        if (compile_row(c, phrase, fields, why, sizeof why) < 0)
            return lines_fail(r, why);
    }
    return 0;
}

int taxonomy_compile(struct compile *c, const char *file, tm_str text, char *error, uint64_t room) {
    struct line_reader r;
    int number = -1, more;
    lines_init(&r, file, text);
    while ((more = lines_next(&r)) > 0) {
        if (r.field[0].len && r.field[0].data[0] == '=') {
            number++;
            if (number >= (int)TOPICS_MOST)
                more = lines_fail(&r, "more than 4096 topics");
            else
                more = topic_row(c, &r);
        } else {
            more = phrase_rows(c, &r, number);
        }
        if (more < 0)
            break;
    }
    if (more == 0 && number < 0)
        more = lines_fail(&r, "no topic in the file (= ID, tab, name)");
    if (more < 0)
        snprintf(error, room, "%s", r.error);
    return more;
}

int taxonomy_open(struct taxonomy *t, tm_str bytes, uint32_t text_version, char *error, uint64_t room) {
    memset(t, 0, sizeof *t);
    if (table_open(&t->table, bytes, text_version, "topics.table", error, room) < 0)
        return -1;
    t->topic = table_ints(&t->table, "topic");
    t->weight = table_numbers(&t->table, "weight");
    const uint32_t *id = table_texts(&t->table, "id"), *name = table_texts(&t->table, "name");
    const uint32_t *top = table_texts(&t->table, "top");
    const float *factor = table_numbers(&t->table, "factor");
    if (!t->topic || !t->weight || !id || !name || !top || !factor) {
        snprintf(error, room, "topics.table: lacks a column; build textmill again to remake it (cmake --build)");
        return -1;
    }
    uint32_t room_topics = 0, *tops = NULL;
    for (uint32_t i = 0; i < t->table.n_rows; i++)
        room_topics += table_text(&t->table, id[i]).len > 0;
    t->topics = calloc(room_topics ? room_topics : 1, sizeof *t->topics);
    tops = calloc(room_topics ? room_topics : 1, sizeof *tops);
    if (!t->topics || !tops)
        goto no_memory;
    for (uint32_t i = 0; i < t->table.n_rows; i++) {
        tm_str text = table_text(&t->table, id[i]);
        if (text.len == 0)
            continue;
        t->topics[t->n_topics] = (struct topic){text, table_text(&t->table, name[i]), 0, factor[i]};
        tops[t->n_topics++] = top[i];
    }
    for (uint32_t i = 0; i < t->n_topics; i++) {
        tm_str want = table_text(&t->table, tops[i]);
        uint32_t k = 0;
        while (k < t->n_topics &&
               (t->topics[k].id.len != want.len || memcmp(t->topics[k].id.data, want.data, want.len)))
            k++;
        if (k == t->n_topics) {
            snprintf(error, room, "taxonomy: the topic \"%.*s\" stands under \"%.*s\", which is no topic",
                     (int)t->topics[i].id.len, t->topics[i].id.data, (int)want.len, want.data);
            goto fail;
        }
        t->topics[i].top = k;
    }
    for (uint32_t i = 0; i < t->n_topics; i++)
        if (t->topics[i].top != i)
            t->topics[i].factor *= t->topics[t->topics[i].top].factor;
    free(tops);
    tops = NULL;
    const struct phrase_view *p = &t->table.phrases;
    t->sayings = malloc(((size_t)p->n_values + 1) * sizeof *t->sayings);
    if (!t->sayings)
        goto no_memory;
    for (uint32_t i = 1; i < p->n_values; i += p->values[i] + 1) {
        t->sayings[i].count = p->values[i];
        for (uint32_t k = i + 1; k <= i + p->values[i]; k++) {
            uint32_t topic = (uint32_t)t->topic[p->values[k]];
            t->sayings[k].of.topic = (uint16_t)topic;
            t->sayings[k].of.top = (uint16_t)t->topics[topic].top;
            t->sayings[k].of.weight = t->weight[p->values[k]];
        }
    }
    return 0;
no_memory:
    snprintf(error, room, "no memory for a taxonomy");
fail:
    free(tops);
    free(t->topics);
    t->topics = NULL;
    return -1;
}

void taxonomy_close(struct taxonomy *t) {
    free(t->sayings);
    free(t->topics);
}
