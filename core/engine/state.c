/* state.c: see state.h. */
#include "state.h"

#include "../json/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_VERSION 1u

struct member {
    const char *name;
    size_t offset;
};

static const struct member members[] = {
    {"documents", offsetof(struct engine_state, documents)},
    {"bytes", offsetof(struct engine_state, bytes)},
    {"failed_bytes", offsetof(struct engine_state, failed_bytes)},
    {"dropped_bytes", offsetof(struct engine_state, dropped_bytes)},
    {"inputs", offsetof(struct engine_state, inputs)},
    {"pipeline", offsetof(struct engine_state, pipeline)},
};
#define N_MEMBERS (sizeof members / sizeof members[0])

static int tell(struct buffer *why, const char *path, const char *what) {
    if (why)
        buffer_addf(why, "%s: %s", path, what);
    return -1;
}

static int write_whole(int fd, const char *data, size_t len) {
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

int engine_state_write(const char *path, const struct engine_state *state, struct buffer *why) {
    struct buffer text = {0}, temporary = {0};
    int result = -1;
    buffer_addf(&text, "{\"version\":%u", STATE_VERSION);
    for (size_t i = 0; i < N_MEMBERS; i++) {
        uint64_t value;
        memcpy(&value, (const char *)state + members[i].offset, sizeof value);
        buffer_addf(&text, ",\"%s\":%" PRIu64, members[i].name, value);
    }
    buffer_add_string(&text, "}\n");
    buffer_addf(&temporary, "%s.part", path);
    buffer_add_char(&temporary, '\0');
    int fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        tell(why, temporary.data, strerror(errno));
        goto out;
    }
    int is_written = write_whole(fd, text.data, text.len) == 0;
    is_written &= close(fd) == 0;
    if (is_written && rename(temporary.data, path) == 0) {
        result = 0;
    } else {
        tell(why, path, strerror(errno));
        unlink(temporary.data);
    }
out:
    buffer_deinit(&text);
    buffer_deinit(&temporary);
    return result;
}

int engine_state_read(const char *path, struct engine_state *out_state, struct buffer *why) {
    char text[1024];
    struct engine_state state = {0};
    struct json_member found[16];
    struct json_error error;
    size_t count, seen = 0;
    int has_version = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tell(why, path, strerror(errno));
    ssize_t len = read(fd, text, sizeof text - 1);
    close(fd);
    if (len < 0)
        return tell(why, path, strerror(errno));
    text[len] = '\0';
    if (json_scan_object(text, (size_t)len, found, 16, &count, &error) != 0 || count > 16)
        return tell(why, path, "this is not the state of a run; remove it to begin anew");
    for (size_t i = 0; i < count; i++) {
        const char *key = text + found[i].key_start;
        uint64_t value = strtoull(text + found[i].value_start, NULL, 10);
        has_version |= found[i].key_len == 7 && memcmp(key, "version", 7) == 0 && value == STATE_VERSION;
        for (size_t j = 0; j < N_MEMBERS; j++)
            if (found[i].type == JSON_NUMBER && found[i].key_len == strlen(members[j].name) &&
                memcmp(key, members[j].name, found[i].key_len) == 0) {
                memcpy((char *)&state + members[j].offset, &value, sizeof value);
                seen++;
            }
    }
    if (!has_version || seen != N_MEMBERS)
        return tell(why, path, "this is not the state of a run of this version; remove it to begin anew");
    *out_state = state;
    return 0;
}

uint64_t engine_hash(uint64_t hash, const char *data, size_t len) {
    hash ^= 0xcbf29ce484222325u + len;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    return hash ^ (hash >> 31);
}

uint64_t engine_hash_inputs(const char *const *paths, size_t n) {
    uint64_t hash = 0;
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        hash = engine_hash(hash, paths[i], strlen(paths[i]));
        if (stat(paths[i], &st) != 0)
            continue;
        int64_t facts[3] = {(int64_t)st.st_size, (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec};
        hash = engine_hash(hash, (const char *)facts, sizeof facts);
    }
    return hash;
}
