/* run_resume.c: see run_resume.h. */
#include "run_resume.h"

#include "../json/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t hash_text(uint64_t hash, const char *text) {
    return text ? engine_hash(hash, text, strlen(text) + 1) : engine_hash(hash, "", 0);
}

/* A value as it was read: what the environment put into it counts, blanks and comments do not. */
static uint64_t hash_node(uint64_t hash, const struct config_node *node) {
    hash = hash_text(hash, node->key);
    hash = engine_hash(hash, (const char *)&node->type, sizeof node->type);
    hash = engine_hash(hash, (const char *)&node->integer, sizeof node->integer);
    hash = node->string ? engine_hash(hash, node->string, node->string_len) : hash;
    for (const struct config_node *child = node->first; child; child = child->next)
        hash = hash_node(hash, child);
    return engine_hash(hash, "end", 3);
}

/* Stages are taken one by one, as some may stand in files that this one includes. */
static uint64_t hash_pipeline(const struct run_identity *identity) {
    const struct pipeline *p = identity->pipeline;
    uint64_t hash = 0;
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct config_node *stage = p->stages[i].at ? p->stages[i].at->parent : NULL;
        hash = hash_text(hash, p->stages[i].doc.id);
        hash = stage ? hash_node(hash, stage) : hash;
    }
    hash = p->input ? hash_node(hash, p->input) : hash;
    for (size_t i = 0; i < identity->n_words; i++)
        hash = hash_text(hash, identity->words[i]);
    for (size_t i = 0; i < identity->n_sets; i++)
        hash = hash_text(hash, identity->sets[i]);
    for (size_t i = 0; i < identity->n_numbers; i++)
        hash = engine_hash(hash, (const char *)&identity->numbers[i], sizeof identity->numbers[i]);
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
