/* fields.c: the stage `fields`: renames, removes, keeps and sets fields of the record, in this order. Values travel as
 * their bytes: a number of any size comes out as it came in. Nothing changes after open: any number of threads.
 */
#include <stdlib.h>
#include <textmill/plugin.h>

struct config {
    tm_list rename; /* tm_pair: name of the old, handle of the new */
    tm_list remove; /* tm_field */
    tm_list keep;   /* tm_field */
    tm_list set;    /* tm_pair: name, JSON */
    tm_list defaults;
};

struct change {
    tm_field field;
    tm_field to;   /* of rename */
    tm_value json; /* of set and defaults */
};

struct stage {
    const tm_host *host;
    const tm_field *remove, *keep;
    uint32_t n_remove, n_keep;
    struct change *rename, *set, *defaults;
    uint32_t n_rename, n_set, n_defaults;
};

static const tm_option options[] = {
    {.name = "rename",
     .type = TM_T_MAP,
     .element = TM_T_FIELD,
     .flags = TM_OPT_READS | TM_OPT_WRITES,
     .offset = TM_BIND(struct config, rename, tm_list),
     .def = "{}",
     .help = "fields to rename, old name to new name; one that is absent stays so",
     .example = "{\"headline\": \"title\"}"},
    TM_OPT_LIST(struct config, remove, TM_T_FIELD, TM_OPT_READS | TM_OPT_WRITES, "remove", "[]", "fields to remove"),
    TM_OPT_LIST(struct config, keep, TM_T_FIELD, TM_OPT_READS, "keep", "[]",
                "fields to keep beside id, source and text; all others are removed; none named: all are kept"),
    {.name = "set",
     .type = TM_T_MAP,
     .element = TM_T_JSON,
     .flags = TM_OPT_WRITES,
     .offset = TM_BIND(struct config, set, tm_list),
     .def = "{}",
     .help = "fields to set, with their values",
     .example = "{\"corpus\": \"wire\", \"tags\": [\"a\", \"b\"]}"},
    {.name = "defaults",
     .type = TM_T_MAP,
     .element = TM_T_JSON,
     .flags = TM_OPT_WRITES,
     .offset = TM_BIND(struct config, defaults, tm_list),
     .def = "{}",
     .help = "fields to set where they are absent or null",
     .example = "{\"lang\": \"en\"}"},
};

static void stage_close(void *stage) {
    struct stage *s = stage;
    free(s->rename);
    free(s);
}

static int is_text(tm_str name) {
    return name.len == 4 && name.data[0] == 't' && name.data[1] == 'e' && name.data[2] == 'x' && name.data[3] == 't';
}

static int refuse_text(const tm_host *host, tm_instance *self) {
    host->open_error(self, TM_STR("the text is not this stage's to change; \"text_field\" of the pipeline's \"input\" "
                                  "says which field it is"));
    return -1;
}

static int take_removed(const tm_host *host, tm_instance *self, const tm_list *list) {
    const tm_field *fields = list->items;
    for (uint64_t i = 0; i < list->count; i++)
        if (fields[i] == host->field(self, TM_STR("text")))
            return refuse_text(host, self);
    return 0;
}

static int take(const tm_host *host, tm_instance *self, const tm_list *list, struct change *to) {
    const tm_pair *pairs = list->items;
    for (uint64_t i = 0; i < list->count; i++) {
        if (is_text(pairs[i].name) || (pairs[i].integer && is_text(pairs[i].text)))
            return refuse_text(host, self);
        to[i].field = host->field(self, pairs[i].name);
        to[i].to = (tm_field)pairs[i].integer;
        to[i].json = (tm_value){.type = TM_V_RAW, .text = pairs[i].text};
    }
    return 0;
}

static int32_t stage_open(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    const struct config *c = config;
    struct stage *s = calloc(1, sizeof *s);
    uint64_t n = c->rename.count + c->set.count + c->defaults.count;
    struct change *changes = calloc(n + 1, sizeof *changes);
    if (!s || !changes) {
        free(s);
        free(changes);
        host->open_error(self, TM_STR("out of memory; give the process more"));
        return TM_ERANGE;
    }
    s->host = host;
    s->remove = c->remove.items;
    s->n_remove = (uint32_t)c->remove.count;
    s->keep = c->keep.items;
    s->n_keep = (uint32_t)c->keep.count;
    s->rename = changes;
    s->n_rename = (uint32_t)c->rename.count;
    s->set = changes + s->n_rename;
    s->n_set = (uint32_t)c->set.count;
    s->defaults = s->set + s->n_set;
    s->n_defaults = (uint32_t)c->defaults.count;
    if (take(host, self, &c->rename, s->rename) != 0 || take(host, self, &c->set, s->set) != 0 ||
        take(host, self, &c->defaults, s->defaults) != 0 || take_removed(host, self, &c->remove) != 0) {
        stage_close(s);
        return TM_EINVAL;
    }
    *out_stage = s;
    return TM_OK;
}

static int32_t refused(const struct stage *s, tm_doc *doc) {
    return tm_fail(s->host, doc, TM_STR("field"), TM_STR("a field could not be written; is it one of textmill's own?"),
                   TM_NONE);
}

/* All old values are read before a new one is written, so that two fields can change places. */
static int rename_all(const struct stage *s, tm_doc *doc) {
    const tm_host *h = s->host;
    const tm_value absent = {.type = TM_V_ABSENT};
    tm_value *values = h->scratch(doc, s->n_rename * sizeof *values);
    for (uint32_t i = 0; i < s->n_rename; i++) {
        h->get(doc, s->rename[i].field, values + i);
        if ((values[i].type == TM_V_INT || values[i].type == TM_V_NUMBER) && values[i].text.len)
            values[i].type = TM_V_RAW; /* as it came */
    }
    int32_t status = TM_OK;
    for (uint32_t i = 0; i < s->n_rename && status == TM_OK; i++)
        if (values[i].type != TM_V_ABSENT)
            status = h->set(doc, s->rename[i].field, &absent);
    for (uint32_t i = 0; i < s->n_rename && status == TM_OK; i++)
        if (values[i].type != TM_V_ABSENT)
            status = h->set(doc, s->rename[i].to, values + i);
    return status;
}

static int32_t stage_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    const tm_host *h = s->host;
    const tm_value absent = {.type = TM_V_ABSENT};
    tm_value value;
    (void)thread;
    if (s->n_rename && rename_all(s, doc) != TM_OK)
        return refused(s, doc);
    for (uint32_t i = 0; i < s->n_remove; i++)
        if (h->get(doc, s->remove[i], &value) != TM_V_ABSENT && h->set(doc, s->remove[i], &absent) != TM_OK)
            return refused(s, doc);
    if (s->n_keep && h->keep(doc, s->keep, s->n_keep) != TM_OK)
        return refused(s, doc);
    for (uint32_t i = 0; i < s->n_set; i++)
        if (h->set(doc, s->set[i].field, &s->set[i].json) != TM_OK)
            return refused(s, doc);
    for (uint32_t i = 0; i < s->n_defaults; i++) {
        uint32_t type = h->get(doc, s->defaults[i].field, &value);
        if ((type == TM_V_ABSENT || type == TM_V_NULL) &&
            h->set(doc, s->defaults[i].field, &s->defaults[i].json) != TM_OK)
            return refused(s, doc);
    }
    return TM_PASS;
}

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .name = "fields",
    .version = "0.1.0",
    .summary = "renames, removes, keeps and sets fields of the record",
    .licence = "MIT",
    .flags = TM_DETERMINISTIC,
    TM_OPTIONS(struct config, options),
    .open = stage_open,
    .close = stage_close,
    .process = stage_process,
};
