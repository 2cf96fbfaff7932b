/* check_child.c: a round of check-plugin in a process of its own: what it finds comes by a pipe, where it is by shared
 * memory; a death or a hang is told with the document that it happened with. What the plugin prints goes to a file in
 * memory, so that it neither disturbs nor is lost.
 */
#include "check_plugin.h"

#include "../io/sink.h"
#include "../json/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_MS = 20, LONGEST = 2000 };

/* What goes through the pipe, in one write: this, the code, the message. */
struct letter {
    uint32_t document;
    uint16_t code, message;
};
#define DONE "(done)"

/* --- in the child --- */

void check_tell(struct check *c, const char *code, uint32_t document, const char *format, ...) {
    struct {
        struct letter head;
        char bytes[LONGEST + 64];
    } l;
    size_t n = strlen(code);
    va_list args;
    va_start(args, format);
    memcpy(l.bytes, code, n);
    int len = vsnprintf(l.bytes + n, LONGEST, format, args);
    va_end(args);
    l.head = (struct letter){document, (uint16_t)n, (uint16_t)(len < LONGEST ? len : LONGEST - 1)};
    (void)!write(c->to_parent, &l, sizeof l.head + l.head.code + l.head.message);
}

void check_place(struct check *c, const char *round, uint32_t document) {
    atomic_store(&c->slot->round, round);
    atomic_store(&c->slot->document, document);
    atomic_fetch_add(&c->slot->beat, 1);
}

static void on_call(void *context, const char *function, size_t index) {
    struct check *c = context;
    (void)index;
    atomic_store(&c->slot->function, function);
    atomic_fetch_add(&c->slot->beat, 1);
}

static void on_step(void *context, const char *doing, const char *path, const char *id) {
    (void)path;
    if (!id) /* the rest the drive tells */
        on_call(context, strcmp(doing, "loaded") == 0 ? "being loaded" : doing, 0);
}

int check_open(struct check *c, struct drive *d, const char *options) {
    struct buffer why = {0};
    if (!c->loader) {
        c->loader = loader_new();
        loader_watch(c->loader, on_step, c);
        c->plugin = loader_get_file(c->loader, c->file, &why);
    }
    *d = (struct drive){
        .log = c->log, .state_folder = c->work, .is_guarded = 1, .watcher = on_call, .watcher_context = c};
    int status = c->plugin ? drive_open(d, c->plugin, options ? options : c->options, &why) : -1;
    if (status != 0 && !options)
        check_tell(c, CHECK_REFUSED, CHECK_NO_DOCUMENT, "%.*s", (int)why.len, why.data ? why.data : "");
    buffer_deinit(&why);
    return status;
}

int check_take(struct check *c, struct drive *d, struct drive_turn *t, uint32_t document) {
    const struct check_document *doc = &c->documents.list[document];
    if (doc->is_record)
        drive_take_record(d, t, doc->bytes, doc->len);
    else
        drive_take_text(d, t, doc->bytes, doc->len);
    atomic_store(&c->slot->text, (uintptr_t)t->bytes);
    atomic_store(&c->slot->wall, (uintptr_t)t->bytes + doc->len + TM_PAD);
    return t->doc != NULL;
}

/* Only notes the address; the signal then does what it does. */
static struct check_slot *fault_slot;

static void on_fault(int signal, siginfo_t *info, void *context) {
    (void)context;
    atomic_store(&fault_slot->fault, info->si_code > 0 ? (uintptr_t)info->si_addr : 0);
    raise(signal);
}

static void catch_faults(struct check *c) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND | SA_ONSTACK};
    stack_t stack = {.ss_sp = memory_alloc(65536), .ss_size = 65536};
    sigaltstack(&stack, NULL);
    fault_slot = c->slot;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

__attribute__((noreturn)) static void be_child(struct check *c, check_round round, uint32_t first, int out, int err) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody else would end one that hangs */
    sigprocmask(SIG_SETMASK, &c->mask, NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    c->out = STDOUT_FILENO;
    signal(SIGPIPE, SIG_IGN);
    catch_faults(c);
    c->log = log_new(STDERR_FILENO, 0, LOG_WARNING);
    round(c, first);
    fflush(stdout);
    check_tell(c, DONE, CHECK_NO_DOCUMENT, "%s", "");
    _exit(0);
}

/* --- in the parent --- */

static int is_same(const char *a, const char *b) {
    return a && b && strcmp(a, b) == 0;
}

/* The document into a file of the work folder. */
static char *save(struct check *c, uint32_t document) {
    const struct check_document *d = &c->documents.list[document];
    struct buffer path = {0}, file = {0};
    file_name_from_id((tm_str){d->name, strlen(d->name) < 60 ? strlen(d->name) : 60}, &file);
    buffer_addf(&path, "%s/%.*s%s", c->work, (int)file.len, file.data, d->is_record ? ".jsonl" : ".txt");
    buffer_add_char(&path, '\0');
    FILE *f = fopen(path.data, "we");
    int is_bad = !f || fwrite(d->bytes, 1, d->len, f) != d->len;
    if (f && (fclose(f) != 0 || is_bad))
        is_bad = 1;
    buffer_deinit(&file);
    c->has_saved = 1;
    if (!is_bad)
        return path.data;
    buffer_deinit(&path);
    return NULL;
}

static void add_finding(struct check *c, const char *code, uint32_t document, const char *message) {
    for (size_t i = 0; i < c->n_findings; i++)
        if (is_same(c->findings[i].code, code) && is_same(c->findings[i].message, message)) {
            c->findings[i].count++;
            return;
        }
    struct finding f = {
        .code = memory_copy(code, strlen(code)), .message = memory_copy(message, strlen(message)), .count = 1};
    if (document < c->documents.count) {
        const char *name = c->documents.list[document].name;
        f.document = memory_copy(name, strlen(name));
        f.file = save(c, document);
    }
    c->findings = memory_realloc(c->findings, (c->n_findings + 1) * sizeof *c->findings);
    c->findings[c->n_findings++] = f;
}

static void take_letter(struct check *c, const struct letter *l, const char *bytes, int *is_done) {
    char *code = memory_copy(bytes, l->code), *message = memory_copy(bytes + l->code, l->message);
    for (char *s = message; *s; s++)
        if ((unsigned char)*s < 0x20)
            *s = ' ';
    if (strcmp(code, DONE) == 0) {
        *is_done = 1;
    } else if (strcmp(code, CHECK_REFUSED) == 0) {
        free(c->refused);
        c->refused = memory_copy(message, strlen(message));
    } else if (strcmp(code, CHECK_NAME) == 0) {
        free(c->name);
        c->name = memory_copy(message, strlen(message));
        c->flags = l->document;
    } else if (strcmp(code, CHECK_FIELD) == 0) {
        c->fields = memory_realloc(c->fields, (c->n_fields + 1) * sizeof *c->fields);
        c->fields[c->n_fields++] = memory_copy(message, strlen(message));
    } else {
        add_finding(c, code, l->document, message);
    }
    free(code);
    free(message);
}

static void take_letters(struct check *c, struct buffer *in, int *is_done) {
    size_t at = 0;
    while (in->len - at >= sizeof(struct letter)) {
        struct letter l;
        memcpy(&l, in->data + at, sizeof l);
        size_t len = sizeof l + l.code + l.message;
        if (in->len - at < len)
            break;
        take_letter(c, &l, in->data + at + sizeof l, is_done);
        at += len;
    }
    memmove(in->data, in->data + at, in->len - at);
    in->len -= at;
}

/* The last line of what was printed, in printable characters. */
static void last_line(int fd, char *line, size_t room) {
    char bytes[4096];
    off_t size = lseek(fd, 0, SEEK_END), from = size > (off_t)sizeof bytes ? size - (off_t)sizeof bytes : 0;
    ssize_t n = pread(fd, bytes, sizeof bytes, from);
    line[0] = '\0';
    while (n > 0 && (unsigned char)bytes[n - 1] <= ' ')
        n--;
    ssize_t start = n;
    while (start > 0 && bytes[start - 1] != '\n')
        start--;
    if (n <= start)
        return;
    snprintf(line, room, "%.*s", (int)(n - start < 300 ? n - start : 300), bytes + start);
    for (char *s = line; *s; s++)
        if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
            *s = '?';
}

/* The document that a run of many workers was killed by, where one says so. */
static uint32_t blamed(const struct check *c) {
    for (unsigned i = 0; i < c->workers; i++)
        if (atomic_load(&c->slots[i].mark))
            return (uint32_t)(atomic_load(&c->slots[i].marked_line) & 0xffffffffu);
    return 0;
}

static void explain_fault(const struct check *c, struct buffer *b) {
    uintptr_t at = atomic_load(&c->slot->fault), text = atomic_load(&c->slot->text), wall = atomic_load(&c->slot->wall);
    if (!at || !text)
        return;
    if (at >= text && at < wall)
        buffer_addf(b, ": it wrote into the document's text, which is the host's (byte %zu)", (size_t)(at - text));
    else if (at >= wall && at < wall + 4096)
        buffer_addf(b, ": it read %zu bytes behind the text and its %u zero bytes", (size_t)(at - wall) + 1, TM_PAD);
    else if (at < 4096)
        buffer_add_string(b, ": it followed a null pointer");
}

static void tell_death(struct check *c, int status, int is_hung, int err, uint32_t document) {
    struct buffer b = {0};
    char said[400];
    const char *function = atomic_load(&c->slot->function), *round = atomic_load(&c->slot->round);
    last_line(err, said, sizeof said);
    if (is_hung)
        buffer_addf(&b, "does not come back from %s", function ? function : "its work");
    else if (WIFSIGNALED(status))
        buffer_addf(&b, "is killed by SIG%s in %s",
                    sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?",
                    function ? function : "its work");
    else
        buffer_addf(&b, "ends the whole process (status %d) in %s", WEXITSTATUS(status),
                    function ? function : "its work");
    if (round)
        buffer_addf(&b, ", %s", round);
    if (!is_hung)
        explain_fault(c, &b);
    if (said[0])
        buffer_addf(&b, " (it said: %s)", said);
    buffer_add_char(&b, '\0');
    add_finding(c, is_hung ? "hang" : "crash", document, b.data);
    buffer_deinit(&b);
}

static uint64_t limit_of(const struct check *c) {
    uint32_t document = atomic_load(&c->slot->document);
    if (document >= c->documents.count) /* many of them, and nothing is heard until the end */
        return 4 * c->timeout_ns + 20000000000u;
    return c->timeout_ns + (uint64_t)(c->documents.list[document].len >> 20) * 1000000000u;
}

static int is_stopped(struct check *c) {
    sigset_t waiting, both;
    if (sigpending(&waiting) == 0 && sigandset(&both, &waiting, &c->stops) == 0 && !sigisemptyset(&both))
        c->is_stopped = 1;
    return c->is_stopped;
}

/* Reads what it tells until it ends. 1 where it had to be killed. */
static int watch(struct check *c, pid_t pid, int from, int *is_done, int *status) {
    struct buffer in = {0};
    uint64_t beat = UINT64_MAX, since = 0;
    int is_hung = 0;
    for (;;) {
        struct pollfd p = {.fd = from, .events = POLLIN};
        int ready = poll(&p, 1, TICK_MS);
        if (ready > 0) {
            ssize_t n = read(from, buffer_reserve(&in, 65536), 65536);
            if (n == 0)
                break;
            if (n > 0)
                in.len += (size_t)n;
            take_letters(c, &in, is_done);
        }
        if (waitpid(pid, status, WNOHANG) == pid) {
            pid = 0;
            ssize_t n;
            fcntl(from, F_SETFL, O_NONBLOCK);
            while ((n = read(from, buffer_reserve(&in, 65536), 65536)) > 0)
                in.len += (size_t)n;
            take_letters(c, &in, is_done);
            break;
        }
        if (is_stopped(c)) {
            kill(pid, SIGKILL);
            break;
        }
        uint64_t now = host_get()->clock(), at = atomic_load(&c->slot->beat);
        if (at != beat) {
            beat = at;
            since = now;
        } else if (now - since > limit_of(c)) {
            is_hung = 1;
            kill(pid, SIGKILL);
            break;
        }
    }
    if (pid)
        while (waitpid(pid, status, 0) < 0 && errno == EINTR)
            continue;
    buffer_deinit(&in);
    return is_hung;
}

int check_child_run(struct check *c, check_round round, uint32_t first, uint32_t *out_document) {
    int ends[2], status = 0, is_done = 0;
    if (is_stopped(c))
        return 0;
    int out = memfd_create("stdout", MFD_CLOEXEC), err = memfd_create("stderr", MFD_CLOEXEC);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 1;
    memset(c->slot, 0, sizeof *c->slot);
    memset(c->slots, 0, c->workers * sizeof *c->slots);
    atomic_store(&c->slot->document, CHECK_NO_DOCUMENT);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        c->to_parent = ends[1];
        be_child(c, round, first, out, err);
    }
    close(ends[1]);
    int is_hung = pid > 0 && watch(c, pid, ends[0], &is_done, &status);
    close(ends[0]);
    if (pid > 0)
        kill(-pid, SIGKILL); /* what it started */
    uint32_t document = atomic_load(&c->slot->document), line = blamed(c);
    int is_dead = !c->is_stopped && (pid < 0 || is_hung || !is_done || WIFSIGNALED(status));
    if (is_dead) {
        if (line)
            document = check_document_of_line(c, line);
        tell_death(c, status, is_hung, err, document);
        if (document < c->documents.count)
            c->documents.list[document].is_bad = 1;
    }
    *out_document = document;
    close(out);
    close(err);
    return is_dead;
}
