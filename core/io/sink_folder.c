/* sink_folder.c: a folder as a sink: a file a document, written under another name and renamed, so that nobody sees
 * half of one. Ids that give the same name get ~2, ~3; a file that an earlier run left is replaced.
 */
#include "sink_room.h"

#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Names by hash alone: two that share one get a needless ~2, and no harm is done. Open addressing, at most half full.
 */
struct names {
    struct slot {
        uint64_t hash; /* 0: free */
        uint32_t count;
    } * slots;
    size_t n, room;
};

struct names *names_new(void) {
    return memory_zalloc(1, sizeof(struct names));
}

void names_free(struct names *names) {
    if (!names)
        return;
    free(names->slots);
    free(names);
}

static struct slot *find_slot(struct slot *slots, size_t room, uint64_t hash) {
    size_t i = (size_t)(hash * 0x9e3779b97f4a7c15u >> 20) & (room - 1);
    while (slots[i].hash && slots[i].hash != hash)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static void grow(struct names *names) {
    size_t room = names->room ? names->room * 2 : 1024;
    struct slot *slots = memory_zalloc(room, sizeof *slots);
    for (size_t i = 0; i < names->room; i++)
        if (names->slots[i].hash)
            *find_slot(slots, room, names->slots[i].hash) = names->slots[i];
    free(names->slots);
    names->slots = slots;
    names->room = room;
}

uint32_t names_count(struct names *names, const char *name, size_t len) {
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3u;
    if (!hash)
        hash = 1;
    if (names->n * 2 >= names->room)
        grow(names);
    struct slot *slot = find_slot(names->slots, names->room, hash);
    if (!slot->hash)
        names->n++;
    slot->hash = hash;
    return slot->count++;
}

/* mkdir -p */
static int make_folders(const char *path) {
    char *copy = memory_copy(path, strlen(path));
    int r = 0;
    for (char *p = copy + 1; r == 0 && *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        r = mkdir(copy, 0777) != 0 && errno != EEXIST ? -1 : 0;
        *p = '/';
    }
    if (r == 0)
        r = mkdir(copy, 0777) != 0 && errno != EEXIST ? -1 : 0;
    free(copy);
    return r;
}

int folder_open(struct folder *f, const char *path, struct buffer *why) {
    f->path = path;
    f->fd = -1;
    if (make_folders(path) == 0)
        f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0) {
        buffer_addf(why, "cannot make the folder %s: %s", path, strerror(errno));
        return -1;
    }
    if (faccessat(f->fd, ".", W_OK | X_OK, AT_EACCESS) != 0) {
        buffer_addf(why, "cannot write to the folder %s: %s", path, strerror(errno));
        return -1;
    }
    f->names = names_new();
    return 0;
}

void folder_close(struct folder *f) {
    if (f->fd >= 0)
        close(f->fd);
    names_free(f->names);
    buffer_deinit(&f->name);
    buffer_deinit(&f->temporary);
}

static int ends_with(const struct buffer *b, const char *end) {
    size_t n = strlen(end);
    return b->len > n && memcmp(b->data + b->len - n, end, n) == 0;
}

/* The name in f->name, the one before it is complete in f->temporary; both end with NUL. */
static void make_names(struct folder *f, tm_str id) {
    f->name.len = f->temporary.len = 0;
    file_name_from_id(id, &f->name);
    if (ends_with(&f->name, f->extension)) /* a.txt is not to become a.txt.txt */
        f->name.len -= strlen(f->extension);
    uint32_t before = names_count(f->names, f->name.data, f->name.len);
    if (before)
        buffer_addf(&f->name, "~%u", before + 1);
    buffer_add_string(&f->name, f->extension);
    buffer_add_char(&f->name, '\0');
    buffer_addf(&f->temporary, ".%s.part", f->name.data);
    buffer_add_char(&f->temporary, '\0');
}

int folder_write(struct folder *f, tm_str id, const char *data, size_t len, struct buffer *why) {
    make_names(f, id);
    struct stat st;
    struct buffer path = {0};
    int result = -1;
    buffer_addf(&path, "%s/%s", f->path, f->name.data);
    buffer_add_char(&path, '\0');
    if (f->inputs->n && fstatat(f->fd, f->name.data, &st, 0) == 0 && input_keys_have(f->inputs, &st)) {
        buffer_addf(why, "%s is an input, which would be overwritten; choose another folder", path.data);
        goto out;
    }
    int fd = openat(f->fd, f->temporary.data, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) {
        tell_write_error(why, path.data, errno, NULL);
        goto out;
    }
    int r = write_all(f->write, fd, data, len, NULL), error = errno;
    if (close(fd) != 0 && r == 0) {
        r = -1;
        error = errno;
    }
    if (r == 0 && renameat(f->fd, f->temporary.data, f->fd, f->name.data) == 0) {
        result = 0;
        goto out;
    }
    tell_write_error(why, path.data, r ? error : errno, NULL);
    unlinkat(f->fd, f->temporary.data, 0);
out:
    buffer_deinit(&path);
    return result;
}

int folder_sync(struct folder *f, struct buffer *why) {
    if (syncfs(f->fd) == 0)
        return 0;
    tell_write_error(why, f->path, errno, NULL);
    return -1;
}
