/* sinner.c: a stage that is right but for one sin, which SIN names. check-plugin must tell each. */
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <textmill/plugin.h>
#include <time.h>
#include <unistd.h>

enum sin {
    NONE,
    CRASH,       /* on a text with a NUL */
    CRASH_BATCH, /* process_many takes a batch to have at most four documents */
    CRASH_CLOSE,
    CRASH_LOAD, /* in its constructor */
    CRASH_OPTION,
    CRASH_WORKERS, /* when two workers are in it at once */
    EXITS,
    ABORTS,
    HANGS, /* on a line of 10 MB */
    WRITES_TEXT,
    READS_BEHIND,
    EDITS_UNFLAGGED,
    EDITS_OUTSIDE,
    EDITS_CHARACTER,
    SPANS_OUTSIDE,
    DROPS_UNFLAGGED,
    FAILS_SILENTLY,
    NO_VERDICT,
    BREAKS, /* the whole run for one document */
    WRITES_UNDECLARED,
    PRINTS,
    COUNTS,  /* its result depends on the documents before */
    BATCHES, /* and on the batch */
    CLOCK,   /* and on the time */
    WORKERS, /* and on which worker it was */
    NO_MEMORY_SET,
    LEAKS_OPEN,
    LEAKS_DOCUMENT,
    LEAKS_FILES,
    LEAKS_THREADS,
    LEAKS_CHILDREN,
    LEAKS_MAPS,
    NO_HELP,
    NO_LICENCE,
    BAD_FLAGS,
    BAD_LANGUAGES,
    COMMITS_UNFLAGGED,
    EXPORTS,
    WRITES_TEXT_FIELD,
    UNFINISHED_WRITER,
    NO_JSON,
    SETS_LOCALE,
    SETS_UMASK,
    SETS_SIGNAL
};

struct config {
    int32_t mode;
};

static const tm_option options[] = {
    TM_OPT_ENUM(struct config, mode, "mode", "\"good\"", "good|bad", SIN == NO_HELP ? "" : "how it is"),
};

struct stage {
    const tm_host *host;
    int32_t mode, files;
    tm_field field;
    uint64_t seen;
    pthread_t threads;
    int32_t inside, workers;
};

struct worker {
    int32_t number;
};

#if defined(EXPORT)
__attribute__((visibility("default"))) int sinner_helper(void);
int sinner_helper(void) {
    return 1;
}
#endif

static volatile int sink;

__attribute__((constructor)) static void construct(void) {
    if (SIN == CRASH_LOAD)
        raise(SIGSEGV);
}

static void *sleep_for_ever(void *nothing) {
    for (;;)
        pause();
    return nothing;
}

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    struct stage *s = calloc(1, sizeof *s);
    if (!s)
        return TM_EINVAL;
    s->host = host;
    s->mode = ((const struct config *)config)->mode;
    s->field = host->field(self, TM_STR("mood"));
    if (SIN == CRASH_OPTION && s->mode == 1)
        raise(SIGSEGV);
    if (SIN == LEAKS_OPEN)
        sink += malloc(40) != NULL;
    if (SIN == LEAKS_FILES)
        sink += open("/dev/null", O_RDONLY);
    if (SIN == LEAKS_THREADS)
        pthread_create(&s->threads, NULL, sleep_for_ever, NULL);
    if (SIN == LEAKS_MAPS)
        sink += mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != NULL;
    if (SIN == LEAKS_CHILDREN && fork() == 0)
        _exit(0);
    if (SIN == SETS_LOCALE)
        setlocale(LC_ALL, "C.UTF-8");
    if (SIN == SETS_UMASK)
        umask(0);
    if (SIN == SETS_SIGNAL)
        signal(SIGINT, SIG_IGN);
    *out_stage = s;
    return TM_OK;
}

static void close_stage(void *stage) {
    if (SIN == CRASH_CLOSE)
        raise(SIGSEGV);
    free(stage);
}

static int32_t open_thread(void *stage, void **out_thread) {
    struct stage *s = stage;
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return TM_ERANGE;
    w->number = __atomic_add_fetch(&s->workers, 1, __ATOMIC_SEQ_CST);
    *out_thread = w;
    return TM_OK;
}

static void close_thread(void *stage, void *thread) {
    (void)stage;
    free(thread);
}

static int32_t edit(const tm_host *h, tm_doc *doc, uint32_t start, uint32_t end) {
    tm_edit cut = {.size = sizeof cut, .start = start, .end = end, .score = NAN};
    cut.kind = cut.rule = TM_STR("sin");
    return h->edit(doc, &cut);
}

static void set(const struct stage *s, tm_doc *doc, int64_t n) {
    tm_value v = {.type = TM_V_INT, .integer = n};
    s->host->set(doc, s->field, &v);
}

static void nap(void) {
    struct timespec t = {0, 200000};
    nanosleep(&t, NULL);
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    struct stage *s = stage;
    const tm_host *h = s->host;
    const struct worker *w = thread;
    tm_str text = h->text(doc);
    switch (SIN) {
    case CRASH:
        if (text.len && memchr(text.data, 0, text.len))
            raise(SIGSEGV);
        break;
    case CRASH_WORKERS:
        if (__atomic_add_fetch(&s->inside, 1, __ATOMIC_SEQ_CST) > 1)
            raise(SIGSEGV);
        nap();
        __atomic_sub_fetch(&s->inside, 1, __ATOMIC_SEQ_CST);
        break;
    case EXITS:
        if (text.len == 1)
            exit(0);
        break;
    case ABORTS:
        if (text.len == 1) {
            fputs("sinner: it cannot be\n", stderr);
            abort();
        }
        break;
    case HANGS:
        while (text.len >= 10000000)
            nap();
        break;
    case WRITES_TEXT:
        if (text.len > 5) {
            char *at;
            memcpy(&at, &text.data, sizeof at);
            at[0] = 'X';
        }
        break;
    case READS_BEHIND:
        sink += text.data[text.len + TM_PAD];
        break;
    case EDITS_UNFLAGGED:
        if (text.len > 10)
            edit(h, doc, 0, 1);
        break;
    case EDITS_OUTSIDE:
        edit(h, doc, 0, (uint32_t)text.len + 7);
        break;
    case EDITS_CHARACTER:
        for (uint32_t i = 0; i < text.len; i++)
            if (((unsigned char)text.data[i] & 0xc0) == 0x80) {
                edit(h, doc, i, (uint32_t)text.len);
                break;
            }
        break;
    case SPANS_OUTSIDE:
        h->spans_add(h->spans_new(doc, TM_STR("mood"), TM_SPANS_FLAT), (tm_span){0, (uint32_t)text.len + 3},
                     TM_STR("X"), TM_NONE);
        break;
    case DROPS_UNFLAGGED:
        return text.len == 0 ? tm_drop(h, doc, TM_STR("empty")) : TM_PASS;
    case FAILS_SILENTLY:
        return text.len == 0 ? TM_FAIL : TM_PASS;
    case NO_VERDICT:
        return text.len == 0 ? 77 : TM_PASS;
    case BREAKS:
        return text.len == 0 ? TM_BROKEN : TM_PASS;
    case WRITES_UNDECLARED:
        set(s, doc, 1);
        break;
    case PRINTS:
        printf("%d bytes\n", (int)text.len);
        fflush(stdout);
        break;
    case COUNTS:
        set(s, doc, (int64_t)s->seen++);
        break;
    case CLOCK:
        set(s, doc, (int64_t)h->clock());
        break;
    case WORKERS:
        nap();
        set(s, doc, w->number);
        break;
    case NO_MEMORY_SET: {
        void *volatile some = malloc(900); /* so that no compiler sees it */
        if (some)
            set(s, doc, ((const unsigned char *)some)[560]);
        free(some);
        break;
    }
    case LEAKS_DOCUMENT:
        sink += malloc(24) != NULL;
        break;
    case UNFINISHED_WRITER:
        h->write_array(h->write_begin(doc, s->field));
        break;
    case NO_JSON: {
        tm_value v = {.type = TM_V_RAW, .text = TM_STR("{bad")};
        h->set(doc, s->field, &v);
        break;
    }
    default:
        break;
    }
    return TM_PASS;
}

static int32_t process_many(void *stage, void *thread, tm_batch *batch) {
    struct stage *s = stage;
    uint32_t n = s->host->batch_count(batch);
    for (uint32_t i = 0; i < n; i++) {
        tm_doc *doc = s->host->at(batch, i);
        int32_t verdict = process(stage, thread, doc);
        if (SIN == BATCHES)
            set(s, doc, i % 3);
        if (SIN == CRASH_BATCH && i > 4)
            raise(SIGSEGV);
        s->host->verdict(batch, i, verdict);
    }
    return TM_PASS;
}

static int32_t commit(void *stage, tm_doc *doc) {
    (void)stage;
    (void)doc;
    return TM_PASS;
}

#define DOES_EDIT (SIN == EDITS_OUTSIDE || SIN == EDITS_CHARACTER || SIN == WRITES_TEXT)
#define DOES_BATCHES (SIN == BATCHES || SIN == CRASH_BATCH)

TM_PLUGIN = {
    TM_DESCRIPTOR,
    .flags = TM_DETERMINISTIC | (DOES_EDIT ? TM_EDITS : 0) | (SIN == BAD_FLAGS ? 1u << 20 : 0),
    .name = NAME,
    .version = "1.0",
    .summary = "sins in one way",
    .licence = SIN == NO_LICENCE ? "" : "MIT",
    .languages = SIN == BAD_LANGUAGES ? "en deu" : NULL,
    .writes = SIN == WRITES_TEXT_FIELD   ? "text mood"
              : SIN == WRITES_UNDECLARED ? NULL
                                         : "mood",
    TM_OPTIONS(struct config, options),
    .open = open_stage,
    .close = close_stage,
    .thread_open = open_thread,
    .thread_close = close_thread,
    .process = process,
    .process_many = DOES_BATCHES ? process_many : NULL,
    .commit = SIN == COMMITS_UNFLAGGED ? commit : NULL,
};
