/* host.h: what textmill gives a plugin: one struct of functions, handed to open.
 *
 * A plugin links to nothing of textmill; everything comes through this struct. Each function bears a thread tag:
 *   [open]   on the thread that opens the stage, from open
 *   [doc]    from process, process_many, commit, by the thread that was given the document
 *   [stage]  from process only, not from commit
 *   [any]    from any thread, from open to close
 * Ownership: what is passed in is copied unless said otherwise; what comes out belongs to the host and is good until
 * the stage returns, unless said otherwise. Offsets count bytes of the current text as the stage sees it: edits that a
 * stage declares are applied when it returns, so that its own offsets stay good to its end.
 */
#ifndef TEXTMILL_HOST_H
#define TEXTMILL_HOST_H

#include "layers.h"
#include "types.h"

/* Log levels. */
#define TM_LOG_ERROR 1u
#define TM_LOG_WARNING 2u
#define TM_LOG_INFO 3u
#define TM_LOG_DEBUG 4u

/* An edit. A cut has text.data NULL; a replacement has text (text.len may be 0 with data set: the same as a cut, but
 * recorded as a replacement). An insertion has start == end. Edits of one stage may be declared in any order; they may
 * not overlap, but a cut inside a larger cut is recorded inside it. A whole-line cut includes the line end. */
typedef struct tm_edit {
    uint32_t size; /* sizeof(tm_edit) */
    uint32_t start;
    uint32_t end;
    uint32_t n_evidence;
    tm_str text;
    tm_str kind;             /* boilerplate, caption_credit, ..., or a name of the plugin's own */
    tm_str rule;             /* the rule that did it */
    double score;            /* NaN: none */
    const tm_span *evidence; /* spans that the edit rests on (of a duplicate: the text that it repeats); or NULL */
} tm_edit;

/* A value of a field. */
#define TM_V_ABSENT 0u
#define TM_V_NULL 1u
#define TM_V_BOOL 2u   /* integer 0 or 1 */
#define TM_V_INT 3u    /* integer */
#define TM_V_NUMBER 4u /* number; written with at most 4 decimals */
#define TM_V_TEXT 5u   /* text, decoded */
#define TM_V_RAW 6u    /* text: the JSON of an array, an object, or a number that fits neither type */

typedef struct tm_value {
    uint32_t type;
    uint32_t reserved;
    int64_t integer;
    double number;
    tm_str text; /* also of a number that came in: its bytes, which say more than 4 decimals */
} tm_value;

/* To spans_set and spans_set_group only: a TM_V_RAW whose JSON, on one line, the stage answers for, as with write_raw:
 * it is not checked again. It is read back as TM_V_RAW. */
#define TM_V_TRUSTED 7u

/* A cursor over the elements of an array or the members of an object; set up by field_cursor or value_cursor. */
typedef struct tm_cursor {
    tm_doc *doc;
    const char *at;
    const char *end;
    uint32_t is_object;
    uint32_t reserved;
} tm_cursor;

/* How a span set is written into the record. */
#define TM_SPANS_GROUPED 1u /* [{attributes of the group, count, mentions: [{start, end, attributes of the span}]}] */
#define TM_SPANS_FLAT 2u    /* [{start, end, attributes of the span}] */
#define TM_SPANS_HIDDEN 3u  /* for later stages only */

/* The columns of a span set, in the order of the text. group and type are numbers that the set gave out. */
typedef struct tm_span_columns {
    uint32_t count;
    uint32_t n_groups;
    const uint32_t *start, *end, *type, *group;
} tm_span_columns;

/* Tokens of any string, by tokenize. The arrays are the caller's, with room for `room` tokens each; NULL = not wanted.
 */
typedef struct tm_token_buffer {
    uint32_t room;
    uint32_t count; /* out: how many there are, may be more than room */
    uint32_t *start, *length, *shape;
    uint64_t *hash;
} tm_token_buffer;

typedef struct tm_host {
    uint32_t size; /* sizeof(tm_host) of the host: a function beyond it is not there */
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t text_version; /* of the token rule, folding and hash */
    uint32_t reserved;
    const char *version; /* of textmill */

    /* --- the document --- */
    /* [doc] The current text, followed by TM_PAD zero bytes. */
    tm_str (*text)(tm_doc *doc);
    /* [doc] The original, likewise. */
    tm_str (*original)(tm_doc *doc);
    /* [doc] Its id, its source, its headline (data NULL where there is none). */
    tm_str (*id)(tm_doc *doc);
    tm_str (*source)(tm_doc *doc);
    tm_str (*title)(tm_doc *doc);
    /* [doc] Also from settle. */
    tm_uid (*uid)(tm_doc *doc);
    /* [doc] One column of a layer and its length in elements; NULL for a column that this host does not know. */
    const void *(*column)(tm_doc *doc, uint32_t column, uint32_t *out_count);
    /* [doc] Where a span of the current text stood in the original, and where a span of the original stands now. An
     * edge inside a replaced span moves out to its edge; a span of the original that was cut whole gives an empty span.
     */
    tm_span (*to_original)(tm_doc *doc, tm_span now);
    tm_span (*from_original)(tm_doc *doc, tm_span original);
    /* [stage] Declares an edit; needs the flag TM_EDITS. TM_EINVAL for a bad span or one that crosses another. */
    int32_t (*edit)(tm_doc *doc, const tm_edit *edit);
    /* [doc] Memory of the document's arena, aligned to 16, not cleared, never NULL. Good until the stage's turn with
     * the document ends; until the document ends where the slot is not zero then. Arrays that grow, or that are given
     * up before: memory.h. */
    void *(*alloc)(tm_doc *doc, uint64_t bytes);
    /* [stage] Scratch memory of the worker: the same block for every call on one thread that asks for no more; its
     * contents are undefined at each call of process, and behind the bytes that the last call asked for. */
    void *(*scratch)(tm_doc *doc, uint64_t bytes);
    /* [doc] This document's slot for this stage: 8 bytes of the plugin's own, zero at first, from process through
     * commit to settle. May hold a pointer to memory of alloc. */
    uint64_t *(*slot)(tm_doc *doc);

    /* --- fields of the record --- */
    /* [open] The handle of a field by its name; dotted paths reach into objects and can only be read. */
    tm_field (*field)(tm_instance *self, tm_str name);
    /* [doc] Its value now: what an earlier stage, or this one, set, else what came in. */
    uint32_t (*get)(tm_doc *doc, tm_field field, tm_value *out_value); /* returns the type */
    /* [doc] Sets or removes (TM_V_ABSENT) a top-level field. TM_V_RAW is checked to be JSON. */
    int32_t (*set)(tm_doc *doc, tm_field field, const tm_value *value);
    /* [doc] Begins the field's new value; build it with the writer functions; it stands when write_end is called. One
     * writer a document at a time. */
    tm_writer *(*write_begin)(tm_doc *doc, tm_field field);
    int32_t (*write_end)(tm_writer *w);
    void (*write_object)(tm_writer *w);
    void (*write_array)(tm_writer *w);
    void (*write_close)(tm_writer *w); /* the innermost open object or array */
    void (*write_key)(tm_writer *w, tm_str key);
    void (*write_text)(tm_writer *w, tm_str text);
    void (*write_int)(tm_writer *w, int64_t n);
    void (*write_number)(tm_writer *w, double x, uint32_t decimals); /* at most that many, at most 17; NaN gives null */
    void (*write_bool)(tm_writer *w, int32_t yes);
    void (*write_null)(tm_writer *w);
    void (*write_raw)(tm_writer *w, tm_str json); /* trusted to be JSON */
    /* [doc] Over the elements or members of a field's value, or of a TM_V_RAW value; TM_ETYPE for anything else. */
    int32_t (*field_cursor)(tm_doc *doc, tm_field field, tm_cursor *out_cursor);
    int32_t (*value_cursor)(tm_doc *doc, const tm_value *value, tm_cursor *out_cursor);
    /* [doc] The next one: 1, or 0 at the end. key is empty for an array's elements and may be NULL. */
    int32_t (*next)(tm_cursor *cursor, tm_str *out_key, tm_value *out_value);

    /* --- span sets --- */
    /* [doc] A new, empty set under a name, replacing one of that name. */
    tm_spans *(*spans_new)(tm_doc *doc, tm_str name, uint32_t layout);
    /* [doc] The set of that name, or NULL. */
    tm_spans *(*spans_find)(tm_doc *doc, tm_str name);
    /* [doc] A new group; returns its number. */
    uint32_t (*spans_group)(tm_spans *set);
    /* [doc] A span with a type (any text, e.g. PERSON; equal text gives one number) in a group (TM_NONE: none); returns
     * its index, or TM_NONE for a bad span. The index is good until the stage returns or asks for the columns: from
     * then on it is a place in the columns. Group numbers are good until the stage returns. */
    uint32_t (*spans_add)(tm_spans *set, tm_span span, tm_str type, uint32_t group);
    /* [doc] Attributes; group attribute `type` is what a group's spans have unless set. */
    int32_t (*spans_set)(tm_spans *set, uint32_t span, tm_str name, const tm_value *value);
    int32_t (*spans_set_group)(tm_spans *set, uint32_t group, tm_str name, const tm_value *value);
    uint32_t (*spans_get)(tm_spans *set, uint32_t span, tm_str name, tm_value *out_value);
    uint32_t (*spans_get_group)(tm_spans *set, uint32_t group, tm_str name, tm_value *out_value);
    /* [doc] The columns in the order of the text, and the text of a type's number. */
    int32_t (*spans_columns)(tm_spans *set, tm_span_columns *out_columns);
    tm_str (*spans_type)(tm_spans *set, uint32_t type);

    /* --- verdicts --- */
    /* [doc] Say why, then return the verdict. code is a short word of a-z and -, message one line; offset counts in the
     * original, TM_NONE where it says nothing. */
    void (*reason)(tm_doc *doc, tm_str code, tm_str message, uint32_t offset);
    /* [stage] A child document with this text; needs the flag TM_EMITS. It follows its parent, has the parent's fields
     * but those that set, write and spans change on it, and passes the later stages only. */
    tm_doc *(*emit)(tm_doc *parent, tm_str text);
    /* [any] Ends a document for which process returned TM_LATER, or has resume called for it. */
    void (*complete)(tm_doc *doc, int32_t verdict);
    /* [doc] Nonzero when the run is being stopped or the document's time is up. Cheap; ask in long loops. */
    int32_t (*should_stop)(tm_doc *doc);

    /* --- batches, in process_many and commit_many --- */
    uint32_t (*batch_count)(const tm_batch *batch);
    /* [doc] Document i; from then on the stage works on it, as far as blame and time limits go. */
    tm_doc *(*at)(tm_batch *batch, uint32_t i);
    /* [doc] The verdict of document i; TM_PASS where none is set. */
    void (*verdict)(tm_batch *batch, uint32_t i, int32_t verdict);

    /* --- text tools --- */
    /* [any] Tokens of any string by the token rule; how many go into the buffer is its count. */
    int32_t (*tokenize)(tm_str text, tm_token_buffer *buffer);
    /* [any] Folded bytes of any string into out (room for at least 3 * len + 1 bytes always suffices); returns their
     * number, or TM_ERANGE. */
    int64_t (*fold)(tm_str text, char *out, uint64_t room);
    /* [any] The hash that a token with this text has. */
    uint64_t (*hash)(tm_str text);
    /* [any] 1 where the pattern matches from `from` on, with the span of the whole match; 0 where it does not. */
    int32_t (*match)(const tm_pattern *pattern, tm_str text, uint64_t from, uint64_t *out_start, uint64_t *out_end);
    /* [doc] 1 where the condition holds for the document now. */
    int32_t (*holds)(const tm_condition *condition, tm_doc *doc);

    /* --- the instance --- */
    /* [any] One line to the log; nothing of it needs escaping. At most 1 a second a place is kept at TM_LOG_WARNING. */
    void (*log)(tm_instance *self, uint32_t level, tm_str message);
    /* [open] What makes open fail, in one line: what, where, and the cure. */
    void (*open_error)(tm_instance *self, tm_str message);
    tm_metric (*counter)(tm_instance *self, tm_str name);
    tm_metric (*histogram)(tm_instance *self, tm_str name);
    /* [any] Adds to a counter, or records a value in a histogram. */
    void (*count)(tm_instance *self, tm_metric metric, double value);
    /* [any] Nanoseconds of a clock that never goes back. */
    uint64_t (*clock)(void);
    /* [open] The plugin's data folder (beside its .so); NUL-terminated; good as long as the instance. */
    tm_str (*data_folder)(tm_instance *self);
    /* [open] The instance's state folder, made when asked for; needs TM_NEEDS_STATE. data NULL on failure. */
    tm_str (*state_folder)(tm_instance *self);
    /* [open] A file mapped read-only, shared between instances, as long as the process lives. Relative paths count from
     * the data folder. The file must be as safe as the plugin (owner, mode). Not for files that others may truncate. */
    int32_t (*map_file)(tm_instance *self, tm_str path, tm_str *out_bytes);
    /* [open] The instance's id in the pipeline, its name in logs and records; NUL-terminated. */
    tm_str (*instance_id)(tm_instance *self);
    /* [any] Further interfaces by name; NULL where this host has none of it. */
    const void *(*query)(tm_str interface_name);
    /* [doc] Removes every top-level field but these: what came in, what stages set, span sets. The id, the source, the
     * text and what the record says of edits and errors stay. */
    int32_t (*keep)(tm_doc *doc, const tm_field *fields, uint32_t n);
} tm_host;

/* The four layers whole. Pointers are good until the stage returns. */
static inline tm_tokens tm_tokens_get(const tm_host *h, tm_doc *doc) {
    tm_tokens t;
    t.start = (const uint32_t *)h->column(doc, TM_TOKEN_START, &t.count);
    t.length = (const uint32_t *)h->column(doc, TM_TOKEN_LENGTH, NULL);
    t.shape = (const uint32_t *)h->column(doc, TM_TOKEN_SHAPE, NULL);
    t.sentence = (const uint32_t *)h->column(doc, TM_TOKEN_SENTENCE, NULL);
    t.hash = (const uint64_t *)h->column(doc, TM_TOKEN_HASH, NULL);
    return t;
}

static inline tm_sentences tm_sentences_get(const tm_host *h, tm_doc *doc) {
    tm_sentences s;
    s.start = (const uint32_t *)h->column(doc, TM_SENTENCE_START, &s.count);
    s.length = (const uint32_t *)h->column(doc, TM_SENTENCE_LENGTH, NULL);
    s.block = (const uint32_t *)h->column(doc, TM_SENTENCE_BLOCK, NULL);
    s.token = (const uint32_t *)h->column(doc, TM_SENTENCE_TOKEN, NULL);
    return s;
}

static inline tm_blocks tm_blocks_get(const tm_host *h, tm_doc *doc) {
    tm_blocks b;
    b.start = (const uint32_t *)h->column(doc, TM_BLOCK_START, &b.count);
    b.length = (const uint32_t *)h->column(doc, TM_BLOCK_LENGTH, NULL);
    b.flags = (const uint32_t *)h->column(doc, TM_BLOCK_FLAGS, NULL);
    b.line = (const uint32_t *)h->column(doc, TM_BLOCK_LINE, NULL);
    b.lines = (const uint32_t *)h->column(doc, TM_BLOCK_LINES, NULL);
    b.sentence = (const uint32_t *)h->column(doc, TM_BLOCK_SENTENCE, NULL);
    b.mark = (const uint32_t *)h->column(doc, TM_BLOCK_MARK, NULL);
    return b;
}

static inline tm_lines tm_lines_get(const tm_host *h, tm_doc *doc) {
    tm_lines l;
    l.start = (const uint32_t *)h->column(doc, TM_LINE_START, &l.count);
    l.length = (const uint32_t *)h->column(doc, TM_LINE_LENGTH, NULL);
    l.full = (const uint32_t *)h->column(doc, TM_LINE_FULL, NULL);
    l.block = (const uint32_t *)h->column(doc, TM_LINE_BLOCK, NULL);
    return l;
}

#endif
