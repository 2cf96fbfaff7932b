/* document.h: what a document is made of; private to this room. record.c makes it and knows its text, stage.c gives it
 * to stages, fields.c and writer.c hold its fields, spans.c its span sets, output.c writes it.
 */
#ifndef TM_DOC_DOCUMENT_H
#define TM_DOC_DOCUMENT_H

#include "doc.h"
#include "edits.h"
#include "host_doc.h"
#include "layers.h"
#include "map.h"
#include "spans.h"

/* A field that a stage set. */
struct field_value {
    tm_field field;
    uint32_t written; /* in the record that is being written */
    tm_value value;   /* strings and JSON in the arena; TM_V_ABSENT: the field was removed */
};

struct field_undo {
    uint32_t index;
    uint32_t was_set;
    tm_value value;
};

/* One edit that was made, as records tell it. */
struct made_edit {
    tm_span original;
    tm_str text; /* data NULL: none */
    tm_str kind, rule;
    const char *stage;
    double score;
    const tm_span *evidence;
    uint32_t n_evidence;
    uint32_t is_cut;
    uint32_t order;
};

struct note {
    struct note *next;
    const char *stage;
    tm_str what, message; /* code and message, or reason */
};

struct notes {
    struct note *first, *last;
    uint32_t count;
};

/* A field's new value while it is built (writer.c). */
struct tm_writer {
    tm_doc *doc;
    tm_field field; /* 0: not open */
    struct buffer bytes;
    uint32_t depth;
    uint32_t misused;
    uint32_t has_key, has_value; /* a key waits for its value; the outermost value is whole */
    uint64_t is_object[JSON_MAX_DEPTH / 64], has_members[JSON_MAX_DEPTH / 64];
};

struct tm_doc {
    const struct doc_schema *schema;
    struct arena *arena;
    struct doc_worker *worker;
    struct doc_origin origin;
    tm_str id;

    /* What came in: a record, whose bytes are borrowed, or a text. */
    int is_record;
    const char *line;
    size_t line_len;
    const struct json_member *members;
    tm_str *names; /* of the members, decoded; made on first use */
    uint32_t n_members, text_member;
    const uint8_t *gone, *gone_before; /* a byte a member: removed by host_doc_keep; NULL: none. Before this turn */

    /* The text now: the original, or one of two buffers by turns. */
    int has_text, is_edited, is_child;
    tm_str original, text; /* original.data NULL: forgotten */
    int original_is_seen;  /* somebody may hold it */
    char *buffers[2];
    size_t rooms[2];
    unsigned next_buffer;
    struct map map;
    struct layers *layers;
    struct arena *layers_arena; /* their own for a long text, so that old ones can go */

    /* The turn of a stage. */
    const struct doc_stage *stage;
    int in_turn, in_commit;
    struct arena *turn_arena;  /* of a long text: what the stage takes by alloc */
    struct arena *edits_arena; /* of a long text: pending, changes and mapped */
    void *long_scratch;        /* what the stage took by scratch, where it is much */
    size_t long_scratch_bytes;
    struct edit_set pending;
    struct layer_change *changes; /* the outer edits of a turn, twice over */
    struct map_edit *mapped;
    size_t edits_room;
    struct doc_reason reason;
    const char *misuse; /* constant; NULL: none in this turn */
    uint32_t n_misuses;
    struct field_undo *field_undo;
    uint32_t n_field_undo, field_undo_room;
    struct spans_undo *spans_undo;
    struct tm_writer *writer;
    tm_doc **children;
    uint32_t n_children, children_room, n_emitted;
    uint64_t *slots;

    /* What stages made. */
    struct field_value *fields;
    uint32_t n_fields, fields_room;
    struct span_sets sets;
    int has_read_targets;
    struct made_edit *made;
    uint32_t n_made, made_room, cuts;
    struct notes errors, skipped;
};

/* --- record.c --- */
void document_need_text(tm_doc *doc);
/* Frees the original of a long record, once the text is another: it is read again where somebody asks. */
void document_forget_original(tm_doc *doc);
tm_str document_member_name(tm_doc *doc, uint32_t member);
uint32_t document_find_member(tm_doc *doc, tm_str name); /* TM_NONE: there is none */
tm_str document_copy(tm_doc *doc, tm_str s);

/* --- stage.c --- */
/* Notes that the stage broke the contract, in constant words; returns status. */
int32_t document_misuse(tm_doc *doc, int32_t status, const char *what);
/* Those of a long text; they are built again where somebody asks. */
void document_free_layers(tm_doc *doc);

/* --- fields.c --- */
/* A JSON value as a stage sees it; strings with escapes are decoded into the arena. */
tm_value document_value(tm_doc *doc, const char *json, size_t len);
struct field_value *document_find_field(tm_doc *doc, tm_str name);
int32_t document_set_field(tm_doc *doc, tm_field field, const tm_value *value); /* value's memory is taken over */
/* Line ends that stand between the parts of a JSON value become spaces: a record is one line. */
void document_one_line(char *json, size_t len);
void document_write_value(const tm_value *value, struct buffer *out);
void fields_undo(tm_doc *doc);

/* --- keep.c --- */
void keep_undo(tm_doc *doc);

/* --- writer.c --- */
int writer_is_open(const tm_doc *doc);
void writer_drop(tm_doc *doc);

/* --- spans.c, for a document's sets --- */
/* Reads the record's `targets` into a set, once. */
void document_read_targets(tm_doc *doc);

static inline int str_equal(tm_str a, tm_str b) {
    return a.len == b.len && (a.len == 0 || __builtin_memcmp(a.data, b.data, a.len) == 0);
}

static inline tm_str str_of(const char *s) {
    return (tm_str){s, s ? __builtin_strlen(s) : 0};
}

/* Room for one more element of an array in the arena. */
void *document_grow_full(struct arena *arena, void *array, uint32_t *room, size_t size);

static inline void *document_grow(struct arena *arena, void *array, uint32_t count, uint32_t *room, size_t size) {
    return count < *room ? array : document_grow_full(arena, array, room, size);
}

#endif
