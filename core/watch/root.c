/* root.c: see root.h. */
#include "root.h"

#include "../io/sink.h"
#include "../json/buffer.h"
#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LOCK_TRIES 300 /* of 10 ms: a worker ends as soon as its supervisor has */

int directory_open(int dir, const char *path) {
    int fd;
    do
        fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static int make_folder(int dir, const char *name) {
    int r;
    do
        r = mkdirat(dir, name, 0777);
    while (r != 0 && errno == EINTR);
    return r == 0 || errno == EEXIST ? 0 : -1;
}

static int make_and_open(int dir, const char *name) {
    return make_folder(dir, name) == 0 ? directory_open(dir, name) : -1;
}

static int failed(struct buffer *why, const char *path, const char *name) {
    buffer_addf(why, "cannot use the folder %s%s%s: %s; make it, or give its owner and rights to this user", path,
                *name ? "/" : "", name, strerror(errno));
    return -1;
}

static int is_pid_alive(const char *pid) {
    long n = strtol(pid, NULL, 10);
    return n > 0 && (kill((pid_t)n, 0) == 0 || errno == EPERM);
}

/* The workers of a supervisor that was killed hold the lock until they are gone too. */
static int take_lock(struct root *r, struct buffer *why) {
    char pid[32] = "";
    do
        r->lock = openat(r->state, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    while (r->lock < 0 && errno == EINTR);
    if (r->lock < 0)
        return failed(why, r->path, ".textmill/lock");
    for (int i = 0; flock(r->lock, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return failed(why, r->path, ".textmill/lock");
        ssize_t n = pread(r->lock, pid, sizeof pid - 1, 0);
        pid[n > 0 ? n : 0] = '\0';
        pid[strcspn(pid, "\n")] = '\0';
        if ((n > 0 && is_pid_alive(pid)) || i == LOCK_TRIES) {
            buffer_addf(why,
                        "%s is held by pid %s; one watcher a folder: stop that one, or give this one a ROOT of its own",
                        r->path, *pid ? pid : "?");
            return -1;
        }
        struct timespec moment = {.tv_nsec = 10000000};
        nanosleep(&moment, NULL);
    }
    int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    for (;;) {
        if (ftruncate(r->lock, 0) == 0 && pwrite(r->lock, pid, (size_t)len, 0) == len)
            return 0;
        if (errno != EINTR)
            return failed(why, r->path, ".textmill/lock");
    }
}

static void know_file_system(struct root *r, enum durability asked) {
    static const struct {
        unsigned long magic;
        const char *name;
        enum durability durability;
        int can_notify;
    } known[] = {{0xef53, "ext4", DURABILITY_ORDERED, 1},     {0x58465342, "xfs", DURABILITY_ORDERED, 1},
                 {0x01021994, "tmpfs", DURABILITY_NONE, 1},   {0x858458f6, "ramfs", DURABILITY_NONE, 1},
                 {0x6969, "nfs", DURABILITY_STRICT, 0},       {0x517b, "smb", DURABILITY_STRICT, 0},
                 {0xff534d42, "cifs", DURABILITY_STRICT, 0},  {0xfe534d42, "smb2", DURABILITY_STRICT, 0},
                 {0x65735546, "fuse", DURABILITY_STRICT, 0},  {0x01021997, "9p", DURABILITY_STRICT, 0},
                 {0x9123683e, "btrfs", DURABILITY_STRICT, 1}, {0x794c7630, "overlay", DURABILITY_STRICT, 1}};
    struct statfs fs;
    unsigned long type = fstatfs(r->fd, &fs) == 0 ? (unsigned long)fs.f_type & 0xffffffffu : 0;
    r->file_system = "unknown";
    r->durability = DURABILITY_STRICT;
    r->can_notify = 1;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].magic != type)
            continue;
        r->file_system = known[i].name;
        r->durability = known[i].durability;
        r->can_notify = known[i].can_notify;
    }
    if (asked != DURABILITY_AUTO)
        r->durability = asked;
}

static char *joined(const char *folder, const char *name) {
    struct buffer b = {0};
    buffer_addf(&b, "%s/%s", folder, name);
    buffer_add_char(&b, '\0');
    return b.data;
}

static int check_place(struct root *r, int fd, const char *path, struct buffer *why) {
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_dev == r->device)
        return 0;
    buffer_addf(why,
                "%s is on another file system than %s, and files must be moved between them by renaming; choose a ROOT "
                "on the same one",
                path, r->path);
    return -1;
}

/* The folder that it lies in, or would: to be freed. */
static char *folder_above(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash)
        return memory_copy(".", 1);
    return slash == path ? memory_copy("/", 1) : memory_copy(path, (size_t)(slash - path));
}

/* One that the user has named; it is not made where it would be of no use. -1 with why. */
static int open_named(struct root *r, const char *path, struct buffer *why) {
    int fd = directory_open(AT_FDCWD, path);
    if (fd < 0 && errno == ENOENT) {
        char *folder = folder_above(path);
        int above = directory_open(AT_FDCWD, folder),
            is_elsewhere = above >= 0 && check_place(r, above, path, why) != 0;
        free(folder);
        if (above >= 0)
            close(above);
        if (is_elsewhere)
            return -1;
        fd = make_and_open(AT_FDCWD, path);
    }
    if (fd < 0)
        return failed(why, path, "");
    if (check_place(r, fd, path, why) == 0)
        return fd;
    close(fd);
    return -1;
}

static int is_same(int a, int b) {
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int open_folders(struct root *r, struct buffer *why) {
    struct {
        int *fd;
        int *in;
        const char *name;
    } const folders[] = {
        {&r->state, &r->fd, ".textmill"}, {&r->work, &r->state, "work"},          {&r->stage, &r->state, "stage"},
        {&r->ready, &r->state, "ready"},  {&r->quarantine, &r->fd, "quarantine"}, {&r->dropped, &r->fd, "dropped"},
        {&r->done, &r->fd, "done"}};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        *folders[i].fd = make_and_open(*folders[i].in, folders[i].name);
        if (*folders[i].fd < 0)
            return failed(why, r->path, folders[i].name);
        if (check_place(r, *folders[i].fd, folders[i].name, why) != 0)
            return -1;
    }
    if (make_folder(r->state, "state") != 0)
        return failed(why, r->path, ".textmill/state");
    r->inbox = open_named(r, r->inbox_path, why);
    r->out = r->inbox < 0 ? -1 : open_named(r, r->out_path, why);
    if (r->out < 0)
        return -1;
    if (is_same(r->inbox, r->out) || is_same(r->inbox, r->fd) || is_same(r->out, r->fd)) {
        buffer_addf(why, "inbox (%s), out (%s) and %s must be three folders, or results would be read as inputs",
                    r->inbox_path, r->out_path, r->path);
        return -1;
    }
    return 0;
}

int root_open(struct root *r, const char *path, const char *inbox, const char *out, enum durability durability,
              int locks, struct buffer *why) {
    struct stat st;
    *r = (struct root){.path = path,
                       .fd = -1,
                       .state = -1,
                       .work = -1,
                       .stage = -1,
                       .ready = -1,
                       .out = -1,
                       .quarantine = -1,
                       .dropped = -1,
                       .done = -1,
                       .inbox = -1,
                       .lock = -1};
    r->owned_inbox = joined(path, "inbox");
    r->owned_out = joined(path, "out");
    r->inbox_path = inbox ? inbox : r->owned_inbox;
    r->out_path = out ? out : r->owned_out;
    r->fd = make_and_open(AT_FDCWD, path);
    if (r->fd < 0 || fstat(r->fd, &st) != 0)
        return failed(why, path, "");
    r->device = st.st_dev;
    know_file_system(r, durability);
    if (open_folders(r, why) != 0)
        return -1;
    return locks ? take_lock(r, why) : 0;
}

void root_close(struct root *r) {
    const int fds[] = {r->fd,         r->state,   r->work, r->stage, r->ready, r->out,
                       r->quarantine, r->dropped, r->done, r->inbox, r->lock};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(r->owned_inbox);
    free(r->owned_out);
}

int root_look_for_inbox(struct root *r) {
    struct stat st;
    int fd = directory_open(AT_FDCWD, r->inbox_path);
    if (fd >= 0 && (fstat(fd, &st) != 0 || st.st_dev != r->device)) { /* something else is mounted there */
        close(fd);
        fd = -1;
    }
    if (fd < 0) {
        if (r->inbox >= 0)
            close(r->inbox);
        r->inbox = -1;
        return -1;
    }
    if (r->inbox >= 0 && is_same(fd, r->inbox)) {
        close(fd);
        return 0;
    }
    if (r->inbox >= 0)
        close(r->inbox);
    r->inbox = fd;
    return 1;
}

int root_look_for_out(struct root *r) {
    struct stat st;
    int fd = directory_open(AT_FDCWD, r->out_path);
    if (fd < 0)
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? 0 : -1;
    if (fstat(fd, &st) != 0 || st.st_dev != r->device) {
        close(fd);
        return -1;
    }
    if (is_same(fd, r->out)) {
        close(fd);
        return 0;
    }
    close(r->out);
    r->out = fd;
    return 0;
}

void id_make(char out[ID_BYTES], const char *name, ino_t inode) {
    struct timespec now;
    struct buffer encoded = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    file_name_from_id((tm_str){name, strlen(name)}, &encoded);
    snprintf(out, ID_BYTES, "%lld%06ld-%llx~%.*s", (long long)now.tv_sec, now.tv_nsec / 1000, (unsigned long long)inode,
             (int)encoded.len, encoded.data);
    buffer_deinit(&encoded);
}

const char *id_name(const char *id) {
    const char *tilde = strchr(id, '~');
    return tilde ? tilde + 1 : "";
}

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void id_decode(const char *id, struct buffer *out) {
    for (const char *s = id_name(id); *s; s++) {
        int high = *s == '%' ? hex(s[1]) : -1, low = high >= 0 ? hex(s[2]) : -1;
        if (low >= 0 && (high | low)) {
            buffer_add_char(out, (char)(high << 4 | low));
            s += 2;
        } else {
            buffer_add_char(out, *s);
        }
    }
}

uint64_t id_hash(const char *id) {
    uint64_t h = 0xcbf29ce484222325u;
    for (; *id; id++)
        h = (h ^ (unsigned char)*id) * 0x100000001b3u;
    return h;
}

int id_is_valid(const char *id, size_t len) {
    if (len < 10 || len >= ID_BYTES || id[0] < '0' || id[0] > '9' || !memchr(id, '~', len))
        return 0;
    for (size_t i = 0; i < len; i++) {
        char c = id[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("._-%~", c)))
            return 0;
    }
    return 1;
}

int work_name_parse(const char *name, char out_id[ID_BYTES], unsigned *out_attempt) {
    size_t len = strlen(name);
    if (len < 6 || strcmp(name + len - 3, ".in") != 0)
        return 0;
    size_t at = len - 3;
    while (at > 2 && name[at - 1] >= '0' && name[at - 1] <= '9')
        at--;
    if (at == len - 3 || len - 3 - at > 4 || name[at - 1] != 'a' || name[at - 2] != '.' || !id_is_valid(name, at - 2))
        return 0;
    memcpy(out_id, name, at - 2);
    out_id[at - 2] = '\0';
    *out_attempt = (unsigned)strtoul(name + at, NULL, 10);
    return 1;
}

int rename_over(int from_dir, const char *from, int to_dir, const char *to) {
    int r;
    do
        r = renameat(from_dir, from, to_dir, to);
    while (r != 0 && errno == EINTR);
    return r;
}

int rename_new(int from_dir, const char *from, int to_dir, const char *to) {
    int r;
    do
        r = renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE);
    while (r != 0 && errno == EINTR);
    if (r == 0 || (errno != EINVAL && errno != ENOSYS))
        return r;
    if (linkat(from_dir, from, to_dir, to, 0) != 0)
        return -1;
    return unlinkat(from_dir, from, 0);
}

int write_file(int dir, const char *name, const char *data, size_t len) {
    char part[ID_BYTES + 16];
    snprintf(part, sizeof part, "%s.part", name);
    int fd;
    do
        fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -1;
    int r = 0;
    while (len && r == 0) {
        ssize_t n = write(fd, data, len);
        if (n >= 0) {
            data += n;
            len -= (size_t)n;
        } else if (errno != EINTR) {
            r = -1;
        }
    }
    int error = errno;
    if (close(fd) != 0 && errno != EINTR && r == 0) {
        r = -1;
        error = errno;
    }
    if (r == 0)
        return rename_over(dir, part, dir, name);
    unlinkat(dir, part, 0);
    errno = error;
    return -1;
}

int flush_folder(int fd) {
    int r;
    do
        r = fsync(fd);
    while (r != 0 && errno == EINTR);
    return r;
}
