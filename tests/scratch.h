/* scratch.h: a folder of its own for a test, taken away at the end. */
#ifndef TM_TESTS_SCRATCH_H
#define TM_TESTS_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

static int scratch_remove(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st, (void)ftw;
    if (flag == FTW_D || flag == FTW_DNR)
        chmod(path, 0700);
    return remove(path);
}

/* Makes the folder and goes into it, so that tests name files as they are. */
static inline void scratch_begin(void) {
    snprintf(scratch, sizeof scratch, "/tmp/textmill-test-XXXXXX");
    if (!mkdtemp(scratch) || chdir(scratch) != 0) {
        perror(scratch);
        exit(1);
    }
}

static inline void scratch_end(void) {
    if (chdir("/") != 0 || nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror(scratch);
}

static inline void scratch_file(const char *name, const char *data, size_t len) {
    int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd) != 0) {
        perror(name);
        exit(1);
    }
}

static inline void scratch_text(const char *name, const char *text) {
    scratch_file(name, text, strlen(text));
}

/* The file's bytes with a NUL behind them, to be freed; NULL where there is none. */
static inline char *scratch_read(const char *name, size_t *out_len) {
    FILE *f = fopen(name, "rb");
    if (!f)
        return NULL;
    char *data = malloc(1 << 20);
    *out_len = data ? fread(data, 1, (1 << 20) - 1, f) : 0;
    if (data)
        data[*out_len] = '\0';
    fclose(f);
    return data;
}

#endif
