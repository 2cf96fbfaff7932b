/* crash.c: when a stage dies by a deadly signal, one line says which plugin, stage and document it was; then the signal
 * takes its course. So it is for a stage that calls exit: the process ends with status 3, not as if all were well. Only
 * what may be called in a signal handler is called. A handler gets no context, so the run is found by the variables of
 * this file; that is why only one run in a process may arm it.
 */
#include "run.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define STACK_BYTES (64u << 10)

static _Atomic(struct run *) crash_run;
static pthread_once_t exit_hook_once = PTHREAD_ONCE_INIT;

static const struct {
    int number;
    const char *by;
} deadly[] = {{SIGSEGV, " by SIGSEGV"},
              {SIGBUS, " by SIGBUS"},
              {SIGFPE, " by SIGFPE"},
              {SIGILL, " by SIGILL"},
              {SIGABRT, " by SIGABRT"}};
#define N_DEADLY (sizeof deadly / sizeof deadly[0])

struct crash_line {
    char data[1024];
    size_t len;
};

static void add(struct crash_line *l, const char *s) {
    for (; *s && l->len < sizeof l->data - 1; s++) {
        unsigned char c = (unsigned char)*s;
        l->data[l->len++] = (char)(c < ' ' || c == 0x7f ? '?' : c);
    }
}

static void add_number(struct crash_line *l, uint64_t n) {
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    add(l, digits + at);
}

static void add_stage(struct crash_line *l, const struct run *r, uint32_t stage) {
    add(l, "textmill: error: stage ");
    add(l, r->stages[stage].stage->doc.id);
    add(l, " (plugin ");
    add(l, r->stages[stage].plugin->name);
    add(l, ")");
}

static void put(struct crash_line *l) {
    l->data[l->len++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, l->data, l->len);
    (void)ignored;
}

static void tell(const struct run *r, const struct worker *w, const char *how, const char *by) {
    struct crash_line l = {.len = 0};
    uint64_t position = atomic_load(&w->slot->source_line) & (((uint64_t)1 << 40) - 1);
    add_stage(&l, r, atomic_load(&w->slot->stage));
    add(&l, how);
    add(&l, " at ");
    add(&l, atomic_load(&w->blame_name));
    if (position) {
        add(&l, ":");
        add_number(&l, position);
    }
    add(&l, by);
    put(&l);
}

/* Tells the stage that this thread is in. Outside of workers only settle and checkpoint call stages. */
static int tell_own(const struct run *r, const char *how, const char *by, uint32_t mark) {
    struct crash_line l = {.len = 0};
    uint32_t settling = atomic_load(&r->settling);
    for (unsigned i = 0; i < r->jobs; i++) {
        const struct worker *w = &r->workers[i];
        if (!w->is_started || !pthread_equal(w->thread, pthread_self()))
            continue;
        if (!atomic_load(&w->slot->since))
            return 0;
        engine_slot_mark(w->slot, mark);
        tell(r, w, how, by);
        return 1;
    }
    if (!settling)
        return 0;
    add_stage(&l, r, settling - 1);
    add(&l, how);
    add(&l, " while it settled what was written");
    add(&l, by);
    put(&l);
    return 1;
}

/* A write that is under way ends with whole records; one to a pipe that nobody reads is not waited for. */
static void wait_for_writer(struct run *r) {
    struct timespec moment = {.tv_nsec = 10000000};
    if (atomic_exchange(&r->is_crashing, 1))
        return;
    for (int i = 0; i < 100 && atomic_load(&r->is_writing); i++)
        nanosleep(&moment, NULL);
}

static void on_deadly(int number) {
    struct run *r = atomic_load(&crash_run);
    for (size_t i = 0; r && i < N_DEADLY; i++)
        if (deadly[i].number == number)
            tell_own(r, " crashed", deadly[i].by, (uint32_t)number);
    if (r)
        wait_for_writer(r);
    struct sigaction fallback = {.sa_handler = SIG_DFL};
    sigaction(number, &fallback, NULL);
    raise(number); /* blocked while this handler runs: it is delivered on return, or the instruction faults again */
}

/* While a run is armed the program itself does not call exit. */
static void on_exit_called(void) {
    static const char unknown[] = "textmill: error: a plugin ended the process\n";
    struct run *r = atomic_load(&crash_run);
    if (!r)
        return;
    if (!tell_own(r, " called exit", "", ENGINE_MARK_EXIT)) {
        ssize_t ignored = write(STDERR_FILENO, unknown, sizeof unknown - 1);
        (void)ignored;
    }
    wait_for_writer(r);
    _exit(3);
}

static void set_exit_hook(void) {
    atexit(on_exit_called);
}

void crash_arm(struct run *r) {
    struct sigaction action = {.sa_handler = on_deadly, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    pthread_once(&exit_hook_once, set_exit_hook);
    atomic_store(&crash_run, r);
    for (size_t i = 0; i < N_DEADLY; i++)
        sigaction(deadly[i].number, &action, &r->old_actions[i]);
}

void crash_disarm(struct run *r) {
    for (size_t i = 0; i < N_DEADLY; i++)
        sigaction(deadly[i].number, &r->old_actions[i], NULL);
    atomic_store(&crash_run, NULL);
}

/* A stack of its own for the handler: a stage may die because it has none left. */
void crash_stack_set(struct worker *w) {
    if (!w->run->options->handle_crashes)
        return;
    w->signal_stack = malloc(STACK_BYTES);
    stack_t stack = {.ss_sp = w->signal_stack, .ss_size = STACK_BYTES};
    if (w->signal_stack)
        sigaltstack(&stack, NULL);
}

void crash_stack_unset(struct worker *w) {
    stack_t none = {.ss_flags = SS_DISABLE};
    if (!w->signal_stack)
        return;
    sigaltstack(&none, NULL);
    free(w->signal_stack);
    w->signal_stack = NULL;
}
