/* run_resume.c: see run_resume.h. */
#include "run_resume.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t hash_file(uint64_t hash, const char *path) {
    FILE *file = fopen(path, "re");
    if (!file)
        return hash;
    char bytes[8192];
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        hash = engine_hash(hash, bytes, n);
    fclose(file);
    return hash;
}

static uint64_t hash_pipeline(const struct run_identity *identity) {
    uint64_t hash = 0;
    if (identity->pipeline_file)
        hash = hash_file(hash, identity->pipeline_file);
    for (size_t i = 0; i < identity->n_words; i++) {
        const char *word = identity->words[i] ? identity->words[i] : "";
        hash = engine_hash(hash, word, strlen(word) + 1);
    }
    return hash;
}

/* Only what becomes a regular file can be gone on with. */
static int is_resumable(const char *output) {
    struct stat st;
    if (!output || strcmp(output, "-") == 0 || output[0] == '\0' || output[strlen(output) - 1] == '/')
        return 0;
    return stat(output, &st) != 0 || S_ISREG(st.st_mode);
}

int run_resume_init(struct run_resume *r, const struct run_identity *identity, int is_asked, struct buffer *why) {
    *r = (struct run_resume){0};
    r->state.inputs = engine_hash_inputs(identity->inputs, identity->n_inputs);
    r->state.pipeline = hash_pipeline(identity);
    if (!is_resumable(identity->output)) {
        if (is_asked)
            buffer_addf(why, "--resume goes with -o FILE, not with %s",
                        identity->output ? identity->output : "standard output");
        return is_asked ? -1 : 0;
    }
    struct buffer name;
    buffer_init(&name);
    buffer_addf(&name, "%s.state", identity->output);
    r->state_file = memory_copy(name.data, name.len);
    buffer_deinit(&name);
    if (!is_asked)
        return 0;
    if (access(r->state_file, F_OK) != 0) {
        buffer_addf(why, "%s is not there, so no run can be gone on with; run without --resume to begin anew",
                    r->state_file);
        return -1;
    }
    struct engine_state left;
    if (engine_state_read(r->state_file, &left, why) != 0)
        return -1;
    if (left.inputs != r->state.inputs || left.pipeline != r->state.pipeline) {
        buffer_addf(why, "%s is of another run: its %s are not these; run without --resume to begin anew",
                    r->state_file, left.inputs != r->state.inputs ? "inputs" : "pipeline and options");
        return -1;
    }
    r->state = left;
    r->is_resumed = 1;
    return 0;
}

void run_resume_deinit(struct run_resume *r) {
    free(r->state_file);
    r->state_file = NULL;
}
