/* pins.c: see pins.h. */
#include "pins.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct pin *pins_find(const struct pins *p, const char *asked) {
    for (size_t i = 0; p && i < p->n; i++)
        if (strcmp(p->list[i].asked, asked) == 0)
            return &p->list[i];
    return NULL;
}

void pins_add(struct pins *p, const char *asked, const char *path, int fd) {
    struct pin pin = {.fd = fd};
    if (pins_find(p, asked) || fstat(fd, &pin.was) != 0) {
        close(fd);
        return;
    }
    pin.asked = memory_copy(asked, strlen(asked));
    pin.path = memory_copy(path, strlen(path));
    p->list = memory_realloc(p->list, (p->n + 1) * sizeof *p->list);
    p->list[p->n++] = pin;
}

static int is_same_time(struct timespec a, struct timespec b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

enum pin_state pin_look(const struct pin *pin) {
    struct stat on_disk, now;
    if (stat(pin->asked, &on_disk) != 0)
        return PIN_GONE;
    if (on_disk.st_dev != pin->was.st_dev || on_disk.st_ino != pin->was.st_ino)
        return PIN_REPLACED;
    return fstat(pin->fd, &now) == 0 && now.st_size == pin->was.st_size && is_same_time(now.st_mtim, pin->was.st_mtim)
               ? PIN_SAME
               : PIN_WRITTEN_OVER;
}

void pins_deinit(struct pins *p) {
    for (size_t i = 0; i < p->n; i++) {
        close(p->list[i].fd);
        free(p->list[i].asked);
        free(p->list[i].path);
    }
    free(p->list);
    *p = (struct pins){0};
}
