/* asker: answers later, from a thread of its own: each document is set aside and answered in the order in which it
 * came. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <textmill/plugin.h>

struct asked {
    struct asked *next;
    tm_doc *doc;
    int32_t verdict;
};

struct stage {
    const tm_host *host;
    tm_field answer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t bell;
    struct asked *first, **last;
    int is_closing;
};

static void *answers(void *argument) {
    struct stage *s = argument;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->first && !s->is_closing)
            pthread_cond_wait(&s->bell, &s->lock);
        struct asked *a = s->first;
        if (!a)
            break;
        s->first = a->next;
        if (!s->first)
            s->last = &s->first;
        pthread_mutex_unlock(&s->lock);
        s->host->complete(a->doc, a->verdict);
        free(a);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    (void)config;
    struct stage *s = calloc(1, sizeof *s);
    if (!s)
        return TM_EIO;
    s->host = host;
    s->answer = host->field(self, TM_STR("answer"));
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->bell, NULL);
    if (pthread_create(&s->thread, NULL, answers, s) != 0) {
        host->open_error(self, TM_STR("its thread cannot be started"));
        free(s);
        return TM_EIO;
    }
    *out_stage = s;
    return TM_OK;
}

static void close_stage(void *stage) {
    struct stage *s = stage;
    pthread_mutex_lock(&s->lock);
    s->is_closing = 1;
    pthread_cond_signal(&s->bell);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->bell);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)thread;
    struct stage *s = stage;
    struct asked *a = malloc(sizeof *a);
    if (!a)
        return TM_RETRY;
    tm_str text = s->host->text(doc);
    int is_refused = text.len && memmem(text.data, text.len, "refuse", 6) != NULL;
    tm_value v = {.type = TM_V_TEXT, .text = TM_STR("later")};
    s->host->set(doc, s->answer, &v);
    if (is_refused)
        s->host->reason(doc, TM_STR("refused"), TM_STR("the answer was no"), TM_NONE);
    *a = (struct asked){NULL, doc, is_refused ? TM_FAIL : TM_PASS};
    pthread_mutex_lock(&s->lock);
    *s->last = a;
    s->last = &a->next;
    pthread_cond_signal(&s->bell);
    pthread_mutex_unlock(&s->lock);
    return TM_LATER;
}

TM_PLUGIN = {TM_DESCRIPTOR,      .name = NAME,
             .version = "1.0",   .summary = "Answers later",
             .licence = "MIT",   .flags = TM_ASYNC | TM_DETERMINISTIC,
             .writes = "answer", .max_in_flight = 4,
             .open = open_stage, .close = close_stage,
             .process = process};
