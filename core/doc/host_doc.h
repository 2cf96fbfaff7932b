/* host_doc.h: the part of tm_host that works on documents: each function is the member of tm_host of the same name
 * without the prefix, with its contract (../include/textmill/host.h). plugin/host.c puts them into the struct.
 */
#ifndef TM_DOC_HOST_DOC_H
#define TM_DOC_HOST_DOC_H

#include "../include/textmill/host.h"

tm_str host_doc_text(tm_doc *doc);
tm_str host_doc_original(tm_doc *doc);
tm_str host_doc_id(tm_doc *doc);
tm_str host_doc_source(tm_doc *doc);
tm_str host_doc_title(tm_doc *doc);
tm_uid host_doc_uid(tm_doc *doc);
const void *host_doc_column(tm_doc *doc, uint32_t column, uint32_t *out_count);
tm_span host_doc_to_original(tm_doc *doc, tm_span now);
tm_span host_doc_from_original(tm_doc *doc, tm_span original);
int32_t host_doc_edit(tm_doc *doc, const tm_edit *edit);
void *host_doc_alloc(tm_doc *doc, uint64_t bytes);
void *host_doc_scratch(tm_doc *doc, uint64_t bytes);
void *host_doc_resize(tm_doc *doc, void *memory, uint64_t old_bytes, uint64_t bytes);
uint64_t *host_doc_slot(tm_doc *doc);

uint32_t host_doc_get(tm_doc *doc, tm_field field, tm_value *out_value);
int32_t host_doc_set(tm_doc *doc, tm_field field, const tm_value *value);
int32_t host_doc_keep(tm_doc *doc, const tm_field *fields, uint32_t n);
tm_writer *host_doc_write_begin(tm_doc *doc, tm_field field);
int32_t host_doc_write_end(tm_writer *w);
void host_doc_write_object(tm_writer *w);
void host_doc_write_array(tm_writer *w);
void host_doc_write_close(tm_writer *w);
void host_doc_write_key(tm_writer *w, tm_str key);
void host_doc_write_text(tm_writer *w, tm_str text);
void host_doc_write_int(tm_writer *w, int64_t n);
void host_doc_write_number(tm_writer *w, double x, uint32_t decimals);
void host_doc_write_bool(tm_writer *w, int32_t yes);
void host_doc_write_null(tm_writer *w);
void host_doc_write_raw(tm_writer *w, tm_str json);
int32_t host_doc_field_cursor(tm_doc *doc, tm_field field, tm_cursor *out_cursor);
int32_t host_doc_value_cursor(tm_doc *doc, const tm_value *value, tm_cursor *out_cursor);
int32_t host_doc_next(tm_cursor *cursor, tm_str *out_key, tm_value *out_value);

tm_spans *host_doc_spans_new(tm_doc *doc, tm_str name, uint32_t layout);
tm_spans *host_doc_spans_find(tm_doc *doc, tm_str name);
uint32_t host_doc_spans_group(tm_spans *set);
uint32_t host_doc_spans_add(tm_spans *set, tm_span span, tm_str type, uint32_t group);
int32_t host_doc_spans_set(tm_spans *set, uint32_t span, tm_str name, const tm_value *value);
int32_t host_doc_spans_set_group(tm_spans *set, uint32_t group, tm_str name, const tm_value *value);
uint32_t host_doc_spans_get(tm_spans *set, uint32_t span, tm_str name, tm_value *out_value);
uint32_t host_doc_spans_get_group(tm_spans *set, uint32_t group, tm_str name, tm_value *out_value);
int32_t host_doc_spans_columns(tm_spans *set, tm_span_columns *out_columns);
tm_str host_doc_spans_type(tm_spans *set, uint32_t type);

void host_doc_reason(tm_doc *doc, tm_str code, tm_str message, uint32_t offset);
tm_doc *host_doc_emit(tm_doc *parent, tm_str text);
int32_t host_doc_should_stop(tm_doc *doc);
int32_t host_doc_rule_times_wanted(tm_doc *doc);
uint64_t host_doc_rule_clock(tm_doc *doc);
void host_doc_rule_time(tm_doc *doc, tm_str rule, uint64_t ns);

#endif
