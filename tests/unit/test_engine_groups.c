/* test_engine_groups.c: a run over files that are given group by group while it goes on: each group is told as done, in
 * order, behind its last document and behind the stores' checkpoint; indexes serve again for other files.
 */
#include "engine_mill.h"

#include <fcntl.h>
#include <unistd.h>

#define PLACES 2u
#define FILES 3u /* of a group at most */

struct feed {
    unsigned groups, group, file;
    char names[PLACES * FILES][32];
    _Atomic unsigned ended; /* groups */
    unsigned records, letters, outcomes, out_of_order, unsaved;
    struct buffer told, flushed;
};

static unsigned checkpoints;
static unsigned last_checkpoint_at; /* documents committed by then */

/* Group g has g % 4 files of one document each, but the fourth of them is of three lines. */
static unsigned files_of(unsigned group) {
    return group % 4;
}

static enum source_pulled next(void *context, int stop_fd, struct source_file *out, uint32_t *out_index) {
    struct feed *f = context;
    (void)stop_fd;
    if (f->file < files_of(f->group)) {
        unsigned index = f->group % PLACES * FILES + f->file++;
        char content[128];
        snprintf(f->names[index], sizeof f->names[index], "g%uf%u.%s", f->group, f->file,
                 f->file == 3 ? "jsonl" : "txt");
        snprintf(content, sizeof content,
                 f->file == 3 ? "{\"text\":\"one\"}\n{\"text\":\"fail 1\"}\n{\"text\":\"three\"}\n" : "text of %s",
                 f->names[index]);
        scratch_file(f->names[index], content, strlen(content));
        *out = (struct source_file){.path = f->names[index], .name = f->names[index], .seed = f->group * 100 + f->file};
        *out_index = index;
        return SOURCE_FILE;
    }
    if (f->group < f->groups) {
        f->group++;
        f->file = 0;
        return SOURCE_GROUP_ENDS;
    }
    return SOURCE_NO_MORE;
}

/* A place is free again when its group has ended. */
static enum source_pulled next_with_room(void *context, int stop_fd, struct source_file *out, uint32_t *out_index) {
    struct feed *f = context;
    while (f->group >= atomic_load(&f->ended) + PLACES)
        mill_sleep_us(50);
    return next(context, stop_fd, out, out_index);
}

static int take_records(void *context, uint32_t source, const char *records, size_t len, struct buffer *why) {
    struct feed *f = context;
    (void)why;
    if (source == ENGINE_FLUSHED) {
        buffer_add(&f->flushed, records, len);
        return 0;
    }
    unsigned group;
    CHECK_INT(sscanf(f->names[source], "g%u", &group), 1);
    f->out_of_order += group != atomic_load(&f->ended);
    CHECK(strstr(records, f->names[source])); /* its id, not that of the file that had the index before */
    f->records++;
    return 0;
}

static int take_letter(void *context, const struct engine_letter *letter, struct buffer *why) {
    struct feed *f = context;
    (void)why;
    CHECK_BYTES(letter->code.data, letter->code.len, "odd");
    CHECK_BYTES(letter->message.data, letter->message.len, "this is \"odd\"");
    f->letters++;
    return 0;
}

static void take_outcome(void *context, const struct engine_outcome *outcome) {
    struct feed *f = context;
    (void)outcome;
    f->outcomes++;
}

static int end_group(void *context, struct buffer *why) {
    struct feed *f = context;
    (void)why;
    f->unsaved += last_checkpoint_at < f->outcomes - f->letters;
    atomic_fetch_add(&f->ended, 1);
    return 0;
}

static int32_t save(void *stage) {
    struct mill_counter *c = stage;
    checkpoints++;
    last_checkpoint_at = c->count;
    return TM_OK;
}

static int32_t flush(void *stage, tm_doc *doc) {
    (void)stage;
    host_get()->emit(doc, TM_STR("the sum of it all"));
    return TM_PASS;
}

static const tm_plugin store_plugin = {TM_DESCRIPTOR, .name = "store",       .flags = TM_REMEMBERS | TM_EMITS,
                                       .writes = "n", .commit = mill_commit, .checkpoint = save,
                                       .flush = flush};

static void run(struct mill *m, struct feed *f, unsigned jobs) {
    struct source_options from = {.block_bytes = 60, .max_doc = 1u << 20};
    struct source_pull pull = {.next = next_with_room, .context = f, .indexes = PLACES * FILES};
    struct mill_counter counter = {.field = field_names_add(mill_names, "n", 1)};
    int dir = open(".", O_RDONLY | O_DIRECTORY);
    struct source *source = source_open_pulled(dir, &pull, &from);
    mill_add(m, "act", &mill_act_plugin, NULL);
    mill_add(m, "store", &store_plugin, &counter);
    m->options.jobs = jobs;
    m->options.result = take_records;
    m->options.letter = take_letter;
    m->options.outcome = take_outcome;
    m->options.group_end = end_group;
    m->options.result_context = m->options.outcome_context = f;
    engine_run(&m->pipeline, source, &m->options, &m->report);
    CHECK_INT(m->report.end, ENGINE_DONE);
    CHECK_INT(counter.crossed, 0);
    source_close(source);
    close(dir);
}

static void groups_end_in_order(void) {
    for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
        struct feed f = {.groups = 200};
        struct mill m;
        mill_init(&m);
        checkpoints = last_checkpoint_at = 0;
        run(&m, &f, jobs);
        CHECK_INT(atomic_load(&f.ended), 200);
        CHECK_INT(f.outcomes, 50 * (0 + 1 + 2 + 2 + 3));
        CHECK_INT(f.letters, 50);
        CHECK_INT(f.out_of_order, 0);
        CHECK_INT(f.unsaved, 0);
        CHECK(checkpoints >= 200);
        CHECK(f.flushed.len && strstr(f.flushed.data, "the sum of it all"));
        buffer_deinit(&f.flushed);
        mill_free(&m);
    }
}

int main(void) {
    scratch_begin();
    RUN(groups_end_in_order);
    field_names_free(mill_names);
    scratch_end();
    return check_end();
}
