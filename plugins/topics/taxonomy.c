/* taxonomy.c: reads and opens taxonomies. A topic is a row without a phrase that has an id; the other rows are phrases
 * of the topic before them.
 */
#include "taxonomy.h"

#include <json_write.h>
#include <lines.h>

#include <math.h>
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

int taxonomy_compile(struct compile *c, const char *file, tm_str text, uint32_t *topics, char *error, uint64_t room) {
    struct line_reader r;
    uint32_t before = *topics;
    int more;
    lines_init(&r, file, text);
    while ((more = lines_next(&r)) > 0) {
        int is_topic = r.field[0].len && r.field[0].data[0] == '=';
        if (is_topic && *topics == TOPICS_MOST)
            more = lines_fail(&r, "more than 4096 topics");
        else if (is_topic)
            more = topic_row(c, &r);
        else
            more = phrase_rows(c, &r, *topics > before ? (int)*topics - 1 : -1);
        if (more < 0)
            break;
        *topics += (uint32_t)is_topic;
    }
    if (more == 0 && *topics == before)
        more = lines_fail(&r, "no topic in the file (= ID, tab, name)");
    if (more < 0)
        snprintf(error, room, "%s", r.error);
    return more;
}

static int same(tm_str a, tm_str b) {
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* Each topic's top term; most stand right behind those that have the same. */
static int find_tops(struct taxonomy *t, const tm_str *want, char *error, uint64_t room) {
    uint32_t before = 0;
    for (uint32_t i = 0; i < t->n_topics; i++) {
        uint32_t k = i;
        if (!same(t->topics[i].id, want[i]))
            k = before;
        if (!same(t->topics[k].id, want[i]))
            for (k = 0; k < t->n_topics && !same(t->topics[k].id, want[i]); k++)
                ;
        if (k == t->n_topics) {
            snprintf(error, room, "taxonomy: the topic \"%.*s\" stands under \"%.*s\", which is no topic",
                     (int)t->topics[i].id.len, t->topics[i].id.data, (int)want[i].len, want[i].data);
            return -1;
        }
        before = t->topics[i].top = k;
        if (k == i)
            t->tops[t->n_tops++] = i;
    }
    for (uint32_t i = 0; i < t->n_topics; i++)
        if (t->topics[i].top != i)
            t->topics[i].factor *= t->topics[t->topics[i].top].factor;
    return 0;
}

static int write_json(struct taxonomy *t) {
    static const char form[] = "{\"id\":\"%.*s\",\"name\":\"%.*s\",\"top\":\"%.*s\",\"score\":";
    size_t room = 1;
    for (uint32_t i = 0; i < t->n_topics; i++)
        room += sizeof form + t->topics[i].id.len + t->topics[i].name.len + t->topics[t->topics[i].top].id.len;
    char *at = t->json = malloc(room);
    for (uint32_t i = 0; at && i < t->n_topics; i++) {
        struct topic *one = &t->topics[i];
        tm_str top = t->topics[one->top].id;
        if (!kit_json_is_plain(one->id) || !kit_json_is_plain(one->name) || !kit_json_is_plain(top))
            continue;
        int len = snprintf(at, room - (size_t)(at - t->json), form, (int)one->id.len, one->id.data, (int)one->name.len,
                           one->name.data, (int)top.len, top.data);
        one->json = (tm_str){at, (uint64_t)len};
        at += len;
    }
    return t->json ? 0 : -1;
}

/* The topics, from the rows without a phrase. */
static int read_topics(struct taxonomy *t, const uint32_t *id, char *error, uint64_t room) {
    const uint32_t *name = table_texts(&t->table, "name"), *top = table_texts(&t->table, "top");
    const float *factor = table_numbers(&t->table, "factor");
    if (!id || !name || !top || !factor) {
        snprintf(error, room, "topics.table: lacks a column; build textmill again to remake it (cmake --build)");
        return -1;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->table.n_rows; i++)
        n += table_text(&t->table, id[i]).len > 0;
    t->topics = calloc((size_t)n + 1, sizeof *t->topics);
    t->tops = calloc((size_t)n + 1, sizeof *t->tops);
    tm_str *want = calloc((size_t)n + 1, sizeof *want);
    int status = -1;
    if (t->topics && t->tops && want) {
        for (uint32_t i = 0; i < t->table.n_rows; i++) {
            tm_str text = table_text(&t->table, id[i]);
            if (text.len == 0)
                continue;
            t->topics[t->n_topics] =
                (struct topic){.id = text, .name = table_text(&t->table, name[i]), .factor = factor[i]};
            want[t->n_topics++] = table_text(&t->table, top[i]);
        }
        status = find_tops(t, want, error, room);
        if (status == 0 && write_json(t) != 0) {
            snprintf(error, room, "no memory for a taxonomy");
            status = -1;
        }
    } else {
        snprintf(error, room, "no memory for a taxonomy");
    }
    free(want);
    return status;
}

/* Adds what one phrase says: to each topic that it stands in, and to each top term the most of what it says to that
 * and to its narrower ones. */
static uint32_t add_phrase(struct taxonomy *t, const uint32_t *rows, uint32_t count, uint32_t n) {
    const int32_t *topic_of = table_ints(&t->table, "topic");
    const float *weight_of = table_numbers(&t->table, "weight");
    for (uint32_t k = 0; k < count; k++) {
        uint32_t topic = (uint32_t)topic_of[rows[k]], top = t->topics[topic].top;
        float most = weight_of[rows[k]];
        int is_first = 1;
        if (topic != top)
            t->additions[n++] = (struct addition){topic, most * t->topics[topic].factor};
        for (uint32_t j = 0; j < count; j++) {
            if (t->topics[topic_of[rows[j]]].top != top)
                continue;
            is_first = is_first && j >= k;
            most = weight_of[rows[j]] > most ? weight_of[rows[j]] : most;
        }
        if (is_first)
            t->additions[n++] = (struct addition){top, most * t->topics[top].factor};
    }
    return n;
}

int taxonomy_open(struct taxonomy *t, tm_str bytes, uint32_t text_version, char *error, uint64_t room) {
    memset(t, 0, sizeof *t);
    if (table_open(&t->table, bytes, text_version, "topics.table", error, room) < 0)
        return -1;
    const int32_t *topic_of = table_ints(&t->table, "topic");
    const uint32_t *id = topic_of && table_numbers(&t->table, "weight") ? table_texts(&t->table, "id") : NULL;
    if (read_topics(t, id, error, room) < 0)
        goto fail;
    const struct phrase_view *p = &t->table.phrases;
    t->n_phrases = p->n_values / 2 + 1;
    t->first = calloc((size_t)t->n_phrases + 1, sizeof *t->first);
    t->additions = malloc(((size_t)p->n_values * 2 + 1) * sizeof *t->additions);
    if (!t->first || !t->additions) {
        snprintf(error, room, "no memory for a taxonomy");
        goto fail;
    }
    uint32_t n = 0, phrase = 0;
    for (uint32_t i = 1; i < p->n_values; i += p->values[i] + 1) {
        while (phrase <= i / 2)
            t->first[phrase++] = n;
        n = add_phrase(t, &p->values[i + 1], p->values[i], n);
        if (n % TAXONOMY_TOGETHER)
            t->additions[n++] = (struct addition){t->n_topics, 0};
    }
    while (phrase <= t->n_phrases)
        t->first[phrase++] = n;
    for (uint32_t i = 0; i < TAXONOMY_WORTHS; i++)
        t->worth[i] = i <= 1 ? 1 : 1 + logf((float)i);
    return 0;
fail:
    taxonomy_close(t);
    return -1;
}

void taxonomy_close(struct taxonomy *t) {
    free(t->additions);
    free(t->first);
    free(t->topics);
    free(t->tops);
    free(t->json);
    t->json = NULL;
    t->additions = NULL;
    t->first = NULL;
    t->topics = NULL;
    t->tops = NULL;
}
