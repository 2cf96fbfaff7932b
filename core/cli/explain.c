/* explain.c: textmill explain: one document through a pipeline, with all that each stage did to it, for a terminal or
 * as a page.
 */
#include "explain.h"
#include "commands.h"
#include "setup.h"

#include "../json/memory.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct explain_arguments {
    const char *id, *output, *text_field, *id_field;
    struct option_list plugin_dirs, sets;
    uint64_t line;
    int64_t timeout;
    int html, colour, input_format;
};

enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

static const struct command command = {
    .name = "explain",
    .summary = "Sends one document through a pipeline and shows what each stage did to it: what was cut and why, what\n"
               "was replaced, what was found, which fields were set, and how long it took.",
    .usage = "PIPELINE FILE",
    .details = "FILE is a text or holds records; of several the first is taken, unless --line or --id names one.\n"
               "Cut text is struck through, with a number that leads to its reason; without colour cuts are [N-so-],\n"
               "new text {+so+}, names <so:TYPE>. Stages that remember documents begin with an empty memory.\n\n"
               "Exit status: 0 the document came through or was dropped; 1 it failed; 2 usage, configuration or\n"
               "plugin, no such document; 3 a file cannot be read or written.",
};

/* --- the document --- */

struct chosen {
    struct source *source;
    struct block *block;
    struct arena *arena;
    tm_doc *doc;
    uint64_t line;
    uint64_t others;      /* documents behind it, as far as was read */
    tm_str code, message; /* it cannot be read */
};

static int is_wanted(const struct explain_arguments *a, tm_doc *doc, uint64_t line) {
    if (a->line && line != a->line)
        return 0;
    if (!a->id)
        return 1;
    if (!doc)
        return 0;
    tm_str id = doc_id(doc);
    return id.len == strlen(a->id) && memcmp(id.data, a->id, id.len) == 0;
}

static tm_uid uid_of(const char *name, uint64_t line) {
    tm_uid uid = {0xcbf29ce484222325u + line, 0x9e3779b97f4a7c15u ^ line};
    for (; *name; name++) {
        uid.hi = (uid.hi ^ (unsigned char)*name) * 0x100000001b3u;
        uid.lo = (uid.lo + (unsigned char)*name) * 0x9fb21c651e98df25u;
    }
    return uid;
}

static tm_doc *make_document(struct chosen *c, const struct doc_schema *schema, const struct item *item,
                             struct json_error *error) {
    const char *name = source_name(c->source, item->source);
    struct doc_origin origin = {.source = name, .encoding = item->encoding, .uid = uid_of(name, item->position)};
    if (item->position) {
        struct buffer id = {0};
        buffer_addf(&id, "%s:%llu", name, (unsigned long long)item->position);
        origin.id = arena_copy(c->arena, id.data, id.len);
        buffer_deinit(&id);
        if (strcmp(name, "stdin") == 0)
            origin.source = origin.id;
    } else {
        origin.id = source_relative_name(c->source, item->source);
    }
    const char *bytes = c->block->bytes.data + item->start;
    if (item->kind == ITEM_RECORD)
        return doc_from_record(schema, c->arena, bytes, item->len, &origin, error);
    return doc_from_text(schema, c->arena, bytes, item->len, &origin);
}

/* Looks for it. 1 where it was found, 0 where there is none, -1 with why. */
static int choose(struct chosen *c, const struct explain_arguments *a, const struct doc_schema *schema,
                  struct buffer *why) {
    int r;
    while ((r = source_next(c->source, c->block, why)) > 0) {
        for (size_t i = 0; i < c->block->n_items; i++) {
            const struct item *item = &c->block->items[i];
            struct json_error error = {.code = ""};
            if (a->line && item->position != a->line)
                continue;
            tm_doc *doc = item->kind == ITEM_BAD ? NULL : make_document(c, schema, item, &error);
            if (is_wanted(a, doc, item->position)) {
                c->doc = doc;
                c->line = item->position;
                c->others = c->block->n_items - i - 1;
                if (!doc && item->kind == ITEM_BAD) {
                    c->code = (tm_str){item->code, strlen(item->code)};
                    c->message = item->message ? (tm_str){item->message, strlen(item->message)} : (tm_str){0};
                } else if (!doc) {
                    c->code = (tm_str){error.code, strlen(error.code)};
                    c->message.data = arena_copy(c->arena, error.message, strlen(error.message));
                    c->message.len = strlen(error.message);
                }
                return 1;
            }
            arena_reset(c->arena, (size_t)4 << 20);
        }
        block_clear(c->block);
    }
    return r;
}

/* --- where it is shown --- */

static unsigned terminal_width(void) {
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40)
        return isatty(STDOUT_FILENO) ? 80 : 0;
    return size.ws_col > 120 ? 120 : size.ws_col;
}

static int wants_colour(const struct explain_arguments *a) {
    if (a->colour != COLOUR_AUTO)
        return a->colour == COLOUR_ALWAYS;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return !a->output && isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

static int is_same_file(const char *a, const char *b) {
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static int write_out(const char *path, const struct buffer *out) {
    FILE *f = path ? fopen(path, "wb") : stdout;
    int is_bad = !f;
    if (f) {
        is_bad = out->len && fwrite(out->data, 1, out->len, f) != out->len;
        is_bad |= (path ? fclose(f) : fflush(f)) != 0;
    }
    if (is_bad)
        fprintf(stderr, "textmill explain: %s: %s\n", path ? path : "standard output", strerror(errno));
    return is_bad ? EXIT_RUNTIME : EXIT_FINE;
}

static int show(struct explain *x, const struct explain_arguments *a) {
    struct buffer out = {0};
    if (a->html) {
        explain_html(x, &out);
    } else {
        struct explain_look look = {wants_colour(a), a->output ? 0 : terminal_width()};
        explain_terminal(x, &look, &out);
    }
    int status = write_out(a->output, &out);
    buffer_deinit(&out);
    return status ? status : x->end == SINGLE_FAILED || x->end == SINGLE_BROKEN ? EXIT_SOME_FAILED : EXIT_FINE;
}

/* --- the command --- */

/* What there is to tell of a document that cannot be read. */
static int tell_unreadable(const struct chosen *c, const char *file) {
    struct buffer line = {0};
    buffer_addf(&line, "textmill explain: %s", file);
    if (c->line)
        buffer_addf(&line, ":%llu", (unsigned long long)c->line);
    buffer_addf(&line, ": cannot be read as a document: %.*s: ", (int)c->code.len, c->code.data);
    explain_put_line(&line, c->message.data, c->message.len);
    fprintf(stderr, "%.*s\n", (int)line.len, line.data);
    buffer_deinit(&line);
    return EXIT_SOME_FAILED;
}

static int explain_chosen(const struct pipeline *p, const struct explain_arguments *a, const char *file,
                          struct chosen *c) {
    struct buffer why = {0};
    int found = choose(c, a, &p->schema, &why), status = EXIT_RUNTIME;
    if (found < 0) {
        fprintf(stderr, "textmill explain: %.*s\n", (int)why.len, why.data);
    } else if (found == 0) {
        status = EXIT_USAGE;
        if (a->id)
            fprintf(stderr, "textmill explain: %s: no document has the id '%s'\n", file, a->id);
        else if (a->line)
            fprintf(stderr, "textmill explain: %s: there is no record at line %llu\n", file,
                    (unsigned long long)a->line);
        else
            fprintf(stderr, "textmill explain: %s: there is no document in it\n", file);
    } else if (!c->doc) {
        status = tell_unreadable(c, file);
    } else {
        struct explain x = {.pipeline = p, .doc = c->doc, .file = file, .line = c->line};
        if (c->others && !a->id && !a->line)
            fprintf(stderr,
                    "textmill explain: %s holds more documents; this is the first (--line N or --id ID names "
                    "another)\n",
                    file);
        if (explain_trace(&x, c->arena, (uint64_t)a->timeout, &why) == 0)
            status = show(&x, a);
        else
            fprintf(stderr, "textmill explain: %.*s\n", (int)why.len, why.data);
    }
    buffer_deinit(&why);
    return status;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int explain_file(const struct explain_arguments *a, const char *pipeline, const char *file) {
    const char *temporary = getenv("TMPDIR");
    char state[PATH_MAX];
    struct setup setup;
    struct pipeline_request request = {.file = pipeline,
                                       .sets = a->sets.items,
                                       .n_sets = a->sets.count,
                                       .text_field = a->text_field,
                                       .id_field = a->id_field,
                                       .with_edits = 1};
    /* A folder of its own: looking at a document must not change what a run remembers. */
    snprintf(state, sizeof state, "%s/textmill-explain-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (mkdtemp(state))
        request.state_folder = state;
    setup_init(&setup, &a->plugin_dirs, LOG_WARNING);
    struct pipeline *p = setup_pipeline(&setup, &request, 1);
    int status = EXIT_USAGE;
    if (p) {
        struct source_options from = {.format = (enum input_format)a->input_format,
                                      .text_field = p->schema.text_field,
                                      .id_field = p->schema.id_field,
                                      .max_doc = (size_t)64 << 20,
                                      .max_expand = 1000};
        struct buffer why = {0};
        struct chosen c = {.source = source_open(&file, 1, &from, &why)};
        if (c.source) {
            c.block = block_new();
            c.arena = arena_new((size_t)256 << 10);
            status = explain_chosen(p, a, file, &c);
            arena_free(c.arena);
            block_free(c.block);
            source_close(c.source);
        } else {
            fprintf(stderr, "textmill explain: %.*s\n", (int)why.len, why.data);
        }
        buffer_deinit(&why);
        pipeline_close(p);
        pipeline_free(p);
    }
    setup_deinit(&setup);
    if (request.state_folder)
        nftw(state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}

int command_explain(int argc, char **argv) {
    struct explain_arguments a = {.timeout = 30000000000};
    const struct command_option options[] = {
        {0, "id", "ID", OPTION_TEXT, &a.id, NULL, "the document with this id"},
        {0, "line", "N", OPTION_NUMBER, &a.line, NULL, "the record at this line"},
        {0, "html", NULL, OPTION_FLAG, &a.html, NULL, "a page that holds everything in itself, for a browser"},
        {'o', "output", "OUT", OPTION_TEXT, &a.output, NULL, "write to this file"},
        {0, "color", "WHEN", OPTION_CHOICE, &a.colour, "auto|always|never",
         "colours; auto: on a terminal, unless NO_COLOR is set"},
        {0, "set", "STAGE.OPTION=VALUE", OPTION_LIST, &a.sets, NULL,
         "override an option of a stage; may be given again"},
        {0, "input-format", "FORMAT", OPTION_CHOICE, &a.input_format, "auto|jsonl|text|csv|tsv", "what the file is"},
        {0, "text-field", "NAME", OPTION_TEXT, &a.text_field, NULL, "the field or column that holds the text"},
        {0, "id-field", "NAME", OPTION_TEXT, &a.id_field, NULL, "the field or column that holds the id"},
        {0, "timeout", "TIME", OPTION_DURATION, &a.timeout, NULL, "time that a stage is told to keep to; default 30s"},
        SETUP_OPTION_PLUGIN_DIR(a.plugin_dirs),
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        status--;
    else if (words != 2)
        status = options_mistake(&command, "a pipeline file and a file to explain are wanted");
    else if (a.output && (is_same_file(a.output, argv[2]) || is_same_file(a.output, argv[1])))
        status = options_mistake(&command, "%s is what is read; write to another file", a.output);
    else
        status = explain_file(&a, argv[1], argv[2]);
    option_list_deinit(&a.plugin_dirs);
    option_list_deinit(&a.sets);
    return status;
}
