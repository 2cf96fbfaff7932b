/* doc.h: the document as the engine sees it: made from a record or a text, given to stages one after the other, written
 * out. What stages call is in host_doc.h (the functions that tm_host hands out). One thread at a time; nothing in a
 * document needs a lock, and nothing of it outlives its arena.
 */
#ifndef TM_DOC_DOC_H
#define TM_DOC_DOC_H

#include "arena.h"

#include "../include/textmill/plugin.h"
#include "../json/buffer.h"
#include "../json/scan.h"

/* What is the same for all documents of a run; made before the first, read-only while documents live. */
struct doc_schema {
    const char *text_field; /* "text" by default */
    const char *id_field;   /* "id" */
    const char *title_field;
    int with_edits;    /* write `edits` */
    int has_editors;   /* a stage of the pipeline edits: `removed` is written, an incoming removed/edits/dedup goes */
    int has_writers;   /* a stage of the pipeline writes anything: records are re-written, else they travel as bytes */
    int replace_bad;   /* --replace: bad UTF-8 in a record becomes U+FFFD */
    uint32_t n_stages; /* slots a document */
    const struct field_names *fields;
};

/* Field names to handles. Filled while stages open (one thread), then read-only. Handle 0 is never given out. */
struct field_names;
struct field_names *field_names_new(void);
void field_names_free(struct field_names *names);
tm_field field_names_add(struct field_names *names, const char *name, size_t len); /* finds or adds */
const char *field_names_get(const struct field_names *names, tm_field field, size_t *out_len);
uint32_t field_names_count(const struct field_names *names);

/* Where a document came from. */
struct doc_origin {
    const char *source; /* path or "stdin:LINE" as the record shows it */
    const char *id;     /* used where the record has none */
    tm_uid uid;
    const char *encoding; /* NULL for UTF-8 */
};

/* One stage as the document needs to know it. */
struct doc_stage {
    const char *id; /* name of the instance in records */
    uint32_t index; /* its slot */
    uint32_t flags; /* TM_EDITS, ... */
    tm_instance *instance;
};

/* Hooks that the engine sets for the worker that holds the document; may be NULL. */
/* Who wants to know how long a rule of a stage took. */
struct doc_rule_times {
    void (*add)(void *context, const char *stage, tm_str rule, uint64_t ns);
    void *context;
};

struct doc_worker {
    void *scratch;
    size_t scratch_bytes;
    volatile int *stop;
    uint64_t deadline;             /* uv_hrtime clock; 0: none */
    struct completion *completion; /* plugin/completion.h: where the answer of TM_LATER goes */
    struct doc_rule_times rules;   /* add NULL: nobody */
    int timing;                    /* layers_ns is asked for */
    uint64_t layers_ns;            /* spent in building and splicing layers, so far */
};

/* A document from one line of JSONL (without its line end), whose bytes must live as long as the document and be
 * followed by TM_PAD readable bytes. NULL with *error for a bad record: the scanner's codes, or no-text, text-type,
 * too-long. */
tm_doc *doc_from_record(const struct doc_schema *schema, struct arena *arena, const char *line, size_t len,
                        const struct doc_origin *origin, struct json_error *error);
/* A document from decoded text (UTF-8, no BOM), which must live as long and be followed by TM_PAD zero bytes. */
tm_doc *doc_from_text(const struct doc_schema *schema, struct arena *arena, const char *text, size_t len,
                      const struct doc_origin *origin);
/* A child: text copied, fields shared with the parent at this moment, id "PARENT#n". */
tm_doc *doc_child(tm_doc *parent, const char *text, size_t len);

void doc_set_worker(tm_doc *doc, struct doc_worker *worker);
struct doc_worker *doc_get_worker(const tm_doc *doc); /* what was set last, or NULL */

/* A stage's turn. Between begin and end, edits, fields and spans that it declares are held back (fields are seen by the
 * stage itself); end applies them in one pass, undo throws them away. end returns TM_EINVAL and undoes where the stage
 * broke the contract (doc_reason tells how). */
void doc_stage_begin(tm_doc *doc, const struct doc_stage *stage);
void doc_stage_commit(tm_doc *doc); /* between begin and end: from here on edits and children are refused, TM_ESTATE */
int doc_stage_end(tm_doc *doc);
void doc_stage_undo(tm_doc *doc);

/* What the stage said by reason; code.len 0 where nothing. Cleared by begin. */
struct doc_reason {
    tm_str code, message;
    uint32_t offset;
};
struct doc_reason doc_reason_get(const tm_doc *doc);
void doc_reason_set(tm_doc *doc, const char *code, const char *message, uint32_t offset);

/* What the stage asked for that the contract refuses (a span that is none, an edit without the flag), the last of it in
 * one line, and how often since the turn began; NULL where nothing. */
const char *doc_misuse(const tm_doc *doc, uint32_t *out_count);

/* Children emitted in this stage, in order; the caller takes them over. Returns the first, or NULL. */
tm_doc *doc_take_children(tm_doc *doc, size_t *out_count, tm_doc ***out_children);

/* Notes for the record. */
void doc_add_error(tm_doc *doc, const char *stage, tm_str code, tm_str message);
void doc_add_skipped(tm_doc *doc, const char *stage, const char *reason);

/* For the engine, `when` and the sinks. */
tm_str doc_id(tm_doc *doc);
tm_str doc_source(tm_doc *doc);
tm_uid doc_uid(const tm_doc *doc);
tm_str doc_text(tm_doc *doc);
tm_str doc_original(tm_doc *doc);
uint32_t doc_cuts(const tm_doc *doc); /* cuts so far */
/* Value of a (dotted) field now (a.b: member b of the object a; a.0: the first element of the array a); text.bytes,
 * source and title are fields too. Strings decoded into the arena. */
uint32_t doc_get(tm_doc *doc, const char *path, size_t path_len, tm_value *out);

/* Output: one record, without line end. */
void doc_write_record(tm_doc *doc, struct buffer *out);
/* The record's chosen fields only (--fields), in the order given. */
void doc_write_fields(tm_doc *doc, const char *const *fields, size_t n, struct buffer *out);
/* The input again, for dead letters: the raw record, or {"id", "text"}-less JSON string of a text's original. */
void doc_write_input(tm_doc *doc, struct buffer *out);

#endif
