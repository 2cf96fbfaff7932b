/* look.c: see look.h. */
#include "look.h"

#include "document.h"

uint32_t look_edits(const tm_doc *doc) {
    return doc->n_made;
}

void look_edit(const tm_doc *doc, uint32_t i, struct look_edit *out) {
    const struct made_edit *m = doc->made + i;
    *out = (struct look_edit){
        .original = m->original,
        .text = m->text,
        .kind = m->kind,
        .rule = m->rule,
        .stage = m->stage,
        .score = m->score,
        .evidence = m->evidence,
        .n_evidence = m->n_evidence,
        .is_cut = (int)m->is_cut,
    };
}

uint32_t look_fields(const tm_doc *doc) {
    return doc->n_fields;
}

tm_str look_field(const tm_doc *doc, uint32_t i, tm_value *out) {
    size_t len = 0;
    const char *name = field_names_get(doc->schema->fields, doc->fields[i].field, &len);
    *out = doc->fields[i].value;
    return (tm_str){name, len};
}

uint32_t look_sets(const tm_doc *doc) {
    return doc->sets.count;
}

tm_spans *look_set(const tm_doc *doc, uint32_t i) {
    tm_spans *set = doc->sets.list[i];
    return spans_is_hidden(set) || spans_is_untouched(set) ? NULL : set;
}

tm_str look_set_name(const tm_spans *set) {
    return spans_name(set);
}

void look_set_columns(tm_spans *set, tm_span_columns *out) {
    if (host_doc_spans_columns(set, out) != TM_OK)
        *out = (tm_span_columns){0};
}

tm_str look_set_type(tm_spans *set, const tm_span_columns *columns, uint32_t i) {
    uint32_t group = columns->group[i];
    tm_str type = group == TM_NONE ? (tm_str){0} : look_group_text(set, group, TM_STR("type"));
    return type.data ? type : host_doc_spans_type(set, columns->type[i]);
}

tm_str look_group_text(tm_spans *set, uint32_t group, tm_str attribute) {
    tm_value value;
    if (host_doc_spans_get_group(set, group, attribute, &value) != TM_V_TEXT)
        return (tm_str){0};
    return value.text;
}

int look_group_number(tm_spans *set, uint32_t group, tm_str attribute, double *out) {
    tm_value value;
    uint32_t type = host_doc_spans_get_group(set, group, attribute, &value);
    if (type != TM_V_NUMBER && type != TM_V_INT)
        return 0;
    *out = type == TM_V_INT ? (double)value.integer : value.number;
    return 1;
}

void look_set_write(tm_spans *set, struct buffer *out) {
    spans_write(set, out);
}

tm_span look_now(tm_doc *doc, tm_span original) {
    return host_doc_from_original(doc, original);
}

tm_span look_original(tm_doc *doc, tm_span now) {
    return host_doc_to_original(doc, now);
}
