/* span_data.h: the inside of a span set; private to spans.c, span_edits.c and span_write.c. */
#ifndef TM_DOC_SPAN_DATA_H
#define TM_DOC_SPAN_DATA_H

#include "document.h"

struct span {
    uint32_t start, end; /* of a lost one: equal, or TM_NONE where it never stood in the text */
    uint32_t type, group;
    uint32_t attributes; /* the first; TM_NONE: none */
    uint32_t order;      /* of adding */
};

struct span_group {
    uint32_t attributes;
    uint32_t type; /* of its first span; TM_NONE: it has had none */
};

struct attribute {
    tm_str name;
    tm_value value;
    tm_str raw; /* data set: the JSON that came in, instead of value */
    uint32_t next;
};

#define SPAN_NAMES 12u /* attribute names that a set keeps once; each further one is copied */

struct span_data {
    struct span *spans;
    uint32_t n, room;
    uint32_t n_lost; /* behind the n: spans whose text was cut, of a set that came in */
    uint32_t next_order;
    int is_sorted;
    struct span_group *groups;
    uint32_t n_groups, groups_room;
    struct attribute *attributes;
    uint32_t n_attributes, attributes_room;
    tm_str names[SPAN_NAMES];
    uint32_t n_names;
    const tm_str *keys; /* the same while the set is written, as they stand behind another: ,"NAME": */
    tm_str *types;
    uint32_t n_types, types_room;
    uint32_t *buckets;
    uint32_t n_buckets;
    tm_span_columns columns; /* start NULL: not made */
};

struct tm_spans {
    tm_doc *doc;
    tm_str name;
    uint32_t layout;
    int is_untouched; /* came in, and nothing has changed it */
    int came_in;      /* the record's own: what is lost is told, in the order of the record */
    int is_own;       /* data is this turn's */
    struct span_data *data;
};

struct spans_undo {
    struct spans_undo *next;
    uint32_t index;         /* of the set in the list */
    tm_spans *set;          /* what stood there; NULL: nothing, the set was added */
    struct span_data *data; /* what it held */
    uint32_t layout;
    int is_untouched;
};

/* Of the memory that begins at columns.start. */
static inline size_t span_columns_bytes(size_t n) {
    return 4 * sizeof(uint32_t) * n;
}

/* In the order of the text: by start, then end, then adding. */
static inline int span_order(const struct span *a, const struct span *b) {
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

uint32_t span_type_number(tm_doc *doc, struct span_data *d, tm_str type);
void span_data_sort(struct span_data *d);
struct attribute *span_attribute(struct span_data *d, uint32_t first, tm_str name);
void span_set_attribute(tm_doc *doc, struct span_data *d, uint32_t *first, tm_str name, const tm_value *value,
                        tm_str raw);

#endif
