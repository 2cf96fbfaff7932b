/* entities.c: the stage `entities`: people, places, organisations, events and other names, as the span set `entities`.
 * Owns the descriptor, the options, and what goes to and from the host; the work is done in chunks.c, parse.c, score.c,
 * cut.c, memory.c and group.c on plain columns.
 *
 * The field `lang` is declared as read; a record without it is taken for English, as it is for every stage.
 */
#include "group.h"
#include "memory.h"
#include "seen.h"
#include "user.h"

#include <opening.h>

#include <textmill/plugin.h>

#include <stdlib.h>
#include <string.h>

struct config {
    tm_list gazetteers;
    int32_t why;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    struct gazetteer gazetteer;
    struct user_gazetteer user;
    tm_field lang;
};

static int32_t entities_open(const tm_host *h, tm_instance *self, const void *config, void **out_stage) {
    struct opening o;
    tm_str bytes, lexicon;
    struct stage *s = calloc(1, sizeof *s);
    opening_init(&o, h, self);
    if (!s)
        return opening_refuse(&o);
    s->host = h;
    s->config = config;
    s->lang = h->field(self, TM_STR("lang"));
    if (opening_map(&o, "entities.table", &bytes) != 0 || opening_map(&o, "lexicon.table", &lexicon) != 0 ||
        gazetteer_open(&s->gazetteer, h, bytes, lexicon, o.error, sizeof o.error) < 0)
        goto no_gazetteer;
    if (user_gazetteer_open(&s->user, h, s->config->gazetteers.items, s->config->gazetteers.count, o.error,
                            sizeof o.error) < 0)
        goto no_user_gazetteer;
    *out_stage = s;
    return TM_OK;
no_user_gazetteer:
    gazetteer_close(&s->gazetteer);
no_gazetteer:
    free(s);
    return opening_refuse(&o);
}

static void entities_close(void *stage) {
    struct stage *s = stage;
    user_gazetteer_close(&s->user);
    gazetteer_close(&s->gazetteer);
    free(s);
}

static int32_t entities_thread_open(void *stage, void **out_thread) {
    (void)stage;
    *out_thread = calloc(1, sizeof(struct seen)); /* NULL: slower, nothing else */
    return TM_OK;
}

static void entities_thread_close(void *stage, void *thread) {
    (void)stage;
    free(thread);
}

static void *alloc(void *arena, uint64_t bytes) {
    const struct work *w = arena;
    return w->host->alloc(w->doc, bytes);
}

static int is_english(const struct stage *s, tm_doc *doc) {
    tm_value lang;
    if (s->host->get(doc, s->lang, &lang) != TM_V_TEXT)
        return 1;
    return lang.text.len == 2 && memcmp(lang.text.data, "en", 2) == 0;
}

static tm_value text_value(tm_str text) {
    return (tm_value){.type = TM_V_TEXT, .text = text};
}

static tm_str c_str(const char *s) {
    return (tm_str){s, strlen(s)};
}

static tm_value joined(const struct work *w, tm_str head, tm_str kind, tm_str entry) {
    uint64_t len = head.len + kind.len + (entry.len ? 1 + entry.len : 0);
    char *text = alloc((void *)(uintptr_t)w, len + 1), *at = text;
    memcpy(at, head.data, head.len);
    at += head.len;
    memcpy(at, kind.data, kind.len);
    at += kind.len;
    if (entry.len) {
        *at++ = ' ';
        memcpy(at, entry.data, entry.len);
    }
    return text_value((tm_str){text, len});
}

/* What a name is because of: the rule, or the gazetteer's entry: its kind, and its name where that is another. */
static tm_value why_value(const struct stage *s, const struct work *w, const struct name *n) {
    static const char *const kinds[] = {"country",      "region", "city", "place",
                                        "organisation", "event",  "misc", "demonym"};
    if (n->rule == R_USER)
        return joined(w, TM_STR("user's "), TM_STR("gazetteer:"), table_text(&w->user->table, w->user->name[n->row]));
    if ((n->rule != R_GAZETTEER && n->rule != R_DEMONYM) || n->row == TM_NONE)
        return text_value(c_str(rule_names[n->rule]));
    uint32_t kind = (uint32_t)s->gazetteer.kind[n->row];
    return joined(w, TM_STR("gazetteer: "), c_str(kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : "name"),
                  table_text(&s->gazetteer.table, s->gazetteer.canonical[n->row]));
}

static void write_spans(const struct stage *s, struct work *w, const struct groups *groups) {
    const tm_host *h = s->host;
    tm_spans *set = h->spans_new(w->doc, TM_STR("entities"), TM_SPANS_GROUPED);
    uint32_t *number = alloc(w, (groups->count + 1) * sizeof *number);
    for (uint32_t g = 0; g < groups->count; g++)
        number[g] = TM_NONE;
    for (uint32_t i = 0; i < w->n_names; i++) {
        const struct name *n = &w->names[i];
        const struct group *g = &groups->groups[n->group];
        uint32_t last = n->first + n->count - 1;
        tm_span span = {w->t.start[n->first], w->t.start[last] + w->t.length[last]};
        if (number[n->group] == TM_NONE) {
            tm_value name = text_value(g->name), canonical = text_value(g->canonical);
            number[n->group] = h->spans_group(set);
            h->spans_set_group(set, number[n->group], TM_STR("name"), &name);
            h->spans_set_group(set, number[n->group], TM_STR("canonical"), &canonical);
            if (g->id.len) {
                tm_value id = text_value(g->id);
                h->spans_set_group(set, number[n->group], TM_STR("id"), &id);
            }
        }
        uint32_t added = h->spans_add(set, span, g->type_name, number[n->group]);
        if (s->config->why && added != TM_NONE) {
            tm_value why = why_value(s, w, n);
            h->spans_set(set, added, TM_STR("why"), &why);
        }
    }
}

static int32_t entities_process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    const tm_host *h = s->host;
    tm_str text = h->text(doc);
    struct work *w = h->alloc(doc, sizeof *w);
    memset(w, 0, sizeof *w);
    w->host = h;
    w->doc = doc;
    w->gazetteer = &s->gazetteer;
    w->user = s->user.owner ? &s->user : NULL;
    w->text = text.data;
    w->text_len = (uint32_t)text.len;
    w->t = tm_tokens_get(h, doc);
    w->alloc = alloc;
    w->arena = w;
    w->seen = thread;
    if (w->seen)
        w->seen->documents++;
    w->lower = h->scratch(doc, LOWER_WORDS * sizeof *w->lower);
    memset(w->lower, 0, LOWER_WORDS * sizeof *w->lower);
    tm_sentences sentences = tm_sentences_get(h, doc);
    if (is_english(s, doc)) {
        chunks_find(w, &sentences);
        names_parse(w);
        memory_learn(w);
        names_parse_again(w);
    } else {
        names_from_gazetteers(w);
    }
    struct groups groups;
    groups_make(w, &groups);
    write_spans(s, w, &groups);
    return TM_PASS;
}

static const tm_option options[] = {
    TM_OPT_LIST(
        struct config, gazetteers, TM_T_PATH, TM_OPT_PATH_READ, "gazetteers", "[]",
        "files of names of your own: TSV lines of name, type, id and aliases parted by |, or a JSON array of objects "
        "with these members"),
    TM_OPT_BOOL(struct config, why, "why", "false", "tell of every mention by which rule or gazetteer it is a name"),
};

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_DETERMINISTIC,
    .name = "entities",
    .version = "1.0",
    .summary = "finds people, places, organisations, events and other names",
    .licence = "MIT AND CC-BY-4.0 AND LGPL-2.1-or-later AND CC0-1.0 AND LicenseRef-SCOWL",
    .reads = "lang",
    .writes = "entities",
    .text_version = TM_TEXT_VERSION,
    TM_OPTIONS(struct config, options),
    .open = entities_open,
    .close = entities_close,
    .thread_open = entities_thread_open,
    .thread_close = entities_thread_close,
    .process = entities_process,
};
