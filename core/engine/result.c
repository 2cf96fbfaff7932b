/* result.c: documents that have ended become bytes in their batch's buffers, in the order of the input: records for the
 * sinks, dead letters, and their like for what was dropped. The writer only has to put the buffers out.
 */
#include "run.h"

#include "../io/format.h"
#include "../json/write.h"

#include <string.h>

static void add_text(struct buffer *out, tm_str s) {
    json_write_text(out, s.data, s.len);
}

static const char *const table_fields[] = {"id", "title", "text"};

static const char *const *fields_of(const struct run *r, size_t *out_n) {
    *out_n = r->options->fields ? r->options->n_fields : sizeof table_fields / sizeof table_fields[0];
    return r->options->fields ? r->options->fields : table_fields;
}

void result_header(const struct run *r, struct buffer *out) {
    size_t n;
    const char *const *fields = fields_of(r, &n);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buffer_add_char(out, '\t');
        format_tsv_value(fields[i], strlen(fields[i]), out);
    }
    buffer_add_char(out, '\n');
}

static void add_row(const struct run *r, tm_doc *doc, struct buffer *out) {
    size_t n;
    const char *const *fields = fields_of(r, &n);
    for (size_t i = 0; i < n; i++) {
        tm_value v = {0};
        if (i)
            buffer_add_char(out, '\t');
        switch (doc_get(doc, fields[i], strlen(fields[i]), &v)) {
        case TM_V_BOOL:
            buffer_add_string(out, v.integer ? "true" : "false");
            break;
        case TM_V_INT:
            json_write_int(out, v.integer);
            break;
        case TM_V_NUMBER:
            json_write_number(out, v.number, 4);
            break;
        case TM_V_TEXT:
        case TM_V_RAW:
            format_tsv_value(v.text.data, v.text.len, out);
            break;
        default: /* absent and null are empty */
            break;
        }
    }
    buffer_add_char(out, '\n');
}

static void add_record(const struct run *r, tm_doc *doc, struct buffer *out) {
    tm_str text;
    switch (r->options->format) {
    case OUTPUT_JSONL:
        if (r->options->fields)
            doc_write_fields(doc, r->options->fields, r->options->n_fields, out);
        else
            doc_write_record(doc, out);
        buffer_add_char(out, '\n');
        return;
    case OUTPUT_TEXT:
        text = doc_text(doc);
        format_text_document(text.data, text.len, out);
        return;
    case OUTPUT_TSV:
        add_row(r, doc, out);
        return;
    }
}

static void write_published(struct run *r, struct unit *u) {
    struct batch *b = u->batch;
    const struct engine_options *o = r->options;
    for (size_t i = 0; i < o->n_sinks; i++)
        if (!o->sink_when || !o->sink_when[i] || condition_holds(o->sink_when[i], u->doc))
            u->sinks |= (uint64_t)1 << i;
    if (u->sinks || o->result)
        add_record(r, u->doc, &b->out);
    u->out_len = b->out.len - u->out_start;
    b->published++;
}

/* The head that dead letters and their like share: {"id":...,"source":... */
static void add_head(const struct run *r, struct unit *u, struct buffer *out) {
    const char *source = record_source(r, u->source);
    buffer_add_string(out, "{\"id\":");
    if (u->doc) {
        add_text(out, doc_id(u->doc));
        buffer_add_string(out, ",\"source\":");
        add_text(out, doc_source(u->doc));
        return;
    }
    struct buffer name = {0};
    record_name(r, u->source, u->position, &name);
    /* A file that is one document is named as it would have been, had it been read. */
    const char *id = u->position || u->source == SOURCE_FLUSH ? NULL : source_relative_name(r->source, u->source);
    if (id)
        json_write_text(out, id, strlen(id));
    else
        json_write_text(out, name.data, name.len);
    buffer_add_string(out, ",\"source\":");
    if (strcmp(source, "stdin") == 0)
        json_write_text(out, name.data, name.len);
    else
        json_write_text(out, source, strlen(source));
    buffer_deinit(&name);
}

static void add_input(struct unit *u, struct buffer *out) {
    buffer_add_string(out, ",\"input\":");
    if (u->doc) {
        doc_write_input(u->doc, out);
    } else {
        const struct item *item = &u->batch->block->items[u->item];
        json_write_text(out, u->batch->block->bytes.data + item->start, item->len);
    }
    buffer_add_string(out, "}\n");
}

static const char *stage_name(const struct run *r, const struct unit *u) {
    return u->end_stage < 0 ? "read" : r->stages[u->end_stage].stage->doc.id;
}

static void add_note(struct buffer *notes, const char *data, size_t len) {
    for (size_t i = 0; i < len && i < 1000; i++)
        buffer_add_char(notes, data[i] ? data[i] : ' ');
    buffer_add_char(notes, '\0');
}

/* For the letter. */
static void keep_reason(struct unit *u) {
    buffer_add(&u->batch->reasons, u->code.data, u->code.len);
    buffer_add(&u->batch->reasons, u->message.data, u->message.len);
}

static void write_failed(const struct run *r, struct unit *u) {
    struct batch *b = u->batch;
    const char *stage = stage_name(r, u);
    struct buffer name = {0};
    b->n_failed++;
    record_name(r, u->source, u->position, &name);
    add_note(&b->notes, name.data, name.len);
    buffer_deinit(&name);
    if (u->doc)
        add_note(&b->notes, doc_id(u->doc).data, doc_id(u->doc).len);
    else
        buffer_add_char(&b->notes, '\0');
    add_note(&b->notes, stage, strlen(stage));
    add_note(&b->notes, u->code.data, u->code.len);
    add_note(&b->notes, u->message.data, u->message.len);
    if (!r->options->failed && !r->options->letter)
        return;
    struct buffer *out = &b->failed;
    size_t start = out->len;
    add_head(r, u, out);
    buffer_add_string(out, ",\"error\":{\"stage\":");
    json_write_text(out, stage, strlen(stage));
    buffer_add_string(out, ",\"code\":");
    add_text(out, u->code);
    buffer_add_string(out, ",\"message\":");
    add_text(out, u->message);
    if (u->offset != TM_NONE) {
        buffer_add_string(out, ",\"offset\":");
        json_write_uint(out, u->offset);
    }
    buffer_add_char(out, '}');
    add_input(u, out);
    u->letter_len = out->len - start;
    keep_reason(u);
}

static void write_dropped(const struct run *r, struct unit *u) {
    struct buffer *out = &u->batch->dropped;
    u->batch->n_dropped++;
    if (!r->options->dropped && !r->options->letter)
        return;
    size_t start = out->len;
    const char *stage = stage_name(r, u);
    add_head(r, u, out);
    buffer_add_string(out, ",\"dropped\":{\"stage\":");
    json_write_text(out, stage, strlen(stage));
    buffer_add_string(out, ",\"reason\":");
    add_text(out, u->code.len ? u->code : u->message);
    buffer_add_char(out, '}');
    add_input(u, out);
    u->letter_len = out->len - start;
    keep_reason(u);
}

void result_write_ready(struct worker *w, struct batch *b) {
    struct run *r = w->run;
    struct unit *u = b->written ? b->written->next : b->first;
    if (!u || u->state != UNIT_ENDED)
        return;
    uint64_t started = r->options->timing ? uv_hrtime() : 0;
    for (; u && u->state == UNIT_ENDED; u = u->next) {
        if (u->doc) {
            doc_set_worker(u->doc, &w->doc_worker);
            if (r->options->rules)
                rules_count(&w->rules, u->doc);
        }
        u->out_start = b->out.len;
        if (u->outcome == TM_PUBLISHED)
            write_published(r, u);
        else if (u->outcome == TM_FAILED)
            write_failed(r, u);
        else
            write_dropped(r, u);
        b->written = u;
        b->live--;
    }
    if (started)
        w->record_ns += uv_hrtime() - started;
}
