/* probe.c: see probe.h. */
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_S = 60, TICK_MS = 5 };

void probe_step(void *context, const char *doing, const char *path, const char *id) {
    struct probe_place *place = context;
    snprintf(place->doing, sizeof place->doing, "%s", doing);
    snprintf(place->path, sizeof place->path, "%s", path);
    snprintf(place->id, sizeof place->id, "%s", id ? id : "");
}

/* Waits for its end; one that takes for ever is ended. */
static int wait_for(pid_t child, int *is_hung) {
    int status = 0;
    struct timespec pause = {0, TICK_MS * 1000000};
    for (int i = 0;; i++) {
        pid_t got = waitpid(child, &status, *is_hung ? 0 : WNOHANG);
        if (got == child || (got < 0 && errno != EINTR))
            return status;
        if (i == LONGEST_S * 1000 / TICK_MS) {
            *is_hung = 1;
            kill(child, SIGKILL);
        } else if (!*is_hung) {
            nanosleep(&pause, NULL);
        }
    }
}

int probe_run(int (*work)(void *context, struct probe_place *place), void *context, struct probe_place *out_place,
              struct buffer *how) {
    struct probe_place *place = mmap(NULL, sizeof *place, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0, is_hung = 0, result = -1;
    fflush(stdout);
    fflush(stderr);
    pid_t child = place == MAP_FAILED ? -1 : fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);       /* nobody else would end one that hangs */
        setvbuf(stdout, NULL, _IOFBF, 1 << 16); /* what a crash in the end belies is not said */
        place->status = work(context, place);
        fflush(stdout);
        place->is_done = 1;
        exit(place->status);
    }
    if (child < 0) {
        buffer_addf(how, "no process could be started: %s", strerror(errno));
        return -1;
    }
    status = wait_for(child, &is_hung);
    if (is_hung)
        buffer_addf(how, "does not come back within %d s", LONGEST_S);
    else if (WIFSIGNALED(status))
        buffer_addf(how, "is killed by SIG%s", sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
    else if (!place->is_done)
        buffer_addf(how, "ends the whole process (status %d)", WEXITSTATUS(status));
    else
        result = WEXITSTATUS(status);
    *out_place = *place;
    munmap(place, sizeof *place);
    return result;
}
