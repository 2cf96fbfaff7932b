/* source.c: the source over files: goes from input to input, finds out what each is, and has it cut into documents:
 * JSONL by lines.c, CSV and TSV by table.c, whole texts here. Many small files share a block. Called on the reader's
 * thread; the names alone are read by others too.
 */
#include "source.h"

#include "../json/memory.h"
#include "listing.h"
#include "reading.h"
#include "sniff.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much of an input of unknown kind is looked at. */
#define SNIFF_BYTES ((size_t)4096)
/* A larger window is given back as soon as its text is taken. */
#define WINDOW_KEEP ((size_t)2 << 20)

/* Names, in pieces that double and never move: workers read them while the reader adds. Piece p has 256 << p of them.
 */
#define NAMES_FIRST ((uint32_t)256)
#define NAMES_PIECES 24

struct name {
    char *display;
    const char *relative;
};

enum cutter { CUT_NOTHING, CUT_TEXT, CUT_LINES, CUT_TABLE };

struct source {
    struct source_options options;
    struct listing *listing; /* or NULL: files are pulled */
    struct source_pull pull;
    struct source_file *pulled; /* the file that each index stands for now */
    int files_fd;
    int no_atime; /* O_NOATIME, or 0 where it is refused: that a file was read needs no write */
    struct input input;
    struct reading reading;
    enum cutter cutter; /* of the input that is open; CUT_NOTHING: none is */
    int is_from_folder;
    int stop_fd; /* wakes a read that waits */
    atomic_int is_stopped;
    struct buffer failure; /* told once the documents read before it are handed out */
    struct name *pieces[NAMES_PIECES];
    uint32_t n_names;
};

static struct name *name_at(const struct source *s, uint32_t index) {
    uint32_t piece = 0, first = NAMES_FIRST;
    while (index >= first) {
        index -= first;
        first *= 2;
        piece++;
    }
    return s->pieces[piece] ? &s->pieces[piece][index] : NULL;
}

static uint32_t add_name(struct source *s, const char *path, size_t relative) {
    uint32_t piece = 0, first = NAMES_FIRST, index = s->n_names;
    while (index >= first) {
        index -= first;
        first *= 2;
        piece++;
    }
    if (!s->pieces[piece])
        s->pieces[piece] = memory_alloc(first * sizeof **s->pieces);
    char *copy = memory_copy(path, strlen(path));
    s->pieces[piece][index] = (struct name){copy, copy + relative};
    return s->n_names++;
}

const char *source_name(const struct source *s, uint32_t index) {
    if (s->pulled)
        return s->pulled[index].name;
    return name_at(s, index)->display;
}

const char *source_relative_name(const struct source *s, uint32_t index) {
    if (s->pulled)
        return s->pulled[index].name + s->pulled[index].relative;
    return name_at(s, index)->relative;
}

static struct source *source_new(const struct source_options *options) {
    struct source *s = memory_zalloc(1, sizeof *s);
    s->options = *options;
    if (!s->options.block_bytes)
        s->options.block_bytes = (size_t)256 << 10;
    if (!s->options.block_items)
        s->options.block_items = 4096;
    if (!s->options.max_doc)
        s->options.max_doc = (size_t)64 << 20;
    if (s->options.max_doc > TM_MAX_DOC)
        s->options.max_doc = TM_MAX_DOC;
    input_init(&s->input, options->read, options->max_expand);
    s->stop_fd = s->input.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->reading.in = &s->input;
    s->reading.options = &s->options;
    s->reading.table = table_new();
    return s;
}

struct source *source_open(const char *const *inputs, size_t n, const struct source_options *options,
                           struct buffer *why) {
    struct listing *listing = listing_open(inputs, n, options->count_bytes, why);
    if (!listing)
        return NULL;
    struct source *s = source_new(options);
    s->listing = listing;
    return s;
}

struct source *source_open_pulled(int dir_fd, const struct source_pull *pull, const struct source_options *options) {
    struct source *s = source_new(options);
    s->pull = *pull;
    s->pulled = memory_zalloc(pull->indexes, sizeof *s->pulled);
    s->files_fd = dir_fd;
    s->no_atime = O_NOATIME;
    return s;
}

uint64_t source_seed(const struct source *s, uint32_t index) {
    return s->pulled ? s->pulled[index].seed : 0;
}

uint64_t source_total_bytes(const struct source *s) {
    return s->listing ? listing_total_bytes(s->listing) : 0;
}

uint64_t source_skipped(const struct source *s) {
    return s->listing ? listing_skipped(s->listing) : 0;
}

void source_stop(struct source *s) {
    atomic_store(&s->is_stopped, 1);
    uint64_t one = 1;
    ssize_t ignored = s->stop_fd >= 0 ? write(s->stop_fd, &one, sizeof one) : 0;
    (void)ignored; /* only a counter that is full already fails */
}

void source_close(struct source *s) {
    if (!s)
        return;
    listing_close(s->listing);
    input_deinit(&s->input);
    table_free(s->reading.table);
    buffer_deinit(&s->failure);
    if (s->stop_fd >= 0)
        close(s->stop_fd);
    for (uint32_t i = 0; i < s->n_names; i++)
        free(name_at(s, i)->display);
    for (size_t i = 0; i < NAMES_PIECES; i++)
        free(s->pieces[i]);
    free(s->pulled);
    free(s);
}

static void add_bad_input(struct source *s, struct block *b, const char *code, const char *message) {
    size_t left = s->input.window.len - s->input.at;
    block_add_bad(b, s->reading.source, 0, code, message, left ? s->input.window.data + s->input.at : NULL, left);
    s->reading.documents++;
}

/* Fills the window until a first line that is not blank, or SNIFF_BYTES, can be seen. -1 where reading failed. */
static int look_ahead(struct input *in) {
    for (;;) {
        const char *from = in->window.data + in->at;
        size_t left = in->window.len - in->at, blank = 0;
        while (blank < left && (from[blank] == ' ' || from[blank] == '\n' || from[blank] == '\r'))
            blank++;
        if (left >= SNIFF_BYTES || (blank < left && memchr(from + blank, '\n', left - blank)))
            return 0;
        int got = input_fill(in);
        if (got <= 0)
            return got;
    }
}

/* Which kind the input is, by name and content; a message where it is of none. */
static const char *find_kind(struct source *s, struct name_kind kind, char *message, size_t room) {
    struct input *in = &s->input;
    const char *cure;
    const char *data = in->window.data + in->at;
    size_t len = in->window.len - in->at;
    enum input_format format = s->options.format != INPUT_AUTO ? s->options.format : kind.format;
    int is_guess = format == INPUT_AUTO;
    if (is_guess && (kind.is_html || sniff_is_html(data, len))) {
        snprintf(message, room,
                 "this is a web page, not text; extract its text first, e.g. with w3m -dump or trafilatura");
        return "not-text";
    }
    if (is_guess && kind.is_json && !sniff_is_jsonl(data, len) && sniff_is_json(data, len)) {
        snprintf(message, room, "this is JSON, but not one record a line; make it so with jq -c '.[]' or jq -c .");
        return "not-text";
    }
    if (is_guess)
        format = sniff_is_jsonl(data, len) ? INPUT_JSONL : INPUT_TEXT;
    if (format == INPUT_TEXT) { /* all else about it is found when it is decoded, whole */
        s->cutter = CUT_TEXT;
        return NULL;
    }
    const char *name = sniff_binary(data, len, &cure);
    if (name) {
        snprintf(message, room, "this is %s, not text; %s", name, cure);
        return "not-text";
    }
    if (len >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0 || !data[0] || !data[1])) {
        snprintf(message, room, "records must be UTF-8, and this looks like UTF-16 or UTF-32; convert it with iconv");
        return "encoding";
    }
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        in->at += 3;
    s->cutter = format == INPUT_JSONL ? CUT_LINES : CUT_TABLE;
    if (s->cutter == CUT_TABLE)
        table_begin(s->reading.table, format == INPUT_TSV ? '\t' : ',');
    return NULL;
}

static enum compression compression_seen(const struct input *in) {
    const char *data = in->window.data + in->at;
    size_t len = in->window.len - in->at;
    if (len >= 3 && memcmp(data, "\x1f\x8b\x08", 3) == 0)
        return COMPRESSION_GZIP;
    if (len >= 4 && memcmp(data, "\x28\xb5\x2f\xfd", 4) == 0)
        return COMPRESSION_ZSTD;
    return COMPRESSION_NONE;
}

/* One of the files that their owner names. */
static void open_file(struct source *s, const struct source_file *f, struct listed *out) {
    struct stat st;
    *out = (struct listed){.path = f->name, .relative = f->relative, .is_from_folder = 1};
    s->reading.refused = f->refused;
    s->reading.n_refused = f->n_refused;
    do {
        out->fd = openat(s->files_fd, f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | s->no_atime);
        if (out->fd < 0 && errno == EPERM && s->no_atime)
            s->no_atime = 0; /* files of others keep theirs */
        else if (out->fd >= 0 || errno != EINTR)
            break;
    } while (1);
    if (out->fd >= 0 && fstat(out->fd, &st) == 0 && S_ISREG(st.st_mode)) {
        out->is_regular = 1;
        out->size = (uint64_t)st.st_size;
        return;
    }
    snprintf(out->problem, sizeof out->problem, "%s", out->fd < 0 ? strerror(errno) : "it is no regular file");
    if (out->fd >= 0)
        close(out->fd);
    out->fd = -1;
}

/* The next input, wherever inputs come from: 1; 0 where there is none, or where a group ends. */
static int next_input(struct source *s, struct block *b, struct listed *out) {
    if (s->pulled) {
        struct source_file f;
        uint32_t index = 0;
        enum source_pulled got = s->pull.next(s->pull.context, s->stop_fd, &f, &index);
        b->ends_group = got == SOURCE_GROUP_ENDS;
        if (got != SOURCE_FILE)
            return 0;
        s->pulled[index] = f;
        open_file(s, &f, out);
        s->reading.source = index;
        return 1;
    }
    if (!listing_next(s->listing, out))
        return 0;
    s->reading.source = add_name(s, out->path, out->relative);
    return 1;
}

/* Opens the next input. 1; 0 where there is none; -1 with s->failure. One that turns out bad becomes an item, with
 * cutter CUT_NOTHING. */
static int open_next(struct source *s, struct block *b) {
    struct listed file;
    if (!next_input(s, b, &file))
        return 0;
    struct reading *r = &s->reading;
    struct input *in = &s->input;
    s->is_from_folder = file.is_from_folder;
    r->line = 0;
    r->scanned = 0;
    r->is_skipping = 0;
    in->at = in->window.len = 0;
    if (file.fd < 0) {
        if (!file.is_from_folder) {
            buffer_addf(&s->failure, "cannot read %s: %s", file.path, file.problem);
            return -1;
        }
        char message[200];
        snprintf(message, sizeof message, "cannot read the file: %s", file.problem);
        add_bad_input(s, b, "unreadable", message);
        return 1;
    }
    struct name_kind kind = name_kind_of(file.path);
    input_begin(in, file.fd, file.is_regular, file.size, (enum compression)kind.compression);
    int is_by_content = kind.format == INPUT_AUTO || s->options.format == INPUT_JSONL;
    int got = in->code ? -1 : s->options.format == INPUT_TEXT || kind.format == INPUT_TEXT ? 1 : look_ahead(in);
    if (got >= 0 && is_by_content && kind.compression == COMPRESSION_NONE && compression_seen(in) != COMPRESSION_NONE) {
        input_switch(in, compression_seen(in));
        got = in->code ? -1 : look_ahead(in);
    }
    char message[200];
    const char *code;
    if (got < 0) {
        if (strcmp(in->code, "stopped") == 0)
            return 0;
        if (strcmp(in->code, "read-error") == 0 && !file.is_from_folder) {
            buffer_addf(&s->failure, "%s: %s", file.path, in->message);
            return -1;
        }
        add_bad_input(s, b, in->code, in->message);
    } else if ((code = find_kind(s, kind, message, sizeof message))) {
        add_bad_input(s, b, code, message);
    }
    return 1;
}

static int is_white(const char *data, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (data[i] != ' ' && data[i] != '\n' && data[i] != '\r' && data[i] != '\t')
            return 0;
    return 1;
}

/* The whole input is one document. Empty ones are none. */
static enum step text_step(struct source *s, struct block *b) {
    struct reading *r = &s->reading;
    struct input *in = &s->input;
    input_expect(in, s->options.max_doc);
    for (;;) {
        if (in->window.len - in->at > s->options.max_doc) {
            char message[160];
            snprintf(message, sizeof message, "the text is longer than %zu bytes; raise --max-doc to take it",
                     s->options.max_doc);
            add_bad_input(s, b, "too-long", message);
            return STEP_END;
        }
        if (reading_should_wait(r, b))
            return STEP_WAIT;
        int got = input_fill(in);
        if (got < 0)
            return reading_broken(r, b, 0);
        if (got == 0)
            break;
    }
    const char *encoding, *code;
    struct buffer why = {0};
    size_t start = b->bytes.len;
    if (text_decode_taking(&in->window, &b->bytes, &encoding, &code, &why) != 0) {
        buffer_add_char(&why, '\0');
        add_bad_input(s, b, code, why.data);
        buffer_deinit(&why);
        return STEP_END;
    }
    in->at = in->window.len = 0;
    size_t end = b->bytes.len;
    if (is_white(b->bytes.data + start, end - start)) {
        b->bytes.len = start;
        return STEP_END;
    }
    b->bytes.len = start;
    struct item *item = block_add_item(b, ITEM_TEXT, r->source, 0);
    item->len = end - start;
    item->encoding = encoding;
    b->bytes.len = end + TM_PAD; /* text_decode has put the zeros there */
    r->documents++;
    return STEP_END;
}

int source_next(struct source *s, struct block *block, struct buffer *why) {
    struct input *in = &s->input;
    struct reading *r = &s->reading;
    while (!s->failure.len && !atomic_load(&s->is_stopped) && !reading_is_full(r, block)) {
        uint64_t before = in->bytes_read;
        if (s->cutter == CUT_NOTHING) {
            in->bytes_read = before = 0;
            int got = open_next(s, block);
            block->input_bytes += in->bytes_read;
            if (got <= 0)
                break;
            if (s->cutter == CUT_NOTHING)
                input_end(in);
            continue;
        }
        enum step step = s->cutter == CUT_TEXT    ? text_step(s, block)
                         : s->cutter == CUT_LINES ? lines_step(r, block)
                                                  : table_step(r, block);
        block->input_bytes += in->bytes_read - before;
        if (step == STEP_BROKEN && strcmp(in->code, "stopped") == 0)
            break;
        if (step == STEP_BROKEN && s->is_from_folder) {
            add_bad_input(s, block, "unreadable", in->message);
            step = STEP_END;
        }
        if (step == STEP_BROKEN)
            buffer_addf(&s->failure, "%s: %s", source_name(s, r->source), in->message);
        if (step == STEP_END || step == STEP_BROKEN) {
            input_end(in);
            s->cutter = CUT_NOTHING;
        }
        if (step != STEP_END)
            break;
    }
    input_shrink(in, WINDOW_KEEP); /* not held while a large document is worked on */
    /* Records are read past their end by up to TM_PAD bytes. */
    memset(buffer_reserve(&block->bytes, TM_PAD), 0, TM_PAD);
    if (block->n_items || !s->failure.len)
        return block->n_items > 0 || block->ends_group;
    buffer_add(why, s->failure.data, s->failure.len);
    return -1;
}
