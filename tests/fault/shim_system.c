/* shim_system.c: the other half of the preloaded library: what the system is, as the watcher sees it. By the
 * environment:
 *
 *     SHIM_CLOCK       a file with a number of seconds that are added to the wall clock; it may change while it runs
 *     SHIM_FILE_SYSTEM a number: the type that every file system is said to have
 *     SHIM_NO_INOTIFY  EMFILE: no instance of inotify is to be had; ENOSPC: no watch
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static long shift(void) {
    const char *path = getenv("SHIM_CLOCK");
    char text[32] = "";
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) : -1;
    if (fd < 0)
        return 0;
    if (syscall(SYS_read, fd, text, sizeof text - 1) < 0)
        text[0] = '\0';
    syscall(SYS_close, fd);
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    int r = (int)syscall(SYS_clock_gettime, clock, out);
    if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        out->tv_sec += shift();
    return r;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *out, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

int fstatfs(int fd, struct statfs *out) {
    const char *type = getenv("SHIM_FILE_SYSTEM");
    int r = NEXT(fstatfs)(fd, out);
    if (r == 0 && type)
        out->f_type = strtol(type, NULL, 0);
    return r;
}

int fstatfs64(int fd, struct statfs64 *out) {
    const char *type = getenv("SHIM_FILE_SYSTEM");
    int r = NEXT(fstatfs64)(fd, out);
    if (r == 0 && type)
        out->f_type = strtol(type, NULL, 0);
    return r;
}

static int refuses(int error, const char *name) {
    const char *asked = getenv("SHIM_NO_INOTIFY");
    errno = error;
    return asked && strcmp(asked, name) == 0;
}

int inotify_init1(int flags) {
    return refuses(EMFILE, "EMFILE") ? -1 : NEXT(inotify_init1)(flags);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask) {
    return refuses(ENOSPC, "ENOSPC") ? -1 : NEXT(inotify_add_watch)(fd, path, mask);
}
