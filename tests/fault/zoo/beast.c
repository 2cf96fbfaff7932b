/* beast: does what a plugin must not, to a document whose text contains "beast"; the option says what. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <textmill/plugin.h>
#include <unistd.h>

struct config {
    int32_t deed;
};

struct stage {
    const tm_host *host;
    const struct config *config;
};

enum { CRASH, ABORT, EXIT, QUIET_EXIT, KILL, HANG, MEMORY, STACK, CLOSE, HEAP, BLOCK };

static const tm_option options[] = {
    TM_OPT_ENUM(struct config, deed, "deed", "\"crash\"",
                "crash|abort|exit|quiet-exit|kill|hang|memory|stack|close|heap|block", "what it does"),
};

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = malloc(sizeof *s);
    (void)self;
    if (!s)
        return TM_EIO;
    s->host = host;
    s->config = config;
    *out_stage = s;
    return TM_OK;
}

static void close_stage(void *stage) {
    free(stage);
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

static void corrupt(void) {
    char *volatile block = malloc(32);
    memset(block - 16, 0x5a, 16);
    free(block);
    abort();
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    const struct stage *s = stage;
    tm_str text = s->host->text(doc);
    (void)thread;
    if (!text.len || !memmem(text.data, text.len, "beast", 5))
        return TM_PASS;
    switch (s->config->deed) {
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
    case MEMORY:
        hog();
        break;
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
             .flags = TM_DETERMINISTIC,
             TM_OPTIONS(struct config, options),
             .open = open_stage,
             .close = close_stage,
             .process = process};
