/* safety.c: see safety.h. */
#include "safety.h"

#include "../json/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_one(const char *path, struct buffer *why) {
    struct stat st;
    if (lstat(path, &st) != 0) {
        buffer_addf(why, "%s: %s", path, strerror(errno));
        return -1;
    }
    const char *what = S_ISDIR(st.st_mode) ? "folder" : "file";
    if (st.st_uid != 0 && st.st_uid != geteuid()) {
        buffer_addf(why,
                    "%s: this %s belongs to user %u, who is neither root nor you, and could change what runs; "
                    "take it over: chown",
                    path, what, (unsigned)st.st_uid);
        return -1;
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX))) {
        buffer_addf(why, "%s: others may write to this %s (mode %03o) and could change what runs; chmod go-w %s", path,
                    what, (unsigned)(st.st_mode & 0777), path);
        return -1;
    }
    return 0;
}

int safety_check(const char *resolved, struct buffer *why) {
    char *path = memory_copy(resolved, strlen(resolved));
    int result = 0;
    for (;;) {
        result = check_one(*path ? path : "/", why);
        char *slash = strrchr(path, '/');
        if (result != 0 || !slash || !*path)
            break;
        *slash = '\0';
    }
    free(path);
    return result;
}
