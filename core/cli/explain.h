/* explain.h: what became of one document, stage by stage, as explain's files share it: explain_trace.c gathers it,
 * explain_walk.c lays it out along the original, explain_terminal.c and explain_html.c show it. Everything lies in the
 * document's arena, read-only once gathered; one thread.
 */
#ifndef TM_CLI_EXPLAIN_H
#define TM_CLI_EXPLAIN_H

#include "../doc/look.h"
#include "../engine/single.h"
#include "../io/source.h"

struct explain_edit {
    struct look_edit look;
    size_t stage;    /* index in the pipeline */
    uint32_t order;  /* of being made */
    uint32_t number; /* of a cut: from 1, in the order of the original; else 0 */
    unsigned colour; /* of its kind, below EXPLAIN_COLOURS */
};

/* A kind of cut, and how many there are of it. */
struct explain_kind {
    tm_str name;
    unsigned colour;
    uint32_t cuts;
};

struct explain_field {
    tm_str name;
    tm_value value;
};

/* What a stage did to a span set. */
struct explain_set {
    tm_str name;
    uint32_t spans, groups;
    int is_new; /* else it was changed */
};

struct explain_stage {
    const struct pipeline_stage *stage;
    int is_reached;
    struct single_turn turn;
    uint32_t cuts, replacements;
    size_t bytes; /* of the text behind it */
    struct explain_field *fields;
    size_t n_fields;
    struct explain_set *sets;
    size_t n_sets;
};

/* A span of a set in the text that came out, and where it stood. */
struct explain_mark {
    tm_span now, original;
    tm_str set, type, name;
};

/* A sentence's tone, as a field's `sentences` tell it. */
struct explain_tone {
    tm_span now;
    tm_str label;
    double score;
};

struct explain {
    const struct pipeline *pipeline;
    tm_doc *doc;
    const char *file; /* as it was given */
    uint64_t line;    /* of the record in it, or 0 */
    tm_str id, original, text;
    enum single_event end;
    struct explain_stage *stages;
    struct explain_edit *edits; /* in the order of the original, an outer one before those inside it */
    size_t n_edits;
    struct explain_edit **cuts; /* by number - 1 */
    uint32_t n_cuts, n_replacements;
    struct explain_kind *kinds;
    size_t n_kinds;
    struct explain_mark *marks; /* in the order of the text, none inside another */
    size_t n_marks;
    struct explain_tone *tones;
    size_t n_tones;
    uint32_t *lines; /* where the original's lines start */
    size_t n_lines;
    struct arena *arena;
};

enum { EXPLAIN_COLOURS = 12, EXPLAIN_KNOWN = 10 };

/* explain_trace.c: runs the document and fills x, whose pipeline, doc, file and line are set. -1 with a line in why
 * where a stage could not begin. */
int explain_trace(struct explain *x, struct arena *arena, uint64_t timeout_ns, struct buffer *why);

/* explain_words.c: parts of it in words. */
/* The member of an object's value, by its plain name: its type, TM_V_ABSENT where there is none. */
uint32_t explain_member(tm_doc *doc, const tm_value *object, const char *name, tm_value *out);
int explain_same(tm_str a, tm_str b);
/* Cuts of the kind that the stage made. */
uint32_t explain_count(const struct explain *x, size_t stage, const struct explain_kind *kind);
/* The name that a mark stands for: its group's, else its own text. */
tm_str explain_name(const struct explain *x, const struct explain_mark *m);
/* The line of the original (from 0) in which the byte stands. */
size_t explain_line(const struct explain *x, uint32_t offset);
/* The beginning of a span of the original, without white space around: at most `most` bytes of its first line. */
tm_str explain_beginning(const struct explain *x, tm_span span, size_t most, int *out_more);
/* A value in few words: "negative -0.14"; "transport 0.40, weather 0.31"; else its JSON; not yet
 * made harmless. At most about that many bytes. */
void explain_value(tm_doc *doc, const tm_value *value, size_t most, struct buffer *out);
/* "passed over: when", "failed: judged: the judge says no" ... in words; empty for a stage that did its work. */
void explain_verdict(const struct explain_stage *s, struct buffer *out);
/* How the document ended, in one word: published, dropped, failed, broken. */
const char *explain_end(const struct explain *x);

/* explain_walk.c: the original cut into pieces at every edge: of edits, marks and evidence, and at line ends. The
 * walker is called in the order of the text. */
struct explain_walker {
    void *context;
    void (*line)(void *context, size_t line); /* begins; from 0 */
    void (*open)(void *context, const struct explain_edit *edit);
    void (*close)(void *context, const struct explain_edit *edit);
    /* mark: NULL where there is none; begins: its first piece */
    void (*piece)(void *context, tm_span piece, size_t number, const struct explain_mark *mark, int begins, int ends);
};
struct explain_edges;
struct explain_edges *explain_edges_new(const struct explain *x);
void explain_walk(const struct explain *x, const struct explain_edges *edges, const struct explain_walker *walker);
/* The pieces that a span of the original covers: [*first, *end). */
void explain_pieces(const struct explain_edges *edges, tm_span span, size_t *first, size_t *end);
void explain_edges_free(struct explain_edges *edges);

/* explain_show.c: bytes of a document made harmless: control characters and what turns the direction of writing are
 * shown as marks, never passed on. */
void explain_put_plain(struct buffer *out, const char *data, size_t len);     /* for a terminal; line ends are kept */
void explain_put_line(struct buffer *out, const char *data, size_t len);      /* line ends and tabs become spaces */
void explain_put_html(struct buffer *out, const char *data, size_t len);      /* escaped too, marks in spans */
void explain_put_attribute(struct buffer *out, const char *data, size_t len); /* in double quotes */
/* The width of the character that starts at data in cells of a terminal, and its bytes. */
unsigned explain_cells(const char *data, size_t len, size_t *out_bytes);
void explain_put_time(struct buffer *out, uint64_t nanoseconds);

/* explain_terminal.c, explain_html.c */
struct explain_look {
    int colour;
    unsigned width; /* cells; 0: lines are not wrapped */
};
void explain_terminal(const struct explain *x, const struct explain_look *look, struct buffer *out);
void explain_html(const struct explain *x, struct buffer *out);

#endif
