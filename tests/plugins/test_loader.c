/* The loader against files that are wrong on purpose: each is refused with one line that names the file, what is wrong
 * and the cure; and what is right is loaded. */
#include "check.h"

#include "plugin/instance.h"
#include "plugin/loader.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *good, *bad;
static char folder[] = "/tmp/textmill-loader-XXXXXX";
static struct loader *loader;
static struct buffer why;

static const struct plugin *get(const char *name) {
    why.len = 0;
    const struct plugin *p = loader_get(loader, name, strlen(name), &why);
    buffer_add_char(&why, '\0');
    why.len--;
    return p;
}

static void start(const char *first, const char *second) {
    loader_free(loader);
    loader = loader_new();
    if (first)
        loader_add_folder(loader, first);
    if (second)
        loader_add_folder(loader, second);
}

/* `name` in `where` is refused, with `want` behind "WHERE/name/name.so: ". */
static void refused(const char *where, const char *name, const char *want) {
    start(where, NULL);
    const struct plugin *p = get(name);
    struct buffer line;
    buffer_init(&line);
    char *real = realpath(where, NULL);
    buffer_addf(&line, "%s/%s/%s.so%s", real, name, name, want);
    free(real);
    int is_right = !p && line.len == why.len && memcmp(line.data, why.data, why.len) == 0;
    if (!is_right)
        fprintf(stderr, "said:   %s\nwanted: %.*s\n", why.data, (int)line.len, line.data);
    buffer_deinit(&line);
    CHECK(is_right);
    CHECK(memchr(why.data, '\n', why.len) == NULL);
}

static void good_ones_are_loaded_once(void) {
    start(good, NULL);
    const struct plugin *p = get("shout");
    CHECK(p != NULL);
    CHECK_BYTES(p->descriptor.summary, strlen(p->descriptor.summary), "Says it in capitals");
    CHECK_BYTES(p->name, 5, "shout");
    CHECK(strstr(p->path, "/shout/shout.so") && strstr(p->folder, "/shout"));
    CHECK(get("shout") == p);
    const char **names;
    size_t n = loader_names(loader, &names);
    CHECK(n >= 6);
    CHECK_BYTES(names[0], 5, "asker");
}

static void descriptors_that_do_not_fit(void) {
    refused(bad, "abi_major",
            ": built for plugin ABI 7.2, this textmill (" TEXTMILL_VERSION
            ") has 0.2; use the textmill that it was built with, or build it with this one's headers");
    refused(bad, "abi_minor",
            ": built for plugin ABI 0.5, this textmill (" TEXTMILL_VERSION
            ") has 0.2; use the textmill that it was built with, or build it with this one's headers");
    char want[200];
    snprintf(want, sizeof want,
             ": its descriptor has 40 bytes, that of ABI 0.2 has %zu; begin it with TM_DESCRIPTOR and build it again",
             sizeof(tm_plugin));
    refused(bad, "short", want);
    refused(bad, "misnamed",
            ": calls itself \"other\", but its file is named misnamed; name folder and file as the descriptor does");
    refused(bad, "unnamed",
            ": calls itself \"\", but its file is named unnamed; name folder and file as the descriptor does");
    refused(bad, "idle", ": does nothing: the descriptor has no process, process_many, commit or commit_many");
    refused(bad, "kind",
            ": its kind is 77, which is neither stage, source nor sink; begin the descriptor with TM_DESCRIPTOR");
    refused(bad, "token_rule", ": made for token rule 99, this textmill has 1; build it again, with its tables");
    refused(bad, "option",
            ": its table of options is wrong: option \"n\" is bound to bytes 8..16 of a struct of 8 bytes");
    refused(bad, "no_symbol",
            ": is no plugin of textmill: it has no symbol textmill_plugin; declare its descriptor with TM_PLUGIN");
    refused(
        bad, "unbound",
        ": needs the function or variable textmill_test_that_nobody_defines, which nothing provides; link the library "
        "that has it (-Wl,-z,defs tells at build time)");
}

static void in_folder(char *out, size_t room, const char *name) {
    char dir[128];
    snprintf(dir, sizeof dir, "%s/%s", folder, name);
    mkdir(dir, 0755);
    snprintf(out, room, "%s/%s.so", dir, name);
}

/* A file of `len` bytes (of the good plugin where bytes is NULL) with one byte changed at `at`, where at >= 0. */
static void make(const char *name, const char *bytes, long len, long at, int value) {
    char path[256], source[512];
    in_folder(path, sizeof path, name);
    snprintf(source, sizeof source, "%s/shout/shout.so", good);
    FILE *in = bytes ? NULL : fopen(source, "rb"), *out = fopen(path, "wb");
    CHECK(out && (bytes || in));
    for (long i = 0; len < 0 || i < len; i++) {
        int ch = bytes ? bytes[i] : fgetc(in);
        if (ch == EOF && !bytes)
            break;
        fputc(i == at ? value : ch, out);
    }
    fclose(out);
    if (in)
        fclose(in);
    chmod(path, 0644);
}

static void files_that_are_no_plugins(void) {
    make("empty", "", 0, -1, 0);
    refused(folder, "empty", ": is empty; build or install it again");
    make("text", "#!/bin/sh\necho not a plugin\n", 29, -1, 0);
    refused(folder, "text", ": is no shared object (it has no ELF header); a plugin is built with cc -shared");
    make("head", NULL, 40, -1, 0);
    refused(folder, "head", ": is cut short: its ELF header is not whole; build or install it again");
    make("headers", NULL, 70, -1, 0);
    refused(folder, "headers", ": is cut short: its program headers are missing; build or install it again");
    make("cut", NULL, 4096 + 100, -1, 0);
    start(folder, NULL);
    CHECK(get("cut") == NULL);
    CHECK(strstr(why.data, "/cut/cut.so: is cut short: it has 4196 bytes, a part of it ends at ") != NULL);
    make("other_machine", NULL, -1, 18, EM_S390);
    start(folder, NULL);
    CHECK(get("other_machine") == NULL);
    CHECK(strstr(why.data, "/other_machine/other_machine.so: is built for IBM Z, this machine is ") != NULL);
    CHECK(strstr(why.data, "; build it on or for this machine") != NULL);
    make("other_class", NULL, -1, EI_CLASS, sizeof(void *) == 8 ? ELFCLASS32 : ELFCLASS64);
    start(folder, NULL);
    CHECK(get("other_class") == NULL);
    CHECK(strstr(why.data, "-bit machine, this is a ") != NULL);
    make("program", NULL, -1, 16, ET_EXEC);
    refused(folder, "program", ": is an ELF file, but no shared object; a plugin is built with cc -shared");
    make("no_headers", NULL, -1, 56, 0);
    refused(folder, "no_headers", ": its ELF program headers are damaged; build or install it again");
    char path[256];
    in_folder(path, sizeof path, "directory");
    mkdir(path, 0755);
    refused(folder, "directory", ": is no regular file");
    in_folder(path, sizeof path, "fifo");
    CHECK_INT(mkfifo(path, 0600), 0);
    refused(folder, "fifo", ": is no regular file");
    in_folder(path, sizeof path, "dangling");
    CHECK_INT(symlink("nowhere.so", path), 0);
    refused(folder, "dangling", ": No such file or directory");
    if (geteuid() != 0) {
        make("unreadable", NULL, -1, -1, 0);
        in_folder(path, sizeof path, "unreadable");
        chmod(path, 0);
        refused(folder, "unreadable", ": cannot be read: Permission denied");
    }
}

static void files_that_others_may_change(void) {
    char path[256], dir[256], want[1024];
    make("open_file", NULL, -1, -1, 0);
    in_folder(path, sizeof path, "open_file");
    chmod(path, 0666);
    snprintf(want, sizeof want, ": others may write to this file (mode 666) and could change what runs; chmod go-w %s",
             path);
    refused(folder, "open_file", want);
    chmod(path, 0664);
    start(folder, NULL);
    CHECK(get("open_file") == NULL);
    make("open_folder", NULL, -1, -1, 0);
    snprintf(dir, sizeof dir, "%s/open_folder", folder);
    chmod(dir, 0777);
    start(folder, NULL);
    CHECK(get("open_folder") == NULL);
    snprintf(want, sizeof want,
             "%s: others may write to this folder (mode 777) and could change what runs; chmod go-w %s", dir, dir);
    CHECK_BYTES(why.data, why.len, want);
    chmod(dir, 01777); /* sticky: others cannot replace the file; it is refused for its name only */
    start(folder, NULL);
    CHECK(get("open_folder") == NULL);
    CHECK(strstr(why.data, "calls itself \"shout\"") != NULL);
    /* A link is followed first: what counts is where the file really is. */
    in_folder(path, sizeof path, "linked");
    char target[256];
    snprintf(target, sizeof target, "%s/open_file/open_file.so", folder);
    chmod(target, 0666);
    CHECK_INT(symlink(target, path), 0);
    start(folder, NULL);
    CHECK(get("linked") == NULL);
    CHECK(strstr(why.data, "/open_file/open_file.so: others may write") != NULL);
    if (geteuid() == 0) {
        make("owned", NULL, -1, -1, 0);
        in_folder(path, sizeof path, "owned");
        CHECK_INT(chown(path, 12345, 0), 0);
        start(folder, NULL);
        CHECK(get("owned") == NULL);
        CHECK(strstr(why.data, "this file belongs to user 12345, who is neither root nor you") != NULL);
    }
}

static void names_that_are_paths(void) {
    start(good, NULL);
    static const char *const names[] = {"../../shout", "/etc/passwd",   "~", "shout.so", "Shout", "",
                                        "a b",         "shout/../shout"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CHECK(get(names[i]) == NULL);
        CHECK(strstr(why.data, "is no name of a plugin") != NULL);
    }
    CHECK(get("nonesuch") == NULL);
    CHECK(strstr(why.data, "no plugin \"nonesuch\": there is no nonesuch/nonesuch.so in ") == why.data);
    start(NULL, NULL);
    CHECK(get("shout") == NULL);
    CHECK(strstr(why.data, "none is set (--plugin-dir)") != NULL);
}

static void folders_are_searched_in_order(void) {
    loader_free(loader);
    loader = loader_new();
    char list[1024];
    snprintf(list, sizeof list, "/nonexistent:%s::%s", bad, good);
    loader_add_path_list(loader, list);
    CHECK(get("shout") != NULL);
    CHECK(get("abi_major") == NULL);
    CHECK(strstr(why.data, "built for plugin ABI 7.2") != NULL);
}

static void files_are_mapped_once_with_zeros_behind(void) {
    start(good, NULL);
    char path[256];
    snprintf(path, sizeof path, "%s/table.bin", folder);
    long page = sysconf(_SC_PAGESIZE);
    const long sizes[] = {0, 1, page - 1, page, 2 * page, 2 * page + 7};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unlink(path);
        FILE *f = fopen(path, "w");
        CHECK(f != NULL);
        for (long k = 0; k < sizes[i]; k++)
            fputc('x', f);
        fclose(f);
        tm_str one, two;
        why.len = 0;
        CHECK_INT(loader_map_file(loader, path, &one, &why), TM_OK);
        CHECK_INT(loader_map_file(loader, path, &two, &why), TM_OK);
        CHECK_INT(one.len, sizes[i]);
        CHECK(one.data == two.data);
        for (unsigned k = 0; k < TM_PAD; k++)
            CHECK(one.data[one.len + k] == 0);
        CHECK(one.len == 0 || one.data[one.len - 1] == 'x');
    }
    tm_str bytes;
    chmod(path, 0666);
    CHECK_INT(loader_map_file(loader, path, &bytes, &why), TM_EINVAL);
    CHECK_INT(loader_map_file(loader, "/nonexistent", &bytes, &why), TM_ENOENT);
    CHECK_INT(loader_map_file(loader, folder, &bytes, &why), TM_EINVAL);
    unlink(path);
}

int main(int argc, char **argv) {
    if (argc != 3 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: test_loader GOOD BAD\n");
        return 2;
    }
    good = argv[1];
    bad = argv[2];
    RUN(good_ones_are_loaded_once);
    RUN(descriptors_that_do_not_fit);
    RUN(files_that_are_no_plugins);
    RUN(files_that_others_may_change);
    RUN(names_that_are_paths);
    RUN(folders_are_searched_in_order);
    RUN(files_are_mapped_once_with_zeros_behind);
    loader_free(loader);
    buffer_deinit(&why);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return check_end() | (system(command) != 0);
}
