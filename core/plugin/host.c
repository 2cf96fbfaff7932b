/* host.c: the struct of functions that a plugin's open is given, put together: documents from doc/, text tools from
 * doc/token.h, instances from instance.c, and the few that stand on neither here. One constant a process.
 */
#include "../doc/doc.h"
#include "../doc/host_doc.h"
#include "../doc/token.h"
#include "../include/textmill/embed.h"
#include "../include/textmill/memory.h"
#include "../include/textmill/rule_times.h"
#include "batch.h"
#include "completion.h"
#include "condition.h"
#include "instance.h"
#include "instance_room.h"

#include <string.h>
#include <time.h>

static uint32_t batch_count(const tm_batch *batch) {
    return batch->count;
}

static tm_doc *batch_at(tm_batch *batch, uint32_t i) {
    if (i >= batch->count)
        return NULL;
    if (i != batch->current && batch->on_turn)
        batch->on_turn(batch, i);
    batch->current = i;
    return batch->docs[i];
}

static void batch_verdict(tm_batch *batch, uint32_t i, int32_t verdict) {
    if (i < batch->count)
        batch->verdicts[i] = verdict;
}

static void complete(tm_doc *doc, int32_t verdict) {
    const struct doc_worker *worker = doc_get_worker(doc);
    if (worker && worker->completion)
        worker->completion->done(worker->completion, doc, verdict);
}

static int32_t match(const tm_pattern *pattern, tm_str text, uint64_t from, uint64_t *out_start, uint64_t *out_end) {
    return pattern ? pattern_match(pattern, text, from, out_start, out_end) : 0;
}

static int32_t holds(const tm_condition *condition, tm_doc *doc) {
    return !condition || condition_holds(condition, doc);
}

static uint64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static const tm_rule_times rule_times = {
    .wanted = host_doc_rule_times_wanted, .clock = host_doc_rule_clock, .add = host_doc_rule_time};

static const tm_memory memory = {.resize = host_doc_resize};

static const void *query(tm_str interface_name) {
    static const struct {
        tm_str name;
        const void *functions;
    } offers[] = {{{TM_RULE_TIMES, sizeof TM_RULE_TIMES - 1}, &rule_times},
                  {{TM_MEMORY, sizeof TM_MEMORY - 1}, &memory}};
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++)
        if (interface_name.len == offers[i].name.len &&
            memcmp(interface_name.data, offers[i].name.data, interface_name.len) == 0)
            return offers[i].functions;
    return NULL;
}

static const tm_host host = {
    .size = (uint32_t)sizeof(tm_host),
    .abi_major = TM_ABI_MAJOR,
    .abi_minor = TM_ABI_MINOR,
    .text_version = TM_TEXT_VERSION,
    .version = TEXTMILL_VERSION,
    .text = host_doc_text,
    .original = host_doc_original,
    .id = host_doc_id,
    .source = host_doc_source,
    .title = host_doc_title,
    .uid = host_doc_uid,
    .column = host_doc_column,
    .to_original = host_doc_to_original,
    .from_original = host_doc_from_original,
    .edit = host_doc_edit,
    .alloc = host_doc_alloc,
    .scratch = host_doc_scratch,
    .slot = host_doc_slot,
    .field = host_instance_field,
    .get = host_doc_get,
    .set = host_doc_set,
    .write_begin = host_doc_write_begin,
    .write_end = host_doc_write_end,
    .write_object = host_doc_write_object,
    .write_array = host_doc_write_array,
    .write_close = host_doc_write_close,
    .write_key = host_doc_write_key,
    .write_text = host_doc_write_text,
    .write_int = host_doc_write_int,
    .write_number = host_doc_write_number,
    .write_bool = host_doc_write_bool,
    .write_null = host_doc_write_null,
    .write_raw = host_doc_write_raw,
    .field_cursor = host_doc_field_cursor,
    .value_cursor = host_doc_value_cursor,
    .next = host_doc_next,
    .spans_new = host_doc_spans_new,
    .spans_find = host_doc_spans_find,
    .spans_group = host_doc_spans_group,
    .spans_add = host_doc_spans_add,
    .spans_set = host_doc_spans_set,
    .spans_set_group = host_doc_spans_set_group,
    .spans_get = host_doc_spans_get,
    .spans_get_group = host_doc_spans_get_group,
    .spans_columns = host_doc_spans_columns,
    .spans_type = host_doc_spans_type,
    .reason = host_doc_reason,
    .emit = host_doc_emit,
    .complete = complete,
    .should_stop = host_doc_should_stop,
    .batch_count = batch_count,
    .at = batch_at,
    .verdict = batch_verdict,
    .tokenize = token_tokenize,
    .fold = token_fold,
    .hash = token_hash,
    .match = match,
    .holds = holds,
    .log = host_instance_log,
    .open_error = host_instance_open_error,
    .counter = host_instance_counter,
    .histogram = host_instance_histogram,
    .count = host_instance_count,
    .clock = clock_now,
    .data_folder = host_instance_data_folder,
    .state_folder = host_instance_state_folder,
    .map_file = host_instance_map_file,
    .instance_id = host_instance_id,
    .query = query,
    .keep = host_doc_keep,
};

const tm_host *host_get(void) {
    return &host;
}

const tm_host *textmill_host(void) {
    return &host;
}
