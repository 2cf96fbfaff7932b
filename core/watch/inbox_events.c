/* inbox_events.c: inotify's own descriptor in the loop. libuv's file watcher asks for no close-write and passes over
 * the overflow in silence, so it cannot serve here. Where inotify cannot be had, or does not see what happens (network
 * file systems), scanning goes on alone, and that is said.
 */
#include "inbox_room.h"

#include "../json/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define MASK (IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)

static void poll_instead(struct inbox *in, const char *why) {
    if (in->is_polling)
        return;
    in->is_polling = 1;
    in->why_polling = why;
    log_event(in->log, LOG_WARNING, "poll mode: the inbox is scanned every --rescan, new files are not told", "why",
              why, NULL);
}

static int add_watch(struct inbox *in, const char *path) {
    char place[4200];
    if (in->notify_fd < 0)
        return -1;
    snprintf(place, sizeof place, "/proc/self/fd/%d/%s", in->root->inbox, path);
    int watch = inotify_add_watch(in->notify_fd, place, MASK);
    if (watch < 0 && errno != ENOENT && errno != ENOTDIR)
        poll_instead(in,
                     errno == ENOSPC ? "no inotify watches are left (fs.inotify.max_user_watches)" : strerror(errno));
    return watch;
}

void inbox_add_folder(struct inbox *in, const char *path) {
    for (size_t i = 0; i < in->n_folders; i++)
        if (strcmp(in->folders[i].path, path) == 0)
            return;
    in->folders = memory_realloc(in->folders, (in->n_folders + 1) * sizeof *in->folders);
    in->folders[in->n_folders++] = (struct inbox_folder){memory_copy(path, strlen(path)), add_watch(in, path)};
}

void inbox_drop_folder(struct inbox *in, size_t index) {
    free(in->folders[index].path);
    memmove(&in->folders[index], &in->folders[index + 1], (in->n_folders - index - 1) * sizeof *in->folders);
    in->n_folders--;
}

/* The inbox itself is not where it was. What was known of its folders goes; the supervisor looks for it again. */
static void lose(struct inbox *in) {
    if (!in->is_gone)
        log_event(in->log, LOG_WARNING, "the inbox was moved or removed; looking for it again", "inbox",
                  in->root->inbox_path, NULL);
    in->is_gone = 1;
    in->needs_scan = 1;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* The folder that the inbox lies in: while the inbox is held open, its own removal is not told by a watch on it. */
static void watch_parent(struct inbox *in) {
    const char *path = in->root->inbox_path, *name = base_name(path);
    char place[4096];
    snprintf(place, sizeof place, "%.*s.", (int)(name - path), path);
    if (in->notify_fd >= 0)
        in->parent_watch =
            inotify_add_watch(in->notify_fd, place, IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR);
}

static void take_event(struct inbox *in, const struct inotify_event *e) {
    char path[4096];
    const struct inbox_folder *folder = NULL;
    if (e->mask & IN_Q_OVERFLOW) {
        in->overflows++;
        in->needs_scan = 1;
        return;
    }
    if (e->wd == in->parent_watch && e->len && strcmp(e->name, base_name(in->root->inbox_path)) == 0)
        lose(in);
    for (size_t i = 0; i < in->n_folders && !folder; i++)
        if (in->folders[i].watch == e->wd)
            folder = &in->folders[i];
    if (!folder)
        return;
    if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) {
        if (!*folder->path)
            lose(in);
        in->needs_scan = 1;
        return;
    }
    if (!e->len || !inbox_is_ours(e->name))
        return;
    if ((size_t)snprintf(path, sizeof path, "%s%s%s", folder->path, *folder->path ? "/" : "", e->name) >= sizeof path)
        return;
    if (e->mask & IN_ISDIR) {
        if (in->subfolders)
            inbox_add_folder(in, path);
        in->needs_scan = 1; /* what was put in before it was watched */
    } else {
        inbox_add(in, path, (e->mask & IN_MOVED_TO) != 0);
    }
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    struct inbox *in = poll->data;
    char data[32768] __attribute__((aligned(__alignof__(struct inotify_event))));
    (void)events;
    if (status < 0) {
        in->needs_scan = 1;
        return;
    }
    for (int i = 0; i < 16; i++) { /* the rest next time round */
        ssize_t n = read(in->notify_fd, data, sizeof data);
        if (n <= 0)
            break;
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *e = (const void *)(data + at);
            take_event(in, e);
            at += (ssize_t)(sizeof *e + e->len);
        }
    }
    in->on_news(in->context);
}

void inbox_start(struct inbox *in, uv_loop_t *loop) {
    if (!in->root->can_notify) {
        poll_instead(in, in->root->file_system);
    } else if (in->notify_fd < 0) {
        in->notify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (in->notify_fd < 0) {
            poll_instead(in, errno == EMFILE ? "no inotify instances are left (fs.inotify.max_user_instances)"
                                             : strerror(errno));
        } else {
            uv_poll_init(loop, &in->poll, in->notify_fd);
            in->poll.data = in;
            in->has_poll = 1;
            uv_poll_start(&in->poll, UV_READABLE, on_readable);
        }
    }
    /* Watches of an inbox that is gone say nothing more; those of the new one are all made anew. */
    for (size_t i = 0; i < in->n_folders; i++) {
        if (in->folders[i].watch >= 0)
            inotify_rm_watch(in->notify_fd, in->folders[i].watch);
        free(in->folders[i].path);
    }
    in->n_folders = 0;
    if (in->walk)
        closedir(in->walk);
    in->walk = NULL;
    in->is_gone = in->root->inbox < 0;
    watch_parent(in);
    if (!in->is_gone)
        inbox_add_folder(in, "");
    in->needs_scan = 1;
}

static void on_closed(uv_handle_t *handle) {
    struct inbox *in = handle->data;
    close(in->notify_fd);
    in->notify_fd = -1;
}

void inbox_stop(struct inbox *in) {
    if (in->has_poll)
        uv_close((uv_handle_t *)&in->poll, on_closed);
    in->has_poll = 0;
}
