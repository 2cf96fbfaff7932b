/* listing.c: see listing.h. A folder's names are read and sorted when the walk comes to it, so memory holds one folder
 * a level and the first file of a million is at hand at once. Files are opened relative to the folder's descriptor.
 */
#include "listing.h"

#include "../json/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LEVELS ((size_t)512)

/* A folder on the way down. Names of folders end in /, so that sorting them as bytes gives the order of whole paths. */
struct level {
    DIR *dir;
    char **names;
    size_t n, room, at;
    size_t path_len; /* of listing.path up to here, with the / */
};

struct listing {
    char **inputs;
    size_t n_inputs, room, at;
    struct level *levels;
    size_t depth, levels_room;
    struct buffer path;
    size_t relative;
    uint64_t total, skipped;
};

static void add_input(struct listing *l, const char *path) {
    if (l->n_inputs == l->room) {
        l->room = l->room ? l->room * 2 : 16;
        l->inputs = memory_realloc(l->inputs, l->room * sizeof *l->inputs);
    }
    l->inputs[l->n_inputs++] = memory_copy(path, strlen(path));
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int is_ours(const char *name) {
    size_t len = strlen(name);
    if (name[0] == '.')
        return 0;
    return !(len > 4 && strcmp(name + len - 4, ".tmp") == 0) && !(len > 5 && strcmp(name + len - 5, ".part") == 0);
}

/* What a folder's entry is to us. */
enum entry { ENTRY_FILE, ENTRY_FOLDER, ENTRY_OTHER };

static enum entry entry_kind(int dir_fd, const struct dirent *e) {
    struct stat st;
    switch (e->d_type) {
    case DT_REG:
        return ENTRY_FILE;
    case DT_DIR:
        return ENTRY_FOLDER;
    case DT_LNK: /* to a file: read it; a link to nothing is told when it is opened */
        if (fstatat(dir_fd, e->d_name, &st, 0) != 0)
            return ENTRY_FILE;
        return S_ISREG(st.st_mode) ? ENTRY_FILE : ENTRY_OTHER;
    case DT_UNKNOWN: /* some file systems do not say */
        if (fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            return ENTRY_FILE;
        if (S_ISLNK(st.st_mode) && fstatat(dir_fd, e->d_name, &st, 0) == 0 && !S_ISREG(st.st_mode))
            return ENTRY_OTHER;
        return S_ISDIR(st.st_mode)                          ? ENTRY_FOLDER
               : S_ISREG(st.st_mode) || S_ISLNK(st.st_mode) ? ENTRY_FILE
                                                            : ENTRY_OTHER;
    default:
        return ENTRY_OTHER;
    }
}

static void read_names(struct listing *l, struct level *level) {
    const struct dirent *e;
    int dir_fd = dirfd(level->dir);
    while ((e = readdir(level->dir))) {
        if (!is_ours(e->d_name))
            continue;
        enum entry kind = entry_kind(dir_fd, e);
        if (kind == ENTRY_OTHER) {
            l->skipped++;
            continue;
        }
        size_t len = strlen(e->d_name);
        char *name = memory_alloc(len + 2);
        memcpy(name, e->d_name, len);
        memcpy(name + len, kind == ENTRY_FOLDER ? "/" : "", kind == ENTRY_FOLDER ? 2 : 1);
        if (level->n == level->room) {
            level->room = level->room ? level->room * 2 : 64;
            level->names = memory_realloc(level->names, level->room * sizeof *level->names);
        }
        level->names[level->n++] = name;
    }
    if (level->n)
        qsort(level->names, level->n, sizeof *level->names, compare_names);
}

/* Goes into the folder that l->path names (with its /). 0, or -1 with errno; takes fd over. */
static int enter(struct listing *l, int fd) {
    if (l->depth == MAX_LEVELS) {
        close(fd);
        errno = ELOOP;
        return -1;
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    if (l->depth == l->levels_room) {
        l->levels_room = l->levels_room ? l->levels_room * 2 : 8;
        l->levels = memory_realloc(l->levels, l->levels_room * sizeof *l->levels);
    }
    struct level *level = &l->levels[l->depth++];
    *level = (struct level){.dir = dir, .path_len = l->path.len};
    read_names(l, level);
    return 0;
}

static void leave(struct listing *l) {
    struct level *level = &l->levels[--l->depth];
    for (size_t i = level->at; i < level->n; i++)
        free(level->names[i]);
    free(level->names);
    closedir(level->dir);
}

static void set_path(struct listing *l, size_t keep, const char *name) {
    l->path.len = keep;
    buffer_add(&l->path, name, strlen(name) + 1);
    l->path.len--;
}

/* Opens a file and looks what it is. O_NONBLOCK, so that a FIFO cannot hold us up in here: input.c waits for its
 * writer. */
static void open_file(struct listing *l, struct listed *out, int dir_fd, const char *name, int is_from_folder) {
    *out = (struct listed){.path = l->path.data, .relative = l->relative, .is_from_folder = is_from_folder};
    do
        out->fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (out->fd < 0 && errno == EINTR);
    struct stat st;
    if (out->fd >= 0 && fstat(out->fd, &st) == 0) {
        out->is_regular = S_ISREG(st.st_mode);
        out->size = out->is_regular && st.st_size > 0 ? (uint64_t)st.st_size : 0;
        if (out->is_regular || !is_from_folder)
            return;
        snprintf(out->problem, sizeof out->problem, "is no regular file any more");
    } else {
        snprintf(out->problem, sizeof out->problem, "%s", strerror(errno));
    }
    if (out->fd >= 0)
        close(out->fd);
    out->fd = -1;
}

/* The next file of the folders we are in; 0 where none is left. */
static int next_in_folders(struct listing *l, struct listed *out) {
    while (l->depth) {
        struct level *level = &l->levels[l->depth - 1];
        if (level->at == level->n) {
            leave(l);
            continue;
        }
        char *name = level->names[level->at++];
        size_t len = strlen(name);
        int dir_fd = dirfd(level->dir);
        set_path(l, level->path_len, name);
        if (name[len - 1] != '/') {
            open_file(l, out, dir_fd, name, 1);
            free(name);
            return 1;
        }
        name[len - 1] = '\0';
        int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
        free(name);
        if (fd >= 0 && enter(l, fd) == 0)
            continue;
        *out = (struct listed){.path = l->path.data, .relative = l->relative, .fd = -1, .is_from_folder = 1};
        snprintf(out->problem, sizeof out->problem, "%s",
                 errno == ELOOP ? "folders lie too deep in one another" : strerror(errno));
        return 1;
    }
    return 0;
}

int listing_next(struct listing *l, struct listed *out) {
    for (;;) {
        if (next_in_folders(l, out))
            return 1;
        if (l->at == l->n_inputs)
            return 0;
        const char *input = l->inputs[l->at++];
        l->relative = 0;
        if (strcmp(input, "-") == 0) {
            set_path(l, 0, "stdin");
            struct stat st;
            *out = (struct listed){.path = l->path.data, .fd = STDIN_FILENO};
            out->is_regular = fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode);
            return 1; /* size stays 0: somebody may have read a part of it */
        }
        set_path(l, 0, input);
        struct stat st;
        if (stat(input, &st) == 0 && S_ISDIR(st.st_mode)) {
            if (input[strlen(input) - 1] != '/')
                set_path(l, l->path.len, "/");
            l->relative = l->path.len;
            int fd = open(input, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
            if (fd >= 0 && enter(l, fd) == 0)
                continue;
            *out = (struct listed){.path = l->path.data, .fd = -1};
            snprintf(out->problem, sizeof out->problem, "%s", strerror(errno));
            return 1;
        }
        const char *slash = strrchr(l->path.data, '/');
        l->relative = slash ? (size_t)(slash + 1 - l->path.data) : 0;
        open_file(l, out, AT_FDCWD, input, 0);
        return 1;
    }
}

/* Adds up the sizes of what the walk will come to. */
static void count_bytes(struct listing *l) {
    struct listing walk = {.inputs = l->inputs, .n_inputs = l->n_inputs};
    struct stat st;
    for (walk.at = 0; walk.at < walk.n_inputs; walk.at++) {
        const char *input = walk.inputs[walk.at];
        if (strcmp(input, "-") == 0 || stat(input, &st) != 0)
            continue;
        if (!S_ISDIR(st.st_mode)) {
            l->total += S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
            continue;
        }
        int fd = open(input, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
        if (fd < 0 || enter(&walk, fd) != 0)
            continue;
        while (walk.depth) {
            struct level *level = &walk.levels[walk.depth - 1];
            if (level->at == level->n) {
                leave(&walk);
                continue;
            }
            char *name = level->names[level->at++];
            size_t len = strlen(name);
            if (name[len - 1] == '/') {
                name[len - 1] = '\0';
                fd = openat(dirfd(level->dir), name, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
                if (fd >= 0)
                    enter(&walk, fd);
            } else if (fstatat(dirfd(level->dir), name, &st, 0) == 0 && st.st_size > 0) {
                l->total += (uint64_t)st.st_size;
            }
            free(name);
        }
    }
    free(walk.levels);
}

/* A name with *, ? or [ that is no file is a pattern that no shell has expanded. 0, or -1 told. */
static int expand(struct listing *l, const char *pattern, struct buffer *why) {
    glob_t found = {0};
    int r = glob(pattern, GLOB_NOSORT, NULL, &found);
    if (r == 0) {
        qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_names);
        for (size_t i = 0; i < found.gl_pathc; i++)
            add_input(l, found.gl_pathv[i]);
        globfree(&found);
        return 0;
    }
    buffer_addf(why, "%s: no file matches this pattern", pattern);
    return -1;
}

static int check_input(struct listing *l, const char *input, struct buffer *why) {
    struct stat st;
    if (strcmp(input, "-") == 0) {
        add_input(l, input);
        return 0;
    }
    if (!*input) {
        buffer_add_string(why, "an input's name is empty; name a file, a folder, or - for standard input");
        return -1;
    }
    if (stat(input, &st) == 0) {
        if (faccessat(AT_FDCWD, input, S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK, AT_EACCESS) == 0) {
            add_input(l, input);
            return 0;
        }
    } else if (errno == ENOENT && strpbrk(input, "*?[")) {
        return expand(l, input, why);
    }
    buffer_addf(why, "cannot read %s: %s", input, strerror(errno));
    return -1;
}

struct listing *listing_open(const char *const *inputs, size_t n, int want_bytes, struct buffer *why) {
    struct listing *l = memory_zalloc(1, sizeof *l);
    if (!n)
        add_input(l, "-");
    for (size_t i = 0; i < n; i++)
        if (check_input(l, inputs[i], why) != 0) {
            listing_close(l);
            return NULL;
        }
    if (want_bytes)
        count_bytes(l);
    return l;
}

uint64_t listing_total_bytes(const struct listing *l) {
    return l->total;
}

uint64_t listing_skipped(const struct listing *l) {
    return l->skipped;
}

void listing_close(struct listing *l) {
    if (!l)
        return;
    while (l->depth)
        leave(l);
    for (size_t i = 0; i < l->n_inputs; i++)
        free(l->inputs[i]);
    free(l->inputs);
    free(l->levels);
    buffer_deinit(&l->path);
    free(l);
}
