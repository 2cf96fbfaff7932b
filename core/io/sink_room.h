/* sink_room.h: what sink.c, sink_folder.c and sink_refuse.c share; inside this room only. */
#ifndef TM_IO_SINK_ROOM_H
#define TM_IO_SINK_ROOM_H

#include "sink.h"

#include <sys/stat.h>

/* What a file is, whatever it is called. */
struct file_key {
    dev_t device;
    ino_t inode;
};

/* The input files, for a comparison with outputs. */
struct input_keys {
    struct file_key *keys; /* sorted */
    size_t n;
};

void input_keys_read(struct input_keys *k, const char *const *inputs, size_t n);
void input_keys_free(struct input_keys *k);
int input_keys_have(const struct input_keys *k, const struct stat *st);
/* The input folder that the folder dir_fd is, or lies in; NULL: none. */
const char *input_folder_around(const char *const *inputs, size_t n, int dir_fd);

struct names; /* names given out in a folder */
struct names *names_new(void);
void names_free(struct names *names);
/* How often the name was asked for before. */
uint32_t names_count(struct names *names, const char *name, size_t len);

/* All of the bytes. 0; -1 with errno. */
int write_all(io_write_fn fn, int fd, const char *data, size_t len, uint64_t *out_done);
/* "cannot write PATH: REASON; CURE" */
void tell_write_error(struct buffer *why, const char *path, int error, const char *cure_of_full_disk);

/* One document as a file in the folder. 0, or -1 with why. */
struct folder {
    int fd;
    const char *path; /* the sink's */
    const char *extension;
    struct names *names;
    io_write_fn write;
    struct buffer name, temporary;
    const struct input_keys *inputs;
};
int folder_open(struct folder *f, const char *path, struct buffer *why);
void folder_close(struct folder *f);
int folder_write(struct folder *f, tm_str id, const char *data, size_t len, struct buffer *why);
int folder_sync(struct folder *f, struct buffer *why);

#endif
