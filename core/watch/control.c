/* control.c: answers who asks: over .textmill/control (a socket of this machine, for `textmill status`) and, with
 * --http, over TCP: GET of /status, /metrics, /healthz, and nothing else. HTTP/1.0 by the loop itself, some hundred
 * lines, rather than a library: three fixed pages without bodies, keep-alive, TLS or threads need no more, and the
 * supervisor, which must never fall, stays free of code that others wrote for the open net. Put a proxy before it where
 * the net is open.
 */
#include "supervisor.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_CLIENTS 32u
#define REQUEST_BYTES 2048u

struct control {
    struct watcher *watcher;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
    int has_tcp, has_pipe;
    struct client *clients;
    size_t n_clients;
};

struct client {
    struct client *next;
    struct control *control;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } is;
    char request[REQUEST_BYTES];
    size_t len;
    struct buffer answer;
    uv_write_t write;
};

static void on_client_closed(uv_handle_t *handle) {
    struct client *c = handle->data;
    struct client **at = &c->control->clients;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    c->control->n_clients--;
    buffer_deinit(&c->answer);
    free(c);
}

static void close_client(struct client *c) {
    if (!uv_is_closing(&c->is.handle))
        uv_close(&c->is.handle, on_client_closed);
}

static void on_written(uv_write_t *write, int status) {
    (void)status;
    close_client(write->data);
}

/* What stands behind a question mark is passed over. */
static int asks_for(const struct client *c, const char *page) {
    size_t len = strlen(page);
    const char *asked = c->request + 4;
    return strncmp(c->request, "GET ", 4) == 0 && strncmp(asked, page, len) == 0 &&
           (asked[len] == ' ' || asked[len] == '?');
}

static void answer(struct client *c) {
    const struct watcher *w = c->control->watcher;
    struct buffer body = {0};
    const char *status = "200 OK", *type = "application/json";
    if (asks_for(c, "/status")) {
        status_write(w, &body);
    } else if (asks_for(c, "/healthz")) {
        if (!health_write(w, &body))
            status = "503 Service Unavailable";
    } else if (asks_for(c, "/metrics")) {
        type = "text/plain; version=0.0.4";
        metrics_text(w, &body);
    } else {
        type = "text/plain";
        status = strncmp(c->request, "GET ", 4) == 0 ? "404 Not Found" : "405 Method Not Allowed";
        buffer_add_string(&body, "there are /status, /metrics and /healthz\n");
    }
    buffer_addf(&c->answer, "HTTP/1.0 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                status, type, body.len);
    buffer_add(&c->answer, body.data, body.len);
    buffer_deinit(&body);
    uv_buf_t out = uv_buf_init(c->answer.data, (unsigned)c->answer.len);
    c->write.data = c;
    uv_read_stop(&c->is.stream);
    if (uv_write(&c->write, &c->is.stream, &out, 1, on_written) != 0)
        close_client(c);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out) {
    struct client *c = handle->data;
    (void)wanted;
    *out = uv_buf_init(c->request + c->len, (unsigned)(REQUEST_BYTES - 1 - c->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    struct client *c = stream->data;
    (void)buf;
    if (n < 0) {
        close_client(c);
        return;
    }
    c->len += (size_t)n;
    c->request[c->len] = '\0';
    if (strstr(c->request, "\r\n\r\n") || strstr(c->request, "\n\n"))
        answer(c);
    else if (c->len == REQUEST_BYTES - 1)
        close_client(c);
}

/* One that never says what it wants makes room for the next. */
static void close_oldest(struct control *control) {
    struct client *oldest = control->clients;
    while (oldest && oldest->next)
        oldest = oldest->next;
    if (oldest)
        close_client(oldest);
}

static void on_connection(uv_stream_t *server, int status) {
    struct control *control = server->data;
    if (status < 0)
        return;
    struct client *c = memory_zalloc(1, sizeof *c);
    c->control = control;
    int is_pipe = server == (uv_stream_t *)&control->pipe;
    if (is_pipe)
        uv_pipe_init(server->loop, &c->is.pipe, 0);
    else
        uv_tcp_init(server->loop, &c->is.tcp);
    c->is.handle.data = c;
    c->next = control->clients;
    control->clients = c;
    if (++control->n_clients > MOST_CLIENTS)
        close_oldest(control);
    if (uv_accept(server, &c->is.stream) != 0 || uv_read_start(&c->is.stream, on_room, on_read) != 0)
        close_client(c);
}

/* HOST:PORT, [HOST]:PORT, :PORT or PORT; without a host this machine's own loop. 0, or an error of libuv's. */
static int read_address(const char *text, struct sockaddr_storage *out) {
    char host[128];
    const char *colon = strrchr(text, ':'), *digits = colon ? colon + 1 : text;
    size_t len = colon ? (size_t)(colon - text) : 0;
    char *end;
    long port = strtol(digits, &end, 10);
    if (*digits < '0' || *digits > '9' || *end || port < 1 || port > 65535 || len >= sizeof host)
        return UV_EINVAL;
    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    snprintf(host, sizeof host, "%.*s", (int)len, text);
    if (!len || strcmp(host, "localhost") == 0)
        snprintf(host, sizeof host, "127.0.0.1");
    int r = uv_ip4_addr(host, (int)port, (struct sockaddr_in *)out);
    return r == 0 ? 0 : uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)out);
}

static int listen_tcp(struct control *c, const char *address) {
    struct sockaddr_storage to;
    int r = read_address(address, &to);
    uv_tcp_init(&c->watcher->loop, &c->tcp);
    c->tcp.data = c;
    c->has_tcp = 1;
    if (r == 0)
        r = uv_tcp_bind(&c->tcp, (const struct sockaddr *)&to, 0);
    return r == 0 ? uv_listen((uv_stream_t *)&c->tcp, 16, on_connection) : r;
}

void control_start(struct watcher *w) {
    struct control *c = w->control = memory_zalloc(1, sizeof *c);
    char path[64];
    c->watcher = w;
    /* By the descriptor: names of such sockets may be 107 bytes long and no more. */
    snprintf(path, sizeof path, "/proc/self/fd/%d/control", w->root.state);
    unlinkat(w->root.state, "control", 0);
    uv_pipe_init(&w->loop, &c->pipe, 0);
    c->pipe.data = c;
    c->has_pipe = 1;
    int r = uv_pipe_bind(&c->pipe, path);
    if (r == 0)
        r = uv_listen((uv_stream_t *)&c->pipe, 16, on_connection);
    if (r != 0)
        log_line(w->log, LOG_WARNING, "`textmill status` will not reach this watcher: %s", uv_strerror(r));
    if (w->options->http && (r = listen_tcp(c, w->options->http)) != 0) {
        log_line(w->log, LOG_ERROR, "cannot listen on --http %s: %s; give an ADDRESS:PORT of this machine that is free",
                 w->options->http, uv_strerror(r));
        watcher_stop(w, 2);
    }
}

void control_stop(struct control *c) {
    if (c->has_tcp)
        uv_close((uv_handle_t *)&c->tcp, NULL);
    if (c->has_pipe)
        uv_close((uv_handle_t *)&c->pipe, NULL);
    c->has_tcp = c->has_pipe = 0;
    for (struct client *client = c->clients; client; client = client->next)
        close_client(client);
    unlinkat(c->watcher->root.state, "control", 0);
}

void control_free(struct control *c) {
    free(c);
}
