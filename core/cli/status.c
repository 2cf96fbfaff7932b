/* status.c: textmill status: how a watcher is. The one that runs is asked over its socket; where none answers, the
 * folders are counted, since they say it all.
 */
#include "commands.h"
#include "options.h"

#include "../json/buffer.h"
#include "../json/write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static const struct command command = {
    .name = "status",
    .summary = "Tells how the watcher of ROOT is, as one JSON object.",
    .usage = "ROOT",
    .details =
        "Exit status: 0 it is well; 1 it is degraded, stopping or does not answer; 3 none is running (the object\n"
        "then tells what waits).",
};

/* How many entries a folder has that are not hidden, where wanted with those of its folders in their place; 0 where
 * there is none. */
static unsigned long count(int root, const char *name, int in_folders) {
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    unsigned long n = 0;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return 0;
    }
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.')
            n += in_folders && e->d_type == DT_DIR ? count(fd, e->d_name, 0) : 1;
    closedir(dir);
    return n;
}

/* A watcher that runs holds the lock, whether it answers or not. */
static int is_running(int root) {
    int fd = openat(root, ".textmill/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    return is_held;
}

static int tell_silent(int root, const char *path, int error) {
    struct buffer out = {0};
    int runs = is_running(root) || error == EACCES;
    const char *why = error == EACCES                     ? "this user may not ask it; ask as the one that it runs as"
                      : error == ENOENT                   ? "it is about to begin or to end"
                      : error == EAGAIN || error == EINTR ? "it has not answered for 10 seconds"
                                                          : strerror(error);
    buffer_addf(&out, "{\"status\":\"%s\",\"root\":", runs ? "silent" : "stopped");
    json_write_text(&out, path, strlen(path));
    if (runs) {
        buffer_add_string(&out, ",\"why\":");
        json_write_text(&out, why, strlen(why));
    }
    buffer_addf(&out, ",\"inbox\":%lu,\"claimed\":%lu,\"ready\":%lu,\"out\":%lu,\"quarantine\":%lu,\"dropped\":%lu}\n",
                count(root, "inbox", 0), count(root, ".textmill/work", 0), count(root, ".textmill/ready", 1),
                count(root, "out", 0), count(root, "quarantine", 0), count(root, "dropped", 0));
    fwrite(out.data, 1, out.len, stdout);
    buffer_deinit(&out);
    return runs ? EXIT_SOME_FAILED : EXIT_RUNTIME;
}

/* 0; -1 with errno. */
static int ask(int root, struct buffer *out) {
    static const char request[] = "GET /status HTTP/1.0\r\n\r\n";
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 10};
    int state = openat(root, ".textmill", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state < 0)
        return -1;
    snprintf(to.sun_path, sizeof to.sun_path, "/proc/self/fd/%d/control", state);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int r = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&to, sizeof to);
    close(state);
    if (r == 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        r = write(fd, request, sizeof request - 1) == (ssize_t)sizeof request - 1 ? 0 : -1;
    }
    while (r == 0) {
        ssize_t n = read(fd, buffer_reserve(out, 4096), 4096);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            r = -1;
        if (n <= 0)
            break;
        out->len += (size_t)n;
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return r;
}

int command_status(int argc, char **argv) {
    int words;
    int status = options_parse(&command, NULL, 0, argc, argv, &words);
    if (status)
        return status - 1;
    if (words != 1)
        return options_mistake(&command, "the folder of a watcher is wanted");
    int root = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int state = root >= 0 ? openat(root, ".textmill", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (state < 0) {
        fprintf(stderr, "textmill status: %s is no folder of a watcher: %s\n", argv[1], strerror(errno));
        if (root >= 0)
            close(root);
        return EXIT_USAGE;
    }
    close(state);
    struct buffer answer = {0};
    const char *body = NULL;
    errno = 0;
    if (ask(root, &answer) == 0) {
        buffer_add_char(&answer, '\0');
        body = strstr(answer.data, "\r\n\r\n");
    }
    if (body) {
        fputs(body + 4, stdout);
        status = strstr(body, "\"status\":\"ok\"") ? EXIT_FINE : EXIT_SOME_FAILED;
    } else {
        status = tell_silent(root, argv[1], errno);
    }
    buffer_deinit(&answer);
    close(root);
    return status;
}
