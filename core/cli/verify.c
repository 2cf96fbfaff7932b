/* verify.c: textmill verify: holds records against their inputs: original + edits = text, byte for byte. The output
 * file is indexed by id and source first (32 bytes a record), then the inputs are read once, in whatever order the
 * records stand. The files are read only; what an edit means is doc/replay.h's.
 */
#include "commands.h"
#include "options.h"
#include "verify_record.h"

#include "../io/source.h"
#include "../json/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* At most so many records of one id are held against an input: documents with equal ids are told apart by content. */
#define MAX_TRIES 64
/* Differences that are shown. */
#define MAX_SHOWN 20

/* One record of the output file. */
struct entry {
    uint64_t key;
    uint64_t at; /* where its line begins */
    uint64_t line : 40;
    uint64_t state : 4; /* enum entry_state */
    uint64_t done;      /* of the first with its key: so many from here on are well */
};

enum entry_state { ENTRY_NEW, ENTRY_WELL, ENTRY_BAD };

struct index {
    const char *path;
    FILE *file;
    struct entry *entries; /* in the order of keys, then of lines */
    size_t n, room;
    char *line;
    size_t line_room;
    struct arena *arena; /* for one record */
};

struct totals {
    uint64_t exact, by_words, unchanged, bad, emitted, without_input, shown;
};

static int compare_entries(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Reads a line and takes the line end off. Its length, or -1 at the end. */
static ssize_t read_line(struct index *x) {
    ssize_t len = getline(&x->line, &x->line_room, x->file);
    if (len > 0 && x->line[len - 1] == '\n')
        len--;
    return len;
}

static int index_read(struct index *x, const struct verify_names *names) {
    x->file = fopen(x->path, "re");
    if (!x->file || fseeko(x->file, 0, SEEK_END) != 0 || fseeko(x->file, 0, SEEK_SET) != 0) {
        fprintf(stderr, "textmill verify: cannot read %s: %s; name a file of results\n", x->path, strerror(errno));
        return EXIT_RUNTIME;
    }
    uint64_t at = 0, line = 0;
    ssize_t len;
    for (; (len = read_line(x)) >= 0; at = (uint64_t)ftello(x->file)) {
        line++;
        if (len == 0)
            continue;
        struct verify_record record;
        struct json_error error;
        if (verify_record_read(&record, names, x->line, (size_t)len, &error) != 0) {
            fprintf(stderr, "textmill verify: %s:%" PRIu64 ": not a record: %s\n", x->path, line, error.message);
            return EXIT_USAGE;
        }
        if (x->n == x->room) {
            x->room = x->room ? x->room * 2 : 1024;
            x->entries = memory_realloc(x->entries, x->room * sizeof *x->entries);
        }
        x->entries[x->n++] = (struct entry){.key = verify_record_key(&record), .at = at, .line = line & 0xffffffffff};
        verify_record_deinit(&record);
    }
    if (ferror(x->file)) {
        fprintf(stderr, "textmill verify: cannot read %s: %s\n", x->path, strerror(errno));
        return EXIT_RUNTIME;
    }
    if (x->n)
        qsort(x->entries, x->n, sizeof *x->entries, compare_entries);
    return EXIT_FINE;
}

static void index_free(struct index *x) {
    if (x->file)
        fclose(x->file);
    arena_free(x->arena);
    free(x->entries);
    free(x->line);
}

/* The first of the entries with that key, NULL where there is none. */
static struct entry *index_find(const struct index *x, uint64_t key) {
    size_t low = 0, high = x->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->entries[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < x->n && x->entries[low].key == key ? &x->entries[low] : NULL;
}

static void show(struct totals *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An id comes from a record: what it says is not obeyed by a terminal. */
static void show(struct totals *t, const char *format, ...) {
    if (t->shown++ >= MAX_SHOWN)
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    puts(line);
}

/* Holds one record against an original. 0 where it is well, else why it is not. */
static int check_entry(struct index *x, struct entry *e, const struct verify_names *names, tm_str original,
                       struct totals *t, struct buffer *why) {
    ssize_t len = fseeko(x->file, (off_t)e->at, SEEK_SET) == 0 ? read_line(x) : -1;
    struct verify_record record;
    struct json_error error;
    if (len < 0 || verify_record_read(&record, names, x->line, (size_t)len, &error) != 0) {
        buffer_add_string(why, "the file changed while it was read");
        return -1;
    }
    arena_reset(x->arena, (size_t)1 << 20);
    enum verify_result result = verify_record_check(&record, original, x->arena, why);
    verify_record_deinit(&record);
    if (result == VERIFY_BAD)
        return -1;
    e->state = ENTRY_WELL;
    *(result == VERIFY_EXACT ? &t->exact : result == VERIFY_BY_WORDS ? &t->by_words : &t->unchanged) += 1;
    return 0;
}

/* One input against the records that bear its name. */
static void check_input(struct index *x, const struct verify_names *names, const struct verify_input *input,
                        struct totals *t, struct buffer *why) {
    struct entry *tried = NULL;
    if (!x->n)
        return;
    for (unsigned form = 0; form < VERIFY_KEYS; form++) {
        uint64_t key;
        if (!verify_input_key(input, form, &key))
            continue;
        struct entry *first = index_find(x, key), *end = x->entries + x->n;
        struct entry *e = first ? first + first->done : end;
        for (unsigned tries = 0; e < end && e->key == key && tries < MAX_TRIES; e++) {
            if (e->state == ENTRY_WELL)
                continue;
            why->len = 0;
            tries++;
            if (check_entry(x, e, names, input->original, t, why) == 0) {
                for (e = first + first->done; e < end && e->key == key && e->state == ENTRY_WELL; e++)
                    first->done++;
                return;
            }
            if (!tried && e->state == ENTRY_NEW)
                tried = e;
        }
    }
    if (!tried) /* a document that was dropped or failed has no record */
        return;
    tried->state = ENTRY_BAD;
    why->len = 0;
    check_entry(x, tried, names, input->original, t, why);
    show(t, "%s:%" PRIu64 ": %.*s: %.*s", x->path, (uint64_t)tried->line, (int)input->id.len, input->id.data,
         (int)why->len, why->data ? why->data : "");
}

static int check_inputs(struct index *x, const struct verify_names *names, const char *const *inputs, size_t n,
                        const struct source_options *options, struct totals *t) {
    struct buffer why = {0};
    struct source *source = source_open(inputs, n, options, &why);
    if (!source) {
        fprintf(stderr, "textmill verify: %.*s\n", (int)why.len, why.data);
        buffer_deinit(&why);
        return EXIT_USAGE;
    }
    struct verify_reader *reader = verify_reader_new(names);
    struct block *block = block_new();
    int r;
    while ((r = source_next(source, block, &why)) > 0) {
        for (size_t i = 0; i < block->n_items; i++) {
            struct verify_input input;
            if (verify_reader_next(reader, source, block, i, &input))
                check_input(x, names, &input, t, &why);
        }
        block_clear(block);
    }
    if (r < 0)
        fprintf(stderr, "textmill verify: %.*s\n", (int)why.len, why.data);
    block_free(block);
    verify_reader_free(reader);
    source_close(source);
    buffer_deinit(&why);
    return r < 0 ? EXIT_RUNTIME : EXIT_FINE;
}

static int compare_lines(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* What no input has answered for. Documents that a stage emitted (ID#n) have no input of their own. */
static void tell_rest(struct index *x, const struct verify_names *names, struct totals *t) {
    if (x->n)
        qsort(x->entries, x->n, sizeof *x->entries, compare_lines);
    for (size_t i = 0; i < x->n; i++) {
        const struct entry *e = &x->entries[i];
        if (e->state == ENTRY_WELL)
            continue;
        struct verify_record record;
        struct json_error error;
        ssize_t len = fseeko(x->file, (off_t)e->at, SEEK_SET) == 0 ? read_line(x) : -1;
        if (len < 0 || verify_record_read(&record, names, x->line, (size_t)len, &error) != 0)
            continue;
        if (e->state == ENTRY_BAD) {
            t->bad++;
        } else if (verify_record_is_emitted(&record)) {
            t->emitted++;
        } else {
            t->without_input++;
            show(t, "%s:%" PRIu64 ": %.*s: no input is its original", x->path, (uint64_t)e->line, (int)record.id.len,
                 record.id.data ? record.id.data : "");
        }
        verify_record_deinit(&record);
    }
}

static int report(const struct index *x, const struct totals *t) {
    if (t->shown > MAX_SHOWN)
        printf("... and %" PRIu64 " more\n", t->shown - MAX_SHOWN);
    printf("%s: %zu records: %" PRIu64 " exact by their edits", x->path, x->n, t->exact);
    if (t->unchanged)
        printf(", %" PRIu64 " unchanged", t->unchanged);
    if (t->by_words)
        printf(", %" PRIu64 " by words (run with --edits for the exact proof)", t->by_words);
    if (t->emitted)
        printf(", %" PRIu64 " emitted by stages, not checked", t->emitted);
    if (t->bad)
        printf(", %" PRIu64 " that differ", t->bad);
    if (t->without_input)
        printf(", %" PRIu64 " without an input", t->without_input);
    putchar('\n');
    return t->bad || t->without_input ? EXIT_SOME_FAILED : EXIT_FINE;
}

int command_verify(int argc, char **argv) {
    struct verify_names names = {.text_field = "text", .id_field = "id"};
    uint64_t max_doc = (uint64_t)64 << 20, max_expand = 0;
    int input_format = 0;
    const struct command_option options[] = {
        {0, "text-field", "NAME", OPTION_TEXT, &names.text_field, NULL, "the field that holds the text (text)"},
        {0, "id-field", "NAME", OPTION_TEXT, &names.id_field, NULL, "the field that holds the id (id)"},
        {0, "input-format", "FORMAT", OPTION_CHOICE, &input_format, "auto|jsonl|text|csv|tsv", "what the inputs are"},
        {0, "replace", NULL, OPTION_FLAG, &names.replace_bad, NULL, "the run had --replace"},
        {0, "max-doc", "SIZE", OPTION_SIZE, &max_doc, NULL, "longest document taken (64M)"},
        {0, "max-expand", "N", OPTION_NUMBER, &max_expand, NULL, "most bytes out of a compressed byte (no limit)"},
    };
    static const struct command command = {
        .name = "verify",
        .summary =
            "Holds records against the inputs that they were made from: the original and the record's edits must\n"
            "give its text, byte for byte. Where it has no \"edits\", \"removed\" stands for them; the words must "
            "agree.",
        .usage = "OUT.jsonl INPUT...",
        .details = "Give the inputs and the options about them as they were given to run.\n"
                   "Exit status: 0 all well, 1 some records differ or have no input, 2 usage, 3 a file cannot be read.",
    };
    int words;
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words < 2)
        return options_mistake(&command, "a file of results and the inputs that it was made from are wanted");
    struct source_options source = {
        .format = (enum input_format)input_format,
        .text_field = names.text_field,
        .id_field = names.id_field,
        .max_doc = max_doc,
        .max_expand = max_expand,
    };
    struct index index = {.path = argv[1], .arena = arena_new((size_t)64 << 10)};
    struct totals totals = {0};
    status = index_read(&index, &names);
    if (status == EXIT_FINE)
        status = check_inputs(&index, &names, (const char *const *)argv + 2, (size_t)words - 1, &source, &totals);
    if (status == EXIT_FINE) {
        tell_rest(&index, &names, &totals);
        status = report(&index, &totals);
    }
    index_free(&index);
    return status;
}
