/* elf.c: see elf.h. Reads the ELF header and the program headers, nothing else: class, byte order and machine must be
 * this host's, and every segment must end within the file.
 */
#include "elf.h"

#include "../json/memory.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_HEADERS = 256 };

#if defined(__x86_64__)
#define HOST_MACHINE EM_X86_64
#elif defined(__i386__)
#define HOST_MACHINE EM_386
#elif defined(__aarch64__)
#define HOST_MACHINE EM_AARCH64
#elif defined(__arm__)
#define HOST_MACHINE EM_ARM
#elif defined(__riscv)
#define HOST_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define HOST_MACHINE EM_PPC64
#elif defined(__s390x__)
#define HOST_MACHINE EM_S390
#else
#define HOST_MACHINE EM_NONE /* not known here: the dynamic linker will tell */
#endif

static const char *machine_name(unsigned machine) {
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {{EM_X86_64, "x86-64"}, {EM_386, "x86"},      {EM_AARCH64, "ARM64"}, {EM_ARM, "ARM"},
                 {EM_RISCV, "RISC-V"},  {EM_PPC64, "POWER"},  {EM_S390, "IBM Z"},    {EM_MIPS, "MIPS"},
                 {EM_PPC, "PowerPC"},   {EM_SPARCV9, "SPARC"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].machine == machine)
            return names[i].name;
    return "another machine";
}

static int read_at(int fd, void *out, size_t len, off_t at) {
    char *to = out;
    while (len) {
        ssize_t got = pread(fd, to, len, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        to += got;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

static int refuse(struct buffer *why, const char *line) {
    buffer_add_string(why, line);
    return -1;
}

static int check_segments(int fd, const ElfW(Ehdr) * head, uint64_t file_size, struct buffer *why) {
    if (head->e_phentsize != sizeof(ElfW(Phdr)) || head->e_phnum == 0 || head->e_phnum > MOST_HEADERS)
        return refuse(why, "its ELF program headers are damaged; build or install it again");
    uint64_t bytes = (uint64_t)head->e_phnum * sizeof(ElfW(Phdr));
    if (head->e_phoff > file_size || bytes > file_size - head->e_phoff)
        return refuse(why, "is cut short: its program headers are missing; build or install it again");
    ElfW(Phdr) *segments = memory_alloc(bytes);
    int result = 0, has_load = 0;
    if (read_at(fd, segments, bytes, (off_t)head->e_phoff) != 0)
        result = refuse(why, "cannot be read to its end; build or install it again");
    for (unsigned i = 0; result == 0 && i < head->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD)
            has_load = 1;
        if (segments[i].p_offset > file_size || segments[i].p_filesz > file_size - segments[i].p_offset) {
            buffer_addf(why, "is cut short: it has %llu bytes, a part of it ends at %llu; build or install it again",
                        (unsigned long long)file_size,
                        (unsigned long long)segments[i].p_offset + (unsigned long long)segments[i].p_filesz);
            result = -1;
        }
    }
    if (result == 0 && !has_load)
        result = refuse(why, "is an ELF file with nothing to load in it; build or install it again");
    free(segments);
    return result;
}

int elf_check(int fd, struct buffer *why) {
    struct stat st;
    if (fstat(fd, &st) != 0) {
        buffer_addf(why, "%s", strerror(errno));
        return -1;
    }
    if (!S_ISREG(st.st_mode))
        return refuse(why, "is no regular file");
    if (st.st_size == 0)
        return refuse(why, "is empty; build or install it again");
    unsigned char ident[EI_NIDENT] = {0};
    if (st.st_size < EI_NIDENT || read_at(fd, ident, EI_NIDENT, 0) != 0 || memcmp(ident, ELFMAG, SELFMAG) != 0)
        return refuse(why, "is no shared object (it has no ELF header); a plugin is built with cc -shared");
    const ElfW(Half) one = 1;
    unsigned order = *(const unsigned char *)&one ? ELFDATA2LSB : ELFDATA2MSB;
    if (ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) || ident[EI_DATA] != order) {
        buffer_addf(why, "is built for a %s-bit machine%s, this is a %d-bit one; build it on or for this machine",
                    ident[EI_CLASS] == ELFCLASS64 ? "64" : "32",
                    ident[EI_DATA] == order ? "" : " of the other byte order", (int)sizeof(void *) * 8);
        return -1;
    }
    ElfW(Ehdr) head;
    if ((uint64_t)st.st_size < sizeof head || read_at(fd, &head, sizeof head, 0) != 0)
        return refuse(why, "is cut short: its ELF header is not whole; build or install it again");
    if (HOST_MACHINE != EM_NONE && head.e_machine != HOST_MACHINE) {
        buffer_addf(why, "is built for %s, this machine is %s; build it on or for this machine",
                    machine_name(head.e_machine), machine_name(HOST_MACHINE));
        return -1;
    }
    if (head.e_type != ET_DYN)
        return refuse(why, "is an ELF file, but no shared object; a plugin is built with cc -shared");
    return check_segments(fd, &head, (uint64_t)st.st_size, why);
}
