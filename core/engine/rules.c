/* rules.c: what each rule of each stage did: in how many documents it cut, how often and how much, and how long it
 * took. Counted only where the caller asks: cuts from the edits that the documents bear when they are written, times as
 * the stages tell them. A worker counts for itself, and the counts are added up at the end.
 */
#include "rules.h"

#include "../doc/look.h"
#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>

/* A rule's name without what a stage tells behind it of why it held. */
static tm_str name_of(tm_str rule) {
    const char *end = rule.len ? memchr(rule.data, ':', rule.len) : NULL;
    return (tm_str){rule.data, end ? (size_t)(end - rule.data) : rule.len};
}

static size_t slot_of(const struct rule_counts *c, const char *stage, tm_str name) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *s = stage; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 0x100000001b3u;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.data[i]) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32) & (c->room - 1);
}

static int is_of(const struct rule_report *r, const char *stage, tm_str name) {
    return strcmp(r->stage, stage) == 0 && strlen(r->rule) == name.len && memcmp(r->rule, name.data, name.len) == 0;
}

static struct rule_report *place(struct rule_counts *c, const char *stage, tm_str name) {
    size_t at = slot_of(c, stage, name);
    while (c->table[at].stage && !is_of(&c->table[at], stage, name))
        at = (at + 1) & (c->room - 1);
    return &c->table[at];
}

static struct rule_report *find_or_add(struct rule_counts *c, const char *stage, tm_str name) {
    if (c->n * 2 >= c->room) {
        struct rule_counts old = *c;
        c->room = c->room ? c->room * 2 : 64;
        c->table = memory_zalloc(c->room, sizeof *c->table);
        for (size_t i = 0; i < old.room; i++)
            if (old.table[i].stage)
                *place(c, old.table[i].stage, (tm_str){old.table[i].rule, strlen(old.table[i].rule)}) = old.table[i];
        free(old.table);
    }
    struct rule_report *r = place(c, stage, name);
    if (!r->stage) {
        char *rule = memory_alloc(name.len + 1);
        if (name.len)
            memcpy(rule, name.data, name.len);
        rule[name.len] = '\0';
        *r = (struct rule_report){.stage = stage, .rule = rule};
        c->n++;
    }
    return r;
}

void rules_count(struct rule_counts *c, const tm_doc *doc) {
    c->turn++;
    uint32_t n = look_edits(doc);
    for (uint32_t i = 0; i < n; i++) {
        struct look_edit e;
        look_edit(doc, i, &e);
        if (!e.stage)
            continue;
        struct rule_report *r = find_or_add(c, e.stage, name_of(e.rule.len ? e.rule : e.kind));
        r->documents += r->turn != c->turn;
        r->turn = c->turn;
        r->edits++;
        r->bytes += e.original.end - e.original.start;
    }
}

void rules_time(void *counts, const char *stage, tm_str rule, uint64_t ns) {
    find_or_add(counts, stage, name_of(rule))->nanoseconds += ns;
}

void rules_add(struct rule_counts *to, const struct rule_counts *from) {
    for (size_t i = 0; i < from->room; i++) {
        const struct rule_report *f = &from->table[i];
        if (!f->stage)
            continue;
        struct rule_report *t = find_or_add(to, f->stage, (tm_str){f->rule, strlen(f->rule)});
        t->documents += f->documents;
        t->edits += f->edits;
        t->bytes += f->bytes;
        t->nanoseconds += f->nanoseconds;
    }
}

static int by_time(const void *a, const void *b) {
    const struct rule_report *x = a, *y = b;
    if (x->nanoseconds != y->nanoseconds)
        return x->nanoseconds > y->nanoseconds ? -1 : 1;
    if (x->edits != y->edits)
        return x->edits > y->edits ? -1 : 1;
    int order = strcmp(x->stage, y->stage);
    return order ? order : strcmp(x->rule, y->rule);
}

struct rule_report *rules_list(struct rule_counts *c, size_t *out_n) {
    struct rule_report *list = memory_zalloc(c->n + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < c->room; i++)
        if (c->table[i].stage)
            list[n++] = c->table[i];
    qsort(list, n, sizeof *list, by_time);
    free(c->table);
    *c = (struct rule_counts){0};
    *out_n = n;
    return list;
}

void rules_free(struct rule_counts *c) {
    for (size_t i = 0; i < c->room; i++)
        free((char *)c->table[i].rule);
    free(c->table);
    *c = (struct rule_counts){0};
}
