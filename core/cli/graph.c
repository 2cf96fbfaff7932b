/* graph.c: textmill graph: the pipeline as a picture: stages in order, what decides whether a document enters one,
 * where documents leave, inputs and outputs.
 */
#include "commands.h"
#include "setup.h"

#include <stdio.h>
#include <string.h>

enum graph_format { GRAPH_DOT, GRAPH_MERMAID };

struct graph {
    const struct pipeline *p;
    enum graph_format format;
    struct buffer *out;
};

/* Text inside a quoted label: a line end is written as `br`. */
static void put_label(struct graph *g, const char *data, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '\n')
            buffer_add_string(g->out, g->format == GRAPH_DOT ? "\\n" : "<br/>");
        else if (c < 0x20 || c == 0x7f)
            buffer_add_char(g->out, ' ');
        else if (g->format == GRAPH_DOT && (c == '"' || c == '\\'))
            buffer_addf(g->out, "\\%c", c);
        else if (g->format == GRAPH_MERMAID && strchr("\"<>#&`;|[]{}()\\", c))
            buffer_addf(g->out, "#%u;", c);
        else
            buffer_add_char(g->out, (char)c);
    }
}

/* A node; the label's lines were gathered in `label`. */
enum shape { SHAPE_STAGE, SHAPE_QUESTION, SHAPE_END, SHAPE_GONE };

static void node(struct graph *g, const char *indent, const char *name, size_t number, enum shape shape,
                 const struct buffer *label) {
    static const char *const dot[] = {
        "shape=box style=\"rounded,filled\" fillcolor=\"#e8f0fe\"", "shape=diamond style=filled fillcolor=\"#fff4d6\"",
        "shape=cylinder style=filled fillcolor=\"#eeeeee\"", "shape=box style=\"filled,dashed\" fillcolor=\"#fdecea\""};
    static const char *const open[] = {"(\"", "{\"", "[(\"", "[\""}, *const close[] = {"\")", "\"}", "\")]", "\"]"};
    static const char *const class[] = {"stage", "question", "end_", "gone"};
    buffer_addf(g->out, g->format == GRAPH_DOT ? "%s%s%zu [%s label=\"" : "%s%s%zu%s", indent, name, number,
                g->format == GRAPH_DOT ? dot[shape] : open[shape]);
    put_label(g, label->data, label->len);
    if (g->format == GRAPH_DOT)
        buffer_add_string(g->out, "\"];\n");
    else
        buffer_addf(g->out, "%s:::%s\n", close[shape], class[shape]);
}

static void edge(struct graph *g, const char *from, size_t from_number, const char *to, size_t to_number,
                 const char *label, size_t len, int is_dashed) {
    if (g->format == GRAPH_DOT) {
        buffer_addf(g->out, "  %s%zu -> %s%zu", from, from_number, to, to_number);
        if (len || is_dashed)
            buffer_add_string(g->out, " [");
        if (len) {
            buffer_add_string(g->out, "label=\"");
            put_label(g, label, len);
            buffer_add_char(g->out, '"');
        }
        if (is_dashed)
            buffer_add_string(g->out, len ? " style=dashed" : "style=dashed");
        buffer_add_string(g->out, len || is_dashed ? "];\n" : ";\n");
        return;
    }
    buffer_addf(g->out, "  %s%zu %s", from, from_number, is_dashed ? "-.->" : "-->");
    if (len) {
        buffer_add_string(g->out, "|\"");
        put_label(g, label, len);
        buffer_add_string(g->out, "\"|");
    }
    buffer_addf(g->out, " %s%zu\n", to, to_number);
}

/* --- conditions in words --- */

/* {"lang": {"in": ["en", null]}} becomes: lang in ["en",null]; one test a line. */
static void put_condition(const struct config_node *when, struct buffer *out) {
    if (when->type != CONFIG_OBJECT) {
        config_write(when, out);
        return;
    }
    for (const struct config_node *test = when->first; test; test = test->next) {
        if (test != when->first)
            buffer_add_string(out, " and\n");
        if (test->type != CONFIG_OBJECT || !test->first) {
            buffer_addf(out, "%s%s", test->key, test->type == CONFIG_ARRAY ? " of " : " is ");
            config_write(test, out);
            continue;
        }
        for (const struct config_node *op = test->first; op; op = op->next) {
            buffer_addf(out, "%s%s %s ", op == test->first ? "" : " and\n", test->key, op->key);
            config_write(op, out);
        }
    }
}

static const struct config_node *stage_node(const struct pipeline_stage *s) {
    return s->at ? s->at->parent : NULL;
}

static const struct config_node *when_of(const struct pipeline_stage *s) {
    const struct config_node *n = stage_node(s);
    return s->when && n ? config_get(n, "when") : NULL;
}

/* --- the parts of the picture --- */

static void put_ends(struct graph *g) {
    const struct pipeline *p = g->p;
    struct buffer label = {0};
    for (size_t i = 0; i < p->n_input_files || i == 0; i++) {
        label.len = 0;
        const struct config_node *files = p->input ? config_get(p->input, "files") : NULL;
        const struct config_node *f = files ? files->first : NULL;
        for (size_t j = 0; f && j < i; j++)
            f = f->next;
        buffer_add_string(&label, f && f->string ? f->string : "input");
        if (p->input_format)
            buffer_addf(&label, "\n%s", p->input_format);
        node(g, "  ", "in", i, SHAPE_END, &label);
    }
    const struct config_node *o = p->outputs && p->outputs->type == CONFIG_ARRAY ? p->outputs->first : NULL;
    for (size_t i = 0; i < p->n_output || i == 0; i++) {
        const struct config_node *path = o ? config_get(o, "path") : NULL;
        label.len = 0;
        buffer_add_string(&label, path && path->string ? path->string : "output");
        if (p->n_output && p->output[i].format)
            buffer_addf(&label, "\n%s", p->output[i].format);
        node(g, "  ", "out", i, SHAPE_END, &label);
        o = o ? o->next : NULL;
    }
    buffer_deinit(&label);
}

static void put_stage(struct graph *g, size_t i, const char *indent) {
    const struct pipeline_stage *s = &g->p->stages[i];
    static const char *const on_error[] = {"fail", "skip", "drop"};
    struct buffer label = {0};
    const struct config_node *when = when_of(s);
    if (when) {
        put_condition(when, &label);
        node(g, indent, "when", i, SHAPE_QUESTION, &label);
        label.len = 0;
    }
    buffer_add_string(&label, s->doc.id);
    if (strcmp(s->doc.id, s->plugin->name) != 0)
        buffer_addf(&label, " (%s)", s->plugin->name);
    if (s->languages && *s->languages)
        buffer_addf(&label, "\nlanguages: %s", s->languages);
    if (s->on_error != ON_ERROR_FAIL)
        buffer_addf(&label, "\non_error: %s", on_error[s->on_error]);
    node(g, indent, "stage", i, SHAPE_STAGE, &label);
    buffer_deinit(&label);
}

static const char *file_of(const struct graph *g, size_t i) {
    const struct config_node *at = g->p->stages[i].at;
    return at && at->file && g->p->file && strcmp(at->file, g->p->file) != 0 ? at->file : NULL;
}

/* Stages of one included file stand in a box of their own. */
static void put_stages(struct graph *g) {
    const char *box = NULL;
    for (size_t i = 0; i < g->p->n_stages; i++) {
        const char *file = file_of(g, i);
        int is_same = file && box ? strcmp(file, box) == 0 : file == box;
        if (!is_same && box)
            buffer_add_string(g->out, g->format == GRAPH_DOT ? "  }\n" : "  end\n");
        if (!is_same && file) {
            buffer_addf(g->out,
                        g->format == GRAPH_DOT ? "  subgraph cluster%zu {\n    style=dashed; label=\""
                                               : "  subgraph box%zu [\"",
                        i);
            put_label(g, file, strlen(file));
            buffer_add_string(g->out, g->format == GRAPH_DOT ? "\";\n" : "\"]\n");
        }
        box = file;
        put_stage(g, i, box ? "    " : "  ");
    }
    if (box)
        buffer_add_string(g->out, g->format == GRAPH_DOT ? "  }\n" : "  end\n");
}

/* Edges to where a document goes that has passed stage `i - 1`, or is passed over by it. */
static void put_next(struct graph *g, const char *from, size_t from_number, size_t i, const char *label) {
    const struct pipeline *p = g->p;
    struct buffer words = {0};
    if (i < p->n_stages) {
        edge(g, from, from_number, when_of(&p->stages[i]) ? "when" : "stage", i, label, strlen(label), 0);
        return;
    }
    const struct config_node *o = p->outputs && p->outputs->type == CONFIG_ARRAY ? p->outputs->first : NULL;
    for (size_t j = 0; j < p->n_output || j == 0; j++) {
        const struct config_node *when = o ? config_get(o, "when") : NULL;
        words.len = 0;
        buffer_add_string(&words, label);
        if (when) {
            if (words.len)
                buffer_add_string(&words, "; ");
            put_condition(when, &words);
        }
        edge(g, from, from_number, "out", j, words.data, words.len, 0);
        o = o ? o->next : NULL;
    }
    buffer_deinit(&words);
}

static void put_edges(struct graph *g) {
    const struct pipeline *p = g->p;
    struct buffer none = {0}, label = {0};
    int has_drops = 0;
    for (size_t i = 0; i < p->n_input_files || i == 0; i++)
        put_next(g, "in", i, 0, "");
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct pipeline_stage *s = &p->stages[i];
        if (when_of(s)) {
            edge(g, "when", i, "stage", i, "yes", 3, 0);
            put_next(g, "when", i, i + 1, "no");
        }
        put_next(g, "stage", i, i + 1, "");
        has_drops |= (s->plugin->flags & TM_MAY_DROP) || s->on_error == ON_ERROR_DROP;
    }
    if (has_drops) {
        buffer_add_string(&label, "dropped");
        node(g, "  ", "dropped", 0, SHAPE_GONE, &label);
    }
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct pipeline_stage *s = &p->stages[i];
        const char *why = s->on_error != ON_ERROR_DROP            ? ""
                          : (s->plugin->flags & TM_MAY_DROP) != 0 ? "or on error"
                                                                  : "on error";
        if ((s->plugin->flags & TM_MAY_DROP) || s->on_error == ON_ERROR_DROP)
            edge(g, "stage", i, "dropped", 0, why, strlen(why), 1);
    }
    buffer_deinit(&label);
    buffer_deinit(&none);
}

static void put_graph(struct graph *g) {
    const char *name = g->p->name ? g->p->name : "pipeline";
    if (g->format == GRAPH_DOT) {
        buffer_add_string(g->out, "digraph \"");
        put_label(g, name, strlen(name));
        buffer_add_string(g->out, "\" {\n  rankdir=TB;\n  node [fontname=\"sans-serif\" fontsize=11];\n"
                                  "  edge [fontname=\"sans-serif\" fontsize=10];\n");
    } else {
        buffer_add_string(g->out, "---\ntitle: \"");
        put_label(g, name, strlen(name));
        buffer_add_string(g->out, "\"\n---\nflowchart TB\n");
    }
    put_ends(g);
    put_stages(g);
    put_edges(g);
    buffer_add_string(g->out, g->format == GRAPH_DOT
                                  ? "}\n"
                                  : "  classDef stage fill:#e8f0fe,stroke:#3b5b92,color:#111\n"
                                    "  classDef question fill:#fff4d6,stroke:#a8842c,color:#111\n"
                                    "  classDef end_ fill:#eeeeee,stroke:#777777,color:#111\n"
                                    "  classDef gone fill:#fdecea,stroke:#b3453b,color:#111,stroke-dasharray:4\n");
}

int command_graph(int argc, char **argv) {
    struct option_list plugin_dirs = {0}, sets = {0};
    int format = GRAPH_DOT;
    const struct command_option options[] = {
        {0, "format", "FORMAT", OPTION_CHOICE, &format, "dot|mermaid", "how the picture is written"},
        SETUP_OPTION_PLUGIN_DIR(plugin_dirs),
    };
    static const struct command command = {
        .name = "graph",
        .summary =
            "Draws a pipeline: its stages in order, what decides whether a document enters one, where documents\n"
            "leave, inputs and outputs.",
        .usage = "PIPELINE",
        .details = "DOT is made a picture by graphviz (textmill graph P | dot -Tsvg), Mermaid by GitHub and others.",
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status) {
        status--;
    } else if (words != 1) {
        status = options_mistake(&command, "one pipeline file is wanted");
    } else {
        struct setup setup;
        struct pipeline_request request = {.file = argv[1]};
        setup_init(&setup, &plugin_dirs, LOG_WARNING);
        struct pipeline *p = setup_pipeline(&setup, &request, 0);
        status = EXIT_USAGE;
        if (p) {
            struct buffer out = {0};
            struct graph g = {p, (enum graph_format)format, &out};
            put_graph(&g);
            status = fwrite(out.data, 1, out.len, stdout) == out.len && fflush(stdout) == 0 ? EXIT_FINE : EXIT_RUNTIME;
            buffer_deinit(&out);
            pipeline_free(p);
        }
        setup_deinit(&setup);
    }
    option_list_deinit(&plugin_dirs);
    option_list_deinit(&sets);
    return status;
}
