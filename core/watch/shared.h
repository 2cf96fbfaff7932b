/* shared.h: the page that a worker shares with its supervisor: which document each thread has in which stage, since
 * when, and how long stages took. Written by the worker with plain stores, read by the supervisor, also after the
 * worker's death: so it is known whom to blame.
 */
#ifndef TM_WATCH_SHARED_H
#define TM_WATCH_SHARED_H

#include "frame.h"
#include "root.h"

#include "../engine/engine.h"

#define SHARED_SLOTS 128u
#define SHARED_STAGES 64u

struct shared {
    _Atomic uint64_t begun, ended; /* the last batch that was taken up, and the last that was answered */
    char ids[BATCHES_AHEAD * FRAME_FILES][ID_BYTES]; /* of the files, by the source number of the slots */
    struct engine_counters counters;
    struct engine_slot slots[SHARED_SLOTS];
    struct engine_times times[SHARED_STAGES];
};

/* A memfd with the page in it, or -1 with errno; by the other function also a file, for --isolation none, whose slots
 * must outlive the process. */
int shared_make(struct shared **out_shared);
int shared_open(int dir_fd, const char *name, struct shared **out_shared);
struct shared *shared_map(int fd);
void shared_unmap(struct shared *shared);

#endif
