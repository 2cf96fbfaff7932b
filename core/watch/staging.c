/* staging.c: see staging.h. */
#include "staging.h"

#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 8 /* of names, where one is taken */

/* By the clock, so that it is none that an earlier run left in ready/. */
struct staging *staging_new(const struct root *r) {
    struct staging *s = memory_zalloc(1, sizeof *s);
    for (int i = 0; i < TRIES; i++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        snprintf(s->name, sizeof s->name, "%lld%09ld", (long long)now.tv_sec, now.tv_nsec);
        if (mkdirat(r->stage, s->name, 0777) == 0)
            return s;
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    free(s);
    return NULL;
}

struct staging *staging_found(const char *name) {
    size_t len = strlen(name);
    if (len >= STAGING_BYTES || strspn(name, "0123456789") != len)
        return NULL;
    struct staging *s = memory_zalloc(1, sizeof *s);
    memcpy(s->name, name, len + 1);
    s->is_ready = 1;
    return s;
}

void staging_leave(struct root *r, struct staging *s) {
    if (!s || --s->parcels > 0)
        return;
    s->next = r->left;
    r->left = s;
    staging_sweep(r);
}

void staging_sweep(struct root *r) {
    for (struct staging **at = &r->left; *at;) {
        struct staging *s = *at;
        int left = unlinkat(s->is_ready ? r->ready : r->stage, s->name, AT_REMOVEDIR);
        if (left != 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        free(s);
    }
}

void staging_free_left(struct root *r) {
    for (struct staging *s; (s = r->left);) {
        r->left = s->next;
        free(s);
    }
}

void staging_path(char out[STAGED_BYTES], const char *staging, const char *id, const char *suffix) {
    snprintf(out, STAGED_BYTES, "%s%s%s%s", staging, *staging ? "/" : "", id, suffix);
}
