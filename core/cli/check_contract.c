/* check_contract.c: every document by itself, then what the stage made of it is held against its descriptor and the
 * contract. A document's input lies in read-only pages with nothing behind them, so writing there and reading on crash
 * at once; the parent then tells how.
 */
#include "check_plugin.h"

#include "../json/memory.h"
#include "../json/scan.h"

#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CUT_FROM = 4, CUT_LEAST = 64, CUT_MOST = 1 << 20 };

static int is_named(const char *const *names, size_t n, const char *name, size_t len) {
    for (size_t i = 0; i < n; i++)
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return 1;
    return 0;
}

static int writes(const struct drive *d, const char *name, size_t len) {
    const struct instance_field *fields;
    size_t n = instance_fields(d->instance, &fields);
    for (size_t i = 0; i < n; i++)
        if (fields[i].writes && strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0)
            return 1;
    return 0;
}

/* A member of the input record, or NULL. */
static const struct json_member *find(const struct check_document *doc, const struct json_member *members, size_t n,
                                      const char *name, size_t len) {
    for (size_t i = 0; i < n; i++)
        if (members[i].key_len == len && memcmp(doc->bytes + members[i].key_start, name, len) == 0)
            return &members[i];
    return NULL;
}

/* Members of the output that are neither the input's nor the host's own nor declared. */
static void check_members(struct check *c, const struct drive *d, const struct drive_turn *t, uint32_t document) {
    static const char *const hosts[] = {"id",    "source", "title",  "text",    "removed",
                                        "edits", "dedup",  "errors", "skipped", "targets"};
    const struct check_document *doc = &c->documents.list[document];
    const char *record = t->record.data;
    struct json_member in[64], m;
    size_t n_in = 0, at = 1;
    struct json_error error;
    if (json_check_value(record, t->record.len, &error) != 0) {
        check_tell(c, "contract", document, "the record that comes out is no JSON: %s", error.message);
        return;
    }
    if (doc->is_record)
        json_scan_object(doc->bytes, doc->len, in, 64, &n_in, &error);
    while (json_next(record, t->record.len, &at, 1, &m)) {
        const char *name = record + m.key_start;
        if (is_named(hosts, sizeof hosts / sizeof hosts[0], name, m.key_len) || writes(d, name, m.key_len))
            continue;
        const struct json_member *before = find(doc, in, n_in < 64 ? n_in : 64, name, m.key_len);
        if (!before)
            check_tell(c, "fields", document, "writes the field '%.*s', which it does not declare as written",
                       (int)m.key_len, name);
        else if (before->value_len != m.value_len ||
                 memcmp(doc->bytes + before->value_start, record + m.value_start, m.value_len) != 0)
            check_tell(c, "fields", document, "changes the field '%.*s', which it does not declare as written",
                       (int)m.key_len, name);
    }
}

/* before: the text that the stage was given. */
static void check_text(struct check *c, const struct drive *d, const struct drive_turn *t, uint32_t document,
                       const struct buffer *before) {
    tm_str now = doc_text(t->doc);
    const char *why = drive_replay(t);
    if (!(d->plugin->flags & TM_EDITS) &&
        (now.len != before->len || (now.len && memcmp(now.data, before->data, now.len) != 0)))
        check_tell(c, "contract", document, "changes the text but does not say TM_EDITS");
    else if (why)
        check_tell(c, "contract", document, "%s", why);
    if (utf8_valid_prefix(now.data, now.len) != now.len)
        check_tell(c, "contract", document, "leaves a text that is no UTF-8");
}

static void check_turn(struct check *c, struct drive *d, struct drive_turn *t, uint32_t document) {
    struct buffer before = {0};
    tm_str text = doc_text(t->doc);
    off_t printed = lseek(c->out, 0, SEEK_END);
    buffer_add(&before, text.data, text.len);
    drive_turns(d, t, 1);
    if (t->fault)
        check_tell(c, "contract", document, "%s", t->fault);
    if (t->verdict == TM_BROKEN)
        check_tell(c, "broken", document, "says that it cannot go on (%.*s): a document alone must not stop a run",
                   (int)(t->message.len < 200 ? t->message.len : 200), t->message.data);
    if ((t->verdict == TM_FAIL || t->verdict == TM_DROP) && !t->code.len && !t->fault)
        check_tell(c, "contract", document, "%s a document and does not say why (host->reason)",
                   t->verdict == TM_FAIL ? "fails" : "drops");
    if (t->verdict == TM_PASS) {
        check_text(c, d, t, document, &before);
        check_members(c, d, t, document);
    }
    if (lseek(c->out, 0, SEEK_END) != printed)
        check_tell(c, "prints", document, "prints to the standard output, which is where the records go");
    buffer_deinit(&before);
}

/* Sets of spans as no good stage would leave them, but as the host takes them. */
static void add_spans(struct check *c, struct drive_turn *t) {
    const tm_host *h = host_get();
    static const struct doc_stage earlier = {.id = "earlier"};
    uint32_t len = (uint32_t)doc_text(t->doc).len;
    doc_stage_begin(t->doc, &earlier);
    for (size_t i = 0; i < c->n_fields; i++) {
        tm_spans *set = h->spans_new(t->doc, (tm_str){c->fields[i], strlen(c->fields[i])}, TM_SPANS_HIDDEN);
        uint32_t group = h->spans_group(set);
        h->spans_group(set); /* one without spans */
        h->spans_add(set, (tm_span){0, len}, TM_STR("PERSON"), group);
        h->spans_add(set, (tm_span){0, len}, TM_STR(""), TM_NONE);
        for (uint32_t k = 0; k + 9 < len && k < 300; k++)
            h->spans_add(set, (tm_span){k, k + 1 + k % 9}, k % 3 ? TM_STR("ORG") : TM_STR("no such type"), group);
        h->spans_add(set, (tm_span){len - 1, len}, TM_STR("GPE"), h->spans_group(set));
    }
    (void)doc_stage_end(t->doc);
}

enum { PLAIN, CUT_BEFORE, WITH_SPANS };

static void give(struct check *c, struct drive *d, uint32_t document, int how) {
    static const char *const rounds[] = {NULL, "behind a stage that cut", "with sets of spans that overlap"};
    struct drive_turn t;
    check_place(c, rounds[how], document);
    if (!check_take(c, d, &t, document)) {
        drive_free_turn(&t);
        return;
    }
    if (how == CUT_BEFORE) {
        tm_str text = doc_text(t.doc);
        uint32_t from = CUT_FROM, to = CUT_FROM + 9;
        while (from < text.len && (text.data[from] & 0xc0) == 0x80)
            from++;
        while (to < text.len && (text.data[to] & 0xc0) == 0x80)
            to++;
        drive_cut(&t, from, to);
    } else if (how == WITH_SPANS) {
        add_spans(c, &t);
    }
    check_turn(c, d, &t, document);
    drive_free_turn(&t);
}

/* What belongs to the whole process, and is no plugin's to change. */
struct world {
    char locale[200], folder[4096];
    mode_t mask;
    int rounding, variables;
    struct sigaction actions[32];
};

extern char **environ;

static void look_at_world(struct world *w) {
    *w = (struct world){.rounding = fegetround()};
    snprintf(w->locale, sizeof w->locale, "%s", setlocale(LC_ALL, NULL));
    if (!getcwd(w->folder, sizeof w->folder))
        w->folder[0] = '\0';
    w->mask = umask(0);
    umask(w->mask);
    for (char **v = environ; v && *v; v++)
        w->variables++;
    for (int s = 1; s < 32; s++)
        sigaction(s, NULL, &w->actions[s]);
}

static void compare_worlds(struct check *c, const struct world *a, const struct world *b) {
    const char *what = strcmp(a->locale, b->locale) != 0   ? "the locale"
                       : strcmp(a->folder, b->folder) != 0 ? "the working folder"
                       : a->mask != b->mask                ? "the umask"
                       : a->rounding != b->rounding        ? "how numbers are rounded"
                       : a->variables != b->variables      ? "the environment"
                                                           : NULL;
    for (int s = 1; s < 32 && !what; s++)
        if (a->actions[s].sa_handler != b->actions[s].sa_handler)
            what = "how a signal is handled";
    if (what)
        check_tell(c, "contract", CHECK_NO_DOCUMENT, "it changes %s, which is the whole process's", what);
}

void check_contract(struct check *c, uint32_t first) {
    struct drive d;
    struct world before, after;
    look_at_world(&before);
    if (check_open(c, &d, NULL) != 0)
        return;
    for (uint32_t i = first; i < c->documents.count; i++) {
        const struct check_document *doc = &c->documents.list[i];
        if (doc->is_bad)
            continue;
        give(c, &d, i, PLAIN);
        if (!doc->is_record && doc->len >= CUT_LEAST && doc->len <= CUT_MOST)
            give(c, &d, i, CUT_BEFORE);
        if (i == 0 && c->n_fields)
            give(c, &d, i, WITH_SPANS);
    }
    check_place(c, "after the last document", CHECK_NO_DOCUMENT);
    struct drive_turn end;
    drive_flush(&d, &end);
    if (end.fault)
        check_tell(c, "contract", CHECK_NO_DOCUMENT, "in flush %s", end.fault);
    drive_free_turn(&end);
    drive_close(&d);
    look_at_world(&after);
    compare_worlds(c, &before, &after);
}
