/* verdict.h: what becomes of the files of one batch: their results are written to stage/, and what there is to say of
 * each is gathered. The engine's writer thread, then the worker's own.
 */
#ifndef TM_WATCH_VERDICT_H
#define TM_WATCH_VERDICT_H

#include "ledger.h"

#include "../engine/engine.h"

struct verdict {
    char id[ID_BYTES], path[ID_BYTES + 16];
    char *name;                    /* as it was dropped, with inbox/ before it */
    struct source_refusal *poison; /* lines that are not to be touched */
    size_t n_poison;
    int fd; /* of the result, while it is the current one */
    int has_result, is_refused, is_poisoned;
    uint64_t published, failed, dropped, bytes, line, bad_lines;
    uint64_t ns, longest;         /* of its documents in stages, and the longest turn of one */
    uint32_t slowest;             /* the stage that had it */
    struct buffer lines, letters; /* failed lines; dropped documents: what is not yet written */
    int has_lines, has_letters;
    char stage[64], code[48], message[256];
};

struct verdicts {
    struct verdict *files;
    size_t n;
    int stage_dir;
    char staging[STAGING_BYTES]; /* the folder in it that results go to; "": stage/ itself */
    int mask;                    /* for new files; -1: as the process has it */
    int current;                 /* the file whose result is open, -1: none */
    uint64_t max_bad_lines;      /* a file with more is refused whole */
    int error;                   /* the first that a write gave, and where; nothing is written after it */
    char why[ID_BYTES + 128];
};

void verdicts_take_records(struct verdicts *v, uint32_t source, const char *records, size_t len);
void verdicts_take_letter(struct verdicts *v, const struct engine_letter *letter);
void verdicts_take_outcome(struct verdicts *v, uint32_t source, const struct engine_outcome *o);
/* Closes what is open and writes the rest. 0, or errno. */
int verdicts_finish(struct verdicts *v);
/* As one word of a message: - where it is empty. */
void verdicts_add_word(const char *s, struct buffer *out);
void verdicts_write(const struct verdicts *v, const struct pipeline *pipeline, struct buffer *out);

#endif
