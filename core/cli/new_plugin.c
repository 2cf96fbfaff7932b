/* new_plugin.c: textmill new-plugin: a folder that builds, tests and installs a stage by itself against the installed
 * package. The files are those of template/, with the name put in; each is in the program.
 */
#include "commands.h"
#include "setup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "new_plugin_template.h"

enum { LANG_C, LANG_CXX };

static const char sample[] = "longlines"; /* what the template calls itself */

static const struct command command = {
    .name = "new-plugin",
    .summary =
        "Makes a folder NAME with a stage that works: its source, a test that needs no runner, and what builds,\n"
        "tests and installs it against the installed textmill (CMake, or make with pkg-config).",
    .usage = "NAME",
    .details = "NAME is that of the plugin, its folder and its file: a-z, 0-9, _ and -, a letter first, at most 64.\n\n"
               "Exit status: 0 the folder is made, 2 it is not.",
};

/* 0; else the status of a mistake that was told. */
static int check_name(const char *name, struct loader *loader) {
    size_t len = strlen(name);
    if (!len || len > 64 || name[0] < 'a' || name[0] > 'z' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != len)
        return options_mistake(
            &command, "'%s' is no name for a plugin: a-z, 0-9, _ and - only, a letter first, at most 64", name);
    const char **names;
    size_t n = loader_names(loader, &names);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return options_mistake(&command, "there is a plugin '%s' already; take another name", name);
    return 0;
}

/* The template's text with the name for its own, and C++ for C where that is wanted. */
static void fill(const char *text, const char *name, int lang, struct buffer *out) {
    static const char source[] = "longlines.c", project[] = "LANGUAGES C", compiler[] = "$(CC)", flags[] = "CFLAGS";
    while (*text) {
        if (lang == LANG_CXX && strncmp(text, source, sizeof source - 1) == 0) {
            buffer_addf(out, "%s.cpp", name);
            text += sizeof source - 1;
        } else if (strncmp(text, sample, sizeof sample - 1) == 0) {
            buffer_add_string(out, name);
            text += sizeof sample - 1;
        } else if (lang == LANG_CXX && strncmp(text, project, sizeof project - 1) == 0) {
            buffer_add_string(out, "LANGUAGES CXX");
            text += sizeof project - 1;
        } else if (lang == LANG_CXX && strncmp(text, compiler, sizeof compiler - 1) == 0) {
            buffer_add_string(out, "$(CXX)");
            text += sizeof compiler - 1;
        } else if (lang == LANG_CXX && strncmp(text, flags, sizeof flags - 1) == 0) {
            buffer_add_string(out, "CXXFLAGS");
            text += sizeof flags - 1;
        } else if (lang == LANG_CXX && strncmp(text, "$(NAME).c", 9) == 0) {
            buffer_add_string(out, "$(NAME).cpp");
            text += 9;
        } else {
            buffer_add_char(out, *text++);
        }
    }
}

/* 0, or -1 with a line on stderr. */
static int write_file(const char *folder, const char *file, const struct buffer *text) {
    struct buffer path = {0};
    buffer_addf(&path, "%s/%s", folder, file);
    buffer_add_char(&path, '\0');
    FILE *f = fopen(path.data, "wxe");
    int is_bad = !f || fwrite(text->data, 1, text->len, f) != text->len;
    if (f && fclose(f) != 0)
        is_bad = 1;
    if (is_bad)
        fprintf(stderr, "textmill new-plugin: %s: cannot be written: %s\n", path.data, strerror(errno));
    buffer_deinit(&path);
    return is_bad ? -1 : 0;
}

static int write_all(const char *name, int lang) {
    const struct {
        const char *file, *text;
        int is_source; /* gets the language's suffix */
    } files[] = {
        {"CMakeLists.txt", template_CMakeLists_txt, 0},
        {"Makefile", template_Makefile, 0},
        {"README.md", template_README_md, 0},
        {".gitignore", template_gitignore, 0},
        {"longlines", lang == LANG_CXX ? template_longlines_cpp : template_longlines_c, 1},
        {"test_longlines", template_test_longlines_c, 1},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct buffer file = {0}, text = {0};
        fill(files[i].file, name, LANG_C, &file);
        if (files[i].is_source)
            buffer_add_string(&file, lang == LANG_CXX ? ".cpp" : ".c");
        buffer_add_char(&file, '\0');
        fill(files[i].text, name, lang, &text);
        int status = write_file(name, file.data, &text);
        buffer_deinit(&file);
        buffer_deinit(&text);
        if (status)
            return -1;
    }
    return 0;
}

/* Where CMake must be told to look: the program's own prefix, where that is none of the system's. */
static void put_prefix(void) {
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return;
    self[len] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(self, '/');
        if (!slash)
            return;
        *slash = '\0';
    }
    struct buffer package = {0};
    buffer_addf(&package, "%s/%s/cmake/textmill", self, TEXTMILL_LIBDIR);
    buffer_add_char(&package, '\0');
    int is_installed = access(package.data, F_OK) == 0;
    buffer_deinit(&package);
    if (is_installed && strcmp(self, "/usr") != 0 && strcmp(self, "/usr/local") != 0)
        printf(" -DCMAKE_PREFIX_PATH=%s", self);
}

int command_new_plugin(int argc, char **argv) {
    struct option_list plugin_dirs = {0};
    int lang = LANG_C, words;
    const struct command_option options[] = {
        {0, "lang", "LANGUAGE", OPTION_CHOICE, &lang, "c|c++", "what it is written in"},
        SETUP_OPTION_PLUGIN_DIR(plugin_dirs),
    };
    int status = options_parse(&command, options, sizeof options / sizeof options[0], argc, argv, &words);
    if (status)
        return status - 1;
    if (words != 1)
        return options_mistake(&command, "one name is wanted, not %d", words);
    const char *name = argv[1];
    struct setup setup;
    setup_init(&setup, &plugin_dirs, LOG_WARNING);
    status = check_name(name, setup.loader);
    setup_deinit(&setup);
    option_list_deinit(&plugin_dirs);
    if (status)
        return status;
    if (mkdir(name, 0755) != 0) {
        fprintf(stderr, "textmill new-plugin: %s: %s\n", name,
                errno == EEXIST ? "is there already; nothing was changed" : strerror(errno));
        return EXIT_USAGE;
    }
    if (write_all(name, lang) != 0)
        return EXIT_USAGE;
    printf("%s/ is a stage that works. Build and test it:\n\n  cd %s\n  cmake -B build", name, name);
    put_prefix();
    puts("\n  cmake --build build\n  ctest --test-dir build --output-on-failure\n  cmake --install build");
    return EXIT_FINE;
}
