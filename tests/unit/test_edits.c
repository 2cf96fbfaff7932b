/* Edits by chance, stage after stage: what the record says must give the text again, the map must be exact, and span
 * sets must be where slow arithmetic says. The seed is fixed; TEXTMILL_ROUNDS makes it longer. */
#include "doc_kit.h"

#include "doc/edits.h"
#include "doc/replay.h"
#include "json/scan.h"

enum { MOST_TEXT = 4000, MOST_SPANS = 12 };

static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint32_t below(uint32_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return n ? (uint32_t)(seed >> 33) % n : 0;
}

static size_t random_text(char *out, size_t most) {
    size_t n = 0;
    while (n + 4 < most) {
        uint32_t kind = below(12);
        n += utf8_put(kind < 8     ? 'a' + below(26)
                      : kind == 8  ? '\n'
                      : kind == 9  ? 0xe9 + below(9)
                      : kind == 10 ? 0x4e00 + below(99)
                                   : 0x1f600 + below(50),
                      out + n);
    }
    return n;
}

/* --- the slow truth --- */

struct model {
    char text[MOST_TEXT];
    int32_t origin[MOST_TEXT]; /* byte of the original that this one is; -1: put there by an edit */
    uint32_t len;
    int touched_replaced; /* an edit has touched what an edit had put there */
};

struct own_edit {
    uint32_t start, end, order;
    int is_cut, is_inner;
    char text[24];
};

static struct model model;
static struct own_edit own[64];
static uint32_t n_own;

static int contract_allows(const struct own_edit *e) {
    for (uint32_t i = 0; i < n_own; i++) {
        const struct own_edit *o = own + i;
        if (o->start == o->end || e->start == e->end) {
            const struct own_edit *point = o->start == o->end ? o : e, *other = point == o ? e : o;
            if (other->start < point->start && point->start < other->end)
                return 0;
            continue;
        }
        if (o->end <= e->start || e->end <= o->start)
            continue;
        int inside = (o->start <= e->start && e->end <= o->end) || (e->start <= o->start && o->end <= e->end);
        if (!inside || !o->is_cut || !e->is_cut)
            return 0;
    }
    return 1;
}

static int by_place(const void *a, const void *b) {
    const struct own_edit *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    int p = x->start == x->end, q = y->start == y->end;
    if (p != q)
        return p ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* For each old byte where it, or what stands for it, is in the new text. */
static uint32_t new_start[MOST_TEXT], new_end[MOST_TEXT];

static void model_apply(void) {
    static struct model next;
    qsort(own, n_own, sizeof *own, by_place);
    next.len = 0;
    uint32_t at = 0;
    next.touched_replaced = model.touched_replaced;
    for (uint32_t i = 0; i <= n_own; i++) {
        uint32_t start = i < n_own ? own[i].start : model.len;
        if (i < n_own && start < at) {
            own[i].is_inner = 1;
            continue;
        }
        for (; at < start; at++) {
            new_start[at] = next.len;
            next.text[next.len] = model.text[at];
            next.origin[next.len++] = model.origin[at];
            new_end[at] = next.len;
        }
        if (i == n_own)
            break;
        uint32_t from = next.len;
        for (const char *c = own[i].text; *c; c++) {
            next.text[next.len] = *c;
            next.origin[next.len++] = -1;
        }
        for (; at < own[i].end; at++) {
            next.touched_replaced |= model.origin[at] < 0;
            new_start[at] = from;
            new_end[at] = next.len;
        }
    }
    model = next;
}

/* --- what must hold --- */

static tm_doc *doc;
static struct buffer replayed, why;

static void replays(int cuts_only) {
    tm_value value = {0};
    const char *fields[] = {"edits", "removed"};
    for (int i = 0; i < (cuts_only ? 2 : 1); i++) {
        kit_out.len = replayed.len = why.len = 0;
        doc_write_fields(doc, fields + i, 1, &kit_out);
        size_t at = 1;
        struct json_member m;
        CHECK_INT(json_check_value(kit_out.data, kit_out.len, NULL), 0);
        CHECK_INT(json_next(kit_out.data, kit_out.len, &at, 1, &m), 1);
        struct replay_edit *edits;
        size_t n;
        int result = replay_read((tm_str){kit_out.data + m.value_start, m.value_len}, kit_arena, &edits, &n, &why);
        CHECK_INT(result, 0);
        result = replay_edits(doc_original(doc), edits, n, &replayed, &why);
        if (result != 0)
            fprintf(stderr, "%.*s\n%.*s\n", (int)why.len, why.data, (int)kit_out.len, kit_out.data);
        CHECK_INT(result, 0);
        if (replayed.len != doc_text(doc).len || memcmp(replayed.data, doc_text(doc).data, replayed.len) != 0)
            fprintf(stderr, "original %.*s\ntext     %.*s\nreplayed %.*s\n%.*s\n", (int)doc_original(doc).len,
                    doc_original(doc).data, (int)doc_text(doc).len, doc_text(doc).data, (int)replayed.len,
                    replayed.data, (int)kit_out.len, kit_out.data);
        CHECK_INT(replayed.len, doc_text(doc).len);
        CHECK(replayed.len == 0 || memcmp(replayed.data, doc_text(doc).data, replayed.len) == 0);
    }
    (void)value;
}

/* Spans of removed lie apart or one in the other. */
static void removed_is_laminar(void) {
    const char *field = "removed";
    kit_out.len = why.len = 0;
    doc_write_fields(doc, &field, 1, &kit_out);
    size_t at = 1, n;
    struct json_member m;
    struct replay_edit *e;
    CHECK_INT(json_next(kit_out.data, kit_out.len, &at, 1, &m), 1);
    CHECK_INT(replay_read((tm_str){kit_out.data + m.value_start, m.value_len}, kit_arena, &e, &n, &why), 0);
    CHECK_INT(n, doc_cuts(doc));
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            CHECK(e[i].start <= e[j].start);
            CHECK(e[j].start >= e[i].end || e[j].end <= e[i].end);
        }
}

static void map_is_exact(void) {
    tm_str text = doc_text(doc), original = doc_original(doc);
    static tm_span was[MOST_TEXT];
    static uint8_t stays[MOST_TEXT];
    memset(stays, 0, sizeof stays);
    CHECK_INT(text.len, model.len);
    CHECK(memcmp(text.data, model.text, model.len) == 0);
    for (uint32_t i = 0; i < TM_PAD; i++)
        CHECK(text.data[text.len + i] == 0);
    for (uint32_t i = 0; i < model.len; i++)
        if (model.origin[i] >= 0)
            stays[model.origin[i]] = 1;
    for (uint32_t i = 0; i < model.len; i++) {
        was[i] = host_doc_to_original(doc, (tm_span){i, i + 1});
        CHECK(was[i].start <= was[i].end && was[i].end <= original.len);
        if (i)
            CHECK(was[i - 1].start <= was[i].start && was[i - 1].end <= was[i].end);
        if (model.origin[i] >= 0) {
            CHECK_INT(was[i].start, model.origin[i]);
            CHECK_INT(was[i].end, model.origin[i] + 1);
            tm_span now = host_doc_from_original(doc, was[i]);
            CHECK(now.start == i && now.end == i + 1);
        } else {
            for (uint32_t o = was[i].start; o < was[i].end; o++)
                CHECK(!stays[o]);
        }
    }
    for (uint32_t o = 0; o < original.len; o++) {
        if (stays[o])
            continue;
        tm_span now = host_doc_from_original(doc, (tm_span){o, o + 1});
        CHECK(now.start <= now.end && now.end <= text.len);
        CHECK(now.start == 0 || was[now.start - 1].end <= o || was[now.start - 1].start < o);
        CHECK(now.start == 0 || was[now.start - 1].end <= o);
        CHECK(now.end == text.len || was[now.end].start > o);
        for (uint32_t i = now.start; i < now.end; i++)
            CHECK(was[i].start <= o && o < was[i].end);
    }
    for (int i = 0; i < 20 && text.len; i++) {
        uint32_t a = below((uint32_t)text.len), b = a + 1 + below((uint32_t)text.len - a);
        tm_span span = host_doc_to_original(doc, (tm_span){a, b});
        CHECK(span.start == was[a].start && span.end == was[b - 1].end);
        span = host_doc_to_original(doc, (tm_span){a, a});
        CHECK(span.start <= span.end && span.end <= original.len);
        CHECK(a == 0 || span.end >= was[a - 1].start);
        CHECK(span.start <= was[a].end);
    }
    for (int i = 0; i < 20 && original.len; i++) {
        uint32_t a = below((uint32_t)original.len), b = a + 1 + below((uint32_t)original.len - a);
        tm_span span = host_doc_from_original(doc, (tm_span){a, b});
        CHECK_INT(span.start, host_doc_from_original(doc, (tm_span){a, a + 1}).start);
        CHECK_INT(span.end, host_doc_from_original(doc, (tm_span){b - 1, b}).end);
    }
    CHECK(host_doc_to_original(doc, (tm_span){7, 5}).start <= original.len);
    CHECK(host_doc_from_original(doc, (tm_span){4000000000u, 4000000001u}).end <= text.len);
}

/* --- span sets --- */

static struct { uint32_t start, end, group, number; } truth[400];
static uint32_t n_truth, n_numbers;

static void add_spans(tm_spans *set) {
    uint32_t len = model.len, n = below(MOST_SPANS);
    uint32_t groups[3] = {host_doc_spans_group(set), host_doc_spans_group(set), TM_NONE};
    for (uint32_t i = 0; i < n && len; i++) {
        uint32_t a = below(len), b = a + 1 + below(len - a < 12 ? len - a : 12), g = below(3);
        if (b > len)
            b = len;
        uint32_t at = host_doc_spans_add(set, (tm_span){a, b}, g ? TM_STR("PERSON") : TM_STR("ORG"), groups[g]);
        CHECK(at != TM_NONE);
        tm_value number = {.type = TM_V_INT, .integer = n_numbers};
        CHECK_INT(host_doc_spans_set(set, at, TM_STR("number"), &number), TM_OK);
        truth[n_truth].start = a;
        truth[n_truth].end = b;
        truth[n_truth].group = groups[g] == TM_NONE ? 0 : 1000 + n_numbers / 1000 + groups[g];
        truth[n_truth++].number = n_numbers++;
    }
    CHECK_INT(host_doc_spans_add(set, (tm_span){len, len + 1}, TM_STR("X"), TM_NONE), TM_NONE);
    CHECK_INT(host_doc_spans_add(set, (tm_span){3, 3}, TM_STR("X"), TM_NONE), TM_NONE);
    CHECK_INT(host_doc_spans_add(set, (tm_span){0, 1}, TM_STR("X"), 99999), TM_NONE);
}

static void spans_model_apply(void) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_truth; i++) {
        uint32_t start = UINT32_MAX, end = 0;
        for (uint32_t b = truth[i].start; b < truth[i].end; b++)
            if (new_start[b] < new_end[b]) {
                if (new_start[b] < start)
                    start = new_start[b];
                if (new_end[b] > end)
                    end = new_end[b];
            }
        if (start >= end)
            continue;
        truth[n] = truth[i];
        truth[n].start = start;
        truth[n++].end = end;
    }
    n_truth = n;
}

static void spans_are_exact(void) {
    tm_spans *set = host_doc_spans_find(doc, TM_STR("entities"));
    tm_span_columns c;
    CHECK(set != NULL);
    CHECK_INT(host_doc_spans_columns(set, &c), TM_OK);
    CHECK_INT(c.count, n_truth);
    uint8_t group_seen[1000] = {0};
    for (uint32_t i = 0; i < c.count; i++) {
        tm_value number;
        CHECK_INT(host_doc_spans_get(set, i, TM_STR("number"), &number), TM_V_INT);
        uint32_t t = 0;
        while (t < n_truth && truth[t].number != number.integer)
            t++;
        CHECK(t < n_truth);
        CHECK_INT(c.start[i], truth[t].start);
        CHECK_INT(c.end[i], truth[t].end);
        CHECK(i == 0 || c.start[i - 1] <= c.start[i]);
        CHECK((c.group[i] == TM_NONE) == (truth[t].group == 0));
        if (c.group[i] != TM_NONE) {
            CHECK(c.group[i] < c.n_groups);
            group_seen[c.group[i]] = 1;
        }
    }
    for (uint32_t g = 0; g < c.n_groups; g++)
        CHECK(group_seen[g]);
}

/* The layers that edits spliced are those of the text. */
static void layers_are_those_of_the_text(void) {
    static const uint32_t columns[] = {TM_TOKEN_START, TM_TOKEN_LENGTH,   TM_TOKEN_SHAPE,     TM_TOKEN_SENTENCE,
                                       TM_TOKEN_LINE,  TM_SENTENCE_START, TM_SENTENCE_LENGTH, TM_BLOCK_START,
                                       TM_BLOCK_FLAGS, TM_BLOCK_LINES,    TM_LINE_START,      TM_LINE_LENGTH,
                                       TM_LINE_FULL};
    tm_doc *fresh = kit_text(doc_text(doc).data, doc_text(doc).len);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        uint32_t n, want_n;
        const uint32_t *got = host_doc_column(doc, columns[i], &n);
        const uint32_t *want = host_doc_column(fresh, columns[i], &want_n);
        CHECK_INT(n, want_n);
        CHECK(n == 0 || memcmp(got, want, n * sizeof *got) == 0);
    }
}

/* --- a document's life --- */

static void random_edits(uint32_t most, int cuts_only) {
    n_own = 0;
    for (uint32_t i = below(most + 1); i; i--) {
        struct own_edit e = {.order = n_own};
        uint32_t near = n_own && below(3) == 0 ? own[below(n_own)].start : below(model.len + 1);
        e.start = near;
        uint32_t left = model.len - e.start;
        e.end = e.start + below((left < 30 ? left : 30) + 1);
        if (below(12) == 0)
            e.end = e.start + below(left + 1);
        uint32_t kind = cuts_only ? 0 : below(4);
        e.is_cut = kind < 2;
        if (kind == 3)
            e.end = e.start;
        if (!e.is_cut) {
            size_t n = random_text(e.text, 1 + below(20));
            e.text[n] = '\0';
        }
        tm_edit edit = {.size = sizeof edit,
                        .start = e.start,
                        .end = e.end,
                        .kind = TM_STR("k"),
                        .rule = TM_STR("r"),
                        .score = 0.5,
                        .text = {e.is_cut ? NULL : e.text, strlen(e.text)}};
        int whole = 1;
        for (int edge = 0; edge < 2; edge++) {
            uint32_t at = edge ? e.end : e.start;
            if (at < model.len && (model.text[at] & 0xc0) == 0x80)
                whole = 0;
        }
        int nothing = e.start == e.end && !e.text[0];
        int want = whole && !nothing && contract_allows(&e);
        CHECK_INT(host_doc_edit(doc, &edit), want ? TM_OK : TM_EINVAL);
        if (want)
            own[n_own++] = e;
    }
}

static void a_life(int cuts_only) {
    char text[1200];
    size_t len = random_text(text, below(4) == 0 ? 40 + below(1000) : 4 + below(60));
    memcpy(model.text, text, len);
    model.len = (uint32_t)len;
    model.touched_replaced = 0;
    for (uint32_t i = 0; i < len; i++)
        model.origin[i] = (int32_t)i;
    n_truth = n_numbers = 0;
    doc = kit_text(text, len);
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    uint32_t stages = 1 + below(6);
    for (uint32_t s = 0; s < stages; s++) {
        kit_stage.id = names[s];
        doc_stage_begin(doc, &kit_stage);
        tm_spans *set = host_doc_spans_find(doc, TM_STR("entities"));
        if (!set)
            set = host_doc_spans_new(doc, TM_STR("entities"), TM_SPANS_GROUPED);
        if (below(6) == 0) { /* a turn that is undone */
            struct model kept = model;
            uint32_t kept_truth = n_truth;
            add_spans(set);
            random_edits(8, cuts_only);
            doc_stage_undo(doc);
            model = kept;
            n_truth = kept_truth;
            doc_stage_begin(doc, &kit_stage);
            set = host_doc_spans_find(doc, TM_STR("entities"));
            if (!set)
                set = host_doc_spans_new(doc, TM_STR("entities"), TM_SPANS_GROUPED);
        }
        add_spans(set);
        random_edits(below(5) == 0 ? 60 : 6, cuts_only);
        if (below(2)) /* layers are there, so that they are spliced */
            host_doc_column(doc, TM_TOKEN_START, NULL);
        CHECK_INT(doc_stage_end(doc), TM_OK);
        model_apply();
        spans_model_apply();
        map_is_exact();
        spans_are_exact();
        replays(cuts_only);
        removed_is_laminar();
        if (below(3) == 0)
            layers_are_those_of_the_text();
        if (model.len > MOST_TEXT - 1600)
            break;
    }
    kit_write(doc);
    CHECK_INT(json_check_value(kit_out.data, kit_out.len - 1, NULL), 0);
    arena_reset(kit_arena, 1 << 20);
}

static int rounds(int usual) {
    const char *more = getenv("TEXTMILL_ROUNDS");
    return more ? atoi(more) : usual;
}

static void records_replay_and_maps_are_exact(void) {
    for (int i = rounds(4000); i; i--)
        a_life(0);
}

static void cuts_replay_from_removed_alone(void) {
    for (int i = rounds(2000); i; i--)
        a_life(1);
}

/* One stage, nothing replaced before: spans must be those that were declared, to the byte. */
static void first_edits_keep_their_spans(void) {
    for (int round = 0; round < 500; round++) {
        char text[600];
        size_t len = random_text(text, 40 + below(500));
        memcpy(model.text, text, len);
        model.len = (uint32_t)len;
        doc = kit_text(text, len);
        doc_stage_begin(doc, &kit_stage);
        random_edits(20, 0);
        CHECK_INT(doc_stage_end(doc), TM_OK);
        const char *field = "edits";
        kit_out.len = 0;
        doc_write_fields(doc, &field, 1, &kit_out);
        size_t at = 1, n;
        struct json_member m;
        struct replay_edit *e;
        CHECK_INT(json_next(kit_out.data, kit_out.len, &at, 1, &m), 1);
        CHECK_INT(replay_read((tm_str){kit_out.data + m.value_start, m.value_len}, kit_arena, &e, &n, &why), 0);
        CHECK_INT(n, n_own);
        for (uint32_t i = 0; i < n_own; i++) {
            int found = 0;
            for (size_t j = 0; j < n; j++)
                found += e[j].start == own[i].start && e[j].end == own[i].end;
            CHECK(found > 0);
        }
        arena_reset(kit_arena, 1 << 20);
    }
}

static void parts_of_replacements_compose(void) {
    doc = kit_text("0123456789", 10);
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(kit_edit(doc, 2, 4, "ABCDEF"), TM_OK);
    CHECK_INT(kit_edit(doc, 6, 6, "XY"), TM_OK);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    TEXT_IS(doc, "01ABCDEF45XY6789");
    kit_stage.id = "s2";
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(kit_edit(doc, 4, 6, NULL), TM_OK); /* CD */
    CHECK_INT(kit_edit(doc, 9, 11, "-"), TM_OK); /* 5X */
    CHECK_INT(doc_stage_end(doc), TM_OK);
    TEXT_IS(doc, "01ABEF4-Y6789");
    const char *field = "edits";
    kit_out.len = 0;
    doc_write_fields(doc, &field, 1, &kit_out);
    CHECK_BYTES(kit_out.data, kit_out.len,
                "{\"edits\":[{\"start\":2,\"end\":4,\"text\":\"ABCDEF\",\"kind\":\"boilerplate\",\"stage\":\"s1\","
                "\"rule\":\"r\"},"
                "{\"start\":6,\"end\":6,\"text\":\"XY\",\"kind\":\"boilerplate\",\"stage\":\"s1\",\"rule\":\"r\"},"
                "{\"start\":2,\"end\":4,\"text\":\"ABEF\",\"kind\":\"boilerplate\",\"stage\":\"s2\",\"rule\":\"r\"},"
                "{\"start\":6,\"end\":6,\"text\":\"\",\"kind\":\"boilerplate\",\"stage\":\"s2\",\"rule\":\"r\"},"
                "{\"start\":5,\"end\":6,\"text\":\"-Y\",\"kind\":\"boilerplate\",\"stage\":\"s2\",\"rule\":\"r\"}]}");
    replays(0);
}

static void replay_refuses_what_does_not_fit(void) {
    static const char *const bad[] = {"[{\"start\":0,\"end\":11}]",
                                      "[{\"start\":5,\"end\":4}]",
                                      "[{\"start\":-1,\"end\":4}]",
                                      "[{\"start\":1.5,\"end\":4}]",
                                      "[{\"end\":4}]",
                                      "[{\"start\":0,\"end\":1,\"text\":5}]",
                                      "[5]",
                                      "{}",
                                      "[",
                                      "",
                                      "[{\"start\":0,\"end\":5},{\"start\":3,\"end\":8}]",
                                      "[{\"start\":0,\"end\":5,\"text\":\"x\"},{\"start\":3,\"end\":4}]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct replay_edit *edits;
        size_t n;
        why.len = replayed.len = 0;
        int result = replay_read(kit_str(bad[i]), kit_arena, &edits, &n, &why);
        if (result == 0)
            result = replay_edits(TM_STR("0123456789"), edits, n, &replayed, &why);
        CHECK_INT(result, -1);
        CHECK(why.len > 10);
        CHECK_INT(replayed.len, 0);
    }
    struct replay_edit *edits;
    size_t n;
    CHECK_INT(replay_read(TM_STR("[{\"start\":3,\"end\":4},{\"start\":0,\"end\":5,\"text\":\"\\u00e9\"},"
                                 "{\"start\":5,\"end\":5,\"text\":\"+\"}]"),
                          kit_arena, &edits, &n, &why),
              0);
    CHECK_INT(replay_edits(TM_STR("0123456789"), edits, n, &replayed, &why), 0);
    CHECK_BYTES(replayed.data, replayed.len, "\xc3\xa9+56789");
}

/* Many edits, many pieces, any order: this ends at once, or the test's time runs out. */
static void long_chains_are_linear(void) {
    enum { LINES = 100000, LINE = 40 };
    size_t len = (size_t)LINES * LINE;
    char *text = malloc(len);
    memset(text, 'x', len);
    kit_schema.with_edits = 1;
    for (int order = 0; order < 3; order++) {
        doc = kit_text(text, len);
        for (uint32_t stage = 0; stage < 5; stage++) {
            doc_stage_begin(doc, &kit_stage);
            uint32_t step = (uint32_t)doc_text(doc).len / LINES;
            for (uint32_t i = 0; i < LINES; i++) {
                uint32_t line = order == 0 ? i : order == 1 ? LINES - 1 - i : (uint32_t)((uint64_t)i * 61 % LINES);
                CHECK_INT(kit_edit(doc, line * step + 1, line * step + 3, stage % 2 ? "yy" : NULL), TM_OK);
            }
            if (order == 0) /* long texts' layers are freed when new ones are made */
                CHECK(host_doc_column(doc, TM_LINE_START, NULL) != NULL);
            CHECK_INT(doc_stage_end(doc), TM_OK);
        }
        replays(0);
    }
    /* One replacement of it all, then cuts inside: each stage tells it once, not each cut. */
    doc = kit_text(text, len);
    doc_stage_begin(doc, &kit_stage);
    text[len - 1] = '\0';
    CHECK_INT(kit_edit(doc, 0, (uint32_t)len, text), TM_OK);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    doc_stage_begin(doc, &kit_stage);
    for (uint32_t i = 0; i < 50000; i++)
        CHECK_INT(kit_edit(doc, i * 10, i * 10 + 5, NULL), TM_OK);
    CHECK_INT(doc_stage_end(doc), TM_OK);
    replays(0);
    /* Nested cuts, from the inside out and from the outside in. */
    for (int order = 0; order < 2; order++) {
        doc = kit_text(text, 100000);
        doc_stage_begin(doc, &kit_stage);
        for (uint32_t i = 0; i < 2000; i++) {
            uint32_t k = order ? 2000 - i : i + 1;
            CHECK_INT(kit_edit(doc, 50000 - k, 50000 + k, NULL), TM_OK);
        }
        CHECK_INT(doc_stage_end(doc), TM_OK);
        CHECK_INT(doc_text(doc).len, 96000);
        replays(1);
    }
    free(text);
}

int main(void) {
    buffer_init(&replayed);
    buffer_init(&why);
    KIT_CASE(parts_of_replacements_compose);
    KIT_CASE(replay_refuses_what_does_not_fit);
    KIT_CASE(first_edits_keep_their_spans);
    KIT_CASE(records_replay_and_maps_are_exact);
    KIT_CASE(cuts_replay_from_removed_alone);
    KIT_CASE(long_chains_are_linear);
    buffer_deinit(&replayed);
    buffer_deinit(&why);
    return check_end();
}
