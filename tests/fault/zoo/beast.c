/* beast: does what a plugin must not, to a document whose text contains "beast"; the option says what. */
#include "plain_stage.h"
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <textmill/plugin.h>
#include <unistd.h>

struct config {
    int32_t deed;
    tm_str path;
};

struct stage {
    const tm_host *host;
    const struct config *config;
    tm_field verdict;
};

enum {
    NONE,
    CRASH,
    ABORT,
    EXIT,
    QUIET_EXIT,
    KILL,
    HANG,
    BLOCK,
    SPIN,
    SLEEP,
    MEMORY,
    HUGE,
    LEAK,
    STACK,
    CLOSE,
    HEAP,
    FORK,
    SPOIL,
    SPEAK,
    READ,
    WRITE,
    UNLINK,
    CALL,
    RUN,
    SIGNAL
};

static const tm_option options[] = {
    TM_OPT_ENUM(
        struct config, deed, "deed", "\"crash\"",
        "none|crash|abort|exit|quiet-exit|kill|hang|block|spin|sleep|memory|huge|leak|stack|close|heap|fork|spoil|"
        "speak|read|write|unlink|call|run|signal",
        "what it does"),
    TM_OPT_STRING(struct config, path, "path", "\"/nowhere\"", "the file of read, write and unlink"),
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = *out_stage = plain_stage_new(host, config, sizeof *s);
    if (s)
        s->verdict = host->field(self, TM_STR("verdict"));
    return s ? TM_OK : TM_EIO;
}

static int deeper(volatile char *from, int n) {
    volatile char here[4096];
    here[0] = from ? from[0] : (char)n;
    return n < 0 ? here[0] : deeper(here, n + 1) + here[0];
}

static void hog(void) {
    for (;;) {
        char *block = malloc(8u << 20);
        if (block)
            memset(block, 1, 8u << 20);
        usleep(2000);
    }
}

static void hang(int is_deaf) {
    sigset_t all;
    sigfillset(&all);
    if (is_deaf)
        pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (;;)
        pause();
}

static void spin(void) {
    volatile uint64_t turns = 0;
    for (;;)
        turns = turns + 1;
}

static void corrupt(void) {
    char *volatile block = malloc(32);
    memset(block - 16, 0x5a, 16);
    free(block);
    abort();
}

/* Blocks that are never given back; held on to, so that no compiler leaves them out. */
static void leak(void) {
    static _Thread_local char *last;
    char *block = malloc(1u << 20);
    if (!block)
        abort();
    memset(block, 1, 1u << 20);
    memcpy(block, &last, sizeof last);
    last = block;
}

static void take_all_at_once(void) {
    char *volatile block = malloc((size_t)100 << 30);
    if (block && getenv("TEXTMILL_BEAST_TOUCHES"))
        memset(block, 1, (size_t)100 << 30);
    free(block);
}

static void fork_without_end(void) {
    for (int i = 0; i < 200; i++) {
        pid_t pid = fork();
        if (pid < 0)
            return;
        if (pid == 0) {
            sleep(5);
            _exit(0);
        }
    }
}

static void spoil(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    umask(0777);
    setlocale(LC_ALL, "C.UTF-8");
    setenv("TZ", "Nowhere", 1);
    (void)!chdir("/");
}

static void speak(void) {
    static const char growl[] = "it growls\n";
    printf("it roars\n");
    fflush(stdout);
    if (write(STDERR_FILENO, growl, sizeof growl - 1) < 0)
        abort();
}

/* What comes of it is told in the document: "done", or that it was refused. */
static int32_t trespass(const struct stage *s, tm_doc *doc) {
    char path[4096];
    int fd, ok = 0;
    snprintf(path, sizeof path, "%.*s", (int)s->config->path.len, s->config->path.data);
    switch (s->config->deed) {
    case READ:
    case WRITE:
        fd = open(path, s->config->deed == READ ? O_RDONLY : O_WRONLY);
        ok = fd >= 0;
        if (ok)
            close(fd);
        break;
    case UNLINK:
        ok = unlink(path) == 0;
        break;
    case CALL:
        fd = socket(AF_INET, SOCK_STREAM, 0);
        ok = fd >= 0;
        if (ok)
            close(fd);
        break;
    case SIGNAL:
        ok = kill(getppid(), 0) == 0;
        break;
    default:
        ok = system("true") == 0;
        break;
    }
    const tm_value verdict = {.type = TM_V_TEXT, .text = ok ? TM_STR("done") : TM_STR("refused")};
    return s->host->set(doc, s->verdict, &verdict) == TM_OK ? TM_PASS : TM_FAIL;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    tm_str text = s->host->text(doc);
    (void)thread;
    if (!text.len || !memmem(text.data, text.len, "beast", 5))
        return TM_PASS;
    switch (s->config->deed) {
    case NONE:
        break;
    case CRASH:
        raise(SIGSEGV);
        break;
    case ABORT:
        abort();
    case EXIT:
        exit(0);
    case QUIET_EXIT:
        _exit(0);
    case KILL:
        kill(getpid(), SIGKILL);
        break;
    case HANG:
    case BLOCK:
        hang(s->config->deed == BLOCK);
        break;
    case SPIN:
        spin();
        break;
    case SLEEP:
        usleep(100000);
        break;
    case MEMORY:
        hog();
        break;
    case HUGE:
        take_all_at_once();
        break;
    case LEAK:
        leak();
        break;
    case FORK:
        fork_without_end();
        break;
    case SPOIL:
        spoil();
        break;
    case SPEAK:
        speak();
        break;
    case READ:
    case WRITE:
    case UNLINK:
    case CALL:
    case RUN:
    case SIGNAL:
        return trespass(s, doc);
    case STACK:
        return deeper(NULL, 0) ? TM_PASS : TM_DROP;
    case CLOSE:
        for (int fd = 3; fd < 256; fd++)
            close(fd);
        break;
    case HEAP:
        corrupt();
        break;
    default:
        break;
    }
    return TM_PASS;
}

TM_PLUGIN = {TM_DESCRIPTOR,
             .name = "beast",
             .version = "1.0",
             .summary = "Does what a plugin must not",
             .licence = "MIT",
             .writes = "verdict",
             .flags = TM_DETERMINISTIC,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .close = plain_stage_close,
             .process = process};
