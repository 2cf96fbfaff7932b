/* run_resume.h: OUT.state beside OUT.part: whether this is the run that left them, and where it goes on. */
#ifndef TM_CLI_RUN_RESUME_H
#define TM_CLI_RUN_RESUME_H

#include "../engine/engine.h"
#include "../engine/state.h"

struct run_resume {
    char *state_file; /* NULL: the output is no file, nothing can be resumed */
    int is_resumed;
    struct engine_state state; /* of the run that is gone on with; inputs and pipeline always */
};

/* What the run is of: inputs, the pipeline with its included files, and every option that changes results. */
struct run_identity {
    const char *output;
    const char *const *inputs;
    size_t n_inputs;
    const struct pipeline *pipeline;
    const char *const *words; /* options in a fixed order, NULL among them for those that are absent */
    size_t n_words;
    const uint64_t *numbers; /* the same */
    size_t n_numbers;
    const char *const *sets; /* of --set */
    size_t n_sets;
};

/* 0; -1 with one line in why where --resume was asked for and cannot be. */
int run_resume_init(struct run_resume *r, const struct run_identity *identity, int is_asked, struct buffer *why);
void run_resume_deinit(struct run_resume *r);

#endif
