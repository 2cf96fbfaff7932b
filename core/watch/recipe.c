/* recipe.c: see recipe.h. */
#include "recipe.h"

#include "frame.h"

#include "../json/write.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char word[] = "pin ";
#define WORD_BYTES (sizeof word - 1)

int recipe_begin(struct recipe *r) {
    if (r->copies < 0)
        r->copies = memfd_create("textmill-pipeline", MFD_CLOEXEC);
    return r->copies < 0 ? -1 : 0;
}

int recipe_give(const struct recipe *r, int socket) {
    for (size_t i = 0; i < r->pins.n; i++)
        if (pin_send(socket, &r->pins.list[i]) != 0)
            return -1;
    return frame_send(socket, "load", 4);
}

static const char *const on_disk[] = {
    [PIN_SAME] = "same", [PIN_REPLACED] = "replaced", [PIN_WRITTEN_OVER] = "written over", [PIN_GONE] = "gone"};

void recipe_tell(struct recipe *r, struct log *log) {
    for (size_t i = 0; i < r->pins.n; i++) {
        struct pin *pin = &r->pins.list[i];
        enum pin_state state = pin_look(pin);
        if (state == pin->told)
            continue;
        pin->told = state;
        if (state == PIN_WRITTEN_OVER)
            log_line(log, LOG_WARNING,
                     "%s was written over while it is in use, and workers may fall; put files in place by renaming, "
                     "and reload (HUP)",
                     pin->path);
        else if (state != PIN_SAME)
            log_line(log, LOG_WARNING,
                     "%s was %s on the disk; workers go on with the file that was loaded until a reload (HUP)",
                     pin->path, state == PIN_GONE ? "removed" : "replaced");
    }
}

void recipe_write(const struct recipe *r, struct buffer *out) {
    buffer_add_char(out, '[');
    for (size_t i = 0; i < r->pins.n; i++) {
        const struct pin *pin = &r->pins.list[i];
        buffer_add_string(out, i ? ",{\"path\":" : "{\"path\":");
        json_write_text(out, pin->path, strlen(pin->path));
        buffer_addf(out, ",\"on_disk\":\"%s\"}", on_disk[pin_look(pin)]);
    }
    buffer_add_char(out, ']');
}

void recipe_free(struct recipe *r) {
    if (r->copies >= 0)
        close(r->copies);
    pins_deinit(&r->pins);
    *r = (struct recipe){.copies = -1};
}

/* "pin ASKED", NUL, "PATH", and the descriptor. */
int pin_send(int socket, const struct pin *pin) {
    struct buffer frame = {0};
    buffer_add_string(&frame, word);
    buffer_add(&frame, pin->asked, strlen(pin->asked) + 1);
    buffer_add_string(&frame, pin->path);
    int r = frame_send_with(socket, frame.data, frame.len, pin->fd);
    buffer_deinit(&frame);
    return r;
}

int pin_is(const char *frame) {
    return strncmp(frame, word, WORD_BYTES) == 0;
}

void pin_take(struct pins *pins, const char *frame, size_t len, int fd) {
    const char *asked = frame + WORD_BYTES, *path = asked + strlen(asked) + 1;
    if (fd >= 0 && path < frame + len)
        pins_add(pins, asked, path, fd);
    else if (fd >= 0)
        close(fd);
}
