/* shared.c: see shared.h. */
#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct shared *shared_map(int fd) {
    void *page = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page == MAP_FAILED ? NULL : page;
}

void shared_unmap(struct shared *shared) {
    if (shared)
        munmap(shared, sizeof *shared);
}

static int sized_and_mapped(int fd, struct shared **out_shared) {
    struct shared *shared = fd >= 0 && ftruncate(fd, sizeof *shared) == 0 ? shared_map(fd) : NULL;
    if (!shared) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        errno = error;
        return -1;
    }
    *out_shared = shared;
    return fd;
}

int shared_make(struct shared **out_shared) {
    return sized_and_mapped(memfd_create("textmill-worker", MFD_CLOEXEC), out_shared);
}

int shared_open(int dir_fd, const char *name, struct shared **out_shared) {
    return sized_and_mapped(openat(dir_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), out_shared);
}
