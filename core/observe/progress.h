/* progress.h: the one line that a terminal shows while a run goes on: documents, megabytes a second, what remains. The
 * loop's thread only. Nothing is shown before the first half second, and nothing at all where fd is no terminal.
 */
#ifndef TM_OBSERVE_PROGRESS_H
#define TM_OBSERVE_PROGRESS_H

#include "../json/buffer.h"

#include <stdint.h>

struct progress {
    int fd;
    int is_terminal;
    int is_shown;
    uint64_t started, last; /* ns of a clock that never goes back */
    double rate;            /* bytes a second, smoothed */
    uint64_t last_bytes;
};

void progress_init(struct progress *p, int fd);
/* Now so many documents and bytes of the input; total 0: not known. Draws at most five times a second. */
void progress_show(struct progress *p, uint64_t documents, uint64_t failed, uint64_t bytes, uint64_t total);
/* Takes the line away, before anything else is printed there. */
void progress_clear(struct progress *p);
/* The line's text, for so many columns; also what progress_show draws. */
void progress_text(uint64_t documents, uint64_t failed, uint64_t bytes, uint64_t total, double rate, unsigned columns,
                   struct buffer *out);

#endif
