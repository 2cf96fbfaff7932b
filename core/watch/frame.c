/* frame.c: see frame.h. */
#include "frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int frame_send(int fd, const char *data, size_t len) {
    ssize_t n;
    do
        n = send(fd, data, len, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)len ? 0 : -1;
}

long frame_receive(int fd, char *data, size_t room, int flags) {
    ssize_t n;
    do
        n = recv(fd, data, room - 1, flags);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        data[n] = '\0';
    return n;
}

char *frame_word(char **at) {
    char *word = *at + strspn(*at, " ");
    char *end = word + strcspn(word, " ");
    *at = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

char *frame_line(char **at) {
    char *line = *at;
    if (!*line)
        return NULL;
    char *end = line + strcspn(line, "\n");
    *at = *end ? end + 1 : end;
    *end = '\0';
    return line;
}
