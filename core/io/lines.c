/* lines.c: cuts JSONL into one item a line. Lines are not looked at here: the workers scan them. A line longer than
 * max_doc becomes one bad item and is passed over as it streams by, so memory stays bounded.
 */
#include "reading.h"

#include <stdio.h>
#include <string.h>

int reading_is_full(const struct reading *r, const struct block *b) {
    return b->bytes.len >= r->options->block_bytes || b->n_items >= r->options->block_items ||
           (r->options->limit && r->documents >= r->options->limit);
}

int reading_should_wait(const struct reading *r, const struct block *b) {
    return b->n_items && !input_is_ready(r->in);
}

enum step reading_broken(struct reading *r, struct block *b, uint64_t position) {
    if (strcmp(r->in->code, "read-error") == 0 || strcmp(r->in->code, "stopped") == 0)
        return STEP_BROKEN;
    block_add_bad(b, r->source, position, r->in->code, r->in->message, NULL, 0);
    r->documents++;
    return STEP_END;
}

static int is_blank(const char *line, size_t len) {
    while (len && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
        len--;
    return len == 0;
}

static void add_line(struct reading *r, struct block *b, const char *line, size_t len) {
    if (len && line[len - 1] == '\r')
        len--;
    if (is_blank(line, len))
        return;
    while (r->n_refused && r->refused->line < r->line) {
        r->refused++;
        r->n_refused--;
    }
    if (r->n_refused && r->refused->line == r->line) {
        block_add_bad(b, r->source, r->line, "poison", r->refused->why, line, len);
        r->documents++;
        return;
    }
    struct item *item = block_add_item(b, ITEM_RECORD, r->source, r->line);
    item->len = len;
    char *to = buffer_reserve(&b->bytes, len + 1 + TM_PAD);
    memcpy(to, line, len);
    to[len] = '\n';
    b->bytes.len += len + 1;
    r->documents++;
}

static void add_too_long(struct reading *r, struct block *b, const char *line, size_t len) {
    char message[160];
    snprintf(message, sizeof message, "the line is longer than %zu bytes; raise --max-doc to take it",
             r->options->max_doc);
    block_add_bad(b, r->source, r->line, "too-long", message, line, len);
    r->documents++;
}

/* The last line has no newline: taken, or refused where the file may have been cut off. */
static void add_last(struct reading *r, struct block *b, const char *line, size_t len) {
    r->line++;
    if (!r->options->keep_partial_line_bad) {
        add_line(r, b, line, len);
        return;
    }
    if (is_blank(line, len))
        return;
    block_add_bad(b, r->source, r->line, "truncated-input",
                  "the last line has no newline: the file was cut off, or its writer is not done", line, len);
    r->documents++;
}

enum step lines_step(struct reading *r, struct block *b) {
    struct input *in = r->in;
    for (;;) {
        if (reading_is_full(r, b))
            return STEP_FULL;
        const char *from = in->window.data + in->at;
        size_t left = in->window.len - in->at;
        const char *end = left > r->scanned ? memchr(from + r->scanned, '\n', left - r->scanned) : NULL;
        if (end) {
            size_t len = (size_t)(end - from);
            r->line++;
            if (r->is_skipping)
                r->is_skipping = 0;
            else if (len > r->options->max_doc)
                add_too_long(r, b, from, len);
            else
                add_line(r, b, from, len);
            in->at += len + 1;
            r->scanned = 0;
            continue;
        }
        if (left > r->options->max_doc && !r->is_skipping) {
            r->line++;
            add_too_long(r, b, from, left);
            r->line--; /* counted again where the line ends */
            r->is_skipping = 1;
        }
        if (r->is_skipping) {
            in->at += left;
            left = 0;
        }
        r->scanned = left;
        if (reading_should_wait(r, b))
            return STEP_WAIT;
        int got = input_fill(in);
        if (got > 0)
            continue;
        if (got < 0)
            return reading_broken(r, b, r->line + 1);
        if (left)
            add_last(r, b, in->window.data + in->at, left);
        in->at = in->window.len;
        r->scanned = 0;
        return STEP_END;
    }
}
