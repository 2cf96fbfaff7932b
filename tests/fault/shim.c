/* shim.c: preloaded into the watcher by the sweeps. Counts its calls to the file system under one folder and makes the
 * k-th of them the last (kill -9, or the power), or fail. All by the environment:
 *
 *     SHIM_ROOT     the folder
 *     SHIM_AT       k, from 1; 0: only count
 *     SHIM_ACT      kill, power, short, or an errno: ENOSPC EIO EMFILE EACCES EINTR
 *     SHIM_ALWAYS   set: every call from the k-th on fails
 *     SHIM_COUNT    a file into which the number of calls goes at the end
 *     SHIM_FLUSHED  with power: a folder of marks, one an inode whose bytes have been flushed. When the power goes,
 * what stands in ready/ and out/ without a mark is empty, as it would be after a power cut
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;
static long at = -1;
static int always, is_power, is_kill, is_short, error;
static const char *root, *flushed;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void init(void) {
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"EACCES", EACCES}, {"EINTR", EINTR}};
    const char *act = getenv("SHIM_ACT");
    if (at >= 0)
        return;
    root = getenv("SHIM_ROOT");
    flushed = getenv("SHIM_FLUSHED");
    always = getenv("SHIM_ALWAYS") != NULL;
    is_kill = act && strcmp(act, "kill") == 0;
    is_power = act && strcmp(act, "power") == 0;
    is_short = act && strcmp(act, "short") == 0;
    for (size_t i = 0; act && i < sizeof errors / sizeof errors[0]; i++)
        if (strcmp(act, errors[i].name) == 0)
            error = errors[i].error;
    at = getenv("SHIM_AT") ? atol(getenv("SHIM_AT")) : 0;
}

static int is_under_root(int fd, const char *path) {
    char link[64], place[4096];
    init();
    if (!root)
        return 0;
    if (path && path[0] == '/')
        return strncmp(path, root, strlen(root)) == 0;
    if (fd == AT_FDCWD)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlinkat, AT_FDCWD, link, place, sizeof place - 1);
    if (n <= 0)
        return 0;
    place[n] = '\0';
    return strncmp(place, root, strlen(root)) == 0;
}

static void mark(int fd, const char *place, int is_flushed) {
    struct stat st;
    char name[4200];
    if (!flushed || (fd >= 0 ? fstat(fd, &st) : stat(place, &st)) != 0 || !S_ISREG(st.st_mode))
        return;
    snprintf(name, sizeof name, "%s/%lu", flushed, (unsigned long)st.st_ino);
    if (is_flushed)
        syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, name, O_CREAT | O_WRONLY, 0600));
    else
        syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

static void each_file(const char *folder, int loses) {
    char place[4096];
    snprintf(place, sizeof place, "%s/%s", root, folder);
    DIR *dir = opendir(place);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        struct stat st;
        char file[8192], name[4200];
        snprintf(file, sizeof file, "%s/%s", place, e->d_name);
        if (!loses) {
            mark(-1, file, 1);
            continue;
        }
        if (stat(file, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        snprintf(name, sizeof name, "%s/%lu", flushed, (unsigned long)st.st_ino);
        if (access(name, F_OK) != 0)
            syscall(SYS_truncate, file, 0L);
    }
    if (dir)
        closedir(dir);
}

/* 1: this call shall fail (errno is set) or be short. */
static int strikes(int fd, const char *path) {
    if (!is_under_root(fd, path))
        return 0;
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (!at || n < at || (n > at && !always))
        return 0;
    if (is_power) {
        each_file(".textmill/ready", 1);
        each_file("out", 1);
    }
    if (is_kill || is_power) {
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;)
            pause();
    }
    errno = error;
    return error || is_short;
}

__attribute__((destructor)) static void tell(void) {
    const char *file = getenv("SHIM_COUNT");
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
    long fd = file ? syscall(SYS_openat, AT_FDCWD, file, O_CREAT | O_WRONLY | O_TRUNC, 0600) : -1;
    if (fd >= 0) {
        syscall(SYS_write, fd, text, len);
        syscall(SYS_close, fd);
    }
}

int openat(int dir, const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (strikes(dir, path) && !is_short)
        return -1;
    int fd = NEXT(openat)(dir, path, flags, mode);
    if (fd >= 0 && (flags & O_CREAT) && root && is_under_root(fd, NULL))
        mark(fd, NULL, 0);
    return fd;
}

int openat64(int dir, const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return openat(dir, path, flags, mode);
}

static int is_file(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t write(int fd, const void *data, size_t len) {
    if (is_file(fd) && strikes(fd, NULL)) {
        if (!is_short)
            return -1;
        len = len > 1 ? len / 2 : len;
    }
    return NEXT(write)(fd, data, len);
}

ssize_t read(int fd, void *data, size_t len) {
    if (is_file(fd) && strikes(fd, NULL)) {
        if (!is_short)
            return -1;
        len = len > 1 ? 1 : len;
    }
    return NEXT(read)(fd, data, len);
}

int renameat(int from, const char *a, int to, const char *b) {
    return strikes(from, a) && !is_short ? -1 : NEXT(renameat)(from, a, to, b);
}

int renameat2(int from, const char *a, int to, const char *b, unsigned flags) {
    return strikes(from, a) && !is_short ? -1 : NEXT(renameat2)(from, a, to, b, flags);
}

int unlinkat(int dir, const char *path, int flags) {
    return strikes(dir, path) && !is_short ? -1 : NEXT(unlinkat)(dir, path, flags);
}

int mkdirat(int dir, const char *path, mode_t mode) {
    return strikes(dir, path) && !is_short ? -1 : NEXT(mkdirat)(dir, path, mode);
}

int fsync(int fd) {
    if (strikes(fd, NULL) && !is_short)
        return -1;
    mark(fd, NULL, 1);
    return NEXT(fsync)(fd);
}

/* What the whole file system holds is flushed; real flushing would only make the sweep slow. */
int syncfs(int fd) {
    if (strikes(fd, NULL) && !is_short)
        return -1;
    if (flushed && root)
        each_file(".textmill/stage", 0);
    return 0;
}
