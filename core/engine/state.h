/* state.h: FILE.state beside FILE.part: how far a run came, so that --resume goes on. Written by the engine about once
 * a second and when it stops, by renaming, so it is never half; read by the command before the run.
 */
#ifndef TM_ENGINE_STATE_H
#define TM_ENGINE_STATE_H

#include "../json/buffer.h"

#include <stdint.h>

struct engine_state {
    uint64_t documents;                   /* of the input that are done, whatever became of them */
    uint64_t bytes;                       /* of the output that belong to them: what stands behind is to be cut off */
    uint64_t failed_bytes, dropped_bytes; /* of the files of --failed and --dropped */
    uint64_t inputs, pipeline;            /* hashes by which the same run is known */
};

int engine_state_write(const char *path, const struct engine_state *state, struct buffer *why);
/* 0; -1 with one line in why: no such file, or not one of ours. */
int engine_state_read(const char *path, struct engine_state *out_state, struct buffer *why);

/* Hashes for state->inputs (names, sizes, times of change; the order counts) and state->pipeline (feed what it is made
 * of, piece by piece, starting from 0). */
uint64_t engine_hash_inputs(const char *const *paths, size_t n);
uint64_t engine_hash(uint64_t hash, const char *data, size_t len);

#endif
