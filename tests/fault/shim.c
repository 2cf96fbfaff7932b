/* shim.c: preloaded into the watcher by the sweeps. Counts its calls to the file system under one folder and makes the
 * k-th of them the last (kill -9, or the power), or fail. All by the environment:
 *
 *     SHIM_ROOT     the folder
 *     SHIM_AT       k, from 1; 0: only count
 *     SHIM_ACT      kill, power, shutdown, short, or the name of an errno, as ENOSPC
 *     SHIM_ALWAYS   set: every call from the k-th on fails
 *     SHIM_WHILE    a file: calls that change something fail while it is there, whatever their number
 *     SHIM_ONLY     flush: of those, only the flushes
 *     SHIM_PROCESS  watcher or worker: only the calls of that one
 *     SHIM_ONCE     an empty file: of all processes, one call fails, and it is noted there
 *     SHIM_COUNT    a file into which the number of calls goes at the end, a line a process
 *     SHIM_FLUSHED  with power: a folder of marks, one an inode whose bytes have been flushed. When the power goes,
 *                   what stands in ready/ and out/ without a mark has lost bytes, as after a power cut
 *     SHIM_LOSES    what it loses: all (the default), half, or text (as many bytes, all of them zero)
 *     SHIM_NEIGHBOUR  with shutdown, which is the real thing for a whole file system: just before, somebody else
 *                   flushes a file of his own, and with it the journal
 *
 * What the system says is altered by shim_system.c.
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
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;
static long at = -1;
static int always, is_power, is_kill, is_shutdown, is_short, error, only_flush, is_other, once = -1, count = -1;
static const char *root, *flushed, *during, *taken;
static _Thread_local int is_ours; /* a call of the shim itself */

#define SHUTDOWN _IOR('X', 125, unsigned) /* of ext4, and of XFS */
#define WITHOUT_JOURNAL 2u

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_of_other_kind(void) {
    const char *kind = getenv("SHIM_PROCESS");
    char words[4096];
    long fd = kind ? syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY) : -1;
    if (fd < 0)
        return 0;
    long n = syscall(SYS_read, fd, words, sizeof words);
    syscall(SYS_close, fd);
    int is_worker = n > 0 && memmem(words, (size_t)n, "--worker=", 9) != NULL;
    return is_worker != (strcmp(kind, "worker") == 0);
}

__attribute__((constructor)) static void init(void) {
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EFBIG", EFBIG}, {"EIO", EIO},    {"EMFILE", EMFILE},
                  {"ENFILE", ENFILE}, {"EACCES", EACCES}, {"EROFS", EROFS}, {"EINTR", EINTR}};
    const char *act = getenv("SHIM_ACT");
    if (at >= 0)
        return;
    root = getenv("SHIM_ROOT");
    flushed = getenv("SHIM_FLUSHED");
    during = getenv("SHIM_WHILE");
    taken = getenv("SHIM_LOSES");
    only_flush = getenv("SHIM_ONLY") != NULL;
    always = getenv("SHIM_ALWAYS") != NULL;
    is_kill = act && strcmp(act, "kill") == 0;
    is_power = act && strcmp(act, "power") == 0;
    is_shutdown = act && strcmp(act, "shutdown") == 0;
    is_short = act && strcmp(act, "short") == 0;
    for (size_t i = 0; act && i < sizeof errors / sizeof errors[0]; i++)
        if (strcmp(act, errors[i].name) == 0)
            error = errors[i].error;
    if (getenv("SHIM_ONCE"))
        once = (int)syscall(SYS_openat, AT_FDCWD, getenv("SHIM_ONCE"), O_RDWR | O_CLOEXEC);
    is_other = is_of_other_kind();
    if (getenv("SHIM_COUNT") && !is_other) /* now: later it may not be allowed to */
        count =
            (int)syscall(SYS_openat, AT_FDCWD, getenv("SHIM_COUNT"), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    at = getenv("SHIM_AT") ? atol(getenv("SHIM_AT")) : 0;
}

static int is_under_root(int fd, const char *path) {
    char link[64], place[4096];
    init();
    if (!root || is_other)
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

/* In the folder, and in folders in it: in stage/ and ready/ the results of a batch have one. */
static void each_file(const char *folder, int loses) {
    char place[4096];
    snprintf(place, sizeof place, "%s/%s", root, folder);
    DIR *dir = opendir(place);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        struct stat st;
        char file[8192], name[4200];
        if (e->d_type == DT_DIR && e->d_name[0] != '.') {
            snprintf(file, sizeof file, "%.2000s/%.2000s", folder, e->d_name);
            each_file(file, loses);
            continue;
        }
        snprintf(file, sizeof file, "%s/%s", place, e->d_name);
        if (!loses) {
            mark(-1, file, 1);
            continue;
        }
        if (stat(file, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        snprintf(name, sizeof name, "%s/%lu", flushed, (unsigned long)st.st_ino);
        if (access(name, F_OK) == 0)
            continue;
        int is_half = taken && strcmp(taken, "half") == 0, keeps_size = taken && strcmp(taken, "text") == 0;
        syscall(SYS_truncate, file, is_half ? (long)st.st_size / 2 : 0L);
        if (keeps_size)
            syscall(SYS_truncate, file, (long)st.st_size);
    }
    if (dir)
        closedir(dir);
}

static void shut_down(void) {
    char place[4200];
    unsigned how = WITHOUT_JOURNAL;
    long fd;
    if (getenv("SHIM_NEIGHBOUR")) {
        snprintf(place, sizeof place, "%s/../neighbour", root);
        fd = syscall(SYS_openat, AT_FDCWD, place, O_CREAT | O_WRONLY, 0600);
        syscall(SYS_write, fd, "mine", 4L);
        syscall(SYS_fsync, fd);
    }
    fd = syscall(SYS_openat, AT_FDCWD, root, O_RDONLY | O_DIRECTORY);
    ioctl((int)fd, SHUTDOWN, &how);
}

static int strikes_here(int fd, const char *path, int is_change, int is_flush) {
    if (!is_under_root(fd, path))
        return 0;
    if (during) {
        errno = error;
        return is_change && (is_flush || !only_flush) && syscall(SYS_access, during, F_OK) == 0;
    }
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (!at || n < at || (n > at && !always))
        return 0;
    if (once >= 0 && syscall(SYS_lseek, once, 0L, SEEK_END) != 0)
        return 0;
    if (once >= 0)
        syscall(SYS_write, once, "x", 1L);
    if (is_shutdown)
        shut_down();
    if (is_power) {
        each_file(".textmill/ready", 1);
        each_file("out", 1);
    }
    if (is_kill || is_power || is_shutdown) {
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;)
            pause();
    }
    errno = error;
    return error || is_short;
}

/* 1: this call shall fail (errno is set) or be short. */
static int strikes(int fd, const char *path, int is_change) {
    if (is_ours)
        return 0;
    is_ours = 1;
    int kept = errno, r = strikes_here(fd, path, is_change > 0, is_change > 1);
    is_ours = 0;
    if (!r)
        errno = kept;
    return r;
}

__attribute__((destructor)) static void tell(void) {
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
    if (count >= 0)
        syscall(SYS_write, count, text, (long)len);
}

#define READS 0
#define CHANGES 1
#define FLUSHES 2

int openat(int dir, const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (strikes(dir, path, flags & O_CREAT ? CHANGES : READS) && !is_short)
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

int open(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (strikes(AT_FDCWD, path, flags & O_CREAT ? CHANGES : READS) && !is_short)
        return -1;
    return NEXT(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open(path, flags, mode);
}

static int is_file(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t write(int fd, const void *data, size_t len) {
    if (is_file(fd) && strikes(fd, NULL, CHANGES)) {
        if (!is_short)
            return -1;
        len = len > 1 ? len / 2 : len;
    }
    return NEXT(write)(fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t where) {
    return strikes(fd, NULL, CHANGES) && !is_short ? -1 : NEXT(pwrite)(fd, data, len, where);
}

ssize_t read(int fd, void *data, size_t len) {
    if (is_file(fd) && strikes(fd, NULL, READS)) {
        if (!is_short)
            return -1;
        len = len > 1 ? 1 : len;
    }
    return NEXT(read)(fd, data, len);
}

int renameat(int from, const char *a, int to, const char *b) {
    return strikes(from, a, CHANGES) && !is_short ? -1 : NEXT(renameat)(from, a, to, b);
}

int renameat2(int from, const char *a, int to, const char *b, unsigned flags) {
    return strikes(from, a, CHANGES) && !is_short ? -1 : NEXT(renameat2)(from, a, to, b, flags);
}

int linkat(int from, const char *a, int to, const char *b, int flags) {
    return strikes(from, a, CHANGES) && !is_short ? -1 : NEXT(linkat)(from, a, to, b, flags);
}

int unlinkat(int dir, const char *path, int flags) {
    return strikes(dir, path, CHANGES) && !is_short ? -1 : NEXT(unlinkat)(dir, path, flags);
}

int mkdirat(int dir, const char *path, mode_t mode) {
    return strikes(dir, path, CHANGES) && !is_short ? -1 : NEXT(mkdirat)(dir, path, mode);
}

int ftruncate(int fd, off_t len) {
    return strikes(fd, NULL, CHANGES) && !is_short ? -1 : NEXT(ftruncate)(fd, len);
}

int fsync(int fd) {
    if (strikes(fd, NULL, FLUSHES) && !is_short)
        return -1;
    mark(fd, NULL, 1);
    return NEXT(fsync)(fd);
}

/* What the whole file system holds is flushed; where no power is really cut, real flushing would only make the sweep
 * slow. */
int syncfs(int fd) {
    if (strikes(fd, NULL, FLUSHES) && !is_short)
        return -1;
    if (flushed && root)
        each_file(".textmill/stage", 0);
    return is_shutdown || getenv("SHIM_FLUSHES") ? NEXT(syncfs)(fd) : 0;
}
