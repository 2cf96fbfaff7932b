/* sandbox.c: which files a worker may reach, by Landlock, and its limits. See sandbox.h. The rules are made of what is
 * declared: a stage's folder and the paths of its options are read, what they call a store or an output is written;
 * besides, work/ is read, stage/ is written, and the system's libraries, time zones and locales are read. Whoever needs
 * to start programs starts programs of the user's own choice: they may read and run anything and use the net, but write
 * only into the folders for temporary files.
 */
#include "sandbox.h"

#include "../json/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of linux/landlock.h, which may be older than the kernel. */
#define RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1
#define FS_EXECUTE (1ull << 0)
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_REMOVE_DIR (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_DIR (1ull << 7)
#define FS_MAKE_REG (1ull << 8)
#define FS_REFER (1ull << 13)
#define FS_TRUNCATE (1ull << 14)
#define FS_OF_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | (1ull << 15))
#define NET_BIND_AND_CONNECT 3ull
#define SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS 3ull

#define READS (FS_READ_FILE | FS_READ_DIR)
#define WRITES                                                                                                         \
    (READS | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_REFER | FS_TRUNCATE)

/* Beside the memory that a worker may have: mapped data; stacks, and what the allocator sets aside for a thread. */
#define ADDRESS_SPACE ((uint64_t)16 << 30)
#define ADDRESS_SPACE_OF_A_THREAD ((uint64_t)256 << 20)
#define DESCRIPTORS 1024u

struct rules {
    uint64_t fs, net, scoped; /* the kernel's struct; older ones know the first, or the first two */
};

struct path_rule {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

struct sandbox {
    int rules, version;
    int error; /* of a rule that must be there */
    uint64_t handled;
    uint32_t needs;
};

static int landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
}

static uint64_t rights_of(int version) {
    return version >= 5   ? (1ull << 16) - 1
           : version >= 3 ? (1ull << 15) - 1
           : version == 2 ? (1ull << 14) - 1
                          : (1ull << 13) - 1;
}

static uint32_t needs_of(const struct pipeline *p) {
    uint32_t needs = 0;
    for (size_t i = 0; i < p->n_stages; i++)
        needs |= p->stages[i].plugin->needs;
    return needs;
}

/* --- rules --- */

/* What is not there, or out of this user's reach, needs no rule; any other failure would leave a hole in what is
 * needed.
 */
static int allow(struct sandbox *s, int dir, const char *path, uint64_t rights) {
    struct stat st;
    int fd, r;
    do
        fd = openat(dir, path, O_PATH | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        if (errno != ENOENT && errno != EACCES && errno != ENOTDIR && errno != ELOOP)
            s->error = errno;
        return -1;
    }
    rights &= s->handled;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rights &= FS_OF_FILES;
    const struct path_rule rule = {.allowed = rights, .fd = fd};
    r = (int)syscall(SYS_landlock_add_rule, s->rules, RULE_PATH_BENEATH, &rule, 0);
    if (r != 0)
        s->error = errno;
    close(fd);
    return r;
}

/* A file that is still to be made lies in a folder that is there. */
static void allow_to_write(struct sandbox *s, const char *path) {
    char *folder = memory_copy(path, strlen(path));
    while (allow(s, AT_FDCWD, folder, WRITES) != 0 && errno == ENOENT) {
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder)
            break;
        *slash = '\0';
    }
    free(folder);
}

/* Also what links in it lead to: data may be installed elsewhere. */
static void allow_to_read_folder(struct sandbox *s, const char *path) {
    DIR *dir = allow(s, AT_FDCWD, path, READS) == 0 ? opendir(path) : NULL;
    for (const struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_type == DT_LNK)
            allow(s, dirfd(dir), e->d_name, READS);
    if (dir)
        closedir(dir);
}

static void allow_option(void *context, const char *path, uint32_t flags) {
    struct sandbox *s = context;
    if (flags & (TM_OPT_PATH_WRITE | TM_OPT_PATH_STATE))
        allow_to_write(s, path);
    else
        allow_to_read_folder(s, path);
}

static void allow_system(struct sandbox *s) {
    static const char *const read[] = {
        "/usr",         "/lib",        "/lib64", "/etc/ld.so.cache",       "/etc/localtime", "/dev/zero",
        "/dev/urandom", "/dev/random", "/proc",  "/sys/devices/system/cpu"};
    static const char *const for_net[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
                                          "/etc/gai.conf",    "/etc/ssl",   "/run/systemd/resolve"};
    static const char *const written[] = {"/tmp", "/var/tmp", "/dev"};
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
        allow(s, AT_FDCWD, read[i], READS);
    allow(s, AT_FDCWD, "/dev/null", FS_READ_FILE | FS_WRITE_FILE);
    for (size_t i = 0; i < sizeof for_net / sizeof for_net[0] && (s->needs & TM_NEEDS_NETWORK); i++)
        allow(s, AT_FDCWD, for_net[i], READS);
    if (!(s->needs & TM_NEEDS_SPAWN))
        return;
    allow(s, AT_FDCWD, "/", READS | FS_EXECUTE);
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++)
        allow(s, AT_FDCWD, written[i], s->handled);
}

static void allow_root(struct sandbox *s, int root) {
    if (allow(s, root, ".textmill/work", READS) != 0 || allow(s, root, ".textmill/stage", WRITES) != 0 ||
        ((s->needs & TM_NEEDS_STATE) && allow(s, root, ".textmill/state", WRITES) != 0))
        s->error = errno;
}

static int hold_files(int root, const struct pipeline *p, uint32_t needs) {
    struct sandbox s = {.version = landlock_version(), .needs = needs};
    if (s.version < 1)
        return 0;
    s.handled = rights_of(s.version);
    int is_free = (needs & TM_NEEDS_SPAWN) != 0;
    const struct rules handled = {.fs = s.handled,
                                  .net = is_free || (needs & TM_NEEDS_NETWORK) ? 0 : NET_BIND_AND_CONNECT,
                                  .scoped = is_free ? 0 : SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS};
    size_t known = s.version >= 6 ? sizeof handled : s.version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    s.rules = (int)syscall(SYS_landlock_create_ruleset, &handled, known, 0);
    if (s.rules < 0)
        return -1;
    allow_system(&s);
    allow_root(&s, root);
    for (size_t i = 0; i < p->n_stages; i++) {
        allow_to_read_folder(&s, instance_folder(p->stages[i].doc.instance));
        instance_paths(p->stages[i].doc.instance, allow_option, &s);
    }
    if (!s.error && syscall(SYS_landlock_restrict_self, s.rules, 0) != 0)
        s.error = errno;
    close(s.rules);
    errno = s.error;
    return s.error ? -1 : 0;
}

/* --- limits --- */

static void limit(int what, uint64_t most) {
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)what, &now) != 0)
        return;
    if (now.rlim_max == RLIM_INFINITY || now.rlim_max > most)
        now.rlim_max = most;
    if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur > now.rlim_max)
        now.rlim_cur = now.rlim_max;
    setrlimit((__rlimit_resource_t)what, &now);
}

int sandbox_enter(const struct worker_options *options, int root, const struct pipeline *pipeline) {
    uint32_t needs = needs_of(pipeline);
    if (options->in_process || options->sandbox == SANDBOX_OFF)
        return 0;
    limit(RLIMIT_CORE, 0); /* of a process full of other people's documents */
    limit(RLIMIT_NOFILE, DESCRIPTORS);
    if (sandbox_can_refuse_calls()) /* sanitizers map terabytes */
        limit(RLIMIT_AS, ADDRESS_SPACE + options->jobs * ADDRESS_SPACE_OF_A_THREAD + 4 * options->max_memory);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (hold_files(root, pipeline, needs) != 0)
        return -1;
    int filters = !(needs & TM_NEEDS_SPAWN) && sandbox_can_refuse_calls();
    return filters ? sandbox_refuse_calls((needs & TM_NEEDS_NETWORK) != 0) : 0;
}

/* --- telling --- */

void sandbox_tell(struct log *log) {
    int has_files = landlock_version() > 0, has_calls = sandbox_can_refuse_calls();
    if (!has_files || !has_calls)
        log_line(log, LOG_WARNING, "workers are not held as they could be: this kernel or build has no %s",
                 has_calls   ? "Landlock, so plugins reach all files of this user"
                 : has_files ? "filter of system calls"
                             : "Landlock and no filter of system calls");
}

static void add_path(void *context, const char *path, uint32_t flags) {
    buffer_addf(context, ", %s %s", flags & (TM_OPT_PATH_WRITE | TM_OPT_PATH_STATE) ? "write" : "read", path);
}

void sandbox_describe(const struct pipeline *pipeline, struct buffer *out) {
    uint32_t needs = needs_of(pipeline);
    buffer_add_string(out, "workers may ");
    buffer_add_string(out, needs & TM_NEEDS_SPAWN     ? "start programs, read all files, use the network"
                           : needs & TM_NEEDS_NETWORK ? "use the network, start no program"
                                                      : "not use the network, start no program");
    if (needs & TM_NEEDS_STATE)
        buffer_add_string(out, ", write their folder of state");
    for (size_t i = 0; i < pipeline->n_stages; i++)
        instance_paths(pipeline->stages[i].doc.instance, add_path, out);
}
