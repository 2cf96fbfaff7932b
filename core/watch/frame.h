/* frame.h: what supervisor and worker say to each other: one SEQPACKET message each, of lines of text.
 *
 *     to the worker    pin ASKED NUL PATH, with a descriptor          a file of a plugin, as recipe.h has it
 *                      load                                        those were all
 *                      open                                        a pipeline that remembers: the store is free now
 *                      batch SEQ STAGING, then a line a file: ID ATTEMPT POISONED
 *     to the watcher   pin                                         as above: one that it found by itself
 *                      loaded REMEMBERS, and for each stage ID PLUGIN VERSION:                  plugins are there;
 * nothing that remembers is open ready                                       takes batches done SEQ, then a line a
 * file:               (one line, broken here) KIND PUBLISHED FAILED DROPPED BYTES NS LINE FILES STAGE CODE MESSAGE
 *                      failed SEQ ERRNO MESSAGE                    nothing of the batch counts
 *                      flushed ID, then such a line                what the stages gave at their end; the last word
 *
 * SEQ counts from 1 for each worker; answers come in the order of the batches, of which at most BATCHES_AHEAD are
 * unanswered: batch SEQ has the place SEQ % BATCHES_AHEAD, and its file I is known inside as that place * FRAME_FILES +
 * I.
 *
 * KIND is k (kept: to be published, or without a result), q (to quarantine); FILES the letters of the files in stage: o
 * (result), l (failed lines), d (dropped). Names of files are made of letters that need no escape.
 */
#ifndef TM_WATCH_FRAME_H
#define TM_WATCH_FRAME_H

#include "../json/buffer.h"

#define FRAME_FILES 64u
#define BATCHES_AHEAD 3u /* a worker has the next ones at hand while results of the last are made durable */
#define FRAME_BYTES ((size_t)96 << 10)

/* 0; -1 with errno. */
int frame_send(int fd, const char *data, size_t len);
/* The length, 0 at the end, -1 with errno (EAGAIN where flags has MSG_DONTWAIT and there is none). */
long frame_receive(int fd, char *data, size_t room, int flags);
/* The same with a descriptor that the other side gets a copy of; -1: none, none came. */
int frame_send_with(int fd, const char *data, size_t len, int descriptor);
long frame_receive_with(int fd, char *data, size_t room, int flags, int *out_descriptor);
/* Next word of a line, ended in place; "" where there is none. */
char *frame_word(char **at);
/* Next line, ended in place; NULL at the end. */
char *frame_line(char **at);

#endif
