/* keep.c: all fields of a document but a few are removed: members of the record, what stages set, span sets. A turn
 * that is undone brings them back.
 */
#include "document.h"

#include <string.h>

void keep_undo(tm_doc *doc) {
    doc->gone = doc->gone_before;
}

static int is_kept(const tm_doc *doc, const tm_field *fields, uint32_t n, tm_str name) {
    const struct doc_schema *schema = doc->schema;
    static const char *const always[] = {"source", "removed", "edits", "errors", "skipped"};
    if (str_equal(name, str_of(schema->text_field)) || str_equal(name, str_of(schema->id_field)))
        return 1;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (str_equal(name, str_of(always[i])))
            return 1;
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *own = field_names_get(schema->fields, fields[i], &len);
        if (str_equal(name, (tm_str){own, len}))
            return 1;
    }
    return 0;
}

int32_t host_doc_keep(tm_doc *doc, const tm_field *fields, uint32_t n) {
    if (!doc->in_turn)
        return TM_ESTATE;
    tm_value absent = {.type = TM_V_ABSENT};
    if (doc->n_members) {
        uint8_t *gone = arena_zalloc(doc->arena, doc->n_members);
        for (uint32_t i = 0; i < doc->n_members; i++)
            gone[i] = (doc->gone && doc->gone[i]) || !is_kept(doc, fields, n, document_member_name(doc, i));
        doc->gone = gone;
    }
    for (uint32_t i = 0; i < doc->n_fields; i++) {
        size_t len;
        const char *name = field_names_get(doc->schema->fields, doc->fields[i].field, &len);
        if (!is_kept(doc, fields, n, (tm_str){name, len}))
            document_set_field(doc, doc->fields[i].field, &absent);
    }
    for (uint32_t i = 0; i < doc->sets.count; i++)
        if (!is_kept(doc, fields, n, spans_name(doc->sets.list[i])))
            spans_hide(doc->sets.list[i]);
    return TM_OK;
}
