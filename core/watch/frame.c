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

/* Room for one descriptor. */
union ancillary {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int frame_send_with(int fd, const char *data, size_t len, int descriptor) {
    union ancillary beside = {
        .head = {.cmsg_len = CMSG_LEN(sizeof descriptor), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec text = {(char *)data, len};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
    ssize_t n;
    if (descriptor >= 0) {
        memcpy(CMSG_DATA(&beside.head), &descriptor, sizeof descriptor);
        message.msg_control = &beside;
        message.msg_controllen = sizeof beside;
    }
    do
        n = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)len ? 0 : -1;
}

long frame_receive_with(int fd, char *data, size_t room, int flags, int *out_descriptor) {
    union ancillary beside;
    struct iovec text = {data, room - 1};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside};
    ssize_t n;
    *out_descriptor = -1;
    do
        n = recvmsg(fd, &message, flags | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return n;
    data[n] = '\0';
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof *out_descriptor))
        memcpy(out_descriptor, CMSG_DATA(head), sizeof *out_descriptor);
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
