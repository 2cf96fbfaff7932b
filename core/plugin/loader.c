/* loader.c: see loader.h. Finding is in this file's first half, then what happens to one file in the order in which it
 * happens: path, safety, ELF, dlopen, descriptor. A loaded object is never closed: its threads and TLS destructors may
 * outlive every use that we know of.
 */
#include "loader.h"

#include "../json/memory.h"
#include "elf.h"
#include "options.h"
#include "pins.h"
#include "safety.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct mapping {
    dev_t device;
    ino_t inode;
    void *at;
    size_t bytes, mapped;
};

struct loader {
    char **folders;
    size_t n_folders;
    struct plugin **plugins;
    size_t n_plugins;
    char **names; /* of loader_names; NULL: to be made */
    size_t n_names;
    struct mapping *mappings;
    size_t n_mappings;
    struct pins *pins; /* NULL: none are kept */
    loader_watcher watcher;
    void *watcher_context;
};

struct loader *loader_new(void) {
    return memory_zalloc(1, sizeof(struct loader));
}

static void forget_names(struct loader *l) {
    for (size_t i = 0; i < l->n_names; i++)
        free(l->names[i]);
    free(l->names);
    l->names = NULL;
    l->n_names = 0;
}

void loader_free(struct loader *l) {
    if (!l)
        return;
    forget_names(l);
    for (size_t i = 0; i < l->n_folders; i++)
        free(l->folders[i]);
    free(l->folders);
    for (size_t i = 0; i < l->n_plugins; i++) {
        free((char *)l->plugins[i]->name);
        free((char *)l->plugins[i]->path);
        free((char *)l->plugins[i]->folder);
        free(l->plugins[i]);
    }
    free(l->plugins);
    for (size_t i = 0; i < l->n_mappings; i++)
        munmap(l->mappings[i].at, l->mappings[i].mapped);
    free(l->mappings);
    free(l);
}

void loader_watch(struct loader *l, loader_watcher watcher, void *context) {
    l->watcher = watcher;
    l->watcher_context = context;
}

void loader_use_pins(struct loader *l, struct pins *pins) {
    l->pins = pins;
}

void loader_step(const struct loader *l, const char *doing, const char *path, const char *id) {
    if (l->watcher)
        l->watcher(l->watcher_context, doing, path, id);
}

void loader_add_folder(struct loader *l, const char *folder) {
    if (!*folder)
        return;
    for (size_t i = 0; i < l->n_folders; i++)
        if (strcmp(l->folders[i], folder) == 0)
            return;
    l->folders = memory_realloc(l->folders, (l->n_folders + 1) * sizeof *l->folders);
    l->folders[l->n_folders++] = memory_copy(folder, strlen(folder));
    forget_names(l);
}

void loader_add_path_list(struct loader *l, const char *list) {
    while (list && *list) {
        size_t len = strcspn(list, ":");
        char *folder = memory_copy(list, len);
        loader_add_folder(l, folder);
        free(folder);
        list += len + (list[len] == ':');
    }
}

static int is_name(const char *name, size_t len) {
    return len > 0 && len <= 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") >= len;
}

static char *file_of(const char *folder, const char *name) {
    struct buffer b;
    buffer_init(&b);
    buffer_addf(&b, "%s/%s/%s.so", folder, name, name);
    buffer_add_char(&b, '\0');
    return b.data;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_name(struct loader *l, size_t *room, const char *name) {
    if (!l->names || l->n_names == *room) {
        *room = *room ? *room * 2 : 32;
        l->names = memory_realloc(l->names, *room * sizeof *l->names);
    }
    l->names[l->n_names++] = memory_copy(name, strlen(name));
}

size_t loader_names(struct loader *l, const char ***out_names) {
    if (!l->names) {
        size_t room = 0;
        for (size_t i = 0; i < l->n_folders; i++) {
            DIR *dir = opendir(l->folders[i]);
            for (struct dirent *e; dir && (e = readdir(dir));) {
                if (!is_name(e->d_name, strlen(e->d_name)))
                    continue;
                char *file = file_of(l->folders[i], e->d_name);
                if (access(file, F_OK) == 0)
                    add_name(l, &room, e->d_name);
                free(file);
            }
            if (dir)
                closedir(dir);
        }
        if (l->names)
            qsort(l->names, l->n_names, sizeof *l->names, by_name);
        size_t kept = 0;
        for (size_t i = 0; i < l->n_names; i++) {
            if (kept && strcmp(l->names[kept - 1], l->names[i]) == 0)
                free(l->names[i]);
            else
                l->names[kept++] = l->names[i];
        }
        l->n_names = kept;
    }
    *out_names = (const char **)l->names;
    return l->n_names;
}

static int check_elf(const char *path, int fd, struct buffer *why) {
    struct buffer line;
    buffer_init(&line);
    int r = elf_check(fd, &line);
    if (r != 0)
        buffer_addf(why, "%s: %.*s", path, (int)line.len, line.data);
    buffer_deinit(&line);
    return r;
}

/* The path without links, and the file; safe, and an ELF file of ours. NULL with why. */
static char *check_file(const char *file, int *out_fd, struct buffer *why) {
    char *path = realpath(file, NULL);
    if (!path) {
        buffer_addf(why, "%s: %s", file, strerror(errno));
        return NULL;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        buffer_addf(why, "%s: cannot be read: %s", path, strerror(errno));
    if (fd >= 0 && safety_check(path, why) == 0 && check_elf(path, fd, why) == 0) {
        *out_fd = fd;
        return path;
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return NULL;
}

/* One that was pinned was found safe then. */
static char *check_pinned(const struct pin *pin, struct buffer *why) {
    return check_elf(pin->path, pin->fd, why) == 0 ? memory_copy(pin->path, strlen(pin->path)) : NULL;
}

/* Where another file bears its name by now, a pinned one is reached by its descriptor; else by its path, as debuggers
 * and $ORIGIN like it.
 */
static void *open_object(const char *path, const struct pin *pin) {
    char by_descriptor[40];
    enum pin_state state = pin ? pin_look(pin) : PIN_SAME;
    if (state == PIN_REPLACED || state == PIN_GONE) {
        snprintf(by_descriptor, sizeof by_descriptor, "/proc/self/fd/%d", pin->fd);
        path = by_descriptor;
    }
    return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

static void explain_dlerror(const char *path, const char *error, struct buffer *why) {
    size_t len = strlen(path);
    const char *rest = strncmp(error, path, len) == 0 && error[len] == ':' ? error + len + 1 : error;
    rest += strspn(rest, " ");
    const char *undefined = "undefined symbol: ";
    if (strncmp(rest, undefined, strlen(undefined)) == 0) {
        rest += strlen(undefined);
        buffer_addf(why,
                    "%s: needs the function or variable %.*s, which nothing provides; link the library that has it "
                    "(-Wl,-z,defs tells at build time)",
                    path, (int)strcspn(rest, ", "), rest);
    } else if (strstr(rest, "cannot open shared object file")) {
        buffer_addf(why, "%s: needs a library that is not installed: %s", path, rest);
    } else {
        buffer_addf(why, "%s: cannot be loaded: %s", path, rest);
    }
}

static int check_descriptor(const char *path, const char *name, const tm_plugin *found, struct buffer *why) {
    /* The head never changes; nothing behind it is looked at before the version and the size fit. */
    if (found->abi_major != TM_ABI_MAJOR ||
        (TM_ABI_MAJOR == 0 ? found->abi_minor != TM_ABI_MINOR : found->abi_minor > TM_ABI_MINOR)) {
        int is_newer =
            found->abi_major > TM_ABI_MAJOR || (found->abi_major == TM_ABI_MAJOR && found->abi_minor > TM_ABI_MINOR);
        buffer_addf(why, "%s: built for plugin ABI %u.%u, this textmill (%s) has %u.%u; %s", path, found->abi_major,
                    found->abi_minor, TEXTMILL_VERSION, TM_ABI_MAJOR, TM_ABI_MINOR,
                    is_newer ? "use the textmill that it was built with, or build it with this one's headers"
                             : "build it again with this one's headers");
        return -1;
    }
    if (found->size < sizeof(tm_plugin)) {
        buffer_addf(why,
                    "%s: its descriptor has %u bytes, that of ABI %u.%u has %zu; begin it with TM_DESCRIPTOR and build "
                    "it again",
                    path, found->size, TM_ABI_MAJOR, TM_ABI_MINOR, sizeof(tm_plugin));
        return -1;
    }
    if (!found->name || strcmp(found->name, name) != 0) {
        buffer_addf(why,
                    "%s: calls itself \"%.64s\", but its file is named %s; name folder and file as the descriptor does",
                    path, found->name ? found->name : "", name);
        return -1;
    }
    if (found->kind != TM_STAGE && found->kind != TM_SOURCE && found->kind != TM_SINK) {
        buffer_addf(
            why, "%s: its kind is %u, which is neither stage, source nor sink; begin the descriptor with TM_DESCRIPTOR",
            path, found->kind);
        return -1;
    }
    if (found->kind == TM_STAGE && !found->process && !found->process_many && !found->commit && !found->commit_many) {
        buffer_addf(why, "%s: does nothing: the descriptor has no process, process_many, commit or commit_many", path);
        return -1;
    }
    if (found->text_version != 0 && found->text_version != TM_TEXT_VERSION) {
        buffer_addf(why, "%s: made for token rule %u, this textmill has %u; build it again, with its tables", path,
                    found->text_version, TM_TEXT_VERSION);
        return -1;
    }
    struct buffer line;
    buffer_init(&line);
    int is_sound = options_check_table(found, &line) == 0;
    if (!is_sound)
        buffer_addf(why, "%s: its table of options is wrong: %.*s", path, (int)line.len, line.data);
    buffer_deinit(&line);
    return is_sound ? 0 : -1;
}

/* One file: from its path to a plugin. */
static struct plugin *load(struct loader *l, const char *file, const char *name, struct buffer *why) {
    int fd = -1;
    const struct pin *pin = pins_find(l->pins, file);
    char *path = pin ? check_pinned(pin, why) : check_file(file, &fd, why);
    if (!path)
        return NULL;
    if (fd >= 0 && l->pins)
        pins_add(l->pins, file, path, fd);
    else if (fd >= 0)
        close(fd);
    loader_step(l, "loaded", path, NULL);
    void *object = open_object(path, pin);
    if (!object) {
        explain_dlerror(path, dlerror(), why);
        free(path);
        return NULL;
    }
    const tm_plugin *found = dlsym(object, TM_PLUGIN_SYMBOL);
    if (!found)
        buffer_addf(why, "%s: is no plugin of textmill: it has no symbol %s; declare its descriptor with TM_PLUGIN",
                    path, TM_PLUGIN_SYMBOL);
    if (!found || check_descriptor(path, name, found, why) != 0) {
        free(path);
        return NULL;
    }
    struct plugin *p = memory_zalloc(1, sizeof *p);
    p->loader = l;
    p->name = memory_copy(name, strlen(name));
    p->path = path;
    p->folder = memory_copy(path, (size_t)(strrchr(path, '/') - path));
    memcpy(&p->descriptor, found, sizeof p->descriptor < found->size ? sizeof p->descriptor : found->size);
    return p;
}

static struct plugin *find_loaded(const struct loader *l, const char *name) {
    for (size_t i = 0; i < l->n_plugins; i++)
        if (strcmp(l->plugins[i]->name, name) == 0)
            return l->plugins[i];
    return NULL;
}

static struct plugin *load_and_keep(struct loader *l, const char *file, const char *name, struct buffer *why) {
    struct plugin *p = load(l, file, name, why);
    if (p) {
        l->plugins = memory_realloc(l->plugins, (l->n_plugins + 1) * sizeof(struct plugin *));
        l->plugins[l->n_plugins++] = p;
    }
    return p;
}

/* One that is pinned comes first, whatever stands in the folders by now. */
static char *find_file(const struct loader *l, const char *name) {
    for (int on_disk = 0; on_disk < 2; on_disk++)
        for (size_t i = 0; i < l->n_folders; i++) {
            char *file = file_of(l->folders[i], name);
            struct stat st;
            if (on_disk ? lstat(file, &st) == 0 : pins_find(l->pins, file) != NULL)
                return file;
            free(file);
        }
    return NULL;
}

const struct plugin *loader_get_file(struct loader *l, const char *file, struct buffer *why) {
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
    size_t len = strlen(base);
    if (len <= 3 || strcmp(base + len - 3, ".so") != 0 || !is_name(base, len - 3)) {
        buffer_addf(why,
                    "%s: is no file of a plugin: it is called NAME.so, where NAME has a-z, 0-9, _ and - only, at most "
                    "64",
                    file);
        return NULL;
    }
    char *name = memory_copy(base, len - 3);
    struct plugin *p = find_loaded(l, name);
    if (!p)
        p = load_and_keep(l, file, name, why);
    free(name);
    return p;
}

const struct plugin *loader_get(struct loader *l, const char *name, size_t len, struct buffer *why) {
    if (!is_name(name, len)) {
        buffer_addf(
            why,
            "\"%.*s\" is no name of a plugin: a name has a-z, 0-9, _ and - only, at most 64; paths are not taken "
            "(--plugin-dir names the folder)",
            (int)(len > 80 ? 80 : len), name);
        return NULL;
    }
    char *copy = memory_copy(name, len);
    struct plugin *p = find_loaded(l, copy);
    int is_there = p != NULL;
    char *file = is_there ? NULL : find_file(l, copy);
    if (file) {
        is_there = 1;
        p = load_and_keep(l, file, copy, why);
        free(file);
    }
    if (!is_there) {
        buffer_addf(why, "no plugin \"%s\": there is no %s/%s.so in ", copy, copy, copy);
        for (size_t i = 0; i < l->n_folders; i++)
            buffer_addf(why, "%s%s", i ? ", " : "", l->folders[i]);
        buffer_add_string(why, l->n_folders ? "" : "any folder, as none is set (--plugin-dir)");
    }
    free(copy);
    return p;
}

/* Room for the file and TM_PAD bytes is taken first, all zeros, then the file is laid over its beginning: so a file
 * whose size is a multiple of the page has zeros behind it too. */
static int map(int fd, size_t bytes, struct mapping *out) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t mapped = (bytes + TM_PAD + page - 1) / page * page;
    char *at = mmap(NULL, mapped, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return -1;
    if (bytes && mmap(at, bytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
        munmap(at, mapped);
        return -1;
    }
    out->at = at;
    out->bytes = bytes;
    out->mapped = mapped;
    return 0;
}

/* A file that may be mapped: regular and safe. TM_OK with its path without links. */
static int open_data(const char *path, char **out_resolved, int *out_fd, struct buffer *why) {
    struct stat st;
    char *resolved = realpath(path, NULL);
    if (!resolved) {
        int result = errno == ENOENT || errno == ENOTDIR ? TM_ENOENT : TM_EIO;
        buffer_addf(why, "%s: %s", path, strerror(errno));
        return result;
    }
    int result = TM_OK, fd = open(resolved, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0) {
        result = TM_EIO;
        buffer_addf(why, "%s: cannot be read: %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        result = TM_EINVAL;
        buffer_addf(why, "%s: is no regular file", path);
    } else if (safety_check(resolved, why) != 0) {
        result = TM_EINVAL;
    } else {
        *out_resolved = resolved;
        *out_fd = fd;
        return TM_OK;
    }
    if (fd >= 0)
        close(fd);
    free(resolved);
    return result;
}

/* NULL with errno. */
static const struct mapping *mapping_of(struct loader *l, int fd) {
    struct stat st;
    if (fstat(fd, &st) != 0)
        return NULL;
    for (size_t i = 0; i < l->n_mappings; i++)
        if (l->mappings[i].device == st.st_dev && l->mappings[i].inode == st.st_ino &&
            l->mappings[i].bytes == (size_t)st.st_size)
            return &l->mappings[i];
    l->mappings = memory_realloc(l->mappings, (l->n_mappings + 1) * sizeof *l->mappings);
    struct mapping *m = &l->mappings[l->n_mappings];
    m->device = st.st_dev;
    m->inode = st.st_ino;
    if (map(fd, (size_t)st.st_size, m) != 0)
        return NULL;
    l->n_mappings++;
    return m;
}

int loader_map_file(struct loader *l, const char *path, tm_str *out_bytes, struct buffer *why) {
    char *resolved = NULL;
    int fd = -1;
    const struct pin *pin = pins_find(l->pins, path);
    int result = pin ? TM_OK : open_data(path, &resolved, &fd, why);
    if (result != TM_OK)
        return result;
    const struct mapping *m = mapping_of(l, pin ? pin->fd : fd);
    if (m) {
        *out_bytes = (tm_str){m->at, m->bytes};
    } else {
        buffer_addf(why, "%s: cannot be mapped: %s", path, strerror(errno));
        result = TM_EIO;
    }
    if (fd >= 0 && m && l->pins)
        pins_add(l->pins, path, resolved, fd);
    else if (fd >= 0)
        close(fd);
    free(resolved);
    return result;
}
