/* root.h: the folders of one drop folder, opened and checked, and the names that files bear in them. The supervisor's
 * thread; everything is reached by descriptors, so that a folder that is renamed meanwhile does no harm.
 */
#ifndef TM_WATCH_ROOT_H
#define TM_WATCH_ROOT_H

#include "watch.h"

#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#define ID_BYTES 240u /* of an id with its NUL */

struct root {
    const char *path, *inbox_path, *out_path;
    char *owned_inbox, *owned_out;
    int fd, state, work, stage, ready, out, quarantine, dropped, done; /* folders */
    int inbox;                                                         /* -1 while it is gone */
    int lock;
    struct staging *left; /* folders that could not be taken away yet */
    dev_t device;
    enum durability durability;
    int can_notify; /* inotify sees what happens on this file system */
    const char *file_system;
};

/* Makes what is missing. Takes the lock where `locks` is set, waiting a little for the workers of one that died. 0, or
 * -1 with one line in why. */
int root_open(struct root *r, const char *path, const char *inbox, const char *out, enum durability durability,
              int locks, struct buffer *why);
void root_close(struct root *r);
/* A folder that is there; -1 with errno. */
int directory_open(int dir, const char *path);
/* Opens the inbox again where it was gone or has been replaced: 1 where it is another one now, 0 the same, -1 gone. */
int root_look_for_inbox(struct root *r);
/* The same of out: 0 where it is there, -1 gone. */
int root_look_for_out(struct root *r);

/* The id of a file that is claimed now under that name. */
void id_make(char out[ID_BYTES], const char *name, ino_t inode);
/* Where the name begins in an id: behind the ~; "" where there is none. */
const char *id_name(const char *id);
/* The name as it was dropped, decoded. */
void id_decode(const char *id, struct buffer *out);
uint64_t id_hash(const char *id);
int id_is_valid(const char *id, size_t len);
/* "ID.aN.in" -> the id and N; 0 where the name is none of ours. */
int work_name_parse(const char *name, char out_id[ID_BYTES], unsigned *out_attempt);

/* renameat2 with NOREPLACE, or link and unlink where the file system has none; EINTR is waited out. */
int rename_new(int from_dir, const char *from, int to_dir, const char *to);
int rename_over(int from_dir, const char *from, int to_dir, const char *to);
int write_file(int dir, const char *name, const char *data, size_t len); /* new or in its place, by renaming */
int flush_folder(int fd);

#endif
