/* explain_trace.c: sends the document through its stages and notes behind each what it did; afterwards puts edits and
 * marks into the order of the text.
 */
#include "explain.h"

#include "../doc/host_doc.h"

#include <stdlib.h>
#include <string.h>

/* What was there before the stage. */
struct seen_field {
    tm_str name;
    tm_value value;
};

struct seen_set {
    tm_str name;
    tm_str written;
};

struct tracer {
    struct explain *x;
    struct seen_field *fields;
    uint32_t n_fields;
    struct seen_set *sets;
    uint32_t n_sets;
    uint32_t n_edits;
};

static int same_value(const tm_value *a, const tm_value *b) {
    if (a->type != b->type)
        return 0;
    if (a->type == TM_V_TEXT || a->type == TM_V_RAW)
        return explain_same(a->text, b->text);
    return a->integer == b->integer && !(a->number < b->number) && !(a->number > b->number);
}

/* Fields that are new or have another value. */
static void note_fields(struct tracer *t, tm_doc *doc, struct explain_stage *s) {
    uint32_t n = look_fields(doc);
    struct seen_field *now = arena_alloc(t->x->arena, (n + 1) * sizeof *now);
    s->fields = arena_alloc(t->x->arena, (n + 1) * sizeof *s->fields);
    for (uint32_t i = 0; i < n; i++) {
        now[i].name = look_field(doc, i, &now[i].value);
        if (i < t->n_fields && explain_same(now[i].name, t->fields[i].name) &&
            same_value(&now[i].value, &t->fields[i].value))
            continue;
        s->fields[s->n_fields++] = (struct explain_field){now[i].name, now[i].value};
    }
    t->fields = now;
    t->n_fields = n;
}

/* Span sets that are new; or changed, where no edit can have been what changed them. */
static void note_sets(struct tracer *t, tm_doc *doc, struct explain_stage *s, int has_edits) {
    uint32_t n = look_sets(doc), kept = 0;
    struct seen_set *now = arena_alloc(t->x->arena, (n + 1) * sizeof *now);
    s->sets = arena_alloc(t->x->arena, (n + 1) * sizeof *s->sets);
    for (uint32_t i = 0; i < n; i++) {
        tm_spans *set = look_set(doc, i);
        tm_span_columns columns;
        struct buffer written = {0};
        if (!set)
            continue;
        look_set_columns(set, &columns);
        look_set_write(set, &written);
        struct seen_set *seen = &now[kept++];
        seen->name = look_set_name(set);
        seen->written = (tm_str){arena_copy(t->x->arena, written.data, written.len), written.len};
        buffer_deinit(&written);
        uint32_t old = 0;
        while (old < t->n_sets && !explain_same(t->sets[old].name, seen->name))
            old++;
        int is_new = old == t->n_sets;
        if (!is_new && (has_edits || explain_same(t->sets[old].written, seen->written)))
            continue;
        s->sets[s->n_sets++] = (struct explain_set){seen->name, columns.count, columns.n_groups, is_new};
    }
    t->sets = now;
    t->n_sets = kept;
}

static void on_turn(void *context, tm_doc *doc, const struct single_turn *turn) {
    struct tracer *t = context;
    struct explain_stage *s = &t->x->stages[turn->stage];
    uint32_t n = look_edits(doc), first = t->n_edits;
    s->is_reached = 1;
    s->turn = *turn;
    s->bytes = doc_text(doc).len;
    for (uint32_t i = first; i < n; i++) {
        struct look_edit e;
        look_edit(doc, i, &e);
        if (e.is_cut)
            s->cuts++;
        else
            s->replacements++;
    }
    t->n_edits = n;
    note_fields(t, doc, s);
    note_sets(t, doc, s, n > first);
}

/* --- afterwards --- */

static unsigned colour_of(struct explain *x, tm_str kind) {
    static const char *const known[EXPLAIN_KNOWN] = {
        "boilerplate", "caption_credit", "citation",        "tag_list",         "related_links",
        "timestamp",   "byline",         "duplicate_title", "duplicate_bullet", "duplicate_paragraph"};
    for (unsigned i = 0; i < EXPLAIN_KNOWN; i++)
        if (strlen(known[i]) == kind.len && memcmp(known[i], kind.data, kind.len) == 0)
            return i;
    unsigned others = 0;
    for (size_t i = 0; i < x->n_kinds; i++)
        others += x->kinds[i].colour >= EXPLAIN_KNOWN;
    return EXPLAIN_KNOWN + others % (EXPLAIN_COLOURS - EXPLAIN_KNOWN);
}

static struct explain_kind *kind_of(struct explain *x, tm_str name) {
    for (size_t i = 0; i < x->n_kinds; i++)
        if (explain_same(x->kinds[i].name, name))
            return &x->kinds[i];
    if ((x->n_kinds & (x->n_kinds - 1)) == 0) { /* the room doubles at powers of two */
        struct explain_kind *more = arena_alloc(x->arena, (x->n_kinds * 2 + 1) * sizeof *more);
        if (x->n_kinds)
            memcpy(more, x->kinds, x->n_kinds * sizeof *more);
        x->kinds = more;
    }
    struct explain_kind *k = &x->kinds[x->n_kinds];
    *k = (struct explain_kind){.name = name, .colour = colour_of(x, name)};
    x->n_kinds++;
    return k;
}

/* A later edit that covers an earlier one whole stands around it. */
static int by_place(const void *left, const void *right) {
    const struct explain_edit *a = left, *b = right;
    if (a->look.original.start != b->look.original.start)
        return a->look.original.start < b->look.original.start ? -1 : 1;
    if (a->look.original.end != b->look.original.end)
        return a->look.original.end > b->look.original.end ? -1 : 1;
    return a->order > b->order ? -1 : a->order < b->order;
}

static size_t stage_called(const struct explain *x, const char *id) {
    size_t i = 0;
    while (i < x->pipeline->n_stages && strcmp(x->pipeline->stages[i].doc.id, id) != 0)
        i++;
    return i < x->pipeline->n_stages ? i : 0;
}

static void gather_edits(struct explain *x) {
    uint32_t n = look_edits(x->doc);
    x->edits = arena_zalloc(x->arena, (n + 1) * sizeof *x->edits);
    x->cuts = arena_zalloc(x->arena, (n + 1) * sizeof(struct explain_edit *));
    for (uint32_t i = 0; i < n; i++) {
        struct explain_edit *e = &x->edits[x->n_edits];
        look_edit(x->doc, i, &e->look);
        if (e->look.original.start == e->look.original.end && !e->look.text.len)
            continue; /* what was inserted and is gone again */
        e->order = i;
        e->stage = stage_called(x, e->look.stage);
        x->n_edits++;
    }
    qsort(x->edits, x->n_edits, sizeof *x->edits, by_place);
    for (size_t i = 0; i < x->n_edits; i++) {
        struct explain_edit *e = &x->edits[i];
        if (!e->look.is_cut) {
            x->n_replacements++;
            continue;
        }
        struct explain_kind *k = kind_of(x, e->look.kind);
        k->cuts++;
        e->colour = k->colour;
        x->cuts[x->n_cuts++] = e;
        e->number = x->n_cuts;
    }
}

static int by_text(const void *left, const void *right) {
    const struct explain_mark *a = left, *b = right;
    if (a->now.start != b->now.start)
        return a->now.start < b->now.start ? -1 : 1;
    return a->now.end > b->now.end ? -1 : a->now.end < b->now.end;
}

static void gather_marks(struct explain *x) {
    size_t room = 0, n = 0, kept = 0;
    tm_span_columns columns;
    for (uint32_t i = 0; i < look_sets(x->doc); i++) {
        tm_spans *set = look_set(x->doc, i);
        if (!set)
            continue;
        look_set_columns(set, &columns);
        room += columns.count;
    }
    x->marks = arena_zalloc(x->arena, (room + 1) * sizeof *x->marks);
    for (uint32_t i = 0; i < look_sets(x->doc); i++) {
        tm_spans *set = look_set(x->doc, i);
        if (!set)
            continue;
        look_set_columns(set, &columns);
        for (uint32_t j = 0; j < columns.count && n < room; j++) {
            struct explain_mark *m = &x->marks[n++];
            m->now = (tm_span){columns.start[j], columns.end[j]};
            m->set = look_set_name(set);
            m->type = look_set_type(set, &columns, j);
            if (columns.group[j] != TM_NONE)
                m->name = look_group_text(set, columns.group[j], TM_STR("name"));
        }
    }
    qsort(x->marks, n, sizeof *x->marks, by_text);
    for (size_t i = 0; i < n; i++) {
        struct explain_mark m = x->marks[i];
        m.original = look_original(x->doc, m.now);
        if (m.now.end <= m.now.start ||
            (kept && (x->marks[kept - 1].now.end > m.now.start || x->marks[kept - 1].original.end > m.original.start)))
            continue;
        x->marks[kept++] = m;
    }
    x->n_marks = kept;
}

static void gather_tones(struct explain *x, const tm_value *sentences) {
    tm_cursor cursor;
    tm_value v, part;
    size_t n = 0;
    if (host_doc_value_cursor(x->doc, sentences, &cursor) != TM_OK || cursor.is_object)
        return;
    while (host_doc_next(&cursor, NULL, &v))
        n++;
    x->tones = arena_zalloc(x->arena, (n + 1) * sizeof *x->tones);
    host_doc_value_cursor(x->doc, sentences, &cursor);
    while (host_doc_next(&cursor, NULL, &v)) {
        struct explain_tone *tone = &x->tones[x->n_tones];
        int64_t start = explain_member(x->doc, &v, "start", &part) == TM_V_INT ? part.integer : -1;
        int64_t end = explain_member(x->doc, &v, "end", &part) == TM_V_INT ? part.integer : -1;
        if (start < 0 || end <= start || (uint64_t)end > x->text.len)
            continue;
        tone->now = (tm_span){(uint32_t)start, (uint32_t)end};
        uint32_t type = explain_member(x->doc, &v, "score", &part);
        tone->score = type == TM_V_INT ? (double)part.integer : type == TM_V_NUMBER ? part.number : 0;
        if (explain_member(x->doc, &v, "label", &part) == TM_V_TEXT)
            tone->label = part.text;
        x->n_tones++;
    }
}

static void gather_lines(struct explain *x) {
    size_t n = x->original.len > 0;
    for (size_t i = 0; i + 1 < x->original.len; i++)
        n += x->original.data[i] == '\n';
    x->lines = arena_alloc(x->arena, (n + 1) * sizeof *x->lines);
    if (x->original.len)
        x->lines[x->n_lines++] = 0;
    for (size_t i = 0; i + 1 < x->original.len; i++)
        if (x->original.data[i] == '\n')
            x->lines[x->n_lines++] = (uint32_t)i + 1;
}

int explain_trace(struct explain *x, struct arena *arena, uint64_t timeout_ns, struct buffer *why) {
    struct tracer t = {.x = x};
    size_t stage = 0;
    x->arena = arena;
    x->stages = arena_zalloc(arena, (x->pipeline->n_stages + 1) * sizeof *x->stages);
    for (size_t i = 0; i < x->pipeline->n_stages; i++)
        x->stages[i].stage = &x->pipeline->stages[i];
    x->original = doc_original(x->doc);
    int end = single_run(x->pipeline, x->doc, timeout_ns, on_turn, &t, &stage);
    if (end < 0) {
        buffer_addf(why, "stage %s could not open its state for a worker", x->pipeline->stages[stage].doc.id);
        return -1;
    }
    x->end = (enum single_event)end;
    x->id = doc_id(x->doc);
    x->text = doc_text(x->doc);
    gather_lines(x);
    gather_edits(x);
    gather_marks(x);
    for (uint32_t i = 0; i < look_fields(x->doc) && !x->n_tones; i++) {
        tm_value value, sentences;
        look_field(x->doc, i, &value);
        if (explain_member(x->doc, &value, "sentences", &sentences) == TM_V_RAW)
            gather_tones(x, &sentences);
    }
    return 0;
}
