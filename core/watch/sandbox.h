/* sandbox.h: what a worker process may do, once its plugins are loaded: what the stages of its pipeline declare, and
 * no more. Landlock holds the files, seccomp the calls, limits the rest; what a kernel lacks is left out and said once.
 * It keeps a plugin that errs, or is led astray by a document, from harm; a plugin that is loaded has run code before.
 */
#ifndef TM_WATCH_SANDBOX_H
#define TM_WATCH_SANDBOX_H

#include "watch.h"

#include "../json/buffer.h"

/* In the worker, when its plugins are loaded and no thread but the first runs. root: the folder's descriptor. -1 with
 * errno where the kernel could, and it did not come about: such a worker must not work. */
int sandbox_enter(const struct worker_options *options, int root, const struct pipeline *pipeline);
/* In the supervisor, once: one line where this kernel cannot hold workers. */
void sandbox_tell(struct log *log);
/* One line of words: what the workers of this pipeline may do besides their own files. */
void sandbox_describe(const struct pipeline *pipeline, struct buffer *out);

/* sandbox_calls.c: refuses calls that no stage has a use for; programs and sockets, too, unless they are needed. -1
 * with errno where the kernel has no such filter. */
int sandbox_refuse_calls(int has_network);
int sandbox_can_refuse_calls(void);

#endif
