/* check_descriptor.c: what a plugin says of itself: the descriptor and the table of options, as far as the loader lets
 * pass what no user should meet; symbols that it exports besides; the fields that it asks for.
 */
#include "check_plugin.h"

#include "../json/memory.h"
#include "../json/scan.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NONE CHECK_NO_DOCUMENT

static void wrong(struct check *c, const char *what) {
    check_tell(c, "descriptor", NONE, "%s", what);
}

static int has_word(const char *words, const char *word) {
    size_t len = strlen(word);
    for (; words && *words; words += strspn(words, " ,\t")) {
        size_t n = strcspn(words, " ,\t");
        if (n == len && memcmp(words, word, n) == 0)
            return 1;
        words += n;
    }
    return 0;
}

static void check_line(struct check *c, const char *name, const char *line) {
    if (!line || !*line)
        check_tell(c, "descriptor", NONE, "it has no %s", name);
    else if (strpbrk(line, "\r\n"))
        check_tell(c, "descriptor", NONE, "its %s has more than one line", name);
    else if (utf8_valid_prefix(line, strlen(line)) != strlen(line))
        check_tell(c, "descriptor", NONE, "its %s is no UTF-8", name);
}

static void check_languages(struct check *c, const char *languages) {
    for (const char *at = languages; at && *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        if (n != 2 || at[0] < 'a' || at[0] > 'z' || at[1] < 'a' || at[1] > 'z')
            check_tell(c, "descriptor", NONE,
                       "languages: '%.*s' is no code of ISO 639-1: two letters, with spaces between",
                       (int)(n < 40 ? n : 40), at);
        at += n;
    }
}

static void check_functions(struct check *c, const tm_plugin *p) {
    int commits = p->commit || p->commit_many;
    if (p->flags &
        ~(uint32_t)(TM_EDITS | TM_MAY_DROP | TM_EMITS | TM_REMEMBERS | TM_DETERMINISTIC | TM_WHOLE_STREAM | TM_ASYNC))
        wrong(c, "flags has bits that mean nothing");
    if (p->needs & ~(uint32_t)(TM_NEEDS_STATE | TM_NEEDS_NETWORK | TM_NEEDS_SPAWN))
        wrong(c, "needs has bits that mean nothing");
    if (commits && !(p->flags & TM_REMEMBERS))
        wrong(c, "it has commit but does not say TM_REMEMBERS: what keeps nothing between documents needs no order");
    if ((p->flags & TM_REMEMBERS) && !commits)
        wrong(c, "it says TM_REMEMBERS but has no commit: only there documents come in order");
    if ((p->flags & TM_WHOLE_STREAM) && !p->flush)
        wrong(c, "it says TM_WHOLE_STREAM but has no flush");
    if (p->checkpoint && !p->settle && !commits)
        wrong(c, "it has checkpoint, but neither commit nor settle: there is nothing to make durable");
    if (p->thread_open && !p->thread_close)
        wrong(c, "it has thread_open but no thread_close: what a worker gets is never freed");
    static const char *const own[] = {"text", "removed", "edits", "errors", "skipped"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (has_word(p->writes, own[i]))
            check_tell(c, "descriptor", NONE, "it says that it writes '%s', which textmill writes", own[i]);
}

static void check_row(struct check *c, const tm_option *row, const char *of) {
    const char *name = row->name ? row->name : "";
    if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
        check_tell(c, "options", NONE, "option '%s%s': a name has a-z, 0-9 and _ only", of, name);
    if (!row->help || !*row->help)
        check_tell(c, "options", NONE, "option '%s%s' has no help", of, name);
    else if (strpbrk(row->help, "\r\n"))
        check_tell(c, "options", NONE, "option '%s%s': its help has more than one line", of, name);
    else if (row->help[strlen(row->help) - 1] == '.')
        check_tell(c, "options", NONE, "option '%s%s': its help ends with a full stop, others do not", of, name);
    if (row->example && json_check_value(row->example, strlen(row->example), NULL) != 0)
        check_tell(c, "options", NONE, "option '%s%s': its example is no JSON", of, name);
}

static const tm_option *row_at(const tm_option *rows, uint32_t size, uint32_t i) {
    return (const tm_option *)(const void *)((const char *)rows + (size_t)i * size);
}

static void check_rows(struct check *c, const tm_plugin *p) {
    for (uint32_t i = 0; i < p->n_options; i++) {
        const tm_option *row = row_at(p->options, p->option_size, i);
        check_row(c, row, "");
        for (uint32_t k = 0; row->type == TM_T_TABLE && k < row->n_columns; k++) {
            char of[80];
            size_t n = row->name ? strlen(row->name) : 0;
            memcpy(of, row->name ? row->name : "", n < 70 ? n : 70);
            memcpy(of + (n < 70 ? n : 70), "[].", 4);
            check_row(c, row_at(row->columns, p->option_size, k), of);
        }
    }
}

/* --- symbols --- */

static int is_usual(const char *name) {
    static const char *const usual[] = {TM_PLUGIN_SYMBOL, "_init", "_fini", "_edata", "_end", "__bss_start"};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (strcmp(name, usual[i]) == 0)
            return 1;
    return 0;
}

/* The table of dynamic symbols in a file of `size` bytes at `at`; every offset is held against the size. */
static void check_symbols(struct check *c, const char *at, size_t size) {
    ElfW(Ehdr) head;
    size_t others = 0;
    char first[200] = "";
    if (size < sizeof head)
        return;
    memcpy(&head, at, sizeof head);
    if (head.e_shentsize != sizeof(ElfW(Shdr)) || head.e_shoff > size ||
        (size - head.e_shoff) / sizeof(ElfW(Shdr)) < head.e_shnum)
        return;
    for (size_t i = 0; i < head.e_shnum; i++) {
        ElfW(Shdr) table, names;
        memcpy(&table, at + head.e_shoff + i * sizeof table, sizeof table);
        if (table.sh_type != SHT_DYNSYM || table.sh_link >= head.e_shnum)
            continue;
        memcpy(&names, at + head.e_shoff + table.sh_link * sizeof names, sizeof names);
        if (table.sh_offset > size || table.sh_size > size - table.sh_offset || names.sh_offset > size ||
            names.sh_size > size - names.sh_offset || !names.sh_size || at[names.sh_offset + names.sh_size - 1])
            return;
        for (size_t k = 0; k < table.sh_size / sizeof(ElfW(Sym)); k++) {
            ElfW(Sym) symbol;
            memcpy(&symbol, at + table.sh_offset + k * sizeof symbol, sizeof symbol);
            if (symbol.st_name >= names.sh_size)
                return;
            const char *name = at + names.sh_offset + symbol.st_name;
            if (strncmp(name, "__asan_", 7) == 0 || strncmp(name, "__tsan_", 7) == 0 ||
                strncmp(name, "__ubsan_", 8) == 0)
                return; /* a sanitized build exports of its own */
            if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_LOCAL || is_usual(name))
                continue;
            if (!others++)
                strncpy(first, name, sizeof first - 1);
        }
    }
    if (others)
        check_tell(c, "exports", NONE,
                   "exports %zu symbol%s besides its descriptor (%s%s): build it with -fvisibility=hidden and "
                   "-Wl,--exclude-libs,ALL",
                   others, others == 1 ? "" : "s", first, others == 1 ? "" : ", ...");
}

static void check_exports(struct check *c) {
    int fd = open(c->plugin->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
        size_t size = (size_t)st.st_size;
        char *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED) {
            check_symbols(c, at, size);
            munmap(at, size);
        }
    }
    if (fd >= 0)
        close(fd);
}

/* --- fields --- */

/* Those that it asks for when it opens: each will be given values of every type. What it only may read stands in no
 * declaration (a read that nothing writes would be told to users), so none is wanted here. */
static void tell_fields(struct check *c, const struct drive *d) {
    for (tm_field f = 1; f <= field_names_count(d->fields); f++) {
        size_t len;
        const char *name = field_names_get(d->fields, f, &len);
        if (name)
            check_tell(c, CHECK_FIELD, NONE, "%.*s", (int)strcspn(name, ".["), name);
    }
}

void check_descriptor(struct check *c, uint32_t first) {
    struct drive d;
    (void)first;
    if (check_open(c, &d, NULL) != 0)
        return;
    const tm_plugin *p = d.plugin;
    check_tell(c, CHECK_NAME, p->flags, "%s", p->name);
    check_line(c, "version", p->version);
    check_line(c, "summary", p->summary);
    check_line(c, "licence", p->licence);
    if (p->summary && *p->summary && p->summary[strlen(p->summary) - 1] == '.')
        wrong(c, "its summary ends with a full stop, others do not");
    check_languages(c, p->languages);
    check_functions(c, p);
    check_rows(c, p);
    check_exports(c);
    tell_fields(c, &d);
    drive_close(&d);
}
