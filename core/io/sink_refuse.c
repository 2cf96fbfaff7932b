/* sink_refuse.c: is an output one of the inputs? Compared by device and inode, so that other names for the same file
 * and links are found out too.
 */
#include "sink_room.h"

#include "../json/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_keys(const void *a, const void *b) {
    const struct file_key *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

void input_keys_read(struct input_keys *k, const char *const *inputs, size_t n) {
    k->keys = memory_alloc((n + 1) * sizeof *k->keys);
    k->n = 0;
    for (size_t i = 0; i < (n ? n : 1); i++) {
        struct stat st;
        int is_stdin = !n || strcmp(inputs[i], "-") == 0;
        int r = is_stdin ? fstat(STDIN_FILENO, &st) : stat(inputs[i], &st);
        if (r == 0 && S_ISREG(st.st_mode))
            k->keys[k->n++] = (struct file_key){st.st_dev, st.st_ino};
    }
    qsort(k->keys, k->n, sizeof *k->keys, compare_keys);
}

void input_keys_free(struct input_keys *k) {
    free(k->keys);
    *k = (struct input_keys){0};
}

int input_keys_have(const struct input_keys *k, const struct stat *st) {
    struct file_key key = {st->st_dev, st->st_ino};
    return k->n && bsearch(&key, k->keys, k->n, sizeof key, compare_keys) != NULL;
}

const char *input_folder_around(const char *const *inputs, size_t n, int dir_fd) {
    const char *found = NULL;
    struct stat here, above, folder;
    int at = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0 || fstat(at, &here) != 0)
        goto out;
    for (;;) {
        for (size_t i = 0; i < n && !found; i++)
            if (stat(inputs[i], &folder) == 0 && S_ISDIR(folder.st_mode) && folder.st_dev == here.st_dev &&
                folder.st_ino == here.st_ino)
                found = inputs[i];
        int up = found ? -1 : openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            goto out;
        close(at);
        at = up;
        if (fstat(at, &above) != 0 || (above.st_dev == here.st_dev && above.st_ino == here.st_ino))
            goto out; /* the root is its own parent */
        here = above;
    }
out:
    if (at >= 0)
        close(at);
    return found;
}
