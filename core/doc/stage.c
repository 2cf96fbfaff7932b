/* stage.c: a stage's turn with a document: what it declares is held back, then done in one pass or not at all. The
 * edits of a turn become one new text, one new map, and lines for the record.
 */
#include "document.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* From this length on, what belongs to a text has arenas of its own, which are freed as soon as they can be. */
#define LONG_TEXT (256u << 10)

/* From this length on, layers are built anew behind an edit, with the old ones gone: splicing holds both. */
#define SPLICE_MOST (1u << 20)

/* Scratch memory up to this is the worker's, kept from one document to the next; more of it goes with the turn. */
#define SCRATCH_KEEP ((size_t)1 << 20)

static void free_long_scratch(tm_doc *doc) {
    doc->long_scratch = arena_resize(doc->arena, doc->long_scratch, doc->long_scratch_bytes, 0);
    doc->long_scratch_bytes = 0;
}

/* What a stage took of memory goes with its turn; but where it has put something into its slot, that may be a pointer
 * there. */
static void free_turn_memory(tm_doc *doc) {
    const struct doc_stage *stage = doc->stage;
    int is_kept = doc->slots && stage && stage->index < doc->schema->n_stages && doc->slots[stage->index];
    if (doc->turn_arena && !is_kept)
        arena_free(doc->turn_arena);
    doc->turn_arena = NULL;
    free_long_scratch(doc);
}

/* Those of a long text: there may be many. */
static void free_edits(tm_doc *doc) {
    arena_free(doc->edits_arena);
    doc->edits_arena = NULL;
    doc->pending = (struct edit_set){0};
    doc->changes = NULL;
    doc->mapped = NULL;
    doc->edits_room = 0;
}

static void end_turn(tm_doc *doc) {
    free_turn_memory(doc);
    doc->in_turn = doc->in_commit = 0;
    doc->n_field_undo = 0;
    if (doc->edits_arena)
        free_edits(doc);
    else if (doc->pending.count)
        edit_set_clear(&doc->pending);
    writer_drop(doc);
}

void doc_stage_undo(tm_doc *doc) {
    fields_undo(doc);
    keep_undo(doc);
    spans_undo_turn(doc);
    doc->n_emitted -= doc->n_children;
    doc->n_children = 0;
    end_turn(doc);
}

void doc_stage_begin(tm_doc *doc, const struct doc_stage *stage) {
    if (doc->in_turn)
        doc_stage_undo(doc);
    doc->stage = stage;
    doc->in_turn = 1;
    doc->in_commit = 0;
    doc->n_field_undo = 0;
    doc->gone_before = doc->gone;
    doc->spans_undo = NULL;
    doc->reason = (struct doc_reason){.offset = TM_NONE};
    doc->n_children = 0;
    doc->misuse = NULL;
    doc->n_misuses = 0;
}

int32_t document_misuse(tm_doc *doc, int32_t status, const char *what) {
    doc->misuse = what;
    doc->n_misuses++;
    return status;
}

const char *doc_misuse(const tm_doc *doc, uint32_t *out_count) {
    if (out_count)
        *out_count = doc->n_misuses;
    return doc->misuse;
}

void doc_stage_commit(tm_doc *doc) {
    doc->in_commit = 1;
}

/* --- declaring --- */

static int is_boundary(tm_str text, uint32_t at) {
    return at == text.len || (text.data[at] & 0xc0) != 0x80;
}

/* The same words come again and again: a copy of them is kept once. */
static tm_str keep_word(tm_doc *doc, tm_str word, tm_str last) {
    if (!word.len)
        return (tm_str){"", 0};
    return str_equal(word, last) ? last : document_copy(doc, word);
}

int32_t host_doc_edit(tm_doc *doc, const tm_edit *edit) {
    if (!doc->in_turn || doc->in_commit || !(doc->stage->flags & TM_EDITS))
        return document_misuse(doc, TM_ESTATE,
                               doc->in_turn && !doc->in_commit ? "it edits the text but does not say TM_EDITS"
                                                               : "it edits the text outside of process");
    tm_str text = doc_text(doc);
    if (edit->size < sizeof *edit || edit->start > edit->end || edit->end > text.len)
        return document_misuse(doc, TM_EINVAL, "an edit's span does not lie in the text");
    if (edit->start == edit->end && !(edit->text.data && edit->text.len))
        return document_misuse(doc, TM_EINVAL, "an edit changes nothing");
    if (!is_boundary(text, edit->start) || !is_boundary(text, edit->end))
        return document_misuse(doc, TM_EINVAL, "an edit's edge lies inside of a character");
    if (edit->text.data &&
        (edit->text.len > TM_MAX_DOC || utf8_valid_prefix(edit->text.data, edit->text.len) != edit->text.len))
        return document_misuse(doc, TM_EINVAL, "an edit's new text is no UTF-8, or longer than a document can be");
    if (edit->n_evidence && !edit->evidence)
        return document_misuse(doc, TM_EINVAL, "an edit has a number of evidence spans, but none");
    for (uint32_t i = 0; i < edit->n_evidence; i++)
        if (edit->evidence[i].start > edit->evidence[i].end || edit->evidence[i].end > text.len)
            return document_misuse(doc, TM_EINVAL, "a span of an edit's evidence does not lie in the text");
    if (!doc->pending.arena) {
        if (doc->original.len >= LONG_TEXT)
            doc->edits_arena = arena_child(doc->arena);
        edit_set_init(&doc->pending, doc->edits_arena ? doc->edits_arena : doc->arena);
    }
    struct edit *last = doc->pending.last[0];
    struct edit *made = edit_set_add(&doc->pending, edit);
    if (!made)
        return TM_EINVAL;
    tm_str none = {NULL, 0};
    made->kind = keep_word(doc, edit->kind, last ? last->kind : none);
    made->rule = keep_word(doc, edit->rule, last ? last->rule : none);
    if (edit->text.data)
        made->text = document_copy(doc, edit->text);
    made->evidence = NULL;
    if (edit->n_evidence) {
        tm_span *evidence = arena_alloc(doc->pending.arena, edit->n_evidence * sizeof *evidence);
        memcpy(evidence, edit->evidence, edit->n_evidence * sizeof *evidence);
        made->evidence = evidence;
    }
    return TM_OK;
}

/* --- doing --- */

static struct made_edit *add_made(tm_doc *doc) {
    doc->made = document_grow(doc->arena, doc->made, doc->n_made, &doc->made_room, sizeof *doc->made);
    struct made_edit *m = doc->made + doc->n_made;
    *m = (struct made_edit){.order = doc->n_made, .stage = doc->stage->id, .score = (double)__builtin_nanf("")};
    doc->n_made++;
    return m;
}

/* Says that what was inserted at a place is gone. */
static void add_cancelled(tm_doc *doc, const struct edit *e, uint32_t place) {
    struct made_edit *m = add_made(doc);
    m->original = (tm_span){place, place};
    m->text = (tm_str){"", 0};
    m->kind = e->kind;
    m->rule = e->rule;
}

/* The original's spans of all edits, such that they lie apart or one in the other: where two meet inside what an
 * earlier stage had replaced, the later one takes the earlier in. map.c has seen to this for those with nothing around
 * them. */
static void place_edits(tm_doc *doc, const struct map *before) {
    for (struct edit *e = edit_set_first(&doc->pending); e; e = e->next[0]) {
        tm_span own = map_to_original(before, (tm_span){e->start, e->end});
        e->own_start = own.start;
        if (!e->parent) {
            e->original = e->mapped->original;
            continue;
        }
        const struct edit *sister = e->parent->last_inner;
        if (sister && own.start < sister->original.end)
            own.start = sister->original.start;
        else if (own.start == e->parent->own_start)
            own.start = e->parent->original.start;
        e->original = own;
        e->parent->last_inner = e;
    }
}

/* One edit as the record will tell it. */
static void add_record(tm_doc *doc, const struct edit *e, const struct map *before) {
    const struct map_edit *mapped = e->mapped;
    int is_cut = !e->text.data;
    doc->cuts += is_cut ? 1u : 0u;
    if (!is_cut && !doc->schema->with_edits)
        return;
    if (mapped && doc->schema->with_edits) {
        if (mapped->cancels_start)
            add_cancelled(doc, e, e->original.start);
        if (mapped->cancels_end)
            add_cancelled(doc, e, e->original.end);
    }
    struct made_edit *m = add_made(doc);
    m->original = e->original;
    m->kind = e->kind;
    m->rule = e->rule;
    m->score = e->score;
    m->is_cut = (uint32_t)is_cut;
    m->text = e->text;
    if (mapped && mapped->composed && doc->schema->with_edits && !(is_cut && !mapped->now_len))
        m->text = document_copy(doc, (tm_str){doc->text.data + mapped->now, mapped->now_len});
    if (e->n_evidence) {
        tm_span *evidence = arena_alloc(doc->arena, e->n_evidence * sizeof *evidence);
        for (uint32_t i = 0; i < e->n_evidence; i++)
            evidence[i] = map_to_original(before, e->evidence[i]);
        m->evidence = evidence;
        m->n_evidence = e->n_evidence;
    }
}

/* All edits, each behind those inside it. */
static void add_records(tm_doc *doc, const struct map *before) {
    struct edit *open = NULL;
    place_edits(doc, before);
    for (struct edit *e = edit_set_first(&doc->pending);; e = e->next[0]) {
        for (; open && (!e || open != e->parent); open = open->parent)
            add_record(doc, open, before);
        if (!e)
            break;
        open = e;
    }
}

/* Layers of a long text lie in an arena of their own, so that they can go. */
static struct arena *open_layers_arena(tm_doc *doc) {
    return doc->layers_arena = doc->original.len < LONG_TEXT ? doc->arena : arena_child(doc->arena);
}

static void close_layers_arena(const tm_doc *doc, struct arena *arena) {
    if (arena != doc->arena)
        arena_free(arena);
}

static void drop_layers(tm_doc *doc) {
    if (doc->layers && doc->layers_arena != doc->arena) {
        close_layers_arena(doc, doc->layers_arena);
        doc->layers = NULL;
        doc->layers_arena = NULL;
    }
}

void document_free_layers(tm_doc *doc) {
    drop_layers(doc);
    arena_trim(doc->arena);
}

static char *take_buffer(tm_doc *doc, size_t len) {
    unsigned i = doc->next_buffer;
    doc->next_buffer ^= 1;
    if (doc->rooms[i] < len + TM_PAD) {
        doc->rooms[i] = len + TM_PAD;
        doc->buffers[i] = arena_alloc(doc->arena, doc->rooms[i]);
    }
    return doc->buffers[i];
}

/* Frees the buffer of the text before, where it is a long one. */
static void drop_buffer(tm_doc *doc) {
    unsigned i = doc->next_buffer;
    if (doc->rooms[i] < ARENA_LARGE)
        return;
    doc->buffers[i] = arena_resize(doc->arena, doc->buffers[i], doc->rooms[i], 0);
    doc->rooms[i] = 0;
}

/* The text with the edits done; its layers. */
static void set_text(tm_doc *doc, const struct layer_change *changes, size_t n, size_t len) {
    if (len > SPLICE_MOST)
        drop_layers(doc); /* before there are two texts */
    char *text = take_buffer(doc, len), *to = text;
    uint32_t at = 0;
    const struct edit *e = edit_set_first(&doc->pending);
    for (size_t i = 0; i < n; i++, e = e->next[0]) {
        while (e->parent)
            e = e->next[0];
        memcpy(to, doc->text.data + at, changes[i].start - at);
        to += changes[i].start - at;
        if (e->text.len && e->text.data) {
            memcpy(to, e->text.data, e->text.len);
            to += e->text.len;
        }
        at = changes[i].end;
    }
    memcpy(to, doc->text.data + at, doc->text.len - at);
    memset(text + len, 0, TM_PAD);
    doc->text = (tm_str){text, len};
    int is_first = !doc->is_edited;
    doc->is_edited = 1;
    if (doc->layers) {
        uint64_t since = doc->worker && doc->worker->timing ? clock_now() : 0;
        struct arena *old = doc->layers_arena, *arena = open_layers_arena(doc);
        doc->layers = layers_splice(doc->layers, arena, text, (uint32_t)len, changes, n);
        close_layers_arena(doc, old);
        if (since)
            doc->worker->layers_ns += clock_now() - since;
    }
    drop_buffer(doc);
    if (is_first)
        document_forget_original(doc);
}

static int broken(tm_doc *doc, const char *message) {
    doc_stage_undo(doc);
    doc_reason_set(doc, "misbehaving", message, TM_NONE);
    return TM_EINVAL;
}

static int apply_edits(tm_doc *doc) {
    size_t n = doc->pending.outer, i = 0;
    if (n > doc->edits_room) {
        doc->edits_room = n;
        doc->changes = arena_alloc(doc->pending.arena, n * sizeof *doc->changes);
        doc->mapped = arena_alloc(doc->pending.arena, n * sizeof *doc->mapped);
    }
    struct layer_change *changes = doc->changes;
    struct map_edit *mapped = doc->mapped;
    uint64_t len = doc->text.len;
    for (struct edit *e = edit_set_first(&doc->pending); e; e = e->next[0]) {
        if (e->parent)
            continue;
        uint32_t text_len = e->text.data ? (uint32_t)e->text.len : 0;
        changes[i] = (struct layer_change){e->start, e->end, text_len};
        mapped[i] = (struct map_edit){.start = e->start, .end = e->end, .text_len = text_len};
        e->mapped = mapped + i++;
        len = len - (e->end - e->start) + text_len;
    }
    if (len > TM_MAX_DOC)
        return broken(doc, "its edits make the text longer than 1 GiB");
    document_read_targets(doc);
    set_text(doc, changes, n, len);
    struct map before = doc->map;
    map_apply(&doc->map, doc->arena, mapped, n);
    add_records(doc, &before);
    spans_end_turn(doc, changes, n);
    return TM_OK;
}

int doc_stage_end(tm_doc *doc) {
    free_turn_memory(doc);
    if (writer_is_open(doc))
        return broken(doc, "it began to write a field and did not end it");
    if (doc->pending.count) {
        if (apply_edits(doc) != TM_OK)
            return TM_EINVAL;
    } else {
        spans_end_turn(doc, NULL, 0);
    }
    end_turn(doc);
    return TM_OK;
}

/* --- reasons, notes, children --- */

struct doc_reason doc_reason_get(const tm_doc *doc) {
    return doc->reason;
}

static tm_str keep_line(tm_doc *doc, tm_str s) {
    size_t valid = utf8_valid_prefix(s.data, s.len);
    char *copy = arena_alloc(doc->arena, valid == s.len ? s.len : 3 * s.len);
    size_t len = s.len;
    if (valid == s.len && len)
        memcpy(copy, s.data, len);
    else if (len)
        len = utf8_replace(s.data, len, copy);
    return (tm_str){copy, len};
}

void doc_reason_set(tm_doc *doc, const char *code, const char *message, uint32_t offset) {
    doc->reason = (struct doc_reason){keep_line(doc, str_of(code)), keep_line(doc, str_of(message)), offset};
}

void host_doc_reason(tm_doc *doc, tm_str code, tm_str message, uint32_t offset) {
    doc->reason = (struct doc_reason){keep_line(doc, code), keep_line(doc, message), offset};
}

static void add_note(tm_doc *doc, struct notes *notes, const char *stage, tm_str what, tm_str message) {
    struct note *n = arena_zalloc(doc->arena, sizeof *n);
    n->stage = document_copy(doc, str_of(stage)).data;
    n->what = keep_line(doc, what);
    n->message = keep_line(doc, message);
    if (notes->last)
        notes->last->next = n;
    else
        notes->first = n;
    notes->last = n;
    notes->count++;
}

void doc_add_error(tm_doc *doc, const char *stage, tm_str code, tm_str message) {
    add_note(doc, &doc->errors, stage, code, message);
}

void doc_add_skipped(tm_doc *doc, const char *stage, const char *reason) {
    add_note(doc, &doc->skipped, stage, str_of(reason), (tm_str){NULL, 0});
}

tm_doc *host_doc_emit(tm_doc *parent, tm_str text) {
    if (!parent->in_turn || parent->in_commit || !(parent->stage->flags & TM_EMITS)) {
        document_misuse(parent, TM_ESTATE,
                        parent->in_turn && !parent->in_commit ? "it emits documents but does not say TM_EMITS"
                                                              : "it emits documents outside of process");
        return NULL;
    }
    if (text.len > TM_MAX_DOC || utf8_valid_prefix(text.data, text.len) != text.len) {
        document_misuse(parent, TM_EINVAL, "it emits a text that is no UTF-8, or longer than a document can be");
        return NULL;
    }
    parent->children =
        document_grow(parent->arena, parent->children, parent->n_children, &parent->children_room, sizeof(tm_doc *));
    tm_doc *child = doc_child(parent, text.data, text.len);
    parent->children[parent->n_children++] = child;
    return child;
}

tm_doc *doc_take_children(tm_doc *doc, size_t *out_count, tm_doc ***out_children) {
    *out_count = doc->n_children;
    *out_children = doc->children;
    tm_doc *first = doc->n_children ? doc->children[0] : NULL;
    doc->children = NULL;
    doc->n_children = doc->children_room = 0;
    return first;
}

/* --- what else a stage may ask of its document --- */

const void *host_doc_column(tm_doc *doc, uint32_t column, uint32_t *out_count) {
    if (doc->layers && layers_are_built(doc->layers))
        return layers_column(doc->layers, column, out_count); /* no clock is asked for what costs less than asking */
    uint64_t since = doc->worker && doc->worker->timing ? clock_now() : 0;
    tm_str text = doc_text(doc);
    if (!doc->layers)
        doc->layers = layers_new(open_layers_arena(doc), text.data, (uint32_t)text.len);
    const void *cells = layers_column(doc->layers, column, out_count);
    if (since)
        doc->worker->layers_ns += clock_now() - since;
    return cells;
}

static struct arena *stage_arena(tm_doc *doc) {
    if (!doc->in_turn || doc->original.len < LONG_TEXT)
        return doc->arena;
    if (!doc->turn_arena)
        doc->turn_arena = arena_child(doc->arena);
    return doc->turn_arena;
}

void *host_doc_alloc(tm_doc *doc, uint64_t bytes) {
    return arena_alloc(stage_arena(doc), bytes);
}

void *host_doc_resize(tm_doc *doc, void *memory, uint64_t old_bytes, uint64_t bytes) {
    return arena_resize(stage_arena(doc), memory, old_bytes, bytes);
}

void *host_doc_scratch(tm_doc *doc, uint64_t bytes) {
    struct doc_worker *worker = doc->worker;
    if (bytes > SCRATCH_KEEP || doc->long_scratch) {
        if (bytes > doc->long_scratch_bytes)
            free_long_scratch(doc); /* what stood there counts for nothing */
        doc->long_scratch = arena_resize(doc->arena, doc->long_scratch, doc->long_scratch_bytes, bytes);
        doc->long_scratch_bytes = bytes;
        return doc->long_scratch;
    }
    if (!worker)
        return arena_alloc(doc->arena, bytes);
    if (worker->scratch_bytes < bytes || !worker->scratch) {
        free(worker->scratch); /* not realloc: what stood there counts for nothing */
        worker->scratch = memory_alloc(bytes);
        worker->scratch_bytes = bytes;
    }
    return worker->scratch;
}

uint64_t *host_doc_slot(tm_doc *doc) {
    uint32_t n = doc->schema->n_stages ? doc->schema->n_stages : 1;
    if (!doc->slots)
        doc->slots = arena_zalloc(doc->arena, n * sizeof *doc->slots);
    uint32_t index = doc->stage ? doc->stage->index : 0;
    return doc->slots + (index < n ? index : 0);
}

int32_t host_doc_should_stop(tm_doc *doc) {
    const struct doc_worker *worker = doc->worker;
    if (!worker)
        return 0;
    if (worker->stop && __atomic_load_n(worker->stop, __ATOMIC_RELAXED))
        return 1;
    return worker->deadline && clock_now() >= worker->deadline;
}

int32_t host_doc_rule_times_wanted(tm_doc *doc) {
    return doc->worker && doc->worker->rules.add && doc->stage;
}

uint64_t host_doc_rule_clock(tm_doc *doc) {
    return clock_now() - (doc->worker ? doc->worker->layers_ns : 0);
}

void host_doc_rule_time(tm_doc *doc, tm_str rule, uint64_t ns) {
    if (host_doc_rule_times_wanted(doc))
        doc->worker->rules.add(doc->worker->rules.context, doc->stage->id, rule, ns);
}
