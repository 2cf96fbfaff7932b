/* verify_record.h: one record of an output and one document of an input as verify sees them: what they are called, and
 * whether the one was made from the other. One thread.
 */
#ifndef TM_CLI_VERIFY_RECORD_H
#define TM_CLI_VERIFY_RECORD_H

#include "../doc/arena.h"
#include "../io/source.h"
#include "../json/scan.h"

struct verify_names {
    const char *text_field, *id_field;
    int replace_bad;
};

/* A record of the output; strings are decoded, and good until deinit; the rest points into the line. */
struct verify_record {
    tm_str id, source, text; /* data NULL: it has none */
    tm_str edits, removed;   /* raw JSON, data NULL: it has none */
    tm_str line;
    char *decoded;
};

/* 0, or -1 with error where the line is no record. */
int verify_record_read(struct verify_record *r, const struct verify_names *names, const char *line, size_t len,
                       struct json_error *error);
void verify_record_deinit(struct verify_record *r);
/* Of what it is called by: the same for the input that it was made from. */
uint64_t verify_record_key(const struct verify_record *r);
/* Does its id say that a stage emitted it: ID#1? */
int verify_record_is_emitted(const struct verify_record *r);

enum verify_result {
    VERIFY_EXACT,     /* original + edits, or original - removed, = text */
    VERIFY_UNCHANGED, /* text = original */
    VERIFY_BY_WORDS,  /* no edits told: what `removed` leaves over holds the words of the text */
    VERIFY_BAD        /* why says how they differ */
};

enum verify_result verify_record_check(const struct verify_record *r, tm_str original, struct arena *arena,
                                       struct buffer *why);

/* A document of the inputs; good until the reader's next. */
struct verify_input {
    tm_str id, source;
    tm_str own_source; /* a record's own field of that name */
    tm_str line;       /* of a record, as it stands */
    tm_str original;
};

struct verify_reader;

struct verify_reader *verify_reader_new(const struct verify_names *names);
void verify_reader_free(struct verify_reader *r);
/* The document of an item; 0 where there is none in it (it failed in the run too). */
int verify_reader_next(struct verify_reader *r, const struct source *source, const struct block *block, size_t item,
                       struct verify_input *out);

/* The keys that its record may have, by turns: form 0 to VERIFY_KEYS - 1. 0 where this form is none. */
#define VERIFY_KEYS 6u
int verify_input_key(const struct verify_input *input, unsigned form, uint64_t *out_key);

#endif
